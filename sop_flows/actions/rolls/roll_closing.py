"""What follows when children of a roll are done: their entries close, other rolls go on, the roll itself ends."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import update
from sqlmodel import col

from sop_flows.actions.cohorts.joining import entry_done
from sop_flows.actions.confirm import close_roll, reopen_missed
from sop_flows.core.result import Result
from sop_flows.core.work import Work
from sop_flows.recording import entries
from sop_flows.recording.forms.answers import Values
from sop_flows.recording.roll_call import Roll
from storage.queries.rolls import RollRow
from storage.tables import EntryState, Officer, Record, TaskEntry, TaskState
from storage.types import bound


@dataclass(frozen=True)
class Done:
    """What a change did.

    Attributes:
        roll: as it is now.
        outcome: set when the roll was finished by it.
        replaced: whether a former record was corrected.
    """

    roll: Roll
    outcome: Result | None = None
    replaced: bool = False


def close_if_finished(work: Work, roll: Roll, *, on: date | None = None) -> Result | None:
    """Finish the roll when no entry is open any more; a missed one becomes done under its own date."""
    if roll.open_rows or roll.others_open:
        return None
    if roll.was_missed:
        reopen_missed(work, work.officer, roll.task_id)
    return close_roll(work, roll.task, done_on=on or roll.work_on)


def close_entries(
    work: Work,
    roll: Roll,
    rows: list[RollRow],
    state: EntryState,
    on: date,
    *,
    reason: str | None = None,
    replaced: bool = False,
) -> Done:
    """Close the entries in one statement (no `move` each: a whole class is weighed in a minute); then what follows: other rolls, the due date, the end of the roll."""
    fresh = [row for row in rows if row.state != state]
    ids = [row.entry_id for row in fresh]
    for some in [ids] if reason is None and ids else [[one] for one in ids]:  # a reason is sealed for its row
        work.session.exec(
            update(TaskEntry)
            .where(col(TaskEntry.id).in_(some))
            .values(
                state=state,
                closed_at=work.now,
                closed_by_id=work.officer.id,
                reason=bound(reason, some[0]),
            )
        )
    work.session.flush()
    changed = roll.with_rows(
        replace(row, state=state, closed_at=work.now, closed_by_id=work.officer.id) for row in fresh
    )
    if state == EntryState.DONE and any(step.entry_after == roll.task.step for step in roll.sop.asked_steps):
        for row in fresh:
            entry_done(work, roll.task, row.child_id)
    outcome = None
    if fresh and not changed.open_rows:
        outcome = close_if_finished(work, changed, on=on)
    if outcome is None and roll.task.state == TaskState.OPEN and _moves_due(roll, changed):
        entries.refresh_due(work.session, roll.task)
        work.touch(roll.task)
    return Done(changed, outcome, replaced)


def _moves_due(before: Roll, after: Roll) -> bool:
    """Whether reminders have to be planned anew. Sixty weights a minute: only when something about time changed."""
    if before.step.per == entries.FLAGGED:
        return True  # each child has reminders of its own
    earliest_before = min((row.due_at for row in before.open_rows), default=None)
    return earliest_before != min((row.due_at for row in after.open_rows), default=None)


def add_record(
    work: Work,
    roll: Roll,
    row: RollRow,
    key: str,
    data: Values,
    done_by: Officer | None,
    on: date,
    old: Record | None,
) -> None:
    """Write down what was said of a child; `old` is what it replaces."""
    work.session.add(
        Record(
            task_id=roll.task_id,
            child_id=row.child_id,
            key=key,
            data=dict(data),
            done_on=on,
            recorded_at=work.now,
            officer_id=(done_by or work.officer).id or 0,
            recorded_by_id=work.officer.id or 0,
            update_id=work.update_id,
            replaces_id=None if old is None else old.id,
        )
    )
