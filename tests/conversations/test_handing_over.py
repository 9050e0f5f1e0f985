"""Serahkan ke rekan in the chat: asked, accepted, returned, taken back; the official who is away."""

import pytest

from storage.tables import Task
from tests.support.person import Person
from tests.support.town import Town


@pytest.fixture
async def letter(town: Town) -> Task:
    """9.2.01 step 2, which Budi has taken; Citra is a colleague, Kasi the head."""
    await town.officer("Tari", role="tu", admin=True)
    await town.officer("Kasi", role="penyantunan", head="penyantunan")
    await town.officer("Citra", role="penyantunan")
    budi = await town.officer("Budi", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.01", 2)
    await budi.types("/tugas")
    await budi.taps_data(f"1.task_take.{task.id}")
    return task


async def offers(budi: Person, task: Task) -> None:
    await budi.taps_data(f"1.task_give.{task.id}")
    await budi.taps("Citra")


async def test_offered_and_accepted(town: Town, letter: Task) -> None:
    budi, citra = town.person("Budi"), town.person("Citra")
    await offers(budi, letter)
    assert budi.last_screen.text.startswith(
        "Citra diminta menjawab sampai besok, 16.00. Sampai diterima, Anda tetap memegangnya."
    )
    assert "Ditawarkan kepada Citra, menunggu jawaban sampai besok, 16.00." in budi.last_screen.text
    assert citra.lowest_screen.text.startswith("Budi meminta Anda mengambil alih: Surat pemberitahuan")
    assert citra.lowest_screen.buttons == ["Terima", "Kembalikan", "Buka", "Tugas saya"]
    asked = citra.lowest_screen
    await citra.taps("Terima", on=asked)
    assert citra.last_screen.text.startswith("✅ Diterima. Sekarang Anda penanggung jawab tugas ini.")
    assert budi.lowest_screen.text.startswith("Citra sudah menerima dan sekarang memegang")
    await citra.taps_data(f"1.task_offer_no.{letter.id}.1", on=asked)
    assert citra.last_screen.text.startswith("Citra sudah menerimanya tadi pukul 09.00.")


async def test_the_card_asks_too(town: Town, letter: Task) -> None:
    citra = town.person("Citra")
    await offers(town.person("Budi"), letter)
    await citra.taps("Buka")
    assert "Budi meminta Anda mengambil alih. Jawab sebelum besok, 16.00." in citra.last_screen.text
    assert citra.last_screen.rows[0] == ["Terima", "Kembalikan"]


async def test_returned_with_a_reason_that_stands_on_the_card_alone(town: Town, letter: Task) -> None:
    budi, citra = town.person("Budi"), town.person("Citra")
    await offers(budi, letter)
    await citra.taps("Kembalikan")
    assert citra.buttons == ["Tanpa alasan", "Batal"]
    await citra.types("sedang di lapangan")
    assert citra.last_screen.text.startswith("Dikembalikan. Rekan Anda akan diberi tahu")
    assert "sedang di lapangan" not in budi.lowest_screen.text
    await budi.taps("Buka", on=budi.lowest_screen)
    assert "Dikembalikan oleh Citra: sedang di lapangan" in budi.last_screen.text
    assert "Penanggung jawab: Anda" in budi.last_screen.text


async def test_returned_without_a_reason(town: Town, letter: Task) -> None:
    budi, citra = town.person("Budi"), town.person("Citra")
    await offers(budi, letter)
    await citra.taps("Kembalikan")
    await citra.taps("Tanpa alasan")
    assert budi.lowest_screen.text.startswith("Citra mengembalikan, Anda tetap memegang")


async def test_taken_back(town: Town, letter: Task) -> None:
    budi, citra = town.person("Budi"), town.person("Citra")
    await offers(budi, letter)
    asked = citra.lowest_screen
    await budi.taps("Tarik tawaran")
    assert budi.last_screen.text.startswith("Tawaran ditarik. Anda tetap penanggung jawab.")
    changed = next(screen for screen in citra.screens if screen.message.id == asked.message.id)
    assert changed.text.startswith("Budi menarik kembali tawarannya")
    await citra.taps_data(f"1.task_offer_yes.{letter.id}.1", on=changed)
    assert citra.last_screen.text.startswith("Tawaran ini sudah ditarik")


async def test_taken_back_while_the_question_has_become_another_screen(town: Town, letter: Task) -> None:
    budi, citra = town.person("Budi"), town.person("Citra")
    await offers(budi, letter)
    await citra.taps("Buka")
    card = citra.last_screen
    await budi.taps("Tarik tawaran")
    assert next(now for now in citra.screens if now.message.id == card.message.id).text == card.text
    assert citra.lowest_screen.message.id != card.message.id
    assert citra.lowest_screen.text.startswith("Budi menarik kembali tawarannya")
    assert citra.lowest_screen.buttons == ["Buka", "Tugas saya"]


async def test_not_answered(town: Town, letter: Task) -> None:
    budi, citra = town.person("Budi"), town.person("Citra")
    await offers(budi, letter)
    await town.lives_until("2026-12-01 16.01")
    assert budi.lowest_screen.text.startswith("Citra tidak menjawab sampai batas waktu")
    await citra.taps_data(f"1.task_offer_yes.{letter.id}.1")
    assert citra.last_screen.text.startswith("Waktu menjawab sudah habis")


async def test_the_head_names_without_asking(town: Town, letter: Task) -> None:
    kasi, citra = town.person("Kasi"), town.person("Citra")
    await kasi.types("/tugas")
    await kasi.taps_data(f"1.task_give.{letter.id}")
    await kasi.taps("Citra")
    assert kasi.last_screen.text.startswith("Diserahkan kepada Citra")
    assert "Kasi menyerahkan tugas ini kepada Anda" in citra.lowest_screen.text


@pytest.mark.parametrize("verb", ["task_offer_yes", "task_offer_no", "task_offer_no_why", "task_offer_back"])
async def test_forged_answers(town: Town, letter: Task, verb: str) -> None:
    await offers(town.person("Budi"), letter)
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/tugas")
    for numbers in (f"{letter.id}.1", f"{letter.id}.99", "99.1", f"{letter.id}"):
        await sari.taps_data(f"1.{verb}.{numbers}")
        assert sari.last_screen.text in ("Itu sudah tidak ada.", "Tombol ini sudah tidak berlaku.")


async def test_the_official_is_away_and_the_deputy_gets_the_step(town: Town, letter: Task) -> None:
    """9.2.01 prints the obstacle "Pejabat yang berwenang tidak di tempat"; the kasi is on leave."""
    budi, citra, kasi = town.person("Budi"), town.person("Citra"), town.person("Kasi")
    await budi.taps_data(f"1.task_hurdle.{letter.id}.0")
    assert not [label for label in budi.buttons if label.startswith("Serahkan")]
    await kasi.types("/cuti")
    await kasi.taps("Catat cuti saya")
    await kasi.types("hari ini sampai 2 desember")
    await kasi.taps("Citra")
    await kasi.taps("Catat")
    await budi.taps_data(f"1.task_hurdle.{letter.id}.0")
    await budi.taps("Serahkan ke Citra")
    assert budi.last_screen.text.startswith("Diserahkan kepada Citra, pengganti Kasi, yang akan diberi tahu.")
    assert citra.lowest_screen.text.startswith("Budi menyerahkan tugas ini kepada Anda")
