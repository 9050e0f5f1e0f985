"""The reminders and notices of a task, made to be what they should be when its transaction is settled."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.calendar.dates import opened_with_run, reminder_times, visit_day
from sop_flows.calendar.events import choice_closes_on
from sop_flows.calendar.moments import after_quiet
from sop_flows.core.notices import Undone, passes_quiet_hours
from sop_flows.core.states import change, is_target, parts_of
from sop_flows.core.work import Institution, Work, anchors_of, case_of, declared
from sop_flows.declarations.sop import Sop, Step
from sop_flows.limits import LONG_STEP_DAYS, UNDO_MINUTES
from sop_flows.notifications.dropping import ENDED, drop, why_over
from sop_flows.notifications.escalation.expected import LATE, escalations_of
from sop_flows.notifications.escalation.thresholds import told_from
from sop_flows.notifications.notices import notify_changed
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.recording import entries
from sop_flows.staffing.own_morning import has_switched_off, morning_of, own_time
from sop_flows.staffing.responsibility import accountable_for, keeping_now, responsibility_of
from sop_flows.staffing.roster import roles_of
from sop_flows.staffing.working_days import works_on
from storage.engine import WritingSession
from storage.tables import (
    LIVE,
    Change,
    Confirmation,
    DroppedWhy,
    EntryState,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Run,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

# --- reminders of a task ----------------------------------------------------------------------------------------


PLANNED = (  # made and unmade by plan_task
    ReminderKind.LEAD,
    ReminderKind.MORNING,
    ReminderKind.DUE,
    ReminderKind.ESCALATION,
)
IN_THE_MORNING = (ReminderKind.LEAD, ReminderKind.MORNING)  # at the officer's own time
KEY_AT = "%Y%m%dT%H%M"  # the instant in a key, UTC
DUE = "due"  # rule: it falls due now
MORNINGS = 30  # looked through for one on which the officer works
CHOOSE = "choose"  # rule: a date has to be chosen (SOP 9.1.09 step 1)
NOT_CHOSEN = "not_chosen"  # rule: the head is told that nobody chose; the proposal stands
EVENT_EVE, EVENT_DAY = "event_eve", "event_day"  # rules: whoever has a step of the run hears of its event
OF_EVENT = (EVENT_EVE, EVENT_DAY)
KEPT_WAITING = "kept_waiting"  # rule: whoever has a case hears that another section leaves the child waiting


_OF_TASK = select(Reminder).where(Reminder.task_id == bindparam("task"), Reminder.kind != ReminderKind.NOTICE)
_OWED = _OF_TASK.where(Reminder.state == ReminderState.PENDING)
_OWED_OR_SENT = _OF_TASK.where(col(Reminder.state).in_((ReminderState.PENDING, ReminderState.SENT)))


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
        about = f"{task.id}:{self.role}:{self.officer_id}:{self.child_id or 0}:{self.rule}"
        return f"{about}@{self.at.astimezone(UTC):{KEY_AT}}"


def plan_task(work: Work, task: Task) -> None:
    """Make the unsent reminders of a task be what they should be. Call after any change to it, its parts or entries.

    What was due before `now` is not owed anew; where it is owed already and unsent (an outage) it stays.
    """
    owed_or_sent = work.session.exec(_OWED_OR_SENT, params={"task": task.id}).all()
    if isinstance(work.session, WritingSession) and work.session.catch_up():
        work.forget()  # among these rows may be those of an officer who is new since
    wanted = {} if task.state not in LIVE else {
        one.key(task): one for one in _wanted(work, task)
    }  # fmt: skip
    snoozed = {
        (row.officer_id, row.child_id): row.due_at
        for row in owed_or_sent
        if row.kind == ReminderKind.SNOOZE and row.state == ReminderState.PENDING
    }
    existing = [row for row in owed_or_sent if row.kind in PLANNED]
    _keep_the_day(work.institution, wanted, existing)
    have = {row.key for row in existing}
    recalled: set[tuple[str, int]] = set()  # calls to heads that are taken back because their time is another
    for row in existing:
        until = snoozed.get((row.officer_id, row.child_id))
        put_off = until is not None and row.due_at <= until and row.kind != ReminderKind.ESCALATION
        if row.state == ReminderState.PENDING and (row.key not in wanted or put_off):
            drop(row, DroppedWhy.SNOOZED if put_off else _why(work, row, task, wanted.values()))
            if row.kind == ReminderKind.ESCALATION:
                recalled.add((row.rule, row.officer_id))
    for key, one in wanted.items():
        until = snoozed.get((one.officer_id, one.child_id))
        put_off = until is not None and one.at <= until and one.kind != ReminderKind.ESCALATION
        is_behind = one.at < work.now and (one.rule, one.officer_id) not in recalled
        if key in have or is_behind or put_off:
            continue
        work.session.add(
            Reminder(
                key=key,
                kind=one.kind,
                officer_id=one.officer_id,
                task_id=task.id,
                role=one.role,
                child_id=one.child_id,
                rule=one.rule,
                due_at=max(one.at, work.now) if (one.rule, one.officer_id) in recalled else one.at,
                created_at=work.now,
            )
        )
    work.session.flush()


def _why(work: Work, row: Reminder, task: Task, wanted: Collection[_Wanted]) -> DroppedWhy:
    """Why a reminder that was planned is not among what is wanted now."""
    if over := why_over(work, row, task):
        return over
    if row.rule in (CHOOSE, NOT_CHOSEN) and task.chosen_on is not None:
        return DroppedWhy.CHOSEN
    officer = work.session.get_one(Officer, row.officer_id)
    if row.kind == ReminderKind.LEAD and has_switched_off(work.institution, officer, "lead"):
        return DroppedWhy.SWITCHED_OFF
    others_have_it = wanted and all(one.officer_id != officer.id for one in wanted)
    return DroppedWhy.TAKEN if others_have_it else DroppedWhy.MOVED


def plan_everything(work: Work) -> None:
    """Plan every task that is not closed, after the clock was set back.

    What changed while it was ahead left out what was then past already, and is ahead again.
    """
    for task in work.session.exec(select(Task).where(col(Task.state).in_(LIVE)).order_by(col(Task.id))).all():
        plan_task(work, task)


def _keep_the_day(institution: Institution, wanted: dict[str, _Wanted], existing: Iterable[Reminder]) -> None:
    """What is owed in the morning of a day is the same reminder when the officer's morning comes at another time:
    one still to be sent moves, and one that was sent is not owed again."""
    by_day = {_day_of(institution, key): key for key, one in wanted.items() if one.kind in IN_THE_MORNING}
    kept = {row.key for row in existing if row.key in wanted}
    for row in existing:
        if row.kind not in IN_THE_MORNING or row.key in kept:
            continue
        key = by_day.get(_day_of(institution, row.key))
        if key is None or key in kept:
            continue
        kept.add(key)
        if row.state == ReminderState.PENDING:
            row.due_at = wanted[key].at
        row.key = key


def _day_of(institution: Institution, key: str) -> tuple[str, date]:
    """What a reminder is about, and its local day."""
    about, _at, instant = key.rpartition("@")
    return about, institution.today(datetime.strptime(instant, KEY_AT).replace(tzinfo=UTC))


def _wanted(work: Work, task: Task) -> Iterable[_Wanted]:
    sop, step = declared(work.session, task)
    if sop.emergency:
        yield from _when_late(work, task, step)
    if task.case_id is not None and not task.occurrence:
        yield from _kept_waiting(work, task, sop, step)
    event_on = event_day(work, task, sop, step)
    if not step.remind and step.choose_date is None and event_on is None:
        return
    for part in parts_of(work.session, task):
        if part.state not in LIVE:
            continue
        to = responsibility_of(work, task, part).holders
        for child_id, due_at in _dues(work.session, task, step):
            for officer in to:
                morning = partial(own_time, work.institution, officer)
                for remind, at in reminder_times(step.remind, due_at, sop.clock, work.office, morning):
                    if remind.kind == "lead" and has_switched_off(work.institution, officer, "lead"):
                        continue
                    said_at = speaking_time(work, task, at)
                    kind = ReminderKind(remind.kind)
                    yield _Wanted(kind, officer.id or 0, part.role, child_id, remind.rule, said_at)
        if step.choose_date is not None and task.chosen_on is None:
            yield from _until_chosen(work, task, step, part, to)
        if event_on is not None:
            yield from _of_event(work, task, step, part, to, event_on)


def event_day(work: Work, task: Task, sop: Sop, step: Step) -> date | None:
    """The day of the event that this step prepares, is or follows; None: there is none."""
    chooser = sop.choosing_step
    if chooser is None or chooser.event is None or task.occurrence or step.step < chooser.step:
        return None
    return work.session.get_one(Run, task.run_id).event_on


def _of_event(
    work: Work, task: Task, step: Step, part: TaskPart, to: Iterable[Officer], event_on: date
) -> Iterable[_Wanted]:
    """On the eve and in the morning of the event, on a day off too; the head, when its day was not chosen in time."""
    for officer in to:
        for rule, days in ((EVENT_EVE, 1), (EVENT_DAY, 0)):
            if days and has_switched_off(work.institution, officer, "lead"):
                continue
            on = event_on - timedelta(days=days)
            at = work.office.at(on, own_time(work.institution, officer, on))
            kind = ReminderKind.LEAD if days else ReminderKind.MORNING
            yield _Wanted(kind, officer.id or 0, part.role, None, rule, at)
    if step.event is not None and task.chosen_on is None and task.due_at is not None:
        for officer in accountable_for(work, part.role, task.cohort_id or 0):
            yield _Wanted(ReminderKind.LEAD, officer.id or 0, part.role, None, NOT_CHOSEN, task.due_at)


def _when_late(work: Work, task: Task, step: Step) -> Iterable[_Wanted]:
    """An emergency that falls due is told to whoever is to do it and to its heads at once, also at night; other lateness
    waits for their morning."""
    for part in parts_of(work.session, task):
        if part.state not in LIVE:
            continue
        if task.due_at is not None and not is_target(task, step):
            for officer in responsibility_of(work, task, part).holders:
                yield _Wanted(ReminderKind.DUE, officer.id or 0, part.role, None, DUE, task.due_at)
        for one in escalations_of(work, task, part):
            for officer in one.officers if one.at_once else ():
                rule = f"{LATE}{one.level}"
                yield _Wanted(ReminderKind.ESCALATION, officer.id or 0, part.role, None, rule, one.at)


def _kept_waiting(work: Work, task: Task, sop: Sop, step: Step) -> Iterable[_Wanted]:
    """What another section leaves undone in a case is told to whoever has it, in the first morning after its head is."""
    at, case = told_from(work.institution, sop, step, task, "head"), case_of(work.session, task)
    keeper = None if case is None else keeping_now(work, case)
    if at is None or keeper is None or work.unit.case is None or is_target(task, step):
        return
    for part in parts_of(work.session, task):
        its = responsibility_of(work, task, part)
        hears = (*its.holders, *its.accountable)  # as it is theirs, or as its head
        if part.state not in LIVE or any(one.id == keeper.id for one in hears):
            continue
        said_at = first_morning(work, keeper, at)
        if said_at is not None:
            yield _Wanted(ReminderKind.MORNING, keeper.id or 0, part.role, None, KEPT_WAITING, said_at)


def first_morning(work: Work, officer: Officer, at: datetime) -> datetime | None:
    """The officer's first morning at work from `at` on."""
    first = work.institution.today(at)
    days = (first + timedelta(days=ahead) for ahead in range(MORNINGS))
    mornings = (morning_of(work.institution, on, officer) for on in days if works_on(work, officer, on))
    return next((one for one in mornings if one >= at), None)


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
    work: Work, task: Task, step: Step, part: TaskPart, to: Iterable[Officer]
) -> Iterable[_Wanted]:
    """While no date is chosen: the PJ is asked in the morning of the opening, the head told when time is up."""
    assert step.choose_date is not None
    anchors = anchors_of(work, task)
    arrival_on = anchors.day("arrival")
    opened_at = task.opened_at or task.opens_at
    assert opened_at is not None
    for officer in to:
        morning = morning_of(work.institution, work.institution.today(opened_at), officer)
        ask_at = morning if opened_at <= morning else after_quiet(opened_at, work.zone)
        yield _Wanted(ReminderKind.MORNING, officer.id or 0, part.role, None, CHOOSE, ask_at)
    tell_on = choice_closes_on(
        step.choose_date, step.remind, arrival_on, visit_day(step.choose_date, anchors)
    )
    for officer in accountable_for(work, part.role, task.cohort_id or 0):
        tell_at = morning_of(work.institution, tell_on, officer)
        yield _Wanted(ReminderKind.LEAD, officer.id or 0, part.role, None, NOT_CHOSEN, tell_at)


