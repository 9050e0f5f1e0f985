"""[Lampiran]: what was sent opens again, for who may, for some minutes, and each look is logged."""

from io import BytesIO

from PIL import Image
from sqlmodel import col, select

from storage.tables import ReadEntry, StoredFile
from tests.conversations.test_case_services import at_home
from tests.conversations.test_home_visit import opens_visit, visits_owed
from tests.support.person import Person
from tests.support.steps import at_work, placed
from tests.support.town import Town


async def with_files(town: Town) -> dict[str, Person]:
    """A photo, a letter and a voice are attached to 9.2.01 step 2."""
    people = await at_work(town, rahmat="penyantunan", sari="peksos", kepala="kepala")
    rahmat = people["rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lampirkan foto/berkas")
    await rahmat.sends_photo()
    await rahmat.sends_file(b"isi surat", "surat izin.pdf")
    await rahmat.sends_voice(b"OggS suara")
    await rahmat.taps("Cukup")
    return people


async def test_pictures_files_and_voices_open_from_the_card_and_go_again(town: Town) -> None:
    people = await with_files(town)
    rahmat = people["rahmat"]
    await rahmat.taps("Lampiran")
    assert rahmat.last_screen.text.splitlines() == [
        "SOP 9.2.01 · Surat pemberitahuan ke Kab/Kota · Lampiran",
        "1. Suara · rahmat, 30 November 09.00",
        "2. surat izin.pdf · rahmat, 30 November 09.00",
        "3. Foto · rahmat, 30 November 09.00",
    ]
    listed = rahmat.last_screen.message
    opened = []
    for number, kind in (("1", "document"), ("2", "document"), ("3", "photo")):
        rahmat.phone.taps(number, on=listed)
        await town.settle()
        message = rahmat.phone.last_message
        assert message.protect_content
        assert kind in message.content
        opened.append(message)
    sent = town.world.find_file(opened[1].content["document"]["file_id"])
    assert (sent.name, sent.content) == ("surat izin.pdf", b"isi surat")
    read = town.rows(select(ReadEntry).where(col(ReadEntry.screen).startswith("file ")))
    assert len(read) == 3
    await town.lives_until("2026-11-30 09.06")
    assert all(message.deleted for message in opened)
    assert not listed.deleted


async def test_they_open_from_another_step_of_the_run_for_the_heads_and_nobody_else(town: Town) -> None:
    people = await with_files(town)
    task = town.task("9.2.01", 2)
    file_id = town.rows(select(StoredFile))[0].id
    kepala, sari = people["kepala"], people["sari"]
    await kepala.taps_data(f"1.files_task.{task.id}")
    await kepala.taps("Dari seluruh SOP")
    assert "1. Suara · 9.2.01 Surat pemberitahuan ke Kab/Kota · rahmat" in kepala.last_screen.text
    await sari.taps_data(f"1.files_task.{task.id}")
    assert "Tidak ada lampiran yang dapat Anda lihat." in sari.last_screen.text
    await sari.taps_data(f"1.file_open.{task.id}.{file_id}")
    assert sari.last_screen.text == "Langkah ini tugas Seksi Penyantunan."
    for forged in (
        f"1.file_open.{task.id}.999",
        f"1.file_open.999.{file_id}",
        f"1.place_open.{task.id}.{file_id}.0",
    ):
        await kepala.taps_data(forged)
        assert "tidak" in kepala.last_screen.text.lower()


async def test_a_file_that_is_gone_says_who_can_send_it_again(town: Town) -> None:
    people = await with_files(town)
    for file in town.rows(select(StoredFile)):
        town.house.cabinet.drop(file.content_key)
    await people["rahmat"].taps("Lampiran")
    await people["rahmat"].taps("3")
    assert people["rahmat"].last_screen.text == (
        "Berkas ini tidak ada lagi di penyimpanan. Mintalah rahmat mengirimnya sekali lagi."
    )
    assert "‹ Kembali" in people["rahmat"].buttons


