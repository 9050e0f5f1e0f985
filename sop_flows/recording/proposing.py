"""Proposals for the children of a roll, from the declared form and what is recorded already."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from sop_flows.core.work import Work
from sop_flows.declarations.form import Form
from sop_flows.recording.forms.answers import Values
from sop_flows.recording.proposals import ROSTER_COLUMNS, Place, in_dormitories, in_groups, in_sequence
from sop_flows.recording.records import FORM
from sop_flows.recording.roll_call import Roll
from storage.queries import rolls as queries
from storage.queries.rolls import RollRow


def propose(work: Work, roll: Roll) -> dict[int, Values]:
    """Complete answers by child id, for every child still to be asked for whom there is one."""
    form = roll.step.record
    if form is None or not any(field.proposal for field in form.fields):
        return {}
    kinds = {field.proposal for field in form.fields}
    if "parents" in kinds:
        return _parents(work.session, form, roll.askable)
    if "earlier" in kinds:
        return _earlier(work, roll, form)
    if len(form.fields) != 1:
        return {}
    field = form.fields[0]
    places = [_place(row) for row in roll.askable]
    given = {
        record.child_id or 0: record.data.get(field.key)
        for record in queries.list_records(work.session, roll.task_id, FORM)
    }
    answers: dict[int, Any] = {}
    if field.proposal == "sequence":
        taken = queries.list_values(work.session, roll.task.sop, roll.task.step, FORM, field.key)
        answers = dict(in_sequence(places, [value for value in taken if isinstance(value, int)]))
    elif field.proposal == "groups":
        placed = {child_id: str(value) for child_id, value in given.items()}
        answers = dict(in_groups(places, placed, len(roll.rows)))
    elif field.proposal == "dormitory":
        answers = dict(in_dormitories(places, work.unit.dormitories, [str(v) for v in given.values()]))
    elif field.proposal == "as_group":
        groups = _groups(work, roll)
        of_group = {groups[child_id]: value for child_id, value in given.items() if child_id in groups}
        answers = {
            child.child_id: of_group[groups[child.child_id]]
            for child in places
            if groups.get(child.child_id) in of_group
        }
    return {child_id: {field.key: value} for child_id, value in answers.items()}


def propose_one(work: Work, roll: Roll, row: RollRow) -> Values:
    """The proposal for one child; empty without one."""
    form = roll.step.record
    if form is None or not any(field.proposal for field in form.fields):
        return {}
    if any(field.proposal == "parents" for field in form.fields):
        return _parents(work.session, form, [row]).get(row.child_id, {})
    return propose(work, roll).get(row.child_id, {})


def _place(row: RollRow) -> Place:
    return Place(row.child_id, row.number, row.sex, row.school)


def _parents(s: Session, form: Form, rows: Sequence[RollRow]) -> dict[int, Values]:
    """What the roster says about the parents; only where every field that must be answered is known."""
    answers: dict[int, Values] = {}
    for child in queries.list_children(s, [row.child_id for row in rows]):
        values: Values = {
            field.key: getattr(child, ROSTER_COLUMNS[field.key], None) or None
            for field in form.fields
            if field.key in ROSTER_COLUMNS
        }
        if all(values.get(field.key) or field.optional for field in form.fields):
            answers[child.id or 0] = values
    return answers


def _earlier(work: Work, roll: Roll, form: Form) -> dict[int, Values]:
    """What the last step before this one says of each child, under the same keys."""
    wanted = {field.key for field in form.fields if field.proposal == "earlier"}
    found: dict[int, Values] = {}
    for step in roll.sop.asked_steps:
        keys = set() if step.record is None or step.per is None else {one.key for one in step.record.fields}
        if step.step >= roll.step.step or not keys & wanted:
            continue
        cohort_id = roll.task.cohort_id or 0
        for record in queries.list_records_of_step(work.session, cohort_id, roll.sop.number, step.step, FORM):
            found[record.child_id or 0] = {field.key: record.data.get(field.key) for field in form.fields}
    return {row.child_id: found[row.child_id] for row in roll.askable if row.child_id in found}


def _groups(work: Work, roll: Roll) -> dict[int, str]:
    """The group of each child, as the step that deals them out has it."""
    groups: dict[int, str] = {}
    for sop in work.pack.sops.values():
        for step in sop.asked_steps:
            for field in step.record.fields if step.record is not None else ():
                if field.proposal == "groups":
                    cohort_id = roll.task.cohort_id or 0
                    found = queries.list_records_of_step(work.session, cohort_id, sop.number, step.step, FORM)
                    groups |= {one.child_id or 0: str(one.data.get(field.key)) for one in found}
    return groups
