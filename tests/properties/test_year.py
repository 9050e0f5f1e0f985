"""A year of an institution, whatever happens in it: of what is owed somebody hears, of what is done nobody, and each
message has its row (issue 4, proof 5).

The pieces, by subject, are in tests/support/year. Every random history goes through the rules and the real dispatcher.
"""

import contextlib
import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import initialize, invariant
from sqlmodel import select

from bot.agenda_watch import find_agenda_trouble
from storage.queries import dispatch
from storage.tables import Reminder, ReminderState
from tests.support import invariants
from tests.support.year import heard
from tests.support.year.people_come_and_go import PeopleComeAndGo
from tests.support.year.stays_and_cases import StaysAndCases
from tests.support.year.time_goes_on import TimeGoesOn
from tests.support.year.work import Work


class _TakenBack(Exception):
    """Ends a transaction that only looked what would be."""


class Year(Work, PeopleComeAndGo, StaysAndCases, TimeGoesOn):
    """From November 2026 to November 2027: cuti bersama, the turn of the year, Ramadan hours, a closing week."""

    @initialize()
    def an_angkatan_and_a_case(self) -> None:
        self.an_angkatan_is_opened(ahead=21, stay=30)
        self.a_case_is_opened(who=0, code=1)
        self.process.dispatch()

    # --- what holds ---------------------------------------------------------------------------------------

    @invariant()
    def somebody_hears_of_whatever_is_owed(self) -> None:
        with contextlib.suppress(_TakenBack), self.store.transaction() as s:
            assert heard.look(s, self.home.house, self.home.now) == []
            raise _TakenBack

    @invariant()
    def nobody_hears_of_what_is_done(self) -> None:
        assert self.phones.wrong == []
        with self.home.reading() as s:
            assert list(invariants.broken(s, self.home.house)) == []

    @invariant()
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
        without = [one for key, one in told.items() if key not in carried and not one.is_lost]
        assert without == [], "a message that no row knows of"

    @invariant()
    def the_process_is_well(self) -> None:
        with self.home.reading() as s:
            trouble = find_agenda_trouble(s)
            assert trouble is None, trouble
            failed = [row for row in dispatch.list_failed(s) if not (row.error or "").startswith("Forbidden")]
            assert [
                (row.rule, row.error) for row in failed if row.error != "the officer has no account"
            ] == []

    @invariant()
    def nothing_that_was_said_is_lost(self) -> None:
        with self.home.reading() as s:
            now = invariants.confirmations(s)
        assert {number: now.get(number) for number in self.said} == self.said
        self.said = now


EXAMPLES = int(os.environ.get("PANDU_EXAMPLES", "4"))  # `make soak` tries many more, new ones each time
STEPS = 40

Year.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize="PANDU_EXAMPLES" not in os.environ,
    phases=(
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ),  # shrinking takes minutes: switch it on to look closer
    suppress_health_check=list(HealthCheck),
)
TestYear = Year.TestCase
