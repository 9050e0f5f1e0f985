"""What is looked after all day: old answered updates are swept out."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Now
from storage.engine import Store
from storage.queries.inbox import delete_old

SWEEP_EVERY_S = 24 * 3600.0

log = logging.getLogger(__name__)


def sweep(store: Store, clock: Now) -> int:
    """Remove old rows of the inbox. Returns how many."""
    with store.transaction() as s:
        return delete_old(s, clock.now())


async def sweep_forever(store: Store, clock: Now) -> None:
    """Sweep at start and then daily."""
    while True:
        try:
            gone = await asyncio.to_thread(sweep, store, clock)
            log.info("%d old updates removed", gone)
        except SQLAlchemyError as error:
            log.error("the inbox was not swept (%s)", type(error).__name__)
        await asyncio.sleep(SWEEP_EVERY_S)