def drop_for_task(work: Work, task: Task) -> None:
    """Nothing more is owed about this task but notices."""
    for row in work.session.exec(_OWED, params={"task": task.id}):
        why = ENDED.get(task.state, DroppedWhy.MOVED if task.state in LIVE else DroppedWhy.WITHDRAWN)
        change(work, row, Change.DROPPED, state=ReminderState.DROPPED, dropped_why=why)
    work.session.flush()


# --- "Giliran Anda" ---------------------------------------------------------------------------------------------


def tell_handed(work: Work, task: Task, parts: tuple[TaskPart, ...], cause: Confirmation | None) -> None:
    """Tell the PJ that a step is theirs now, when another role's confirmation opened it.

    A backup role (perawat, for 9.2.06 step 4) is another than that of who finished the step before it.
    With several members and no PJ it stays in /tugas and the digest; with nobody in the role, who answers is told.
    """
    if cause is None:
        return
    long = _begins_long(work, task)
    for part in parts:
        if (
            long and part.state == TaskState.OPEN
        ):  # when what opened it can't be undone any more; to who did, too
            _hand(_past_undo(work), task, part, (), everybody=True)
            continue
        if part.state != TaskState.OPEN or (
            part.role == cause.role and not _is_of_another_role(work, task, part)
        ):
            continue
        # Who confirmed sees it in the card of the step just confirmed.
        _hand(work, task, part, (cause.officer_id, cause.recorded_by_id))
    work.session.flush()


