"""The only async callback of the Application: who is it, one transaction, commit, then speak."""

import asyncio
import logging
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlmodel import Session
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.agenda_watch import advance_or_note
from bot.clock import Now
from bot.logs import place_of
from bot.outgoing import Address, Outgoing, pack_outgoing
from bot.precedence import Precedence
from bot.reading import Arrival, Attachment, read_update
from bot.rooms import Rooms
from bot.speaker import Speaker
from handlers.ui.buttons import ButtonError
from handlers.ui.reply import Edit, Reply, reply
from handlers.ui.request import Request, SentFile
from sop_flows.actions.people.unreachable import note_reached, note_unreachable
from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from sop_flows.notifications.settle import settle, working
from storage.engine import Store
from storage.queries.accounts import find_officer_of_chat
from storage.queries.inbox import find_unhandled
from storage.queries.sent import note_turned
from storage.tables import Conversation, InboxRow, Officer, StrangerVisit

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
        precedence: told while an update is handled.
    """

    def __init__(
        self,
        store: Store,
        house: Institution,
        clock: Now,
        rooms: Rooms,
        speaker: Speaker,
        on_handled: Callable[[], None],
        precedence: Precedence,
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._rooms = rooms
        self._speaker = speaker
        self._on_handled = on_handled
        self._precedence = precedence
        self.errors: dict[int, str] = {}  # class and place of the last failure, by inbox row

    async def on_update(self, update: Update, context: Any) -> None:
        """PTB's callback for every kind of update. What it raises counts as an attempt, in `bot.workers`."""
        row_id = HANDLING.get()
        try:
            arrival = read_update(update)
            file, failed = await self._fetch(context.bot, arrival)
            with self._precedence.tap():
                outgoing = await asyncio.to_thread(self.handle, row_id, arrival, file, failed)
        except Exception as error:
            self.errors[row_id] = place_of(error)
            raise
        self.errors.pop(row_id, None)
        self._on_handled()
        if outgoing is not None:
            await self._speaker.speak(outgoing)

    def handle(
        self, row_id: int, arrival: Arrival | None, file: SentFile | None, download_failed: bool
    ) -> Outgoing | None:
        """The transaction. Returns what is to be said; None when there is nothing, or it was handled before."""
        with self._store.transaction() as s:
            row = find_unhandled(s, row_id)
            if row is None:
                return None
            now = self._clock.now()
            answer, address = reply(), None
            if arrival is not None:
                advance_or_note(s, self._rooms, self._house, now)
                request = self._request(s, row, arrival, file, download_failed)
                answer = self._answer(request, arrival)
                address = self._address(request, arrival)
                self._note_turned(s, address, answer, now)
            row.handled_at, row.raw, row.error = now, None, None
            outgoing = None
            if address is not None and (answer.actions or address.callback_id is not None):
                assert row.id is not None
                row.reply = pack_outgoing(address, answer)
                outgoing = Outgoing(row.id, row.chat_key, address, answer)
            else:
                row.replied_at = now
            s.add(row)
        return outgoing

    def _request(
        self, s: Session, row: InboxRow, arrival: Arrival, file: SentFile | None, download_failed: bool
    ) -> Request:
        officer: Officer | None = None
        if not arrival.is_group:
            found = find_officer_of_chat(s, row.chat_key)
            if found is not None:
                officer, account = found
                if account.blocked_at is not None and arrival.bot_is is None:
                    with working(s, self._house, self._clock.now()) as work:
                        note_reached(work, officer)  # who writes can be written to
        return Request(
            work=Work(s, self._house, self._clock.now(), officer, arrival.update_id),
            chat_id=arrival.chat_id,
            chat_key=row.chat_key,
            message_id=arrival.message_id,
            text=arrival.text,
            press=arrival.press,
            file=file,
            location=arrival.location,
            download_failed=download_failed,
            message_sent_at=arrival.sent_at,
            received_at=row.received_at,
            is_group=arrival.is_group,
            is_forward=arrival.is_forward,
            is_edit=arrival.is_edit,
            kind=arrival.kind,
        )

    def _answer(self, request: Request, arrival: Arrival) -> Reply:
        if arrival.is_group:
            return self._answer_group(request, arrival)
        if arrival.bot_is is not None:
            if request.officer is not None and arrival.bot_is in BOT_IS_HERE:
                note_reached(request.work, request.officer)
            elif request.officer is not None:
                note_unreachable(request.work, request.officer)
            settle(request.work)
            return reply()
        try:
            # A refusal takes back what the handler wrote, not what `advance` did.
            with request.session.begin_nested():
                answer = self._rooms.route(request)
                settle(request.work)
                return answer
        except (RuleError, ButtonError) as error:
            request.work.forget()
            return self._rooms.refuse(request, error)

    def _answer_group(self, request: Request, arrival: Arrival) -> Reply:
        """One sentence in a group, then out: Telegram tells of an invitation twice, people go on talking."""
        told = request.session.get(StrangerVisit, request.chat_key)
        if arrival.bot_is is not None and arrival.bot_is not in BOT_IS_HERE:
            if told is not None:
                request.session.delete(told)
            return reply()
        if arrival.service:
            return reply()
        if told is not None:
            return reply()  # it has left, or is about to: who speaks meanwhile gets no second answer
        request.session.add(StrangerVisit(chat_key=request.chat_key, refused_at=request.now))
        return self._rooms.route(request)

    def _address(self, request: Request, arrival: Arrival) -> Address:
        officer_id = request.officer.id if request.officer is not None else None
        topic = None
        if officer_id is not None:
            row = request.session.get(Conversation, officer_id)
            topic = row.topic if row is not None else None
        tapped_id = arrival.message_id if arrival.kind == "button" else None
        return Address(
            arrival.chat_id, arrival.callback_id, tapped_id, officer_id, topic, by=self._speaker.owner
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

    async def _fetch(self, bot: Bot, arrival: Arrival | None) -> tuple[SentFile | None, bool]:
        """Download what was sent if it is an answer; (None, True) when that failed."""
        if arrival is None or arrival.attachment is None or arrival.is_group:
            return None, False
        if not await asyncio.to_thread(self._is_expected, arrival):
            return None, False
        found = arrival.attachment
        if (found.size_bytes or 0) > FILE_MAX_BYTES:
            return None, True
        try:
            async with asyncio.timeout(FILE_WITHIN_S):
                return await _download(bot, found), False
        except (TelegramError, TimeoutError) as error:
            log.warning("a file of update %d was not fetched: %s", arrival.update_id, type(error).__name__)
            return None, True

    def _is_expected(self, arrival: Arrival) -> bool:
        chat_key = self._store.keyring.fingerprint(str(arrival.chat_id), "chat")
        with self._store.reading() as s:
            found = find_officer_of_chat(s, chat_key)
            return found is not None and self._rooms.expects_file(s, found[0])


async def _download(bot: Bot, found: Attachment) -> SentFile:
    file = await bot.get_file(found.file_id)
    content = await file.download_as_bytearray()
    if len(content) > FILE_MAX_BYTES:
        raise TimeoutError
    return SentFile(bytes(content), found.mime, found.name, found.photo)
