"""The lists of the handbook: programs, phases, the officer's own SOPs, all of them."""

from collections.abc import Iterable, Sequence

from handlers.handbook.way import ALL, FOUND, MINE, PHASES, Way, open_button, shelf_button
from handlers.ui import conversation
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    button,
    pressed,
    rows,
    screen,
    to_list,
    turning,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc, ngettext
from sop_flows.declarations.sop import Sop
from sop_flows.handbook.index import programs_of, shelves_of
from sop_flows.staffing.responsibility import own_steps
from sop_flows.staffing.roster import roles_of

TOPIC = "book_search"
PAGE = 8  # SOPs on one page of a list: what a 5-inch screen shows with its buttons
NUMBERS_IN_ROW = 4  # numbers of SOPs as buttons; more of them are cut on a narrow phone


def show_home(request: Request) -> Reply:
    """The front of the handbook: programs, the officer's own SOPs, search."""
    conversation.end(request, TOPIC)
    pack = request.institution.pack
    said = [
        bold(_("SOP handbook")) + " · " + _count(len(pack.sops)),
        _("Choose a program, or search by a word or number: /sop weigh"),
    ]
    programs = [
        button(f"{capital(program)} · {count}", "book_program", index)
        for index, (program, count) in enumerate(programs_of(pack).items())
    ]
    others = [shelf_button(_("All SOPs"), ALL), button(_("Search"), "book_search")]
    if mine := len(_mine(request)):
        others.insert(0, shelf_button(_("My SOPs") + f" · {mine}", MINE))
    return screen(request, "\n".join(said), (*rows(programs), *rows([*others, to_list()])))


def on_program(request: Request) -> Reply:
    """The phases of a program."""
    programs = list(programs_of(request.institution.pack).items())
    index = pressed(request)
    if not 0 <= index < len(programs):
        return show_home(request)
    program, total = programs[index]
    text = bold(capital(program)) + " · " + _count(total) + "\n" + _("Choose a phase.")
    buttons = [
        shelf_button(f"{capital(shelf.phase)} · {len(shelf.sops)}", PHASES + place)
        for place, shelf in enumerate(shelves_of(request.institution.pack))
        if shelf.program == program
    ]
    return screen(request, text, (*rows(buttons), (_home_button(), to_list())))


def show_shelf(request: Request, shelf: int, page: int) -> Reply:
    """The list of this number; the front of the handbook when there is none of it (the pack has changed)."""
    pack = request.institution.pack
    if shelf == ALL:
        return list_screen(request, bold(_("All SOPs")), list(pack.sops.values()), Way(shelf=ALL, page=page))
    if shelf == MINE:
        mine = _mine(request)
        notes = {
            number: _("your steps: {steps}").format(steps=ranges(steps)) for number, steps in mine.items()
        }
        sops = [pack.sops[number] for number in mine]
        return list_screen(
            request, bold(_("SOPs with steps of yours")), sops, Way(shelf=MINE, page=page), notes
        )
    shelves = shelves_of(pack)
    if not PHASES <= shelf < PHASES + len(shelves):
        return show_home(request)
    here = shelves[shelf - PHASES]
    top = bold(f"{capital(here.program)} · {here.phase}")
    up = button(f"‹ {capital(here.program)}", "book_program", list(programs_of(pack)).index(here.program))
    return list_screen(request, top, here.sops, Way(shelf=shelf, page=page), up=up)


def list_screen(
    request: Request,
    top: str,
    sops: Sequence[Sop],
    way: Way,
    notes: dict[str, str] | None = None,
    up: Button | None = None,
) -> Reply:
    """A list of SOPs: numbers and titles to read, numbers to tap, paging, and the way back.

    Args:
        top: the heading (HTML).
        way: the list itself and its page.
        notes: a line (HTML) under some of the SOPs, by number.
    """
    titles = [sop.title for sop in request.institution.pack.sops.values()]
    pages = max((len(sops) + PAGE - 1) // PAGE, 1)
    page = min(max(way.page, 0), pages - 1)
    here = Way(shelf=way.shelf, page=page, words=way.words)
    shown = sops[page * PAGE : (page + 1) * PAGE]
    lines = []
    for sop in shown:
        # Two SOPs of the document may have one name; what tells them apart is the program.
        program = f" ({esc(sop.program)})" if titles.count(sop.title) > 1 else ""
        lines.append(f"{bold(sop.number)} {esc(sop.title)}{program}")
        if note := (notes or {}).get(sop.number):
            lines.append(f"<i>{note}</i>")
    heading = top + " · " + (_count(len(sops)) if pages == 1 else f"{page + 1}/{pages}")
    buttons = [open_button(sop.number, sop.number, 0, here) for sop in shown]
    return screen(
        request,
        "\n".join([heading, "", *lines]),
        (*even_rows(buttons), *_paging(here, pages), (up or _home_button(), to_list())),
    )


def even_rows(buttons: list[Button]) -> Keyboard:
    """Numbers of SOPs in rows of about the same length."""
    count = -(-len(buttons) // NUMBERS_IN_ROW)
    return rows(buttons, -(-len(buttons) // count)) if count else ()


def ranges(numbers: Iterable[int]) -> str:
    """ "2–4, 6"."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(
        str(span[0]) if len(span) == 1 else f"{span[0]}{'–' if len(span) > 2 else ', '}{span[-1]}"
        for span in spans
    )


def capital(word: str) -> str:
    """A program or phase as it begins a line or button: "Petirahan"."""
    return word[:1].upper() + word[1:]


def search_button() -> Button:
    """ "Cari"."""
    return button(_("Search"), "book_search")


def _paging(way: Way, pages: int) -> Keyboard:
    buttons = turning(
        way.page, way.page < pages - 1, lambda text, at: shelf_button(text, way.shelf, at, way.words)
    )
    if way.shelf in (ALL, FOUND):
        buttons.append(search_button())
    return (tuple(buttons),) if buttons else ()


def _home_button() -> Button:
    return button(_("‹ SOP handbook"), "book_list", 0)


def _count(count: int) -> str:
    return ngettext("{count} SOP", "{count} SOPs", count).format(count=count)


def _mine(request: Request) -> dict[str, list[int]]:
    """The numbers of the officer's own steps, by SOP."""
    unit, roles = request.institution.pack.unit, roles_of(request.work, who(request).id or 0)
    found = {sop.number: list(own_steps(unit, roles, sop)) for sop in request.institution.pack.sops.values()}
    return {number: steps for number, steps in found.items() if steps}


ROUTES = Routes(About.NOTHING, presses={"book_program": on_program})
