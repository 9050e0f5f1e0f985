"""A leave begins and ends by the passing of time, or at once when it is recorded late or ended early."""

from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.actions.leave.nobody_left import tell_gaps
from sop_flows.actions.leave.reroute import follow, pass_notices_on
from sop_flows.actions.offer import return_offers
from sop_flows.core.institution import House
from sop_flows.notifications.notices import notify
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.staffing.away import away, deputy_id
from sop_flows.staffing.deputies import covered_by
from sop_flows.staffing.own_morning import morning_of
from storage.tables import Absence, Officer, Reminder, ReminderState

FIRST_MORNING = "leave_begins"  # the notice to the stand-in


def begin(s: Session, house: House, absence: Absence, now: datetime) -> None:
    """From now on the officer is away: the work goes to the stand-in, who hears it on the first morning."""
    absence.begun_at = now
    s.flush()
    officer = s.get_one(Officer, absence.officer_id)
    if officer.removed_at is not None:
        absence.ended_at = now
        return
    return_offers(s, house, officer, now)
    follow(s, house, officer, now)
    pass_notices_on(s, house, officer)
    tell_gaps(s, house, absence, now)
    remind_stand_in(s, house, absence, now)
    for other in covered_by(s, absence.officer_id):  # whose stand-in goes: the next one hears it
        if other.begun_at is not None and other.id != absence.id:
            remind_stand_in(s, house, other, now)


def remind_stand_in(s: Session, house: House, absence: Absence, now: datetime) -> None:
    """On the first morning, or at once when that has passed: for whom the officer stands in, and what is due."""
    to = deputy_id(away(s), absence.officer_id)
    if to is None:
        return
    morning = morning_of(house, house.today(now), s.get_one(Officer, to))
    said = notify(
        s, to, FIRST_MORNING,
        {"officer": absence.officer_id, "until": absence.until_on.isoformat(), "leave": absence.id},
        now, at=morning if morning >= now else speaking_time(s, house, None, now),
    )  # fmt: skip
    said.ends_at = absence.returns_at


def forget_first_morning(s: Session, absence: Absence) -> None:
    """The leave ended, or has another stand-in, before that morning came."""
    for row in s.exec(
        select(Reminder).where(Reminder.rule == FIRST_MORNING, Reminder.state == ReminderState.PENDING)
    ).all():
        if (row.payload or {}).get("leave") == absence.id:
            row.state = ReminderState.DROPPED
    s.flush()


def finish(s: Session, house: House, absence: Absence, now: datetime) -> None:
    """The officer is back: the work comes back too, and the stand-in hears it."""
    officer = s.get_one(Officer, absence.officer_id)
    to = deputy_id(away(s), absence.officer_id)
    absence.ended_at = now
    s.flush()
    forget_first_morning(s, absence)
    follow(s, house, officer, now)
    if to is not None:
        morning = morning_of(house, house.today(now), s.get_one(Officer, to))
        at = morning if morning >= now else speaking_time(s, house, None, now)
        notify(s, to, "leave_over", {"officer": absence.officer_id}, now, at=at)


def step_back(s: Session, house: House, now: datetime) -> None:
    """After a clock was set back: a leave that is still to come has not begun, one that is not over goes on."""
    early = s.exec(
        select(Absence)
        .where(
            (col(Absence.ended_at).is_(None) & (col(Absence.begun_at) > now))
            # ended by the passing of time, not by somebody
            | ((col(Absence.ended_at) > now) & (col(Absence.ended_at) == col(Absence.returns_at))),
            col(Absence.begun_at).is_not(None),
        )
        .order_by(col(Absence.id))
        .with_for_update()
    ).all()
    for absence in early:
        officer = s.get_one(Officer, absence.officer_id)
        if officer.removed_at is not None:
            continue
        absence.ended_at = None
        if absence.begins_at > now:
            absence.begun_at = None
            forget_first_morning(s, absence)
        s.flush()
        follow(s, house, officer, now)


def pass_one(s: Session, house: House, at: datetime) -> bool:
    """End or begin the leave whose time has come by `at`, the earliest; whoever comes back first. False: none."""
    over = s.exec(
        select(Absence)
        .where(col(Absence.ended_at).is_(None), col(Absence.begun_at).is_not(None), Absence.returns_at <= at)
        .order_by(col(Absence.returns_at), col(Absence.id))
        .with_for_update()
    ).first()
    if over is not None:
        finish(s, house, over, over.returns_at)
        return True
    due = s.exec(
        select(Absence)
        .where(col(Absence.ended_at).is_(None), col(Absence.begun_at).is_(None), Absence.begins_at <= at)
        .order_by(col(Absence.begins_at), col(Absence.id))
        .with_for_update()
    ).first()
    if due is not None:
        begin(s, house, due, due.begins_at)
        return True
    return False
