"""A town: the simulator and the real bot in one process, officers with phones, a clock that only a test moves."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.owned_unit import OwnedUnit
from bot.ports import Ports, real_ports
from bot.rate_limiter import Rate
from bot.runtime import Line, Runtime, Waits
from simulator.app import build_app
from simulator.world import World
from sop_flows.actions.cohorts import cohorts
from sop_flows.actions.people import invitations
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.core.institution import Institution
from sop_flows.declarations.loader import Pack
from sop_flows.notifications.settle import working
from storage.cabinet import Cabinet
from storage.cipher import Keyring
from storage.queries.accounts import find_officer_of_chat
from storage.tables import Cohort, Confirmation, Reminder, Task, TaskState
from tests.support.builders.officers import build_account, build_officer
from tests.support.clocks import TownClock, wita
from tests.support.database import SECRET
from tests.support.engines import open_store
from tests.support.packs import our_pack
from tests.support.person import Person
from tests.support.rosters import invented_children

Row = TypeVar("Row", bound=SQLModel)

STARTS_AT = wita("2026-11-30 08.00")  # a Monday
MOMENTS_MAX = 5000  # stops of the clock in one `lives_until`; more means that it does not move


async def no_wait(_seconds: float) -> None:
    """Real seconds don't pass in a test."""
    await asyncio.sleep(0)


