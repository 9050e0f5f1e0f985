"""What officers do with their tasks."""

from datetime import timedelta

from hypothesis import strategies as st
from sqlmodel import col, select

from sop_flows.actions import acknowledge, assign, offer
from sop_flows.actions import confirm as confirming
from sop_flows.actions import reschedule as rescheduling
from sop_flows.actions import snooze as snoozing
from sop_flows.actions import undo as undoing
from sop_flows.actions.assign import take_duty
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.reschedule import choose_date, date_window
from sop_flows.actions.rolls import rolls
from sop_flows.core.work import Work
from sop_flows.staffing.responsibility import lock_task
from storage.tables import Handover, HandoverState, Officer, Reminder, ReminderKind, ReminderState, TaskState
from tests.support import invariants
from tests.support.engine_acts import excuse_child, finish, record_children
from tests.support.year.living import Living, act, picks


class Working(Living):
    """Confirming, putting off, moving, handing on."""

    @act(how_many=st.integers(3, 25), pick=picks)
    def a_good_day(self, how_many: int, pick: int) -> None:
        """Much of what is open is done, whatever it asks."""
        for number in range(how_many):
            if task := self.task(pick * number):
                self.attempt(finish, self.who_may(task, pick + 1), task.id)

    @act(pick=picks, who=picks, days_ago=st.integers(0, 2))
    def confirm(self, pick: int, who: int, days_ago: int) -> None:
        if task := self.task(pick, TaskState.OPEN, TaskState.SKIPPED):
            done_on = self.home.house.today(self.home.now) - timedelta(days=days_ago)
            self.attempt_by(confirming.confirm, self.who_may(task, who), task.id, done_on=done_on)

    @act(pick=picks, who=picks, how_many=st.integers(1, 4))
    def record(self, pick: int, who: int, how_many: int) -> None:
        if task := self.a_roll(pick):
            self.attempt(record_children, self.who_may(task, who), task.id, how_many)

    @act(pick=picks, who=picks, late=st.booleans())
    def excuse_or_put_off(self, pick: int, who: int, late: bool) -> None:
        if task := self.a_roll(pick):
            how = rolls.put_off if late else rolls.excuse
            self.attempt(excuse_child, self.who_may(task, who), task.id, how)

    @act(pick=picks, who=picks)
    def skip(self, pick: int, who: int) -> None:
        if task := self.task(pick):
            self.attempt_by(confirming.skip, self.who_may(task, who), task.id, "alasan rekaan")

    @act(pick=st.integers(0, 3), who=picks)
    def undo(self, pick: int, who: int) -> None:
        if task := self.task(pick, TaskState.DONE, TaskState.SKIPPED, TaskState.OPEN):
            self.attempt_by(undoing.undo, self.who_may(task, who), task.id)

    @act(pick=picks, who=picks)
    def hinder(self, pick: int, who: int) -> None:
        if task := self.task(pick):
            self.attempt_by(obstacle, self.who_may(task, who), task.id, "hambatan rekaan")

    @act(pick=picks, who=picks, days=st.integers(0, 40))
    def reschedule(self, pick: int, who: int, days: int) -> None:
        if task := self.task(pick):
            on = self.home.house.today(self.home.now) + timedelta(days=days)
            self.attempt_by(rescheduling.reschedule, self.who_may(task, who), task.id, on, "alasan rekaan")

    @act(pick=picks, who=picks, hours=st.integers(1, 100), one_child=st.booleans())
    def snooze(self, pick: int, who: int, hours: int, one_child: bool) -> None:
        if task := (self.a_roll(pick) if one_child else self.task(pick)):
            with self.home.reading() as s:
                before = invariants.due_times(s)
                children = invariants.open_children(s, task) if one_child else [None]
            at = self.home.now + timedelta(hours=hours)
            self.attempt(snoozing.snooze, self.who_may(task, who), task.id, children[0], at)
            with self.home.reading() as s:
                assert invariants.due_times(s) == before

    @act(pick=picks, who=picks)
    def take(self, pick: int, who: int) -> None:
        if task := self.task(pick, TaskState.OPEN, TaskState.WAITING):
            self.attempt_by(assign.take, self.who_may(task, who), task.id)

    @act(pick=picks, who=picks, to=picks)
    def delegate(self, pick: int, who: int, to: int) -> None:
        if task := self.task(pick, TaskState.OPEN, TaskState.WAITING):
            colleague = self.who_may(task, to)
            self.attempt_by(assign.delegate, self.who_may(task, who), task.id, colleague)

    @act(accepted=st.booleans(), pick=picks)
    def answer_an_offer(self, accepted: bool, pick: int) -> None:
        with self.home.reading() as s:
            found = s.exec(select(Handover).where(Handover.state == HandoverState.OFFERED)).all()
            if not found:
                return
            row = found[pick % len(found)]
            to, giver = s.get_one(Officer, row.to_id), s.get_one(Officer, row.from_id)
        if pick % 3 == 0:
            self.attempt(offer.take_back, giver, row.id)
        elif accepted:
            self.attempt_by(offer.accept, to, row.id)
        else:
            self.attempt(offer.give_back, to, row.id, "alasan rekaan")

    @act(pick=picks)
    def a_head_takes_late_steps_on(self, pick: int) -> None:
        """Saya tangani, on one of the last lists."""
        with self.home.reading() as s:
            found = s.exec(
                select(Reminder)
                .where(Reminder.state == ReminderState.SENT)
                .where(col(Reminder.kind).in_((ReminderKind.DIGEST, ReminderKind.ESCALATION)))
                .order_by(col(Reminder.id).desc())
                .limit(12)
            ).all()
            if not found:
                return
            row = found[pick % len(found)]
            officer = s.get_one(Officer, row.officer_id)
        self.attempt_by(acknowledge.take_on, officer, row.id)

    @act(who=picks, pick=picks)
    def go_on_duty(self, who: int, pick: int) -> None:
        if found := self.cohorts():
            self.attempt_by(take_duty, self.officer(who), found[pick % len(found)].id)

    @act(who=picks, pick=picks, day=st.integers(6, 14))
    def choose_the_day_of_the_visit(self, who: int, pick: int, day: int) -> None:
        for task in self.home.tasks("9.1.09", 1):
            if task.state == TaskState.OPEN:
                self.attempt(_choose, self.who_may(task, who), task.id, day)


def _choose(work: Work, officer: Officer, task_id: int, day: int) -> None:
    earliest, _latest, _proposed = date_window(work, lock_task(work.session, task_id))
    choose_date(work.by(officer), task_id, earliest + timedelta(days=day - 7))
