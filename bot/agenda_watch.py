"""Opening what has come due, before every request and before reminders: a fault there must not silence everything."""

import logging
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.liveness import is_set_back
from bot.logs import place_of
from bot.owned_unit import OwnedUnit
from bot.ports import Ports
from sop_flows.core.work import Work
from storage.tables import Vital

AGENDA_TROUBLE = "agenda_trouble"
TRY_AGAIN = timedelta(minutes=1)  # after what has come due could not be opened; officers' time

log = logging.getLogger(__name__)


def advance_or_note(work: Work, ports: Ports) -> datetime | None:
    """Open and close what has come due. What fails is taken back, logged, and kept for doctor.

    Returns when there is something to do again.
    """
    s, now = work.session, work.now
    try:
        with s.begin_nested():
            ports.advance(work)
            again_at = ports.next_upkeep_at(work)
    except Exception as error:
        place = place_of(error)
        log.error("what has come due can't be opened: %s", place)
        row = s.get(Vital, AGENDA_TROUBLE) or Vital(name=AGENDA_TROUBLE, value="", at=now)
        row.value, row.at = place, now if row.value != place else row.at
        s.add(row)
        return now + TRY_AGAIN
    found = s.get(Vital, AGENDA_TROUBLE)
    if found is not None:
        s.delete(found)
    return again_at


def advance(unit: OwnedUnit, now: datetime) -> None:
    """Do all that in a transaction of its own, and keep in mind when there is something to do again."""
    changes = unit.due.changes
    try:
        with unit.store.transaction() as s:
            # Before the commit: what is written here is told after it, and can only bring it forward.
            unit.due.found_upkeep(advance_or_note(unit.work(s, now), unit.ports), changes)
    except BaseException:
        unit.due.written(None)
        raise


def replan_or_note(unit: OwnedUnit, now: datetime) -> None:
    """At start: plan anew when the calendar of the office has changed; tell of a new one of the pack. What fails is
    taken back and logged; the bot starts."""
    try:
        with unit.store.transaction() as s:
            if unit.ports.replan_if_changed(unit.work(s, now)):
                log.info("the calendar of the office has changed: what is not done is planned anew")
        with unit.store.transaction() as s:
            if unit.ports.tell_of_new_plan(unit.work(s, now)):
                log.info("the pack has a new calendar: whoever decides on what is open is told")
    except Exception as error:
        log.error("what is not done can't be planned anew: %s", place_of(error))


def plan_anew_if_set_back(work: Work, ports: Ports) -> None:
    """When the clock was set back: plan what is ahead again. What fails is taken back and logged.

    Ask before the dispatcher says that it is alive.
    """
    if not is_set_back(work.session, work.now):
        return
    log.warning("the clock was set back: what is not done is planned anew")
    try:
        with work.session.begin_nested():
            ports.plan_everything(work)
    except Exception as error:
        log.error("what is not done can't be planned anew: %s", place_of(error))


def find_agenda_trouble(s: Session) -> Vital | None:
    """Since when and where it fails; None when all is well."""
    return s.get(Vital, AGENDA_TROUBLE)
