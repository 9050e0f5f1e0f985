"""A roster: the children that the schools send. Pure reading; every bad row is named, nothing is half taken."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sop_flows.actions.cohorts.roster_cells import (
    CELL_MAX_CHARACTERS,
    Cell,
    date_of,
    is_name,
    is_plausible_birth,
    optional,
    phone_of,
    sex_of,
    text_of,
)
from sop_flows.actions.cohorts.roster_columns import PASTED_ORDER, REQUIRED, Column, column_of
from sop_flows.actions.cohorts.roster_sheets import (
    FORMULA,
    FileFault,
    RosterError,
    Sheet,
    SheetRow,
    sheet_of_lines,
    sheets_of_file,
)
from sop_flows.core.spelling import fold
from sop_flows.limits import MAX_CHILDREN

HEADER_WITHIN_ROWS = 15  # titles and letterheads may stand above the header


_LINE_NUMBER = re.compile(r"\d{1,3}\s*[.)]\s*(?=\D)")  # "12. Anak Contoh"


class RowFault(StrEnum):
    """Why a row cannot be taken."""

    MISSING = "missing"
    NAME_ODD = "name_odd"
    SEX_UNKNOWN = "sex_unknown"
    DATE_UNKNOWN = "date_unknown"
    DATE_IMPLAUSIBLE = "date_implausible"
    PHONE_ODD = "phone_odd"
    TOO_LONG = "too_long"
    FORMULA = "formula"


@dataclass(frozen=True)
class Fault:
    """One fault: what, in which column, and the text that was read (empty for names)."""

    what: RowFault
    column: Column
    value: str = ""


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken, with all its faults."""

    row: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class RosterRow:
    """One child as the roster has it; `row` is its number in the file or the paste."""

    row: int
    name: str
    sex: str  # "L" or "P"
    school: str
    born_on: date | None = None
    parent_name: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Roster:
    """What was read. Usable when `bad` is empty; `twins` are questions, not errors: a child is its number.

    Attributes:
        twins: row numbers that carry one name in one school.
        ignored: headers that mean nothing to us.
    """

    rows: tuple[RosterRow, ...]
    bad: tuple[BadRow, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def schools(self) -> tuple[str, ...]:
        """The schools in the order of their first child."""
        return tuple(dict.fromkeys(row.school for row in self.rows))

    @property
    def twins(self) -> tuple[tuple[int, ...], ...]:
        """Row numbers of children with one name in one school."""
        same: dict[tuple[str, str], list[int]] = {}
        for row in self.rows:
            same.setdefault((fold(row.school), fold(row.name)), []).append(row.row)
        return tuple(tuple(rows) for rows in same.values() if len(rows) > 1)


def read_file(content: bytes, today: date) -> Roster:
    """Read an .xlsx or .csv file.

    Args:
        today: local date; a birth date must lie before it.

    Raises:
        RosterError: nothing can be read at all, and why.
    """
    tables = [sheet for sheet in sheets_of_file(content) if any(not row.is_blank for row in sheet.rows)]
    if not tables:
        raise RosterError(FileFault.EMPTY)
    with_header = [sheet for sheet in tables if _header_row(sheet.rows) is not None]
    if len(with_header) > 1:
        raise RosterError(FileFault.SEVERAL_SHEETS, tuple(sheet.name for sheet in with_header))
    return _read(with_header[0] if with_header else tables[0], today)


def read_lines(text: str, today: date, first_row: int = 1) -> Roster:
    """Read pasted lines, with or without a header. `first_row` numbers the first line, when more were sent before.

    Raises:
        RosterError: nothing can be read at all, and why.
    """
    if not text.strip():
        raise RosterError(FileFault.EMPTY)
    sheet = sheet_of_lines(text)
    rows = tuple(
        replace(row, number=row.number + first_row - 1, cells=_unnumbered(row.cells)) for row in sheet.rows
    )
    if _header_row(rows) is not None:
        return _read(Sheet("", rows), today)
    return _roster([_headless(row, today) for row in rows if not row.is_blank])


def to_draft(rows: Iterable[RosterRow]) -> list[dict[str, object]]:
    """As JSON-ready rows, for a conversation's draft."""
    return [
        {**vars(row), "born_on": None if row.born_on is None else row.born_on.isoformat()} for row in rows
    ]


def from_draft(draft: Iterable[dict[str, object]]) -> tuple[RosterRow, ...]:
    """The rows that `to_draft` stored."""
    rows = []
    for values in draft:
        born = values["born_on"]
        rows.append(RosterRow(**{**values, "born_on": date.fromisoformat(str(born)) if born else None}))  # type: ignore[arg-type]  # JSON edge
    return tuple(rows)


def one_spelling(rows: Sequence[RosterRow], known: Iterable[str] = ()) -> tuple[RosterRow, ...]:
    """The rows with one spelling a school: the one in `known`, else the first that was met."""
    spelling = {fold(name): name for name in known}
    for row in rows:
        spelling.setdefault(fold(row.school), row.school)
    return tuple(replace(row, school=spelling[fold(row.school)]) for row in rows)


def _read(sheet: Sheet, today: date) -> Roster:
    at = _header_row(sheet.rows)
    if at is None:
        raise RosterError(FileFault.NO_COLUMNS, tuple(REQUIRED))
    header = sheet.rows[at]
    columns: dict[Column, list[int]] = {}
    ignored = []
    for position, cell in enumerate(header.cells):
        column = column_of(cell)
        if column is not None:
            columns.setdefault(column, []).append(position)
        elif text_of(cell):
            ignored.append(text_of(cell)[:40])
    missing = tuple(column for column in REQUIRED if column not in columns)
    if missing:
        raise RosterError(FileFault.NO_COLUMNS, missing)
    # Father and mother may have a column each; any other column twice would be a guess.
    twice = tuple(column for column, found in columns.items() if len(found) > 1 and column != Column.PARENT)
    if twice:
        raise RosterError(FileFault.COLUMN_TWICE, twice)
    read = []
    for row in sheet.rows[at + 1 :]:
        if row.is_blank:
            continue
        cells = list(row.cells) + [None] * (len(header.cells) - len(row.cells))
        for position, value in row.spread:
            # A merged school stands for all its rows; a merged name is one child on several lines.
            if position in columns[Column.SCHOOL] and position < len(cells) and cells[position] is None:
                cells[position] = value
        named = {column: [cells[position] for position in found] for column, found in columns.items()}
        read.append(_child(row.number, named, today))
    return _roster(read, tuple(ignored))


def _roster(read: Sequence[RosterRow | BadRow], ignored: tuple[str, ...] = ()) -> Roster:
    if not read:
        raise RosterError(FileFault.EMPTY)
    if len(read) > MAX_CHILDREN:
        raise RosterError(FileFault.TOO_MANY_CHILDREN)
    good = [row for row in read if isinstance(row, RosterRow)]
    return Roster(one_spelling(good), tuple(row for row in read if isinstance(row, BadRow)), ignored)


def _header_row(rows: Sequence[SheetRow]) -> int | None:
    """Where the header stands: the row that names most columns, at least two, a required one among them."""
    best, most = None, 1
    for position, row in enumerate(rows[:HEADER_WITHIN_ROWS]):
        found = {column for cell in row.cells if (column := column_of(cell)) is not None}
        # "Ibu" and "Dusun" in a child's row are also words for columns.
        if len(found) > most and found & set(REQUIRED):
            best, most = position, len(found)
    return best


def _unnumbered(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    if not cells or not isinstance(cells[0], str):
        return cells
    first = cells[0].strip()
    if first.isdigit() and len(cells) > len(REQUIRED):  # the number has a part of its own
        return cells[1:]
    return (_LINE_NUMBER.sub("", first, count=1), *cells[1:])


def _headless(row: SheetRow, today: date) -> RosterRow | BadRow:
    cells = list(row.cells)
    while not text_of(cells[-1]):  # separators at the end of a line carry nothing
        cells.pop()
    order: tuple[Column, ...] = PASTED_ORDER
    if len(cells) <= len(REQUIRED):
        order = REQUIRED
    elif date_of(cells[2]) is None and date_of(cells[3]) is not None:  # the school before the birth date
        order = (*REQUIRED, *(column for column in PASTED_ORDER if column not in REQUIRED))
    if len(cells) > len(PASTED_ORDER):  # an address with commas in it
        rest = ", ".join(text_of(cell) for cell in cells[len(PASTED_ORDER) - 1 :])
        cells = [*cells[: len(PASTED_ORDER) - 1], rest]
    return _child(row.number, {column: [cell] for column, cell in zip(order, cells, strict=False)}, today)


def _child(number: int, cells: dict[Column, list[Cell]], today: date) -> RosterRow | BadRow:
    faults: list[Fault] = []
    texts: dict[Column, str] = {}
    for column in Column:
        parts = [text_of(cell) for cell in cells.get(column, [])]
        texts[column] = " / ".join(part for part in parts if optional(part) is not None)
        if any(part.startswith(FORMULA) for part in parts):
            faults.append(Fault(RowFault.FORMULA, column))
        elif len(texts[column]) > CELL_MAX_CHARACTERS:
            faults.append(Fault(RowFault.TOO_LONG, column))
        elif column in REQUIRED and not texts[column]:
            faults.append(Fault(RowFault.MISSING, column))
    spoilt = {fault.column for fault in faults}

    sex = sex_of(texts[Column.SEX])
    born_on = date_of(cells[Column.BORN][0]) if texts[Column.BORN] else None
    phone = phone_of(texts[Column.PHONE])
    if Column.NAME not in spoilt and not is_name(texts[Column.NAME]):
        faults.append(Fault(RowFault.NAME_ODD, Column.NAME))
    if Column.SEX not in spoilt and sex is None:
        faults.append(Fault(RowFault.SEX_UNKNOWN, Column.SEX, texts[Column.SEX][:20]))
    if Column.BORN not in spoilt and texts[Column.BORN]:
        if born_on is None:
            faults.append(Fault(RowFault.DATE_UNKNOWN, Column.BORN, texts[Column.BORN][:30]))
        elif not is_plausible_birth(born_on, today):
            faults.append(Fault(RowFault.DATE_IMPLAUSIBLE, Column.BORN, born_on.strftime("%d/%m/%Y")))
    if Column.PHONE not in spoilt and texts[Column.PHONE] and phone is None:
        faults.append(Fault(RowFault.PHONE_ODD, Column.PHONE, texts[Column.PHONE][:20]))
    if faults:
        order = list(Column)
        return BadRow(number, tuple(sorted(faults, key=lambda fault: order.index(fault.column))))
    assert sex is not None
    return RosterRow(
        number,
        texts[Column.NAME],
        sex,
        texts[Column.SCHOOL],
        born_on,
        texts[Column.PARENT] or None,
        phone,
        texts[Column.ADDRESS] or None,
    )
