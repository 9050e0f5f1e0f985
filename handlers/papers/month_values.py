"""The figures of a month in words: on a screen, and as its paper reads them."""

from datetime import date
from typing import Any

from babel.dates import format_date

from handlers.papers.paper_values import Json, head
from handlers.ui.words import LOCALE, _
from sop_flows.core.work import Work
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.papers import Paper
from sop_flows.views.month import LEAST, MonthFigures


def month_name(day: date) -> str:
    """ "Desember 2026"."""
    return format_date(day, "MMMM y", locale=LOCALE)


def counted(count: int | None) -> str:
    """A number of cases; "kurang dari 3" where it could be one child that somebody knows."""
    return _("fewer than {count}").format(count=LEAST) if count is None else str(count)


def month_lines(figures: MonthFigures) -> list[tuple[str, str]]:
    """Each figure with its name."""
    boys = sum(one[2] for one in figures.schools)
    still = _("not answered yet")
    lines = [
        (_("Children here"), f"{figures.children} (L {boys}, P {figures.children - boys})"),
        (_("Days of care"), str(figures.days)),
        (_("Left early"), str(figures.left_early)),
        (_("Weighings"), str(figures.weighings)),
        (_("Children who lost weight"), str(figures.lost)),
        (_("Home visits"), str(figures.visits)),
        (_("Incidents"), f"{figures.incidents} ({still} {figures.open_incidents})"),
    ]
    names = {"opened": _("Cases opened"), "closed": _("Cases closed"), "open": _("Cases open at the end")}
    cases = figures.cases or {}
    return [*lines, *((names[key], counted(count)) for key, count in cases.items())]


def month_values(work: Work, paper: Paper, figures: MonthFigures, made_by: str) -> Json:
    """What the template of the paper draws."""
    return {**head(work.pack, paper, made_by, work.today), **_tables(figures)}


def _tables(figures: MonthFigures) -> Json:
    unknown = _("not known")
    return {
        "cohort": None,
        "case": None,
        "month": month_name(figures.first),
        "until": "" if figures.last.day > 27 else str(figures.last.day),
        "cohorts": list(figures.cohorts),
        "lines": [{"name": name, "value": value} for name, value in month_lines(figures)],
        "schools": [
            {"name": school, "cohort": cohort, "boys": boys, "girls": girls, "total": boys + girls}
            for school, cohort, boys, girls in figures.schools
        ],
        "ages": [
            {"name": unknown if age is None else str(age), "count": count} for age, count in figures.ages
        ],
        "sheets": [{"name": "", "number": "", "is_draft": True, "children": []}],
    }


def invented_month(pack: Pack, paper: Paper, text: str, *, is_empty: bool) -> dict[str, Any]:
    """The same of a month that never was, to look at the template."""
    schools = [] if is_empty else [(f"SDN {n} {text}", f"Angkatan {text}", 6, 6) for n in range(1, 11)]
    figures = MonthFigures(
        date(2026, 12, 1), date(2026, 12, 31), ("Angkatan III",), schools,
        [] if is_empty else [(age, 10) for age in range(7, 13)] + [(None, 3)],
        0 if is_empty else 1740, 2, 180, 4, 5, 3, 1, {"opened": None, "closed": 0, "open": 4},
    )  # fmt: skip
    return {**head(pack, paper, text, date(2026, 12, 31)), **_tables(figures)}
