"""What is said without a row, because none can be written: to officers that what they sent waits, to admins why."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from telegram import Bot
from telegram.error import TelegramError

from bot.health import Kind
from bot.owned_unit import OwnedUnit
from handlers.pushes.notices import needs_a_look
from handlers.ui.words import _
from sop_flows.calendar.moments import after_quiet
from sop_flows.core.notices import NeedsALook
from sop_flows.staffing.roster import admins
from storage.engine import fault_of
from storage.queries.accounts import find_account_of, find_officer_of_chat, list_chats
from storage.types import UnsealError

AGAIN = timedelta(minutes=15)  # to one officer
ALARM_AGAIN = timedelta(hours=6)  # to the admins
SAID_WITHIN_S = 5.0  # all of them together: what failed is tried again meanwhile

log = logging.getLogger(__name__)


@dataclass
class Excuses:
    """Knows the officers' chats by heart: they are told even when the database can't be read any more."""

    unit: OwnedUnit
    bot: Bot
    _officers: frozenset[int] = frozenset()
    _admins: tuple[int, ...] = ()
    _told: dict[int, datetime] = field(default_factory=dict)
    _alarmed_at: datetime | None = None

    def learn(self, s: Session) -> None:
        """Who has which chat now."""
        found = [find_account_of(s, admin.id or 0) for admin in admins(self.unit.work(s))]
        self._admins = tuple(int(one.chat_id) for one in found if one is not None)
        self._officers = frozenset(list_chats(s))

    async def excuse(self, chat_ids: Sequence[int | None], error: BaseException) -> None:
        """Tell officers, each once in a while, that what they sent is not lost; and the admins why it waits.

        Strangers hear nothing. Whatever goes wrong with it is logged only.
        """
        fault, now = fault_of(error), self.unit.now()
        if fault is None:
            return
        try:
            async with asyncio.timeout(SAID_WITHIN_S):
                for chat_id in dict.fromkeys(chat_ids):
                    before = self._told.get(chat_id or 0)
                    is_told = before is not None and abs(now - before) < AGAIN
                    if chat_id is None or is_told or not await asyncio.to_thread(self._is_officer, chat_id):
                        continue
                    self._told[chat_id] = now
                    await self._say(chat_id, _not_stored())
                await self.alarm(error, at_night=True)
        except TimeoutError:
            log.warning("not everybody was told that nothing can be stored")

    async def alarm(self, error: BaseException, *, at_night: bool = False) -> None:
        """Tell the admins that the machine needs them, when it does."""
        fault, now = fault_of(error), self.unit.now()
        if fault is not None and (at_night or after_quiet(now, self.unit.institution.zone) == now):
            await self.tell_admins((Kind.DISK if fault.is_full else Kind.DATABASE,))

    async def tell_admins(self, kinds: Sequence[Kind]) -> None:
        """In their chats, without a row; when they were told so just now, that was enough."""
        now = self.unit.now()
        is_told = self._alarmed_at is not None and abs(now - self._alarmed_at) < ALARM_AGAIN
        if not kinds or is_told:
            return
        self._alarmed_at = now
        await asyncio.to_thread(self._learn_anew)
        for chat_id in self._admins:
            await self._say(chat_id, needs_a_look(NeedsALook(kinds=list(kinds))))

    async def _say(self, chat_id: int, words: str) -> None:
        try:
            await self.bot.send_message(chat_id, words)
        except TelegramError as error:
            log.warning("somebody could not be told of a fault: %s", type(error).__name__)

    def _learn_anew(self) -> None:
        try:
            with self.unit.store.reading() as s:
                self.learn(s)
        except (SQLAlchemyError, UnsealError):
            log.warning("who is told of a fault is known from before: the database can't be read")

    def _is_officer(self, chat_id: int) -> bool:
        chat_key = self.unit.store.keyring.fingerprint(str(chat_id), "chat")
        try:
            with self.unit.store.reading() as s:
                return find_officer_of_chat(s, chat_key) is not None
        except (SQLAlchemyError, UnsealError):
            return chat_id in self._officers


def _not_stored() -> str:
    return "\n".join(
        (
            _("⏳ Pandu can't store anything at the moment."),
            _(
                "What you sent is not lost: it is recorded and answered by itself as soon as that works again."
            ),
            _("Please don't send it once more. No answer by tomorrow? Then tell the admin what you sent."),
        )
    )
