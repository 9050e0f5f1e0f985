"""Takes updates as they are committed: different chats at once, the updates of one chat in order."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from sqlmodel import Session
from telegram import Bot, Update

from bot.gate import ATTEMPT, Attempt, Gate
from bot.logs import place_of
from bot.outbox import ReplyOutbox, code_of
from bot.owned_unit import OwnedUnit
from bot.parse_update import chat_id_of
from bot.stored_reply import Address, StoredReply, pack_reply
from handlers.ui.reply import Say, reply
from handlers.ui.texts import _
from storage.cipher import UnsealError
from storage.engine import OF_THE_DATABASE, NotOwnerError
from storage.queries.accounts import find_officer_of_chat
from storage.queries.inbox import Unhandled, list_unhandled_ids, put_aside, read_trouble, read_unhandled
from storage.tables import InboxRow

MAX_CHATS_AT_ONCE = 16  # more only wait for SQLite's one writer
MAX_ATTEMPTS = 3  # then the update is set aside and its officer told
DATABASE_PAUSE_S = 1.0

log = logging.getLogger(__name__)

ProcessUpdate = Callable[[object], Awaitable[None]]


class Workers:
    """Lets the Application process updates. What waits and which chats are being served is kept in memory.

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
        self._waiting: dict[str, list[Unhandled]] = {}  # by chat; the chat that waits longest first
        self._serving: dict[str, asyncio.Task[None]] = {}

    def add(self, rows: Iterable[Unhandled]) -> None:
        """These are in the inbox now."""
        new: dict[str, dict[int, Unhandled]] = defaultdict(dict)
        for row in rows:
            new[row.chat_key][row.row_id] = row
        for chat_key, by_id in new.items():
            by_id |= {row.row_id: row for row in self._waiting.get(chat_key, ())}
            self._waiting[chat_key] = [by_id[number] for number in sorted(by_id)]
        self._wake.set()

    async def load(self) -> None:
        """At the start: what the last owner left."""
        self.add(await asyncio.to_thread(self._left))

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._wake.clear()
            self._serve_waiting()
            await self._wake.wait()

    async def work_until_idle(self) -> None:
        """Handle everything that is in the inbox: the steppable form of `run`."""
        while self._serve_waiting() or self._serving:
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

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting and not self._serving

    def _left(self) -> list[Unhandled]:
        found, unreadable = [], {}
        with self._unit.store.reading() as s:
            for row_id in list_unhandled_ids(s):
                try:
                    found.append(self._under_present_key(read_unhandled(s, row_id)))
                except UnsealError as error:
                    unreadable[row_id] = place_of(error)
        for row_id, words in unreadable.items():  # it stops nothing behind it
            self._put_aside(row_id, words, words)
        return found

    def _under_present_key(self, row: Unhandled) -> Unhandled:
        """One chat waits in one line, also when the secret was changed in between."""
        address = _address_of(row.raw)
        return row if address is None else replace(row, chat_key=self._key_of(address))

    def _key_of(self, address: Address) -> str:
        return self._unit.store.keyring.fingerprint(str(address.chat_id), "chat")

    def _serve_waiting(self) -> int:
        waiting = [chat_key for chat_key in self._waiting if chat_key not in self._serving]
        begun = waiting[: MAX_CHATS_AT_ONCE - len(self._serving)]
        for chat_key in begun:
            task = asyncio.create_task(self._serve(chat_key))
            self._serving[chat_key] = task
            task.add_done_callback(lambda _task, key=chat_key: self._served(key))  # type: ignore[misc]
        return len(begun)

    def _served(self, chat_key: str) -> None:
        del self._serving[chat_key]
        self._wake.set()  # a place is free

    async def _serve(self, chat_key: str) -> None:
        rows = self._waiting.pop(chat_key)
        try:
            while rows:
                if await self._handle(rows[0]):
                    del rows[0]
        except Exception as error:  # the database, mostly: it is tried again
            log.error("a chat has to wait: %s", place_of(error))
            await asyncio.sleep(DATABASE_PAUSE_S)
        finally:
            if rows:
                self.add(rows)

    async def _handle(self, row: Unhandled) -> bool:
        """One attempt. False when the row has to be tried again before those behind it."""
        try:
            update = Update.de_json(json.loads(row.raw or "null"), self._bot)
        except Exception as error:  # whatever the server sent: it stands alone
            await self._set_aside(row.row_id, place_of(error))
            return True
        attempt = Attempt(row)
        ATTEMPT.set(attempt)
        try:
            await self._process_update(update)
        except Exception as error:  # outside of any handler: an attempt like the others
            attempt.error = place_of(error)
        if attempt.is_handled:
            return True
        tried = await asyncio.to_thread(self._count_attempt, row.row_id, attempt.error)
        if tried >= MAX_ATTEMPTS:
            await self._set_aside(row.row_id, None)
            return True
        return tried == 0

    def _count_attempt(self, row_id: int, error: str | None) -> int:
        """How often it was tried in vain; 0 when it is handled."""
        with self._unit.store.transaction() as s:
            row = read_trouble(s, row_id)
            if row.handled_at is not None:
                return 0
            row.attempts += 1
            row.error = error or "no handler took it"
            s.add(row)
            return row.attempts

    async def _set_aside(self, row_id: int, error: str | None) -> None:
        stored = await asyncio.to_thread(self._set_aside_now, row_id, error)
        if stored is not None:
            await self._outbox.send(stored)

    def _set_aside_now(self, row_id: int, error: str | None) -> StoredReply | None:
        """Out of the way, shown by doctor; its officer gets a sorry with the code.

        That it is out of the way must not depend on anything that stands in it: an apology that can't be made is left.
        """
        try:
            return self._set_aside_with_apology(row_id, error)
        except Exception as trouble:
            if isinstance(trouble, (*OF_THE_DATABASE, NotOwnerError)):
                raise  # nobody's fault here: all is tried again
            self._put_aside(row_id, error or place_of(trouble), place_of(trouble))
            return None

    def _put_aside(self, row_id: int, error: str, trouble: str) -> None:
        log.error("%s set aside without a word: %s", code_of(row_id), trouble)
        with self._unit.store.transaction() as s:
            put_aside(s, row_id, self._unit.now(), error)

    def _set_aside_with_apology(self, row_id: int, error: str | None) -> StoredReply | None:
        with self._unit.store.transaction() as s:
            row = s.get_one(InboxRow, row_id)
            row.set_aside_at = self._unit.now()
            row.error = error or row.error
            log.error("update %d set aside as %s: %s", row.update_id, code_of(row_id), row.error)
            address = _address_of(row.raw)
            row.raw = None
            s.add(row)
            if address is None or not _is_an_officer(s, self._key_of(address)):
                return None
            sentence = _(
                "Something went wrong on our side, and what you sent was not recorded (code {code})."
            )
            hint = _("Please try once more; if it happens again, tell the admin this code.")
            answer = reply(Say(sentence.format(code=code_of(row_id)) + " " + hint))
            row.reply = pack_reply(address, answer)
            return StoredReply(row_id, self._key_of(address), address, answer)


def _is_an_officer(s: Session, chat_key: str) -> bool:
    try:
        return find_officer_of_chat(s, chat_key) is not None
    except UnsealError:  # nobody can say whose chat it is: doctor shows the row
        return False


def _address_of(text: str | None) -> Address | None:
    try:
        raw = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    chat_id = chat_id_of(raw) if isinstance(raw, dict) else None
    if chat_id is None:
        return None
    tap = raw.get("callback_query")
    callback_id = tap.get("id") if isinstance(tap, dict) else None
    return Address(chat_id, callback_id if isinstance(callback_id, str) else None)
