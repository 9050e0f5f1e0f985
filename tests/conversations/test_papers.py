"""Papers on the phone: offered where their step is done and by /laporan, drafts until they have their number."""

import pytest
from sqlmodel import col, select

from sop_flows.declarations.loader import Pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Start
from storage.tables import ReadEntry
from tests.conversations.test_arrival import received
from tests.conversations.test_case_services import at_home
from tests.support.packs import our_pack, real_pack
from tests.support.person import Person
from tests.support.steps import does, opens
from tests.support.town import Town

NUMBERS = ("9.2.03", "9.2.04", "9.2.05", "9.2.06", "9.1.15")


@pytest.fixture
def pack(request: pytest.FixtureRequest) -> Pack:
    """The arrival of the calendar that comes with Pandu, or its cases, with the papers."""
    ours = real_pack()
    sops = {number: ours.sops[number] for number in NUMBERS}
    starts = (Start(at=Offset(anchor="arrival", days=-21)),)  # not after the SOPs before it
    sops["9.2.03"] = sops["9.2.03"].model_copy(update={"starts": starts})
    if "case" in request.node.name:
        sops = {number: sop for number, sop in our_pack().sops.items() if sop.subject == "case"}
    return Pack(ours.unit, sops, ours.lines, ours.folder, ours.papers)


def pdf_of(town: Town, person: Person) -> tuple[str, bytes]:
    """The name and the content of the document that came last."""
    document = person.phone.last_message.content["document"]
    return document["file_name"], town.world.find_file(document["file_id"]).content


async def test_a_paper_is_offered_when_its_step_is_done_and_a_draft_until_it_has_its_number(
    town: Town,
) -> None:
    team = await received(town)
    budi = team.budi
    await opens(town, budi, "9.2.04", 1, "task_open")
    await budi.taps("BA penerimaan")
    lines = budi.last_screen.text.splitlines()
    assert lines[0] == "Berita Acara Penerimaan Anak · Angkatan Contoh"
    assert lines[1] == "SOP 9.2.04 · Penyerahan anak oleh Kab/Kota · 30 November, Budi Contoh"
    assert lines[2:] == ["1. SDN 1 Contoh · 2 anak · rancangan", "2. SDN 2 Contoh · 2 anak · rancangan"]
    await budi.taps("1")
    assert "Belum bernomor: tercetak “rancangan”." in budi.last_screen.text
    await budi.taps("Beri nomor")
    await budi.types("belum ada")
    assert "Nomor surat memuat angka" in budi.last_screen.text
    await team.kepala.taps_data(f"1.paper_number.{town.task('9.2.04', 1).id}.1~ba_penerimaan")  # at once
    await budi.types("12/BA/XI/2026")
    assert "✅ Nomor tercatat." in budi.last_screen.text
    await team.kepala.types("77/BA")
    assert "jadi “77/BA” tidak dicatat" in team.kepala.last_screen.text
    assert "Nomor: 12/BA/XI/2026" in team.kepala.last_screen.text
    await budi.taps("Semua lembar")
    assert budi.last_screen.text.splitlines()[2:] == [
        "1. SDN 1 Contoh · 2 anak · 12/BA/XI/2026",
        "2. SDN 2 Contoh · 2 anak · rancangan",
    ]
    before = len(budi.phone.received)
    await budi.taps("Semua jadi PDF")
    assert budi.toast == "Sedang dibuat…"
    message = budi.phone.last_message
    name, content = pdf_of(town, budi)
    assert (name, content[:5]) == ("ba-penerimaan-2026-11-30.pdf", b"%PDF-")
    assert message.text == "Berita Acara Penerimaan Anak · rancangan"
    assert not message.protect_content  # it is made to leave the phone
    await budi.taps_data(
        f"1.paper_pdf.{town.task('9.2.04', 1).id}.-1~ba_penerimaan"
    )  # a second tap meanwhile
    assert len(budi.phone.received) == before + 1
    read = town.rows(select(ReadEntry).where(col(ReadEntry.screen) == "paper ba_penerimaan"))
    assert {(row.officer_id, row.child_id) for row in read} == {(budi.id, child) for child in (1, 2, 3, 4)}


