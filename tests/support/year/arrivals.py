"""What may arrive on a phone: judged from the rows, not by the rules that sent it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time

from sqlmodel import Session, col, select

from sop_flows.core.notices import Removed
from sop_flows.core.work import Institution
from storage.tables import (
    Absence,
    AssignedHow,
    Officer,
    OfficerRole,
    Reminder,
    ReminderKind,
    Task,
    TaskPart,
    TaskState,
)

OWN = (ReminderKind.LEAD, ReminderKind.MORNING, ReminderKind.DUE, ReminderKind.SNOOZE)
CHOICE = ("choose", "not_chosen")  # asked of whoever may choose, told to the head
LIVE = (TaskState.OPEN, TaskState.WAITING)
# A phone or a right that may be somebody else's; a child that has come to the house; an emergency.
AT_NIGHT_TOO = (
    "admin_set", "removed", "knower_invited", "phone_code_made", "phone_left", "cases_asked", "cases_allowed", "cases_refused",
    "pin_shut", "pin_reset", "case_opened", "taken_on", "emergency_obstacle",
)  # fmt: skip


def why_wrong(
    s: Session, house: Institution, officer_id: int, rows: Sequence[Reminder], now: datetime, *, is_edit: bool
) -> Iterator[str]:
    """What is wrong with a message that arrives now and carries these claimed rows."""
    officer = s.get_one(Officer, officer_id)
    if not rows:
        yield f"{now}: officer {officer_id} is told something that no row owes"
    if officer.removed_at is not None and {row.rule for row in rows} != {Removed.word}:
        yield f"{now}: officer {officer_id} was removed and is told of {[row.rule for row in rows]}"
    local = now.astimezone(house.zone).time()
    urgent = any(row.rule in AT_NIGHT_TOO or _is_urgent(s, house, row) for row in rows)
    if not (time(6) <= local < time(20)) and not urgent and not is_edit:
        yield f"{now}: {[row.rule for row in rows]} in the quiet hours"
    for row in rows:
        if row.due_at > now:
            yield f"{now}: {row.key} is not due before {row.due_at}"
        yield from _of_task(s, row, now)


def _of_task(s: Session, row: Reminder, now: datetime) -> Iterator[str]:
    if row.kind in (ReminderKind.NOTICE, ReminderKind.DIGEST) or row.task_id is None:
        return
    task = s.get_one(Task, row.task_id)
    part = s.exec(select(TaskPart).where(TaskPart.task_id == task.id, TaskPart.role == row.role)).one()
    if task.state not in LIVE or part.state not in LIVE:
        yield f"{now}: {row.key} is of a task that is {task.state}, its part {part.state}"
    if row.kind not in OWN or row.rule in CHOICE or part.assignee_id in (None, row.officer_id):
        return
    holder = s.get_one(Officer, part.assignee_id)
    gone = s.exec(
        select(Absence.id).where(
            Absence.officer_id == holder.id,
            col(Absence.begun_at).is_not(None),
            col(Absence.ended_at).is_(None),
        )
    ).first()
    since = part.assigned_at or row.created_at
    if part.assigned_how == AssignedHow.SOLE:  # nobody took it over: it came to who is left
        since = row.created_at
    own_wish = row.kind == ReminderKind.SNOOZE and (
        since <= row.created_at or is_somebodys_head(s, row.officer_id)
    )
    if holder.removed_at is None and gone is None and not own_wish:
        yield f"{now}: {row.key} goes to {row.officer_id}, in charge is {holder.id}"


def is_somebodys_head(s: Session, officer_id: int) -> bool:
    """A head may ask to be reminded of what somebody else does, and goes on being so when others are put in charge."""
    roles = s.exec(select(OfficerRole).where(OfficerRole.officer_id == officer_id)).all()
    return any(role.is_head or role.role == "kepala" for role in roles)


def _is_urgent(s: Session, house: Institution, row: Reminder) -> bool:
    task = None if row.task_id is None else s.get(Task, row.task_id)
    return task is not None and house.pack.sops[task.sop].emergency
