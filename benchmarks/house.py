"""The house of the benchmarks: an angkatan of 60 invented children on day 10, officers, and if wanted a long past."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, select

from bot.institution import Opened, open_institution
from bot.settings import Settings
from simulator.clock import SimClock
from sop_flows.actions.cohorts.cohorts import open_cohort
from sop_flows.core.work import version_id
from sop_flows.notifications.planning import working
from storage.tables import (
    Account,
    Change,
    Cohort,
    Confirmation,
    ConfirmationKind,
    DueKind,
    InboxRow,
    JournalEntry,
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
from tests.soak.crowd import ROLE, SOP, STEP, batched, chat_of, settle_in
from tests.support.clocks import wita
from tests.support.database import SECRET
from tests.support.rosters import invented_children

OPENED_AT = wita("2026-12-02 09.00")
NOW = wita("2026-12-11 10.00")  # the second weigh-in is on this day
ARRIVAL, DEPARTURE = date(2026, 12, 1), date(2026, 12, 31)
CHILDREN, SCHOOLS = 60, 5
STAFF = 20  # officers of penyantunan
GURUS = 20  # each in charge of one step of its own
FIRST_GURU = 1000
OTHERS = ("kepala", "tu", "bimbingan", "peksos", "perawat")
ROWS_AT_ONCE = 2000
A_RUN = 10  # tasks of the past
KEPT_UPDATES = 5_000  # the inbox keeps a week

STAFF_CHATS = [chat_of(number) for number in range(1, STAFF + 1)]
OTHER_CHATS = [chat_of(number) for number in range(STAFF + 1, STAFF + len(OTHERS) + 1)]
GURU_CHATS = [chat_of(FIRST_GURU + number) for number in range(1, GURUS + 1)]
EVERYBODY = (*STAFF_CHATS, *OTHER_CHATS, *GURU_CHATS)


def settings_of(folder: Path) -> dict[str, str]:
    """The environment of the bot."""
    return {
        "DATABASE_URL": f"sqlite:///{folder}/pandu.db",
        "PANDU_SECRET_KEY": SECRET,
        "PANDU_DATA_DIR": str(folder),
        "PANDU_TEST_CLOCK": "1",
        "PANDU_LOG_LEVEL": "WARNING",
    }


def opened_in(folder: Path, now: datetime) -> Opened:
    """The database in `folder`, a new one if there is none."""
    return open_institution(Settings.model_validate(settings_of(folder)), now)


def furnish(folder: Path, *, said: int = 0, officers: int = GURUS) -> None:
    """A database in `folder`, and the clock beside it.

    Args:
        said: confirmations of the past, each with its task, journal and reminder.
        officers: how many have one step of their own.
    """
    opened = opened_in(folder, OPENED_AT)
    store = opened.store
    enrol_staff(opened)
    with store.transaction() as s, working(s, opened.house, OPENED_AT) as work:
        rows = invented_children(CHILDREN, SCHOOLS)
        open_cohort(work, "Angkatan Contoh", ARRIVAL, DEPARTURE, rows=rows)
    settle_in(store, opened.house, officers, OPENED_AT, wita("2026-12-16 10.00"), after=FIRST_GURU)
    with store.transaction() as s:
        live_through(s, opened, said, officers)
    store.close()
    SimClock(folder).move_to(NOW)


def enrol_staff(opened: Opened) -> None:
    """Officers with ids from 1 on, each bound to a chat, without an invitation."""
    with opened.store.transaction() as s:
        for number, role in enumerate((*["penyantunan"] * STAFF, *OTHERS), start=1):
            chat = str(chat_of(number))
            s.add(Officer(id=number, name=f"Petugas Contoh {number:02d}", enrolled_at=OPENED_AT))
            s.flush()
            s.add(OfficerRole(officer_id=number, role=role))
            key = opened.store.keyring.fingerprint(chat, "chat")
            s.add(Account(officer_id=number, chat_id=chat, chat_key=key, bound_at=OPENED_AT))


def live_through(s: Session, opened: Opened, said: int, officers: int) -> None:
    """Write so many confirmations of angkatan that are over, by the same officers."""
    if not said:
        return
    version = version_id(s, opened.house.pack.sops[SOP])
    past = timedelta(days=400)
    begins, first = OPENED_AT - past, 1_000_000  # ids above whatever is there
    runs, cohorts = -(-said // A_RUN), -(-said // 1000)

    def at(n: int) -> datetime:
        return begins + n * (past - timedelta(days=10)) / said

    def by(n: int) -> int:
        return n % STAFF + 1 if n % 2 else FIRST_GURU + n % officers + 1

    def put(table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
        for several in batched(rows, ROWS_AT_ONCE):
            s.execute(insert(table), several)

    put(Cohort, ({
        "id": first + n, "name": f"Angkatan lama {n}", "arrival_on": at(n * 1000).date(),
        "departure_on": at(n * 1000).date() + timedelta(days=30), "opened_at": at(n * 1000),
        "closed_at": at(n * 1000) + timedelta(days=40),
    } for n in range(cohorts)))  # fmt: skip
    put(Run, ({
        "id": first + n, "sop": SOP, "sop_version_id": version, "cohort_id": first + n * A_RUN // 1000, "nth": n + 1,
        "subject": f"cohort:{first + n * A_RUN // 1000}", "state": RunState.CLOSED, "opened_at": at(n * A_RUN),
        "closed_at": at(n * A_RUN),
    } for n in range(runs)))  # fmt: skip
    put(Task, ({
        "id": first + n, "run_id": first + n // A_RUN, "cohort_id": first + n // 1000, "sop": SOP, "step": STEP,
        "running": False, "occurrence": n % A_RUN, "state": TaskState.DONE, "opened_at": at(n), "due_at": at(n),
        "due_kind": DueKind.TARGET, "closed_at": at(n), "done_on": at(n).date(),
    } for n in range(said)))  # fmt: skip
    put(TaskPart, ({
        "task_id": first + n, "position": 0, "role": ROLE, "state": TaskState.DONE, "done_at": at(n),
        "done_on": at(n).date(), "done_by_id": by(n),
    } for n in range(said)))  # fmt: skip
    put(Confirmation, ({
        "id": first + n, "task_id": first + n, "role": ROLE, "kind": ConfirmationKind.DONE, "officer_id": by(n),
        "recorded_by_id": by(n), "done_on": at(n).date(), "recorded_at": at(n), "update_id": n,
    } for n in range(said)))  # fmt: skip
    put(JournalEntry, ({
        "confirmation_id": first + n, "change": Change.CLOSED, "of_table": "tasks", "row_id": first + n,
        "old": {"state": "open"}, "new": {"state": "done"},
    } for n in range(said)))  # fmt: skip
    put(Reminder, ({
        "key": f"past:{n}", "kind": ReminderKind.DUE, "officer_id": by(n), "task_id": first + n, "rule": "due",
        "due_at": at(n), "state": ReminderState.SENT, "attempts": 1, "sent_at": at(n), "message_id": 10_000_000 + n,
        "created_at": at(n),
    } for n in range(said)))  # fmt: skip
    numbers = count(1)
    put(InboxRow, ({
        "update_id": next(numbers), "identity": f"past {n}", "chat_key": "past", "received_at": NOW,
        "handled_at": NOW, "replied_at": NOW, "attempts": 1,
    } for n in range(min(said, KEPT_UPDATES))))  # fmt: skip


def open_task(folder: Path, sop: str, step: int) -> int:
    """The id of the open task of this step."""
    opened = opened_in(folder, NOW)
    with opened.store.reading() as s:
        query = select(Task.id).where(Task.sop == sop, Task.step == step, Task.state == TaskState.OPEN)
        found = s.exec(query).one()
    opened.store.close()
    return found or 0


def size_mb(folder: Path) -> float:
    """The database with what is not yet moved into its file."""
    return sum(one.stat().st_size for one in folder.glob("pandu.db*")) / 1e6
