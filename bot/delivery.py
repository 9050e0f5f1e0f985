"""Takes claimed reminders to their officers: one message after the other for one officer, marked when they are out."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select
from telegram.error import RetryAfter, TelegramError

from bot.batching import Batch, Batcher
from bot.clock import real_now
from bot.logs import place_of
from bot.owned_unit import OwnedUnit
from bot.sender import Address, MakerError, Push, Shown, TelegramSender, TooLateError
from bot.telegram_errors import consequence_of
from handlers.ui.request import Edit, Say, shown_by
from sop_flows.actions.people.unreachable import note_reached, note_unreachable
from storage.queries import dispatch
from storage.tables import Officer, Reminder

CUT_OFF_AFTER = (
    20  # failures of the network in a row; then only a few tries a pause, however many are owed something
)
SPARE_S = 20.0  # of a lease that must be left when a message leaves: the request and its mark take time

log = logging.getLogger(__name__)


class _Mark:
    """A message that is out, until that is written down."""

    def __init__(self, batch: Batch, message: Shown | None) -> None:
        self.batch = batch
        self.message_id = None if message is None else message.message_id
        shows = shown_by(batch.reply.actions)
        at = None if message is None else message.at
        self.shown = None if shows is None or at is None else shows.as_json(at)
        self.is_made = False
        self.error: Exception | None = None


class ReminderDelivery:
    """Sends and marks. `retry_at` (monotonic seconds) is when what had to wait may be tried again.

    A message that may have been sent or not (the answer did not come) is sent again: it comes twice rather than never.
    """

    def __init__(self, unit: OwnedUnit, sender: TelegramSender, batcher: Batcher) -> None:
        self._unit = unit
        self._sender = sender
        self._batcher = batcher
        self._marks: list[_Mark] = []
        self._marking = asyncio.Lock()
        self.retry_at: float | None = None
        self._failed_in_a_row = 0
        self._cut_off_until = 0.0

    @property
    def is_cut_off(self) -> bool:
        """Whether Telegram could not be reached so often that nothing need be tried for a while."""
        return time.monotonic() < self._cut_off_until

    async def deliver_all(self, batches: Sequence[Batch], claimed_at: float) -> int:
        """One officer's messages, one after the other. Returns how many reminders were sent or failed.

        Args:
            claimed_at: monotonic seconds; when the lease is nearly over nothing leaves any more.
        """
        push = Push(until=claimed_at + dispatch.LEASE.total_seconds() - SPARE_S)
        settled = 0
        for batch in batches:
            try:
                settled += await self._deliver(batch, push)
            except Exception as error:  # the lease runs out and they are sent again
                log.error("reminders %s: %s", batch.ids, place_of(error))
        return settled

    async def _deliver(self, batch: Batch, push: Push) -> int:
        address = Address(batch.chat_id)
        message: Shown | None = None
        try:
            is_said = False  # a picture above the words is not what is changed later
            for action in batch.reply.actions:
                shown = await self._sender.carry_out(action, address, push)
                says = isinstance(action, Say | Edit)
                message = shown if message is None or (says and not is_said) else message
                is_said = is_said or says
                push = Push()  # what has begun is brought to its end
        except MakerError as error:
            return await asyncio.to_thread(self._failed, batch, place_of(error.__cause__ or error), False)
        except TooLateError as error:
            await asyncio.to_thread(self._put_back, batch, 0.0, error.message)
            return 0
        except TelegramError as error:
            return await self._not_sent(batch, error)
        self._failed_in_a_row = 0
        await self._mark(_Mark(batch, message))
        return len(batch.ids)

    async def _not_sent(self, batch: Batch, error: TelegramError) -> int:
        consequence = consequence_of(error, batch.attempt)
        if consequence.kind == "later":
            await asyncio.to_thread(self._put_back, batch, consequence.wait_s, consequence.words)
            at = time.monotonic() + consequence.wait_s
            self._failed_in_a_row += not isinstance(error, RetryAfter)
            if self._failed_in_a_row >= CUT_OFF_AFTER:
                self._cut_off_until = at
            self.retry_at = at if self.retry_at is None else min(at, self.retry_at)
            return 0
        if consequence.kind == "refused" and len(batch.ids) > 1:
            # One of them is refused: alone it fails, the others go out.
            alone = await asyncio.to_thread(self._one_by_one, batch)
            return await self.deliver_all(alone, time.monotonic())
        log.error("reminders %s: %s", batch.ids, consequence.words)
        return await asyncio.to_thread(
            self._failed, batch, consequence.words, consequence.kind == "blocked" and not batch.to_former
        )

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
        with self._unit.store.transaction() as s:
            now = self._unit.now()
            for mark in marks:
                dispatch.mark_sent(s, mark.batch.ids, now, mark.message_id)
                if mark.shown is not None:
                    dispatch.note_shown(s, mark.batch.ids[0], mark.shown)
                if mark.batch.was_blocked:
                    note_reached(self._unit.work(s, now), s.get_one(Officer, mark.batch.officer_id))

    def _failed(self, batch: Batch, error: str, blocked: bool) -> int:
        with self._unit.store.transaction() as s:
            dispatch.mark_failed(s, batch.ids, error)
            if blocked:
                note_unreachable(self._unit.work(s), s.get_one(Officer, batch.officer_id))
        return len(batch.ids)

    def _put_back(self, batch: Batch, wait_s: float, words: str) -> None:
        log.warning("reminders %s wait %.0f s: %s", batch.ids, wait_s, words)
        with self._unit.store.transaction() as s:
            dispatch.put_back(s, batch.ids, real_now() + timedelta(seconds=wait_s), words)

    def _one_by_one(self, batch: Batch) -> list[Batch]:
        with self._unit.store.transaction() as s:
            work = self._unit.work(s)
            officer = s.get_one(Officer, batch.officer_id)
            rows = s.exec(select(Reminder).where(col(Reminder.id).in_(batch.ids))).all()
            batches = [one for row in rows for one in self._batcher.batch(work, officer, [row], None)[0]]
            dispatch.renew_lease(s, batch.ids, real_now())
            return batches
