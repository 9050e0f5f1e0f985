"""Whether a dispatcher is alive, and the last time that none was: kept until what came due in it is out."""

from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import Reminder, ReminderState, Vital

HEARTBEAT = "dispatcher"
OUTAGE = "outage"  # `value`: since when (ISO); `at`: until when


def beat(s: Session, now: datetime) -> None:
    """The dispatcher is alive at `now`."""
    _keep(s, HEARTBEAT, "alive", now)


def last_beat(s: Session) -> datetime | None:
    """When a dispatcher was last alive; None before the first."""
    row = s.get(Vital, HEARTBEAT)
    return None if row is None else row.at


def keep_outage(s: Session, since: datetime, until: datetime) -> None:
    """Nobody dispatched from `since` to `until` (aware, UTC): whoever comes after a crash has to know it too."""
    _keep(s, OUTAGE, since.isoformat(), until)


def unsaid_outage(s: Session) -> tuple[datetime, datetime] | None:
    """The last outage, while something that came due in it waits."""
    row = s.get(Vital, OUTAGE)
    if row is None:
        return None
    since = datetime.fromisoformat(row.value)
    waits = s.exec(
        select(Reminder.id).where(
            Reminder.state == ReminderState.PENDING,
            col(Reminder.due_at) >= since,
            col(Reminder.due_at) < row.at,
        )
    ).first()
    return None if waits is None else (since, row.at)


def _keep(s: Session, name: str, value: str, at: datetime) -> None:
    row = s.get(Vital, name) or Vital(name=name, value="", at=at)
    row.value, row.at = value, at
    s.add(row)
