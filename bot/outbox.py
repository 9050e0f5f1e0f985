"""Says replies after the commit: per officer in order, retried later when Telegram says so, never lost.

That it was said is written with the next commit, whatever that is for.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from telegram.error import TelegramError

from bot.logs import place_of
from bot.owned_unit import OwnedUnit
from bot.sender import (
    MakerError,
    Shown,
    StoredReply,
    TelegramSender,
    doubles,
    is_visible,
    pack_reply,
    unpack_reply,
)
from bot.telegram_errors import consequence_of
from handlers.ui import conversation
from handlers.ui.request import Action, LeaveChat, Reply, Say, SendFile, SendPin, Toast, shown_by
from handlers.ui.words import _
from sop_flows.actions.people.unreachable import note_unreachable
from sop_flows.core.notices import read_payload
from sop_flows.notifications.notices import hide_later
from sop_flows.notifications.planning import settle
from storage.engine import NotOwnerError
from storage.queries.accounts import find_officer_of_chat
from storage.queries.messages import list_unreplied_ids, note_rest, note_said
from storage.queries.shown import note_named
from storage.tables import Conversation, InboxRow
from storage.types import UnsealError

TRIED_AGAIN_S = 10.0  # when the database can't be written; the next commit takes it along in any case
NOTED_WITHIN_S = 0.2  # after it was said; a kill before that says it again

log = logging.getLogger(__name__)


@dataclass
class _Said:
    """How far a reply has come. `wait_s` is set when the rest has to wait."""

    rest: tuple[Action, ...] = ()
    wait_s: float | None = None
    error: str | None = None
    blocked: bool = False
    card_id: int | None = None  # the message that is the card of the conversation
    last: Shown | None = None  # what the officer sees last of it
    hides: list[tuple[int, dict[str, Any]]] = field(
        default_factory=list
    )  # messages, with what hides each again
    shown: list[tuple[int, bool]] = field(
        default_factory=list
    )  # messages that stay, and whether it is a file


class ReplyOutbox:
    """One lane per chat: what could not be said yet stays in front of what comes after it.

    Args:
        sleep: waits real seconds; a test gives its own.
    """

    def __init__(
        self, unit: OwnedUnit, sender: TelegramSender, sleep: Callable[[float], Awaitable[object]]
    ) -> None:
        self._unit = unit
        self._sender = sender
        self._sleep = sleep
        self._lanes: dict[str, deque[StoredReply]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None  # held, or the loop might drop it
        self._writing = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop  # set at the start

    async def send(self, stored: StoredReply) -> None:
        """Say it now, or leave it in its lane when something before it waits. Never raises TelegramError."""
        lane = self._lanes.setdefault(stored.chat_key, deque())
        lane.append(stored)
        if len(lane) == 1:
            wait_s = await self._drain(stored.chat_key, 1)
            if wait_s is not None:
                self._wait(stored.chat_key, wait_s)

    async def resume(self) -> int:
        """At start: put what the last process did not say into its lanes; returns how many replies there were."""
        self._loop = asyncio.get_running_loop()
        left = await asyncio.to_thread(self._load)
        for stored in left:
            self._lanes.setdefault(stored.chat_key, deque()).append(stored)
        for chat_key in {stored.chat_key for stored in left}:
            self._wait(chat_key, 0.0)
        return len(left)

    async def finish(self) -> None:
        """Return when everything is said and noted: for tests."""
        while self._waiting:
            await asyncio.gather(*self._waiting.values())
        await self._note_the_rest()

    async def stop(self) -> None:
        """Stop waiting; what is not said is said at the next start."""
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._note_the_rest()

    async def _note_the_rest(self) -> None:
        await asyncio.sleep(0)  # what another thread has said to the loop is heard first
        await self._write_now()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _load(self) -> list[StoredReply]:
        found = []
        with self._unit.store.reading() as s:
            for row_id in list_unreplied_ids(s):
                try:
                    row = s.get_one(InboxRow, row_id)
                    found.append(self._under_present_key(unpack_reply(row_id, row.chat_key, row.reply or [])))
                except (UnsealError, ValueError, TypeError, KeyError) as error:  # it stops no other
                    log.error("the reply %s can't be read: %s", code_of(row_id), place_of(error))
        return found

    def _under_present_key(self, stored: StoredReply) -> StoredReply:
        chat_id = str(stored.address.chat_id)
        return replace(stored, chat_key=self._unit.store.keyring.fingerprint(chat_id, "chat"))

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
            stored = lane[0]
            try:
                said = await self._say(stored, attempt)
            except Exception as error:  # a fault of ours: for doctor, and the lane goes on
                log.error("reply of row %d: %s", stored.row_id, place_of(error))
                said = _Said(error=place_of(error))
                await self._apologise(stored)
            self.note_later(stored, said)
            if said.wait_s is not None:
                lane[0] = stored.with_rest(said.rest)
                return said.wait_s
            lane.popleft()
        del self._lanes[chat_key]
        return None

    async def _say(self, stored: StoredReply, attempt: int) -> _Said:
        actions = stored.reply.actions
        toast = next((a for a in actions if isinstance(a, Toast)), Toast())
        rest = tuple(a for a in actions if not isinstance(a, Toast))
        silent = not any(is_visible(a) for a in rest)
        answered, said = await asyncio.gather(
            self._answer(stored, toast, silent), self._say_rest(stored, rest, attempt)
        )
        if answered is None:
            return said
        if said.wait_s is None:
            return answered
        return _Said(rest=answered.rest + said.rest, wait_s=max(said.wait_s, answered.wait_s or 0.0))

    async def _answer(self, stored: StoredReply, toast: Toast, alone: bool) -> _Said | None:
        """Answer the tap. When it waits no longer and the toast was all there is, it becomes a message."""
        if stored.address.callback_id is None and not toast.text:
            return None
        try:
            if await self._sender.answer(toast, stored.address) or not (alone and toast.text):
                return None
            return await self._say_rest(stored, (Say(toast.text),), 1)
        except TelegramError as error:
            consequence = consequence_of(error, 1)
            if not (alone and toast.text) or consequence.kind != "later":
                return None
            return _Said(rest=(Say(toast.text),), wait_s=consequence.wait_s)

    async def _say_rest(self, stored: StoredReply, actions: tuple[Action, ...], attempt: int) -> _Said:
        said = _Said()
        for position, action in enumerate(actions):
            if said.blocked and not isinstance(action, LeaveChat):
                continue
            try:
                shown = await self._sender.carry_out(action, stored.address)
            except MakerError as error:
                said.error = place_of(error.__cause__ or error)
                await self._apologise(stored)
                continue
            except TelegramError as error:
                consequence = consequence_of(error, attempt)
                if consequence.kind == "later":
                    log.warning(
                        "reply of row %d waits %.0f s: %s",
                        stored.row_id,
                        consequence.wait_s,
                        consequence.words,
                    )
                    said.rest, said.wait_s = actions[position:], consequence.wait_s
                    return said
                said.error = consequence.words
                said.blocked = consequence.kind == "blocked"
                if consequence.kind == "refused" and is_visible(action):
                    log.error("reply of row %d refused: %s", stored.row_id, consequence.words)
                    await self._apologise(stored)
                continue
            said.last = shown or said.last
            if getattr(action, "card", False) and shown is not None:
                said.card_id = shown.message_id
            hides, is_file = getattr(action, "hides", None), isinstance(action, SendFile | SendPin)
            if shown is not None and hides is not None:
                said.hides.append((shown.message_id, hides))
            if shown is not None and not (hides and is_file):  # that one is gone in minutes
                said.shown.append((shown.message_id, is_file))
            if doubles(action) and position + 1 < len(actions) and not stored.is_look:
                done = replace(said, rest=actions[position + 1 :], wait_s=0.0)
                done.hides, done.shown = list(said.hides), list(said.shown)
                said.hides.clear()
                said.shown.clear()
                self.note_later(stored, done)
                await self._write_now()
        return said

    async def _apologise(self, stored: StoredReply) -> None:
        """The answer itself can't be shown: never silence."""
        sentence = _("Your message was received, but I can not show the answer (code {code}).")
        try:
            await self._sender.carry_out(Say(sentence.format(code=code_of(stored.row_id))), stored.address)
        except Exception as error:  # an apology must not stop what comes after it
            log.warning("apology for row %d: %s", stored.row_id, type(error).__name__)

    def note_later(self, stored: StoredReply, said: _Said | None = None) -> None:
        """How far the reply has come (None: there is nothing to say) is written with the next commit, soon at least."""
        said = said or _Said()
        address = stored.address
        is_told = address.officer_id is not None and (said.card_id is not None or address.asked is not None)
        key = stored.chat_key if is_told else ""
        self._unit.store.later(key, lambda s: self._note(s, stored, said))
        self._loop.call_soon_threadsafe(self._write_soon)

    def _write_soon(self, within_s: float = NOTED_WITHIN_S) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(within_s, self._write_in_a_task)

    def _write_in_a_task(self) -> None:
        self._timer = None
        if self._unit.store.owes_writing:
            self._task = asyncio.create_task(self._write_now())

    async def _write_now(self) -> None:
        """What is said and not noted is said again at the next start."""
        async with self._writing:
            if self._unit.store.is_lost or not self._unit.store.owes_writing:
                return
            try:
                with self._unit.priority.tap():
                    await asyncio.to_thread(self._unit.store.write_now)
            except (SQLAlchemyError, NotOwnerError) as error:
                log.error("what is said is not noted: %s", place_of(error))
                self._write_soon(
                    TRIED_AGAIN_S
                )  # a disk may be full for a night; that should not fill the log

    def _note(self, s: Session, stored: StoredReply, said: _Said) -> None:
        now, address = self._unit.now(), stored.address
        if said.wait_s is None:
            note_said(s, stored.row_id, now, said.error, _shown(stored, said))
        else:
            rest = stored.with_rest(said.rest)
            note_rest(s, stored.row_id, now, pack_reply(rest.address, Reply(said.rest)))
        if said.blocked:
            found = find_officer_of_chat(s, stored.chat_key)
            if found is not None:
                note_unreachable(self._unit.work(s, now), found[0])
        if address.named and said.shown and address.account_id is not None:
            note_named(s, address.account_id, address.named, said.shown, now)
        if said.hides and address.officer_id is not None:
            work = self._unit.work(s, now)
            for message_id, hides in said.hides:
                hide_later(work, address.officer_id, message_id, read_payload(hides))
            settle(work)
        if address.officer_id is None or (said.card_id is None and address.asked is None):
            return
        # Locked: answers that the officer's next update keeps must not be written over.
        talk = s.get(Conversation, address.officer_id, with_for_update=True)
        if talk is not None and talk.topic == address.topic:
            conversation.note_spoken(
                talk,
                address.asked,
                card_id=said.card_id,
                last_id=said.last.message_id if said.last is not None else None,
                at=said.last.at if said.last is not None else None,
                is_whole=said.error is None and not any(is_visible(action) for action in said.rest),
            )
            s.add(talk)


def _shown(stored: StoredReply, said: _Said) -> dict[str, Any] | None:
    """What the officer now sees of tasks, dated by Telegram; an edit that changed nothing is noted already."""
    shown = shown_by(stored.reply.actions)
    if shown is None or said.last is None or said.last.at is None:
        return None
    return shown.as_json(said.last.at)


def code_of(row_id: int) -> str:
    """The code that an officer can tell and doctor knows."""
    return f"P{row_id}"
