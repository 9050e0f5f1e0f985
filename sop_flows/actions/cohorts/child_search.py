"""Finding children by number, name, school, dormitory or group, however it was typed. Names are decrypted here, never
sorted by the database."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum

from sqlmodel import Session

from sop_flows.core.spelling import fold
from sop_flows.core.work import Work
from sop_flows.staffing.children import of_own_schools
from sop_flows.views.roll_list import places_of
from storage.queries.children import ChildRow, list_children
from storage.tables import NOT_MEMBERS, Cohort

CLOSE_ENOUGH = 0.75  # likeness of two words from which a slip of the finger is assumed
SHORTEST = 2  # letters; a single one would find half the house
PLACE_SHORTEST = 3  # letters and digits of a school, dormitory or group
PLACE_CLOSE_ENOUGH = 0.8  # likeness of its whole name


def search(s: Session, cohort_ids: Collection[int], said: str) -> tuple[ChildRow, ...]:
    """Children of these cohorts: by number ("17", "No. 017"), by part of the name, else by names that are like it."""
    return search_exactly(s, cohort_ids, said) or search_loosely(s, cohort_ids, said)


def search_exactly(s: Session, cohort_ids: Collection[int], said: str) -> tuple[ChildRow, ...]:
    """By number, or by part of the name."""
    digits = said.strip().casefold().removeprefix("no").strip(" .")
    if digits.isdecimal():
        return list_children(s, cohort_ids, number=int(digits)) if len(digits) <= 6 else ()
    wanted = _words(said)
    return tuple(
        row
        for row in (list_children(s, cohort_ids) if wanted else ())
        if all(word in fold(row.child.name) for word in wanted)
    )


def search_loosely(s: Session, cohort_ids: Collection[int], said: str) -> tuple[ChildRow, ...]:
    """By names that are like what was typed; a number is itself, or nobody's: "012" is not "Contoh 01"."""
    wanted = [] if any(sign.isdecimal() for sign in said) else _words(said)
    everyone = list_children(s, cohort_ids) if wanted else ()
    return tuple(row for row in everyone if all(_is_like(word, row.child.name) for word in wanted))


def _words(said: str) -> list[str]:
    wanted = [fold(word) for word in said.split() if fold(word)]
    return wanted if sum(map(len, wanted)) >= SHORTEST else []


def _is_like(word: str, name: str) -> bool:
    return any(SequenceMatcher(None, word, fold(part)).ratio() >= CLOSE_ENOUGH for part in name.split())


# --- by where they belong ---------------------------------------------------------------------------------------


class By(IntEnum):
    """What children are put together by. The numbers stand in buttons."""

    SCHOOL = 0
    DORMITORY = 1
    GROUP = 2


@dataclass(frozen=True)
class Belonging:
    """Children of an angkatan who belong together; `index` is the place of the name among those of its kind."""

    cohort: Cohort
    by: By
    index: int
    name: str
    rows: tuple[ChildRow, ...]


def belongings(work: Work, cohort: Cohort, by: By) -> tuple[Belonging, ...]:
    """The schools, dormitories or groups of an angkatan by name, each with its children that the officer sees; those
    without are left out."""
    rows = [
        row
        for row in list_children(work.session, [cohort.id or 0])
        if row.membership.reason not in NOT_MEMBERS
    ]
    if work.actor is not None:
        rows = list(of_own_schools(work, work.actor, rows))
    rooms, groups = places_of(work, cohort.id or 0)
    names: dict[str, list[ChildRow]] = {}
    for row in rows:
        child_id = row.child.id or 0
        name = row.school.name if by == By.SCHOOL else (rooms if by == By.DORMITORY else groups).get(child_id)
        if name:
            names.setdefault(name, []).append(row)
    ordered = sorted(names, key=lambda name: (len(name), name))  # "Kelompok 10" after "Kelompok 9"
    return tuple(Belonging(cohort, by, n, name, tuple(names[name])) for n, name in enumerate(ordered))


def find_belonging(work: Work, cohorts: Collection[Cohort], said: str) -> Belonging | None:
    """The school, dormitory or group that is meant: the only one that holds the words, else the one most like them."""
    wanted = fold("".join(said.split()))
    if len(wanted) < PLACE_SHORTEST:
        return None
    everything = [one for cohort in cohorts for by in By for one in belongings(work, cohort, by)]
    keys = [(fold("".join(one.name.split())), one) for one in everything]
    exact = [one for key, one in keys if key == wanted] or [one for key, one in keys if wanted in key]
    if exact:
        return exact[0] if len({one.name for one in exact}) == 1 else None
    likely = sorted(keys, key=lambda one: -SequenceMatcher(None, wanted, one[0]).ratio())
    if not likely or SequenceMatcher(None, wanted, likely[0][0]).ratio() < PLACE_CLOSE_ENOUGH:
        return None
    return likely[0][1]
