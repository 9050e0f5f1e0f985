"""How long a child belongs to its angkatan: leaving, a school that withdraws, coming back; marks on a child."""

from datetime import date, timedelta

from sqlmodel import Session, col, select

from sop_flows.actions.attachments import drop_portrait
from sop_flows.actions.cohorts import flags
from sop_flows.actions.cohorts.joining import belong_again, reinstate_child, withdraw_child
from sop_flows.core.notices import ChildCame, ChildLeft, Notice, SchoolLeft
from sop_flows.core.work import Work
from sop_flows.engine.withdraw import end_run
from sop_flows.errors import FutureWorkError, NotFoundError, NotPermittedError, RuleError
from sop_flows.notifications.notices import take_back
from sop_flows.staffing.children import may_flag, may_keep_children, own_schools
from sop_flows.staffing.recorders import daily_roles
from sop_flows.staffing.responsibility import accountable_for
from sop_flows.staffing.roster import active_in, holding_here, require_opener, there
from storage.queries import children, cohorts
from storage.queries.children import ChildRow
from storage.tables import (
    LIVE_RUNS,
    NOT_MEMBERS,
    Child,
    Cohort,
    FlagKind,
    LeaveReason,
    Membership,
    Officer,
    Run,
    School,
)

# What can be said of one child; a school's withdrawal and the end of the stay have their own ways.
OWN_REASONS = (LeaveReason.SICK, LeaveReason.WENT_HOME, LeaveReason.CANCELLED, LeaveReason.REFERRED)

ERASED_AFTER_DAYS = 7  # after the arrival: until then a mistake in the selection can be put right
ERASED = "–"  # instead of a name


class AlreadyLeftError(RuleError):
    """The child does not belong any more: `membership` says since when and why."""

    def __init__(self, membership: Membership) -> None:
        super().__init__("left")
        self.membership = membership


class StillHereError(RuleError):
    """The child belongs: there is nothing to take back."""


def leave(
    work: Work, child_id: int, reason: LeaveReason, until_on: date, *, note: str | None = None
) -> Membership:
    """The child leaves early. From now on nothing is asked or reminded about it; its open child runs close.

    Args:
        until_on: the last day it belongs, today or earlier. Before the arrival it means that it never came.

    Raises:
        NotPermittedError, NotFoundError.
        AlreadyLeftError: it left before.
        FutureWorkError: `until_on` is in the future, or before the child came.
    """
    _require_keeper(work, work.officer)
    row = _locked(work.session, child_id)
    if reason not in OWN_REASONS:
        raise NotFoundError
    membership = _end(work, row, reason, until_on, note)
    left = ChildLeft(
        officer=work.officer.id or 0, cohort=row.cohort.id or 0, number=row.child.number, reason=reason.value
    )
    _tell_house(work, row.cohort, left, row.child.school_id)
    return membership


def withdraw_school(work: Work, school_id: int, until_on: date, reason: str = "") -> tuple[Child, ...]:
    """The school withdraws and takes all its children; returns those who left by it. `reason`: in words.

    Raises NotPermittedError (the officer opens no angkatan), NotFoundError (no such school, or it withdrew before),
    FutureWorkError.
    """
    require_opener(work, work.officer)
    school = work.session.get(School, school_id)
    if school is None or school.withdrew_on is not None:
        raise NotFoundError
    cohorts.lock(work.session, school.cohort_id)
    _refuse_future(work, until_on)
    gone = [
        row
        for row in children.list_children(work.session, [school.cohort_id], school_id=school_id)
        if row.is_present
    ]
    for row in gone:
        # A child who came after the day on which the school is said to have withdrawn left on its first day.
        on = max(until_on, row.membership.from_on) if row.membership.from_on <= work.today else until_on
        _end(work, row, LeaveReason.SCHOOL_WITHDREW, on, reason.strip() or None)
    school.withdrew_on = until_on
    for run in work.session.exec(
        select(Run).where(Run.school_id == school.id, col(Run.state).in_(LIVE_RUNS))
    ).all():
        end_run(work, run, "left")
    work.session.flush()
    left = SchoolLeft(
        officer=work.officer.id or 0,
        cohort=school.cohort_id,
        school=school.name,
        count=len(gone),
        reason=reason.strip(),
    )
    _tell_house(work, work.session.get_one(Cohort, school.cohort_id), left, school.id)
    return tuple(row.child for row in gone)


def school_back(work: Work, school_id: int) -> tuple[Child, ...]:
    """That the school withdrew was a mistake: it and the children who left by it belong as if they had not left.

    Raises NotPermittedError, NotFoundError (no such school, or it did not withdraw).
    """
    require_opener(work, work.officer)
    school = work.session.get(School, school_id)
    if school is None or school.withdrew_on is None:
        raise NotFoundError
    cohort = cohorts.lock(work.session, school.cohort_id)
    gone = [
        row
        for row in children.list_children(work.session, [school.cohort_id], school_id=school_id)
        if row.membership.reason == LeaveReason.SCHOOL_WITHDREW
    ]
    school.withdrew_on = None
    work.session.flush()
    for row in gone:
        reinstate(work, work.officer, row.child.id or 0, mistaken=True)
    back = SchoolLeft(
        officer=work.officer.id or 0, cohort=school.cohort_id, school=school.name, count=len(gone), back=True
    )
    if cohort is not None:
        _tell_house(work, cohort, back, school.id)
    return tuple(row.child for row in gone)


