"""The simulated Telegram: everything that exists, and the few changes that all else is made of.

Methods of the bot (`simulator.methods`), actions of people (`simulator.phones`), the HTTP faces and the
page all work on one `World`. It is synchronous and holds no socket; `lock` makes it safe across threads.
"""

import itertools
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from simulator.bell import Bell
from simulator.bot_json import chat_json, message_json, user_json
from simulator.faults import Fault, RateLimits
from simulator.groups import GroupChat
from simulator.phones import Phone
from simulator.refusals import bad_request
from simulator.state import Account, Call, Group, Message, StoredFile, Tap
from simulator.switches import Switches
from simulator.update_queue import UpdateQueue
from simulator.webhook import Webhook

JSON = dict[str, Any]

WITA = "Asia/Makassar"
FIRST_ACCOUNT_ID = 7_100_000_001
CALLS_KEPT = 50_000


def system_now() -> datetime:
    return datetime.now(UTC)


class World:
    """One bot, its people, chats and clock.

    Args:
        token: the bot's token, `123456:ABC`; the number before the colon is the bot's id.
        now: gives the simulated time, aware UTC; every date in here follows it.
        monotonic: real seconds, for rate limits only.
        zone: in which the page shows times.
    """

    def __init__(
        self,
        token: str = "123456:SIM",  # noqa: S107 - of an invented bot
        now: Callable[[], datetime] = system_now,
        bot_username: str = "pandu_demo_bot",
        bot_name: str = "Pandu",
        monotonic: Callable[[], float] = time.monotonic,
        zone: str = WITA,
    ) -> None:
        self.token = token
        self.now = now
        self.bot_id = int(token.partition(":")[0])
        self.bot_username = bot_username
        self.bot_name = bot_name
        self.zone = zone
        self.switches = Switches()
        self.limits = RateLimits(self.switches, monotonic)
        self.faults: list[Fault] = []
        self.accounts: dict[int, Account] = {}
        self.groups: dict[int, Group] = {}
        self.messages: dict[int, dict[int, Message]] = {}
        self.reply_keyboards: dict[int, JSON] = {}
        self.files: dict[str, StoredFile] = {}
        self.taps: dict[str, Tap] = {}
        self.commands: dict[str, list[JSON]] = {}  # by scope and language, see methods.profile
        self.menu_buttons: dict[int, JSON] = {}  # by chat, 0 is the default
        self.updates = UpdateQueue()
        self.webhook = Webhook()
        self.beginnings: list[str] = []  # of the demo that runs this world
        self.wish: str | None = None  # the one that somebody wants it to begin with anew
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.revision = 0
        self.next_message_id = 1  # private chats and basic groups share one numbering, as in Telegram
        self.next_file = 1
        self.call_numbers = itertools.count(1)
        self.newest_poll = 0
        self.bell = Bell()
        self.lock = threading.RLock()

    # people and chats

    def phone(self, name: str, username: str | None = None) -> Phone:
        """The phone of the person called `name`; made at the first mention."""
        with self.lock:
            for account in self.accounts.values():
                if account.name == name:
                    return Phone(self, account)
            account = Account(FIRST_ACCOUNT_ID + len(self.accounts) * 1_017, name, username)
            self.accounts[account.id] = account
            self.changed()
            return Phone(self, account)

    def phone_of(self, account_id: int) -> Phone:
        """The phone with this id; KeyError where there is none."""
        return Phone(self, self.accounts[account_id])

    @property
    def phones(self) -> list[Phone]:
        return [Phone(self, account) for account in self.accounts.values()]

    def group(self, title: str, members: list[Phone] | None = None, kind: str = "group") -> GroupChat:
        """A new group of these people, the bot not yet in it."""
        with self.lock:
            number = len(self.groups) + 1
            group_id = (
                -(1_000_000_000_000 + 2_000_000 + number) if kind == "supergroup" else -(4_000_000 + number)
            )
            group = Group(group_id, title, kind, [member.id for member in members or []])
            self.groups[group_id] = group
            self.changed()
            return GroupChat(self, group)

    # time and change

    @property
    def timestamp(self) -> float:
        """Simulated seconds since 1970."""
        return self.now().timestamp()

    def changed(self) -> int:
        """Something is different: a new revision; whoever waits is woken."""
        self.revision += 1
        self.bell.ring()
        return self.revision

    # messages

    def post(self, message: Message) -> Message:
        """Give `message` a number and put it into its chat."""
        if message.chat_id in self.groups and self.groups[message.chat_id].kind == "supergroup":
            message.id = max(self.messages.get(message.chat_id, {}), default=0) + 1
        else:
            message.id = self.next_message_id
            self.next_message_id += 1
        message.date = int(self.timestamp)
        self.messages.setdefault(message.chat_id, {})[message.id] = message
        self.touch(message)
        return message

    def touch(self, message: Message) -> None:
        message.revision = self.changed()

    def find_message(self, chat_id: int, message_id: int) -> Message | None:
        """The message, unless it was deleted or never was."""
        message = self.messages.get(chat_id, {}).get(message_id)
        return None if message is None or message.deleted else message

    def visible_messages(self, chat_id: int) -> list[Message]:
        return [m for m in self.messages.get(chat_id, {}).values() if not m.deleted]

    def delete(self, message: Message) -> None:
        message.deleted = True
        self.touch(message)

    # updates

    def queue_update(self, kind: str, payload: JSON) -> JSON | None:
        """An update for the bot; None where it asked not to get this kind."""
        update = self.updates.add(kind, payload, self.timestamp)
        self.changed()
        return update

    def inject_update(self, update: JSON) -> JSON:
        """Any JSON as an update, malformed or replayed; gets the next number if it has none."""
        with self.lock:
            queued = self.updates.inject(update, self.timestamp)
            self.changed()
            return queued

    def take_updates(self) -> list[JSON]:
        """All waiting updates, confirmed at once: for tests that feed the bot without polling."""
        with self.lock:
            taken = self.updates.take(0, 10_000, self.timestamp)
            self.updates.take(max((u["update_id"] for u in taken), default=0) + 1, 1, self.timestamp)
            return taken

    # files

    def store_file(
        self, content: bytes, name: str | None, mime_type: str, folder: str, size: tuple[int, int] = (0, 0)
    ) -> StoredFile:
        """Keep `content`; `folder` is photos or documents, `size` the picture's width and height."""
        number = self.next_file
        self.next_file += 1
        ending = (
            ".jpg" if folder == "photos" else ("." + name.rsplit(".", 1)[1] if name and "." in name else "")
        )
        file_id = f"{'AgAC' if folder == 'photos' else 'BQAC'}AgUAAxk{number:06d}{secrets.token_urlsafe(24)}"
        stored = StoredFile(
            file_id, f"AQAD{number:08d}", f"{folder}/file_{number}{ending}", content, mime_type, name, len(content),
            *size,
        )  # fmt: skip
        self.files[file_id] = stored
        return stored

    def find_file(self, file_id: str) -> StoredFile:
        """The file.

        Raises:
            Refusal: there is none with this id.
        """
        if file_id not in self.files:
            raise bad_request("invalid file_id")
        return self.files[file_id]

    # what the bot is told

    def bot_user(self) -> JSON:
        return {"id": self.bot_id, "is_bot": True, "first_name": self.bot_name, "username": self.bot_username}

    def user(self, user_id: int) -> JSON:
        return self.bot_user() if user_id == self.bot_id else user_json(self.accounts[user_id])

    def chat(self, chat_id: int) -> JSON:
        return chat_json(self.groups.get(chat_id) or self.accounts[chat_id])

    def message_json(self, message: Message) -> JSON:
        return message_json(self, message)
