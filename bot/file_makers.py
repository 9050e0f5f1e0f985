"""Makers of pictures and documents, by the name that a handler's SendFile gives."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from bot.typesetting import TEMPLATES, typeset
from storage.cabinet import Cabinet

COLUMN_MAX = 60  # characters of a column's width; a longer text is cut by the next cell only on the screen


def draw_weights(arguments: dict[str, Any]) -> bytes:
    """The chart of a weigh-in as PNG, 960 x 1344 pixels: a 5-inch phone held upright."""
    return typeset(TEMPLATES / "weigh_in.typ", arguments, "png")


def make_workbook(arguments: dict[str, Any]) -> bytes:
    """An Excel sheet of `header` and `rows`, all texts as text: a cell that begins with "=" is nobody's formula."""
    from openpyxl import Workbook  # 0.3 s to import: only when a sheet is asked for
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Daftar")
    header, table = arguments["header"], arguments["rows"]
    for place, name in enumerate(header):
        longest = max(len(str(row[place] or "")) for row in [header, *table])
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(
            max(longest, len(name)) + 2, COLUMN_MAX
        )
    sheet.freeze_panes = "A3"

    def cells(row: list[Any], *, bold: bool = False) -> list[Any]:
        made = []
        for value in row:
            cell = WriteOnlyCell(
                sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", value) if isinstance(value, str) else value
            )
            if isinstance(value, str):
                cell.data_type, cell.number_format = "s", "@"
            cell.font = Font(bold=bold)
            made.append(cell)
        return made

    sheet.append(cells([arguments["title"]], bold=True))
    sheet.append(cells(header, bold=True))
    for row in table:
        sheet.append(cells(row))
    done = BytesIO()
    book.save(done)
    return done.getvalue()


def file_makers(cabinet: Cabinet) -> dict[str, Callable[[dict[str, Any]], bytes]]:
    """All makers; `stored` takes what an officer sent out of the cabinet, by its key."""
    return {
        "weights": draw_weights,
        "workbook": make_workbook,
        "stored": lambda arguments: cabinet.get(str(arguments["key"])),
    }
