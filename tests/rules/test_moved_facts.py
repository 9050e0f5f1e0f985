"""Facts that move under a reminder: it follows, no other is left behind, and none is said twice."""

from datetime import date

import pytest
from sqlmodel import col, select

from sop_flows.actions import offer
from sop_flows.actions import snooze as snoozing
from sop_flows.actions.assign import delegate
from sop_flows.actions.cohorts.moving_dates import move_cohort
from sop_flows.actions.leave import leave
from sop_flows.actions.people.enrolment import remove_officer
from sop_flows.actions.replanning.calendar_changed import replan_if_changed
from sop_flows.actions.reschedule import reschedule
from sop_flows.core.work import Institution, Work
from storage.tables import Officer, Reminder, ReminderKind, ReminderState, Task
from tests.rules.test_cases import open_case
from tests.support.clocks import wita
from tests.support.institution import Home, local


@pytest.fixture
def citra(home: Home) -> Officer:
    return home.officer("Citra", "penyantunan")


@pytest.fixture
def weighing(home: Home, citra: Officer) -> Task:
    """9.2.15 on day 10, Friday 11 December; Budi has taken it on Saturday the 5th."""
    home.angkatan()
    home.it_is("2026-12-05 08.00")
    task = home.task("9.2.15", 4, 1)
    home.take(home.budi, task)
    return task


@pytest.fixture
def emergency(home: Home) -> Task:
    """9.1.20 step 1, opened on Tuesday 27 October at 22.00 by Sari: late a day later, when Lina the kasi is told."""
    home.lina = home.officer("Lina", head="peksos")  # type: ignore[attr-defined]
    home.it_is("2026-10-27 22.00")
    home.call(open_case, home.sari)
    return home.task("9.1.20", 1)


def snooze(home: Home, officer: Officer, task: Task, until: str) -> None:
    home.call(snoozing.snooze, officer, task.id, None, wita(until))


def remove(home: Home, officer: Officer) -> None:
    def rule(work: Work) -> None:
        remove_officer(work, work.session.get_one(Officer, home.tari.id), officer.id or 0)

    home.call(rule)


def snoozed(home: Home, task: Task) -> list[tuple[str, str]]:
    return [(at, who) for at, rule, who in home.owed(task) if rule == "snooze"]


# --- done by another ----------------------------------------------------------------------------------------


def test_whoever_handed_it_on_is_not_reminded_of_it(home: Home, weighing: Task, citra: Officer) -> None:
    snooze(home, home.budi, weighing, "2026-12-10 09.00")
    offered = home.tap(delegate, home.budi, weighing.id, citra)
    assert snoozed(home, weighing) == [("2026-12-10 09.00", "Budi")], "until it is accepted"
    assert offered is not None
    home.tap(offer.accept, citra, offered.id)
    assert snoozed(home, weighing) == []
    assert {who for _at, _rule, who in home.owed(weighing)} == {"Citra"}


def test_a_colleague_who_took_it_ends_the_snooze_of_the_others_but_not_of_the_kasi(
    home: Home, citra: Officer
) -> None:
    home.angkatan()
    home.it_is("2026-12-05 08.00")
    task = home.task("9.2.15", 4, 1)
    for officer in (home.budi, citra, home.rahmat):
        snooze(home, officer, task, "2026-12-10 09.00")
    home.take(citra, task)
    assert snoozed(home, task) == [("2026-12-10 09.00", "Rahmat"), ("2026-12-10 09.00", "Citra")]


# --- dates --------------------------------------------------------------------------------------------------


def put_off(home: Home, task: Task, until: str) -> None:
    home.call(snoozing.snooze, home.dewi, task.id, home.child(2).id, wita(until))


def test_a_due_date_before_the_snooze_ends_it(home: Home, home_visit: Task) -> None:
    """Put off to the 10th, then moved to the 8th: the morning of the 8th is said."""
    put_off(home, home_visit, "2026-12-10 09.00")
    assert home.owed(home_visit) == [("2026-12-10 09.00", "snooze", "Dewi")]
    home.tap(reschedule, home.dewi, home_visit.id, date(2026, 12, 8), "jembatan putus")
    assert home.owed(home_visit) == [
        ("2026-12-07 07.30", "lead:1", "Dewi"),
        ("2026-12-08 07.30", "morning", "Dewi"),
        ("2026-12-08 16.00", "due", "Dewi"),
    ]


