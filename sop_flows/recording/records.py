"""What the form of a step recorded, and the requirements of a step that Pandu can check by what it knows."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.spelling import fold
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, case_of, declared
from sop_flows.declarations.form import Field, Form
from sop_flows.declarations.requirement import Requirement
from sop_flows.declarations.sop import Step
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotPermittedError, TooOldError
from sop_flows.recording.forms.answers import is_complete, unanswered
from sop_flows.recording.origins import origins_of
from sop_flows.staffing.children import sees_child
from sop_flows.staffing.responsibility import acting_roles, knows, lock_task, name_of, own_parts
from sop_flows.staffing.roster import heads_of, roles_of
from storage.queries import cohorts
from storage.queries import step_records as queries
from storage.tables import Case, Cohort, Officer, Record, School, Task, TaskState, Weight

# --- rows of the form -------------------------------------------------------------------------------------------


FORM = "form"  # key of the record a form makes
LOG = "log"  # of the record that is a dated note


def form_of(task: Task, step: Step) -> Form | None:
    """The form of this task itself; None at a roll, a decision, and where nothing is recorded.

    A monthly note is asked every month on the monthly card, not when the service ends (SOP 9.1.29 step 4).
    """
    if step.per is not None or step.decision is not None:
        return None
    if step.running and step.every is not None and not task.occurrence:
        return None
    return None if step.record is None or step.record.ask == "log" else step.record


def asked_first(task: Task, step: Step) -> bool:
    """Whether "Selesai" asks the form of this task; what is recorded afterwards is not in its way."""
    form = form_of(task, step)
    return form is not None and not form.is_after


def needs_form(s: Session, task: Task, step: Step) -> bool:
    """Whether the next "Selesai" has to bring the form: of a joint step, the first part's."""
    return asked_first(task, step) and all(part.state != TaskState.DONE for part in parts_of(s, task))


def still_asked(s: Session, task: Task) -> tuple[Field, ...]:
    """What is recorded afterwards of a task and is not yet: the questions nobody has answered or left out; of a step by
    school or Kab/Kota those of any of them."""
    step = declared(s, task)[1]
    if task.state != TaskState.DONE:
        return ()
    if step.record is not None and step.is_by_origin:
        said = [{} if one.record is None else one.record.data for one in origins_of(s, task, step)]
        return tuple(
            field
            for field in step.record.fields
            if field.optional and any(field.key not in values for values in said)
        )
    form = form_of(task, step)
    if form is None or not form.is_after:
        return ()
    return unanswered(form, former_values(s, task))


def note_incomplete(work: Work, task: Task) -> None:
    """Keep whether a task that is done still lacks what is recorded afterwards, and since when."""
    missing = still_asked(work.session, task)
    task.incomplete_at = (task.incomplete_at or work.now) if missing else None


def is_filled(step: Step, values: Mapping[str, object]) -> bool:
    """Whether every question of the step's form has an answer."""
    return step.record is not None and is_complete(step.record, values)


def write(
    work: Work, task: Task, values: Mapping[str, object], doer: Officer, recorder: Officer, on: date
) -> Record:
    """Add the record. What an undone "Selesai" left is evidence, and is replaced by name."""
    former = queries.find_standing(work.session, task.id or 0, FORM)
    row = Record(
        task_id=task.id or 0,
        child_id=task.child_id,
        key=FORM,
        data=dict(values),
        done_on=on,
        recorded_at=work.now,
        officer_id=doer.id or 0,
        recorded_by_id=recorder.id or 0,
        update_id=work.update_id,
        replaces_id=None if former is None else former.id,
    )
    work.session.add(row)
    work.session.flush()
    case = case_of(work.session, task)
    if case is not None:
        _of_the_case(work, task, case, values)
    return row


def _of_the_case(work: Work, task: Task, case: Case, values: Mapping[str, object]) -> None:
    """What a form says of the case itself changes the case (SOP 9.1.20 step 1)."""
    form = declared(work.session, task)[1].record
    for field in form.fields if form is not None else ():
        said = values.get(field.key)
        if field.proposal == "case_categories" and isinstance(said, list) and said != case.categories:
            case.categories = [str(one) for one in said]
        if field.proposal == "case_age" and field.kind == "number" and isinstance(said, int):
            case.age_years, case.age_is_about = said, False
    work.session.flush()


def refuse_too_old(work: Work, step: Step, values: Mapping[str, object]) -> None:
    """Raises TooOldError when the form says that the child is no child any more (SOP 9.1.20 step 1)."""
    rules = work.unit.case
    for field in step.record.fields if step.record is not None else ():
        if rules is not None and field.proposal == "case_age" and values.get(field.key) is False:
            raise TooOldError(rules.max_age)


def note(
    work: Work,
    task_id: int,
    key: str,
    data: Mapping[str, object],
    on: date | None = None,
    replaces: Record | None = None,
) -> Record:
    """Add a record of another kind than a form's, by the officer who acts; `on` today."""
    row = Record(
        task_id=task_id,
        key=key,
        data=dict(data),
        done_on=on or work.today,
        recorded_at=work.now,
        officer_id=work.officer.id or 0,
        recorded_by_id=work.officer.id or 0,
        update_id=work.update_id,
        replaces_id=None if replaces is None else replaces.id,
    )
    work.session.add(row)
    work.session.flush()
    return row


