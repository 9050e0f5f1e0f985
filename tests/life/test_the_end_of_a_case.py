"""A case lived by taps from its decision to its end: who decides, gives, reports and waits hears of it; a name that is
typed where it does not belong is asked back about; nothing closes by a slip."""

import pytest
from sqlmodel import select

from sop_flows.declarations.loader import Pack
from storage.tables import Case, Record, Report, TaskState
from tests.conversations.test_case_services import _answers, opens_decision
from tests.support.packs import real_pack
from tests.support.person import Person, Screen
from tests.support.town import Town

pytestmark = pytest.mark.slow

CHILD = "Melur Rekaan"


@pytest.fixture
def pack() -> Pack:
    """The shelter's SOPs, as they come with Pandu."""
    ours = real_pack()
    sops = {number: sop for number, sop in ours.sops.items() if sop.subject == "case"}
    return Pack(ours.unit, sops, ours.lines, ours.folder)


@pytest.fixture
async def house(town: Town) -> dict[str, Person]:
    """Sari has a case; Lina is the other social worker, Wati their head."""
    people = {
        "sari": await town.officer("Ibu Sari", "peksos"),
        "lina": await town.officer("Lina", "peksos"),
        "wati": await town.officer("Bu Wati", "peksos", head="peksos"),
        "rahmat": await town.officer("Rahmat", "penyantunan"),
        "budi": await town.officer("Budi", "bimbingan"),
        "kepala": await town.officer("Kepala", "kepala"),
    }
    sari = people["sari"]
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    await sari.taps("☐ Situasi darurat")
    await sari.taps("Lanjut")
    await sari.types("9")
    await sari.taps("Perempuan")
    while "Lewati" not in sari.buttons:  # is it here already, does it go to school, whose case is it?
        await sari.taps(next(one for one in sari.buttons if one != "Tugas saya"))
    await sari.types(CHILD)
    await sari.types("Ditinggal di pasar")
    await sari.taps("Pakai")
    await sari.taps("Buka kasus")
    return people


async def finishes(person: Person, label: str) -> None:
    """From /tugas: open the step with this name and finish it, with its form if it has one."""
    await person.types("/tugas")
    lines = person.last_screen.text.splitlines()
    number = next((line.split(".")[0] for line in lines if label in line), None)
    assert number is not None, f"{label}: {person.last_screen.text}"
    await person.taps(number)
    await person.taps("Selesai")
    for _question in range(12):
        if "✅" in person.last_screen.text:
            return
        await _answers(person)
    raise AssertionError(f"{label} is not finished: {person.last_screen.text}")


def told(person: Person, words: str) -> bool:
    return any(words in screen.text for screen in person.screens)


def shows(person: Person, words: str) -> Screen:
    """The last message with these words and [Saya tangani]."""
    return next(
        one for one in reversed(person.screens) if words in one.text and "Saya tangani" in one.buttons
    )


def sent(person: Person) -> list[str]:
    """What the officer typed and is still in the chat."""
    return [one.text for one in person.phone.messages if one.sender_id == person.phone.id]


