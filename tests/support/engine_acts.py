"""What officers do, picked by chance: single acts on whatever is open, for the state machines."""

from collections.abc import Callable

from sop_flows.actions.cohorts import membership
from sop_flows.actions.confirm import confirm, skip
from sop_flows.actions.origins import record as record_origin
from sop_flows.actions.rolls import rolls
from sop_flows.core.work import Work, declared
from sop_flows.recording import origins, records
from sop_flows.recording.roll_call import lock_roll
from sop_flows.staffing.responsibility import lock_task
from storage.tables import Child, EntryState, FlagKind, Officer
from tests.support.answers import made_up


def mark_from_the_card(work: Work, officer: Officer, child: Child, wanted: bool) -> None:
    """From the child's card: only of a child who belongs."""
    membership.mark(work, officer, child.id or 0, FlagKind.ASSESSMENT, wanted)


def record_children(work: Work, officer: Officer, task_id: int, how_many: int) -> None:
    """The first open children of a roll."""
    roll = lock_roll(work, officer, task_id)
    rows = [row for row in roll.rows if row.state == EntryState.OPEN][:how_many]
    if roll.is_weighing:
        rolls.record_weight(work.by(officer), roll, {row.child_id: 23_500 for row in rows})
        return
    form = roll.step.record
    values = {row.child_id: {} if form is None else made_up(form) for row in rows}
    rolls.record_entry(work.by(officer), roll, values)


def excuse_child(work: Work, officer: Officer, task_id: int, how: Callable[..., object]) -> None:
    """The first open child of a roll."""
    roll = lock_roll(work, officer, task_id)
    if roll.open_rows:
        how(work.by(officer), roll, roll.open_rows[0].child_id, "alasan rekaan")


def finish(work: Work, officer: Officer, task_id: int) -> None:
    """Do what the task asks, whatever it is; the visit is not before its day."""
    task = lock_task(work.session, task_id)
    _sop, step = declared(work.session, task)
    if step.is_roll and lock_roll(work, officer, task_id).open_rows:
        record_children(work, officer, task_id, 99)
    elif step.is_by_origin:
        for one in origins.unrecorded(work.session, task, step):
            assert step.record is not None
            record_origin(work.by(officer), task_id, one.number, made_up(step.record))
    elif step.choose_date is not None:
        skip(work.by(officer), task_id, "alasan rekaan")
    else:
        form = records.form_of(task, step) if records.needs_form(work.session, task, step) else None
        values = None if form is None else made_up(form)
        confirm(work.by(officer), task_id, values=values)
