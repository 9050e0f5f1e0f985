"""Recording a leave: for whom, from which day to which, who deputises, a last look. Days are tapped or typed."""

from datetime import date, timedelta

from handlers.people.leave_list import show_leave, show_list
from handlers.people.leave_words import capital, leave_span
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.refusals import leave_refused
from handlers.ui.request import About, Button, Reply, Request, button, pressed, pressed_day, rows, screen, who
from handlers.ui.routing import Routes
from handlers.ui.words import (
    _,
    bold,
    brief_day_words,
    esc,
    near_day_words,
    not_a_day,
    other_weekday,
    plain_date_words,
    section,
    span_words,
)
from sop_flows.actions.leave.leave import LeaveRefusedError, check_days, find_leave, record_leave
from sop_flows.actions.leave.nobody_left import Gap
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.handbook.typed_days import TypedDay, read_day, read_span
from sop_flows.limits import LEAVE_BACK_DAYS
from sop_flows.staffing.deputies import (
    free_deputies,
    may_record_for,
    not_covered,
    possible_deputies,
    recordable,
)
from storage.tables import Absence, Officer

NOBODY = 0  # number of a button: without a deputy
LENGTHS = (1, 2, 3, 5, 12)  # days of a leave that are offered
MONTHS_AHEAD = (
    180  # days; a day and month that lies further ahead and was lately means the one that has passed
)


def on_whom(request: Request) -> Reply:
    """[Untuk petugas lain]: for whom? A head or an admin, when somebody fell ill."""
    found = recordable(request.work, who(request))
    if not found:
        raise NotPermittedError("leave")
    names = [button(one.name, "leave_new", one.id or 0) for one in found]
    return screen(request, _("Whose leave is it?"), (*rows(names), (_to_list(),)))


def on_new(request: Request) -> Reply:
    """[Catat cuti]: from which day?"""
    return LEAVE.begin(request, {"officer": _officer(request).id, "changes": 0})


def on_change(request: Request) -> Reply:
    """[Ubah]: the same questions again; the leave keeps its place."""
    absence = find_leave(request.work, who(request), pressed(request))
    if absence.ended_at is not None:
        return show_leave(request, absence.id or 0)
    return LEAVE.begin(request, {"officer": absence.officer_id, "changes": absence.id})


def _ask_first(talk: Talk) -> Screen:
    request, today = talk.request, talk.today
    officer, changes = _whose(talk), int(talk.draft["changes"])
    days = [today, today + timedelta(days=1), _next_monday(today)]
    former = request.session.get(Absence, changes) if changes else None
    if former is not None:
        days.insert(0, former.from_on)
    picks = [
        button(capital(near_day_words(day, today)), "leave_first", officer.id or 0, changes, day.toordinal())
        for day in dict.fromkeys(days)
    ]
    lines = [_title(request, officer), *([talk.said] if talk.said else [])]
    if former is not None:
        lines.append(_("Recorded until now: {span}.").format(span=leave_span(request, former)))
    lines.append(_("What is the first day? Choose, or type it: 3 December, or 3 to 7 December."))
    return "\n".join(lines), rows(picks)


def _next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def on_first(request: Request) -> Reply:
    """The first day was tapped: which is the last?"""
    about = {"officer": _officer(request).id, "changes": pressed(request, 1)}
    return LEAVE.taken(Talk(request, about), pressed_day(request, 2))


def _ask_last(talk: Talk) -> Screen:
    request, today, first = talk.request, talk.today, talk.day("first")
    officer, changes = _whose(talk), int(talk.draft["changes"])
    days = [first + timedelta(days=length - 1) for length in LENGTHS]
    former = request.session.get(Absence, changes) if changes else None
    if former is not None and former.until_on >= first:
        days.insert(0, former.until_on)
    picks = [
        button(
            _last_words(day, first),
            "leave_last",
            officer.id or 0,
            changes,
            first.toordinal(),
            day.toordinal(),
        )
        for day in dict.fromkeys(days)
        if day >= today
    ]
    lines = [_title(request, officer), *([talk.said] if talk.said else [])]
    lines.append(
        _("From {day}. What is the last day of the leave? Choose, or type it.").format(
            day=plain_date_words(first, today)
        )
    )
    return "\n".join(lines), rows(picks, 3)


