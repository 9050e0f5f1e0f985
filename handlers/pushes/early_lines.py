"""The group "Besok pagi" of a morning: a few lines, what is due before the next morning's work can begin."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from handlers.ui.words import _, bold, clock_words, due_words, instead_words, task_words, weekday_words
from sop_flows.core.work import Institution, Work
from sop_flows.views.due_early import early_tasks, early_until
from sop_flows.views.task_views import TaskLine
from storage.tables import Officer

LINES = 3  # the rest stands in /tugas; the message is about today
NAMED_DAYS = 2  # besok, lusa


def early_lines(
    work: Work, officer: Officer, at_hand: Iterable[TaskLine], but: Collection[int | None], first: int
) -> tuple[list[str], list[TaskLine]]:
    """The group's lines (HTML), numbered from `first`, and the tasks that the numbers open.

    Args:
        at_hand: the officer's, as of `open_lines`.
        but: tasks that the message names already.
    """
    found = [line for line in early_tasks(work, officer, at_hand) if line.task.id not in but]
    if not found:
        return [], []
    shown = found[:LINES]
    said = [bold(_heading(early_until(work, officer), work.institution, work.now))]
    for number, line in enumerate(shown, start=first):
        when = _when(work.institution, line, work.now) + instead_words(line)
        said.append(f"{number}. {task_words(work.session, line)} · {when}")
    if len(found) > LINES:
        said.append(_("and {count} more").format(count=len(found) - LINES))
    return said, shown


def _when(institution: Institution, line: TaskLine, now: datetime) -> str:
    """ "besok, 09.00", "Senin 7 Desember, 09.00"."""
    assert line.due_at is not None
    day, today = institution.today(line.due_at), institution.today(now)
    if (day - today).days <= NAMED_DAYS:
        return due_words(line.due_at, now, institution.zone)
    return f"{weekday_words(day, today)}, {clock_words(line.due_at, institution.zone)}"


def _heading(until: datetime, institution: Institution, now: datetime) -> str:
    day, today = institution.today(until), institution.today(now)
    if day == today + timedelta(days=1):
        return _("Tomorrow morning:")
    return _("Up to {day}:").format(day=weekday_words(day, today))
