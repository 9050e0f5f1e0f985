"""Opening an angkatan from the chat: what was answered, and what comes next. The questions: `cohort_questions`."""

from collections.abc import Callable
from datetime import date

from handlers import conversation
from handlers.cohorts.cohort_cards import may_open, on_cohorts, show_cohort
from handlers.cohorts.cohort_questions import Draft, day_buttons, keyboard_of, question_of, stop_button
from handlers.cohorts.roster_reading import forget, read_sent, rows_of
from handlers.looks.dates import date_words
from handlers.looks.markup import bold, esc, shorten
from handlers.looks.screens import button, pressed_day, rows, screen, who, word
from handlers.looks.wording import _, ngettext
from handlers.reply import Button, Reply, Say, reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.cohorts import cohorts as rules
from sop_flows.actions.cohorts.cohorts import CohortNameOddError, CohortNameTakenError, StayOddError
from sop_flows.actions.cohorts.roster import Roster
from sop_flows.errors import NotPermittedError
from sop_flows.handbook.typed_days import parse_day

TOPIC = "cohort_open"
ORDER = ("name", "arrival", "departure", "schools", "roster", "confirm")
ECHO_MAX = 30  # characters of the officer's words that are said back


def on_new(visit: Visit) -> Reply:
    """[Buka angkatan baru]."""
    _require(visit)
    return _ask(visit, {"ask": "name"})


def on_typed(visit: Visit) -> Reply:
    """The answer to the question that the draft is at."""
    _require(visit)
    draft = _draft(visit)
    if draft is None:
        return on_cohorts(visit)
    if draft["ask"] != "roster" and visit.kind != "text":
        return _again(_("Please answer in words."), draft)
    if draft["ask"] in ("name", "schools") and _is_roster(visit.text or ""):
        said = _(
            "This looks like the list of children. It is asked for later; at the schools tap “As in the list of children” first."
        )
        return _again(said, draft, _above(draft)).and_then(*forget(visit))
    return _READ[draft["ask"]](visit, draft)


def _is_roster(text: str) -> bool:
    """Whether the words are rows of a list of children: no name of an angkatan or a school has such signs."""
    return ";" in text or "\t" in text


def _above(draft: Draft) -> tuple[Button, ...]:
    return (
        (button(_("As in the list of children"), "cohort_later", tag="schools"),)
        if draft["ask"] == "schools"
        else ()
    )


def on_day_chosen(visit: Visit) -> Reply:
    """A proposed day was tapped: the word says which question it answers."""
    _require(visit)
    draft = _draft(visit)
    if draft is None or draft["ask"] != word(visit):
        return on_cohorts(visit)
    return _take_day(visit, draft, pressed_day(visit, 0))


def on_later(visit: Visit) -> Reply:
    """[Menurut daftar anak] or [Menyusul], or [Lanjut] after pasted lines: on to the next question."""
    _require(visit)
    draft = _draft(visit)
    if draft is None or draft["ask"] != word(visit):
        return on_cohorts(visit)
    return _next(visit, draft)


def on_change(visit: Visit) -> Reply:
    """[Ubah]: which answer; with a word, that question again."""
    _require(visit)
    draft = _draft(visit)
    if draft is None:
        return on_cohorts(visit)
    if word(visit) not in ORDER:
        labels = {
            "name": _("Name"),
            "arrival": _("Arrival"),
            "departure": _("Departure"),
            "schools": _("Schools"),
            "roster": _("List of children"),
        }
        buttons = [button(label, "cohort_change", tag=ask) for ask, label in labels.items()]
        return screen(visit, _("What is to be changed?"), (*rows(buttons), (stop_button(),)))
    if word(visit) == "roster":
        draft["rows"] = []
    draft |= {"ask": word(visit), "changing": word(visit) != "arrival"}
    return _ask(visit, draft)


def on_confirmed(visit: Visit) -> Reply:
    """[Buka angkatan]."""
    _require(visit)
    draft = _draft(visit)
    if draft is None or draft["ask"] != "confirm":
        return on_cohorts(visit)
    try:
        opened = rules.open_cohort(
            visit.session,
            visit.house,
            draft["name"],
            date.fromisoformat(draft["arrival"]),
            date.fromisoformat(draft["departure"]),
            visit.now,
            schools=draft.get("schools", []),
            rows=rows_of(draft),
            officer=who(visit),
            update_id=visit.update_id,
        )
    except CohortNameTakenError as error:
        draft |= {"ask": "name", "changing": True}
        conversation.ask(visit, TOPIC, draft)
        return _again(_taken(error), draft)
    conversation.end(visit, TOPIC)
    said = _("✅ {cohort} is open. Everyone's steps now come by their dates.").format(
        cohort=bold(opened.cohort.name)
    )
    if not opened.children:
        said += "\n" + _("The list of children follows: “Add children”.")
    return show_cohort(visit, opened.cohort, said)


