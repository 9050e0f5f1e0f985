"""Reports to the head of the house (SOP 9.1.19 step 5, 9.1.33 step 6): handed in with the step, read, asked back about and
accepted, and told back to who reported. The work goes on meanwhile."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.notices import ReportAccepted, ReportAnswered, ReportAsked, Reported
from sop_flows.core.work import Work, case_of, declared
from sop_flows.errors import AlreadyDoneError, NeedsReasonError, NotFoundError, NotPermittedError
from sop_flows.recording.records import FORM, LOG
from sop_flows.staffing.responsibility import holders_for, may_see, may_see_task, name_of
from storage.queries.step_records import list_standing
from storage.tables import Confirmation, Officer, Record, Report, Task, TaskState

ACCEPTED = "accepted"  # state word of a report that was accepted already


def hand_in(work: Work, task: Task, role: str, said: Confirmation) -> None:
    """The part of this role is done: what it says is to be read, if the step reports to anybody."""
    to_role = declared(work.session, task)[1].reports_to
    if to_role is None or task.is_before_pandu:
        return
    report = Report(
        task_id=task.id or 0,
        confirmation_id=said.id or 0,
        role=role,
        to_role=to_role,
        reported_by_id=said.officer_id,
        reported_at=work.now,
    )
    work.session.add(report)
    work.session.flush()
    for reader in holders_for(work, to_role, task.cohort_id or 0):
        if reader.id != work.actor_id and _may_see(work, reader, task):
            work.notify(reader.id or 0, Reported(officer=said.officer_id, report=report.id or 0), task)


def take_back(work: Work, said: Confirmation) -> None:
    """What was confirmed was taken back: nobody need read it any more."""
    of_it = select(Report).where(
        Report.task_id == said.task_id, Report.confirmation_id == said.id, col(Report.closed_at).is_(None)
    )
    for report in work.session.exec(of_it).all():
        report.closed_at = work.now
        work.session.add(report)


_OPEN_TO = (
    select(Report)
    .where(col(Report.closed_at).is_(None), col(Report.to_role).in_(bindparam("roles", expanding=True)))
    .order_by(col(Report.id))
)


def open_for(work: Work, officer: Officer) -> tuple[Report, ...]:
    """What the officer is to read, the oldest first."""
    named = {role for sop in work.pack.sops.values() for role in sop.read_by}
    mine = [role for role in sorted(named) if _reads_for(work, officer, role)]
    if not mine:
        return ()
    found = work.session.exec(_OPEN_TO, params={"roles": mine}).all()
    return tuple(one for one in found if _may_see(work, officer, work.session.get_one(Task, one.task_id)))


def _may_see(work: Work, officer: Officer, task: Task) -> bool:
    """Of a case only who knows the child, also when nobody of that role is there and an admin answers for it; of an
    angkatan while it can be looked at."""
    case = case_of(work.session, task)
    if case is None:
        return may_see(work, officer, task.cohort_id or 0)
    return may_see_task(work, officer, task, case)


def find(work: Work, report_id: int, task_id: int) -> Report:
    """The report, for who reads it and who made it.

    Raises NotFoundError; NotPermittedError ("report"): it is others'.
    """
    report = work.session.get(Report, report_id)
    if report is None or report.task_id != task_id:
        raise NotFoundError
    if not reads(work, report) and report.reported_by_id != work.officer.id:
        raise NotPermittedError("report")
    return report


def reads(work: Work, report: Report) -> bool:
    """Whether the officer who acts is to read and accept it."""
    return _reads_for(work, work.officer, report.to_role)


def _reads_for(work: Work, officer: Officer, role: str) -> bool:
    """Whether what is reported to this role comes to the officer: of the role, or deputising for one."""
    return any(one.id == officer.id for one in holders_for(work, role, 0))


_OF_RUN = select(Task).where(Task.run_id == bindparam("run"), Task.state != TaskState.WITHDRAWN)


def contents(s: Session, report: Report) -> tuple[tuple[Record, Task], ...]:
    """What was recorded and noted at the steps of its run and stands, by step, notes by day."""
    of = s.get_one(Task, report.task_id)
    tasks = s.exec(_OF_RUN, params={"run": of.run_id}).all()
    by_id = {task.id or 0: task for task in tasks}
    found: Iterable[Record] = [one for key in (FORM, LOG) for one in list_standing(s, list(by_id), key)]
    both = [(record, by_id[record.task_id or 0]) for record in found]
    return tuple(sorted(both, key=lambda one: (one[1].step, one[1].occurrence, one[0].id or 0)))


def accept(work: Work, report_id: int, task_id: int) -> Report:
    """Read and accepted; who reported hears so.

    Raises as `find`; AlreadyDoneError ("accepted"): by whom, or it was taken back.
    """
    report = _to_read(work, report_id, task_id)
    report.closed_at, report.closed_by_id = work.now, work.officer.id
    work.session.add(report)
    _tell(work, report, report.reported_by_id, ReportAccepted(officer=work.officer.id or 0, report=report_id))
    return report


def ask_back(work: Work, report_id: int, task_id: int, question: str) -> Report:
    """Who reads it wants to know more; it stays open. Raises as `accept`, and NeedsReasonError."""
    report = _to_read(work, report_id, task_id)
    if not question.strip():
        raise NeedsReasonError
    report.question, report.asked_at, report.asked_by_id = question.strip(), work.now, work.officer.id
    report.answer, report.answered_at = None, None
    work.session.add(report)
    _tell(work, report, report.reported_by_id, ReportAsked(officer=work.officer.id or 0, report=report_id))
    return report


def answer(work: Work, report_id: int, task_id: int, words: str) -> Report:
    """Who reported answers what was asked. Raises as `accept`, NotPermittedError ("report") and NeedsReasonError."""
    report = find(work, report_id, task_id)
    if report.reported_by_id != work.officer.id or report.asked_by_id is None:
        raise NotPermittedError("report")
    _refuse_closed(work, report)
    if not words.strip():
        raise NeedsReasonError
    report.answer, report.answered_at = words.strip(), work.now
    work.session.add(report)
    _tell(work, report, report.asked_by_id, ReportAnswered(officer=work.officer.id or 0, report=report_id))
    return report


def _to_read(work: Work, report_id: int, task_id: int) -> Report:
    report = find(work, report_id, task_id)
    if not reads(work, report):
        raise NotPermittedError("report")
    _refuse_closed(work, report)
    return report


def _refuse_closed(work: Work, report: Report) -> None:
    if report.closed_at is not None:
        raise AlreadyDoneError(ACCEPTED, name_of(work.session, report.closed_by_id), report.closed_at)


def _tell(
    work: Work, report: Report, officer_id: int, notice: ReportAccepted | ReportAsked | ReportAnswered
) -> None:
    work.session.flush()
    if officer_id != work.officer.id:
        work.notify(officer_id, notice, work.session.get_one(Task, report.task_id))
