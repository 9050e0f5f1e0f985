"""A house in full use: one angkatan of 60 invented children on day 5, seven officers, the bot on the simulator."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
from sqlmodel import select

from bot.owned_unit import OwnedUnit
from bot.ports import Ports, real_ports
from bot.rate_limiter import Rate
from bot.runtime import Line, Runtime, Waits
from simulator.app import build_app
from simulator.phones import Phone
from simulator.world import World
from sop_flows.actions.cohorts import cohorts
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.actions.people import invitations
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack
from storage.cabinet import Cabinet
from storage.cipher import Keyring
from storage.engine import Store, open_store
from storage.schema import upgrade
from storage.tables import Officer

NOW = datetime(2026, 12, 6, 1, 0, tzinfo=UTC)  # day 5 of the stay, 09.00 WITA
ARRIVAL = date(2026, 12, 1)
CHILDREN = 60
SCHOOLS = 5
OFFICERS = {
    "Kepala Contoh": ("kepala",),
    "TU Contoh": ("tu",),
    "Penyantunan Satu": ("penyantunan",),
    "Penyantunan Dua": ("penyantunan",),
    "Bimbingan Contoh": ("bimbingan",),
    "Peksos Contoh": ("peksos",),
    "Perawat Contoh": ("perawat",),
}


class StandingClock:
    """A clock that does not move."""

    def now(self) -> datetime:
        """Always the same instant."""
        return NOW


async def _no_wait(_seconds: float) -> None:
    await asyncio.sleep(0)


@dataclass
class FullHouse:
    """What the benchmarks work on."""

    store: Store
    house: Institution
    world: World
    runtime: Runtime
    phones: dict[str, Phone]
    transport: "SlowTransport"

    def officer(self, name: str) -> Officer:
        """The enrolled officer of that name."""
        with self.store.reading() as s:
            return next(officer for officer in s.exec(select(Officer)) if officer.name == name)

    async def settle(self) -> None:
        """Handle and answer whatever was said."""
        while await self.runtime.poll_once():
            await self.runtime.work_until_idle()


class SlowTransport(httpx.ASGITransport):
    """The simulator as far away as Telegram is: each request waits `latency_s` first."""

    latency_s = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self.latency_s)
        return await super().handle_async_request(request)


async def build(folder: Path, ports: Ports | None = None) -> FullHouse:
    """Enrol the officers and open the angkatan, on a fresh SQLite file in `folder`."""
    await asyncio.to_thread(folder.mkdir)
    store = open_store(
        f"sqlite:///{folder}/bench.db", Keyring(["only for benchmarks, thirty-two characters"])
    )
    upgrade(store.engine)
    pack = load_pack(find_pack("rppsa_putra_utama"))
    office = OfficeHours(pack.unit.calendar, pack.unit.timezone, {}, ())
    house = Institution(pack, office, Cabinet(folder, store.keyring))
    world = World(token="123456:SIM", now=lambda: NOW)
    transport = SlowTransport(build_app(world))
    line = Line(world.token, "http://sim", transport)
    waits = Waits(Rate(per_second=None), _no_wait)
    unit = OwnedUnit(store, house, StandingClock(), ports or real_ports())
    runtime = Runtime(unit, line, waits)
    await runtime.open()
    full = FullHouse(store, house, world, runtime, {}, transport)
    for name, roles in OFFICERS.items():
        with store.transaction() as s:
            code = invitations.invite(
                Work(s, house, NOW), invitations.Grant(name, roles, (), False, None)
            ).code
        full.phones[name] = world.phone(name)
        full.phones[name].starts(code)
        await full.settle()
    rows = tuple(
        RosterRow(n, f"Anak Contoh {n:02d}", "LP"[n % 2], f"SDN Contoh {n % SCHOOLS + 1}")
        for n in range(1, CHILDREN + 1)
    )
    with store.transaction() as s:
        cohorts.open_cohort(
            Work(s, house, NOW), "Angkatan Contoh", ARRIVAL, ARRIVAL + timedelta(days=30), rows=rows
        )
    return full