def _last_words(day: date, first: date) -> str:
    return _("That day only") if day == first else brief_day_words(day)


def on_last(request: Request) -> Reply:
    """The last day was tapped: who deputises?"""
    about = {"officer": _officer(request).id, "changes": pressed(request, 1)}
    first = pressed_day(request, 2).isoformat()
    return LEAVE.taken(Talk(request, {**about, "first": first}), pressed_day(request, 3))


def _read_first(talk: Talk) -> date:
    """The first day in words, or both days at once: "3 sampai 7 Desember"."""
    words = (talk.request.text or "").strip()
    both = read_span(words, lambda end, since: _day(end, talk.today, since))
    if both is None:
        return _typed_day(talk, words)
    if both.doubtful is not None:
        raise NotAnAnswerError(other_weekday(words, both.doubtful))
    talk.draft["last"] = both.last.isoformat()
    return both.first


def _read_last(talk: Talk) -> date:
    return _typed_day(talk, (talk.request.text or "").strip(), talk.day("first"))


def _typed_day(talk: Talk, words: str, since: date | None = None) -> date:
    found = _day(words, talk.today, since)
    if found is None or found.day is None or found.weekday is not None:
        raise NotAnAnswerError(not_a_day(words, talk.today, "future"))
    return found.day


def _whose(talk: Talk) -> Officer:
    officer = talk.request.session.get(Officer, int(talk.draft["officer"]))
    if officer is None:
        raise NotFoundError
    return officer


def _day(words: str, today: date, since: date | None = None) -> TypedDay | None:
    """A day of a leave is today or to come; one that was typed with its month may have passed: somebody fell ill.

    Args:
        since: the first day of the leave, when the last one is typed; "lusa" is counted from today all the same.
    """
    past = read_day(words, today, "past", since)
    coming = read_day(words, today, "future", since)
    if past is None or coming is None or past.day is None or coming.day is None:
        return past or coming
    start = since or today
    is_recent = (start - past.day).days <= LEAVE_BACK_DAYS
    return past if is_recent and (coming.day - start).days > MONTHS_AHEAD else coming


def _ask_deputy(talk: Talk) -> Reply:
    request, officer, changes = talk.request, _whose(talk), int(talk.draft["changes"])
    first, last = talk.day("first"), talk.day("last")
    _require(request, officer)
    try:
        check_days(request.work, officer, first, last, changes)
    except LeaveRefusedError as error:
        again = "last" if error.why == "backwards" else "first"
        del talk.draft["last"]
        raise NotAnAnswerError("⚠️ " + leave_refused(request, error), field=again) from error
    free = free_deputies(request.work, officer, first, last)
    if not free:
        return _look(request, officer, changes, first, last, None)
    numbers = (officer.id or 0, changes, first.toordinal(), last.toordinal())
    names = [button(one.name, "leave_look", *numbers, one.id or 0) for one in free]
    today = request.today
    text = _title(request, officer) + "\n"
    text += _("On leave {span}. Who deputises? Tasks and reminders go there.").format(
        span=span_words(first, last, today)
    )
    nobody = button(_("Without a deputy"), "leave_look", *numbers, NOBODY)
    return screen(request, text, (*rows(names), (nobody, _to_list())))


def on_look(request: Request) -> Reply:
    """The deputy was tapped: one last look."""
    return _look(
        request,
        _officer(request),
        pressed(request, 1),
        pressed_day(request, 2),
        pressed_day(request, 3),
        _deputy(request),
    )


