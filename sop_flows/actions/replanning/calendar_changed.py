"""The office works on other days than it did at the last start: what is not done is planned anew."""

import hashlib
import json

from sqlmodel import col, select

from sop_flows.actions import agenda
from sop_flows.actions.replanning.replan import replan_case, replan_cohort
from sop_flows.core.work import Institution, Work
from sop_flows.notifications.planning import settle
from storage.queries import cohorts
from storage.tables import Case, Vital

CALENDAR = "calendar"  # name of the row that remembers by which calendar was planned


def replan_if_changed(work: Work) -> bool:
    """Plan anew when hours, half days, seasons, days off, or whom and when the unit tells of what is late, are
    others than when it was last planned.

    Call it at start: the calendar is read then only. What is done stays, and a day that an officer set. Nobody is
    told: a day more or less stands on each card and in the morning's list.
    """
    digest = plan_digest(work.institution)
    row = work.session.get(Vital, CALENDAR, with_for_update=True)
    if row is not None and row.value == digest:
        return False
    if row is None:  # the first start: nothing was planned by another calendar
        work.session.add(Vital(name=CALENDAR, value=digest, at=work.now))
        return False
    row.value, row.at = digest, work.now
    work.session.add(row)
    agenda.advance(work)
    for cohort in cohorts.list_open(work.session):
        if cohorts.lock(work.session, cohort.id or 0) is not None:
            replan_cohort(work, cohort)
    query = select(Case).where(col(Case.closed_at).is_(None)).order_by(col(Case.id)).with_for_update()
    for case in work.session.exec(query).all():
        replan_case(work, case)
    settle(work)
    return True


def plan_digest(institution: Institution) -> str:
    """What the days of the office and the calls to heads come from, as one short word. The holidays of the package
    are its own affair."""
    office, unit = institution.office, institution.pack.unit
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
