"""Chats as the page and the tests see them: keyboards, edits, deletions, HTML ready to show."""

from datetime import UTC, datetime
from typing import Any

from simulator.clock import SimClock
from simulator.entities import to_html
from simulator.methods.profile import commands_of
from simulator.phones import Phone
from simulator.state import Message
from simulator.world import World

JSON = dict[str, Any]

NEWS = 3  # unread messages of a phone that are shown at a glance
PREVIEW_MAX, SHORT = 120, 40  # characters of a line


def phone_view(phone: Phone) -> JSON:
    """One phone of the list; `news` are the newest unread messages, newest first."""
    shown = phone.messages
    last = shown[-1] if shown else None
    unread = phone.unread
    return {
        "id": phone.id,
        "name": phone.name,
        "username": phone.account.username,
        "started": phone.account.started,
        "blocked": phone.account.blocked,
        "unread": len(unread),
        "news": [
            {"message_id": m.id, "at": iso(m.date), "text": preview(m), "kind": kind(m)}
            for m in unread[: -NEWS - 1 : -1]
        ],
        "last_text": preview(last) if last else "",
        "last_kind": kind(last) if last else None,
        "last_at": iso(last.date) if last else None,
        "last_is_bot": last is not None and last.sender_id == phone.world.bot_id,
        "typing": phone.account.typing_until > phone.world.timestamp,
    }


def chat_view(world: World, chat_id: int, after: int = 0) -> JSON:
    """Messages that changed after revision `after`, deleted ones included and flagged, oldest first."""
    messages = [m for m in world.messages.get(chat_id, {}).values() if m.revision > after]
    keyboard = world.reply_keyboards.get(chat_id)
    return {
        "revision": world.revision,
        "chat": world.chat(chat_id),
        "messages": [message_view(world, m) for m in sorted(messages, key=lambda m: m.id)],
        "reply_keyboard": keyboard.get("keyboard") if keyboard else None,
        "placeholder": keyboard.get("input_field_placeholder") if keyboard else None,
        "commands": commands_of(world, chat_id),
    }


def message_view(world: World, message: Message) -> JSON:
    photo, document = message.content.get("photo"), message.content.get("document")
    return {
        "message_id": message.id,
        "chat_id": message.chat_id,
        "from_bot": message.sender_id == world.bot_id,
        "sender_id": message.sender_id,
        "date": iso(message.date),
        "text": message.text if message.is_text else None,
        "caption": None if message.is_text else message.text,
        "html": to_html(message.text, message.entities),
        "edited": message.edit_date is not None,
        "deleted": message.deleted,
        "protect_content": message.protect_content,
        "silent": message.silent,
        "pinned": message.pinned,
        "reply_to": message.reply_to,
        "forwarded": message.forward_origin is not None,
        "photo": _with_url(photo[-1]) if photo else None,
        "document": _with_url(document) if document else None,
        "location": message.content.get("location"),
        "sticker": message.content["sticker"]["emoji"] if "sticker" in message.content else None,
        "inline_keyboard": message.inline_rows,
        "revision": message.revision,
    }


def preview(message: Message) -> str:
    """One line for the list of chats; a heading or a greeting says nothing without the line below it."""
    first, *others = [line for line in message.text.splitlines() if line] or [""]
    if first.endswith(":") or len(first) < SHORT:
        first = " ".join((first, *others[:1]))
    return first[:PREVIEW_MAX]


def kind(message: Message) -> str | None:
    """What a message without text is; the page has the word for it."""
    return next((one for one in ("photo", "document", "location", "sticker") if one in message.content), None)


def clock_view(world: World, clock: SimClock | None) -> JSON:
    due = clock.next_due if clock else None
    return {
        "now": world.now().isoformat(),
        "can_move": clock is not None,
        "rate": clock.setting.rate if clock else 1.0,
        "offset": clock.setting.offset if clock else 0.0,
        "since": clock.setting.since.isoformat() if clock else None,
        "next_due": due.isoformat() if due else None,
        "zone": world.zone,
    }


def iso(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat()


def _with_url(file: JSON) -> JSON:
    return {**file, "url": f"/sim/files/{file['file_id']}"}
