"""sendMessage, sendPhoto, sendDocument, sendLocation, sendChatAction."""

from typing import Any

from simulator.arguments import Arguments
from simulator.methods.access import chat_to_write
from simulator.methods.media import read_media
from simulator.methods.text import read_caption, read_text
from simulator.refusals import bad_request
from simulator.reply_markup import parse_reply_markup
from simulator.state import Account, Message
from simulator.world import World

JSON = dict[str, Any]

ACTION_SHOWN_S = 5.0  # "sedang mengetik" goes away by itself
ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip


def send_message(world: World, args: Arguments) -> JSON:
    chat = chat_to_write(world, args)
    text, entities = read_text(args)
    return _send(world, args, Message(0, chat.id, world.bot_id, 0, text, entities))


def send_photo(world: World, args: Arguments) -> JSON:
    return _send_media(world, args, "photo")


def send_document(world: World, args: Arguments) -> JSON:
    return _send_media(world, args, "document")


def send_location(world: World, args: Arguments) -> JSON:
    chat = chat_to_write(world, args)
    latitude, longitude = args.number("latitude"), args.number("longitude")
    if latitude is None or longitude is None:
        raise bad_request("latitude is empty" if latitude is None else "longitude is empty")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("invalid location specified")
    content = {"location": {"latitude": latitude, "longitude": longitude}}
    return _send(world, args, Message(0, chat.id, world.bot_id, 0, content=content))


def send_chat_action(world: World, args: Arguments) -> bool:
    chat = chat_to_write(world, args)
    if args.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    if isinstance(chat, Account):
        chat.typing_until = world.timestamp + ACTION_SHOWN_S
        world.changed()
    return True


def _send_media(world: World, args: Arguments, kind: str) -> JSON:
    chat = chat_to_write(world, args)
    text, entities = read_caption(args)
    content = read_media(world, args, kind, args.values.get(kind))
    return _send(world, args, Message(0, chat.id, world.bot_id, 0, text, entities, content))


def _send(world: World, args: Arguments, message: Message) -> JSON:
    keyboard = parse_reply_markup(args.values.get("reply_markup"))
    message.keyboard = keyboard
    message.protect_content = args.flag("protect_content")
    message.silent = args.flag("disable_notification")
    message.reply_to = _replied(world, args, message.chat_id)
    world.post(message)
    if keyboard and "keyboard" in keyboard:
        world.reply_keyboards[message.chat_id] = keyboard
    elif keyboard and "remove_keyboard" in keyboard:
        world.reply_keyboards.pop(message.chat_id, None)
    if message.chat_id in world.accounts:
        world.accounts[message.chat_id].typing_until = 0.0
    return world.message_json(message)


def _replied(world: World, args: Arguments, chat_id: int) -> int | None:
    wanted = args.nested("reply_parameters") or {}
    message_id = int(wanted.get("message_id") or args.integer("reply_to_message_id"))
    if not message_id:
        return None
    if world.find_message(chat_id, message_id) is None:
        if wanted.get("allow_sending_without_reply") or args.flag("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return message_id
