"""Requirements of a step that Pandu can check by what it knows (SOP 9.2.01 steps 2 and 3, 9.2.02 step 3).

They are facts on the card, never a lock: a step is done by its officer, who is asked once when a fact is against it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlmodel import Session, col, select

from sop_flows.core.spelling import fold
from sop_flows.declarations.requirement import Requirement
from sop_flows.declarations.step import Step
from sop_flows.recording.forms import records
from storage.queries import cohorts
from storage.tables import Cohort, School, Task

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


def _fact(s: Session, task: Task, step: Step, requirement: Requirement) -> Fact:
    if requirement.check == "form":
        # Answered by the opening of a case, or by a "Selesai" that was undone: it is offered again, and counts.
        return Fact(requirement, records.is_filled(step, records.former_values(s, task)))
    if requirement.check is None or task.cohort_id is None:
        return Fact(requirement)
    schools = select(School.name).where(School.cohort_id == task.cohort_id, col(School.withdrew_on).is_(None))
    present = s.exec(schools.order_by(col(School.id))).all()
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


def _former_schools(s: Session, cohort_id: int) -> tuple[tuple[str, str], ...]:
    """Schools of angkatan that arrived before this one, each with the angkatan's name; the earliest arrival first.

    A school that withdrew was not served.
    """
    this = s.get_one(Cohort, cohort_id)
    rows = s.exec(
        select(School.name, Cohort.name)
        .join(Cohort, col(Cohort.id) == col(School.cohort_id))
        .where(
            School.cohort_id != cohort_id,
            Cohort.arrival_on < this.arrival_on,
            col(School.withdrew_on).is_(None),
        )
        .order_by(col(Cohort.arrival_on), col(School.id))
    )
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
