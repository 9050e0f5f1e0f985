"""What stays late is told to the kasi, then to the Kepala: one list a morning, until somebody takes it on."""

from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.acknowledge import take_on
from sop_flows.actions.assign import delegate
from sop_flows.actions.leave import leave
from sop_flows.actions.people.enrolment import remove_officer
from sop_flows.actions.reschedule import reschedule
from sop_flows.actions.snooze import snooze
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError
from sop_flows.notifications.digest_items import decide
from sop_flows.notifications.escalation.expected import escalations_of
from sop_flows.notifications.escalation.lists import LateStep, listed
from sop_flows.notifications.planning import working
from storage.tables import Acknowledgement, Officer, Reminder, ReminderKind, ReminderState, Task
from tests.rules.test_cases import open_case, through_assessment
from tests.support.clocks import wita
from tests.support.institution import Home, local

# 9.2.01 step 2 of an angkatan that arrives on 30 December: due on Tuesday 1 December, 16.00 (1 working day).
KASI_FROM, KEPALA_FROM = "2026-12-03 07.30", "2026-12-07 07.30"


def letter(home: Home) -> Task:
    """The first letter, which Budi has; due on Tuesday 1 December at 16.00."""
    home.it_is("2026-11-27 08.00")
    home.angkatan(arrival="2027-01-01")
    home.it_is("2026-11-30 09.00")
    return home.task("9.2.01", 2)


def told(home: Home, officer: Officer) -> list[tuple[str, int, str]]:
    """The list in the officer's morning: SOP, step, level. The row is then sent, as the dispatcher does."""
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        row = Reminder(
            key=f"digest of a test {officer.id} {home.now}", kind=ReminderKind.DIGEST,
            officer_id=officer.id or 0, rule="digest", due_at=home.now, created_at=home.now,
        )  # fmt: skip
        s.add(row)
        s.flush()
        head = s.get_one(Officer, officer.id)
        decide(work, head, row)
        found = listed(work, head, row)
        row.state, row.sent_at, row.message_id = ReminderState.SENT, home.now, row.id
        return [(one.line.sop.number, one.line.step.step, one.level) for one in found]


def last_list(home: Home, officer: Officer) -> Reminder:
    with home.reading() as s:
        rows = s.exec(select(Reminder).where(Reminder.officer_id == officer.id)).all()
        return [row for row in rows if row.message_id == row.id][-1]


def lines(home: Home, officer: Officer) -> tuple[LateStep, ...]:
    row = last_list(home, officer)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        return listed(work, s.get_one(Officer, officer.id), s.get_one(Reminder, row.id))


def takes_on(home: Home, officer: Officer) -> None:
    home.tap(take_on, officer, last_list(home, officer).id)


# --- when ---------------------------------------------------------------------------------------------------


def test_the_letter_is_due_when_these_tests_say(home: Home) -> None:
    assert home.due(letter(home)) == "2026-12-01 16.00"


def test_after_one_working_day_the_kasi_after_three_the_kepala(home: Home) -> None:
    letter(home)
    for at, kasi, kepala in (
        ("2026-12-02 07.30", [], []),
        (KASI_FROM, [("9.2.01", 2, "head")], []),
        ("2026-12-04 07.30", [("9.2.01", 2, "head")], []),
        (KEPALA_FROM, [("9.2.01", 2, "head")], [("9.2.01", 2, "top")]),
    ):
        home.it_is(at)
        assert told(home, home.rahmat) == kasi, at
        assert told(home, home.kirana) == kepala, at


def test_nobody_else_is_told(home: Home) -> None:
    letter(home)
    home.it_is(KEPALA_FROM)
    for officer in (home.budi, home.dewi, home.sari, home.tari):
        assert told(home, officer) == []


def test_never_twice_on_one_day(home: Home) -> None:
    letter(home)
    home.it_is(KASI_FROM)
    assert told(home, home.rahmat)
    home.later(60)
    assert told(home, home.rahmat) == []


def test_not_on_a_day_off_but_on_the_next_working_day(home: Home) -> None:
    """Rahmat's section works every day; the Kepala does not: 5 and 6 December are a weekend."""
    letter(home)
    home.it_is("2026-12-05 07.30")
    assert told(home, home.kirana) == []
    assert told(home, home.rahmat) == [("9.2.01", 2, "head")]
    home.it_is("2026-12-07 07.30")
    assert told(home, home.kirana) == [("9.2.01", 2, "top")]


def test_what_is_done_is_not_told(home: Home) -> None:
    task = letter(home)
    home.it_is("2026-12-02 10.00")
    home.confirm(home.budi, task)
    home.it_is(KASI_FROM)
    assert told(home, home.rahmat) == []


