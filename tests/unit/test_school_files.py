"""Files as schools make them: exports of Dapodik, two rows of header, ticks, totals, damage of spreadsheets."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from handlers.cohorts.roster_words import ages_words, passed_words, row_words, turned_words
from sop_flows.actions.cohorts.roster import Roster, RowFault, read_file, read_lines, turned
from sop_flows.actions.cohorts.roster_cells import is_error, is_scientific, phone_of, read_date
from sop_flows.actions.cohorts.roster_columns import Column, column_of
from sop_flows.actions.cohorts.roster_sheets import FileFault, RosterError
from tests.unit.test_roster import excel, faults, refusal

TODAY = date(2026, 11, 23)
HEADER_OF_DAPODIK = (
    "No,Nama,NIPD,JK,NISN,Tempat Lahir,Tanggal Lahir,NIK,Agama,Alamat,RT,RW,Dusun,Kelurahan,Kecamatan,Kode Pos,"
    "Jenis Tinggal,Alat Transportasi,Telepon,HP,E-Mail,SKHUN,Penerima KPS,No. KPS,Data Ayah,,,,,,Data Ibu,,,,,,"
    "Data Wali,,,,,,Rombel Saat Ini,No Peserta Ujian Nasional,No Seri Ijazah,Penerima KIP,Nomor KIP,Nama di KIP,"
    "Nomor KKS,No Registrasi Akta Lahir,Bank,Nomor Rekening Bank,Rekening Atas Nama,"
    "Layak PIP (usulan dari sekolah),Alasan Layak PIP,Kebutuhan Khusus,Sekolah Asal,Anak ke-berapa,Lintang,Bujur,"
    "No KK,Berat Badan,Tinggi Badan,Lingkar Kepala,Jml. Saudara Kandung,Jarak Rumah ke Sekolah (KM)"
)
DAPODIK = HEADER_OF_DAPODIK.split(",")
BELOW = ["Nama", "Tahun Lahir", "Jenjang Pendidikan", "Pekerjaan", "Penghasilan", "NIK"]
FOUR = ["Nama", "JK", "Sekolah", "Tanggal Lahir"]


def pupil(name: str, sex: str, born: Any, hp: str | None = None) -> list[Any]:
    row: list[Any] = [None] * len(DAPODIK)
    row[0:7] = [1, name, "1234", sex, "0123456789", "MATARAM", born]
    row[9], row[12], row[19] = "Jalan Contoh 1", "Dusun Contoh", hp
    row[24], row[30], row[42], row[56] = "BAPAK CONTOH", "IBU CONTOH", "Kelas 4", "TK CONTOH"
    return row


def export(*more: list[Any]) -> bytes:
    return excel(
        ["Daftar Peserta Didik"],
        ["SD NEGERI 1 CONTOH"],
        ["Kecamatan Contoh, Kabupaten Contoh"],
        ["Tanggal Unduh: 2026-11-01 08:00:00", None, None, "Pengunduh: Contoh"],
        DAPODIK,
        [None] * 24 + BELOW * 3,
        pupil("ANAK CONTOH SATU", "L", "2016-05-12", "081200000001"),
        pupil("ANAK CONTOH DUA", "P", "2017-06-01"),
        *more,
    )


def dates(*cells: Any) -> Roster:
    return read_file(excel(FOUR, *[[f"Anak {n}", "L", "SD 1", cell] for n, cell in enumerate(cells)]), TODAY)


def test_an_export_of_dapodik_is_read_as_it_is() -> None:
    roster = read_file(
        export(
            [],
            ["Jumlah", None, None, 2],
            [None] * 9 + ["Lombok Barat, 30 November 2026"],
            [None] * 9 + ["Kepala Sekolah"],
            [None] * 9 + ["CONTOH KEPALA, S.Pd."],
            [None] * 9 + ["NIP. 197001012000011001"],
        ),
        TODAY,
    )
    first, second = roster.rows
    assert (first.name, first.sex, first.born_on) == ("ANAK CONTOH SATU", "L", date(2016, 5, 12))
    assert (first.parent_name, first.phone) == ("BAPAK CONTOH / IBU CONTOH", "081200000001")
    assert (first.address, second.phone, second.born_on) == ("Jalan Contoh 1", None, date(2017, 6, 1))
    assert (roster.bad, roster.asks_school, roster.title) == ((), True, "SD NEGERI 1 CONTOH")
    assert "Sekolah Asal" in roster.ignored  # the kindergarten
    assert roster.doubled == (("Alamat", "Dusun"), ("Telepon", "HP"))
    assert passed_words(roster)[1:3] == [
        "Alamat dan Dusun: di tiap baris dipakai yang terisi lebih dulu.",
        "Telepon dan HP: di tiap baris dipakai yang terisi lebih dulu.",
    ]
    assert passed_words(roster)[0].endswith("RT, RW dan 48 lagi")
    assert passed_words(roster)[3] == "Baris yang dilewati karena bukan anak: 10-14"


@pytest.mark.parametrize("place", [0, 10, 66])
def test_an_export_with_a_column_for_the_school_wherever_it_was_added(place: int) -> None:
    header, row = [*DAPODIK], pupil("ANAK CONTOH", "L", "2016-05-12")
    header.insert(place, "Sekolah")
    row.insert(place, "SDN 2 Contoh")
    below: list[Any] = [None] * 24 + BELOW * 3
    if place <= 24:
        below.insert(place, None)
    roster = read_file(excel(header, below, row), TODAY)
    assert [(one.name, one.school) for one in roster.rows] == [("ANAK CONTOH", "SDN 2 Contoh")]


def test_a_column_of_kindergartens_is_not_the_school() -> None:
    roster = read_file(
        excel(["Nama", "JK", "Sekolah Asal"], ["Anak A", "L", "TK Contoh"], ["Anak B", "P", "PAUD Contoh"]),
        TODAY,
    )
    assert (roster.asks_school, roster.ignored) == (True, ("Sekolah Asal",))
    roster = read_file(excel(["Nama", "JK", "Sekolah Asal"], ["Anak A", "L", "SDN 3 Contoh"]), TODAY)
    assert (roster.asks_school, roster.schools) == (False, ("SDN 3 Contoh",))


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("Nama Peserta Didik", Column.NAME),
        ("NAMA LENGKAP SISWA", Column.NAME),
        ("Satuan Pendidikan", Column.SCHOOL),
        ("Asal SD/MI", Column.SCHOOL),
        ("No. HP Orang Tua", Column.PHONE),
        ("Kontak Ortu (WA)", Column.PHONE),
        ("Tempat, Tgl. Lahir", Column.BORN),
        ("Nama Ibu Kandung", Column.PARENT),
        ("JK (L/P)", Column.SEX),
        ("Alamat Tempat Tinggal", Column.ADDRESS),
        ("Tempat Lahir", None),
        ("Nama Wali Kelas", None),
        ("Pekerjaan Ayah", None),
        ("Alamat Sekolah", None),
        ("Nama Panggilan", None),
        ("Jarak Rumah ke Sekolah (KM)", None),
        ("No Registrasi Akta Lahir", None),
    ],
)
def test_what_a_header_names(label: str, column: Column | None) -> None:
    assert column_of(label) == column


def test_boys_and_girls_ticked_in_two_columns() -> None:
    roster = read_file(
        excel(
            ["Nama Peserta Didik", "L", "P", "Satuan Pendidikan"],
            ["Anak A", "√", None, "SDN 1"],
            ["Anak B", None, "v", "SDN 1"],
            ["Anak C", "x", "x", "SDN 1"],
            ["Anak D", "-", 1, "SDN 1"],
            ["Jumlah", 2, 2],
        ),
        TODAY,
    )
    assert [(row.name, row.sex) for row in roster.rows] == [("Anak A", "L"), ("Anak B", "P"), ("Anak D", "P")]
    assert faults(roster) == {4: [(RowFault.MISSING, Column.SEX)]}
    assert roster.passed == (6,)


def test_a_header_over_two_rows_and_the_numbers_of_its_columns() -> None:
    roster = read_file(
        excel(
            ["DAFTAR NAMA ANAK"],
            [
                "No",
                "Nama",
                "Jenis Kelamin",
                None,
                "Tempat, Tanggal Lahir",
                None,
                "Orang Tua",
                None,
                "Asal Sekolah",
            ],
            [None, None, "L", "P", "Tempat", "Tanggal", "Ayah", "Ibu", None],
            [1, 2, 3, 4, 5, 6, 7, 8, 9],
            [1, "ANAK A", "1", None, "Praya", "12-05-2016", "BAPAK", "IBU", "MI Contoh"],
        ),
        TODAY,
    )
    [child] = roster.rows
    assert (child.row, child.name, child.sex, child.school) == (5, "ANAK A", "L", "MI Contoh")
    assert (child.born_on, child.parent_name) == (date(2016, 5, 12), "BAPAK / IBU")


def test_a_row_of_groups_above_the_header() -> None:
    roster = read_file(
        excel(
            [None, "IDENTITAS ANAK", None, None, "ORANG TUA", None, "SEKOLAH"],
            ["No", "Nama", "L/P", "TTL", "Nama", "No HP", "Nama"],
            [1, "Anak A", "L", "Praya, 1-2-2016", "Ibu A", "0812000", "SDN 9 Contoh"],
        ),
        TODAY,
    )
    [child] = roster.rows
    assert (child.name, child.parent_name, child.school) == ("Anak A", "Ibu A", "SDN 9 Contoh")


def test_schools_as_headings_above_their_children() -> None:
    roster = read_file(
        excel(["No", "Nama", "L/P"], ["SDN 1 CONTOH"], [1, "Anak A", "L"], ["MI CONTOH"], [1, "Anak B", "P"]),
        TODAY,
    )
    assert [(row.name, row.school) for row in roster.rows] == [
        ("Anak A", "SDN 1 CONTOH"),
        ("Anak B", "MI CONTOH"),
    ]


def test_a_header_in_the_twelfth_row_and_lines_that_were_only_numbered() -> None:
    titles = [[f"judul {number}"] for number in range(11)]
    roster = read_file(
        excel(
            *titles, ["No", "Nama", "L/P", "Sekolah"], [1, "Anak A", "P", "SDN 1"], [2, None, None, "SDN 1"]
        ),
        TODAY,
    )
    assert [row.row for row in roster.rows] == [13]
    assert roster.passed == (14,)


def test_a_child_without_a_sex_is_no_signature() -> None:
    roster = read_file(
        excel(FOUR, ["Anak A", "L", "SD 1"], ["Anak B"], ["Jumlah", 2], ["Kepala Contoh"]), TODAY
    )
    assert list(faults(roster)) == [3]
    assert roster.passed == (4, 5)


def test_rows_that_the_file_hides_are_told() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (FOUR[:3], ["Anak A", "L", "SD 1"], ["Anak B", "P", "SD 1"], ["Anak C", "P", "SD 1"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    roster = read_file(out.getvalue(), TODAY)
    assert [row.name for row in roster.rows] == ["Anak A", "Anak C"]
    assert passed_words(roster) == ["Baris tersembunyi tidak dibaca: 3"]


def test_sheets_without_children_are_not_in_the_way() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (FOUR[:3], ["Anak A", "L", "SD 1"]):
        sheet.append(row)
    book.create_sheet("Kosong").append(FOUR)
    book.create_sheet("Petunjuk").append(["Isi nama dan jenis kelamin"])
    out = io.BytesIO()
    book.save(out)
    assert [row.name for row in read_file(out.getvalue(), TODAY).rows] == ["Anak A"]


def test_what_a_formula_came_to_is_read_and_one_that_came_to_nothing_is_not() -> None:
    content = excel(FOUR[:3], ["Anak A", "L", '=UPPER("sd 1")'])
    assert faults(read_file(content, TODAY)) == {2: [(RowFault.FORMULA, Column.SCHOOL)]}
    source, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":  # as Excel saves it: with its result
                part = part.replace(b'<c r="C2">', b'<c r="C2" t="str">').replace(
                    b"</f><v />", b"</f><v>SD 1</v>"
                )
                part = part.replace(b"</f><v></v>", b"</f><v>SD 1</v>").replace(
                    b"</f></c>", b"</f><v>SD 1</v></c>"
                )
            archive.writestr(name, part)
    assert [row.school for row in read_file(out.getvalue(), TODAY).rows] == ["SD 1"]


def test_a_password_is_told_from_an_old_file() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert refusal(locked) == FileFault.PASSWORD


@pytest.mark.parametrize(
    ("what", "content"),
    [
        (
            "a page",
            "<html><head><meta charset=utf-8></head><table><tr><th colspan=3>DAFTAR SISWA</th></tr>"
            "<tr><th>Nama<br>Siswa</th><th>L/P</th><th>Sekolah</th></tr>"
            "<tr><td>Anak &amp; Contoh</td><td>L</td><td>SDN 1</td></tr></table></html>",
        ),
        (
            "a workbook in XML",
            '<?xml version="1.0"?><Workbook><Worksheet ss:Name="A"><Table><Row><Cell><Data>Nama</Data></Cell>'
            '<Cell><Data>L/P</Data></Cell><Cell ss:Index="5"><Data>Sekolah</Data></Cell></Row>'
            "<Row><Cell><Data>Anak &amp; Contoh</Data></Cell><Cell><Data>L</Data></Cell>"
            '<Cell ss:Index="5"><Data>SDN 1</Data></Cell></Row></Table></Worksheet></Workbook>',
        ),
    ],
)
def test_a_table_of_a_page_that_calls_itself_excel(what: str, content: str) -> None:
    [child] = read_file(content.encode(), TODAY).rows
    assert (child.name, child.sex, child.school) == ("Anak & Contoh", "L", "SDN 1"), what


def test_a_sheet_of_libreoffice() -> None:
    def cells(*texts: str) -> str:
        return "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)

    born = '<table:table-cell office:date-value="2016-05-12"><text:p>12/05/16</text:p></table:table-cell>'
    same = '<table:table-cell table:number-columns-repeated="1"><text:p>SDN 1</text:p></table:table-cell>'
    content = (
        "<office:document-content><office:spreadsheet><table:table>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row>{cells('Nama', 'L/P', 'Tanggal Lahir', 'Sekolah')}</table:table-row>"
        f"<table:table-row>{cells('Anak Contoh', 'L')}{born}{same}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        "</table:table></office:spreadsheet></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", content)
    [child] = read_file(out.getvalue(), TODAY).rows
    assert (child.row, child.name, child.school, child.born_on) == (
        4,
        "Anak Contoh",
        "SDN 1",
        date(2016, 5, 12),
    )


def test_a_page_without_a_table_is_no_list() -> None:
    assert refusal(b"<!DOCTYPE html><html><p>404</p></html>") == FileFault.WRONG_TYPE


def test_a_whole_school_is_too_many() -> None:
    assert (
        refusal(excel(FOUR[:3], *[[f"Anak {n}", "L", "SD 1"] for n in range(5000)]))
        == FileFault.TOO_MANY_ROWS
    )


def test_two_columns_for_the_name_are_not_guessed_between() -> None:
    with pytest.raises(RosterError) as caught:
        read_file(excel(["Nama", "Nama Siswa", "JK"], ["A", "B", "L"]), TODAY)
    assert (caught.value.fault, caught.value.detail) == (FileFault.COLUMN_TWICE, (Column.NAME,))


# --- dates that a spreadsheet has swapped -----------------------------------------------------------------------


def excel_day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day)  # noqa: DTZ001 - Excel knows no zones


def test_a_column_that_proves_a_swap_is_asked_about() -> None:
    roster = dates(excel_day(2016, 12, 5), "13/05/2016", excel_day(2016, 3, 7), "25/12/2015")
    assert [row.row for row in roster.turnable] == [2, 4]
    assert turned_words(roster.turnable) == (
        "Pada beberapa tanggal lahir, hari dan bulannya mungkin tertukar.\n"
        "Baris 2 dan 4: 5 Desember 2016 atau 12 Mei 2016?\n"
        "Baris 4 berarti: 7 Maret 2016 atau 3 Juli 2016."
    )
    assert [str(row.born_on) for row in turned(roster.rows)] == [
        "2016-05-12",
        "2016-05-13",
        "2016-07-03",
        "2015-12-25",
    ]


@pytest.mark.parametrize(
    ("what", "cells", "asked"),
    [
        (
            "a date after the 12th was read rightly",
            (excel_day(2016, 12, 5), "13/05/2016", excel_day(2016, 3, 17)),
            [],
        ),
        ("only dates", (excel_day(2016, 12, 5), excel_day(2016, 3, 7)), []),
        ("only texts, the day first", ("12/05/2016", "13/05/2016"), []),
        ("words are no proof", (excel_day(2016, 12, 5), "13 Mei 2016"), []),
        ("a text that could be swapped too", (excel_day(2016, 12, 5), "13/05/2016", "05/06/2016"), []),
        ("day and month are one", (excel_day(2016, 5, 5), "13/05/2016"), []),
        ("turned round it is still to come", (excel_day(2026, 1, 12), "13/05/2016"), []),
        ("exported as ISO dates", ("2016-12-05", "13/05/2016"), [2]),
        ("numbers of Excel days", (42709, "13/05/2016"), [2]),
        ("texts with the month first", ("12/05/2016", "05/13/2016", "06/14/2015"), [2]),
        ("dates beside texts with the month first", (excel_day(2016, 5, 12), "05/13/2016"), [2]),
    ],
)
def test_what_proves_a_swap(what: str, cells: tuple[Any, ...], asked: list[int]) -> None:
    assert [row.row for row in dates(*cells).turnable] == asked, what


def test_texts_with_the_month_first_are_read_so_where_no_other_way_is_possible() -> None:
    roster = dates("12/05/2016", "05/13/2016")
    assert str(roster.rows[1].born_on) == "2016-05-13"
    assert list(faults(dates("13/05/2016", "05/13/2016"))) == [3]  # not both ways in one column
    assert list(faults(dates("05/13/2016"))) == [2]  # one alone may be a slip


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Lombok, 12-05-2016", date(2016, 5, 12)),
        ("Lombok 12-05-2016", date(2016, 5, 12)),
        ("Mataram/12 Mei 2016", date(2016, 5, 12)),
        ("Kab. Lombok Timur, 1 Jan 2016", date(2016, 1, 1)),
        ("12/05/16", date(2016, 5, 12)),
        ("12/05/98", date(1998, 5, 12)),
        ("12-Mei-16", date(2016, 5, 12)),
        ("Mei 12, 2016", date(2016, 5, 12)),
        ("12 05 2016", date(2016, 5, 12)),
        ("12052016", date(2016, 5, 12)),
        ("42502", date(2016, 5, 12)),
        ("2016-05-12 00:00:00", date(2016, 5, 12)),
        ("12/05/2016 07:30", date(2016, 5, 12)),
        ("31/02/2016", None),
        ("29/02/2015", None),
        ("Lombok", None),
    ],
)
def test_dates_as_schools_write_them(written: str, day: date | None) -> None:
    assert read_date(written).on == day


def test_ages_are_said_with_the_youngest_and_the_oldest() -> None:
    roster = dates("12/05/2016", "13/12/2018", None)
    assert ages_words(roster.rows, TODAY) == (
        "Umur 7–10 tahun. Termuda: baris 3 (13 Desember 2018). Tertua: baris 2 (12 Mei 2016). 1 tanpa tanggal lahir."
    )
    assert ages_words(dates(None).rows, TODAY) == ""


# --- damage of spreadsheets --------------------------------------------------------------------------------------


def test_damage_is_a_bad_row_each_with_what_to_do() -> None:
    roster = read_file(
        excel(
            ["Nama", "JK", "Sekolah", "HP", "Nama Ibu"],
            ["Anak A", "L", "SD 1", "8,139E+10"],
            ["Anak B", "P", "#REF!"],
            ["#N/A", "P", "SD 1"],
            ["Anak D", "P", "SD 1", None, "#VALUE!"],
            ["Total", 4],
        ),
        TODAY,
    )
    assert [row_words(bad) for bad in roster.bad] == [
        "Baris 2: telepon “8,139E+10” disingkat oleh Excel (ubah kolom menjadi Teks, lalu ketik lagi nomornya)",
        "Baris 3: sekolah berisi kesalahan Excel #REF! (tulis nilainya sendiri)",
        "Baris 4: nama berisi kesalahan Excel #N/A (tulis nilainya sendiri)",
        "Baris 5: nama orang tua berisi kesalahan Excel #VALUE! (tulis nilainya sendiri)",
    ]
    assert roster.passed == (6,)


@pytest.mark.parametrize("text", ["8,139E+10", "8.139E+10", "8E+11", "6,28123E+12"])
def test_a_shortened_number_is_no_telephone(text: str) -> None:
    assert is_scientific(text)
    assert phone_of(text) is None


def test_what_a_spreadsheet_shows_of_an_error() -> None:
    assert all(map(is_error, ["#REF!", "#N/A", "#NAME?", "#DIV/0!", "#VALUE!", "####", "Err:502"]))
    assert not any(map(is_error, ["SDN #1", "# 5", ""]))


@pytest.mark.parametrize(
    ("what", "content"),
    [
        (
            "a semicolon in quotes",
            b'nama,jk,sekolah,alamat\nAnak A,L,SDN 1,"Jalan X; RT 2"\nAnak B,P,SDN 1,Jalan Y',
        ),
        (
            "commas in an address",
            b"nama;jk;sekolah;alamat\nAnak A;L;SDN 1;Jalan X, RT 2, RW 3\nAnak B;P;SDN 1;Y",
        ),
        ("tabs", b"nama\tjk\tsekolah\talamat\nAnak A\tL\tSDN 1\tJalan X; RT 2\nAnak B\tP\tSDN 1\tY, Z"),
        (
            "a title with semicolons",
            b"DAFTAR; ANAK; TETIRAH\nnama,jk,sekolah\nAnak A,L,SDN 1\nAnak B,P,SDN 1",
        ),
        ("UTF-16 without its mark", "nama;jk;sekolah\nAnak A;L;SDN 1\nAnak B;P;SDN 1".encode("utf-16-le")),
        ("Windows", "nama;jk;sekolah\nAnak A;L;SDN 1 – Contoh\nAnak B;P;SDN 1".encode("cp1252")),
    ],
)
def test_the_sign_that_makes_the_columns_agree_parts_them(what: str, content: bytes) -> None:
    roster = read_file(content, TODAY)
    assert [row.name for row in roster.rows] == ["Anak A", "Anak B"], what
    assert roster.rows[0].school.startswith("SDN 1"), what


def test_pasted_lines_are_parted_by_the_sign_that_agrees() -> None:
    text = "Anak A; L; SDN 1, Contoh\nAnak B; P; SDN 1, Contoh"
    assert [(row.name, row.school) for row in read_lines(text, TODAY).rows] == [
        ("Anak A", "SDN 1, Contoh"),
        ("Anak B", "SDN 1, Contoh"),
    ]
