"""An officer's own morning: when the list of the day comes, and with it what is said in the morning."""

from datetime import date, datetime, time, timedelta
from typing import Protocol

from sop_flows.core.work import Institution
from sop_flows.declarations.digest import Courtesy
from storage.tables import Officer


class ChoseMorning(Protocol):
    """Whoever chose a morning: an officer, or several who chose alike. See `Officer`."""

    @property
    def morning_minutes(self) -> int | None: ...
    @property
    def morning_before(self) -> int | None: ...
    @property
    def morning_since_on(self) -> date | None: ...


def own_time(institution: Institution, officer: ChoseMorning | None, on: date) -> time:
    """The local time of the officer's morning list on that day; without an officer the unit's."""
    rules = institution.pack.unit.digest
    if officer is None:
        return rules.morning(None)
    changed = officer.morning_since_on is not None and on < officer.morning_since_on
    return rules.morning(officer.morning_before if changed else officer.morning_minutes)


def morning_of(institution: Institution, on: date, officer: ChoseMorning | None = None) -> datetime:
    """The officer's morning (without one the unit's, 07.30) of that day, aware UTC."""
    return institution.office.at(on, own_time(institution, officer, on))


def next_morning(institution: Institution, now: datetime, officer: ChoseMorning | None = None) -> datetime:
    """The officer's next morning after `now`, aware UTC."""
    today = institution.today(now)
    at = morning_of(institution, today, officer)
    return at if at > now else morning_of(institution, today + timedelta(days=1), officer)


def has_switched_off(institution: Institution, officer: Officer, kind: Courtesy) -> bool:
    """Whether the officer wants no reminders of this kind; what the pack does not let go stays."""
    return (
        kind in (officer.switched_off or "").split() and kind in institution.pack.unit.digest.may_switch_off
    )
