"""The date of the parents' visit (SOP 9.1.09 step 1)."""

from datetime import date

import pytest

from sop_flows.calendar.chosen_date import choice_closes_on, proposed_visit_on, window
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.timing import ChooseDate, Remind

WEEK_TWO = ChooseDate(
    earliest=Offset.parse("arrival + 7 hari"),
    latest=Offset.parse("arrival + 13 hari"),
    propose_weekday=6,
    chosen_by=Offset.parse("arrival + 4 hari"),
)
LEADS = (Remind.parse("-3 hari"), Remind.parse("-1 hari"), Remind.parse("pagi hari H"))


@pytest.mark.parametrize(
    ("arrival", "sunday"),
    [
        (date(2026, 12, 1), date(2026, 12, 13)),  # Tuesday
        (date(2026, 11, 30), date(2026, 12, 13)),  # Monday: day 13, the last
        (date(2026, 12, 6), date(2026, 12, 13)),  # Sunday: day 7, the first
        (date(2026, 12, 5), date(2026, 12, 13)),  # Saturday
    ],
)
def test_the_sunday_of_week_two_is_proposed(arrival: date, sunday: date) -> None:
    assert proposed_visit_on(WEEK_TWO, arrival) == sunday


def test_the_window_is_days_seven_to_thirteen() -> None:
    assert window(WEEK_TWO, date(2026, 12, 1)) == (date(2026, 12, 8), date(2026, 12, 14))


def test_a_window_without_the_weekday_proposes_its_last_day() -> None:
    short = WEEK_TWO.model_copy(update={"latest": Offset.parse("arrival + 9 hari")})
    assert proposed_visit_on(short, date(2026, 12, 1)) == date(2026, 12, 10)


def test_the_head_is_told_on_day_four() -> None:
    assert choice_closes_on(WEEK_TWO, LEADS, date(2026, 12, 1)) == date(2026, 12, 5)


def test_the_head_is_told_on_day_three_when_the_visit_is_on_day_seven() -> None:
    # Arrival on Sunday 6 December, visit on the 13th, its lead on the 10th: day 4 would be too late.
    assert choice_closes_on(WEEK_TWO, LEADS, date(2026, 12, 6)) == date(2026, 12, 9)
