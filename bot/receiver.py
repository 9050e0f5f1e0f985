"""Takes updates from Telegram: each is read and committed to the inbox, only then is it confirmed."""

import asyncio
import contextlib
import json
import logging
import math
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy.exc import SQLAlchemyError
from telegram import Chat, MaybeInaccessibleMessage, Message, MessageEntity, Update
from telegram.constants import ChatType

from bot.clock import Now
from bot.logs import place_of
from bot.sender import TapPriority
from handlers.ui.request import ButtonError, Press, parse
from storage.engine import Store
from storage.queries.messages import Received, Unhandled, put_updates

# --- Telegram's update -> what came, in our own words -----------------------------------------------------------


CHANGED_BY_PEOPLE = frozenset(
    {
        "text",
        "caption",
        "photo",
        "document",
        "video",
        "animation",
        "audio",
        "voice",
        "rich_message",
        "checklist",
    }
)
SENT_BY_PEOPLE = CHANGED_BY_PEOPLE | {
    "location", "venue", "sticker", "video_note", "contact", "dice", "poll", "story", "paid_media", "game", "invoice",
}  # fmt: skip


TELEGRAM_KEEPS = timedelta(
    hours=25
)  # an update, and a little more: what is dated before came from another clock
_YEAR_2200 = 7_258_118_400  # seconds; a larger date is none


@dataclass(frozen=True)
class Attachment:
    """A file that lies at Telegram."""

    file_id: str
    size_bytes: int | None
    mime: str
    name: str
    photo: bool
    seconds: int = 0  # of a voice message


@dataclass(frozen=True)
class Incoming:
    """One update, read."""

    update_id: int
    chat_id: int
    is_group: bool
    kind: str
    text: str | None = None
    message_id: int | None = None
    sent_at: datetime | None = (
        None  # by Telegram's clock; of a tap, when its message was sent or changed last
    )
    callback_id: str | None = None
    press: Press | None = None
    location: tuple[float, float] | None = None
    attachment: Attachment | None = None
    is_forward: bool = False
    is_edit: bool = False
    bot_is: str | None = None  # my_chat_member: what the bot has become in this chat

    def said_at(self, received_at: datetime, now: datetime) -> datetime:
        """When the officer said it: the bot may have been off until `now`.

        Of words it is Telegram's date. A tap has none: it came before `received_at`, which is the date of what
        was typed after it where Telegram told of both at once, and after its card was shown.

        Args:
            received_at, now: aware UTC, by our own clock.
        """
        if self.sent_at is None or not received_at - TELEGRAM_KEEPS <= self.sent_at <= now:
            return min(received_at, now)
        return max(self.sent_at, received_at) if self.kind == "button" else self.sent_at


def parse_update(update: Update) -> Incoming | None:
    """What came; None for updates that have no chat or that we did not ask for."""
    if update.callback_query is not None:
        return _read_tap(update)
    if update.my_chat_member is not None:
        chat = update.my_chat_member.chat
        became = update.my_chat_member.new_chat_member.status
        return Incoming(update.update_id, chat.id, _is_group(chat), "other", bot_is=str(became))
    message = update.message or update.edited_message
    return None if message is None else _read_message(update, message)


def _read_tap(update: Update) -> Incoming | None:
    query = update.callback_query
    assert query is not None
    chat = query.message.chat if query.message is not None else None
    try:
        press = parse(query.data or "")
    except ButtonError:
        press = None
    return Incoming(
        update.update_id,
        chat.id if chat is not None else query.from_user.id,
        chat is not None and _is_group(chat),
        "button",
        message_id=query.message.message_id if query.message is not None else None,
        sent_at=_shown_at(query.message),
        callback_id=query.id,
        press=press,
    )


def _shown_at(message: MaybeInaccessibleMessage | None) -> datetime | None:
    return (message.edit_date or message.date) if isinstance(message, Message) else None


def _read_message(update: Update, message: Message) -> Incoming:
    kind, text = _kind_of(message)
    here = message.location
    return Incoming(
        update.update_id,
        message.chat.id,
        _is_group(message.chat),
        kind,
        text=text,
        message_id=message.message_id,
        sent_at=message.date,
        location=(here.latitude, here.longitude) if here is not None else None,
        attachment=_attachment_of(message),
        is_forward=message.forward_origin is not None or message.via_bot is not None,
        is_edit=update.edited_message is not None,
    )


def _kind_of(message: Message) -> tuple[str, str | None]:
    text = _clean(message.text)
    if text is not None:
        begins = any(e.type == MessageEntity.BOT_COMMAND and e.offset == 0 for e in message.entities)
        return ("command" if begins or text.startswith("/") else "text"), text
    for kind in ("photo", "document", "voice", "location", "sticker"):
        if getattr(message, kind):
            return kind, _clean(message.caption)
    return "other", _clean(message.caption)


def _clean(text: str | None) -> str | None:
    """Without what no database stores: half characters and the zero character."""
    return None if text is None else text.encode("utf-8", "replace").decode().replace("\x00", "")


