"""What is looked after all day: what a dead process left is taken over, old answered updates are swept out."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Now
from bot.speaker import Speaker
from bot.workers import Workers
from storage.engine import Store
from storage.queries.inbox import delete_old

SWEEP_EVERY_S = 24 * 3600.0

TAKE_OVER_EVERY_S = 5.0

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


async def take_over_forever(workers: Workers, speaker: Speaker) -> None:
    """Chats and replies of processes that died meanwhile, where several share one database."""
    while True:
        await asyncio.sleep(TAKE_OVER_EVERY_S)
        try:
            await workers.take_over()
            await speaker.resume()
        except SQLAlchemyError as error:
            log.error("nothing was taken over (%s)", type(error).__name__)
