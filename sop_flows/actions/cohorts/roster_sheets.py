"""From what was sent (Excel, CSV, pasted lines) to rows of cells. It is user input: size and kind are judged first."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sop_flows.actions.cohorts.roster_cells import CELL_MAX_CHARACTERS, Cell
from sop_flows.errors import RuleError

MAX_FILE_BYTES = 5_000_000  # a roster of 300 children is 60 KB; photos inside the file are the rest
MAX_UNPACKED_BYTES = (
    6_000_000  # of the XML inside an Excel file: more would be held in memory fifty times over
)
MAX_SHEET_ROWS = 3_000  # rows looked at, blank ones included
MAX_SHEET_COLUMNS = 40

FORMULA = "="  # how a cell that holds a formula begins

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # .xls, and any Office file with a password
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
    OLD_EXCEL = "old_excel"  # .xls, or protected by a password
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
        raise RosterError(FileFault.OLD_EXCEL)
    return (sheet_of_text(_decoded(content)),)


def sheet_of_text(text: str) -> Sheet:
    """The table in CSV text: comma, semicolon or tab, whichever its first lines use.

    Raises:
        RosterError: empty, too long, or a quotation mark that is never closed.
    """
    if not text.strip():
        raise RosterError(FileFault.EMPTY)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = tuple(_numbered(reader))
    except csv.Error as error:
        raise RosterError(FileFault.UNREADABLE) from error
    return Sheet("", rows)


def sheet_of_lines(text: str) -> Sheet:
    """The table in pasted lines: one child a line; quotation marks mean nothing here."""
    delimiter = _delimiter(text)
    return Sheet("", tuple(_numbered(line.split(delimiter) for line in text.splitlines())))


def _numbered(rows: Iterable[Sequence[str]]) -> Iterator[SheetRow]:
    for number, cells in enumerate(rows, start=1):
        if number > MAX_SHEET_ROWS:
            raise RosterError(FileFault.TOO_MANY_ROWS)
        yield SheetRow(number, tuple(cell[: CELL_MAX_CHARACTERS + 1] for cell in cells[:MAX_SHEET_COLUMNS]))


def _delimiter(text: str) -> str:
    # Excel in Indonesian writes semicolons, because the comma is its decimal sign; cells copied from it carry tabs.
    lines = [line for line in text.splitlines() if line.strip()][:20]
    for delimiter in ("\t", ";"):
        if any(delimiter in line for line in lines):
            return delimiter
    return ","


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
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
            if "xl/workbook.xml" not in archive.namelist():
                raise RosterError(FileFault.WRONG_TYPE)
            unpacked = sum(part.file_size for part in parts if not part.filename.startswith("xl/media/"))
            if unpacked > MAX_UNPACKED_BYTES or any(part.file_size > MAX_UNPACKED_BYTES for part in parts):
                raise RosterError(FileFault.TOO_BIG)
            return tuple(_opened(content, archive))
    except _UNREADABLE as error:
        raise RosterError(FileFault.UNREADABLE) from error


def _opened(content: bytes, archive: zipfile.ZipFile) -> Iterator[Sheet]:
    from openpyxl import load_workbook  # 0.3 s to import: only when there is a file to read

    # Read-only, because else one merged area or link over the whole sheet makes 17 billion cells.
    workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheets: list[Any] = list(workbook.worksheets)  # the stubs know only the ordinary kind
        for sheet in sheets:
            if sheet.sheet_state == "visible":
                # Read-only sheets know nothing of merged areas: they stand at the end of the sheet's own part.
                spread = _merged_downwards(archive.read(sheet._worksheet_path))
                yield Sheet(sheet.title, tuple(_excel_rows(sheet, spread)))
    finally:
        workbook.close()


def _excel_rows(sheet: Any, spread: dict[int, dict[int, int]]) -> Iterator[SheetRow]:
    sheet.reset_dimensions()  # what a file says of its own size may be wrong, and rows would be cut off
    tops = {top for covered in spread.values() for top in covered.values()}
    begun: dict[int, tuple[Cell, ...]] = {}  # rows in which a merged cell begins
    for number, values in enumerate(sheet.iter_rows(max_col=MAX_SHEET_COLUMNS, values_only=True), start=1):
        if number > MAX_SHEET_ROWS:
            raise RosterError(FileFault.TOO_MANY_ROWS)
        cells = tuple(_cell(value) for value in values)
        if number in tops:
            begun[number] = cells
        covered = [
            (column, begun[top][column])
            for column, top in spread.get(number, {}).items()
            if column < len(begun.get(top, ()))
        ]
        yield SheetRow(number, cells, tuple(covered))


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


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, (str, int, float, bool, datetime, date)):
        return value[: CELL_MAX_CHARACTERS + 1] if isinstance(value, str) else value
    # Array and data-table formulas come as objects; a time of day or a duration is no date.
    return FORMULA if type(value).__module__.startswith("openpyxl") else str(value)
