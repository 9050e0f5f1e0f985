"""Shelter cases from the chat: opening one, who sees what, handing it over, closing it."""

from sqlmodel import select

from storage.tables import Case, ReadEntry, Record, Run, RunState, Task, TaskState
from tests.support.person import Person
from tests.support.town import Town

CHILD = "Putri Rekaan"


async def at_categories(town: Town, name: str = "Ibu Sari") -> Person:
    """A social worker at the first question."""
    sari = await town.officer(name, "peksos")
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    return sari


async def opens_case(sari: Person, age: str = "9", child: str = CHILD, code: str | None = None) -> None:
    """From /kasus to the page of a new case."""
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    await sari.taps("☐ Situasi darurat")
    await sari.taps("☐ 4")
    await sari.taps("Lanjut")
    await sari.types(age)
    await sari.taps("Perempuan")
    await sari.types(child)
    await sari.types("Ditinggal di pasar")
    if code is None:
        await sari.taps("Pakai")
    else:
        await sari.taps("Nama lain")
        await sari.types(code)
    await sari.taps("Buka kasus")


async def test_from_the_categories_to_the_page_of_the_case(any_town: Town) -> None:
    town = any_town
    sari = await at_categories(town)
    assert [b[0] for b in sari.buttons[:8]] == ["☐"] * 8
    await sari.taps("☐ Situasi darurat")
    await sari.taps("☐ 4")
    await sari.taps("Lanjut")
    assert sari.last_screen.text == "Berapa tahun umur anak?"
    assert sari.buttons[:3] == ["< 1", "1", "2"]
    await sari.taps("9")
    await sari.taps("Perempuan")
    assert "nama anak" in sari.last_screen.text
    await sari.types(CHILD)
    await sari.types("Ditinggal di pasar")
    assert sari.buttons[0] == "Pakai Anggrek"
    await sari.taps("Pakai Anggrek")
    assert sari.last_screen.text == (
        "Kasus Anggrek · perempuan · 9 tahun\n"
        "Kategori: Situasi darurat, Korban kekerasan fisik atau mental\n"
        "Nama: Putri Rekaan\nAlasan: Ditinggal di pasar\nPeksos: Ibu Sari\n\n"
        "Sudah benar semua? Langkah darurat langsung dimulai.\n"
        "Siapa yang melihat ini tercatat. Disembunyikan lagi setelah 5 menit."
    )
    assert sari.last_screen.is_protected
    assert town.rows(select(Case)) == []
    await sari.taps("Buka kasus")
    assert sari.last_screen.text.splitlines()[:3] == [
        "✅ Kasus Anggrek dibuka.",
        "",
        "Kasus Anggrek · perempuan · 9 tahun",
    ]
    assert "Periksa syarat pertolongan" in sari.last_screen.text
    assert not any(CHILD in message.text for message in sari.phone.messages)  # what was typed is gone
    (case,) = town.rows(select(Case))
    assert (case.code_name, case.age_years, case.sex, case.name) == ("Anggrek", 9, "P", CHILD)
    runs = town.rows(select(Run))
    assert {run.sop: run.state for run in runs} == {"9.1.20": RunState.OPEN, "9.1.33": RunState.WAITING}


