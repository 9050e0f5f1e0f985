"""[Lihat daftar]: who sees which roll as a list, how it is laid out, and the same as Excel."""

from io import BytesIO

from openpyxl import load_workbook
from sqlmodel import col, select

from storage.tables import Child, ReadEntry
from tests.support.steps import arrived, opens, placed
from tests.support.town import Town


async def test_a_finished_list_shows_names_values_and_totals(town: Town) -> None:
    team = await placed(town)
    await opens(town, team.budi, "9.2.06", 3)
    await team.budi.taps("Lihat daftar")
    screen = team.budi.last_screen
    assert screen.is_protected
    assert screen.text.splitlines()[:3] == [
        "Angkatan Contoh · Tempatkan anak di wisma · 6 dari 6",
        "Wisma Melati 2 (18 kosong), Wisma Mawar 1 (19 kosong), Wisma Rinjani 2 (18 kosong), Wisma Tambora 1 (19 kosong)",
        "001 Anak Contoh 01 · SDN 1 Contoh · L · Wisma Rinjani",
    ]
    await team.budi.taps("Menurut isian")
    assert "Wisma Melati · 2\n002 Anak Contoh 02 · SDN 2 Contoh · P\n004" in team.budi.last_screen.text
    read = town.rows(select(ReadEntry).where(col(ReadEntry.screen) == "list 9.2.06/3"))
    assert sorted(row.child_id or 0 for row in read[:6]) == [1, 2, 3, 4, 5, 6]


async def test_a_running_list_says_who_is_missing_and_why_one_was_skipped(town: Town) -> None:
    team = await placed(town)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.types("003 agak pendiam")
    await team.sari.taps("Lewati")
    await team.sari.types("sedang diperiksa")
    await opens(town, team.sari, "9.2.06", 5, "roll_list")
    lines = team.sari.last_screen.text.splitlines()
    assert lines[0].endswith("· 2 dari 6")
    assert lines[1:3] == ["1 anak dilewati", "Belum tercatat: 4 (No. 002, 004, 005, 006)"]
    assert lines[3].endswith("· dilewati: sedang diperiksa")
    assert lines[5].endswith("003 Anak Contoh 03 · SDN 1 Contoh · agak pendiam")
    await team.sari.taps("Yang belum saja")
    assert [line[:3] for line in team.sari.last_screen.text.splitlines()[3:]] == ["002", "004", "005", "006"]


async def test_a_list_is_for_its_section_the_heads_and_nobody_else(town: Town) -> None:
    team = await placed(town)
    await opens(town, team.kepala, "9.2.06", 4, "roll_list")
    assert "001 Anak Contoh 01 · SDN 1 Contoh · 24,0 kg" in team.kepala.last_screen.text
    assert "Menurut wisma" in team.kepala.buttons
    await opens(town, team.rahmat, "9.2.06", 4, "roll_list")
    assert "Langkah ini tugas Seksi Penyantunan" in team.rahmat.last_screen.text
    assert "Anak Contoh" not in team.rahmat.last_screen.text
    await opens(town, team.rahmat, "9.2.06", 4, "roll_workbook")
    assert "Langkah ini tugas Seksi Penyantunan" in team.rahmat.last_screen.text


async def test_the_kepala_reads_the_list_from_the_card(town: Town) -> None:
    team = await placed(town)
    await opens(town, team.kepala, "9.2.06", 4, "task_open")
    assert "Buka pengisian" not in team.kepala.buttons
    await team.kepala.taps("Lihat daftar")
    assert team.kepala.last_screen.text.startswith("Angkatan Contoh · Penimbangan awal · 6 dari 6")
    await team.kepala.taps("‹ Kembali")
    assert "Lihat daftar" in team.kepala.buttons


