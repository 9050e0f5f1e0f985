"""A person with a phone: what they do, and what they then see. Each action waits until the bot has answered."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.methods.profile import commands_of
from simulator.phones import Phone
from simulator.state import Message, Tap
from tests.support.lived import Past, async_act

if TYPE_CHECKING:
    from tests.support.town import Town

READING_S = 2  # what comes sooner after a question is not taken for its answer


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

    def __init__(self, name: str, town: "Town") -> None:
        self.name = name  # as on the phone; the officer's name is the same
        self._town = town
        self._settle = town.settle
        self.officer_id: int | None = None
        self.toast: str | None = None  # the short answer to the last tap
        self.pin: str | None = "2580"  # made and typed whenever it is asked; None: not by itself

    @property
    def phone(self) -> Phone:
        """In the hand of the test, which may do with it what this class does not."""
        return self._town.world.phone(self.name)

    @property
    def _phone(self) -> Phone:
        return self._town.world_to_look_at().phone(self.name)

    # what tests/support/lived.py asks for

    @property
    def past(self) -> Past | None:
        """Of the town."""
        return self._town.past

    def circumstances(self) -> Hashable:
        """The town's."""
        of_the_town = self._town.circumstances()
        return None if of_the_town is None else (self.name, self.pin, of_the_town)

    def remember(self) -> Any:
        """The town."""
        return self._town.remember()

    def recall(self, remembered: Any) -> None:
        """The town."""
        self._town.recall(remembered)

    def save(self) -> Any:
        """The town."""
        return self._town.save()

    def lay(self, saved: Any) -> None:
        """The town."""
        self._town.lay(saved)

    # what is on the screen

    @property
    def id(self) -> int:
        """The officer's id. Fails for somebody who is not enrolled."""
        assert self.officer_id is not None, f"{self.name} is not enrolled"
        return self.officer_id

    @property
    def screens(self) -> list[Screen]:
        """Every message of the bot that is still there, oldest first."""
        return [Screen(message) for message in self._phone.received]

    @property
    def last_screen(self) -> Screen:
        """The bot's message that was sent or changed last."""
        return Screen(max(self._phone.received, key=lambda message: message.revision))

    @property
    def lowest_screen(self) -> Screen:
        """The bot's message at the bottom of the chat."""
        return Screen(self._phone.last_message)

    @property
    def buttons(self) -> list[str]:
        """The buttons of the last screen."""
        return self.last_screen.buttons

    @property
    def commands(self) -> list[str]:
        """The commands of the chat's own menu."""
        world = self._town.world_to_look_at()
        return [str(one["command"]) for one in commands_of(world, self._phone.id)]

    @property
    def menu(self) -> list[list[str]]:
        """The words below the text box."""
        return self._phone.reply_keyboard

    def new_since(self, before: list[Screen]) -> list[Screen]:
        """Messages that came after `before` (an earlier value of `screens`)."""
        known = {screen.message.id for screen in before}
        return [screen for screen in self.screens if screen.message.id not in known]

    @async_act
    async def types(self, text: str) -> None:
        """Write a command, or read what is on the phone and then write a message.

        The message is dated when it has been read; the clock of the town goes on from where it was.
        """
        wait_s = 0 if text.startswith("/") else self._reading_s()
        self._town.clock.advance(seconds=wait_s)
        self._phone.types(text)
        self._town.clock.advance(seconds=-wait_s)
        await self._settle()
        await self._types_pin()

    def reads(self) -> None:
        """Let the time pass that it takes to read what the bot has said: only then is what is typed an answer."""
        self._town.clock.advance(seconds=self._reading_s())

    def _reading_s(self) -> int:
        last = max(self._phone.received, key=lambda message: message.revision, default=None)
        said_at = 0 if last is None else last.edit_date or last.date
        return max(0, said_at + READING_S - int(self._town.clock.now().timestamp()))

    async def bursts(self, *texts: str, apart_s: float = 0) -> None:
        """Read, then write several messages without waiting for an answer; all reach the bot before it has said a word."""
        self.reads()
        for position, text in enumerate(texts):
            self._town.clock.advance(seconds=apart_s if position else 0)
            self.phone.types(text)
        await self._settle()

    @async_act
    async def starts(self, code: str = "") -> None:
        """/start, with an invitation's code."""
        self._phone.starts(code)
        await self._settle()

    @async_act
    async def taps(self, label: str, on: Screen | Message | None = None) -> None:
        """Tap a button by its label, or the beginning of it: on the last screen that has it, or on `on`."""
        message = on.message if isinstance(on, Screen) else on
        if message is None and self._phone.received:
            last = self.last_screen
            message = last.message if any(b.startswith(label) for b in last.buttons) else None
        await self._answered(self._phone.taps(label, on=message))

    @async_act
    async def taps_data(self, data: str, on: Screen | None = None) -> None:
        """Tap a button that is no longer there, or that never was: by its callback data."""
        message = (on or self.last_screen).message
        await self._answered(self._phone.taps_data(message.id, data, stale=True))

    @async_act
    async def sends_photo(self, content: bytes | None = None, caption: str = "") -> None:
        """A photo; an invented one without `content`."""
        self._phone.sends_photo(content, caption)
        await self._settle()

    @async_act
    async def sends_file(self, content: bytes, name: str, caption: str = "") -> None:
        """A document."""
        self._phone.sends_document(name, content, caption=caption)
        await self._settle()

    @async_act
    async def sends_voice(self, content: bytes = b"OggS", duration_s: int = 3) -> None:
        """A voice message."""
        self._phone.sends_voice(content, duration_s)
        await self._settle()

    @async_act
    async def sends_location(self, latitude: float = -8.58, longitude: float = 116.1) -> None:
        """A place; Mataram when none is said."""
        self._phone.sends_location(latitude, longitude)
        await self._settle()

    @async_act
    async def sends_sticker(self) -> None:
        """A sticker."""
        self._phone.sends_sticker()
        await self._settle()

    @async_act
    async def edits(self, text: str) -> None:
        """Change the own last message."""
        own = [message for message in self._phone.messages if message.sender_id == self._phone.id]
        self._phone.edits(own[-1], text)
        await self._settle()

    @async_act
    async def forwards(self, screen: Screen) -> None:
        """Forward one of the bot's messages to the bot."""
        self._phone.forwards(screen.message)
        await self._settle()

    @async_act
    async def blocks(self) -> None:
        """Block the bot."""
        self._phone.blocks()
        await self._settle()

    @async_act
    async def unblocks(self) -> None:
        """And allow it again."""
        self._phone.unblocks()
        await self._settle()

    async def _answered(self, tap: Tap | Message) -> None:
        await self._settle()
        self.toast = tap.text if isinstance(tap, Tap) else None
        await self._types_pin()

    async def _types_pin(self) -> None:
        """Tap the PIN for cases on the digits for as long as it is asked."""
        while self.pin is not None and self._phone.received and is_keypad(self.last_screen):
            await self._taps_digits(self.pin)

    async def taps_pin(self, pin: str) -> None:
        """Tap these digits, and see what comes of it."""
        own, self.pin = self.pin, None
        await self._taps_digits(pin)
        self.pin = own

    async def _taps_digits(self, pin: str) -> None:
        screen = self.last_screen
        for digit in pin:
            self._phone.taps(digit, on=screen.message)
            await self._settle()


def is_keypad(screen: Screen) -> bool:
    """Whether the PIN for cases is asked."""
    return screen.buttons[:3] == ["1", "2", "3"] and "⌫" in screen.buttons
