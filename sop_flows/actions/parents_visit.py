"""The parents' visit in week two (SOP 9.1.09): which days are offered, who comes, being ready."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from sop_flows.actions.reschedule import choose_event, date_window
from sop_flows.calendar.dates import reminder_times
from sop_flows.core.notices import Chosen
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, declared
from sop_flows.engine.events import free_days
from sop_flows.recording import records
from sop_flows.recording.entries import flagged_ids, present_children
from storage.tables import Run, School, Task

SATURDAY, SUNDAY = 5, 6  # weekdays on which parents can come most easily
READY = "ready"  # key of the record that the room is prepared


def offered_days(work: Work, task: Task, today: date) -> tuple[date, ...]:
    """Days of the window that are not over: the proposal, then the weekend (of an event, the next ones), then the others."""
    earliest, latest, proposed = date_window(work, task)
    run, sop = work.session.get_one(Run, task.run_id), declared(work.session, task)[0]
    ahead = [day for day in free_days(work, run, sop) if day >= today and earliest <= day <= latest]
    weekend = [day for day in ahead if day.weekday() in (SATURDAY, SUNDAY)]
    first = [proposed] if proposed in ahead else []
    if declared(work.session, task)[1].choose_date is None:
        return tuple(dict.fromkeys([*first, *ahead]))
    if first or weekend:
        return tuple(dict.fromkeys([*first, *weekend]))
    return tuple(ahead)


def choose(work: Work, task_id: int, on: date) -> Task:
    """Choose or change the date; the PJ hears of it when somebody else did. Raises as `reschedule.choose_event`."""
    task = choose_event(work, task_id, on)
    for part in parts_of(work.session, task):
        if part.assignee_id not in (None, work.officer.id):
            work.notify(part.assignee_id or 0, Chosen(officer=work.officer.id or 0, on=on), task)
    return task


def leads_ahead(work: Work, task: Task) -> tuple[int, ...]:
    """How many days before the visit the reminders come that are still ahead, the earliest first."""
    if task.due_at is None:
        return ()
    sop, step = declared(work.session, task)
    times = reminder_times(step.remind, task.due_at, sop.clock, work.office)
    return tuple(remind.days for remind, at in times if remind.kind == "lead" and at > work.now)


def note_ready(work: Work, task: Task) -> date:
    """Note that the visit is prepared; returns its date. It confirms nothing: that is done on the day."""
    day = task.chosen_on or date_window(work, task)[2]
    records.note(work, task.id or 0, READY, {"on": day.isoformat()})
    return day


@dataclass(frozen=True)
class GuestList:
    """Numbers of the children in the house by school, and of those whose parents get a consultation."""

    by_school: dict[str, tuple[int, ...]]
    flagged: tuple[int, ...]


def guest_list(s: Session, cohort_id: int) -> GuestList:
    """Whose parents may come."""
    children = present_children(s, cohort_id)
    flagged = flagged_ids(s, cohort_id)
    by_school: dict[str, list[int]] = {}
    for child in children:
        by_school.setdefault(s.get_one(School, child.school_id).name, []).append(child.number)
    return GuestList(
        {school: tuple(numbers) for school, numbers in sorted(by_school.items())},
        tuple(child.number for child in children if child.id in flagged),
    )