def test_undone_it_is_told_again_when_its_time_has_come(home: Home) -> None:
    task = letter(home)
    home.it_is("2026-12-03 07.25")
    home.confirm(home.budi, task)
    home.later(1)
    home.undo(home.budi, task)
    home.it_is(KASI_FROM)
    assert told(home, home.rahmat) == [("9.2.01", 2, "head")]


def test_a_later_date_takes_it_off_the_list(home: Home) -> None:
    task = letter(home)
    home.it_is("2026-12-02 10.00")
    home.tap(reschedule, home.budi, task.id, date(2026, 12, 4), "menunggu surat")
    home.it_is("2026-12-07 07.30")
    assert told(home, home.rahmat) == []
    home.it_is("2026-12-08 07.30")
    assert told(home, home.rahmat) == [("9.2.01", 2, "head")]


def test_what_was_due_before_pandu_is_never_told(home: Home) -> None:
    home.angkatan(arrival="2026-10-20", departure="2026-11-19")
    home.it_is("2026-10-30 07.30")
    assert told(home, home.rahmat) == []
    assert told(home, home.kirana) == []


# --- whom ---------------------------------------------------------------------------------------------------


def test_whoever_is_to_do_it_is_not_told_as_a_head(home: Home) -> None:
    task = letter(home)
    home.tap(delegate, home.rahmat, task.id, home.rahmat)
    assert home.in_charge(task)[0] == "Rahmat"
    home.it_is(KEPALA_FROM)
    assert told(home, home.rahmat) == []
    assert told(home, home.kirana) == [("9.2.01", 2, "top")]


def test_a_head_on_leave_has_a_deputy(home: Home) -> None:
    task = letter(home)
    citra = home.officer("Citra", "penyantunan")
    home.it_is("2026-12-01 08.00")
    home.tap(leave.record_leave, home.rahmat, home.rahmat.id, date(2026, 12, 3), date(2026, 12, 4), citra)
    home.it_is(KASI_FROM)
    assert home.in_charge(task)[0] == "Budi"
    assert told(home, citra) == [("9.2.01", 2, "head")]


def test_a_target_goes_to_the_kasi_and_never_to_the_kepala(home: Home) -> None:
    """9.1.10 step 1 has no time in the document: ours is a target."""
    home.angkatan(arrival="2026-12-01")
    home.it_is("2026-12-29 07.30")
    targets = {
        (task.sop, task.step)
        for sop in home.house.pack.sops
        for step in home.house.pack.sops[sop].steps
        for task in home.tasks(sop, step.step)
        if task.due_kind == "target"
    }
    assert targets
    to_kasi = {(sop, step) for sop, step, _level in told(home, home.rahmat)}
    to_kepala = {(sop, step) for sop, step, level in told(home, home.kirana)}
    assert to_kasi & targets
    assert not to_kepala & targets


# --- "Saya tangani" -----------------------------------------------------------------------------------------


def test_taken_on_it_rests_for_three_working_days(home: Home) -> None:
    letter(home)
    home.it_is(KASI_FROM)
    told(home, home.rahmat)
    home.later(30)
    takes_on(home, home.rahmat)
    assert [one.taken_on_by for one in lines(home, home.rahmat)] == ["Rahmat"]
    for at in ("2026-12-04 07.30", "2026-12-07 07.30", "2026-12-08 07.30"):
        home.it_is(at)
        assert told(home, home.rahmat) == [], at
    home.it_is("2026-12-09 07.30")
    assert told(home, home.rahmat) == [("9.2.01", 2, "head")]


def test_the_kepala_reads_who_handles_it(home: Home) -> None:
    letter(home)
    home.it_is(KASI_FROM)
    told(home, home.rahmat)
    takes_on(home, home.rahmat)
    home.it_is(KEPALA_FROM)
    assert told(home, home.kirana) == [("9.2.01", 2, "top")]
    assert [one.taken_on_by for one in lines(home, home.kirana)] == ["Rahmat"]


def test_taken_on_twice_is_said_once(home: Home) -> None:
    letter(home)
    home.it_is(KASI_FROM)
    told(home, home.rahmat)
    takes_on(home, home.rahmat)
    takes_on(home, home.rahmat)
    with home.reading() as s:
        assert len(s.exec(select(Acknowledgement)).all()) == 1


def test_a_date_that_moved_makes_it_another_lateness(home: Home) -> None:
    task = letter(home)
    home.it_is(KASI_FROM)
    told(home, home.rahmat)
    takes_on(home, home.rahmat)
    home.tap(reschedule, home.budi, task.id, date(2026, 12, 4), "menunggu surat")
    home.it_is("2026-12-08 07.30")
    assert told(home, home.rahmat) == [("9.2.01", 2, "head")]


