"""The disk is full or read-only, the database locked or damaged, Telegram out of reach, the clock days off: officers and
admins hear what they need to, nothing is lost or said twice, and it goes on by itself."""

import errno
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

import bot.clock
import bot.runtime
from bot.clock import Clock, MachineClock
from bot.daily_look import DailyLook
from bot.health import Kind, find_troubles
from bot.institution import Opened
from bot.owned_unit import OwnedUnit
from bot.runtime import Line, Runtime, Waits
from bot.sender import Rate
from bot.workers import MAX_ATTEMPTS
from handlers.ui.request import pack
from simulator.faults import CLOSED, Fault
from sop_flows.core.notices import OfficerRemoved
from sop_flows.notifications.planning import working
from storage.cabinet import Cabinet
from storage.contents import LET_GO
from storage.tables import InboxRow, Reminder, TaskState, Vital
from tests.support.at_once import threads_at_once
from tests.support.clocks import wita
from tests.support.database import Databases
from tests.support.steps import at_work
from tests.support.town import Town, no_wait

NOT_STORED = "⏳ Pandu sedang tidak bisa menyimpan apa pun."
LONG = "hujan " * 300  # needs a page of its own

# --- the database can't be written ------------------------------------------------------------------------------


@contextmanager
def made_so(town: Town, *pragmas: str) -> Iterator[None]:
    """Every connection of the bot is so from now on; afterwards none is."""

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def anew() -> None:
        town.store._hang_up()
        town.store.engine.dispose()

    event.listen(town.store.engine, "connect", prepare)
    anew()
    yield
    event.remove(town.store.engine, "connect", prepare)
    anew()