def test_a_snooze_before_the_new_due_date_stays(home: Home, home_visit: Task) -> None:
    put_off(home, home_visit, "2026-12-10 09.00")
    home.tap(reschedule, home.dewi, home_visit.id, date(2026, 12, 14), "jembatan putus")
    assert home.owed(home_visit) == [
        ("2026-12-10 09.00", "snooze", "Dewi"),
        ("2026-12-13 07.30", "lead:1", "Dewi"),
        ("2026-12-14 07.30", "morning", "Dewi"),
        ("2026-12-14 16.00", "due", "Dewi"),
    ]


def test_a_departure_before_the_snooze_ends_it(home: Home, citra: Officer) -> None:
    """They leave on the 31st and not on the 2nd: the last weigh-in is on the evening of the 30th."""
    cohort = home.angkatan(departure="2027-01-02")
    home.it_is("2026-12-22 08.00")
    task = home.task("9.2.15", 4, 3)
    assert home.due(task) == "2026-12-31 16.00"
    home.take(home.budi, task)
    snooze(home, home.budi, task, "2026-12-31 09.00")
    assert home.owed(task) == [("2026-12-31 09.00", "snooze", "Budi")]
    home.tap(move_cohort, home.tari, cohort.id, date(2026, 12, 1), date(2026, 12, 31), "kapal penuh")
    assert home.due(task) == "2026-12-30 18.00"
    assert home.owed(task) == [
        ("2026-12-29 07.30", "lead:1", "Budi"),
        ("2026-12-30 07.30", "morning", "Budi"),
    ]


# --- officers -----------------------------------------------------------------------------------------------


def test_what_a_removed_officer_put_off_comes_to_who_is_left(
    home: Home, weighing: Task, citra: Officer
) -> None:
    snooze(home, home.budi, weighing, "2026-12-11 09.00")  # both reminders of its own are put off
    remove(home, home.budi)
    assert snoozed(home, weighing) == [("2026-12-11 09.00", "Citra")]


def test_what_had_come_due_for_a_removed_officer_comes_to_who_is_left(
    home: Home, weighing: Task, citra: Officer
) -> None:
    """The bot was off when the morning fell due; the first thing that happens then is that Budi is removed."""
    home.it_is("2026-12-11 09.00")
    remove(home, home.budi)
    assert ("morning", "Citra") in home.send_due()
    assert home.rows(weighing, home.budi) == []


def test_a_removed_deputy_gives_back_what_the_absent_put_off(
    home: Home, weighing: Task, citra: Officer
) -> None:
    umar = home.officer("Umar", "penyantunan")
    snooze(home, home.budi, weighing, "2026-12-11 09.00")
    home.tap(leave.record_leave, home.budi, home.budi.id, date(2026, 12, 5), date(2026, 12, 20), umar)
    assert snoozed(home, weighing) == [("2026-12-11 09.00", "Umar")]
    remove(home, umar)
    assert snoozed(home, weighing) == [("2026-12-11 09.00", "Citra")], "Budi is away still"


# --- heads --------------------------------------------------------------------------------------------------


def late_calls(home: Home, task: Task) -> list[tuple[str, str]]:
    return [(at, who) for at, rule, who in home.owed(task) if rule == "late_head"]


def test_an_emergency_that_came_late_before_the_kasis_leave_reaches_the_deputy(
    home: Home, emergency: Task
) -> None:
    """The bot is off from the evening on; at 22.00 the step is late, at midnight the leave begins."""
    mira = home.officer("Mira", "peksos")
    lina: Officer = home.lina  # type: ignore[attr-defined]
    home.tap(leave.record_leave, lina, lina.id, date(2026, 10, 29), date(2026, 10, 30), mira)
    assert late_calls(home, emergency) == [("2026-10-28 22.00", "Lina")]
    home.it_is("2026-10-29 06.00")
    assert late_calls(home, emergency) == [("2026-10-28 22.00", "Mira")]
    assert ("late_head", "Mira") in home.send_due()


def test_other_thresholds_at_the_next_start_lose_no_emergency(home: Home, emergency: Task) -> None:
    """The pack says six hours instead of four from now on: the Kepala's call follows."""
    home.call(replan_if_changed)
    assert ("2026-10-29 02.00", "late_top", "Kirana") in home.owed(emergency)
    pack = home.house.pack
    rules = pack.unit.escalation
    later = rules.model_copy(
        update={"emergency_top_after": rules.emergency_top_after.model_copy(update={"amount": 6})}
    )
    unit = pack.unit.model_copy(update={"escalation": later})
    home.house = Institution(type(pack)(unit, pack.sops), home.house.office, home.house.cabinet)
    home.call(replan_if_changed)
    assert [one for one in home.owed(emergency) if one[1] == "late_top"] == [
        ("2026-10-29 04.00", "late_top", "Kirana")
    ]


