"""The running bot: every part of the process, wired by arguments; steppable for tests."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError
from telegram.request import BaseRequest, HTTPXRequest

from bot.app import add_handlers, build_application
from bot.backups import Backups
from bot.clock import MACHINE, real_now
from bot.daily_look import DailyLook
from bot.dispatcher import Dispatcher
from bot.excuses import Excuses
from bot.file_makers import MADE_APART, file_makers
from bot.file_process import FileProcess, apart
from bot.logs import place_of
from bot.outbox import ReplyOutbox
from bot.owned_unit import OwnedUnit
from bot.owner import until_one_ends
from bot.receiver import ALLOWED_UPDATES, BATCH, Inbox, Receiver, TokenRefusedError
from bot.sender import Rate, RateLimiter, TelegramSender
from bot.settings import SettingsError
from bot.wakeups import Wakeups
from bot.workers import Gate, Workers
from sop_flows.declarations.papers import FOLDER as PAPERS
from storage.contents import drop_let_go
from storage.engine import NotOwnerError
from storage.queries.bot_name import remember_bot_name
from storage.queries.messages import delete_old

FINISH_WITHIN_S = 3.0  # what is in hand at SIGTERM; the process ends within five seconds
CONNECTIONS = 64  # to Telegram at once
SWEEP_EVERY_S = 24 * 3600.0  # old answered updates
HEAR_WITHIN_S = 10.0  # after an outage, before the first reminder
LOOK_EVERY_S = 5.0  # whether another day has begun
ASK_EVERY_S = 3600.0  # for Telegram's time: by webhook nothing else tells it
LOOK_PAUSE_S = 600.0  # after a failure
START_PAUSE_S = 3.0  # between tries to reach Telegram at start

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """How to reach Telegram.

    Attributes:
        transport: None for the network; a test gives the simulator's ASGI transport.
        tells_time: the dates of its answers put the machine's clock right; not where the simulator moves time.
    """

    token: str
    base_url: str
    transport: httpx.AsyncBaseTransport | None = None
    tells_time: bool = False

    def request(self) -> BaseRequest:
        """For PTB's Bot."""
        extra = {} if self.transport is None else {"transport": self.transport}
        return HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=10.0, httpx_kwargs=extra)


@dataclass(frozen=True)
class Waits:
    """How the process waits; tests don't.

    Attributes:
        apart: whether files are made by a process of their own.
    """

    rate: Rate = field(default_factory=Rate)
    retry: Callable[[float], Awaitable[object]] = asyncio.sleep
    apart: bool = True


