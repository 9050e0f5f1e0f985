"""Days as officers type and read them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.ui.words import day_words, due_words, moment_words, not_a_day, stamp_words
from sop_flows.handbook.typed_days import TypedDay, parse_day, read_day, read_span

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
        ("jum’at", date(2026, 11, 27)),  # the apostrophe of a phone
        ("Jum`at lalu", date(2026, 11, 27)),
        ("kemarin sore", date(2026, 12, 1)),
        ("tadi malam", date(2026, 12, 1)),
        ("tadi siang jam 1", date(2026, 12, 2)),
        ("2 minggu lalu", date(2026, 11, 18)),
        ("sebulan yang lalu", date(2026, 11, 2)),
        ("bulan lalu", date(2026, 11, 2)),
        ("senin minggu lalu", date(2026, 11, 23)),
        ("30 11 2026", date(2026, 11, 30)),
        ("20november", date(2026, 11, 20)),
        ("20 bulan november", date(2026, 11, 20)),
        ("5 jan 27", date(2027, 1, 5)),  # nearer than 1927
        ("5 jan 58", date(1958, 1, 5)),
        ("5/1/16", date(2016, 1, 5)),
        ("selasa 2 desember", None),  # a Wednesday: it has to be asked
        ("jam 15.30", None),  # an hour alone is no day
        ("2 jam lagi", None),
        ("jam 25", None),
        ("kemarin jam 12 malam", None),
        ("senin kemarin", date(2026, 11, 30)),
        ("minggu kemarin", date(2026, 11, 25)),
        ("2 hr yg lalu", date(2026, 11, 30)),
        ("tgl 5 bulan lalu", date(2026, 11, 5)),
        ("kmrn mlm", date(2026, 12, 1)),
        ("12-nov-26", date(2026, 11, 12)),
        ("akhir bulan lalu", date(2026, 11, 30)),
        ("H-3", None),  # before which day?
        ("31/11", None),
        ("012", None),
        ("nanti", None),
        ("nanti saja", None),
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
        ("2 minggu lagi", date(2026, 12, 16)),
        ("dua pekan lagi", date(2026, 12, 16)),
        ("bulan depan", date(2027, 1, 2)),
        ("3 bulan lagi", date(2027, 3, 2)),
        ("senin minggu depan", date(2026, 12, 7)),
        ("jumat minggu depan", date(2026, 12, 11)),
        ("jumat depan", date(2026, 12, 4)),
        ("5 jan 27", date(2027, 1, 5)),
        ("rabu, 2 desember", date(2026, 12, 2)),
        ("hari selasa tanggal 5 januari", date(2027, 1, 5)),
        ("minggu depan hari rabu", date(2026, 12, 9)),
        ("senin besok", date(2026, 12, 7)),
        ("jumaat depan", date(2026, 12, 4)),
        ("akhir bulan", date(2026, 12, 31)),
        ("awal bulan depan", date(2027, 1, 1)),
        ("bulan depan tgl 5", date(2027, 1, 5)),
        ("tanggal 5 bulan depan", date(2027, 1, 5)),
        ("3 hari ke depan", date(2026, 12, 5)),
        ("dlm 3 hari", date(2026, 12, 5)),
        ("besok ya", date(2026, 12, 3)),
        ("selasa 01-12-2026", date(2026, 12, 1)),
    ],
)
def test_days_to_come(text: str, day: date) -> None:
    assert parse_day(text, TODAY, "future") == day


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("besok pagi", date(2026, 12, 3), None),  # the morning is the officer's own
        ("besok siang", date(2026, 12, 3), time(12)),
        ("nanti sore", date(2026, 12, 2), time(15)),
        ("sore ini", date(2026, 12, 2), time(15)),
        ("nanti malam", date(2026, 12, 2), time(18)),
        ("besok jam 9", date(2026, 12, 3), time(9)),
        ("senin pukul 10", date(2026, 12, 7), time(10)),
        ("senin pagi pkl. 08.15 WITA", date(2026, 12, 7), time(8, 15)),
        ("jam 3 sore besok", date(2026, 12, 3), time(15)),
        ("besok jam 1 siang", date(2026, 12, 3), time(13)),
        ("besok jam 11 siang", date(2026, 12, 3), time(11)),
        ("20 desember jam 7 malam", date(2026, 12, 20), time(19)),
        ("jam 15.30", None, time(15, 30)),
        ("pukul 15:30", None, time(15, 30)),
        ("setengah delapan", None, time(7, 30)),  # half past seven
        ("jam setengah 8 malam", None, time(19, 30)),
        ("jam sembilan kurang seperempat", None, time(8, 45)),
        ("besok 09.00", date(2026, 12, 3), time(9)),
        ("senin, 10:30", date(2026, 12, 7), time(10, 30)),
        ("3/12 09.00", date(2026, 12, 3), time(9)),
        ("5 Desember 2026, pukul 14.30", date(2026, 12, 5), time(14, 30)),
        ("nanti sore jam 4", date(2026, 12, 2), time(16)),
        ("nanti jam 3 sore", date(2026, 12, 2), time(15)),
        ("ntar malem", date(2026, 12, 2), time(18)),
        ("malam ini", date(2026, 12, 2), time(18)),
    ],
)
def test_hours_beside_a_day(text: str, day: date | None, at: time | None) -> None:
    assert read_day(text, TODAY, "future") == TypedDay(day, at)


@pytest.mark.parametrize(
    ("text", "minutes"), [("2 jam lagi", 120), ("setengah jam lagi", 30), ("sejam lagi", 60)]
)
def test_so_long_from_now(text: str, minutes: int) -> None:
    assert read_day(text, TODAY, "future") == TypedDay(None, after=timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("3-5 des", 3, 5),
        ("3–5 Des 2026", 3, 5),
        ("3 s/d 5 desember", 3, 5),
        ("dari tgl 3 sampai dengan 5 des", 3, 5),
        ("3/12-5/12", 3, 5),
        ("besok sampai lusa", 3, 4),  # both counted from today
        ("senin s.d. rabu", 7, 9),
        ("senin-rabu", 7, 9),
        ("jumat s/d senin", 4, 7),
        ("3 hari mulai besok", 3, 5),
        ("seminggu mulai senin", 7, 13),
        ("28 des - 3 jan", 28, 34),
    ],
)
def test_from_one_day_to_another(text: str, first: int, last: int) -> None:
    found = read_span(text, lambda words, since: read_day(words, TODAY, "future", since))
    assert found is not None
    december = date(2026, 12, 1).toordinal() - 1
    assert (found.first.toordinal() - december, found.last.toordinal() - december) == (first, last)
    assert found.doubtful is None


@pytest.mark.parametrize("text", ["besok", "3-12-2026", "2026-12-03", "5-12", "halo sampai jumpa"])
def test_one_day_is_no_span(text: str) -> None:
    assert read_span(text, lambda words, since: read_day(words, TODAY, "future", since)) is None


def test_a_span_with_a_wrong_weekday_is_asked_about() -> None:
    found = read_span(
        "jumat 4 des - minggu 7 des", lambda words, since: read_day(words, TODAY, "future", since)
    )
    assert found is not None
    assert found.doubtful == date(2026, 12, 7)  # a Monday


def test_days_counted_from_one_that_nobody_named_are_asked_about() -> None:
    assert not_a_day("H-3", TODAY, "future") == (
        "“H-3” dihitung dari hari yang tidak saya ketahui. Ketik tanggalnya, misalnya 3 Desember."
    )


def test_a_month_later_is_its_last_day_where_it_is_shorter() -> None:
    assert parse_day("bulan depan", date(2027, 1, 31), "future") == date(2027, 2, 28)


def test_what_is_counted_from_today_is_not_counted_from_another_day() -> None:
    friday = date(2026, 12, 4)
    assert parse_day("lusa", TODAY, "future", since=friday) == date(2026, 12, 4)
    assert parse_day("senin", TODAY, "future", since=friday) == date(2026, 12, 7)
    assert parse_day("3", TODAY, "future", since=friday) == date(2027, 1, 3)


def test_a_weekday_that_is_not_that_of_the_date_is_asked_about() -> None:
    assert read_day("selasa 2 desember", TODAY, "future") == TypedDay(date(2026, 12, 2), None, 1)
    assert not_a_day("selasa 2 desember", TODAY, "future") == (
        "“selasa 2 desember”: 2 Desember 2026 adalah hari Rabu. Tanggal mana yang dimaksud? Ketik sekali lagi."
    )
    assert not_a_day("nanti saja", TODAY, "future").startswith("Saya belum mengerti tanggal “nanti saja”.")


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
