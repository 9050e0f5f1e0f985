"""What an officer recorded last, as long as it can be undone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from sop_flows.core.work import Work
from sop_flows.limits import UNDO_MINUTES
from sop_flows.views.task_views import INCOMPLETE
from storage.tables import Confirmation, ConfirmationKind, Officer, Run, RunState, Task

UNDOABLE = (ConfirmationKind.DONE, ConfirmationKind.PART_DONE, ConfirmationKind.SKIPPED)


@dataclass(frozen=True)
class LastAct:
    """One tap or message: what it said of tasks, in order, or the SOP that it started.

    Attributes:
        said: the confirmations that stand, the first first; empty when it started an SOP.
        run: the SOP that was started by hand.
    """

    at: datetime
    said: tuple[Confirmation, ...] = ()
    run: Run | None = None

    @property
    def key(self) -> int:
        """What tells it from every other act: a confirmation's id, negative a run's."""
        return -(self.run.id or 0) if self.run is not None else self.said[-1].id or 0


_SAID_SINCE = (
    select(Confirmation)
    .where(
        Confirmation.recorded_by_id == bindparam("officer"), Confirmation.recorded_at >= bindparam("since")
    )
    .order_by(col(Confirmation.id).desc())
)
_STARTED_SINCE = (
    select(Run)
    .where(
        Run.started_by_id == bindparam("officer"),
        Run.state == RunState.OPEN,
        col(Run.opened_at) >= bindparam("since"),
    )
    .order_by(col(Run.id).desc())
)


def last_act(work: Work, officer: Officer) -> LastAct | None:
    """The officer's last act of the last UNDO_MINUTES that can be undone; None without any."""
    own = {"officer": officer.id, "since": work.now - timedelta(minutes=UNDO_MINUTES)}
    rows = work.session.exec(_SAID_SINCE, params=own).all()
    undone = {row.refers_to_id for row in rows if row.kind == ConfirmationKind.UNDONE}
    standing = [row for row in rows if row.kind in UNDOABLE and row.id not in undone and row.child_id is None]
    acts = []
    if standing:
        newest = standing[0]
        same = [row for row in standing if newest.update_id is not None and row.update_id == newest.update_id]
        acts.append(LastAct(newest.recorded_at, tuple(reversed(same or [newest]))))
    run = work.session.exec(_STARTED_SINCE, params=own).first()
    if run is not None and run.opened_at is not None:
        acts.append(LastAct(run.opened_at, run=run))
    return max(acts, key=lambda one: one.at, default=None)


@dataclass(frozen=True)
class Foot:
    """What stands below the list of one's tasks: whether the last act of a task can be undone, and how many steps that one
    did lack something that is recorded afterwards."""

    may_undo: bool
    incomplete: int


_FOOT = select(
    select(Confirmation.kind)
    .where(
        Confirmation.recorded_by_id == bindparam("officer"), Confirmation.recorded_at >= bindparam("since")
    )
    .order_by(col(Confirmation.id).desc())
    .limit(1)
    .scalar_subquery(),
    select(func.count(col(Task.id))).where(*INCOMPLETE).scalar_subquery(),
)


def foot_of(work: Work, officer: Officer) -> Foot:
    """What stands below the officer's list, in one statement."""
    since = work.now - timedelta(minutes=UNDO_MINUTES)
    kind, incomplete = work.session.exec(_FOOT, params={"officer": officer.id, "since": since}).one()
    return Foot(kind in UNDOABLE, incomplete)
