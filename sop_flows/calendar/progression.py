"""How work goes on: what opens with a run, what follows a step, what starts after a SOP, and on which day.

Pure, and used twice: the engine asks when something happens, the plan as if all were done on time.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.recurrence import Occurrence
from sop_flows.calendar.relative import later_on, resolve
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.start import Start
from sop_flows.declarations.step import Step


def opened_with_run(sop: Sop) -> tuple[Step, ...]:
    """Return the steps that begin with a run: recurring and `beside` ones, and the first one of the chain."""
    by_themselves = (step for step in sop.asked_steps if recurs(step) or step.beside)
    return (*by_themselves, *sop.chained_steps[:1])


def recurs(step: Step) -> bool:
    """Tell whether a step has occurrences only; what runs for months is a task that is asked about as well."""
    return step.every is not None and not step.running


def opened_after(sop: Sop, step: Step) -> Step | None:
    """Return the step that opens when `step` is closed, None where nothing waits for it."""
    return None if step.opens_by_itself else sop.next_asked_after(step)


def started_after(sops: Mapping[str, Sop], number: str, step: int | None) -> Iterator[tuple[Sop, Start]]:
    """Give what starts after the SOP of this number, or only after this step of it.

    Whether the outcome is one of `Start.when`, the caller knows.
    """
    for sop in sops.values():
        for start in sop.starts:
            if start.after == number and start.after_step == step:
                yield sop, start


def begins_on(sop: Sop, start: Start, on: date, office: OfficeHours) -> date | None:
    """Return the day on which a run begins that `start` lets begin so long after `on`; None: at once."""
    if start.later is None:
        return None
    day = later_on(on, start.later)
    return office.next_working_day(day) if sop.clock == "kerja" else day


def opens_on(step: Step, anchors: Anchors) -> date | None:
    """Return the day before which a step does not open; None: none."""
    return None if step.opens is None else resolve(step.opens, anchors)


def occurrence_due(step: Step, one: Occurrence, office: OfficeHours) -> datetime:
    """Return when an occurrence is due, aware UTC: a question about a running step on a working day, as its service is."""
    if step.running:
        return office.closes_at(office.next_working_day(one.due_on))
    return office.at(one.due_on, one.due_time)
