"""Where the header of a roster stands, over one row or two, and which column is which. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sop_flows.actions.cohorts.roster_cells import Cell, text_of
from sop_flows.actions.cohorts.roster_columns import (
    IN_EVERY_HEADER,
    REQUIRED,
    Column,
    column_of,
    is_former_school,
    words_of,
)
from sop_flows.actions.cohorts.roster_sheets import SheetRow

HEADER_WITHIN_ROWS = 40  # titles and letterheads may stand above the header
LABEL_MAX_CHARACTERS = 40

_BOY, _GIRL = {"l", "lk", "laki", "pria", "putra"}, {"p", "pr", "perempuan", "wanita", "putri"}
# Words of a second row of the header, below "Data Ayah" or "Jenis Kelamin".
_IN_A_SECOND_ROW = (
    "nama tahun lahir jenjang pendidikan pekerjaan penghasilan nik tempat tanggal bulan ayah ibu wali siswa anak hp no "
    "telepon alamat kelas sekolah ortu orangtua lengkap asal desa kecamatan rt rw dusun usia umur laki"
)
_BELOW = _BOY | _GIRL | set(_IN_A_SECOND_ROW.split())
_KINDERGARTEN = re.compile(
    r"(tk|ra|paud|kb|ba|tpa|sps|taman kanak|raudh?atul|kelompok bermain)\b", re.IGNORECASE
)
_SCHOOL_TITLE = re.compile(r"(sdn?|sdit|mi[ns]?|sekolah dasar|madrasah ibtidaiyah)\b.*\w", re.IGNORECASE)
_OF_A_WHOLE_SCHOOL = {
    "nipd",
    "rombel",
}  # words of an export of Dapodik, where "sekolah asal" is the one before


@dataclass(frozen=True)
class Header:
    """The columns of a sheet.

    Attributes:
        ends_at: position of its last row.
        columns: their places, the one that counts first.
        ticks: places of a column L and a column P that are ticked, in place of one for the sex.
        ignored: labels that mean nothing to us.
        doubled: labels that say the same; of each row the first that is filled counts.
        labels: of every column, as it stands there.
        title: a school that is named above the header; "" when none is.
    """

    ends_at: int
    columns: dict[Column, tuple[int, ...]]
    ticks: tuple[int, int] | None
    ignored: tuple[str, ...]
    doubled: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    title: str

    @property
    def missing(self) -> tuple[Column, ...]:
        """What every list needs and this one lacks."""
        return tuple(
            one
            for one in IN_EVERY_HEADER
            if one not in self.columns and not (one is Column.SEX and self.ticks)
        )

    @property
    def places(self) -> set[int]:
        """Every column that is read."""
        return {place for found in self.columns.values() for place in found} | set(self.ticks or ())


def find_header(rows: Sequence[SheetRow]) -> Header | None:
    """The header: the row that names most columns, at least two, a required one among them. None without one."""
    best, most = None, 1
    for position, row in enumerate(rows[:HEADER_WITHIN_ROWS]):
        found = {column for cell in row.cells if (column := column_of(cell)) is not None}
        if _ticks([(cell, None) for cell in row.cells]) is not None:
            found.add(Column.SEX)
        # "Ibu" and "Dusun" in a child's row are also words for columns.
        if len(found) > most and found & set(REQUIRED):
            best, most = position, len(found)
    return None if best is None else _header(rows, best)


def looks_like_kindergartens(names: Sequence[str]) -> bool:
    """Whether a column names where the children were before school."""
    named = [name for name in names if name]
    return bool(named) and 2 * sum(_KINDERGARTEN.match(name) is not None for name in named) > len(named)


def school_in(row: SheetRow) -> str:
    """The school that a row without anything else names: a title, or a heading above its children; "" for none."""
    filled = [text_of(cell) for cell in row.cells if text_of(cell)]
    return filled[0] if len(filled) == 1 and _SCHOOL_TITLE.fullmatch(filled[0]) else ""


def _header(rows: Sequence[SheetRow], at: int) -> Header:
    own = rows[at].cells
    below = rows[at + 1].cells if at + 1 < len(rows) and _is_below(rows[at + 1]) else ()
    above = rows[at - 1].cells if not below and at and _is_above(rows[at - 1]) else ()
    labels: list[tuple[Cell, Cell]] = []  # the label of a column, and what stands above it
    for place in range(max(len(own), len(below))):
        if _at(below, place):
            labels.append((below[place], _left_of(own, place)))
        else:
            labels.append((own[place] if place < len(own) else None, _left_of(above, place)))
    ticks = _ticks(labels)
    found: dict[Column, list[int]] = {}
    ignored: list[int] = []
    for place, (label, group) in enumerate(labels):
        column = column_of(label, group)
        if column is not None and not (column is Column.SEX and ticks):
            found.setdefault(column, []).append(place)
        elif text_of(label) and place not in (ticks or ()):
            ignored.append(place)
    words = {word for label, _group in labels for word in words_of(label)}
    schools = found.pop(Column.SCHOOL, [])
    former = [place for place in schools if is_former_school(labels[place][0])]
    if words & _OF_A_WHOLE_SCHOOL and former:
        ignored += former
        schools = [place for place in schools if place not in former]
    if schools:
        found[Column.SCHOOL] = sorted(schools, key=lambda place: (place in former, place))
    texts = tuple(text_of(label)[:LABEL_MAX_CHARACTERS] for label, _group in labels)
    doubled = [
        tuple(texts[place] for place in places)
        for column, places in found.items()
        if len(places) > 1 and column is not Column.PARENT
    ]
    return Header(
        at + 1 if below else at,
        {column: tuple(places) for column, places in found.items()},
        ticks,
        tuple(texts[place] for place in sorted(ignored)),
        tuple(doubled),
        texts,
        next((name for row in rows[:at] if (name := school_in(row))), ""),
    )


def _ticks(labels: Sequence[tuple[Cell, Cell]]) -> tuple[int, int] | None:
    """A column for boys and one for girls beside each other."""
    for place in range(len(labels) - 1):
        left, right = set(words_of(labels[place][0])), set(words_of(labels[place + 1][0]))
        if left and right and left <= _BOY and right <= _GIRL:
            return place, place + 1
        if left and right and left <= _GIRL and right <= _BOY:
            return place + 1, place
    return None


def _is_below(row: SheetRow) -> bool:
    filled = [cell for cell in row.cells if text_of(cell)]
    return bool(filled) and all(words_of(cell) and set(words_of(cell)) <= _BELOW for cell in filled)


def _is_above(row: SheetRow) -> bool:
    return sum(bool(words_of(cell)) for cell in row.cells) > 1


def _at(cells: Sequence[Cell], place: int) -> bool:
    return place < len(cells) and bool(words_of(cells[place]))


def _left_of(cells: Sequence[Cell], place: int) -> Cell:
    """What stands there, or in the merged cell that begins to the left."""
    return next((cells[left] for left in range(min(place, len(cells) - 1), -1, -1) if _at(cells, left)), None)
