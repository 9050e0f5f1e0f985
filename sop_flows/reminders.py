"""Reminder rows: what is owed to whom and when. Planned from the task as it is; whatever is no longer so is dropped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete
from sqlmodel import Session, col, select

from sop_flows.absences.away import is_away
from sop_flows.calendar.chosen_date import choice_closes_on
from sop_flows.calendar.due import reminder_times
from sop_flows.calendar.moments import MORNING, QUIET_FROM, THIS_AFTERNOON, THIS_AFTERNOON_UNTIL, after_quiet
from sop_flows.cases.visibility import may_see_task
from sop_flows.declarations.step import Step
from sop_flows.errors import FutureWorkError, NotFoundError, NotYoursError
from sop_flows.house import House
from sop_flows.parts import parts_of
from sop_flows.people.assignment import reassign
from sop_flows.people.permissions import acting_roles, answering, heads_of, recipients, roles_of
from sop_flows.rolls import entries
from sop_flows.subjects import anchors_of, case_of
from sop_flows.task_views import digest_tasks, obstacles_for_head
from sop_flows.versions import declared
from storage.queries.reminders import add_missing
from storage.tables import (
    Account,
    Confirmation,
    EntryState,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

LIVE = (TaskState.OPEN, TaskState.WAITING)
PLANNED = (ReminderKind.LEAD, ReminderKind.MORNING, ReminderKind.DUE)  # made and unmade by plan_task
CHOOSE = "choose"  # rule: a date has to be chosen (SOP 9.1.09 step 1)
NOT_CHOSEN = "not_chosen"  # rule: the head is told that nobody chose; the proposal stands


@dataclass(frozen=True)
class _Wanted:
    kind: ReminderKind
    officer_id: int
    role: str
    child_id: int | None
    rule: str
    at: datetime

    def key(self, task: Task) -> str:
        # The instant is part of the key: a reminder already sent is not owed again unless the date moved.
        return (
            f"{task.id}:{self.role}:{self.officer_id}:{self.child_id or 0}:{self.rule}@{self.at:%Y%m%dT%H%M}"
        )


# --- planning -----------------------------------------------------------------------------------------------


def plan_task(s: Session, house: House, task: Task, now: datetime) -> None:
    """Make the unsent reminders of a task be what they should be. Call after any change to it, its parts or entries.

    What was due before `now` is not owed anew; where it is owed already and unsent (an outage) it stays.
    """
    wanted = {} if task.before_pandu or task.state not in LIVE else {
        one.key(task): one for one in _wanted(s, house, task)
    }  # fmt: skip
    snoozed: dict[tuple[int, int | None], datetime] = {}
    for row in s.exec(
        select(Reminder).where(Reminder.task_id == task.id, Reminder.state == ReminderState.PENDING)
    ).all():
        if row.kind == ReminderKind.SNOOZE:
            snoozed[(row.officer_id, row.child_id)] = row.due_at
    existing = s.exec(
        select(Reminder).where(
            Reminder.task_id == task.id,
            col(Reminder.kind).in_(PLANNED),
            col(Reminder.state).in_((ReminderState.PENDING, ReminderState.SENT)),
        )
    ).all()
    have = {row.key for row in existing}
    for row in existing:
        until = snoozed.get((row.officer_id, row.child_id))
        put_off = until is not None and row.due_at <= until
        if row.state == ReminderState.PENDING and (row.key not in wanted or put_off):
            row.state = ReminderState.DROPPED
    for key, one in wanted.items():
        until = snoozed.get((one.officer_id, one.child_id))
        if key in have or one.at < now or (until is not None and one.at <= until):
            continue
        s.add(
            Reminder(
                key=key,
                kind=one.kind,
                officer_id=one.officer_id,
                task_id=task.id,
                role=one.role,
                child_id=one.child_id,
                rule=one.rule,
                due_at=one.at,
                created_at=now,
            )
        )
    s.flush()


def _wanted(s: Session, house: House, task: Task) -> Iterable[_Wanted]:
    _sop, step = declared(s, task)
    if not step.remind and step.choose_date is None:
        return
    for part in parts_of(s, task):
        if part.state not in LIVE:
            continue
        to = [officer.id for officer in recipients(s, house, task, part) if officer.id is not None]
        for child_id, due_at in _dues(s, task, step):
            for remind, at in reminder_times(step.remind, due_at, house.office):
                rule = f"{remind.kind}:{remind.days}" if remind.days else remind.kind
                said_at = speaking_time(s, house, task, at)
                for officer_id in to:
                    yield _Wanted(ReminderKind(remind.kind), officer_id, part.role, child_id, rule, said_at)
        if step.choose_date is not None and task.chosen_on is None:
            yield from _until_chosen(s, house, task, step, part, to)


def _dues(s: Session, task: Task, step: Step) -> list[tuple[int | None, datetime]]:
    """The task's due, or where each flagged child has its own time, each open entry's."""
    if step.per == entries.FLAGGED and step.standard is not None and task.state == TaskState.OPEN:
        rows = s.exec(
            select(TaskEntry.child_id, TaskEntry.due_at).where(
                TaskEntry.task_id == task.id, TaskEntry.state == EntryState.OPEN
            )
        )
        return [(child_id, due_at) for child_id, due_at in rows]
    return [] if task.due_at is None else [(None, task.due_at)]


def _until_chosen(
    s: Session, house: House, task: Task, step: Step, part: TaskPart, to: list[int]
) -> Iterable[_Wanted]:
    """While no date is chosen: the PJ is asked in the morning of the opening, the head told when time is up."""
    assert step.choose_date is not None
    arrival_on = anchors_of(s, house, task).day("arrival")
    opened_at = task.opened_at or task.opens_at
    assert opened_at is not None
    morning = house.office.at(house.today(opened_at), MORNING)
    ask_at = morning if opened_at <= morning else after_quiet(opened_at, house.zone)
    for officer_id in to:
        yield _Wanted(ReminderKind.MORNING, officer_id, part.role, None, CHOOSE, ask_at)
    tell_at = house.office.at(choice_closes_on(step.choose_date, step.remind, arrival_on), MORNING)
    for officer in answering(s, house, part.role, task.within):
        yield _Wanted(ReminderKind.LEAD, officer.id or 0, part.role, None, NOT_CHOSEN, tell_at)


def tell_handed(
    s: Session,
    house: House,
    task: Task,
    parts: tuple[TaskPart, ...],
    cause: Confirmation | None,
    now: datetime,
) -> None:
    """Tell the PJ that a step is theirs now, when another role's confirmation opened it.

    A stand-in (perawat, for 9.2.06 step 4) is of another role than who finished the step before it.
    With several members and no PJ it stays in /tugas and the digest; with nobody in the role, who answers is told.
    """
    if cause is None or task.before_pandu:
        return
    for part in parts:
        if part.state != TaskState.OPEN or (part.role == cause.role and not _has_stand_in(s, task, part)):
            continue
        # Who confirmed sees it in the card of the step just confirmed.
        _hand(s, house, task, part, (cause.officer_id, cause.recorded_by_id), now)
    s.flush()


def tell_started(
    s: Session, house: House, task: Task, parts: tuple[TaskPart, ...], starter: Officer, now: datetime
) -> None:
    """Tell the PJ that a step is theirs now, when somebody of another role started its SOP by hand."""
    own = roles_of(s, starter.id or 0)
    for part in parts:
        if part.state == TaskState.OPEN and part.role not in own:
            _hand(s, house, task, part, (starter.id or 0,), now)
    s.flush()


def _hand(s: Session, house: House, task: Task, part: TaskPart, but: tuple[int, ...], now: datetime) -> None:
    """A push "your turn" to whoever has the part, except the officers `but`."""
    to = recipients(s, house, task, part)
    # What runs for months is in no list of tasks: each of several members hears of it when it begins.
    shared = part.assignee_id is None and len(to) > 1 and not task.running
    if shared and to != answering(s, house, part.role, task.within):
        return
    for officer in to:
        if officer.id in but:
            continue
        s.add(
            Reminder(
                key=f"{task.id}:{part.role}:{officer.id}:handed@{now:%Y%m%dT%H%M%S}",
                kind=ReminderKind.HANDED,
                officer_id=officer.id or 0,
                task_id=task.id,
                role=part.role,
                rule="handed",
                due_at=speaking_time(s, house, task, now),
                created_at=now,
            )
        )


def tell_no_longer(
    s: Session, opened: Task, officer: Officer, now: datetime, *, started: bool = False
) -> None:
    """Whoever was told that a step is theirs now hears that it is not: `officer` took back the step before it, or
    (`started`) the start of its SOP."""
    for row in s.exec(
        select(Reminder).where(
            Reminder.task_id == opened.id,
            Reminder.kind == ReminderKind.HANDED,
            Reminder.state == ReminderState.SENT,
        )
    ).all():
        notify(
            s,
            row.officer_id,
            "undone",
            {"sop": opened.sop, "step": opened.step, "officer": officer.id, "started": started},
            now,
            task_id=opened.id,
            edits_message_id=row.message_id,
        )


def _has_stand_in(s: Session, task: Task, part: TaskPart) -> bool:
    """Whether the PJ is not of the part's own role."""
    return part.assignee_id is not None and part.role not in roles_of(s, part.assignee_id, task.cohort_id)


