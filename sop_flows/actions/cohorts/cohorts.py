"""Opening an angkatan: its name and dates, its schools, its children; children who are added later."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from sop_flows.actions import runs
from sop_flows.actions.cohorts.before_pandu import ask_sections
from sop_flows.actions.cohorts.joining import join_children
from sop_flows.actions.cohorts.roster import RosterRow, one_spelling
from sop_flows.actions.cohorts.roster_cells import text_of
from sop_flows.core.spelling import fold
from sop_flows.core.work import Institution, Work, is_past, schools_of
from sop_flows.errors import NotFoundError, NotPermittedError, RuleError
from sop_flows.staffing.responsibility import may_fill_roster
from sop_flows.staffing.roster import require_opener
from storage.queries import children, cohorts
from storage.tables import Child, Cohort, Membership, Officer, School, Task
from storage.types import every, keyring_of

NAME_MAX_CHARACTERS = 40  # of a cohort: it stands at the head of cards
SCHOOL_MAX_CHARACTERS = 80
STAY_MAX_DAYS = 120  # longer is a slip of the finger: a stay is 30 days
ARRIVAL_WITHIN_DAYS = 400  # before or after today; more is another year typed by mistake


class CohortNameTakenError(RuleError):
    """There is an angkatan of this name; `name` as it is written there."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class CohortNameOddError(RuleError):
    """Empty, or longer than NAME_MAX_CHARACTERS."""


class StayOddError(RuleError):
    """Departure must follow arrival, within STAY_MAX_DAYS, and arrival lie within a year of today."""

    def __init__(self, arrival_on: date, departure_on: date | None = None) -> None:
        super().__init__(f"{arrival_on}..{departure_on}")
        self.arrival_on = arrival_on
        self.departure_on = departure_on


@dataclass(frozen=True)
class Opened:
    """An angkatan that was just opened. `before` should have been done before Pandu was used; of what was past its time
    when Pandu was in use, the sections are asked."""

    cohort: Cohort
    children: int
    before: tuple[Task, ...]


def propose_departure(institution: Institution, arrival_on: date) -> date:
    """The last day: arrival and the unit's days of stay (30)."""
    return arrival_on + timedelta(days=institution.pack.unit.stay_days)


def check_name(s: Session, name: str) -> str:
    """The name as it is stored. Raises CohortNameOddError, CohortNameTakenError."""
    clean = text_of(name)
    if (
        not any(letter.isalnum() for letter in clean)
        or len(clean) > NAME_MAX_CHARACTERS
        or clean.startswith("/")
    ):
        raise CohortNameOddError
    taken = cohorts.find_named(s, clean)
    if taken is not None:
        raise CohortNameTakenError(taken.name)
    return clean


def check_arrival(arrival_on: date, today: date) -> None:
    """Raises StayOddError when it is another year typed by mistake."""
    if abs((arrival_on - today).days) > ARRIVAL_WITHIN_DAYS:
        raise StayOddError(arrival_on)


def check_stay(arrival_on: date, departure_on: date) -> None:
    """Raises StayOddError when the departure does not follow the arrival within STAY_MAX_DAYS."""
    if not 0 < (departure_on - arrival_on).days <= STAY_MAX_DAYS:
        raise StayOddError(arrival_on, departure_on)


def open_cohort(
    work: Work,
    name: str,
    arrival_on: date,
    departure_on: date,
    *,
    schools: Iterable[str] = (),
    rows: Sequence[RosterRow] = (),
) -> Opened:
    """Open an angkatan and start its SOPs by their declared rules. Nobody acts on the command line.

    Args:
        schools: names known beforehand; those of the roster are added.
        rows: the children; empty when the roster follows later.

    Raises:
        NotPermittedError: the officer opens no angkatan.
        CohortNameOddError, CohortNameTakenError, StayOddError.
    """
    if work.actor is not None:
        require_opener(work, work.actor)
    clean = check_name(work.session, name)
    check_arrival(arrival_on, work.today)
    check_stay(arrival_on, departure_on)
    cohort = Cohort(
        name=clean,
        arrival_on=arrival_on,
        departure_on=departure_on,
        opened_at=work.now,
        opened_by_id=work.actor_id,
    )
    work.session.add(cohort)
    work.session.flush()
    _add_schools(work.session, cohort, schools)
    added = _add_children(work.session, cohort, rows, arrival_on)
    before = runs.open_cohort_runs(work, cohort)
    ask_sections(work, cohort)
    return Opened(cohort, len(added), tuple(task for task in before if not is_past(work, task)))


def add_children(
    work: Work, officer: Officer, cohort_id: int, rows: Sequence[RosterRow]
) -> tuple[Child, ...]:
    """Children who come onto the roster later: they get the next numbers and join the open rolls.

    The first children of an angkatan opened without a roster belong from its arrival on, others from today.

    Raises NotPermittedError, NotFoundError.
    """
    if not may_fill_roster(work, officer, cohort_id):
        raise NotPermittedError("opens_cohorts")
    cohort = cohorts.lock(work.session, cohort_id)
    if cohort is None or cohort.closed_at is not None:
        raise NotFoundError
    is_first = cohorts.count_children(work.session, cohort_id).total == 0
    from_on = cohort.arrival_on if is_first else max(cohort.arrival_on, work.today)
    known = {school.id for school in schools_of(work.session, cohort_id)}
    added = _add_children(work.session, cohort, rows, from_on)
    for school in schools_of(work.session, cohort_id):
        if school.id not in known:
            runs.start_for_school(work, school)
    join_children(work, cohort_id, [child.id or 0 for child in added])
    return added


