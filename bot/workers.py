"""Serves updates: different chats at once, those of one chat in order; each in one transaction, spoken after its commit."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.agenda_watch import advance
from bot.clean_files import UnfitFileError, cleaned
from bot.excuses import Excuses
from bot.logs import place_of
from bot.outbox import ReplyOutbox, code_of
from bot.owned_unit import OwnedUnit
from bot.receiver import Attachment, Incoming, chat_id_of, parse_update
from bot.sender import Address, StoredReply, pack_reply
from handlers.ui import conversation
from handlers.ui.request import ButtonError, Edit, Failed, Reply, Request, Say, SentFile, reply
from handlers.ui.words import _
from sop_flows.actions.people.unreachable import note_reached, note_unreachable
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from sop_flows.notifications.planning import settle
from storage.engine import OF_THE_DATABASE, NotOwnerError, WritingSession, fault_of, is_overtaken
from storage.queries.accounts import find_officer_of_chat
from storage.queries.messages import (
    Unhandled,
    list_unhandled_ids,
    list_unturned,
    note_handled,
    put_aside,
    read_trouble,
    read_unhandled,
)
from storage.queries.officers import find_visit
from storage.tables import Account, InboxRow, Officer, StrangerVisit
from storage.types import UnsealError

# --- one update: who is it, one transaction, commit -------------------------------------------------------------


FILE_MAX_BYTES = 20 * 1024 * 1024  # a bot can't download more
FILE_WITHIN_S = 20.0

TRIES = 4  # of one update at once: a refusal, another process that writes
BOT_IS_HERE = ("member", "administrator", "restricted")

log = logging.getLogger(__name__)


@dataclass
class Attempt:
    """One try to handle an update; `error` is the class and place of what failed."""

    row: Unhandled
    is_handled: bool = False
    error: str | None = None
    raised: Exception | None = None


# PTB hands on the update alone, and its number may not be unique.
ATTEMPT: ContextVar[Attempt] = ContextVar("attempt")


class HandledBeforeError(Exception):
    """The row says that its update was handled: two processes, or a fault of ours."""


class _WroteAndRefusedError(Exception):
    """A rule refused when something was written already: that is taken back."""

    def __init__(self, why: RuleError | ButtonError) -> None:
        self.why = why


class Gate:
    """Handles one update of the inbox, once.

    Args:
        on_handled: called after each update: reminders may have been added.
    """

    def __init__(self, unit: OwnedUnit, outbox: ReplyOutbox, on_handled: Callable[[], None]) -> None:
        self._unit = unit
        self._outbox = outbox
        self._on_handled = on_handled

    async def on_update(self, update: Update, context: Any) -> None:
        """PTB's callback for every kind of update. What it raises counts as an attempt, in `bot.workers`."""
        attempt = ATTEMPT.get()
        try:
            incoming = parse_update(update)
            file, failed = await self._fetch(context.bot, incoming)
            with self._unit.priority.tap():
                stored = await asyncio.to_thread(self.handle, attempt.row, incoming, file, failed)
        except Exception as error:
            attempt.error, attempt.raised = place_of(error), error
            raise
        attempt.is_handled = True
        self._on_handled()
        if stored is not None:
            await self._outbox.send(stored)

    def handle(
        self, row: Unhandled, incoming: Incoming | None, file: SentFile | None, download_failed: Failed
    ) -> StoredReply | None:
        """All of it, in one transaction. Returns what is to be said; None when it was handled before, or is nothing.

        What only looks commits nothing: that it was handled is noted when it is said.
        """
        now = self._unit.now()
        refused: RuleError | ButtonError | None = None
        is_kept_up = is_overtaken_once = False
        for tries_left in reversed(range(TRIES)):
            if not is_kept_up and self._unit.due.is_upkeep_due(now):
                advance(self._unit, now)
                is_kept_up = True
            try:
                # What another process has overtaken does not begin as a look again: that one may go on writing.
                with self._unit.store.tap(row.chat_key, writes=is_overtaken_once) as s:
                    if not is_kept_up and self._unit.due.is_upkeep_due(now):
                        continue  # another process has written
                    if incoming is None:
                        return self._finish(
                            s, StoredReply(row.row_id, row.chat_key, Address(0), reply()), now
                        )
                    request = self._request(self._unit.work(s, now), row, incoming, file, download_failed)
                    answer = self._answer(request, incoming, refused)
                    address = self._address(request, incoming)
                    self._note_turned(s, address, answer, now)
                    return self._finish(s, StoredReply(row.row_id, row.chat_key, address, answer), now)
            except _WroteAndRefusedError as error:
                refused = error.why
            except OperationalError as error:
                if not (tries_left and is_overtaken(error)):
                    raise
                is_overtaken_once = True
        raise AssertionError("the last try ends")

    def _finish(self, s: WritingSession, stored: StoredReply, now: datetime) -> StoredReply | None:
        says = bool(stored.reply.actions or stored.address.callback_id is not None)
        if not s.has_written:
            looked = replace(stored, is_look=True)
            if not says:
                self._outbox.note_later(looked)
            return looked if says else None
        packed = pack_reply(stored.address, stored.reply) if says else None
        if not note_handled(s, stored.row_id, now, packed):
            raise HandledBeforeError
        return stored if says else None

    def _request(
        self, work: Work, row: Unhandled, incoming: Incoming, file: SentFile | None, download_failed: Failed
    ) -> Request:
        officer, account = (None, None) if incoming.is_group else self._who(work, row.chat_key)
        if officer is not None and account is not None and account.blocked_at and incoming.bot_is is None:
            note_reached(work, officer)  # who writes can be written to
        return Request(
            work=replace(
                work,
                actor=officer,
                update_id=incoming.update_id,
                said_at=incoming.said_at(row.received_at, work.now),
                phone_id=None if account is None else account.id,
            ),
            phone=account,
            chat_id=incoming.chat_id,
            chat_key=row.chat_key,
            message_id=incoming.message_id,
            text=incoming.text,
            press=incoming.press,
            file=file,
            location=incoming.location,
            download_failed=download_failed,
            message_sent_at=None if incoming.kind == "button" else incoming.sent_at,
            is_group=incoming.is_group,
            is_forward=incoming.is_forward,
            is_edit=incoming.is_edit,
            kind=incoming.kind,
        )

    @staticmethod
    def _who(work: Work, chat_key: str) -> tuple[Officer, Account] | tuple[None, None]:
        found = work.known.get(("chat", chat_key)) or find_officer_of_chat(work.session, chat_key)
        if found is None:  # strangers are not kept: there may be many
            return None, None
        work.known["chat", chat_key] = found
        officer, account = found
        return officer, account

    def _answer(self, request: Request, incoming: Incoming, refused: RuleError | ButtonError | None) -> Reply:
        if incoming.is_group:
            return self._answer_group(request, incoming)
        if incoming.bot_is is not None:
            if request.officer is not None and incoming.bot_is in BOT_IS_HERE:
                note_reached(request.work, request.officer)
            elif request.officer is not None:
                note_unreachable(request.work, request.officer)
            return reply()
        if refused is not None:
            return self._unit.ports.refuse(request, refused)
        try:
            answer = self._unit.ports.route(request)
            settle(request.work)
            return answer
        except (RuleError, ButtonError) as error:
            if isinstance(request.session, WritingSession) and request.session.has_written:
                raise _WroteAndRefusedError(error) from error
            return self._unit.ports.refuse(request, error)

    def _answer_group(self, request: Request, incoming: Incoming) -> Reply:
        """One sentence in a group, then out: Telegram tells of an invitation twice, people go on talking."""
        told = find_visit(request.session, request.chat_key)
        if incoming.bot_is is not None and incoming.bot_is not in BOT_IS_HERE:
            if told is not None:
                request.session.delete(told)
            return reply()
        if told is not None:
            return reply()  # it has left, or is about to: who speaks meanwhile gets no second answer
        request.session.add(StrangerVisit(chat_key=request.chat_key, refused_at=request.now))
        return self._unit.ports.route(request)

    def _address(self, request: Request, incoming: Incoming) -> Address:
        officer_id = request.officer.id if request.officer is not None else None
        row = conversation.row_of(request)
        tapped_id = incoming.message_id if incoming.kind == "button" else None
        return Address(
            incoming.chat_id,
            incoming.callback_id,
            tapped_id,
            officer_id,
            topic=None if row is None else row.topic,
            asked=None if row is None else conversation.asked_by(request, row),
            account_id=request.work.phone_id,
            named=tuple(dict.fromkeys(request.work.looked_at)),
        )

    @staticmethod
    def _note_turned(s: Session, address: Address, answer: Reply, now: datetime) -> None:
        """A push that this answer turns into another screen: what changes pushes leaves it alone from now on."""
        edited = [one.message_id or address.tapped_id for one in answer.actions if isinstance(one, Edit)]
        if address.officer_id is not None and edited:
            for row in list_unturned(s, address.officer_id, edited):
                row.turned_at = now

    async def _fetch(self, bot: Bot, incoming: Incoming | None) -> tuple[SentFile | None, Failed]:
        """Download what an officer sent, fit to be kept: an answer, or kept until its officer says what it is for.

        (None, why) when that failed.
        """
        if incoming is None or incoming.attachment is None or incoming.is_group:
            return None, ""
        if not await asyncio.to_thread(self._is_of_an_officer, incoming):
            return None, ""
        found = incoming.attachment
        if (found.size_bytes or 0) > FILE_MAX_BYTES:
            return None, "large"
        try:
            async with asyncio.timeout(FILE_WITHIN_S):
                sent = await _download(bot, found)
            return await asyncio.to_thread(cleaned, sent), ""
        except UnfitFileError as error:
            return None, error.fault
        except (TelegramError, TimeoutError) as error:
            log.warning("a file of update %d was not fetched: %s", incoming.update_id, type(error).__name__)
            return None, "lost"

    def _is_of_an_officer(self, incoming: Incoming) -> bool:
        chat_key = self._unit.store.keyring.fingerprint(str(incoming.chat_id), "chat")
        with self._unit.store.reading() as s:
            return find_officer_of_chat(s, chat_key) is not None


