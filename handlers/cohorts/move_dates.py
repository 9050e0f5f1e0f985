"""[Ubah tanggal]: the arrival or the departure of an angkatan moves. What changes is said before it is done."""

from datetime import date

from handlers.cohorts.cohort_cards import changeable_cohort, show_changeable, show_cohort
from handlers.cohorts.move_words import changes_words, move_lines, refused_words
from handlers.ui import conversation
from handlers.ui.conversation import Life
from handlers.ui.dialog import ASK, Dialog, Field, Screen, Talk, typed_day, typed_words
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    button,
    pressed,
    pressed_day,
    rows,
    screen,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, date_words, day_label, esc, shorten
from sop_flows.actions.cohorts import moving_dates as rules
from sop_flows.actions.cohorts.cohorts import StayOddError, check_arrival, check_stay
from sop_flows.actions.cohorts.date_changes import changes_of
from sop_flows.actions.cohorts.has_happened import done_of
from storage.tables import Cohort

REFUSED = (
    rules.HasHappenedError, rules.DepartureOverError, rules.NothingMovedError, StayOddError,
)  # fmt: skip


def on_move(request: Request) -> Reply:
    """[Ubah tanggal]: which of the two?"""
    cohort = changeable_cohort(request, pressed(request))
    conversation.end(request, MOVE.topic)
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
    return MOVE.change(Talk(request, {"cohort_id": cohort.id, "from": _stay(cohort)}), anchor)


def on_day_chosen(request: Request) -> Reply:
    """A proposed departure was tapped."""
    return MOVE.take(request, "departure", pressed_day(request))


def on_reason_chosen(request: Request) -> Reply:
    """A ready reason was tapped, or that another one is to be chosen."""
    talk = MOVE.talk(request, "reason", "confirm")
    if talk is None:
        return on_move(request)
    ready = _reasons()
    if not 0 <= pressed(request, 1) < len(ready):
        return MOVE.change(talk, "reason")
    talk.draft[ASK] = "reason"
    return MOVE.taken(talk, ready[pressed(request, 1)])


def _move(talk: Talk) -> Reply:
    """[Ya, pindahkan]."""
    cohort = _cohort(talk)
    if talk.draft["from"] != _stay(cohort):
        return show_cohort(talk.request, cohort, _("A colleague has changed the dates meanwhile."))
    try:
        changes = rules.move_cohort(
            talk.request.work, cohort.id or 0, *_new_stay(cohort, talk), talk.draft["reason"]
        )
    except REFUSED as error:
        return show_cohort(talk.request, cohort, refused_words(error))
    said = _("✅ The dates are moved. Those concerned are told once.")
    return show_cohort(talk.request, cohort, "\n".join([said, *changes_words(changes)]))


def _elsewhere(request: Request) -> Reply:
    """A button of dates that have been moved, or of another question."""
    if request.press is not None and request.press.verb == "cohort_move_yes":
        nothing = _("This button moved nothing: the dates are as they stand here.")
        return show_cohort(request, changeable_cohort(request, pressed(request)), nothing)
    return on_move(request)


def _ask_arrival(talk: Talk) -> Screen:
    asked = _("The arrival is on {day}. To which date does it move? Type it, for example 4 December.")
    return asked.format(day=date_words(_cohort(talk).arrival_on)), ()


def _check_arrival(talk: Talk, on: date) -> date:
    cohort = _cohort(talk)
    try:
        check_arrival(on, talk.today)
        if on == cohort.arrival_on:
            raise rules.NothingMovedError
    except REFUSED as error:
        raise NotAnAnswerError(refused_words(error)) from error
    return on


def _ask_departure(talk: Talk) -> Screen:
    cohort = _cohort(talk)
    asked = _("The departure is on {day}. When do they leave? Type the date, for example 4 December.")
    days = [
        (button(day_label(on), "cohort_move_day", cohort.id or 0, on.toordinal()),)
        for on in _proposals(cohort, talk)
    ]
    return asked.format(day=date_words(cohort.departure_on)), tuple(days)


def _may_move_departure(talk: Talk) -> bool:
    return rules.may_move(talk.request.session, _cohort(talk), "departure")


def _check_departure(talk: Talk, on: date) -> date:
    cohort = _cohort(talk)
    arrival_on, _former = _new_stay(cohort, talk)
    try:
        check_stay(arrival_on, on)
        rules.check_move(talk.request.work, cohort, arrival_on, on)
    except REFUSED as error:
        raise NotAnAnswerError(refused_words(error)) from error
    return on


def _ask_reason(talk: Talk) -> Screen:
    ready = [
        (button(reason, "cohort_move_why", talk.draft["cohort_id"], place),)
        for place, reason in enumerate(_reasons())
    ]
    return _("Why do the dates move? Choose, or type the reason."), tuple(ready)


def _look(talk: Talk) -> Screen:
    cohort = _cohort(talk)
    stay = _new_stay(cohort, talk)
    lines = [
        bold(cohort.name),
        *move_lines(cohort, *stay),
        _("Reason: {reason}").format(reason=esc(shorten(talk.draft["reason"], 200))),
        "",
        *changes_words(changes_of(talk.request.work, cohort, *stay)),
        _("Those concerned are told once. Is everything right?"),
    ]
    yes = button(_("Yes, move them"), "cohort_move_yes", cohort.id or 0, style="success")
    other = button(_("Another reason"), "cohort_move_why", cohort.id or 0, -1)
    return "\n".join(lines), ((yes,), (other, _stop(talk)))


def _proposals(cohort: Cohort, talk: Talk) -> tuple[date, ...]:
    """When the arrival moves: the departure moves along, or stays where that is possible."""
    if "arrival" not in talk.draft:
        return ()
    arrival_on = talk.day("arrival")
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


def _new_stay(cohort: Cohort, talk: Talk) -> tuple[date, date]:
    return (
        talk.day("arrival") if talk.draft.get("arrival") else cohort.arrival_on,
        talk.day("departure") if talk.draft.get("departure") else cohort.departure_on,
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


def _cohort(talk: Talk) -> Cohort:
    return changeable_cohort(talk.request, talk.draft["cohort_id"])


def _stop(talk: Talk) -> Button:
    return button(_("Cancel"), "cohort_move_stop", talk.draft["cohort_id"])


MOVE = Dialog(
    "cohort_move",
    (
        Field("arrival", _ask_arrival, typed_day("future"), _check_arrival, lambda _talk: False),
        Field("departure", _ask_departure, typed_day("future"), _check_departure, _may_move_departure),
        Field("reason", _ask_reason, typed_words),
        Field("confirm", _look),
    ),
    _move,
    _stop,
    about="cohort_id",
    elsewhere=_elsewhere,
    left=show_changeable,
    life=Life.OPEN,
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "cohort_move": on_move,
        "cohort_move_which": on_which,
        "cohort_move_day": on_day_chosen,
        "cohort_move_why": on_reason_chosen,
        "cohort_move_yes": MOVE.confirm,
        "cohort_move_stop": MOVE.leave,
    },
    dialogs=(MOVE,),
)
