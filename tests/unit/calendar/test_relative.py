"""Dates of a stay from Tuesday 1 December to Thursday 31 December 2026."""

from datetime import date

import pytest

from sop_flows.calendar.dates import Anchors, resolve, start_on
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Clock
from tests.unit.calendar.offices import office
from tests.unit.calendar.test_due import invented_sop

ARRIVAL, DEPARTURE = date(2026, 12, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("written", "on"),
    [
        ("arrival", date(2026, 12, 1)),
        ("arrival - 21 hari", date(2026, 11, 10)),
        ("arrival - 30 hari", date(2026, 11, 1)),
        ("departure - 3 hari", date(2026, 12, 28)),
        ("departure + 1 hari", date(2027, 1, 1)),
    ],
)
def test_offsets_are_calendar_days(written: str, on: date) -> None:
    assert resolve(Offset.parse(written), Anchors(arrival=ARRIVAL, departure=DEPARTURE)) == on


@pytest.mark.parametrize(
    ("written", "clock", "on", "why"),
    [
        ("arrival - 30 hari", "kerja", date(2026, 11, 2), "Sunday 1 November goes forward to Monday"),
        ("arrival - 30 hari", "kalender", date(2026, 11, 1), "care of children does not wait for the office"),
        ("arrival + 4 hari", "kerja", date(2026, 12, 7), "Saturday goes forward to Monday"),
        ("departure + 1 hari", "kerja", date(2027, 1, 4), "New Year's Friday goes forward to Monday"),
        (
            "departure - 7 hari",
            "kerja",
            date(2026, 12, 23),
            "cuti bersama on Thursday goes back to Wednesday",
        ),
        ("arrival", "kerja", date(2026, 12, 1), "a working day stays"),
    ],
)
def test_office_work_starts_on_a_working_day(written: str, clock: Clock, on: date, why: str) -> None:
    assert (
        start_on(
            Offset.parse(written),
            Anchors(arrival=ARRIVAL, departure=DEPARTURE),
            invented_sop(clock),
            office(),
        )
        == on
    ), why