def reinstate(work: Work, officer: Officer, child_id: int, *, mistaken: bool) -> Membership:
    """The child belongs again.

    Args:
        mistaken: the leave was entered by mistake, so the child belonged all the time; else it came back today.

    Raises NotPermittedError, NotFoundError, StillHereError.
    """
    _require_keeper(work, officer)
    row = _locked(work.session, child_id)
    last = row.membership
    reason = last.reason
    if last.until_on is None:
        raise StillHereError
    if reason in NOT_MEMBERS:  # called up, or accepted, as such
        raise NotFoundError
    if row.school.withdrew_on is not None:
        row.school.withdrew_on = None  # one of its children is here
    if mistaken:
        again = last
        belong_again(work, row.child, last)
    else:
        again = Membership(child_id=child_id, from_on=max(work.today, row.cohort.arrival_on))
        work.session.add(again)
        work.session.flush()
        reinstate_child(work, row.child)
    if reason != LeaveReason.SCHOOL_WITHDREW or not mistaken:  # of a whole school it is said once
        _tell_came(work.by(officer), row, "mistake" if mistaken else "back")
    return again


def call_up(work: Work, child_id: int) -> Membership:
    """A reserve takes part after all, from today or from the arrival on.

    Raises NotPermittedError, NotFoundError; StillHereError: it was called up before.
    """
    _require_keeper(work, work.officer)
    row = _locked(work.session, child_id)
    if row.is_present:
        raise StillHereError
    if row.membership.reason != LeaveReason.RESERVE:
        raise NotFoundError
    belong_again(work, row.child, row.membership)
    _tell_came(work, row, "reserve")
    return row.membership


def _tell_came(work: Work, row: ChildRow, why: str) -> None:
    came = ChildCame(
        officer=work.officer.id or 0, cohort=row.cohort.id or 0, number=row.child.number, why=why
    )
    _tell_house(work, row.cohort, came, row.child.school_id)


def erase_refused(work: Work) -> None:
    """What is known of a child who was not accepted goes ERASED_AFTER_DAYS after the arrival; its number stays."""
    for child in children.list_refused(work.session, work.today - timedelta(days=ERASED_AFTER_DAYS)):
        child.name, child.name_key = ERASED, ""
        child.born_on = child.parent_name = child.phone = child.address = None
        drop_portrait(work, child.id or 0)
        take_back(work, "children", child.id or 0)
    work.session.flush()


def mark(work: Work, officer: Officer, child_id: int, kind: FlagKind, wanted: bool) -> bool:
    """Set or clear a mark from the child's card; returns whether anything changed. See `flags.set_flag`.

    Raises NotPermittedError, NotFoundError, AlreadyLeftError.
    """
    row = _locked(work.session, child_id)
    if not may_flag(work, officer, kind):
        raise NotPermittedError("flag")
    if not row.is_present:
        raise AlreadyLeftError(row.membership)
    return flags.set_flag(work, officer, row.child, kind, wanted)


def _tell_house(work: Work, cohort: Cohort, notice: Notice, school_id: int | None) -> None:
    """Who plans for the children hears of it, but not who said it: the Kepala, the heads of the sections, the nurse,
    who cooks and is on duty (the roles with daily tasks), the guru of that school."""
    cohort_id = cohort.id or 0
    sections = [code for code, role in work.unit.roles.items() if role.head == code]
    told = [
        *(o for code in sections for o in accountable_for(work, code, cohort_id)),
        *holding_here(work, "answers_for_all", cohort_id),
        *holding_here(work, "looks_after_marked", cohort_id),
        *(
            o
            for role in sorted(daily_roles(work.pack))
            for o in there(work, (one for one, _head in active_in(work, role, cohort_id)), role, cohort_id)
        ),
        *(
            o
            for o in holding_here(work, "of_one_cohort", cohort_id)
            if (schools := own_schools(work, o, cohort_id)) is None or school_id in schools
        ),
    ]
    for officer_id in dict.fromkeys(o.id or 0 for o in told):
        if officer_id != work.officer.id:
            work.notify(officer_id, notice)


def _require_keeper(work: Work, officer: Officer) -> None:
    if not may_keep_children(work, officer):
        raise NotPermittedError("house")


def _locked(s: Session, child_id: int) -> ChildRow:
    child = s.get(Child, child_id)
    if child is None:
        raise NotFoundError
    cohorts.lock(s, child.cohort_id)
    row = children.find_child(s, child_id)
    if row is None:
        raise NotFoundError
    return row


def _refuse_future(work: Work, until_on: date, earliest: date | None = None) -> None:
    today = work.today
    if until_on > today or (earliest is not None and until_on < earliest):
        raise FutureWorkError(until_on, earliest or until_on, today)


def _end(work: Work, row: ChildRow, reason: LeaveReason, until_on: date, note: str | None) -> Membership:
    if not row.is_present:
        raise AlreadyLeftError(row.membership)
    membership = work.session.exec(select(Membership).where(Membership.id == row.membership.id)).one()
    if membership.from_on > work.today:  # before the arrival: it never came
        _refuse_future(work, until_on)
        membership.from_on = until_on
    else:
        _refuse_future(work, until_on, earliest=membership.from_on)
    membership.until_on = until_on
    membership.reason = reason
    membership.note = note
    membership.ended_by_id = work.officer.id
    work.session.flush()
    withdraw_child(work, row.child)
    return membership
