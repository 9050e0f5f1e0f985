"""What runs for months in a case: how it is handed over, the monthly card, finishing one; the evaluation's decision."""

from storage.tables import TaskState
from tests.conversations.test_cases import CHILD, opens_case
from tests.support.person import Person
from tests.support.town import Town


async def house(town: Town) -> dict[str, Person]:
    """The shelter's officers: one of each section, and the Kepala."""
    return {
        "sari": await town.officer("Ibu Sari", "peksos"),
        "rahmat": await town.officer("Rahmat", "penyantunan"),
        "budi": await town.officer("Budi", "bimbingan"),
        "kepala": await town.officer("Kepala", "kepala"),
    }


async def finishes(person: Person, label: str) -> None:
    """From /tugas: open the step with this name and finish it, with its form if it has one."""
    await person.types("/tugas")
    lines = person.last_screen.text.splitlines()
    number = next(line.split(".")[0] for line in lines if label in line)
    await person.taps(number)
    await person.taps("Selesai")
    for _question in range(12):
        await _answers(person)
        if person.last_screen.text.startswith(("✅", "Semua", "Kasus Anggrek · ✅")):
            return
    raise AssertionError(f"{label} is not finished: {person.last_screen.text}")


async def _answers(person: Person) -> None:
    """One question of a form, however it is asked."""
    buttons, text = person.buttons, person.last_screen.text
    if "Simpan" in buttons:
        await person.taps("Simpan")
    elif "Lanjut" in buttons:
        await person.taps("Lanjut")
    elif "✅" in text:
        return
    elif "Tanggal" in text:
        await person.types("hari ini")
    elif buttons[0] != "Nanti saja":
        await person.taps(buttons[0])
    else:
        await person.types("Catatan rekaan")


async def to_intervention(sari: Person) -> None:
    """9.1.20 and 9.1.21 up to the registration, after which the sections begin."""
    for step in ("Periksa syarat", "Terima rujukan", "Beri pertolongan", "Hubungi instansi", "Siapkan tempat",
                 "Pastikan menjadi kelayan"):  # fmt: skip
        await finishes(sari, step)


async def at_home(town: Town) -> dict[str, Person]:
    """A case whose child lives in the shelter: the services of Penyantunan run."""
    people = await house(town)
    await opens_case(people["sari"])
    await to_intervention(people["sari"])
    for step in ("Terima", "Jelaskan", "Registrasi"):
        await finishes(people["sari"], step)
    return people


async def test_services_that_begin_together_are_one_line(town: Town) -> None:
    people = await at_home(town)
    rahmat = people["rahmat"]
    push = rahmat.last_screen
    assert push.text.splitlines() == [
        "3 hal untuk Anda:",
        "1. Kasus Anggrek · Tentukan kelompok dan wisma · besok",
        "2. Kasus Anggrek · Ukur pakaian anak · besok",
        "• Kasus Anggrek · mulai berjalan 3-6 bulan: Susun menu, Konsultasi menu ke Puskesmas, "
        "Pantau tukang masak dan bahan, Beri makanan tambahan dan 4 lagi",
    ]
    await rahmat.taps("Buka: Kasus Anggrek")
    assert rahmat.last_screen.text.splitlines()[:2] == [
        "Kasus Anggrek · Berjalan 3-6 bulan",
        "sejak 30 November, 3 bulan pada 28 Februari 2027",
    ]
    assert "\n1. Susun menu\n2. " in rahmat.last_screen.text
    assert rahmat.last_screen.rows[:2] == [["1", "2", "3", "4"], ["5", "6", "7", "8"]]
    await rahmat.types("/tugas")
    assert "Susun menu" not in rahmat.last_screen.text  # what runs is never in the list of tasks
    await people["budi"].types("/kasus")
    assert people["budi"].last_screen.text == "Tidak ada kasus untuk Anda."


async def test_a_step_of_a_case_says_age_and_sex_while_it_is_open(town: Town) -> None:
    rahmat = (await at_home(town))["rahmat"]
    await rahmat.taps("1")
    assert rahmat.last_screen.text.splitlines()[0].startswith("Kasus Anggrek · SOP 9.1.24")
    assert rahmat.last_screen.text.splitlines()[1] == "perempuan · 9 tahun"
    await rahmat.taps("Selesai")
    assert "9 tahun" not in rahmat.last_screen.text
    await rahmat.types("/kasus")
    assert (
        rahmat.last_screen.text == "1 kasus aktif\n1. Kasus Anggrek · Ukur pakaian anak · 9 layanan berjalan"
    )


async def test_a_section_with_a_step_finds_the_case_by_its_code(town: Town) -> None:
    people = await at_home(town)
    rahmat = people["rahmat"]
    for typed in ("/kapan Anggrek", "/kapan anggrek"):
        await rahmat.types(typed)
        assert rahmat.last_screen.text.startswith("Kasus Anggrek\n")
    await rahmat.taps("Buka")
    assert rahmat.last_screen.text.startswith("Kasus Anggrek\n1. ")
    guru = await town.officer("Guru", role="guru", cohort=await town.open_cohort())
    await guru.types("/kapan Anggrek")
    assert "Kasus" not in guru.last_screen.text


