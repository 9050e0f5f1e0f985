"""Messages in and out: raw updates, replies still to be said, reminders that went out or are to come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import Integer, Text, bindparam, case, delete, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import defer
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.tables import InboxRow, Reminder, ReminderKind, ReminderState
from storage.types import Fingerprint, keyring_of, new_ids

# --- updates in, replies out ------------------------------------------------------------------------------------


KEPT = timedelta(days=8)  # Telegram keeps an update for one day; ids begin anew after a quiet week

_INBOX = SQLModel.metadata.tables["inbox"]
_UNHANDLED = (col(InboxRow.handled_at).is_(None), col(InboxRow.set_aside_at).is_(None))

_UNSAID = [defer(getattr(InboxRow, name)) for name in ("raw", "reply", "shown")]

_OF_ONE = ["update_id", "identity"]
_PUT_SQLITE = sqlite.insert(_INBOX).on_conflict_do_nothing(index_elements=_OF_ONE).returning(_INBOX.c.id)
_PUT_POSTGRESQL = (
    postgresql.insert(_INBOX).on_conflict_do_nothing(index_elements=_OF_ONE).returning(_INBOX.c.id)
)
# While there are earlier secrets, the same update may be there under the hash of one of them.
_COLUMNS = ("id", "update_id", "identity", "chat_key", "raw", "received_at", "attempts")
_PUT_NEW = sqlalchemy.select(
    *(bindparam(one, type_=Text() if one == "raw" else _INBOX.c[one].type) for one in _COLUMNS)
).where(
    ~sqlalchemy.select(_INBOX.c.id)
    .where(
        _INBOX.c.update_id == bindparam("update_id"),
        _INBOX.c.identity.in_(bindparam("every", expanding=True)),
    )
    .exists()
)
_AT = bindparam("at", type_=_INBOX.c.handled_at.type)
_OF_ROW = update(_INBOX).where(_INBOX.c.id == bindparam("row"))
_HANDLED = (
    _OF_ROW.where(*_UNHANDLED)
    .values(
        handled_at=_AT,
        raw=None,
        error=None,
        reply=bindparam("answer"),
        replied_at=bindparam("said_at"),
    )
    .returning(_INBOX.c.id)
)
_FINISHED = case((_INBOX.c.set_aside_at.is_(None), func.coalesce(_INBOX.c.handled_at, _AT)))
_SAID = _OF_ROW.values(
    handled_at=_FINISHED,
    raw=None,
    reply=None,
    replied_at=_AT,
    error=func.coalesce(bindparam("why"), _INBOX.c.error),
    shown=bindparam("shown", type_=_INBOX.c.shown.type),
)
_REST = _OF_ROW.values(handled_at=_FINISHED, raw=None, reply=bindparam("answer"))


@dataclass(frozen=True)
class Received:
    """One raw update as it came: `identity` is the same for the same update only, `raw` is JSON text.

    `at`: when it had come to Telegram at the latest, aware UTC, where that is before now.
    """

    update_id: int
    identity: str
    chat_key: str
    raw: str
    at: datetime | None = None


@dataclass(frozen=True)
class Unhandled:
    """An update that is committed and still to be handled."""

    row_id: int
    update_id: int
    chat_key: str
    raw: str | None
    received_at: datetime


def put_updates(s: Session, updates: Sequence[Received], now: datetime) -> list[Unhandled]:
    """Store what is new, and return it in order; what is there already is left as it is."""
    is_postgresql = s.get_bind().dialect.name == "postgresql"
    statement = _PUT_POSTGRESQL if is_postgresql else _PUT_SQLITE
    new = []
    for one in updates:
        row = {"update_id": one.update_id, "identity": one.identity, "chat_key": one.chat_key, "raw": one.raw}
        at = min(one.at or now, now)
        [row_id] = new_ids(s, "inbox", 1)
        row |= {"id": row_id, "received_at": at, "attempts": 0}
        if isinstance(one.identity, Fingerprint) and len(one.identity.every) > 1:
            sealed = keyring_of(s.get_bind().dialect).seal(one.raw, "inbox.raw", str(row_id))
            row |= {"raw": sealed, "every": one.identity.every}
            found = s.execute(_put_new(is_postgresql), row).scalar()
        else:
            found = s.execute(statement, row | {"raw": (row_id, one.raw)}).scalar()
        if found is not None:
            new.append(Unhandled(row_id, one.update_id, one.chat_key, one.raw, at))
    return new


@cache
def _put_new(is_postgresql: bool) -> Any:
    put = (postgresql if is_postgresql else sqlite).insert(_INBOX).from_select(_COLUMNS, _PUT_NEW)
    return put.on_conflict_do_nothing(index_elements=_OF_ONE).returning(_INBOX.c.id)


_UNHANDLED_IDS = sqlalchemy.select(_INBOX.c.id).where(*_UNHANDLED).order_by(_INBOX.c.id)


def list_unhandled_ids(s: Session) -> tuple[int, ...]:
    """Every update still to be handled, in order: what the last owner left."""
    return tuple(s.execute(_UNHANDLED_IDS).scalars())


_ONE_UNHANDLED = sqlalchemy.select(
    *(_INBOX.c[name] for name in ("id", "update_id", "chat_key", "raw", "received_at"))
).where(_INBOX.c.id == bindparam("row"))


def read_unhandled(s: Session, row_id: int) -> Unhandled:
    """One of those. Raises UnsealError."""
    return Unhandled(*s.execute(_ONE_UNHANDLED, {"row": row_id}).one())


def put_aside(s: Session, row_id: int, now: datetime, error: str) -> None:
    """Set the row aside without reading it."""
    values = {"set_aside_at": now, "error": error, "raw": None, "reply": None}
    s.execute(update(_INBOX).where(_INBOX.c.id == row_id).values(values))


def note_handled(s: Session, row_id: int, now: datetime, reply: list[dict[str, object]] | None) -> bool:
    """The update is handled, and this is still to be said; None: nothing. Not what is handled already: False."""
    values = {
        "row": row_id,
        "at": now,
        "answer": None if reply is None else (row_id, reply),
        "said_at": None if reply is not None else now,
    }
    return s.execute(_HANDLED, values).scalar() is not None


def note_said(
    s: Session, row_id: int, now: datetime, error: str | None, shown: dict[str, object] | None = None
) -> None:
    """All of its answer is said, or Telegram refused it with this error. So it is handled, unless it was set aside.

    Args:
        shown: what stands on the phone with it, as of `handlers/ui/buttons.py`.
    """
    s.execute(
        _SAID, {"row": row_id, "at": now, "why": error, "shown": None if shown is None else (row_id, shown)}
    )


def note_rest(s: Session, row_id: int, now: datetime, rest: list[dict[str, object]]) -> None:
    """So much of the answer is still to be said."""
    s.execute(_REST, {"row": row_id, "at": now, "answer": (row_id, rest)})


_UNREPLIED_IDS = (
    sqlalchemy.select(col(InboxRow.id))
    .where(col(InboxRow.replied_at).is_(None), col(InboxRow.reply).is_not(None))
    .order_by(col(InboxRow.id))
)


def list_unreplied_ids(s: Session) -> tuple[int, ...]:
    """Updates whose answer is still to be said, oldest first."""
    return tuple(s.execute(_UNREPLIED_IDS).scalars())


_HOW_MANY = sqlalchemy.select(func.count()).where(*_UNHANDLED)


def count_unhandled(s: Session) -> int:
    """How many updates wait."""
    return int(s.execute(_HOW_MANY).scalar_one())


def read_trouble(s: Session, row_id: int) -> InboxRow:
    """The row without what was said in it: nothing there can stand in the way."""
    found: InboxRow = s.execute(
        sqlalchemy.select(InboxRow).options(*_UNSAID).where(col(InboxRow.id) == row_id)
    ).scalar_one()
    return found


def list_troubled(s: Session) -> tuple[InboxRow, ...]:
    """Updates that were set aside, or whose answer Telegram refused: for doctor, without what was said."""
    return tuple(
        s.execute(
            sqlalchemy.select(InboxRow)
            .options(*_UNSAID)
            .where(col(InboxRow.error).is_not(None))
            .order_by(col(InboxRow.id))
        ).scalars()
    )


def delete_old(s: Session, now: datetime) -> int:
    """Remove what is older than eight days and was answered. Returns how many rows went."""
    gone = s.execute(
        delete(InboxRow)
        .where(col(InboxRow.received_at) < now - KEPT)
        .where(col(InboxRow.handled_at).is_not(None) | col(InboxRow.set_aside_at).is_not(None))
        .returning(col(InboxRow.id))
    )
    return len(gone.all())


# --- reminders that went out or are to come ---------------------------------------------------------------------


_IN_MESSAGE = (
    select(Reminder)
    .where(
        Reminder.officer_id == bindparam("officer"),
        Reminder.message_id == bindparam("message"),
        col(Reminder.edits_message_id).is_(None),
    )
    .order_by(col(Reminder.id))
)


def list_in_message(s: Session, officer_id: int, message_id: int) -> tuple[Reminder, ...]:
    """What one push of an officer carried; not the notices that changed it later."""
    return tuple(s.exec(_IN_MESSAGE, params={"officer": officer_id, "message": message_id}))


@cache
def _sent_digests(*, is_since: bool, is_limited: bool) -> SelectOfScalar[Reminder]:
    query = select(Reminder).where(
        Reminder.officer_id == bindparam("officer"),
        Reminder.kind == ReminderKind.DIGEST,
        Reminder.state == ReminderState.SENT,
    )
    if is_since:
        query = query.where(col(Reminder.sent_at) > bindparam("since"))
    query = query.order_by(col(Reminder.sent_at).desc(), col(Reminder.id).desc())
    return query.limit(bindparam("limit", type_=Integer)) if is_limited else query


def list_sent_digests(
    s: Session, officer_id: int, since: datetime | None = None, limit: int | None = None
) -> tuple[Reminder, ...]:
    """The morning lists that went out to an officer after `since` (aware, UTC), the last first."""
    query = _sent_digests(is_since=since is not None, is_limited=limit is not None)
    return tuple(s.exec(query, params={"officer": officer_id, "since": since, "limit": limit}))


_UNTURNED = select(Reminder).where(
    col(Reminder.message_id).in_(bindparam("messages", expanding=True)),
    Reminder.officer_id == bindparam("officer"),
    col(Reminder.turned_at).is_(None),
)


def list_unturned(s: Session, officer_id: int, message_ids: Collection[int | None]) -> tuple[Reminder, ...]:
    """What these messages of an officer carried as pushes, if they still show that."""
    return tuple(s.exec(_UNTURNED, params={"messages": message_ids, "officer": officer_id}))


@cache
def _coming(*, is_of_officer: bool, is_of_tasks: bool) -> SelectOfScalar[Reminder]:
    query = select(Reminder).where(
        Reminder.state == ReminderState.PENDING,
        Reminder.kind != ReminderKind.NOTICE,
        col(Reminder.task_id).is_not(None),
    )
    if is_of_officer:
        query = query.where(Reminder.officer_id == bindparam("officer"))
    if is_of_tasks:
        query = query.where(col(Reminder.task_id).in_(bindparam("tasks", expanding=True)))
    return query.order_by(col(Reminder.due_at), col(Reminder.id))


def list_coming(
    s: Session, officer_id: int | None, task_ids: Collection[int] | None = None
) -> tuple[Reminder, ...]:
    """Reminders of tasks still to be sent, by time: of one officer, of some tasks, or both."""
    query = _coming(is_of_officer=officer_id is not None, is_of_tasks=task_ids is not None)
    return tuple(s.exec(query, params={"officer": officer_id, "tasks": list(task_ids or ())}))


_ABOUT = (
    select(Reminder)
    .where(
        col(Reminder.task_id).in_(bindparam("tasks", expanding=True)), Reminder.kind != ReminderKind.NOTICE
    )
    .order_by(col(Reminder.due_at), col(Reminder.id))
)


def list_about(s: Session, task_ids: Collection[int]) -> tuple[Reminder, ...]:
    """Every reminder of these tasks whatever became of it, notices left out, by due time."""
    return tuple(s.exec(_ABOUT, params={"tasks": list(task_ids)}))
