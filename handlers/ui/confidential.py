"""Whether what arrives concerns a shelter case, by what its route is about; and what that means for the answer.

Whoever may not see a case is answered as if it did not exist, whichever button names it or something of it. What is
typed about one may tell who the child is: the message goes once it is stored, and no answer can be passed on.
"""

from dataclasses import replace
from typing import cast

from handlers.ui import conversation
from handlers.ui.reply import Delete, Edit, Reply, Say
from handlers.ui.request import ABOUT_CASES, About, Request, Subject
from sop_flows.actions.start import is_involved
from sop_flows.errors import NotFoundError
from sop_flows.staffing.visibility import knows, may_see_task, refuse_shut
from storage.tables import Case, Conversation, Run, Task


def subject_of(request: Request, declared: About, about: About, row: Conversation | None) -> Subject:
    """What it is about.

    Args:
        declared: by the route.
        about: the same; of a button under a question, what the question's own route declares.
        row: the question that is answered; None: the button or command stands for itself.
    """
    s, number = request.session, _number(request, row)
    if number is None or about in (About.NOTHING, About.QUESTION, *ABOUT_CASES):
        return Subject(about if about in ABOUT_CASES else declared)
    task = s.get(Task, number) if about in (About.TASK, About.CARD) else None
    run = s.get(Run, number) if about is About.RUN else None
    of = task or run
    case_id = number if about in (About.CASE, About.CASE_PART) else of.case_id if of is not None else None
    case = None if case_id is None else s.get(Case, case_id)
    return Subject(declared, task, run, case, about is About.CASE_PART, is_gone=(of or case) is None)


def _number(request: Request, row: Conversation | None) -> int | None:
    if row is None:
        return next(iter(request.press.numbers if request.press is not None else ()), None)
    if row.topic == conversation.AFTER:
        return conversation.ended(row)[1]
    return row.task_id or cast("int | None", row.draft.get("case"))


def refuse_hidden(request: Request, subject: Subject) -> None:
    """Raises NotFoundError when the case is hidden from the officer; so does what is not there at all. CohortShutError
    when it is of an angkatan that was closed long ago.

    The rules refuse too; this is before anything they could tell on the way (who was first, when it opens).
    """
    case, officer = subject.case, request.officer
    if subject.is_gone:
        raise NotFoundError
    of = subject.task or subject.run
    if of is not None and officer is not None:
        refuse_shut(request.work, of.cohort_id)
    if case is None or officer is None or knows(request.work, officer, case):
        return
    if subject.task is not None:
        seen = may_see_task(request.work, officer, subject.task, case)
    elif subject.run is not None:
        seen = subject.run.started_by_id == officer.id
    else:
        seen = subject.for_part and is_involved(request.work, officer, case)
    if not seen:
        raise NotFoundError


def protected(answer: Reply) -> Reply:
    """The answer, which can be neither forwarded nor copied."""
    return Reply(
        tuple(replace(one, protect=True) if isinstance(one, Say | Edit) else one for one in answer.actions)
    )


def without_words(request: Request, answer: Reply) -> Reply:
    """The answer, and the typed message goes once it is stored."""
    gone = any(isinstance(one, Delete) and one.message_id == request.message_id for one in answer.actions)
    if gone or request.message_id is None or not answer.actions:
        return answer
    return answer.and_then(Delete(request.message_id))
