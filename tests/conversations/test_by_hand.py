"""/mulai: an SOP started by hand for an angkatan, a child or a case; started twice; taken back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers.ui.request import pack
from storage.tables import Case, ReadEntry, Run, RunState, TaskState
from tests.support.database import Databases
from tests.support.form_pack import form_pack
from tests.support.person import Person
from tests.support.town import Town, a_town


@pytest.fixture
async def town(databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with SOPs that start by hand, on both databases."""
    async with a_town(databases, tmp_path, form_pack()) as built:
        yield built


def runs(town: Town, sop: str) -> list[Run]:
    return town.rows(select(Run).where(Run.sop == sop).order_by(col(Run.id)))


async def sari_of(town: Town, *, cohorts: int = 1) -> Person:
    sari = await town.officer("Sari Contoh", role="peksos")
    for number in range(1, cohorts + 1):
        await town.open_cohort(f"Angkatan {number}", arrival="2026-11-30", children=4)
    await town.lives_until("2026-11-30 09.00")
    return sari


def a_case(town: Town, person: Person, code_name: str = "Kenanga") -> int:
    with town.store.transaction() as s:
        case = Case(
            code_name=code_name, sex="P", age_years=9, opened_at=town.clock.now(),
            opened_by_id=person.id, peksos_id=person.id,
        )  # fmt: skip
        s.add(case)
        s.flush()
        return case.id or 0


async def test_for_a_child_by_number_by_name_or_by_button(town: Town) -> None:
    sari = await sari_of(town)
    await sari.types("/mulai")
    assert "9.9.11 Dengan Tangan child · untuk satu anak" in sari.last_screen.text
    assert sari.buttons[:4] == ["9.9.10", "9.9.11", "9.9.13", "9.9.12"]
    await sari.taps("9.9.11")
    assert "Untuk anak mana?" in sari.last_screen.text
    assert sari.buttons[:4] == [f"00{n} Anak Contoh 0{n}" for n in range(1, 5)]
    await sari.types("tidak ada anak ini")
    assert "Anak itu tidak saya temukan" in sari.last_screen.text
    await sari.types("anak contoh")
    assert "Anak yang mana?" in sari.last_screen.text
    await sari.types("no 3")
    assert "Mulai SOP 9.9.11 Dengan Tangan child untuk No. 003 · Anak Contoh 03?" in sari.last_screen.text
    assert "Langkah pertama: Langkah pertama child, oleh Peksos." in sari.last_screen.text
    assert sari.last_screen.is_protected
    assert runs(town, "9.9.11") == []
    await sari.taps("Mulai")
    text = sari.last_screen.text
    assert "✅ SOP 9.9.11 Dengan Tangan child dimulai." in text
    assert "langkah 1 dari 2" in text
    assert "Selesai" in sari.buttons
    assert "Urungkan mulai" in sari.buttons
    (run,) = runs(town, "9.9.11")
    assert (run.subject, run.state, run.started_by_id) == ("child:3", RunState.OPEN, sari.id)
    read = town.rows(select(ReadEntry).where(ReadEntry.child_id == 3, ReadEntry.screen == "start"))
    assert [row.officer_id for row in read] == [sari.id]


async def test_two_angkatan_are_asked_about(town: Town) -> None:
    await town.officer("Budi Contoh", role="bimbingan")
    sari = await sari_of(town, cohorts=2)
    await sari.types("/mulai 9.9.10")
    assert "Untuk angkatan mana?" in sari.last_screen.text
    await sari.taps("Angkatan 2")
    assert "untuk Angkatan 2?" in sari.last_screen.text
    await sari.taps("Mulai")
    (run,) = runs(town, "9.9.10")
    assert run.cohort_id == 2


async def test_for_one_school(town: Town) -> None:
    rahmat = await town.officer("Rahmat Contoh", role="bimbingan")
    await town.open_cohort(arrival="2026-11-30", children=4)
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/mulai 9.9.13")
    await rahmat.taps("SDN 2 Contoh")
    assert "untuk SDN 2 Contoh?" in rahmat.last_screen.text
    await rahmat.taps("Mulai")
    assert [run.subject for run in runs(town, "9.9.13")] == ["school:2"]


