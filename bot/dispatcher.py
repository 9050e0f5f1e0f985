"""Sends due reminders: claimed in one transaction, sent, marked in a second; nothing lost, little twice.

Killed between sending and marking, at most MAX_IN_FLIGHT messages go out again, never two for one officer.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.agenda_watch import advance, plan_anew_if_set_back, replan_or_note
from bot.batching import TOGETHER, Batch, Batcher
from bot.clock import real_now
from bot.delivery import ReminderDelivery
from bot.liveness import Liveness
from bot.logs import place_of
from bot.owned_unit import OwnedUnit, earlier
from bot.sender import TelegramSender
from sop_flows.core.work import Work
from storage.engine import OF_THE_DATABASE
from storage.queries import dispatch, heartbeat
from storage.tables import Officer, Reminder

MAX_IN_FLIGHT = 20  # officers whose message is on its way at once: so many may get theirs twice after a kill
ADVANCES_MAX = 60  # transactions that open what has come due, in one go
POISON_PAUSE = timedelta(minutes=10)  # for an officer whose messages can't be made; real time

log = logging.getLogger(__name__)


@dataclass
class _Claimed:
    """What one transaction took: the messages of one officer, and how many rows it settled by itself."""

    batches: list[Batch] = field(default_factory=list)
    settled: int = 0


class Dispatcher:
    """Steppable: `dispatch_until_idle` does all that is due now."""

    def __init__(self, unit: OwnedUnit, sender: TelegramSender) -> None:
        self._unit = unit
        self._batcher = Batcher(unit)
        self.delivery = ReminderDelivery(unit, sender, self._batcher)
        self._liveness = Liveness()
        self._in_hand: set[asyncio.Task[int]] = set()

    async def start(self) -> None:
        """Learn for how long nobody dispatched; free what a dead process had in hand."""
        await asyncio.to_thread(self._start)

    async def dispatch_until_idle(self) -> int:
        """Send until nothing is due any more; the next message is made while the last ones are on their way.

        Returns how many reminders were settled: sent, dropped, moved or failed.
        """
        settled = 0
        begins = True
        while True:
            claimed = _Claimed()
            if len(self._in_hand) < MAX_IN_FLIGHT and not self.delivery.is_cut_off:
                await self._unit.priority.let_pass()
                claimed = await asyncio.to_thread(self._claim, begins)
                begins = False
            if claimed.batches:
                delivery = self.delivery.deliver_all(claimed.batches, time.monotonic())
                self._in_hand.add(asyncio.create_task(delivery))
            settled += claimed.settled
            idle = not claimed.batches and not claimed.settled
            if idle and not self._in_hand:
                break
            settled += await self._harvest(wait=idle)
        return settled

    async def _harvest(self, *, wait: bool) -> int:
        """What came of the deliveries that have ended; with `wait` of at least one."""
        if wait:
            await asyncio.wait(self._in_hand, return_when=asyncio.FIRST_COMPLETED)
        done = {task for task in self._in_hand if task.done()}
        self._in_hand -= done
        return sum(task.result() for task in done)

    @property
    def is_retry_due(self) -> bool:
        """Whether what Telegram told to wait may be tried again; asked once, it is answered once."""
        at = self.delivery.retry_at
        if at is None or time.monotonic() < at:
            return False
        self.delivery.retry_at = None
        return True

    async def look_ahead(self) -> datetime | None:
        """Read again when there is something to do next."""
        return earlier(*await asyncio.to_thread(self._next_at))

    async def finish(self, within_s: float) -> None:
        """Let messages on their way arrive and be marked."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=within_s)
        if not self._unit.store.is_lost:
            await asyncio.to_thread(self._beat_now)

    def _start(self) -> None:
        now = self._unit.now()
        with self._unit.store.transaction() as s:
            plan_anew_if_set_back(self._unit.work(s, now), self._unit.ports)
            self._liveness.begin(s, now)
            dispatch.free_leases(s, self._unit.store.epoch)
        replan_or_note(self._unit, now)

    def _beat_now(self) -> None:
        with self._unit.store.transaction() as s:
            heartbeat.beat(s, self._unit.now())

    def _next_at(self) -> tuple[datetime | None, datetime | None]:
        """When something changes by itself, and when something is to be sent; kept in mind for whoever wakes us."""
        changes = self._unit.due.changes
        with self._unit.store.reading() as s:
            found = self._unit.ports.next_change_at(s), dispatch.next_due_at(s, real_now())
        self._unit.due.found_sending(earlier(*found), changes)
        return found

    def _claim(self, begins: bool) -> _Claimed:
        """Take what one officer is owed, in a short transaction: taps get in between.

        Args:
            begins: it is the first look of a wake.
        """
        now = self._unit.now()
        self._liveness.note(now)
        change, due = self._next_at()
        stale = self._liveness.is_stale(now)
        changes = change is not None and change <= now
        if not (stale or changes or (due is not None and due <= now)):
            return _Claimed()
        if begins or stale or changes:
            # Also makes tomorrow's digest before today's is sent, and plans anew by a clock set back.
            self._advance(now)
        with self._unit.store.tap(
            None, writes=True
        ) as s:  # who is who is held: a morning asks it for each officer
            if stale:
                plan_anew_if_set_back(self._unit.work(s, now), self._unit.ports)
                self._liveness.beat(s, now)
            officer_id = dispatch.find_officer_owed(s, now, real_now())
            return (
                _Claimed()
                if officer_id is None
                else self._claim_or_set_aside(self._unit.work(s, now), officer_id)
            )

    def _advance(self, now: datetime) -> None:
        """Open and close all that has come due, a limited number of steps in each transaction."""
        for _transaction in range(ADVANCES_MAX):
            advance(self._unit, now)
            at = self._unit.due.upkeep_at
            if at is None or at > now:
                return

    def _claim_or_set_aside(self, work: Work, officer_id: int) -> _Claimed:
        """What is wrong with one officer's reminders stops nobody else's, and none of their own that can be said."""
        for one_by_one in (False, True):  # a savepoint for each of them only where something is wrong
            try:
                with work.session.begin_nested():
                    return self._claim_officer(work, officer_id, one_by_one)
            except OF_THE_DATABASE:
                raise  # nobody's fault here: all is tried again
            except Exception as error:
                wrong = error
        log.error("what officer %d is owed can't be read: %s", officer_id, place_of(wrong))
        return _Claimed(settled=self._set_poison_aside(work.session, officer_id, work.now, place_of(wrong)))

    def _claim_officer(self, work: Work, officer_id: int, one_by_one: bool) -> _Claimed:
        s, now = work.session, work.now
        officer = s.get_one(Officer, officer_id)
        rows = dispatch.list_pending(s, officer_id, now + TOGETHER)
        due = sum(row.due_at <= now for row in rows)
        self._batcher.hold(work, rows)
        rows = tuple(row for row in rows if row.due_at <= now)
        batches, carried = self._batcher.batch(
            work, officer, rows, self._liveness.dark, one_by_one=one_by_one
        )
        dispatch.lease_rows(s, carried, self._unit.store.epoch, real_now())
        s.flush()
        return _Claimed(batches, max(0, due - sum(row.due_at <= now for row in carried)))

    def _set_poison_aside(self, s: Session, officer_id: int, now: datetime, words: str) -> int:
        """Fail the rows that can't even be read; when it is none of them, leave the officer alone for a while.

        Returns how many rows are out of the others' way.
        """
        due = dispatch.list_due_ids(s, officer_id, now)
        poisonous = [number for number in due if not self._is_readable(s, number)]
        if poisonous:
            dispatch.mark_failed(s, poisonous, words)
        else:
            dispatch.put_back(s, due, real_now() + POISON_PAUSE, words)
        return len(poisonous or due)

    @staticmethod
    def _is_readable(s: Session, number: int) -> bool:
        try:
            with s.begin_nested():
                s.get_one(Reminder, number)
        except OF_THE_DATABASE:
            raise
        except Exception:  # of whatever kind: doctor is told
            return False
        return True
