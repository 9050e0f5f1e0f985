"""Leaves that meet: chains, heads and admins who are away, deputies who go; somebody always hears it, and once."""

from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.confirm import obstacle
from sop_flows.actions.leave import leave
from sop_flows.actions.people.enrolment import remove_officer
from sop_flows.actions.reschedule import reschedule
from sop_flows.core.notices import Assigned
from sop_flows.core.work import Work
from sop_flows.notifications.planning import working
from sop_flows.notifications.relevance import is_still_true
from sop_flows.views.obstacles import obstacles_for_head
from sop_flows.views.task_views import digest_tasks
from storage.tables import Officer, Reminder, ReminderKind, ReminderState, Task
from tests.rules.test_absences import goes, owed, weighing
from tests.rules.test_escalation import KASI_FROM, KEPALA_FROM, letter, told
from tests.support.institution import Home


def remove(home: Home, officer: Officer) -> None:
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        remove_officer(work, s.get_one(Officer, home.tari.id), officer.id or 0)


def whom(home: Home, task: Task) -> set[str]:
    return {who for _at, who in owed(home, task)}


def test_a_chain_that_loses_its_end_and_unwinds(home: Home) -> None:
    citra, umar = home.officer("Citra", "penyantunan"), home.officer("Umar", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    before = owed(home, task)
    goes(home, home.budi, "2026-12-05", "2026-12-12", citra)
    goes(home, citra, "2026-12-06", "2026-12-08", umar, by=home.rahmat)
    home.it_is("2026-12-06 00.00")
    assert whom(home, task) == {"Umar"}
    remove(home, umar)
    assert whom(home, task) == {"Rahmat"}, "nobody but the kasi is here"
    home.it_is("2026-12-09 00.00")
    assert owed(home, task) == [(at, "Citra") for at, _who in before]
    home.it_is("2026-12-13 00.00")
    assert whom(home, task) <= {"Budi"}


def test_whoever_comes_back_first_has_the_work_of_both(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    goes(home, home.budi, "2026-12-06", "2026-12-10")
    goes(home, citra, "2026-12-05", "2026-12-07")
    home.it_is("2026-12-06 00.00")
    assert whom(home, task) == {"Rahmat"}
    home.it_is("2026-12-08 00.00")
    assert whom(home, task) == {"Citra"}
    home.it_is("2026-12-11 00.00")
    assert whom(home, task) == {"Budi"}


def test_with_the_kasi_away_the_kepala_hears_the_lists_of_both(home: Home) -> None:
    letter(home)
    goes(home, home.rahmat, "2026-12-01", "2026-12-20", by=home.tari)
    home.it_is(KASI_FROM)
    assert told(home, home.kirana) == [("9.2.01", 2, "head")]
    assert told(home, home.rahmat) == []


def test_with_kasi_and_kepala_away_the_admin_hears_it_once_a_day(home: Home) -> None:
    letter(home)
    for officer in (home.rahmat, home.kirana):
        goes(home, officer, "2026-12-01", "2026-12-20", by=home.tari)
    home.it_is(KASI_FROM)
    assert told(home, home.tari) == [("9.2.01", 2, "head")]
    assert told(home, home.tari) == [], "said today"
    home.it_is(KEPALA_FROM)
    assert told(home, home.tari) == [("9.2.01", 2, "top")]


def said_in_the_morning(home: Home, officer: Officer) -> bool:
    """Whether the officer's digest of now is sent."""
    with home.reading() as s:
        row = s.exec(
            select(Reminder).where(
                Reminder.officer_id == officer.id,
                Reminder.kind == ReminderKind.DIGEST,
                Reminder.state == ReminderState.PENDING,
                Reminder.due_at == home.now,
            )
        ).one()
        return is_still_true(Work(s, home.house, home.now), row)


def test_with_everybody_away_the_admin_is_told_on_leave_or_not(home: Home) -> None:
    """Of what is due and of what is late; with somebody left, nobody on leave gets a morning."""
    letter(home)
    everybody = (home.budi, home.rahmat, home.kirana, home.tari)
    for officer in everybody:
        goes(home, officer, "2026-12-01", "2026-12-20", by=home.tari)
    home.it_is("2026-12-01 07.30")
    assert [said_in_the_morning(home, one) for one in everybody] == [False, False, False, True]
    home.it_is(KASI_FROM)
    assert [said_in_the_morning(home, one) for one in everybody] == [False, False, False, True]
    assert home.mine(home.tari) == [("9.2.01", 2)]


def test_with_the_kasi_here_the_admin_on_leave_is_left_alone(home: Home) -> None:
    letter(home)
    for officer in (home.budi, home.kirana, home.tari):
        goes(home, officer, "2026-12-01", "2026-12-20", by=home.tari)
    home.it_is(KASI_FROM)
    assert [said_in_the_morning(home, one) for one in (home.tari, home.rahmat)] == [False, True]


def test_what_the_kasi_is_told_about_comes_to_who_deputises(home: Home) -> None:
    """Obstacles, moved dates and the list of what is late."""
    citra = home.officer("Citra", "penyantunan")
    task = letter(home)
    home.take(home.budi, task)
    goes(home, home.rahmat, "2026-11-30", "2026-12-20", citra)
    home.tap(obstacle, home.budi, task.id, "pejabat tidak di tempat")
    home.tap(reschedule, home.budi, task.id, date(2026, 12, 2), "pejabat tidak di tempat")
    assert "rescheduled" in home.notices(citra)
    assert "rescheduled" not in home.notices(home.rahmat)
    with home.reading() as s:
        deputy = s.get_one(Officer, citra.id)
        found = obstacles_for_head(Work(s, home.house, home.now), deputy)
        assert [one.id for _said, one in found] == [task.id]
        assert digest_tasks(Work(s, home.house, home.now), s.get_one(Officer, home.rahmat.id)) == ()
    home.it_is("2026-12-04 07.30")
    assert told(home, citra) == [("9.2.01", 2, "head")]


def test_what_waits_for_the_morning_is_told_to_who_is_there_then(home: Home) -> None:
    """Moved at 21.00, the kasi's leave begins at midnight: the deputy reads it at six, once."""
    citra, umar = home.officer("Citra", "penyantunan"), home.officer("Umar", "penyantunan")
    task = letter(home)
    home.take(home.budi, task)
    goes(home, home.rahmat, "2026-12-01", "2026-12-20", citra)
    home.it_is("2026-11-30 21.00")
    home.tap(reschedule, home.budi, task.id, date(2026, 12, 2), "pejabat tidak di tempat")
    with home.working() as work:  # his own affair
        work.notify(home.rahmat.id or 0, Assigned(officer=umar.id or 0), at=home.now, edits=1)
    assert home.notices(home.rahmat) == ["assigned", "rescheduled"]
    home.it_is("2026-12-01 06.00")
    assert home.notices(home.rahmat) == ["assigned"]
    assert home.notices(citra).count("rescheduled") == 1


def test_ended_early_on_its_first_morning_nothing_is_said_twice(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    absence = goes(home, home.budi, "2026-12-10", "2026-12-20", citra)
    home.it_is("2026-12-10 07.30")
    assert ("lead:1", "Citra") in home.send_due()
    home.later(30)
    home.call(leave.end_leave, home.budi, absence.id)
    assert owed(home, task) == [("2026-12-11 07.30", "Budi")], "the lead was said, to the deputy"
    home.it_is("2026-12-11 07.30")
    assert [one for one in home.send_due() if one[0] in ("lead:1", "morning")] == [("morning", "Budi")]


@pytest.mark.parametrize("minutes", [0, 1, 60 * 8])
def test_at_the_edge_of_a_leave_each_reminder_goes_to_one(home: Home, minutes: int) -> None:
    """The morning of 07.30 on the first and on the day after the last, whenever the bot looks."""
    citra = home.officer("Citra", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    goes(home, home.budi, "2026-12-10", "2026-12-10", citra)
    sent = []
    for text in ("2026-12-09 23.59", "2026-12-10 07.30", "2026-12-10 23.59", "2026-12-11 07.30"):
        home.it_is(text)
        home.later(minutes)
        sent += [one for one in home.send_due() if one[0] in ("lead:1", "morning")]
    assert sent == [("lead:1", "Citra"), ("morning", "Budi")]
