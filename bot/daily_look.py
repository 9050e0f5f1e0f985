"""Once a day the running bot looks at itself, tells the admins what needs a person, the Kepala what need not be kept, and seals
what was recorded."""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.excuses import Excuses
from bot.health import CLOCK_OFF, Kind, find_troubles
from bot.institution import Opened
from bot.logs import place_of
from bot.owned_unit import OwnedUnit
from sop_flows.actions.people.subjects import propose_erasure
from sop_flows.core.notices import DigestOfDay, NeedsALook
from sop_flows.notifications.planning import working
from sop_flows.staffing.roster import admins, holding
from storage.day_digests import add_day, reckon_day, shown
from storage.engine import NotOwnerError
from storage.tables import DayDigest, Vital

TOLD = "doctor_told"  # `at`: when somebody looked last

log = logging.getLogger(__name__)


@dataclass
class DailyLook:
    """Looks once a day, and at the machine's clock each time."""

    unit: OwnedUnit
    excuses: Excuses
    _told_on: str = ""
    _off: timedelta | None = None  # not known yet: a process of before may have noted it

    def look(self) -> tuple[Kind, ...]:
        """Look, if nobody has today. Returns what is still to be said directly, because it could not be written."""
        now, house = self.unit.now(), self.unit.institution
        today = house.today(now).isoformat()
        if today == self._told_on:
            return ()
        kinds: tuple[Kind, ...] = ()
        try:
            with self.unit.store.reading() as s:
                self.excuses.learn(s)
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

    def note_clock(self, off: timedelta) -> None:
        """The machine's clock is so far off; noted for doctor, and the admins hear when it begins. Zero: it is right."""
        if off == self._off:
            return
        now = self.unit.now()
        with self.unit.store.transaction() as s, working(s, self.unit.institution, now) as work:
            row = s.get(Vital, CLOCK_OFF)
            if off:
                s.merge(Vital(name=CLOCK_OFF, value=str(off), at=now))
            elif row is not None:
                s.delete(row)
            for admin in admins(work) if off and row is None else ():
                work.notify(admin.id or 0, NeedsALook(kinds=[Kind.CLOCK]))
        self._off = off

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
        """The digest of what was recorded before today; the first of a week goes to the head of the house, to keep.

        That is Monday's, or, when nobody was there then, the one with which the bot is back.
        """
        now, house = self.unit.now(), self.unit.institution
        today = house.today(now)
        reckoned = reckon_day(self.unit.store.reading, today, now)
        if reckoned is None:
            return
        with self.unit.store.transaction() as s, working(s, house, now) as work:
            if not (add_day(s, reckoned) and _begins_week(today, reckoned.before)):
                return
            said = DigestOfDay(on=today, digest=shown(reckoned.row.digest))
            for officer in holding(work, "answers_for_all", 0):
                work.notify(officer.id or 0, said)


def _begins_week(today: date, before: DayDigest | None) -> bool:
    monday = today - timedelta(days=today.weekday())
    return today == monday if before is None else before.day < monday
