"""How a state machine picks somebody or something by a number, and tries an act."""

from collections.abc import Callable
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine
from sqlmodel import col, select

from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from sop_flows.notifications.planning import working
from sop_flows.staffing.responsibility import acting_roles
from storage.engine import Store
from storage.tables import EntryState, Officer, Task, TaskEntry, TaskState
from tests.support.institution import Home


class Picking(RuleBasedStateMachine):
    """Refusals are answers; everything else that is raised is a fault."""

    NEWEST: int | None = None  # among so many tasks one is picked; None: among all
    store: Store
    home: Home

    def officer(self, pick: int) -> Officer:
        """Somebody who is enrolled."""
        with self.home.reading() as s:
            found = s.exec(
                select(Officer).where(col(Officer.removed_at).is_(None)).order_by(col(Officer.id))
            ).all()
            return found[pick % len(found)]

    def task(self, pick: int, *states: TaskState) -> Task | None:
        """A task in one of these states (open, if none is said), the newest first: what was just opened or closed is
        the likeliest."""
        with self.home.reading() as s:
            found = s.exec(
                select(Task)
                .where(
                    col(Task.state).in_(states or (TaskState.OPEN,)),
                    col(Task.close_reason).is_distinct_from(TaskState.BEFORE_PANDU),
                )
                .order_by(col(Task.closed_at).desc(), col(Task.id).desc())
                .limit(self.NEWEST)
            ).all()
            return found[pick % len(found)] if found else None

    def a_roll(self, pick: int) -> Task | None:
        """A task with a child that is not done: a roll that is open, or was missed."""
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
                if acting_roles(Work(s, self.home.house, self.home.now), officer, task)
            ]
        return self.officer(pick) if pick % 7 == 0 or not able else able[pick % len(able)]

    def attempt(self, function: Callable[..., object], *arguments: Any, **named: Any) -> bool:
        """As `attempt_by`, for what nobody in particular does."""
        return self.attempt_by(function, None, *arguments, **named)

    def attempt_by(
        self, function: Callable[..., object], officer: Officer | None, *arguments: Any, **named: Any
    ) -> bool:
        """As the gate does it: a refusal takes back what the rule had written. Returns whether it was none."""
        with self.store.transaction() as s:
            try:
                with s.begin_nested(), working(s, self.home.house, self.home.now, officer) as work:
                    function(work, *arguments, **named)
            except RuleError:
                return False
        return True