@contextmanager
def locked(town: Town) -> Iterator[None]:
    with (
        made_so(town, "busy_timeout = 10"),
        closing(sqlite3.connect(str(town.store.engine.url.database), isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        yield


def full(town: Town) -> AbstractContextManager[None]:
    return made_so(town, "max_page_count = 1")  # SQLite takes the pages that are there


def read_only(town: Town) -> AbstractContextManager[None]:
    return made_so(town, "query_only = 1")


@pytest.mark.parametrize(
    ("fault", "to_admin"),
    [
        (full, "ruang disk hampir habis"),
        (read_only, "tidak dapat dibaca atau ditulis"),
        (locked, "tidak dapat dibaca atau ditulis"),
    ],
)
async def test_what_can_not_be_stored_waits_at_telegram_and_its_officer_is_told(
    town: Town, fault: Callable[[Town], AbstractContextManager[None]], to_admin: str
) -> None:
    town.store.past = None
    people = await at_work(town, budi="penyantunan")
    budi, admin = people["budi"], await town.officer("Ibu Admin", "tu", admin=True)
    stranger = town.person("Orang Asing")
    await budi.taps_data(pack("task_hurdle_own", town.task("9.2.01", 2).id or 0))
    asked = len(budi.screens)
    with fault(town):
        budi.reads()
        budi.phone.types(LONG)
        stranger.phone.types(LONG)
        for _tried_again in range(2):
            with pytest.raises(OperationalError):
                await town.settle()
        town.clock.set("2026-12-01 07.31")
        with suppress(OperationalError):  # what needs no further page can be written on a full disk
            await town.runtime.wakeups.step()
    told = next(one.text for one in budi.screens[asked:])
    assert told.startswith(NOT_STORED)
    assert "Jangan kirim ulang" in told
    assert stranger.screens == []
    alarm = [one.text for one in admin.screens if "⚠️" in one.text]
    assert len(alarm) == 1
    assert to_admin in alarm[0]
    await town.settle()
    obstacle = town.confirmations(town.task("9.2.01", 2))[-1]
    assert (obstacle.kind, (obstacle.note or "").strip()) == ("obstacle", LONG.strip())
    mornings = [one for one in budi.screens if one.text.startswith("Selamat pagi")]
    assert len(mornings) == 1
    assert all(row.set_aside_at is None and row.attempts == 0 for row in town.rows(select(InboxRow)))


async def test_a_photo_that_has_no_room_is_no_attempt(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The update is in the inbox, the file finds no room: it waits in its turn until there is some."""
    budi = (await at_work(town, budi="penyantunan"))["budi"]
    tries: list[bytes] = []
    put = Cabinet.put

    def put_at_last(cabinet: Cabinet, content: bytes) -> str:
        tries.append(content)
        if len(tries) <= MAX_ATTEMPTS + 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return put(cabinet, content)

    monkeypatch.setattr(Cabinet, "put", put_at_last)
    monkeypatch.setattr("bot.workers.DATABASE_PAUSE_S", 0.0)
    await budi.sends_photo()
    assert sum(one.text.startswith(NOT_STORED) for one in budi.screens) == 1
    assert "Untuk tugas mana foto atau berkas ini?" in budi.last_screen.text
    assert [row.attempts for row in town.rows(select(InboxRow))][-1] == 0


async def test_contents_that_a_kill_left_go_at_the_next_start(town: Town) -> None:
    key = town.house.cabinet.put(b"a photo of a child that was erased")
    with town.store.transaction() as s:
        s.add(Vital(name=f"{LET_GO}{key}", value="", at=town.clock.now()))
    await town.restart()
    town.runtime._sweep()
    assert not town.house.cabinet.holds(key)


async def test_a_damaged_page_stops_only_what_stands_on_it(town: Town) -> None:
    """Its officer is told, the admins are told, others go on."""
    town.store.past = None
    people = await at_work(town, budi="penyantunan", sari="peksos")
    budi, admin = people["budi"], await town.officer("Ibu Admin", "tu", admin=True)
    task = town.task("9.2.01", 2)
    damage(town, "ix_reminders_task")
    before, alarms = len(budi.screens), len(admin.screens)
    await budi.taps_data(pack("task_done", task.id or 0))
    assert sum("belum tercatat (kode P" in one.text for one in budi.screens[before:]) == 1
    assert town.task("9.2.01", 2).state == TaskState.OPEN
    (alarm,) = [one.text for one in admin.screens[alarms:]]
    assert "basis data rusak" in alarm
    await people["sari"].types("/sop 9.2.15")
    assert "9.2.15" in people["sari"].last_screen.text
    opened = Opened(town.house, town.store, town.clock.now())
    file = Path(str(town.store.engine.url.database))
    assert Kind.DATABASE in {one.kind for one in find_troubles(opened, file, file.parent)}


def damage(town: Town, index: str) -> None:
    """Overwrite the first page of an index, as a dying disk would."""
    town.store._hang_up()
    town.store.engine.dispose()
    file = Path(str(town.store.engine.url.database))
    with closing(sqlite3.connect(file, isolation_level=None)) as s:
        s.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = s.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [index]).fetchone()
        (size,) = s.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * 64)


# --- Telegram can't be reached ----------------------------------------------------------------------------------


async def test_hours_without_telegram_are_made_up_for_in_one_message(town: Town) -> None:
    """From 09.00 until 15.30 of the next day; the clock of the leases stands still, so that each hour is one try."""
    town.store.past = None
    people = await at_work(town, budi="penyantunan")
    budi = people["budi"]
    task = town.task("9.2.01", 2)
    await budi.taps_data(pack("task_done", task.id or 0))
    later = town.task("9.2.01", 3)
    await budi.taps_data(pack("task_snooze_day", later.id or 0, 0))
    await budi.types("1 desember")
    before = budi.screens
    calls = len(town.world.calls)
    gone = Fault(CLOSED, count=10_000)
    town.world.faults.append(gone)
    tries = 0
    while town.clock.now() < wita("2026-12-01 15.00"):
        town.clock.advance(hours=1)
        for _second in range(5):
            await town.runtime.wakeups.step()  # nobody is asked more often than its pause allows
        tries += release(town)
    failed = [call for call in list(town.world.calls)[calls:] if call.method == "sendMessage"]
    assert 2 <= len(failed) <= tries
    gone.count = 0
    budi.phone.types("/tugas")
    town.clock.set("2026-12-01 15.30")
    release(town)
    await town.settle()
    assert town.task("9.2.01", 2).state == TaskState.DONE
    late = [one.text for one in budi.new_since(before) if one.text.startswith("Selama bot tidak aktif")]
    assert len(late) == 1, [one.text for one in budi.new_since(before)]
    assert late[0].count("Data sekolah") == 1
    await town.lives_until("2026-12-01 19.00")
    assert sum("Data sekolah" in one.text for one in budi.new_since(before)) == 2  # and in /tugas


def release(town: Town) -> int:
    """The pause before the next try is over. Returns how many rows had one."""
    with town.store.transaction() as s:
        waiting = s.exec(select(Reminder).where(col(Reminder.lease_until).is_not(None))).all()
        for row in waiting:
            row.lease_until = None
    town.runtime.dispatcher.delivery.retry_at = 0.0
    return len(waiting)


async def test_with_telegram_gone_many_officers_are_no_busy_loop(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some failures in a row nothing is claimed until the pause is over."""
    monkeypatch.setattr("bot.delivery.CUT_OFF_AFTER", 3)
    monkeypatch.setattr("bot.dispatcher.MAX_IN_FLIGHT", 2)
    people = [town.seat(f"Petugas {number}") for number in range(12)]
    with town.store.transaction() as s, working(s, town.house, town.clock.now()) as work:
        for one in people:
            work.notify(one.id, OfficerRemoved(name="Petugas Contoh"))
    gone = Fault(CLOSED, count=10_000)
    town.world.faults.append(gone)
    calls = len(town.world.calls)
    for _second in range(5):
        await town.runtime.wakeups.step()
    tried = [call for call in list(town.world.calls)[calls:] if call.method == "sendMessage"]
    assert 3 <= len(tried) <= 5  # two were on their way when the third failed
    gone.count = 0
    monkeypatch.setattr(town.runtime.dispatcher.delivery, "_cut_off_until", 0.0)  # the pause is over
    release(town)
    await town.settle()
    assert [len(one.screens) for one in people] == [1] * 12


# --- the machine's clock is days off ----------------------------------------------------------------------------


class Machine:
    """A clock that anybody may set."""

    def __init__(self) -> None:
        self.town: Town | None = None
        self.off = timedelta()

    def now(self) -> datetime:
        return self.true_now() + self.off

    def true_now(self) -> datetime:
        return wita("2026-11-30 08.00") if self.town is None else self.town.clock.now()


class TimedTelegram(httpx.AsyncBaseTransport):
    """Telegram dates its answers by its own clock."""

    def __init__(self, inner: httpx.AsyncBaseTransport, machine: Machine) -> None:
        self._inner, self._machine = inner, machine

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        answer.headers["date"] = format_datetime(self._machine.true_now(), usegmt=True)
        return answer


class TownOnMachine(Town):
    """The bot asks the machine for the time; Telegram and the officers have the town's."""

    def _build(self) -> Runtime:
        line = Line(self._world.token, "http://sim", self._transport, tells_time=True)
        waits = Waits(rate=Rate(per_second=None), retry=no_wait, apart=False)
        clock = Clock(self._folder, honour=False)
        return Runtime(OwnedUnit(self.store, self.house, clock, self.ports), line, waits)


@pytest.fixture
async def on_machine(
    sqlite_databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[TownOnMachine, Machine]]:
    machine = Machine()
    monkeypatch.setattr(bot.clock, "machine_now", machine.now)
    monkeypatch.setattr(bot.clock, "ran_s", lambda: machine.true_now().timestamp())
    ours = MachineClock()
    monkeypatch.setattr(bot.clock, "MACHINE", ours)
    monkeypatch.setattr(bot.runtime, "MACHINE", ours)
    town = TownOnMachine(
        sqlite_databases.migrated(), tmp_path, through=lambda inner: TimedTelegram(inner, machine)
    )
    machine.town = town
    with threads_at_once():
        yield town, machine
        await town.close()


async def lives(town: TownOnMachine, machine: Machine, *sets: tuple[str, timedelta]) -> list[tuple[int, str]]:
    """Three days of an officer, while somebody sets the machine's clock. Returns what came when."""
    await town.open()
    admin = await town.officer("Ibu Admin", role="tu", admin=True)
    budi = await town.officer("Budi", role="penyantunan")
    await town.open_cohort(arrival="2026-12-22")
    look = DailyLook(town.runtime.unit, town.runtime.excuses)
    for at, off in (*sets, ("2026-12-03 08.00", timedelta())):
        await town.lives_until(at)
        machine.off = off
        seen = len(budi.screens)
        await town.runtime.wakeups.step()  # before Telegram has answered again
        assert len(budi.screens) == seen
        await town.runtime.poll_once()
        look.note_clock(bot.clock.MACHINE.off)
        await town.settle()
    told = sum("jam mesin" in one.text for one in admin.screens)
    assert told == (1 if sets else 0)
    return [(one.message.date, one.text) for one in budi.screens]


@pytest.mark.parametrize(
    ("off", "sets"),
    [
        (0, ()),
        (2, (("2026-12-01 09.00", 2), ("2026-12-02 09.00", 0))),  # days ahead at the start, then put right
        (-2, (("2026-12-01 09.00", -2), ("2026-12-02 09.00", 0))),
        (0, (("2026-12-01 09.00", 2), ("2026-12-02 09.00", 0))),  # set while it runs
    ],
)
async def test_officers_live_by_telegrams_clock(
    on_machine: tuple[TownOnMachine, Machine], off: int, sets: tuple[tuple[str, int], ...]
) -> None:
    """Each morning once, in time, whatever the machine's clock shows; doctor says so while it is wrong."""
    town, machine = on_machine
    machine.off = timedelta(days=off)
    got = await lives(town, machine, *((at, timedelta(days=days)) for at, days in sets))
    assert [(datetime.fromtimestamp(at, UTC), words.splitlines()[0]) for at, words in got[1:]] == [
        (wita("2026-12-01 07.30"), "Selamat pagi, Budi. Hari ini 1 tugas."),
        (wita("2026-12-02 07.30"), "Selamat pagi, Budi. Hari ini 1 tugas, 1 terlambat."),
        (wita("2026-12-03 07.30"), "Selamat pagi, Budi. Hari ini 1 tugas, 1 terlambat."),
    ]
    assert town.rows(select(Vital).where(Vital.name == "clock_off")) == []
    machine.off = timedelta(days=3)
    bot.clock.MACHINE.off = timedelta(days=-9)  # whatever it was taken for: each answer of Telegram's says
    await town.runtime.poll_once()
    DailyLook(town.runtime.unit, town.runtime.excuses).note_clock(bot.clock.MACHINE.off)
    opened = Opened(town.house, town.store, town.clock.now())
    (trouble,) = [one for one in find_troubles(opened, None, Path()) if one.kind == Kind.CLOCK]
    assert trouble.line.startswith("the machine's clock is off by 3 days, 0:00:00 since 2026-12-03 08:00")
    DailyLook(town.runtime.unit, town.runtime.excuses).note_clock(timedelta())  # after a restart it is right
    assert [one for one in find_troubles(opened, None, Path()) if one.kind == Kind.CLOCK] == []


def test_where_telegrams_time_was_never_heard_the_machines_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Bot API server of one's own may not date its answers: a clock that is set is believed, as ever."""
    machine = Machine()
    monkeypatch.setattr(bot.clock, "machine_now", machine.now)
    monkeypatch.setattr(bot.clock, "ran_s", lambda: 5.0)
    ours = MachineClock()
    machine.off = timedelta(days=2)
    assert ours.now() == machine.now()
    for nonsense in ("", "yesterday", "Mon, 99 Foo 2026 00:00:00 GMT"):
        ours.hears(nonsense)
    assert ours.now() == machine.now()
