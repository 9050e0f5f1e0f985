"""What is asked when an angkatan is opened: name, arrival, departure, schools, roster, and a last look."""

from handlers.cohorts.roster_reading import (
    ask_words,
    children_words,
    not_taken,
    rows_of,
    school_question,
    schools_words,
    template_button,
    turned_question,
)
from handlers.cohorts.roster_words import elsewhere_words, twin_words
from handlers.ui.dialog import Screen, Talk
from handlers.ui.request import Button, button
from handlers.ui.words import _, bold, closure_words, date_words, day_label, esc
from sop_flows.actions.cohorts.cohorts import propose_departure, still_elsewhere
from sop_flows.actions.cohorts.roster import Roster, one_spelling
from sop_flows.calendar.dates import LONG, Anchors
from sop_flows.calendar.plan import planned


def ask_name(talk: Talk) -> Screen:
    """Its name."""
    return _("What is the name of the cohort? For example: Angkatan III."), ()


def ask_arrival(talk: Talk) -> Screen:
    """When they come; today is proposed."""
    text = _("When do the children arrive? Type the date, for example 1 December.")
    return text, ((button(_("Today"), "cohort_day", talk.today.toordinal(), tag="arrival"),),)


def ask_departure(talk: Talk) -> Screen:
    """When they leave; a day is proposed."""
    proposed = propose_departure(talk.request.institution, talk.day("arrival"))
    pick = button(day_label(proposed), "cohort_day", proposed.toordinal(), tag="departure")
    return _("When do they leave?"), ((pick,),)


def ask_schools(talk: Talk) -> Screen:
    """From which schools."""
    later = button(_("As in the list of children"), "cohort_later", tag="schools")
    return _("Which schools? Type them, parted by commas or one a line."), ((later,),)


def ask_roster(talk: Talk) -> Screen:
    """The list of children."""
    label = _("Next") if talk.draft.get("rows") else _("The list follows")
    return ask_words(), ((button(label, "cohort_later", tag="roster"), template_button()),)


def ask_school(talk: Talk) -> Screen:
    """From which school the children come whose list does not say it."""
    return school_question(talk.draft, talk.draft.get("schools", []), "roster_school")


def ask_turned(talk: Talk) -> Screen:
    """Which of two readings of the birth dates is right."""
    return turned_question(talk.draft, "roster_turned")


def look(talk: Talk) -> Screen:
    """Everything at once, before it is opened."""
    draft = talk.draft
    found = one_spelling(rows_of(draft), draft.get("schools", []))
    lines = [
        bold(draft["name"]),
        _("Arrival {day}").format(day=date_words(talk.day("arrival"))),
        _("Departure {day}").format(day=date_words(talk.day("departure"))),
        schools_words(found, draft.get("schools", [])),
        children_words(talk.request, found) if found else _("The list of children follows later."),
    ]
    twins = twin_words(Roster(found).twins)
    if twins:
        lines += ["", *twins[:5]]
    if still := elsewhere_words(still_elsewhere(talk.request.session, None, found)):
        lines += ["", *map(esc, still)]
    if left := not_taken(draft):
        lines += ["", *left]
    if talk.day("arrival") < talk.today:
        lines += [
            "",
            _("They are in the house already: what should have been done is asked once, and is not late."),
        ]
    lines += _left_out(talk)
    lines += _closures(talk)
    go = button(_("Open the cohort"), "cohort_confirm", style="success")
    text = "\n".join([*lines, "", _("Is everything right?")])
    return text, ((go,), (button(_("Change…"), "cohort_change"), stop_button(talk)))


def _left_out(talk: Talk) -> list[str]:
    """What a short stay has no day for."""
    institution, arrival_on, departure_on = (
        talk.request.institution,
        talk.day("arrival"),
        talk.day("departure"),
    )
    anchors = Anchors(talk.today, arrival_on, departure_on)
    made = planned(institution.pack.sops, anchors, institution.office)
    if not made.left_out:
        return []
    sops = ", ".join(f"{number} {institution.pack.sops[number].title}" for number in made.left_out)
    days = (departure_on - arrival_on).days
    return ["", _("Not held, the stay is {days} days: {sops}.").format(days=days, sops=esc(sops))]


def _closures(talk: Talk) -> list[str]:
    """The long holidays of the stay: office work moves to the days around them."""
    office = talk.request.institution.office
    found = office.closures(talk.day("arrival"), talk.day("departure"), LONG)
    words = [closure_words(one, talk.today) for one in found]
    if not words:
        return []
    said = _(
        "Long holiday during the stay: {days}. The children are there; office work moves to working days."
    )
    return ["", said.format(days=esc("; ".join(words)))]


def stop_button(_talk: Talk) -> Button:
    """[Batal]."""
    return button(_("Cancel"), "cohort_stop")
