"""A month lived at high speed, with the kills and outages in it."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, func, or_, select

from bot.institution import Opened
from simulator.faults import CLOSED, Fault
from storage.tables import InboxRow, Reminder, ReminderState
from tests.faults.black_box import Phase, Place
from tests.faults.bots import STARTS_WITHIN_S, Bots
from tests.faults.house import ARRIVAL, OPENED_AT, begin, settings_of, write_pack
from tests.faults.robots import Robots
from tests.faults.telegram import LOST
from tests.support.clocks import wita

FASTEST = 10_000.0  # officers' seconds in a real one: a machine that stalls for a second loses three hours
PATIENT = 60.0  # while something is late: it is real seconds that a retry waits
LATE = timedelta(minutes=100)  # of the officers' time
ENDS_IN_S = (
    3.0  # real, at the least: a machine that stalls near the end would live days that nobody asked for
)
DOWN = 1.0  # while there is no bot, unless it is an outage
ALIVE_S = 1.3  # real, between two kills, on the average
GLANCE_S = 0.12  # real, between two glances at a phone
SLOW_GLANCE_S = 1.0  # while something is late: a machine with other work would never catch up
LOOK_S = 0.1  # real, between two looks at the database
STEP_S = 0.01
AIMED_WITHIN_S = 8.0  # a place that is not passed by then: killed all the same
QUIET_WITHIN_S = 120.0
AIMED = 0.66  # of the kills
IN_OUTAGE = 0.15  # of the kills: the clock runs on while the bot is away
IN_START = 0.15  # of the kills at random: while the bot is starting
STANDBY_DIES_EACH = 3  # kills: who stands by dies before
AGAIN = 0.5  # of these times: a third stands by before the owner dies
FAILING = 0.35  # of the times between two kills

FAULTS = (
    lambda: Fault(502, count=2),
    lambda: Fault(502, count=8),
    lambda: Fault(500, method="sendMessage"),
    lambda: Fault(429, retry_after=1),
    lambda: Fault(CLOSED, count=2),
    lambda: Fault(CLOSED, method="getUpdates"),
    lambda: Fault(CLOSED, method="sendMessage", takes_effect=True, description=LOST),
    lambda: Fault(CLOSED, method="editMessageText", takes_effect=True, description=LOST),
    lambda: Fault(500, method="sendMessage", takes_effect=True, description=LOST),
)
PLACES = (  # of each phase in turn, the most telling ones first: a few kills have these
    (Place.RECEIVE_AFTER, Place.RECEIVE_INSIDE, Place.RECEIVE_BEFORE),
    (Place.CLAIM_AFTER, Place.TAP_INSIDE, Place.TAP_AFTER, Place.CLAIM_INSIDE, Place.TAP_BEFORE),
    (
        Place.PUSH_PERFORMED, Place.REPLY_PERFORMED, Place.PUSH_AFTER, Place.REPLY_AFTER, Place.PUSH_BEFORE,
        Place.REPLY_BEFORE,
    ),
    (Place.SENT_BEFORE, Place.REPLIED_BEFORE, Place.SENT_INSIDE, Place.SENT_AFTER, Place.REPLIED_AFTER),
)  # fmt: skip


@dataclass(frozen=True)
class Kill:
    """One process that died."""

    process: int
    at: datetime  # officers' time
    phase: Phase | None
    place: Place  # NOWHERE: at random


@dataclass
class Lived:
    """What came of it; the rest is in the database, on the phones and in what `telegram` wrote down."""

    kills: list[Kill] = field(default_factory=list)
    update_of_row: dict[int, int] = field(default_factory=dict)  # the inbox keeps a row for a week only
    faults: Counter[str] = field(default_factory=Counter)
    standbys_killed: int = 0
    take_overs_s: list[float] = field(default_factory=list)  # from a kill until the one that stood by serves
    passed: list[tuple[float, float]] = field(
        default_factory=list
    )  # officers' time, and real (monotonic) time, as both went on; seconds

    @property
    def histogram(self) -> dict[str, int]:
        """How many died in which phase."""
        count = Counter(kill.phase for kill in self.kills)
        return {**{phase.name.lower(): count[phase] for phase in Phase}, "idle": count[None]}


class Month:
    """Call `lives` once, then look.

    Args:
        days: from the arrival on.
        stands_by: a second process stands by and takes over; else the next one is started after each kill.
    """

    def __init__(
        self, folder: Path, database_url: str, days: int, kills: int, seed: int, *, stands_by: bool = False
    ) -> None:
        self.days = days
        self._stands_by = stands_by
        self._kills = kills
        self._random = random.Random(seed)
        data = folder / "data"
        data.mkdir(parents=True)
        settings = settings_of(data, database_url, write_pack(folder / "pack"))
        self.bots = Bots(folder, settings, stands_by=stands_by)
        self.telegram = self.bots.telegram
        self.telegram.clock.move_to(OPENED_AT)
        departure = ARRIVAL + timedelta(days=days + 1)
        self.opened: Opened = begin(settings, self.telegram.world, departure, OPENED_AT)
        self.robots = Robots(self.telegram, random.Random(seed + 1))
        self.lived = Lived()
        self._began_at = wita(f"{ARRIVAL} 06.00")
        self._ends_at = wita(f"{ARRIVAL + timedelta(days=days - 1)} 19.00")
        span_s = (self._ends_at - self._began_at).total_seconds()
        self._fast = min(span_s / (max(kills, 1) * ALIVE_S), FASTEST)
        self.ended_at = self._ends_at
        self._glance_at = self._look_at = 0.0
        self._is_late = False

    def close(self) -> None:
        self.bots.close()
        self.opened.store.close()

    def lives(self) -> None:
        """From the arrival to the last evening."""
        self._begins()
        places = self._places()
        for number in range(self._kills):
            if self._random.random() < FAILING:
                fault = self._random.choice(FAULTS)()
                self.lived.faults[f"{fault.status}{' after the deed' if fault.takes_effect else ''}"] += (
                    fault.count
                )
                self.telegram.fails(fault)
            self._dies(next(places), number)
        self._until(lambda: self.telegram.clock.now() >= self._ends_at, 600 + self.days * 30)
        self._comes_to_rest()

    # the parts

    def _begins(self) -> None:
        """Everybody is enrolled on the day before; nobody is killed yet."""
        self.bots.starts()
        self._until(lambda: self.bots.is_there, STARTS_WITHIN_S, robots=False, clock=False)
        self._until(self._is_quiet, QUIET_WITHIN_S, robots=False, clock=False)
        self.bots.jumps(self._began_at)

    def _places(self) -> Iterator[Place]:
        """Where each one dies: the aimed ones as often in each phase."""
        aimed = round(self._kills * AIMED)
        chosen = [
            PLACES[n % len(PLACES)][n // len(PLACES) % len(PLACES[n % len(PLACES)])] for n in range(aimed)
        ]
        chosen += [Place.NOWHERE] * (self._kills - aimed)
        self._random.shuffle(chosen)
        yield from chosen

    def _dies(self, place: Place, number: int) -> None:
        """One kill, and the next start."""
        if self._stands_by:
            self._is_followed_again(number)
        span = self._ends_at - self._began_at
        not_before = self._began_at + span * (number / max(self._kills, 1))
        self._until(lambda: self.telegram.clock.now() >= not_before, 300)
        if place is Place.NOWHERE:
            wait_s = self._random.uniform(0.0, 2 * ALIVE_S)
            self._until(lambda: False, wait_s, must=False)
        else:
            self.bots.box.aim(place, self._random.randint(1, 3))
            self._until(lambda: self.bots.is_dead, AIMED_WITHIN_S, must=False)
        is_followed = self._stands_by and self.bots.is_followed
        self._kill()
        died_at = time.monotonic()
        if place is Place.NOWHERE and self._random.random() < IN_START:
            self._until(lambda: self.bots.is_there, self._random.uniform(0.3, 2.0), must=False)
            if not self.bots.is_there:
                self._kill(counts=False)
                is_followed = False
        self._until(lambda: self.bots.is_there, STARTS_WITHIN_S)
        if is_followed:
            self.lived.take_overs_s.append(self.telegram.started_at - died_at)

    def _is_followed_again(self, number: int) -> None:
        """Another one stands by; at times it dies, and the owner after it with or without a third in its place."""
        self.bots.plays(DOWN)
        self.bots.is_to_be_followed()
        self._until(lambda: self.bots.is_followed, STARTS_WITHIN_S, robots=False, clock=False)
        if number % STANDBY_DIES_EACH == 1:
            self.bots.next_dies()
            self.lived.standbys_killed += 1
            if self._random.random() < AGAIN:
                self._until(lambda: self.bots.is_followed, STARTS_WITHIN_S, robots=False, clock=False)

    def _kill(self, *, counts: bool = True) -> None:
        """Kill, note how it died, start the next.

        Args:
            counts: not when it had not come so far as to do anything.
        """
        box, number = self.bots.box, self.bots.number
        self.bots.dies()
        at = self.telegram.clock.now()
        phase = box.died_at.phase if box.died_at is not Place.NOWHERE else box.phase
        if counts:
            self.lived.kills.append(Kill(number, at, phase, box.died_at))
        if self._random.random() >= IN_OUTAGE:
            self.bots.plays(DOWN)
        self.bots.starts()

    def _comes_to_rest(self) -> None:
        """The evening of the last day: everything is answered, and the bot stops in order."""
        self.telegram.world.faults.clear()
        self.bots.plays(PATIENT)
        until = time.monotonic() + QUIET_WITHIN_S
        while not self._is_quiet():
            assert time.monotonic() < until, f"it does not come to rest: {self._waiting()}"
            time.sleep(LOOK_S)
        self.ended_at = self.telegram.clock.now()
        self.robots.ends()
        self._looks()
        assert self.bots.stops() == 0

    # time passes

    def _until(
        self,
        is_over: Callable[[], bool],
        within_s: float,
        *,
        must: bool = True,
        robots: bool = True,
        clock: bool = True,
    ) -> None:
        """Let time pass until it is so.

        Args:
            within_s: real seconds; fails then if it `must` be, else goes on.
            robots: officers are at their phones.
            clock: it runs fast, but waits while the bot is late with anything.
        """
        until = time.monotonic() + within_s
        while not is_over():
            now = time.monotonic()
            if now > until:
                assert not must, f"not within {within_s:.0f} s: {self._waiting()}"
                return
            self.lived.passed.append((self.telegram.clock.now().timestamp(), now))
            if robots and now >= self._glance_at:
                glance_s = SLOW_GLANCE_S if self._is_late else GLANCE_S
                self._glance_at = now + self._random.uniform(0.5, 1.5) * glance_s
                self.robots.acts()
            if now >= self._look_at:
                self._look_at = now + LOOK_S
                self._is_late = self._looks()
                if clock and self.bots.is_there:
                    self.bots.plays(PATIENT if self._is_late else self._rate)
                elif clock and self._is_late:
                    self.bots.plays(DOWN)
            time.sleep(STEP_S)

    @property
    def _rate(self) -> float:
        """How fast the clock runs when nothing is late: slower towards the end."""
        left_s = (self._ends_at - self.telegram.clock.now()).total_seconds()
        rate = self._fast
        while rate > max(PATIENT, left_s / ENDS_IN_S):  # in steps: the bot stands still for each change
            rate /= 4
        return max(rate, PATIENT)

    def _looks(self) -> bool:
        """Learn which rows the inbox has got; returns whether the bot is late with anything."""
        now = self.telegram.clock.now()
        with self.opened.store.reading() as s:
            newest = max(self.lived.update_of_row, default=0)
            query = select(InboxRow.id, InboxRow.update_id).where(col(InboxRow.id) > newest)
            for row_id, update_id in s.exec(query):
                self.lived.update_of_row[row_id or 0] = update_id
            return self._count_due(s, now - LATE) > 0 or self._count_unanswered(s, now - LATE) > 0

    def _is_quiet(self) -> bool:
        now = self.telegram.clock.now()
        with self.opened.store.reading() as s:
            waits = self._count_due(s, now) + self._count_unanswered(s, now)
        return not waits and not self.telegram.world.updates.waiting

    def _waiting(self) -> str:
        now = self.telegram.clock.now()
        with self.opened.store.reading() as s:
            due, unanswered = self._count_due(s, now), self._count_unanswered(s, now)
        return f"{now} {due} due, {unanswered} unanswered, {len(self.telegram.world.updates.waiting)} at Telegram"

    @staticmethod
    def _count_due(s: Session, by: datetime) -> int:
        query = select(func.count()).where(
            Reminder.state == ReminderState.PENDING, col(Reminder.due_at) <= by
        )
        return s.exec(query).one()

    @staticmethod
    def _count_unanswered(s: Session, by: datetime) -> int:
        unsaid = col(InboxRow.reply).is_not(None) & col(InboxRow.replied_at).is_(None)
        undone = col(InboxRow.handled_at).is_(None) & col(InboxRow.set_aside_at).is_(None)
        query = (
            select(func.count())
            .select_from(InboxRow)
            .where(or_(unsaid, undone), col(InboxRow.received_at) <= by)
        )
        return s.exec(query).one()
