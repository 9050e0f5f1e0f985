"""Which days a recurring step is owed."""

from datetime import date, time

import pytest
from pydantic import ValidationError

from sop_flows.calendar.dates import Anchors, Occurrence, occurrences
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.timing import Every

ARRIVAL, DEPARTURE = date(2026, 12, 1), date(2026, 12, 31)
WEIGH_IN = Every(days=10, first_at=10, until=Offset.parse("departure"))  # 9.2.15 step 4
DAILY = Every(days=1, first_at=0, until=Offset.parse("departure"), card="harian")  # 9.2.12 steps 3-6


def test_weigh_ins_of_a_stay_of_thirty_days() -> None:
    assert occurrences(WEIGH_IN, Anchors(arrival=ARRIVAL, departure=DEPARTURE)) == (
        Occurrence(1, date(2026, 12, 11), date(2026, 12, 11), date(2026, 12, 11), time(16, 0)),
        Occurrence(2, date(2026, 12, 21), date(2026, 12, 21), date(2026, 12, 21), time(16, 0)),
        # day 30 is the departure: the evening before
        Occurrence(3, date(2026, 12, 31), date(2026, 12, 30), date(2026, 12, 30), time(18, 0)),
    )


def test_a_longer_stay_keeps_the_grid() -> None:
    found = occurrences(WEIGH_IN, Anchors(arrival=ARRIVAL, departure=date(2027, 1, 3)))
    assert [(one.on, one.due_on) for one in found] == [
        (date(2026, 12, 11), date(2026, 12, 11)),
        (date(2026, 12, 21), date(2026, 12, 21)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ]


def test_a_stay_that_ends_before_the_first_has_none() -> None:
    assert occurrences(WEIGH_IN, Anchors(arrival=ARRIVAL, departure=date(2026, 12, 10))) == ()


@pytest.mark.parametrize(
    ("departs", "days"),
    [
        ("2026-12-31", [11, 21, 30]),  # of 30 days, as the document has it
        ("2026-12-30", [11, 21, 29]),  # a day shorter: the last one is not lost
        ("2026-12-24", [11, 23]),  # the 21st is two days before: it gives way
        ("2026-12-22", [11, 21]),  # on the eve already
        ("2026-12-25", [11, 21, 24]),
        ("2026-12-10", [9]),
        ("2026-12-02", []),  # on the day of arrival they are weighed anyway
    ],
)
def test_with_a_closing_one_the_last_is_on_the_eve(departs: str, days: list[int]) -> None:
    closing = WEIGH_IN.model_copy(update={"closing": True})
    found = occurrences(closing, Anchors(arrival=ARRIVAL, departure=date.fromisoformat(departs)))
    assert [one.due_on.day for one in found] == days
    assert [one.number for one in found] == [*range(1, len(days) + 1)]


def test_only_a_grid_of_some_days_until_the_departure_has_a_closing_one() -> None:
    for wrong in ({"days": 1}, {"until": Offset.parse("departure - 1 hari")}):
        with pytest.raises(ValidationError, match="closing"):
            Every.model_validate({"days": 10, "first_at": 10, "until": "departure", "closing": True} | wrong)


def test_daily_work_is_owed_from_the_arrival_up_to_and_on_the_departure() -> None:
    found = occurrences(DAILY, Anchors(arrival=ARRIVAL, departure=DEPARTURE))
    assert len(found) == 31
    assert found[0] == Occurrence(1, ARRIVAL, ARRIVAL, ARRIVAL, time(20, 0))
    assert found[-1] == Occurrence(31, DEPARTURE, DEPARTURE, DEPARTURE, time(20, 0))


def test_a_grid_may_count_from_the_departure() -> None:
    last_week = Every(
        days=7,
        anchor=Offset.parse("departure - 14 hari"),
        first_at=0,
        until=Offset.parse("departure - 1 hari"),
    )
    assert [one.on for one in occurrences(last_week, Anchors(arrival=ARRIVAL, departure=DEPARTURE))] == [
        date(2026, 12, 17),
        date(2026, 12, 24),
    ]
