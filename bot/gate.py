"""The only async callback of the Application: who is it, one transaction, commit, then speak."""

import asyncio
import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.agenda_watch import advance_or_note
from bot.logs import place_of
from bot.outbox import ReplyOutbox
from bot.owned_unit import OwnedUnit
from bot.parse_update import Attachment, Incoming, parse_update
from bot.stored_reply import Address, StoredReply, pack_reply
from handlers.ui import conversation
from handlers.ui.buttons import ButtonError
from handlers.ui.reply import Edit, Reply, reply
from handlers.ui.request import Request, SentFile
from sop_flows.actions.people.unreachable import note_reached, note_unreachable
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from sop_flows.notifications.settle import settle
from storage.queries.accounts import find_officer_of_chat
from storage.queries.inbox import find_unhandled
from storage.queries.sent import note_turned
from storage.tables import InboxRow, StrangerVisit

FILE_MAX_BYTES = 20 * 1024 * 1024  # a bot can't download more
FILE_WITHIN_S = 20.0

# The inbox row that a worker is handling; PTB hands on the update alone, and its number may not be unique.
HANDLING: ContextVar[int] = ContextVar("handling")

BOT_IS_HERE = ("member", "administrator", "restricted")

log = logging.getLogger(__name__)


class Gate:
    """Handles one update of the inbox, once.

    Args:
        on_handled: called after each commit: reminders may have been added.
    """

    def __init__(self, unit: OwnedUnit, outbox: ReplyOutbox, on_handled: Callable[[], None]) -> None:
        self._unit = unit
        self._outbox = outbox
        self._on_handled = on_handled
        self.errors: dict[int, str] = {}  # class and place of the last failure, by inbox row

    async def on_update(self, update: Update, context: Any) -> None:
        """PTB's callback for every kind of update. What it raises counts as an attempt, in `bot.workers`."""
        row_id = HANDLING.get()
        try:
            incoming = parse_update(update)
            file, failed = await self._fetch(context.bot, incoming)
            with self._unit.priority.tap():
                stored = await asyncio.to_thread(self.handle, row_id, incoming, file, failed)
        except Exception as error:
            self.errors[row_id] = place_of(error)
            raise
        self.errors.pop(row_id, None)
        self._on_handled()
        if stored is not None:
            await self._outbox.send(stored)

    def handle(
        self, row_id: int, incoming: Incoming | None, file: SentFile | None, download_failed: bool
    ) -> StoredReply | None:
        """The transaction. Returns what is to be said; None when there is nothing, or it was handled before."""
        with self._unit.store.transaction() as s:
            row = find_unhandled(s, row_id)
            if row is None:
                return None
            now = self._unit.now()
            answer, address = reply(), None
            if incoming is not None:
                advance_or_note(self._unit.work(s, now), self._unit.ports)
                request = self._request(self._unit.work(s, now), row, incoming, file, download_failed)
                answer = self._answer(request, incoming)
                address = self._address(request, incoming)
                self._note_turned(s, address, answer, now)
            row.handled_at, row.raw, row.error = now, None, None
            stored = None
            if address is not None and (answer.actions or address.callback_id is not None):
                assert row.id is not None
                row.reply = pack_reply(address, answer)
                stored = StoredReply(row.id, row.chat_key, address, answer)
            else:
                row.replied_at = now
            s.add(row)
        return stored

    def _request(
        self, work: Work, row: InboxRow, incoming: Incoming, file: SentFile | None, download_failed: bool
    ) -> Request:
        found = None if incoming.is_group else find_officer_of_chat(work.session, row.chat_key)
        officer, account = found or (None, None)
        if officer is not None and account is not None and account.blocked_at and incoming.bot_is is None:
            note_reached(work, officer)  # who writes can be written to
        return Request(
            work=replace(
                work,
                actor=officer,
                update_id=incoming.update_id,
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
            message_sent_at=incoming.sent_at,
            received_at=row.received_at,
            is_group=incoming.is_group,
            is_forward=incoming.is_forward,
            is_edit=incoming.is_edit,
            kind=incoming.kind,
        )

    def _answer(self, request: Request, incoming: Incoming) -> Reply:
        if incoming.is_group:
            return self._answer_group(request, incoming)
        if incoming.bot_is is not None:
            if request.officer is not None and incoming.bot_is in BOT_IS_HERE:
                note_reached(request.work, request.officer)
            elif request.officer is not None:
                note_unreachable(request.work, request.officer)
            return reply()
        try:
            # A refusal takes back what the handler wrote, not what `advance` did.
            with request.session.begin_nested():
                answer = self._unit.ports.route(request)
                settle(request.work)
                return answer
        except (RuleError, ButtonError) as error:
            request.work.forget()
            return self._unit.ports.refuse(request, error)

    def _answer_group(self, request: Request, incoming: Incoming) -> Reply:
        """One sentence in a group, then out: Telegram tells of an invitation twice, people go on talking."""
        told = request.session.get(StrangerVisit, request.chat_key)
        if incoming.bot_is is not None and incoming.bot_is not in BOT_IS_HERE:
            if told is not None:
                request.session.delete(told)
            return reply()
        if incoming.service:
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
        )

    @staticmethod
    def _note_turned(s: Session, address: Address, answer: Reply, now: datetime) -> None:
        """A push that this answer turns into another screen: what changes pushes leaves it alone from now on."""
        if address.officer_id is None:
            return
        edited = [one.message_id or address.tapped_id for one in answer.actions if isinstance(one, Edit)]
        for message_id in edited:
            if message_id is not None:
                note_turned(s, address.officer_id, message_id, now)

    async def _fetch(self, bot: Bot, incoming: Incoming | None) -> tuple[SentFile | None, bool]:
        """Download what was sent if it is an answer; (None, True) when that failed."""
        if incoming is None or incoming.attachment is None or incoming.is_group:
            return None, False
        if not await asyncio.to_thread(self._is_expected, incoming):
            return None, False
        found = incoming.attachment
        if (found.size_bytes or 0) > FILE_MAX_BYTES:
            return None, True
        try:
            async with asyncio.timeout(FILE_WITHIN_S):
                return await _download(bot, found), False
        except (TelegramError, TimeoutError) as error:
            log.warning("a file of update %d was not fetched: %s", incoming.update_id, type(error).__name__)
            return None, True

    def _is_expected(self, incoming: Incoming) -> bool:
        chat_key = self._unit.store.keyring.fingerprint(str(incoming.chat_id), "chat")
        with self._unit.store.reading() as s:
            found = find_officer_of_chat(s, chat_key)
            return found is not None and self._unit.ports.expects_file(s, found[0])


async def _download(bot: Bot, found: Attachment) -> SentFile:
    file = await bot.get_file(found.file_id)
    content = await file.download_as_bytearray()
    if len(content) > FILE_MAX_BYTES:
        raise TimeoutError
    return SentFile(bytes(content), found.mime, found.name, found.photo)
