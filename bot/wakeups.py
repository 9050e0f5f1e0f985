"""Wakes the dispatcher: at the next due time, after every handled update, and by a monotonic tick for safety."""

import asyncio
import logging
import time
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Now, real_now
from bot.dispatcher import Dispatcher
from bot.logs import place_of

TICK_S = 1.0  # monotonic: a clock that was set back or runs fast is noticed
LOOK_EVERY_S = 60.0  # how often the database is asked though nothing said so
PAUSE_S = 2.0  # after a failure, of the database for example

log = logging.getLogger(__name__)


class Wakeups:
    """Runs the dispatcher when there is something to send."""

    def __init__(self, dispatcher: Dispatcher, clock: Now) -> None:
        self._dispatcher = dispatcher
        self._clock = clock
        self._wake = asyncio.Event()
        self._looked_at = 0.0
        # A stalled loop would make APScheduler drop a wake-up that is a second late.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )

    def poke(self) -> None:
        """Rows may have been added that are due earlier."""
        self._wake.set()

    async def run(self) -> None:
        """Dispatch until cancelled."""
        self._scheduler.start()
        try:
            self._wake.set()
            while True:
                poked = await self._wait()
                try:
                    await self._step(poked)
                except Exception as error:  # whatever it is, later reminders must still leave
                    log.error("reminders wait: %s", place_of(error))
                    await asyncio.sleep(PAUSE_S)
        finally:
            self._scheduler.shutdown(wait=False)

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(TICK_S):
                await self._wake.wait()
        except TimeoutError:
            return False
        self._wake.clear()
        return True

    async def _step(self, poked: bool) -> None:
        stale = time.monotonic() - self._looked_at >= LOOK_EVERY_S or self._dispatcher.is_retry_due
        if poked or stale:
            self._looked_at = time.monotonic()
            await self._dispatcher.look_ahead()
        due = self._dispatcher.next_at
        is_due = stale or (due is not None and due <= self._clock.now())
        if is_due:
            await self._dispatcher.dispatch_until_idle()
        if poked or is_due:
            self._plan(self._dispatcher.next_at)

    def _plan(self, at: datetime | None) -> None:
        if at is not None:
            # Officers' time and real time run alike but for a test clock, and there the tick is enough.
            run_at = real_now() + max(at - self._clock.now(), at - at)
            self._scheduler.add_job(
                self._wake.set, "date", run_date=run_at, id="next_due", replace_existing=True
            )
