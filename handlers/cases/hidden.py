"""Whoever may not see a case is answered as if it did not exist, whichever button names one of its tasks."""

from handlers import conversation
from handlers.visit import Visit
from sop_flows.cases.visibility import may_see_task
from sop_flows.errors import NotFoundError
from storage.tables import Case, Task

# Buttons whose first number is a task.
OF_TASKS = ("task_", "day_", "roll_", "weigh_", "visit_", "parents_", "form_", "decide_", "month_")
OTHERS = ("task_list", "task_week", "day_duty")  # called alike, but about no task


def refuse_hidden(visit: Visit) -> None:
    """Raises NotFoundError when the button, or the question that is answered, is about a case hidden from the officer.

    The rules refuse too; this is before anything they could tell on the way (who was first, when it opens).
    """
    task_id = _task_id(visit)
    task = None if task_id is None else visit.session.get(Task, task_id)
    if task is None or task.case_id is None or visit.officer is None:
        return
    case = visit.session.get_one(Case, task.case_id)
    if not may_see_task(visit.session, visit.house, visit.officer, task, case):
        raise NotFoundError


def _task_id(visit: Visit) -> int | None:
    press = visit.press
    if press is not None:
        of_task = press.verb.startswith(OF_TASKS) and press.verb not in OTHERS
        return press.numbers[0] if of_task and press.numbers else None
    row = conversation.current(visit)
    return None if row is None else row.task_id