def on_stop(visit: Visit) -> Reply:
    """[Batal]: nothing was opened."""
    conversation.end(visit, TOPIC)
    return on_cohorts(visit)


def _read_name(visit: Visit, draft: Draft) -> Reply:
    try:
        draft["name"] = rules.check_name(visit.session, visit.text or "")
    except CohortNameTakenError as error:
        return _again(_taken(error), draft)
    except CohortNameOddError:
        limit = rules.NAME_MAX_CHARACTERS
        said = _("Type a name of at most {limit} characters, for example: Angkatan III.").format(limit=limit)
        return _again(said, draft)
    return _next(visit, draft)


def _read_day(visit: Visit, draft: Draft) -> Reply:
    words = (visit.text or "").strip()
    day = parse_day(words, visit.house.today(visit.now), "future")
    if day is None:
        said = _(
            "I do not understand the date “{words}”. Type it for example like this: 3 December, or 3/12."
        ).format(words=esc(shorten(words, ECHO_MAX)))
        return _again(said, draft, day_buttons(visit, draft))
    return _take_day(visit, draft, day)


def _take_day(visit: Visit, draft: Draft, day: date) -> Reply:
    try:
        if draft["ask"] == "arrival":
            rules.check_arrival(day, visit.house.today(visit.now))
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
        return _again(said, draft, day_buttons(visit, draft))
    draft[draft["ask"]] = day.isoformat()
    return _next(visit, draft)


def _read_schools(visit: Visit, draft: Draft) -> Reply:
    found = rules.clean_schools(visit.text or "")
    if not found:
        return _again(_("Type the schools, one a line."), draft)
    draft["schools"] = list(found)
    return _next(visit, draft)


def _read_roster(visit: Visit, draft: Draft) -> Reply:
    pasted = visit.kind == "text"
    read = read_sent(visit, draft, keyboard_of(visit, draft))
    if not isinstance(read, Roster):
        return read
    if not pasted:
        return _next(visit, draft).and_then(*forget(visit))
    conversation.ask(visit, TOPIC, draft)
    count = len(read.rows)
    said = ngettext(
        "{count} child read. Send more lines, or go on.",
        "{count} children read. Send more lines, or go on.",
        count,
    ).format(count=count)
    return reply(Say(said, keyboard_of(visit, draft)), *forget(visit))


def _confirm_typed(visit: Visit, draft: Draft) -> Reply:
    text, keyboard = question_of(visit, draft)
    return reply(Say(_("Please use the buttons.") + "\n\n" + text, keyboard, protect=True))


_READ: dict[str, Callable[[Visit, Draft], Reply]] = {
    "name": _read_name,
    "arrival": _read_day,
    "departure": _read_day,
    "schools": _read_schools,
    "roster": _read_roster,
    "confirm": _confirm_typed,
}


def _next(visit: Visit, draft: Draft) -> Reply:
    """The next question; after a change, the last look again (a new arrival asks for the departure too)."""
    if draft.pop("changing", False):
        draft["ask"] = "confirm"
    elif draft["ask"] == "arrival" and draft.get("departure"):
        draft |= {"ask": "departure", "changing": True}
    else:
        draft["ask"] = ORDER[ORDER.index(draft["ask"]) + 1]
    return _ask(visit, draft)


def _ask(visit: Visit, draft: Draft) -> Reply:
    conversation.ask(visit, TOPIC, draft)
    text, keyboard = question_of(visit, draft)
    return screen(visit, text, keyboard)


def _again(sentence: str, draft: Draft, above: tuple[Button, ...] = ()) -> Reply:
    """The question once more, with why."""
    return reply(Say(sentence, (above, (stop_button(),)) if above else ((stop_button(),),)))


def _taken(error: CohortNameTakenError) -> str:
    return _("There is a cohort {name} already. Type another name.").format(name=bold(error.name))


def _draft(visit: Visit) -> Draft | None:
    row = conversation.current(visit)
    return conversation.draft_of(row) if row is not None and row.topic == TOPIC else None


def _require(visit: Visit) -> None:
    if not may_open(visit):
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
    topics={TOPIC: on_typed},
    file_topics=frozenset({TOPIC}),
)
