"""A slip in what is written of a child, a school, an angkatan or an officer is put right: before, after, who, why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, select

from sop_flows.actions.cohorts.cohorts import (
    SCHOOL_MAX_CHARACTERS,
    check_name,
    name_key,
)
from sop_flows.actions.cohorts.joining import join_children, leave_rolls_of_school
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.actions.cohorts.roster_cells import (
    CELL_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    is_name,
    optional,
    phone_of,
    read_date,
    sex_of,
    text_of,
)
from sop_flows.actions.people.invitations import clean_name
from sop_flows.calendar.dates import age_on
from sop_flows.core.notices import ChildCorrected
from sop_flows.core.spelling import fold
from sop_flows.core.work import Work, schools_of
from sop_flows.errors import NeedsReasonError, NotFoundError, NotPermittedError, RuleError
from sop_flows.staffing.children import may_keep_children, sees_child, visible_child
from sop_flows.staffing.roster import holding_here, require_admin, require_opener
from storage.queries import children, cohorts
from storage.queries.children import ChildRow
from storage.tables import Child, Cohort, Correction, Officer, School
from storage.types import every


class Fact(StrEnum):
    """What of a child can be put right, by the name of its column."""

    NAME = "name"
    SEX = "sex"
    BORN = "born_on"
    SCHOOL = "school_id"
    PARENT = "parent_name"
    PHONE = "phone"
    ADDRESS = "address"


IN_PAPERS = frozenset({Fact.NAME, Fact.SEX, Fact.BORN, Fact.SCHOOL})  # on lists, letters and the roster


class Why(StrEnum):
    """Why a correction is not taken."""

    NAME_ODD = "name_odd"
    NAME_TAKEN = "name_taken"
    SEX_UNKNOWN = "sex_unknown"
    DATE_UNKNOWN = "date_unknown"
    AGE_OUTSIDE = "age_outside"
    SCHOOL_UNKNOWN = "school_unknown"
    PHONE_ODD = "phone_odd"
    TOO_LONG = "too_long"
    THE_SAME = "the_same"
    ANOTHER_CHILD = "another_child"


class CorrectionRefusedError(RuleError):
    """It is not taken, and `why`; `number` is of the child that it would make the same, `ages` what the pack allows."""

    def __init__(self, why: Why, number: int = 0, ages: tuple[int, int] = (0, 0)) -> None:
        super().__init__(why)
        self.why = why
        self.number = number
        self.ages = ages


# --- a child ----------------------------------------------------------------------------------------------------


def read_fact(work: Work, row: ChildRow, fact: Fact, typed: str) -> str | None:
    """What was typed as the value that is stored ("" and "-" of what may be empty: None), looked at as a correction.

    Raises CorrectionRefusedError.
    """
    text = text_of(typed)
    if len(text) > (NAME_MAX_CHARACTERS if fact == Fact.NAME else CELL_MAX_CHARACTERS):
        raise CorrectionRefusedError(Why.TOO_LONG)
    value = _value_of(work, row, fact, text)
    if value == value_of(row.child, fact):
        raise CorrectionRefusedError(Why.THE_SAME)
    _refuse_twin(work.session, row, fact, value)
    return value


def _value_of(work: Work, row: ChildRow, fact: Fact, text: str) -> str | None:
    match fact:
        case Fact.NAME:
            if not is_name(text):
                raise CorrectionRefusedError(Why.NAME_ODD)
            return text
        case Fact.SEX:
            sex = sex_of(text)
            if sex is None:
                raise CorrectionRefusedError(Why.SEX_UNKNOWN)
            return sex
        case Fact.BORN:
            return _born(work, text).isoformat()
        case Fact.SCHOOL:
            found = [
                one
                for one in schools_of(work.session, row.child.cohort_id)
                if fold(one.name) == fold(text) or text == f"#{one.id}"
            ]
            if not found:
                raise CorrectionRefusedError(Why.SCHOOL_UNKNOWN)
            return str(found[0].id)
        case Fact.PHONE:
            if optional(text) is None:
                return None
            phone = phone_of(text)
            if phone is None:
                raise CorrectionRefusedError(Why.PHONE_ODD)
            return phone
    return optional(text)


def _born(work: Work, text: str) -> date:
    on = read_date(text).on
    if on is None:
        raise CorrectionRefusedError(Why.DATE_UNKNOWN)
    ages = work.unit.ages
    if not (on < work.today and ages.youngest <= age_on(on, work.today) <= ages.oldest):
        raise CorrectionRefusedError(Why.AGE_OUTSIDE, ages=(ages.youngest, ages.oldest))
    return on


def value_of(child: Child, fact: Fact) -> str | None:
    """What is stored, as text."""
    found = getattr(child, fact.value)
    return None if found is None else str(found)


def _refuse_twin(s: Session, row: ChildRow, fact: Fact, value: str | None) -> None:
    """Two children of one name, school, sex and birth date would be the same child."""

    def of(child: Child, known: str | None, other: Fact) -> str | None:
        return known if fact == other else value_of(child, other)

    child = row.child
    if fact not in (Fact.NAME, Fact.SEX, Fact.BORN, Fact.SCHOOL):
        return
    name = of(child, value, Fact.NAME) or ""
    numbers = {number for key in every(name_key(s, name)) for number in _keys(s, child).get(key, ())}
    for number in sorted(numbers - {child.number}):
        other = s.exec(select(Child).where(Child.cohort_id == child.cohort_id, Child.number == number)).one()
        mine = [of(child, value, one) for one in (Fact.SEX, Fact.BORN, Fact.SCHOOL)]
        if mine == [value_of(other, one) for one in (Fact.SEX, Fact.BORN, Fact.SCHOOL)]:
            raise CorrectionRefusedError(Why.ANOTHER_CHILD, number)


def _keys(s: Session, child: Child) -> dict[str, list[int]]:
    return children.list_keys(s, child.cohort_id)


def correctable(work: Work, child_id: int) -> ChildRow:
    """The child, for an officer who may put right what is written of it: everyone of the house, not a guru alone.

    Raises NotFoundError, NotPermittedError.
    """
    row = visible_child(work, work.officer, child_id)
    if not may_keep_children(work, work.officer):
        raise NotPermittedError("house")
    return row


def correct_child(work: Work, child_id: int, fact: Fact, typed: str, reason: str) -> Correction:
    """Put one fact of a child right; what stood before stays as a row of its own.

    Raises NotFoundError, NotPermittedError, NeedsReasonError, CorrectionRefusedError.
    """
    row = correctable(work, child_id)
    cohorts.lock(work.session, row.child.cohort_id)
    value = read_fact(work, row, fact, typed)
    before = value_of(row.child, fact)
    said = note_correction(work, row.child, fact.value, before, value, reason)
    if fact == Fact.SCHOOL:
        leave_rolls_of_school(work, row.child)
        row.child.school_id = int(value or 0)
        work.session.flush()
        join_children(work, row.child.cohort_id, [child_id])
    else:
        setattr(row.child, fact.value, value)
    if fact == Fact.NAME:
        row.child.name_key = name_key(work.session, value or "")
    work.session.add(row.child)
    work.session.flush()
    if fact in IN_PAPERS:
        _tell_corrected(work, row.child, fact)
    return said


def _tell_corrected(work: Work, child: Child, fact: Fact) -> None:
    """Who keeps the roster and its papers, and the guru who sees the child, hear what was put right."""
    told = holding_here(work, "opens_cohorts", child.cohort_id)
    gurus = (
        one for one in holding_here(work, "of_one_cohort", child.cohort_id) if sees_child(work, one, child.id)
    )
    corrected = ChildCorrected(
        officer=work.officer.id or 0, cohort=child.cohort_id, number=child.number, fact=fact.value
    )
    for officer_id in {one.id or 0 for one in (*told, *gurus)} - {work.officer.id}:
        work.notify(officer_id, corrected)


# --- a school, an angkatan, an officer --------------------------------------------------------------------------


def rename_school(work: Work, school_id: int, typed: str, reason: str) -> Correction:
    """Put the name of a school right, for its angkatan.

    Raises NotPermittedError (the officer opens no angkatan), NotFoundError, NeedsReasonError, CorrectionRefusedError.
    """
    require_opener(work, work.officer)
    school = work.session.get(School, school_id)
    if school is None:
        raise NotFoundError
    name = text_of(typed)
    if not any(letter.isalnum() for letter in name) or len(name) > SCHOOL_MAX_CHARACTERS:
        raise CorrectionRefusedError(Why.NAME_ODD)
    if name == school.name:
        raise CorrectionRefusedError(Why.THE_SAME)
    others = select(School).where(School.cohort_id == school.cohort_id, School.id != school.id)
    if any(fold(one.name) == fold(name) for one in work.session.exec(others)):
        raise CorrectionRefusedError(Why.NAME_TAKEN)
    said = note_correction(work, school, "name", school.name, name, reason)
    school.name = name
    work.session.add(school)
    work.session.flush()
    return said


def rename_cohort(work: Work, cohort_id: int, typed: str, reason: str) -> Correction:
    """Put the name of an open angkatan right.

    Raises NotPermittedError, NotFoundError, NeedsReasonError, CorrectionRefusedError, CohortNameOddError,
    CohortNameTakenError.
    """
    require_opener(work, work.officer)
    cohort = cohorts.lock(work.session, cohort_id)
    if cohort is None or cohort.closed_at is not None:
        raise NotFoundError
    if text_of(typed) == cohort.name:
        raise CorrectionRefusedError(Why.THE_SAME)
    name = check_name(work.session, typed)
    said = note_correction(work, cohort, "name", cohort.name, name, reason)
    cohort.name = name
    work.session.add(cohort)
    work.session.flush()
    return said


def rename_officer(work: Work, officer_id: int, typed: str, reason: str) -> Correction:
    """Put the name of an officer right, by an admin.

    Raises NotPermittedError, NotFoundError, NeedsReasonError, CorrectionRefusedError, NameOddError.
    """
    require_admin(work.officer)
    officer = work.session.get(Officer, officer_id)
    if officer is None or officer.removed_at is not None:
        raise NotFoundError
    name = clean_name(typed)
    if name == officer.name:
        raise CorrectionRefusedError(Why.THE_SAME)
    said = note_correction(work, officer, "name", officer.name, name, reason)
    officer.name = name
    work.session.add(officer)
    work.session.flush()
    work.forget()
    return said


def note_correction(
    work: Work,
    row: Child | School | Cohort | Officer,
    fact: str,
    before: str | None,
    after: str | None,
    reason: str,
) -> Correction:
    """Keep what was put right, or changed, by whom and why. Raises NeedsReasonError."""
    if not reason.strip():
        raise NeedsReasonError
    said = Correction(
        of_table=str(row.__tablename__),
        row_id=row.id or 0,
        fact=fact,
        before=before,
        after=after,
        reason=reason.strip(),
        officer_id=work.officer.id or 0,
        corrected_at=work.now,
        update_id=work.update_id,
    )
    work.session.add(said)
    work.session.flush()
    return said


def list_corrections(s: Session, row: Child | School | Cohort | Officer) -> tuple[Correction, ...]:
    """What was put right, the newest first."""
    query = select(Correction).where(
        Correction.of_table == str(row.__tablename__), Correction.row_id == row.id
    )
    return tuple(s.exec(query.order_by(col(Correction.id).desc())))


# --- a roster that is sent again --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """What the list says of a child who is on the roster already, in place of what stands there."""

    child_id: int
    number: int
    fact: Fact
    before: str | None
    after: str


@dataclass(frozen=True)
class Again:
    """A list beside the roster: children who are new, who are there already, and what it says otherwise of them."""

    new: tuple[RosterRow, ...]
    known: tuple[int, ...]
    differences: tuple[Difference, ...]


def compare(work: Work, cohort_id: int, rows: Sequence[RosterRow]) -> Again:
    """Which rows are children of the roster (one name and one school), each of them once."""
    keys = children.list_keys(work.session, cohort_id)
    rows_by_number = (
        {row.child.number: row for row in children.list_children(work.session, [cohort_id])} if keys else {}
    )
    new: list[RosterRow] = []
    known: list[int] = []
    differences: list[Difference] = []
    for row in rows:
        numbers = sorted(
            number for key in every(name_key(work.session, row.name)) for number in keys.get(key, ())
        )
        found = next(
            (
                rows_by_number[number]
                for number in numbers
                if number not in known and fold(rows_by_number[number].school.name) == fold(row.school)
            ),
            None,
        )
        if found is None:
            new.append(row)
            continue
        known.append(found.child.number)
        differences += _differences(found.child, row)
    return Again(tuple(new), tuple(known), tuple(differences))


def _differences(child: Child, row: RosterRow) -> list[Difference]:
    """What the row says otherwise; what it leaves empty says nothing."""
    said = {
        Fact.SEX: row.sex,
        Fact.BORN: None if row.born_on is None else row.born_on.isoformat(),
        Fact.PARENT: row.parent_name,
        Fact.PHONE: row.phone,
        Fact.ADDRESS: row.address,
    }
    return [
        Difference(child.id or 0, child.number, fact, value_of(child, fact), value)
        for fact, value in said.items()
        if value is not None and value != value_of(child, fact)
    ]
