"""Requirements that Pandu can check (SOP 9.2.01, 9.2.02): facts on the card, one question when one is against it."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from handlers.ui.request import pack
from sop_flows.actions.cohorts import cohorts
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.notifications.planning import working
from storage.tables import TaskState
from tests.support.database import Databases
from tests.support.form_pack import form_pack
from tests.support.person import Person
from tests.support.town import Town, a_town


@pytest.fixture
async def town(sqlite_databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose first step is checked against the data."""
    async with a_town(sqlite_databases, tmp_path, form_pack()) as built:
        yield built


async def angkatan(town: Town, name: str, arrival: str, *schools: str, children: int = 1) -> int:
    """An angkatan of these schools, each with so many children; returns its id."""
    day = date.fromisoformat(arrival)
    rows = [
        RosterRow(row=n, name=f"Anak Contoh {n}", sex="LP"[n % 2], school=school)
        for n, school in enumerate((one for one in schools for _child in range(children)), start=1)
    ]
    with town.store.transaction() as s, working(s, town.house, town.clock.now()) as work:
        opened = cohorts.open_cohort(
            work,
            name,
            day,
            day + timedelta(days=30),
            schools=schools,
            rows=rows,
        )
        cohort_id = opened.cohort.id or 0
    await town.settle()
    return cohort_id


async def tari(town: Town, cohort_id: int) -> tuple[Person, int]:
    """Tari of TU, with the card of the checked step of that angkatan."""
    person = await town.officer("Tari Contoh", role="tu", admin=True)
    await town.lives_until("2026-11-30 09.00")
    (task,) = [task for task in town.tasks("9.9.03", 1) if task.cohort_id == cohort_id]
    await person.taps_data(pack("task_open", task.id or 0))
    return person, task.id or 0


async def test_what_is_met_is_ticked_and_nothing_is_asked(town: Town) -> None:
    cohort_id = await angkatan(town, "Angkatan III", "2026-11-30", *(f"SDN {n} Contoh" for n in range(1, 7)))
    person, task_id = await tari(town, cohort_id)
    text = person.last_screen.text
    assert "☑ Sekolah yang belum pernah dilayani" in text
    assert "☑ minimal 5 SD/MI · 6 sekolah" in text
    assert "☑ jenis kelamin jelas · 6 anak" in text
    assert "☐ surat dinas sudah ada" in text
    await person.taps("Selesai")
    assert "langkah 1 selesai" in person.last_screen.text
    assert [one.note for one in town.confirmations(task_id)] == [None]


async def test_what_is_not_met_is_asked_once_and_kept(town: Town) -> None:
    await angkatan(town, "Angkatan I", "2026-09-01", "SDN 1 Contoh", "SD Negeri 7 Contoh")
    await angkatan(town, "Angkatan II", "2026-10-05", "SDN 1 CONTOH")
    cohort_id = await angkatan(
        town, "Angkatan III", "2026-11-30", "sdn 1 contoh", "SDN 7 Contoh", "SDN 8 Contoh", "MI 2 <Baru>"
    )
    person, task_id = await tari(town, cohort_id)
    text = person.last_screen.text
    assert "☐ Sekolah yang belum pernah dilayani · sdn 1 contoh pernah dilayani di Angkatan II" in text
    assert "SDN 7 Contoh mungkin sama dengan SD Negeri 7 Contoh di Angkatan I" in text
    assert "SDN 8 Contoh" not in text
    assert "☐ minimal 5 SD/MI · baru 4" in text
    await person.taps("Selesai")
    assert "Belum terpenuhi:" in person.last_screen.text
    assert person.buttons == ["Ya, selesaikan", "Lihat data", "Batal"]
    assert town.confirmations(task_id) == []
    await person.taps("Lihat data")
    assert "MI 2 <Baru>" in person.last_screen.text
    await person.taps_data(pack("task_yesterday", task_id))
    await person.taps("Batal")
    assert "☐ minimal 5 SD/MI" in person.last_screen.text
    await person.taps("Selesai")
    await person.taps("Ya, selesaikan")
    (said,) = town.confirmations(task_id)
    assert said.note is not None
    assert said.note.startswith("Belum terpenuhi: Sekolah yang belum pernah dilayani (sdn 1 contoh pernah")
    assert said.note.endswith("minimal 5 SD/MI (baru 4)")
    await person.taps_data(pack("task_open", task_id))
    assert "Catatan: Belum terpenuhi" in person.last_screen.text


async def test_without_schools_the_first_one_is_the_officers_to_say(town: Town) -> None:
    cohort_id = await angkatan(town, "Angkatan III", "2026-11-30")
    person, task_id = await tari(town, cohort_id)
    assert "☐ Sekolah yang belum pernah dilayani · belum ada sekolah" in person.last_screen.text
    await person.taps("Selesai")
    asked = person.last_screen.text
    assert "• minimal 5 SD/MI · baru 0" in asked
    assert "• jenis kelamin jelas · belum ada daftar anak" in asked
    assert "• Sekolah yang belum" not in asked
    for forged in (pack("task_done_anyway", task_id), pack("task_done_anyway", task_id, -5, 99)):
        await person.taps_data(forged)
        assert town.confirmations(task_id) == []


async def test_a_form_answers_its_requirement(town: Town) -> None:
    cohort_id = await angkatan(town, "Angkatan III", "2026-11-30", *(f"SDN {n} Contoh" for n in range(1, 6)))
    person, _task_id = await tari(town, cohort_id)
    await person.taps("Selesai")
    await person.taps("Buka langkah 2")
    assert "☐ Status pendidikan" in person.last_screen.text
    await person.taps("Selesai")
    await person.types("Ani Contoh; S1")
    await person.taps("Simpan")
    assert town.task("9.9.03", 2).state == TaskState.DONE