def _attachment_of(message: Message) -> Attachment | None:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Attachment(largest.file_id, largest.file_size, "image/jpeg", "foto.jpg", True)
    if message.document is not None:
        found = message.document
        mime = found.mime_type or "application/octet-stream"
        return Attachment(found.file_id, found.file_size, mime, _clean(found.file_name) or "berkas", False)
    if message.voice is not None:
        spoken, mime = message.voice, message.voice.mime_type or "audio/ogg"
        return Attachment(
            spoken.file_id, spoken.file_size, mime, "suara.ogg", False, _seconds(spoken.duration)
        )
    return None


def _seconds(duration: int | timedelta) -> int:
    return int(duration.total_seconds()) if isinstance(duration, timedelta) else duration


def _is_group(chat: Chat) -> bool:
    return chat.type != ChatType.PRIVATE


def is_from_nobody(raw: dict[str, Any]) -> bool:
    """Whether a raw update is a message that no person typed, or a change of one that no person made.

    Telegram itself writes of what was pinned, of timers, themes, boosts and topics; it changes a message with every
    step of a live location and every vote. What it writes in ten years has none of the keys below either.
    """
    for kind, keys in (("message", SENT_BY_PEOPLE), ("edited_message", CHANGED_BY_PEOPLE)):
        if isinstance(body := raw.get(kind), dict):
            return chat_id_of(raw) is not None and keys.isdisjoint(body)
    return False


def date_of(raw: dict[str, Any]) -> datetime | None:
    """When Telegram got what a raw update is about, aware UTC; None where it does not say: a tap has no date."""
    body = raw.get("message", raw.get("edited_message"))
    if not isinstance(body, dict):
        return None
    date = body.get("edit_date", body.get("date"))
    if not isinstance(date, int) or not 0 < date < _YEAR_2200:
        return None
    return datetime.fromtimestamp(date, UTC)


def chat_id_of(raw: dict[str, Any]) -> int | None:
    """The chat of a raw update, for ordering; None when it has none. Never raises."""
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        body = raw.get(kind)
        if not isinstance(body, dict):
            continue
        if kind == "callback_query":
            inner = body.get("message")
            found = inner.get("chat") if isinstance(inner, dict) else body.get("from")
        else:
            found = body.get("chat")
        if isinstance(found, dict) and isinstance(found.get("id"), int):
            return int(found["id"])
    return None


def essence_of(raw: dict[str, Any]) -> str:
    """What stays the same when Telegram sends the same update again, and differs when it is another one."""
    for kind, body in sorted(raw.items()):
        if not isinstance(body, dict):
            continue
        if kind == "callback_query":
            return f"{kind}:{body.get('id')}"
        parts = [body.get("message_id"), body.get("date"), body.get("edit_date")]
        return f"{kind}:{chat_id_of(raw)}:{':'.join(map(str, parts))}"
    return "unreadable"


# --- taking updates ---------------------------------------------------------------------------------------------


ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
LONG_POLL_S = 25
BATCH = 100  # Telegram's own limit
BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)  # after the first, second ... failure in a row; the last one stays
PAUSE_MAX_S = 3600.0  # whatever the server asks for
CONFLICT_S = 3.0  # another process polls with this token
ASK_AGAIN_S = 0.5  # who only looks whether one does

UPDATE_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,18})\b')

log = logging.getLogger(__name__)


def number_of(raw: Any) -> int | None:
    """The update's number; None when it has none that could be stored."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if type(number) is int and abs(number) < 2**63 else None


class TokenRefusedError(Exception):
    """Telegram doesn't know this token (any more)."""


