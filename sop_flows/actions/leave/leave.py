"""/cuti: record a leave with its deputy, change it, end it early."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from sop_flows.actions.leave.nobody_left import Gap, tell_gaps
from sop_flows.actions.leave.passing import begin, finish, forget_first_morning, remind_deputy
from sop_flows.actions.leave.reroute import follow
from sop_flows.core.notices import LeaveDeputy, LeaveEnded, LeaveNoLonger, LeaveRecorded, LeaveUncovered
from sop_flows.core.work import Institution, Work
from sop_flows.errors import NotFoundError, NotPermittedError, RuleError
from sop_flows.limits import LEAVE_AHEAD_DAYS, LEAVE_BACK_DAYS
from sop_flows.staffing.deputies import covered_by, may_record_for, possible_deputies
from sop_flows.staffing.responsibility import accountable_for
from sop_flows.staffing.roster import away_within, deputy_of, grants_of, has_duty, officer_of, unfinished
from storage.tables import Absence, Officer

DAY = timedelta(days=1)


class LeaveRefusedError(RuleError):
    """The leave can't be recorded like this.

    Attributes:
        why: "backwards" (ends before it begins), "past" (over already), "too_old", "too_far", "overlap" (recorded
            already: `absence`), "deputy_away" (`absence` is the deputy's), "not_a_colleague", "not_oneself"
            (nobody makes himself deputy of the Kepala), "over" (it has ended already).
        name: the deputy.
    """

    def __init__(self, why: str, absence: Absence | None = None, name: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.absence = absence
        self.name = name


def check_days(work: Work, officer: Officer, from_on: date, until_on: date, changes: int = 0) -> None:
    """Raises LeaveRefusedError when the officer can't be on leave on these local days, both inclusive.

    Args:
        changes: the id of the leave whose days these become.
    """
    today = work.today
    if until_on < from_on:
        raise LeaveRefusedError("backwards")
    if until_on < today:
        raise LeaveRefusedError("past")
    if from_on < today - timedelta(days=LEAVE_BACK_DAYS):
        raise LeaveRefusedError("too_old")
    if until_on > today + timedelta(days=LEAVE_AHEAD_DAYS):
        raise LeaveRefusedError("too_far")
    for other in unfinished(work.session, officer.id):
        if other.id != changes and other.from_on <= until_on and from_on <= other.until_on:
            raise LeaveRefusedError("overlap", other)


def check_deputy(work: Work, officer: Officer, deputy: Officer, from_on: date, until_on: date) -> None:
    """Raises LeaveRefusedError unless `deputy` may deputise for the officer and is there all the time.

    Two who are away cannot deputise for each other: one of them is not there.
    """
    if deputy.id not in {one.id for one in possible_deputies(work, officer)}:
        raise LeaveRefusedError("not_a_colleague", name=deputy.name)
    is_top = has_duty(
        work.institution,
        {grant.role for grant in grants_of(work, officer.id or 0)},
        "answers_for_all",
    )
    if is_top and work.officer.id == deputy.id:
        raise LeaveRefusedError("not_oneself")
    own = away_within(work.session, deputy.id or 0, from_on, until_on)
    if own is not None:
        raise LeaveRefusedError("deputy_away", own, deputy.name)


def find_leave(work: Work, officer: Officer, absence_id: int) -> Absence:
    """The leave, for whoever may change it. Raises NotFoundError, NotPermittedError."""
    absence = work.session.get(Absence, absence_id)
    if absence is None:
        raise NotFoundError
    if not may_record_for(work, officer, work.session.get_one(Officer, absence.officer_id)):
        raise NotPermittedError("leave")
    return absence


def record_leave(
    work: Work,
    officer_id: int,
    from_on: date,
    until_on: date,
    deputy: Officer | None,
    *,
    changes: int = 0,
) -> tuple[Absence, tuple[Gap, ...]]:
    """Record that the officer is away on these local days, both inclusive; what began already begins now.

    Whoever acts is the officer, an admin or a head of one of the officer's roles.

    Args:
        deputy: who does the work; None: the others of the role, else who answers for it.
        changes: the id of a leave that gets these days and this deputy instead of its own.

    Returns:
        The leave, and the roles of which nobody is left meanwhile (the kasi and an admin are told).

    Raises:
        NotFoundError, NotPermittedError, LeaveRefusedError.
    """
    whose = select(Officer).where(Officer.id == officer_id).with_for_update(key_share=True)
    officer = work.session.exec(whose).one_or_none()
    if officer is None or officer.removed_at is not None:
        raise NotFoundError
    recorder = work.officer
    if not may_record_for(work, recorder, officer):
        raise NotPermittedError("leave")
    check_days(work, officer, from_on, until_on, changes)
    if deputy is not None:
        check_deputy(work, officer, deputy, from_on, until_on)
    if changes:
        absence = _change(work, officer, changes, from_on, until_on, deputy)
    else:
        absence = _new(work, officer, from_on, until_on, deputy)
    found = tell_gaps(work, absence, recorder)
    if absence.begun_at is None and absence.begins_at <= work.now:
        begin(work, absence)
    if recorder.id != officer.id:
        recorded = LeaveRecorded(
            officer=recorder.id or 0, from_on=from_on, until=until_on, to=absence.deputy_id
        )
        work.notify(officer.id or 0, recorded)
    for other in covered_by(work.session, officer_id):
        if other.from_on <= until_on and from_on <= other.until_on:
            _tell_uncovered(work, other, officer)
    return absence, found


def _new(work: Work, officer: Officer, from_on: date, until_on: date, deputy: Officer | None) -> Absence:
    absence = Absence(
        officer_id=officer.id or 0,
        from_on=from_on,
        until_on=until_on,
        begins_at=_midnight(work.institution, from_on),
        returns_at=_midnight(work.institution, until_on + DAY),
        deputy_id=None if deputy is None else deputy.id,
        recorded_by_id=work.officer.id or 0,
        recorded_at=work.now,
    )
    work.session.add(absence)
    work.session.flush()
    # On the very day the reminder of the first morning says it.
    if deputy is not None and deputy.id != work.officer.id and absence.begins_at > work.now:
        _tell_deputy(work, absence, deputy)
    return absence


def _change(
    work: Work,
    officer: Officer,
    absence_id: int,
    from_on: date,
    until_on: date,
    deputy: Officer | None,
) -> Absence:
    absence = find_leave(work, work.officer, absence_id)
    if absence.officer_id != officer.id:
        raise NotFoundError
    if absence.ended_at is not None:
        raise LeaveRefusedError("over", absence)
    former = None if absence.deputy_id is None else work.session.get(Officer, absence.deputy_id)
    absence.from_on, absence.until_on = from_on, until_on
    absence.begins_at = _midnight(work.institution, from_on)
    absence.returns_at = _midnight(work.institution, until_on + DAY)
    absence.deputy_id = None if deputy is None else deputy.id
    absence.nobody_told_at = None  # other days or another deputy: to be judged again
    if absence.begun_at is not None and absence.begins_at > work.now:  # put off: here until then
        absence.begun_at = None
    work.session.flush()
    work.forget()
    if former is not None and former.removed_at is None and (deputy is None or former.id != deputy.id):
        work.notify(former.id or 0, LeaveNoLonger(officer=absence.officer_id))
    if deputy is not None and deputy.id != work.officer.id:
        _tell_deputy(work, absence, deputy)
    follow(work, officer)
    if former is None or deputy is None or former.id != deputy.id or absence.begun_at is None:
        forget_first_morning(work.session, absence)
    if absence.begun_at is not None and (former is None or deputy is None or former.id != deputy.id):
        remind_deputy(work, absence)
    return absence


def end_leave(work: Work, officer: Officer, absence_id: int) -> Absence:
    """Akhiri cuti: the officer is back today, or does not go; the work comes back at once.

    Raises NotFoundError, NotPermittedError; LeaveRefusedError ("over") when it has ended.
    """
    absence = find_leave(work, officer, absence_id)
    work.session.refresh(absence, with_for_update=True)
    if absence.ended_at is not None:
        raise LeaveRefusedError("over", absence)
    back = work.session.get_one(Officer, absence.officer_id)
    if absence.begun_at is not None:
        finish(work, absence)
    else:
        absence.ended_at = work.now
        work.session.flush()
        deputy = None if absence.deputy_id is None else work.session.get(Officer, absence.deputy_id)
        if deputy is not None and deputy.removed_at is None and deputy.id != officer.id:
            work.notify(deputy.id or 0, LeaveNoLonger(officer=absence.officer_id))
    if officer.id != back.id:
        work.notify(back.id or 0, LeaveEnded(officer=officer.id or 0))
    return absence


def forget_officer(work: Work, gone: Officer) -> None:
    """After an officer was removed: no leave any more, and whoever relied on this deputy hears it."""
    for absence in _own(work.session, gone):
        absence.ended_at = work.now
    work.session.flush()
    work.forget()
    for absence in covered_by(work.session, gone.id or 0):
        absence.deputy_id = None
        work.session.flush()
        work.forget()
        officer = work.session.get_one(Officer, absence.officer_id)
        if absence.begun_at is not None:
            follow(work, officer)
        _tell_uncovered(work, absence, gone)
    left = {grant.role for grant in grants_of(work, gone.id or 0)}
    for absence in unfinished(work.session):  # whoever is away may have been the last but this one
        if left & {grant.role for grant in grants_of(work, absence.officer_id)}:
            tell_gaps(work, absence)


def _own(s: Session, officer: Officer) -> list[Absence]:
    return [
        row for row in s.exec(select(Absence).where(Absence.officer_id == officer.id)) if row.ended_at is None
    ]


def _tell_uncovered(work: Work, absence: Absence, deputy: Officer) -> None:
    """The absent officer, and who answers while it lasts, hear that the deputy will not be there."""
    officer = work.session.get_one(Officer, absence.officer_id)
    heads = [
        one
        for grant in grants_of(work, officer.id or 0)
        for one in accountable_for(work, grant.role, grant.cohort_id or 0)
    ]
    to = {one.id: one for one in (officer, *heads) if one.id != deputy.id}
    uncovered = LeaveUncovered(
        officer=absence.officer_id, from_on=absence.from_on, until=absence.until_on, name=deputy.name
    )
    for officer_id in to:
        work.notify(officer_id or 0, uncovered)


def _tell_deputy(work: Work, absence: Absence, deputy: Officer) -> None:
    notice = LeaveDeputy(officer=absence.officer_id, from_on=absence.from_on, until=absence.until_on)
    work.notify(deputy.id or 0, notice)


def _midnight(institution: Institution, on: date) -> datetime:
    return institution.office.at(on, datetime.min.time())


def current_deputy(work: Work, absence: Absence) -> Officer | None:
    """Who does the work under this leave: while it is in force, whoever it has come to; else who was named."""
    if absence.begun_at is not None:
        return deputy_of(work, absence.officer_id)
    return officer_of(work, absence.deputy_id)
