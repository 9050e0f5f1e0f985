"""How fast messages leave: never more than Telegram takes, answers first, pushes evenly; in virtual seconds."""

import asyncio
import random
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sender import PER_SECOND, WAY, Push, Rate, RateLimiter, TapPriority, TooLateError
from tests.support.virtual_loop import VirtualLoop, run_virtually

NOBODY = 10**6  # a chat that nobody else writes to


@dataclass
class Telegram:
    """Notes when each message arrives: after about half of the round trip, and now and then later."""

    loop: VirtualLoop
    latency_s: float = 0.02
    dice: random.Random | None = None
    arrived: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.priority = TapPriority(self.loop.time)
        self.limiter = RateLimiter(Rate(sleep=asyncio.sleep, monotonic=self.loop.time), self.priority)

    async def _perform(self, kind: str) -> None:
        await asyncio.sleep(self._way() + (self.dice.choice((0.0, 0.0, 0.03)) if self.dice else 0.0))
        self.arrived.append((self.loop.time(), kind))
        await asyncio.sleep(self._way())

    def _way(self) -> float:
        return self.latency_s * (self.dice.uniform(WAY, 1 - WAY) if self.dice else 0.5)

    async def sends(self, kind: str, chat_id: int = NOBODY, until: float | None = None) -> float:
        """One message; returns how long it took."""
        began = self.loop.time()
        push = None if kind == "answer" else Push() if until is None else Push(until)
        await self.limiter.process_request(
            self._perform, (kind,), {}, "sendMessage", {"chat_id": chat_id}, push
        )
        return self.loop.time() - began

    def most_in_a_second(self) -> int:
        """The largest number of messages that arrived within less than a second."""
        times = sorted(at for at, _kind in self.arrived)
        return max(sum(at <= other < at + 1.0 for other in times) for at in times)


async def later(at: float, telegram: Telegram, kind: str, chat_id: int, handling_s: float = 0.0) -> float:
    """Send at that moment; an answer is expected for as long as the tap is being handled."""
    await asyncio.sleep(at)
    if kind == "answer":
        telegram.priority.expect(1)
    await asyncio.sleep(handling_s)
    return await telegram.sends(kind, chat_id)


@given(
    latency_ms=st.integers(0, 150),
    answers=st.lists(st.floats(0, 4), max_size=90),
    pushes=st.integers(0, 150),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=60, deadline=None)
def test_telegram_never_counts_more_than_it_takes(
    latency_ms: int, answers: list[float], pushes: int, seed: int
) -> None:
    loop = VirtualLoop()

    async def everybody() -> Telegram:
        telegram = Telegram(loop, latency_ms / 1000, random.Random(seed))
        await asyncio.gather(
            *(later(at, telegram, "answer", n) for n, at in enumerate(answers)),
            *(telegram.sends("push", 1000 + n) for n in range(pushes)),
        )
        return telegram

    telegram = run_virtually(everybody(), loop)
    assert len(telegram.arrived) == len(answers) + pushes
    assert not telegram.arrived or telegram.most_in_a_second() <= PER_SECOND


def test_pushes_use_what_answers_leave_and_answers_hardly_wait() -> None:
    loop = VirtualLoop()
    seconds, a_second = 20, 5

    async def everybody() -> tuple[Telegram, list[float]]:
        telegram = Telegram(loop)
        dice = random.Random(7)
        pushes = [asyncio.create_task(telegram.sends("push", 1000 + n)) for n in range(900)]
        waits = await asyncio.gather(
            *(
                later(dice.uniform(0, seconds), telegram, "answer", number, handling_s=0.035)
                for number in range(seconds * a_second)
            )
        )
        for push in pushes:
            push.cancel()
        await asyncio.gather(*pushes, return_exceptions=True)
        return telegram, waits

    telegram, waits = run_virtually(everybody(), loop)
    pushed = sum(kind == "push" and at < seconds for at, kind in telegram.arrived)
    assert pushed >= 0.95 * (PER_SECOND - a_second) * seconds
    late = sorted(wait - telegram.latency_s for wait in waits)
    assert late[len(late) // 2] < 0.005  # hundreds of pushes wait, and a place was kept for the answer
    assert late[int(len(late) * 0.95)] < 0.08  # two answers at once: the second waits for the next place


def test_pushes_leave_evenly() -> None:
    loop = VirtualLoop()

    async def everybody() -> Telegram:
        telegram = Telegram(loop, latency_s=0.0)
        await asyncio.gather(*(telegram.sends("push", n) for n in range(60)))
        return telegram

    times = [at for at, _kind in run_virtually(everybody(), loop).arrived]
    assert min(after - before for before, after in pairwise(times)) == pytest.approx(1 / PER_SECOND)


def test_an_answer_goes_at_once_while_there_is_room() -> None:
    loop = VirtualLoop()

    async def everybody() -> list[float]:
        telegram = Telegram(loop, latency_s=0.01)
        return await asyncio.gather(*(telegram.sends("answer", n) for n in range(PER_SECOND)))

    assert run_virtually(everybody(), loop) == pytest.approx([0.01] * PER_SECOND)


def test_two_pushes_to_one_officer_are_a_second_apart_and_hold_up_nobody() -> None:
    loop = VirtualLoop()

    async def everybody() -> Telegram:
        telegram = Telegram(loop, latency_s=0.0)
        await telegram.sends("answer", 1)
        await asyncio.gather(telegram.sends("push", 1), telegram.sends("push", 2), telegram.sends("push", 3))
        return telegram

    times = [at for at, _kind in run_virtually(everybody(), loop).arrived]
    assert times == pytest.approx([0.0, 0.0, 1 / PER_SECOND, 1.0], abs=1e-6)


def test_a_push_whose_lease_is_nearly_over_is_not_sent() -> None:
    loop = VirtualLoop()

    async def everybody() -> Telegram:
        telegram = Telegram(loop, latency_s=0.0)
        await telegram.sends("push", 1)
        with pytest.raises(TooLateError):
            await telegram.sends("push", 2, until=0.01)
        await telegram.sends("push", 3, until=5.0)
        return telegram

    assert len(run_virtually(everybody(), loop).arrived) == 2


def test_only_messages_are_counted() -> None:
    loop = VirtualLoop()

    async def everybody() -> Telegram:
        telegram = Telegram(loop, latency_s=0.0)
        for _ in range(PER_SECOND + 5):
            await telegram.limiter.process_request(
                telegram._perform, ("tap",), {}, "answerCallbackQuery", {"callback_query_id": "1"}, None
            )
        return telegram

    assert {at for at, _kind in run_virtually(everybody(), loop).arrived} == {0.0}