def speaking_time(s: Session, house: House, task: Task | None, at: datetime) -> datetime:
    """`at`, or 06.00 when that is in the quiet hours and the step is no emergency."""
    if task is not None and declared(s, task)[0].emergency:
        return at
    return after_quiet(at, house.zone)


def drop_for_task(s: Session, task: Task) -> None:
    """Nothing more is owed about this task but notices."""
    for row in s.exec(
        select(Reminder).where(
            Reminder.task_id == task.id,
            Reminder.state == ReminderState.PENDING,
            Reminder.kind != ReminderKind.NOTICE,
        )
    ):
        row.state = ReminderState.DROPPED
    s.flush()


# --- officers -----------------------------------------------------------------------------------------------


def plan_officer(s: Session, house: House, officer_id: int, now: datetime) -> None:
    """After an officer came, went or changed roles: find PJs anew, plan their tasks' reminders and digests."""
    officer = s.get_one(Officer, officer_id)
    if officer.removed_at is not None:
        for row in s.exec(
            select(Reminder).where(Reminder.officer_id == officer_id, Reminder.state == ReminderState.PENDING)
        ):
            row.state = ReminderState.DROPPED
    roles = roles_of(s, officer_id) | heads_of(s, house, officer_id)
    if officer.is_admin:  # answers for every role that has nobody
        roles |= frozenset(house.pack.unit.roles)
    for task in reassign(s, house, roles, now):
        plan_task(s, house, task, now)
    ensure_digests(s, house, now)