# --- mornings -----------------------------------------------------------------------------------------------


def mornings(home: Home, officer: Officer) -> list[str | None]:
    with home.reading() as s:
        rows = s.exec(
            select(Reminder)
            .where(
                Reminder.officer_id == officer.id,
                Reminder.kind == ReminderKind.DIGEST,
                Reminder.state == ReminderState.PENDING,
            )
            .order_by(col(Reminder.due_at))
        ).all()
        return [local(row.due_at) for row in rows]


def working_until_thursday(home: Home) -> None:
    for day in (27, 28, 29):
        home.it_is(f"2026-10-{day} 08.00")
        home.send_due()


def test_after_a_weekend_without_the_bot_mondays_morning_is_said(home: Home) -> None:
    """Off from Friday until Monday 09.00: nobody made Monday's row, and Friday's is over."""
    working_until_thursday(home)
    assert mornings(home, home.budi) == ["2026-10-30 07.30"]
    home.it_is("2026-11-02 09.00")
    assert mornings(home, home.budi) == ["2026-11-02 07.30", "2026-11-03 07.30"]
    home.it_is("2026-11-02 09.01")
    assert mornings(home, home.budi) == ["2026-11-02 07.30", "2026-11-03 07.30"], "not again"


def test_back_before_the_morning_it_is_said_in_time_and_once(home: Home) -> None:
    working_until_thursday(home)
    home.it_is("2026-11-02 06.00")
    assert mornings(home, home.budi) == ["2026-11-02 07.30"]


def test_back_at_night_yesterdays_morning_is_over(home: Home) -> None:
    working_until_thursday(home)
    home.it_is("2026-11-02 20.30")
    assert "2026-11-03 07.30" in mornings(home, home.budi)
    home.send_due()
    home.it_is("2026-11-03 07.00")
    assert mornings(home, home.budi) == ["2026-11-03 07.30"]


# --- a clock that is set back -------------------------------------------------------------------------------


def test_a_leave_that_began_too_early_begins_again_in_time(
    home: Home, weighing: Task, citra: Officer
) -> None:
    """The clock of the host was two days ahead for a minute."""
    home.tap(leave.record_leave, home.budi, home.budi.id, date(2026, 12, 7), date(2026, 12, 20), citra)
    before = home.owed(weighing)
    home.it_is("2026-12-07 08.00")
    assert {who for _at, _rule, who in home.owed(weighing)} == {"Citra"}
    home.it_is("2026-12-05 08.01")
    assert home.owed(weighing) == before
    assert home.notices(citra) == ["leave_stand_in"]
    home.it_is("2026-12-07 00.00")
    assert {who for _at, _rule, who in home.owed(weighing)} == {"Citra"}
    assert home.notices(citra) == ["leave_stand_in", "leave_begins"]


def test_a_leave_that_ended_too_early_goes_on(home: Home, weighing: Task, citra: Officer) -> None:
    home.tap(leave.record_leave, home.budi, home.budi.id, date(2026, 12, 5), date(2026, 12, 6), citra)
    home.it_is("2026-12-07 08.00")
    assert {who for _at, _rule, who in home.owed(weighing)} == {"Budi"}
    home.it_is("2026-12-05 09.00")
    assert {who for _at, _rule, who in home.owed(weighing)} == {"Citra"}
    home.it_is("2026-12-07 08.00")
    assert {who for _at, _rule, who in home.owed(weighing)} == {"Budi"}


def test_a_leave_that_somebody_ended_stays_ended(home: Home, weighing: Task, citra: Officer) -> None:
    absence, _gaps = home.tap(
        leave.record_leave, home.budi, home.budi.id, date(2026, 12, 5), date(2026, 12, 9), citra
    )
    home.it_is("2026-12-07 08.00")
    home.call(leave.end_leave, home.budi, absence.id)
    home.it_is("2026-12-05 09.00")
    assert {who for _at, _rule, who in home.owed(weighing)} == {"Budi"}


# --- nobody is left -----------------------------------------------------------------------------------------


def test_the_last_one_here_is_removed_while_a_colleague_is_on_leave(home: Home) -> None:
    """Dewi and Bimo are Bimbingan, which has no kasi here: the Kepala and the admin hear it."""
    bimo = home.officer("Bimo", "bimbingan")
    home.tap(leave.record_leave, home.dewi, home.dewi.id, date(2026, 10, 27), date(2026, 10, 30), None)
    assert "leave_nobody" not in home.notices(home.kirana)
    remove(home, bimo)
    assert home.notices(home.kirana).count("leave_nobody") == 1
    assert home.notices(home.tari).count("leave_nobody") == 1
