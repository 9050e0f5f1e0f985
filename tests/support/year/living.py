"""What the rules of the year's machine stand on: the house, its process and phones, and how somebody is picked."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlmodel import Session, col, select

from sop_flows.errors import RuleError
from sop_flows.people.permissions import acting_roles
from storage.tables import Case, Cohort, EntryState, Officer, Task, TaskEntry, TaskState
from tests.support.clocks import wita
from tests.support.empty_database import store_in_memory
from tests.support.institution import Institution
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

    def __init__(self, home: Institution) -> None:
        self._home = home

    def now(self) -> datetime:
        return self._home.now


class Living(RuleBasedStateMachine):
    """Refusals are answers; everything else that is raised is a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.store = store_in_memory()
        self.home = Institution(self.store, Path("/nonexistent"), pack_of_the_year())
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

    def attempt(self, function: Callable[..., object], *arguments: Any, **named: Any) -> bool:
        """As the gate does it: a refusal takes back what the rule had written. Returns whether it was none."""
        with self.store.transaction() as s:
            try:
                with s.begin_nested():
                    function(s, self.home.house, *arguments, self.home.now, **named)
            except RuleError:
                return False
        return True

    # --- picking ----------------------------------------------------------------------------------------

    def officer(self, pick: int) -> Officer:
        """Somebody who is enrolled."""
        with self.home.reading() as s:
            found = s.exec(
                select(Officer).where(col(Officer.removed_at).is_(None)).order_by(col(Officer.id))
            ).all()
            return found[pick % len(found)]

    def task(self, pick: int, *states: TaskState) -> Task | None:
        """A task in one of these states (open, if none is said), the newest first."""
        with self.home.reading() as s:
            found = s.exec(
                select(Task)
                .where(col(Task.state).in_(states or (TaskState.OPEN,)), col(Task.before_pandu).is_(False))
                .order_by(col(Task.closed_at).desc(), col(Task.id).desc())
                .limit(40)
            ).all()
            return found[pick % len(found)] if found else None

    def a_roll(self, pick: int) -> Task | None:
        """A task with a child that is not done."""
        with self.home.reading() as s:
            found = s.exec(
                select(Task)
                .join(TaskEntry, col(TaskEntry.task_id) == col(Task.id))
                .where(TaskEntry.state == EntryState.OPEN)
                .distinct()
                .order_by(col(Task.id).desc())
            ).all()
            return found[pick % len(found)] if found else None

    def who_may(self, task: Task, pick: int) -> Officer:
        """Mostly an officer who may act, now and then anybody."""
        with self.home.reading() as s:
            able = [
                officer
                for officer in s.exec(select(Officer).where(col(Officer.removed_at).is_(None)))
                if acting_roles(s, self.home.house, officer, task)
            ]
        return self.officer(pick) if pick % 7 == 0 or not able else able[pick % len(able)]

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

    def exists(self, question: Callable[[Session], object]) -> bool:
        """Whether the question has an answer."""
        with self.home.reading() as s:
            return question(s) is not None
