"""Names of children in shelter cases in what officers type: found by the rules, said to nobody who does not know them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, or_, select

from sop_flows.actions.cohorts.cohorts import name_key
from sop_flows.core.work import Work
from sop_flows.staffing.roster import enrolled
from storage.engine import remembered
from storage.queries.children import list_elsewhere
from storage.tables import Case
from storage.types import every

LOOKED_FOR = timedelta(days=365)  # so long after the end of a case
LETTERS_MIN = 4  # a shorter word tells no name by itself
TITLES = frozenset(
    ["bu", "ibu", "pak", "bapak", "bpk", "ners", "dr", "dokter", "kak", "mbak", "mas", "bang", "ustadz", "wisma", "sdn", "guru"]
)  # fmt: skip
EVERYDAY = frozenset(
    ["anak", "putri", "putra", "dewi", "indah", "cahaya", "bintang", "bunga", "fajar", "cinta", "setia", "bayu", "hari", "nama", "bayi", "balita", "belum", "tanpa", "diketahui"]
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class CaseName:
    """What a child of a case is called, or the mother of one who is not born: whole, and word by word."""

    case_id: int
    code_name: str
    whole: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """Where a text names the child of a case: from one place to another, several times perhaps."""

    case_id: int
    code_name: str
    places: tuple[tuple[int, int], ...]


def names_in(work: Work, text: str, is_about: Callable[[int], bool]) -> tuple[Named, ...]:
    """The cases whose child the text names.

    Two words of a name, one after the other, name it; so does the only word of a name. One word of several does where
    `is_about(case id)` says that the writer has to do with that child. A child of an open angkatan who is called the same is
    meant more likely.
    """
    said = [(one.start(), one.end(), one.group().casefold()) for one in _WORD.finditer(text)]
    words = {word for _from, _to, word in said}
    found = []
    for name in _names(work):
        if words.isdisjoint(name.words):
            continue
        places = list(_together(said, name.words))
        if not places and (len(name.words) == 1 or is_about(name.case_id)):
            places = list(_alone(work, said, name.words[0]))
        if places and not _is_another(work, name.whole):
            found.append(Named(name.case_id, name.code_name, tuple(places)))
    return tuple(found)


def without(text: str, places: dict[tuple[int, int], str]) -> str:
    """The text with other words in these places."""
    for (begins, ends), instead in sorted(places.items(), reverse=True):
        text = text[:begins] + instead + text[ends:]
    return text


def _names(work: Work) -> tuple[CaseName, ...]:
    return remembered(work.session, "names of cases", lambda: tuple(_read(work)))


def _read(work: Work) -> Iterator[CaseName]:
    lately = or_(col(Case.closed_at).is_(None), col(Case.closed_at) > work.now - LOOKED_FOR)
    for case in work.session.exec(select(Case).where(lately)).all():
        for whole in (case.name, case.mother):
            words = tuple(one.casefold() for one in _WORD.findall(whole or "") if not one.isdigit())
            if not EVERYDAY.issuperset(words):  # "Anak 1" names nobody
                yield CaseName(case.id or 0, case.code_name, whole or "", words)


def _together(said: list[tuple[int, int, str]], words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Two words of the name or more, in its order, without another one between them."""
    at = 0
    while at < len(said):
        length = max((_run(said, at, words, first) for first in range(len(words))), default=0)
        if length > 1:
            yield said[at][0], said[at + length - 1][1]
        at += max(length, 1)


def _run(said: list[tuple[int, int, str]], at: int, words: tuple[str, ...], first: int) -> int:
    length = 0
    while (
        at + length < len(said)
        and first + length < len(words)
        and said[at + length][2] == words[first + length]
    ):
        length += 1
    return length


def _alone(work: Work, said: list[tuple[int, int, str]], word: str) -> Iterator[tuple[int, int]]:
    """The word where it is nobody else's and no word of every day."""
    if len(word) < LETTERS_MIN or word in EVERYDAY or word in _others(work):
        return
    before = ""
    for begins, ends, one in said:
        if one == word and before not in TITLES:
            yield begins, ends
        before = one


def _others(work: Work) -> set[str]:
    """Words that are names of officers, dormitories and cases."""
    known = [officer.name for officer in enrolled(work)]
    known += [dormitory.name for dormitory in work.unit.dormitories]
    known += () if work.unit.case is None else work.unit.case.codes
    return {word.casefold() for name in known for word in _WORD.findall(name)}


def _is_another(work: Work, whole: str) -> bool:
    keys = {key for key, _school, _cohort in list_elsewhere(work.session, None)}
    return not keys.isdisjoint(every(name_key(work.session, whole)))
