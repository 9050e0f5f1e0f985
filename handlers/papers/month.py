"""[Angka bulan]: the figures of a month, as a screen and as a paper."""

from datetime import date, timedelta

from handlers.cards.listing import Listing, as_workbook, being_made, stamp_of
from handlers.papers.month_values import month_lines, month_name, month_values
from handlers.ui.request import (
    About,
    Reply,
    Request,
    SendFile,
    button,
    further,
    reply,
    rows,
    screen,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc
from sop_flows.errors import NotPermittedError
from sop_flows.staffing.responsibility import log_read
from sop_flows.views.month import MonthFigures, month_figures, month_of
from sop_flows.views.papers import monthly_papers


def on_month(request: Request) -> Reply:
    """The figures. Number: a day of the month, 0: this one; word: the paper."""
    name, figures = _asked(request)
    said = [
        bold(month_name(figures.first)) + (f" · {esc(', '.join(figures.cohorts))}" if figures.cohorts else "")
    ]
    said += [f"{esc(label)}: {esc(value)}" for label, value in month_lines(figures)]
    day = figures.first.toordinal()
    before = (figures.first - timedelta(days=1)).toordinal()
    turn = [button("‹ " + month_name(date.fromordinal(before)), "figures", before, tag=name)]
    if month_of(request.work.today)[0] > figures.first:
        after = month_of(figures.first)[1] + timedelta(days=1)
        turn.append(button(month_name(after) + " ›", "figures", after.toordinal(), tag=name))
    files = [
        button(_("PDF"), "figures_pdf", day, tag=name),
        button(_("Excel"), "figures_excel", day, tag=name),
        button(_("Papers"), "papers"),
    ]
    return screen(request, "\n".join(said), (*rows(turn), *rows(files, 3)))


def on_pdf(request: Request) -> Reply:
    """[PDF]."""
    name, figures = _asked(request)
    papers = request.work.pack.papers
    log_read(request.work, f"paper {name} {figures.first:%Y-%m}")
    values = month_values(request.work, papers.papers[name], figures, who(request).name)
    arguments = {"template": papers.template_of(name), "values": values, "stamp": stamp_of(request)}
    caption = f"{esc(papers.papers[name].title)} · {month_name(figures.first)}"
    file = f"{name.replace('_', '-')}-{figures.first:%Y-%m}.pdf"
    return reply(
        being_made(), SendFile("paper", arguments, caption=caption, filename=file, photo=False, protect=False)
    )


def on_excel(request: Request) -> Reply:
    """[Excel]: the figures and the schools."""
    name, figures = _asked(request)
    log_read(request.work, f"paper {name} {figures.first:%Y-%m}")
    table: list[list[str | float | None]] = [
        [label, value, None, None] for label, value in month_lines(figures)
    ]
    table.append([None, None, None, None])
    table.append([_("School"), _("Cohort"), "L", "P"])
    table += [[school, cohort, boys, girls] for school, cohort, boys, girls in figures.schools]
    title = f"{request.work.pack.papers.papers[name].title} · {month_name(figures.first)}"
    made = Listing(title, [_("Figure"), _("Value"), "", ""], [("", table)])
    return as_workbook(request, made, f"{name.replace('_', '-')}-{figures.first:%Y-%m}")


def _asked(request: Request) -> tuple[str, MonthFigures]:
    name, today = word(request), request.work.today
    if name not in monthly_papers(request.work, who(request)):
        raise NotPermittedError("head")
    try:
        day = date.fromordinal(further(request, 0)) if further(request, 0) else today
    except (ValueError, OverflowError):
        day = today
    return name, month_figures(request.work, min(day, today))


ROUTES = Routes(
    About.NOTHING, presses={"figures": on_month, "figures_pdf": on_pdf, "figures_excel": on_excel}
)