def _past_undo(work: Work) -> Work:
    """When what opened a step now can't be undone any more."""
    return work.at(work.now + timedelta(minutes=UNDO_MINUTES))


def _begins_long(work: Work, task: Task) -> bool:
    """Whether an SOP of a case begins with the step, and its officer has weeks for it: its beginning is a message of its own
    (SOP 9.1.22 steps 2-4, 15 days)."""
    sop, step = declared(work.session, task)
    standard = step.standard
    if task.case_id is None or task.running or task.occurrence or standard is None:
        return False
    return standard.unit == "hari" and standard.amount >= LONG_STEP_DAYS and step in opened_with_run(sop)


def tell_begun(work: Work, task: Task, parts: tuple[TaskPart, ...]) -> None:
    """Tell whoever has a step of a case that it begins now, by its date (SOP 9.1.33 step 2): nobody confirmed anything that
    would have shown it. Of what goes on the first note is asked for so (SOP 9.1.28 step 3); an emergency and what is asked
    month by month have their own ways."""
    sop, step = declared(work.session, task)
    if sop.emergency or (task.occurrence and (step.first_due is None or task.occurrence > 1)):
        return
    at = _past_undo(work) if task.occurrence else work  # a first note is asked for as its step opens
    for part in parts:
        if part.state == TaskState.OPEN:
            but = () if work.actor_id is None else (work.actor_id,)
            _hand(at, task, part, but, everybody=True)
    work.session.flush()


