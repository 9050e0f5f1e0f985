"""What one reminder says: codes and times, never a child's name, for it shows on a lock screen."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from handlers.cards.task_card import kind_of
from handlers.pushes.late_list import call_of
from handlers.ui.chosen_days import event_name
from handlers.ui.words import (
    _,
    child_code,
    day_words,
    due_line,
    due_words,
    esc,
    late_words,
    ngettext,
    plain_date_words,
    section,
    subject_prefix,
    task_words,
    when_words,
)
from sop_flows.actions.leave.reroute import FOR
from sop_flows.actions.reschedule import date_window
from sop_flows.core.work import Work
from sop_flows.notifications.planning import KEPT_WAITING, OF_EVENT
from sop_flows.staffing.responsibility import name_of
from sop_flows.views.task_views import TaskLine
from storage.queries.rolls import get_entry
from storage.tables import Child, Reminder, ReminderKind, Run, Task

SCALE = "⚖️ "
CODES = 10  # children named in the line of many


def sentence(work: Work, row: Reminder, line: TaskLine) -> str:
    """A push of its own (HTML): what, by when, and what to do."""
    name = named(work.session, row, line)
    if row.rule == "choose":
        return _choose(work, line)
    if row.rule == "not_chosen":
        day = plain_date_words(date_window(work, line.task)[2], work.today)
        return _("No date is chosen yet for {task}. Unless somebody chooses, it is {day}.").format(
            task=name, day=day
        )
    if row.rule == KEPT_WAITING:
        who = esc(section(work.unit, row.role or ""))
        return _("{task} · {late}. {role} leaves the child waiting.").format(
            task=name, late=late_words(line), role=who
        )
    if row.rule in OF_EVENT:
        return f"{subject_prefix(work.session, line)}{event_day(work, line)}.\n{name} · {due_line(line, work.now, work.zone)}"
    due_at = _due_of(work.session, row, line.task)
    prompt = esc(line.step.prompt)
    if row.kind == ReminderKind.HANDED:
        top = _("Your turn: SOP {number} step {step}, {task}.").format(
            number=esc(line.sop.number), step=line.step.step, task=name
        )
        return f"{top}\n{prompt}\n{due_line(line, work.now, work.zone)}"
    if row.kind == ReminderKind.SNOOZE:
        return f"{_asked_for(work.session, row, name)}\n{due_line(line, work.now, work.zone)}"
    if due_at is None:
        return f"{name}\n{prompt}"
    if due_at < work.now:
        return f"⏰ {name} · {late_words(line)}\n{prompt}"
    if row.child_id is not None:
        day = day_words(work.institution.today(due_at), work.today)
        return _("{task}: the time is over {day}.").format(task=name, day=day)
    days = (work.institution.today(due_at) - work.today).days
    if days == 0:
        when = _("today") if row.kind != ReminderKind.DUE else due_words(due_at, work.now, work.zone)
    elif days == 1:
        when = _("tomorrow")
    else:
        left = ngettext("in {count} day", "in {count} days", days).format(count=days)
        when = f"{left}, {day_words(work.institution.today(due_at), work.today)}"
    return f"{name} · {when}.\n{prompt}"


def short_line(work: Work, row: Reminder, line: TaskLine) -> str:
    """The same as one line among several."""
    if row.rule in ("choose", "not_chosen"):
        return _("{task}: no date chosen yet").format(task=named(work.session, row, line))
    if row.rule == KEPT_WAITING:
        waits = _("{task} · waits for {role}, {late}").format(
            task=named(work.session, row, line),
            role=esc(section(work.unit, row.role or "")),
            late=late_words(line),
        )
        return f"⏰ {waits}"
    if row.rule in OF_EVENT:
        return f"• {subject_prefix(work.session, line)}{event_day(work, line)}"
    when = when_words(line, work.now, work.zone)
    is_late = line.is_overdue
    if row.child_id is not None:
        due_at = _due_of(work.session, row, line.task)
        when = "" if due_at is None else day_words(work.institution.today(due_at), work.today)
        is_late = (
            due_at is not None and due_at < work.now
        )  # another child's visit may be late, this one is not
    if row.kind == ReminderKind.ESCALATION and (name := call_of(work.session, row, line)[1]) is not None:
        when += " · " + _("handled by {name}").format(name=esc(name))
    mark = "⏰ " if is_late else "• "
    return f"{mark}{named(work.session, row, line)}" + (f" · {when}" if when else "")


def event_day(work: Work, line: TaskLine) -> str:
    """ "Hari outbond: besok" (HTML)."""
    on = work.session.get_one(Run, line.task.run_id).event_on or work.today
    return _("{event}: {day}").format(
        event=esc(event_name(work.session, line.task)), day=day_words(on, work.today)
    )


def children_line(work: Work, rows: Sequence[Reminder], line: TaskLine) -> str:
    """The visits of many children that are due on one day, as one line: how many, and the first of them."""
    due_at = _due_of(work.session, rows[0], line.task)
    when = "" if due_at is None else f" · {day_words(work.institution.today(due_at), work.today)}"
    numbers = sorted(
        {work.session.get_one(Child, row.child_id).number for row in rows if row.child_id is not None}
    )
    count = ngettext("{count} child", "{count} children", len(numbers)).format(count=len(numbers))
    first = _("No. {number}").format(number=", ".join(child_code(one) for one in numbers[:CODES]))
    if len(numbers) > CODES:
        first += " " + _("and {count} more").format(count=len(numbers) - CODES)
    mark = "⏰ " if due_at is not None and due_at < work.now else "• "
    return f"{mark}{subject_prefix(work.session, line)}{esc(line.short)}{when} · {count}: {first}"


def named(s: Session, row: Reminder, line: TaskLine) -> str:
    """The task in words, with the child's number when it is about one child."""
    words = task_words(s, line)
    if row.child_id is not None:
        child = s.get(Child, row.child_id)
        number = child_code(child.number) if child is not None else ""
        words = f"{subject_prefix(s, line)}{esc(line.short)} · " + _("No. {number}").format(number=number)
    return (SCALE if kind_of(line.step) == "weigh" else "") + words


def _asked_for(s: Session, row: Reminder, task: str) -> str:
    """Who asked to be reminded: the officer, or the colleague whose reminder comes to them."""
    asked = (row.payload or {}).get(FOR)
    other = name_of(s, asked) if isinstance(asked, int) and asked != row.officer_id else None
    if other is None:
        return _("You asked to be reminded: {task}.").format(task=task)
    return _("{who} asked to be reminded: {task}.").format(who=esc(other), task=task)


def due_day(work: Work, row: Reminder) -> date | None:
    """The day on which the child of a reminder is due."""
    due_at = _due_of(work.session, row, work.session.get_one(Task, row.task_id))
    return None if due_at is None else work.institution.today(due_at)


def _due_of(s: Session, row: Reminder, task: Task) -> datetime | None:
    if row.child_id is None:
        return task.due_at
    entry = get_entry(s, task.id or 0, row.child_id)
    return None if entry is None else entry.due_at


def _choose(work: Work, line: TaskLine) -> str:
    earliest, latest, _proposed = date_window(work, line.task)
    first, last = (plain_date_words(day, work.today) for day in (earliest, latest))
    return _("{task}: it may be from {first} to {last}. On which date?").format(
        task=task_words(work.session, line), first=first, last=last
    )
