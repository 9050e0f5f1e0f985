"""One bot as a process, with a Telegram of its own; when each tap was sent and when its answer was there."""

import asyncio
import os
import subprocess
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.state import Account, Call
from tests.support.served import Served

TOKEN = "123456:BENCH"
STARTS_WITHIN_S = 180.0  # a machine with other work
ANSWERED_WITHIN_S = 300.0
CALM_S = 0.3  # after the last answer: what is written down a little later belongs to the tap
SCREENS = ("editMessageText", "sendMessage", "sendPhoto")


@dataclass(frozen=True)
class Act:
    """One thing done on a phone: words, or a tap on a button of the message that is the card."""

    chat: int
    words: str = ""
    data: str = ""


@dataclass
class Burst:
    """What came of some acts.

    Attributes:
        cpu_s: of the bot's process, without what it uses when nothing happens.
        screens: seconds from each act to the changed or new message, in the order of the answers.
        toasts: the same to the answer that ends the little clock on the button.
        seconds: from the first act to the last answer.
        switches: context switches of all threads.
    """

    acts: int = 0
    cpu_s: float = 0.0
    seconds: float = 0.0
    switches: int = 0
    screens: list[float] = field(default_factory=list)
    toasts: list[float] = field(default_factory=list)

    def __add__(self, other: "Burst") -> "Burst":
        return Burst(
            self.acts + other.acts, self.cpu_s + other.cpu_s, self.seconds + other.seconds,
            self.switches + other.switches, self.screens + other.screens, self.toasts + other.toasts,
        )  # fmt: skip


