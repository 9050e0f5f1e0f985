"""A person with a phone: what they do, and what they then see. Each action waits until the bot has answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from simulator.phones import Phone
from simulator.state import Message, Tap


@dataclass(frozen=True)
class Screen:
    """One message of the bot as it looks now."""

    message: Message

    @property
    def text(self) -> str:
        """What it says, without formatting."""
        return self.message.text

    @property
    def rows(self) -> list[list[str]]:
        """The labels of its buttons, row by row."""
        return [[str(button["text"]) for button in row] for row in self.message.inline_rows]

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return [label for row in self.rows for label in row]

    @property
    def is_protected(self) -> bool:
        """Whether it can't be forwarded or copied."""
        return self.message.protect_content

    def data_of(self, label: str) -> str:
        """What the button with this label sends."""
        return next(
            str(button["callback_data"])
            for row in self.message.inline_rows
            for button in row
            if str(button["text"]).startswith(label)
        )


class Person:
    """An officer, or a stranger, in the private chat with the bot."""

    def __init__(self, phone: Phone, settle: Callable[[], Awaitable[None]]) -> None:
        self.phone = phone
        self._settle = settle
        self.officer_id: int | None = None
        self.toast: str | None = None  # the short answer to the last tap

    @property
    def name(self) -> str:
        """As on the phone; the officer's name is the same."""
        return self.phone.name

    @property
    def id(self) -> int:
        """The officer's id. Fails for somebody who is not enrolled."""
        assert self.officer_id is not None, f"{self.name} is not enrolled"
        return self.officer_id

    @property
    def screens(self) -> list[Screen]:
        """Every message of the bot that is still there, oldest first."""
        return [Screen(message) for message in self.phone.received]

    @property
    def last_screen(self) -> Screen:
        """The bot's message that was sent or changed last."""
        return Screen(max(self.phone.received, key=lambda message: message.revision))

    @property
    def lowest_screen(self) -> Screen:
        """The bot's message at the bottom of the chat."""
        return Screen(self.phone.last_message)

    @property
    def buttons(self) -> list[str]:
        """The buttons of the last screen."""
        return self.last_screen.buttons

    @property
    def menu(self) -> list[list[str]]:
        """The words below the text box."""
        return self.phone.reply_keyboard

    def new_since(self, before: list[Screen]) -> list[Screen]:
        """Messages that came after `before` (an earlier value of `screens`)."""
        known = {screen.message.id for screen in before}
        return [screen for screen in self.screens if screen.message.id not in known]

    async def types(self, text: str) -> None:
        """Write a message or a command."""
        self.phone.types(text)
        await self._settle()

    async def starts(self, code: str = "") -> None:
        """/start, with an invitation's code."""
        self.phone.starts(code)
        await self._settle()

    async def taps(self, label: str, on: Screen | Message | None = None) -> None:
        """Tap a button by its label, or the beginning of it: on the last screen that has it, or on `on`."""
        message = on.message if isinstance(on, Screen) else on
        if message is None and self.phone.received:
            last = self.last_screen
            message = last.message if any(b.startswith(label) for b in last.buttons) else None
        await self._answered(self.phone.taps(label, on=message))

    async def taps_data(self, data: str, on: Screen | None = None) -> None:
        """Tap a button that is no longer there, or that never was: by its callback data."""
        message = (on or self.last_screen).message
        await self._answered(self.phone.taps_data(message.id, data, stale=True))

    async def sends_photo(self, content: bytes | None = None, caption: str = "") -> None:
        """A photo; an invented one without `content`."""
        self.phone.sends_photo(content, caption)
        await self._settle()

    async def sends_file(self, content: bytes, name: str, caption: str = "") -> None:
        """A document."""
        self.phone.sends_document(name, content, caption=caption)
        await self._settle()

    async def sends_location(self, latitude: float = -8.58, longitude: float = 116.1) -> None:
        """A place; Mataram when none is said."""
        self.phone.sends_location(latitude, longitude)
        await self._settle()

    async def sends_sticker(self) -> None:
        """A sticker."""
        self.phone.sends_sticker()
        await self._settle()

    async def edits(self, text: str) -> None:
        """Change the own last message."""
        own = [message for message in self.phone.messages if message.sender_id == self.phone.id]
        self.phone.edits(own[-1], text)
        await self._settle()

    async def forwards(self, screen: Screen) -> None:
        """Forward one of the bot's messages to the bot."""
        self.phone.forwards(screen.message)
        await self._settle()

    async def blocks(self) -> None:
        """Block the bot."""
        self.phone.blocks()
        await self._settle()

    async def unblocks(self) -> None:
        """And allow it again."""
        self.phone.unblocks()
        await self._settle()

    async def _answered(self, tap: Tap | Message) -> None:
        await self._settle()
        self.toast = tap.text if isinstance(tap, Tap) else None
