"""What Pandu can offer as the answer to one question: the next free number, what the roster knows."""

from sop_flows.core.work import Work
from sop_flows.declarations.form import Field
from sop_flows.declarations.sop import Step
from sop_flows.recording.proposing import propose_one
from sop_flows.recording.records import FORM
from sop_flows.recording.roll_call import Roll
from storage.queries.cohorts import count_children
from storage.queries.rolls import list_values
from storage.tables import Run, Task


def offered(
    work: Work, task: Task, step: Step, field: Field, roll: Roll | None, child_id: int
) -> object | None:
    """The proposal for one field of a form that is asked question by question; None without one.

    Args:
        roll, child_id: of a child's form; None and 0 for the form of the step itself.
    """
    if field.proposal is None:
        return None
    if roll is not None:
        return propose_one(work, roll, roll.row_of(child_id)).get(field.key)
    if field.proposal == "sequence":
        taken = list_values(work.session, task.sop, task.step, FORM, field.key)
        return max((value for value in taken if isinstance(value, int)), default=0) + 1
    if field.proposal == "day":
        run = work.session.get_one(Run, task.run_id)
        return (run.event_on or task.done_on or work.today).isoformat()
    if field.proposal == "children" and task.cohort_id is not None:
        return count_children(work.session, task.cohort_id).present or None
    return None
