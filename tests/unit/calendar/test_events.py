"""The day that an officer chooses: of the parents' visit (SOP 9.1.09 step 1), of an outing (9.2.07 step 2)."""

from datetime import date, datetime, timedelta

import pytest

from sop_flows.calendar.dates import Anchors, OfficeHours, visit_day
from sop_flows.calendar.events import choice_closes_on, possible_days, proposed_day, window
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.timing import ChooseDate, Remind
from tests.support.clocks import WITA
from tests.support.packs import real_pack

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
    assert visit_day(WEEK_TWO, Anchors(arrival=arrival)) == sunday


def test_the_window_is_days_seven_to_thirteen() -> None:
    assert window(WEEK_TWO, Anchors(arrival=date(2026, 12, 1))) == (date(2026, 12, 8), date(2026, 12, 14))


def test_a_window_without_the_weekday_proposes_its_last_day() -> None:
    short = WEEK_TWO.model_copy(update={"latest": Offset.parse("arrival + 9 hari")})
    assert visit_day(short, Anchors(arrival=date(2026, 12, 1))) == date(2026, 12, 10)


def test_the_head_is_told_on_day_four() -> None:
    assert choice_closes_on(WEEK_TWO, LEADS, date(2026, 12, 1), date(2026, 12, 13)) == date(2026, 12, 5)


def test_the_head_is_told_on_day_three_when_the_visit_is_on_day_seven() -> None:
    # Arrival on Sunday 6 December, visit on the 13th, its lead on the 10th: day 4 would be too late.
    assert choice_closes_on(WEEK_TWO, LEADS, date(2026, 12, 6), date(2026, 12, 13)) == date(2026, 12, 9)


# --- events -------------------------------------------------------------------------------------------------

PACK = real_pack()
OFFICE = OfficeHours.of(PACK.unit)
OUTING, STUDY, LEISURE, MEETING = (PACK.sops[number] for number in ("9.2.07", "9.1.07", "9.1.13", "9.1.11"))
TUESDAY = date(2026, 12, 1)


def stay(arrival: date, days: int, start: date) -> Anchors:
    return Anchors(None, arrival, arrival + timedelta(days=days)).of_run(start)


def opened(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), WITA)


OF_THE_OUTING = (opened(date(2026, 12, 7)), stay(TUESDAY, 30, date(2026, 12, 7)), OFFICE)


def test_the_first_saturday_of_the_window_is_proposed() -> None:
    assert proposed_day(OUTING, *OF_THE_OUTING) == date(2026, 12, 12)


def test_a_day_that_is_taken_is_not_proposed() -> None:
    taken = {date(2026, 12, 12), date(2026, 12, 13)}
    assert proposed_day(OUTING, *OF_THE_OUTING, taken) == date(2026, 12, 14)
    assert taken.isdisjoint(possible_days(OUTING, *OF_THE_OUTING, taken))


def test_the_third_working_day_does_not_move_with_what_is_chosen_later() -> None:
    its = (opened(date(2026, 12, 14)), stay(TUESDAY, 30, date(2026, 12, 12)), OFFICE)
    assert proposed_day(STUDY, *its) == date(2026, 12, 21)  # 17, 18, 21 December
    assert proposed_day(STUDY, *its, {date(2026, 12, 17)}) == date(2026, 12, 21)
    assert proposed_day(STUDY, *its, {date(2026, 12, 21)}) == date(2026, 12, 22)


def test_the_window_ends_two_days_before_they_leave() -> None:
    its = (opened(date(2026, 12, 7)), stay(TUESDAY, 14, date(2026, 12, 7)), OFFICE)
    assert possible_days(OUTING, *its) == (date(2026, 12, 12), date(2026, 12, 13))


def test_a_short_stay_has_no_day_for_it() -> None:
    its = (opened(date(2026, 12, 14)), stay(TUESDAY, 14, date(2026, 12, 12)), OFFICE)
    assert possible_days(STUDY, *its) == ()
    assert proposed_day(STUDY, *its) is None


def test_what_has_to_be_sent_three_days_before_leaves_time_for_it() -> None:
    late = date(2026, 12, 18)  # opened six days late: chosen by Friday, the letter three days before
    days = possible_days(STUDY, opened(late), stay(TUESDAY, 30, late), OFFICE)
    assert days[0] == date(2026, 12, 21)


def test_an_event_that_counts_from_the_start_of_its_run_is_never_left_out() -> None:
    start = date(2026, 12, 30)
    its = (opened(start), stay(TUESDAY, 30, start), OFFICE)
    assert proposed_day(MEETING, *its) is not None
