"""The list of /kapan in screens: the last of what was, then what is to come; older and later behind buttons."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from handlers.timeline.when_words import due_why, moment_line
from handlers.ui.request import Button, Keyboard, Reply, Request, rows, screen, who
from handlers.ui.words import _, bold, near_day_words
from sop_flows.timeline.moment import Moment
from sop_flows.views.task_views import task_lines

LINES = 7  # things on one screen: with names each is two lines of a small phone, and their days come to it
BEFORE_NOW = 3  # of what was, on the first screen

Turn = Callable[[str, int], Button]  # a button to a page: its text, its number (0 has the present in it)


class Line(NamedTuple):
    """One line of the list.

    Attributes:
        words: HTML.
        task_id: of which task it is, if there is one.
        why: when the task is due and why then (HTML); on a page the first line of the task says it.
    """

    at: datetime
    has_been: bool
    words: str
    task_id: int | None = None
    why: str = ""


def lines_of(
    request: Request,
    moments: Sequence[Moment],
    *,
    named: bool = True,
    more: Sequence[tuple[datetime, str]] = (),
) -> list[Line]:
    """The words of each, by time; `more` is what is to come of other kinds."""
    tasks = {one.task.id: one.task for one in moments if one.task is not None and one.task.id is not None}
    seen = task_lines(request.work, list(tasks.values()), who(request))
    by_id = {line.task.id: line for line in seen}
    said = []
    for one in moments:
        line = None if one.task is None else by_id.get(one.task.id)
        words = moment_line(request, one, line, named=named)
        why = due_why(request, one, line) if named else ""
        said.append(Line(one.at, one.is_past, words, None if line is None else line.task.id, why))
    said += [Line(at, False, f"• {words}") for at, words in more]
    found: dict[tuple[bool, date, str], Line] = {}  # what would read the same on one day is said once
    for each in sorted(said, key=lambda one: (not one.has_been, one.at)):
        found.setdefault((each.has_been, request.institution.today(each.at), each.words), each)
    return list(found.values())


def show_lines(
    request: Request,
    top: Sequence[str],
    lines: Sequence[Line],
    page: int,
    turn: Turn,
    keyboard: Keyboard,
    nothing: str,
) -> Reply:
    """One page. A page number beyond the list (an old button) is the nearest there is."""
    past = sum(line.has_been for line in lines)
    first = 0 if len(lines) <= LINES else max(0, past - BEFORE_NOW)
    pages = _pages(len(lines), first)
    page = min(max(page, min(pages)), max(pages))
    begins, ends = pages[page]
    said = [*top, *_with_days(request, lines[begins:ends])]
    if not lines:
        said.append(nothing)
    turns = []
    if page - 1 in pages:
        turns.append(turn(_("‹ Earlier"), page - 1))
    if page + 1 in pages:
        turns.append(turn(_("Later ›"), page + 1))
    return screen(request, "\n".join(said), (*rows(turns), *keyboard))


def _pages(count: int, first: int) -> dict[int, tuple[int, int]]:
    """Where each page begins and ends; 0 begins at `first`, negative ones are before it."""
    found = {}
    before, after = -(-first // LINES), -(-(count - first) // LINES)
    for page in range(-before, max(1, after)):
        begins = first + page * LINES
        found[page] = (max(0, begins), min(count, begins + LINES))
    return found


def _with_days(request: Request, lines: Sequence[Line]) -> list[str]:
    said: list[str] = []
    on: date | None = None
    was: bool | None = None
    explained: set[int | None] = set()
    for at, past, words, task_id, why in lines:
        if was and not past:
            said.append("<i>" + _("To come") + "</i>")
            on = None
        if request.institution.today(at) != on:
            on = request.institution.today(at)
            day = near_day_words(on, request.institution.today(request.now))
            said.append(bold(day[:1].upper() + day[1:]))
        says_why = bool(why) and task_id not in explained
        said.append(f"{words} · {why}" if says_why else words)
        if says_why:
            explained.add(task_id)
        was = past
    return said
