"""Angkatan that overlap, whose dates move, whose children fall ill and leave; shelter cases."""

from datetime import date, timedelta
from itertools import count

from hypothesis import strategies as st
from sqlmodel import col, select

from sop_flows.actions.cases import keeping, opening
from sop_flows.actions.cases.intake import Intake
from sop_flows.actions.cohorts import cohorts, membership, moving_dates
from sop_flows.actions.cohorts.cohort_end import close_cohort
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.core.work import Work
from storage.tables import Case, Child, Cohort, LeaveReason, Officer
from tests.support.engine_acts import mark_from_the_card
from tests.support.year.living import Living, act, picks

STAYS_AT_ONCE = 2
CASES_AT_ONCE = 1
CHILDREN = 3


class StaysAndCases(Living):
    """At most two angkatan and one case at a time: as much as the house has beds for in a test."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = count(1)

    @act(ahead=st.integers(0, 35), stay=st.integers(8, 32))
    def an_angkatan_is_opened(self, ahead: int, stay: int) -> None:
        if len(self.cohorts()) >= STAYS_AT_ONCE:
            return
        number = next(self.numbers)
        arrival_on = self.home.house.today(self.home.now) + timedelta(days=ahead)
        self.attempt(_open, f"Angkatan {number}", arrival_on, stay)

    @act(pick=picks, arrival=st.integers(-12, 20), departure=st.integers(-8, 12))
    def the_dates_move(self, pick: int, arrival: int, departure: int) -> None:
        found = self.cohorts()
        if not found:
            return
        cohort = found[pick % len(found)]
        self.attempt_by(
            moving_dates.move_cohort, self.home.tari, cohort.id, cohort.arrival_on + timedelta(days=arrival),
            cohort.departure_on + timedelta(days=departure), "ombak tinggi",
        )  # fmt: skip

    @act(pick=picks)
    def an_angkatan_is_closed(self, pick: int) -> None:
        if found := self.cohorts():
            self.attempt(close_cohort, self.home.tari, found[pick % len(found)].id)

    @act(pick=picks)
    def a_child_leaves(self, pick: int) -> None:
        if child := self.child(pick):
            today = self.home.house.today(self.home.now)
            self.attempt_by(membership.leave, self.home.tari, child.id, LeaveReason.WENT_HOME, today)

    @act(pick=picks, mistaken=st.booleans())
    def a_child_is_back(self, pick: int, mistaken: bool) -> None:
        if child := self.child(pick):
            self.attempt(membership.reinstate, self.home.tari, child.id, mistaken=mistaken)

    @act(pick=picks, wanted=st.booleans())
    def mark(self, pick: int, wanted: bool) -> None:
        if child := self.child(pick):
            self.attempt(mark_from_the_card, self.home.sari, child, wanted)

    @act(who=picks, code=picks)
    def a_case_is_opened(self, who: int, code: int) -> None:
        if len(self.cases()) < CASES_AT_ONCE:
            self.attempt(_open_case, self.officer(who), code)

    @act(pick=picks)
    def a_case_is_handed_over(self, pick: int) -> None:
        for case in self.cases():
            self.attempt(_hand_over, case, pick)

    @act(closes=st.integers(0, 3))
    def a_case_is_closed(self, closes: int) -> None:
        """Not often: what runs for months is to be seen."""
        for case in self.cases() if closes == 0 else ():
            self.attempt(_close_case, case)

    def child(self, pick: int) -> Child | None:
        """A child of an open angkatan."""
        ids = [cohort.id for cohort in self.cohorts()]
        with self.home.reading() as s:
            found = s.exec(
                select(Child).where(col(Child.cohort_id).in_(ids)).order_by(col(Child.id).desc())
            ).all()
            return found[pick % len(found)] if found else None


def _open(work: Work, name: str, arrival_on: date, stay: int) -> Cohort:
    schools = ("SDN Rekaan A", "SDN Rekaan B")
    rows = [
        RosterRow(row=n, name=f"Anak Rekaan {n}", sex="LP"[n % 2], school=schools[n % 2])
        for n in range(1, CHILDREN + 1)
    ]
    departure_on = arrival_on + timedelta(days=stay)
    return cohorts.open_cohort(work, name, arrival_on, departure_on, schools=schools, rows=rows).cohort


def _open_case(work: Work, officer: Officer, code: int) -> None:
    rules = opening.case_rules(work.institution)
    intake = Intake(
        categories=rules.categories[:1], age_years=9, unborn=False, sex="P", code_name=f"Melur {code}"
    )
    keepers = opening.keepers(work)
    keeper = keepers[code % len(keepers)] if keepers else officer
    opening.open_case(work.by(officer if code % 5 == 0 else keeper), intake)


def _hand_over(work: Work, case: Case, pick: int) -> None:
    found = keeping.successors(work, case)
    if found:
        keeper = work.session.get_one(Officer, case.peksos_id)
        keeping.hand_over(work, keeper, case.id or 0, found[pick % len(found)].id or 0)


def _close_case(work: Work, case: Case) -> None:
    keeping.close_case(work, work.session.get_one(Officer, case.peksos_id), case.id or 0, "alasan rekaan")
