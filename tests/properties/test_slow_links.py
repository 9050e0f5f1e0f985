"""However slow the line is and however fast somebody types: no weight is stored for another child, none is lost."""

import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from storage.tables import Weight
from tests.support.database import Databases
from tests.support.packs import our_pack_of
from tests.support.person import Person
from tests.support.town import Town

CHILDREN = 60
PER_EXAMPLE = 4
DELAYS_S = st.floats(0.1, 10)
PHASES = (Phase.explicit, Phase.generate)  # one town for all examples: a smaller one can't be tried on it
BURST = settings(
    max_examples=CHILDREN // PER_EXAMPLE - 1,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=PHASES,
)


class SlowLine(httpx.AsyncBaseTransport):
    """Every call of the bot takes its time to Telegram and back; meanwhile the officer goes on typing."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.office: Office | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As the bot's own line, but slow. A long poll waits at Telegram, not on the way."""
        office = None if request.url.path.endswith("getUpdates") else self.office
        if office is not None:
            office.passes(office.there_s)
        response = await self._inner.handle_async_request(request)
        if office is not None:
            office.passes(office.back_s)
        return response


class Office:
    """The town, Ani who weighs, and her messages that are still on their way to Telegram."""

    def __init__(self, town: Town, ani: Person) -> None:
        self.town, self.ani = town, ani
        self.there_s = self.back_s = 0.0
        self._coming: deque[tuple[datetime, Callable[[], str]]] = deque()
        self._count = 0

    def passes(self, seconds: float) -> None:
        """Let time pass; what arrives at Telegram meanwhile is dated by its clock."""
        until = self.town.clock.now() + timedelta(seconds=seconds)
        while self._coming and self._coming[0][0] <= until:
            at, says = self._coming.popleft()
            self.town.clock.set(max(at, self.town.clock.now()))
            self.ani.phone.types(says())
        self.town.clock.set(max(until, self.town.clock.now()))

    async def sends(self, texts: list[str], gaps_s: list[float], uplinks_s: list[float]) -> None:
        """Type them one after the other, whatever the phone shows; a phone sends in order."""
        at = arrives = self.town.clock.now()
        for text, gap_s, uplink_s in zip(texts, gaps_s, uplinks_s, strict=True):
            at += timedelta(seconds=gap_s)
            arrives = max(arrives, at + timedelta(seconds=uplink_s))
            self._coming.append((arrives, partial(str, text)))
        while self._coming:
            await self.goes_on()

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to be typed."""
        return bool(self._coming)

    def comes(self, gap_s: float, typed: dict[int, int | None]) -> None:
        """After what comes before, another weight is typed for whoever is on the phone then."""
        last = self._coming[-1][0] if self._coming else self.town.clock.now()
        self._coming.append((last + timedelta(seconds=gap_s), partial(self._looks, typed)))

    def _looks(self, typed: dict[int, int | None]) -> str:
        self._count += 1
        grams = 20_000 + 50 * self._count
        card = re.search(r"\d+/\d+ · No\. (\d+)", self.ani.last_screen.text)
        typed[grams] = int(card[1]) if card else None
        return in_kilos(grams)

    async def goes_on(self) -> None:
        """Until the next thing is typed, and what the bot makes of it."""
        self.passes((self._coming[0][0] - self.town.clock.now()).total_seconds())
        await self.town.settle()

    async def ignores(self) -> None:
        """Take nothing of what is proposed."""
        if "Tanya satu-satu" in self.ani.buttons:
            await self.ani.taps("Tanya satu-satu")
        while "Abaikan" in self.ani.buttons:
            await self.ani.taps("Abaikan")

    def stored(self) -> dict[int, int]:
        """Grams by child's number, which is its id here; each once."""
        rows = self.town.rows(select(Weight).order_by(col(Weight.id)))
        assert len({row.child_id for row in rows}) == len(rows)
        return {row.child_id: row.weight_g for row in rows}

    async def resolves(self) -> None:
        """Take what is proposed, as somebody who has typed in the order of the list."""
        for _tap in range(2 * PER_EXAMPLE):
            said = self.ani.last_screen.text
            if slip := re.search(r"kg untuk No\. (\d+)\?", said):
                await self.ani.taps(f"{weight_of(int(slip[1]))}?")
            elif "berurutan?" in said:
                await self.ani.taps("Ya")
            elif found := re.search(r"(\d+,\d+) kg untuk siapa\?", said):
                await self.ani.taps(f"No. {number_of(found[1]):03d}")


