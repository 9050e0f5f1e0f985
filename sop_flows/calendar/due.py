"""When a step is due, and when its reminders fall."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.chosen_date import proposed_visit_on
from sop_flows.calendar.moments import AFTERNOON_DUE, MORNING
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.relative import add_months, resolve
from sop_flows.declarations.duration import Duration
from sop_flows.declarations.sop import Clock, Sop
from sop_flows.declarations.step import Step
from sop_flows.declarations.timing import Remind

DEFAULT_TARGET_DAYS = 3  # working days; for a step that neither the document nor the pack gives a time


@dataclass(frozen=True)
class Due:
    """When a step is due, and by which kind of rule.

    `standard`: the document's standard time. `target`: ours; digest only, never escalated to the Kepala.
    `date`: a date of its own.
    """

    at: datetime  # aware, UTC
    kind: Literal["standard", "target", "date"]


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
    if step.due is not None:
        due_at = office.at(resolve(step.due, anchors), AFTERNOON_DUE)
        return Due(_still_to_come(due_at, sop, opened_at, office), "date")
    if step.choose_date is not None:
        due_at = office.at(proposed_visit_on(step.choose_date, anchors.day("arrival")), AFTERNOON_DUE)
        return Due(_still_to_come(due_at, sop, opened_at, office), "date")
    if step.standard is not None:
        return Due(_standard(step.standard, sop, opened_at, office), "standard")
    if step.target is not None:
        on = resolve(step.target, anchors)
        if step.target.days < 0 and sop.clock == "kerja":
            # Before the departure means before it, as with starts: an off-day does not push the work past it.
            on = office.previous_working_day(on)
        return Due(_still_to_come(_end_of(on, sop, office), sop, opened_at, office), "target")
    return Due(
        _before_they_leave(office.add_days(opened_at, DEFAULT_TARGET_DAYS), opened_at, anchors, office),
        "target",
    )


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


def _still_to_come(due_at: datetime, sop: Sop, opened_at: datetime, office: OfficeHours) -> datetime:
    """`due_at`, or when that has passed the end of the day on which the step opened, or of the day after."""
    if due_at > opened_at:
        return due_at
    on = office.local_date(opened_at)
    end = _end_of(on, sop, office)
    return end if end > opened_at else _end_of(on + timedelta(days=1), sop, office)


def _end_of(on: date, sop: Sop, office: OfficeHours) -> datetime:
    """16.00 of that day on calendar time; closing time, of the next working day if need be, on office time."""
    if sop.clock == "kalender":
        return office.at(on, AFTERNOON_DUE)
    return office.closes_at(office.next_working_day(on))
