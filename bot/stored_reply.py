"""A reply with its address, as it is stored with the update: all that is needed to say it after a restart."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from handlers.ui.reply import Action, Delete, LeaveChat, Reply, Say, SetCommands, Toast, from_rows, to_rows


@dataclass(frozen=True)
class Address:
    """Where a reply goes.

    Attributes:
        callback_id: the tap that waits for its short answer; None once it was answered.
        tapped_id: the message whose button was tapped.
        officer_id, topic: whose conversation remembers the card, while it is still about that.
        asked: the update, when the reply to it asks a question.
    """

    chat_id: int
    callback_id: str | None = None
    tapped_id: int | None = None
    officer_id: int | None = None
    topic: str | None = None
    asked: int | None = None


@dataclass(frozen=True)
class StoredReply:
    """A reply that is still to be said, with the row it belongs to.

    Attributes:
        is_look: nothing was written when it was made, so it stands in no row: after a kill it is made again.
    """

    row_id: int
    chat_key: str
    address: Address
    reply: Reply
    is_look: bool = False

    def with_rest(self, actions: tuple[Action, ...]) -> "StoredReply":
        """The same, with only these actions left and the tap answered: as it is written down."""
        address = replace(self.address, callback_id=None)
        return replace(self, reply=Reply(actions), address=address, is_look=False)


def is_visible(action: Action) -> bool:
    """Whether the officer sees something new in the chat: said twice it would be a double."""
    return not isinstance(action, Toast | Delete | SetCommands | LeaveChat)


def doubles(action: Action) -> bool:
    """Whether carrying it out again would show it twice."""
    return isinstance(action, Say) or action.what == "file"


def pack_reply(address: Address, reply: Reply) -> list[dict[str, Any]]:
    """As rows for the inbox: the address first."""
    return [{"what": "to", **asdict(address)}, *to_rows(reply)]


def unpack_reply(row_id: int, chat_key: str, rows: list[dict[str, Any]]) -> StoredReply:
    """What `pack_reply` stored."""
    first, *rest = rows
    known = {field.name for field in fields(Address)}  # an earlier version wrote more
    address = Address(**{name: value for name, value in first.items() if name in known})
    return StoredReply(row_id, chat_key, address, from_rows(rest))
