"""Finding a child by number or by name, however it was typed. Names are decrypted here, never sorted by the database."""

from collections.abc import Collection
from difflib import SequenceMatcher

from sqlmodel import Session

from sop_flows.core.spelling import fold
from storage.queries.children import ChildRow, list_children

CLOSE_ENOUGH = 0.75  # likeness of two words from which a slip of the finger is assumed
SHORTEST = 2  # letters; a single one would find half the house


def search(s: Session, cohort_ids: Collection[int], said: str) -> tuple[ChildRow, ...]:
    """Children of these cohorts: by number ("17", "No. 017"), by part of the name, else by names that are like it."""
    digits = said.strip().casefold().removeprefix("no").strip(" .")
    if digits.isdigit():
        return list_children(s, cohort_ids, number=int(digits)) if len(digits) <= 6 else ()
    wanted = [fold(word) for word in said.split() if fold(word)]
    if not wanted or sum(map(len, wanted)) < SHORTEST:
        return ()
    everyone = list_children(s, cohort_ids)
    exact = tuple(row for row in everyone if all(word in fold(row.child.name) for word in wanted))
    return exact or tuple(row for row in everyone if all(_is_like(word, row.child.name) for word in wanted))


def _is_like(word: str, name: str) -> bool:
    return any(SequenceMatcher(None, word, fold(part)).ratio() >= CLOSE_ENOUGH for part in name.split())
