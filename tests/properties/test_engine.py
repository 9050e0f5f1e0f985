"""Any order of what officers do leaves the rows whole, loses nothing that was said, and can be brought to an end."""

import os
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from sop_flows.actions import assign
from sop_flows.actions import confirm as confirming
from sop_flows.actions import reschedule as rescheduling
from sop_flows.actions import snooze as snoozing
from sop_flows.actions import undo as undoing
from sop_flows.actions.assign import take_duty
from sop_flows.actions.cohorts import before_pandu, membership
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.people.enrolment import remove_officer
from sop_flows.actions.reschedule import choose_date
from sop_flows.actions.rolls import rolls
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.declarations.loader import Pack
from sop_flows.notifications.planning import working
from sop_flows.staffing.responsibility import responsibility_of
from storage.tables import (
    Child,
    LeaveReason,
    Officer,
    Task,
    TaskState,
)
from tests.support import invariants
from tests.support.clocks import wita
from tests.support.empty_database import store_in_memory
from tests.support.engine_acts import excuse_child, finish, mark_from_the_card, record_children
from tests.support.institution import Home
from tests.support.packs import real_pack
from tests.support.picking import Picking

END = wita("2026-12-20 10.00")  # a week after the departure
ROUNDS_MAX = 400  # of finishing what is open; more means that the stay has no end

CHAIN = ("9.2.04", "9.2.05", "9.2.06", "9.2.09", "9.2.10", "9.1.12", "9.1.08", "9.1.09")

STAGES = (("9.2.06", 4), ("9.2.09", 4), ("9.2.10", 3), ("9.1.12", 2))

picks = st.integers(0, 999)


@cache
def pack_of_the_stay() -> Pack:
    """Our pack with the SOPs that have every kind of step: chains, rolls, flags, grids, a chosen date."""
    ours = real_pack()
    wanted = {*CHAIN, "9.2.12", "9.2.15"}
    return replace(ours, sops={number: sop for number, sop in ours.sops.items() if number in wanted})


