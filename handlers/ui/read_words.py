"""Who looked at a child or a case, and who changed what is written of it: a line for each officer and day."""

from collections.abc import Iterable

from handlers.ui.request import Button, Reply, Request, button, further, rows, screen, turning
from handlers.ui.words import N_, _, esc, plain_date_words
from sop_flows.staffing.responsibility import name_of
from storage.queries.reads import Changed
from storage.tables import ReadEntry

PAGE = 16  # lines on one page
LOOKS = 400  # the newest looks that a page is made of
# What was looked at, by the first word of the screen in the log.
SCREENS = {
    "card": N_("page"),
    "case": N_("page"),
    "records": N_("records"),
    "history": N_("history"),
    "curve": N_("weight curve"),
    "portrait": N_("photo of the child"),
    "parents": N_("parents"),
    "correct": N_("correction"),
    "incident": N_("incident"),
    "incidents": N_("incident"),
    "photos": N_("attachments"),
    "file": N_("attachments"),
    "place": N_("attachments"),
    "form": N_("records"),
    "notes": N_("notes"),
    "search": N_("search"),
    "visits": N_("home visit"),
    "weigh_flags": N_("weighing"),
    "list": N_("list"),
}
ELSE = N_("list")
# What was changed, by its table.
TABLES = {
    "confirmations": N_("steps"),
    "corrections": N_("correction"),
    "weights": N_("weighing"),
    "records": N_("records"),
    "incidents": N_("incident"),
    "child_flags": N_("marks"),
    "files": N_("attachments"),
}


def looked_lines(request: Request, looks: Iterable[ReadEntry], changes: Iterable[Changed]) -> list[str]:
    """ "• 30 Nov: Sari Contoh · halaman, catatan (3×)" and "✏️ 30 Nov: Sari Contoh · timbang", the newest first (HTML)."""
    found = [(one.read_at, "•", one.officer_id, SCREENS.get(one.screen.split(" ")[0], ELSE)) for one in looks]
    found += [(one.at, "✏️", one.officer_id, TABLES[one.table]) for one in changes]
    together: dict[tuple[str, str, int], list[str]] = {}
    today = request.institution.today(request.now)
    for at, mark, officer_id, what in sorted(found, key=lambda one: one[0], reverse=True):
        day = plain_date_words(request.institution.today(at), today)
        together.setdefault((day, mark, officer_id), []).append(_(what))
    return [
        f"{mark} {day}: {esc(name_of(request.session, officer_id) or '-')} · {', '.join(dict.fromkeys(words))}"
        + (f" ({len(words)}×)" if len(words) > 1 else "")
        for (day, mark, officer_id), words in together.items()
    ]


def paged(request: Request, title: str, lines: list[str], here: tuple[str, int], back: Button) -> Reply:
    """A page of these lines (HTML). Second number of the button: the page."""
    verb, about = here
    page = min(max(0, further(request, 1)), max((len(lines) - 1) // PAGE, 0))
    shown = lines[page * PAGE : (page + 1) * PAGE] or [_("Nobody yet.")]
    turn = turning(page, len(lines) > (page + 1) * PAGE, lambda text, at: button(text, verb, about, at))
    return screen(request, "\n".join([title, *shown]), (*rows(turn), (back,)))