def correct(work: Work, task_id: int, values: Mapping[str, object], corrects: int) -> Record:
    """Koreksi: a further row that names the one it replaces; the confirmation stays as it is.

    What is recorded after a step is done is added so, too, and may be a part of it.

    Args:
        corrects: the id of the record that the officer looked at; 0: there was none yet.

    Raises:
        NotFoundError: nothing is recorded, or an answer is missing. NotYoursError.
        AlreadyDoneError: a colleague wrote it meanwhile: who and when.
        NotPermittedError: of a case, and the officer may not read it any more.
    """
    task = lock_task(work.session, task_id)
    _sop, step = declared(work.session, task)
    own_parts(work, work.officer, task)
    refuse_too_old(work, step, values)
    standing = recorded(work.session, task)
    if standing is None and not may_add(work, task):
        raise NotFoundError
    if not is_filled(step, values):
        raise NotFoundError
    if standing is not None and not may_read(work, work.officer, task, standing):
        raise NotPermittedError("case")
    if standing is not None and standing.id != corrects:
        raise AlreadyDoneError(
            "corrected", name_of(work.session, standing.recorded_by_id), standing.recorded_at
        )
    doer, on = _whose(work, task, standing)
    record = write(work, task, values, doer, work.officer, on)
    note_incomplete(work, task)
    return record


def may_add(work: Work, task: Task) -> bool:
    """Whether the officer may add what is recorded afterwards: of a case whoever did the step, or knows the child."""
    if task.incomplete_at is None:
        return False
    case = case_of(work.session, task)
    return case is None or knows(work, work.officer, case) or work.officer.id in _doers(work.session, task)


def _doers(s: Session, task: Task) -> tuple[int, ...]:
    return tuple(part.done_by_id for part in parts_of(s, task) if part.done_by_id is not None)


def _whose(work: Work, task: Task, standing: Record | None) -> tuple[Officer, date]:
    """Who did the step and on which day, as its record says, or its confirmation."""
    if standing is not None:
        return work.session.get_one(Officer, standing.officer_id), standing.done_on
    doers = _doers(work.session, task)
    doer = work.session.get_one(Officer, doers[0]) if doers else work.officer
    return doer, task.done_on or work.today


def may_read(work: Work, officer: Officer, task: Task, record: Record | Weight) -> bool:
    """Whether the officer may read it; see `may_read_of`. A guru reads of a child of another school nothing."""
    return sees_child(work, officer, record.child_id) and may_read_of(
        work, officer, task, (record.officer_id, record.recorded_by_id)
    )


def may_read_of(work: Work, officer: Officer, task: Task, wrote: Collection[int]) -> bool:
    """Whether the officer may read what these officers recorded or attached: the sections of the step and their heads.

    Of a case only who knows the child, who wrote it, and the executors while the step is open.
    """
    case = case_of(work.session, task)
    mine = bool(acting_roles(work, officer, task))
    if case is not None:
        return officer.id in wrote or knows(work, officer, case) or (mine and task.state == TaskState.OPEN)
    step = declared(work.session, task)[1]
    return mine or bool(heads_of(work, officer.id or 0) & set(step.executors))


def readable(work: Work, officer: Officer, task: Task, record: Record | Weight) -> frozenset[str] | None:
    """Which answers about a child the officer may read; None: all. As `may_read`, and besides the roles that the form
    names, those whose steps speak of it (`sees`), and of single answers more: facts of the house everybody."""
    if not sees_child(work, officer, record.child_id):
        return frozenset()
    if may_read(work, officer, task, record) or may_read_all(work, officer, task):
        return None
    form = declared(work.session, task)[1].record
    if task.case_id is not None or form is None:
        return frozenset()
    own = roles_of(work, officer.id or 0, task.cohort_id) | heads_of(work, officer.id or 0)
    house = work.unit.house_facts if own else ()
    return frozenset(
        field.key for field in form.fields if field.key in house or not own.isdisjoint(field.read_by)
    )


def may_read_all(work: Work, officer: Officer, task: Task) -> bool:
    """Whether the officer may read what the step recorded of the children of an angkatan: its sections and their heads,
    the roles that the form names, those whose steps speak of it."""
    if task.case_id is not None:
        return False
    form = declared(work.session, task)[1].record
    own = roles_of(work, officer.id or 0, task.cohort_id) | heads_of(work, officer.id or 0)
    named = (*(() if form is None else form.read_by), *_speaking_of(work, task.sop))
    return not own.isdisjoint(named) or may_read_of(work, officer, task, ())


def _speaking_of(work: Work, number: str) -> frozenset[str]:
    """The executors of the steps that need to know what this SOP says of a child."""
    return frozenset(
        role
        for sop in work.pack.sops.values()
        for step in sop.asked_steps
        if number in step.sees
        for role in step.executors
    )


