"""Every kind of answer on a roll: ticks, yes and no, numbers with a unit, a form for each child."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers.ui.request import pack
from storage.tables import EntryState, ReadEntry, Record, TaskEntry, TaskState
from tests.support.database import Databases
from tests.support.form_pack import form_pack
from tests.support.person import Person
from tests.support.steps import opens
from tests.support.town import Town, a_town


@pytest.fixture
async def town(sqlite_databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose children are asked about in every way."""
    async with a_town(sqlite_databases, tmp_path, form_pack()) as built:
        yield built


async def at_step(town: Town, step: int) -> Person:
    """Budi, with the list of this step before him; the steps before it are skipped."""
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await town.open_cohort(arrival="2026-11-30", children=4)
    await town.lives_until("2026-11-30 09.00")
    for former in range(1, step):
        await budi.taps_data(pack("task_skip", town.task("9.9.02", former).id or 0))
        await budi.types("sudah dilakukan sekolah")
    await opens(town, budi, "9.9.02", step, "visit_open" if step == 4 else "roll_open")
    return budi


def said(town: Town, step: int) -> list[tuple[int | None, dict[str, object]]]:
    task = town.task("9.9.02", step)
    query = select(Record).where(Record.task_id == task.id, Record.key == "form").order_by(col(Record.id))
    return [(row.child_id, row.data) for row in town.rows(query)]


async def test_several_choices_are_ticked(town: Town) -> None:
    budi = await at_step(town, 1)
    assert budi.buttons[:3] == ["☐ Batuk", "☐ Demam", "☐ Tidak ada"]
    assert "Lanjut" not in budi.buttons
    await budi.taps("☐ Demam")
    tick = budi.last_screen.data_of("☐ Batuk")
    await budi.taps_data(tick)
    await budi.taps_data(tick)  # a double tap unticks nothing
    assert budi.buttons[:4] == ["☑ Batuk", "☑ Demam", "☐ Tidak ada", "Lanjut"]
    await budi.taps("Lanjut")
    assert "✅ 001 · Batuk, Demam" in budi.last_screen.text
    await budi.types("tidak ada")
    await budi.types("003 batuk, demam")
    assert said(town, 1) == [
        (1, {"keluhan": ["Batuk", "Demam"]}),
        (2, {"keluhan": ["Tidak ada"]}),
        (3, {"keluhan": ["Batuk", "Demam"]}),
    ]


async def test_a_line_with_a_choice_and_a_measure(town: Town) -> None:
    budi = await at_step(town, 2)
    assert "baju (S/M/L); panjang (cm)" in budi.last_screen.text
    await budi.types("m; 300")
    assert "Panjang 300 cm? Ketik angka antara 30 dan 120 cm." in budi.last_screen.text
    await budi.types("XL; 80")
    assert "Pilih salah satu: S, M, L" in budi.last_screen.text
    await budi.types("m; 80 cm")
    assert "✅ 001 · M; 80 cm" in budi.last_screen.text
    await budi.types("002 S; 75,5\n003 L; 90")
    assert "002 · S; 75,5 cm" in budi.last_screen.text
    assert said(town, 2) == [
        (1, {"baju": "M", "panjang": 80}),
        (2, {"baju": "S", "panjang": 75.5}),
        (3, {"baju": "L", "panjang": 90}),
    ]


async def test_yes_and_no_by_button_and_by_word(town: Town) -> None:
    budi = await at_step(town, 3)
    assert budi.buttons[:2] == ["Ya", "Tidak"]
    await budi.taps("Ya")
    await budi.types("belum")
    await budi.types("3 ya")
    await budi.types("entah")
    assert "Mohon jawab ya atau tidak." in budi.last_screen.text
    assert said(town, 3) == [(1, {"terima": True}), (2, {"terima": False}), (3, {"terima": True})]


async def test_a_form_for_each_child_with_the_rest_at_once(town: Town) -> None:
    budi = await at_step(town, 4)
    assert "Periksa anak\n4 anak lagi" in budi.last_screen.text
    await budi.taps("No. 002")
    assert budi.buttons == ["Catat hasil", "Belum bisa", "Jadwalkan ulang", "‹ Daftar"]
    await budi.taps("Catat hasil")
    assert "Periksa anak · No. 002" in budi.last_screen.text
    await budi.types("batuk")
    await budi.types("puskesmas")
    await budi.taps("Simpan")
    assert "Periksa anak No. 002 tercatat." in budi.last_screen.text
    await budi.taps("No. 003")
    await budi.taps("Belum bisa")
    await budi.taps("Sakit")
    await budi.taps("Lewati anak ini")
    assert "No. 003 dilewati." in budi.last_screen.text
    await budi.taps("Sisanya: sehat")
    assert "untuk 2 anak sisanya?" in budi.last_screen.text
    await budi.taps("Batal")
    assert "2 anak lagi" in budi.last_screen.text
    await budi.taps("Sisanya: sehat")
    await budi.taps("Ya, 2 anak")
    assert town.task("9.9.02", 4).state == TaskState.DONE
    sick = {"hasil": "sehat", "rujuk": "sehat"}
    assert said(town, 4) == [(2, {"hasil": "batuk", "rujuk": "puskesmas"}), (1, sick), (4, sick)]
    task = town.task("9.9.02", 4)
    (third,) = town.rows(select(TaskEntry).where(TaskEntry.task_id == task.id, TaskEntry.child_id == 3))
    assert (third.state, third.reason) == (EntryState.EXCUSED, "Sakit")


async def test_a_long_paste_of_lines_is_taken_up_to_where_it_was_cut(town: Town) -> None:
    budi = await at_step(town, 1)
    lines = [f"{number:03d} batuk" for number in (1, 2)]
    pasted = "\n".join(lines) + "\n" + "003 demam" + " " * 4040 + "dan"
    budi.phone.types(pasted)
    budi.phone.types("batuk")  # Telegram cuts here: this is no answer for the child shown
    await town.settle()
    assert "sisa dari teks yang panjang" in budi.last_screen.text
    assert [child for child, _data in said(town, 1)] == [1, 2]


async def test_the_childs_card_shows_what_was_recorded_to_its_own_sections(town: Town) -> None:
    budi = await at_step(town, 2)
    await budi.types("m; 80 cm")
    await budi.types("/anak 1")
    await budi.taps("Catatan")
    assert (
        "SOP 9.9.02 · Ukur anak · Budi Contoh, 30 November\nBaju: M\nPanjang: 80 cm" in budi.last_screen.text
    )
    assert budi.last_screen.is_protected
    looked = town.rows(select(ReadEntry).where(ReadEntry.child_id == 1, ReadEntry.screen == "records"))
    assert [row.officer_id for row in looked] == [budi.id]
    sari = await town.officer("Sari Contoh", role="peksos")
    await sari.types("/anak 1")
    await sari.taps("Catatan")
    assert "80 cm" not in sari.last_screen.text
    assert "Belum ada catatan dari bagian Anda." in sari.last_screen.text
    kepala = await town.officer("Kepala Contoh", role="kepala")
    await kepala.types("/anak 1")
    await kepala.taps("Catatan")
    assert "Panjang: 80 cm" in kepala.last_screen.text
