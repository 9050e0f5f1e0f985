"""Another institution is another pack: the invented boarding house lives a fortnight through the real handlers.

Other roles, other hours, WIB; what the phones receive comes from its pack alone. No line of Python knows of it.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from handlers.ui import request
from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.packs import find_pack
from storage.tables import Confirmation, Record, Reminder, ReminderState, Run, RunState, Task, TaskState
from tests.life.robot import Robot
from tests.support.town import Town

PACK = load_pack(find_pack("asrama_bukit_tunas"))
OURS = load_pack(find_pack("rppsa_putra_utama"))
WIB = ZoneInfo("Asia/Jakarta")
ARRIVAL, DEPARTURE = date(2026, 12, 9), date(2026, 12, 23)  # Wednesdays
CHILDREN = 6
PARENTS_CALLED = date(2026, 12, 14)
FLAGGED = 2
WORD = re.compile(r"[\w.]+")
THEIRS = {
    "RPPSA", "Mataram", "WITA", "Kepala", "TU", "Peksos", "PEKSOS", "Penyantunan", "Bimbingan", "perawat",
    "Perawat", "guru", "Guru", "wisma", "Wisma", "tetirah", "Tetirah", "kelayan", "Kelayan",
}  # fmt: skip
ROUNDS_A_DAY = 6  # a day is handed from role to role

ROSTER = "\n".join(
    f"Anak Rekaan {n}; {'L' if n % 2 else 'P'}; 2016-05-{n:02d}; SD Rekaan {1 + n % 2}; Wali {n}; 0800{n}; Jalan {n}"
    for n in range(1, CHILDREN + 1)
)
PEOPLE = {
    "Asih": "pembina",
    "Bakti": "sekretariat",
    "Cakra": "pengasuh",
    "Dian": "konselor",
    "Elok": "uks",
}
ANSWERS = {
    "Ada berapa jenis obat?": "12",
    "Apa yang kurang?": "perban",
    "Berapa bus?": "2",
    "Berangkat tanggal berapa?": "23 desember",
    "Jenis kendaraannya?": "Bus kecil",
}


class Resident(Robot):
    """Somebody of the boarding house: answers forms too."""

    async def answer(self) -> bool:
        if "Selesai" not in self.person.buttons or "Semua terlaksana" in self.person.buttons:
            return await super().answer()
        await self.person.taps("Selesai")
        for _ in range(len(ANSWERS) + 1):
            if "Simpan" in self.person.buttons:
                await self.person.taps("Simpan")
            asked = next((ask for ask in ANSWERS if ask in self.person.last_screen.text), None)
            if asked is None:
                break
            await self.person.types(ANSWERS[asked])
        assert "✅" in self.person.last_screen.text, self.person.last_screen.text
        return True

    async def _assess(self) -> None:
        if self._current_number() == FLAGGED:
            await self.person.taps("☐ Perlu didampingi")
            await self.person.types("rindu rumah")
        else:
            await self.person.taps("Sisanya")
            await self.person.taps("Ya, ")

    async def roll(self) -> None:
        if "☐ Perlu didampingi" in self.person.buttons:
            await self._until_flagged()
        await super().roll()

    async def _until_flagged(self) -> None:
        while self._current_number() < FLAGGED:
            await self.person.types("senang bermain")
        await self._assess()


@pytest.fixture
def pack() -> Pack:
    """The boarding house instead of ours."""
    return PACK


def wib(on: date, clock: str) -> str:
    """That time in Bandung, as the town's clock reads it (WITA is an hour ahead)."""
    hours, minutes = clock.split(".")
    return f"{on.isoformat()} {int(hours) + 1:02d}.{minutes}"


def scales(on: date) -> Callable[[int], str]:
    """What the scales show that day, by a child's number: every child gains a little."""

    def shown(number: int) -> str:
        return f"{30 + number / 10 + (on - ARRIVAL).days / 100:.1f}".replace(".", ",")

    return shown


def clock_times(town: Town, rule: str) -> set[str]:
    """The times of day at which these reminders were due, on the wall clock in Bandung."""
    rows = town.rows(select(Reminder).where(Reminder.rule == rule))
    return {row.due_at.astimezone(WIB).strftime("%H.%M") for row in rows}


def test_the_two_packs_share_no_role_and_no_zone() -> None:
    assert not set(PACK.unit.roles) & set(OURS.unit.roles)
    assert (PACK.unit.timezone, OURS.unit.timezone) == ("Asia/Jakarta", "Asia/Makassar")