@pytest.fixture
async def office(sqlite_databases: Databases, tmp_path: Path) -> AsyncIterator[Office]:
    """Day 10 of an angkatan of sixty; the nurse may begin."""
    url = sqlite_databases.migrated()
    lines: list[SlowLine] = []

    def slowly(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        lines.append(SlowLine(inner))
        return lines[-1]

    town = Town(url, tmp_path, through=slowly, pack=our_pack_of("9.2.04", "9.2.05", "9.2.06", "9.2.15"))
    await town.open()
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30", children=CHILDREN)
    await town.lives_until("2026-12-10 08.00")
    lines[-1].office = Office(town, ani)
    yield lines[-1].office
    await town.close()
    sqlite_databases.drop(url)


def weight_of(number: int) -> str:
    """What the scales show: every child has another weight."""
    return f"{20 + (number - 1) // 9},{(number - 1) % 9 + 1}"


def in_kilos(grams: int) -> str:
    """ "20,05" """
    return f"{grams // 1000},{grams % 1000 // 10:02d}"


def as_shown(grams: int) -> str:
    """ "20,05", "22,4", "23": as Pandu says it."""
    return in_kilos(grams).rstrip("0").rstrip(",")


def number_of(weight: str) -> int:
    kilos, tenths = weight.split(",")
    return (int(kilos) - 20) * 9 + int(tenths)


def meant(numbers: range) -> dict[int, int]:
    return {number: int(weight_of(number).replace(",", "")) * 100 for number in numbers}


@BURST
@given(
    there_s=DELAYS_S,
    back_s=DELAYS_S,
    gaps_s=st.lists(st.floats(0, 8), min_size=PER_EXAMPLE, max_size=PER_EXAMPLE),
    uplinks_s=st.lists(DELAYS_S, min_size=PER_EXAMPLE, max_size=PER_EXAMPLE),
    reads=st.booleans(),
    slip=st.integers(0, PER_EXAMPLE),
)
async def test_what_is_typed_in_the_order_of_the_list_reaches_its_child(
    office: Office,
    there_s: float,
    back_s: float,
    gaps_s: list[float],
    uplinks_s: list[float],
    reads: bool,
    slip: int,
) -> None:
    """One of them perhaps without its comma: then it is asked about, and those behind it wait."""
    office.there_s, office.back_s = there_s, back_s
    first = len(office.stored()) + 1
    numbers = range(first, first + PER_EXAMPLE)
    texts = [weight_of(number) for number in numbers]
    if (
        slip < PER_EXAMPLE
    ):  # typed blindly: a doubt that stood there for seconds would be answered by the next
        texts[slip] = texts[slip].replace(",", "")
        gaps_s, uplinks_s = [gaps_s[0], *[0.0] * (PER_EXAMPLE - 1)], [uplinks_s[0]] * PER_EXAMPLE
    if reads:
        await office.ani.types("/timbang")
        await office.sends(texts, gaps_s, uplinks_s)
    else:
        await office.sends(["/timbang", *texts], [0, *gaps_s], [0.1, *uplinks_s])
    before = office.stored()
    assert before.items() <= meant(range(1, first + PER_EXAMPLE)).items()  # nothing by guess
    said = office.ani.last_screen.text
    pairs = zip(numbers, texts, strict=True)
    assert all(number in before or text in said for number, text in pairs), said  # nothing dropped
    await office.resolves()
    assert office.stored() == meant(range(1, first + PER_EXAMPLE))


@BURST
@given(
    there_s=DELAYS_S,
    back_s=DELAYS_S,
    gaps_s=st.lists(st.floats(0, 6), min_size=PER_EXAMPLE, max_size=PER_EXAMPLE),
)
async def test_what_is_typed_for_the_child_on_the_phone_reaches_no_other(
    office: Office, there_s: float, back_s: float, gaps_s: list[float]
) -> None:
    """Somebody who types again when nothing happens means the same child."""
    office.there_s, office.back_s = there_s, back_s
    await office.ani.types("/timbang")
    typed: dict[int, int | None] = {}  # grams -> the child on the phone
    for gap_s in gaps_s:
        office.comes(gap_s, typed)
    while office.is_waiting:
        await office.goes_on()
    stored = {grams: child for child, grams in office.stored().items()}
    for grams, child in typed.items():
        assert stored.get(grams, child) == child
        assert grams in stored or as_shown(grams) in office.ani.last_screen.text
    await office.ignores()


@BURST
@given(
    there_s=DELAYS_S,
    back_s=DELAYS_S,
    reading_s=st.lists(st.floats(2, 8), min_size=PER_EXAMPLE, max_size=PER_EXAMPLE),
)
async def test_who_reads_the_card_first_is_never_asked_for_whom(
    office: Office, there_s: float, back_s: float, reading_s: list[float]
) -> None:
    office.there_s, office.back_s = there_s, back_s
    first = len(office.stored()) + 1
    await office.ani.types("/timbang")
    for number, seconds in zip(range(first, first + PER_EXAMPLE), reading_s, strict=True):
        await office.sends([weight_of(number)], [seconds], [0])
        assert "Sebelum pertanyaan" not in office.ani.last_screen.text
        assert "untuk siapa?" not in office.ani.last_screen.text
    assert office.stored() == meant(range(1, first + PER_EXAMPLE))
