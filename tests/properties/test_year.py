"""A year of an institution, whatever happens in it: of what is owed somebody hears, of what is done nobody, and each
message has its row.

The pieces, by subject, are in tests/support/year. Every random history goes through the rules and the real dispatcher.
`PANDU_YEARS`: how many years `make soak` tries; `PANDU_SEED`: other ones than always the same.
"""

import contextlib
import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from sqlmodel import select

from bot.agenda_watch import find_agenda_trouble
from sop_flows.core.work import Work
from storage.queries import dispatch
from storage.tables import Reminder, ReminderState
from tests.support import invariants
from tests.support.year import heard
from tests.support.year.figures import Lived, figures
from tests.support.year.living import ENDS, Done, acts_of
from tests.support.year.people_come_and_go import PeopleComeAndGo
from tests.support.year.stays_and_cases import StaysAndCases
from tests.support.year.time_goes_on import ClockIsWrong, TimeGoesOn
from tests.support.year.work import Working

pytestmark = pytest.mark.slow

SEED = os.environ.get("PANDU_SEED")
YEARS = int(os.environ.get("PANDU_YEARS", "20"))

lived: list[Lived] = []  # what was in each history


class _TakenBack(Exception):
    """Ends a transaction that only looked what would be."""


some_acts = st.lists(
    st.one_of(acts_of(Working), acts_of(PeopleComeAndGo), acts_of(StaysAndCases), acts_of(ClockIsWrong)),
    max_size=5,
)
times = acts_of(TimeGoesOn)  # most of all the bot is there


class Year(Working, PeopleComeAndGo, StaysAndCases, ClockIsWrong, TimeGoesOn):
    """From November 2026 to November 2027: cuti bersama, the turn of the year, Ramadan hours, a closing week."""

    @initialize()
    def an_angkatan_and_a_case(self) -> None:
        self.an_angkatan_is_opened(ahead=21, stay=30)
        self.a_case_is_opened(who=0, code=1)
        self.process.dispatch()

    @rule(before=some_acts, time=times, after=some_acts)
    def some_days(self, before: list[Done], time: Done, after: list[Done]) -> None:
        """Things happen, time goes on, things happen; until the year is over."""
        for some in (before, [time], after):
            if self.home.now >= ENDS:
                return
            for done in some:
                self.do(done)
            self.holds()

    def teardown(self) -> None:
        lived.append(Lived.of(self))
        super().teardown()

    # --- what holds ---------------------------------------------------------------------------------------

    def holds(self) -> None:
        """After what officers did, and after time went on."""
        self.somebody_hears_of_whatever_is_owed()
        self.nobody_hears_of_what_is_done()
        self.every_message_has_a_row_and_every_row_one_message()
        self.the_process_is_well()
        self.nothing_that_was_said_is_lost()

    def somebody_hears_of_whatever_is_owed(self) -> None:
        with contextlib.suppress(_TakenBack), self.store.transaction() as s:
            found = heard.look(s, self.home.house, self.home.now)
            assert found == [], found
            raise _TakenBack

    def nobody_hears_of_what_is_done(self) -> None:
        assert self.phones.wrong == [], self.phones.wrong
        with self.home.reading() as s:
            found = list(invariants.broken(Work(s, self.home.house, self.home.now)))
            assert found == [], found

    def every_message_has_a_row_and_every_row_one_message(self) -> None:
        with self.home.reading() as s:
            sent = s.exec(
                select(Reminder).where(
                    Reminder.state == ReminderState.SENT,
                    Reminder.edits_message_id.is_(None),  # type: ignore[union-attr]
                )
            ).all()
        carried = {(row.officer_id, row.message_id) for row in sent}
        told = {(one.officer_id, one.id): one for one in self.phones.messages}
        assert len(told) == len(self.phones.messages)
        assert carried <= set(told), "a row says that it was sent, and nothing arrived"
        without = [
            one for key, one in told.items() if key not in carried and not (one.is_lost or one.is_picture)
        ]
        assert without == [], "a message that no row knows of"

    def the_process_is_well(self) -> None:
        with self.home.reading() as s:
            trouble = find_agenda_trouble(s)
            assert trouble is None, trouble
            failed = [row for row in dispatch.list_failed(s) if not (row.error or "").startswith("Forbidden")]
            assert [
                (row.rule, row.error) for row in failed if row.error != "the officer has no account"
            ] == []

    def nothing_that_was_said_is_lost(self) -> None:
        with self.home.reading() as s:
            now = invariants.confirmations(s)
        assert {number: now.get(number) for number in self.said} == self.said
        self.said = now


def lives(years: int, steps: int) -> None:
    """Histories of so many steps each, the first ones all but empty; prints what was in them."""
    lived.clear()
    always_the_same = SEED is None
    machine = Year if always_the_same else seed(int(SEED or 0))(Year)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=years,
            stateful_step_count=steps,
            deadline=None,
            derandomize=always_the_same,
            database=None,
            phases=(Phase.generate,),  # shrinking takes many minutes: switch it on to look closer
            suppress_health_check=list(HealthCheck),
        ),
    )
    print("\n" + figures(lived))  # noqa: T201 -- the figures are half of the proof


def test_some_weeks() -> None:
    lives(years=3, steps=9)
    assert sum(one.acts["the_bot_is_there"] for one in lived) > 0
    assert sum(one.kills for one in lived) > 0


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_years() -> None:
    lives(years=YEARS, steps=60)