async def test_what_can_not_be_kept_is_said_with_what_to_do(town: Town) -> None:
    rahmat = (await at_work(town, rahmat="penyantunan"))["rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lampirkan foto/berkas")
    huge = BytesIO()
    Image.new("1", (20_000, 10_000)).save(huge, "PNG")
    await rahmat.sends_file(huge.getvalue(), "bukti.png")
    assert rahmat.last_screen.text == (
        "Gambar ini terlalu besar untuk dibuka. Potret lagi, atau kirim sebagai foto."
    )
    await rahmat.sends_file(b"%PDF-1.7 trailer << /Encrypt 1 0 R >>", "surat.pdf")
    assert rahmat.last_screen.text == ("PDF ini berkata sandi. Kirim tanpa kata sandi, atau foto halamannya.")
    await rahmat.sends_file(b"\xff\xd8\xff\xe0\x00\x10JFIF bukan gambar", "foto.jpg")
    assert rahmat.last_screen.text == "Gambar ini tidak dapat dibuka. Kirim sekali lagi."
    assert town.rows(select(StoredFile)) == []
    await rahmat.sends_photo()  # the question is still open
    assert rahmat.last_screen.text.startswith("Tersimpan. 1 berkas terlampir.")


async def test_the_place_of_a_visit_is_a_pin_that_goes_again(town: Town) -> None:
    team = await visits_owed(town)
    rahmat = team.rahmat
    await opens_visit(town, rahmat, 1)
    await rahmat.taps("Catat hasil")
    await rahmat.taps("Ibu")
    await rahmat.types("Baik")
    await rahmat.sends_location(-8.6, 116.2)
    await rahmat.sends_photo()
    await rahmat.taps("Selesai")
    await rahmat.taps("Simpan")
    await opens_visit(town, rahmat, 1)
    await rahmat.taps("Lihat lokasi")
    pin = rahmat.phone.last_message
    assert pin.content["location"] == {"latitude": -8.6, "longitude": 116.2}
    await rahmat.types("/anak 1")
    await rahmat.taps("Lampiran")
    assert [line.split(" · ")[:2] for line in rahmat.last_screen.text.splitlines()[1:]] == [
        ["1. Lokasi", "9.1.12 Kunjungan rumah"],
        ["2. Foto", "9.1.12 Kunjungan rumah"],
    ]
    town.clock.advance(minutes=6)
    await town.settle()
    assert pin.deleted
    await team.budi.types("/anak 1")  # another section: nothing of the visit
    await team.budi.taps("Lampiran")
    assert "Tidak ada lampiran yang dapat Anda lihat." in team.budi.last_screen.text

    # The visit is put right: its old buttons open what stands now.
    await opens_visit(town, rahmat, 1)
    former = {label: rahmat.last_screen.data_of(label) for label in ("Lihat 1 foto", "Lihat lokasi")}
    for field in ("Lokasi", "Foto"):
        await rahmat.taps("Ubah")
        await rahmat.taps("Ubah")  # the last look
        await rahmat.taps(field)
        if field == "Lokasi":
            await rahmat.sends_location(-8.7, 116.3)
        else:
            await rahmat.taps("Lewati")
        await rahmat.taps("Simpan")
        await opens_visit(town, rahmat, 1)
    await rahmat.taps_data(former["Lihat lokasi"])
    assert rahmat.phone.last_message.content["location"] == {"latitude": -8.7, "longitude": 116.3}
    await rahmat.taps_data(former["Lihat 1 foto"])
    assert rahmat.last_screen.text == "Isian ini sudah diperbaiki dan tidak memuat foto lagi."
    assert rahmat.buttons == ["‹ Kembali", "Tugas saya"]


