"""[Ubah tanggal]: the arrival or the departure of an angkatan moves. What changes is said before it is done."""

from datetime import date
from typing import Any

from handlers import conversation
from handlers.cohorts.cohort_cards import changeable_cohort, show_cohort
from handlers.cohorts.move_words import changes_words, move_lines, refused_words
from handlers.looks.dates import date_words
from handlers.looks.markup import bold, esc, shorten
from handlers.looks.questions import NotAnAnswerError, note_said
from handlers.looks.screens import button, pressed, pressed_day, rows, screen, who, word
from handlers.looks.wording import _
from handlers.reply import Button, Keyboard, Reply, Say, reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.cohorts import moving_dates as rules
from sop_flows.actions.cohorts.cohorts import StayOddError, check_arrival, check_stay
from sop_flows.actions.cohorts.date_changes import changes_of
from sop_flows.actions.cohorts.has_happened import done_of
from sop_flows.handbook.typed_days import parse_day
from storage.tables import Cohort

TOPIC = "cohort_move"
ECHO_MAX = 30  # characters of the officer's words that are said back
Draft = dict[str, Any]
REFUSED = (
    rules.HasHappenedError, rules.DepartureOverError, rules.NothingMovedError, StayOddError,
)  # fmt: skip


def on_move(visit: Visit) -> Reply:
    """[Ubah tanggal]: which of the two?"""
    cohort = changeable_cohort(visit, pressed(visit))
    conversation.end(visit, TOPIC)
    lines = [bold(cohort.name), *_stay_lines(cohort)]
    buttons = []
    for anchor, label in (("arrival", _("Arrival")), ("departure", _("Departure"))):
        done = done_of(visit.session, cohort, anchor)
        if done is None:
            buttons.append(button(label, "cohort_move_which", cohort.id or 0, tag=anchor))
        else:
            lines.append(refused_words(rules.HasHappenedError(anchor, done.sop, done.step)))
    if buttons:
        lines += ["", _("Which date is to be changed?")]
    return screen(visit, "\n".join(lines), (*rows(buttons), (_back(cohort),)))


def on_which(visit: Visit) -> Reply:
    """The arrival, or the departure: to when?"""
    cohort = changeable_cohort(visit, pressed(visit))
    anchor = word(visit) if word(visit) in ("arrival", "departure") else "departure"
    if not rules.may_move(visit.session, cohort, anchor):
        return on_move(visit)  # it happened meanwhile: the screen says so
    return _ask(visit, cohort, {"cohort_id": cohort.id, "ask": anchor, "from": _stay(cohort)})


def on_typed(visit: Visit) -> Reply:
    """The answer to the question that the draft is at."""
    draft = _draft(visit)
    cohort = changeable_cohort(visit, draft.get("cohort_id", 0))
    if draft["ask"] == "reason":
        try:
            return _ask(visit, cohort, {**draft, "reason": note_said(visit), "ask": "confirm"})
        except NotAnAnswerError as error:
            return reply(Say(error.sentence, _keyboard(visit, cohort, draft)))
    if draft["ask"] == "confirm":
        text, keyboard = _question(visit, cohort, draft)
        return reply(Say(_("Please use the buttons.") + "\n\n" + text, keyboard, protect=True))
    words = (visit.text or "").strip()
    day = parse_day(words, visit.house.today(visit.now), "future")
    if day is None:
        said = _(
            "I do not understand the date “{words}”. Type it for example like this: 3 December, or 3/12."
        ).format(words=esc(shorten(words, ECHO_MAX)))
        return reply(Say(said, _keyboard(visit, cohort, draft)))
    return _take_day(visit, cohort, draft, day)


def on_day_chosen(visit: Visit) -> Reply:
    """A proposed departure was tapped."""
    draft = _draft(visit)
    cohort = changeable_cohort(visit, pressed(visit))
    if draft.get("cohort_id") != cohort.id or draft.get("ask") != "departure":
        return on_move(visit)
    return _take_day(visit, cohort, draft, pressed_day(visit))


