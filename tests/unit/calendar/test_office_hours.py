"""Working days and hours, against a wall calendar of November and December 2026 and early 2027.

20 November 2026 is a Friday. 24 December is cuti bersama, 25 December Natal (a Friday), 1 January a Friday.
"""

from datetime import UTC, date, datetime, time

import pytest

from sop_flows.calendar.dates import LONG, Closure, OfficeHours
from sop_flows.calendar.errors import ClosedDayError, NaiveTimeError, NoWorkingDayError
from sop_flows.declarations.hours import CalendarFile, ClosingDays, Hours
from tests.support.packs import real_pack
from tests.unit.calendar.offices import calendar_file, office, ramadan, utc, wita


@pytest.mark.parametrize(
    ("on", "works", "why"),
    [
        (date(2026, 11, 20), True, "Friday"),
        (date(2026, 11, 21), False, "Saturday"),
        (date(2026, 11, 22), False, "Sunday"),
        (date(2026, 12, 23), True, "Wednesday before Christmas"),
        (date(2026, 12, 24), False, "cuti bersama"),
        (date(2026, 12, 25), False, "Natal"),
        (date(2027, 1, 1), False, "Tahun Baru"),
        (date(2027, 3, 8), False, "Nyepi"),
    ],
)
def test_which_days_the_office_works(on: date, works: bool, why: str) -> None:
    assert office().is_working_day(on) is works, why


def test_holidays_have_indonesian_names() -> None:
    assert office().holiday_name(date(2026, 12, 24)) == "Cuti Bersama Hari Raya Natal"
    assert office().holiday_name(date(2026, 12, 25)) == "Hari Raya Natal"
    assert office().holiday_name(date(2026, 11, 22)) is None


def test_a_local_decree_adds_a_day_off_and_takes_one_away() -> None:
    changed = office(added={date(2026, 12, 28): "Cuti daerah"}, removed=[date(2026, 12, 24)])
    assert not changed.is_working_day(date(2026, 12, 28))
    assert changed.holiday_name(date(2026, 12, 28)) == "Cuti daerah"
    assert changed.is_working_day(date(2026, 12, 24))
    assert changed.holiday_name(date(2026, 12, 24)) is None
    assert not changed.is_working_day(date(2026, 12, 25))


def test_a_removed_holiday_on_a_sunday_stays_closed() -> None:
    assert not office(removed=[date(2026, 3, 22)]).is_working_day(date(2026, 3, 22))


def test_a_half_day_opens_a_day_of_cuti_bersama() -> None:
    half = office(half_days={date(2026, 12, 24): "08.00-12.00"})
    assert half.is_working_day(date(2026, 12, 24))
    assert half.closes_at(date(2026, 12, 24)) == utc("2026-12-24 04.00")


def test_an_added_day_off_closes_a_half_day() -> None:
    closed = office(half_days={date(2026, 12, 23): "08.00-12.00"}, added={date(2026, 12, 23): "Libur"})
    assert not closed.is_working_day(date(2026, 12, 23))


SEMESTER = ClosingDays(name="Libur semester", first_on=date(2027, 6, 21), last_on=date(2027, 6, 25))


def test_the_unit_closes_by_its_own_decision() -> None:
    closed = office(closing_days=(SEMESTER, ClosingDays(name="Hari jadi", first_on=date(2027, 6, 30))))
    assert [on for on in range(18, 31) if closed.is_working_day(date(2027, 6, on))] == [18, 28, 29]
    assert closed.holiday_name(date(2027, 6, 21)) == "Libur semester"
    assert closed.holiday_name(date(2027, 6, 30)) == "Hari jadi"
    assert closed.add_days(utc("2027-06-18 02.00"), 1) == utc("2027-06-28 08.00")  # Friday to Monday week


def test_a_half_day_or_a_removed_day_opens_a_closing_day() -> None:
    opened = office(
        closing_days=(SEMESTER,), half_days={date(2027, 6, 22): "08.00-12.00"}, removed=[date(2027, 6, 23)]
    )
    assert [on for on in range(21, 26) if opened.is_working_day(date(2027, 6, on))] == [22, 23]
    assert opened.closes_at(date(2027, 6, 22)) == utc("2027-06-22 04.00")
    assert opened.closes_at(date(2027, 6, 23)) == utc("2027-06-23 08.00")
    assert opened.holiday_name(date(2027, 6, 23)) is None