async def test_the_monthly_card_asks_once_a_month_and_says_when_three_months_are_over(town: Town) -> None:
    rahmat = (await at_home(town))["rahmat"]
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    await town.lives_until("2026-12-30 08.00")
    await rahmat.types("/tugas")
    assert "Kasus Anggrek · Layanan berjalan, bulan ke-1" in rahmat.last_screen.text
    line = next(one for one in rahmat.last_screen.text.splitlines() if "bulan ke-1" in one)
    await rahmat.taps(line.split(".")[0])
    text = rahmat.last_screen.text
    assert text.splitlines()[:2] == [
        "Kasus Anggrek · Layanan berjalan, bulan ke-1 · Seksi Penyantunan",
        "perempuan · 9 tahun",
    ]
    assert "sejak 30 November, 3 bulan pada 28 Februari" in text
    assert "9. Asuh anak di wisma" in text
    await rahmat.taps("Hambatan")
    assert rahmat.last_screen.text.startswith("Kasus Anggrek · Layanan berjalan, bulan ke-1\n")
    await rahmat.taps("Batal")
    await rahmat.taps("Semua masih berjalan")
    assert rahmat.last_screen.text.startswith("✅ Kasus Anggrek · Layanan berjalan, bulan ke-1")
    await town.lives_until("2027-03-01 09.00")
    await rahmat.types("/tugas")
    line = next(one for one in rahmat.last_screen.text.splitlines() if "bulan ke-3" in one)
    await rahmat.taps(line.split(".")[0])
    assert "sejak 30 November 2026, sudah 3 bulan: selesai?\n1. Susun menu" in rahmat.last_screen.text
    await rahmat.taps("1")
    assert "Susun menu" in rahmat.last_screen.text or "menu" in rahmat.last_screen.text
    await rahmat.taps("Selesai")
    assert town.task("9.1.25", 1).state == TaskState.DONE
    await rahmat.taps("Layanan berjalan")
    assert "Susun menu" not in rahmat.last_screen.text


async def test_a_service_that_ends_early_is_asked_back(town: Town) -> None:
    rahmat = (await at_home(town))["rahmat"]
    await rahmat.taps("Buka: Kasus Anggrek")
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    assert rahmat.last_screen.text == (
        "Kasus Anggrek · Susun menu berjalan sejak 30 November; waktu di SOP 3-6 bulan. Sudah selesai?"
    )
    assert town.task("9.1.25", 1).state == TaskState.OPEN
    await rahmat.taps("Ya, selesaikan")
    assert town.task("9.1.25", 1).state == TaskState.DONE
    await rahmat.taps("Urungkan")
    assert town.task("9.1.25", 1).state == TaskState.OPEN


async def at_decision(town: Town) -> dict[str, Person]:
    """Three months after the opening: the sections have done the evaluation's first steps."""
    people = await house(town)
    await opens_case(people["sari"])
    await town.lives_until("2027-03-01 09.00")  # 28 February is a Sunday
    for step in ("Siapkan instrumen", "Kaji kembali", "Tinjau kesesuaian"):
        for name in ("sari", "rahmat", "budi"):
            await finishes(people[name], step)
    return people


async def opens_decision(person: Person) -> None:
    await person.types("/tugas")
    line = next(one for one in person.last_screen.text.splitlines() if "Putuskan kelanjutan" in one)
    await person.taps(line.split(".")[0])


async def test_sections_propose_and_agree(town: Town) -> None:
    people = await at_decision(town)
    sari, rahmat, budi = people["sari"], people["rahmat"], people["budi"]
    await opens_decision(budi)
    assert "Peksos mengusulkan lebih dahulu." in budi.last_screen.text
    assert "Setuju" not in budi.buttons
    await opens_decision(sari)
    assert sari.buttons[:3] == ["Usulkan: lanjut", "Usulkan: rujuk", "Usulkan: akhiri"]
    await sari.taps("Lainnya")
    assert "Lewati" not in sari.buttons  # without a decision nothing would follow
    await opens_decision(sari)
    await sari.taps("Usulkan: rujuk")
    assert sari.last_screen.text.endswith("Usulkan: rujuk\nApa alasannya?")
    await sari.types("Perlu terapi di RS")
    assert budi.last_screen.text == (
        "Ibu Sari sudah mengusulkan: Kasus Anggrek · Putuskan kelanjutan intervensi. Apakah Anda setuju?"
    )
    for person in (budi, rahmat):
        await person.taps("Buka")
        assert "Usulan Ibu Sari: rujuk\nAlasan: Perlu terapi di RS" in person.last_screen.text
        await person.taps("Setuju")
    assert town.task("9.1.33", 5).state == TaskState.DONE
    await sari.types("/tugas")
    assert "Lapor hasil evaluasi" in sari.last_screen.text
    await people["kepala"].types("/tugas")
    assert "Anggrek" not in people["kepala"].last_screen.text


