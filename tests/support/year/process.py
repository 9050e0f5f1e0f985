"""The bot's dispatcher on the year's database: it sends, is killed, is off for a while, and is there again."""

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from unittest import mock

from sqlmodel import col, select

from bot import delivery, dispatcher, liveness
from bot.clock import Now
from bot.dispatcher import MAX_IN_FLIGHT, Dispatcher
from bot.owned_unit import OwnedUnit
from bot.ports import real_ports
from sop_flows.core.work import Institution
from storage.engine import Store
from storage.tables import Reminder, ReminderState
from tests.support.year.inline_loop import InlineLoop
from tests.support.year.phones import Killed, Phones

TRIES_MAX = 60  # waits and kills until all that is due is out; more means that it never is
A_WAIT = timedelta(seconds=61)  # longer than a lease and any back-off


class Process:
    """One dispatcher after another. Real time stands still but for what Telegram's refusals and outages take."""

    def __init__(self, store: Store, house: Institution, clock: Now, phones: Phones) -> None:
        self._store, self._house, self._clock, self._phones = store, house, clock, phones
        self._real = datetime(2026, 1, 1, tzinfo=UTC)
        self._patches = ExitStack()
        for module in (delivery, dispatcher, liveness):
            self._patches.enter_context(mock.patch.object(module, "real_now", self._real_now))
        self.kills = 0
        self._begin()

    def _real_now(self) -> datetime:
        return self._real

    def close(self) -> None:
        """For good."""
        self._loop.close()
        self._patches.close()

    def _begin(self) -> None:
        self._loop = InlineLoop()
        self._store.take_unit(self._real)
        unit = OwnedUnit(self._store, self._house, self._clock, real_ports())
        self._dispatcher = Dispatcher(unit, self._phones)
        self._loop.run_until_complete(self._dispatcher.start())

    def restart(self, after: timedelta = timedelta(0)) -> None:
        """The process died so long ago, and another takes over."""
        self._end()
        self._real += after
        self._begin()

    def sleep(self, length: timedelta) -> None:
        """The machine slept with the process on it."""
        self._real += length

    def _end(self) -> None:
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left))
        self._loop.close()

    def dispatch(self) -> None:
        """Until nothing is due any more, through kills and refusals."""
        for _try in range(TRIES_MAX):
            try:
                self._loop.run_until_complete(self._dispatcher.dispatch_until_idle())
            except Killed:
                self._is_killed()
                continue
            if not self._waits():
                return
            self._real += A_WAIT
        raise AssertionError("what is due is never out")

    def next_at(self) -> datetime | None:
        """When there is something to do again."""
        return self._loop.run_until_complete(self._dispatcher.look_ahead())

    def _is_killed(self) -> None:
        self.kills += 1
        self._end()
        lost = self._phones.note_lost()
        assert len(lost) <= MAX_IN_FLIGHT
        assert len({one.officer_id for one in lost}) == len(lost), "two messages in flight for one officer"
        self._begin()

    def _waits(self) -> bool:
        """Whether something due is put back until later."""
        with self._store.reading() as s:
            found = s.exec(
                select(Reminder.id).where(
                    Reminder.state == ReminderState.PENDING,
                    Reminder.due_at <= self._clock.now(),
                    col(Reminder.lease_until).is_not(None),
                )
            ).first()
            return found is not None
