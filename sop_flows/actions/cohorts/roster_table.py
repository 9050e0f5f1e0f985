"""A sheet with a header: which rows are children, and what each of their cells says. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sop_flows.actions.cohorts.roster_cells import Cell, optional, text_of
from sop_flows.actions.cohorts.roster_child import BadRow, RosterRow, child_of, first_date
from sop_flows.actions.cohorts.roster_columns import IN_EVERY_HEADER, Column
from sop_flows.actions.cohorts.roster_dates import read_column
from sop_flows.actions.cohorts.roster_header import Header, find_header, looks_like_kindergartens, school_in
from sop_flows.actions.cohorts.roster_sheets import FileFault, RosterError, Sheet, SheetRow

Cells = dict[Column, list[Cell]]

# How a row begins that counts, signs or explains, and is no child.
_NO_CHILD = re.compile(
    r"(sub ?total|grand total|total|jumlah|jml|rekap\w*|rata-rata|mengetahui|menyetujui|"
    r"kepala (sekolah|madrasah|dinas|sdn?|min?)|plt|ketua|wali kelas|guru|operator|nip\b|nuptk|ttd|tanda tangan|"
    r"keterangan|catatan|ket\b|nb\b|\*|sumber|dicetak|tanggal unduh|laki-laki *[:=]|perempuan *[:=])",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[^\d,]{3,30}, ?\d{1,2} \w+ \d{4}")  # "Mataram, 30 November 2026"
_ALL_OF_A_CHILD = frozenset({Column.NAME, Column.SEX, Column.BORN})


@dataclass(frozen=True)
class Table:
    """What a sheet holds.

    Attributes:
        read: its children, and its bad rows.
        passed: numbers of rows that are plainly no children: totals, signatures.
        hidden: numbers of rows that the file hides, by a filter perhaps.
    """

    header: Header
    read: tuple[RosterRow | BadRow, ...]
    passed: tuple[int, ...]
    hidden: tuple[int, ...]


def has_children(sheet: Sheet) -> bool:
    """Whether something stands below its header."""
    header = find_header(sheet.rows)
    return header is not None and any(not row.is_blank for row in sheet.rows[header.ends_at + 1 :])


def read_table(sheet: Sheet, today: date) -> Table:
    """Read a sheet with a header.

    Raises:
        RosterError: a column that every list needs is missing, or two may hold the child's name.
    """
    header = find_header(sheet.rows)
    if header is None or header.missing:
        raise RosterError(FileFault.NO_COLUMNS, IN_EVERY_HEADER if header is None else header.missing)
    if len(header.columns[Column.NAME]) > 1:
        raise RosterError(FileFault.COLUMN_TWICE, (Column.NAME,))
    below = [row for row in sheet.rows[header.ends_at + 1 :] if not row.is_blank]
    header = _without_former_schools(header, below)
    children: dict[int, Cells] = {}
    passed, hidden = [], []
    school, is_over = "", False
    for row in below:
        cells = _named(row, header)
        if row.is_hidden:
            hidden.append(row.number)
        elif heading := school_in(row):  # above its children, where there is no column for it
            school = heading
            passed.append(row.number)
        elif _is_no_child(row, cells, is_over):
            is_over = is_over or _NO_CHILD.match(_first_words(row)) is not None
            passed.append(row.number)
        else:
            children[row.number] = (
                {**cells, Column.SCHOOL: [school]} if school and not cells.get(Column.SCHOOL) else cells
            )
    asks_school = not any(
        text_of(cell) for cells in children.values() for cell in cells.get(Column.SCHOOL, [])
    )
    born = read_column(
        {
            number: first_date(cells[Column.BORN])
            for number, cells in children.items()
            if Column.BORN in cells
        },
        today,
    )
    read = [
        child_of(number, cells, today, asks_school=asks_school, born=born.get(number))
        for number, cells in children.items()
    ]
    return Table(header, tuple(read), tuple(passed), tuple(hidden))


def _named(row: SheetRow, header: Header) -> Cells:
    """The cells of a row by column."""
    cells = list(row.cells) + [None] * (max(header.places) + 1 - len(row.cells))
    for place, value in row.spread:
        # A merged school stands for all its rows; a merged name is one child on several lines.
        if place in header.columns.get(Column.SCHOOL, ()) and cells[place] is None:
            cells[place] = value
    named = {column: [cells[place] for place in places] for column, places in header.columns.items()}
    if header.ticks is not None:
        named[Column.SEX] = [_ticked(*(cells[place] for place in header.ticks))]
    return named


def _ticked(boy: Cell, girl: Cell) -> Cell:
    """ "L" or "P" where one of two columns is ticked; None where both are, or neither."""
    is_boy, is_girl = (optional(text_of(one)) is not None for one in (boy, girl))
    return None if is_boy == is_girl else "L" if is_boy else "P"


def _without_former_schools(header: Header, below: Sequence[SheetRow]) -> Header:
    """A column that names kindergartens tells where the children were before."""
    columns, ignored = dict(header.columns), list(header.ignored)
    for place in columns.pop(Column.SCHOOL, ()):
        if looks_like_kindergartens([text_of(row.cells[place]) for row in below if place < len(row.cells)]):
            ignored.append(header.labels[place])
        else:
            columns[Column.SCHOOL] = (*columns.get(Column.SCHOOL, ()), place)
    return replace(header, columns=columns, ignored=tuple(ignored))


def _first_words(row: SheetRow) -> str:
    """The first words of a row, without its number."""
    return next((text for cell in row.cells if (text := text_of(cell)) and not text.isdecimal()), "")


def _is_no_child(row: SheetRow, cells: Cells, is_over: bool) -> bool:
    """Whether a row is plainly no child: a total, a signature, a note, the numbers of the columns.

    Args:
        is_over: such a row stood above it: whoever has neither sex nor birth date now has signed.
    """
    filled = {column for column, found in cells.items() if any(optional(text_of(cell)) for cell in found)}
    texts = [text.strip("()") for cell in row.cells if (text := text_of(cell))]
    if len(texts) > 1 and all(text.isdecimal() for text in texts):
        return True
    if _NO_CHILD.match(_first_words(row)):
        return not filled >= _ALL_OF_A_CHILD
    if not filled - {Column.SCHOOL}:
        return True  # a line that was numbered beforehand, or what stands in other columns
    if not filled & _ALL_OF_A_CHILD:
        return is_over or _SIGNED.fullmatch(_first_words(row)) is not None
    return is_over and not filled & {Column.SEX, Column.BORN}