async def test_laporan_has_the_papers_of_ones_own_steps(town: Town) -> None:
    team = await received(town)
    await team.sari.taps("Semua datang")
    await team.sari.taps("Semua datang")
    await town.lives_until("2026-11-30 12.00")
    await team.budi.types("/laporan")
    assert team.budi.last_screen.text.splitlines() == [
        "Angkatan Contoh · Surat dan laporan",
        "1. Berita Acara Penerimaan Anak · 30 November 2026",
    ]
    await team.rahmat.types("/laporan")
    assert team.rahmat.last_screen.text.endswith("Belum ada langkah Anda yang punya surat atau laporan.")
    task = town.task("9.2.04", 1).id
    for forged in ("paper", "paper_pdf", "paper_excel", "paper_number"):
        await team.rahmat.taps_data(f"1.{forged}.{task}.1~ba_penerimaan")
        assert "Langkah ini tugas Seksi Penyantunan" in team.rahmat.last_screen.text
    await team.budi.taps_data(f"1.paper.{task}.0~laporan_akhir")  # forged: of another step
    assert "Laporan Akhir" not in team.budi.last_screen.text
    await team.kepala.types("/laporan")
    await team.kepala.taps("1")
    await team.kepala.taps("Excel")
    assert pdf_of(town, team.kepala)[1][:2] == b"PK"
    await team.kepala.types("/laporan")
    await team.kepala.taps("Angka bulan")
    assert team.kepala.last_screen.text.splitlines()[:3] == [
        "November 2026 · Angkatan Contoh",
        "Anak yang dilayani: 4 (L 2, P 2)",
        "Hari pelayanan: 4",
    ]
    assert "Kasus dibuka: 0" in team.kepala.last_screen.text
    await team.kepala.taps("PDF")
    assert pdf_of(town, team.kepala)[1][:5] == b"%PDF-"
    await team.kepala.taps("Excel")
    assert pdf_of(town, team.kepala)[0] == "laporan-bulanan-2026-11.xlsx"
    await team.kepala.taps("‹ Oktober 2026")
    assert "Anak yang dilayani: 0" in team.kepala.last_screen.text
    await team.budi.taps_data("1.figures.0~laporan_akhir")  # forged: no month's figures
    assert "Hari pelayanan" not in team.budi.last_screen.text


async def test_a_paper_of_a_case_is_for_who_knows_the_child(town: Town) -> None:
    people = await at_home(town)
    sari, rahmat, budi = people["sari"], people["rahmat"], people["budi"]
    await sari.types("Kasus")
    await sari.taps("1")
    await sari.taps("Surat dan laporan")
    assert "1. Register Kasus" in sari.last_screen.text
    await sari.taps("1")
    await sari.taps("PDF")
    message = sari.phone.last_message
    assert pdf_of(town, sari)[1][:5] == b"%PDF-"
    assert message.protect_content  # without a number it stays in the chat
    task = town.task("9.1.21", 3).id
    for other in (rahmat, budi):
        for forged in (
            f"1.paper.{task}.0~register_kasus",
            f"1.paper_pdf.{task}.0~register_kasus",
            "1.paper_case.1.0",
        ):
            await other.taps_data(forged)
            assert "Register" not in other.last_screen.text
            assert "document" not in other.phone.last_message.content
    await people["kepala"].types("/laporan")
    await people["kepala"].taps("Angka bulan")
    assert "Kasus dibuka: kurang dari 3" in people["kepala"].last_screen.text
    town.clock.advance(minutes=6)
    await town.settle()
    assert message not in sari.phone.received


async def test_the_hand_over_of_a_lived_angkatan_in_three_taps(town: Town) -> None:
    """Its numbers are those of the lists in chat: one child did not come."""
    team = await received(town)
    await team.sari.taps("Semua datang")
    await team.sari.taps("Ada yang tidak")
    await team.sari.types("4")
    await team.sari.taps("Simpan")
    await team.kepala.types("/angkatan")
    await team.kepala.taps(team.kepala.buttons[0])
    await team.kepala.taps("Isi Kab/Kota")
    await team.kepala.types("SDN 1 Contoh: Bima\nSDN 2 Contoh: Dompu")
    await town.lives_until("2026-12-30 09.00")
    await does(town, team.budi, "9.1.15", 2, 3)
    await opens(town, team.kepala, "9.1.15", 4, "origin_open")
    for name in ("Bima", "Dompu"):
        await team.kepala.taps(name)
        await team.kepala.types(f"Dinsos {name}")
        while "Simpan" not in team.kepala.buttons:
            await team.kepala.taps("Lewati")
        await team.kepala.taps("Simpan")
    await team.kepala.types("Status")
    assert " · 3 dari 4 anak" in team.kepala.last_screen.text
    await team.kepala.types("/laporan")
    lines = team.kepala.last_screen.text.splitlines()
    await team.kepala.taps(next(line.split(".")[0] for line in lines if "Penyerahan" in line))
    assert team.kepala.last_screen.text.splitlines()[2:] == [
        "1. Bima · 2 anak · rancangan",
        "2. Dompu · 1 anak · rancangan",
    ]
    await team.kepala.taps("Semua jadi PDF")
    name, content = pdf_of(town, team.kepala)
    assert (name, content[:5]) == ("ba-penyerahan-2026-12-30.pdf", b"%PDF-")
