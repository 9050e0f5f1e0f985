"""/status as heads and others see it. The numbers are compared with a count of our own."""

import re

from sqlalchemy import text

from handlers.ui.request import pack
from tests.conversations.test_cases import opens_case
from tests.support.person import Person
from tests.support.steps import does, placed
from tests.support.town import Town

LATE_STEP = ("9.2.01", 3)  # "Data sekolah dan calon anak" in `house`
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
        "⏰ Terlambat 1: Data sekolah dan calon anak (Rahmat, 3 hari)",
        "Tertinggal: Data lokasi calon kelayan (rencana Rabu 2 Des), menunggu: Data sekolah dan calon anak "
        "dan 7 lagi",
        "Rencana sampai kini: 1 dari 3 langkah selesai; kurang: pra-pelayanan 2",
        "",
        "Diperbarui 09.00",
    ]
    await kepala.taps("Per bagian")
    assert "Seksi Penyantunan: 1 selesai · 1 berjalan · ⏰ 1" in kepala.last_screen.text
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
    dewi = await town.officer("Dewi", role="bimbingan", head="bimbingan")
    await dewi.types("/status")  # what has begun is another section's
    assert "Belum ada langkah untuk bagian Anda." in dewi.last_screen.text.splitlines()


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
    overview = kepala.last_screen.text
    assert overview.startswith("Angkatan Contoh · hari 3 dari 30 ▓░░░░░░░░░ · 5 anak\n")
    assert len(overview.splitlines()) <= 12  # ten lines, and when it was made
    assert "⏰ Terlambat 1: Kedatangan kelayan (Rahmat, 3 hari)" in overview
    assert "\nLewat target 3: " in overview
    await kepala.taps("Per bagian")
    penyantunan = kepala.last_screen.text.splitlines()[1]
    missed = counted(town, "penyantunan", "t.state = 'missed'")
    assert missed == 12  # four daily steps on three days
    assert f"{missed} terlewat" in penyantunan
    assert "⏰ 1 · " in penyantunan  # the arrival itself, 9.2.03 step 4
    assert "3 lewat target" in penyantunan
    assert "Terlewat: tugas harian yang tidak dicatat" in kepala.last_screen.text


async def test_nothing_open_says_so(town: Town) -> None:
    kepala = await town.officer("Kepala", role="kepala")
    await kepala.types("/status")
    assert kepala.last_screen.text == "Belum ada angkatan yang dibuka."


async def test_a_head_reminds_an_officer_once_a_day(town: Town) -> None:
    people = await house(town)
    kepala, rahmat = people["kepala"], people["rahmat"]
    await kepala.types("/status")
    await kepala.taps("Per petugas")
    assert kepala.last_screen.text.splitlines()[1] == "1. Rahmat: 1 berjalan · ⏰ 1"
    await kepala.taps("1")
    assert kepala.last_screen.text.splitlines()[1] == "1. 9.2.01 Data sekolah dan calon anak · 3 hari"
    await kepala.taps("Ingatkan")
    assert kepala.last_screen.text.startswith("✅ Pengingat dikirim.")
    await town.lives_until("2026-12-04 09.05")
    told = "Kepala mengingatkan yang terlambat (1): Data sekolah dan calon anak."
    assert rahmat.last_screen.text == told
    await kepala.taps("‹ Per petugas")
    await people["kasi"].types("/status")
    await people["kasi"].taps("Per petugas")
    await people["kasi"].taps("1")
    assert "Hari ini sudah diingatkan." in people["kasi"].last_screen.text
    assert "Ingatkan" not in people["kasi"].buttons
    cohort_id, officer_id = town.task("9.2.01", 2).cohort_id, rahmat.id
    await people["kasi"].taps_data(f"1.status_remind.{cohort_id}.{officer_id}")  # an old button
    await people["sari"].taps_data(f"1.status_remind.{cohort_id}.{officer_id}")  # a forged one
    assert people["sari"].last_screen.text == "Itu hanya dapat dilakukan kepala seksi."
    await town.lives_until("2026-12-04 09.10")
    assert [screen.text for screen in rahmat.screens].count(told) == 1