async def test_a_case_comes_to_its_end(town: Town, house: dict[str, Person]) -> None:
    sari, wati, rahmat, budi, kepala = (house[one] for one in ("sari", "wati", "rahmat", "budi", "kepala"))
    for step in ("Periksa syarat", "Terima rujukan", "Beri pertolongan", "Siapkan tempat"):
        await finishes(sari, step)

    # an obstacle at an emergency: the head hears it at once, and it stands in the status
    await town.lives_until("2026-11-30 23.35")
    await sari.types("/tugas")
    await sari.taps("1")
    await sari.taps("Hambatan")
    await sari.types("polisi belum datang")
    assert told(wati, "melaporkan hambatan")
    await wati.types("/status")
    assert "tidak ada yang terlambat · ⚠️ 1 hambatan darurat" in wati.last_screen.text
    await wati.taps("Kasus terlambat")
    assert "hambatan: polisi belum datang" in wati.last_screen.text

    # it falls due in the night of a day later: who is to do it is told, and who took over
    await town.lives_until("2026-12-02 08.01")
    assert told(sari, "Hubungi instansi terkait")
    await wati.taps("Saya tangani", on=shows(wati, "Hubungi instansi"))
    assert told(sari, "Bu Wati ikut menangani: Kasus Anggrek · Hubungi instansi terkait.")
    for step in ("Hubungi instansi", "Pastikan menjadi"):
        await finishes(sari, step)

    # a name where it does not belong
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Hambatan")
    await rahmat.types("Melur Rekaan menolak tempat tidurnya")
    assert "Kirim begini? “Anggrek menolak tempat tidurnya”" in rahmat.last_screen.text
    assert "Kasus Anggrek" not in rahmat.buttons  # he has one step of it, and does not know the child
    await rahmat.taps("Kirim tanpa nama")
    assert rahmat.last_screen.text.startswith("Tercatat: Anggrek menolak tempat tidurnya")
    assert not any("Melur" in one for one in sent(rahmat))
    await budi.types("melur rekaan sudah makan")
    assert "Kirim begini? “(seorang anak) sudah makan”" in budi.last_screen.text
    await budi.types("/anak melur rekaan")
    assert "Kirim tanpa nama" not in budi.buttons  # nothing is looked for by that name
    assert not any("melur" in one for one in sent(budi))

    # another section leaves the child waiting
    await town.lives_until("2026-12-04 09.00")
    assert told(
        sari, "⏰ Kasus Anggrek · Tentukan kelompok dan wisma · menunggu Seksi Penyantunan, 2 hari terlambat"
    )

    # the sections decide, and report
    await town.lives_until("2027-03-01 09.00")
    for step in ("Siapkan instrumen", "Kaji kembali", "Tinjau kesesuaian"):
        for one in (sari, rahmat, budi):
            await finishes(one, step)
    await opens_decision(sari)
    await sari.taps("Usulkan: akhiri")
    await sari.types("Keluarga sudah siap")
    for one in (budi, rahmat):
        await opens_decision(one)
        await one.taps("Setuju")
    for one in (sari, budi):
        assert told(one, "Diputuskan: akhiri. Kasus Anggrek")
    for one in (sari, rahmat, budi):
        await finishes(one, "Lapor hasil evaluasi")
    assert "Laporan dari Budi: Kasus Anggrek · Lapor hasil evaluasi." in kepala.lowest_screen.text
    await kepala.types("/status")
    assert kepala.last_screen.text.startswith("Laporan untuk dibaca: 3\nKasus perlindungan: 1 aktif")
    await kepala.taps("Baca 3 laporan")
    await kepala.taps("1")
    assert "Hasil kajian: Catatan rekaan" in kepala.last_screen.text
    assert "Usulan Ibu Sari: akhiri\nAlasan: Keluarga sudah siap" in kepala.last_screen.text
    await kepala.taps("Tanya dulu")
    await kepala.types("Kapan dijemput?")
    assert "Kepala bertanya tentang laporan Anda" in sari.lowest_screen.text
    await sari.taps("Jawab")
    await sari.taps("Jawab")
    await sari.types("Besok pagi")
    await kepala.taps("Buka")
    assert kepala.last_screen.text.endswith("Kepala bertanya: Kapan dijemput?\nIbu Sari menjawab: Besok pagi")
    await kepala.taps("Terima")
    assert "Kepala sudah membaca dan menerima laporan Anda" in sari.lowest_screen.text
    await kepala.types("/tugas")
    assert kepala.last_screen.text.startswith("Laporan untuk dibaca: 2")

    # the services go on until the child has left; then who gave them hears so
    for step in ("Catat keputusan", "Akhiri pelayanan", "Lapor hasil terminasi"):
        await finishes(sari, step)
    assert (
        "Kasus Anggrek akan berakhir. Silakan teruskan sampai anak diserahkan: Susun menu"
        in rahmat.lowest_screen.text
    )
    assert town.task("9.1.25", 1).state == TaskState.OPEN
    await finishes(sari, "Siapkan penerima")
    assert "Kasus Anggrek: Ibu Sari mencatat akhir pelayanan." in rahmat.lowest_screen.text
    await finishes(sari, "Himpun profesi")

    # closed now, the visits would end with it: that is said
    await sari.types("/kasus")
    await sari.taps("1")
    assert "Diserahkan: " in sari.last_screen.text
    await sari.taps("Tutup kasus")
    assert "Yang tersisa hanya pemantauan setelah serah terima" in sari.last_screen.text
    await sari.taps("Batal")

    # the last step asks
    await sari.types("/tugas")
    await sari.taps("Berjalan: 1")
    await sari.taps("1")
    await sari.taps("Selesai")
    await sari.types("/tugas")
    await sari.taps("1")
    await sari.taps("Selesai")
    assert "Ini langkah terakhir: Kasus Anggrek akan ditutup." in sari.last_screen.text
    assert town.rows(select(Case))[0].closed_at is None
    await sari.taps("Ya, selesaikan")
    assert town.rows(select(Case))[0].closed_at is not None
    await sari.types("/kasus")
    await sari.taps("Kasus yang sudah ditutup")
    await sari.taps("1")
    assert "Usulan Ibu Sari: akhiri" in sari.last_screen.text
    await sari.taps("Riwayat")
    history = sari.last_screen.text
    while "›" in sari.buttons:
        await sari.taps("›")
        history += "\n" + sari.last_screen.text
    for voice in (
        "akhiri: Keluarga sudah siap",
        "9.1.35/5 Buat laporan rujukan",
        "• Laporan 9.1.33/6 · Kepala bertanya: Kapan dijemput?",
        "polisi belum datang",
        "Dibuka: Ibu Sari, ",
    ):
        assert voice in history, voice
    await town.lives_until("2027-03-01 09.30")
    assert "Riwayat" not in sari.last_screen.text  # hidden again
    assert {one.closed_by_id is not None for one in town.rows(select(Report))} == {True, False}
    assert not any("Melur" in str(one.data) for one in town.rows(select(Record)))
