"""Carries out one action with PTB's Bot: the only file that calls Telegram's methods for officers."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from telegram import (
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.rate_limiter import Push
from bot.stored_reply import Address
from bot.telegram_errors import EDIT_IMPOSSIBLE, NOT_MODIFIED, UnreadableAnswerError, says
from handlers.ui.reply import Action, Delete, Edit, Keyboard, LeaveChat, Say, SendFile, SetCommands, Toast

Answer = TypeVar("Answer")
Maker = Callable[[dict[str, Any]], bytes]
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# How wide the labels of a row may be, by how many stand in it, on a phone 360 points wide: tenths of a point.
ROOM = {2: 1310, 3: 810, 4: 550, 5: 400, 6: 300, 7: 230, 8: 180}
# How wide a character is there, in tenths of a point: a wide font (DejaVu Sans) of 14 points.
WIDTHS = {
    45: " ijlIJ.,:;!|'’",
    58: "frt()-/·‹›",
    73: "sz“”",
    83: "cvxyk",
    86: "aeoTFPL",
    110: "ABCDGHKNOQRUVXYZ",
    140: "mwMW%@…☐☑✅⏰⌫",
}
WIDTH = 89  # of every other


@dataclass(frozen=True)
class Shown:
    """A message as it is on the phone now.

    Attributes:
        at: its date or edit date, by Telegram's clock, in whole seconds; None when it was not modified.
    """

    message_id: int
    at: datetime | None


class MakerError(Exception):
    """A picture or document could not be made."""


class TelegramSender:
    """Speaks for the bot.

    Args:
        makers: by name; each makes the bytes of a file from plain arguments, in a thread.
    """

    def __init__(self, bot: ExtBot[Any], makers: Mapping[str, Maker]) -> None:
        self._bot = bot
        self._makers = makers

    async def carry_out(self, action: Action, address: Address, push: Push | None = None) -> Shown | None:
        """Do it. Returns the message that now shows it, if any.

        Args:
            push: given for what nobody waits for: answers pass it.

        Raises:
            TelegramError: Telegram refuses or can't be reached; see `bot.telegram_errors`.
            MakerError: the file could not be made.
        """
        match action:
            case Say():
                return await self._say(action, address, push)
            case Edit():
                return await self._edit(action, address, push)
            case SendFile():
                return await self._send_file(action, address, push)
            case Delete():
                await self._quietly(self._bot.delete_message(address.chat_id, action.message_id))
            case SetCommands():
                commands = [BotCommand(name, text) for name, text in action.commands]
                scope = BotCommandScopeChat(address.chat_id)
                await self._quietly(self._bot.set_my_commands(commands, scope=scope))
            case LeaveChat():
                await self._quietly(self._bot.leave_chat(address.chat_id))
            case Toast():
                await self.answer(action, address)
        return None

    async def answer(self, toast: Toast, address: Address) -> bool:
        """Answer the tap; False when it waits no longer."""
        if address.callback_id is None:
            return False
        try:
            await _readable(
                self._bot.answer_callback_query(
                    address.callback_id, text=toast.text[:200] or None, show_alert=toast.alert or None
                )
            )
        except BadRequest:
            return False
        return True

    async def _say(self, action: Say, address: Address, push: Push | None) -> Shown:
        markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = inline_keyboard(action.keyboard)
        if markup is None and action.menu:
            rows = [[KeyboardButton(word) for word in row] for row in action.menu]
            markup = ReplyKeyboardMarkup(rows, resize_keyboard=True, is_persistent=True)
        sent = self._bot.send_message(
            address.chat_id,
            action.text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            protect_content=action.protect,
            link_preview_options=NO_PREVIEW,
            rate_limit_args=push,
        )
        return await _readable(_shown(sent))

    async def _edit(self, action: Edit, address: Address, push: Push | None) -> Shown:
        message_id = action.message_id or address.tapped_id
        if message_id is not None:
            try:
                edited = await _readable(
                    self._bot.edit_message_text(
                        action.text,
                        address.chat_id,
                        message_id,
                        parse_mode=ParseMode.HTML,
                        reply_markup=inline_keyboard(action.keyboard),
                        link_preview_options=NO_PREVIEW,
                        rate_limit_args=push,
                    )
                )
                return Shown(message_id, edited.edit_date if isinstance(edited, Message) else None)
            except BadRequest as error:
                if says(error, NOT_MODIFIED):
                    return Shown(message_id, None)
                if not says(error, *EDIT_IMPOSSIBLE):
                    raise
        return await self._say(Say(action.text, action.keyboard, protect=action.protect), address, push)

    async def _send_file(self, action: SendFile, address: Address, push: Push | None) -> Shown:
        try:
            content = await asyncio.to_thread(self._makers[action.maker], action.arguments)
        except Exception as error:
            raise MakerError(action.maker) from error
        send = self._bot.send_photo if action.photo else self._bot.send_document
        sent = send(
            address.chat_id,
            io.BytesIO(content),
            caption=action.caption or None,
            parse_mode=ParseMode.HTML,
            filename=action.filename,
            protect_content=action.protect,
            rate_limit_args=push,
        )
        return await _readable(_shown(sent))

    @staticmethod
    async def _quietly(call: Any) -> None:
        """What an officer doesn't wait for: a refusal is no trouble, only the network is."""
        try:
            await _readable(call)
        except (BadRequest, Forbidden):
            return
        except TelegramError as error:
            if type(error).__name__ == "InvalidToken":  # 404: a server that doesn't know the method
                return
            raise


async def _shown(sent: Awaitable[Message]) -> Shown:
    message = await sent
    return Shown(message.message_id, message.date)


async def _readable(call: Awaitable[Answer]) -> Answer:
    """What PTB raises over an answer that is none becomes a TelegramError like the others."""
    try:
        return await call
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableAnswerError(type(error).__name__) from error


def inline_keyboard(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """Our rows of buttons as Telegram's, laid out so that a narrow phone shows every label whole; None without any."""
    rows = [
        [
            InlineKeyboardButton(button.text, url=button.url)
            if button.url
            else InlineKeyboardButton(button.text, callback_data=button.data, style=button.style)
            for button in row
        ]
        for row in laid_out(keyboard)
    ]
    return InlineKeyboardMarkup(rows) if any(rows) else None


def laid_out(keyboard: Keyboard) -> Keyboard:
    """The rows; one whose labels have no room side by side becomes several."""
    return tuple(
        row[start : start + width]
        for row in keyboard
        for width in (_width([_tenths(one.text) for one in row]),)
        for start in range(0, len(row), width)
    )


def _tenths(label: str) -> int:
    """How wide a label is on a narrow phone, in tenths of a point."""
    return sum(next((wide for wide, signs in WIDTHS.items() if sign in signs), WIDTH) for sign in label)


def _width(widths: list[int]) -> int:
    """How many of the labels fit beside each other, in even rows."""
    for count in range(len(widths), 1, -1):
        if max(widths) <= ROOM.get(count, 0):
            return count
    return 1
