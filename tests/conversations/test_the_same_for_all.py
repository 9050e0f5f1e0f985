"""[Sama untuk semua]: one record for the same step of the SOPs that are written as one."""

import pytest
from sqlmodel import select

from sop_flows.declarations.loader import Pack
from storage.tables import Record, StoredFile
from tests.support.packs import real_pack
from tests.support.steps import does
from tests.support.town import Town

KINDS = ("9.1.02", "9.1.03", "9.1.04")


@pytest.fixture
def pack() -> Pack:
    ours = real_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in KINDS}, ours.lines)


async def test_a_schedule_is_typed_once(town: Town) -> None:
    await town.officer("Kepala Contoh", role="kepala", admin=True)
    rahmat = await town.officer("Rahmat Contoh", role="bimbingan")
    await town.open_cohort(name="Angkatan III", arrival="2026-12-01", children=2)
    await town.lives_until("2026-12-07 09.00")
    await does(town, rahmat, "9.1.03", 2)
    await does(town, rahmat, "9.1.02", 2)
    await rahmat.taps("Tambah")
    await rahmat.types("Senin; 14.00; Bermain")
    await rahmat.sends_photo()
    await rahmat.taps("Selesai")
    await rahmat.taps("Simpan")
    await rahmat.taps("Sama untuk semua: 1")
    assert "✅ Sama tercatat untuk 9.1.03." in rahmat.last_screen.text
    await does(town, rahmat, "9.1.04", 2)
    await rahmat.taps("Sama seperti 9.1.02")
    assert "✅ Sama tercatat untuk 9.1.04." in rahmat.last_screen.text
    tasks = [town.task(sop, 2).id for sop in KINDS]
    rows = town.rows(select(Record).where(Record.key == "form"))
    assert sorted(row.task_id for row in rows) == sorted(one or 0 for one in tasks)
    assert [row.data["jadwal"] for row in rows] == [[["Senin", "14.00", "Bermain"]]] * 3
    files = {file.id: file.task_id for file in town.rows(select(StoredFile))}
    assert len(files) == 3
    for row in rows:
        found = row.data["berkas"]
        assert isinstance(found, list)
        assert [files[number] for number in found] == [row.task_id]
    await rahmat.types("/tugas")
    assert not any(label.startswith("Belum lengkap") for label in rahmat.buttons)