def tell_started(work: Work, task: Task, parts: tuple[TaskPart, ...], starter: Officer) -> None:
    """Tell the PJ that a step is theirs now, when somebody of another role started its SOP by hand."""
    own = roles_of(work, starter.id or 0)
    for part in parts:
        if part.state == TaskState.OPEN and part.role not in own:
            _hand(work, task, part, (starter.id or 0,))
    work.session.flush()


def _hand(work: Work, task: Task, part: TaskPart, but: tuple[int, ...], *, everybody: bool = False) -> None:
    """A push "your turn" to whoever has the part, except the officers `but`; to each of several members only if it says
    `everybody`."""
    its = responsibility_of(work, task, part)
    # What runs for months is in no list of tasks: each of several members hears of it when it begins.
    shared = its.assignee is None and len(its.holders) > 1 and not task.running
    if shared and its.holders != its.accountable and not everybody:
        return
    for officer in its.holders:
        if officer.id in but:
            continue
        work.session.add(
            Reminder(
                key=f"{task.id}:{part.role}:{officer.id}:handed@{work.now:%Y%m%dT%H%M%S}",
                kind=ReminderKind.HANDED,
                officer_id=officer.id or 0,
                task_id=task.id,
                role=part.role,
                rule="handed",
                due_at=speaking_time(work, task, work.now),
                created_at=work.now,
            )
        )


def tell_no_longer(work: Work, opened: Task, officer: Officer, *, started: bool = False) -> None:
    """Whoever was told that a step is theirs now hears that it is not: `officer` took back the step before it, or
    (`started`) the start of its SOP."""
    for row in work.session.exec(
        select(Reminder).where(
            Reminder.task_id == opened.id,
            Reminder.kind == ReminderKind.HANDED,
            Reminder.state == ReminderState.SENT,
        )
    ).all():
        undone = Undone(officer=officer.id or 0, sop=opened.sop, started=started)
        notify_changed(work, row, undone, opened)


def _is_of_another_role(work: Work, task: Task, part: TaskPart) -> bool:
    """Whether the PJ is not of the part's own role."""
    return part.assignee_id is not None and part.role not in roles_of(work, part.assignee_id, task.cohort_id)


# --- before the commit ------------------------------------------------------------------------------------------


@contextmanager
def working(
    session: Session,
    institution: Institution,
    now: datetime,
    officer: Officer | None = None,
    update_id: int | None = None,
) -> Iterator[Work]:
    """Work in the open transaction, and settle it at the end; what raises leaves nothing to settle."""
    work = Work(session, institution, now, officer, update_id)
    yield work
    settle(work)


def settle(work: Work) -> None:
    """Plan the reminders of the touched tasks, each once, and write the notices, out of the quiet hours.

    A task is planned as of its first touch: what falls due between that and the last is owed, not skipped.
    """
    for task, at in work.touched.values():
        plan_task(work.at(at), task)
    work.touched.clear()
    for notice, of in work.notices:
        if notice.edits_message_id is None and not passes_quiet_hours(notice):
            notice.due_at = speaking_time(work, of, notice.due_at)
    work.session.add_all(notice for notice, _of in work.notices)
    work.notices.clear()
    work.session.flush()
