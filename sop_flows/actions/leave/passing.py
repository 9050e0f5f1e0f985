"""A leave begins and ends by the passing of time, or at once when it is recorded late or ended early."""

from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.actions.leave.nobody_left import tell_gaps
from sop_flows.actions.leave.reroute import follow, pass_notices_on
from sop_flows.actions.offer import return_offers
from sop_flows.core.notices import LeaveBegins, LeaveOver, find_notices
from sop_flows.core.work import Work
from sop_flows.notifications.dropping import drop
from sop_flows.staffing.deputies import covered_by
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.roster import deputy_of
from storage.tables import Absence, DroppedWhy, Officer, Reminder, ReminderState

# Asked whenever something comes due.
_IS_TO_COME = col(Absence.ended_at).is_(None) & (col(Absence.begun_at) > bindparam("now"))
# Ended by the passing of time, not by somebody.
_GOES_ON = (col(Absence.ended_at) > bindparam("now")) & (col(Absence.ended_at) == col(Absence.returns_at))
_EARLY = (
    select(Absence)
    .where(_IS_TO_COME | _GOES_ON, col(Absence.begun_at).is_not(None))
    .order_by(col(Absence.id))
    .with_for_update()
)
_OVER = (
    select(Absence)
    .where(col(Absence.ended_at).is_(None), col(Absence.begun_at).is_not(None))
    .where(col(Absence.returns_at) <= bindparam("at"))
    .order_by(col(Absence.returns_at), col(Absence.id))
    .limit(1)
    .with_for_update()
)
_BEGUN = (
    select(Absence)
    .where(col(Absence.ended_at).is_(None), col(Absence.begun_at).is_(None))
    .where(col(Absence.begins_at) <= bindparam("at"))
    .order_by(col(Absence.begins_at), col(Absence.id))
    .limit(1)
    .with_for_update()
)


def begin(work: Work, absence: Absence) -> None:
    """From now on the officer is away: the work goes to the deputy, who hears it on the first morning."""
    absence.begun_at = work.now
    work.session.flush()
    work.forget()
    officer = work.session.get_one(Officer, absence.officer_id)
    if officer.removed_at is not None:
        absence.ended_at = work.now
        work.forget()
        return
    return_offers(work, officer)
    follow(work, officer)
    pass_notices_on(work, officer)
    tell_gaps(work, absence)
    remind_deputy(work, absence)
    for other in covered_by(work.session, absence.officer_id):  # whose deputy goes: the next one hears it
        if other.begun_at is not None and other.id != absence.id:
            remind_deputy(work, other)


def remind_deputy(work: Work, absence: Absence) -> None:
    """On the first morning, or at once when that has passed: for whom the officer deputises, and what is due."""
    to = deputy_of(work, absence.officer_id)
    if to is None:
        return
    morning = morning_of(work.institution, work.today, to)
    begins = LeaveBegins(officer=absence.officer_id, until=absence.until_on, leave=absence.id or 0)
    work.notify(to.id or 0, begins, at=max(morning, work.now), ends_at=absence.returns_at)


def forget_first_morning(s: Session, absence: Absence) -> None:
    """The leave ended, or has another deputy, before that morning came."""
    for row, begins in find_notices(s, LeaveBegins, Reminder.state == ReminderState.PENDING):
        if begins.leave == absence.id:
            drop(row, DroppedWhy.OVER)
    s.flush()


def finish(work: Work, absence: Absence) -> None:
    """The officer is back: the work comes back too, and the deputy hears it."""
    officer = work.session.get_one(Officer, absence.officer_id)
    to = deputy_of(work, absence.officer_id)
    absence.ended_at = work.now
    work.session.flush()
    work.forget()
    forget_first_morning(work.session, absence)
    follow(work, officer)
    if to is not None:
        morning = morning_of(work.institution, work.today, to)
        work.notify(to.id or 0, LeaveOver(officer=absence.officer_id), at=max(morning, work.now))


def step_back(work: Work) -> None:
    """After a clock was set back: a leave that is still to come has not begun, one that is not over goes on."""
    early = work.session.exec(_EARLY, params={"now": work.now}).all()
    for absence in early:
        officer = work.session.get_one(Officer, absence.officer_id)
        if officer.removed_at is not None:
            continue
        absence.ended_at = None
        if absence.begins_at > work.now:
            absence.begun_at = None
            forget_first_morning(work.session, absence)
        work.session.flush()
        work.forget()
        follow(work, officer)


def pass_one(work: Work, at: datetime) -> bool:
    """End or begin the leave whose time has come by `at`, the earliest; whoever comes back first. False: none."""
    over = work.session.exec(_OVER, params={"at": at}).first()
    if over is not None:
        finish(work.at(over.returns_at), over)
        return True
    due = work.session.exec(_BEGUN, params={"at": at}).first()
    if due is not None:
        begin(work.at(due.begins_at), due)
        return True
    return False
