"""deleteMessage and deleteMessages: within 48 hours, in a group only one's own."""

from simulator.arguments import Arguments
from simulator.methods.access import chat_to_write, message_to
from simulator.refusals import bad_request
from simulator.state import Message
from simulator.switches import DELETE_WITHIN_S
from simulator.world import World

MOST_AT_ONCE = 100


def delete_message(world: World, args: Arguments) -> bool:
    if not args.has("message_id"):
        raise bad_request("message identifier is not specified")
    message = message_to("delete", world, chat_to_write(world, args), args.integer("message_id"))
    _check_deletable(world, message)
    world.delete(message)
    return True


def delete_messages(world: World, args: Arguments) -> bool:
    """Those that are not there are passed over; one that may not be deleted stops all."""
    chat = chat_to_write(world, args)
    ids = args.nested("message_ids")
    if not isinstance(ids, list) or not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > MOST_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    found = [m for m in (world.find_message(chat.id, int(number)) for number in ids) if m is not None]
    for message in found:
        _check_deletable(world, message)
    for message in found:
        world.delete(message)
    return True


def _check_deletable(world: World, message: Message) -> None:
    if message.chat_id < 0 and message.sender_id != world.bot_id:
        raise bad_request("message can't be deleted")
    if world.timestamp - message.date > DELETE_WITHIN_S:
        raise bad_request("message can't be deleted for everyone")
