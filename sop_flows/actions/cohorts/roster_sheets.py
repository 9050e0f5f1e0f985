"""From what was sent (Excel, CSV, pasted lines) to rows of cells. It is user input: size and kind are judged first."""

import csv
import io
import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sop_flows.actions.cohorts.roster_cells import CELL_MAX_CHARACTERS, Cell
from sop_flows.actions.cohorts.roster_columns import column_of
from sop_flows.actions.cohorts.roster_markup import is_markup, rows_of_markup
from sop_flows.errors import RuleError

MAX_FILE_BYTES = 5_000_000  # a roster of 300 children is 60 KB; photos inside the file are the rest
MAX_UNPACKED_BYTES = (
    6_000_000  # of the XML inside an Excel file: more would be held in memory fifty times over
)
MAX_SHEET_ROWS = 3_000  # rows looked at, blank ones included
MAX_ROWS_PASSED = 50_000  # rows of an Excel sheet that are passed over because nothing is written in them
MAX_SHEET_COLUMNS = 300  # an export of Dapodik has 66

# Excel in Indonesia writes semicolons, because the comma is its decimal sign; cells copied from it carry tabs.
DELIMITERS = ("\t", ";", ",", "|")  # of two that agree as well, the first
LOOKED_AT = 200  # lines by which the sign is chosen

