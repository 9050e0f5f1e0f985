"""One row of a roster: a child, or everything that is wrong with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sop_flows.actions.cohorts.roster_cells import (
    CELL_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    Cell,
    ReadDate,
    is_error,
    is_name,
    is_plausible_birth,
    is_scientific,
    optional,
    phone_of,
    read_date,
    sex_of,
    text_of,
)
from sop_flows.actions.cohorts.roster_columns import REQUIRED, Column
from sop_flows.actions.cohorts.roster_sheets import FORMULA


class RowFault(StrEnum):
    """Why a row cannot be taken."""

    MISSING = "missing"
    NAME_ODD = "name_odd"
    SEX_UNKNOWN = "sex_unknown"
    DATE_UNKNOWN = "date_unknown"
    DATE_IMPLAUSIBLE = "date_implausible"
    PHONE_ODD = "phone_odd"
    PHONE_SHORTENED = "phone_shortened"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    ERROR = "error"


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
    """One child as the roster has it; `row` is its number in the file or the paste.

    Attributes:
        sex: "L" or "P".
        school: "" where the list has no column for it: it is asked for once.
        turned_on: `born_on` with day and month the other way round, where the column shows that a spreadsheet may
            have swapped them: which is meant is asked.
    """

    row: int
    name: str
    sex: str
    school: str
    born_on: date | None = None
    parent_name: str | None = None
    phone: str | None = None
    address: str | None = None
    turned_on: date | None = None


def first_date(cells: Sequence[Cell]) -> ReadDate:
    """The birth date in the first of these cells that holds anything."""
    return next((read_date(cell) for cell in cells if optional(text_of(cell)) is not None), ReadDate(None))


def child_of(
    number: int,
    cells: Mapping[Column, Sequence[Cell]],
    today: date,
    *,
    asks_school: bool = False,
    born: ReadDate | None = None,
) -> RosterRow | BadRow:
    """One child, or all the faults of the row.

    Args:
        cells: by column, the one that counts first.
        asks_school: the list names no school; it is asked for later.
        born: how its birth date is to be read, seen beside the others of its column; None: by itself.
    """
    faults: list[Fault] = []
    texts: dict[Column, str] = {}
    for column in Column:
        said = [text for cell in cells.get(column, ()) if optional(text := text_of(cell)) is not None]
        # Father and mother are two people; of two telephones the first is taken.
        texts[column] = " / ".join(said if column is Column.PARENT else said[:1])
        if any(text.startswith(FORMULA) for text in said):
            faults.append(Fault(RowFault.FORMULA, column))
        elif error := next(filter(is_error, said), ""):
            faults.append(Fault(RowFault.ERROR, column, error))
        elif len(texts[column]) > (NAME_MAX_CHARACTERS if column is Column.NAME else CELL_MAX_CHARACTERS):
            faults.append(Fault(RowFault.TOO_LONG, column))
        elif column in REQUIRED and not texts[column] and not (asks_school and column is Column.SCHOOL):
            faults.append(Fault(RowFault.MISSING, column))
    spoilt = {fault.column for fault in faults}

    sex = sex_of(texts[Column.SEX])
    read = born if born is not None else ReadDate(first_date(cells.get(Column.BORN, ())).on)
    phone = phone_of(texts[Column.PHONE])
    if Column.NAME not in spoilt and not is_name(texts[Column.NAME]):
        faults.append(Fault(RowFault.NAME_ODD, Column.NAME))
    if Column.SEX not in spoilt and sex is None:
        faults.append(Fault(RowFault.SEX_UNKNOWN, Column.SEX, texts[Column.SEX][:20]))
    if Column.BORN not in spoilt and texts[Column.BORN]:
        if read.on is None:
            faults.append(Fault(RowFault.DATE_UNKNOWN, Column.BORN, texts[Column.BORN][:30]))
        elif not is_plausible_birth(read.on, today):
            faults.append(Fault(RowFault.DATE_IMPLAUSIBLE, Column.BORN, read.on.strftime("%d/%m/%Y")))
    if Column.PHONE not in spoilt and texts[Column.PHONE] and phone is None:
        what = RowFault.PHONE_SHORTENED if is_scientific(texts[Column.PHONE]) else RowFault.PHONE_ODD
        faults.append(Fault(what, Column.PHONE, texts[Column.PHONE][:20]))
    if faults:
        order = list(Column)
        return BadRow(number, tuple(sorted(faults, key=lambda fault: order.index(fault.column))))
    assert sex is not None
    return RosterRow(
        number,
        texts[Column.NAME],
        sex,
        texts[Column.SCHOOL],
        read.on,
        texts[Column.PARENT] or None,
        phone,
        texts[Column.ADDRESS] or None,
        read.other,
    )
