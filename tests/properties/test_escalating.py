"""When a head is told of what stays late: whatever the day, across year ends too."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sop_flows.calendar.dates import OfficeHours
from sop_flows.calendar.escalating import late_for
from sop_flows.declarations.loader import load_pack
from sop_flows.declarations.sop import Duration
from sop_flows.packs import find_pack

UNIT = load_pack(find_pack("rppsa_putra_utama")).unit
OFFICE = OfficeHours.of(UNIT)

instants = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
days = st.builds(Duration, amount=st.integers(1, 30), unit=st.just("hari"))
hours = st.builds(Duration, amount=st.integers(1, 24), unit=st.just("jam"))


@given(instants, days, st.booleans())
def test_nobody_is_told_before_it_is_late(since: datetime, after: Duration, by_calendar: bool) -> None:
    told = late_for(OFFICE, since, after, by_calendar=by_calendar)
    assert told > since
    assert told.utcoffset() == timedelta(0)


@given(instants, instants, days, st.booleans())
def test_what_is_due_later_is_not_told_earlier(
    one: datetime, other: datetime, after: Duration, by_calendar: bool
) -> None:
    first, second = sorted((one, other))
    assert late_for(OFFICE, first, after, by_calendar=by_calendar) <= late_for(
        OFFICE, second, after, by_calendar=by_calendar
    )


@given(instants, days, days, st.booleans())
def test_the_kepala_is_not_told_before_the_kasi(
    since: datetime, one: Duration, other: Duration, by_calendar: bool
) -> None:
    sooner, later = sorted((one, other), key=lambda after: after.amount)
    assert late_for(OFFICE, since, sooner, by_calendar=by_calendar) <= late_for(
        OFFICE, since, later, by_calendar=by_calendar
    )


@given(instants, days)
def test_working_days_end_when_the_office_closes_on_one(since: datetime, after: Duration) -> None:
    told = late_for(OFFICE, since, after, by_calendar=False)
    on = OFFICE.local_date(told)
    assert OFFICE.is_working_day(on)
    assert told == OFFICE.closes_at(on)
    between = (
        OFFICE.local_date(since) + timedelta(days=n)
        for n in range(1, (on - OFFICE.local_date(since)).days + 1)
    )
    assert sum(OFFICE.is_working_day(day) for day in between) == after.amount


@given(instants, hours)
def test_hours_of_an_emergency_pass_at_night_too(since: datetime, after: Duration) -> None:
    assert late_for(OFFICE, since, after, by_calendar=True) - since == timedelta(hours=after.amount)
