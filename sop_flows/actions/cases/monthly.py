"""The monthly card: one for a section and a case, with a line for every service that runs for months.

The recurring steps (SOP 9.1.24 step 3 for Penyantunan, 9.1.29 step 4 for the social worker) are its tasks; the other
services of the section stand on it as lines. Finishing a line is confirming its own step.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from sop_flows.calendar.dates import add_months
from sop_flows.core.states import is_over, parts_of
from sop_flows.core.work import Work, declared
from sop_flows.declarations.sop import Sop, Step
from sop_flows.engine.services import running_tasks
from sop_flows.errors import NotFoundError
from storage.tables import Case, Task


@dataclass(frozen=True)
class Service:
    """One running service as a line.

    Attributes:
        since: local date on which it began.
        ask_on: from this date on the card asks whether it is finished (the 3 of "3-6 bulan").
        is_due: that date has come. is_late: the 6 months are over.
    """

    task: Task
    sop: Sop
    step: Step
    since: date
    ask_on: date
    is_due: bool
    is_late: bool


@dataclass(frozen=True)
class MonthlyCard:
    """The question of one month: what runs for this case in this section, and is it finished?"""

    task: Task
    case: Case
    role: str
    services: tuple[Service, ...]


def is_monthly(s: Session, task: Task) -> bool:
    """Whether the task is a monthly card: not the running service itself, nor the question for a note of it."""
    step = declared(s, task)[1]
    return task.occurrence > 0 and step.running and step.first_due is None


def monthly_card(work: Work, task: Task) -> MonthlyCard:
    """The card that a monthly task stands for. Raises NotFoundError for any other task."""
    if task.case_id is None or not is_monthly(work.session, task):
        raise NotFoundError
    role = parts_of(work.session, task)[0].role
    case = work.session.get_one(Case, task.case_id)
    return MonthlyCard(task, case, role, services_of(work, task.case_id, role))


def services_of(work: Work, case_id: int, role: str | None = None) -> tuple[Service, ...]:
    """What runs for a case now, by SOP and step; with `role`, of this section."""
    return tuple(_service(work, task) for task in running_tasks(work.session, case_id, role))


def _service(work: Work, task: Task) -> Service:
    sop, step = declared(work.session, task)
    assert task.opened_at is not None
    assert step.standard is not None
    since = work.institution.today(task.opened_at)
    ask_on = add_months(since, step.standard.amount)
    return Service(
        task=task,
        sop=sop,
        step=step,
        since=since,
        ask_on=ask_on,
        is_due=work.today >= ask_on,
        is_late=is_over(task, work.now),
    )
