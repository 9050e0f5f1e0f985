"""The shape of a table of routes: which function answers which command, button, question or word."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from handlers.ui.answers import Question
from handlers.ui.dialog import Dialog
from handlers.ui.reply import Reply
from handlers.ui.request import Request

Handler = Callable[[Request], Reply]


@dataclass(frozen=True)
class Routes:
    """The routes of one file; `routes.py` of its room merges them, and `handlers/routes.py` those of the rooms.

    Attributes:
        commands: by command without slash, "tugas".
        presses: by the verb of a button, "task_open".
        topics: by the topic of the officer's conversation; reads the next words. A plain function becomes a
            `Question`, which keeps what was typed too early.
        dialogs: topics that are declared.
        menu_words: by the message id of a reply keyboard word, "My tasks"; compared in the officer's language.
        file_topics: topics that also read photos, documents and locations; others only get words.
    """

    commands: Mapping[str, Handler] = field(default_factory=dict)
    presses: Mapping[str, Handler] = field(default_factory=dict)
    topics: Mapping[str, Handler] = field(default_factory=dict)
    dialogs: tuple[Dialog, ...] = ()
    menu_words: Mapping[str, Handler] = field(default_factory=dict)
    file_topics: frozenset[str] = frozenset()


class RouteTwiceError(ValueError):
    """Two areas claim the same command, verb, topic or word."""


def merge(*areas: Routes) -> Routes:
    """One table of all areas.

    Raises:
        RouteTwiceError: two areas claim one route.
    """
    dialogs = [one for area in areas for one in area.dialogs]
    tables: list[Mapping[str, Handler]] = [
        *(area.topics for area in areas),
        *({one.topic: one} for one in dialogs),
    ]
    return Routes(
        commands=_join(area.commands for area in areas),
        presses=_join(area.presses for area in areas),
        topics={
            topic: read if isinstance(read, Question) else Question(read)
            for topic, read in _join(tables).items()
        },
        menu_words=_join(area.menu_words for area in areas),
        file_topics=frozenset(one.topic for one in dialogs if any(field.files for field in one.fields)).union(
            *(area.file_topics for area in areas)
        ),
    )


def _join(tables: Iterable[Mapping[str, Handler]]) -> dict[str, Handler]:
    joined: dict[str, Handler] = {}
    for table in tables:
        for name, handler in table.items():
            if name in joined and joined[name] is not handler:
                raise RouteTwiceError(name)
            joined[name] = handler
    return joined
