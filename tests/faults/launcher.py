"""`python -m tests.faults.launcher run`: the real bot, which notes its phase in a black box and dies where told.

The product knows nothing of it: a few stable names are wrapped from outside. Each request to the Bot API says in a
header for which reminders or which row of the inbox it is, so that the test can count what arrived.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NoReturn

import httpx

import bot.clock
import bot.commands.run  # what the command would import only when it is called
import bot.receiver
import bot.wakeups
from bot.cli import main
from bot.delivery import ReminderDelivery
from bot.dispatcher import Dispatcher
from bot.outbox import ReplyOutbox
from bot.receiver import Inbox
from bot.sender import TelegramSender
from bot.workers import Gate
from handlers import routes
from storage.queries import dispatch
from storage.unit_lock import AdvisoryLock, FileLock
from tests.faults.black_box import BlackBox, Phase, Place

BOX = "PANDU_FAULTS_BLACK_BOX"
NUMBER = "PANDU_FAULTS_NUMBER"
HEADER = "x-said-for"
BY = "x-said-by"  # the number of the process
PR_SET_PDEATHSIG = 1  # of Linux; dies with the thread that started it, which is the test's own
TICK_S = 0.02  # the clock runs fast: what is due is looked for more often than once a second
KILLABLE = ("sendMessage", "editMessageText", "answerCallbackQuery")

_said_for: ContextVar[str] = ContextVar("said_for", default="")
_action: ContextVar[list[int]] = ContextVar("action")


def wrap(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put something around a function of the product."""
    setattr(owner, name, make(getattr(owner, name)))


def install(box: BlackBox) -> None:
    """Wrap what a tap and a reminder pass on their way."""

    def die() -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    def passes(place: Place) -> None:
        if box.is_hit(place):
            die()

    def taking(take: Any) -> Any:
        async def wrapped(self: Inbox, updates: Any) -> Any:
            if not updates:
                return await take(self, updates)
            with box.within(Phase.RECEIVE):
                passes(Place.RECEIVE_BEFORE)
                new = await take(self, updates)
                passes(Place.RECEIVE_AFTER)
                return new

        return wrapped

    def putting(put: Any) -> Any:
        def wrapped(*given: Any) -> Any:
            new = put(*given)
            passes(Place.RECEIVE_INSIDE)
            return new

        return wrapped

    def handling(handle: Any) -> Any:
        def wrapped(self: Gate, *given: Any) -> Any:
            with box.within(Phase.COMMIT):
                passes(Place.TAP_BEFORE)
                stored = handle(self, *given)
                passes(Place.TAP_AFTER)
                return stored

        return wrapped

    def routing(route: Any) -> Any:
        def wrapped(visit: Any) -> Any:
            answer = route(visit)
            visit.session.flush()
            passes(Place.TAP_INSIDE)
            return answer

        return wrapped

    def claiming(claim: Any) -> Any:
        def wrapped(self: Dispatcher, *given: Any) -> Any:
            with box.within(Phase.COMMIT):
                claimed = claim(self, *given)
                if claimed.batches:
                    passes(Place.CLAIM_AFTER)
                return claimed

        return wrapped

    def leasing(lease: Any) -> Any:
        def wrapped(s: Any, rows: Any, *given: Any) -> None:
            lease(s, rows, *given)
            if rows:
                s.flush()
                passes(Place.CLAIM_INSIDE)

        return wrapped

    def delivering(deliver: Any) -> Any:
        async def wrapped(self: ReminderDelivery, batch: Any, push: Any) -> Any:
            _said_for.set("r:" + ",".join(map(str, batch.ids)))
            _action.set([0])
            return await deliver(self, batch, push)

        return wrapped

    def saying(say: Any) -> Any:
        async def wrapped(self: ReplyOutbox, stored: Any, attempt: int) -> Any:
            _said_for.set(f"u:{stored.row_id}")
            _action.set([0])
            return await say(self, stored, attempt)

        return wrapped

    def carrying(carry_out: Any) -> Any:
        async def wrapped(self: TelegramSender, *given: Any) -> Any:
            _action.get([0])[0] += 1
            return await carry_out(self, *given)

        return wrapped

    def sending(send: Any) -> Any:
        async def wrapped(self: Any, request: httpx.Request) -> httpx.Response:
            request.headers[BY] = os.environ[NUMBER]
            method = request.url.path.rpartition("/")[2]
            if method == "getUpdates":
                return await send(self, request)  # type: ignore[no-any-return]
            if _said_for.get():
                request.headers[HEADER] = f"{_said_for.get()}:{_action.get()[0]}"
            with box.within(Phase.SEND):
                is_push = _said_for.get().startswith("r:")
                if method in KILLABLE:
                    passes(Place.PUSH_BEFORE if is_push else Place.REPLY_BEFORE)
                answer: httpx.Response = await send(self, request)
                if method in KILLABLE:
                    passes(Place.PUSH_AFTER if is_push else Place.REPLY_AFTER)
                return answer

        return wrapped

    def marking(before: Place, after: Place) -> Callable[[Any], Any]:
        def make(mark: Any) -> Any:
            def wrapped(self: Any, *given: Any) -> None:
                with box.within(Phase.MARK):
                    passes(before)
                    mark(self, *given)
                    passes(after)

            return wrapped

        return make

    def writing_down(write: Any) -> Any:
        def wrapped(*given: Any) -> None:
            write(*given)
            passes(Place.SENT_INSIDE)

        return wrapped

    def taking_the_unit(take: Any) -> Any:
        def wrapped(self: Any) -> bool:
            is_ours: bool = take(self)
            if not is_ours:
                box.note_standing_by()
            return is_ours

        return wrapped

    for lock in (FileLock, AdvisoryLock):
        wrap(lock, "take", taking_the_unit)
    wrap(Inbox, "take", taking)
    wrap(bot.receiver, "put_updates", putting)
    wrap(Gate, "handle", handling)
    wrap(routes, "route", routing)
    wrap(Dispatcher, "_claim", claiming)
    wrap(dispatch, "lease_rows", leasing)
    wrap(ReminderDelivery, "_deliver", delivering)
    wrap(ReplyOutbox, "_say", saying)
    wrap(TelegramSender, "carry_out", carrying)
    wrap(httpx.AsyncHTTPTransport, "handle_async_request", sending)
    wrap(ReminderDelivery, "_sent", marking(Place.SENT_BEFORE, Place.SENT_AFTER))
    wrap(ReplyOutbox, "_note", marking(Place.REPLIED_BEFORE, Place.REPLIED_AFTER))
    wrap(dispatch, "mark_sent", writing_down)


def end_with_the_test() -> None:
    """Whatever becomes of the test, no bot is left behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    end_with_the_test()
    bot.clock.LOOK_EVERY_S = 0.0  # the clock is exactly the simulator's
    bot.wakeups.TICK_S = TICK_S
    install(BlackBox(Path(os.environ[BOX])))
    sys.stdin.readline()  # everything is imported: the next bot waits here while this one lives
    main()
