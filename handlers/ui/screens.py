"""Showing a screen: a tap changes the message that was tapped, a word is answered by a new one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from handlers.ui.buttons import ButtonError, pack, parse
from handlers.ui.markup import clip, esc, shorten
from handlers.ui.reply import LABEL_MAX, Button, Edit, Keyboard, Reply, Say, Style, reply
from handlers.ui.request import Request
from handlers.ui.texts import _
from sop_flows.core.subjects import case_of
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.children import may_see, refuse_shut
from sop_flows.staffing.task_rows import find_task
from sop_flows.staffing.visibility import may_see_task
from storage.tables import Cohort, Officer, Task

TICKED_MAX = LABEL_MAX - 2  # characters of a choice behind its tick
PICKS_MAX = 6  # numbers in a row: each is wide enough for a thumb


def screen(request: Request, text: str, keyboard: Keyboard = (), *, card: bool = False) -> Reply:
    """One screen with protected content: any of them may come to hold a child's data by a later edit."""
    if request.press is not None:
        return reply(Edit(clip(text), keyboard, protect=True, card=card))
    return reply(Say(clip(text), keyboard, protect=True, card=card))


def hidden_words(request: Request) -> str:
    """What stands under a screen that is hidden again."""
    return _("Who looks at this is recorded. It is hidden again after {minutes} minutes.").format(
        minutes=request.institution.pack.unit.access.hide_minutes
    )


def who(request: Request) -> Officer:
    """The officer who came. Raises NotPermittedError for a stranger (a route that let one in)."""
    if request.officer is None:
        raise NotPermittedError("officer")
    return request.officer


def further(request: Request, position: int) -> int:
    """A further number of the button (a page, mostly), 0 when it has none."""
    given = request.press.numbers if request.press is not None else ()
    return given[position] if len(given) > position else 0


def pressed(request: Request, position: int = 0) -> int:
    """A number of the button that was tapped. Raises ButtonError when it has none (forged)."""
    if request.press is None:
        raise ButtonError("no button")
    return request.press.number(position)


def pressed_day(request: Request, position: int = 1) -> date:
    """A day of the button that was tapped. Raises ButtonError when the number is no day (forged)."""
    try:
        return date.fromordinal(pressed(request, position))
    except (ValueError, OverflowError) as error:
        raise ButtonError("no day") from error


def task_of(request: Request, task_id: int) -> Task:
    """The task, for an officer who may look at it: a guru sees only the own angkatan, and a case only who has a
    step of it or knows the child.

    Raises NotFoundError, NotPermittedError, CohortShutError.
    """
    task = find_task(request.session, task_id)
    case = case_of(request.session, task)
    if case is not None:
        if not may_see_task(request.work, who(request), task, case):
            raise NotPermittedError("case")
    else:
        refuse_shut(request.work, task.cohort_id)
        if not may_see(request.work, who(request), task.within):
            raise NotPermittedError("own cohort")
    return task


def cohort_of(request: Request, cohort_id: int) -> Cohort:
    """The cohort, for an officer who may see it: a guru sees only the own one.

    Raises NotFoundError, NotPermittedError, CohortShutError.
    """
    cohort = request.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFoundError
    refuse_shut(request.work, cohort_id)
    if not may_see(request.work, who(request), cohort_id):
        raise NotPermittedError("own cohort")
    return cohort


def word(request: Request) -> str:
    """The word of the button that was tapped, "" without one."""
    return request.press.word if request.press is not None else ""


def button(text: str, verb: str, *numbers: int, tag: str = "", style: Style | None = None) -> Button:
    """A button that does `verb`; a name that is too long for it is cut here, so that no phone cuts it anywhere."""
    label = text if len(text) <= LABEL_MAX else shorten(text, LABEL_MAX)
    return Button(label, pack(verb, *numbers, word=tag), style)


def ticked(words: str, on: bool) -> str:
    """The label of a choice with its tick."""
    mark = "☑" if on else "☐"
    return f"{mark} {words}" if len(words) <= TICKED_MAX else f"{mark}{words}"


def rows(buttons: list[Button], width: int = 2) -> Keyboard:
    """The buttons in rows of `width`."""
    return tuple(tuple(buttons[i : i + width]) for i in range(0, len(buttons), width))


def picks_in_rows(picks: list[Button], most: int = PICKS_MAX) -> Keyboard:
    """Numbers to tap, in even rows that are large enough for a thumb."""
    count = -(-len(picks) // most)
    return rows(picks, -(-len(picks) // count)) if picks else ()


def in_words(choices: Sequence[str], room: int = LABEL_MAX) -> tuple[list[str], list[str]]:
    """Choices whose words may be too long for a button: the lines (HTML) that say those, and the label of each.

    Args:
        room: characters of a label; TICKED_MAX where a tick stands before it.
    """
    lines: list[str] = []
    labels: list[str] = []
    for choice in choices:
        if len(choice) > room:
            lines.append(f"{len(lines) + 1}. {esc(choice)}")
        labels.append(choice if len(choice) <= room else str(len(lines)))
    return lines, labels


def turning(
    page: int, is_more: bool, to: Callable[[str, int], Button], *, short: bool = False
) -> list[Button]:
    """The buttons to the pages beside this one, as far as there are any.

    Args:
        page: from 0.
        is_more: there are pages behind it.
        to: the button with this text to that page.
        short: under a list with buttons by number.
    """
    back, on = ("‹", "›") if short else (_("‹ Previous"), _("Next ›"))
    return [*([to(back, page - 1)] if page > 0 else []), *([to(on, page + 1)] if is_more else [])]


def numbers(verb: str, ids: list[int], first: int = 1, *, way_back: tuple[int, ...] = ()) -> Keyboard:
    """Buttons 1, 2, 3 … for the numbered lines of a list; `way_back` are further numbers, of where they stand."""
    return as_numbers([button("", verb, one, *way_back) for one in ids], first)


def as_numbers(opens: Sequence[Button], first: int = 1, *, way_back: tuple[int, ...] = ()) -> Keyboard:
    """Buttons 1, 2, 3 … that do what these do; those that open a card with a `way_back`."""
    leading = [_leading_back(one, way_back) if way_back else one for one in opens]
    return picks_in_rows([replace(one, text=str(n)) for n, one in enumerate(leading, start=first)])


def _leading_back(opens: Button, way_back: tuple[int, ...]) -> Button:
    press = parse(opens.data)
    if press.verb != "task_open":
        return opens
    return replace(opens, data=pack(press.verb, *press.numbers, *way_back))


def to_list() -> Button:
    """Back to the officer's tasks."""
    return button(_("My tasks"), "task_list")


def to_task(task_id: int) -> Button:
    """Back to the card of a task."""
    return button(_("‹ Back"), "task_open", task_id)