class Stand(Served):
    """A Telegram on a port for one bot.

    Attributes:
        away_s: seconds that a request and its answer take on the network.
        sent: how many messages reached each chat.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.away_s = 0.0
        self.folder = folder
        self.polled_at = 0.0  # monotonic; the first getUpdates of the present process
        self.sent: dict[int, int] = defaultdict(int)
        self._burst = Burst()
        self._waiting: dict[int, deque[float]] = defaultdict(deque)
        self._tapped: dict[str, float] = {}
        self._cards: dict[int, int] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._idle_cpu = 0.0  # seconds a second
        super().__init__(folder, TOKEN, self._hear, self._through)

    # the process

    def starts(self, *command: str, **settings: str) -> float:
        """Start it; returns the seconds until it asked for updates."""
        self.polled_at = 0.0
        environment = {
            **os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": self.address, **settings,
        }  # fmt: skip
        began = time.monotonic()
        with (self.folder / "bot.log").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-m", *command], env=environment, stderr=log)
        while not self.polled_at:
            assert self._process.poll() is None, (self.folder / "bot.log").read_text("utf-8")
            assert time.monotonic() < began + STARTS_WITHIN_S, "it does not start"
            time.sleep(0.002)
        return self.polled_at - began

    def rests(self, seconds: float) -> float:
        """Let nothing happen; returns and remembers what the process uses then, CPU seconds a second."""
        before, began = self.cpu_s(), time.monotonic()
        time.sleep(seconds)
        self._idle_cpu = (self.cpu_s() - before) / (time.monotonic() - began)
        return self._idle_cpu

    def ends(self) -> None:
        """Kill it; every tap is answered by now."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        self.ends()
        super().close()

    def cpu_s(self) -> float:
        """CPU seconds of all its threads, as the kernel counts them in nanoseconds."""
        return sum(int(line.split()[0]) for line in self._each_thread("schedstat")) / 1e9

    def switches(self) -> int:
        """Context switches of all its threads."""
        lines = [line for text in self._each_thread("status") for line in text.splitlines()]
        return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)

    def rss_mb(self) -> float:
        """Resident memory."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def _each_thread(self, name: str) -> Iterator[str]:
        assert self._process is not None
        for thread in Path(f"/proc/{self._process.pid}/task").iterdir():
            yield (thread / name).read_text("utf-8")

    # the phones

    def seat(self, chats: Iterable[int]) -> None:
        """People who have written to the bot before."""
        for chat in chats:
            self.world.accounts[chat] = Account(chat, f"Petugas {chat}", started=True)

    def shows_card(self, chats: Sequence[int]) -> None:
        """Each has a message with buttons, on which they tap from now on."""
        self.does([Act(chat, words="/tugas") for chat in chats], 10)
        for chat in chats:
            self._cards[chat] = self.world.phone_of(chat).last_message.id

    def does(self, acts: Sequence[Act], a_second: float, gaps: Callable[[], float] | None = None) -> Burst:
        """All acts, whether those before are answered or not; returns when every answer is there.

        Args:
            a_second: how many come in a second, evenly;
            gaps: or so many seconds between two.
        """
        with self._measured() as burst:
            at = time.monotonic()
            for act in acts:
                time.sleep(max(0.0, at - time.monotonic()))
                self._act(act)
                at += gaps() if gaps is not None else 1 / a_second
            self._until_answered(0)
        return burst

    def keeps_busy(self, acts: Iterator[Act], seconds: float, most: int, at_once: int) -> Burst:
        """So many acts at once, the next when one is answered, for that long or until it is enough."""
        with self._measured() as burst:
            until = time.monotonic() + seconds
            while time.monotonic() < until and burst.acts < most:
                self._act(next(acts))
                self._until_answered(at_once - 1)
            self._until_answered(0)
        return burst

    @contextmanager
    def _measured(self) -> Iterator[Burst]:
        burst = self._burst = Burst()
        cpu_s, switches, began = self.cpu_s(), self.switches(), time.monotonic()
        yield burst
        burst.seconds = time.monotonic() - began
        time.sleep(CALM_S)
        idle_s = self._idle_cpu * (time.monotonic() - began)
        burst.cpu_s = max(0.0, self.cpu_s() - cpu_s - idle_s)
        burst.switches = self.switches() - switches

    def _act(self, act: Act) -> None:
        with self.world.lock:
            phone = self.world.phone_of(act.chat)
            self._waiting[act.chat].append(time.monotonic())
            self._burst.acts += 1
            if act.words:
                phone.types(act.words)
            else:
                tap = phone.taps_data(self._cards[act.chat], act.data, stale=True)
                self._tapped[tap.id] = time.monotonic()

    def _until_answered(self, but: int) -> None:
        until = time.monotonic() + ANSWERED_WITHIN_S
        while self._burst.acts - len(self._burst.screens) > but or (not but and self._tapped):
            assert self._process is not None
            assert self._process.poll() is None, (self.folder / "bot.log").read_text("utf-8")
            assert time.monotonic() < until, f"not answered: {dict(self._waiting)}"
            time.sleep(0.002)

    def _hear(self, call: Call) -> None:
        now = time.monotonic()
        if call.method == "answerCallbackQuery":
            tapped = self._tapped.pop(str(call.params.get("callback_query_id")), None)
            if tapped is not None:
                self._burst.toasts.append(now - tapped)
        elif call.method in SCREENS:
            chat = int(call.params["chat_id"])
            self.sent[chat] += 1
            if self._waiting[chat]:
                self._burst.screens.append(now - self._waiting[chat].popleft())

    def _through(self, app: ASGIApp) -> ASGIApp:
        async def away(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"].endswith("getUpdates") and not self.polled_at:
                self.polled_at = time.monotonic()
            await asyncio.sleep(self.away_s / 2)
            await app(scope, receive, send)
            await asyncio.sleep(self.away_s / 2)

        return away


def pandu(
    stand: Stand, settings: Mapping[str, str], *, counts: Path | None = None, paced: bool = True
) -> float:
    """Start Pandu as an operator does; counted or unpaced, through the launcher. Seconds until it asked for updates."""
    if counts is None and paced:
        return stand.starts("bot", "run", **settings)
    more = {} if counts is None else {"BENCH_COUNTS": str(counts)}
    return stand.starts(
        "benchmarks.launcher", "run", **settings, **more, **({} if paced else {"BENCH_UNPACED": "1"})
    )