def _look(
    request: Request, officer: Officer, changes: int, first: date, last: date, deputy: Officer | None
) -> Reply:
    """What will be recorded, before it is."""
    today = request.today
    lines = [_title(request, officer), _("On leave: {span}").format(span=span_words(first, last, today))]
    if deputy is not None:
        lines.append(_("Deputy: {name}, who will be told now").format(name=esc(deputy.name)))
        lines += [
            _("{section} steps do not go to {name}, but to the colleagues who are here or the head.").format(
                section=esc(section(request.institution.pack.unit, role)), name=esc(deputy.name)
            )
            for role in not_covered(request.work, officer, deputy)
        ]
    elif not possible_deputies(request.work, officer):
        lines.append(_("There is no colleague of the same role: tasks and reminders go to the head."))
    elif not free_deputies(request.work, officer, first, last):
        lines.append(_("Every colleague of the same role is on leave too, so there is no deputy."))
    if deputy is None and possible_deputies(request.work, officer):
        lines.append(
            _("Tasks and reminders go to the colleagues who are here, or else to the head of the section.")
        )
    lines.append(_("Is that right?"))
    numbers = (
        officer.id or 0,
        changes,
        first.toordinal(),
        last.toordinal(),
        (deputy.id or 0) if deputy else NOBODY,
    )
    yes = button(_("Record it"), "leave_ok", *numbers, style="success")
    return screen(request, "\n".join(lines), ((yes, _to_list()),))


def on_confirmed(request: Request) -> Reply:
    """[Catat]."""
    officer, changes = _officer(request), pressed(request, 1)
    try:
        absence, gaps = record_leave(
            request.work,
            officer.id or 0,
            pressed_day(request, 2),
            pressed_day(request, 3),
            _deputy(request),
            changes=changes,
        )
    except LeaveRefusedError as error:
        if error.why == "overlap" and error.absence is not None and _is_same(request, error.absence):
            return show_leave(request, error.absence.id or 0, _("That was noted before."))
        return show_list(request, "⚠️ " + leave_refused(request, error))
    note = _("✅ Recorded.")
    if gaps:
        note += "\n⚠️ " + _gap_words(request, gaps)
    return show_leave(request, absence.id or 0, note)


def _is_same(request: Request, absence: Absence) -> bool:
    """A second tap on the button that has recorded it."""
    return (absence.from_on, absence.until_on) == (pressed_day(request, 2), pressed_day(request, 3))


def _gap_words(request: Request, gaps: tuple[Gap, ...]) -> str:
    today = request.today
    said = [
        _("Nobody of {section} is there {span}.").format(
            section=esc(section(request.institution.pack.unit, gap.role)),
            span=span_words(gap.first_on, gap.last_on, today),
        )
        for gap in gaps
    ]
    return " ".join([*said, _("The head and the admin will be told.")])


def _title(request: Request, officer: Officer) -> str:
    if officer.id == who(request).id:
        return bold(_("Your leave"))
    return bold(_("Leave of {name}").format(name=officer.name))


def _officer(request: Request) -> Officer:
    """Whose leave it is: the button's first number. Raises NotFoundError, NotPermittedError."""
    officer = request.session.get(Officer, pressed(request))
    if officer is None or officer.removed_at is not None:
        raise NotFoundError
    _require(request, officer)
    return officer


def _require(request: Request, officer: Officer) -> None:
    if not may_record_for(request.work, who(request), officer):
        raise NotPermittedError("leave")


def _deputy(request: Request) -> Officer | None:
    number = pressed(request, 4)
    if number == NOBODY:
        return None
    officer = request.session.get(Officer, number)
    if officer is None or officer.removed_at is not None:
        raise NotFoundError
    return officer


def _to_list() -> Button:
    return button(_("Cancel"), "leave_list")


LEAVE = Dialog(
    "leave_from",
    (
        Field("first", _ask_first, _read_first, says=True),
        Field("last", _ask_last, _read_last, says=True),
    ),
    _ask_deputy,
    lambda _talk: _to_list(),
    elsewhere=show_list,
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "leave_whom": on_whom,
        "leave_new": on_new,
        "leave_change": on_change,
        "leave_first": on_first,
        "leave_last": on_last,
        "leave_look": on_look,
        "leave_ok": on_confirmed,
    },
    topics={"leave_until": LEAVE},
    dialogs=(LEAVE,),
)