class Runtime:
    """Application, receiver, workers, outbox, dispatcher. `run()` runs it; a test calls `open()` and then steps it."""

    def __init__(self, unit: OwnedUnit, line: Line, waits: Waits | None = None) -> None:
        waits = waits or Waits()
        self.unit = unit
        self.line = line
        limiter = RateLimiter(waits.rate, unit.priority)
        self.application = build_application(line.token, line.base_url, limiter, line.request())
        self.bot = self.application.bot
        self._files = FileProcess()
        made = apart(self._files) if waits.apart else MADE_APART
        folder = unit.institution.pack.folder
        papers = None if folder is None else folder / PAPERS
        sender = TelegramSender(self.bot, file_makers(unit.institution.cabinet, made, papers))
        self.outbox = ReplyOutbox(unit, sender, waits.retry)
        self.dispatcher = Dispatcher(unit, sender)
        self.excuses = Excuses(unit, self.bot)
        self.wakeups = Wakeups(self.dispatcher, unit, self.excuses)
        self.backups = None if unit.backups is None else Backups(unit, unit.backups)
        self.gate = Gate(unit, self.outbox, self.wakeups.poke.set)
        self.workers = Workers(
            unit, self.bot, self.gate, self.outbox, self.application.process_update, self.excuses
        )
        self.inbox = Inbox(unit.store, unit.clock, unit.priority, self.workers.add, self.excuses.excuse)
        self._client = httpx.AsyncClient(transport=line.transport)
        self._hears_date = MACHINE.hears if line.tells_time else lambda _date: None
        self.receiver = Receiver(self._client, line.base_url, line.token, self.inbox, self._hears_date)
        add_handlers(self.application, self.gate)

    async def open(self) -> None:
        """Take the unit and what its last owner left, reach Telegram once. Raises TokenRefusedError."""
        await self._take_unit()
        await self._reach()
        await self._take_over()

    async def _reach(self) -> None:
        """Only Telegram's own words refuse a token: a proxy that is still starting says 404 too."""
        try:
            await self.application.initialize()
        except InvalidToken as error:
            if await self._is_token_refused():
                raise TokenRefusedError from error
            raise NetworkError("no Bot API answers there") from error
        await self._ask_date()

    async def _ask_date(self) -> None:
        """Before anything comes due by a clock that may be days off, and once an hour."""
        if not self.line.tells_time:
            return
        with contextlib.suppress(httpx.HTTPError):
            answer = await self._client.post(f"{self.line.base_url}/bot{self.line.token}/getMe")
            if answer.is_success:
                self._hears_date(answer.headers.get("date", ""))

    async def _is_token_refused(self) -> bool:
        try:
            answer = await self._client.post(f"{self.line.base_url}/bot{self.line.token}/getMe")
            said = answer.json()
        except (httpx.HTTPError, ValueError):
            return False
        return isinstance(said, dict) and said.get("ok") is False and said.get("error_code") in (401, 404)

    async def _take_unit(self) -> None:
        """From now on no former owner writes. It may still be in a transaction: that is waited for."""
        while True:
            try:
                return await asyncio.to_thread(self.unit.store.take_unit, real_now())
            except OperationalError as error:
                log.warning("the unit can't be taken yet (%s), trying again", type(error).__name__)
                await asyncio.sleep(START_PAUSE_S)

    async def _take_over(self) -> None:
        await asyncio.to_thread(self._remember_name)
        await asyncio.to_thread(self._learn_chats)
        await self.dispatcher.start()
        await self.outbox.resume()
        await self.workers.load()

    def _learn_chats(self) -> None:
        with self.unit.store.reading() as s:
            self.excuses.learn(s)

    def _remember_name(self) -> None:
        """For the links of invitations that are made in chat."""
        with self.unit.store.transaction() as s:
            remember_bot_name(s, self.bot.username, self.unit.now())

    async def run(self, webhook: tuple[str, str] | None = None) -> None:
        """Serve until cancelled: workers and dispatcher, and polling unless `webhook` (URL, secret) is given.

        Raises:
            TokenRefusedError: Telegram doesn't know the token.
            SettingsError: Telegram refuses WEBHOOK_URL.
            NotOwnerError: another process has taken the unit.
        """
        await self._take_unit()
        while True:
            try:
                await self._reach()
                await self._choose_way(webhook)
                break
            except TelegramError as error:
                log.warning("Telegram can't be reached yet (%s), trying again", type(error).__name__)
                await asyncio.sleep(START_PAUSE_S)
        await self._take_over()
        await self._hear_first(polls=webhook is None)
        log.info("running: %s", "polling" if webhook is None else "webhook")
        if self.backups is not None:
            self.backups.start()
        receiving = () if webhook is not None else (self.receiver.run(),)
        await until_one_ends(
            self.workers.run(), self.wakeups.run(), self._sweep_forever(), self._look_forever(), *receiving
        )

    async def _hear_first(self, *, polls: bool) -> None:
        """Handle what was typed and tapped while nobody listened: nobody is reminded of what they have done.

        Raises TokenRefusedError. Whatever else stands in the way, reminders wait HEAR_WITHIN_S at most.
        """
        with contextlib.suppress(TimeoutError, httpx.HTTPError, SQLAlchemyError):
            async with asyncio.timeout(HEAR_WITHIN_S):
                while polls and await self.receiver.poll_once(wait_s=0) >= BATCH:
                    pass
                await self.workers.work_until_idle()

    async def stop(self) -> None:
        """Finish what is in hand, close."""
        if self.backups is not None:
            self.backups.stop()
        within_s = 0.0 if self.unit.store.is_lost else FINISH_WITHIN_S
        await asyncio.gather(self.workers.finish(within_s), self.dispatcher.finish(within_s))
        await self.outbox.stop()
        self._files.stop()
        await self._client.aclose()
        with contextlib.suppress(TelegramError, RuntimeError):
            await self.application.shutdown()

    async def poll_once(self) -> int:
        """Take what waits at Telegram into the inbox."""
        return await self.receiver.poll_once(wait_s=0)

    async def work_until_idle(self) -> None:
        """Handle and answer everything in the inbox."""
        await self.workers.work_until_idle()
        await self.outbox.finish()

    async def _sweep_forever(self) -> None:
        """Remove old rows of the inbox, at start and then daily."""
        while True:
            try:
                gone = await asyncio.to_thread(self._sweep)
                log.info("%d old updates removed", gone)
            except SQLAlchemyError as error:
                log.error("the inbox was not swept (%s)", type(error).__name__)
            await asyncio.sleep(SWEEP_EVERY_S)

    async def _look_forever(self) -> None:
        """What needs a person: once a day of the officers' clock."""
        look = DailyLook(self.unit, self.excuses)
        asked_at = time.monotonic()
        while True:
            try:
                await self.excuses.tell_admins(await asyncio.to_thread(look.look))
                if self.line.tells_time:
                    await asyncio.to_thread(look.note_clock, MACHINE.off)
                if time.monotonic() - asked_at > ASK_EVERY_S:
                    asked_at = time.monotonic()
                    await self._ask_date()
            except NotOwnerError:
                raise
            except Exception as error:  # it must not end what it looks after
                log.error("nobody looked today: %s", place_of(error))
                await asyncio.sleep(LOOK_PAUSE_S)
            await asyncio.sleep(LOOK_EVERY_S)

    def _sweep(self) -> int:
        with self.unit.store.transaction() as s:
            gone = delete_old(s, self.unit.now())
        self.unit.store.tidy()
        try:  # what a kill left
            drop_let_go(self.unit.store, self.unit.institution.cabinet)
        except OSError as error:
            log.error("contents that nobody needs can't be taken away: %s", error.strerror)
        return gone

    async def _choose_way(self, webhook: tuple[str, str] | None) -> None:
        """Polling and webhook exclude each other at Telegram. Raises SettingsError, TelegramError."""
        if webhook is None:
            # A Bot API server of one's own may not know webhooks at all.
            with contextlib.suppress(BadRequest, InvalidToken):
                await self.bot.delete_webhook()
            return
        url, secret = webhook
        try:
            await self.bot.set_webhook(url, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES))
        except BadRequest as error:
            raise SettingsError(f"WEBHOOK_URL: Telegram refuses it: {error.message}") from None
