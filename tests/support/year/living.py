"""What the rules of the year's machine stand on: the house, its process and phones, and how somebody is picked."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from sqlmodel import col, select

from storage.tables import Case, Cohort
from tests.support.clocks import wita
from tests.support.empty_database import store_in_memory
from tests.support.institution import Home
from tests.support.picking import Picking
from tests.support.year.phones import Phones
from tests.support.year.process import Process
from tests.support.year.unit import pack_of_the_year, people

BEGINS = wita("2026-11-02 08.00")  # a Monday
ENDS = wita("2027-11-02 08.00")

picks = st.integers(0, 999)

Done = tuple[str, dict[str, Any]]  # the name of an act, and with what
_DRAWN = "drawn_by"  # where an act keeps how its arguments are drawn


def act(**drawn_by: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Something that may happen in the year: a method, and how its arguments are drawn.

    No rules of Hypothesis' own: of those it leaves some out of each history, time among them.
    """

    def keep(method: Callable[..., None]) -> Callable[..., None]:
        setattr(method, _DRAWN, drawn_by)
        return method

    return keep


def acts_of(kind: type["Living"]) -> st.SearchStrategy[Done]:
    """Any of the acts that are written in this class itself."""
    return st.one_of(
        [
            st.tuples(st.just(name), st.fixed_dictionaries(getattr(method, _DRAWN)))
            for name, method in vars(kind).items()
            if hasattr(method, _DRAWN)
        ]
    )


class _ClockOf:
    """The institution's clock, for the process."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def now(self) -> datetime:
        return self._home.now


class Living(Picking):
    """The institution, its phones and its process."""

    NEWEST = 40

    def __init__(self) -> None:
        super().__init__()
        self.store = store_in_memory()
        self.home = Home(self.store, Path("/nonexistent"), pack_of_the_year())
        self.home.now = BEGINS
        people(self.home)
        clock = _ClockOf(self.home)
        self.phones = Phones(self.store, self.home.house, clock)
        self.process = Process(self.store, self.home.house, clock, self.phones)
        self.said: dict[int, tuple[object, ...]] = {}
        self.acts: Counter[str] = Counter()

    def teardown(self) -> None:
        self.process.close()
        self.store.close()

    def do(self, done: Done) -> None:
        """Do an act."""
        name, arguments = done
        self.acts[name] += 1
        getattr(self, name)(**arguments)

    def cohorts(self) -> list[Cohort]:
        """The angkatan that are open."""
        with self.home.reading() as s:
            query = select(Cohort).where(col(Cohort.closed_at).is_(None)).order_by(col(Cohort.id))
            return list(s.exec(query))

    def cases(self) -> list[Case]:
        """The cases that are open."""
        with self.home.reading() as s:
            query = select(Case).where(col(Case.closed_at).is_(None)).order_by(col(Case.id))
            return list(s.exec(query))
