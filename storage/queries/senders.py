"""Who sends with the same token: each process says so in a row of its own, and reads those of the others."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from storage.tables import Vital

PREFIX = "sender:"
KEPT = timedelta(minutes=5)  # real time; a process says more often that it is there


@dataclass(frozen=True)
class Sender:
    """A process: whether reminders are leaving it, how many answers left it in the last second, and when it said so."""

    owner: str
    is_pushing: bool
    answers: int
    at: datetime


def note_sender(s: Session, mine: Sender) -> None:
    """Say what this process sends."""
    row = s.get(Vital, PREFIX + mine.owner) or Vital(name=PREFIX + mine.owner, value="", at=mine.at)
    row.value = json.dumps({"pushing": mine.is_pushing, "answers": mine.answers})
    row.at = mine.at
    s.add(row)
    s.flush()


def list_senders(s: Session, real_now: datetime) -> tuple[Sender, ...]:
    """All that said so lately, this process too."""
    rows = s.execute(
        select(Vital).where(col(Vital.name).startswith(PREFIX), col(Vital.at) > real_now - KEPT)
    ).scalars()
    return tuple(_read(row) for row in rows)


def forget_senders(s: Session, real_now: datetime) -> None:
    """Rows of processes that have said nothing for long."""
    s.execute(delete(Vital).where(col(Vital.name).startswith(PREFIX), col(Vital.at) <= real_now - KEPT))


def _read(row: Vital) -> Sender:
    said = json.loads(row.value)
    return Sender(row.name.removeprefix(PREFIX), bool(said["pushing"]), int(said["answers"]), row.at)
