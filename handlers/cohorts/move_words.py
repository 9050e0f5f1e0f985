"""What is said when the dates of an angkatan move: from which day to which, what moves along, why not."""

from datetime import date

from handlers.ui.words import _, date_words, esc, ngettext, weekday_words
from sop_flows.actions.cohorts.cohorts import STAY_MAX_DAYS, StayOddError
from sop_flows.actions.cohorts.date_changes import Changes
from sop_flows.actions.cohorts.moving_dates import DepartureOverError, HasHappenedError
from sop_flows.errors import RuleError
from storage.tables import Cohort

OCCURRENCES_SHOWN = 3  # that a stay no longer has, or now has


def move_lines(cohort: Cohort, arrival_on: date, departure_on: date) -> list[str]:
    """ "Kedatangan: Selasa 1 Desember → Jumat 4 Desember", for each of the two that moves."""
    lines = []
    if arrival_on != cohort.arrival_on:
        lines.append(
            _("Arrival: {old} → {new}").format(
                old=weekday_words(cohort.arrival_on, arrival_on),
                new=weekday_words(arrival_on, cohort.arrival_on),
            )
        )
    if departure_on != cohort.departure_on:
        lines.append(
            _("Departure: {old} → {new}").format(
                old=weekday_words(cohort.departure_on, departure_on),
                new=weekday_words(departure_on, cohort.departure_on),
            )
        )
    return lines


def changes_words(changes: Changes) -> list[str]:
    """ "Sudah selesai: 12 langkah tetap. Pindah: 31." and which occurrences go or come."""
    done = ngettext("Done already: {count} step stays.", "Done already: {count} steps stay.", changes.done)
    moved = ngettext("{count} step moves.", "{count} steps move.", len(changes.moved))
    lines = [done.format(count=changes.done) + " " + moved.format(count=len(changes.moved))]
    for one, number in changes.gone[:OCCURRENCES_SHOWN]:
        gone = _("{step} no. {nth} is no longer there.")
        lines.append(gone.format(step=esc(one.step.short), nth=number))
    for one, number in changes.added[:OCCURRENCES_SHOWN]:
        added = _("{step} no. {nth} is added.")
        lines.append(added.format(step=esc(one.step.short), nth=number))
    return lines


def refused_words(error: RuleError) -> str:
    """Why the dates can not move so."""
    match error:
        case HasHappenedError(anchor="arrival"):
            return _(
                "The children have come (SOP {sop} step {step} is done): their arrival can not move."
            ).format(sop=esc(error.sop), step=error.step)
        case HasHappenedError():
            return _(
                "The children have left (SOP {sop} step {step} is done): their departure can not move."
            ).format(sop=esc(error.sop), step=error.step)
        case DepartureOverError():
            return _("{day} is over. Type a departure from today on.").format(
                day=date_words(error.departure_on)
            )
        case StayOddError(departure_on=None):
            return _("{day} is too far from today. Type the date once more.").format(
                day=date_words(error.arrival_on)
            )
        case StayOddError():
            return _("The departure must come after the arrival on {day}, within {count} days.").format(
                day=date_words(error.arrival_on), count=STAY_MAX_DAYS
            )
    return _("That is the date it has already. Type another one.")
