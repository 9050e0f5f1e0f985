"""A roster: the children that the schools send. Pure reading; every bad row is named, nothing is half taken."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sop_flows.actions.cohorts.roster_cells import Cell, date_of, text_of
from sop_flows.actions.cohorts.roster_child import BadRow, Fault, RosterRow, RowFault, child_of
from sop_flows.actions.cohorts.roster_columns import PASTED_ORDER, REQUIRED, Column
from sop_flows.actions.cohorts.roster_header import find_header
from sop_flows.actions.cohorts.roster_sheets import (
    FileFault,
    RosterError,
    Sheet,
    SheetRow,
    sheet_of_lines,
    sheets_of_file,
)
from sop_flows.actions.cohorts.roster_table import has_children, read_table
from sop_flows.core.spelling import fold
from sop_flows.limits import MAX_CHILDREN

__all__ = [
    "BadRow",
    "Fault",
    "Roster",
    "RosterRow",
    "RowFault",
    "from_draft",
    "one_spelling",
    "read_file",
    "read_lines",
    "to_draft",
    "turned",
]

_LINE_NUMBER = re.compile(r"\d{1,3}\s*[.)]\s*(?=\D)")  # "12. Anak Contoh"
_DAYS = ("born_on", "turned_on")  # of a row: days, which JSON has no words for


@dataclass(frozen=True)
class Roster:
    """What was read. Usable when `bad` is empty; `twins` are questions, not errors: a child is its number.

    Attributes:
        twins: row numbers that carry one name in one school.
        ignored: headers that mean nothing to us.
        doubled: headers that say the same; of each row the first that is filled was taken.
        passed: numbers of rows that are plainly no children: totals, signatures.
        hidden: numbers of rows that the file hides.
        title: the school that stands above the list.
    """

    rows: tuple[RosterRow, ...]
    bad: tuple[BadRow, ...] = ()
    ignored: tuple[str, ...] = ()
    doubled: tuple[tuple[str, ...], ...] = ()
    passed: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    title: str = ""

    @property
    def schools(self) -> tuple[str, ...]:
        """The schools in the order of their first child."""
        return tuple(dict.fromkeys(row.school for row in self.rows if row.school))

    @property
    def asks_school(self) -> bool:
        """Whether it has to be asked from which school they come."""
        return any(not row.school for row in self.rows)

    @property
    def turnable(self) -> tuple[RosterRow, ...]:
        """Children whose birth date may have day and month swapped."""
        return tuple(row for row in self.rows if row.turned_on is not None)

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
    with_header = [sheet for sheet in tables if find_header(sheet.rows) is not None]
    if len(with_header) > 1:  # a sheet that explains may carry such words too
        with_header = [sheet for sheet in with_header if has_children(sheet)] or with_header[:1]
    if len(with_header) > 1:
        raise RosterError(FileFault.SEVERAL_SHEETS, tuple(sheet.name for sheet in with_header))
    return _of_table(with_header[0] if with_header else tables[0], today)


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
    if find_header(rows) is not None:
        return _of_table(Sheet("", rows), today)
    return _roster([_headless(row, today) for row in rows if not row.is_blank])


def to_draft(rows: Iterable[RosterRow]) -> list[dict[str, object]]:
    """As JSON-ready rows, for a conversation's draft."""
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in vars(row).items()}
        for row in rows
    ]


def from_draft(draft: Iterable[dict[str, object]]) -> tuple[RosterRow, ...]:
    """The rows that `to_draft` stored."""
    rows = []
    for values in draft:
        days = {name: date.fromisoformat(str(on)) for name in _DAYS if (on := values.get(name))}
        rows.append(RosterRow(**{**values, **days}))  # type: ignore[arg-type]  # JSON edge
    return tuple(rows)


def turned(rows: Iterable[RosterRow]) -> tuple[RosterRow, ...]:
    """The rows with day and month the other way round where that is asked."""
    return tuple(replace(row, born_on=row.turned_on or row.born_on) for row in rows)


def one_spelling(rows: Sequence[RosterRow], known: Iterable[str] = ()) -> tuple[RosterRow, ...]:
    """The rows with one spelling a school: the one in `known`, else the first that was met."""
    spelling = {fold(name): name for name in known}
    for row in rows:
        spelling.setdefault(fold(row.school), row.school)
    return tuple(replace(row, school=spelling[fold(row.school)]) for row in rows)


def _of_table(sheet: Sheet, today: date) -> Roster:
    table = read_table(sheet, today)
    header = table.header
    return replace(
        _roster(table.read),
        ignored=header.ignored,
        doubled=header.doubled,
        passed=table.passed,
        hidden=table.hidden,
        title=header.title,
    )


def _roster(read: Sequence[RosterRow | BadRow]) -> Roster:
    if not read:
        raise RosterError(FileFault.EMPTY)
    if len(read) > MAX_CHILDREN:
        raise RosterError(FileFault.TOO_MANY_CHILDREN)
    good = [row for row in read if isinstance(row, RosterRow)]
    return Roster(one_spelling(good), tuple(row for row in read if isinstance(row, BadRow)))


def _unnumbered(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    if not cells or not isinstance(cells[0], str):
        return cells
    first = cells[0].strip()
    if first.isdecimal() and len(cells) > len(REQUIRED):  # the number has a part of its own
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
    return child_of(row.number, {column: [cell] for column, cell in zip(order, cells, strict=False)}, today)