async def test_an_objection_goes_to_the_kepala_who_decides(town: Town) -> None:
    people = await at_decision(town)
    sari, rahmat, budi, kepala = (people[name] for name in ("sari", "rahmat", "budi", "kepala"))
    await opens_decision(sari)
    await sari.taps("Usulkan: akhiri")
    await sari.types("Keluarga sudah siap")
    await budi.taps("Buka")
    await budi.taps("Keberatan")
    await budi.types("Belum ada keluarga pengganti")
    typed = [one.text for one in budi.phone.messages if one.sender_id == budi.phone.id]
    assert "Belum ada keluarga pengganti" not in typed
    await town.settle()
    assert "Kasus Anggrek" in kepala.last_screen.text
    await kepala.taps("Buka")
    assert "Usulan Ibu Sari: akhiri" in kepala.last_screen.text
    assert "Keberatan: Budi (Seksi Bimbingan): Belum ada keluarga pengganti" in kepala.last_screen.text
    await kepala.taps("Putuskan: lanjut")
    assert kepala.last_screen.text.startswith("Kasus Anggrek · ✅ SOP 9.1.33 langkah 5 selesai · Kepala")
    assert "Diputuskan Kepala: lanjut" in kepala.last_screen.text
    assert town.task("9.1.33", 5).state == TaskState.DONE
    await opens_case_step(rahmat, "Lapor hasil evaluasi")


async def opens_case_step(person: Person, label: str) -> None:
    await person.types("/tugas")
    assert label in person.last_screen.text


async def test_nobody_but_who_knows_ever_received_the_childs_name(town: Town) -> None:
    people = await at_home(town)
    admin = await town.officer("Admin", admin=True)
    dewi = await town.officer("Dewi", "peksos")
    for person in (people["rahmat"], people["budi"], admin, dewi):
        for command in (
            "/kasus",
            "/tugas",
            "/status",
            "/kapan",
            "/anak",
            "/kapan anggrek",
            "/anak Putri",
            "/bantuan",
        ):
            await person.types(command)
    await town.lives_until("2026-12-31 12.00")
    for person in (people["rahmat"], people["budi"], admin, dewi):
        for message in person.phone.messages:
            if message.sender_id == person.phone.id:
                continue
            for secret in (CHILD, "Putri", "Ditinggal di pasar", "Situasi darurat", "Korban kekerasan"):
                assert secret not in message.text, person.name
    for person in (people["budi"], admin, dewi):
        assert not any("Anggrek" in message.text for message in person.phone.received), person.name


async def test_the_end_of_a_case_from_the_decision_to_the_last_report(town: Town) -> None:
    people = await at_home(town)
    sari, rahmat, budi = people["sari"], people["rahmat"], people["budi"]
    await town.lives_until("2027-03-01 09.00")
    for step in ("Siapkan instrumen", "Kaji kembali", "Tinjau kesesuaian"):
        for name in ("sari", "rahmat", "budi"):
            await finishes(people[name], step)
    await opens_decision(sari)
    await sari.taps("Usulkan: akhiri")
    await sari.types("Keluarga sudah siap")
    for person in (budi, rahmat):
        await opens_decision(person)
        await person.taps("Setuju")
    for person in (sari, rahmat, budi):
        await finishes(person, "Lapor hasil evaluasi")
    (task,) = town.tasks("9.1.25", 1)
    assert task.state == TaskState.OPEN
    for one in town.house.pack.sops["9.1.34"].asked_steps:
        await finishes(sari, one.short)
    (task,) = town.tasks("9.1.25", 1)
    assert (task.state, task.close_reason) == (TaskState.WITHDRAWN, "terminated")
    await rahmat.types("/kasus")
    assert rahmat.last_screen.text == "Tidak ada kasus untuk Anda."
    await sari.types("/kasus")
    await sari.taps("1")
    assert "Tahap: akhir" in sari.last_screen.text
    assert "berjalan" not in sari.last_screen.text
    for one in town.house.pack.sops["9.1.35"].asked_steps:
        await finishes(sari, one.short)
    await sari.types("/kasus")
    assert sari.last_screen.text == "Tidak ada kasus untuk Anda."
    await sari.taps("Kasus yang sudah ditutup")
    await sari.taps("1")
    assert "Ditutup 1 Maret, hari ke-92" in sari.last_screen.text


async def test_each_of_several_members_hears_once_that_services_begin(town: Town) -> None:
    tono = await town.officer("Tono", "penyantunan")
    ani = await town.officer("Ani", "perawat")
    people = await at_home(town)
    for person in (tono, people["rahmat"]):
        assert person.last_screen.text.startswith("Kasus Anggrek · mulai berjalan 3-6 bulan: Susun menu")
        await person.taps("Buka: Kasus Anggrek")
        assert "Susun menu" in person.last_screen.text
    assert ani.last_screen.text.startswith(
        "Kasus Anggrek · mulai berjalan 3-6 bulan: Susun dan sediakan obat"
    )
    await ani.taps("Buka: Kasus Anggrek")
    assert "Periksa kesehatan anak masuk" in ani.last_screen.text
    assert "Susun menu" not in ani.last_screen.text
