"""A roster: what officers send, read row by row; what is wrong is named, and nothing is half taken."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from sop_flows.actions.cohorts.roster import (
    BadRow,
    Fault,
    Roster,
    RosterRow,
    RowFault,
    from_draft,
    read_file,
    read_lines,
    to_draft,
)
from sop_flows.actions.cohorts.roster_cells import date_of, phone_of, sex_of
from sop_flows.actions.cohorts.roster_columns import Column
from sop_flows.actions.cohorts.roster_sheets import FileFault, RosterError

TODAY = date(2026, 11, 23)
HEADER = ["nama", "jenis kelamin", "tanggal lahir", "sekolah", "nama orang tua", "telepon", "alamat"]


def excel(*rows: list[Any], merge: str = "", title: str = "Anak") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faults(roster: Roster) -> dict[int, list[tuple[RowFault, Column]]]:
    return {bad.row: [(fault.what, fault.column) for fault in bad.faults] for bad in roster.bad}


def refusal(content: bytes) -> FileFault:
    with pytest.raises(RosterError) as caught:
        read_file(content, TODAY)
    return caught.value.fault


def test_excel_with_every_column() -> None:
    content = excel(
        HEADER,
        [
            "Anak Contoh 01",
            "L",
            datetime(2016, 5, 12),  # noqa: DTZ001 - Excel knows no zones
            "SDN Contoh 1",
            "Ibu Contoh",
            "0812-000-111",
            "Dusun Contoh",
        ],
        ["Anak Contoh 02", "Perempuan", "12 Mei 2016", "SDN Contoh 2", None, 81200000222, "-"],
    )
    assert read_file(content, TODAY).rows == (
        RosterRow(
            2,
            "Anak Contoh 01",
            "L",
            "SDN Contoh 1",
            date(2016, 5, 12),
            "Ibu Contoh",
            "0812-000-111",
            "Dusun Contoh",
        ),
        RosterRow(3, "Anak Contoh 02", "P", "SDN Contoh 2", date(2016, 5, 12), None, "081200000222", None),
    )


def test_titles_above_the_header_other_words_and_columns_of_no_use() -> None:
    content = excel(
        ["DAFTAR ANAK TETIRAH"],
        [],
        ["No", "Nama Anak", "L/P", "Asal Sekolah", "Kelas", "No. HP", "Tempat, Tanggal Lahir"],
        [1, "Anak Contoh 01", "lk", "SDN Contoh 1", "IV", "", "Mataram, 03-02-2017"],
    )
    roster = read_file(content, TODAY)
    assert roster.rows == (RosterRow(4, "Anak Contoh 01", "L", "SDN Contoh 1", date(2017, 2, 3)),)
    assert roster.ignored == ("No", "Kelas")


def test_every_bad_row_is_named_with_all_that_is_wrong_and_blank_rows_are_passed_over() -> None:
    content = excel(
        HEADER,
        ["Anak Contoh 01", "L", None, "SDN Contoh 1"],
        [None, "X", "31/02/2016", None],
        [],
        ["Anak Contoh 03", "P", "12/05/2031", "SDN Contoh 1", None, "12"],
        ["12345", "P", None, "SDN Contoh 1"],
        ["Maria " * 18, "P", None, "SDN Contoh 1"],
    )
    roster = read_file(content, TODAY)
    assert [row.row for row in roster.rows] == [2]
    assert faults(roster) == {
        3: [
            (RowFault.MISSING, Column.NAME),
            (RowFault.SEX_UNKNOWN, Column.SEX),
            (RowFault.MISSING, Column.SCHOOL),
            (RowFault.DATE_UNKNOWN, Column.BORN),
        ],
        5: [(RowFault.DATE_IMPLAUSIBLE, Column.BORN), (RowFault.PHONE_ODD, Column.PHONE)],
        6: [(RowFault.NAME_ODD, Column.NAME)],
        7: [(RowFault.TOO_LONG, Column.NAME)],
    }


def test_formulas_are_not_believed() -> None:
    roster = read_file(excel(HEADER, ['=HYPERLINK("http://contoh","Anak")', "L", None, "=A2"]), TODAY)
    assert faults(roster) == {2: [(RowFault.FORMULA, Column.NAME), (RowFault.FORMULA, Column.SCHOOL)]}


def test_formula_in_a_column_of_no_use_does_no_harm() -> None:
    content = excel(["no", *HEADER], ["=ROW()", "Anak Contoh 01", "L", None, "SDN Contoh 1"])
    assert [row.name for row in read_file(content, TODAY).rows] == ["Anak Contoh 01"]


def test_a_school_merged_over_its_children_counts_for_each() -> None:
    content = excel(
        ["sekolah", "nama", "jenis kelamin"],
        ["SDN Contoh 1", "Anak Contoh 01", "L"],
        [None, "Anak Contoh 02", "P"],
        [None, "Anak Contoh 03", "P"],
        [None, "Anak Contoh 04", "L"],
        merge="A2:A4",
    )
    roster = read_file(content, TODAY)
    assert [row.school for row in roster.rows] == ["SDN Contoh 1"] * 3
    assert faults(roster) == {5: [(RowFault.MISSING, Column.SCHOOL)]}


def test_a_name_merged_over_two_lines_is_one_child() -> None:
    content = excel(
        HEADER,
        ["Anak Contoh 01", "L", None, "SDN Contoh 1", "Ibu Contoh"],
        [None] * 4 + ["Bapak Contoh"],
        merge="A2:A3",
    )
    roster = read_file(content, TODAY)
    assert len(roster.rows) == 1
    assert list(faults(roster)) == [3]  # asked, not guessed


def test_one_name_twice_in_a_school_is_a_question_and_both_children_are_read() -> None:
    content = excel(
        HEADER,
        ["Anak Contoh", "L", None, "SDN Contoh 1"],
        ["Anak Contoh", "P", None, "SDN Contoh 2"],
        ["anak  contoh", "L", None, "sdn contoh 1"],
    )
    roster = read_file(content, TODAY)
    assert (len(roster.rows), roster.bad, roster.twins) == (3, (), ((2, 4),))
    assert roster.schools == ("SDN Contoh 1", "SDN Contoh 2")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_each_delimiter(delimiter: str) -> None:
    lines = [
        delimiter.join(row) for row in (["Nama", "JK", "Sekolah"], ["Anak Contoh 01", "P", "SDN Contoh 1"])
    ]
    assert read_file("\r\n".join(lines).encode(), TODAY).rows == (
        RosterRow(2, "Anak Contoh 01", "P", "SDN Contoh 1"),
    )


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("byte order mark", "﻿nama;jenis kelamin;sekolah\nAnak Contoh;L;SDN Contoh".encode()),
        ("Excel's hint", b"sep=;\nnama;jenis kelamin;sekolah\nAnak Contoh;L;SDN Contoh"),
        ("UTF-16", "nama\tjenis kelamin\tsekolah\nAnak Contoh\tL\tSDN Contoh".encode("utf-16")),
        ("quoted", b'nama,jenis kelamin,sekolah\n"Anak Contoh",L,"SDN Contoh"'),
    ],
)
def test_csv_as_programs_write_it(what: str, content: bytes) -> None:
    assert [row.name for row in read_file(content, TODAY).rows] == ["Anak Contoh"], what


@pytest.mark.parametrize(
    ("what", "content", "fault"),
    [
        ("nothing", b"", FileFault.EMPTY),
        ("blank", b" \r\n \n", FileFault.EMPTY),
        ("header alone", b"nama,jenis kelamin,sekolah\n", FileFault.EMPTY),
        ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", FileFault.WRONG_TYPE),
        ("an old Excel file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, FileFault.OLD_EXCEL),
        ("half an Excel file", b"PK\x03\x04" + b"\x01" * 50, FileFault.UNREADABLE),
        ("an endless quotation", b'nama,jenis kelamin,sekolah\n"Anak,L,SDN', FileFault.UNREADABLE),
        ("no header", b"Anak Contoh,L,SDN Contoh\n", FileFault.NO_COLUMNS),
        ("a column is missing", b"nama,sekolah\nAnak Contoh,SDN\n", FileFault.NO_COLUMNS),
        ("a column twice", b"nama,nama anak,jenis kelamin,sekolah\nA,B,L,SDN\n", FileFault.COLUMN_TWICE),
        ("too many rows", b"nama,jenis kelamin,sekolah\n" + b"\n" * 3001, FileFault.TOO_MANY_ROWS),
        (
            "too many children",
            b"nama,jenis kelamin,sekolah\n" + b"Anak,L,SDN\n" * 301,
            FileFault.TOO_MANY_CHILDREN,
        ),
        ("too many bytes", b"nama," * 1_100_000, FileFault.TOO_BIG),
    ],
)
def test_files_that_cannot_be_read_say_why(what: str, content: bytes, fault: FileFault) -> None:
    assert refusal(content) == fault, what


def test_missing_columns_are_named() -> None:
    with pytest.raises(RosterError) as caught:
        read_file(b"nama,alamat\nAnak Contoh,Dusun\n", TODAY)
    assert caught.value.detail == (Column.SEX,)  # the school can be asked for


def test_zip_that_is_no_workbook_and_a_bomb_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert refusal(out.getvalue()) == FileFault.WRONG_TYPE
    bomb = io.BytesIO(excel(HEADER))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"<row/>" * 2_000_000)
    assert len(bomb.getvalue()) < 100_000
    assert refusal(bomb.getvalue()) == FileFault.TOO_BIG


@pytest.mark.parametrize(
    ("what", "xml"),
    [
        ("merged", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        ("linked", '<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'),
    ],
)
def test_an_area_over_the_whole_sheet_does_not_stop_the_bot(what: str, xml: str) -> None:
    source = zipfile.ZipFile(io.BytesIO(excel(HEADER, ["Anak Contoh", "L", None, "SDN Contoh"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", b"</sheetData>" + xml.encode())
            archive.writestr(name, part)
    assert [row.name for row in read_file(out.getvalue(), TODAY).rows] == ["Anak Contoh"], what


def test_a_sheet_that_lies_about_its_size_is_read_to_its_end() -> None:
    source = zipfile.ZipFile(io.BytesIO(excel(HEADER, *[[f"Anak {n}", "L", None, "SDN"] for n in range(9)])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            archive.writestr(
                name, source.read(name).replace(b'dimension ref="A1:G10"', b'dimension ref="A1:B2"')
            )
    assert len(read_file(out.getvalue(), TODAY).rows) == 9


@pytest.mark.slow
def test_a_cell_far_below_is_not_dropped_in_silence() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append(["Anak Contoh", "L", None, "SDN Contoh"])
    sheet["A900000"] = "Anak Jauh"
    out = io.BytesIO()
    book.save(out)
    assert refusal(out.getvalue()) == FileFault.TOO_MANY_ROWS


def test_two_sheets_with_children_are_not_guessed_between() -> None:
    book = Workbook()
    for name in ("SDN 1", "SDN 2"):
        sheet = book.create_sheet(name)
        sheet.append(HEADER)
        sheet.append(["Anak Contoh", "L", None, name])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(RosterError) as caught:
        read_file(out.getvalue(), TODAY)
    assert (caught.value.fault, caught.value.detail) == (FileFault.SEVERAL_SHEETS, ("SDN 1", "SDN 2"))


def test_pasted_lines_without_header_numbered_and_in_parts() -> None:
    text = "1. Anak Contoh 01; L; SDN Contoh 1\n2) Anak Contoh 02; P; 12/05/2016; SDN Contoh 2; Ibu Contoh\n"
    assert read_lines(text, TODAY, first_row=10).rows == (
        RosterRow(10, "Anak Contoh 01", "L", "SDN Contoh 1"),
        RosterRow(11, "Anak Contoh 02", "P", "SDN Contoh 2", date(2016, 5, 12), "Ibu Contoh"),
    )


def test_pasted_from_excel_with_header() -> None:
    text = "Nama\tJenis Kelamin\tSekolah\nAnak Contoh 01\tL\tSDN Contoh 1"
    assert read_lines(text, TODAY).rows == (RosterRow(2, "Anak Contoh 01", "L", "SDN Contoh 1"),)


def test_pasted_line_with_commas_in_its_address() -> None:
    (row,) = read_lines(
        "Anak Contoh, L, 12 Mei 2016, SDN Contoh, Ibu Contoh, 081200000, Dusun A, RT 2", TODAY
    ).rows
    assert row.address == "Dusun A, RT 2"


def test_pasted_with_separators_at_the_end() -> None:
    (row,) = read_lines("Anak Contoh; L; SDN Contoh;;;;", TODAY).rows
    assert row == RosterRow(1, "Anak Contoh", "L", "SDN Contoh")


def test_pasted_with_the_school_before_the_birth_date() -> None:
    (row,) = read_lines("Anak Contoh; L; SDN Contoh; 12/05/2016; Ibu Contoh", TODAY).rows
    assert (row.school, row.born_on, row.parent_name) == ("SDN Contoh", date(2016, 5, 12), "Ibu Contoh")


def test_pasted_words_that_are_no_children() -> None:
    roster = read_lines("halo, apa kabar?", TODAY)
    assert roster.rows == ()
    assert roster.bad == (
        BadRow(
            1, (Fault(RowFault.SEX_UNKNOWN, Column.SEX, "apa kabar?"), Fault(RowFault.MISSING, Column.SCHOOL))
        ),
    )


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("12/05/2016", date(2016, 5, 12)),
        ("5-12-2016", date(2016, 12, 5)),
        ("2016-05-12", date(2016, 5, 12)),
        ("12 Mei 2016", date(2016, 5, 12)),
        ("12 agt 16", date(2016, 8, 12)),
        ("1 Nopember 2015", date(2015, 11, 1)),
        ("Lombok Barat, 7 Februari 2017", date(2017, 2, 7)),
        (42502, date(2016, 5, 12)),
        (datetime(2016, 5, 12, 8, 30), date(2016, 5, 12)),  # noqa: DTZ001 - Excel knows no zones
        ("12/13/2016", None),
        ("30 Februari 2016", None),
        ("Mei 2016", None),
        ("2016", None),
        (2016, None),
        (True, None),
        (float("inf"), None),
    ],
)
def test_dates_as_people_and_excel_write_them(written: Any, day: date | None) -> None:
    assert date_of(written) == day


@pytest.mark.parametrize(
    ("written", "sex"),
    [("L", "L"), ("p", "P"), ("Laki-laki", "L"), ("laki laki", "L"), ("LK", "L"), ("Perempuan", "P"), ("Pr.", "P"), ("L/P", None), ("?", None)],
)  # fmt: skip
def test_sex_as_people_write_it(written: str, sex: str | None) -> None:
    assert sex_of(written) == sex


def test_a_telephone_number_keeps_its_leading_zero() -> None:
    assert phone_of("81234567890") == "081234567890"
    assert phone_of("+62 812-3456") == "+62 812-3456"
    assert phone_of("0812") == "0812"
    assert phone_of("12") is None


def test_rows_survive_a_draft() -> None:
    rows = read_lines("Anak Contoh; L; 12/05/2016; SDN Contoh; Ibu; 081200000; Dusun", TODAY).rows
    assert from_draft(to_draft(rows)) == rows
