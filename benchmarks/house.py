"""The house of the benchmarks: an angkatan of 60 invented children on day 10, officers, and if wanted a long past."""

from datetime import date, datetime
from pathlib import Path

from sqlmodel import select

from bot.institution import Opened, open_institution
from bot.settings import Settings
from simulator.clock import SimClock
from sop_flows.actions.cohorts.cohorts import open_cohort
from sop_flows.core.work import version_id
from sop_flows.notifications.planning import working
from storage.tables import Account, Officer, OfficerRole, Task, TaskState
from tests.soak.crowd import SOP, chat_of, settle_in
from tests.support.clocks import wita
from tests.support.database import SECRET
from tests.support.long_past import live_through
from tests.support.rosters import invented_children

OPENED_AT = wita("2026-12-02 09.00")
NOW = wita("2026-12-11 10.00")  # the second weigh-in is on this day
ARRIVAL, DEPARTURE = date(2026, 12, 1), date(2026, 12, 31)
CHILDREN, SCHOOLS = 60, 5
STAFF = 20  # officers of penyantunan
GURUS = 20  # each in charge of one step of its own
FIRST_GURU = 1000
OTHERS = ("kepala", "tu", "bimbingan", "peksos", "perawat")

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
        said: confirmations of the past, each with what came of it (tests/support/long_past.py).
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
        version = version_id(s, opened.house.pack.sops[SOP])
        live_through(
            s, version, said, lambda n: n % STAFF + 1 if n % 2 else FIRST_GURU + n % officers + 1, OPENED_AT
        )
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
