"""Sends one action with the Bot of python-telegram-bot, as fast as Telegram takes it and who taps first."""

import asyncio
import hashlib
import io
import json
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
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
from telegram.ext import BaseRateLimiter, ExtBot

from bot.telegram_errors import EDIT_IMPOSSIBLE, NOT_MODIFIED, UnreadableAnswerError, says
from handlers.ui.request import (
    Action,
    Delete,
    Edit,
    Keyboard,
    LeaveChat,
    Reply,
    Say,
    SendFile,
    SendPin,
    SetCommands,
    Toast,
    from_rows,
    to_rows,
)
from handlers.ui.words import ROOM_OF_TWO, width_of

# --- a reply with its address, as it is stored with the update --------------------------------------------------


@dataclass(frozen=True)
class Address:
    """Where a reply goes.

    Attributes:
        callback_id: the tap that waits for its short answer; None once it was answered.
        tapped_id: the message whose button was tapped.
        officer_id, topic: whose conversation remembers the card, while it is still about that.
        asked: the update, when the reply to it asks a question.
        account_id, named: the phone, and table and id of each child or case at whose data its officer looks with this.
    """

    chat_id: int
    callback_id: str | None = None
    tapped_id: int | None = None
    officer_id: int | None = None
    topic: str | None = None
    asked: int | None = None
    account_id: int | None = None
    named: tuple[tuple[str, int], ...] = ()


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
    return isinstance(action, Say | SendFile | SendPin)


def pack_reply(address: Address, reply: Reply) -> list[dict[str, Any]]:
    """As rows for the inbox: the address first."""
    return [{"what": "to", **asdict(address)}, *to_rows(reply)]


def unpack_reply(row_id: int, chat_key: str, rows: list[dict[str, Any]]) -> StoredReply:
    """What `pack_reply` stored."""
    first, *rest = rows
    known = {field.name for field in fields(Address)}  # an earlier version wrote more
    address = Address(**{name: value for name, value in first.items() if name in known})
    return StoredReply(row_id, chat_key, address, from_rows(rest))


# --- who taps goes first ----------------------------------------------------------------------------------------


PATIENCE_S = 0.25  # so long at most: however much is tapped, reminders go on
EXPECTED_S = 0.5  # how long an answer is waited for; some taps are answered without a message
CALM_S = 0.003  # a tap is stored, claimed, handled and noted in short steps one after the other


