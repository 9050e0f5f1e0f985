"""Takes updates from Telegram: each is committed to the inbox, only then is it confirmed."""

import asyncio
import contextlib
import json
import logging
import math
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Now
from bot.logs import place_of
from bot.parse_update import chat_id_of, date_of, essence_of, is_from_nobody
from bot.tap_priority import TapPriority
from storage.engine import Store
from storage.queries.inbox import Received, Unhandled, put_updates

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
LONG_POLL_S = 25
BATCH = 100  # Telegram's own limit
BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)  # after the first, second ... failure in a row; the last one stays
PAUSE_MAX_S = 3600.0  # whatever the server asks for
CONFLICT_S = 3.0  # another process polls with this token

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
    ) -> None:
        self._store = store
        self._priority = priority
        self._clock = clock
        self._on_stored = on_stored

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
        with self._priority.tap():
            new = await asyncio.to_thread(self.put, updates)
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
    """Polls getUpdates with a client of its own; the offset moves only after the commit."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, token: str, inbox: Inbox) -> None:
        self._client = client
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