def recorded(s: Session, task: Task) -> Record | None:
    """What stands recorded about the step; None before it (or its first part) was done, and after an undo."""
    if form_of(task, declared(s, task)[1]) is None:
        return None
    if task.state != TaskState.DONE and all(part.state != TaskState.DONE for part in parts_of(s, task)):
        return None
    return queries.find_standing(s, task.id or 0, FORM)


def former_values(s: Session, task: Task) -> dict[str, object]:
    """The answers of an undone "Selesai": they are offered again. Empty without one."""
    row = queries.find_standing(s, task.id or 0, FORM)
    return {} if row is None else dict(row.data)


# --- requirements that Pandu can check --------------------------------------------------------------------------
# They are facts on the card, never a lock: a step is done by its officer, who is asked once when a fact is against it.


LIKE = 0.88  # likeness of two folded names from which one may be a spelling of the other
_SCHOOL_WORDS = (
    ("sekolahdasar", "sd"),
    ("madrasahibtidaiyah", "mi"),
    ("sdnegeri", "sdn"),
    ("minegeri", "min"),
)


@dataclass(frozen=True)
class Served:
    """A school that was served before: its name now and then, and the angkatan. `surely`: the same letters and digits."""

    school: str
    former: str
    cohort: str
    surely: bool


@dataclass(frozen=True)
class Fact:
    """One requirement with what is known about it.

    Attributes:
        met: None when only a person can say.
        count: how many there are, where a number is asked for.
        served: schools that were served before, or whose name is much like one that was.
    """

    requirement: Requirement
    met: bool | None = None
    count: int | None = None
    served: tuple[Served, ...] = ()


def facts_of(s: Session, task: Task, step: Step) -> tuple[Fact, ...]:
    """The requirements of a step, in their order, each with what is known about it now."""
    return tuple(_fact(s, task, step, requirement) for requirement in step.requires)


def unmet(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Those that the data speak against. A form that is asked with "Selesai" is none of them."""
    return tuple(fact for fact in facts if fact.met is False and fact.requirement.check != "form")


_PRESENT_SCHOOLS = (
    select(School.name)
    .where(School.cohort_id == bindparam("cohort"), col(School.withdrew_on).is_(None))
    .order_by(col(School.id))
)


def _fact(s: Session, task: Task, step: Step, requirement: Requirement) -> Fact:
    if requirement.check == "form":
        # Answered by the opening of a case, or by a "Selesai" that was undone: it is offered again, and counts.
        return Fact(requirement, is_filled(step, former_values(s, task)))
    if requirement.check is None or task.cohort_id is None:
        return Fact(requirement)
    present = s.exec(_PRESENT_SCHOOLS, params={"cohort": task.cohort_id}).all()
    if requirement.check == "schools_at_least":
        return Fact(requirement, len(present) >= (requirement.count or 1), len(present))
    if requirement.check == "schools_never_served":
        served = _served_before(s, task.cohort_id, present)
        met = False if any(one.surely for one in served) else None if served or not present else True
        return Fact(requirement, met, len(present), served)
    # Every child on the roster has a school and a sex; what is missing is a roster.
    children = cohorts.count_children(s, task.cohort_id).present
    return Fact(requirement, children > 0, children)


def _served_before(s: Session, cohort_id: int, names: Sequence[str]) -> tuple[Served, ...]:
    former = _former_schools(s, cohort_id)
    if not former:
        return ()
    found = []
    for name in names:
        key = school_key(name)
        exact = [(old, cohort) for old, cohort in former if school_key(old) == key]
        near = exact or [(old, cohort) for old, cohort in former if _is_like(key, school_key(old))]
        # The latest angkatan says most.
        if near:
            old, cohort = near[-1]
            found.append(Served(name, old, cohort, fold(old) == fold(name)))
    return tuple(found)


_FORMER_SCHOOLS = (
    select(School.name, Cohort.name)
    .join(Cohort, col(Cohort.id) == col(School.cohort_id))
    .where(
        School.cohort_id != bindparam("cohort"),
        Cohort.arrival_on < bindparam("arrival"),
        col(School.withdrew_on).is_(None),
    )
    .order_by(col(Cohort.arrival_on), col(School.id))
)


def _former_schools(s: Session, cohort_id: int) -> tuple[tuple[str, str], ...]:
    """Schools of angkatan that arrived before this one, each with the angkatan's name; the earliest arrival first.

    A school that withdrew was not served.
    """
    this = s.get_one(Cohort, cohort_id)
    rows = s.exec(_FORMER_SCHOOLS, params={"cohort": cohort_id, "arrival": this.arrival_on})
    return tuple((school, cohort) for school, cohort in rows)


def school_key(name: str) -> str:
    """A school's name as it is compared: without case, spaces and dots, "SD Negeri" and "SDN" being one."""
    key = fold(name)
    for long, short in _SCHOOL_WORDS:
        key = key.replace(long, short)
    return re.sub(r"(?<=\D)0+(?=\d)", "", key)


def _is_like(one: str, other: str) -> bool:
    """Whether one may be a misspelling of the other; the numbers of schools are never misspelt into each other."""
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return SequenceMatcher(None, one, other).ratio() >= LIKE
