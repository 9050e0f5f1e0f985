"""What is said about the children of a roll: recorded, excused with a reason, put off, all the rest at once.

Rows are only added: a correction is a new row that names the one it replaces.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from sop_flows.actions.cohorts.flags import set_flag
from sop_flows.actions.rolls import effects
from sop_flows.actions.rolls.roll_closing import Done, add_record, close_entries
from sop_flows.core.work import Work
from sop_flows.errors import AlreadyDoneError, FutureWorkError, NeedsReasonError
from sop_flows.limits import BACKDATE_DAYS
from sop_flows.recording import entries
from sop_flows.recording.forms.answers import Values
from sop_flows.recording.records import FORM
from sop_flows.recording.roll_call import Roll, refuse_finished
from sop_flows.staffing.responsibility import name_of
from storage.queries import rolls as queries
from storage.queries.rolls import RollRow
from storage.queries.weights import find_weight
from storage.tables import EntryState, FlagKind, Officer, TaskEntry, TaskState, Weight
from storage.types import bound

TICK = "tick"  # key of the record of a step that asks for nothing but its being done
REASON = "reason"  # key of the record that says why there is none


def record_weight(
    work: Work,
    roll: Roll,
    weights_g: Mapping[int, int],
    *,
    correct: bool = False,
    done_on: date | None = None,
    done_by: Officer | None = None,
) -> Done:
    """Weights in grams by child id. Plausibility is the caller's to ask back (`weights.doubt_about`).

    Args:
        roll: from `lock_roll`.
        correct: replace a weight that is there; also on a roll that is done.
        done_on: local date of the weighing; the roll's own when None.
        done_by: the colleague who weighed, when the officer enters it for somebody else.

    Raises:
        AlreadyDoneError: a colleague was first (unless `correct`), or the roll is closed.
        NotFoundError: the child is not on the roll. FutureWorkError: `done_on` is out of range.
    """
    rows = _writable(work.session, roll, weights_g, correct)
    on = _work_date(roll, done_on)
    replaced = False
    for row in rows:
        old = find_weight(work.session, roll.task_id, row.child_id) if row.state == EntryState.DONE else None
        replaced = replaced or old is not None
        work.session.add(
            Weight(
                task_id=roll.task_id,
                child_id=row.child_id,
                weight_g=weights_g[row.child_id],
                weighed_on=on if old is None else old.weighed_on,
                recorded_at=work.now,
                officer_id=(done_by or work.officer).id or 0,
                recorded_by_id=work.officer.id or 0,
                update_id=work.update_id,
                replaces_id=None if old is None else old.id,
            )
        )
    return close_entries(work, roll, rows, EntryState.DONE, on, replaced=replaced)


def record_entry(
    work: Work,
    roll: Roll,
    values: Mapping[int, Values],
    *,
    flagged: bool | None = None,
    correct: bool = False,
    done_on: date | None = None,
    done_by: Officer | None = None,
) -> Done:
    """Answers of the step's form by child id; an empty mapping of answers is a tick.

    Args:
        flagged: the form's flag for these children (SOP 9.2.09 step 4); None leaves it as it is.
        Others and errors as `record_weight`.
    """
    rows = _writable(work.session, roll, values, correct)
    on = _work_date(roll, done_on)
    if roll.step.record is not None and roll.step.record.effect is not None:
        return effects.record(work, roll, rows, values, on, done_by)
    key = TICK if roll.step.record is None else FORM
    replaced = False
    for row in rows:
        old = (
            queries.find_record(work.session, roll.task_id, row.child_id, key)
            if row.state == EntryState.DONE
            else None
        )
        replaced = replaced or old is not None
        add_record(work, roll, row, key, values[row.child_id], done_by, on, old)
    if flagged is not None and roll.step.record is not None and roll.step.record.flag is not None:
        for child in queries.list_children(work.session, [row.child_id for row in rows]):
            set_flag(work, work.officer, child, FlagKind.ASSESSMENT, flagged)
    return close_entries(work, roll, rows, EntryState.DONE, on, replaced=replaced)


def record_height(work: Work, roll: Roll, child_id: int, height_cm: float) -> None:
    """The height that was typed beside a weight; an earlier one of this weigh-in is replaced."""
    height = None if roll.step.record is None else roll.step.record.height
    if height is not None:
        row = roll.row_of(child_id)
        old = queries.find_record(work.session, roll.task_id, child_id, FORM)
        value = int(height_cm) if height_cm == int(height_cm) else height_cm
        add_record(work, roll, row, FORM, {height.key: value}, None, roll.work_on, old)


def fill(work: Work, roll: Roll, values: Mapping[int, Values], *, done_on: date | None = None) -> Done:
    """Record many children at once ("Sisanya: sehat", "Semua anak sudah", accepted proposals).

    Children who got a record or a reason meanwhile keep it; who was put off today is left out.
    """
    still_open = {row.child_id for row in roll.askable}
    wanted = {child_id: answers for child_id, answers in values.items() if child_id in still_open}
    return record_entry(work, roll, wanted, done_on=done_on)


def excuse(work: Work, roll: Roll, child_id: int, reason: str, *, done_on: date | None = None) -> Done:
    """Lewati, Tidak hadir: the child has a reason instead of a record. May be recorded later all the same.

    Raises NeedsReasonError without words, and as `record_weight`.
    """
    if not reason.strip():
        raise NeedsReasonError
    on = _work_date(roll, done_on)
    rows = _writable(work.session, roll, (child_id,), correct=False)
    for row in rows:
        data: Values = {"reason": reason.strip()}
        add_record(work, roll, row, REASON, data, None, on, None)
    return close_entries(work, roll, rows, EntryState.EXCUSED, on, reason=reason.strip())


def put_off(work: Work, roll: Roll, child_id: int, reason: str) -> Done:
    """Ditunda: the child is asked for again tomorrow and is not late (ill, not here today).

    A due date that is further away stays. Raises NeedsReasonError without words, and as `record_weight`.
    """
    if not reason.strip():
        raise NeedsReasonError
    row = _writable(work.session, roll, (child_id,), correct=False)[0]
    data: Values = {"reason": reason.strip(), "put_off": True}
    add_record(work, roll, row, REASON, data, None, roll.today, None)
    due_at = max(row.due_at, entries.put_off_until(work.institution, work.now))
    work.session.exec(
        update(TaskEntry)
        .where(col(TaskEntry.id) == row.entry_id)
        .values(due_at=due_at, put_off_at=work.now, put_off_reason=bound(reason.strip(), row.entry_id))
    )
    work.session.flush()
    entries.refresh_due(work.session, roll.task)
    work.touch(roll.task)
    changed = roll.with_rows([replace(row, due_at=due_at, put_off_at=work.now)])
    return Done(replace(changed, put_off_today=roll.put_off_today | {child_id}))


def entry_values(s: Session, roll: Roll, child_id: int) -> Values:
    """What the form recorded about the child; empty without a record."""
    found = queries.find_record(s, roll.task_id, child_id, FORM)
    return {} if found is None else dict(found.data)


def _writable(
    s: Session, roll: Roll, child_ids: Collection[int] | Mapping[int, object], correct: bool
) -> list[RollRow]:
    rows = [roll.row_of(child_id) for child_id in child_ids]
    if not correct or any(row.state == EntryState.OPEN for row in rows):
        refuse_finished(s, roll)
    if roll.task.state == TaskState.SKIPPED:
        refuse_finished(s, roll)
    for row in rows:
        if row.state == EntryState.DONE and not correct:
            raise AlreadyDoneError(row.state, name_of(s, row.closed_by_id), row.closed_at)
    return rows


def may_be_done_on(roll: Roll, on: date) -> bool:
    """Whether work of that local date can be entered: not in the future, at most BACKDATE_DAYS ago."""
    return roll.today - timedelta(days=BACKDATE_DAYS) <= on <= roll.today


def _work_date(roll: Roll, done_on: date | None) -> date:
    on = done_on or roll.work_on
    if not may_be_done_on(roll, on):
        raise FutureWorkError(on, roll.today - timedelta(days=BACKDATE_DAYS), roll.today)
    return on
