"""The new calendar of the pack, for an angkatan or a case that goes by the former one: what moves, and taking it."""

from handlers.cases.case_page import show_case
from handlers.cohorts.cohort_cards import show_cohort
from handlers.pushes.notices import plan_of
from handlers.ui.request import About, Reply, Request, button, cohort_of, pressed, screen, who
from handlers.ui.routing import Routes, merge
from handlers.ui.words import _, bold, esc, more, near_day_words, ngettext, shorten
from sop_flows.actions.replanning import new_plan
from sop_flows.actions.replanning.new_plan import SopMove
from sop_flows.errors import NotFoundError
from sop_flows.staffing.responsibility import known_case
from storage.tables import Case, Cohort

TITLE = 28  # characters of an SOP in the list


def on_cohort(request: Request) -> Reply:
    """[Kalender baru] of an angkatan."""
    return _look(request, cohort_of(request, pressed(request)))


def on_case(request: Request) -> Reply:
    """[Kalender baru] of a case."""
    return _look(request, known_case(request.work, who(request), pressed(request)))


def on_cohort_taken(request: Request) -> Reply:
    """[Pakai kalender baru] of an angkatan."""
    return _take(request, cohort_of(request, pressed(request)))


def on_case_taken(request: Request) -> Reply:
    """[Pakai kalender baru] of a case."""
    return _take(request, known_case(request.work, who(request), pressed(request)))


def _look(request: Request, about: Cohort | Case) -> Reply:
    """What moves, before it does."""
    try:
        moves = new_plan.foresee(request.work, who(request), about)
    except NotFoundError:
        return _show(request, about, _no_other())
    lines = [bold(_("New calendar: {name}").format(name=plan_of(about)))]
    moved = ngettext(
        "{count} SOP moves. What is done stays.", "{count} SOPs move. What is done stays.", len(moves)
    )
    nothing = _("Nothing moves now: only what begins later goes by the new one.")
    lines.append(moved.format(count=len(moves)) if moves else nothing)
    over = sum(one.over for one in moves)
    if over:
        lines.append(
            ngettext(
                "{count} step is past by the new calendar: it is asked once whether it was done, and is not late.",
                "{count} steps are past by the new calendar: it is asked once whether they were done, and none is late.",
                over,
            ).format(count=over)
        )
    lines.append(more(*(_line(request, one) for one in moves)))
    lines.append(
        _("There is no way back afterwards. If you leave it, the former calendar stands to the end.")
    )
    kind, page = _verbs(about)
    keyboard = (
        (button(_("Take the new calendar"), f"{kind}_yes", about.id or 0, style="success"),),
        (button(_("Keep the former one"), page, about.id or 0),),
    )
    return screen(request, "\n".join(line for line in lines if line), keyboard)


def _take(request: Request, about: Cohort | Case) -> Reply:
    try:
        moves = new_plan.take(request.work, who(request), about)
    except NotFoundError:  # a second tap
        return _show(request, about, _no_other())
    said = ngettext(
        "✅ It goes by the new calendar from now on; {count} SOP moves.",
        "✅ It goes by the new calendar from now on; {count} SOPs move.",
        len(moves),
    )
    return _show(request, about, said.format(count=len(moves)))


def _no_other() -> str:
    return _("There is no other calendar for it: it goes by the present one, or is closed.")


def _line(request: Request, one: SopMove) -> str:
    """ "9.1.07 Study Banding: Rabu 16 Des → Sabtu 12 Des · 2 lewat"."""
    today = request.institution.today(request.now)
    was, on = ("–" if day is None else near_day_words(day, today) for day in (one.was, one.on))
    days = on if was == on else f"{was} → {on}"
    over = " · " + _("{count} past").format(count=one.over) if one.over else ""
    return f"{one.sop.number} {esc(shorten(one.sop.title, TITLE))}: {days}{over}"


def _verbs(about: Cohort | Case) -> tuple[str, str]:
    return ("plan_case", "case_page") if isinstance(about, Case) else ("plan_cohort", "cohort_card")


def _show(request: Request, about: Cohort | Case, said: str) -> Reply:
    if isinstance(about, Case):
        return show_case(request, about.id or 0, said)
    return show_cohort(request, about, said)


ROUTES = merge(
    Routes(About.NOTHING, presses={"plan_cohort": on_cohort, "plan_cohort_yes": on_cohort_taken}),
    Routes(About.CASE, presses={"plan_case": on_case, "plan_case_yes": on_case_taken}),
)
