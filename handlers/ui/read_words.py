"""Who looked at a child or a case: a line for each officer and day."""

from collections.abc import Iterable

from handlers.ui.request import Button, Reply, Request, button, further, rows, screen, turning
from handlers.ui.words import N_, _, esc, plain_date_words
from sop_flows.staffing.responsibility import name_of
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


def looked_lines(request: Request, looks: Iterable[ReadEntry]) -> list[str]:
    """ "• 30 Nov: Sari Contoh · kartu, catatan (3×)", the newest day first (HTML). `looks`: the newest first."""
    together: dict[tuple[str, int], list[str]] = {}
    today = request.institution.today(request.now)
    for one in looks:
        day = plain_date_words(request.institution.today(one.read_at), today)
        words = _(SCREENS.get(one.screen.split(" ")[0], ELSE))
        together.setdefault((day, one.officer_id), []).append(words)
    return [
        f"• {day}: {esc(name_of(request.session, officer_id) or '-')} · {', '.join(dict.fromkeys(seen))}"
        + (f" ({len(seen)}×)" if len(seen) > 1 else "")
        for (day, officer_id), seen in together.items()
    ]


def paged(request: Request, title: str, lines: list[str], here: tuple[str, int], back: Button) -> Reply:
    """A page of these lines (HTML). Second number of the button: the page."""
    verb, about = here
    page = min(max(0, further(request, 1)), max((len(lines) - 1) // PAGE, 0))
    shown = lines[page * PAGE : (page + 1) * PAGE] or [_("Nobody yet.")]
    turn = turning(page, len(lines) > (page + 1) * PAGE, lambda text, at: button(text, verb, about, at))
    return screen(request, "\n".join([title, *shown]), (*rows(turn), (back,)))
