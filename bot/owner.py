"""One process owns the unit (token, pack, key, database): it takes the lock, or stands by until it can."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy.exc import DBAPIError

from storage.engine import NotOwnerError, Store
from storage.unit_lock import UnitLock

LOOK_EVERY_S = 1.0  # how often one who stands by tries
BEAT_EVERY_S = 1.0
ANSWERS_WITHIN_S = 15.0  # the lock's own connection is cut after nine
LOST = "the unit's lock is lost; another process may own it now"

log = logging.getLogger(__name__)


class Owner:
    """Holds the unit's lock for this process. In a thread of its own: however busy the others are, it is shown to move."""

    def __init__(self, store: Store, lock: UnitLock) -> None:
        self._store = store
        self._lock = lock
        self._thread = ThreadPoolExecutor(1, "owner")

    async def take(self) -> bool:
        """Return when the unit is ours: whether another process had it.

        Raises LockRefusedError, and DBAPIError when the first try meets no database.
        """
        has_waited = False
        while not await self._try(must=not has_waited):
            if not has_waited:
                log.info("another process owns the unit: standing by")
            has_waited = True
            await asyncio.sleep(LOOK_EVERY_S)
        return has_waited

    async def keep(self) -> None:
        """Show that we move until cancelled. Raises NotOwnerError when the unit is another's."""
        with contextlib.suppress(TimeoutError):
            while not self._store.is_lost:
                await asyncio.sleep(BEAT_EVERY_S)
                async with asyncio.timeout(ANSWERS_WITHIN_S):
                    if not await self._run(self._lock.beat):
                        break
        self._store.is_lost = True
        raise NotOwnerError(LOST)

    def release(self) -> None:
        """Let the next one have it."""
        self._lock.release()
        self._thread.shutdown(wait=False)

    async def _try(self, *, must: bool) -> bool:
        try:
            return await self._run(self._lock.take)
        except DBAPIError as error:
            if must:
                raise
            log.warning("the lock can't be tried (%s), trying again", type(error).__name__)
            return False

    async def _run(self, work: Any) -> bool:
        found: bool = await asyncio.get_running_loop().run_in_executor(self._thread, work)
        return found


async def until_one_ends(*ways: Coroutine[Any, Any, None]) -> None:
    """Run all of them until one ends, then cancel the others; raises what ended it."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        done, _rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
