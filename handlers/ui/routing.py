"""The shape of a table of routes: which function answers which command, button, question or word, and about what."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from handlers.ui.answers import Question
from handlers.ui.dialog import Dialog
from handlers.ui.request import About, Reply, Request

Handler = Callable[[Request], Reply]
Handlers = Mapping[str, Handler]
NONE: Handlers = MappingProxyType({})


@dataclass(frozen=True)
class Route:
    """Who answers, and what it is about."""

    answer: Handler
    about: About


class Routes:
    """The routes of one file that are about one thing; `merge` joins those of a file, a room, and of all rooms.

    Attributes:
        commands: by command without slash, "tugas".
        presses: by the verb of a button, "task_open".
        topics: by the topic of the officer's conversation; reads the next words. A plain function becomes a
            `Question`, which keeps what was typed too early.
        dialogs: topics that are declared.
        menu_words: by the message id of a reply keyboard word, "My tasks"; compared in the officer's language.
        file_topics: topics that also read photos, documents and locations; others only get words.
    """

    def __init__(
        self, about: About, *, commands: Handlers = NONE, presses: Handlers = NONE, topics: Handlers = NONE,
        dialogs: tuple[Dialog, ...] = (), menu_words: Handlers = NONE, file_topics: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        questions = {
            topic: read if isinstance(read, Question) else Question(read) for topic, read in topics.items()
        }
        questions |= {one.topic: one for one in dialogs}
        self.commands, self.presses, self.topics, self.menu_words = (
            {name: Route(handler, about) for name, handler in table.items()}
            for table in (commands, presses, questions, menu_words)
        )
        self.file_topics = file_topics | {one.topic for one in dialogs if one.reads_files}


class RouteTwiceError(ValueError):
    """Two areas claim the same command, verb, topic or word."""


def merge(*areas: Routes) -> Routes:
    """One table of all areas.

    Raises:
        RouteTwiceError: two areas claim one route.
    """
    merged = Routes(About.NOTHING, file_topics=frozenset().union(*(area.file_topics for area in areas)))
    merged.commands = _join(area.commands for area in areas)
    merged.presses = _join(area.presses for area in areas)
    merged.topics = _join(area.topics for area in areas)
    merged.menu_words = _join(area.menu_words for area in areas)
    return merged


def _join(tables: Iterable[Mapping[str, Route]]) -> dict[str, Route]:
    joined: dict[str, Route] = {}
    for table in tables:
        for name, route in table.items():
            if joined.setdefault(name, route) != route:
                raise RouteTwiceError(name)
    return joined