async def test_the_excel_file_holds_the_list_and_no_formula(town: Town) -> None:
    team = await placed(town)
    with town.store.transaction() as s:
        s.get_one(Child, 2).name = '=HYPERLINK("http://contoh.invalid","Anak")'
    await opens(town, team.budi, "9.2.06", 4, "roll_list")
    await team.budi.taps("Excel")
    message = team.budi.last_screen.message
    assert message.protect_content
    document = message.content["document"]
    assert document["file_name"] == "daftar-9.2.06-4-2026-11-30.xlsx"
    sheet = load_workbook(BytesIO(town.world.find_file(document["file_id"]).content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Angkatan Contoh · SOP 9.2.06 · Penimbangan awal"
    assert rows[1] == [
        "Nomor",
        "Nama",
        "Jenis kelamin",
        "Sekolah",
        "Berat (kg)",
        "Perubahan (kg)",
        "Keterangan",
    ]
    assert rows[2] == ["001", "Anak Contoh 01", "L", "SDN 1 Contoh", 24, None, None]
    assert {cell.data_type for cell in sheet["B"]} <= {"s", "n"}  # "n": the empty cells beside the title


async def test_long_lists_are_paged_and_an_empty_one_says_so(town: Town) -> None:
    team = await placed(town, children=25)
    await opens(town, team.budi, "9.2.06", 4, "roll_list")
    assert "020 " in team.budi.last_screen.text
    assert "021 " not in team.budi.last_screen.text
    assert team.budi.last_screen.text.endswith("Halaman 1 dari 2")
    await team.budi.taps("Berikutnya ›")
    assert [line[:3] for line in team.budi.last_screen.text.splitlines() if line[:1] == "0"] == [
        "021", "022", "023", "024", "025",
    ]  # fmt: skip
    task_id = town.task("9.2.06", 4).id
    await team.budi.taps_data(f"1.roll_list.{task_id}.99.99")  # forged
    assert "021 " in team.budi.last_screen.text


async def test_the_kepala_finds_who_sleeps_where_in_three_taps(town: Town) -> None:
    team = await placed(town)
    kepala = team.kepala
    await kepala.types("Status")
    await kepala.taps("Daftar")
    lines = kepala.last_screen.text.splitlines()
    assert lines[0] == "Angkatan Contoh · Daftar"
    place = next(line for line in lines if "Tempatkan anak di wisma · 6 dari 6" in line).split(".")[0]
    await kepala.taps(place)
    assert "Wisma Melati 2 (18 kosong)" in kepala.last_screen.text
    await kepala.taps("Daftar lain")
    assert kepala.last_screen.text.splitlines() == lines
    await team.rahmat.types("/angkatan")
    await team.rahmat.taps("Angkatan Contoh")
    await team.rahmat.taps("Daftar")
    assert team.rahmat.last_screen.text == "Angkatan Contoh · Daftar\nBelum ada daftar."
    await team.rahmat.taps_data("1.lists_all.1.-7")  # forged
    assert "Belum ada daftar" in team.rahmat.last_screen.text


async def test_weights_are_laid_out_by_group(town: Town) -> None:
    team = await placed(town, children=12)
    await opens(town, team.kepala, "9.2.06", 4, "roll_list")
    await team.kepala.taps("Menurut kelompok")
    text = team.kepala.last_screen.text
    assert "Kelompok 1 · 6\n001 Anak Contoh 01 · SDN 1 Contoh · 24,0 kg" in text
    assert "Kelompok 2 · 6\n" in text


async def test_sizes_are_counted_for_who_buys(town: Town) -> None:
    team = await arrived(town)
    await town.lives_until("2026-12-01 09.00")
    await opens(town, team.budi, "9.2.14", 2)
    await team.budi.types("1 M\n2 S\n3 M\n4 L\n5 3XL")
    await opens(town, team.kepala, "9.2.14", 2, "roll_list")
    assert team.kepala.last_screen.text.splitlines()[1:3] == [
        "S 1, M 2, L 1, 3XL 1",
        "Belum tercatat: 1 (No. 006)",
    ]


async def test_proposals_show_names_and_totals_before_they_are_accepted(town: Town) -> None:
    team = await arrived(town)
    await opens(town, team.sari, "9.2.05", 3)
    await team.sari.taps("Usulan")
    assert "001 Anak Contoh 01 · L · SDN 1 Contoh → 1" in team.sari.last_screen.text
    await team.sari.taps("Pakai usulan")
    await opens(town, team.sari, "9.2.06", 2)
    await team.sari.taps("Usulan")
    assert "Kelompok 1 · 6 (L 3, P 3)\n001 Anak Contoh 01 · L · SDN 1 Contoh\n" in team.sari.last_screen.text
    await team.sari.taps("Pakai usulan")
    await opens(town, team.budi, "9.2.06", 3)
    await team.budi.taps("Usulan")
    assert team.budi.last_screen.is_protected
    assert (
        "Wisma Melati · 2 (P 2) · 20 tempat\n002 Anak Contoh 02 · P · SDN 2 Contoh\n"
        in team.budi.last_screen.text
    )


async def test_proposals_for_many_children_are_paged(town: Town) -> None:
    team = await arrived(town, children=45)
    await opens(town, team.sari, "9.2.05", 3)
    await team.sari.taps("Usulan")
    assert "041 " not in team.sari.last_screen.text
    await team.sari.taps("Berikutnya ›")
    assert "041 Anak Contoh 41" in team.sari.last_screen.text
    await team.sari.taps("Pakai usulan")
    assert "45 anak tercatat" in team.sari.last_screen.text


async def test_the_pdf_is_the_list_as_it_is_laid_out(town: Town) -> None:
    team = await placed(town)
    await opens(town, team.budi, "9.2.06", 3, "roll_list")
    await team.budi.taps("Menurut isian")
    before = len(town.rows(select(ReadEntry)))
    await team.budi.taps("PDF")
    message = team.budi.phone.last_message
    assert not message.protect_content  # it is made to be printed, and says who made it and when
    document = message.content["document"]
    assert document["file_name"] == "daftar-9.2.06-3-2026-11-30.pdf"
    assert town.world.find_file(document["file_id"]).content[:5] == b"%PDF-"
    assert len(town.rows(select(ReadEntry))) == before + 6
    await opens(town, team.rahmat, "9.2.06", 3, "roll_pdf")
    assert "Langkah ini tugas Seksi Penyantunan" in team.rahmat.last_screen.text
