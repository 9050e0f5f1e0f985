"""Thirty days of an angkatan through 13 SOPs of the stay: taps, text, photo, location and file, and nothing else.

All 35 are lived in tests/life; here are those whose numbers can be followed by hand, and things go wrong. Six officers and more, three late steps, two obstacles, one undo, one child who goes home early, a kill and a
restart; after each day every number of /status is compared with SQL of our own.
"""

import io
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlmodel import col, select

from sop_flows.declarations.loader import Pack
from storage.tables import (
    Confirmation,
    ConfirmationKind,
    EntryState,
    Reminder,
    ReminderKind,
    ReminderState,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskState,
    Weight,
)
from tests.month import counts
from tests.month.robot import Robot
from tests.support.database import Databases
from tests.support.packs import our_pack
from tests.support.person import Person
from tests.support.town import Town

pytestmark = pytest.mark.slow

SOPS = (
    *(f"9.2.{n:02d}" for n in (1, 2, 3, 4, 5, 6, 9, 10, 12, 15)),
    *(f"9.1.{n:02d}" for n in (8, 9, 12)),
)
ARRIVAL = date(2026, 12, 1)
DEPARTURE = date(2026, 12, 31)
CHILDREN = 60
FLAGGED = (3, 17, 42)
LEAVER = 17
MENU = ("Susun menu",)
HOME_VISIT = ("Catat data orang tua", "Kunjungan rumah")
ROUNDS_A_DAY = 8  # an arrival is handed from section to section
COLUMNS = ("Nama", "Jenis kelamin", "Tanggal lahir", "Sekolah", "Nama orang tua", "Telepon", "Alamat")


def roster_file() -> bytes:
    """An Excel file as a school sends it, with invented children."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(COLUMNS)
    for n in range(1, CHILDREN + 1):
        born = date(2016, 1 + n % 12, 1 + n % 28)
        sex = "laki-laki" if n % 2 else "perempuan"
        school = f"SDN {n % 5 + 1} Contoh"
        sheet.append(
            (f"Anak Contoh {n:02d}", sex, born, school, f"Orang Tua {n:02d}", f"08000{n:04d}", f"Jalan {n}")
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def scales(gain: float) -> "dict[int, str]":
    """What the scales show: 20 kg and a bit each, more by `gain`; child 5 loses, child 9 is absent.

    With a gain the child who went home is no longer there.
    """
    shown = {}
    for n in range(1, CHILDREN + 1):
        kilograms = 20 + n / 10 + (gain if n != 5 else -gain)
        shown[n] = f"{kilograms:.1f}".replace(".", ",")
    del shown[9]
    if gain:
        del shown[LEAVER]
    return shown


class House:
    """The officers of the test, with what each leaves undone on a day."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.robots: dict[str, Robot] = {}
        self.cohort_id = 0

    def __getitem__(self, name: str) -> Robot:
        return self.robots[name]

    def person(self, name: str) -> Person:
        return self.robots[name].person

    async def enrol(self) -> None:
        for name, role, head, admin in (
            ("Tuti", "tu", (), True),
            ("Wayan", "kepala", (), False),
            ("Rahmat", "penyantunan", "penyantunan", False),
            ("Budi", "penyantunan", (), False),
            ("Dewi", "bimbingan", "bimbingan", False),
            ("Sari", "peksos", (), False),
            ("Ani", "perawat", (), False),
        ):
            person = await self.town.officer(name, role=role, head=head, admin=admin)
            self.robots[name] = Robot(person, FLAGGED)

    async def open_cohort(self) -> None:
        """TU opens the angkatan from chat with an Excel file."""
        tuti = self.person("Tuti")
        await tuti.types("/angkatan")
        await tuti.taps("Buka angkatan baru")
        await tuti.types("Angkatan III")
        await tuti.types("1 desember")
        await tuti.taps("Kamis, 31 Desember 2026")
        await tuti.taps("Menurut daftar anak")
        await tuti.sends_file(roster_file(), "daftar-anak.xlsx")
        assert "60 anak" in tuti.last_screen.text
        await tuti.taps("Buka angkatan")
        assert "dibuka" in tuti.last_screen.text
        self.cohort_id = 1

    async def day(self, on: date, leaves: "dict[str, tuple[str, ...]] | None" = None) -> None:
        """One day from nine on: everybody works through the list, an hour later what was handed on; then /status."""
        await self.town.lives_until(f"{on} 09.00")
        for _round in range(ROUNDS_A_DAY):
            done = [await robot.works((leaves or {}).get(name, ())) for name, robot in self.robots.items()]
            if not any(done):
                break
            await self.town.lives_until(self.town.clock.now() + timedelta(hours=1))
        await self.compare()

    async def compare(self) -> None:
        """Every number of the Kepala's /status against the rows."""
        wayan = self.person("Wayan")
        await wayan.types("/status")
        screen = wayan.last_screen.text
        now, store = self.town.clock.now(), self.town.store
        shown = counts.read_sections(screen)
        roles = counts.sections_with_parts(store, self.cohort_id)
        assert set(shown) == roles, screen
        assert shown == {role: counts.counted(store, self.cohort_id, role, now) for role in roles}, screen
        assert counts.read_children(screen) == counts.children(store, self.cohort_id)