class TapPriority:
    """Counts what is being done for taps. One process has one interpreter and, on SQLite, one writer.

    It also knows how many answers are about to leave, so that a place is kept free for each.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._expected: deque[float] = deque(maxlen=100)  # when what is not answered yet came in
        self._taps = 0
        self._ended_at = 0.0  # monotonic
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def tap(self) -> Iterator[None]:
        """While one step of a tap's way takes the interpreter or the database; not while Telegram is waited for."""
        self._taps += 1
        self._none.clear()
        try:
            yield
        finally:
            self._taps -= 1
            self._ended_at = self._monotonic()
            if self._taps == 0:
                self._none.set()

    def expect(self, answers: int) -> None:
        """So many updates have come in: their answers follow."""
        self._expected.extend([self._monotonic()] * answers)

    def answered(self) -> None:
        """One of the answers leaves."""
        if self._expected:
            self._expected.popleft()

    @property
    def expected(self) -> int:
        """Answers that are about to leave."""
        while self._expected and self._expected[0] < self._monotonic() - EXPECTED_S:
            self._expected.popleft()
        return len(self._expected)

    async def let_pass(self) -> None:
        """Return when no tap is in hand and none was a moment ago, or when that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (calm_s := self._ended_at + CALM_S - self._monotonic()) > 0 or self._taps:
                    await self._none.wait()
                    await asyncio.sleep(max(calm_s, 0.001))
        except TimeoutError:
            return


# --- how fast messages leave ------------------------------------------------------------------------------------
# PTB calls it for every request (its `rate_limiter`). PTB's own AIORateLimiter lets 59 messages out in the first second,
# knows no 1 a second for a chat, and an answer waits behind the pushes that came before it.


PER_SECOND = 30  # messages to all chats together that Telegram takes
PER_CHAT_S = 1.0  # between a push and what was said to the same officer before
SECOND = 1.0
WAY = 0.4  # of the quickest of the last round trips: each way, there and back, takes at least so long
ROUND_TRIPS = 100  # so many last ones
ENOUGH_ROUND_TRIPS = 20  # of fewer nothing is concluded
# So long after it left, at most, a request is taken to have arrived: a stalled one may be late.
UNANSWERED_S = 2.0
NOT_COUNTED = ("answerCallbackQuery",)
REMEMBERED = 1000  # chats of the last second that are kept


class TooLateError(TelegramError):
    """A push waited for its turn until its lease was nearly over: it was not sent, another try follows."""


@dataclass(frozen=True)
class Rate:
    """What is kept to. Tests send without waiting: `per_second` None.

    Attributes:
        per_second: messages to all chats together.
        per_chat_s: seconds between a push and what was said to the same chat before.
    """

    per_second: int | None = PER_SECOND
    per_chat_s: float = PER_CHAT_S
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Push:
    """Says that a request is a push (PTB's `rate_limit_args`): answers pass it.

    Attributes:
        until: monotonic seconds; after that it is not sent any more (TooLateError).
    """

    until: float = math.inf


@dataclass
class _Sent:
    """One message of the last second or so; by `arrived` Telegram has counted it."""

    left: float
    arrived: float


class RateLimiter(BaseRateLimiter[Push]):
    """One for a process.

    In any second Telegram counts at most so many messages: the one so many places before has arrived a second ago.
    Pushes leave evenly, so that a place comes free all the time, and keep one free for each answer that is about to
    leave.
    """

    def __init__(self, rate: Rate, priority: TapPriority) -> None:
        self._rate = rate
        self._priority = priority
        self._per_second = rate.per_second or 1
        self._sent: deque[_Sent] = deque(maxlen=self._per_second)
        self._round_trips: deque[float] = deque(maxlen=ROUND_TRIPS)
        self._pushed_at = -math.inf
        self._spoken_at: dict[int, float] = {}  # when something was last said to a chat
        self._answers: deque[asyncio.Future[_Sent]] = deque()
        self._pushes: deque[asyncio.Future[_Sent]] = deque()
        self._usher: asyncio.Task[None] | None = None

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Let nobody wait any more."""
        if self._usher is not None:
            self._usher.cancel()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Push | None,
    ) -> Any:
        """Let the request out when its turn comes. Raises TooLateError, and what the request raises."""
        chat_id = data.get("chat_id")
        if chat_id is None or endpoint in NOT_COUNTED or self._rate.per_second is None:
            return await callback(*args, **kwargs)
        sent = await (self._answer() if rate_limit_args is None else self._push(chat_id, rate_limit_args))
        self._spoken_at[chat_id] = sent.left
        try:
            return await callback(*args, **kwargs)
        finally:
            now = self._rate.monotonic()
            self._round_trips.append(now - sent.left)
            sent.arrived = min(now - self._way(), sent.arrived)
            self._spoken_at[chat_id] = now

    async def _answer(self) -> _Sent:
        if not self._answers and self._opens_at(is_push=False) <= self._rate.monotonic():
            return self._leaves(is_push=False)
        return await self._turn(self._answers)

    async def _push(self, chat_id: int, push: Push) -> _Sent:
        await self._until_chat_is_free(chat_id)
        sent = await self._turn(self._pushes)
        if self._rate.monotonic() > push.until:
            raise TooLateError("its turn came too late")
        return sent

    async def _until_chat_is_free(self, chat_id: int) -> None:
        if len(self._spoken_at) > REMEMBERED:
            past = self._rate.monotonic() - self._rate.per_chat_s
            self._spoken_at = {chat: at for chat, at in self._spoken_at.items() if at > past}
        while True:
            wait_s = self._spoken_at.get(chat_id, -math.inf) + self._rate.per_chat_s - self._rate.monotonic()
            if wait_s <= 0:
                return
            await self._rate.sleep(wait_s)

    async def _turn(self, queue: "deque[asyncio.Future[_Sent]]") -> _Sent:
        turn: asyncio.Future[_Sent] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        if self._usher is None or self._usher.done():
            self._usher = asyncio.create_task(self._let_out())
        return await turn

    async def _let_out(self) -> None:
        """Give turns, answers first; after each wait it is looked again who is first now."""
        while self._answers or self._pushes:
            is_push = not self._answers
            wait_s = self._opens_at(is_push=is_push) - self._rate.monotonic()
            if wait_s > 0:
                await self._rate.sleep(wait_s)
                continue
            turn = (self._answers or self._pushes).popleft()
            if not turn.done():  # whoever waited may have been cancelled
                turn.set_result(self._leaves(is_push=is_push))

    def _opens_at(self, *, is_push: bool) -> float:
        """When the next message may leave; monotonic seconds."""
        if not is_push:
            return self._free_at(self._per_second)
        places = max(1, self._per_second - self._priority.expected)
        return max(self._free_at(places), self._pushed_at + SECOND / self._per_second)

    def _free_at(self, places: int) -> float:
        """From when on a message that leaves is, where it arrives, at most the `places`-th within a second."""
        if len(self._sent) < places:
            return -math.inf
        return self._sent[-places].arrived + SECOND - self._way()

    def _way(self) -> float:
        """Seconds that a message takes to Telegram at least."""
        return WAY * min(self._round_trips) if len(self._round_trips) >= ENOUGH_ROUND_TRIPS else 0.0

    def _leaves(self, *, is_push: bool) -> _Sent:
        now = self._rate.monotonic()
        sent = _Sent(now, now + UNANSWERED_S)
        self._sent.append(sent)
        if is_push:
            self._pushed_at = now
        else:
            self._priority.answered()
        return sent


