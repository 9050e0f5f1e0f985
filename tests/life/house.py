"""The institution of a life: its officers, and how a day of theirs goes."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openpyxl import Workbook
from sqlalchemy import func
from sqlmodel import col, select

from storage.tables import Task
from tests.life.officer import Punctual
from tests.support.clocks import WITA
from tests.support.person import Person
from tests.support.town import Town

MORNING = "08.30"
ROUNDS_MAX = 30  # from hand to hand within an hour
COLUMNS = ("Nama", "Jenis kelamin", "Tanggal lahir", "Sekolah", "Nama orang tua", "Telepon", "Alamat")

# name, role, whether the person is its head, admin
CAST = (
    ("Tuti", "tu", False, True),
    ("Wayan", "kepala", False, False),
    ("Rahmat", "penyantunan", True, False),
    ("Budi", "penyantunan", False, False),
    ("Ani", "perawat", False, False),
    ("Dewi", "bimbingan", True, False),
    ("Sari", "peksos", False, False),
    ("Umar", "peksos", False, False),  # nobody is in charge: what is theirs stands in both lists
)


@dataclass(frozen=True)
class Start:
    """An SOP that somebody starts by hand."""

    who: str
    sop: str
    child: int | None = None


class House:
    """Everybody of the unit, each with a phone."""

    cast: tuple[tuple[str, str, bool, bool], ...] = CAST
    tu, kepala = "Tuti", "Wayan"

    def __init__(self, town: Town, children: int = 0, flagged: Sequence[int] = ()) -> None:
        self.town = town
        town.store.past = None  # nobody lives it a second time: none of its moments is kept
        self.children = children
        self.flagged = tuple(flagged)
        self.officers: dict[str, Punctual] = {}
        self._newest: object = None  # when a task was opened last, and how many there are

    @property
    def now(self) -> datetime:
        """Local time."""
        return self.town.clock.now().astimezone(WITA)

    @property
    def roles(self) -> dict[str, str]:
        """The role of each officer by name."""
        return {name: officer.role for name, officer in self.officers.items()}

    def person(self, name: str) -> Person:
        """Somebody's phone."""
        return self.officers[name].person

    async def enrol_everybody(self) -> None:
        """The cast, by invitation."""
        for name, role, is_head, is_admin in self.cast:
            await self.enrol(name, role, is_head, is_admin)

    async def enrol(
        self, name: str, role: str, is_head: bool = False, is_admin: bool = False, cohort: int | None = None
    ) -> None:
        """One more officer; `cohort` for a guru."""
        head = role if is_head else ()
        person = await self.town.officer(name, role=role, head=head, admin=is_admin, cohort=cohort)
        self.officers[name] = Punctual(person, role, self.children, self.flagged)

    async def open_cohort(
        self, arrival: str, departure: str, schools: int = 5, name: str = "Angkatan III"
    ) -> None:
        """TU opens an angkatan from chat with an Excel file.

        Args:
            arrival: as it is typed.
            departure: the button that proposes it.
        """
        tuti = self.person(self.tu)
        await tuti.types("/angkatan")
        await tuti.taps("Buka angkatan baru")
        await tuti.types(name)
        await tuti.types(arrival)
        await tuti.taps(departure)
        await tuti.taps("Menurut daftar anak")
        await tuti.sends_file(roster_file(self.children, schools), "daftar-anak.xlsx")
        assert f"{self.children} anak" in tuti.last_screen.text
        await tuti.taps("Buka angkatan")
        assert "dibuka" in tuti.last_screen.text

    async def lives_from(self, first: date, last: date, starts: Mapping[date, Start] | None = None) -> None:
        """Day by day, both days included; `starts`: what somebody starts with /mulai, after the first work."""
        for n in range((last - first).days + 1):
            on = first + timedelta(days=n)
            await self.day(on, (starts or {}).get(on))

    async def day(self, on: date, start: Start | None = None) -> None:
        """From half past eight until nothing is left that is due today."""
        await self.morning(on)
        if start is not None:
            await self.officers[start.who].starts(start.sop, start.child)
            await self._everybody_works()
        while at := min(
            (at for one in self.officers.values() if (at := one.next_at(self.now)) is not None), default=None
        ):
            await self.town.lives_until(at)
            await self._everybody_works()

    async def morning(self, on: date) -> None:
        """At half past eight; what has a standard time is left until it is up."""
        await self.town.lives_until(f"{on} {MORNING}")
        await self._everybody_works()

    async def status(self) -> str:
        """What the Kepala reads first."""
        await self.person(self.kepala).types("/status")
        return self.person(self.kepala).last_screen.text

    async def sections(self) -> str:
        """What each section has done and not done, as the Kepala reads it."""
        await self.status()
        await self.person(self.kepala).taps("Per bagian")
        return self.person(self.kepala).last_screen.text

    async def late(self) -> str:
        """What is late and whose, as the Kepala reads it."""
        await self.status()
        await self.person(self.kepala).taps("Terlambat")
        return self.person(self.kepala).last_screen.text

    async def _everybody_works(self) -> None:
        """Until nobody finds anything to do: a step may be handed from section to section."""
        for _round in range(ROUNDS_MAX):
            looking = self.who_looks()
            done = [await officer.keeps_time(self.now) for officer in looking]
            if not any(done):
                return
        raise AssertionError(f"the work of {self.now} has no end")

    def who_looks(self) -> list[Punctual]:
        """Everybody, where a step has opened since the last look; else who was sent something or has waited.

        The others would see the list that they saw before: leaving that out saves most of the time.
        """
        with self.town.store.reading() as s:
            newest = s.exec(select(func.max(col(Task.opened_at)), func.count())).one()
        everybody, self._newest = newest != self._newest, newest
        return [
            one for one in self.officers.values() if everybody or one.has_news or one.waited_for(self.now)
        ]


def roster_file(children: int, schools: int) -> bytes:
    """An Excel file as a Kabupaten sends it, with invented children."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(COLUMNS)
    for n in range(1, children + 1):
        born = date(2016, 1 + n % 12, 1 + n % 28)
        sex = "laki-laki" if n % 2 else "perempuan"
        school = f"SDN {n % schools + 1} Contoh"
        sheet.append(
            (f"Anak Contoh {n:02d}", sex, born, school, f"Orang Tua {n:02d}", f"08000{n:04d}", f"Jalan {n}")
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
