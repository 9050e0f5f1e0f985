"""Live the days with which the demo begins, by taps, and keep them: `make demo-days`, half a minute.

The officers are those of the demo; they do what is due until the tenth day of a stay. Then some leave things undone, so that
each phone has something to do. simulator/demo/day_10.tar.xz holds the database and the chats; a test lives them again and compares.
"""

import asyncio
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from simulator.demo.__main__ import SECRET, TOKEN  # noqa: E402
from simulator.demo.people import CHILDREN, COHORT, GURU, OFFICERS  # noqa: E402
from simulator.snapshot import save  # noqa: E402
from storage.schema import upgrade  # noqa: E402
from tests.life.house import House  # noqa: E402
from tests.support.at_once import threads_at_once  # noqa: E402
from tests.support.packs import real_pack  # noqa: E402
from tests.support.town import Town  # noqa: E402

LIVED = ROOT / "simulator" / "demo" / "day_10.tar.xz"
OPENED, ARRIVAL, DEPARTURE = date(2026, 10, 21), date(2026, 12, 1), date(2026, 12, 31)
DAY_10 = ARRIVAL + timedelta(days=10)
FLAGGED = (7, 23)
TU, KEPALA, KASI, DODI, ANI, WULAN, JAYA, LESTARI = (one.name for one in OFFICERS)


class DemoHouse(House):
    """With the officers of the demo."""

    cast = tuple(
        (one.name, one.roles[0], bool(one.heads) and one.roles[0] not in ("tu", "kepala"), one.admin)
        for one in OFFICERS
    )
    tu, kepala = TU, KEPALA


def scales(number: int) -> str | None:
    """What the scales show on the first day, in kg."""
    return _kilograms(20 + (number * 7 % 60) / 10) if number <= CHILDREN else None


def _ten_days_later(number: int) -> str:
    """All have gained some, but for one who has lost more than three kilograms."""
    first = 20 + (number * 7 % 60) / 10
    return _kilograms(first - 3.1 if number == FLAGGED[1] else first + number % 5 / 10)


def _kilograms(weight: float) -> str:
    return f"{weight:.1f}".replace(".", ",")


async def live(town: Town) -> None:
    """From the opening to Friday, 11 December 2026, 09.00."""
    town.clock.set(f"{OPENED} 09.00")
    house = DemoHouse(town, CHILDREN, FLAGGED)
    await house.enrol_everybody()
    await house.open_cohort("1 desember", "Kamis, 31 Desember 2026", name=COHORT)
    await house.enrol(GURU.name, GURU.roles[0], cohort=1)
    house.officers[ANI].weights = scales
    await house.lives_from(OPENED, DAY_10 - timedelta(days=4))
    away = house.officers.pop(JAYA)  # who is busy elsewhere for three days: what is his stays late
    await house.lives_from(DAY_10 - timedelta(days=3), DAY_10 - timedelta(days=1))
    house.officers[JAYA] = away
    await _open_the_next_cohort(house)
    await _open_a_case(house)
    await town.lives_until(f"{DAY_10} 08.30")
    await _weigh(house)
    await _hinder(house)
    await _begin_something(house)
    await town.lives_until(f"{DAY_10} 09.00")


async def _open_the_next_cohort(house: DemoHouse) -> None:
    await house.open_cohort("12 januari 2027", "Kamis, 11 Februari 2027", name="Angkatan Contoh 2")


async def _open_a_case(house: DemoHouse) -> None:
    lestari = house.person(LESTARI)
    await lestari.types("/kasus")
    await lestari.taps("Buka kasus baru")
    for answer in (
        "☐ Situasi darurat",
        "Lanjut",
        "9",
        "Perempuan",
        "Ya, sudah di sini",
        "Bersekolah",
        "Saya",
    ):
        await lestari.taps(answer)
    await lestari.types("Putri Rekaan")
    await lestari.types("Ditinggal di pasar (rekaan)")
    await lestari.taps("Pakai Anggrek")
    await lestari.taps("Buka kasus")


async def _weigh(house: DemoHouse) -> None:
    """The second weighing; one child has lost more than the pack lets pass."""
    ani = house.person(ANI)
    await ani.types("/timbang")
    await ani.types("\n".join(f"{n} {_ten_days_later(n)}" for n in house.officers[ANI].children))
    await ani.taps(next(label for label in ani.buttons if label.startswith("Ya, ")))


async def _hinder(house: DemoHouse) -> None:
    """What stands in the way of tomorrow's outing; the kasi hears of it."""
    dodi = house.person(DODI)
    await dodi.types("/tugas")
    await dodi.taps("1")
    await dodi.taps("Hambatan")
    await dodi.taps("Kapal atau cuaca")


async def _begin_something(house: DemoHouse) -> None:
    """The admin was called away while the dates of another angkatan were being asked."""
    sari = house.person(TU)
    await sari.types("/angkatan")
    await sari.taps("Buka angkatan baru")
    await sari.types("Angkatan Contoh 3")


def named_as_in_the_demo(town: Town) -> None:
    """On the list of phones the role stands beside the name; those with most to do stand first."""
    accounts = {one.name: one for one in town.world.accounts.values()}
    for one in (*OFFICERS, GURU):
        accounts[one.name].name = one.on_phone
    firsts = [accounts[name] for name in (DODI, ANI, LESTARI)]
    town.world.accounts = {one.id: one for one in (*firsts, *accounts.values())}


def keep(town: Town, file: Path) -> None:
    """The database without messages that are answered, the chats, and what was sent, in one file."""
    named_as_in_the_demo(town)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        save(town.world, folder / "simulator.json")
        lived = Path(str(town.store.engine.url.database))
        database = sqlite3.connect(lived, isolation_level=None)
        database.execute("DELETE FROM inbox WHERE handled_at IS NOT NULL AND replied_at IS NOT NULL")
        database.execute("VACUUM INTO ?", [str(folder / "pandu.db")])
        database.close()
        if (lived.parent / "files").is_dir():
            shutil.copytree(lived.parent / "files", folder / "files")
        with tarfile.open(file, "w:xz") as tar:
            tar.add(folder, arcname=".")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder, threads_at_once():
        town = a_town(Path(folder))
        await town.open()
        await live(town)
        keep(town, LIVED)
        await town.close()


def a_town(folder: Path) -> Town:
    """With the secret and the token of the demo."""
    town = Town(f"sqlite:///{folder / 'pandu.db'}", folder, pack=real_pack(), token=TOKEN, secret=SECRET)
    upgrade(town.store.engine)
    return town


if __name__ == "__main__":
    asyncio.run(main())
