"""Makers of pictures and documents, by the name that a handler's SendFile gives."""

import io
from collections.abc import Callable
from typing import Any

from bot.typesetting import TEMPLATES, typeset
from sop_flows.actions.cohorts.roster_columns import PASTED_ORDER, REQUIRED, Column
from sop_flows.limits import MAX_CHILDREN
from storage.cabinet import Cabinet

ROSTER_HELP = (  # on the second sheet of the list to fill in; in Indonesian, as the columns are
    "Satu baris satu anak. Kolom bertanda * wajib diisi.",
    "Jenis kelamin: L atau P.",
    "Tanggal lahir: hari/bulan/tahun, misalnya 12/05/2016.",
    "Simpan sebagai .xlsx tanpa kata sandi, lalu kirim ke Pandu.",
)


def draw_weights(arguments: dict[str, Any]) -> bytes:
    """The chart of a weigh-in as PNG, 960 x 1344 pixels: a 5-inch phone held upright."""
    return typeset(TEMPLATES / "weigh_in.typ", arguments, "png")


def roster_to_fill_in(_arguments: dict[str, Any]) -> bytes:
    """An empty list of children as .xlsx: the columns that are read, numbers as text so that no zero is lost."""
    from openpyxl import Workbook  # 0.3 s to import: only when somebody asks for it
    from openpyxl.styles import Font

    book = Workbook()
    children: Any = book.active  # the stubs know it as optional
    children.title = "Daftar anak"
    children.append([f"{column}*" if column in REQUIRED else str(column) for column in PASTED_ORDER])
    for place, column in enumerate(PASTED_ORDER):
        letter = "ABCDEFGHIJ"[place]
        children[f"{letter}1"].font = Font(bold=True)
        children.column_dimensions[letter].width = 24
        if column in (Column.PHONE, Column.BORN):
            for row in range(2, MAX_CHILDREN + 2):
                children[f"{letter}{row}"].number_format = "@"
    children.freeze_panes = "A2"
    help_sheet = book.create_sheet("Petunjuk")
    for line in ROSTER_HELP:
        help_sheet.append([line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file_makers(cabinet: Cabinet) -> dict[str, Callable[[dict[str, Any]], bytes]]:
    """All makers; `stored` takes what an officer sent out of the cabinet, by its key."""
    return {
        "weights": draw_weights,
        "roster": roster_to_fill_in,
        "stored": lambda arguments: cabinet.get(str(arguments["key"])),
    }
