"""The office works on other days than it did at the last start: what is not done is planned anew (design section 3)."""

import hashlib
import json
from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.actions import agenda
from sop_flows.actions.replanning.replan import replan_case, replan_cohort
from sop_flows.core.institution import House
from storage.queries import cohorts
from storage.tables import Case, Vital

CALENDAR = "calendar"  # name of the row that remembers by which calendar was planned


def replan_if_changed(s: Session, house: House, now: datetime) -> bool:
    """Plan anew when hours, half days, seasons, days off, or whom and when the unit tells of what is late, are
    others than when it was last planned.

    Call it at start: the calendar is read then only. What is done stays, and a day that an officer set. Nobody is
    told: a day more or less stands on each card and in the morning's list.
    """
    digest = plan_digest(house)
    row = s.get(Vital, CALENDAR, with_for_update=True)
    if row is not None and row.value == digest:
        return False
    if row is None:  # the first start: nothing was planned by another calendar
        s.add(Vital(name=CALENDAR, value=digest, at=now))
        return False
    row.value, row.at = digest, now
    s.add(row)
    agenda.advance(s, house, now)
    for cohort in cohorts.list_open(s):
        if cohorts.lock(s, cohort.id or 0) is not None:
            replan_cohort(s, house, cohort, now)
    query = select(Case).where(col(Case.closed_at).is_(None)).order_by(col(Case.id)).with_for_update()
    for case in s.exec(query).all():
        replan_case(s, house, case, now)
    return True


def plan_digest(house: House) -> str:
    """What the days of the office and the calls to heads come from, as one short word. The holidays of the package
    are its own affair."""
    office, unit = house.office, house.pack.unit
    said = [
        office.calendar.model_dump(mode="json"),
        office.timezone,
        sorted((on.isoformat(), name) for on, name in office.added.items()),
        sorted(on.isoformat() for on in office.removed),
        unit.escalation.model_dump(mode="json"),
        {code: (role.head, role.works) for code, role in unit.roles.items()},
        [stand.model_dump(mode="json") for stand in unit.stand_ins],
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]
