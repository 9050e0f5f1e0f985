"""Once a day the running bot looks at itself, tells the admins what needs a person, the Kepala what need not be kept, and seals
what was recorded."""

import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from telegram import Bot
from telegram.error import TelegramError

from bot.health import Kind, find_troubles
from bot.institution import Opened
from bot.logs import place_of
from bot.owned_unit import OwnedUnit
from handlers.pushes.notices import needs_a_look
from sop_flows.actions.people.subjects import propose_erasure
from sop_flows.core.notices import DigestOfDay, NeedsALook
from sop_flows.notifications.planning import working
from sop_flows.staffing.roster import admins, holding
from storage.day_digests import close_day, shown
from storage.engine import NotOwnerError
from storage.queries.accounts import find_account_of
from storage.tables import Vital

MONDAY = 0
TOLD = "doctor_told"  # `at`: when somebody looked last

log = logging.getLogger(__name__)


@dataclass
class DailyLook:
    """Knows the admins' chats by heart: they are told even when the database can't be written any more."""

    unit: OwnedUnit
    bot: Bot
    chats: tuple[int, ...] = ()
    _told_on: str = ""

    def look(self) -> tuple[Kind, ...]:
        """Look, if nobody has today. Returns what is still to be said directly, because it could not be written."""
        now, house = self.unit.now(), self.unit.institution
        today = house.today(now).isoformat()
        if today == self._told_on:
            return ()
        kinds: tuple[Kind, ...] = ()
        try:
            with self.unit.store.reading() as s:
                self._learn_chats(s)
                last = s.get(Vital, TOLD)
            if last is None or house.today(last.at) != house.today(now):
                self._close_day()
                kinds = self._find()
                self._write(kinds)
        except NotOwnerError:
            raise
        except SQLAlchemyError as error:
            log.error("the daily look could not be written: %s", place_of(error))
            self._told_on = today
            return kinds or (Kind.DATABASE,)
        self._told_on = today
        return ()

    async def say(self, kinds: tuple[Kind, ...]) -> None:
        """Tell the admins without a row."""
        for chat_id in self.chats if kinds else ():
            try:
                await self.bot.send_message(chat_id, needs_a_look(NeedsALook(kinds=list(kinds))))
            except TelegramError as error:
                log.warning("an admin could not be told: %s", type(error).__name__)

    def _find(self) -> tuple[Kind, ...]:
        store = self.unit.store
        file = store.engine.url.database if store.engine.dialect.name == "sqlite" else None
        opened = Opened(self.unit.institution, store, self.unit.now())
        folder = self.unit.institution.cabinet.folder
        troubles = find_troubles(opened, None if file is None else Path(file), folder, self.unit.backups)
        for trouble in troubles:
            log.warning("needs a look: %s", trouble.line)
        return tuple(dict.fromkeys(trouble.kind for trouble in troubles))

    def _write(self, kinds: tuple[Kind, ...]) -> None:
        now = self.unit.now()
        with self.unit.store.transaction() as s, working(s, self.unit.institution, now) as work:
            row = s.get(Vital, TOLD) or Vital(name=TOLD, value="", at=now)
            row.value, row.at = " ".join(kinds), now
            s.add(row)
            propose_erasure(work)
            for admin in admins(work) if kinds else ():
                work.notify(admin.id or 0, NeedsALook(kinds=list(kinds)))

    def _close_day(self) -> None:
        """The digest of what was recorded before today; on Mondays the head of the house gets it to keep."""
        now, house = self.unit.now(), self.unit.institution
        today = house.today(now)
        with self.unit.store.transaction() as s, working(s, house, now) as work:
            row = close_day(s, today, now)
            if row is None or today.weekday() != MONDAY:
                return
            for officer in holding(work, "answers_for_all", 0):
                work.notify(officer.id or 0, DigestOfDay(on=row.day, digest=shown(row.digest)))

    def _learn_chats(self, s: Session) -> None:
        found = [find_account_of(s, admin.id or 0) for admin in admins(self.unit.work(s))]
        self.chats = tuple(int(one.chat_id) for one in found if one is not None)
