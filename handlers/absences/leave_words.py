"""How a leave is said: its days, its stand-in, why it can't be recorded."""

from datetime import date

from handlers.looks.dates import plain_date_words
from handlers.looks.markup import esc
from handlers.looks.wording import _
from handlers.visit import Visit
from sop_flows.actions.leave.leave import LeaveRefusedError
from sop_flows.limits import LEAVE_AHEAD_DAYS, LEAVE_BACK_DAYS
from storage.tables import Absence


def span_words(first: date, last: date, today: date) -> str:
    """ "7 sampai 10 Desember", "7 Desember", "28 Desember sampai 3 Januari 2027"."""
    until = plain_date_words(last, today)
    if first == last:
        return until
    if (first.year, first.month) == (last.year, last.month):
        return _("{first} to {last}").format(first=first.day, last=until)
    return _("{first} to {last}").format(first=plain_date_words(first, today), last=until)


def capital(words: str) -> str:
    """With a capital first letter: "Hari ini"."""
    return words[:1].upper() + words[1:]


def leave_span(visit: Visit, absence: Absence) -> str:
    """The days of a leave in words."""
    return span_words(absence.from_on, absence.until_on, visit.house.today(visit.now))


def leave_refused(visit: Visit, error: LeaveRefusedError) -> str:
    """One or two sentences (HTML) that say why, and what would do."""
    span = "" if error.absence is None else leave_span(visit, error.absence)
    match error.why:
        case "backwards":
            return _("The last day lies before the first one. Choose the last day again.")
        case "past":
            return _("Those days have passed. A leave has to last until today or later.")
        case "too_old":
            return _("The first day is more than {days} days ago. Choose a later one.").format(
                days=LEAVE_BACK_DAYS
            )
        case "too_far":
            return _("The last day is more than {days} days ahead. Choose an earlier one.").format(
                days=LEAVE_AHEAD_DAYS
            )
        case "overlap":
            return _(
                "A leave from {span} is recorded already. Change that one, or choose other days."
            ).format(span=span)
        case "stand_in_away":
            return _("{name} is on leave too, from {span}. Choose somebody else.").format(
                name=esc(error.name), span=span
            )
        case "not_a_colleague":
            return _("{name} can not stand in here: it has to be a colleague of the same role.").format(
                name=esc(error.name)
            )
        case "not_oneself":
            return _("Nobody makes himself the stand-in of the head of the house. Choose somebody else.")
    return _("This leave has ended already.")
