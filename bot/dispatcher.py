"""Sends due reminders: claimed in one transaction, sent, marked in a second; nothing lost, little twice.

Killed between sending and marking, at most MAX_IN_FLIGHT messages go out again, never two for one officer.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from telegram.error import TelegramError

from bot.bundles import TOGETHER, Bundle, Bundler, Dark
from bot.clock import Now, real_now
from bot.leases import is_dead, new_owner
from bot.logs import place_of
from bot.outgoing import Address
from bot.rooms import Rooms
from bot.trouble import trouble_of
from bot.voice import MakerError, Voice
from sop_flows.house import House
from storage.engine import Store
from storage.queries import dispatch
from storage.queries.accounts import note_blocked
from storage.tables import Officer, Reminder

MAX_IN_FLIGHT = 20  # officers whose message is on its way at once: so many may get theirs twice after a kill
SLOT = timedelta(seconds=1 / 25)  # 25 a second: Telegram's 30 less what interactive replies need
PER_CHAT_S = 1.0  # between two messages to one officer
LOOK_AHEAD_CHANGES = 60  # openings and closings tried out to find the next message
BEAT_EVERY = timedelta(minutes=1)  # of the officers' time

log = logging.getLogger(__name__)


class _TakenBack(Exception):
    """Ends a transaction that only tried something out."""


@dataclass(frozen=True)
class Pace:
    """How fast messages leave. Tests send without waiting."""

    slot: timedelta = SLOT
    per_chat_s: float = PER_CHAT_S
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


@dataclass
class _Claimed:
    """What one transaction took: per officer his messages with their slots, and how many rows it settled."""

    deliveries: list[list[tuple[Bundle, datetime]]]
    settled: int = 0


class Dispatcher:
    """Steppable: `dispatch_once` does all that is due now and that fits in flight."""

    def __init__(
        self, store: Store, house: House, clock: Now, rooms: Rooms, voice: Voice, pace: Pace | None = None
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._rooms = rooms
        self._voice = voice
        self._pace = pace or Pace()
        self._bundler = Bundler(house, rooms)
        self._owner = new_owner()
        self._beat_at: datetime | None = None
        self._alive: tuple[datetime, datetime] | None = None  # last seen alive: officers' time, real time
        self._dark: Dark | None = None
        self._sent_at: dict[int, float] = {}  # last message to an officer, monotonic seconds
        self._in_hand: set[asyncio.Task[int]] = set()
        self.next_at: datetime | None = None  # when there is something to do again, officers' time

    async def start(self) -> None:
        """Learn for how long nobody dispatched; free what a dead process had in hand."""
        await asyncio.to_thread(self._start)

    async def dispatch_once(self) -> int:
        """Send what is due. Returns how many reminders were settled: sent, dropped, moved or failed."""
        claimed = await asyncio.to_thread(self._claim)
        tasks = [asyncio.create_task(self._deliver_all(bundles)) for bundles in claimed.deliveries]
        self._in_hand.update(tasks)
        try:
            settled = await asyncio.gather(*(asyncio.shield(task) for task in tasks))
        finally:
            self._in_hand = {task for task in self._in_hand if not task.done()}
        await self.look_ahead()
        return claimed.settled + sum(settled)

    async def dispatch_until_idle(self) -> int:
        """Send until nothing is due any more."""
        total = 0
        while settled := await self.dispatch_once():
            total += settled
        return total

    async def look_ahead(self) -> datetime | None:
        """Read again when there is something to do next."""
        self.next_at = await asyncio.to_thread(self._next_at)
        return self.next_at

    def next_reminder_at(self) -> datetime | None:
        """When the next message leaves, also one that does not exist yet because its task is still to open.

        For the simulator's clock panel: what is to come is tried out in a transaction that is taken back.
        """
        due: datetime | None = None
        with contextlib.suppress(_TakenBack), self._store.transaction() as s:
            for _change in range(LOOK_AHEAD_CHANGES):
                due, change = dispatch.next_due_at(s, real_now()), self._rooms.next_change_at(s)
                if change is None or (due is not None and due <= change):
                    break
                self._rooms.advance(s, self._house, max(change, self._clock.now()))
                s.flush()
            raise _TakenBack
        return due

    async def finish(self, within_s: float) -> None:
        """Let messages on their way arrive and be marked."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=within_s)
        await asyncio.to_thread(self._beat_now)

    def _start(self) -> None:
        now = self._clock.now()
        with self._store.transaction() as s:
            before = dispatch.last_beat(s)
            if before is not None and now - before > TOGETHER:
                self._dark = Dark(before, now)
            dead = [owner for owner in dispatch.list_owners(s) if is_dead(owner, self._owner)]
            dispatch.free_leases(s, dead)
            self._beat(s, now)
        self._alive = (now, real_now())

    def _beat_now(self) -> None:
        with self._store.transaction() as s:
            dispatch.beat(s, self._clock.now())

    def _beat(self, s: Session, now: datetime) -> None:
        dispatch.beat(s, now)
        self._beat_at = now

    def _note_alive(self, now: datetime) -> None:
        """A machine that slept is an outage too; a simulated clock that was moved is none."""
        real = real_now()
        if self._alive is not None and real - self._alive[1] > TOGETHER:
            self._dark = Dark(self._alive[0], now)
        self._alive = (now, real)

    def _next_at(self) -> datetime | None:
        with self._store.reading() as s:
            times = (dispatch.next_due_at(s, real_now()), self._rooms.next_change_at(s))
            return min((at for at in times if at is not None), default=None)

    def _claim(self) -> _Claimed:
        now = self._clock.now()
        self._note_alive(now)
        with self._store.reading() as s:
            change = self._rooms.next_change_at(s)
            due = dispatch.next_due_at(s, real_now())
        stale = self._beat_at is None or abs(now - self._beat_at) >= BEAT_EVERY
        changes = change is not None and change <= now
        if not (stale or changes or (due is not None and due <= now)):
            return _Claimed([])
        if changes or (due is not None and due <= now):  # also makes tomorrow's digest before today's is sent
            self._advance(now)
        with self._store.transaction() as s:
            if stale:
                self._beat(s, now)
            claimed = _Claimed([])
            for officer in dispatch.claim_officers(s, now, real_now(), MAX_IN_FLIGHT):
                self._claim_officer(s, officer, now, claimed)
            return claimed

    def _advance(self, now: datetime) -> None:
        """Open and close all that has come due, a limited number of steps in each transaction."""
        for _transaction in range(LOOK_AHEAD_CHANGES):
            with self._store.transaction() as s:
                self._rooms.advance(s, self._house, now)
                change = self._rooms.next_change_at(s)
            if change is None or change > now:
                return

    def _claim_officer(self, s: Session, officer: Officer, now: datetime, claimed: _Claimed) -> None:
        assert officer.id is not None
        rows = dispatch.list_pending(s, officer.id, now + TOGETHER)
        due = sum(row.due_at <= now for row in rows)
        bundles, carried = self._bundler.bundle(s, officer, rows, now, self._dark)
        dispatch.lease_rows(s, carried, self._owner, real_now())
        slots = [dispatch.reserve_slot(s, real_now(), self._pace.slot) for _bundle in bundles]
        if bundles:
            claimed.deliveries.append(list(zip(bundles, slots, strict=True)))
        claimed.settled += max(0, due - sum(row.due_at <= now for row in carried))

    async def _deliver_all(self, bundles: list[tuple[Bundle, datetime]]) -> int:
        """One officer's messages, one after the other."""
        settled = 0
        for bundle, slot in bundles:
            try:
                settled += await self._deliver(bundle, slot)
            except Exception as error:  # the lease runs out and they are sent again
                log.error("reminders %s: %s", bundle.ids, place_of(error))
        return settled

    async def _deliver(self, bundle: Bundle, slot: datetime) -> int:
        await self._wait_for(bundle.officer_id, slot)
        address = Address(bundle.chat_id)
        message_id: int | None = None
        try:
            for action in bundle.reply.actions:
                shown = await self._voice.carry_out(action, address)
                message_id = message_id if message_id is not None else shown
        except MakerError as error:
            return await asyncio.to_thread(self._failed, bundle, place_of(error.__cause__ or error), False)
        except TelegramError as error:
            return await self._not_sent(bundle, error)
        finally:
            self._sent_at[bundle.officer_id] = time.monotonic()
        return await asyncio.to_thread(self._sent, bundle, message_id)

    async def _not_sent(self, bundle: Bundle, error: TelegramError) -> int:
        trouble = trouble_of(error, 1)
        if trouble.kind == "later":
            await asyncio.to_thread(self._put_back, bundle, trouble.wait_s, trouble.words)
            return 0
        if trouble.kind == "refused" and len(bundle.ids) > 1:
            # One of them is refused: alone it fails, the others go out.
            alone = await asyncio.to_thread(self._one_by_one, bundle)
            return await self._deliver_all(alone)
        log.error("reminders %s: %s", bundle.ids, trouble.words)
        return await asyncio.to_thread(self._failed, bundle, trouble.words, trouble.kind == "blocked")

    async def _wait_for(self, officer_id: int, slot: datetime) -> None:
        wait_s = (slot - real_now()).total_seconds()
        before = self._sent_at.get(officer_id)
        if before is not None:
            wait_s = max(wait_s, before + self._pace.per_chat_s - time.monotonic())
        if wait_s > 0:
            await self._pace.sleep(wait_s)
        if len(self._sent_at) > 1000:
            self._sent_at.clear()

    def _sent(self, bundle: Bundle, message_id: int | None) -> int:
        with self._store.transaction() as s:
            dispatch.mark_sent(s, bundle.ids, self._clock.now(), message_id)
        return len(bundle.ids)

    def _failed(self, bundle: Bundle, error: str, blocked: bool) -> int:
        with self._store.transaction() as s:
            dispatch.mark_failed(s, bundle.ids, error)
            if blocked:
                note_blocked(s, bundle.chat_key, self._clock.now())
        return len(bundle.ids)

    def _put_back(self, bundle: Bundle, wait_s: float, words: str) -> None:
        log.warning("reminders %s wait %.0f s: %s", bundle.ids, wait_s, words)
        with self._store.transaction() as s:
            dispatch.put_back(s, bundle.ids, real_now() + timedelta(seconds=wait_s), words)

    def _one_by_one(self, bundle: Bundle) -> list[tuple[Bundle, datetime]]:
        now = self._clock.now()
        with self._store.transaction() as s:
            officer = s.get_one(Officer, bundle.officer_id)
            rows = s.exec(select(Reminder).where(col(Reminder.id).in_(bundle.ids))).all()
            found = [
                pair for row in rows for pair in self._bundler.bundle(s, officer, [row], now, self._dark)[0]
            ]
            return [(one, dispatch.reserve_slot(s, real_now(), self._pace.slot)) for one in found]
