"""editMessageText, editMessageCaption, editMessageMedia, editMessageReplyMarkup, pinChatMessage."""

from typing import Any

from simulator.arguments import Arguments
from simulator.methods.access import chat_to_write, message_to
from simulator.methods.media import read_media
from simulator.methods.text import read_caption, read_text
from simulator.refusals import bad_request
from simulator.reply_markup import parse_reply_markup
from simulator.state import Message
from simulator.world import World

JSON = dict[str, Any]

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def edit_message_text(world: World, args: Arguments) -> JSON:
    text, entities = read_text(args)
    message = _editable(world, args)
    if not message.is_text:
        raise bad_request("there is no text in the message to edit")
    return _change(world, message, text, entities, message.content, _inline(args))


def edit_message_caption(world: World, args: Arguments) -> JSON:
    text, entities = read_caption(args)
    message = _editable(world, args)
    if not message.takes_caption:
        raise bad_request("there is no caption in the message to edit")
    return _change(world, message, text, entities, message.content, _inline(args))


def edit_message_media(world: World, args: Arguments) -> JSON:
    message = _editable(world, args)
    media = args.nested("media")
    if not isinstance(media, dict) or media.get("type") not in ("photo", "document"):
        raise bad_request("can't parse InputMedia: media must be a photo or a document")
    text, entities = read_caption(Arguments(media))
    content = read_media(world, args, media["type"], media.get("media"))
    return _change(world, message, text, entities, content, _inline(args))


def edit_message_reply_markup(world: World, args: Arguments) -> JSON:
    message = _editable(world, args)
    return _change(world, message, message.text, message.entities, message.content, _inline(args))


def pin_chat_message(world: World, args: Arguments) -> bool:
    message = message_to("pin", world, chat_to_write(world, args), args.integer("message_id"))
    message.pinned = True
    world.touch(message)
    return True


def unpin_chat_message(world: World, args: Arguments) -> bool:
    message = message_to("unpin", world, chat_to_write(world, args), args.integer("message_id"))
    message.pinned = False
    world.touch(message)
    return True


def _editable(world: World, args: Arguments) -> Message:
    if not args.has("message_id"):
        raise bad_request("message identifier is not specified")
    message = message_to("edit", world, chat_to_write(world, args), args.integer("message_id"))
    # Telegram: "only possible to edit messages without reply_markup or with inline keyboards"
    has_other_keyboard = message.keyboard is not None and "inline_keyboard" not in message.keyboard
    if message.sender_id != world.bot_id or message.forward_origin is not None or has_other_keyboard:
        raise bad_request("message can't be edited")
    return message


def _inline(args: Arguments) -> JSON | None:
    keyboard = parse_reply_markup(args.values.get("reply_markup"))
    if keyboard is not None and "inline_keyboard" not in keyboard:
        raise bad_request("inline keyboard expected")
    return keyboard


def _change(
    world: World, message: Message, text: str, entities: list[JSON], content: JSON, keyboard: JSON | None
) -> JSON:
    """An edit without a keyboard takes the old one away, as Telegram does."""
    if (text, entities, content, keyboard) == (
        message.text,
        message.entities,
        message.content,
        message.keyboard,
    ):
        raise bad_request(NOT_MODIFIED)
    message.text, message.entities, message.content, message.keyboard = text, entities, content, keyboard
    message.edit_date = int(world.timestamp)
    world.touch(message)
    return world.message_json(message)