class Town:
    """See tests/support/__init__.py; made by the fixture `town`."""

    def __init__(
        self,
        database_url: str,
        folder: Path,
        ports: Ports | None = None,
        through: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] = lambda transport: transport,
        retry: Callable[[float], Awaitable[None]] = no_wait,
        pack: Pack | None = None,
    ) -> None:
        self.clock = TownClock(STARTS_AT)
        self.world = World(token="123456:SIM", now=self.clock.now)
        self.store = open_store(database_url, Keyring([SECRET]))
        pack = pack or our_pack()
        office = OfficeHours(pack.unit.calendar, pack.unit.timezone, {}, ())
        self.house = Institution(pack=pack, office=office, cabinet=Cabinet(folder, self.store.keyring))
        self.ports = ports or real_ports()
        self.people: dict[str, Person] = {}
        self._transport = through(httpx.ASGITransport(build_app(self.world)))
        self._retry = retry
        self.runtime = self._build()

    def _build(self) -> Runtime:
        line = Line(self.world.token, "http://sim", self._transport)
        waits = Waits(rate=Rate(per_second=None), retry=self._retry)
        return Runtime(OwnedUnit(self.store, self.house, self.clock, self.ports), line, waits)

    async def open(self) -> None:
        """Start the bot."""
        await self.runtime.open()

    async def close(self) -> None:
        """Stop the bot and close the database."""
        await self.runtime.stop()
        self.store.close()

    async def restart(self) -> None:
        """Stop the bot and start a new one on the same database."""
        await self.runtime.stop()
        self.runtime = self._build()
        await self.open()

    async def is_off_until(self, at: datetime | str) -> None:
        """An outage: the bot stops now and is started again at `at`."""
        await self.runtime.stop()
        self.clock.set(at)
        self.runtime = self._build()
        await self.open()
        await self.settle()

    # time

    async def settle(self) -> None:
        """Until the bot has taken, handled, answered and sent everything that is due."""
        while True:
            polled = await self.runtime.poll_once()
            await self.runtime.work_until_idle()
            if await self.runtime.dispatcher.dispatch_until_idle() == 0 and polled == 0:
                return

    async def lives_until(self, at: datetime | str) -> None:
        """Let time pass up to `at`, stopping at every moment at which the bot has something to do."""
        until = wita(at) if isinstance(at, str) else at
        for _moment in range(MOMENTS_MAX):
            await self.settle()
            before = self.clock.now()
            upcoming = await self.runtime.dispatcher.look_ahead()
            if upcoming is None or upcoming > until:
                break
            assert upcoming > before, f"what is due at {upcoming} is not done at {before}"
            self.clock.set(upcoming)
        else:
            raise AssertionError("the bot always finds something to do: time does not pass")
        self.clock.set(max(until, self.clock.now()))
        await self.settle()

    # people

    def person(self, name: str) -> Person:
        """Somebody with a phone; a stranger until enrolled."""
        if name not in self.people:
            self.people[name] = Person(self.world.phone(name), self.settle)
        return self.people[name]

    async def officer(
        self,
        name: str,
        role: str | Sequence[str] = (),
        head: str | Sequence[str] = (),
        admin: bool = False,
        cohort: "Cohort | int | None" = None,
    ) -> Person:
        """Enrol somebody through a real invitation and /start.

        Args:
            role: one or several roles held.
            head: roles whose kasi the person is.
            cohort: for guru.
        """
        code = self.invite(name, role, head, admin, cohort)
        person = self.person(name)
        await person.starts(code)
        with self.store.reading() as s:
            found = find_officer_of_chat(s, self.store.keyring.fingerprint(str(person.phone.id), "chat"))
        assert found is not None, f"{name} was not enrolled: {person.last_screen.text}"
        person.officer_id = found[0].id
        return person

    def seat(self, name: str) -> Person:
        """Somebody enrolled without a word: for tests of the process, whose handlers are stand-ins."""
        person = self.person(name)
        person.phone.account.started = True
        chat_id = str(person.phone.id)
        with self.store.transaction() as s:
            officer = build_officer(s, name=name)
            chat_key = self.store.keyring.fingerprint(chat_id, "chat")
            build_account(s, officer_id=officer.id, chat_id=chat_id, chat_key=chat_key)
            person.officer_id = officer.id
        return person

    def invite(
        self,
        name: str,
        role: str | Sequence[str] = (),
        head: str | Sequence[str] = (),
        admin: bool = False,
        cohort: "Cohort | int | None" = None,
    ) -> str:
        """The code of a new invitation."""
        cohort_id = cohort.id if isinstance(cohort, Cohort) else cohort
        grant = invitations.Grant(name, _listed(role), _listed(head), admin, cohort_id)
        with self.store.transaction() as s, working(s, self.house, self.clock.now()) as work:
            return invitations.invite(work, grant).code

    # the institution

    async def open_cohort(
        self,
        name: str = "Angkatan Contoh",
        arrival: date | str = "2026-12-22",
        departure: date | str | None = None,
        children: int = 6,
        schools: int = 2,
    ) -> Cohort:
        """Open an angkatan as the command line does, with invented children; 30 days unless said otherwise."""
        arrival_on = _day(arrival)
        departure_on = _day(departure) if departure is not None else arrival_on + timedelta(days=30)
        rows = invented_children(children, schools)
        with self.store.transaction() as s, working(s, self.house, self.clock.now()) as work:
            opened = cohorts.open_cohort(work, name, arrival_on, departure_on, rows=rows)
            cohort = opened.cohort
        await self.settle()
        return cohort

    # what the database holds

    def rows(self, query: "SelectOfScalar[Row]") -> "list[Row]":
        """Rows of a query, read in a session of their own."""
        with self.store.reading() as s:
            return list(s.exec(query).all())

    def tasks(self, sop: str, step: int | None = None, state: TaskState | None = None) -> list[Task]:
        """Tasks of an SOP in the order in which they were made."""
        query = select(Task).where(col(Task.sop) == sop).order_by(col(Task.id))
        if step is not None:
            query = query.where(col(Task.step) == step)
        if state is not None:
            query = query.where(col(Task.state) == state)
        return self.rows(query)

    def task(self, sop: str, step: int, occurrence: int | None = None) -> Task:
        """The one task of this step that is not withdrawn."""
        found = [
            task
            for task in self.tasks(sop, step)
            if task.state != TaskState.WITHDRAWN and occurrence in (None, task.occurrence)
        ]
        assert len(found) == 1, f"{len(found)} tasks of {sop} step {step}"
        return found[0]

    def confirmations(self, task: Task | int | None = None) -> list[Confirmation]:
        """What was said, about a task or at all, in order."""
        query = select(Confirmation).order_by(col(Confirmation.id))
        if task is not None:
            query = query.where(col(Confirmation.task_id) == (task if isinstance(task, int) else task.id))
        return self.rows(query)

    def reminders(self, person: Person | None = None) -> list[Reminder]:
        """Reminder rows, of one officer or all, by due time."""
        query = select(Reminder).order_by(col(Reminder.due_at), col(Reminder.id))
        if person is not None:
            query = query.where(col(Reminder.officer_id) == person.id)
        return self.rows(query)


def _listed(words: str | Sequence[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _day(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