async def test_the_weigh_in_and_who_lost_weight_stand_in_one_line(town: Town) -> None:
    team = await placed(town)
    await town.lives_until("2026-12-10 09.00")
    await team.budi.types("/timbang")
    await team.budi.types("1 24,5\n2 24,2\n3 26\n4 26,9")
    await team.kepala.types("/status")
    line = "⚖️ Penimbangan ke-2: 4 dari 6, 2 turun, terbesar No. 002 -0,8 kg"
    assert line in team.kepala.last_screen.text.splitlines()
    await team.kepala.taps("Anak")
    assert team.kepala.last_screen.text.startswith("Angkatan Contoh · 6 anak")


async def test_a_second_angkatan_is_one_line_that_opens(town: Town) -> None:
    people = await house(town)
    await town.open_cohort("Angkatan Dua", arrival="2027-01-20", children=3)
    await people["kepala"].types("/status")
    text = people["kepala"].last_screen.text
    assert "Angkatan Dua · H-47 · 3 anak · tidak ada yang terlambat" in text.splitlines()
    await people["kepala"].taps("Angkatan Dua ›")
    assert people["kepala"].last_screen.text.startswith("Angkatan Dua · H-47 · 3 anak\n")
    assert "Angkatan Contoh · H-26 · 6 anak · ⏰ 1" in people["kepala"].last_screen.text


async def test_late_says_what_hinders_and_what_it_holds_up_and_reminds_everybody(town: Town) -> None:
    people = await house(town)
    kepala, rahmat = people["kepala"], people["rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Hambatan")
    await rahmat.types("sekolah belum membalas")
    await kepala.types("/status")
    await kepala.taps("Terlambat")
    lines = kepala.last_screen.text.splitlines()
    assert lines[1] == (
        "1. 9.2.01 Data sekolah dan calon anak · Rahmat, 3 hari · hambatan: sekolah belum membalas"
    )
    assert lines[2] == (
        "• Tertinggal: Data lokasi calon kelayan (rencana Rabu 2 Des), menunggu: Data sekolah dan calon anak"
    )
    # What waits behind a step that has not opened either is held up by the same one.
    assert all(line.endswith("menunggu: Data sekolah dan calon anak") for line in lines[3:])
    assert len(lines) > 3
    await kepala.taps("Ingatkan semua")
    assert kepala.last_screen.text.startswith("✅ 1 petugas diingatkan.\n")
    await town.lives_until("2026-12-04 09.05")
    assert rahmat.last_screen.text.startswith("Kepala mengingatkan yang terlambat (1)")
    await people["kasi"].types("/status")
    await people["kasi"].taps("Terlambat")
    assert "Ingatkan semua" not in people["kasi"].buttons
    await people["kasi"].taps_data(f"1.status_remind_all.{town.task('9.2.01', 2).cohort_id}")  # an old button
    assert people["kasi"].last_screen.text.startswith("Semua sudah diingatkan hari ini.\n")


async def test_plan_and_done_stand_side_by_side_for_each_phase(town: Town) -> None:
    kepala = (await house(town))["kepala"]
    await kepala.types("/status")
    await kepala.taps("Per bagian")
    assert kepala.last_screen.text.endswith(
        "\nRencana sampai kini, langkah selesai dari yang direncanakan:\npra-pelayanan 1/3"
    )


async def test_the_kepala_comes_to_the_cases_also_when_none_is_open(town: Town) -> None:
    kepala = await town.officer("Kepala", role="kepala")
    assert kepala.menu == [["Status", "Tugas saya"], ["Anak", "Kasus"]]
    await kepala.types("/status")
    assert "Kasus" in kepala.buttons
    await kepala.types("Kasus")
    assert kepala.last_screen.text == "Tidak ada kasus untuk Anda."


async def test_late_cases_stand_under_what_is_late(town: Town) -> None:
    people = await house(town)
    await opens_case(people["sari"])
    await town.lives_until("2026-12-08 09.00")
    await people["kepala"].types("/status")
    await people["kepala"].taps("Terlambat")
    assert "⏰ Kasus perlindungan: 1 terlambat" in people["kepala"].last_screen.text.splitlines()
    await people["kepala"].taps("Kasus terlambat")
    assert people["kepala"].last_screen.text.startswith("Kasus terlambat · ⏰ ")


