"""The one place that changes the state of a task, a part, an entry or a run, and refuses to go backwards."""

from collections.abc import Mapping
from enum import StrEnum

from sop_flows.core.journal import change
from sop_flows.core.work import Work
from storage.tables import (
    CLOSED,
    LIVE,
    LIVE_RUNS,
    UNFINISHED,
    Change,
    EntryState,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

Stated = Task | TaskPart | TaskEntry | Run

_Moves = Mapping[StrEnum, frozenset[StrEnum]]  # where each state may go

_ENDED = frozenset({*CLOSED, TaskState.WITHDRAWN})
_OF_TASKS: _Moves = {
    TaskState.WAITING: frozenset({TaskState.OPEN, *_ENDED}),
    TaskState.OPEN: _ENDED,
    TaskState.BEFORE_PANDU: frozenset({TaskState.OPEN, *_ENDED}),
    **dict.fromkeys(CLOSED, frozenset({TaskState.WITHDRAWN})),
}
_OF_ENTRIES: _Moves = {
    EntryState.OPEN: frozenset({EntryState.DONE, EntryState.EXCUSED, EntryState.WITHDRAWN}),
    EntryState.EXCUSED: frozenset({EntryState.DONE}),  # recorded all the same
}
_OF_RUNS: _Moves = {
    RunState.WAITING: frozenset({RunState.OPEN, RunState.CLOSED, RunState.WITHDRAWN}),
    RunState.OPEN: frozenset({RunState.CLOSED, RunState.WITHDRAWN}),
    RunState.CLOSED: frozenset({RunState.WITHDRAWN}),
}
FORWARD: Mapping[type[StrEnum], _Moves] = {TaskState: _OF_TASKS, EntryState: _OF_ENTRIES, RunState: _OF_RUNS}
# What `reopen` may take up again.
AGAIN = {*LIVE_RUNS, *UNFINISHED, EntryState.OPEN}


class BackwardsError(Exception):
    """A row was to go to a state that does not come after its own: a mistake in a rule."""


def move(work: Work, row: Stated, state: StrEnum, **values: object) -> None:
    """Go on to `state`, and set `values` with it. Raises BackwardsError when it does not come after the present one."""
    if state != row.state and state not in FORWARD[type(state)].get(row.state, ()):
        raise BackwardsError(f"{type(row).__name__} {row.id}: {row.state} -> {state}")
    change(work, row, Change.OPENED if state in AGAIN else Change.CLOSED, state=state, **values)


def reopen(work: Work, row: Stated, state: StrEnum, **values: object) -> None:
    """Take a row up again that was further already: its end was undone, or came too early. Its end is forgotten.

    Raises BackwardsError when `state` is none in which anything is still to be done.
    """
    if state not in AGAIN:
        raise BackwardsError(f"{type(row).__name__} {row.id}: {row.state} -> {state}")
    ends: dict[str, object] = dict.fromkeys(_ends_of(row))
    change(work, row, Change.OPENED, state=state, **{**ends, **values})


def _ends_of(row: Stated) -> tuple[str, ...]:
    """The columns that say how the row ended."""
    if isinstance(row, Task):
        return ("closed_at", "close_reason", "done_on")
    if isinstance(row, TaskPart):
        return ("done_at", "done_on", "done_by_id")
    return ("closed_at",) if isinstance(row, TaskEntry) else ("closed_at", "close_reason")


def live_parts(parts: tuple[TaskPart, ...]) -> tuple[TaskPart, ...]:
    """Those that somebody still has to do."""
    return tuple(part for part in parts if part.state in LIVE)
