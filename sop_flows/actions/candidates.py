"""To whom a task may be given: by whoever may do it, and by the head of its role."""

from collections.abc import Iterable

from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.staffing.responsibility import own_parts, responsibility_of
from sop_flows.staffing.roster import is_away, is_head_for
from sop_flows.views.task_views import colleagues
from storage.tables import LIVE, Officer, Task


def heads_open_part(work: Work, officer: Officer, task: Task) -> bool:
    """Whether the officer is kasi, or Kepala, over a part that is still to be done: then a PJ can be named."""
    return any(
        part.state in LIVE and is_head_for(work, officer, part.role) for part in parts_of(work.session, task)
    )


def candidates(work: Work, task: Task, officer: Officer) -> tuple[Officer, ...]:
    """The officers to whom this officer may give the task; nobody who is on leave, or in charge of it now.

    Raises:
        NotYoursError: the officer neither may do it nor heads its role; with who holds it now.
    """
    if any(responsibility_of(work, task, part).permits(officer) for part in parts_of(work.session, task)):
        return _here(work, colleagues(work, task, officer))
    if not heads_open_part(work, officer, task):
        own_parts(work, officer, task)
    found: dict[int | None, Officer] = {}
    for part in parts_of(work.session, task):
        if part.state in LIVE and is_head_for(work, officer, part.role):
            its = responsibility_of(work, task, part)
            found |= {
                one.id: one for one in its.candidates if its.assignee is None or one.id != its.assignee.id
            }
    return _here(work, found.values())


def _here(work: Work, officers: Iterable[Officer]) -> tuple[Officer, ...]:
    return tuple(one for one in officers if not is_away(work, one.id))
