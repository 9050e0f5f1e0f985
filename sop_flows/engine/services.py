"""The services that run for months beside each other (standard time 3-6 bulan), and how they end."""

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.notices import ServicesEnd
from sop_flows.core.states import change, live_parts, parts_of
from sop_flows.core.work import Work
from sop_flows.engine.withdraw import end_run
from sop_flows.staffing.responsibility import responsibility_of
from storage.tables import LIVE_RUNS, Case, Change, Run, Task, TaskPart, TaskState

TERMINATED = "terminated"
ENDED = "ended"  # of a monthly card: nothing that it asks about runs any more


_RUNNING = (
    select(Task)
    .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
    .where(Task.case_id == bindparam("case"), col(Task.running).is_(True), Task.state == TaskState.OPEN)
    .distinct()
    .order_by(col(Task.sop), col(Task.step))
)
_RUNNING_OF_ROLE = _RUNNING.where(TaskPart.role == bindparam("role"))


def running_tasks(s: Session, case_id: int, role: str | None = None) -> tuple[Task, ...]:
    """The running services of a case that are not finished, by SOP and step; with `role`, of this role."""
    query = _RUNNING if role is None else _RUNNING_OF_ROLE
    return tuple(s.exec(query, params={"case": case_id, "role": role}))


_LIVE_RUNS = (
    select(Run).where(Run.case_id == bindparam("case"), col(Run.state).in_(LIVE_RUNS)).order_by(col(Run.id))
)


def live_runs(s: Session, case_id: int, but: int | None = None) -> tuple[Run, ...]:
    """The runs of a case that are open or wait for their date; without the run `but`."""
    found = s.exec(_LIVE_RUNS, params={"case": case_id})
    return tuple(run for run in found if run.id != but)


_OPEN_BESIDE = (
    select(Task)
    .where(Task.case_id == bindparam("case"), Task.run_id != bindparam("run"), Task.state == TaskState.OPEN)
    .order_by(col(Task.sop), col(Task.step))
)


def tell_services_end(work: Work, run: Run, *, soon: bool) -> None:
    """Tell whoever gives services in the case of this run, or has another step of it, that they end; or (`soon`) that they
    go on until the child has left, as this run begins."""
    if work.cause is None:  # somebody said so, and may take it back
        return
    owed: dict[int, list[int]] = {}
    for task in work.session.exec(_OPEN_BESIDE, params={"case": run.case_id, "run": run.id}):
        if task.occurrence or (soon and not task.running):
            continue  # the monthly card asks about what is told here
        for part in live_parts(parts_of(work.session, task)):
            for officer in responsibility_of(work, task, part).holders:
                owed.setdefault(officer.id or 0, []).append(task.id or 0)
    because_of = work.session.get_one(Task, work.cause.task_id)
    for officer_id, tasks in owed.items():
        if officer_id != work.actor_id:
            end = ServicesEnd(
                officer=work.cause.officer_id, case=run.case_id or 0, tasks=tuple(tasks), soon=soon
            )
            work.notify(officer_id, end, because_of)


def end_services(work: Work, run: Run) -> None:
    """The case is terminated (SOP 9.1.34): its services and whatever was still planned end with it."""
    if run.case_id is None:
        return
    tell_services_end(work, run, soon=False)
    case = work.session.get_one(Case, run.case_id)
    change(work, case, Change.CLOSED, services_ended_at=work.now)
    for other in live_runs(work.session, run.case_id, but=run.id):
        end_run(work, other, TERMINATED)
    work.session.flush()


def close_when_finished(work: Work, run: Run) -> None:
    """The last SOP of the case is done (SOP 9.1.35): the case is closed, unless another run is still open."""
    if run.case_id is None or live_runs(work.session, run.case_id, but=run.id):
        return
    case = work.session.get_one(Case, run.case_id)
    change(work, case, Change.CLOSED, closed_at=work.now, close_reason=TERMINATED)
    work.session.flush()
