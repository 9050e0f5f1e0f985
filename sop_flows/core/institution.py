"""What the rules need that does not change while the bot runs: the pack and the unit's hours."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.plan import PlannedStep
from sop_flows.declarations.loader import Pack
from sop_flows.handbook.search import SearchIndex
from storage.cabinet import Cabinet


@dataclass(frozen=True)
class Institution:
    """One institution: its pack, its office hours, its file cabinet."""

    pack: Pack
    office: OfficeHours
    cabinet: Cabinet

    @cached_property
    def search_index(self) -> SearchIndex:
        """The pack by words, for the handbook; made when first needed."""
        return SearchIndex(self.pack)

    @cached_property
    def plans(self) -> dict[object, tuple[PlannedStep, ...]]:
        """Plans of open angkatan by what they follow from: one takes 40 ms, and is looked at again and again."""
        return {}

    @property
    def zone(self) -> ZoneInfo:
        """The unit's time zone (Asia/Makassar, WITA)."""
        return ZoneInfo(self.pack.unit.timezone)

    def today(self, now: datetime) -> date:
        """The local date at the instant `now`."""
        return now.astimezone(self.zone).date()


DAY_BEGINS = time(0, 0)  # what is owed on a day stands in /tugas from midnight on


def day_begins(institution: Institution, on: date) -> datetime:
    """Local midnight of the day, as aware UTC."""
    return institution.office.at(on, DAY_BEGINS)
