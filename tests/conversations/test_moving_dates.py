"""[Ubah tanggal] on the angkatan page: which date, to when, why, a last look; and what the others hear."""

from datetime import date

from sqlmodel import select

from storage.tables import Cohort
from tests.support.town import Town


async def opened(town: Town) -> Cohort:
    """An angkatan that arrives on 22 December and leaves on 21 January; today is 30 November."""
    return await town.open_cohort("Angkatan III", arrival="2026-12-22")


def stay(town: Town) -> tuple[date, date]:
    (cohort,) = town.rows(select(Cohort))
    return cohort.arrival_on, cohort.departure_on


async def test_the_arrival_moves_and_the_departure_with_it(any_town: Town) -> None:
    town = any_town
    ratna = await town.officer("Ibu Ratna", "tu")
    budi = await town.officer("Pak Budi", "penyantunan")
    await opened(town)
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    await ratna.taps("Ubah tanggal")
    assert ratna.last_screen.text.endswith("Tanggal mana yang diubah?")
    await ratna.taps("Datang")
    await ratna.types("besok lusa mungkin")
    assert ratna.last_screen.text.startswith("Saya belum mengerti tanggal")
    await ratna.types("25 desember")
    assert ratna.buttons == ["Minggu, 24 Januari 2027", "Kamis, 21 Januari 2027", "Batal"]
    await town.restart()  # the draft survives
    await ratna.taps("Minggu, 24 Januari")
    await ratna.taps("Cuaca atau transportasi")
    text = ratna.last_screen.text
    assert "Kedatangan: Selasa 22 Desember → Jumat 25 Desember" in text
    assert "Kepulangan: Kamis 21 Januari → Minggu 24 Januari" in text
    assert "Alasan: Cuaca atau transportasi" in text
    assert "Sudah selesai: 0 langkah tetap. Pindah: " in text
    assert stay(town) == (date(2026, 12, 22), date(2027, 1, 21))
    look = ratna.last_screen
    data = look.data_of("Ya, pindahkan")
    await ratna.taps("Ya, pindahkan")
    assert stay(town) == (date(2026, 12, 25), date(2027, 1, 24))
    assert ratna.last_screen.text.startswith("✅ Tanggal sudah dipindah.")
    assert "Tanggal diubah 30 November oleh Ibu Ratna: Cuaca atau transportasi" in ratna.last_screen.text
    await ratna.taps_data(data, on=look)  # the old button explains itself
    assert ratna.last_screen.text.startswith("Tombol itu tidak memindahkan apa-apa:")
    assert stay(town) == (date(2026, 12, 25), date(2027, 1, 24))

    town.clock.advance(minutes=6)
    await town.settle()
    said = budi.last_screen
    assert said.text.startswith(
        "Angkatan III: kedatangan pindah dari Selasa 22 Desember ke Jumat 25 Desember;"
        " kepulangan pindah dari Kamis 21 Januari ke Minggu 24 Januari."
    )
    assert " Alasan: Cuaca atau transportasi " in said.text
    assert said.text.endswith(" langkah ikut pindah.")
    assert said.buttons == ["Lihat tugas", "Angkatan"]
    assert not any("pindah dari" in screen.text for screen in ratna.screens)
    town.clock.set("2026-12-25 09.00")
    await town.settle()
    await budi.types("/kapan")
    assert "hari setelah kedatangan 25 Desember" in budi.last_screen.text


async def test_what_can_not_be_is_said(town: Town) -> None:
    ratna = await town.officer("Ibu Ratna", "tu")
    budi = await town.officer("Pak Budi", "penyantunan")
    await opened(town)
    town.clock.set("2026-12-22 09.00")
    await town.settle()
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    await ratna.taps("Ubah tanggal")
    arrival = ratna.last_screen.data_of("Datang")
    await ratna.taps("Pulang")
    await ratna.types("20 desember")
    assert "Tanggal pulang harus setelah kedatangan" in ratna.last_screen.text
    await ratna.types("21 januari")
    assert ratna.last_screen.text.startswith("Tanggalnya memang sudah itu.")
    await ratna.types("18 januari")
    await ratna.types("jadwal kapal berubah")
    assert "Timbang berat badan ke-3 tidak lagi ada." in ratna.last_screen.text
    await ratna.taps("Batal")
    assert stay(town)[1] == date(2027, 1, 21)

    await budi.types("/tugas")
    daily = town.task("9.2.12", 3, 1)
    await budi.taps_data(f"1.task_done.{daily.id}", on=budi.last_screen)
    await ratna.taps_data(arrival)
    assert "Anak-anak sudah datang (SOP 9.2.12 langkah 3 selesai)" in ratna.last_screen.text
    assert stay(town)[0] == date(2026, 12, 22)


async def test_it_is_for_who_opens_an_angkatan(town: Town) -> None:
    ratna = await town.officer("Ibu Ratna", "tu")
    budi = await town.officer("Pak Budi", "penyantunan")
    await opened(town)
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    data = ratna.last_screen.data_of("Ubah tanggal")
    await budi.types("/angkatan")
    await budi.taps("Angkatan III")
    assert "Ubah tanggal" not in budi.buttons
    await budi.taps_data(data, on=budi.last_screen)
    assert "Bagian TU" in budi.last_screen.text