class Inbox:
    """Commits raw updates. Used by polling and webhook alike."""

    def __init__(
        self,
        store: Store,
        clock: Now,
        priority: TapPriority,
        on_stored: Callable[[Sequence[Unhandled]], None],
        on_refused: Callable[[Sequence[int | None], Exception], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._priority = priority
        self._clock = clock
        self._on_stored = on_stored
        self._on_refused = on_refused

    def put(self, updates: Sequence[Any]) -> Sequence[Unhandled]:
        """Commit what is new, and return it. What isn't even an object with a number is only logged."""
        rows = []
        before = _latest_of(updates)
        for raw in updates:
            if number_of(raw) is None:
                log.warning("an update without a number was thrown away")
                continue
            if is_from_nobody(
                raw
            ):  # a live location moves every few seconds, for hours: nobody's turn may wait for it
                continue
            try:
                rows.append(self._row(raw, before.get(raw["update_id"])))
            except Exception as error:  # each alone: whatever it is, the others are kept
                log.warning("update %d can't be stored: %s", raw["update_id"], place_of(error))
        if not rows:
            return ()
        with self._store.transaction() as s:
            return put_updates(s, rows, self._clock.now())

    async def take(self, updates: Sequence[Any]) -> int:
        """As `put`, in a thread; hands what is new to the workers, and returns how many it were."""
        if not updates:
            return 0
        try:
            with self._priority.tap():
                new = await asyncio.to_thread(self.put, updates)
        except SQLAlchemyError as error:
            if self._on_refused is not None:
                await self._on_refused([chat_id_of(raw) for raw in updates if isinstance(raw, dict)], error)
            raise
        self._priority.expect(len(new))
        if new:
            self._on_stored(new)
        return len(new)

    def _row(self, raw: dict[str, Any], at: datetime | None) -> Received:
        keyring = self._store.keyring
        chat_id = chat_id_of(raw)
        return Received(
            raw["update_id"],
            keyring.fingerprint(essence_of(raw), "update"),
            "" if chat_id is None else keyring.fingerprint(str(chat_id), "chat"),
            json.dumps(raw),
            at,
        )


def _latest_of(updates: Sequence[Any]) -> dict[int, datetime]:
    """When each update had come at the latest: Telegram numbers them in order, and dates those that are words.

    So a tap of yesterday evening, fetched with what was typed after it, is of yesterday.
    """
    numbered = {number: raw for raw in updates if (number := number_of(raw)) is not None}
    latest: datetime | None = None
    found: dict[int, datetime] = {}
    for number in sorted(numbered, reverse=True):
        at = date_of(numbered[number])
        if at is not None:
            latest = at if latest is None else min(at, latest)
        if latest is not None and "callback_query" in numbered[number]:
            found[number] = latest
    return found


class Receiver:
    """Polls getUpdates with a client of its own; the offset moves only after the commit.

    Args:
        hears_date: told the date of each answer.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        base_url: str,
        token: str,
        inbox: Inbox,
        hears_date: Callable[[str], None] = lambda _date: None,
    ) -> None:
        self._client = client
        self._hears_date = hears_date
        self._url = f"{base_url}/bot{token}/getUpdates"
        self._inbox = inbox
        self._offset: int | None = None
        self._limit = BATCH

    async def poll_once(self, wait_s: int = LONG_POLL_S) -> int:
        """One getUpdates; returns how many updates came.

        Raises:
            httpx.HTTPError: not reachable, or not an answer of the Bot API.
            TokenRefusedError: 401.
        """
        arguments: dict[str, Any] = {
            "timeout": wait_s,
            "limit": self._limit,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            arguments["offset"] = self._offset
        answer = await self._client.post(
            self._url, json=arguments, timeout=httpx.Timeout(10.0, read=wait_s + 10.0)
        )
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise TokenRefusedError
        answer.raise_for_status()
        try:
            updates = answer.json()["result"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            if self._pass_over(answer.content):
                return 0
            raise httpx.DecodingError("not an answer of the Bot API", request=answer.request) from error
        self._limit = BATCH
        if not isinstance(updates, list):
            raise httpx.DecodingError("not a list of updates", request=answer.request)
        self._hears_date(answer.headers.get("date", ""))
        await self._inbox.take(updates)
        numbers = [number for number in map(number_of, updates) if number is not None]
        if numbers:
            self._offset = max(numbers) + 1
        elif updates:
            raise httpx.DecodingError("no update has a number", request=answer.request)
        return len(updates)

    def _pass_over(self, answer: bytes) -> bool:
        """Whether polling can go on past what can't even be parsed: ask for one at a time, and leave that one out."""
        found = UPDATE_ID.search(answer)
        if found is None:
            return False
        if self._limit > 1:
            self._limit = 1
        else:
            log.error("an update that can't be read was thrown away")
            self._offset = int(found.group(1)) + 1
        return True

    async def run(self) -> None:
        """Poll until cancelled. Raises TokenRefusedError."""
        failures = 0
        while True:
            try:
                await self.poll_once()
                failures = 0
            except httpx.HTTPStatusError as error:
                failures += 1
                await asyncio.sleep(self._pause_after(error.response, failures))
            except SQLAlchemyError as error:
                failures += 1
                log.error("the inbox can't be written (%s), trying again", type(error).__name__)
                await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1])
            except httpx.HTTPError as error:
                failures += 1
                # Another server may answer next, with numbers of its own; what comes twice is known by identity.
                self._offset = None
                log.warning("getUpdates failed (%s), trying again", type(error).__name__)
                await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1])

    async def is_polled_elsewhere(self, within_s: float) -> bool:
        """Whether another process polls with this token. Nothing is confirmed: what waits goes on waiting.

        Telegram ends the older of two requests: who asks elsewhere asks again, and ends ours.
        """
        ends = time.monotonic() + within_s
        while (left := ends - time.monotonic()) > 0:
            body = {"timeout": math.ceil(left), "limit": 1}
            with contextlib.suppress(httpx.HTTPError):
                answer = await self._client.post(self._url, json=body, timeout=left + 10.0)
                if answer.status_code == httpx.codes.CONFLICT and "webhook" not in answer.text.lower():
                    return True
            await asyncio.sleep(min(left, ASK_AGAIN_S))
        return False

    @staticmethod
    def _pause_after(answer: httpx.Response, failures: int) -> float:
        if answer.status_code == httpx.codes.CONFLICT:
            log.error("another process is polling with this token (409); only one may")
            return CONFLICT_S
        pause = BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1]
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                asked = float(answer.json()["parameters"]["retry_after"])
                pause = min(max(asked, 0.0), PAUSE_MAX_S) if math.isfinite(asked) else pause
        log.warning("getUpdates was answered with %d, trying again", answer.status_code)
        return pause
