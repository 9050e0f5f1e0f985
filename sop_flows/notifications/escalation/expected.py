"""When a step that stays as it is will be told to its heads: for /kapan, and for emergencies' own reminders."""

from dataclasses import dataclass
from datetime import datetime

from sop_flows.core.states import is_target
from sop_flows.core.work import Work, case_of, declared
from sop_flows.notifications.escalation.thresholds import LEVELS, Level, addressees, told_from
from sop_flows.staffing.responsibility import may_see_task, responsibility_of
from storage.tables import Officer, Task, TaskPart

LATE = "late_"  # rule of an emergency's reminder to a head, before the level


@dataclass(frozen=True)
class Escalation:
    """From `at` on the officers hear of it: of an emergency at once, else in their next morning list."""

    level: Level
    at: datetime
    officers: tuple[Officer, ...]
    at_once: bool


def escalations_of(work: Work, task: Task, part: TaskPart) -> tuple[Escalation, ...]:
    """When and to whom the part is told if nobody does it; whoever is to do it is not told as a head."""
    sop, step = declared(work.session, task)
    case = case_of(work.session, task)
    told = {officer.id for officer in responsibility_of(work, task, part).holders}
    found = []
    for level in LEVELS:
        at = told_from(work.institution, sop, step, task, level)
        officers = tuple(
            one
            for one in addressees(work, task, part.role, level)
            if one.id not in told and (case is None or may_see_task(work, one, task, case))
        )
        told |= {one.id for one in officers}  # the Kepala who answers for a section hears of it once
        if at is not None and officers:
            found.append(Escalation(level, at, officers, sop.emergency and not is_target(task, step)))
    return tuple(found)