# --- one action, by the Bot of python-telegram-bot --------------------------------------------------------------


Answer = TypeVar("Answer")
Maker = Callable[[dict[str, Any]], bytes]
STORED = "stored"  # what an officer sent: it is not made
STAMP = "stamp"  # of the arguments of a file: when it was made
ASKED_TWICE_S = 4.0  # after a file came: who asked for it again had not seen it yet
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# How wide the labels of a row may be, by how many stand in it, on a phone 360 points wide: tenths of a point.
ROOM = {2: ROOM_OF_TWO, 3: 810, 4: 550, 5: 400, 6: 300, 7: 230, 8: 180}


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
        self._came: dict[str, float] = {}  # when which file came, monotonic seconds

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
            case SendPin():
                sent = self._bot.send_location(
                    address.chat_id,
                    action.latitude,
                    action.longitude,
                    protect_content=action.protect,
                    rate_limit_args=push,
                )
                return await _readable(_shown(sent))
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
            disable_notification=action.silent or None,
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
                if action.in_place or not says(error, *EDIT_IMPOSSIBLE):
                    raise
        return await self._say(Say(action.text, action.keyboard, protect=action.protect), address, push)

    async def _send_file(self, action: SendFile, address: Address, push: Push | None) -> Shown | None:
        key = _key_of(action, address) if push is None and action.maker != STORED else ""
        if key and self._is_asked_twice(key):
            return None
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
            disable_notification=action.silent or None,
            rate_limit_args=push,
        )
        shown = await _readable(_shown(sent))
        if key:
            self._came[key] = time.monotonic()
        return shown

    def _is_asked_twice(self, key: str) -> bool:
        """Whether the same file came a moment ago: another tap asked for it while it was being made."""
        since = time.monotonic() - ASKED_TWICE_S
        self._came = {one: at for one, at in self._came.items() if at > since}
        return key in self._came

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


def _key_of(action: SendFile, address: Address) -> str:
    """What makes a file the same as another one, whenever it was made."""
    told = {key: value for key, value in action.arguments.items() if key != STAMP}
    said = json.dumps([address.chat_id, action.maker, action.filename, told], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


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
        for width in (_width([width_of(one.text) for one in row]),)
        for start in range(0, len(row), width)
    )


def _width(widths: list[int]) -> int:
    """How many of the labels fit beside each other, in even rows."""
    for count in range(len(widths), 1, -1):
        if max(widths) <= ROOM.get(count, 0):
            return count
    return 1
