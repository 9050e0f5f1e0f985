"""Days as officers type and read them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.ui.dates import day_words, due_words, moment_words, stamp_words
from sop_flows.handbook.typed_days import parse_day

WITA = ZoneInfo("Asia/Makassar")
TODAY = date(2026, 12, 2)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hari ini", date(2026, 12, 2)),
        ("Kemarin", date(2026, 12, 1)),
        ("kemarin lusa", date(2026, 11, 30)),
        ("3 hari lalu", date(2026, 11, 29)),
        ("30 november", date(2026, 11, 30)),
        ("tgl 30", date(2026, 11, 30)),
        ("Senin", date(2026, 11, 30)),
        ("rabu", date(2026, 12, 2)),
        ("30/11", date(2026, 11, 30)),
        ("30-11-2026", date(2026, 11, 30)),
        ("2026-11-30", date(2026, 11, 30)),
        ("Senin, 30 November 2026", date(2026, 11, 30)),
        ("1 agt", date(2026, 8, 1)),
        ("minggu lalu", date(2026, 11, 25)),
        ("minggu yg lalu", date(2026, 11, 25)),
        ("hari minggu lalu", date(2026, 11, 29)),
        ("minggu", date(2026, 11, 29)),
        ("rabu lalu", date(2026, 11, 25)),
        ("27", date(2026, 11, 27)),
        ("kmrn", date(2026, 12, 1)),
        ("dua hari yang lalu", date(2026, 11, 30)),
        ("2 hari yg lalu", date(2026, 11, 30)),
        ("32", None),
        ("0", None),
        ("halo", None),
        ("31 februari", None),
        ("24,5", None),
        ("", None),
    ],
)
def test_days_of_the_past(text: str, day: date | None) -> None:
    assert parse_day(text, TODAY, "past") == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("besok", date(2026, 12, 3)),
        ("lusa", date(2026, 12, 4)),
        ("senin", date(2026, 12, 7)),
        ("rabu", date(2026, 12, 9)),
        ("20 desember", date(2026, 12, 20)),
        ("20 Des 2026", date(2026, 12, 20)),
        ("3 januari", date(2027, 1, 3)),
        ("1 desember", date(2026, 12, 1)),  # just gone: the answer says so, it does not jump a year
        ("minggu depan", date(2026, 12, 9)),
        ("seminggu lagi", date(2026, 12, 9)),
        ("rabu depan", date(2026, 12, 9)),
        ("27", date(2026, 12, 27)),
        ("1", date(2027, 1, 1)),
        ("5 hari lagi", date(2026, 12, 7)),
    ],
)
def test_days_to_come(text: str, day: date) -> None:
    assert parse_day(text, TODAY, "future") == day


def test_days_in_words() -> None:
    assert day_words(TODAY, TODAY) == "hari ini"
    assert day_words(date(2026, 12, 3), TODAY) == "besok"
    assert day_words(date(2026, 12, 1), TODAY) == "kemarin"
    assert day_words(date(2026, 12, 13), TODAY) == "Minggu, 13 Desember 2026"


def test_times_are_said_in_wita() -> None:
    now = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)  # 09.00 in Mataram
    assert due_words(datetime(2026, 12, 2, 8, 0, tzinfo=UTC), now, WITA) == "hari ini, 16.00"
    assert due_words(datetime(2026, 12, 2, 23, 30, tzinfo=UTC), now, WITA) == "besok, 07.30"
    assert moment_words(datetime(2026, 12, 2, 0, 15, tzinfo=UTC), now, WITA) == "tadi pukul 08.15"
    assert moment_words(datetime(2026, 12, 1, 2, 15, tzinfo=UTC), now, WITA) == "kemarin pukul 10.15"
    assert moment_words(datetime(2026, 11, 27, 2, 0, tzinfo=UTC), now, WITA) == "pada 27 November pukul 10.00"
    assert stamp_words(datetime(2026, 12, 2, 0, 42, tzinfo=UTC), now, WITA) == "2 Desember 08.42"
