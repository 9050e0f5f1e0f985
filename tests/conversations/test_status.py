"""/status as heads and others see it. The numbers are compared with a count of our own."""

from sqlalchemy import text

from tests.support.person import Person
from tests.support.town import Town

COUNT = """
    SELECT count(*) FROM task_parts p JOIN tasks t ON t.id = p.task_id
    WHERE p.role = :role AND t.state IN ('open', 'done', 'skipped', 'missed') AND {what}
"""


def counted(town: Town, role: str, what: str) -> int:
    """Parts of a role, counted in SQL."""
    with town.store.reading() as s:
        value = s.connection().execute(text(COUNT.format(what=what)), {"role": role}).scalar_one()
    return int(value)


async def house(town: Town) -> dict[str, Person]:
    """An angkatan in its second week of preparation with something done, open and late."""
    people = {
        "kepala": await town.officer("Kepala", role="kepala"),
        "kasi": await town.officer("Kasi", role="penyantunan", head="penyantunan"),
        "rahmat": await town.officer("Rahmat", role="penyantunan"),
        "sari": await town.officer("Sari", role="peksos"),
    }
    await town.open_cohort(arrival="2026-12-30", children=6)
    await town.lives_until("2026-11-30 09.00")
    await people["rahmat"].types("/tugas")
    await people["rahmat"].taps("1")
    await people["rahmat"].taps("Selesai")
    await town.lives_until("2026-12-04 09.00")
    return people


async def test_the_kepala_sees_every_section_and_the_late_ones_by_name(town: Town) -> None:
    kepala = (await house(town))["kepala"]
    await kepala.types("/status")
    assert kepala.last_screen.text.splitlines() == [
        "Angkatan Contoh · H-26 · 6 anak",
        "Seksi Penyantunan: 1 selesai · 1 berjalan · ⏰ 1",
        "Terlambat: 9.2.01 Data sekolah dan calon anak (Rahmat, 3 hari)",
        "",
        "Diperbarui 09.00",
    ]
    assert counted(town, "penyantunan", "p.state = 'done'") == 1
    assert counted(town, "penyantunan", "p.state = 'open' AND t.due_at < '2026-12-04 01:00:00'") == 1


async def test_refresh_changes_the_same_message(town: Town) -> None:
    kepala = (await house(town))["kepala"]
    await kepala.types("/status")
    before = kepala.lowest_screen.message.id
    town.clock.advance(minutes=5)
    await kepala.taps("Segarkan")
    assert kepala.lowest_screen.message.id == before
    assert kepala.last_screen.text.endswith("Diperbarui 09.05")


async def test_a_head_drills_down_to_a_task(town: Town) -> None:
    kasi = (await house(town))["kasi"]
    await kasi.types("/status")
    await kasi.taps("Terlambat")
    assert kasi.last_screen.text.splitlines()[1] == "1. 9.2.01 Data sekolah dan calon anak · Rahmat, 3 hari"
    await kasi.taps("‹ Status")
    await kasi.taps("Per bagian")
    await kasi.taps("Seksi Penyantunan")
    assert kasi.last_screen.text.splitlines() == [
        "Angkatan Contoh · Seksi Penyantunan · 1 berjalan",
        "1. 9.2.01 Data sekolah dan calon anak · Rahmat · ⏰ 3 hari",
    ]
    await kasi.taps("1")
    assert "⏰ Terlambat 3 hari" in kasi.last_screen.text


async def test_who_is_no_head_sees_the_own_status(town: Town) -> None:
    people = await house(town)
    await people["rahmat"].types("/status")
    assert "Tugas Anda: 1 selesai · 1 berjalan · ⏰ 1" in people["rahmat"].last_screen.text
    assert "Per bagian" not in people["rahmat"].buttons
    await people["sari"].types("/status")
    assert "Tugas Anda: 0 selesai · 0 berjalan" in people["sari"].last_screen.text


async def test_another_section_is_not_shown_to_a_forged_button(town: Town) -> None:
    people = await house(town)
    cohort_id = town.task("9.2.01", 2).cohort_id
    await people["sari"].types("/status")
    await people["sari"].taps_data(f"1.status_part.{cohort_id}.0.0~penyantunan")
    assert people["sari"].last_screen.text == "Itu hanya dapat dilakukan kepala seksi."


async def test_a_target_is_kept_apart_and_missed_days_are_counted(town: Town) -> None:
    kepala = await town.officer("Kepala", role="kepala")
    await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=5)
    await town.lives_until("2026-12-04 09.00")
    await kepala.types("/status")
    first, penyantunan = kepala.last_screen.text.splitlines()[:2]
    assert first == "Angkatan Contoh · hari 3 dari 30 · 5 anak"
    missed = counted(town, "penyantunan", "t.state = 'missed'")
    assert missed == 12  # four daily steps on three days
    assert f"{missed} terlewat" in penyantunan
    assert "⏰ 1 · " in penyantunan  # the arrival itself, 9.2.03 step 4
    assert "3 lewat target" in penyantunan
    assert "Terlambat: 9.2.03 Kedatangan kelayan (Rahmat, 3 hari)" in kepala.last_screen.text


async def test_nothing_open_says_so(town: Town) -> None:
    kepala = await town.officer("Kepala", role="kepala")
    await kepala.types("/status")
    assert kepala.last_screen.text == "Belum ada angkatan yang dibuka."
