"""Takes claimed reminders to their officers: one message after the other for one officer, marked when they are out."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select
from telegram.error import TelegramError

from bot.bundles import Bundle, Bundler
from bot.clock import Now, real_now
from bot.logs import place_of
from bot.outgoing import Address
from bot.pacer import Push, TooLateError
from bot.trouble import trouble_of
from bot.voice import MakerError, Voice
from sop_flows.actions.people.unreachable import note_reached, note_unreachable
from sop_flows.core.institution import Institution
from sop_flows.notifications.settle import working
from storage.engine import Store
from storage.queries import dispatch
from storage.tables import Officer, Reminder

SPARE_S = 20.0  # of a lease that must be left when a message leaves: the request and its mark take time

log = logging.getLogger(__name__)


class _Mark:
    """A message that is out, until that is written down."""

    def __init__(self, bundle: Bundle, message_id: int | None) -> None:
        self.bundle = bundle
        self.message_id = message_id
        self.is_made = False
        self.error: Exception | None = None


class Courier:
    """Sends and marks. `retry_at` (monotonic seconds) is when what had to wait may be tried again.

    A message that may have been sent or not (the answer did not come) is sent again: it comes twice rather than never.
    """

    def __init__(self, store: Store, house: Institution, clock: Now, voice: Voice, bundler: Bundler) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._voice = voice
        self._bundler = bundler
        self._marks: list[_Mark] = []
        self._marking = asyncio.Lock()
        self.retry_at: float | None = None

    async def deliver_all(self, bundles: Sequence[Bundle], claimed_at: float) -> int:
        """One officer's messages, one after the other. Returns how many reminders were sent or failed.

        Args:
            claimed_at: monotonic seconds; when the lease is nearly over nothing leaves any more.
        """
        push = Push(until=claimed_at + dispatch.LEASE.total_seconds() - SPARE_S)
        settled = 0
        for bundle in bundles:
            try:
                settled += await self._deliver(bundle, push)
            except Exception as error:  # the lease runs out and they are sent again
                log.error("reminders %s: %s", bundle.ids, place_of(error))
        return settled

    async def _deliver(self, bundle: Bundle, push: Push) -> int:
        address = Address(bundle.chat_id)
        message_id: int | None = None
        try:
            for action in bundle.reply.actions:
                shown = await self._voice.carry_out(action, address, push)
                message_id = message_id if message_id is not None else shown
                push = Push()  # what has begun is brought to its end
        except MakerError as error:
            return await asyncio.to_thread(self._failed, bundle, place_of(error.__cause__ or error), False)
        except TooLateError as error:
            await asyncio.to_thread(self._put_back, bundle, 0.0, error.message)
            return 0
        except TelegramError as error:
            return await self._not_sent(bundle, error)
        await self._mark(_Mark(bundle, message_id))
        return len(bundle.ids)

    async def _not_sent(self, bundle: Bundle, error: TelegramError) -> int:
        trouble = trouble_of(error, bundle.attempt)
        if trouble.kind == "later":
            await asyncio.to_thread(self._put_back, bundle, trouble.wait_s, trouble.words)
            at = time.monotonic() + trouble.wait_s
            self.retry_at = at if self.retry_at is None else min(at, self.retry_at)
            return 0
        if trouble.kind == "refused" and len(bundle.ids) > 1:
            # One of them is refused: alone it fails, the others go out.
            alone = await asyncio.to_thread(self._one_by_one, bundle)
            return await self.deliver_all(alone, time.monotonic())
        log.error("reminders %s: %s", bundle.ids, trouble.words)
        return await asyncio.to_thread(self._failed, bundle, trouble.words, trouble.kind == "blocked")

    async def _mark(self, mark: _Mark) -> None:
        """Write down that it is out; what came back while the last transaction ran goes into one together."""
        self._marks.append(mark)
        async with self._marking:
            if not mark.is_made:
                marks, self._marks = self._marks, []
                try:
                    await asyncio.to_thread(self._sent, marks)
                except Exception as error:
                    for one in marks:
                        one.error = error
                for one in marks:
                    one.is_made = True
        if mark.error is not None:
            raise mark.error

    def _sent(self, marks: Sequence[_Mark]) -> None:
        with self._store.transaction() as s:
            now = self._clock.now()
            for mark in marks:
                dispatch.mark_sent(s, mark.bundle.ids, now, mark.message_id)
                if mark.bundle.was_blocked:
                    with working(s, self._house, now) as work:
                        note_reached(work, s.get_one(Officer, mark.bundle.officer_id))

    def _failed(self, bundle: Bundle, error: str, blocked: bool) -> int:
        with self._store.transaction() as s:
            dispatch.mark_failed(s, bundle.ids, error)
            if blocked:
                with working(s, self._house, self._clock.now()) as work:
                    note_unreachable(work, s.get_one(Officer, bundle.officer_id))
        return len(bundle.ids)

    def _put_back(self, bundle: Bundle, wait_s: float, words: str) -> None:
        log.warning("reminders %s wait %.0f s: %s", bundle.ids, wait_s, words)
        with self._store.transaction() as s:
            dispatch.put_back(s, bundle.ids, real_now() + timedelta(seconds=wait_s), words)

    def _one_by_one(self, bundle: Bundle) -> list[Bundle]:
        now = self._clock.now()
        with self._store.transaction() as s:
            officer = s.get_one(Officer, bundle.officer_id)
            rows = s.exec(select(Reminder).where(col(Reminder.id).in_(bundle.ids))).all()
            bundles = [one for row in rows for one in self._bundler.bundle(s, officer, [row], now, None)[0]]
            dispatch.renew_lease(s, bundle.ids, real_now())
            return bundles