@pytest.fixture
async def town(sqlite_databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """The town with the SOPs that this month goes through."""
    pack = our_pack()
    url = sqlite_databases.migrated()
    built = Town(url, tmp_path, pack=Pack(pack.unit, {number: pack.sops[number] for number in SOPS}))
    await built.open()
    yield built
    await built.close()
    sqlite_databases.drop(url)


@pytest.fixture
async def house(town: Town) -> House:
    made = House(town)
    town.clock.set("2026-10-30 08.00")  # Friday: 30 days before the arrival is Sunday, so work begins today
    await made.enrol()
    await made.open_cohort()
    return made


async def test_a_month_is_lived_from_opening_to_departure(house: House, town: Town) -> None:
    await before_arrival(house)
    await arrival(house)
    await first_week(house, town)
    await second_week(house)
    await to_departure(house, town)
    everything_is_on_record(town)


async def before_arrival(house: House) -> None:
    """9.2.01 to 9.2.03, with the first late step, the first obstacle and the undo."""
    budi = house.person("Budi")
    assert await house["Budi"].open("Surat pemberitahuan")
    await budi.taps("Hambatan")
    await budi.taps("1")  # the SOP's own obstacle
    await budi.taps("Besok pagi")
    await house.compare()
    await house.day(date(2026, 11, 2), {"Budi": ("Surat pemberitahuan",)})
    await house.day(date(2026, 11, 4), {"Budi": ("Surat pemberitahuan",)})
    late = house.person("Wayan").last_screen.text
    assert "9.2.01" in late
    assert "Budi, 2 hari" in late  # late step 1: due Monday the 2nd, today is Wednesday
    assert await house["Budi"].open("Surat pemberitahuan")
    await budi.taps("Selesai")
    await budi.taps("Urungkan")
    assert "terbuka lagi" in budi.last_screen.text
    await budi.taps("Selesai")
    for day in (5, 6, 9, 10, 11, 12, 16, 18, 20):
        await house.day(date(2026, 11, day))
    done = house.town.tasks("9.2.02", 7, TaskState.DONE)
    assert len(done) == 1


async def arrival(house: House) -> None:
    """Day 0: reception, registration, placement, the first weigh-in; one child is absent at the scales."""
    shown = scales(0)
    house["Ani"].weights = shown.get
    await house.day(ARRIVAL - timedelta(days=1))
    await house.day(ARRIVAL, {"Budi": MENU, "Rahmat": MENU, "Dewi": HOME_VISIT})
    first = house.town.task("9.2.06", 4)
    assert first.state == TaskState.DONE
    weights = house.town.rows(select(Weight).where(Weight.task_id == first.id))
    assert len(weights) == CHILDREN - 1
    assert sum(w.weight_g for w in weights) == sum(
        round((20 + n / 10) * 1000) for n in range(1, 61) if n != 9
    )


async def first_week(house: House, town: Town) -> None:
    """The menu is late, the assessment marks three children, one of them goes home; the bot is killed."""
    await house.day(ARRIVAL + timedelta(days=1), {"Budi": MENU, "Rahmat": MENU, "Dewi": HOME_VISIT})
    assert "Susun menu" in house.person("Wayan").last_screen.text  # late step 2, a target
    await house.day(ARRIVAL + timedelta(days=2), {"Dewi": HOME_VISIT})
    dewi = house.person("Dewi")
    assert await house["Dewi"].open("Catat data orang tua")
    await dewi.taps("Hambatan")
    await dewi.taps("Tulis sendiri")
    await dewi.types("Nomor telepon orang tua tidak aktif")
    await town.restart()
    await house.compare()
    tuti = house.person("Tuti")
    await tuti.types(f"/anak {LEAVER}")
    await tuti.taps("Keluar…")
    await tuti.taps("Pulang lebih awal")
    await tuti.taps("Hari ini")
    await tuti.taps("Ya, catat")
    await house.compare()
    assert counts.children(town.store, house.cohort_id) == (CHILDREN - 1, CHILDREN)
    for day in range(3, 7):
        await house.day(ARRIVAL + timedelta(days=day), {"Dewi": HOME_VISIT[1:] if day < 6 else ()})


async def second_week(house: House) -> None:
    """The parents' visit on the Sunday, the weigh-in of day 10."""
    house["Ani"].weights = scales(0.4).get
    for day in range(7, 14):
        on = ARRIVAL + timedelta(days=day)
        late = ("Timbang",) if day == 10 else ()  # late step 3: the nurse weighs a day late
        await house.day(on, {"Ani": late, "Budi": late, "Rahmat": late})
    assert house.town.task("9.1.09", 1).done_on == date(2026, 12, 13)
    assert house.town.task("9.1.09", 2).state == TaskState.DONE
    assert house.town.task("9.2.15", 4, occurrence=1).state == TaskState.DONE


async def to_departure(house: House, town: Town) -> None:
    """Days 14 to 30, with the weigh-ins of day 20 and of the evening before departure."""
    for day in range(14, 31):
        house["Ani"].weights = scales(0.8 if day < 25 else 1.2).get
        if day == 22:
            await town.restart()
        await house.day(ARRIVAL + timedelta(days=day))
    await town.lives_until("2027-01-02 09.00")
    await house.compare()


def everything_is_on_record(town: Town) -> None:
    """All 13 SOPs ran to their end, with the rows that prove it."""
    runs = town.rows(select(Run).where(col(Run.state) != RunState.WITHDRAWN))
    assert {run.sop for run in runs} == set(SOPS)
    still_open = [(run.sop, run.subject) for run in runs if run.state != RunState.CLOSED]
    assert still_open == []
    weighings = [town.task("9.2.15", 4, occurrence=n) for n in (1, 2, 3)]
    assert [task.occurrence_on for task in weighings] == [
        date(2026, 12, 11),
        date(2026, 12, 21),
        date(2026, 12, 31),
    ]
    assert [task.done_on for task in weighings] == [
        date(2026, 12, 12),
        date(2026, 12, 21),
        date(2026, 12, 30),
    ]
    said = town.rows(select(Confirmation))
    kinds = [row.kind for row in said]
    assert kinds.count(ConfirmationKind.OBSTACLE) == 2
    assert kinds.count(ConfirmationKind.UNDONE) == 1
    finished = town.rows(select(Task).where(Task.state == TaskState.DONE))
    done_ids = {row.task_id for row in said if row.kind == ConfirmationKind.DONE}
    assert {task.id for task in finished} <= done_ids
    nothing_about_the_leaver(town)
    no_reminder_for_finished_tasks(town)


def nothing_about_the_leaver(town: Town) -> None:
    """After a child went home nothing is asked about it."""
    entries = town.rows(select(TaskEntry).where(TaskEntry.child_id == LEAVER))
    assert {entry.state for entry in entries} <= {EntryState.DONE, EntryState.WITHDRAWN, EntryState.EXCUSED}
    weights = town.rows(select(Weight).where(Weight.child_id == LEAVER))
    assert len(weights) == 1  # of the arrival


def no_reminder_for_finished_tasks(town: Town) -> None:
    """Each timed push went out once per officer and instant, and none after its task was finished."""
    sent = [row for row in town.rows(select(Reminder)) if row.state == ReminderState.SENT]
    assert len({row.key for row in sent}) == len(sent)
    tasks = {task.id: task for task in town.rows(select(Task))}
    for row in sent:
        if row.task_id is not None and row.kind != ReminderKind.NOTICE:
            closed_at = tasks[row.task_id].closed_at
            assert row.sent_at is not None
            assert closed_at is None or row.sent_at <= closed_at, (row.rule, tasks[row.task_id].sop)
    leads = sorted(
        (row.rule, row.due_at.strftime("%d %H.%M"))
        for row in sent
        if row.task_id is not None and tasks[row.task_id].sop == "9.2.15"
    )
    # 07.30 WITA is 23.30 UTC of the day before: days 9, 10, 19, 20, 28 and 29 of the stay.
    assert [when for rule, when in leads if rule == "lead:1"] == ["09 23.30", "19 23.30", "28 23.30"]
    assert [when for rule, when in leads if rule == "morning"] == ["10 23.30", "20 23.30", "29 23.30"]