async def _download(bot: Bot, found: Attachment) -> SentFile:
    file = await bot.get_file(found.file_id)
    content = await file.download_as_bytearray()
    if len(content) > FILE_MAX_BYTES:
        raise TimeoutError
    return SentFile(bytes(content), found.mime, found.name, found.photo, found.seconds)


# --- whose turn it is -------------------------------------------------------------------------------------------


MAX_CHATS_AT_ONCE = 16  # more only wait for SQLite's one writer
MAX_ATTEMPTS = 3  # then the update is set aside and its officer told
DATABASE_PAUSE_S, PAUSE_MAX_S = (
    1.0,
    10.0,
)  # of a chat after a failure of the database; twice as long after each more

ProcessUpdate = Callable[[object], Awaitable[None]]


class Workers:
    """Lets the Application process updates. What waits and which chats are being served is kept in memory.

    Args:
        process_update: `Application.process_update`; it swallows what a handler raises.
    """

    def __init__(
        self,
        unit: OwnedUnit,
        bot: Bot,
        gate: Gate,
        outbox: ReplyOutbox,
        process_update: ProcessUpdate,
        excuses: Excuses,
    ) -> None:
        self._unit = unit
        self._bot = bot
        self._gate = gate
        self._outbox = outbox
        self._process_update = process_update
        self._excuses = excuses
        self._wake = asyncio.Event()
        self._waiting: dict[str, list[Unhandled]] = {}  # by chat; the chat that waits longest first
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._failed: dict[str, int] = {}  # by chat, how often in a row

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
                self._failed.pop(chat_key, None)
        except Exception as error:  # the database, mostly: it is tried again
            log.error("a chat has to wait: %s", place_of(error))
            address = _address_of(rows[0].raw)
            await self._excuses.excuse([None if address is None else address.chat_id], error)
            times = self._failed[chat_key] = self._failed.get(chat_key, 0) + 1
            await asyncio.sleep(min(DATABASE_PAUSE_S * 2 ** min(times - 1, 10), PAUSE_MAX_S))
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
        fault = fault_of(attempt.raised)
        if attempt.raised is not None and fault is not None:
            if not fault.is_damaged:
                raise attempt.raised  # no attempt: it is handled once the machine is well again
            await self._excuses.alarm(attempt.raised)
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
