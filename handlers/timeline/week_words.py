"""How the coming days read: a heading for each day, a line for each task on it."""

from datetime import date, datetime, timedelta

from handlers.cards.task_card import kind_of
from handlers.timeline.when_words import days_ahead
from handlers.ui.request import Request
from handlers.ui.words import (
    _,
    bold,
    child_code,
    clock_words,
    closure_words,
    day_words,
    days_words,
    esc,
    instead_words,
    name_of_task,
    near_day_words,
    subject_prefix,
    subject_words,
)
from sop_flows.notifications.planning import CHOOSE, EVENT_DAY, EVENT_EVE, NOT_CHOSEN
from sop_flows.staffing.own_morning import next_morning, own_time
from sop_flows.views.upcoming import WEEK_DAYS, Coming
from storage.tables import Officer, Reminder, ReminderKind

LINES = 9  # of one screen, days and tasks; with the top and the buttons no thumb has to scroll


def pages(request: Request, coming: tuple[Coming, ...]) -> list[list[str]]:
    """The days in pages of at most LINES lines (HTML); a day that goes on has its heading again."""
    found: list[list[str]] = []
    today = request.institution.today(request.now)
    on: date | None = None
    for one in coming:
        if not found or len(found[-1]) + (2 if one.on != on else 1) > LINES:
            found.append([])
            on = None
        if one.on != on:
            found[-1].append(bold(_capital(near_day_words(one.on, today))))
            on = one.on
        found[-1].append(line_words(request, one))
    return found


def line_words(request: Request, one: Coming) -> str:
    """ "• 07.30 Timbang berat badan ke-2 · untuk besok" (HTML)."""
    s, zone, line = request.session, request.institution.zone, one.line
    clock = clock_words(max(one.at, one.reminders[0].due_at), zone) if one.reminders else ""
    what = name_of_task(line)
    of = (
        _("No. {number}").format(number=child_code(one.child.number)) if one.child else subject_words(s, line)
    )
    said = [f"{subject_prefix(s, line)}{what}", *([of] if of else [])]
    happens = [] if kind_of(line.step) == "daily" and not one.reminders else [_("opens")] if one.opens else []
    happens += [words for row in one.reminders if (words := reminder_words(request, one, row))]
    if one.due_at is not None and (due := clock_words(one.due_at, zone)) == clock:
        happens.append(_("when it is due"))
    elif one.due_at is not None:
        happens.append(_("due {clock}").format(clock=due))
    if happens:
        said.append(", ".join(dict.fromkeys(happens)))
    return f"• {clock} ".rstrip() + " " + " · ".join(said) + instead_words(line)


def reminder_words(request: Request, one: Coming, row: Reminder) -> str:
    """What this reminder is about; "" when the due time of the same day says it."""
    match row.kind:
        case _ if row.rule == CHOOSE:
            return _("a date has to be chosen")
        case _ if row.rule == NOT_CHOSEN:
            return _("unless a date is chosen by then")
        case _ if row.rule == EVENT_EVE:
            return _("the event is tomorrow")
        case _ if row.rule == EVENT_DAY:
            return _("the day of the event")
        case ReminderKind.LEAD:
            days = days_ahead(request, row, one.line)
            return _("for tomorrow") if days == 1 else _("in {days}").format(days=days_words(days))
        case ReminderKind.SNOOZE:
            return _("you asked for it")
        case ReminderKind.HANDED:
            return _("your turn")
        case ReminderKind.ESCALATION:
            return _("if it is still late then")
        case ReminderKind.MORNING if one.due_at is None:
            return _("on its day")
        case ReminderKind.DUE if one.due_at is None:
            return _("when it is due")
    return ""


def list_words(request: Request, officer: Officer) -> str:
    """ "Daftar pagi: pukul 06.30", and from when on when it has just been changed."""
    today = request.institution.today(request.now)
    coming = request.institution.today(next_morning(request.institution, request.now, officer))
    at, later = (own_time(request.institution, officer, on) for on in (coming, coming + timedelta(days=1)))
    said = _("Morning list: at {clock}").format(clock=f"{at:%H.%M}")
    if later != at:
        on = day_words(coming + timedelta(days=1), today)
        said += _(", from {day} on at {clock}").format(day=on, clock=f"{later:%H.%M}")
    return said


def holiday_lines(request: Request) -> list[str]:
    """ "Libur kantor: 6 sampai 15 Maret, Hari Raya Idul Fitri" of the days that the week's list covers (HTML)."""
    last = request.today + timedelta(days=WEEK_DAYS)
    found = request.institution.office.closures(request.today, last)
    words = esc("; ".join(closure_words(one, request.today) for one in found))
    return [_("Office closed: {days}").format(days=words)] if found else []


def clock_of(minutes: int) -> str:
    """ "06.30" of minutes after midnight."""
    return f"{minutes // 60:02d}.{minutes % 60:02d}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def started_on(on: date, now: datetime, request: Request) -> str:
    """ "mulai besok"."""
    return _("from {day} on").format(day=day_words(on, request.institution.today(now)))