def on_reason_chosen(visit: Visit) -> Reply:
    """A ready reason was tapped."""
    draft = _draft(visit)
    cohort = changeable_cohort(visit, pressed(visit))
    ready = _reasons()
    if draft.get("cohort_id") != cohort.id or draft.get("ask") not in ("reason", "confirm"):
        return on_move(visit)
    if not 0 <= pressed(visit, 1) < len(ready):
        return _ask(visit, cohort, {**draft, "ask": "reason"})
    return _ask(visit, cohort, {**draft, "reason": ready[pressed(visit, 1)], "ask": "confirm"})


def on_confirmed(visit: Visit) -> Reply:
    """[Ya, pindahkan]."""
    draft = _draft(visit)
    cohort = changeable_cohort(visit, pressed(visit))
    if draft.get("cohort_id") != cohort.id or draft.get("ask") != "confirm":
        return show_cohort(visit, cohort)
    if draft["from"] != _stay(cohort):
        conversation.end(visit, TOPIC)
        return show_cohort(visit, cohort, _("A colleague has changed the dates meanwhile."))
    arrival_on, departure_on = _new_stay(cohort, draft)
    try:
        changes = rules.move_cohort(
            visit.session,
            visit.house,
            who(visit),
            cohort.id or 0,
            arrival_on,
            departure_on,
            draft["reason"],
            visit.now,
            update_id=visit.update_id,
        )
    except REFUSED as error:
        conversation.end(visit, TOPIC)
        return show_cohort(visit, cohort, refused_words(error))
    conversation.end(visit, TOPIC)
    said = _("✅ The dates are moved. Those concerned are told once.")
    return show_cohort(visit, cohort, "\n".join([said, *changes_words(changes)]))


def on_stop(visit: Visit) -> Reply:
    """[Batal]: nothing moves."""
    conversation.end(visit, TOPIC)
    return show_cohort(visit, changeable_cohort(visit, pressed(visit)))


def _take_day(visit: Visit, cohort: Cohort, draft: Draft, day: date) -> Reply:
    draft = {**draft, draft["ask"]: day.isoformat()}
    arrival_on, departure_on = _new_stay(cohort, draft)
    try:
        if draft["ask"] == "arrival":
            check_arrival(day, visit.house.today(visit.now))
            if day == cohort.arrival_on:
                raise rules.NothingMovedError
        else:
            check_stay(arrival_on, departure_on)
            rules.check_move(visit.session, visit.house, cohort, arrival_on, departure_on, visit.now)
    except REFUSED as error:
        former = _draft(visit)
        return reply(Say(refused_words(error), _keyboard(visit, cohort, former)))
    following = "departure" if draft["ask"] == "arrival" else "reason"
    if following == "departure" and not rules.may_move(visit.session, cohort, "departure"):
        following = "reason"
    return _ask(visit, cohort, {**draft, "ask": following})


def _ask(visit: Visit, cohort: Cohort, draft: Draft) -> Reply:
    conversation.ask(visit, TOPIC, draft)
    text, keyboard = _question(visit, cohort, draft)
    return screen(visit, text, keyboard)


def _question(visit: Visit, cohort: Cohort, draft: Draft) -> tuple[str, Keyboard]:
    keyboard = _keyboard(visit, cohort, draft)
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
    changes = changes_of(visit.session, visit.house, cohort, arrival_on, departure_on)
    lines = [
        bold(cohort.name),
        *move_lines(cohort, arrival_on, departure_on),
        _("Reason: {reason}").format(reason=esc(shorten(draft["reason"], 200))),
        "",
        *changes_words(changes),
        _("Those concerned are told once. Is everything right?"),
    ]
    return "\n".join(lines), keyboard


def _keyboard(visit: Visit, cohort: Cohort, draft: Draft) -> Keyboard:
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


def _draft(visit: Visit) -> Draft:
    row = conversation.current(visit)
    return conversation.draft_of(row) if row is not None and row.topic == TOPIC else {}


ROUTES = Routes(
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
