"""Answers that do more than being kept: who did not come leaves the angkatan (SOP 9.2.05 step 1), who is a reserve or
not accepted is no member of it (SOP 9.2.03 step 2).

What such an answer changes stands in the journal of one confirmation, that of the tap: undone, all of it comes back.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlmodel import col, select

from sop_flows.actions.cohorts.joining import belong_again, withdraw_child
from sop_flows.actions.confirm import close_part, say
from sop_flows.actions.rolls.roll_closing import Done, add_record
from sop_flows.core.notices import RollCalled
from sop_flows.core.states import change, move, parts_of
from sop_flows.core.work import Work
from sop_flows.declarations.form import Effect, Form
from sop_flows.recording import entries
from sop_flows.recording.forms.answers import Values
from sop_flows.recording.records import FORM
from sop_flows.recording.roll_call import Roll
from sop_flows.staffing.responsibility import accountable_for
from storage.queries import rolls as queries
from storage.queries.rolls import RollRow
from storage.tables import (
    NOT_MEMBERS,
    Child,
    Confirmation,
    ConfirmationKind,
    EntryState,
    LeaveReason,
    Membership,
    Officer,
    TaskState,
)

# What each choice makes of the membership, in the order of the choices; None: the child belongs.
MEANS: dict[Effect, tuple[LeaveReason | None, ...]] = {
    "roll_call": (None, LeaveReason.CANCELLED),
    "selection": (None, *NOT_MEMBERS),
}


def record(
    work: Work,
    roll: Roll,
    rows: list[RollRow],
    values: Mapping[int, Values],
    on: date,
    done_by: Officer | None = None,
) -> Done:
    """Keep the answers and do what they mean; with the last child the roll is done.

    Args:
        roll: from `lock_roll`. rows: those to be answered, which may be.
        on: local date of the work.
    """
    fresh = [row for row in rows if row.state != EntryState.DONE]
    answered = {row.child_id for row in rows}
    is_last = bool(fresh) and not roll.others_open
    is_last &= all(row.child_id in answered for row in roll.open_rows)
    doer = done_by or work.officer
    part = parts_of(work.session, roll.task)[0]
    outcome = None
    if is_last and roll.task.state == TaskState.OPEN:
        outcome = close_part(work, roll.task, part, doer, work.officer, on, None)
        said = outcome.confirmation
    else:
        said = say(
            work, roll.task, ConfirmationKind.PART_DONE, doer, work.officer, role=part.role, done_on=on
        )
    found = {one.child_id: one for one in queries.list_entries(work.session, roll.task_id, answered)}
    for row in rows:
        former = queries.find_record(work.session, roll.task_id, row.child_id, FORM)
        add_record(work, roll, row, FORM, values[row.child_id], done_by, on, former)
        if row in fresh:
            closed = {"closed_at": work.now, "closed_by_id": work.officer.id}
            move(work.because(said), found[row.child_id], EntryState.DONE, **closed)
    work.session.flush()
    assert roll.step.record is not None
    for row in rows:
        _do(work, said, roll.step.record, row.child_id, values[row.child_id])
    changed = roll.with_rows(
        replace(row, state=EntryState.DONE, closed_at=work.now, closed_by_id=work.officer.id) for row in rows
    )
    if outcome is not None and roll.step.record.effect == "roll_call":
        _tell_count(work, changed)
    if outcome is None and roll.task.state == TaskState.OPEN:
        entries.refresh_due(work.session, roll.task)
        work.touch(roll.task)
    return Done(changed, outcome, len(fresh) < len(rows))


def _do(work: Work, said: Confirmation, form: Form, child_id: int, values: Values) -> None:
    assert form.effect is not None
    field, means = form.fields[0], MEANS[form.effect]
    value = values.get(field.key)
    wanted = means[field.choices.index(str(value))] if value in field.choices else None
    latest = select(Membership).where(Membership.child_id == child_id).order_by(col(Membership.id).desc())
    membership = work.session.exec(latest).first()
    if membership is None or membership.reason == wanted or membership.reason not in means:
        return  # who left for another reason stays away
    caused = work.because(said)
    child = work.session.get_one(Child, child_id)
    if wanted is None:  # it was said otherwise before
        belong_again(caused, child, membership)
        return
    if membership.until_on is None:
        # Its places on rolls first: an undo goes back, and gives them to a child that belongs.
        withdraw_child(caused, child)
    until_on = membership.until_on or work.today
    change(
        caused,
        membership,
        from_on=min(membership.from_on, until_on),  # before the arrival: it never came
        until_on=until_on,
        reason=wanted,
        ended_by_id=work.officer.id,
    )
    work.session.flush()


def _tell_count(work: Work, roll: Roll) -> None:
    """Tell the heads of the sections how many came, and the numbers of those who did not."""
    form = roll.step.record
    assert form is not None
    field = form.fields[0]
    records = queries.list_records(work.session, roll.task_id, FORM)
    absent = {one.child_id for one in records if one.data.get(field.key) == field.choices[1]}
    numbers = tuple(row.number for row in roll.rows if row.child_id in absent)
    called = RollCalled(
        officer=work.officer.id or 0,
        cohort=roll.task.cohort_id or 0,
        present=len(roll.rows) - len(numbers),
        total=len(roll.rows),
        numbers=numbers,
    )
    sections = [code for code, role in work.unit.roles.items() if role.head == code]
    heads = {one.id for code in sections for one in accountable_for(work, code, roll.task.cohort_id or 0)}
    for head_id in heads - {work.officer.id}:
        work.notify(head_id or 0, called)
