"""/sop: every SOP can be found and read, whoever asks."""

from tests.support.town import Town


async def test_the_list_leads_to_every_page_of_a_sop(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop")
    assert "13 SOP." in sari.last_screen.text
    await sari.taps("9.2.01")
    assert sari.last_screen.text.splitlines()[0].endswith("· 1/3")
    assert "Dimulai: 30 hari sebelum kedatangan" in sari.last_screen.text
    await sari.taps("Langkah ›")
    assert "Pendataan sekolah dan calon anak tetirah" in sari.last_screen.text
    assert "Waktu baku 2 hari" in sari.last_screen.text
    await sari.taps("Perlengkapan dan dasar ›")
    assert "• Pejabat yang berwenang tidak di tempat" in sari.last_screen.text
    assert "• UU No. 4 Tahun 1979 tentang Kesejahteraan Anak" in sari.last_screen.text


async def test_words_are_searched_from_their_beginning(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop makan")
    assert sari.last_screen.text.startswith("SOP 9.2.12")  # not 9.1.12, which has "samakan"
    await sari.types("/sop orang tua")
    assert any(label.startswith("9.1.09") for label in sari.buttons)
    await sari.types("/sop kapal terbang")
    assert (
        sari.last_screen.text
        == "Tidak ada SOP dengan kata “kapal terbang”. Coba kata lain, atau lihat daftarnya."
    )
    await sari.taps("Cari")
    await sari.types("9.2.15")
    assert sari.last_screen.text.startswith("SOP 9.2.15")


async def test_from_a_task_to_its_sop_and_back(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lihat SOP")
    await rahmat.taps("‹ Kembali ke tugas")
    assert "Kirim surat pemberitahuan" in rahmat.last_screen.text
