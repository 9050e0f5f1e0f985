"""A town: the simulator and the real bot in one process, officers with phones, a clock that only a test moves."""

import asyncio
import copy
import itertools
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.clock import real_now
from bot.owned_unit import OwnedUnit
from bot.ports import Ports, real_ports
from bot.runtime import Line, Runtime, Waits
from bot.sender import Rate
from simulator.app import build_app
from simulator.world import World
from sop_flows.actions.cohorts import cohorts
from sop_flows.actions.people import invitations
from sop_flows.calendar.dates import OfficeHours
from sop_flows.core.work import Institution
from sop_flows.declarations.loader import Pack
from sop_flows.notifications.planning import working
from storage.cabinet import Cabinet
from storage.queries.accounts import find_officer_of_chat
from storage.tables import Account, Cohort, Confirmation, Reminder, Task, TaskState
from storage.types import Keyring
from tests.support.builders.officers import build_account, build_officer
from tests.support.clocks import TownClock, wita
from tests.support.database import SECRET, Databases
from tests.support.engines import open_store
from tests.support.labels import watched
from tests.support.lived import Past, act, async_act, pack_key
from tests.support.packs import our_pack
from tests.support.person import Person
from tests.support.rosters import invented_children

Row = TypeVar("Row", bound=SQLModel)

STARTS_AT = wita("2026-11-30 08.00")  # a Monday
MOMENTS_MAX = 5000  # stops of the clock in one `lives_until`; more means that it does not move


