"""People, chats, messages and files in the shape of the Bot API."""

from typing import TYPE_CHECKING, Any

from simulator.state import Account, Group, Message, StoredFile

if TYPE_CHECKING:
    from simulator.world import World

JSON = dict[str, Any]


def user_json(account: Account) -> JSON:
    user: JSON = {"id": account.id, "is_bot": False, "first_name": account.name, "language_code": "id"}
    if account.username:
        user["username"] = account.username
    return user


def chat_json(chat: Account | Group) -> JSON:
    if isinstance(chat, Group):
        return {"id": chat.id, "type": chat.kind, "title": chat.title}
    out: JSON = {"id": chat.id, "type": "private", "first_name": chat.name}
    if chat.username:
        out["username"] = chat.username
    return out


def message_json(world: "World", message: Message, with_reply: bool = True) -> JSON:
    """The message as the bot gets it; a keyboard only where it is inline, as in Telegram."""
    out: JSON = {
        "message_id": message.id,
        "from": world.user(message.sender_id),
        "chat": world.chat(message.chat_id),
        "date": message.date,
    }
    if message.edit_date is not None:
        out["edit_date"] = message.edit_date
    if message.forward_origin is not None:
        out["forward_origin"] = message.forward_origin
    if message.protect_content:
        out["has_protected_content"] = True
    replied = world.messages.get(message.chat_id, {}).get(message.reply_to or 0)
    if with_reply and replied is not None:
        out["reply_to_message"] = message_json(world, replied, with_reply=False)
    out.update(message.content)
    if message.text:
        field = "text" if message.is_text else "caption"
        out[field] = message.text
        if message.entities:
            out["entities" if message.is_text else "caption_entities"] = message.entities
    if message.inline_rows:
        out["reply_markup"] = {"inline_keyboard": message.inline_rows}
    return out


def photo_json(stored: StoredFile) -> list[JSON]:
    size = {"width": stored.width, "height": stored.height, "file_size": stored.size}
    return [{"file_id": stored.file_id, "file_unique_id": stored.unique_id, **size}]


def document_json(stored: StoredFile) -> JSON:
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_name": stored.name or "file",
        "mime_type": stored.mime_type,
        "file_size": stored.size,
    }


def sticker_json(emoji: str, number: int) -> JSON:
    return {
        "file_id": f"CAACAgIAAxk{number:06d}sticker", "file_unique_id": f"AgAD{number:08d}", "type": "regular",
        "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": emoji,
        "set_name": "contoh_stiker",
    }  # fmt: skip


def member_change(world: "World", chat_id: int, by: int, old: str, new: str) -> JSON:
    """A `my_chat_member` update's content."""

    def member(status: str) -> JSON:
        return {
            "status": status,
            "user": world.bot_user(),
            **({"until_date": 0} if status == "kicked" else {}),
        }

    return {
        "chat": world.chat(chat_id), "from": world.user(by), "date": int(world.timestamp),
        "old_chat_member": member(old), "new_chat_member": member(new),
    }  # fmt: skip
