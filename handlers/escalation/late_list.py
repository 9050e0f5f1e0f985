"""The list of late steps in a head's morning, and one emergency by itself; with "Saya tangani" and "Serahkan ke…"."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from handlers.looks.dates import due_words
from handlers.looks.markup import bold, esc
from handlers.looks.screens import button
from handlers.looks.wording import _, ngettext
from handlers.reply import Button
from handlers.tasks.task_words import late_words, section, task_words
from sop_flows.escalation.acknowledging import last_taken_on
from sop_flows.escalation.lists import LateStep
from sop_flows.house import House
from sop_flows.task_rows import name_of
from sop_flows.task_views import TaskLine
from storage.tables import Officer, Reminder, ReminderKind, TaskPart

LINES = 10  # steps shown; the others are in /status


def list_lines(
    s: Session, house: House, officer: Officer, steps: Sequence[LateStep], first: int
) -> tuple[list[str], list[int]]:
    """The list's lines (HTML), numbered from `first`, and the tasks that the numbers open."""
    said: list[str] = []
    ids: list[int] = []
    shown = steps[:LINES]
    groups = (
        [one for one in shown if one.level == "top"],
        [one for one in shown if one.level == "head" and not one.is_target],
        [one for one in shown if one.level == "head" and one.is_target],
    )
    for group in groups:
        if group:
            said.append(bold(_heading(house, group[0], len(group))))
        for one in group:
            ids.append(one.line.task.id or 0)
            said.append(f"{first + len(ids) - 1}. {_line(s, house, one)}")
    if len(steps) > LINES:
        said.append(_("and {count} more").format(count=len(steps) - LINES))
    return said, ids


def _heading(house: House, one: LateStep, count: int) -> str:
    rules = house.pack.unit.escalation
    if one.is_target:
        return ngettext(
            "{count} step of your section is past its target:", "{count} steps of your section are past their target:",
            count,
        ).format(count=count)  # fmt: skip
    after = rules.top_after if one.level == "top" else rules.head_after
    if one.line.sop.emergency:
        return ngettext("{count} emergency step is late:", "{count} emergency steps are late:", count).format(
            count=count
        )
    words = (
        ngettext(
            "{count} step is late by {days} or more:", "{count} steps are late by {days} or more:", count
        )
        if one.level == "top"
        else ngettext(
            "{count} step of your section is late by {days} or more:",
            "{count} steps of your section are late by {days} or more:",
            count,
        )
    )
    return words.format(count=count, days=_("{time} of work").format(time=after))


def _line(s: Session, house: House, one: LateStep) -> str:
    """ "Surat pemanggilan orang tua · Pak Rahmat · 2 hari terlambat · ditangani Bu Dewi"."""
    holder = esc(one.holder) if one.holder is not None else _("taken by nobody yet")
    whose = f"{esc(section(house.pack.unit, one.role))} · {holder}" if one.level == "top" else holder
    words = f"{task_words(s, one.line)} · {whose} · {late_words(one.line)}"
    if one.taken_on_by is not None:
        words += " · " + _("handled by {name}").format(name=esc(one.taken_on_by))
    return words


def list_buttons(row_id: int, steps: Sequence[LateStep], officer: Officer) -> tuple[Button, ...]:
    """[Saya tangani] while there is anything that this officer did not take on, and [Serahkan ke…]."""
    return (
        *_take_on(row_id, any(one.taken_on_by != officer.name for one in steps)),
        _hand_over(row_id, steps),
    )


def _take_on(row_id: int, wanted: bool) -> tuple[Button, ...]:
    return (button(_("I will handle it"), "late_take_on", row_id, style="success"),) if wanted else ()


def _hand_over(row_id: int, steps: Sequence[LateStep]) -> Button:
    if len(steps) == 1:
        return button(_("Hand over to …"), "task_give", steps[0].line.task.id or 0)
    return button(_("Hand over to …"), "late_give", row_id)


def emergency_words(
    s: Session, row: Reminder, line: TaskLine, part: TaskPart | None, now: datetime, house: House
) -> str:
    """An emergency step that is late, as a head hears of it at once (HTML): codes only."""
    holder = name_of(s, part.assignee_id) if part is not None else None
    who = esc(holder) if holder is not None else _("taken by nobody yet")
    due = "" if line.due_at is None else due_words(line.due_at, now, house.zone)
    top = _("⏰ Emergency, not done yet: SOP {number} step {step}, {task}.").format(
        number=esc(line.sop.number), step=line.step.step, task=task_words(s, line)
    )
    return f"{top}\n" + _("{who} · was due {when}").format(who=who, when=due)


def emergency_buttons(row: Reminder, *, taken_on: bool) -> tuple[Button, ...]:
    """[Saya tangani] [Serahkan ke…] of an emergency."""
    return (
        *_take_on(row.id or 0, not taken_on),
        button(_("Hand over to …"), "task_give", row.task_id or 0),
    )


def call_of(s: Session, row: Reminder, line: TaskLine) -> tuple[TaskPart | None, str | None]:
    """The part that an emergency's reminder is about, and who took it on."""
    part = next((part for part in line.parts if part.role == row.role), None)
    return part, None if part is None else last_taken_on(s, line.task, part)


def calls_buttons(s: Session, rows: Sequence[Reminder], lines: Sequence[TaskLine]) -> tuple[Button, ...]:
    """[Saya tangani] for all emergencies of a message that nobody took on; none without any."""
    by_task = {line.task.id: line for line in lines}
    waiting = [
        row
        for row in rows
        if row.kind == ReminderKind.ESCALATION
        and row.task_id in by_task
        and call_of(s, row, by_task[row.task_id])[1] is None
    ]
    return _take_on(waiting[0].id or 0, True) if waiting else ()
