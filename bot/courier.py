"""Takes claimed reminders to their officers: paced, one after the other for one officer, marked when they are out."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from telegram.error import TelegramError

from bot.bundles import Bundle, Bundler
from bot.clock import Now, real_now
from bot.logs import place_of
from bot.outgoing import Address
from bot.trouble import trouble_of
from bot.voice import MakerError, Voice
from sop_flows.house import House
from sop_flows.people.unreachable import note_reached, note_unreachable
from storage.engine import Store
from storage.queries import dispatch
from storage.tables import Officer, Reminder

SLOT = timedelta(seconds=1 / 25)  # 25 a second: Telegram's 30 less what interactive replies need
PER_CHAT_S = 1.0  # between two messages to one officer
REMEMBERED = 1000  # officers whose last message is remembered for that

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """How fast messages leave. Tests send without waiting."""

    slot: timedelta = SLOT
    per_chat_s: float = PER_CHAT_S
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


@dataclass(frozen=True)
class Parcel:
    """A message with the moment (real time) that is kept free for it."""

    bundle: Bundle
    slot: datetime


class Courier:
    """Sends and marks. `retry_at` (monotonic seconds) is when what had to wait may be tried again."""

    def __init__(
        self, store: Store, house: House, clock: Now, voice: Voice, bundler: Bundler, pace: Pace
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._voice = voice
        self._bundler = bundler
        self.pace = pace
        self._sent_at: dict[int, float] = {}  # last message to an officer, monotonic seconds
        self.retry_at: float | None = None

    def keep_slots(self, s: Session, bundles: Sequence[Bundle]) -> list[Parcel]:
        """Reserve a moment for each; in the transaction that claims."""
        return [Parcel(one, dispatch.reserve_slot(s, real_now(), self.pace.slot)) for one in bundles]

    async def deliver_all(self, parcels: Sequence[Parcel]) -> int:
        """One officer's messages, one after the other. Returns how many reminders were sent or failed."""
        settled = 0
        for parcel in parcels:
            try:
                settled += await self._deliver(parcel)
            except Exception as error:  # the lease runs out and they are sent again
                log.error("reminders %s: %s", parcel.bundle.ids, place_of(error))
        return settled

    async def _deliver(self, parcel: Parcel) -> int:
        bundle = parcel.bundle
        await self._wait_for(bundle.officer_id, parcel.slot)
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
        trouble = trouble_of(error, bundle.attempt)
        if trouble.kind == "later":
            await asyncio.to_thread(self._put_back, bundle, trouble.wait_s, trouble.words)
            at = time.monotonic() + trouble.wait_s
            self.retry_at = at if self.retry_at is None else min(at, self.retry_at)
            return 0
        if trouble.kind == "refused" and len(bundle.ids) > 1:
            # One of them is refused: alone it fails, the others go out.
            return await self.deliver_all(await asyncio.to_thread(self._one_by_one, bundle))
        log.error("reminders %s: %s", bundle.ids, trouble.words)
        return await asyncio.to_thread(self._failed, bundle, trouble.words, trouble.kind == "blocked")

    async def _wait_for(self, officer_id: int, slot: datetime) -> None:
        wait_s = (slot - real_now()).total_seconds()
        before = self._sent_at.get(officer_id)
        if before is not None:
            wait_s = max(wait_s, before + self.pace.per_chat_s - time.monotonic())
        if wait_s > 0:
            await self.pace.sleep(wait_s)
        if len(self._sent_at) > REMEMBERED:
            self._sent_at.clear()

    def _sent(self, bundle: Bundle, message_id: int | None) -> int:
        with self._store.transaction() as s:
            dispatch.mark_sent(s, bundle.ids, self._clock.now(), message_id)
            if bundle.was_blocked:
                note_reached(s, s.get_one(Officer, bundle.officer_id), self._clock.now())
        return len(bundle.ids)

    def _failed(self, bundle: Bundle, error: str, blocked: bool) -> int:
        with self._store.transaction() as s:
            dispatch.mark_failed(s, bundle.ids, error)
            if blocked:
                note_unreachable(s, self._house, s.get_one(Officer, bundle.officer_id), self._clock.now())
        return len(bundle.ids)

    def _put_back(self, bundle: Bundle, wait_s: float, words: str) -> None:
        log.warning("reminders %s wait %.0f s: %s", bundle.ids, wait_s, words)
        with self._store.transaction() as s:
            dispatch.put_back(s, bundle.ids, real_now() + timedelta(seconds=wait_s), words)

    def _one_by_one(self, bundle: Bundle) -> list[Parcel]:
        now = self._clock.now()
        with self._store.transaction() as s:
            officer = s.get_one(Officer, bundle.officer_id)
            rows = s.exec(select(Reminder).where(col(Reminder.id).in_(bundle.ids))).all()
            bundles = [one for row in rows for one in self._bundler.bundle(s, officer, [row], now, None)[0]]
            return self.keep_slots(s, bundles)