@pytest.mark.slow
async def test_a_fortnight_of_the_boarding_house(town: Town) -> None:
    town.store.past = None  # nobody lives it a second time
    robots = {}
    for name, role in PEOPLE.items():
        person = await town.officer(
            name, role=role, head=("pengasuh",) if name == "Cakra" else (), admin=name == "Bakti"
        )
        robots[name] = Resident(person)
    bakti = robots["Bakti"].person
    assert "Sekretariat" in bakti.screens[0].text
    assert "Asrama Bukit Tunas" in bakti.screens[0].text

    # The secretary opens the angkatan from the chat; the pack's stay of a fortnight is proposed.
    await bakti.types("/angkatan")
    await bakti.taps("Buka angkatan baru")
    await bakti.types("Angkatan Satu")
    await bakti.types("9 desember")
    await bakti.taps("Rabu, 23 Desember 2026")
    await bakti.taps("Menurut daftar anak")
    await bakti.types(ROSTER)
    await bakti.taps("Lanjut")
    await bakti.taps("Buka angkatan")
    assert "dibuka" in bakti.last_screen.text

    # Who is not of the house's openers is told who is, in the words of this pack.
    await robots["Dian"].person.types("/angkatan")
    assert "Buka angkatan baru" not in robots["Dian"].person.buttons
    await robots["Dian"].person.taps_data(opening())
    assert "Itu hanya dapat dilakukan Sekretariat atau admin." in robots["Dian"].person.last_screen.text

    # The class teacher is of one angkatan.
    wali = await town.officer("Fajar", role="wali", cohort=1)
    assert "Wali Kelas Angkatan Satu" in wali.screens[0].text
    robots["Fajar"] = Resident(wali)

    day = date(2026, 12, 1)
    while day <= DEPARTURE + timedelta(days=1):
        await town.lives_until(wib(day, "09.00"))
        for robot in robots.values():
            robot.weights = scales(day)
        if day == PARENTS_CALLED:
            dian = robots["Dian"].person
            await dian.types("/mulai 2.3")
            await dian.taps("Mulai")
            assert "✅ SOP 2.3 Pertemuan Orang Tua dimulai." in dian.last_screen.text
        for n in range(ROUNDS_A_DAY):
            if not sum([await robot.works() for robot in robots.values() if n == 0 or robot.has_news]):
                break
        day += timedelta(days=1)

    # Every SOP with a date, the one for the marked child and the one by hand was lived to its end by its own roles.
    runs = town.rows(select(Run).order_by(col(Run.sop)))
    assert {run.sop: run.state for run in runs} == dict.fromkeys(
        ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1"], RunState.CLOSED
    )
    assert not town.rows(select(Task).where(col(Task.state).in_((TaskState.OPEN, TaskState.WAITING))))
    said = town.rows(select(Confirmation))
    # What the health officer did stands under the role of the SOP.
    assert {one.role for one in said} == {"sekretariat", "konselor", "pengasuh", "wali", "pembina"}
    bus = town.rows(select(Record).where(Record.task_id == town.task("3.1", 1).id))
    assert [one.data for one in bus if one.key == "form"] == [
        {"jumlah": 2, "berangkat": "2026-12-23", "jenis": "Bus kecil"}
    ]

    # The mornings are those of Bandung, and the health officer was found for the weigh-ins before the carers.
    assert clock_times(town, "digest") == {"07.30"}
    weighing = town.task("2.1", 2, occurrence=1)
    sent = town.rows(
        select(Reminder).where(Reminder.task_id == weighing.id, Reminder.state == ReminderState.SENT)
    )
    assert {row.officer_id for row in sent} == {robots["Elok"].person.id}
    assert {row.due_at.astimezone(WIB).strftime("%Y-%m-%d %H.%M") for row in sent} == {
        "2026-12-15 07.30",
        "2026-12-16 07.30",
    }

    # A child is marked for the role that looks after it here.
    await robots["Elok"].person.taps_data(request.pack("weigh_flags", weighing.id or 0))
    assert "Siapa yang perlu dilihat petugas UKS?" in robots["Elok"].person.last_screen.text

    # And a child that was flagged is called what the pack calls it.
    await robots["Dian"].person.taps_data(request.pack("child_card", FLAGGED))
    assert "• perlu didampingi" in robots["Dian"].person.last_screen.text

    # No word of the other institution reached any phone.
    words = {
        word
        for robot in robots.values()
        for screen in robot.person.screens
        for word in WORD.findall(screen.text)
    }
    assert words & THEIRS == set()


def opening() -> str:
    """The button that opens an angkatan, forged by somebody who was never given it."""
    return request.pack("cohort_new")
