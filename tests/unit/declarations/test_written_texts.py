"""Durations, dates and reminders are read from short texts and written back the same."""

import pytest

from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Duration
from sop_flows.declarations.timing import Remind


@pytest.mark.parametrize(
    ("text", "amount", "unit", "amount_max"),
    [
        ("1 hari", 1, "hari", None),
        ("4 jam", 4, "jam", None),
        ("15 hari", 15, "hari", None),
        ("3-6 bulan", 3, "bulan", 6),
    ],
)
def test_durations(text: str, amount: int, unit: str, amount_max: int | None) -> None:
    duration = Duration.parse(text)
    assert (duration.amount, duration.unit, duration.amount_max) == (amount, unit, amount_max)
    assert str(duration) == text


@pytest.mark.parametrize(
    "text", ["", "hari", "1", "1hari", "1 hr", "0 hari", "-1 hari", "6-3 bulan", "1.5 jam", "1 hari "]
)
def test_texts_that_are_no_durations(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of two reasons does not matter here
        Duration.parse(text)


@pytest.mark.parametrize(
    ("text", "anchor", "days"),
    [
        ("arrival", "arrival", 0),
        ("arrival - 21 hari", "arrival", -21),
        ("departure + 1 hari", "departure", 1),
    ],
)
def test_offsets(text: str, anchor: str, days: int) -> None:
    offset = Offset.parse(text)
    assert (offset.anchor, offset.days) == (anchor, days)
    assert str(offset) == text


@pytest.mark.parametrize(
    "text", ["", "tiba", "arrival-21 hari", "arrival - hari", "arrival + 1 jam", "Arrival"]
)
def test_texts_that_are_no_offsets(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        Offset.parse(text)


@pytest.mark.parametrize(
    ("text", "kind", "days"),
    [("-3 hari", "lead", 3), ("pagi hari H", "morning", 0), ("jatuh tempo", "due", 0)],
)
def test_reminders(text: str, kind: str, days: int) -> None:
    remind = Remind.parse(text)
    assert (remind.kind, remind.days) == (kind, days)
    assert str(remind) == text


@pytest.mark.parametrize("text", ["", "3 hari", "-0 hari", "+1 hari", "pagi"])
def test_texts_that_are_no_reminders(text: str) -> None:
    with pytest.raises(ValueError, match="is no reminder"):
        Remind.parse(text)
