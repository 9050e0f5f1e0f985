"""When a step is due, and when its reminders fall."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.moments import AFTERNOON_DUE, MORNING
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.relative import add_months, day_of_work, resolve
from sop_flows.declarations.duration import Duration
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Clock, Sop
from sop_flows.declarations.step import Step
from sop_flows.declarations.timing import ChooseDate, Remind

DEFAULT_TARGET_DAYS = 3  # working days; for a step that neither the document nor the pack gives a time


@dataclass(frozen=True)
class Due:
    """When a step is due, and by which kind of rule.

    `standard`: the document's standard time. `target`: ours; digest only, never escalated to the Kepala.
    `date`: a date of its own. `clamped`: that would have been earlier than the step opens, or after the departure.
    """

    at: datetime  # aware, UTC
    kind: Literal["standard", "target", "date"]
    clamped: bool = False


def due_for(step: Step, sop: Sop, opened_at: datetime, anchors: Anchors, office: OfficeHours) -> Due:
    """When a step that opened at `opened_at` is due. Recurring steps: see `recurrence.occurrences`.

    A target or a date of its own that has passed when the step opens is moved to the end of the day on which
    it opens (or of the next one): what opens late is late because of the step before it.

    Args:
        step: a step of `sop`.
        opened_at: aware, UTC. The day after it is the first day that counts.

    Raises:
        NaiveTimeError: `opened_at` has no zone.

    Source: SOP 9.2.01 step 5, "2 hari": opened Friday 20 November 2026, due Tuesday the 24th.
    """
    own = step.due or step.lasting
    if own is not None or step.choose_date is not None:
        if own is not None:
            on = moved_day(own, step, sop, anchors, office)
        else:
            assert step.choose_date is not None
            on = visit_day(step.choose_date, anchors)
        if step.lasting is not None and anchors.start is not None and anchors.departure is not None:
            on = _last_day(step, sop, anchors.start, anchors.departure, office) if on < anchors.start else on
        return _due(office.at(on, AFTERNOON_DUE), "date", step, sop, opened_at, anchors, office)
    if step.standard is not None:
        return Due(_standard(step.standard, sop, opened_at, office), "standard")
    if step.target is not None:
        on = moved_day(step.target, step, sop, anchors, office)
        at = _end_of_day(on, sop, office)
        return _due(at, "target", step, sop, opened_at, anchors, office)
    ordinary = office.add_days(opened_at, DEFAULT_TARGET_DAYS)
    at = _before_they_leave(ordinary, opened_at, anchors, office)
    return Due(at, "target", at != ordinary)


def _last_day(step: Step, sop: Sop, start: date, departure: date, office: OfficeHours) -> date:
    """The end of what should have ended before its run began: the departure; of office work the last working day
    before it, for that day belongs to the farewell."""
    if sop.clock == "kalender":
        return departure
    last = office.worked_before(departure - timedelta(days=1), step.executors)
    return last if last >= start else departure


def visit_day(choice: ChooseDate, anchors: Anchors) -> date:
    """The day of a step whose own day is chosen (SOP 9.1.09 step 1): chosen or proposed, or the day that the pack wants:
    the first of the window on its weekday, else the last of the window."""
    if anchors.event is not None:
        return anchors.event
    earliest, latest = resolve(choice.earliest, anchors), resolve(choice.latest, anchors)
    days = (choice.propose_weekday - earliest.weekday()) % 7
    return min(earliest + timedelta(days=days), latest)


def moved_day(offset: Offset, step: Step, sop: Sop, anchors: Anchors, office: OfficeHours) -> date:
    """The day of a date of this step: a working day of its executors where it is office work. What prepares an event
    comes no later than the preparations after it."""
    own = day_of_work(offset, step.executors, sop.clock, anchors, office)
    if offset.anchor != "event" or offset.days >= 0:
        return own
    later = (
        day_of_work(one.due, one.executors, sop.clock, anchors, office)
        for one in sop.chained_steps
        if one.step > step.step and one.due is not None and one.due.anchor == "event" and one.due.days < 0
    )
    return min((own, *later))


def reminder_times(
    reminds: Iterable[Remind],
    due_at: datetime,
    clock: Clock,
    office: OfficeHours,
    morning: Callable[[date], time] = lambda _on: MORNING,
) -> tuple[tuple[Remind, datetime], ...]:
    """When each reminder of a task falls; aware, UTC, in the order of `reminds`.

    Leads and "pagi hari H" come in the morning; "jatuh tempo" is `due_at` itself. Some may be past already. A morning
    of office work that is a day off is the working day before it: nobody is called to work on a Sunday, and what comes
    earlier is not lost.

    Args:
        morning: the local time of the morning of a day, 07.30 for whoever chose no other.
    """
    due_on = office.local_date(due_at)

    def falls_at(remind: Remind) -> datetime:
        if remind.kind == "due":
            return due_at
        on = due_on - timedelta(days=remind.days)
        if clock == "kerja":
            on = office.previous_working_day(on)
        return office.at(on, morning(on))

    return tuple((remind, falls_at(remind)) for remind in reminds)


def _standard(standard: Duration, sop: Sop, opened_at: datetime, office: OfficeHours) -> datetime:
    # 3-6 bulan: asked about at 3, late only after 6.
    amount = standard.amount_max or standard.amount
    on = office.local_date(opened_at)
    if standard.unit == "bulan":
        return _end_of(add_months(on, amount), sop, office)
    if sop.clock == "kerja":
        return (
            office.add_days(opened_at, amount)
            if standard.unit == "hari"
            else office.add_hours(opened_at, amount)
        )
    if standard.unit == "jam":
        return opened_at + timedelta(hours=amount)
    if sop.emergency:
        return opened_at + timedelta(hours=24 * amount)
    return office.at(on + timedelta(days=amount), AFTERNOON_DUE)


def _before_they_leave(
    due_at: datetime, opened_at: datetime, anchors: Anchors, office: OfficeHours
) -> datetime:
    """Three working days a step would end a long chain after the children have left: what opens during the stay is
    to be done by its last working day, at the latest on the day of departure."""
    if anchors.departure is None:
        return due_at
    last = office.at(anchors.departure, AFTERNOON_DUE)
    if due_at <= last or opened_at >= last:
        return due_at
    closing = office.closes_at(office.previous_working_day(anchors.departure))
    return closing if closing > opened_at else last


def _due(
    due_at: datetime,
    kind: Literal["target", "date"],
    step: Step,
    sop: Sop,
    opened_at: datetime,
    anchors: Anchors,
    office: OfficeHours,
) -> Due:
    """`due_at`, or when that has passed the end of the day on which the step opened, or of the day after."""
    if due_at > opened_at:
        return Due(due_at, kind)
    on = office.local_date(opened_at)
    end = _end_for(on, step, sop, anchors, office)
    if end <= opened_at:
        end = _end_for(on + timedelta(days=1), step, sop, anchors, office)
    return Due(end, kind, clamped=True)


def _end_for(on: date, step: Step, sop: Sop, anchors: Anchors, office: OfficeHours) -> datetime:
    """The end of that day, or of the next one on which all executors work."""
    if sop.clock == "kerja" and on not in (anchors.arrival, anchors.departure):
        on = office.worked_from(on, step.executors)
    return _end_of_day(on, sop, office)


def _end_of_day(on: date, sop: Sop, office: OfficeHours) -> datetime:
    """16.00 of that day; closing time where it is office work and the office is open."""
    if sop.clock == "kerja" and office.is_working_day(on):
        return office.closes_at(on)
    return office.at(on, AFTERNOON_DUE)


def _end_of(on: date, sop: Sop, office: OfficeHours) -> datetime:
    """16.00 of that day on calendar time; closing time, of the next working day if need be, on office time."""
    if sop.clock == "kalender":
        return office.at(on, AFTERNOON_DUE)
    return office.closes_at(office.next_working_day(on))