async def test_step_1_is_recorded_from_the_checklist_and_only_has_to_be_saved(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await opens_case(sari)
    task = town.task("9.1.20", 1)
    (record,) = town.rows(select(Record))
    assert (record.task_id, record.key) == (task.id, "form")
    assert record.data == {
        "kategori": ["Situasi darurat", "Korban kekerasan fisik atau mental"],
        "di_bawah_18": True,
    }
    await sari.taps("1")
    assert "Pastikan: ☑ kategori" in sari.last_screen.text
    assert "☐" not in sari.last_screen.text
    await sari.taps("Selesai")
    assert "Situasi darurat, Korban kekerasan fisik atau mental" in sari.last_screen.text
    await sari.taps("Simpan")
    assert town.task("9.1.20", 1).state == TaskState.DONE
    assert town.task("9.1.20", 2).state == TaskState.OPEN


async def test_the_flow_survives_a_restart_and_goes_on(town: Town) -> None:
    sari = await at_categories(town)
    await sari.taps("☐ Diperdagangkan")
    await town.restart()
    await sari.taps("Lanjut")
    await sari.types("/tugas")
    await sari.types("/kasus")
    await sari.taps("Lanjutkan membuka kasus")
    assert sari.last_screen.text == "Berapa tahun umur anak?"
    await sari.types("sembilan")
    assert sari.last_screen.text.startswith("Saya belum mengerti “sembilan”.")
    await sari.types("9 tahun")
    assert sari.last_screen.text == "Perempuan atau laki-laki?"


async def test_somebody_of_18_is_refused_with_what_to_do(town: Town) -> None:
    sari = await at_categories(town)
    await sari.taps("☐ Diperdagangkan")
    await sari.taps("Lanjut")
    assert "17" in sari.buttons
    assert "18" not in sari.buttons
    await sari.types("18")
    assert "di bawah 18 tahun" in sari.last_screen.text
    assert "Dinas Sosial" in sari.last_screen.text
    await sari.types("17")
    assert sari.last_screen.text == "Perempuan atau laki-laki?"


async def test_an_unborn_child_needs_neither_age_nor_sex_nor_name(town: Town) -> None:
    sari = await at_categories(town)
    await sari.taps("☐ 5")
    await sari.taps("Lanjut")
    await sari.taps("Masih dalam kandungan")
    await sari.taps("Belum diketahui")
    await sari.taps("Lewati")
    await sari.taps("Lewati")
    await sari.taps("Pakai")
    await sari.taps("Buka kasus")
    (case,) = town.rows(select(Case))
    assert (case.unborn, case.age_years, case.sex, case.name, case.reason) == (True, None, None, None, None)
    assert "Kasus Anggrek · masih dalam kandungan" in sari.last_screen.text


async def test_code_names_are_not_used_twice_and_tell_nothing(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await opens_case(sari)
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    await sari.taps("☐ Diperdagangkan")
    await sari.taps("Lanjut")
    await sari.taps("12")
    await sari.taps("Laki-laki")
    await sari.types("Jalak Rekaan")
    await sari.taps("Lewati")
    assert sari.buttons[0] == "Pakai Bakung"  # Anggrek is used, Jalak would tell the name
    await sari.taps("Nama lain")
    await sari.types("anggrek")
    assert sari.last_screen.text.startswith("Nama sandi anggrek sudah dipakai.")
    await sari.taps("Nama lain")
    await sari.types("Si Jalak")
    assert sari.last_screen.text.startswith("Nama sandi itu memuat nama anak.")
    await sari.taps("Nama lain")
    await sari.types("Batu Karang")
    assert sari.last_screen.text.startswith("Kasus Batu Karang · laki-laki · 12 tahun")
    await sari.taps("Ubah")
    await sari.taps("Nama")
    await sari.types("Karang Rekaan")  # the code name would tell this one
    assert sari.last_screen.text.startswith("Nama sandi itu memuat nama anak.")
    await sari.taps("Pakai")
    await sari.taps("Buka kasus")
    assert [case.code_name for case in town.rows(select(Case))] == ["Anggrek", "Jalak"]


async def test_others_find_no_case_and_forged_buttons_tell_nothing(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    others = [
        await town.officer("Dewi", "peksos"),
        await town.officer("Rahmat", "bimbingan"),
        await town.officer("Admin", admin=True),
        await town.officer("Kasi", "penyantunan", head="penyantunan"),
    ]
    await opens_case(sari)
    case = town.rows(select(Case))[0].id
    task = town.task("9.1.20", 1).id
    nothing = 999
    for other in others:
        await other.types("/kasus")
        assert other.last_screen.text == "Tidak ada kasus untuk Anda."
        for verb in ("task_open", "task_done", "task_undo", "task_give", "task_snooze", "task_skip", "form_view",
                     "task_take", "task_more", "task_move", "task_obstacle", "task_when", "form_note"):  # fmt: skip
            await other.taps_data(f"1.{verb}.{nothing}.0")
            unknown = other.lowest_screen
            await other.taps_data(f"1.{verb}.{task}.0")
            assert (other.lowest_screen.text, other.lowest_screen.rows) == (unknown.text, unknown.rows), verb
        for verb in ("case_page", "case_data", "case_give", "case_close", "case_past", "case_steps", "case_mine",
                     "case_services", "case_fact", "case_unsee", "case_close_yes", "case_keep"):  # fmt: skip
            word = "~name" if verb == "case_fact" else ""
            await other.taps_data(f"1.{verb}.{nothing}.0{word}")
            unknown = other.lowest_screen
            await other.taps_data(f"1.{verb}.{case}.0{word}")
            assert (other.lowest_screen.text, other.lowest_screen.rows) == (unknown.text, unknown.rows), verb
        for message in other.phone.messages:
            assert CHILD not in message.text
            assert "Anggrek" not in message.text


async def test_data_of_the_child_is_logged_and_hidden_again(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await opens_case(sari)
    await sari.taps("Data anak")
    assert f"Nama: {CHILD}" in sari.last_screen.text
    assert sari.last_screen.is_protected
    looked, entry = town.rows(select(ReadEntry))
    assert (looked.screen, looked.case_id) == ("new case", None)
    assert (entry.officer_id, entry.case_id) == (sari.id, 1)
    await sari.taps("Alamat")
    await sari.types("Jalan Rekaan 1")
    await sari.taps("‹ Kembali")
    await sari.taps("Data anak")
    assert "Alamat: Jalan Rekaan 1" in sari.last_screen.text
    await town.lives_until("2026-11-30 08.06")
    assert sari.last_screen.text == "Kasus Anggrek: data anak disembunyikan lagi."
    assert not any(CHILD in message.text or "Rekaan 1" in message.text for message in sari.phone.messages)
    await sari.taps("Buka")
    assert sari.last_screen.text.startswith("Kasus Anggrek · perempuan · 9 tahun")
    await sari.taps("Data anak")
    await sari.taps("‹ Kembali")
    page = sari.last_screen.text
    await town.lives_until("2026-11-30 08.30")
    assert sari.last_screen.text == page  # nothing was left to hide


async def test_a_case_that_is_handed_over_is_gone_for_the_former_one(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    dewi = await town.officer("Dewi", "peksos")
    kepala = await town.officer("Kepala", "kepala")
    await opens_case(sari)
    page = sari.last_screen
    await sari.taps("Serahkan kasus")
    await sari.taps("Dewi")
    await sari.types("Cuti melahirkan; hubungi polisi dulu")
    await sari.taps("Ya, serahkan")
    assert sari.last_screen.text == (
        "✅ Kasus Anggrek sekarang dipegang Dewi. Keduanya dan para kepala diberi tahu."
    )
    assert "Kasus Anggrek sekarang dipegang Dewi (oleh Ibu Sari)." in kepala.lowest_screen.text
    assert dewi.last_screen.text == "Kasus Anggrek kini Anda pegang, diserahkan oleh Ibu Sari."
    await dewi.taps("Buka")
    assert "Peksos: Dewi\nDari Ibu Sari: Cuti melahirkan; hubungi polisi dulu" in dewi.last_screen.text
    await dewi.taps("Riwayat")
    assert "• diserahkan dari Ibu Sari ke Dewi · Ibu Sari, " in dewi.last_screen.text
    assert "Cuti melahirkan; hubungi polisi dulu" in dewi.last_screen.text
    await sari.types("/kasus")
    assert sari.last_screen.text == "Tidak ada kasus untuk Anda."
    await sari.types("/tugas")
    assert "Anggrek" not in sari.last_screen.text
    await sari.taps_data(f"1.case_data.{1}", on=page)
    assert sari.lowest_screen.text == "Itu sudah tidak ada."
    await dewi.types("/tugas")
    assert "Kasus Anggrek · Periksa syarat pertolongan" in dewi.last_screen.text


async def test_a_case_closed_by_hand_owes_nothing(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    kepala = await town.officer("Kepala", "kepala")
    await opens_case(sari)
    await kepala.types("/kasus")
    await kepala.taps("1")
    await kepala.taps("Tutup kasus")
    await kepala.types("Dijemput keluarganya")
    assert not any(one.text == "Dijemput keluarganya" for one in kepala.phone.messages)
    await kepala.taps("Tutup kasus")
    assert kepala.last_screen.text.startswith("✅ Kasus Anggrek sudah ditutup.")
    assert sari.last_screen.text == (
        "Kasus Anggrek ditutup oleh Kepala. Langkah yang terbuka tidak diperlukan lagi."
    )
    assert {task.state for task in town.rows(select(Task))} == {TaskState.WITHDRAWN}
    await sari.types("/kasus")
    await sari.taps("Kasus yang sudah ditutup")
    await sari.taps("1")
    assert "Ditutup lebih awal oleh Kepala: Dijemput keluarganya" in sari.last_screen.text
    assert "Serahkan kasus" not in sari.buttons
    assert "Buka lagi…" not in sari.buttons
    await kepala.taps("Buka lagi…")
    await kepala.types("Kembali lagi ke sini")
    assert kepala.last_screen.text.startswith("✅ Kasus Anggrek dilanjutkan dari langkah terakhir.")
    assert "Kasus Anggrek dilanjutkan: dibuka lagi oleh Kepala." in sari.lowest_screen.text
    assert TaskState.OPEN in {task.state for task in town.rows(select(Task))}
    await sari.types("/tugas")
    assert "Kasus Anggrek" in sari.last_screen.text


async def test_a_head_opens_a_case_for_somebody_who_is_told(town: Town) -> None:
    kepala = await town.officer("Kepala", "kepala")
    sari = await town.officer("Ibu Sari", "peksos")
    await kepala.types("/kasus")
    await kepala.taps("Buka kasus baru")
    await kepala.taps("☐ Diperdagangkan")
    await kepala.taps("Lanjut")
    await kepala.taps("5")
    await kepala.taps("Laki-laki")
    await kepala.taps("Ibu Sari")
    await kepala.taps("Lewati")
    await kepala.taps("Lewati")
    await kepala.taps("Pakai")
    await kepala.taps("Buka kasus")
    assert "Pemegang kasus sudah diberi tahu." in kepala.last_screen.text
    assert sari.last_screen.text == "Kasus Anggrek kini Anda pegang, diserahkan oleh Kepala."
    await sari.taps("Buka")
    assert sari.last_screen.text.startswith("Kasus Anggrek · laki-laki · 5 tahun")
    await sari.taps("1")
    await sari.taps("‹ Kasus Anggrek")
    assert sari.last_screen.text.startswith("Kasus Anggrek · laki-laki · 5 tahun")


async def test_a_code_name_that_a_later_name_gives_away_is_changed(town: Town) -> None:
    kepala = await town.officer("Kepala", "kepala")
    sari = await town.officer("Ibu Sari", "peksos")
    await opens_case(sari)
    await kepala.types("/kasus")
    await kepala.taps("1")
    await kepala.taps("Data anak")
    await kepala.taps("Nama…")
    await kepala.types("Anggrek Rekaan")
    assert "Nama sandinya kini memuat nama anak." in kepala.last_screen.text
    await kepala.taps("Nama sandi…")
    await kepala.types("si anggrek")
    assert "memuat nama anak" in kepala.lowest_screen.text
    await kepala.types("Jalak")
    assert kepala.last_screen.text.startswith("Kasus Jalak · perempuan · 9 tahun\n✅ Tercatat.")
    assert sari.last_screen.text == "Kasus Anggrek sekarang bernama sandi Jalak."
    await sari.types("/tugas")
    assert "Kasus Jalak · Periksa syarat pertolongan" in sari.last_screen.text


async def test_words_a_tap_too_early_go_and_records_are_hidden_again(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    kepala = await town.officer("Kepala", "kepala")
    await opens_case(sari, child="Melur Rekaan")

    def typed(person: Person) -> list[str]:
        return [one.text for one in person.phone.messages if one.sender_id == person.phone.id]

    await sari.types("Jalan Rekaan 5 Mataram")  # before [Alamat…] was tapped
    assert "Saya membantu langkah SOP" in sari.last_screen.text
    assert "Jalan Rekaan 5 Mataram" not in typed(sari)
    await town.lives_until("2026-11-30 09.00")
    await sari.types("/tugas")
    await town.lives_until("2026-11-30 09.30")  # no case was open for long
    await sari.types("halo semua")
    assert "halo semua" in typed(sari)

    await sari.types("/tugas")
    await sari.taps("1")
    await sari.taps("Selesai")
    await sari.taps("Simpan")
    task = town.task("9.1.20", 1)
    await kepala.types("/kasus")
    await kepala.taps("1")
    await kepala.taps_data(f"1.form_view.{task.id}")
    assert "Situasi darurat" in kepala.last_screen.text
    await town.lives_until("2026-11-30 09.45")
    assert kepala.last_screen.text == "Kasus Anggrek: data anak disembunyikan lagi."


async def test_a_name_is_asked_back_about_wherever_it_is_typed(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    tari = await town.officer("Tari", "tu", admin=True)
    await opens_case(sari, child="Melur Rekaan")
    await tari.types("/anak melur rekaan")
    assert tari.last_screen.text.startswith("🔒 Pesan Anda menyebut nama anak yang dirahasiakan.")
    assert tari.buttons == ["Maksudnya orang lain"]
    await tari.taps("Maksudnya orang lain")
    assert "🔒" not in tari.last_screen.text
    await tari.types("melur rekaan mau pulang")
    await tari.taps("Kirim tanpa nama")
    assert "Saya membantu langkah SOP" in tari.last_screen.text
    await tari.types("melur demam")  # one word of a name, by somebody who has nothing to do with the child
    assert "🔒" not in tari.last_screen.text
    await sari.types("melur demam")
    assert sari.buttons == ["Kirim tanpa nama", "Maksudnya orang lain", "Kasus Anggrek"]
    assert "Kirim begini? “Anggrek demam”" in sari.last_screen.text
    await sari.types("anggrek")  # typed anew: what was asked about is forgotten
    assert "Kasus Anggrek" in sari.last_screen.text
    looks = town.rows(select(ReadEntry).where(ReadEntry.screen == "name typed"))
    assert len(looks) == 3


async def test_the_stand_in_is_named_and_keeps_the_case(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    lina = await town.officer("Lina", "peksos")
    kepala = await town.officer("Kepala", "kepala")
    await opens_case(sari)
    await sari.types("/cuti")
    await sari.taps("Catat cuti saya")
    await sari.types("1 sampai 3 desember")
    await sari.taps("Lina")
    await sari.taps("Catat")
    await lina.types("/kasus")
    assert "Anggrek" not in lina.last_screen.text
    await town.lives_until("2026-12-01 09.00")
    await kepala.types("/kasus")
    await kepala.taps("1")
    assert "Peksos: Ibu Sari, sedang cuti. Pengganti: Lina" in kepala.last_screen.text
    await lina.types("/kasus")
    await lina.taps("1")
    assert "Serahkan kasus" in lina.buttons
    await lina.taps("Tutup kasus")
    await lina.types("Dijemput neneknya")
    await lina.taps("Tutup kasus")
    assert "Ditutup lebih awal oleh Lina: Dijemput neneknya" in lina.last_screen.text


async def test_a_head_who_knows_it_reads_who_looked_and_who_changed_something(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    kepala = await town.officer("Ibu Kirana", "kepala")
    await opens_case(sari)
    case = town.rows(select(Case))[0]
    (task, *_rest) = town.tasks("9.1.20", state=TaskState.OPEN)
    await sari.taps_data(f"1.task_hurdle.{task.id}.0")
    await sari.taps_data(f"1.case_looks.{case.id}.0")
    assert "Siapa yang melihat" not in sari.last_screen.text
    await kepala.taps_data(f"1.case_data.{case.id}")
    await kepala.taps_data(f"1.case_looks.{case.id}.0")
    lines = kepala.last_screen.text.splitlines()
    assert lines[0] == "Kasus Anggrek · perempuan · 9 tahun · Siapa yang melihat"
    assert "• 30 November: Ibu Kirana · halaman" in lines
    assert "✏️ 30 November: Ibu Sari · langkah, catatan (2×)" in lines
