"""The agenda of letters of an angkatan: every letter that a step recorded with its number, by its date."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from sop_flows.core.work import Work, sops_by_run
from sop_flows.declarations.sop import Sop, Step
from sop_flows.recording.records import FORM, may_read_of
from sop_flows.staffing.roster import has_duty, roles_of
from storage.queries.step_records import list_standing
from storage.tables import Cohort, Officer, Record, Task, TaskState

NUMBER_KEY, DAY_KEY = "nomor_surat", "tanggal_surat"  # of the fields of a form that say what a letter is


@dataclass(frozen=True)
class Letter:
    """One letter; `on` is its date, else the day of the work."""

    task: Task
    sop: Sop
    step: Step
    record: Record
    number: str
    on: date


def letters_of(work: Work, officer: Officer, cohort: Cohort) -> tuple[Letter, ...]:
    """The letters of the angkatan that the officer may read, the first first: those of one's own steps and, for whoever
    opens angkatan (the office keeps the agenda), all of them."""
    sops = sops_by_run(work.session, cohort.id or 0)
    keeps = has_duty(work.institution, roles_of(work, officer.id or 0), "opens_cohorts")
    tasks = work.session.exec(
        select(Task)
        .where(
            Task.cohort_id == cohort.id,
            col(Task.sop).in_({one.number for one in sops.values()}),
            col(Task.state).in_((TaskState.DONE, TaskState.OPEN)),
        )
        .order_by(col(Task.id))
    )
    by_id = {
        task.id or 0: task
        for task in tasks
        if (form := sops[task.run_id].step(task.step).record) is not None
        and any(field.key == NUMBER_KEY for field in form.fields)
    }
    found = []
    for record in list_standing(work.session, list(by_id), FORM):
        task, number = by_id[record.task_id], record.data.get(NUMBER_KEY)
        if not number or not (keeps or may_read_of(work, officer, task, ())):
            continue
        said = record.data.get(DAY_KEY)
        on = date.fromisoformat(said) if isinstance(said, str) else record.done_on
        sop = sops[task.run_id]
        found.append(Letter(task, sop, sop.step(task.step), record, str(number), on))
    return tuple(sorted(found, key=lambda one: (one.on, one.record.id or 0)))
