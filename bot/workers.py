"""Takes updates out of the inbox: different chats at once, the updates of one chat in order."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, Update

from bot.gate import HANDLING, Gate
from bot.logs import place_of
from bot.outbox import ReplyOutbox, code_of
from bot.owned_unit import OwnedUnit
from bot.parse_update import chat_id_of
from bot.stored_reply import Address, StoredReply, pack_reply
from handlers.ui.reply import Say, reply
from handlers.ui.texts import _
from storage.queries.accounts import find_officer_of_chat
from storage.queries.inbox import list_unhandled, list_waiting_chats
from storage.tables import InboxRow

MAX_CHATS_AT_ONCE = 16  # more only wait for SQLite's one writer
MAX_ATTEMPTS = 3  # then the update is set aside and its officer told
ROWS_AT_ONCE = 20  # of one chat, read together
DATABASE_PAUSE_S = 1.0

log = logging.getLogger(__name__)

ProcessUpdate = Callable[[object], Awaitable[None]]


class Workers:
    """Lets the Application process updates; which chats are being served is kept in memory.

    Args:
        process_update: `Application.process_update`; it swallows what a handler raises.
    """

    def __init__(
        self, unit: OwnedUnit, bot: Bot, gate: Gate, outbox: ReplyOutbox, process_update: ProcessUpdate
    ) -> None:
        self._unit = unit
        self._bot = bot
        self._gate = gate
        self._outbox = outbox
        self._process_update = process_update
        self._wake = asyncio.Event()
        self._serving: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Something new is in the inbox."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self._serve_waiting()
            except SQLAlchemyError as error:
                log.error("the inbox can't be read (%s), trying again", type(error).__name__)
                await asyncio.sleep(DATABASE_PAUSE_S)
                continue
            await self._wake.wait()

    async def work_until_idle(self) -> None:
        """Handle everything that is in the inbox: the steppable form of `run`."""
        while await self._serve_waiting() or self._serving:
            if self._serving:
                await asyncio.wait(list(self._serving.values()), return_when=asyncio.FIRST_COMPLETED)

    async def finish(self, within_s: float) -> None:
        """Let what is in hand come to its end; what takes longer is cancelled and waits for the next start."""
        tasks = list(self._serving.values())
        if not tasks:
            return
        _done, late = await asyncio.wait(tasks, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _serve_waiting(self) -> int:
        free = MAX_CHATS_AT_ONCE - len(self._serving)
        with self._unit.priority.tap():
            waiting = await asyncio.to_thread(self._waiting_chats, free, tuple(self._serving))
        for chat_key in waiting:
            task = asyncio.create_task(self._serve(chat_key))
            self._serving[chat_key] = task
            task.add_done_callback(lambda _task, key=chat_key: self._served(key))  # type: ignore[misc]
        return len(waiting)

    def _waiting_chats(self, free: int, busy: tuple[str, ...]) -> tuple[str, ...]:
        with self._unit.store.reading() as s:
            return list_waiting_chats(s, free, busy)

    def _served(self, chat_key: str) -> None:
        self._serving.pop(chat_key, None)
        self._wake.set()  # something may have come between the last look and now

    async def _serve(self, chat_key: str) -> None:
        try:
            while rows := await asyncio.to_thread(self._next_rows, chat_key):
                for row in rows:
                    if not await self._handle(row):
                        break
        except Exception as error:  # the database, mostly: the chat is claimed again
            log.error("a chat has to wait: %s", place_of(error))
            await asyncio.sleep(DATABASE_PAUSE_S)

    def _next_rows(self, chat_key: str) -> tuple[InboxRow, ...]:
        with self._unit.store.reading() as s:
            return list_unhandled(s, chat_key, ROWS_AT_ONCE)

    async def _handle(self, row: InboxRow) -> bool:
        """One attempt. False when the row has to be tried again before those behind it."""
        assert row.id is not None
        try:
            update = Update.de_json(json.loads(row.raw or "null"), self._bot)
        except Exception as error:  # whatever the server sent: it stands alone
            await self._set_aside(row.id, place_of(error))
            return True
        HANDLING.set(row.id)
        await self._process_update(update)
        tried = await asyncio.to_thread(self._count_attempt, row.id, self._gate.errors.get(row.id))
        if tried >= MAX_ATTEMPTS:
            self._gate.errors.pop(row.id, None)
            await self._set_aside(row.id, None)
            return True
        return tried == 0

    def _count_attempt(self, row_id: int, error: str | None) -> int:
        """How often it was tried in vain; 0 when it is handled."""
        with self._unit.store.reading() as s:
            row = s.get(InboxRow, row_id)
            if row is None or row.handled_at is not None:
                return 0
        with self._unit.store.transaction() as s:
            row = s.get_one(InboxRow, row_id)
            row.attempts += 1
            row.error = error or "no handler took it"
            s.add(row)
            return row.attempts

    async def _set_aside(self, row_id: int, error: str | None) -> None:
        stored = await asyncio.to_thread(self._set_aside_now, row_id, error)
        if stored is not None:
            await self._outbox.send(stored)

    def _set_aside_now(self, row_id: int, error: str | None) -> StoredReply | None:
        """Out of the way, shown by doctor; its officer gets a sorry with the code."""
        with self._unit.store.transaction() as s:
            row = s.get_one(InboxRow, row_id)
            row.set_aside_at = self._unit.now()
            row.error = error or row.error
            log.error("update %d set aside as %s: %s", row.update_id, code_of(row_id), row.error)
            address = _address_of(row)
            row.raw = None
            s.add(row)
            if address is None or find_officer_of_chat(s, row.chat_key) is None:
                return None
            sentence = _(
                "Something went wrong on our side, and what you sent was not recorded (code {code})."
            )
            hint = _("Please try once more; if it happens again, tell the admin this code.")
            answer = reply(Say(sentence.format(code=code_of(row_id)) + " " + hint))
            row.reply = pack_reply(address, answer)
            return StoredReply(row_id, row.chat_key, address, answer)


def _address_of(row: InboxRow) -> Address | None:
    try:
        raw = json.loads(row.raw or "null")
    except ValueError:
        return None
    chat_id = chat_id_of(raw) if isinstance(raw, dict) else None
    if chat_id is None:
        return None
    tap = raw.get("callback_query")
    callback_id = tap.get("id") if isinstance(tap, dict) else None
    return Address(chat_id, callback_id if isinstance(callback_id, str) else None)