FORMULA = "="  # how a cell that holds a formula begins

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # .xls, and any Office file with a password
_HIDDEN = re.compile(rb"""<row\s(?=[^>]*?\bhidden=["'](?:1|true)["'])[^>]*?\br=["'](\d{1,7})["']""")
_MERGED = re.compile(rb"""mergeCell\s[^>]*?ref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
# What openpyxl and zipfile raise on files that are not what they say; there is no common base.
_UNREADABLE = (
    zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError,
    EOFError, RuntimeError, ArithmeticError,
)  # fmt: skip


class FileFault(StrEnum):
    """Why nothing at all can be read."""

    EMPTY = "empty"
    WRONG_TYPE = "wrong_type"
    OLD_EXCEL = "old_excel"  # .xls
    PASSWORD = "password"
    UNREADABLE = "unreadable"
    TOO_BIG = "too_big"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_CHILDREN = "too_many_children"
    NO_COLUMNS = "no_columns"  # `detail` lists the required columns that are missing
    COLUMN_TWICE = "column_twice"
    SEVERAL_SHEETS = "several_sheets"


class RosterError(RuleError):
    """The whole roster is refused. `detail` is a list of names: columns or sheets."""

    def __init__(self, fault: FileFault, detail: tuple[str, ...] = ()) -> None:
        super().__init__(f"{fault} {detail}")
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True)
class SheetRow:
    """One row as it stands in the file; `number` is what Excel shows at its left, or the line."""

    number: int
    cells: tuple[Cell, ...]
    spread: tuple[tuple[int, Cell], ...] = ()  # (column, value) that a merged cell above covers here too
    is_hidden: bool = False

    @property
    def is_blank(self) -> bool:
        """Nothing was written in this row itself."""
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """A table of cells with its name."""

    name: str
    rows: tuple[SheetRow, ...]


def sheets_of_file(content: bytes) -> tuple[Sheet, ...]:
    """The tables in an .xlsx or .csv file, told apart by content, whatever its name says.

    Raises:
        RosterError: empty, too big, or neither of the two.
    """
    if not content.strip():
        raise RosterError(FileFault.EMPTY)
    if len(content) > MAX_FILE_BYTES:
        raise RosterError(FileFault.TOO_BIG)
    if content.startswith(_ZIP):
        return _excel_sheets(content)
    if content.startswith(_OLE):
        has_password = "EncryptedPackage".encode("utf-16-le") in content
        raise RosterError(FileFault.PASSWORD if has_password else FileFault.OLD_EXCEL)
    return (sheet_of_text(_decoded(content)),)


def sheet_of_text(text: str) -> Sheet:
    """The table in CSV text, parted by whichever sign makes the columns agree.

    Raises:
        RosterError: empty, too long, or a quotation mark that is never closed.
    """
    if not text.strip():
        raise RosterError(FileFault.EMPTY)
    if is_markup(text):
        rows = rows_of_markup(text)
        if not rows:
            raise RosterError(FileFault.WRONG_TYPE)
        return Sheet("", tuple(_numbered(rows)))
    found = []
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            found.append(Sheet("", tuple(_numbered(reader))))
        except csv.Error:
            continue
    if not found:
        raise RosterError(FileFault.UNREADABLE)
    return max(found, key=_agreement)


def sheet_of_lines(text: str) -> Sheet:
    """The table in pasted lines: one child a line; quotation marks mean nothing here."""
    lines = text.splitlines()
    return max(
        (Sheet("", tuple(_numbered(line.split(delimiter) for line in lines))) for delimiter in DELIMITERS),
        key=_agreement,
    )


def _agreement(sheet: Sheet) -> tuple[int, int]:
    """How well a sign parts the lines: columns that the header names, then lines with as many parts as most have.

    A semicolon inside a quoted cell parts nothing.
    """
    rows = [row.cells for row in sheet.rows if not row.is_blank][:LOOKED_AT]
    named = max((len({column_of(cell) for cell in cells} - {None}) for cells in rows), default=0)
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    return (named if named > 1 else 0, widths.most_common(1)[0][1] if widths else 0)


def _numbered(rows: Iterable[Sequence[str]]) -> Iterator[SheetRow]:
    for number, cells in enumerate(rows, start=1):
        if number > MAX_SHEET_ROWS:
            raise RosterError(FileFault.TOO_MANY_ROWS)
        yield SheetRow(number, tuple(cell[: CELL_MAX_CHARACTERS + 1] for cell in cells[:MAX_SHEET_COLUMNS]))


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\x00" in content[:200]:  # UTF-16 without its mark
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise RosterError(FileFault.WRONG_TYPE)
    first, _, rest = text.partition("\n")
    return rest if re.fullmatch(r"sep=.\r?", first.strip()) else text  # Excel's own hint


def _excel_sheets(content: bytes) -> tuple[Sheet, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts if not part.filename.startswith("xl/media/"))
            if unpacked > MAX_UNPACKED_BYTES or any(part.file_size > MAX_UNPACKED_BYTES for part in parts):
                raise RosterError(FileFault.TOO_BIG)
            if "content.xml" in archive.namelist():
                return (_open_document(archive),)
            if "xl/workbook.xml" not in archive.namelist():
                raise RosterError(FileFault.WRONG_TYPE)
            return tuple(_opened(content, archive))
    except _UNREADABLE as error:
        raise RosterError(FileFault.UNREADABLE) from error


def _open_document(archive: zipfile.ZipFile) -> Sheet:
    """The sheets of an .ods file, one below the other. Raises RosterError: it is another kind of document."""
    text = archive.read("content.xml").decode("utf-8", errors="replace")
    rows = rows_of_markup(text) if "office:spreadsheet" in text else []
    if not rows:
        raise RosterError(FileFault.WRONG_TYPE)
    return Sheet("", tuple(_numbered(rows)))


def _opened(content: bytes, archive: zipfile.ZipFile) -> Iterator[Sheet]:
    from openpyxl import load_workbook  # 0.3 s to import: only when there is a file to read

    # Read-only, because else one merged area or link over the whole sheet makes 17 billion cells.
    workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    worked_out = None
    try:
        sheets: list[Any] = list(workbook.worksheets)  # the stubs know only the ordinary kind
        for sheet in sheets:
            if sheet.sheet_state == "visible":
                # Read-only sheets know nothing of merged areas: they stand at the end of the sheet's own part.
                part = archive.read(sheet._worksheet_path)
                if b"<f" in part and worked_out is None:
                    worked_out = load_workbook(
                        io.BytesIO(content), read_only=True, keep_links=False, data_only=True
                    )
                values = None if worked_out is None else worked_out[sheet.title]
                yield Sheet(sheet.title, tuple(_excel_rows(sheet, values, part)))
    finally:
        workbook.close()
        if worked_out is not None:
            worked_out.close()


def _excel_rows(sheet: Any, worked_out: Any, part: bytes) -> Iterator[SheetRow]:
    """The rows of a sheet; a formula is what it came to when the file was saved, if that stands there."""
    spread = _merged_downwards(part)
    hidden = {int(number) for number in _HIDDEN.findall(part)}
    sheet.reset_dimensions()  # what a file says of its own size may be wrong, and rows would be cut off
    found = sheet.iter_rows(max_col=MAX_SHEET_COLUMNS, values_only=True)
    results: Iterator[Any] = itertools.repeat(())
    if worked_out is not None:
        worked_out.reset_dimensions()
        results = worked_out.iter_rows(max_col=MAX_SHEET_COLUMNS, values_only=True)
    tops = {top for covered in spread.values() for top in covered.values()}
    begun: dict[int, tuple[Cell, ...]] = {}  # rows in which a merged cell begins
    for number, (values, known) in enumerate(zip(found, results, strict=False), start=1):
        cells = tuple(map(_cell, values, itertools.chain(known, itertools.repeat(None))))
        is_blank = all(cell is None for cell in cells)
        if number > (MAX_ROWS_PASSED if is_blank else MAX_SHEET_ROWS):
            raise RosterError(FileFault.TOO_MANY_ROWS)
        if is_blank and number > MAX_SHEET_ROWS:
            continue
        if number in tops:
            begun[number] = cells
        covered = [
            (column, begun[top][column])
            for column, top in spread.get(number, {}).items()
            if column < len(begun.get(top, ()))
        ]
        yield SheetRow(number, cells, tuple(covered), number in hidden)


def _merged_downwards(part: bytes) -> dict[int, dict[int, int]]:
    """By row and column: the row in which the merged cell over them begins.

    A school is often written so, once for all its children. Areas over several columns are titles.
    """
    covered: dict[int, dict[int, int]] = {}
    for area in _MERGED.finditer(part):
        left, top, right, bottom = (text.decode() for text in area.groups())
        if left != right or int(bottom) - int(top) > MAX_SHEET_ROWS:
            continue
        for row in range(int(top) + 1, int(bottom) + 1):
            covered.setdefault(row, {})[_column_number(left)] = int(top)
        if len(covered) > MAX_SHEET_ROWS:
            raise RosterError(FileFault.TOO_MANY_ROWS)
    return covered


def _column_number(letters: str) -> int:
    """Counted from 0: "A" is 0, "AB" is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _cell(value: Any, result: Any = None) -> Cell:
    """What a cell holds; of a formula its `result`, where the file carries one."""
    is_formula = isinstance(value, str) and value.startswith(FORMULA)
    if result is not None and (is_formula or type(value).__module__.startswith("openpyxl")):
        return _cell(result)
    if value is None or isinstance(value, (str, int, float, bool, datetime, date)):
        return value[: CELL_MAX_CHARACTERS + 1] if isinstance(value, str) else value
    # Array and data-table formulas come as objects; a time of day or a duration is no date.
    return FORMULA if type(value).__module__.startswith("openpyxl") else str(value)
