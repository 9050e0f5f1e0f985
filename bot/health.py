"""What needs a person: read by `pandu doctor`, and told to the admins in their chats once a day."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.agenda_watch import find_agenda_trouble
from bot.institution import Opened, first_line
from bot.outbox import code_of
from sop_flows.calendar.public_holidays import has_joint_leave
from sop_flows.core.notices import DataErased
from storage.backup import last_made_at
from storage.queries import accounts, dispatch, messages
from storage.tables import Vital

BACKUP_OLD = timedelta(days=2)  # one is made a day
DISK_MIN_BYTES = 200 * 1024 * 1024  # a migration copies the database; SQLite needs room to tidy up
CLOCK_OFF = "clock_off"  # in vitals; `value`: how far the machine's clock is ahead of Telegram's
PAGES_SHOWN = 5  # complaints of the database about itself


class Kind(StrEnum):
    """What kind of thing it is, for the sentence in the chat."""

    DATABASE = "database"  # it can't be read as it should
    DISK = "disk"
    UPDATES = "updates"  # set aside, or the answer was refused
    REMINDERS = "reminders"  # not sent
    BLOCKED = "blocked"  # an officer has blocked the bot
    AGENDA = "agenda"  # steps do not open by themselves
    CALENDAR = "calendar"  # next year's days off are not known
    BACKUP = "backup"  # the last one is old
    CLOCK = "clock"  # of the machine, days off


@dataclass(frozen=True)
class Trouble:
    """One thing that needs a look, in one line without anybody's name."""

    kind: Kind
    line: str


def find_troubles(
    opened: Opened, database: Path | None, data_dir: Path, backups: Path | None = None
) -> list[Trouble]:
    """Everything that needs a person. Never raises what the database says: that is a trouble too.

    Args:
        database: the SQLite file; None on PostgreSQL.
        backups: the folder of backups, if there is one.
    """
    found = list(_of_the_machine(opened.store.engine, database, data_dir))
    if backups is not None:
        found += _of_the_backups(backups, opened.now)
    try:
        with opened.store.reading() as s:
            found += _of_the_bot(opened, s)
    except DBAPIError as error:
        found.append(Trouble(Kind.DATABASE, f"the database can't be read: {first_line(error)}"))
    return found


def _of_the_machine(engine: Engine, database: Path | None, data_dir: Path) -> Iterator[Trouble]:
    for folder in {data_dir.resolve(), (database or data_dir).resolve().parent}:
        free = shutil.disk_usage(folder).free
        if free < DISK_MIN_BYTES:
            yield Trouble(Kind.DISK, f"only {free // 1024 // 1024} MB are left on the disk of {folder}")
            break
    if engine.dialect.name != "sqlite":
        return
    try:
        with engine.connect() as connection:
            said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(100)")]
    except DBAPIError as error:
        said = [first_line(error)]
    if said != ["ok"]:
        lines = [line for words in said for line in words.splitlines()]
        for line in lines[:PAGES_SHOWN]:
            yield Trouble(Kind.DATABASE, f"the database file is damaged: {line}")


def _of_the_backups(folder: Path, now: datetime) -> Iterator[Trouble]:
    last = last_made_at(folder)
    if last is None:
        yield Trouble(Kind.BACKUP, f"no backup is in {folder}")
    elif last + BACKUP_OLD <= now:
        yield Trouble(Kind.BACKUP, f"the last backup in {folder} is {(now - last).days} days old")


def _of_the_bot(opened: Opened, s: Session) -> Iterator[Trouble]:
    zone = opened.house.zone
    for row in messages.list_troubled(s):
        if row.set_aside_at is not None:
            what = f"set aside after {row.attempts} tries" if row.attempts else "set aside, malformed"
        elif row.handled_at is not None:
            what = "handled, but the answer was refused"
        else:
            what = "being tried"
        yield Trouble(
            Kind.UPDATES,
            f"update {row.update_id} ({code_of(row.id or 0)}), {clock(row.received_at, zone)}: {what}: {row.error}",
        )
    for reminder in dispatch.list_failed(s, but=DataErased.word):  # a chat that is gone shows nothing
        yield Trouble(
            Kind.REMINDERS,
            f"reminder {reminder.id} to officer {reminder.officer_id}, due {clock(reminder.due_at, zone)}:"
            f" not sent: {reminder.error}",
        )
    for officer_id, blocked_at in accounts.list_blocked(s):
        yield Trouble(
            Kind.BLOCKED, f"officer {officer_id} has blocked the bot since {clock(blocked_at, zone)}"
        )
    stuck = find_agenda_trouble(s)
    if stuck is not None:
        since = clock(stuck.at, zone)
        yield Trouble(Kind.AGENDA, f"steps do not open by themselves since {since}: {stuck.value}")
    off = s.get(Vital, CLOCK_OFF)
    if off is not None:
        yield Trouble(
            Kind.CLOCK,
            f"the machine's clock is off by {off.value} since {clock(off.at, zone)}: Telegram's counts for officers;"
            " set it (timedatectl set-ntp true)",
        )
    this_year = opened.house.today(opened.now).year
    for year in (this_year, this_year + 1):
        if not has_joint_leave(year):
            yield Trouble(
                Kind.CALENDAR,
                f"no cuti bersama of {year} is known: update the package `holidays`,"
                " or put the days into calendar.yaml in the data folder",
            )


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Local date and time."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