class LivingHouse(Picking):
    """A stay of twelve days with four children; refusals are answers, everything else that is raised is a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.store = store_in_memory()
        home = Home(self.store, Path("/nonexistent"), pack_of_the_stay())
        home.everyone()
        home.officer("Citra", "penyantunan")
        home.officer("Ani", "perawat")
        home.officer("Lestari", head="bimbingan")
        home.now = wita("2026-11-28 09.00")
        cohort = home.angkatan(
            arrival="2026-12-01", departure="2026-12-13", children=4, schools=("SDN A", "SDN B")
        )
        home.tap(before_pandu.confirm_all, home.tari, cohort.id, None)  # the menu, two days ago
        home.it_is("2026-12-01 07.00")
        self.home = home
        self.said: dict[int, tuple[object, ...]] = {}

    def teardown(self) -> None:
        try:
            self.live_to_the_end()
            lived.update(stays=1, said=len(self.said))
        finally:
            self.store.close()

    # --- picking ----------------------------------------------------------------------------------------

    def child(self, pick: int) -> Child:
        with self.home.reading() as s:
            found = s.exec(select(Child).order_by(col(Child.id))).all()
            return found[pick % len(found)]

    @initialize(
        stage=st.sampled_from(STAGES),
        marked=st.sets(st.integers(1, 4), min_size=1),
        day=st.sampled_from([1, 2, 10, 11]),
    )
    def so_far(self, stage: tuple[str, int], marked: set[int], day: int) -> None:
        """The stay up to some day and some step, with some children marked."""
        self.home.flag(self.home.sari, *sorted(marked))
        self.home.finish_until(*stage)
        self.home.it_is(f"2026-12-{day:02} 07.00")

    # --- acts -------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 9, 90, 600, 1440, 2500]))
    @precondition(lambda self: self.home.now < END)
    def time_passes(self, minutes: int) -> None:
        self.home.later(minutes)

    @rule(how_many=st.integers(1, 5))
    def work_goes_on(self, how_many: int) -> None:
        """The stay's own chain, step by step, as on a good day."""
        for _ in range(how_many):
            with self.home.reading() as s:
                query = select(Task).where(Task.state == TaskState.OPEN, col(Task.sop).in_(CHAIN))
                query = query.order_by(col(Task.id).desc())
                task = s.exec(query).first()
            if task is not None:
                self.attempt(finish, self.someone_for(task), task.id)

    @rule(pick=picks, who=picks, days_ago=st.integers(0, 2))
    def confirm(self, pick: int, who: int, days_ago: int) -> None:
        if task := self.task(pick, TaskState.OPEN, TaskState.SKIPPED, TaskState.MISSED):
            done_on = self.home.house.today(self.home.now) - timedelta(days=days_ago)
            officer = self.who_may(task, who)
            self.attempt_by(confirming.confirm, officer, task.id, done_on=done_on)

    @rule(pick=picks, who=picks, how_many=st.integers(1, 4))
    def record(self, pick: int, who: int, how_many: int) -> None:
        if task := self.a_roll(pick):
            self.attempt(record_children, self.who_may(task, who), task.id, how_many)

    @rule(pick=picks, who=picks, late=st.booleans())
    def excuse_or_put_off(self, pick: int, who: int, late: bool) -> None:
        if task := self.a_roll(pick):
            self.attempt(
                excuse_child, self.who_may(task, who), task.id, rolls.put_off if late else rolls.excuse
            )

    @rule(pick=picks, who=picks)
    def skip(self, pick: int, who: int) -> None:
        if task := self.task(pick):
            self.attempt_by(confirming.skip, self.who_may(task, who), task.id, "alasan rekaan")

    @rule(pick=st.integers(0, 3), who=picks)
    def undo(self, pick: int, who: int) -> None:
        if task := self.task(pick, TaskState.DONE, TaskState.SKIPPED, TaskState.OPEN):
            self.attempt_by(undoing.undo, self.who_may(task, who), task.id)

    @rule(pick=picks, who=picks)
    def hinder(self, pick: int, who: int) -> None:
        if task := self.task(pick):
            self.attempt_by(obstacle, self.who_may(task, who), task.id, "hambatan rekaan")

    @rule(pick=picks, who=picks)
    def take(self, pick: int, who: int) -> None:
        if task := self.task(pick, TaskState.OPEN, TaskState.WAITING):
            self.attempt_by(assign.take, self.who_may(task, who), task.id)

    @rule(who=picks)
    def go_on_duty(self, who: int) -> None:
        with self.home.reading() as s:
            cohort_id = s.exec(select(Task.cohort_id)).first()
        self.attempt_by(take_duty, self.officer(who), cohort_id)

    @rule(pick=picks, who=picks, to=picks)
    def delegate(self, pick: int, who: int, to: int) -> None:
        if task := self.task(pick, TaskState.OPEN, TaskState.WAITING):
            self.attempt_by(assign.delegate, self.who_may(task, who), task.id, self.who_may(task, to))

    @rule(pick=picks, who=picks, days=st.integers(0, 5))
    def reschedule(self, pick: int, who: int, days: int) -> None:
        if task := self.task(pick):
            on = self.home.house.today(self.home.now) + timedelta(days=days)
            self.attempt_by(rescheduling.reschedule, self.who_may(task, who), task.id, on, "alasan rekaan")

    @rule(who=picks, day=st.integers(6, 15))
    def choose_the_day_of_the_visit(self, who: int, day: int) -> None:
        for task in self.home.tasks("9.1.09", 1):
            on = date(2026, 12, day)
            self.attempt_by(choose_date, self.who_may(task, who), task.id, on)

    @rule(pick=picks, who=picks, hours=st.integers(1, 30))
    def snooze(self, pick: int, who: int, hours: int) -> None:
        if task := self.task(pick):
            with self.home.reading() as s:
                before = invariants.due_times(s)
            at = self.home.now + timedelta(hours=hours)
            self.attempt(snoozing.snooze, self.who_may(task, who), task.id, None, at)
            with self.home.reading() as s:
                assert invariants.due_times(s) == before

    @rule(pick=picks, wanted=st.booleans())
    def mark(self, pick: int, wanted: bool) -> None:
        self.attempt(mark_from_the_card, self.home.sari, self.child(pick), wanted)

    @rule(pick=picks)
    def child_leaves(self, pick: int) -> None:
        today = self.home.house.today(self.home.now)
        self.attempt_by(membership.leave, self.home.tari, self.child(pick).id, LeaveReason.WENT_HOME, today)

    @rule(pick=picks, mistaken=st.booleans())
    def child_is_back(self, pick: int, mistaken: bool) -> None:
        self.attempt(membership.reinstate, self.home.tari, self.child(pick).id, mistaken=mistaken)

    @rule(role=st.sampled_from(["penyantunan", "bimbingan", "peksos", "perawat", "kepala"]))
    def somebody_enrols(self, role: str) -> None:
        self.home.officer("Petugas Baru", role)

    @rule(who=picks)
    def somebody_is_removed(self, who: int) -> None:
        officer = self.officer(who)
        if officer.id not in (self.home.tari.id, self.home.sari.id):
            self.attempt(remove_officer, self.home.tari, officer.id)

    @rule()
    def reminders_go_out(self) -> None:
        self.home.send_due()

    # --- what holds ---------------------------------------------------------------------------------------

    @invariant()
    def the_rows_are_whole(self) -> None:
        lived["looks"] += 1
        with self.home.reading() as s:
            assert list(invariants.broken(Work(s, self.home.house, self.home.now))) == []

    @invariant()
    def nothing_that_was_said_is_lost(self) -> None:
        with self.home.reading() as s:
            now = invariants.confirmations(s)
        assert {number: now.get(number) for number in self.said} == self.said
        self.said = now

    def live_to_the_end(self) -> None:
        """Whatever happened so far: finish all that is open, day by day; every SOP of the angkatan ends."""
        for _ in range(ROUNDS_MAX):
            task = self.task(0)
            if task is None:
                if self.home.now >= END:
                    break
                self.home.later(24 * 60)
                continue
            who = self.someone_for(task)
            with self.store.transaction() as s, working(s, self.home.house, self.home.now) as work:
                finish(work, who, task.id or 0)
        self.the_rows_are_whole()
        self.nothing_that_was_said_is_lost()
        assert self.task(0) is None
        assert set(self.home.runs("9.2.12")) | set(self.home.runs("9.2.15")) <= {"closed", "withdrawn"}

    def someone_for(self, task: Task) -> Officer:
        """Somebody who may do an open part of the task."""
        with self.home.reading() as s:
            for part in parts_of(s, task):
                if part.state == TaskState.OPEN:
                    return responsibility_of(Work(s, self.home.house, self.home.now), task, part).holders[0]
        raise AssertionError(f"task {task.id} is open and has no open part")


EXAMPLES = int(os.environ.get("PANDU_EXAMPLES", "4"))  # `make soak` tries many more, new ones each time

lived: Counter[str] = Counter()


@pytest.mark.slow
def test_any_order_of_acts() -> None:
    lived.clear()
    run_state_machine_as_test(
        LivingHouse,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            derandomize="PANDU_EXAMPLES" not in os.environ,
            phases=(
                Phase.explicit,
                Phase.reuse,
                Phase.generate,
            ),  # shrinking takes minutes: switch it on to look closer
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
    print(  # noqa: T201 -- the figures are half of the proof
        f"\n{lived['stays']} stays brought to their end after any order of acts: {lived['looks']:,} times all rows"
        f" looked at, {lived['said']:,} confirmations, none lost"
    )
