"""What was closed longer ago than it is to be kept: angkatan and cases, which the Kepala lets go one by one."""

from datetime import datetime

from handlers.ui.request import About, Keyboard, Reply, Request, button, pressed, screen, who
from handlers.ui.routing import Routes, merge
from handlers.ui.words import _, bold, date_words, esc, ngettext
from sop_flows.actions.people import subjects
from sop_flows.errors import NotPermittedError
from sop_flows.staffing.roster import answers_for_all
from storage.queries import cohorts
from storage.tables import Case, Cohort

SHOWN = 30  # cases at once: those that are erased make room


def on_list(request: Request) -> Reply:
    """All of it, for the Kepala; the button below the yearly notice, too."""
    if not answers_for_all(request.work, who(request)):
        raise NotPermittedError("answers_for_all")
    found = subjects.list_past_retention(request.work)
    cases = subjects.list_cases_past_retention(request.work)
    line = _("• {name}, closed on {day}")
    named = [(esc(one.name), one) for one in found] + [(esc(_case(one)), one) for one in cases[:SHOWN]]
    lines = [bold(_("Past the time to keep"))]
    lines += [line.format(name=name, day=_closed_day(request, one.closed_at)) for name, one in named]
    if len(cases) > SHOWN:
        lines.append(_("and {count} more").format(count=len(cases) - SHOWN))
    lines.append(_("Choose one: what would go is said first.") if named else _("None."))
    keyboard = [(button(one.name, "retention_ask", one.id or 0),) for one in found]
    keyboard += [(button(_case(one), "retention_case", one.id or 0),) for one in cases[:SHOWN]]
    return screen(request, "\n".join(lines), (*keyboard, (button(_("‹ Cohorts"), "cohort_list"),)))


def _case(case: Case) -> str:
    return _("Case {code}").format(code=case.code_name)


def _closed_day(request: Request, closed_at: datetime | None) -> str:
    assert closed_at is not None
    return date_words(request.institution.today(closed_at))


def on_asked(request: Request) -> Reply:
    """An angkatan: erase what names its children?"""
    cohort = _cohort(request)
    if cohort is None:
        return on_list(request)
    count = cohorts.count_children(request.session, cohort.id or 0).total
    said = ngettext(
        "Erase what names the {count} child of {cohort}, closed on {day}?",
        "Erase what names the {count} children of {cohort}, closed on {day}?",
        count,
    ).format(count=count, cohort=bold(cohort.name), day=_closed_day(request, cohort.closed_at))
    return _asked(request, said, "retention_yes", cohort.id or 0)


def on_case_asked(request: Request) -> Reply:
    """A case: erase what names its child?"""
    case = _past_case(request)
    if case is None:
        return on_list(request)
    said = _("Erase what names the child of case {code}, closed on {day}?").format(
        code=bold(case.code_name), day=_closed_day(request, case.closed_at)
    )
    return _asked(request, said, "retention_case_yes", case.id or 0)


def _asked(request: Request, said: str, verb: str, number: int) -> Reply:
    lines = (
        said,
        _("Names, parents, addresses, words and files go, also from the chats. It can't be taken back."),
        _("Weights, numbers, days and who did what stay, without a name."),
    )
    yes = button(_("Yes, erase"), verb, number, style="danger")
    return screen(request, "\n".join(lines), ((yes,), (button(_("Keep them"), "retention_list"),)))


def on_confirmed(request: Request) -> Reply:
    """[Ya, hapus] of an angkatan."""
    cohort, years = _cohort(request), request.work.unit.retention.children
    if cohort is None or years is None:
        return on_list(request)  # a second tap: it is not there any more
    why = _("kept for {years} years").format(years=years.amount)
    gone = subjects.erase_cohort(request.work, cohort.id or 0, why)
    said = ngettext(
        "✅ {cohort}: what named {count} child is erased ({cells} entries, {files} files).",
        "✅ {cohort}: what named {count} children is erased ({cells} entries, {files} files).",
        gone.children,
    ).format(cohort=bold(cohort.name), count=gone.children, cells=gone.cells, files=gone.files)
    return _said(request, said, gone.stays_in_chats)


def on_case_confirmed(request: Request) -> Reply:
    """[Ya, hapus] of a case."""
    case, years = _past_case(request), request.work.unit.retention.cases
    if case is None or years is None:
        return on_list(request)
    why = _("kept for {years} years").format(years=years.amount)
    gone = subjects.erase_case(request.work, case.id or 0, why)
    said = _("✅ Case {code}: what named the child is erased ({cells} entries, {files} files).").format(
        code=bold(case.code_name), cells=sum(gone.cells.values()), files=gone.files
    )
    return _said(request, said, sum(gone.taken_back.files.values()))


def _said(request: Request, said: str, stays: int) -> Reply:
    lines = [
        said,
        _("Messages in the chats are changed in the next minutes. Backups have it for 30 days more."),
    ]
    if stays:
        lines.append(
            ngettext(
                "{count} file that was sent more than two days ago stays in a chat: ask whoever has it to delete it.",
                "{count} files that were sent more than two days ago stay in chats: ask whoever has them to delete them.",
                stays,
            ).format(count=stays)
        )
    keyboard: Keyboard = ((button(_("See the list"), "retention_list"),),)
    return screen(request, "\n".join(lines), keyboard)


def _cohort(request: Request) -> Cohort | None:
    """The angkatan of the button, for the Kepala, while it is past its time."""
    found = subjects.list_past_retention(request.work) if answers_for_all(request.work, who(request)) else ()
    return next((one for one in found if one.id == pressed(request)), None)


def _past_case(request: Request) -> Case | None:
    """The same of a case."""
    is_head = answers_for_all(request.work, who(request))
    found = subjects.list_cases_past_retention(request.work) if is_head else ()
    return next((one for one in found if one.id == pressed(request)), None)


ROUTES = merge(
    Routes(
        About.NOTHING,
        presses={
            "retention_list": on_list,
            "retention_ask": on_asked,
            "retention_yes": on_confirmed,
        },
    ),
    Routes(
        About.CASE,
        presses={"retention_case": on_case_asked, "retention_case_yes": on_case_confirmed},
    ),
)
