"""[Ubah tanggal]: the arrival or the departure of an angkatan moves. What changes is said before it is done."""

from datetime import date
from typing import Any

from handlers.cohorts.cohort_cards import changeable_cohort, show_cohort
from handlers.cohorts.move_words import changes_words, move_lines, refused_words
from handlers.ui import conversation
from handlers.ui.dates import date_words, not_a_day
from handlers.ui.markup import bold, esc, shorten
from handlers.ui.questions import NotAnAnswerError, note_said
from handlers.ui.reply import Button, Keyboard, Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, pressed, pressed_day, rows, screen, word
from handlers.ui.texts import _
from sop_flows.actions.cohorts import moving_dates as rules
from sop_flows.actions.cohorts.cohorts import StayOddError, check_arrival, check_stay
from sop_flows.actions.cohorts.date_changes import changes_of
from sop_flows.actions.cohorts.has_happened import done_of
from sop_flows.handbook.typed_days import parse_day
from storage.tables import Cohort

TOPIC = "cohort_move"
Draft = dict[str, Any]
REFUSED = (
    rules.HasHappenedError, rules.DepartureOverError, rules.NothingMovedError, StayOddError,
)  # fmt: skip


def on_move(request: Request) -> Reply:
    """[Ubah tanggal]: which of the two?"""
    cohort = changeable_cohort(request, pressed(request))
    conversation.end(request, TOPIC)
    lines = [bold(cohort.name), *_stay_lines(cohort)]
    buttons = []
    for anchor, label in (("arrival", _("Arrival")), ("departure", _("Departure"))):
        done = done_of(request.session, cohort, anchor)
        if done is None:
            buttons.append(button(label, "cohort_move_which", cohort.id or 0, tag=anchor))
        else:
            lines.append(refused_words(rules.HasHappenedError(anchor, done.sop, done.step)))
    if buttons:
        lines += ["", _("Which date is to be changed?")]
    return screen(request, "\n".join(lines), (*rows(buttons), (_back(cohort),)))


def on_which(request: Request) -> Reply:
    """The arrival, or the departure: to when?"""
    cohort = changeable_cohort(request, pressed(request))
    anchor = word(request) if word(request) in ("arrival", "departure") else "departure"
    if not rules.may_move(request.session, cohort, anchor):
        return on_move(request)  # it happened meanwhile: the screen says so
    return _ask(request, cohort, {"cohort_id": cohort.id, "ask": anchor, "from": _stay(cohort)})


def on_typed(request: Request) -> Reply:
    """The answer to the question that the draft is at."""
    draft = _draft(request)
    cohort = changeable_cohort(request, draft.get("cohort_id", 0))
    if draft["ask"] == "reason":
        try:
            return _ask(request, cohort, {**draft, "reason": note_said(request), "ask": "confirm"})
        except NotAnAnswerError as error:
            return reply(Say(error.sentence, _keyboard(request, cohort, draft)))
    if draft["ask"] == "confirm":
        text, keyboard = _question(request, cohort, draft)
        return reply(Say(_("Please use the buttons.") + "\n\n" + text, keyboard, protect=True))
    words = (request.text or "").strip()
    day = parse_day(words, request.institution.today(request.now), "future")
    if day is None:
        said = not_a_day(words, request.institution.today(request.now), "future")
        return reply(Say(said, _keyboard(request, cohort, draft)))
    return _take_day(request, cohort, draft, day)


def on_day_chosen(request: Request) -> Reply:
    """A proposed departure was tapped."""
    draft = _draft(request)
    cohort = changeable_cohort(request, pressed(request))
    if draft.get("cohort_id") != cohort.id or draft.get("ask") != "departure":
        return on_move(request)
    return _take_day(request, cohort, draft, pressed_day(request))


def on_reason_chosen(request: Request) -> Reply:
    """A ready reason was tapped."""
    draft = _draft(request)
    cohort = changeable_cohort(request, pressed(request))
    ready = _reasons()
    if draft.get("cohort_id") != cohort.id or draft.get("ask") not in ("reason", "confirm"):
        return on_move(request)
    if not 0 <= pressed(request, 1) < len(ready):
        return _ask(request, cohort, {**draft, "ask": "reason"})
    return _ask(request, cohort, {**draft, "reason": ready[pressed(request, 1)], "ask": "confirm"})


def on_confirmed(request: Request) -> Reply:
    """[Ya, pindahkan]."""
    draft = _draft(request)
    cohort = changeable_cohort(request, pressed(request))
    if draft.get("cohort_id") != cohort.id or draft.get("ask") != "confirm":
        return show_cohort(request, cohort)
    if draft["from"] != _stay(cohort):
        conversation.end(request, TOPIC)
        return show_cohort(request, cohort, _("A colleague has changed the dates meanwhile."))
    arrival_on, departure_on = _new_stay(cohort, draft)
    try:
        changes = rules.move_cohort(request.work, cohort.id or 0, arrival_on, departure_on, draft["reason"])
    except REFUSED as error:
        conversation.end(request, TOPIC)
        return show_cohort(request, cohort, refused_words(error))
    conversation.end(request, TOPIC)
    said = _("✅ The dates are moved. Those concerned are told once.")
    return show_cohort(request, cohort, "\n".join([said, *changes_words(changes)]))


