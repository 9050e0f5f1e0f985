"""A list as a file: [Excel] to go on working with, [PDF] to print and to sign."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.ui.request import Reply, Request, SendFile, Toast, reply, who
from handlers.ui.words import _, clock_words, esc, plain_date_words

Cell = str | float | None


@dataclass(frozen=True)
class Listing:
    """Attributes:
    groups: headings ("" for one without) with their rows; all rows have the columns of `header`.
    lines: what stands above the table on paper: totals, what is missing.
    """

    title: str
    header: Sequence[str]
    groups: Sequence[tuple[str, Sequence[Sequence[Cell]]]]
    lines: Sequence[str] = ()


AsFile = Callable[[Request, Listing, str], Reply]


def being_made() -> Toast:
    """The sign that the tap was heard and a file is on its way."""
    return Toast(_("It is being made…"))


def as_workbook(request: Request, made: Listing, name: str) -> Reply:
    """The rows as a sheet; `name` is the file's, without its ending."""
    rows = [list(row) for _heading, members in made.groups for row in members]
    arguments = {"title": made.title, "header": list(made.header), "rows": rows}
    return reply(
        being_made(),
        SendFile("workbook", arguments, caption=esc(made.title), filename=f"{name}.xlsx", photo=False),
    )


def as_pdf(request: Request, made: Listing, name: str) -> Reply:
    """The list on A4, with its groups and totals, marked with who made it and when."""
    arguments = {
        "house": request.work.unit.name,
        "title": made.title,
        "lines": list(made.lines),
        "header": list(made.header),
        "groups": [
            {"heading": heading, "rows": [list(row) for row in members]} for heading, members in made.groups
        ],
        "foot": _("Made by {who} with Pandu").format(who=who(request).name),
        "stamp": stamp_of(request),
        "words": {"page": _("Page")},
    }
    return reply(
        being_made(),
        SendFile(
            "list", arguments, caption=esc(made.title), filename=f"{name}.pdf", photo=False, protect=False
        ),
    )


def stamp_of(request: Request) -> str:
    """ "2 Desember 2026 10.42": when a file was made (plain text)."""
    zone = request.institution.zone
    return f"{plain_date_words(request.work.today)} {clock_words(request.now, zone)}"
