"""Thousands of officers, each in charge of one step, with many reminders waiting: written straight into the tables."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from sop_flows.core.work import Institution, version_id
from storage.engine import Store
from storage.tables import (
    Account,
    AssignedHow,
    Cohort,
    DueKind,
    Officer,
    OfficerRole,
    Reminder,
    ReminderKind,
    ReminderState,
    Run,
    RunState,
    Task,
    TaskPart,
    TaskState,
)
from storage.types import bound

SOP, STEP, ROLE = (
    "9.1.01",
    5,
    "guru",
)  # teachers belong to one angkatan, so a crowd of them is not one section
IN_A_COHORT = 100  # officers
FIRST_CHAT = 8_000_000_001
ROWS_AT_ONCE = 2000

Row = dict[str, Any]


def chat_of(number: int) -> int:
    """The chat of the officer with this id."""
    return FIRST_CHAT + number


def settle_in(
    store: Store,
    house: Institution,
    officers: int,
    at: datetime,
    due_at: datetime,
    after: int = 0,
    chats: Callable[[int], int] = chat_of,
) -> None:
    """Enrol so many officers, each in charge of one task opened `at` and due at `due_at`.

    Officer, task and run have the same id; `after` is the last one that is there already. A new call begins a new
    angkatan.
    """
    numbers = range(after + 1, after + officers + 1)
    first_cohort = after // IN_A_COHORT + 1
    cohorts = range(first_cohort, first_cohort + -(-officers // IN_A_COHORT))

    def of(number: int) -> int:
        return first_cohort + (number - after - 1) // IN_A_COHORT

    with store.transaction() as s:
        version = version_id(s, house.pack.sops[SOP])
        first, last = date(2026, 12, 1), date(2026, 12, 31)
        _put(s, Cohort, ({"id": n, "name": f"Angkatan {n}", "arrival_on": first, "departure_on": last,
                          "opened_at": at} for n in cohorts))  # fmt: skip
        _put(s, Officer, ({"id": n, "name": bound(f"Petugas Rekaan {n}", n), "is_admin": False, "enrolled_at": at}
                          for n in numbers))  # fmt: skip
        _put(s, OfficerRole, ({"officer_id": n, "role": ROLE, "is_head": False, "cohort_id": of(n)}
                              for n in numbers))  # fmt: skip
        keys = {n: store.keyring.fingerprint(str(chats(n)), "chat") for n in numbers}
        _put(s, Account, ({"id": n, "officer_id": n, "chat_id": bound(str(chats(n)), f"{n}:{n}:{keys[n]}"),
                           "bound_at": at, "chat_key": keys[n]} for n in numbers))  # fmt: skip
        _put(s, Run, ({"id": n, "sop": SOP, "sop_version_id": version, "cohort_id": of(n), "nth": n,
                       "subject": f"cohort:{of(n)}", "state": RunState.OPEN, "opened_at": at}
                      for n in numbers))  # fmt: skip
        _put(s, Task, ({"id": n, "run_id": n, "cohort_id": of(n), "sop": SOP, "step": STEP, "running": False,
                        "occurrence": 0, "state": TaskState.OPEN, "opened_at": at,
                        "due_at": due_at, "due_kind": DueKind.TARGET} for n in numbers))  # fmt: skip
        _put(s, TaskPart, ({"task_id": n, "position": 0, "role": ROLE, "state": TaskState.OPEN,
                            "assignee_id": n, "assigned_how": AssignedHow.TAKEN, "assigned_at": at}
                           for n in numbers))  # fmt: skip


def owe(
    store: Store, officers: Sequence[int], count: int, first_at: datetime, apart: timedelta, rule: str
) -> None:
    """Let `count` reminders wait, one after the other officer's, from `first_at` on."""
    with store.transaction() as s:
        _put(s, Reminder, (
            {
                "key": f"{rule}:{n}", "kind": ReminderKind.MORNING, "officer_id": officers[n % len(officers)],
                "task_id": officers[n % len(officers)], "role": ROLE, "rule": rule,
                "due_at": first_at + n * apart, "state": ReminderState.PENDING, "attempts": 0,
                "created_at": first_at - timedelta(days=400),
            }
            for n in range(count)
        ))  # fmt: skip


def _put(s: Session, table: type[SQLModel], rows: Iterable[Row]) -> None:
    """Many rows in few statements."""
    for several in batched(rows, ROWS_AT_ONCE):
        s.execute(insert(table), list(several))


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """In lists of that length; the last may be shorter."""
    left = iter(rows)
    while several := list(islice(left, size)):
        yield several
