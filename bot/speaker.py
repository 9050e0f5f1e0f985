"""Says replies after the commit: per officer in order, retried later when Telegram says so, never lost."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from telegram.error import TelegramError

from bot.clock import Now
from bot.leases import is_dead, is_of_this_machine, new_owner
from bot.logs import place_of
from bot.outgoing import Outgoing, doubles, is_visible, pack_outgoing, unpack_outgoing
from bot.precedence import Precedence
from bot.trouble import trouble_of
from bot.voice import MakerError, Voice
from handlers.ui.reply import Action, LeaveChat, Reply, Say, Toast
from handlers.ui.texts import _
from sop_flows.actions.people.unreachable import note_unreachable
from sop_flows.core.institution import Institution
from sop_flows.notifications.settle import working
from storage.engine import Store
from storage.queries.accounts import find_officer_of_chat
from storage.queries.inbox import list_unreplied
from storage.tables import Conversation, InboxRow

FAR_OWNER_WITHIN = timedelta(minutes=10)  # whether a process of another machine has died can't be asked

log = logging.getLogger(__name__)


@dataclass
class _Said:
    """How far a reply has come. `wait_s` is set when the rest has to wait."""

    rest: tuple[Action, ...] = ()
    wait_s: float | None = None
    error: str | None = None
    blocked: bool = False
    card_id: int | None = None


class Speaker:
    """One lane per chat: what could not be said yet stays in front of what comes after it.

    Args:
        sleep: waits real seconds; a test gives its own.
    """

    def __init__(
        self,
        store: Store,
        house: Institution,
        clock: Now,
        voice: Voice,
        precedence: Precedence,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._voice = voice
        self._precedence = precedence
        self._sleep = sleep
        self.owner = new_owner()
        self._lanes: dict[str, deque[Outgoing]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}

    async def speak(self, outgoing: Outgoing) -> None:
        """Say it now, or leave it in its lane when something before it waits. Never raises TelegramError."""
        lane = self._lanes.setdefault(outgoing.chat_key, deque())
        lane.append(outgoing)
        if len(lane) == 1:
            wait_s = await self._drain(outgoing.chat_key, 1)
            if wait_s is not None:
                self._wait(outgoing.chat_key, wait_s)

    async def resume(self) -> int:
        """Put what a process that has died did not say into its lanes; returns how many replies there were."""
        left = await asyncio.to_thread(self._load)
        for outgoing in left:
            self._lanes.setdefault(outgoing.chat_key, deque()).append(outgoing)
        for chat_key in {outgoing.chat_key for outgoing in left}:
            self._wait(chat_key, 0.0)
        return len(left)

    async def finish(self) -> None:
        """Return when everything is said: for tests."""
        while self._waiting:
            await asyncio.gather(*self._waiting.values())

    async def stop(self) -> None:
        """Stop waiting; what is not said is said at the next start."""
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _load(self) -> list[Outgoing]:
        """What is unsaid and nobody's any more: it is ours from now on, so that no third one takes it too."""
        with self._store.reading() as s:
            if not any(self._is_orphan(row) for row in list_unreplied(s)):
                return []
        taken = []
        with self._store.transaction() as s:
            for row in list_unreplied(s, lock=True):
                if row.id is None or not row.reply or not self._is_orphan(row):
                    continue
                left = unpack_outgoing(row.id, row.chat_key, row.reply)
                mine = replace(left, address=replace(left.address, by=self.owner))
                row.reply = pack_outgoing(mine.address, mine.reply)
                s.add(row)
                taken.append(mine)
        return taken

    def _is_orphan(self, row: InboxRow) -> bool:
        owner = str(row.reply[0].get("by") or "") if row.reply else ""
        if owner == self.owner:
            return False
        far = bool(owner) and not is_of_this_machine(owner)
        waited = self._clock.now() - (row.handled_at or row.received_at)
        return not owner or is_dead(owner, self.owner) or (far and waited > FAR_OWNER_WITHIN)

    def _wait(self, chat_key: str, wait_s: float) -> None:
        if chat_key not in self._waiting:
            task = asyncio.create_task(self._keep_trying(chat_key, wait_s))
            self._waiting[chat_key] = task
            task.add_done_callback(lambda _task: self._waiting.pop(chat_key, None))

    async def _keep_trying(self, chat_key: str, wait_s: float) -> None:
        attempt = 2
        pause: float | None = wait_s
        while pause is not None:
            await self._sleep(pause)
            pause = await self._drain(chat_key, attempt)
            attempt += 1

    async def _drain(self, chat_key: str, attempt: int) -> float | None:
        """Say what is in the lane; returns the seconds after which to go on, None when it is empty."""
        lane = self._lanes[chat_key]
        while lane:
            outgoing = lane[0]
            try:
                said = await self._say(outgoing, attempt)
            except Exception as error:  # a fault of ours: for doctor, and the lane goes on
                log.error("reply of row %d: %s", outgoing.row_id, place_of(error))
                said = _Said(error=place_of(error))
                await self._apologise(outgoing)
            try:
                with self._precedence.tap():
                    await asyncio.to_thread(self._note, outgoing, said)
            except SQLAlchemyError as error:  # the row stays unreplied: it is said again at the next start
                log.error("reply of row %d is said but not noted: %s", outgoing.row_id, place_of(error))
            if said.wait_s is not None:
                lane[0] = outgoing.with_rest(said.rest)
                return said.wait_s
            lane.popleft()
        del self._lanes[chat_key]
        return None

    async def _say(self, outgoing: Outgoing, attempt: int) -> _Said:
        actions = outgoing.reply.actions
        toast = next((a for a in actions if isinstance(a, Toast)), Toast())
        rest = tuple(a for a in actions if not isinstance(a, Toast))
        silent = not any(is_visible(a) for a in rest)
        answered, said = await asyncio.gather(
            self._answer(outgoing, toast, silent), self._say_rest(outgoing, rest, attempt)
        )
        if answered is None:
            return said
        if said.wait_s is None:
            return answered
        return _Said(rest=answered.rest + said.rest, wait_s=max(said.wait_s, answered.wait_s or 0.0))

    async def _answer(self, outgoing: Outgoing, toast: Toast, alone: bool) -> _Said | None:
        """Answer the tap. When it waits no longer and the toast was all there is, it becomes a message."""
        if outgoing.address.callback_id is None and not toast.text:
            return None
        try:
            if await self._voice.answer(toast, outgoing.address) or not (alone and toast.text):
                return None
            return await self._say_rest(outgoing, (Say(toast.text),), 1)
        except TelegramError as error:
            trouble = trouble_of(error, 1)
            if not (alone and toast.text) or trouble.kind != "later":
                return None
            return _Said(rest=(Say(toast.text),), wait_s=trouble.wait_s)

    async def _say_rest(self, outgoing: Outgoing, actions: tuple[Action, ...], attempt: int) -> _Said:
        said = _Said()
        for position, action in enumerate(actions):
            if said.blocked and not isinstance(action, LeaveChat):
                continue
            try:
                shown = await self._voice.carry_out(action, outgoing.address)
            except MakerError as error:
                said.error = place_of(error.__cause__ or error)
                await self._apologise(outgoing)
                continue
            except TelegramError as error:
                trouble = trouble_of(error, attempt)
                if trouble.kind == "later":
                    log.warning(
                        "reply of row %d waits %.0f s: %s", outgoing.row_id, trouble.wait_s, trouble.words
                    )
                    said.rest, said.wait_s = actions[position:], trouble.wait_s
                    return said
                said.error = trouble.words
                said.blocked = trouble.kind == "blocked"
                if trouble.kind == "refused" and is_visible(action):
                    log.error("reply of row %d refused: %s", outgoing.row_id, trouble.words)
                    await self._apologise(outgoing)
                continue
            if getattr(action, "card", False):
                said.card_id = shown
            if doubles(action) and position + 1 < len(actions):
                done = _Said(rest=actions[position + 1 :], wait_s=0.0, card_id=said.card_id)
                try:
                    await asyncio.to_thread(self._note, outgoing, done)
                except SQLAlchemyError as error:  # at worst this one is said twice after a kill
                    log.error("reply of row %d: %s", outgoing.row_id, place_of(error))
        return said

    async def _apologise(self, outgoing: Outgoing) -> None:
        """The answer itself can't be shown: never silence."""
        sentence = _("Your message was received, but I can not show the answer (code {code}).")
        try:
            await self._voice.carry_out(Say(sentence.format(code=code_of(outgoing.row_id))), outgoing.address)
        except Exception as error:  # an apology must not stop what comes after it
            log.warning("apology for row %d: %s", outgoing.row_id, type(error).__name__)

    def _note(self, outgoing: Outgoing, said: _Said) -> None:
        """Write down how far the reply has come."""
        with self._store.transaction() as s:
            row = s.get(InboxRow, outgoing.row_id)
            now = self._clock.now()
            if row is not None:
                if said.wait_s is None:
                    row.reply, row.replied_at = None, now
                    row.error = said.error or row.error
                else:
                    rest = outgoing.with_rest(said.rest)
                    row.reply = pack_outgoing(rest.address, Reply(said.rest))
                s.add(row)
            if said.blocked:
                found = find_officer_of_chat(s, outgoing.chat_key)
                if found is not None:
                    with working(s, self._house, now) as work:
                        note_unreachable(work, found[0])
            if said.card_id is not None and outgoing.address.officer_id is not None:
                card = s.get(Conversation, outgoing.address.officer_id)
                if card is not None and card.topic == outgoing.address.topic:
                    card.card_message_id, card.card_shown_at = said.card_id, now
                    s.add(card)


def code_of(row_id: int) -> str:
    """The code that an officer can tell and doctor knows."""
    return f"P{row_id}"
