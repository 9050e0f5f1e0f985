"""An officer who keeps to the times: every step on the day on which it is due, read off the phone."""

import re
from datetime import datetime

from tests.life.robot import Robot, Stuck
from tests.support.person import Person

PAGE = 16  # lines of one page of the list
PAGES_MAX = 6
NEWEST = 5  # messages at the bottom of the chat
TASKS_A_DAY = 60  # more means that nothing gets done
STEP = re.compile(r"SOP ([\d.]+) .* · langkah (\d+) dari")
LINE = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)
GOES_ON = ("Semua masih berjalan", "Catat perkembangan")
TODAY = re.compile(r"(?:^| · )pukul (\d\d)\.(\d\d)( \(target\))?$")
LATE = re.compile(r"(?:terlambat|lewat target)$")


class Punctual(Robot):
    """Looks at "Tugas saya" and does what is due; waits with a standard time until it is up."""

    def __init__(self, person: Person, role: str, children: int = 0, flagged: tuple[int, ...] = ()) -> None:
        super().__init__(person, flagged)
        self.children = range(1, children + 1)  # their numbers
        self.role = role
        self._waits: dict[str, datetime] = {}  # button of a line -> when its standard time is up
        self._has_chosen = False  # the day of the parents' visit
        self._read: set[int] = set()  # messages whose news were looked at
        self._waiting_for_others: set[str] = set()  # buttons of lines whose answer somebody else has to begin
        self.writes = False  # also what may be left for later
        self.asked_first: set[tuple[str, int]] = set()  # steps that one tap did not confirm
        self.proposes = "lanjut"  # what is to become of a case
        self.ends = ""  # a running service that is finished as soon as the monthly card asks

    def next_at(self, now: datetime) -> datetime | None:
        """When something that was left for later today is due."""
        return min((at for at in self._waits.values() if at > now), default=None)

    def waited_for(self, now: datetime) -> bool:
        """Whether something that was left is due at this minute, or somebody else had to begin it."""
        return now in self._waits.values() or bool(self._waiting_for_others)

    async def keeps_time(self, now: datetime) -> int:
        """Do everything that is due by `now` (local); how many tasks that were."""
        await self._read_pushes()
        done, self._waiting_for_others = 0, set()
        for _ in range(TASKS_A_DAY):
            label = await self._find_due(now)
            if label is None:
                self._looked_at = self._revision()
                return done
            task = self.person.last_screen.data_of(label)
            await self.person.taps(label)
            if await self.answer():
                done += 1
            elif "Belum waktunya" in self.person.last_screen.text:  # the last meal of the day
                self._waits[task] = now.replace(hour=18, minute=30)
            else:
                self._waiting_for_others.add(task)
        raise Stuck(f"{self.person.name} has no end of work: {self.person.last_screen.text}")

    async def answer(self) -> bool:
        """As any robot; what a step records is filled in on the way."""
        person = self.person
        if "Putuskan bersama" in person.last_screen.text:
            return await self._decide()
        if "Layanan berjalan" in person.last_screen.text:
            await self._say_what_goes_on()
        elif "Selesai" not in person.buttons or "Pilih tanggal" in person.buttons:
            done = await super().answer()
            if self.writes and "Lengkapi isian" in person.buttons:
                await self._completes()
            return done
        else:
            card = STEP.search(person.last_screen.text)
            await person.taps("Selesai")
            if card is not None and "✅" not in person.last_screen.text:
                self.asked_first.add((card[1], int(card[2])))
        if "✅" not in person.last_screen.text:
            await self.fill_in()
        if self.writes and "Tambah" in person.buttons:
            await person.taps("Tambah")
            await self.fill_in(skips=False)
        return True

    async def _completes(self) -> None:
        """What each school or Kab/Kota still lacks."""
        await self.person.taps("Lengkapi isian")
        for label in [label for label in self.person.buttons if label.startswith("✅")]:
            await self.person.taps(label)
            await self.fill_in(skips=False)

    async def _decide(self) -> bool:
        """A proposal, or the agreement with one; False while there is none."""
        person = self.person
        wanted = (f"Usulkan: {self.proposes}", "Setuju")
        label = next((label for label in person.buttons if label in wanted), None)
        if label is None:
            return False
        await person.taps(label)
        if "✅" not in person.last_screen.text:
            await person.types("Keadaan anak sudah membaik.")
        assert "✅" in person.last_screen.text
        return True

    async def _say_what_goes_on(self) -> None:
        """The monthly card: what is over is finished, once that is asked; the rest goes on."""
        person = self.person
        asks = "Ada yang sudah selesai?" in person.last_screen.text
        over = next((n for n, words in LINE.findall(person.last_screen.text) if words == self.ends), None)
        if asks and over is not None:
            await person.taps(over)
            await person.taps("Selesai")
            assert "✅" in person.last_screen.text
            await person.types("/tugas")
            lines = LINE.findall(person.last_screen.text)
            await person.taps(next(n for n, words in lines if "Layanan berjalan" in words))
        await person.taps(next(label for label in person.buttons if label in GOES_ON))

    async def roll(self) -> None:
        """As any robot; a size is typed for all children at once."""
        person = self.person
        if "XL" in person.buttons:
            await person.types("\n".join(f"{number} M" for number in self.children))
        await super().roll()

    async def starts(self, sop: str, child: int | None = None) -> None:
        """/mulai, for the angkatan or the case there is, or for a child."""
        await self.person.types(f"/mulai {sop}")
        if child is not None:
            await self.person.types(str(child))
        elif "Mulai" not in self.person.buttons:
            await self.person.taps(self.person.buttons[0])  # the only case
        await self.person.taps("Mulai")
        assert "✅" in self.person.last_screen.text

    async def _read_pushes(self) -> None:
        """What is not in the list: services that begin to run are looked at; the proposal for the parents' visit is
        taken on the day on which it is asked."""
        for screen in self.person.screens[-NEWEST:]:
            for label in screen.buttons:
                if label.startswith("Buka: Kasus") and screen.message.id not in self._read:
                    self._read.add(screen.message.id)
                    await self.person.taps(label, on=screen)
            if not self._has_chosen and "Pilih tanggal" in screen.buttons:
                await self.person.taps("Pilih tanggal", on=screen)
                await self.person.taps(self.person.buttons[0])
                assert "✅" in self.person.last_screen.text
                self._has_chosen = True

    async def _find_due(self, now: datetime) -> str | None:
        """The number of a line to do now; the list is then on the screen."""
        await self.person.types("/tugas")
        for _page in range(PAGES_MAX):
            screen = self.person.last_screen
            for number, words in LINE.findall(screen.text):
                if number in screen.buttons and await self._is_due(number, words, now):
                    return str(number)
            if "›" not in screen.buttons:
                return None
            await self.person.taps("›")
        raise Stuck(f"{self.person.name}: a list without an end")

    async def _is_due(self, number: str, words: str, now: datetime) -> bool:
        if self.person.last_screen.data_of(number) in self._waiting_for_others:
            return False
        if LATE.search(words):
            return True
        today = TODAY.search(words)
        if today is None:
            return False
        due = now.replace(hour=int(today[1]), minute=int(today[2]))
        if today[3] or due <= now:
            return True
        task = self.person.last_screen.data_of(number)
        if task not in self._waits:
            self._waits[task] = due if await self._has_standard_time(number) else now
        return self._waits[task] <= now

    async def _has_standard_time(self, number: str) -> bool:
        """Only the card says so; afterwards the same page of the list is on the screen again."""
        page = (int(number) - 1) // PAGE
        await self.person.taps(number)
        is_standard = "Waktu baku" in self.person.last_screen.text
        for label in ("Tugas saya", *["›"] * page):
            await self.person.taps(label)
        return is_standard
