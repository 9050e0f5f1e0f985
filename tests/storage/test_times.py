"""Instants are stored in UTC and come back aware."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import select

from storage.engine import Store
from storage.tables import Cohort, Officer
from tests.support.builders import build_cohort, build_officer

HALF_PAST_SEVEN_WITA = datetime(2026, 12, 11, 7, 30, tzinfo=ZoneInfo("Asia/Makassar"))


def test_a_time_comes_back_aware_and_in_utc(store: Store) -> None:
    with store.transaction() as s:
        build_officer(s, enrolled_at=HALF_PAST_SEVEN_WITA)
    with store.reading() as s:
        found = s.exec(select(Officer)).one().enrolled_at
    assert found == datetime(2026, 12, 10, 23, 30, tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


def test_sqlite_holds_utc(sqlite_store: Store) -> None:
    with sqlite_store.transaction() as s:
        build_officer(s, enrolled_at=HALF_PAST_SEVEN_WITA)
    with sqlite_store.engine.connect() as connection:
        raw = connection.execute(text("SELECT enrolled_at FROM officers")).scalar_one()
    assert str(raw).startswith("2026-12-10 23:30:00")


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2026, 12, 11, 7, 30)  # noqa: DTZ001
    with pytest.raises(StatementError, match=r"(?i)naive|timezone|aware"), store.transaction() as s:
        build_officer(s, enrolled_at=naive)


def test_times_compare_as_instants_not_as_words(store: Store) -> None:
    """06.00 in Mataram is before 23.00 UTC of the day before."""
    with store.transaction() as s:
        build_officer(
            s, name="Ani Rekaan", enrolled_at=datetime(2026, 12, 11, 6, 0, tzinfo=ZoneInfo("Asia/Makassar"))
        )
        build_officer(s, name="Budi Rekaan", enrolled_at=datetime(2026, 12, 10, 23, 0, tzinfo=UTC))
    with store.reading() as s:
        early = s.exec(
            select(Officer).where(Officer.enrolled_at < datetime(2026, 12, 10, 22, 30, tzinfo=UTC))
        )
        assert [officer.name for officer in early] == ["Ani Rekaan"]


def test_a_date_stays_a_date(store: Store) -> None:
    with store.transaction() as s:
        build_cohort(s, arrival_on=date(2026, 12, 1), departure_on=date(2026, 12, 31))
    with store.reading() as s:
        cohort = s.exec(select(Cohort)).one()
        assert (cohort.arrival_on, cohort.departure_on) == (date(2026, 12, 1), date(2026, 12, 31))
