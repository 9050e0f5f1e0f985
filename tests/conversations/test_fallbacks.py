"""Whatever comes gets a helpful sentence: never silence, never a traceback."""

import pytest

from tests.support.town import Town

WAY_ON = ["Tugas saya", "Bantuan"]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("halo", "Saya membantu langkah SOP. Mau melihat tugas Anda?"),
        ("x" * 4000, "Pesan itu terlalu panjang untuk saya. Saya membantu langkah SOP."),
        ("/apasaja", "Saya tidak mengenal perintah /apasaja. Lihat yang dapat saya bantu:"),
        ("/<b>", "Saya tidak mengenal perintah /<b>. Lihat yang dapat saya bantu:"),
    ],
)
async def test_words_that_answer_nothing(town: Town, words: str, answer: str) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types(words)
    assert sari.last_screen.text == answer
    assert sari.buttons == WAY_ON


async def test_things_that_are_no_words(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.sends_sticker()
    assert sari.last_screen.text == "Terima kasih stikernya. Saya hanya dapat membaca kata dan tombol."
    await sari.sends_photo()
    assert sari.last_screen.text == "Tidak ada tugas Anda yang terbuka untuk foto atau berkas ini."
    await sari.taps("Buang")
    await sari.sends_location()
    assert sari.last_screen.text.startswith("Saya sedang tidak menunggu lokasi.")
    await sari.types("halo")
    await sari.edits("halo lagi")
    assert sari.last_screen.text.startswith("Perubahan pada pesan lama tidak saya baca.")
    await sari.forwards(sari.screens[-1])
    assert sari.last_screen.text.startswith("Pesan terusan tidak dapat saya pakai.")


@pytest.mark.parametrize("data", ["9.apa.1", "1.tak_ada.1", "1.task_open", "", "1.task_open.1~x"])
async def test_buttons_that_nobody_made(town: Town, data: str) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/bantuan")
    await sari.taps_data(data)
    assert sari.last_screen.text in ("Tombol ini sudah tidak berlaku.", "Itu sudah tidak ada.")
    assert sari.buttons == WAY_ON


async def test_batal_without_a_question(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/batal")
    assert sari.last_screen.text == "Tidak ada yang perlu dibatalkan."


async def test_a_menu_word_in_any_case_is_the_menu(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("tugas saya")
    assert sari.last_screen.text == "Tidak ada tugas Anda sekarang."


async def test_help_names_the_commands(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/bantuan")
    for command in ("/tugas", "/sop", "/status", "/kapan", "/batal"):
        assert command in sari.last_screen.text