def test_a_season_changes_the_weekdays_it_lists() -> None:
    fasting = office(seasons=(ramadan(date(2027, 2, 8), date(2027, 3, 8)),))
    assert fasting.closes_at(date(2027, 2, 1)) == utc("2027-02-01 08.00")  # the Monday before
    assert fasting.closes_at(date(2027, 2, 8)) == utc("2027-02-08 07.00")  # its first Monday: 15.00 WITA
    assert fasting.closes_at(date(2027, 3, 1)) == utc("2027-03-01 07.00")
    assert fasting.closes_at(date(2027, 2, 9)) == utc("2027-02-09 08.00")  # a Tuesday, not listed


def test_opening_and_closing_are_utc() -> None:
    assert office().opens_at(date(2026, 11, 20)) == utc("2026-11-20 00.00")
    assert office().closes_at(date(2026, 11, 20)) == utc("2026-11-20 08.00")


def test_a_closed_day_has_no_closing_time() -> None:
    with pytest.raises(ClosedDayError, match="2026-11-22"):
        office().closes_at(date(2026, 11, 22))


def test_the_nearest_working_day_is_the_day_itself_if_it_works() -> None:
    assert office().next_working_day(date(2026, 11, 20)) == date(2026, 11, 20)
    assert office().previous_working_day(date(2026, 11, 20)) == date(2026, 11, 20)
    assert office().next_working_day(date(2026, 12, 24)) == date(2026, 12, 28)
    assert office().previous_working_day(date(2026, 12, 27)) == date(2026, 12, 23)


@pytest.mark.parametrize(
    ("opened", "days", "due", "why"),
    [
        ("2026-11-20 09.00", 2, "2026-11-24 08.00", "9.2.01 step 5: Friday + 2 is Tuesday 16.00 WITA"),
        ("2026-11-20 09.00", 1, "2026-11-23 08.00", "Friday + 1 is Monday"),
        ("2026-11-21 10.00", 1, "2026-11-23 08.00", "opened on Saturday, Monday is the first day"),
        ("2026-11-23 19.00", 1, "2026-11-24 08.00", "opened in the evening, that day is over"),
        ("2026-12-23 09.00", 1, "2026-12-28 08.00", "over cuti bersama, Natal and the weekend"),
        (
            "2026-12-30 09.00",
            3,
            "2027-01-05 08.00",
            "Thursday 31, Monday 4, Tuesday 5; 1 January is a holiday",
        ),
    ],
)
def test_working_days_end_at_closing_time(opened: str, days: int, due: str, why: str) -> None:
    changed = office(removed=[date(2027, 1, 5)])  # Isra Mikraj, a Tuesday; here the unit works
    assert changed.add_days(wita(opened), days) == utc(due), why


def test_a_day_begins_at_local_midnight() -> None:
    # 16.30 UTC on Thursday is 00.30 WITA on Friday: Friday is the day it opened.
    assert office().add_days(utc("2026-11-19 16.30"), 1) == utc("2026-11-23 08.00")


def test_working_days_end_when_a_half_day_ends() -> None:
    half = office(half_days={date(2026, 12, 24): "08.00-12.00"})
    assert half.add_days(wita("2026-12-23 09.00"), 1) == utc("2026-12-24 04.00")


@pytest.mark.parametrize(
    ("opened", "hours", "ends", "why"),
    [
        ("2026-11-23 09.15", 1, "2026-11-23 10.15", "within the morning"),
        ("2026-11-23 11.30", 1, "2026-11-23 13.30", "over the break"),
        ("2026-11-23 11.00", 1, "2026-11-23 12.00", "ends with the morning, not after the break"),
        ("2026-11-23 12.20", 1, "2026-11-23 14.00", "opened in the break"),
        ("2026-11-23 15.30", 1, "2026-11-24 08.30", "carried over closing time"),
        ("2026-11-23 15.00", 1, "2026-11-23 16.00", "ends with the day, not the next morning"),
        ("2026-11-23 06.00", 1, "2026-11-23 09.00", "opened before the office"),
        ("2026-11-23 18.00", 2, "2026-11-24 10.00", "opened after the office"),
        ("2026-11-20 15.30", 1, "2026-11-23 08.30", "over the weekend"),
        ("2026-11-20 11.00", 1, "2026-11-20 14.00", "over the longer break of Friday"),
        ("2026-11-23 09.00", 4, "2026-11-23 14.00", "9.1.23: 4 jam"),
        ("2026-11-23 09.00", 8, "2026-11-24 10.00", "a day has 7 open hours"),
        ("2026-12-23 15.00", 2, "2026-12-28 09.00", "over cuti bersama, Natal and the weekend"),
        ("2026-11-22 09.00", 0, "2026-11-22 09.00", "no hours are no wait, even on a Sunday"),
    ],
)
def test_open_hours_are_carried_over(opened: str, hours: int, ends: str, why: str) -> None:
    assert office().add_hours(wita(opened), hours) == wita(ends), why


