"""What the simulator keeps: people, chats, messages, files, taps. Plain values only, so that it can be written to JSON."""

from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]


@dataclass
class Account:
    """A person with a phone; the private chat with the bot has the same id."""

    id: int
    name: str
    username: str | None = None
    started: bool = False  # has ever written; before that the bot gets "chat not found"
    blocked: bool = False
    read_until: int = 0  # the last message id that was on the screen
    typing_until: float = 0.0  # simulated, seconds since 1970


@dataclass
class Group:
    id: int  # negative
    title: str
    kind: str = "group"  # or "supergroup"
    member_ids: list[int] = field(default_factory=list)
    bot_status: str = "left"  # "member", "left" or "kicked"


@dataclass
class Message:
    """One message of a private chat or a group, of the bot or of a person."""

    id: int
    chat_id: int
    sender_id: int
    date: int  # simulated, seconds since 1970
    text: str = ""  # or the caption
    entities: list[JSON] = field(default_factory=list)
    content: JSON = field(default_factory=dict)  # photo, document, location, sticker, new_chat_members ...
    keyboard: JSON | None = None  # what was sent with it, inline or not
    reply_to: int | None = None
    forward_origin: JSON | None = None
    protect_content: bool = False
    silent: bool = False
    edit_date: int | None = None
    deleted: bool = False
    pinned: bool = False
    revision: int = 0  # of the world, when this message last changed

    @property
    def is_text(self) -> bool:
        return not self.content

    @property
    def takes_caption(self) -> bool:
        return "photo" in self.content or "document" in self.content

    @property
    def inline_rows(self) -> list[list[JSON]]:
        """The buttons under the message, row by row."""
        return (self.keyboard or {}).get("inline_keyboard") or []


@dataclass
class StoredFile:
    file_id: str
    unique_id: str
    path: str  # after /file/bot<token>/
    content: bytes
    mime_type: str
    name: str | None = None
    size: int = 0  # as Telegram reports it; a test may claim more than the content has
    width: int = 0
    height: int = 0


@dataclass
class Tap:
    """A tap on an inline button and what the bot answered to it."""

    id: str
    chat_id: int
    user_id: int
    message_id: int
    data: str
    at: float  # simulated, seconds since 1970
    answered: bool = False
    text: str | None = None
    show_alert: bool = False
    url: str | None = None


@dataclass
class Call:
    """One call of the bot, as the log keeps it."""

    number: int
    method: str  # in Telegram's spelling
    params: JSON
    at: float  # simulated, seconds since 1970
    status: int
    result: Any = None
    description: str | None = None