def ensure_digests(s: Session, house: House, now: datetime) -> None:
    """Every enrolled officer has one coming digest at 07.30; it is dropped at its time when there is nothing to say."""
    have = select(Reminder.officer_id).where(
        Reminder.kind == ReminderKind.DIGEST,
        Reminder.state == ReminderState.PENDING,
        Reminder.due_at > now,  # today's, due and about to go out, does not stand for tomorrow's
    )
    lacking = s.exec(
        select(Officer.id)
        .join(Account, col(Account.officer_id) == col(Officer.id))
        .where(
            col(Officer.removed_at).is_(None),
            col(Account.unbound_at).is_(None),
            col(Officer.id).not_in(have),
        )
    ).all()
    if not lacking:
        return
    at = next_morning(house, now)
    add_missing(
        s,
        [
            Reminder(
                key=f"digest:{officer_id}@{at:%Y%m%d}",
                kind=ReminderKind.DIGEST,
                officer_id=officer_id or 0,
                rule="digest",
                due_at=at,
                ends_at=house.office.at(
                    house.today(at), QUIET_FROM
                ),  # yesterday's morning is not said at night
                created_at=now,
            )
            for officer_id in lacking
        ],
    )


def next_morning(house: House, now: datetime) -> datetime:
    """The next 07.30 local after `now`."""
    today = house.office.at(house.today(now), MORNING)
    return today if today > now else house.office.at(house.today(now) + timedelta(days=1), MORNING)


# --- snooze -------------------------------------------------------------------------------------------------


def snooze_choices(house: House, now: datetime) -> tuple[tuple[str, datetime], ...]:
    """What "Ingatkan lagi" offers: in an hour, this afternoon (until 14.30), tomorrow morning."""
    local = now.astimezone(house.zone)
    choices = [("hour", after_quiet(now + timedelta(hours=1), house.zone))]
    if local.time() <= THIS_AFTERNOON_UNTIL:
        choices.append(("afternoon", house.office.at(local.date(), THIS_AFTERNOON)))
    choices.append(("morning", morning_of(house, local.date() + timedelta(days=1))))
    return tuple(choices)


def morning_of(house: House, on: date, at: time = MORNING) -> datetime:
    """07.30 local of that day, aware UTC."""
    return house.office.at(on, at)


def snooze(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    child_id: int | None,
    at: datetime,
    now: datetime,
) -> Reminder:
    """Move the officer's reminder of this task to `at`; the due date stays.

    Raises:
        NotFoundError: no such open task.
        NotYoursError: the officer has no part in it.
        FutureWorkError: `at` is not ahead.
    """
    task = s.get(Task, task_id)
    if task is None or task.state not in LIVE:
        raise NotFoundError
    roles = acting_roles(s, house, officer, task)
    if not roles:
        raise NotYoursError(tuple(declared(s, task)[1].executors))
    if at <= now:
        raise FutureWorkError(house.today(at), house.today(now), house.today(now) + timedelta(days=60))
    at = speaking_time(s, house, task, at)
    for row in s.exec(
        select(Reminder).where(
            Reminder.task_id == task_id,
            Reminder.officer_id == officer.id,
            Reminder.state == ReminderState.PENDING,
            Reminder.kind == ReminderKind.SNOOZE,
        )
    ):
        if row.child_id == child_id:
            row.state = ReminderState.DROPPED
    s.flush()
    reminder = Reminder(
        key=f"{task_id}:{officer.id}:{child_id or 0}:snooze@{at:%Y%m%dT%H%M}",
        kind=ReminderKind.SNOOZE,
        officer_id=officer.id or 0,
        task_id=task_id,
        role=roles[0],
        child_id=child_id,
        rule="snooze",
        due_at=at,
        created_at=now,
    )
    s.add(reminder)
    s.flush()
    plan_task(s, house, task, now)
    return reminder


