"""Officers who enrol and are removed, who go on leave with and without a deputy, who block the bot, and who choose
their morning."""

from datetime import timedelta

from hypothesis import strategies as st
from sqlmodel import col, select

from sop_flows.actions import reminder_choices
from sop_flows.actions.leave import leave
from sop_flows.actions.people.enrolment import remove_officer, set_admin
from sop_flows.actions.people.unreachable import note_reached
from sop_flows.core.work import Work
from sop_flows.notifications.planning import working
from sop_flows.staffing.deputies import possible_deputies
from storage.tables import Absence, Officer
from tests.support.year.living import Living, act, picks

ROLES = ("kepala", "tu", "penyantunan", "bimbingan", "peksos", "perawat")


class PeopleComeAndGo(Living):
    """The house always has an admin: Tari or Umar."""

    @act(role=st.sampled_from(ROLES), is_head=st.booleans())
    def somebody_enrols(self, role: str, is_head: bool) -> None:
        self.home.officer("Petugas Baru", role, head=role if is_head and role != "kepala" else None)

    @act(who=picks)
    def somebody_is_removed(self, who: int) -> None:
        self.attempt(remove_officer, self.home.tari, self.officer(who).id)

    @act(who=picks, wanted=st.booleans())
    def an_admin_is_made_or_unmade(self, who: int, wanted: bool) -> None:
        self.attempt(set_admin, self.home.tari, self.officer(who).id, wanted)

    @act(who=picks, first=st.integers(-2, 9), length=st.integers(0, 20), to=picks, alone=st.booleans())
    def somebody_goes_on_leave(self, who: int, first: int, length: int, to: int, alone: bool) -> None:
        self.attempt(_record, self.officer(who), first, length, None if alone else to)

    @act(pick=picks)
    def a_leave_ends_early(self, pick: int) -> None:
        if found := self.a_leave(pick):
            absence, officer = found
            self.attempt(leave.end_leave, officer, absence.id)

    @act(pick=picks, length=st.integers(0, 20), to=picks, alone=st.booleans())
    def a_leave_changes(self, pick: int, length: int, to: int, alone: bool) -> None:
        if found := self.a_leave(pick):
            absence, officer = found
            self.attempt(_record, officer, 0, length, None if alone else to, changes=absence.id)

    def a_leave(self, pick: int) -> tuple[Absence, Officer] | None:
        """A leave that is not over, and whose it is."""
        with self.home.reading() as s:
            found = s.exec(select(Absence).where(col(Absence.ended_at).is_(None))).all()
            if not found:
                return None
            absence = found[pick % len(found)]
            return absence, s.get_one(Officer, absence.officer_id)

    @act(who=picks, half_hour=st.integers(0, 6))
    def somebody_chooses_a_morning(self, who: int, half_hour: int) -> None:
        """From 06.00 to 09.00."""
        self.attempt(reminder_choices.choose_morning, self.officer(who), 360 + 30 * half_hour)

    @act(who=picks, wanted=st.booleans())
    def somebody_switches_leads(self, who: int, wanted: bool) -> None:
        self.attempt(_switch, self.officer(who), wanted)

    @act(who=picks)
    def somebody_blocks_the_bot(self, who: int) -> None:
        self.phones.blocked.add(self.officer(who).id or 0)

    @act()
    def everybody_can_be_reached_again(self) -> None:
        for number in sorted(self.phones.blocked):
            with self.store.transaction() as s, working(s, self.home.house, self.home.now) as work:
                note_reached(work, s.get_one(Officer, number))
        self.phones.blocked.clear()


def _switch(work: Work, officer: Officer, wanted: bool) -> None:
    reminder_choices.switch_reminders(work, officer, "lead", wanted=wanted)


def _record(
    work: Work, officer: Officer, first: int, length: int, to: int | None, changes: int | None = None
) -> None:
    """Days from today; the deputy is one of the colleagues, whether that one is there or not."""
    from_on = work.today + timedelta(days=first)
    colleagues = possible_deputies(work, officer)
    deputy = None if to is None or not colleagues else colleagues[to % len(colleagues)]
    leave.record_leave(work.by(officer), officer.id or 0, from_on, from_on + timedelta(days=length), deputy, changes=changes or 0)  # fmt: skip
