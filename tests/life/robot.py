"""An officer who works through "Tugas saya": reads each card, and answers it by its buttons as a person would."""

import re
from collections.abc import Callable, Collection

from tests.support.person import Person

ROUNDS_MAX = 80  # cards one officer opens in a row; more means that nothing gets done
QUESTIONS_MAX = 20  # of one form
LATER = ("Nanti saja", "Tulis", "Lewati", "Batal", "Selesai")  # buttons that answer nothing
NUMBERS_MAX = 100  # of a child
FINISHED = re.compile(r"^(✅ SOP|⚖️ .* selesai)", re.MULTILINE)

Weights = Callable[[int], str | None]  # what the scales show for a child's number; None: absent


class Stuck(AssertionError):
    """A screen that offers no way on."""


class Robot:
    """Works for one person.

    Args:
        weights: what the scales show today, by a child's number.
        flagged: numbers of children whom the assessment marks.
    """

    def __init__(self, person: Person, flagged: Collection[int] = ()) -> None:
        self.person = person
        self.flagged = flagged
        self.weights: Weights = lambda number: None
        self._looked_at = -1

    @property
    def has_news(self) -> bool:
        """Whether the phone showed anything new since the last look."""
        return self._revision() != self._looked_at

    def _revision(self) -> int:
        return max((message.revision for message in self.person.phone.received), default=0)

    async def lines(self) -> dict[str, str]:
        """The numbered lines of "Tugas saya": button -> line."""
        await self.person.types("/tugas")
        lines = {}
        for line in self.person.last_screen.text.splitlines():
            found = re.match(r"(\d+)\. (.+)", line)
            if found and found[1] in self.person.buttons:
                lines[found[1]] = found[2]
        return lines

    async def open(self, words: str) -> bool:
        """Open the first task whose line has these words."""
        for number, line in (await self.lines()).items():
            if words in line:
                await self.person.taps(number)
                return True
        return False

    async def works(self, leaves: Collection[str] = ()) -> int:
        """Do everything in the list, but for lines with any of the words in `leaves`; returns how many."""
        not_now: set[str] = set()
        for opened in range(ROUNDS_MAX):
            lines = await self.lines()
            left = {n: line for n, line in lines.items() if not any(words in line for words in leaves)}
            wanted = [n for n, line in left.items() if line not in not_now]
            if not wanted:
                self._looked_at = self._revision()
                return opened - len(not_now)
            await self.person.taps(wanted[0])
            if not await self.answer():
                not_now.add(lines[wanted[0]])
        raise Stuck(f"{self.person.name} still has {lines}")

    async def answer(self) -> bool:
        """Answer the card that is open; False when its day has not come."""
        person = self.person
        if "Semua terlaksana" in person.buttons:
            await person.taps("Semua terlaksana")
            if "Belum waktunya" in person.last_screen.text:
                return False
            assert "☑" in person.last_screen.text, person.last_screen.text
        elif "Pilih tanggal" in person.buttons:
            await person.taps("Pilih tanggal")
            await person.taps(person.buttons[0])
            assert "✅" in person.last_screen.text
        elif "Selesai" in person.buttons:
            await person.taps("Selesai")
            if "✅" not in person.last_screen.text:
                await self.fill_in()
            assert "✅" in person.last_screen.text, person.last_screen.text
        elif "Mulai" in person.buttons:
            await person.taps("Mulai")
            await self.roll()
        elif "Ganti tanggal" in person.buttons:
            return False
        else:
            raise Stuck(f"{person.name} can't go on: {person.last_screen.text} {person.buttons}")
        return True

    async def fill_in(self, *, skips: bool = True) -> None:
        """Question by question, until the step is done. `skips`: what may be left out is."""
        person = self.person
        for _ in range(QUESTIONS_MAX):
            text, buttons = person.last_screen.text, person.buttons
            if "Simpan" in buttons:
                await person.taps("Simpan")
                return
            if "✅ SOP" in text or "✅ Tercatat" in text:
                return
            if "Lewati" in buttons and skips:
                await person.taps("Lewati")
            elif "Lanjut" in buttons:
                await person.taps("Lanjut")
            elif "Ya" in buttons:
                await person.taps("Ya")
            elif any(label.startswith("☐") for label in buttons):
                await person.taps("☐")
            elif (
                picks := [label for label in buttons if label not in LATER and not label[:1].isdigit()]
            ) and "Ketik" not in text:
                await person.taps(picks[0])
            elif "foto" in text and "Ketik" not in text:
                await person.sends_photo()
                await person.taps("Selesai")
            else:
                await person.types(self.words_for(text))
        raise Stuck(f"{person.name} is asked without end: {person.last_screen.text} {person.buttons}")

    def words_for(self, question: str) -> str:
        """An answer in words, with as many parts as a line has."""
        if found := re.search(r"(?:Satu orang satu baris|dipisah titik koma): (.+)", question):
            return "; ".join(["Rina Contoh", *["S1 Kesejahteraan Sosial"] * found[1].count(";")])
        if "Tanggal berapa" in question:
            return "kemarin"
        if "Berapa" in question:
            return "5"
        return "Didampingi pengasuh, keluarga diberi tahu setiap minggu."

    async def roll(self) -> None:
        """Go through a roll until it is finished."""
        person = self.person
        for _ in range(ROUNDS_MAX):
            screen = person.last_screen
            if FINISHED.search(screen.text):
                return
            if "Tidak hadir" in person.buttons and "Ibu" not in person.buttons:
                await self._weigh()
            elif "Catat hasil" in person.buttons:
                await self._visit()
            elif "☐Perlu penanganan khusus" in person.buttons:
                await self._assess()
            elif "Siapa pengasuhnya" in screen.text:
                await person.types("Ibu Asuh Contoh")
            elif "Usulan" in person.buttons:
                await person.taps("Usulan")
                await person.taps("Pakai usulan")
            elif "Semua datang" in person.buttons:
                await person.taps("Semua datang")
            elif "Sesuai daftar" in person.buttons:
                await person.taps("Sesuai daftar")
            elif "Siapa yang menerima" in screen.text:
                await person.types("Ibu Dinsos Contoh")
                await person.taps("Simpan")
            elif "Semua anak sudah" in person.buttons:
                await person.taps("Semua anak sudah")
            elif any(label.startswith("Sisanya") for label in person.buttons):
                await person.taps("Sisanya")
                await person.taps("Ya, ")
            elif "Sudah benar" in person.buttons:
                await person.taps("Sudah benar")
            elif "Lewati" in person.buttons:
                await person.types("Orang tua menyetujui program di rumah")
            elif left := [label for label in person.buttons if re.match(r"(⏰ )?No\. ", label)]:
                await person.taps(left[0])
            else:
                raise Stuck(f"{person.name} can't go on: {screen.text} {person.buttons}")
        raise Stuck(f"the roll has no end: {screen.text}")

    async def _weigh(self) -> None:
        """The first children one by one, the others as lines, who is not there by button."""
        person = self.person
        current = self._current_number()
        present = [n for n in range(current, NUMBERS_MAX) if self.weights(n) is not None]
        if self.weights(current) is None:
            await person.taps("Tidak hadir")
        elif len(present) > 3 and current > 2:
            await person.types("\n".join(f"{number} {self.weights(number)}" for number in present))
        else:
            await person.types(str(self.weights(current)))

    def _current_number(self) -> int:
        found = re.search(r"\d+/\d+ · No\. (\d+)", self.person.last_screen.text)
        assert found, self.person.last_screen.text
        return int(found[1])

    async def _assess(self) -> None:
        number = self._current_number()
        if number in self.flagged:
            await self.person.taps("☐Perlu penanganan khusus")
            await self.person.types("sering menangis malam; rajin; pendampingan khusus")
        elif number > max(self.flagged, default=0):
            await self.person.taps("Sisanya")
            await self.person.taps("Ya, ")
        else:
            await self.person.types("pemalu; suka menggambar; teman bermain")

    async def _visit(self) -> None:
        person = self.person
        await person.taps("Catat hasil")
        await person.taps("Ibu")
        await person.types("Keluarga siap mendampingi anak belajar di rumah.")
        await person.sends_location(-8.58, 116.1)
        await person.sends_photo()
        await person.taps("Selesai")
        await person.taps("Simpan")
