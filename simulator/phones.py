"""What people do on their phones: write, tap, send, block; and what they then see."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from simulator.bot_json import document_json, member_change, photo_json, sticker_json
from simulator.entities import find_entities
from simulator.pictures import SAMPLE_NAME, picture_size, sample_picture
from simulator.state import Account, Message, Tap
from simulator.switches import MAX_TEXT

if TYPE_CHECKING:
    from simulator.world import World

JSON = dict[str, Any]


class PhoneError(Exception):
    """A person cannot do this: no such button, the chat is blocked, forwarding is not allowed."""


class Chat:
    """A chat with the bot, private or a group, as people see it."""

    def __init__(self, world: "World", chat_id: int) -> None:
        self.world = world
        self.id = chat_id

    @property
    def messages(self) -> list[Message]:
        """Everything in the chat that was not deleted, oldest first; of all sides."""
        return self.world.visible_messages(self.id)

    @property
    def received(self) -> list[Message]:
        """What the bot wrote and has not deleted, oldest first."""
        return [m for m in self.messages if m.sender_id == self.world.bot_id]


class Phone(Chat):
    """One person's phone, in the private chat with the bot."""

    def __init__(self, world: "World", account: Account) -> None:
        super().__init__(world, account.id)
        self.account = account

    @property
    def name(self) -> str:
        return self.account.name

    # what is on the screen

    @property
    def last_message(self) -> Message:
        """The bot's lowest message on the screen.

        Raises:
            PhoneError: it has written nothing.
        """
        if not self.received:
            raise PhoneError(f"the bot has written nothing to {self.name}")
        return self.received[-1]

    @property
    def reply_keyboard(self) -> list[list[str]]:
        """Labels of the keyboard below the text box, row by row."""
        keyboard = self.world.reply_keyboards.get(self.id) or {}
        return [[button["text"] for button in row] for row in keyboard.get("keyboard", [])]

    def labels(self, on: Message | None = None) -> list[str]:
        """Labels of the inline buttons of `on`, or of every message on the screen."""
        messages = [on] if on is not None else self.received
        return [button["text"] for message in messages for row in message.inline_rows for button in row]

    # writing and sending

    def types(self, text: str, reply_to: Message | None = None) -> list[Message]:
        """Write `text`; what is longer than Telegram allows goes out in several messages."""
        pieces = [text[at : at + MAX_TEXT] for at in range(0, len(text), MAX_TEXT)]
        return [
            self._send(Message(0, self.id, self.id, 0, piece, find_entities(piece), reply_to=_id(reply_to)))
            for piece in pieces
        ]

    def starts(self, code: str = "") -> Message:
        """Open the deep link of an invitation, or press Start."""
        return self.types(f"/start {code}".strip())[0]

    def sends_photo(self, content: bytes | None = None, caption: str = "") -> Message:
        """A photo; without `content` an invented sample picture."""
        picture = content or sample_picture()
        stored = self.world.store_file(picture, SAMPLE_NAME, "image/jpeg", "photos", picture_size(picture))
        return self._send_content({"photo": photo_json(stored)}, caption)

    def sends_document(
        self, name: str, content: bytes, mime_type: str = "application/octet-stream", caption: str = "",
        claimed_size: int | None = None,
    ) -> Message:  # fmt: skip
        """A file; `claimed_size` in bytes makes it look larger than it is (the 20 MB limit)."""
        stored = self.world.store_file(content, name, mime_type, "documents")
        stored.size = claimed_size if claimed_size is not None else stored.size
        return self._send_content({"document": document_json(stored)}, caption)

    def sends_voice(self, content: bytes = b"OggS", duration_s: int = 3) -> Message:
        """A voice message."""
        stored = self.world.store_file(content, "voice.ogg", "audio/ogg", "documents")
        voice = {key: value for key, value in document_json(stored).items() if key != "file_name"}
        return self._send_content({"voice": {**voice, "duration": duration_s}})

    def sends_location(self, latitude: float, longitude: float) -> Message:
        return self._send_content({"location": {"latitude": latitude, "longitude": longitude}})

    def sends_sticker(self, emoji: str = "👍") -> Message:
        return self._send_content({"sticker": sticker_json(emoji, self.world.next_message_id)})

    def forwards(self, message: Message) -> Message:
        """Forward `message` of this chat back to the bot.

        Raises:
            PhoneError: it was sent with protect_content.
        """
        if message.protect_content:
            raise PhoneError("this message is protected and cannot be forwarded")
        origin = {"type": "user", "sender_user": self.world.user(message.sender_id), "date": message.date}
        copy = Message(
            0,
            self.id,
            self.id,
            0,
            message.text,
            list(message.entities),
            dict(message.content),
            forward_origin=origin,
        )
        return self._send(copy)

    def edits(self, message: Message, text: str) -> Message:
        """Change a message of one's own."""
        with self.world.lock:
            if message.sender_id != self.id or message.deleted:
                raise PhoneError("only one's own messages can be edited")
            message.text, message.entities = text, find_entities(text)
            message.edit_date = int(self.world.timestamp)
            self.world.touch(message)
            self.world.queue_update("edited_message", self.world.message_json(message))
            return message

    # tapping

    def taps(self, label: str, on: Message | None = None) -> Tap | Message:
        """Tap the button that says `label`: inline on `on`, else the lowest such one, else below the text box.

        Raises:
            PhoneError: no such button; names those that there are.
        """
        candidates = [on] if on is not None else list(reversed(self.received))
        for is_it in (label.__eq__, lambda text: text.startswith(label)):
            for message in candidates:
                for row in message.inline_rows:
                    for button in row:
                        if is_it(button["text"]):
                            return self.presses(message, button)
            if on is None and any(is_it(text) for row in self.reply_keyboard for text in row):
                full = next(text for row in self.reply_keyboard for text in row if is_it(text))
                return self.types(full)[0]
        raise PhoneError(
            f"{self.name} sees no button {label!r}; there are {self.labels(on)} {self.reply_keyboard}"
        )

    def taps_data(self, message_id: int, data: str, stale: bool = False) -> Tap:
        """Tap the inline button with this callback data; `stale` allows one that is no longer there."""
        message = self.world.messages.get(self.id, {}).get(message_id)
        there = message is not None and not message.deleted
        has_it = there and any(b.get("callback_data") == data for row in message.inline_rows for b in row)  # type: ignore[union-attr]
        if message is None or not (has_it or stale):
            raise PhoneError(f"message {message_id} has no button with data {data!r}")
        return self._callback(message, data)

    def presses(self, message: Message, button: JSON) -> Tap | Message:
        """Tap this very button: a callback, or an invitation's link."""
        if "callback_data" in button:
            return self._callback(message, button["callback_data"])
        start = f"https://t.me/{self.world.bot_username}?start="
        if str(button.get("url", "")).startswith(start):
            return self.starts(button["url"].removeprefix(start))
        return Tap(
            "", self.id, self.id, message.id, "", self.world.timestamp, answered=True, url=button.get("url")
        )

    def _callback(self, message: Message, data: str) -> Tap:
        world = self.world
        with world.lock:
            if self.account.blocked:
                raise PhoneError(f"{self.name} has blocked the bot")
            tap = Tap(
                str(4_000_000_000 + len(world.taps) + 1),
                message.chat_id,
                self.id,
                message.id,
                data,
                world.timestamp,
            )
            world.taps[tap.id] = tap
            limit = world.switches.inaccessible_after_s
            if message.deleted or (limit is not None and world.timestamp - message.date > limit):
                shown: JSON = {"message_id": message.id, "chat": world.chat(message.chat_id), "date": 0}
            else:
                shown = world.message_json(message)
            world.queue_update(
                "callback_query",
                {"id": tap.id, "from": world.user(self.id), "message": shown, "chat_instance": f"-{message.chat_id}",
                 "data": data},
            )  # fmt: skip
            return tap

    # the chat as a whole

    def blocks(self) -> None:
        self._set_blocked(True)

    def unblocks(self) -> None:
        self._set_blocked(False)

    def reads(self) -> None:
        """Everything is on the screen now; nothing is unread."""
        with self.world.lock:
            newest = max((m.id for m in self.messages), default=0)
            if newest > self.account.read_until:
                self.account.read_until = newest
                self.world.changed()

    @property
    def unread(self) -> list[Message]:
        """What the bot wrote since somebody last looked, oldest first."""
        return [m for m in self.received if m.id > self.account.read_until]

    def _set_blocked(self, blocked: bool) -> None:
        with self.world.lock:
            if self.account.blocked == blocked:
                return
            self.account.blocked = blocked
            old, new = ("member", "kicked") if blocked else ("kicked", "member")
            self.world.queue_update("my_chat_member", member_change(self.world, self.id, self.id, old, new))

    def _send_content(self, content: JSON, caption: str = "") -> Message:
        return self._send(Message(0, self.id, self.id, 0, caption, find_entities(caption), content))

    def _send(self, message: Message) -> Message:
        with self.world.lock:
            if self.account.blocked:
                raise PhoneError(f"{self.name} has blocked the bot")
            self.account.started = True
            keyboard = self.world.reply_keyboards.get(self.id)
            if (
                keyboard
                and keyboard.get("one_time_keyboard")
                and any(message.text in row for row in self.reply_keyboard)
            ):
                del self.world.reply_keyboards[self.id]
            self.world.post(message)
            self.account.read_until = message.id
            self.world.queue_update("message", self.world.message_json(message))
            return message


def tap_json(tap: Tap) -> JSON:
    return asdict(tap)


def _id(message: Message | None) -> int | None:
    return None if message is None else message.id
