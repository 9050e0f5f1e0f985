"""The dates of an angkatan move: what is not done is planned anew, what was done stays, those concerned hear once."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel import Session, col, select

from sop_flows.actions import agenda
from sop_flows.actions.cohorts.cohorts import check_arrival, check_stay
from sop_flows.actions.cohorts.date_changes import Changes, SopStep, changes_of
from sop_flows.actions.cohorts.has_happened import done_of
from sop_flows.actions.cohorts.joining import belong_again
from sop_flows.actions.replanning.replan import replan_cohort
from sop_flows.core.notices import CohortMoved, VisitVoid, find_notices
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.engine.events import last_choice
from sop_flows.errors import NeedsReasonError, NotFoundError, RuleError
from sop_flows.notifications.dropping import drop
from sop_flows.staffing.responsibility import accountable_for, candidates_for, responsibility_of
from sop_flows.staffing.roster import holding, require_opener
from storage.queries import cohorts
from storage.tables import (
    UNFINISHED,
    Child,
    Cohort,
    CohortMove,
    DroppedWhy,
    LeaveReason,
    Membership,
    Officer,
    Reminder,
    ReminderState,
    Task,
    TaskPart,
)

TOLD_AFTER = timedelta(minutes=5)  # so long a change waits for the next one: two are said as one
UNSENT = (Reminder.state == ReminderState.PENDING, col(Reminder.claimed_epoch).is_(None))


class NothingMovedError(RuleError):
    """Both dates are as they were."""


class HasHappenedError(RuleError):
    """The arrival (or departure) has happened: `sop` step `step` of that day is done.

    `anchor` is "arrival" or "departure".
    """

    def __init__(self, anchor: str, sop: str, step: int) -> None:
        super().__init__(f"{anchor}: {sop}/{step} is done")
        self.anchor = anchor
        self.sop = sop
        self.step = step


class DepartureOverError(RuleError):
    """The new departure lies before `today`."""

    def __init__(self, departure_on: date, today: date) -> None:
        super().__init__(f"{departure_on} is over")
        self.departure_on = departure_on
        self.today = today


def check_move(work: Work, cohort: Cohort, arrival_on: date, departure_on: date) -> None:
    """Whether the angkatan may come and leave on these days.

    Raises:
        NotFoundError: it is closed.
        NothingMovedError, HasHappenedError, DepartureOverError.
        StayOddError: as at opening.
    """
    if cohort.closed_at is not None:
        raise NotFoundError
    today = work.today
    if (arrival_on, departure_on) == (cohort.arrival_on, cohort.departure_on):
        raise NothingMovedError
    if arrival_on != cohort.arrival_on:
        _refuse_happened(work.session, cohort, "arrival")
        check_arrival(arrival_on, today)
    check_stay(arrival_on, departure_on)
    if departure_on != cohort.departure_on:
        _refuse_happened(work.session, cohort, "departure")
        if departure_on < today:
            raise DepartureOverError(departure_on, today)


def may_move(s: Session, cohort: Cohort, anchor: str) -> bool:
    """Whether the arrival, or the departure, can still move: nothing of that day is done."""
    return cohort.closed_at is None and done_of(s, cohort, anchor) is None


def move_cohort(work: Work, cohort_id: int, arrival_on: date, departure_on: date, reason: str) -> Changes:
    """Move the dates of an angkatan; returns what changed. Nobody acts on the command line.

    Raises:
        NotPermittedError: the officer opens no angkatan.
        NotFoundError: no such open one.
        NeedsReasonError: without words.
        And as `check_move`.
    """
    if work.actor is not None:
        require_opener(work, work.actor)
    cohort = cohorts.lock(work.session, cohort_id)
    if cohort is None:
        raise NotFoundError
    agenda.advance(work)  # what came due by the former dates has happened
    check_move(work, cohort, arrival_on, departure_on)
    if not reason.strip():
        raise NeedsReasonError
    changes = changes_of(work, cohort, arrival_on, departure_on)
    move = CohortMove(
        cohort_id=cohort_id,
        arrival_from=cohort.arrival_on,
        arrival_on=arrival_on,
        departure_from=cohort.departure_on,
        departure_on=departure_on,
        reason=reason.strip(),
        officer_id=work.actor_id,
        moved_at=work.now,
        update_id=work.update_id,
    )
    work.session.add(move)
    cohort.arrival_on, cohort.departure_on = arrival_on, departure_on
    work.session.flush()
    _move_memberships(work.session, cohort, move.arrival_from)
    _stay_on(work, cohort)
    replanned = replan_cohort(work, cohort)
    _tell(work, cohort, move, changes)
    _tell_void(work, cohort, replanned.void)
    return changes


def last_move(s: Session, cohort_id: int) -> CohortMove | None:
    """The last change of the dates of the angkatan."""
    return s.exec(
        select(CohortMove).where(CohortMove.cohort_id == cohort_id).order_by(col(CohortMove.id).desc())
    ).first()


def _refuse_happened(s: Session, cohort: Cohort, anchor: str) -> None:
    done = done_of(s, cohort, anchor)
    if done is not None:
        raise HasHappenedError(anchor, done.sop, done.step)


def _move_memberships(s: Session, cohort: Cohort, arrival_from: date) -> None:
    """Children who have not come yet come on the new day."""
    rows = s.exec(
        select(Membership)
        .join(Child, col(Child.id) == col(Membership.child_id))
        .where(Child.cohort_id == cohort.id, col(Membership.until_on).is_(None))
    ).all()
    for row in rows:
        if row.from_on == arrival_from or row.from_on < cohort.arrival_on:
            row.from_on = cohort.arrival_on
    s.flush()


def _stay_on(work: Work, cohort: Cohort) -> None:
    """The day of departure had passed and is to come again (no ship went): the children are still here."""
    if cohort.departure_on < work.today:
        return
    stayed = work.session.exec(
        select(Membership, Child)
        .join(Child, col(Child.id) == col(Membership.child_id))
        .where(Child.cohort_id == cohort.id, Membership.reason == LeaveReason.ENDED)
        .order_by(col(Child.number))
    ).all()
    for membership, child in stayed:
        belong_again(work, child, membership)


# --- telling ------------------------------------------------------------------------------------------------


def _tell(work: Work, cohort: Cohort, move: CohortMove, changes: Changes) -> None:
    """One notice to each who is concerned, in five minutes: until then a further change makes it another notice."""
    steps = _steps_by_officer(work, cohort, changes.moved)
    gone, added = ({f"{one.key}/{nth}" for one, nth in some} for some in (changes.gone, changes.added))
    but = work.actor_id
    waiting = {}
    for row, former in find_notices(work.session, CohortMoved, *UNSENT):
        if former.moved_cohort == cohort.id:
            drop(row, DroppedWhy.RENEWED)
            waiting[row.officer_id] = former
    for officer_id in {*steps, *waiting}:
        if officer_id == but:
            continue
        was = waiting.get(officer_id)
        notice = CohortMoved(
            moved_cohort=cohort.id or 0,
            cohort=cohort.name,
            arrival_from=was.arrival_from if was else move.arrival_from,
            arrival_on=move.arrival_on,
            departure_from=was.departure_from if was else move.departure_from,
            departure_on=move.departure_on,
            steps=tuple(sorted({*(was.steps if was else ()), *steps.get(officer_id, ())})),
            gone=tuple(sorted({*(was.gone if was else ()), *gone} - added)),
        )
        if (notice.arrival_from, notice.departure_from) == (move.arrival_on, move.departure_on):
            continue  # moved back before anybody heard of it
        work.notify(officer_id, notice, at=work.now + TOLD_AFTER)
    work.session.flush()


def _steps_by_officer(work: Work, cohort: Cohort, moved: Iterable[SopStep]) -> dict[int, set[str]]:
    """Who is concerned, with their moved steps: PJ or members and heads of the sections, and the guru."""
    found: dict[int, set[str]] = {}
    heads: dict[str, tuple[Officer, ...]] = {}
    cohort_id = cohort.id or 0
    for one in moved:
        for role in one.step.executors:
            if role not in heads:
                heads[role] = accountable_for(work, role, cohort_id)
            for officer in (*_doers(work, cohort_id, one, role), *heads[role]):
                found.setdefault(officer.id or 0, set()).add(one.key)
    for officer in holding(work, "of_one_cohort", cohort_id):
        found.setdefault(officer.id or 0, set())
    return found


def _doers(work: Work, cohort_id: int, one: SopStep, role: str) -> tuple[Officer, ...]:
    rows = work.session.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(
            Task.cohort_id == cohort_id,
            Task.sop == one.sop.number,
            Task.step == one.step.step,
            col(Task.state).in_(UNFINISHED),
            TaskPart.role == role,
        )
    ).all()
    if not rows:
        return candidates_for(work, role, cohort_id, one.sop.number, one.step.step)
    return tuple(officer for task, part in rows for officer in responsibility_of(work, task, part).holders)


def _tell_void(work: Work, cohort: Cohort, void: Iterable[Task]) -> None:
    """Who chose a date that lies outside the window now, and who has to choose, are asked again."""
    void_ids = {task.id for task in void}
    for row, _former in find_notices(work.session, VisitVoid, *UNSENT):
        task = work.session.get(Task, row.task_id)
        # Moved back: the choice stands again.
        stands = task is not None and task.cohort_id == cohort.id and task.chosen_on is not None
        if stands or row.task_id in void_ids:
            drop(row, DroppedWhy.RENEWED)
    for task in void:
        choice = last_choice(work.session, task)
        to = {
            o.id for part in parts_of(work.session, task) for o in responsibility_of(work, task, part).holders
        }
        void_date = VisitVoid(on=None if choice is None else choice[1])
        for officer_id in {*to, *([choice[0]] if choice is not None else [])}:
            work.notify(officer_id or 0, void_date, task, at=work.now + TOLD_AFTER)
    work.session.flush()
