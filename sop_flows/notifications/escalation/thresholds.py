"""From when on a late step is told, and to whom (unit.yaml `escalation`)."""

from datetime import datetime
from typing import Literal

from sop_flows.calendar.escalating import late_for
from sop_flows.core.states import is_target
from sop_flows.core.work import Institution, Work
from sop_flows.declarations.sop import Sop, Step
from sop_flows.staffing.responsibility import accountable_for, accountable_for_all
from storage.tables import Officer, Task

Level = Literal["head", "top"]  # the kasi, the Kepala
LEVELS: tuple[Level, ...] = ("head", "top")


def told_from(institution: Institution, sop: Sop, step: Step, task: Task, level: Level) -> datetime | None:
    """From when on the step, if it is still owed then, is told at this level; None when it never is.

    An emergency (SOP 9.1.20, 9.1.21) goes to the kasi when it is due. A target goes to the kasi, never to the Kepala.
    """
    if task.due_at is None or (level == "top" and is_target(task, step)):
        return None
    rules = institution.pack.unit.escalation
    if sop.emergency and not is_target(task, step):
        if level == "head":
            return task.due_at
        return late_for(institution.office, task.due_at, rules.emergency_top_after, by_calendar=True)
    after = rules.head_after if level == "head" else rules.top_after
    by_calendar = sop.emergency or sop.clock == "kalender"
    return late_for(institution.office, task.due_at, after, by_calendar=by_calendar)


def addressees(work: Work, task: Task, role: str, level: Level) -> tuple[Officer, ...]:
    """Who is told at this level: who answers for the role, then the head of the house; in place of each who is away
    the deputy, and the admins when nobody is left."""
    if level == "head":
        return accountable_for(work, role, task.cohort_id or 0)
    return accountable_for_all(work, task.cohort_id or 0)