async def test_a_file_of_a_case_opens_for_who_knows_the_child_and_who_sent_it(town: Town) -> None:
    people = await at_home(town)
    sari, rahmat, budi, kepala = (people[name] for name in ("sari", "rahmat", "budi", "kepala"))
    await rahmat.taps("1")  # "Tentukan kelompok dan wisma" of the case
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lampirkan foto/berkas")
    await rahmat.sends_photo()
    await rahmat.taps("Cukup")
    (file,) = town.rows(select(StoredFile))
    opens = f"1.file_open.{file.task_id}.{file.id}"
    for knowing in (sari, kepala, rahmat):
        await knowing.taps_data(opens)
        assert "photo" in knowing.phone.last_message.content
        assert knowing.phone.last_message.protect_content
    await budi.taps_data(opens)
    assert "photo" not in budi.phone.last_message.content
    assert "Anggrek" not in budi.last_screen.text
    read = town.rows(select(ReadEntry).where(ReadEntry.screen == f"file {file.id}"))
    assert [(one.officer_id, one.case_id) for one in read] == [(sari.id, 1), (kepala.id, 1), (rahmat.id, 1)]


async def test_the_portrait_of_a_child_is_kept_shown_and_taken_anew(town: Town) -> None:
    sari = (await placed(town)).sari
    guru = await town.officer("Ibu Guru", "guru", cohort=1)
    await guru.types("/anak 3")
    assert "Tambah foto" not in guru.buttons  # there is none, and taking it is not theirs
    await sari.types("/anak 3")
    await sari.taps("Tambah foto")
    assert sari.last_screen.text.startswith("No. 003\nKirim foto wajah anak.")
    await sari.types("nanti")
    await sari.sends_file(b"%PDF-1.7 isi", "rupa.pdf")
    assert sari.last_screen.text == "Saya menunggu foto anak."
    await sari.sends_photo()
    assert sari.last_screen.text.startswith("✅ Foto anak tersimpan.\n\nNo. 003 · Anak Contoh 03\n")
    (first,) = town.rows(select(StoredFile))
    assert (first.child_id, first.task_id, first.officer_id) == (3, None, sari.id)
    assert not [one for one in sari.phone.messages if "photo" in one.content]  # it has gone from the chat

    await guru.types("/anak 3")
    for reader in (sari, guru):
        await reader.taps("Lihat foto")
        shown = reader.phone.last_message
        assert shown.protect_content
        assert (shown.content["photo"] is not None, shown.text) == (True, "No. 003")
        town.clock.advance(minutes=6)
        await town.settle()
        assert shown.deleted
    looks = town.rows(select(ReadEntry).where(ReadEntry.screen == "portrait"))
    assert [(one.officer_id, one.child_id) for one in looks] == [(sari.id, 3), (guru.id, 3)]
    await guru.taps_data("1.child_photo.3.1")  # forged: another one
    assert guru.last_screen.text.startswith("No. 003 · Anak Contoh 03\n")

    await sari.types("/anak 3")
    await sari.taps("Perbaiki data")
    await sari.taps("Foto anak")
    other = BytesIO()
    Image.new("RGB", (40, 60), "red").save(other, "JPEG")
    await sari.sends_photo(other.getvalue())
    (second,) = town.rows(select(StoredFile))
    assert second.content_key != first.content_key
    assert not town.house.cabinet.holds(first.content_key)
    town.house.cabinet.drop(second.content_key)
    await sari.taps("Lihat foto")
    assert sari.last_screen.text == "Foto ini tidak ada lagi di penyimpanan. Ambil lagi."
    await sari.taps("Foto baru")
    assert sari.last_screen.text.startswith("No. 003\nKirim foto wajah anak.")
    await town.lives_until("2026-12-01 09.00")
    for tapped in ("Keluar…", "Pulang lebih awal", "Hari ini", "Ya, catat"):
        if tapped == "Keluar…":
            await sari.types("/anak 3")
        await sari.taps(tapped)
    await sari.taps_data("1.child_photo.3.1")  # an old button of a child who left
    assert "Hari terakhirnya hari ini: pulang lebih awal." in sari.last_screen.text
