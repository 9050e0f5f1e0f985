"""A house with a long past: angkatan that are over, with what was confirmed, recorded and looked at, written straight into
the tables."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from storage.tables import (
    Change,
    Child,
    Cohort,
    Confirmation,
    ConfirmationKind,
    DueKind,
    EntryState,
    InboxRow,
    Incident,
    JournalEntry,
    LeaveReason,
    Membership,
    ReadEntry,
    Record,
    Reminder,
    ReminderKind,
    ReminderState,
    Run,
    RunState,
    School,
    StoredFile,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
    Weight,
)
from storage.types import bound
from tests.soak.crowd import ROLE, SOP, STEP, batched

FIRST = 1_000_000  # ids above whatever is there
LASTS = timedelta(days=400)
A_RUN = 10  # tasks
A_COHORT = 1000  # tasks
CHILDREN, SCHOOLS = 60, 5  # of an angkatan
AN_INCIDENT = 50  # tasks; as many for a photo
KEPT_UPDATES = 5_000  # the inbox keeps a week
ROWS_AT_ONCE = 2000


def live_through(s: Session, version: int, said: int, by: Callable[[int], int], until: datetime) -> None:
    """Write so many confirmations, each with its task, journal, reminder, a child's entry, weight and form, and a look.

    Args:
        version: of the SOP of the crowd.
        by: the officer of the nth.
        until: when the past ends.
    """
    if not said:
        return
    begins, runs, cohorts = until - LASTS, -(-said // A_RUN), -(-said // A_COHORT)

    def at(n: int) -> datetime:
        return begins + n * (LASTS - timedelta(days=10)) / said

    def child(n: int) -> int:
        """Of the nth task."""
        return FIRST + n // A_COHORT * CHILDREN + n % CHILDREN

    def put(table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
        for several in batched(rows, ROWS_AT_ONCE):
            s.execute(insert(table), several)

    put(Cohort, ({
        "id": FIRST + n, "name": f"Angkatan lama {n}", "arrival_on": at(n * A_COHORT).date(),
        "departure_on": at(n * A_COHORT).date() + timedelta(days=30), "opened_at": at(n * A_COHORT),
        "closed_at": at(n * A_COHORT) + timedelta(days=40),
    } for n in range(cohorts)))  # fmt: skip
    put(School, ({
        "id": FIRST + n, "cohort_id": FIRST + n // SCHOOLS, "name": f"SDN {n % SCHOOLS} Rekaan",
    } for n in range(cohorts * SCHOOLS)))  # fmt: skip
    put(Child, ({
        "id": FIRST + n, "cohort_id": FIRST + n // CHILDREN, "number": n % CHILDREN + 1, "sex": "LP"[n % 2],
        "school_id": FIRST + n // CHILDREN * SCHOOLS + n % SCHOOLS, "name": bound(f"Anak Lama {n}", FIRST + n),
        "name_key": f"lama {n}",
    } for n in range(cohorts * CHILDREN)))  # fmt: skip
    put(Membership, ({
        "id": FIRST + n, "child_id": FIRST + n, "from_on": at(n // CHILDREN * A_COHORT).date(),
        "until_on": at(n // CHILDREN * A_COHORT).date() + timedelta(days=30), "reason": LeaveReason.ENDED,
    } for n in range(cohorts * CHILDREN)))  # fmt: skip
    put(Run, ({
        "id": FIRST + n, "sop": SOP, "sop_version_id": version, "cohort_id": FIRST + n * A_RUN // A_COHORT,
        "nth": n + 1, "subject": f"cohort:{FIRST + n * A_RUN // A_COHORT}", "state": RunState.CLOSED,
        "opened_at": at(n * A_RUN), "closed_at": at(n * A_RUN),
    } for n in range(runs)))  # fmt: skip
    put(Task, ({
        "id": FIRST + n, "run_id": FIRST + n // A_RUN, "cohort_id": FIRST + n // A_COHORT, "sop": SOP,
        "step": STEP, "running": False, "occurrence": n % A_RUN, "state": TaskState.DONE, "opened_at": at(n),
        "due_at": at(n), "due_kind": DueKind.TARGET, "closed_at": at(n), "done_on": at(n).date(),
    } for n in range(said)))  # fmt: skip
    put(TaskPart, ({
        "task_id": FIRST + n, "position": 0, "role": ROLE, "state": TaskState.DONE, "done_at": at(n),
        "done_on": at(n).date(), "done_by_id": by(n),
    } for n in range(said)))  # fmt: skip
    put(Confirmation, ({
        "id": FIRST + n, "task_id": FIRST + n, "role": ROLE, "kind": ConfirmationKind.DONE, "officer_id": by(n),
        "recorded_by_id": by(n), "done_on": at(n).date(), "recorded_at": at(n), "update_id": n,
    } for n in range(said)))  # fmt: skip
    put(JournalEntry, ({
        "confirmation_id": FIRST + n, "change": Change.CLOSED, "of_table": "tasks", "row_id": FIRST + n,
        "old": {"state": "open"}, "new": {"state": "done"},
    } for n in range(said)))  # fmt: skip
    put(Reminder, ({
        "key": f"past:{n}", "kind": ReminderKind.DUE, "officer_id": by(n), "task_id": FIRST + n, "rule": "due",
        "due_at": at(n), "state": ReminderState.SENT, "attempts": 1, "sent_at": at(n),
        "message_id": 10_000_000 + n, "created_at": at(n),
    } for n in range(said)))  # fmt: skip
    put(TaskEntry, ({
        "task_id": FIRST + n, "child_id": child(n), "state": EntryState.DONE, "opened_at": at(n),
        "due_at": at(n), "closed_at": at(n), "closed_by_id": by(n),
    } for n in range(said)))  # fmt: skip
    put(Weight, ({
        "task_id": FIRST + n, "child_id": child(n), "weight_g": 20_000 + n % 9_000, "weighed_on": at(n).date(),
        "recorded_at": at(n), "officer_id": by(n), "recorded_by_id": by(n),
    } for n in range(said)))  # fmt: skip
    put(Record, ({
        "id": FIRST + n, "task_id": FIRST + n, "child_id": child(n), "key": "form",
        "data": bound({"ukuran": "M"}, FIRST + n), "done_on": at(n).date(), "recorded_at": at(n),
        "officer_id": by(n), "recorded_by_id": by(n),
    } for n in range(said)))  # fmt: skip
    put(ReadEntry, ({
        "officer_id": by(n), "child_id": child(n), "screen": "card", "read_at": at(n),
    } for n in range(said)))  # fmt: skip
    put(StoredFile, ({
        "content_key": f"{n:064x}", "mime": "image/jpeg", "size_bytes": 12_345, "task_id": FIRST + n,
        "child_id": child(n), "officer_id": by(n), "stored_at": at(n),
    } for n in range(0, said, AN_INCIDENT)))  # fmt: skip
    put(Incident, ({
        "id": FIRST + n, "child_id": child(n), "words": bound("demam", FIRST + n), "reported_at": at(n),
        "reported_by_id": by(n), "closed_at": at(n), "closed_by_id": by(n), "is_grave": False,
        "kind": "reported",
    } for n in range(0, said, AN_INCIDENT)))  # fmt: skip
    numbers = count(1)
    put(InboxRow, ({
        "update_id": next(numbers), "identity": f"past {n}", "chat_key": "past", "received_at": until,
        "handled_at": until, "replied_at": until, "attempts": 1,
    } for n in range(min(said, KEPT_UPDATES))))  # fmt: skip
