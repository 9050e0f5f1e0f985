"""Whoever may not see a case is answered as if it did not exist, whichever button names one of its tasks."""

from handlers.ui import conversation
from handlers.ui.reply import Delete, Reply
from handlers.ui.request import Request
from sop_flows.errors import NotFoundError
from sop_flows.staffing.visibility import may_see_task
from storage.tables import Case, Task

# Buttons whose first number is a task.
OF_TASKS = ("task_", "day_", "roll_", "weigh_", "visit_", "parents_", "form_", "decide_", "month_")
OTHERS = ("task_list", "task_week", "day_duty")  # called alike, but about no task


def refuse_hidden(request: Request) -> None:
    """Raises NotFoundError when the button, or the question that is answered, is about a case hidden from the officer.

    The rules refuse too; this is before anything they could tell on the way (who was first, when it opens).
    """
    task_id = _task_id(request)
    task = None if task_id is None else request.session.get(Task, task_id)
    if task is None or task.case_id is None or request.officer is None:
        return
    case = request.session.get_one(Case, task.case_id)
    if not may_see_task(request.work, request.officer, task, case):
        raise NotFoundError


def is_about_case(request: Request) -> bool:
    """Whether the words are about a case: a reason, an obstacle or an answer may tell who the child is."""
    row = conversation.current(request)
    if request.press is not None or row is None:
        return False
    task = None if row.task_id is None else request.session.get(Task, row.task_id)
    return row.topic.startswith("case_") or (task is not None and task.case_id is not None)


def without_words(request: Request, answer: Reply) -> Reply:
    """The answer, and the typed message goes once it is stored."""
    gone = any(isinstance(one, Delete) and one.message_id == request.message_id for one in answer.actions)
    if gone or request.message_id is None or not answer.actions:
        return answer
    return answer.and_then(Delete(request.message_id))


def _task_id(request: Request) -> int | None:
    press = request.press
    if press is not None:
        of_task = press.verb.startswith(OF_TASKS) and press.verb not in OTHERS
        return press.numbers[0] if of_task and press.numbers else None
    row = conversation.current(request)
    return None if row is None else row.task_id
