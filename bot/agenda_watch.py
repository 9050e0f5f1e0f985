"""Opening what has come due, before every visit and before reminders: a fault there must not silence everything."""

import logging
from datetime import datetime

from sqlmodel import Session

from bot.logs import place_of
from bot.rooms import Rooms
from sop_flows.house import House
from storage.tables import Vital

AGENDA_TROUBLE = "agenda_trouble"

log = logging.getLogger(__name__)


def advance_or_note(s: Session, rooms: Rooms, house: House, now: datetime) -> None:
    """Open and close what has come due. What fails is taken back, logged, and kept for doctor."""
    try:
        with s.begin_nested():
            rooms.advance(s, house, now)
    except Exception as error:
        place = place_of(error)
        log.error("what has come due can't be opened: %s", place)
        row = s.get(Vital, AGENDA_TROUBLE) or Vital(name=AGENDA_TROUBLE, value="", at=now)
        row.value, row.at = place, now if row.value != place else row.at
        s.add(row)
        return
    found = s.get(Vital, AGENDA_TROUBLE)
    if found is not None:
        s.delete(found)


def find_agenda_trouble(s: Session) -> Vital | None:
    """Since when and where it fails; None when all is well."""
    return s.get(Vital, AGENDA_TROUBLE)
