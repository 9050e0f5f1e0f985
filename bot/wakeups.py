"""Wakes the dispatcher: at the next due time, after every handled update, and by a monotonic tick for safety."""

import asyncio
import logging
import time
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import machine_now
from bot.dispatcher import Dispatcher
from bot.excuses import Excuses
from bot.logs import place_of
from bot.owned_unit import UNKNOWN, OwnedUnit

TICK_S = 1.0  # monotonic: a clock that was set back or runs fast is noticed
LOOK_EVERY_S = 60.0  # how often the database is asked though nothing said so
PAUSES_S = (2.0, 5.0, 10.0, 30.0)  # after the first, second ... failure in a row, of the database for example

log = logging.getLogger(__name__)


class Wakeups:
    """Runs the dispatcher when there is something to send."""

    def __init__(self, dispatcher: Dispatcher, unit: OwnedUnit, excuses: Excuses) -> None:
        self._dispatcher = dispatcher
        self._clock = unit.clock
        self._due = unit.due
        self._excuses = excuses
        self.poke = asyncio.Event()  # set: rows may have been added that are due earlier
        self._looked_at = 0.0
        self._stepped_at = UNKNOWN
        self._planned: datetime | None = None
        # A stalled loop would make APScheduler drop a wake-up that is a second late.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )

    async def run(self) -> None:
        """Dispatch until cancelled."""
        self._scheduler.start()
        try:
            self.poke.set()
            failures = 0
            while True:
                poked = await self._wait()
                try:
                    await self.step(poked)
                    failures = 0
                except Exception as error:  # whatever it is, later reminders must still leave
                    log.error("reminders wait: %s", place_of(error))
                    await self._excuses.alarm(error)
                    await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
                    failures += 1
        finally:
            self._scheduler.shutdown(wait=False)

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(TICK_S):
                await self.poke.wait()
        except TimeoutError:
            return False
        self.poke.clear()
        return True

    async def step(self, poked: bool = True) -> int:
        """Send what is due, if something is. Returns how many reminders were settled."""
        settled, now = 0, self._clock.now()
        is_set_back, self._stepped_at = now < self._stepped_at, now
        stale = (
            is_set_back or time.monotonic() - self._looked_at >= LOOK_EVERY_S or self._dispatcher.is_retry_due
        )
        if stale or self._due.sending_at == UNKNOWN:
            self._looked_at = time.monotonic()
            await self._dispatcher.look_ahead()
        due = self._due.sending_at
        is_due = stale or (due is not None and due <= now)
        if is_due:
            settled = await self._dispatcher.dispatch_until_idle()
        if is_due or (poked and self._due.sending_at != self._planned):
            self._plan(self._due.sending_at)
        return settled

    def _plan(self, at: datetime | None) -> None:
        self._planned = at
        if at is not None:
            # Officers' time and real time run alike but for a test clock, and there the tick is enough.
            run_at = machine_now() + max(at - self._clock.now(), at - at)
            self._scheduler.add_job(
                self.poke.set, "date", run_date=run_at, id="next_due", replace_existing=True
            )
