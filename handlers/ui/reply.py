"""What a handler answers: plain data that is stored with the update and spoken after the commit."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from sop_flows.core.notices import Notice, to_payload
from storage.tables import Reminder

Style = Literal["success", "danger", "primary"]

LABEL_MAX = 24  # characters of a button that the narrowest phone shows whole


@dataclass(frozen=True)
class Button:
    """One inline button: its text and the packed callback data (or a link)."""

    text: str
    data: str = ""
    style: Style | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Say:
    """A new message to the officer who acted.

    `card` remembers the sent message as the one that the officer's conversation edits in place.
    `menu` is a reply keyboard: rows of words; an empty tuple leaves the present one.
    `hides` is a notice, as it is stored, that takes the place of the message after the minutes of the pack.
    """

    text: str
    keyboard: Keyboard = ()
    menu: tuple[tuple[str, ...], ...] = ()
    protect: bool = False
    card: bool = False
    hides: dict[str, Any] | None = None
    what: Literal["say"] = "say"


@dataclass(frozen=True)
class Edit:
    """Change a message in place; None means the message whose button was tapped.

    When the message is gone, it is said anew. `card` and `hides` as in Say.
    """

    text: str
    keyboard: Keyboard = ()
    message_id: int | None = None
    protect: bool = False
    card: bool = False
    hides: dict[str, Any] | None = None
    what: Literal["edit"] = "edit"


@dataclass(frozen=True)
class Toast:
    """The short answer to a tap, shown over the chat; `alert` has to be closed by hand."""

    text: str = ""
    alert: bool = False
    what: Literal["toast"] = "toast"


@dataclass(frozen=True)
class Delete:
    """Remove a message, typed by the officer or ours (Telegram allows it for 48 hours)."""

    message_id: int
    what: Literal["delete"] = "delete"


@dataclass(frozen=True)
class SendFile:
    """A picture or document made after the commit by a named maker in `bot/file_makers.py` from plain arguments."""

    maker: str
    arguments: dict[str, Any]
    caption: str = ""
    filename: str = "pandu.png"
    photo: bool = True
    protect: bool = True
    what: Literal["file"] = "file"


@dataclass(frozen=True)
class SetCommands:
    """The command menu of this chat: (command, description) pairs."""

    commands: tuple[tuple[str, str], ...]
    what: Literal["commands"] = "commands"


@dataclass(frozen=True)
class LeaveChat:
    """Leave the group after what was said."""

    what: Literal["leave"] = "leave"


Action = Say | Edit | Toast | Delete | SendFile | SetCommands | LeaveChat


@dataclass(frozen=True)
class Reply:
    """Actions in the order in which they are carried out. An empty reply is allowed (a stranger's second word)."""

    actions: tuple[Action, ...] = field(default=())

    def and_then(self, *more: Action) -> "Reply":
        """This reply with further actions at its end."""
        return Reply(self.actions + more)


def reply(*actions: Action) -> Reply:
    """A reply of these actions."""
    return Reply(actions)


@dataclass(frozen=True)
class Push:
    """A message that comes by itself, and the reminders that it tells."""

    rows: tuple[Reminder, ...]
    reply: Reply


def hiding(answer: Reply, notice: Notice) -> Reply:
    """The reply; what it shows is hidden again after the minutes of the pack: a phone may lie open on a table."""
    hides = to_payload(notice)
    return Reply(
        tuple(replace(one, hides=hides) if isinstance(one, Say | Edit) else one for one in answer.actions)
    )


def to_rows(answer: Reply) -> list[dict[str, Any]]:
    """As JSON-ready rows, for the inbox."""
    return [asdict(action) for action in answer.actions]


_KINDS: dict[str, type[Any]] = {
    "say": Say,
    "edit": Edit,
    "toast": Toast,
    "delete": Delete,
    "file": SendFile,
    "commands": SetCommands,
    "leave": LeaveChat,
}


def from_rows(rows: list[dict[str, Any]]) -> Reply:
    """The reply that `to_rows` stored."""
    actions: list[Action] = []
    for row in rows:
        values = dict(row)
        if "keyboard" in values:
            values["keyboard"] = tuple(tuple(Button(**b) for b in line) for line in values["keyboard"])
        if "menu" in values:
            values["menu"] = tuple(tuple(line) for line in values["menu"])
        if "commands" in values:
            values["commands"] = tuple((name, text) for name, text in values["commands"])
        actions.append(_KINDS[values["what"]](**values))
    return Reply(tuple(actions))
