"""What officers do, picked by chance: single acts on whatever is open, for the state machines."""

from collections.abc import Callable
from typing import Any

from sop_flows.actions.cohorts import membership
from sop_flows.actions.confirm import confirm, skip
from sop_flows.actions.rolls import rolls
from sop_flows.core.versions import declared
from sop_flows.recording.forms import records
from sop_flows.recording.roll_call import lock_roll
from sop_flows.staffing.task_rows import lock_task
from storage.tables import Child, EntryState, FlagKind, Officer
from tests.support.answers import made_up


def mark_from_the_card(s: Any, house: Any, officer: Officer, child: Child, wanted: bool, now: Any) -> None:
    """From the child's card: only of a child who belongs."""
    membership.mark(s, house, officer, child.id or 0, FlagKind.ASSESSMENT, wanted, now)


def record_children(s: Any, house: Any, officer: Officer, task_id: int, how_many: int, now: Any) -> None:
    """The first open children of a roll."""
    roll = lock_roll(s, house, officer, task_id, now)
    rows = [row for row in roll.rows if row.state == EntryState.OPEN][:how_many]
    if roll.is_weighing:
        rolls.record_weight(
            s, house, officer, roll, {row.child_id: 23_500 for row in rows}, now, update_id=None
        )
        return
    form = roll.step.record
    values = {row.child_id: {} if form is None else made_up(form) for row in rows}
    rolls.record_entry(s, house, officer, roll, values, now, update_id=None)


def excuse_child(
    s: Any, house: Any, officer: Officer, task_id: int, how: Callable[..., object], now: Any
) -> None:
    """The first open child of a roll."""
    roll = lock_roll(s, house, officer, task_id, now)
    if roll.open_rows:
        how(s, house, officer, roll, roll.open_rows[0].child_id, "alasan rekaan", now, update_id=None)


def finish(s: Any, house: Any, officer: Officer, task_id: int, now: Any) -> None:
    """Do what the task asks, whatever it is; the visit is not before its day."""
    task = lock_task(s, task_id)
    _sop, step = declared(s, task)
    if step.per is not None and lock_roll(s, house, officer, task_id, now).open_rows:
        record_children(s, house, officer, task_id, 99, now)
    elif step.choose_date is not None:
        skip(s, house, officer, task_id, "alasan rekaan", now, update_id=None)
    else:
        form = records.form_of(task, step) if records.needs_form(s, task, step) else None
        values = None if form is None else made_up(form)
        confirm(s, house, officer, task_id, now, update_id=None, values=values)