async def test_an_angkatan_that_is_late_before_its_arrival_does_not_read_as_not_begun(town: Town) -> None:
    kepala = await town.officer("Kepala", role="kepala")
    rahmat = await town.officer("Rahmat", role="penyantunan")
    dewi = await town.officer("Dewi", role="bimbingan", head="bimbingan")
    sari = await town.officer("Sari", role="peksos")
    await town.open_cohort(arrival="2027-01-20")
    await dewi.types("/status")
    assert "Belum ada yang dimulai." in dewi.last_screen.text
    await town.open_cohort("Angkatan Dua", arrival="2026-12-04", children=3)  # its preparation should be over
    for person in (kepala, rahmat, dewi, sari):
        await person.types("/status")
        assert person.last_screen.text.startswith("Angkatan Dua")
        assert "Belum ada yang dimulai" not in person.last_screen.text
    await kepala.types("/status")
    await kepala.taps("Angkatan Contoh ›")
    assert re.search(
        r"^Angkatan Dua · H-\d · 3 anak · \d+ belum ditandai$", kepala.last_screen.text, re.MULTILINE
    )
    await kepala.taps("Angkatan Dua ›")
    before = next(line for line in kepala.last_screen.text.splitlines() if line.startswith("Sebelum Pandu: "))
    for way in ("Terlambat", "Per bagian"):
        await kepala.taps(way)
        assert before in kepala.last_screen.text.splitlines()
        assert "Tidak ada yang terlambat" not in kepala.last_screen.text
        await kepala.taps("‹ Status")


async def test_six_places_follow_one_confirmation(town: Town) -> None:
    people = await house(town)
    kepala, rahmat = people["kepala"], people["rahmat"]

    async def late_in_each_place() -> list[int]:
        """How many are late: /status, Terlambat, Per bagian, Per petugas, the officer's /tugas and own /status."""
        seen = []
        await kepala.types("/status")
        seen.append(kepala.last_screen.text)
        for label in ("Terlambat", "Per bagian", "Per petugas"):
            await kepala.types("/status")
            await kepala.taps(label)
            seen.append(kepala.last_screen.text)
        for command in ("/tugas", "/status"):
            await rahmat.types(command)
            seen.append(rahmat.last_screen.text)
        counts = [re.search(r"⏰ (?:Terlambat )?(\d+)", text) for text in seen]
        return [0 if found is None else int(found[1]) for found in counts]

    assert await late_in_each_place() == [1, 1, 1, 1, 1, 1]
    await does(town, rahmat, *LATE_STEP)
    await rahmat.taps("Ya, selesaikan")
    assert await late_in_each_place() == [0, 0, 0, 0, 0, 0]
    await kepala.types("/status")
    await kepala.taps("Per bagian")
    assert "Tepat waktu: 1 dari 2 selesai" in kepala.last_screen.text.splitlines()
    await rahmat.taps_data(pack("task_undo", town.task(*LATE_STEP).id or 0))
    assert await late_in_each_place() == [1, 1, 1, 1, 1, 1]


async def test_only_a_target_that_passed_is_called_late_nowhere(town: Town) -> None:
    kepala = await town.officer("Kepala", role="kepala")
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=3)
    await town.lives_until("2026-12-04 09.00")
    await does(town, rahmat, "9.2.03", 4)  # the arrival itself, which alone was late
    await kepala.types("/status")
    assert "Tidak ada yang terlambat." in kepala.last_screen.text
    assert "\nLewat target " in kepala.last_screen.text
    await kepala.taps("Terlambat")
    lines = kepala.last_screen.text.splitlines()
    assert lines[1] == "Tidak ada yang terlambat."
    assert lines[2].startswith("Lewat target ")
    assert "⏰" not in kepala.last_screen.text
    await rahmat.types("/tugas")
    assert "⏰" not in rahmat.last_screen.text
    assert "\nLewat target " in rahmat.last_screen.text
    assert " hari lewat target" in rahmat.last_screen.text
    await rahmat.taps("1")
    assert "Terlambat" not in rahmat.last_screen.text
    await rahmat.types("/status")
    assert "⏰" not in rahmat.last_screen.text