def known_before(
    s: Session, cohort_id: int, rows: Iterable[RosterRow]
) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Rows whose name is on the roster already: (row, numbers of the children so called). A question, no error."""
    known = children.list_keys(s, cohort_id)
    found = []
    for row in rows:
        numbers = [number for key in every(name_key(s, row.name)) for number in known.get(key, ())]
        if numbers:
            found.append((row.row, tuple(sorted(numbers))))
    return tuple(found)


def still_elsewhere(s: Session, cohort_id: int | None, rows: Iterable[RosterRow]) -> dict[str, list[int]]:
    """Rows of children who belong to another open angkatan by name and school: their numbers, by its name. A question,
    no error.

    Args:
        cohort_id: the angkatan they are for; None: one that is being opened.
    """
    elsewhere = {(key, fold(school)): name for key, school, name in children.list_elsewhere(s, cohort_id)}
    found: dict[str, list[int]] = {}
    for row in rows if elsewhere else ():
        keys = [(key, fold(row.school)) for key in every(name_key(s, row.name))]
        if name := next((elsewhere[key] for key in keys if key in elsewhere), None):
            found.setdefault(name, []).append(row.row)
    return found


def clean_schools(text: str, between: str = "\n;,") -> tuple[str, ...]:
    """Names of schools as typed: one a line, or parted by semicolons or commas (`between`); numbers before them fall away."""
    lines = [re.sub(r"^\s*(\d{1,2}[.)]|[-•*])\s+", "", line) for line in re.split(rf"[{between}]", text)]
    named = [text_of(line)[:SCHOOL_MAX_CHARACTERS] for line in lines]
    return tuple({fold(name): name for name in named if fold(name)}.values())


def day_of(cohort: Cohort, today: date) -> int:
    """Which day of the stay it is: the arrival is day 0; negative before."""
    return (today - cohort.arrival_on).days


def name_key(s: Session, name: str) -> str:
    """The keyed hash by which one name is found twice without decrypting any."""
    return keyring_of(s.get_bind().dialect).fingerprint(fold(name), "children.name")


def _add_schools(s: Session, cohort: Cohort, names: Iterable[str]) -> dict[str, School]:
    """The cohort's schools by folded name, with those of `names` that were not there."""
    assert cohort.id is not None
    found = {fold(one.school.name): one.school for one in cohorts.list_schools(s, cohort.id)}
    for name in names:
        if fold(name) not in found:
            found[fold(name)] = School(cohort_id=cohort.id, name=name, kabupaten=kabupaten_before(s, name))
            s.add(found[fold(name)])
    s.flush()
    return found


def kabupaten_before(s: Session, name: str) -> str | None:
    """From which Kab/Kota the school was said to be in the last angkatan with it; None when it never was."""
    return {fold(one): kabupaten for one, kabupaten in cohorts.list_kabupaten(s)}.get(fold(name))


def lacks_kabupaten(s: Session, cohort_id: int) -> tuple[School, ...]:
    """The schools of the angkatan of which nobody has said from which Kab/Kota they are."""
    return tuple(school for school in schools_of(s, cohort_id) if not school.kabupaten)


def set_kabupaten(work: Work, cohort_id: int, said: Mapping[int, str | None]) -> None:
    """Note from which Kab/Kota these schools of the angkatan are, by id; one spelling for what was named before.

    Raises NotPermittedError, NotFoundError (no such open angkatan, or a school of another one).
    """
    require_opener(work, work.officer)
    cohort = cohorts.lock(work.session, cohort_id)
    if cohort is None or cohort.closed_at is not None:
        raise NotFoundError
    spelling = {fold(kabupaten): kabupaten for _school, kabupaten in cohorts.list_kabupaten(work.session)}
    for school_id, name in said.items():
        school = work.session.get(School, school_id)
        if school is None or school.cohort_id != cohort_id:
            raise NotFoundError
        clean = text_of(name)[:SCHOOL_MAX_CHARACTERS] if name else ""
        school.kabupaten = spelling.setdefault(fold(clean), clean) if fold(clean) else None
    work.session.flush()


def _add_children(s: Session, cohort: Cohort, rows: Sequence[RosterRow], from_on: date) -> tuple[Child, ...]:
    assert cohort.id is not None
    schools = _add_schools(s, cohort, (row.school for row in one_spelling(rows)))
    first = cohorts.next_number(s, cohort.id)
    added = []
    for number, row in enumerate(rows, start=first):
        child = Child(
            cohort_id=cohort.id,
            school_id=schools[fold(row.school)].id or 0,
            number=number,
            sex=row.sex,
            name=row.name,
            name_key=name_key(s, row.name),
            born_on=None if row.born_on is None else row.born_on.isoformat(),
            parent_name=row.parent_name,
            phone=row.phone,
            address=row.address,
        )
        s.add(child)
        added.append(child)
    s.flush()
    s.add_all(Membership(child_id=child.id or 0, from_on=from_on) for child in added)
    s.flush()
    return tuple(added)
