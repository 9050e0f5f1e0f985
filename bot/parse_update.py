"""Telegram's update -> what came, in our own words: the last place that knows Telegram's shapes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Chat, MaybeInaccessibleMessage, Message, MessageEntity, Update
from telegram.constants import ChatType

from handlers.ui.buttons import ButtonError, Press, parse

CHANGED_BY_PEOPLE = frozenset(
    {
        "text",
        "caption",
        "photo",
        "document",
        "video",
        "animation",
        "audio",
        "voice",
        "rich_message",
        "checklist",
    }
)
SENT_BY_PEOPLE = CHANGED_BY_PEOPLE | {
    "location", "venue", "sticker", "video_note", "contact", "dice", "poll", "story", "paid_media", "game", "invoice",
}  # fmt: skip


TELEGRAM_KEEPS = timedelta(
    hours=25
)  # an update, and a little more: what is dated before came from another clock
_YEAR_2200 = 7_258_118_400  # seconds; a larger date is none


@dataclass(frozen=True)
class Attachment:
    """A file that lies at Telegram."""

    file_id: str
    size_bytes: int | None
    mime: str
    name: str
    photo: bool


@dataclass(frozen=True)
class Incoming:
    """One update, read."""

    update_id: int
    chat_id: int
    is_group: bool
    kind: str
    text: str | None = None
    message_id: int | None = None
    sent_at: datetime | None = (
        None  # by Telegram's clock; of a tap, when its message was sent or changed last
    )
    callback_id: str | None = None
    press: Press | None = None
    location: tuple[float, float] | None = None
    attachment: Attachment | None = None
    is_forward: bool = False
    is_edit: bool = False
    bot_is: str | None = None  # my_chat_member: what the bot has become in this chat

    def said_at(self, received_at: datetime, now: datetime) -> datetime:
        """When the officer said it: the bot may have been off until `now`.

        Of words it is Telegram's date. A tap has none: it came before `received_at`, which is the date of what
        was typed after it where Telegram told of both at once, and after its card was shown.

        Args:
            received_at, now: aware UTC, by our own clock.
        """
        if self.sent_at is None or not received_at - TELEGRAM_KEEPS <= self.sent_at <= now:
            return min(received_at, now)
        return max(self.sent_at, received_at) if self.kind == "button" else self.sent_at


def parse_update(update: Update) -> Incoming | None:
    """What came; None for updates that have no chat or that we did not ask for."""
    if update.callback_query is not None:
        return _read_tap(update)
    if update.my_chat_member is not None:
        chat = update.my_chat_member.chat
        became = update.my_chat_member.new_chat_member.status
        return Incoming(update.update_id, chat.id, _is_group(chat), "other", bot_is=str(became))
    message = update.message or update.edited_message
    return None if message is None else _read_message(update, message)


def _read_tap(update: Update) -> Incoming | None:
    query = update.callback_query
    assert query is not None
    chat = query.message.chat if query.message is not None else None
    try:
        press = parse(query.data or "")
    except ButtonError:
        press = None
    return Incoming(
        update.update_id,
        chat.id if chat is not None else query.from_user.id,
        chat is not None and _is_group(chat),
        "button",
        message_id=query.message.message_id if query.message is not None else None,
        sent_at=_shown_at(query.message),
        callback_id=query.id,
        press=press,
    )


def _shown_at(message: MaybeInaccessibleMessage | None) -> datetime | None:
    return (message.edit_date or message.date) if isinstance(message, Message) else None


def _read_message(update: Update, message: Message) -> Incoming:
    kind, text = _kind_of(message)
    here = message.location
    return Incoming(
        update.update_id,
        message.chat.id,
        _is_group(message.chat),
        kind,
        text=text,
        message_id=message.message_id,
        sent_at=message.date,
        location=(here.latitude, here.longitude) if here is not None else None,
        attachment=_attachment_of(message),
        is_forward=message.forward_origin is not None or message.via_bot is not None,
        is_edit=update.edited_message is not None,
    )


def _kind_of(message: Message) -> tuple[str, str | None]:
    text = _clean(message.text)
    if text is not None:
        begins = any(e.type == MessageEntity.BOT_COMMAND and e.offset == 0 for e in message.entities)
        return ("command" if begins or text.startswith("/") else "text"), text
    for kind in ("photo", "document", "location", "sticker"):
        if getattr(message, kind):
            return kind, _clean(message.caption)
    return "other", _clean(message.caption)


def _clean(text: str | None) -> str | None:
    """Without what no database stores: half characters and the zero character."""
    return None if text is None else text.encode("utf-8", "replace").decode().replace("\x00", "")


def _attachment_of(message: Message) -> Attachment | None:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Attachment(largest.file_id, largest.file_size, "image/jpeg", "foto.jpg", True)
    if message.document is not None:
        found = message.document
        mime = found.mime_type or "application/octet-stream"
        return Attachment(found.file_id, found.file_size, mime, _clean(found.file_name) or "berkas", False)
    return None


def _is_group(chat: Chat) -> bool:
    return chat.type != ChatType.PRIVATE


def is_from_nobody(raw: dict[str, Any]) -> bool:
    """Whether a raw update is a message that no person typed, or a change of one that no person made.

    Telegram itself writes of what was pinned, of timers, themes, boosts and topics; it changes a message with every
    step of a live location and every vote. What it writes in ten years has none of the keys below either.
    """
    for kind, keys in (("message", SENT_BY_PEOPLE), ("edited_message", CHANGED_BY_PEOPLE)):
        if isinstance(body := raw.get(kind), dict):
            return chat_id_of(raw) is not None and keys.isdisjoint(body)
    return False


def date_of(raw: dict[str, Any]) -> datetime | None:
    """When Telegram got what a raw update is about, aware UTC; None where it does not say: a tap has no date."""
    body = raw.get("message", raw.get("edited_message"))
    if not isinstance(body, dict):
        return None
    date = body.get("edit_date", body.get("date"))
    if not isinstance(date, int) or not 0 < date < _YEAR_2200:
        return None
    return datetime.fromtimestamp(date, UTC)


def chat_id_of(raw: dict[str, Any]) -> int | None:
    """The chat of a raw update, for ordering; None when it has none. Never raises."""
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        body = raw.get(kind)
        if not isinstance(body, dict):
            continue
        if kind == "callback_query":
            inner = body.get("message")
            found = inner.get("chat") if isinstance(inner, dict) else body.get("from")
        else:
            found = body.get("chat")
        if isinstance(found, dict) and isinstance(found.get("id"), int):
            return int(found["id"])
    return None


def essence_of(raw: dict[str, Any]) -> str:
    """What stays the same when Telegram sends the same update again, and differs when it is another one."""
    for kind, body in sorted(raw.items()):
        if not isinstance(body, dict):
            continue
        if kind == "callback_query":
            return f"{kind}:{body.get('id')}"
        parts = [body.get("message_id"), body.get("date"), body.get("edit_date")]
        return f"{kind}:{chat_id_of(raw)}:{':'.join(map(str, parts))}"
    return "unreadable"