OF_THE_WORLD = (
    "accounts", "groups", "messages", "reply_keyboards", "files", "taps", "commands", "menu_buttons", "updates",
    "calls", "revision", "next_message_id", "next_file", "newest_poll",
)  # fmt: skip


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
        token: str = "123456:SIM",
        secret: str = SECRET,
    ) -> None:
        self.clock = TownClock(STARTS_AT)
        self._world = World(token=token, now=self.clock.now)
        self._folder = folder
        self.store = open_store(database_url, Keyring([secret]))
        pack = pack or our_pack()
        office = OfficeHours.of(pack.unit, {}, ())
        self.house = Institution(pack=pack, office=office, cabinet=Cabinet(folder, self.store.keyring))
        self._usual_house = self.house
        self._pack_key = pack_key(pack)
        self.ports = ports or real_ports()
        self.people: dict[str, Person] = {}
        self._transport = through(httpx.ASGITransport(build_app(self._world)))
        self._retry = retry
        self._runtime = self._build()

    def _build(self) -> Runtime:
        line = Line(self._world.token, "http://sim", self._transport)
        waits = Waits(rate=Rate(per_second=None), retry=self._retry, apart=False)
        return Runtime(OwnedUnit(self.store, self.house, self.clock, self.ports), line, waits)

    async def open(self) -> None:
        """Start the bot."""
        moment = None if self.past is None else self.past.find(self, "open", (), {})
        if self.past is None or moment is None:
            await self._runtime.open()
            return
        with self.past.living(moment):  # always: nothing else wakes the Application
            await self._runtime.open()

    async def close(self) -> None:
        """Stop the bot and close the database."""
        await self.runtime.stop()
        self.store.close()

    @property
    def world(self) -> World:
        """Telegram, in the hand of the test, which may change it."""
        if self.past is not None:
            self.past.touched()
        return self._world

    def world_to_look_at(self) -> World:
        """Telegram, for who changes nothing, or only as part of an act."""
        if self.past is not None:
            self.past.catch_up()
        return self._world

    @property
    def runtime(self) -> Runtime:
        """The bot, in the hand of the test."""
        if self.past is not None:
            self.past.touched()
        return self._runtime

    @runtime.setter
    def runtime(self, runtime: Runtime) -> None:
        self._runtime = runtime

    # what tests/support/lived.py asks for

    @property
    def past(self) -> Past | None:
        """Of the database."""
        return self.store.past

    def circumstances(self) -> Hashable:
        """None in a house that a test has changed, or with something left to be tried again."""
        runtime = self._runtime
        is_quiet = runtime.workers.is_idle and not (
            runtime.outbox._lanes or runtime.dispatcher.delivery.retry_at
        )
        return (self._pack_key, self.clock.now()) if self.house is self._usual_house and is_quiet else None

    def remember(self) -> Any:
        """The time, and who is there."""
        return self.clock.now(), {name: (one.officer_id, one.toast) for name, one in self.people.items()}

    def recall(self, remembered: Any) -> None:
        """Go on from there."""
        at, people = remembered
        self.clock.set(at)
        for name, (officer_id, toast) in people.items():
            one = self.people.setdefault(name, Person(name, self))
            one.officer_id, one.toast = officer_id, toast

    def save(self) -> Any:
        """Telegram, the files, and what the running bot knows by itself."""
        files = {path: path.read_bytes() for path in self._folder.rglob("*") if path.is_file()}
        runtime = self._runtime
        return (
            pickle.dumps({name: getattr(self._world, name) for name in OF_THE_WORLD}),
            _next_of(self._world),
            {path.relative_to(self._folder): content for path, content in files.items()},
            (runtime.receiver._offset, copy.copy(runtime.dispatcher._liveness)),
        )

    def lay(self, saved: Any) -> None:
        """Put it in its place: a message or a phone that a test has in its hand is still the same one."""
        of_the_world, next_call, files, (offset, liveness) = saved
        for name, value in pickle.loads(of_the_world).items():
            here = getattr(self._world, name)
            if name == "messages":
                for chat_id, messages in value.items():
                    _lay_each(here.setdefault(chat_id, {}), messages)
            elif name in ("accounts", "groups", "taps"):
                _lay_each(here, value)
            else:
                setattr(self._world, name, value)
        self._world.call_numbers = itertools.count(next_call)
        for path, content in files.items():
            (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / path).write_bytes(content)
        self._runtime.receiver._offset = offset
        alive = copy.copy(liveness)
        if alive._alive is not None:
            alive._alive = alive._alive[0], real_now()
        self._runtime.dispatcher._liveness = alive

    async def restart(self) -> None:
        """Stop the bot and start a new one on the same database."""
        await self.runtime.stop()
        self._runtime = self._build()
        await self.open()

    async def is_off_until(
        self, at: datetime | str, *meanwhile: tuple[datetime | str, Callable[[], object]]
    ) -> None:
        """An outage: the bot stops now and is started again at `at`. `meanwhile`: when, and what somebody does then."""
        await self.runtime.stop()
        for moment, does in meanwhile:
            self.clock.set(moment)
            does()
        self.clock.set(at)
        self._runtime = self._build()
        await self.open()
        await self.settle()

    # time

    @async_act
    async def settle(self) -> None:
        """Until the bot has taken, handled, answered and sent everything that is due."""
        sent = -1  # nobody has looked yet
        while True:
            taken = await self._runtime.poll_once() if self._polls else 0
            if taken or sent:
                await self._runtime.work_until_idle()
                sent = await self._runtime.wakeups.step(poked=False)
            if not (taken or sent):
                return

    @property
    def _polls(self) -> bool:
        """Whether a poll can change anything: an update waits until the next poll confirms it."""
        updates = self._world.updates
        return bool(updates.waiting or updates.allowed is None or self._world.faults)

    @async_act
    async def lives_until(self, at: datetime | str) -> None:
        """Let time pass up to `at`, stopping at every moment at which the bot has something to do."""
        until = wita(at) if isinstance(at, str) else at
        for _moment in range(MOMENTS_MAX):
            await self.settle()
            before = self.clock.now()
            upcoming = await self._runtime.dispatcher.look_ahead()
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
            self._meet(name)
        return self.people[name]

    @act
    def _meet(self, name: str) -> None:
        self._world.phone(name)
        self.people[name] = Person(name, self)

    async def officer(
        self,
        name: str,
        role: str | Sequence[str] = (),
        head: str | Sequence[str] = (),
        admin: bool = False,
        cohort: "Cohort | int | None" = None,
        agreed: bool = True,
    ) -> Person:
        """Enrol somebody through a real invitation and /start.

        Args:
            role: one or several roles held.
            head: roles whose kasi the person is.
            cohort: for guru.
            agreed: a head has said yes to cases on this phone, where that is needed.
        """
        cohort_id = cohort.id if isinstance(cohort, Cohort) else cohort
        await self._enrol(name, role, head, admin, cohort_id, agreed)
        return self.people[name]

    @async_act
    async def _enrol(
        self,
        name: str,
        role: str | Sequence[str],
        head: str | Sequence[str],
        admin: bool,
        cohort_id: int | None,
        agreed: bool,
    ) -> None:
        code = self.invite(name, role, head, admin, cohort_id)
        person = self.person(name)
        await person.starts(code)
        with self.store.reading() as s:
            found = find_officer_of_chat(s, self.store.keyring.fingerprint(str(person.phone.id), "chat"))
        assert found is not None, f"{name} was not enrolled: {person.last_screen.text}"
        person.officer_id = found[0].id
        if agreed and found[1].cases_wait_since is not None:
            with self.store.transaction() as s:
                account = s.get_one(Account, found[1].id)
                account.cases_wait_since = None

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

    @async_act
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


def _lay_each(here: dict[Any, Any], saved: dict[Any, Any]) -> None:
    """Make what is here equal to what was saved, in its order; what is here stays itself."""
    for key, one in saved.items():
        if key in here:
            vars(here[key]).update(vars(one))
            saved[key] = here[key]
    here.clear()
    here.update(saved)


def _next_of(world: World) -> int:
    number = next(world.call_numbers)
    world.call_numbers = itertools.count(number)
    return number


@asynccontextmanager
async def a_town(
    databases: Databases, folder: Path, pack: Pack, *, remembers: bool = True
) -> AsyncIterator[Town]:
    """A town on a database of its own. `remembers`: what an earlier test lived in the same way is copied."""
    url = databases.migrated()
    town = Town(url, folder, pack=pack)
    if remembers:
        town.store.past = databases.past_of(town.store.engine)
    with watched() as wrong:
        await town.open()
        yield town
        await town.close()
    databases.drop(url)
    assert not wrong, f"labels that a phone does not show whole: {sorted(set(wrong))}"
