"""Quiet hours: 20.00 to 06.00 local."""

from datetime import datetime

import pytest

from sop_flows.calendar.errors import NaiveTimeError
from sop_flows.calendar.moments import after_quiet
from tests.unit.calendar.offices import wita


@pytest.mark.parametrize(
    ("at", "moved"),
    [
        ("2026-12-01 19.59", "2026-12-01 19.59"),
        ("2026-12-01 20.00", "2026-12-02 06.00"),
        ("2026-12-01 23.30", "2026-12-02 06.00"),
        ("2026-12-02 00.00", "2026-12-02 06.00"),
        ("2026-12-02 05.59", "2026-12-02 06.00"),
        ("2026-12-02 06.00", "2026-12-02 06.00"),
        ("2026-12-31 21.00", "2027-01-01 06.00"),
    ],
)
def test_what_falls_into_the_night_waits_for_six(at: str, moved: str) -> None:
    assert after_quiet(wita(at), "Asia/Makassar") == wita(moved)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(NaiveTimeError):
        after_quiet(datetime(2026, 12, 1, 21, 0), "Asia/Makassar")  # noqa: DTZ001
