"""Opening an angkatan from the chat: what was answered, and what comes next. The questions: `cohort_questions`."""

from collections.abc import Callable
from datetime import date
from typing import Any

from handlers.cohorts.cohort_cards import may_open, on_cohorts, show_cohort
from handlers.cohorts.cohort_questions import (
    ask_arrival,
    ask_departure,
    ask_name,
    ask_roster,
    ask_schools,
    look,
    stop_button,
)  # fmt: skip
from handlers.cohorts.roster_reading import read_sent, rows_of
from handlers.ui import conversation
from handlers.ui.dates import date_words
from handlers.ui.dialog import ASK, Dialog, Field, Talk, buttons_only, forget, typed_day
from handlers.ui.markup import bold
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.reply import Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, pressed_day, rows, screen, word
from handlers.ui.texts import _, ngettext
from sop_flows.actions.cohorts import cohorts as rules
from sop_flows.actions.cohorts.cohorts import CohortNameOddError, CohortNameTakenError, StayOddError
from sop_flows.actions.cohorts.roster import Roster
from sop_flows.errors import NotPermittedError


def on_day_chosen(request: Request) -> Reply:
    """A proposed day was tapped: the word says which question it answers."""
    name = "arrival" if word(request) == "arrival" else "departure"
    return OPEN.take(request, name, pressed_day(request, 0))


def on_later(request: Request) -> Reply:
    """[Menurut daftar anak] or [Menyusul], or [Lanjut] after pasted lines: on to the next question."""
    if word(request) == "schools":
        return OPEN.take(request, "schools", [])
    return OPEN.take(request, "roster", True)


def on_change(request: Request) -> Reply:
    """[Ubah]: which answer; with a word, that question again."""
    talk = OPEN.talk(request)
    if talk is None:
        return on_cohorts(request)
    labels = {
        "name": _("Name"),
        "arrival": _("Arrival"),
        "departure": _("Departure"),
        "schools": _("Schools"),
        "roster": _("List of children"),
    }
    if word(request) not in labels:
        buttons = [button(label, "cohort_change", tag=ask) for ask, label in labels.items()]
        return screen(request, _("What is to be changed?"), (*rows(buttons), (stop_button(talk),)))
    if word(request) == "roster":
        talk.draft["rows"] = []
    return OPEN.change(talk, word(request))


def on_stop(request: Request) -> Reply:
    """[Batal]: nothing was opened."""
    conversation.end(request, OPEN.topic)
    return on_cohorts(request)


def _open(talk: Talk) -> Reply:
    """[Buka angkatan]."""
    try:
        opened = rules.open_cohort(
            talk.request.work,
            talk.draft["name"],
            talk.day("arrival"),
            talk.day("departure"),
            schools=talk.draft.get("schools", []),
            rows=rows_of(talk.draft),
        )
    except CohortNameTakenError as error:
        raise NotAnAnswerError(_taken(error), field="name") from error
    said = _("✅ {cohort} is open. Everyone's steps now come by their dates.").format(
        cohort=bold(opened.cohort.name)
    )
    if not opened.children:
        said += "\n" + _("The list of children follows: “Add children”.")
    return show_cohort(talk.request, opened.cohort, said)


def _is_roster(talk: Talk) -> bool:
    """Whether the words are rows of a list of children: no name of an angkatan or a school has such signs."""
    text = talk.request.text or ""
    return ";" in text or "\t" in text


def _no_roster(read: Callable[[Talk], Any]) -> Callable[[Talk], Any]:
    """Read words, but not a list of children that came too soon."""

    def reader(talk: Talk) -> Any:
        if not _is_roster(talk):
            return read(talk)
        said = _(
            "This looks like the list of children. It is asked for later; at the schools tap “As in the list of children” first."
        )
        return reply(Say(said, OPEN.question(talk)[1]), *forget(talk.request))

    return reader


def _name(talk: Talk) -> str:
    try:
        return rules.check_name(talk.request.session, talk.request.text or "")
    except CohortNameTakenError as error:
        raise NotAnAnswerError(_taken(error)) from error
    except CohortNameOddError as error:
        said = _("Type a name of at most {limit} characters, for example: Angkatan III.")
        raise NotAnAnswerError(said.format(limit=rules.NAME_MAX_CHARACTERS)) from error


def _arrival(talk: Talk, on: date) -> date:
    try:
        rules.check_arrival(on, talk.today)
    except StayOddError as error:
        said = _("{day} is too far from today. Type the date once more.")
        raise NotAnAnswerError(said.format(day=date_words(on))) from error
    talk.draft.pop("departure", None)  # a new arrival asks for the departure too
    return on


def _departure(talk: Talk, on: date) -> date:
    try:
        rules.check_stay(talk.day("arrival"), on)
    except StayOddError as error:
        said = _("The departure must come after the arrival on {day}, within {count} days.")
        day = date_words(error.arrival_on)
        raise NotAnAnswerError(said.format(day=day, count=rules.STAY_MAX_DAYS)) from error
    return on


def _schools(talk: Talk) -> list[str]:
    found = rules.clean_schools(talk.request.text or "")
    if not found:
        raise NotAnAnswerError(_("Type the schools, one a line."))
    return list(found)


def _roster(talk: Talk) -> Reply | bool:
    """Pasted lines may be followed by more; a file is the whole list."""
    request = talk.request
    read = read_sent(request, talk.draft, OPEN.question(talk)[1])
    if not isinstance(read, Roster):
        return read
    if request.kind != "text":
        return True
    conversation.ask(request, OPEN.topic, talk.draft)
    count = len(read.rows)
    said = ngettext(
        "{count} child read. Send more lines, or go on.",
        "{count} children read. Send more lines, or go on.",
        count,
    ).format(count=count)
    return reply(Say(said, OPEN.question(talk)[1]), *forget(request))


def _taken(error: CohortNameTakenError) -> str:
    return _("There is a cohort {name} already. Type another name.").format(name=bold(error.name))


def _require(request: Request) -> None:
    if not may_open(request):
        raise NotPermittedError("opens_cohorts")


OPEN = Dialog(
    "cohort_open",
    (
        Field("name", ask_name, _no_roster(_name)),
        Field("arrival", ask_arrival, typed_day("future"), _arrival),
        Field("departure", ask_departure, typed_day("future"), _departure),
        Field("schools", ask_schools, _no_roster(_schools)),
        Field("roster", ask_roster, _roster, forgets=True, files=True),
        Field("confirm", look, buttons_only),
    ),
    _open,
    stop_button,
    elsewhere=on_cohorts,
    guard=_require,
    plain=lambda talk: talk.draft[ASK] == "roster" and _is_roster(talk),
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "cohort_new": OPEN.begin,
        "cohort_day": on_day_chosen,
        "cohort_later": on_later,
        "cohort_change": on_change,
        "cohort_confirm": OPEN.confirm,
        "cohort_stop": on_stop,
    },
    dialogs=(OPEN,),
)
