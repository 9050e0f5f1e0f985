"""What every method asks first: is there such a chat, may the bot speak in it, is there such a message."""

from simulator.arguments import Arguments
from simulator.refusals import bad_request, forbidden
from simulator.state import Account, Group, Message
from simulator.world import World


def chat_to_read(world: World, args: Arguments) -> Account | Group:
    """The chat of `chat_id`.

    Raises:
        Refusal: the bot has never seen it.
    """
    if not args.has("chat_id"):
        raise bad_request("chat_id is empty")
    chat_id = args.chat_id()
    if chat_id in world.groups:
        return world.groups[chat_id]
    account = world.accounts.get(chat_id or 0)
    if account is None or (world.switches.must_start and not account.started):
        raise bad_request("chat not found")
    return account


def chat_to_write(world: World, args: Arguments) -> Account | Group:
    """The chat of `chat_id`, in which the bot may write.

    Raises:
        Refusal: unknown, blocked by its owner, or a group that the bot was thrown out of.
    """
    chat = chat_to_read(world, args)
    if isinstance(chat, Group):
        kind = f"the {chat.kind} chat"
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from {kind}")
        if chat.bot_status != "member":
            raise forbidden(f"bot is not a member of {kind}")
    elif chat.blocked:
        raise forbidden("bot was blocked by the user")
    return chat


def message_to(verb: str, world: World, chat: Account | Group, message_id: int) -> Message:
    """The message that is to be edited, deleted or pinned; `verb` goes into the complaint.

    Raises:
        Refusal: there is none.
    """
    message = world.find_message(chat.id, message_id)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message
