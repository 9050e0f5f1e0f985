"""Enrolment as it is seen on the phones."""

from sqlmodel import col, select

from simulator.methods.profile import commands_of
from storage.tables import Officer, OfficerRole
from tests.support.town import Town

REFUSAL = "Bot ini khusus petugas RPPSA Putra Utama. Untuk bergabung, mintalah undangan kepada admin."


async def test_a_code_enrols_and_brings_the_menu(town: Town) -> None:
    sari = town.person("Ibu Sari")
    await sari.starts(town.invite("Ibu Sari", "peksos"))
    assert sari.last_screen.text.splitlines()[0] == (
        "Selamat datang, Ibu Sari. Anda terdaftar sebagai Peksos dan admin di RPPSA Putra Utama."
    )
    assert sari.menu == [["Tugas saya", "Kasus"], ["Anak", "Bantuan"]]
    assert "petugas" in [one["command"] for one in commands_of(town.world, sari.phone.id)]


async def test_a_code_is_used_once(town: Town) -> None:
    code = town.invite("Ibu Sari", "peksos")
    sari, other = town.person("Ibu Sari"), town.person("Orang Lain")
    await sari.starts(code)
    town.clock.set("2026-12-02 09.00")
    await other.starts(code)
    assert (
        other.last_screen.text == "Kode ini sudah dipakai pada 30 November. Mintalah kode baru kepada admin."
    )
    await sari.starts(code)
    assert sari.last_screen.text == "Anda sudah terdaftar, Ibu Sari, sebagai Peksos dan admin."


async def test_an_expired_code_says_until_when_it_was_good(town: Town) -> None:
    code = town.invite("Ibu Sari", "peksos")
    town.clock.set("2026-12-08 09.00")
    sari = town.person("Ibu Sari")
    await sari.starts(code)
    assert sari.last_screen.text == (
        "Kode ini hanya berlaku sampai 7 Desember. Mintalah kode baru kepada admin."
    )


async def test_a_stranger_hears_one_refusal_then_nothing_but_a_code_is_answered(town: Town) -> None:
    stranger = town.person("Orang Asing")
    await stranger.starts()
    assert [screen.text for screen in stranger.screens] == [REFUSAL]
    await stranger.types("halo?")
    await stranger.types("/tugas")
    await stranger.sends_sticker()
    await stranger.starts()
    assert len(stranger.screens) == 1
    await stranger.starts("2222-3333")
    assert stranger.last_screen.text.startswith("Kode ini tidak saya kenal.")


async def test_sixth_wrong_code_is_told_to_wait_once_and_the_right_one_counts_after_the_hour(
    town: Town,
) -> None:
    code = town.invite("Ibu Sari", "peksos")
    sari = town.person("Ibu Sari")
    for _time in range(5):
        await sari.starts("2222-3333")
    assert len(sari.screens) == 5
    for wrong in ("2222-3333", code, "2222-3333"):
        await sari.starts(wrong)
    assert [screen.text for screen in sari.screens[5:]] == [
        "Terlalu banyak kode yang salah. Coba lagi pukul 09.00."
    ]
    town.clock.set("2026-11-30 09.00")
    await sari.starts(code)
    assert sari.last_screen.text.startswith("Selamat datang, Ibu Sari.")


async def test_a_code_typed_alone_enrols_too(town: Town) -> None:
    code = town.invite("Ibu Sari", "peksos")
    sari = town.person("Ibu Sari")
    await sari.types(code.lower())
    assert sari.last_screen.text.startswith("Selamat datang, Ibu Sari.")