def test_what_makes_no_sense_is_refused() -> None:
    naive = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 - the naive one is the point
    with pytest.raises(NaiveTimeError, match="no zone"):
        office().add_days(naive, 1)
    with pytest.raises(NaiveTimeError):
        office().add_hours(naive, 1)
    with pytest.raises(ValueError, match="at least 1"):
        office().add_days(utc("2026-11-20 01.00"), 0)
    with pytest.raises(ValueError, match="not negative"):
        office().add_hours(utc("2026-11-20 01.00"), -1)


def test_a_calendar_that_never_opens_is_noticed() -> None:
    never = CalendarFile.model_validate({"hours": {"minggu": "08.00-12.00"}})
    closed = OfficeHours(never, "Asia/Makassar", added={date(2026, 11, 22): "Libur"})
    assert closed.next_working_day(date(2026, 11, 22)) == date(2026, 11, 29)
    sundays = {date.fromordinal(date(2026, 11, 22).toordinal() + 7 * week): "Libur" for week in range(60)}
    with pytest.raises(NoWorkingDayError):
        OfficeHours(never, "Asia/Makassar", added=sundays).next_working_day(date(2026, 11, 22))


def test_local_date_and_back() -> None:
    assert office().local_date(utc("2026-11-30 17.00")) == date(2026, 12, 1)
    assert office().at(date(2026, 12, 1), time(7, 30)) == utc("2026-11-30 23.30")
    assert office().at(date(2026, 12, 1), time(7, 30)).tzinfo is UTC


def test_hours_are_read_and_written_the_same() -> None:
    for text in ("08.00-12.00", "08.00-16.00, istirahat 12.00-13.00, istirahat 15.00-15.15"):
        assert str(Hours.parse(text)) == text
    assert len(calendar_file().hours) == 5


def test_long_holidays_are_named_by_their_feasts() -> None:
    """Nyepi and Idul Fitri 2027 with their cuti bersama and two weekends: ten days."""
    unit = real_pack().unit
    ours = OfficeHours.of(unit)
    lebaran = Closure(date(2027, 3, 6), date(2027, 3, 15), ("Hari Suci Nyepi", "Hari Raya Idul Fitri"))
    assert ours.closures(date(2027, 2, 20), date(2027, 3, 20), LONG) == (lebaran,)
    assert ours.closures(date(2027, 3, 10), date(2027, 3, 11)) == (lebaran,)  # at its whole length
    assert ours.closures(date(2026, 12, 20), date(2027, 1, 4), LONG) == ()  # Christmas is four days
    assert [one.names for one in ours.closures(date(2026, 12, 20), date(2027, 1, 4))] == [
        ("Hari Raya Natal",),
        ("Tahun Baru Masehi",),
    ]
    assert ours.closures(date(2026, 11, 2), date(2026, 11, 15)) == ()  # a weekend is no holiday


def test_in_ramadan_the_office_closes_earlier_and_meals_have_other_names() -> None:
    ours = OfficeHours.of(real_pack().unit)
    assert ours.closes_at(date(2027, 2, 9)) == wita("2027-02-09 15.00")
    assert ours.closes_at(date(2027, 3, 16)) == wita("2027-03-16 16.00")
    assert [ours.tick_word(date(2027, 2, 9), word) for word in ("pagi", "siang", "malam")] == [
        "sahur",
        "siang",
        "berbuka",
    ]
    assert ours.tick_word(date(2027, 3, 16), "pagi") == "pagi"
    assert ours.add_days(wita("2027-02-09 09.00"), 1) == wita("2027-02-10 15.00")
    assert ours.add_days(wita("2027-03-05 09.00"), 2) == wita("2027-03-17 16.00")  # over Nyepi and Lebaran
