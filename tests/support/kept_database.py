"""Writes a database file and its phones for tests/storage/kept: `python -m tests.support.kept_database`.

Run with the code of a release whose database must still be opened later; the file is named for its newest migration.
"""

import asyncio
import sqlite3
import tempfile
from pathlib import Path

from simulator.snapshot import save
from storage.schema import _newest, upgrade
from tests.support.town import Town

KEPT = Path(__file__).parents[1] / "storage" / "kept"


async def live(town: Town) -> None:
    """Two angkatan, a case, leave, offers, an undo, a weigh-in and an opening left half-way; Monday 30 November to Thursday 10 December 2026."""
    tari = await town.officer("Tari Contoh", role="tu", admin=True)
    wayan = await town.officer("Wayan Contoh", role="kepala")
    await town.officer("Rahmat Contoh", role="penyantunan", head="penyantunan")
    budi = await town.officer("Budi Contoh", role="penyantunan")
    citra = await town.officer("Citra Contoh", role="penyantunan")
    ani = await town.officer("Ani Contoh", role="perawat")
    sari = await town.officer("Sari Contoh", role="peksos")
    await town.open_cohort("Angkatan Melati", arrival="2026-11-30", children=6)
    await town.open_cohort("Angkatan Mawar", arrival="2026-12-30", children=4)
    await town.lives_until("2026-11-30 09.00")
    letter = town.tasks("9.2.01", 2)[-1]
    await budi.types("/tugas")
    await budi.taps_data(f"1.task_take.{letter.id}")
    await budi.taps_data(f"1.task_give.{letter.id}")
    await budi.taps("Citra Contoh")
    await citra.taps("Terima", on=citra.lowest_screen)
    await citra.taps("Selesai")
    await citra.taps("Ya, selesaikan")  # though a requirement is not met
    await citra.taps("Urungkan")
    await citra.taps_data(f"1.task_done.{letter.id}")
    await citra.taps("Ya, selesaikan")
    school_data = town.tasks("9.2.01", 3)[-1]
    await budi.taps_data(f"1.task_take.{school_data.id}")
    await budi.taps_data(f"1.task_hurdle.{school_data.id}.0")
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    for answer in ("☐ Situasi darurat", "Lanjut", "9", "Perempuan"):
        await sari.taps(answer)
    await sari.types("Putri Rekaan")
    await sari.types("Ditinggal di pasar")
    await sari.taps("Pakai Anggrek")
    await sari.taps("Buka kasus")
    await citra.types("/cuti")
    await citra.taps("Catat cuti saya")
    await citra.types("3 sampai 4 desember")
    await citra.taps("Budi Contoh")
    await citra.taps("Catat")
    await town.lives_until("2026-12-10 08.00")
    await wayan.taps("Saya tangani")
    await citra.types("/cuti")
    await citra.taps("Catat cuti saya")
    await citra.types("14 sampai 16 desember")
    await citra.taps("Budi Contoh")
    await citra.taps("Catat")
    await budi.taps_data(f"1.task_snooze.{school_data.id}")
    await budi.taps("Besok pagi")
    await budi.taps_data(f"1.task_give.{school_data.id}")
    await budi.taps("Citra Contoh")
    await tari.types("/angkatan")
    for label in ("Angkatan Mawar", "Ubah tanggal", "Datang"):
        await tari.taps(label)
    await tari.types("31 desember")
    for label in ("Sabtu, 30 Januari", "Cuaca atau transportasi", "Ya, pindahkan"):
        await tari.taps(label)
    await ani.types("/timbang")
    await ani.types("1 24,1\n2 25,4\n3 26,2")
    await ani.types("27,5")
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    await sari.taps("☐ Diperdagangkan")


async def write() -> None:
    """Live in a folder that goes, and keep the database, small, and the phones."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pandu.db"
        town = Town(f"sqlite:///{file}", Path(folder))
        upgrade(town.store.engine)
        await town.open()
        await live(town)
        save(town.world, KEPT / f"{_newest()}.phones.json")
        await town.close()
        kept = KEPT / f"{_newest()}.sqlite3"
        kept.unlink(missing_ok=True)
        database = sqlite3.connect(file, isolation_level=None)
        database.execute("PRAGMA page_size = 1024")
        database.execute("VACUUM INTO ?", [str(kept)])
        database.close()
        print(kept, kept.stat().st_size)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(write())
