"""The running bot keeps a backup a day where PANDU_BACKUP_DIR leads."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import machine_now
from bot.logs import place_of
from bot.owned_unit import OwnedUnit
from storage.backup import back_up, last_made_at

KEPT = 30
EVERY = timedelta(days=1)
LOOK_EVERY = timedelta(hours=1)  # a machine that is off at night makes it in the morning

log = logging.getLogger(__name__)


class Backups:
    """Makes one a day, in a thread of the scheduler's loop."""

    def __init__(self, unit: OwnedUnit, folder: Path) -> None:
        self._unit, self._folder = unit, folder
        self._scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Look now, and every hour."""
        hours = LOOK_EVERY.total_seconds() / 3600
        self._scheduler.add_job(self._in_a_thread, "interval", hours=hours, next_run_time=machine_now())
        self._scheduler.start()

    def stop(self) -> None:
        """Make no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _in_a_thread(self) -> None:
        await asyncio.to_thread(self.make_if_due)

    def make_if_due(self) -> None:
        """Whatever goes wrong, the bot goes on: the daily look tells the admins when the last one is old."""
        now = self._unit.now()
        last = last_made_at(self._folder)
        if last is not None and last + EVERY > now:
            return
        try:
            path, manifest = back_up(
                self._unit.store, self._unit.institution.cabinet, self._folder, now, KEPT
            )
        except Exception as error:
            log.error("no backup was made: %s", place_of(error))
        else:
            log.info("backup %s: %d rows, %d files", path.name, manifest.rows, len(manifest.files))
