"""The date that an officer chooses within a window: the parents' visit in week two (SOP 9.1.09)."""

from collections.abc import Iterable
from datetime import date, timedelta

from sop_flows.declarations.timing import ChooseDate, Remind


def proposed_visit_on(choose_date: ChooseDate, arrival: date) -> date:
    """The proposal: the first day of the window that falls on its weekday, else the last day of the window."""
    earliest, latest = window(choose_date, arrival)
    days = (choose_date.propose_weekday - earliest.weekday()) % 7
    return min(earliest + timedelta(days=days), latest)


def window(choose_date: ChooseDate, arrival: date) -> tuple[date, date]:
    """First and last day that may be chosen."""
    return (
        arrival + timedelta(days=choose_date.earliest.days),
        arrival + timedelta(days=choose_date.latest.days),
    )


def choice_closes_on(choose_date: ChooseDate, reminds: Iterable[Remind], arrival: date) -> date:
    """The day on which the head is told that nobody chose, and the proposal stands.

    `chosen_by`, or earlier when the proposed day is so early that its longest lead would be missed: for a
    visit on day 7 with a lead of 3 days it is day 3, not day 4.
    """
    lead = max((remind.days for remind in reminds), default=0)
    before_lead = proposed_visit_on(choose_date, arrival) - timedelta(days=lead + 1)
    return min(arrival + timedelta(days=choose_date.chosen_by.days), before_lead)