def test_only_the_own_list_can_be_taken_on(home: Home) -> None:
    letter(home)
    home.it_is(KASI_FROM)
    told(home, home.rahmat)
    row = last_list(home, home.rahmat)
    for officer in (home.budi, home.kirana):
        with pytest.raises(NotFoundError):
            home.tap(take_on, officer, row.id)
    with pytest.raises(NotFoundError):
        home.tap(take_on, home.rahmat, 10**6)


# --- what is to come ----------------------------------------------------------------------------------------


def test_what_is_to_come_is_known_beforehand(home: Home) -> None:
    task = letter(home)
    with home.reading() as s:
        fresh = s.get_one(Task, task.id)
        (part,) = parts_of(s, fresh)
        found = escalations_of(Work(s, home.house, home.now), fresh, part)
        assert [(one.level, local(one.at), [o.name for o in one.officers], one.at_once) for one in found] == [
            ("head", "2026-12-02 16.00", ["Rahmat"], False),
            ("top", "2026-12-04 16.00", ["Kirana"], False),
        ]


# --- emergencies --------------------------------------------------------------------------------------------


def first_aid(home: Home, at: str) -> Task:
    """9.1.20 step 1 of a case that Sari opened; due 24 hours later."""
    home.it_is(at)
    home.call(open_case, home.sari)
    return home.task("9.1.20", 1)


def urgent(home: Home, task: Task) -> list[tuple[str, str, str]]:
    """The rows of an emergency's escalation: when, rule, to whom."""
    return [one for one in home.owed(task) if one[1].startswith("late_")]


def test_an_emergency_goes_to_the_kasi_when_it_is_due_and_to_the_kepala_four_hours_later(
    home: Home,
) -> None:
    home.officer("Lina", head="peksos")
    task = first_aid(home, "2026-10-26 22.30")
    assert home.due(task) == "2026-10-27 22.30"
    assert urgent(home, task) == [
        ("2026-10-27 22.30", "late_head", "Lina"),
        ("2026-10-28 02.30", "late_top", "Kirana"),
    ]


def test_without_a_kasi_the_kepala_hears_of_an_emergency_once(home: Home) -> None:
    task = first_aid(home, "2026-10-26 22.30")
    assert urgent(home, task) == [("2026-10-27 22.30", "late_head", "Kirana")]


def test_done_in_time_nobody_hears_of_it(home: Home) -> None:
    task = first_aid(home, "2026-10-26 22.30")
    home.later(60)
    home.confirm(home.sari, task)
    assert urgent(home, task) == []


def test_an_emergency_put_off_by_its_officer_still_reaches_the_head(home: Home) -> None:
    task = first_aid(home, "2026-10-26 22.30")
    home.call(snooze, home.sari, task.id, None, wita("2026-10-29 08.00"))
    assert urgent(home, task) == [("2026-10-27 22.30", "late_head", "Kirana")]


def test_a_case_is_told_only_to_who_may_know_it(home: Home) -> None:
    """Nobody is head of the social workers and the Kepala is gone: the admin answers, who knows no child."""
    task = first_aid(home, "2026-10-26 22.30")
    home.call(remove_officer, home.tari, home.kirana.id)
    assert urgent(home, task) == []


def test_a_service_that_its_kasi_runs_is_told_to_the_kasi_when_it_goes_on_for_too_long(
    home: Home,
) -> None:
    """What runs for months stands in nobody's own list, and with Budi and the Kepala gone nobody else would hear of it."""
    home.call(open_case, home.sari)
    through_assessment(home)
    service = home.task("9.1.26", 2)
    for gone in (home.budi, home.kirana):
        home.call(remove_officer, home.tari, gone.id)
    assert home.due(service) == "2027-04-26 16.00"
    home.it_is("2027-04-28 07.30")
    assert ("9.1.26", 2) not in home.mine(home.rahmat)
    assert ("9.1.26", 2, "head") in told(home, home.rahmat)


def test_told_at_night_it_is_not_told_again_in_the_morning(home: Home) -> None:
    task = first_aid(home, "2026-10-26 22.30")
    home.it_is("2026-10-28 02.30")
    with home.store.transaction() as s:
        (row,) = s.exec(select(Reminder).where(Reminder.rule == "late_head")).all()
        row.state, row.sent_at, row.message_id = ReminderState.SENT, home.now, 7
    home.it_is("2026-10-28 07.30")
    assert told(home, home.kirana) == []
    home.it_is("2026-10-29 07.30")
    assert told(home, home.kirana) == [("9.1.20", 1, "top")]
    assert home.fresh(task).state == "open"
