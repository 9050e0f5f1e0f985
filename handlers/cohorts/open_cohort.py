"""Opening an angkatan from the chat: what was answered, and what comes next. The questions: `cohort_questions`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from handlers.cohorts.cohort_cards import may_open, on_cohorts, show_cohort
from handlers.cohorts.cohort_questions import (
    ask_arrival,
    ask_departure,
    ask_name,
    ask_roster,
    ask_school,
    ask_schools,
    ask_turned,
    look,
    stop_button,
)  # fmt: skip
from handlers.cohorts.roster_reading import (
    SCHOOL,
    TEMPLATE,
    TURNED,
    asks_school,
    asks_turned,
    is_sent,
    offered_schools,
    on_template,
    read_sent,
    rows_of,
    school_said,
)
from handlers.ui import conversation
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Talk, buttons_only, forget, typed_day
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Reply,
    Request,
    Say,
    SentFile,
    button,
    pressed,
    pressed_day,
    reply,
    rows,
    screen,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, date_words, ngettext
from sop_flows.actions.cohorts import cohorts as rules
from sop_flows.actions.cohorts.cohorts import CohortNameOddError, CohortNameTakenError, StayOddError
from sop_flows.actions.cohorts.roster import Roster
from sop_flows.errors import NotPermittedError


def on_day_chosen(request: Request) -> Reply:
    """A proposed day was tapped: the word says which question it answers."""
    name = "arrival" if word(request) == "arrival" else "departure"
    return OPEN.take(request, name, pressed_day(request, 0))


def on_school_chosen(request: Request) -> Reply:
    """The school that all of them come from was tapped."""
    talk = OPEN.talk(request, SCHOOL)
    if talk is None:
        return on_cohorts(request)
    offered = offered_schools(talk.draft, talk.draft.get("schools", []))
    place = pressed(request)
    return OPEN.taken(talk, offered[place]) if place < len(offered) else OPEN.go_on(talk)


def on_turned_chosen(request: Request) -> Reply:
    """Which of the two readings of the birth dates is right."""
    return OPEN.take(request, TURNED, pressed(request) == 1)


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
        talk.draft.pop(SCHOOL, None)
        talk.draft.pop(TURNED, None)
    return OPEN.change(talk, word(request))


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


def _or_roster(read: Callable[[Talk], Any]) -> Callable[[Talk], Any]:
    """Read an answer; a list of children is taken at any question, and the question is asked again."""

    def reader(talk: Talk) -> Any:
        if not is_sent(talk.request):
            if talk.request.kind != "text":
                raise NotAnAnswerError(_("Please answer in words."))
            return read(talk)
        found = read_sent(talk.request, talk.draft, OPEN.question(talk)[1])
        if not isinstance(found, Roster):
            return found
        return _with_list(talk, len(found.rows)).and_then(*forget(talk.request))

    return reader


def _with_list(talk: Talk, count: int) -> Reply:
    """The next question, below how many children the list has."""
    talk.draft["roster"] = True
    talk.draft.setdefault("schools", [])
    said = ngettext("{count} child read.", "{count} children read.", count).format(count=count)
    return OPEN.change(talk, OPEN.next_after(talk), said)


def begin_with_list(request: Request, content: bytes) -> Reply:
    """Open an angkatan with a list of children that was sent before anything was asked."""
    _require(request)
    talk = Talk(request, {})
    sent = replace(request, kind="document", file=SentFile(content, "", TEMPLATE, False), message_id=None)
    found = read_sent(sent, talk.draft, ((button(_("Open a new cohort"), "cohort_new"),),))
    return _with_list(talk, len(found.rows)) if isinstance(found, Roster) else found


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
    if asks_school(talk) or asks_turned(talk):
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
        Field("name", ask_name, _or_roster(_name), files=True),
        Field("arrival", ask_arrival, _or_roster(typed_day("future")), _arrival, files=True),
        Field("departure", ask_departure, _or_roster(typed_day("future")), _departure, files=True),
        Field("schools", ask_schools, _or_roster(_schools), files=True),
        Field("roster", ask_roster, _roster, forgets=True, files=True),
        Field(
            SCHOOL,
            ask_school,
            _or_roster(lambda talk: school_said(talk.request)),
            is_asked=asks_school,
            files=True,
        ),
        Field(TURNED, ask_turned, _or_roster(buttons_only), is_asked=asks_turned, files=True),
        Field("confirm", look, _or_roster(buttons_only), files=True),
    ),
    _open,
    stop_button,
    elsewhere=on_cohorts,
    left=on_cohorts,
    guard=_require,
    life=Life.OPEN,
    plain=lambda talk: is_sent(talk.request),
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "cohort_new": OPEN.begin,
        "cohort_day": on_day_chosen,
        "cohort_later": on_later,
        "roster_school": on_school_chosen,
        "roster_turned": on_turned_chosen,
        "roster_template": on_template,
        "cohort_change": on_change,
        "cohort_confirm": OPEN.confirm,
        "cohort_stop": OPEN.leave,
    },
    dialogs=(OPEN,),
)