async def test_start_without_code_welcomes_an_officer_back(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await sari.starts()
    assert (
        sari.last_screen.text == "Selamat datang kembali, Ibu Sari. Anda terdaftar sebagai Peksos dan admin."
    )


async def test_admin_invites_from_the_chat_and_the_code_can_be_passed_on(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    await admin.types("/petugas")
    assert "1. Ibu Admin · TU dan admin" in admin.last_screen.text
    await admin.taps("Undang petugas")
    await admin.types("Pak Rahmat")
    assert admin.last_screen.text.startswith("Pak Rahmat diundang sebagai apa?")
    assert "Pak Rahmat" not in [message.text for message in admin.phone.messages]  # the typed name is gone
    await admin.taps("☐ Bimbingan")
    await admin.taps("☐ Kepala seksi")
    assert "☑ Bimbingan" in admin.buttons
    await admin.taps("Buat kode")
    picture = admin.screens[-2].message
    assert "photo" in picture.content
    assert not picture.protect_content
    passed_on = admin.lowest_screen
    assert "https://t.me/" in passed_on.text
    assert not passed_on.is_protected
    assert "Rahmat" not in passed_on.text
    code = passed_on.text.split("/start ")[1].split()[0]

    rahmat = town.person("Pak Rahmat")
    await rahmat.starts(code)
    assert "Anda terdaftar sebagai Bimbingan (kepala seksi) di RPPSA" in rahmat.last_screen.text
    assert rahmat.menu == [["Tugas saya", "Anak"], ["Status", "Bantuan"]]


async def test_the_code_needs_a_role_and_a_guru_a_cohort(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    await town.open_cohort("Angkatan Contoh")
    await admin.types("/petugas")
    await admin.taps("Undang petugas")
    await admin.types("Ibu Guru")
    await admin.taps("Buat kode")
    assert admin.last_screen.text.endswith("Pilih perannya dulu.")
    await admin.taps("☐ Guru Pendamping")
    await admin.taps("Buat kode")
    assert admin.last_screen.text.endswith("Pilih angkatan guru pendamping dulu.")
    await admin.taps("☐ Angkatan Contoh")
    assert "Untuk guru, sekolahnya juga" in admin.last_screen.text
    await admin.taps("☐ SDN 2 Contoh")
    await admin.taps("Buat kode")
    guru = town.person("Ibu Guru")
    await guru.starts(admin.lowest_screen.text.split("/start ")[1].split()[0])
    assert "sebagai Guru Pendamping Angkatan Contoh di" in guru.last_screen.text
    await guru.types("/anak")
    await guru.taps("Angkatan Contoh")
    assert [label[:3] for label in guru.buttons if label[:3].isdigit()] == ["002", "004", "006"]


async def test_who_is_made_guru_in_chat_is_asked_of_which_school(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    guru = await town.officer("Ibu Guru", "tu")
    cohort = await town.open_cohort("Angkatan Contoh")
    await admin.taps_data(f"1.enrol_given.{guru.id}.{cohort.id}.1~guru")
    assert "Ibu Guru dari sekolah mana?" in admin.last_screen.text
    await admin.taps("SDN 1 Contoh")
    assert "Sekolah: SDN 1 Contoh" in admin.buttons


async def test_admin_removes_an_officer_who_is_then_a_stranger(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    sari = await town.officer("Ibu Sari", "peksos")
    await admin.types("/petugas")
    await admin.taps("2")
    assert admin.last_screen.text.splitlines()[:2] == ["Ibu Sari", "Peksos"]
    await admin.taps("Keluarkan")
    await admin.taps("Ya, keluarkan")
    assert admin.last_screen.text == "✅ Ibu Sari bukan petugas di sini lagi."
    assert sari.last_screen.text.startswith("Ibu Admin mengeluarkan Anda dari Pandu:")
    before = sari.screens
    await sari.types("Tugas saya")
    await sari.types("Tugas saya")
    assert [screen.text for screen in sari.new_since(before)] == [REFUSAL]
    await admin.taps_data(f"1.enrol_removed.{sari.id}")
    assert admin.last_screen.text == "Ibu Sari sudah dikeluarkan sebelumnya: tidak ada yang berubah."


async def test_who_comes_back_is_the_same_officer(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    sari = await town.officer("Ibu Sari", "peksos")
    await admin.taps_data(f"1.enrol_removed.{sari.id}")
    for same, people in ((True, 2), (False, 3)):
        await admin.types("/petugas")
        await admin.taps("Undang petugas")
        await admin.types("ibu sari")
        assert admin.last_screen.text.startswith("ibu sari pernah terdaftar di sini. Orang yang sama?")
        await admin.taps("Ya, sampai" if same else "Bukan, orang lain")
        await admin.taps("☐ Penyantunan")
        await admin.taps("Buat kode")
        code = admin.lowest_screen.text.split("/start ")[1].split()[0]
        newcomer = sari if same else town.person("Ibu Sari lain")
        await newcomer.starts(code)
        assert "sebagai Penyantunan di" in newcomer.last_screen.text
        found = town.rows(select(Officer).order_by(col(Officer.id)))
        assert len(found) == people
        if same:
            assert (found[1].id, found[1].removed_at) == (sari.id, None)
            await admin.taps_data(f"1.enrol_card.{sari.id}")
            assert admin.last_screen.text.splitlines()[:2] == [
                "Ibu Sari",
                "Penyantunan",
            ]  # not peksos any more
            await admin.taps_data(f"1.enrol_removed.{sari.id}")


async def test_the_last_admin_stays(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    sari = await town.officer("Ibu Sari", "peksos")
    await admin.types("/petugas")
    await admin.taps("1")
    await admin.taps("Keluarkan")
    await admin.taps("Ya, keluarkan")
    assert admin.last_screen.text == "Ini satu-satunya admin. Jadikan petugas lain admin dulu."
    await admin.taps("‹ Petugas")
    await admin.taps("2")
    await admin.taps("Jadikan admin")
    assert admin.last_screen.text.startswith("Jadikan Ibu Sari admin, di samping Ibu Admin?")
    before = sari.screens
    await admin.taps("Batal")
    await admin.taps("Jadikan admin")
    await admin.taps("Ya, jadikan admin")
    assert [screen.text for screen in sari.new_since(before)] == ["Ibu Sari dijadikan admin oleh Ibu Admin."]
    assert admin.last_screen.text.splitlines()[1] == "Peksos dan admin"


async def test_a_new_phone_takes_over_and_the_old_one_hears_of_it(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    old = await town.officer("Ibu Sari", "bimbingan")
    await admin.types("/petugas")
    await admin.taps("2")
    await admin.taps("HP baru")
    before = old.screens
    new = town.person("Ibu Sari, HP baru")
    await new.starts(admin.lowest_screen.text.split("/start ")[1].split()[0])
    assert new.last_screen.text == (
        "Selamat datang kembali, Ibu Sari. HP ini sekarang HP Anda di Pandu, sebagai Bimbingan."
    )
    gone = "Sejak pukul 08.00 Pandu Anda dipakai di HP lain; HP ini tidak lagi. Bila bukan Anda, segera hubungi Ibu Admin."
    assert [screen.text for screen in old.new_since(before)] == [gone]
    await old.types("Tugas saya")
    assert [screen.text for screen in old.new_since(before)] == [gone, REFUSAL]


async def test_a_shared_phone_is_not_taken_over(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await sari.starts(town.invite("Pak Rahmat", "bimbingan"))
    assert sari.last_screen.text.startswith("HP ini dipakai Ibu Sari. Tidak ada yang berubah")


async def test_only_an_admin_sees_the_officers(town: Town) -> None:
    await town.officer("Ibu Admin", "tu")
    sari = await town.officer("Ibu Sari", "peksos")
    await sari.types("/petugas")
    assert sari.last_screen.text == "Itu hanya dapat dilakukan admin."


async def test_the_head_hears_that_a_colleague_with_tasks_is_gone(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    await town.officer("Pak Budi", "penyantunan")
    kasi = await town.officer("Ibu Kasi", head="penyantunan")
    await town.open_cohort("Angkatan Contoh")
    before = kasi.screens
    await admin.types("/petugas")
    await admin.taps("3")  # by name: Ibu Admin, Ibu Kasi, Pak Budi
    await admin.taps("Keluarkan")
    await admin.taps("Ya, keluarkan")
    assert any("Pak Budi" in screen.text for screen in kasi.new_since(before))


async def test_a_kasi_is_made_in_chat_and_the_last_one_stays(town: Town) -> None:
    tari = await town.officer("Ibu Tari", "tu", admin=True)
    rahmat = await town.officer("Pak Rahmat", "penyantunan", head="penyantunan")
    wulan = await town.officer("Ibu Wulan", "bimbingan")
    await tari.taps_data(f"1.enrol_roles.{wulan.id}")
    await tari.taps("Beri peran")
    await tari.taps("Penyantunan")
    assert "Sudah ada Pak Rahmat." in tari.last_screen.text
    await tari.taps("Ya, SK baru")
    assert tari.last_screen.text.startswith("✅ Ibu Wulan sekarang memegang peran Penyantunan.")
    assert "Ibu Tari memberi peran Seksi Penyantunan kepada Ibu Wulan." in wulan.lowest_screen.text
    assert "memberi peran Seksi Penyantunan" in rahmat.lowest_screen.text
    await tari.taps_data(f"1.enrol_card.{wulan.id}")  # who, what and why stand there
    assert "• Senin 30 Nov: Penyantunan diberikan · Ibu Tari, SK baru" in tari.last_screen.text
    grant = next(one for one in town.rows(select(OfficerRole)) if one.is_head)
    await tari.taps_data(f"1.enrol_take.{rahmat.id}.{grant.id}")
    assert tari.last_screen.text.startswith("Tidak ada kasi lain: Penyantunan.")
    await tari.taps_data(f"1.enrol_head_yes.{rahmat.id}.{grant.id}.0")
    assert tari.last_screen.text.startswith("Tidak ada kasi lain: Penyantunan.")
    assert next(one for one in town.rows(select(OfficerRole)) if one.id == grant.id).is_head


async def test_a_yes_that_changes_nothing_says_so(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    await town.officer("Bu Wulan", "peksos", head="peksos")
    sari = await town.officer("Ibu Sari", "penyantunan")
    grant = town.rows(select(OfficerRole).where(OfficerRole.officer_id == sari.id))[0]
    take = f"1.enrol_taken.{sari.id}.{grant.id}"
    await admin.taps_data(f"1.enrol_head_yes.{sari.id}.{grant.id}.1")
    await admin.taps_data(take)
    assert (
        admin.last_screen.text == "Tidak ada kasi lain: Penyantunan. Jadikan dulu petugas lain sebagai kasi."
    )
    await town.officer("Pak Rahmat", "penyantunan", head="penyantunan")
    for data in (
        f"1.enrol_given.{sari.id}.0~peksos",
        f"1.enrol_head_yes.{sari.id}.{grant.id}.0",
        f"1.enrol_admin_yes.{sari.id}.1",
        take,
    ):
        await admin.taps_data(data)
        assert not admin.last_screen.text.startswith("Sudah begitu"), data
        await admin.taps_data(data)  # tapped twice
        assert admin.last_screen.text.startswith("Sudah begitu sebelumnya: tidak ada yang berubah."), data