async def test_who_has_the_first_step_is_told_and_told_again(town: Town) -> None:
    budi = await town.officer("Budi Contoh", role="bimbingan")
    sari = await sari_of(town)
    await sari.types("/mulai 9.9.10")
    await sari.taps("Mulai")
    assert "Selesai" not in sari.buttons
    assert "Giliran Anda: SOP 9.9.10 langkah 1" in budi.last_screen.text
    await sari.taps("Urungkan mulai")
    assert "Diurungkan: SOP 9.9.10 Dengan Tangan cohort tidak jadi dimulai." in sari.last_screen.text
    (run,) = runs(town, "9.9.10")
    assert (run.state, run.close_reason) == (RunState.WITHDRAWN, "undone")
    assert [task.state for task in town.tasks("9.9.10")] == [TaskState.WITHDRAWN]
    assert "Sari Contoh membatalkan SOP 9.9.10, jadi ini tidak perlu dikerjakan" in budi.last_screen.text
    await sari.types("/mulai 9.9.10")
    await sari.taps("Mulai")
    assert [one.nth for one in runs(town, "9.9.10")] == [1, 2]


async def test_one_that_runs_is_offered_and_a_double_tap_starts_one(town: Town) -> None:
    sari = await sari_of(town)
    dewi = await town.officer("Dewi Contoh", role="peksos")
    await sari.types("/mulai 9.9.11")
    await sari.taps("002")
    go = sari.last_screen.data_of("Mulai")
    await sari.taps("Mulai")
    await sari.taps_data(go)
    assert "sudah berjalan, dimulai Sari Contoh tadi pukul 09.00" in sari.last_screen.text
    await dewi.types("/mulai 9.9.11")
    await dewi.taps("002")
    assert "sudah berjalan, dimulai Sari Contoh" in dewi.last_screen.text
    assert "Selesai" in dewi.buttons
    assert "Urungkan mulai" not in dewi.buttons
    await dewi.taps_data(pack("start_undo", runs(town, "9.9.11")[0].id or 0))
    assert len(runs(town, "9.9.11")) == 1
    assert runs(town, "9.9.11")[0].state == RunState.OPEN


async def test_a_start_is_taken_back_within_ten_minutes_and_before_anything_is_done(town: Town) -> None:
    sari = await sari_of(town)
    await sari.types("/mulai 9.9.11")
    await sari.taps("001")
    await sari.taps("Mulai")
    undo = sari.last_screen.data_of("Urungkan mulai")
    await sari.taps("Selesai")
    await sari.taps_data(undo)
    assert "Tidak dapat diurungkan lagi: Sari Contoh" in sari.last_screen.text
    await sari.types("/mulai 9.9.11")
    await sari.taps("004")
    await sari.taps("Mulai")
    undo = sari.last_screen.data_of("Urungkan mulai")
    town.clock.advance(minutes=11)
    await sari.taps_data(undo)
    assert "10 menit" in sari.last_screen.text
    assert [run.state for run in runs(town, "9.9.11")] == [RunState.OPEN, RunState.OPEN]


async def test_a_case_is_offered_only_to_those_of_it(town: Town) -> None:
    sari = await sari_of(town)
    dewi = await town.officer("Dewi Contoh", role="peksos")
    case_id = a_case(town, sari)
    await sari.types("/mulai 9.9.12")
    await sari.taps("Kenanga")
    assert "untuk Kasus Kenanga?" in sari.last_screen.text
    await dewi.types("/mulai 9.9.12")
    assert "Mintalah Peksos yang menangani kasusnya" in dewi.last_screen.text
    await dewi.taps_data(pack("start_go_case", case_id, word="9.9.12"))
    assert runs(town, "9.9.12") == []
    await sari.taps("Mulai")
    (run,) = runs(town, "9.9.12")
    assert (run.case_id, run.state) == (case_id, RunState.OPEN)


async def test_others_are_refused_and_forged_buttons_start_nothing(town: Town) -> None:
    sari = await sari_of(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await budi.types("/mulai")
    assert "Tidak ada SOP yang perlu Anda mulai sendiri" in budi.last_screen.text
    await budi.taps_data(pack("start_go_child", 1, word="9.9.11"))
    assert "Peksos" in budi.last_screen.text
    for data in (
        pack("start_go_child", 999, word="9.9.11"),
        pack("start_go_child", 1, word="9.9.01"),
        pack("start_go_child", 1),
        pack("start_go", 1, word="9.9.11"),
        pack("start_go_case", 1, word="9.9.11"),
        pack("start_in", 77, word="9.9.11"),
        pack("start_undo", 1),
        pack("start_undo", 12345),
        pack("start_sop", word="<b>"),
    ):
        await sari.taps_data(data)
        assert sari.last_screen.buttons
    assert [runs(town, sop) for sop in ("9.9.10", "9.9.11", "9.9.12")] == [[], [], []]


async def test_the_command_is_in_the_menu_of_who_may(town: Town) -> None:
    sari = await sari_of(town)
    await sari.types("/bantuan")
    assert "/mulai" in sari.last_screen.text
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await budi.types("/bantuan")
    assert "/mulai" not in budi.last_screen.text
