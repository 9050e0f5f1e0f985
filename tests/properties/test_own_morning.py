"""However often an officer chooses another morning, each day has exactly one list, and a weigh-in's lead comes once."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from sop_flows.actions.reminder_choices import choose_morning
from sop_flows.core.work import Work
from sop_flows.declarations.loader import Pack
from storage.tables import Officer, Reminder, ReminderKind, ReminderState
from storage.types import Keyring
from tests.support.clocks import WITA
from tests.support.database import SECRET, Databases
from tests.support.engines import open_store
from tests.support.institution import Home
from tests.support.packs import real_pack

CHOICES = (360, 390, 420, 450, 480, 510, 540)  # 06.00 to 09.00, as the pack has it
BEGINS = "2026-12-07 00.00"
DAYS = 6

# Mostly around the morning, where a change could lose or double a list: the day, the minute of it, the choice.
changes = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.integers(330, 570), st.sampled_from(CHOICES)), max_size=12
)


@pytest.mark.slow
@given(changes=changes)
@example(changes=[(1, 420, 390)])  # at 07.00 from 07.30 to 06.30
@example(changes=[(1, 480, 510)])  # at 08.00 from 07.30 to 08.30
@example(changes=[(1, 450, 540), (1, 451, 360), (3, 450, 450)])  # in the very minute
@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_each_day_has_one_list_whatever_is_chosen(
    sqlite_databases: Databases, changes: list[tuple[int, int, int]]
) -> None:
    url = sqlite_databases.migrated()
    store = open_store(url, Keyring([SECRET]))
    try:
        with TemporaryDirectory() as folder:
            sops = real_pack().sops
            home = Home(store, Path(folder), Pack(real_pack().unit, {"9.2.15": sops["9.2.15"]}))
            home.everyone()
            home.angkatan(children=1)
            home.it_is("2026-12-06 23.00")
            _sends(home)
            _lives(home, changes)
            _holds(home)
    finally:
        store.close()
        sqlite_databases.drop(url)


def _lives(home: Home, changes: list[tuple[int, int, int]]) -> None:
    home.it_is(BEGINS)
    begins = home.now
    tapped = {(day * 1440 + minute): choice for day, minute, choice in changes}
    every_minute_of_interest = sorted({*tapped, *(day * 1440 + at for day in range(DAYS) for at in CHOICES)})
    for minute in every_minute_of_interest:
        home.now = begins
        home.later(minute)
        if minute in tapped:  # the tap comes before the dispatcher's look
            _chooses(home, tapped[minute])
        _sends(home)
    home.now = begins
    home.later(DAYS * 1440)


def _chooses(home: Home, minutes: int) -> None:
    def rule(work: Work) -> None:
        choose_morning(work, work.session.get_one(Officer, home.budi.id), minutes)

    home.call(rule)


def _sends(home: Home) -> None:
    """What is due goes out; nothing goes out before it is due."""
    with home.store.transaction() as s:
        rows = s.exec(select(Reminder).where(Reminder.state == ReminderState.PENDING)).all()
        for row in rows:
            if row.due_at <= home.now:
                row.state, row.sent_at = ReminderState.SENT, home.now


def _holds(home: Home) -> None:
    with home.reading() as s:
        rows = s.exec(
            select(Reminder)
            .where(Reminder.officer_id == home.budi.id, Reminder.state == ReminderState.SENT)
            .order_by(col(Reminder.sent_at))
        ).all()
    lists = Counter(_on(row) for row in rows if row.kind == ReminderKind.DIGEST)
    lived = [date(2026, 12, 7) + timedelta(days=n) for n in range(DAYS)]
    assert {day: lists[day] for day in lived} == dict.fromkeys(lived, 1)
    # The 2nd weigh-in is on 11 December.
    said = Counter(row.rule for row in rows if row.kind in (ReminderKind.LEAD, ReminderKind.MORNING))
    assert said == {"lead:1": 1, "morning": 1}
    by_day = {_on(row): row.sent_at for row in rows if row.kind == ReminderKind.DIGEST}
    for row in rows:
        if row.kind in (ReminderKind.LEAD, ReminderKind.MORNING):
            assert row.sent_at == by_day[_on(row)], f"{row.rule} is not one message with the list"


def _on(row: Reminder) -> date:
    assert row.sent_at is not None
    return row.sent_at.astimezone(WITA).date()
