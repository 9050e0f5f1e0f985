"""What Pandu can offer as the answer to one question: the next free number, what the roster knows."""

import re

from sop_flows.core.work import Work
from sop_flows.declarations.form import Field
from sop_flows.recording.records import FORM
from storage.queries.cohorts import count_children
from storage.queries.rolls import list_values
from storage.tables import Run, Task


def offered(work: Work, task: Task, field: Field, words: str = "") -> object | None:
    """The proposal for one field of the form of a step itself; None without one.

    Args:
        words: of the dated note that it belongs to.
    """
    if field.proposal == "sequence":
        taken = list_values(work.session, task.sop, task.step, FORM, field.key)
        return max((value for value in taken if isinstance(value, int)), default=0) + 1
    if field.proposal == "said" and field.unit is not None:
        found = re.findall(rf"\b(\d{{1,3}})\s+{re.escape(field.unit)}\b", words, re.IGNORECASE)
        return int(found[0]) if len(found) == 1 else None
    if field.proposal == "day":
        run = work.session.get_one(Run, task.run_id)
        return (run.event_on or task.done_on or work.today).isoformat()
    if field.proposal == "children" and task.cohort_id is not None:
        return count_children(work.session, task.cohort_id).present or None
    return None
