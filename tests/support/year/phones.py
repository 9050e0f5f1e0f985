"""The officers' phones, and a Telegram that fails as it does: before a message arrives, or after it has."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, select
from telegram.error import Forbidden, NetworkError, RetryAfter, TimedOut

from bot.clock import Now
from bot.sender import Address, Push, Shown, TelegramSender
from handlers.ui.request import Action, Edit, Say, SendFile
from sop_flows.core.work import Institution
from storage.engine import Store
from storage.tables import Reminder, ReminderState
from tests.support.year.arrivals import why_wrong

# What becomes of one message: it arrives and that is known; it does not; it does and nobody hears of it.
Fate = Literal["unreachable", "slow down", "lost answer", "killed before", "killed after"]
LATENCIES_S = (0.05, 0.2, 0.01, 0.4)  # one after the other: messages of one wake overtake each other


class Killed(BaseException):
    """SIGKILL: nothing below may catch it."""


@dataclass
class Message:
    """What lies on a phone. `rows`: the reminders that were claimed for the officer when it arrived."""

    id: int
    officer_id: int
    at: datetime
    text: str
    rows: tuple[int, ...]
    is_lost: bool = False  # nobody was told that it arrived
    is_picture: bool = False  # of a board above a list: the row knows the list alone


class Phones(TelegramSender):
    """Stands where PTB stands: takes an action, and answers or raises as Telegram does.

    Attributes:
        fates: of the next messages; after them all goes well.
        blocked: officers who have blocked the bot.
        wrong: what arrived and should not have, a sentence each.
    """

    def __init__(self, store: Store, house: Institution, clock: Now) -> None:
        self._store, self._house, self._clock = store, house, clock
        self.messages: list[Message] = []
        self.fates: deque[Fate] = deque()
        self.blocked: set[int] = set()
        self.wrong: list[str] = []
        self._count = 0

    async def carry_out(self, action: Action, address: Address, push: Push | None = None) -> Shown | None:
        """As `TelegramSender.carry_out`."""
        if not isinstance(action, Say | Edit | SendFile):
            return None
        fate = self.fates.popleft() if self.fates else None
        self._count += 1
        await asyncio.sleep(LATENCIES_S[self._count % len(LATENCIES_S)])
        if address.chat_id in self.blocked:
            raise Forbidden("bot was blocked by the user")
        if fate == "killed before":
            raise Killed
        if fate == "unreachable":
            raise NetworkError("Bad Gateway")
        if fate == "slow down":
            raise RetryAfter(timedelta(seconds=17))
        message_id = self._arrives(action, address.chat_id)
        if fate == "killed after":
            raise Killed
        if fate == "lost answer":
            if not isinstance(action, Edit):
                self.messages[-1].is_lost = True
            raise TimedOut("the answer did not come")
        await asyncio.sleep(LATENCIES_S[self._count % len(LATENCIES_S)])
        return Shown(message_id, None)

    def _arrives(self, action: Say | Edit | SendFile, officer_id: int) -> int:
        now = self._clock.now()
        with self._store.reading() as s:
            rows = s.exec(
                select(Reminder)
                .where(
                    Reminder.officer_id == officer_id,
                    Reminder.state == ReminderState.PENDING,
                    col(Reminder.claimed_epoch).is_not(None),
                )
                .order_by(col(Reminder.id))
            ).all()
            self.wrong += why_wrong(s, self._house, officer_id, rows, now, is_edit=isinstance(action, Edit))
        if isinstance(action, Edit) and action.message_id is not None:
            return action.message_id
        message_id = 1000 + len(self.messages)
        ids = tuple(row.id or 0 for row in rows)
        text = action.caption if isinstance(action, SendFile) else action.text
        is_picture = isinstance(action, SendFile)
        self.messages.append(Message(message_id, officer_id, now, text, ids, is_picture=is_picture))
        return message_id

    def note_lost(self) -> list[Message]:
        """The messages that arrived and that no row knows of, marked as such; new ones only."""
        with self._store.reading() as s:
            known = set(s.exec(select(Reminder.message_id).where(Reminder.state == ReminderState.SENT)).all())
        found = [one for one in self.messages if not (one.is_lost or one.is_picture) and one.id not in known]
        for one in found:
            one.is_lost = True
        return found
