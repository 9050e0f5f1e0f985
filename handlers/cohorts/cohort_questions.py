"""What is asked when an angkatan is opened: name, arrival, departure, schools, roster, and a last look."""

from datetime import date
from typing import Any

from handlers.cohorts.roster_reading import ask_words, children_words, rows_of, schools_words
from handlers.cohorts.roster_words import twin_words
from handlers.ui.dates import date_words
from handlers.ui.markup import bold, esc
from handlers.ui.reply import Button, Keyboard
from handlers.ui.request import Request
from handlers.ui.screens import button
from handlers.ui.texts import _
from sop_flows.actions.cohorts.cohorts import propose_departure
from sop_flows.actions.cohorts.roster import Roster, one_spelling

Draft = dict[str, Any]


def question_of(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    """The question that the draft is at, with its buttons."""
    texts = {
        "name": _("What is the name of the cohort? For example: Angkatan III."),
        "arrival": _("When do the children arrive? Type the date, for example 1 December."),
        "departure": _("When do they leave?"),
        "schools": _("Which schools? Type them, one a line."),
        "roster": ask_words(),
    }
    text = texts.get(draft["ask"]) or _summary(request, draft)
    return text, keyboard_of(request, draft)


def keyboard_of(request: Request, draft: Draft) -> Keyboard:
    """The buttons of that question."""
    match draft["ask"]:
        case "arrival" | "departure":
            above = day_buttons(request, draft)
        case "schools":
            above = (button(_("As in the list of children"), "cohort_later", tag="schools"),)
        case "roster":
            label = _("Next") if draft.get("rows") else _("The list follows")
            above = (button(label, "cohort_later", tag="roster"),)
        case "confirm":
            above = (button(_("Open the cohort"), "cohort_confirm", style="success"),)
            return (above, (button(_("Change…"), "cohort_change"), stop_button()))
        case _:
            above = ()
    return (above, (stop_button(),)) if above else ((stop_button(),),)


def day_buttons(request: Request, draft: Draft) -> tuple[Button, ...]:
    """The day that is proposed: today for the arrival, arrival + 30 for the departure."""
    today = request.institution.today(request.now)
    if draft["ask"] == "arrival":
        return (button(_("Today"), "cohort_day", today.toordinal(), tag="arrival"),)
    proposed = propose_departure(request.institution, date.fromisoformat(draft["arrival"]))
    return (button(date_words(proposed), "cohort_day", proposed.toordinal(), tag="departure"),)


def _summary(request: Request, draft: Draft) -> str:
    found = one_spelling(rows_of(draft), draft.get("schools", []))
    lines = [
        bold(draft["name"]),
        _("Arrival {day}").format(day=date_words(date.fromisoformat(draft["arrival"]))),
        _("Departure {day}").format(day=date_words(date.fromisoformat(draft["departure"]))),
        schools_words(found, draft.get("schools", [])),
        children_words(found) if found else _("The list of children follows later."),
    ]
    twins = twin_words(Roster(found).twins)
    if twins:
        lines += ["", *twins[:5]]
    if draft.get("ignored"):
        lines += ["", _("Columns not read: {columns}").format(columns=esc(", ".join(draft["ignored"])))]
    if date.fromisoformat(draft["arrival"]) < request.institution.today(request.now):
        lines += [
            "",
            _("They are in the house already: what should have been done is asked once, and is not late."),
        ]
    return "\n".join([*lines, "", _("Is everything right?")])


def stop_button() -> Button:
    """[Batal]."""
    return button(_("Cancel"), "cohort_stop")
