"""Opening an angkatan from the chat: what was answered, and what comes next. The questions: `cohort_questions`."""

from collections.abc import Callable
from datetime import date

from handlers.cohorts.cohort_cards import may_open, on_cohorts, show_cohort
from handlers.cohorts.cohort_questions import Draft, day_buttons, keyboard_of, question_of, stop_button
from handlers.cohorts.roster_reading import read_sent, rows_of
from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.dates import date_words, not_a_day
from handlers.ui.dialog import forget
from handlers.ui.markup import bold
from handlers.ui.reply import Button, Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import Routes
from handlers.ui.screens import button, pressed_day, rows, screen, word
from handlers.ui.texts import _, ngettext
from sop_flows.actions.cohorts import cohorts as rules
from sop_flows.actions.cohorts.cohorts import CohortNameOddError, CohortNameTakenError, StayOddError
from sop_flows.actions.cohorts.roster import Roster
from sop_flows.errors import NotPermittedError
from sop_flows.handbook.typed_days import parse_day

TOPIC = "cohort_open"
ORDER = ("name", "arrival", "departure", "schools", "roster", "confirm")


def on_new(request: Request) -> Reply:
    """[Buka angkatan baru]."""
    _require(request)
    return _ask(request, {"ask": "name"})


def on_typed(request: Request) -> Reply:
    """The answer to the question that the draft is at."""
    _require(request)
    draft = _draft(request)
    if draft is None:
        return on_cohorts(request)
    if draft["ask"] != "roster" and request.kind != "text":
        return _again(_("Please answer in words."), draft)
    if draft["ask"] in ("name", "schools") and _is_roster(request.text or ""):
        said = _(
            "This looks like the list of children. It is asked for later; at the schools tap “As in the list of children” first."
        )
        return _again(said, draft, _above(draft)).and_then(*forget(request))
    return _READ[draft["ask"]](request, draft)


def _is_roster(text: str) -> bool:
    """Whether the words are rows of a list of children: no name of an angkatan or a school has such signs."""
    return ";" in text or "\t" in text


def _above(draft: Draft) -> tuple[Button, ...]:
    return (
        (button(_("As in the list of children"), "cohort_later", tag="schools"),)
        if draft["ask"] == "schools"
        else ()
    )


def on_day_chosen(request: Request) -> Reply:
    """A proposed day was tapped: the word says which question it answers."""
    _require(request)
    draft = _draft(request)
    if draft is None or draft["ask"] != word(request):
        return on_cohorts(request)
    return _take_day(request, draft, pressed_day(request, 0))


def on_later(request: Request) -> Reply:
    """[Menurut daftar anak] or [Menyusul], or [Lanjut] after pasted lines: on to the next question."""
    _require(request)
    draft = _draft(request)
    if draft is None or draft["ask"] != word(request):
        return on_cohorts(request)
    return _next(request, draft)


def on_change(request: Request) -> Reply:
    """[Ubah]: which answer; with a word, that question again."""
    _require(request)
    draft = _draft(request)
    if draft is None:
        return on_cohorts(request)
    if word(request) not in ORDER:
        labels = {
            "name": _("Name"),
            "arrival": _("Arrival"),
            "departure": _("Departure"),
            "schools": _("Schools"),
            "roster": _("List of children"),
        }
        buttons = [button(label, "cohort_change", tag=ask) for ask, label in labels.items()]
        return screen(request, _("What is to be changed?"), (*rows(buttons), (stop_button(),)))
    if word(request) == "roster":
        draft["rows"] = []
    draft |= {"ask": word(request), "changing": word(request) != "arrival"}
    return _ask(request, draft)


def on_confirmed(request: Request) -> Reply:
    """[Buka angkatan]."""
    _require(request)
    draft = _draft(request)
    if draft is None or draft["ask"] != "confirm":
        return on_cohorts(request)
    try:
        opened = rules.open_cohort(
            request.work,
            draft["name"],
            date.fromisoformat(draft["arrival"]),
            date.fromisoformat(draft["departure"]),
            schools=draft.get("schools", []),
            rows=rows_of(draft),
        )
    except CohortNameTakenError as error:
        draft |= {"ask": "name", "changing": True}
        conversation.ask(request, TOPIC, draft)
        return _again(_taken(error), draft)
    conversation.end(request, TOPIC)
    said = _("✅ {cohort} is open. Everyone's steps now come by their dates.").format(
        cohort=bold(opened.cohort.name)
    )
    if not opened.children:
        said += "\n" + _("The list of children follows: “Add children”.")
    return show_cohort(request, opened.cohort, said)


def on_stop(request: Request) -> Reply:
    """[Batal]: nothing was opened."""
    conversation.end(request, TOPIC)
    return on_cohorts(request)


