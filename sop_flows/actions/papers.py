"""The number of a paper: until it is given, the paper is a draft."""

from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError
from sop_flows.recording import records
from sop_flows.staffing.responsibility import lock_task
from sop_flows.views.papers import NUMBER, number_key, paper_facts
from storage.queries.step_records import find_standing


def give_number(work: Work, task_id: int, name: str, tag: int, number: str, was: str | None = None) -> str:
    """Number a copy of a paper; a former number is replaced by name. Returns the number that stands.

    Args:
        tag: how buttons name the copy (`PaperSheet.tag`).
        was: the number that the officer saw; when somebody gave another one since, that stands. None: replace any.

    Raises NotFoundError, NotYoursError.
    """
    task = lock_task(work.session, task_id)
    facts = paper_facts(work, work.officer, task, name)
    sheet = next((one for one in facts.sheets if one.tag == tag), None)
    if sheet is None:
        raise NotFoundError
    if was is not None and sheet.number != was:
        return sheet.number
    key = number_key(name, sheet.key)
    records.note(work, task_id, key, {NUMBER: number}, replaces=find_standing(work.session, task_id, key))
    return number
