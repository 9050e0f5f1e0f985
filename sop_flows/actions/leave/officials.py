""" "Pejabat yang berwenang tidak di tempat": whose deputy can be asked instead."""

import re
from dataclasses import dataclass

from sop_flows.actions.assign import put_in_charge
from sop_flows.core.notices import OfficialNeeded
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError
from sop_flows.staffing.responsibility import lock_task, own_parts, refuse_closed, responsibility_of
from sop_flows.staffing.roster import active_in, deputy_of, lends
from storage.tables import Officer, Task, TaskState

# The obstacle as the document prints it (9.2.01, 9.2.04, 9.2.08, 9.1.11, 9.1.15, 9.1.19), in its two wordings.
_OFFICIAL_ABSENT = re.compile(r"pejabat\b.*\b(tidak di ?tempat|berhalangan)", re.IGNORECASE)


@dataclass(frozen=True)
class Deputised:
    """An official who is away, and who deputises."""

    official: Officer
    deputy: Officer


def says_official_absent(words: str) -> bool:
    """Whether an obstacle is that the official is not there."""
    return _OFFICIAL_ABSENT.search(words) is not None


def deputies(work: Work, officer: Officer, task: Task) -> tuple[Deputised, ...]:
    """Officials of the step who are away and have a deputy other than the officer.

    The officials of a step: who is in charge, the heads of its sections, and the Kepala.
    """
    unit = work.unit
    found: list[tuple[Officer, Officer | None]] = []
    asked_as: dict[str, list[Officer]] = {}
    for part in parts_of(work.session, task):
        its = responsibility_of(work, task, part)
        if its.assignee is not None and part.state != TaskState.DONE:
            found.append((its.assignee, its.deputy))
        head_role = unit.roles[part.role].head if part.role in unit.roles else None
        for role in dict.fromkeys((part.role, head_role or part.role)):
            asked_as[role] = [one for one, is_head in active_in(work, role, task.cohort_id or 0) if is_head]
    for role in unit.roles_that["answers_for_all"]:
        asked_as[role] = [one for one, _is_head in active_in(work, role, task.cohort_id or 0)]
    for role, officials in asked_as.items():
        for one in officials:
            if lends(work, one.id or 0, role, task.cohort_id or 0):
                found.append((one, deputy_of(work, one.id or 0)))
    pairs = {
        official.id: Deputised(official, deputy)
        for official, deputy in found
        if deputy is not None and officer.id not in (official.id, deputy.id)
    }
    return tuple(pairs.values())


def ask_deputy(work: Work, task_id: int, official_id: int) -> tuple[Deputised, bool]:
    """Serahkan ke pengganti: who deputises for the official gets the step, or hears that the officer needs them.

    Returns the pair, and whether the deputy is in charge of the step now: only where the step is one that the
    official could have done.

    Raises NotFoundError (the official is here again, or nobody deputises), NotYoursError, AlreadyDoneError.
    """
    task = lock_task(work.session, task_id)
    part = own_parts(work, work.officer, task)[0]
    refuse_closed(work.session, task)
    pair = next((one for one in deputies(work, work.officer, task) if one.official.id == official_id), None)
    if pair is None:
        raise NotFoundError
    if part.assignee_id == pair.deputy.id:
        return pair, True
    if responsibility_of(work, task, part).permits(pair.deputy):
        put_in_charge(work, task, part, pair.deputy)
        return pair, True
    needed = OfficialNeeded(officer=work.officer.id or 0, to=pair.official.id or 0)
    work.notify(pair.deputy.id or 0, needed, task)
    return pair, False