# --- notices ------------------------------------------------------------------------------------------------


def notify(
    s: Session,
    officer_id: int,
    what: str,
    payload: dict[str, Any],
    now: datetime,
    *,
    task_id: int | None = None,
    edits_message_id: int | None = None,
    at: datetime | None = None,
) -> Reminder:
    """Owe an officer a notice: whatever is said to anyone but the officer who tapped is such a row.

    Args:
        what: the word that says which sentence, such as "taken".
        at: when; `now` unless the caller moved it out of the quiet hours.
    """
    row = Reminder(
        key=f"notice:{officer_id}:{what}:{task_id or 0}:{uuid4().hex}",  # each is owed, even twice the same
        kind=ReminderKind.NOTICE,
        officer_id=officer_id,
        task_id=task_id,
        rule=what,
        due_at=at or now,
        payload={"notice": what, **payload},
        edits_message_id=edits_message_id,
        created_at=now,
    )
    s.add(row)
    s.flush()
    return row


def notify_heads(
    s: Session,
    house: House,
    task: Task,
    role: str,
    what: str,
    payload: dict[str, Any],
    now: datetime,
    but: int | None,
) -> None:
    """Tell who answers for the role, except the officer `but` who did it; of a case, only who may see it."""
    case = case_of(s, task)
    for officer in answering(s, house, role, task.within):
        if case is not None and not may_see_task(s, house, officer, task, case):
            continue
        if officer.id is not None and officer.id != but:
            at = speaking_time(s, house, task, now)
            notify(s, officer.id, what, payload, now, task_id=task.id, at=at)


def forget_sent_before(s: Session, at: datetime) -> None:
    """Nothing is forgotten of reminders that were sent; dropped ones older than `at` go."""
    s.exec(delete(Reminder).where(col(Reminder.state) == ReminderState.DROPPED, col(Reminder.due_at) < at))


# --- truth --------------------------------------------------------------------------------------------------


def is_still_true(s: Session, house: House, reminder: Reminder, now: datetime) -> bool:
    """Whether a reminder whose time has come still says something true. A finished task is never reminded of."""
    officer = s.get(Officer, reminder.officer_id)
    if officer is None or officer.removed_at is not None:
        return False
    if reminder.kind == ReminderKind.NOTICE:
        return True
    if reminder.kind == ReminderKind.DIGEST:
        if is_away(s, officer.id):
            return False  # what is due is in the morning of whoever stands in
        return bool(digest_tasks(s, house, officer, now)) or bool(obstacles_for_head(s, house, officer, now))
    task = s.get(Task, reminder.task_id)
    if task is None or task.before_pandu or task.state not in LIVE:
        return False
    if reminder.rule in (CHOOSE, NOT_CHOSEN):
        return task.chosen_on is None
    part = next((p for p in parts_of(s, task) if p.role == reminder.role), None)
    if part is None or part.state not in LIVE:
        return False
    if reminder.child_id is not None:
        entry = s.exec(
            select(TaskEntry).where(TaskEntry.task_id == task.id, TaskEntry.child_id == reminder.child_id)
        ).one_or_none()
        if entry is None or entry.state != EntryState.OPEN:
            return False
    if reminder.kind == ReminderKind.SNOOZE:
        return True
    if reminder.kind in PLANNED and _is_superseded(s, reminder, now):
        return False
    return any(reminder.officer_id == to.id for to in recipients(s, house, task, part))


def _is_superseded(s: Session, reminder: Reminder, now: datetime) -> bool:
    """Whether a later one of the same row of reminders has come due too: after an outage the last one is enough."""
    later = s.exec(
        select(Reminder.id).where(
            Reminder.task_id == reminder.task_id,
            Reminder.officer_id == reminder.officer_id,
            Reminder.role == reminder.role,
            col(Reminder.child_id).is_not_distinct_from(reminder.child_id),
            col(Reminder.kind).in_(PLANNED),
            col(Reminder.rule).not_in((CHOOSE, NOT_CHOSEN)),
            col(Reminder.state).in_((ReminderState.PENDING, ReminderState.SENT)),
            Reminder.due_at > reminder.due_at,
            Reminder.due_at <= now,
        )
    ).first()
    return later is not None
