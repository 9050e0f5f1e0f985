"""/sop with words: typing errors are forgiven, and nobody is left without an answer."""

import pytest
from sqlmodel import select

from storage.tables import Weight
from tests.support.town import Town


async def test_a_typing_error_finds_the_sop_and_the_results_are_gone_back_to(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop konsling")
    found = sari.last_screen.text
    assert found.splitlines()[2] == "9.1.08 Konseling"  # the title comes first
    await sari.taps("9.1.09")
    await sari.taps("Langkah ›")
    await sari.taps("2")
    await sari.taps("‹ Hasil pencarian")
    assert "9.1.08 Konseling" in sari.last_screen.text


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("demam", "9.2.15"),
        ("Sakit", "9.2.15"),
        ("demam tinggi", "9.2.15"),
        ("kabur", "9.2.16"),
        ("gatal-gatal", "9.2.15"),
        ("seragam", "9.2.14"),
    ],
)
async def test_words_of_officers_find_the_sop_that_they_mean(town: Town, typed: str, first: str) -> None:
    sari = await town.officer("Sari", role="guru", cohort=await town.open_cohort())
    await sari.types(f"/sop {typed}")
    assert sari.buttons[0] == first


async def test_results_say_at_which_step_the_words_stand(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop timbang")
    assert "langkah 4: Timbang berat badan" in sari.last_screen.text
    assert {"9.2.06", "9.2.15"} <= set(sari.buttons)


async def test_a_number_opens_its_sop_however_it_is_typed(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    for typed in ("/sop 9.1.8", "/sop 9.1.08", "/sop SOP 9.1.8", "/sop 9,1,8", "/sop 918", "/sop no. 9.1.8"):
        await sari.types(typed)
        assert sari.last_screen.text.startswith("SOP 9.1.08 Konseling"), typed


async def test_many_results_have_pages(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop anak")
    first = sari.last_screen.text
    assert "1/" in first.splitlines()[0]
    await sari.taps("Berikutnya ›")
    assert sari.last_screen.text.splitlines()[0].startswith("SOP dengan kata “anak” · 2/")
    await sari.taps(sari.buttons[0])
    await sari.taps("‹ Hasil pencarian")
    assert "· 2/" in sari.last_screen.text.splitlines()[0]
    await sari.taps("‹ Sebelumnya")
    assert sari.last_screen.text == first


async def test_cari_asks_until_something_is_found_and_can_be_left(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop")
    await sari.taps("Cari")
    await sari.types("kapal terbang")
    assert sari.last_screen.text == (
        "Tidak ada SOP dengan kata “kapal terbang”. Coba kata lain, atau lihat daftarnya."
    )
    await sari.types("beri makn")
    assert "9.2.12" in sari.last_screen.text
    await sari.types("halo")
    assert "Mau melihat tugas Anda?" in sari.last_screen.text  # the question was over

    await sari.types("/sop")
    await sari.taps("Cari")
    await sari.taps("Batal")
    await sari.types("halo")
    assert "Mau melihat tugas Anda?" in sari.last_screen.text


async def test_a_search_in_the_middle_of_a_weigh_in_does_not_end_it(town: Town) -> None:
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30")
    await town.lives_until("2026-12-10 08.00")
    await ani.types("/timbang")
    await ani.types("24,1")
    await ani.types("/sop")
    await ani.taps("Cari")
    await ani.types("obat")
    assert "9.2.15" in ani.last_screen.text
    await ani.types("/timbang")
    assert "2/6" in ani.last_screen.text
    await ani.types("25,1")
    assert "3/6" in ani.last_screen.text
    assert len(town.rows(select(Weight))) == 2


async def test_words_typed_after_another_screen_are_not_searched(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop")
    await sari.taps("Cari")
    await sari.types("/tugas")
    await sari.types("makan")
    assert "9.2.12" not in sari.last_screen.text


@pytest.mark.parametrize(
    "typed",
    [
        "😀😀😀",
        "'; DROP TABLE runs; --",
        "<b>&amp;</b>",
        "\u202eabc",
        "x" * 4000,
        "...",
        "%s {words}",
        "a",
        "~1.task_done.1",
    ],
)
async def test_hostile_words_are_answered_politely(town: Town, typed: str) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop")
    await sari.taps("Cari")
    before = sari.screens
    await sari.types(typed)
    assert len(sari.new_since(before)) == 1
    assert "gagal" not in sari.last_screen.text
    assert sari.buttons
    await sari.types(f"/sop {typed}"[:4096])
    assert "gagal" not in sari.last_screen.text


async def test_forged_words_of_results_are_only_looked_for(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop")
    for data in (
        "1.book_shelf.2.0~<b>makan",
        "1.book_shelf.2.99~makan",
        "1.book_shelf.2",
        "1.book_shelf.2.0~",
    ):
        await sari.taps_data(data)
        assert "gagal" not in sari.last_screen.text, data
        assert sari.buttons, data
