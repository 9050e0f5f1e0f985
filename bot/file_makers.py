"""Makers of pictures and documents, by the name that a handler's SendFile gives."""

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno

from bot.typesetting import TEMPLATES, typeset
from sop_flows.actions.cohorts.roster_columns import PASTED_ORDER, REQUIRED, Column
from sop_flows.limits import MAX_CHILDREN

if TYPE_CHECKING:
    from storage.cabinet import Cabinet

QR_SCALE = 10  # pixels of a module
QR_BORDER = 4  # modules, as the standard asks
COLUMN_MAX = 60  # characters of a column's width; a longer text is cut by the next cell only on the screen
ROSTER_HELP = (  # on the second sheet of the list to fill in; in Indonesian, as the columns are
    "Satu baris satu anak. Kolom bertanda * wajib diisi.",
    "Jenis kelamin: L atau P.",
    "Tanggal lahir: hari/bulan/tahun, misalnya 12/05/2016.",
    "Simpan sebagai .xlsx tanpa kata sandi, lalu kirim ke Pandu.",
)


def draw_weights(arguments: dict[str, Any]) -> bytes:
    """The chart of a weigh-in as PNG, 960 pixels wide: a 5-inch phone held upright. Without changes half as high."""
    return typeset(TEMPLATES / "weigh_in.typ", arguments, "png")


def set_list(arguments: dict[str, Any]) -> bytes:
    """A list as A4 PDF: `title`, `header` and `rows` as of a workbook, `lines` above them, `foot` and `stamp` on each page."""
    return typeset(TEMPLATES / "list.typ", arguments, "pdf")


def set_paper(arguments: dict[str, Any]) -> bytes:
    """A paper of the institution as PDF: `values` by the `template` in the `folder` of its pack."""
    values = arguments["values"]
    values["paper"]["made_at"] = arguments["stamp"]
    return typeset(Path(arguments["folder"]) / arguments["template"], values, "pdf")


def draw_board(arguments: dict[str, Any]) -> bytes:
    """The board of an angkatan as PNG, 960 pixels wide."""
    return typeset(TEMPLATES / "board.typ", arguments, "png")


def set_board(arguments: dict[str, Any]) -> bytes:
    """The same as a page of PDF."""
    return typeset(TEMPLATES / "board.typ", arguments, "pdf")


def draw_qr(arguments: dict[str, Any]) -> bytes:
    """The QR code of a link as PNG, to be read from one phone by another."""
    drawn = BytesIO()
    segno.make(str(arguments["link"]), micro=False).save(drawn, kind="png", scale=QR_SCALE, border=QR_BORDER)
    return drawn.getvalue()


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
    out = BytesIO()
    book.save(out)
    return out.getvalue()


MADE_APART: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "weights": draw_weights,
    "workbook": make_workbook,
    "roster": roster_to_fill_in,
    "list": set_list,
    "paper": set_paper,
    "board": draw_board,
    "board_pdf": set_board,
}


def make(maker: str, arguments: dict[str, Any]) -> bytes:
    """The file that the maker of that name makes. Raises KeyError: there is none."""
    return MADE_APART[maker](arguments)


def file_makers(
    cabinet: "Cabinet",
    apart: Mapping[str, Callable[[dict[str, Any]], bytes]] = MADE_APART,
    papers: Path | None = None,
) -> dict[str, Callable[[dict[str, Any]], bytes]]:
    """All makers; `stored` takes what an officer sent out of the cabinet, by its key.

    Args:
        apart: those that can be made by another process.
        papers: the folder of the templates of papers.
    """
    return {
        **apart,
        "paper": lambda arguments: apart["paper"]({**arguments, "folder": str(papers)}),
        "qr": draw_qr,
        "stored": lambda arguments: cabinet.get(str(arguments["key"])),
    }