def _read_name(request: Request, draft: Draft) -> Reply:
    try:
        draft["name"] = rules.check_name(request.session, request.text or "")
    except CohortNameTakenError as error:
        return _again(_taken(error), draft)
    except CohortNameOddError:
        limit = rules.NAME_MAX_CHARACTERS
        said = _("Type a name of at most {limit} characters, for example: Angkatan III.").format(limit=limit)
        return _again(said, draft)
    return _next(request, draft)


def _read_day(request: Request, draft: Draft) -> Reply:
    words = (request.text or "").strip()
    day = parse_day(words, request.institution.today(request.now), "future")
    if day is None:
        said = not_a_day(words, request.institution.today(request.now), "future")
        return _again(said, draft, day_buttons(request, draft))
    return _take_day(request, draft, day)


def _take_day(request: Request, draft: Draft, day: date) -> Reply:
    try:
        if draft["ask"] == "arrival":
            rules.check_arrival(day, request.institution.today(request.now))
        else:
            rules.check_stay(date.fromisoformat(draft["arrival"]), day)
    except StayOddError as error:
        said = (
            _("{day} is too far from today. Type the date once more.").format(day=date_words(day))
            if error.departure_on is None
            else _("The departure must come after the arrival on {day}, within {count} days.").format(
                day=date_words(error.arrival_on), count=rules.STAY_MAX_DAYS
            )
        )
        return _again(said, draft, day_buttons(request, draft))
    draft[draft["ask"]] = day.isoformat()
    return _next(request, draft)


def _read_schools(request: Request, draft: Draft) -> Reply:
    found = rules.clean_schools(request.text or "")
    if not found:
        return _again(_("Type the schools, one a line."), draft)
    draft["schools"] = list(found)
    return _next(request, draft)


def _read_roster(request: Request, draft: Draft) -> Reply:
    pasted = request.kind == "text"
    read = read_sent(request, draft, keyboard_of(request, draft))
    if not isinstance(read, Roster):
        return read
    if not pasted:
        return _next(request, draft).and_then(*forget(request))
    conversation.ask(request, TOPIC, draft)
    count = len(read.rows)
    said = ngettext(
        "{count} child read. Send more lines, or go on.",
        "{count} children read. Send more lines, or go on.",
        count,
    ).format(count=count)
    return reply(Say(said, keyboard_of(request, draft)), *forget(request))


def _confirm_typed(request: Request, draft: Draft) -> Reply:
    text, keyboard = question_of(request, draft)
    return reply(Say(_("Please use the buttons.") + "\n\n" + text, keyboard, protect=True))


class OpeningQuestion(Question):
    """Rows of the list of children say themselves what they are, however many messages they come in."""

    def is_plain(self, request: Request) -> bool:
        """Whether the list is asked for and rows of it came."""
        draft = _draft(request)
        return draft is not None and draft["ask"] == "roster" and _is_roster(request.text or "")


_READ: dict[str, Callable[[Request, Draft], Reply]] = {
    "name": _read_name,
    "arrival": _read_day,
    "departure": _read_day,
    "schools": _read_schools,
    "roster": _read_roster,
    "confirm": _confirm_typed,
}


def _next(request: Request, draft: Draft) -> Reply:
    """The next question; after a change, the last look again (a new arrival asks for the departure too)."""
    if draft.pop("changing", False):
        draft["ask"] = "confirm"
    elif draft["ask"] == "arrival" and draft.get("departure"):
        draft |= {"ask": "departure", "changing": True}
    else:
        draft["ask"] = ORDER[ORDER.index(draft["ask"]) + 1]
    return _ask(request, draft)


def _ask(request: Request, draft: Draft) -> Reply:
    conversation.ask(request, TOPIC, draft)
    text, keyboard = question_of(request, draft)
    return screen(request, text, keyboard)


def _again(sentence: str, draft: Draft, above: tuple[Button, ...] = ()) -> Reply:
    """The question once more, with why."""
    return reply(Say(sentence, (above, (stop_button(),)) if above else ((stop_button(),),)))


def _taken(error: CohortNameTakenError) -> str:
    return _("There is a cohort {name} already. Type another name.").format(name=bold(error.name))


def _draft(request: Request) -> Draft | None:
    row = conversation.current(request)
    return conversation.draft_of(row) if row is not None and row.topic == TOPIC else None


def _require(request: Request) -> None:
    if not may_open(request):
        raise NotPermittedError("opens_cohorts")


ROUTES = Routes(
    presses={
        "cohort_new": on_new,
        "cohort_day": on_day_chosen,
        "cohort_later": on_later,
        "cohort_change": on_change,
        "cohort_confirm": on_confirmed,
        "cohort_stop": on_stop,
    },
    topics={TOPIC: OpeningQuestion(on_typed)},
    file_topics=frozenset({TOPIC}),
)