def on_stop(request: Request) -> Reply:
    """[Batal]: nothing moves."""
    conversation.end(request, TOPIC)
    return show_cohort(request, changeable_cohort(request, pressed(request)))


def _take_day(request: Request, cohort: Cohort, draft: Draft, day: date) -> Reply:
    draft = {**draft, draft["ask"]: day.isoformat()}
    arrival_on, departure_on = _new_stay(cohort, draft)
    try:
        if draft["ask"] == "arrival":
            check_arrival(day, request.institution.today(request.now))
            if day == cohort.arrival_on:
                raise rules.NothingMovedError
        else:
            check_stay(arrival_on, departure_on)
            rules.check_move(request.work, cohort, arrival_on, departure_on)
    except REFUSED as error:
        former = _draft(request)
        return reply(Say(refused_words(error), _keyboard(request, cohort, former)))
    following = "departure" if draft["ask"] == "arrival" else "reason"
    if following == "departure" and not rules.may_move(request.session, cohort, "departure"):
        following = "reason"
    return _ask(request, cohort, {**draft, "ask": following})


def _ask(request: Request, cohort: Cohort, draft: Draft) -> Reply:
    conversation.ask(request, TOPIC, draft)
    text, keyboard = _question(request, cohort, draft)
    return screen(request, text, keyboard)


def _question(request: Request, cohort: Cohort, draft: Draft) -> tuple[str, Keyboard]:
    keyboard = _keyboard(request, cohort, draft)
    match draft["ask"]:
        case "arrival":
            asked = _("The arrival is on {day}. To which date does it move? Type it, for example 4 December.")
            return asked.format(day=date_words(cohort.arrival_on)), keyboard
        case "departure":
            asked = _("The departure is on {day}. When do they leave? Type the date, for example 4 December.")
            return asked.format(day=date_words(cohort.departure_on)), keyboard
        case "reason":
            return _("Why do the dates move? Choose, or type the reason."), keyboard
    arrival_on, departure_on = _new_stay(cohort, draft)
    changes = changes_of(request.work, cohort, arrival_on, departure_on)
    lines = [
        bold(cohort.name),
        *move_lines(cohort, arrival_on, departure_on),
        _("Reason: {reason}").format(reason=esc(shorten(draft["reason"], 200))),
        "",
        *changes_words(changes),
        _("Those concerned are told once. Is everything right?"),
    ]
    return "\n".join(lines), keyboard


def _keyboard(request: Request, cohort: Cohort, draft: Draft) -> Keyboard:
    cohort_id = cohort.id or 0
    stop = button(_("Cancel"), "cohort_move_stop", cohort_id)
    if draft.get("ask") == "departure":
        days = [
            (button(date_words(day), "cohort_move_day", cohort_id, day.toordinal()),)
            for day in _proposals(cohort, draft)
        ]
        return (*days, (stop,))
    if draft.get("ask") == "reason":
        ready = [
            (button(reason, "cohort_move_why", cohort_id, place),) for place, reason in enumerate(_reasons())
        ]
        return (*ready, (stop,))
    if draft.get("ask") == "confirm":
        return (
            (button(_("Yes, move them"), "cohort_move_yes", cohort_id, style="success"),),
            (button(_("Another reason"), "cohort_move_why", cohort_id, -1), stop),
        )
    return ((stop,),)


def _proposals(cohort: Cohort, draft: Draft) -> tuple[date, ...]:
    """When the arrival moves: the departure moves along, or stays where that is possible."""
    if "arrival" not in draft:
        return ()
    arrival_on = date.fromisoformat(draft["arrival"])
    found = []
    for day in (arrival_on + (cohort.departure_on - cohort.arrival_on), cohort.departure_on):
        try:
            check_stay(arrival_on, day)
        except StayOddError:
            continue
        found.append(day)
    return tuple(dict.fromkeys(found))


def _reasons() -> tuple[str, ...]:
    return (
        _("Weather or transport"),
        _("The school or the Dinas asked for it"),
        _("The date was entered wrongly"),
    )


def _new_stay(cohort: Cohort, draft: Draft) -> tuple[date, date]:
    return (
        date.fromisoformat(draft.get("arrival") or cohort.arrival_on.isoformat()),
        date.fromisoformat(draft.get("departure") or cohort.departure_on.isoformat()),
    )


def _stay(cohort: Cohort) -> list[str]:
    """As it was when the question was asked: a colleague may be quicker."""
    return [cohort.arrival_on.isoformat(), cohort.departure_on.isoformat()]


def _stay_lines(cohort: Cohort) -> list[str]:
    return [
        _("Arrival {day}").format(day=date_words(cohort.arrival_on)),
        _("Departure {day}").format(day=date_words(cohort.departure_on)),
    ]


def _back(cohort: Cohort) -> Button:
    return button(_("‹ Back"), "cohort_card", cohort.id or 0)


def _draft(request: Request) -> Draft:
    row = conversation.current(request)
    return conversation.draft_of(row) if row is not None and row.topic == TOPIC else {}


ROUTES = Routes(
    About.NOTHING,
    presses={
        "cohort_move": on_move,
        "cohort_move_which": on_which,
        "cohort_move_day": on_day_chosen,
        "cohort_move_why": on_reason_chosen,
        "cohort_move_yes": on_confirmed,
        "cohort_move_stop": on_stop,
    },
    topics={TOPIC: on_typed},
)
