"""An officer's own morning: the list and what is said with it move together; each day has one list."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from sop_flows.actions.confirm import obstacle
from sop_flows.actions.leave import leave
from sop_flows.actions.reminder_choices import choose_morning, switch_reminders
from sop_flows.actions.snooze import snooze, snooze_choices
from sop_flows.core.work import Work
from sop_flows.declarations.digest import DigestRules
from sop_flows.declarations.loader import Pack
from sop_flows.errors import NotOfferedError
from sop_flows.notifications.digest_items import decide
from sop_flows.notifications.planning import plan_task, working
from sop_flows.notifications.relevance import is_still_true
from sop_flows.views.obstacles import obstacles_in
from storage.tables import Officer, Reminder, ReminderKind, ReminderState, Task
from tests.support.clocks import wita
from tests.support.institution import Home, local

HALF_PAST_SIX, HALF_PAST_EIGHT = 390, 510


def chooses(home: Home, officer: Officer, minutes: int) -> str:
    """The officer chooses; returns the first day of the new time."""

    def rule(work: Work) -> str:
        return choose_morning(work, work.session.get_one(Officer, officer.id), minutes).isoformat()

    return home.call(rule)


def switches(home: Home, officer: Officer, *, wanted: bool) -> None:
    def rule(work: Work) -> None:
        switch_reminders(work, work.session.get_one(Officer, officer.id), "lead", wanted=wanted)

    home.call(rule)


def digests(home: Home, officer: Officer, state: ReminderState = ReminderState.PENDING) -> list[str]:
    """The lists of the last hours and to come, by time: nobody sends in these tests unless they say so."""
    rows = [
        row
        for row in home.rows(None, officer, state)
        if row.kind == ReminderKind.DIGEST and row.due_at > home.now - timedelta(hours=12)
    ]
    return [local(row.due_at) or "" for row in rows]


def said(home: Home, officer: Officer) -> list[str]:
    """Send what is due as the dispatcher does; the lists sent so far."""
    with home.store.transaction() as s:
        for row in s.exec(select(Reminder).where(Reminder.state == ReminderState.PENDING)).all():
            if row.due_at <= home.now:
                row.state, row.sent_at = ReminderState.SENT, home.now
    return digests(home, officer, ReminderState.SENT)


def test_before_the_morning_an_earlier_time_that_is_over_counts_from_tomorrow(home: Home) -> None:
    home.it_is("2026-12-02 07.00")
    assert chooses(home, home.budi, HALF_PAST_SIX) == "2026-12-03"
    assert digests(home, home.budi) == ["2026-12-02 07.30"]
    home.it_is("2026-12-02 07.30")
    assert said(home, home.budi)[-1:] == ["2026-12-02 07.30"]
    assert digests(home, home.budi) == ["2026-12-03 06.30"]


def test_after_todays_list_a_later_time_says_it_no_second_time(home: Home) -> None:
    home.it_is("2026-12-02 06.00")
    home.it_is("2026-12-02 07.30")
    said(home, home.budi)
    home.it_is("2026-12-02 08.00")
    assert chooses(home, home.budi, HALF_PAST_EIGHT) == "2026-12-03"
    home.it_is("2026-12-02 09.00")
    assert digests(home, home.budi) == ["2026-12-03 08.30"]


def test_before_the_morning_a_later_time_is_todays(home: Home) -> None:
    home.it_is("2026-12-02 06.00")
    assert chooses(home, home.budi, HALF_PAST_EIGHT) == "2026-12-02"
    assert digests(home, home.budi) == ["2026-12-02 08.30"]
    assert digests(home, home.sari) == ["2026-12-02 07.30"]


def test_back_and_forth_in_one_morning_leaves_one_list(home: Home) -> None:
    home.it_is("2026-12-02 06.10")
    for minutes in (HALF_PAST_EIGHT, HALF_PAST_SIX, HALF_PAST_EIGHT, 420):
        chooses(home, home.budi, minutes)
    assert digests(home, home.budi) == ["2026-12-02 07.00"]


def test_leads_move_with_the_list_and_are_owed_once(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    weigh_in = home.task("9.2.15", 4, occurrence=1)
    chooses(home, home.budi, HALF_PAST_SIX)
    assert home.owed(weigh_in) == [
        ("2026-12-10 06.30", "lead:1", "Budi"),
        ("2026-12-11 06.30", "morning", "Budi"),
    ]
    home.it_is("2026-12-10 06.30")
    assert ("lead:1", "Budi") in home.send_due()
    home.it_is("2026-12-10 06.40")
    chooses(home, home.budi, HALF_PAST_EIGHT)
    home.later(5)
    assert home.owed(weigh_in) == [("2026-12-11 08.30", "morning", "Budi")]


def test_a_lead_that_waits_is_not_lost_when_the_new_time_of_today_is_over(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-10 07.00")
    weigh_in = home.task("9.2.15", 4, occurrence=1)
    chooses(home, home.budi, HALF_PAST_SIX)
    assert home.owed(weigh_in) == [
        ("2026-12-10 07.30", "lead:1", "Budi"),
        ("2026-12-11 06.30", "morning", "Budi"),
    ]


def test_a_clock_set_back_says_nothing_twice_whatever_was_chosen_since(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-09 09.00")
    weigh_in = home.task("9.2.15", 4, occurrence=1)
    home.it_is("2026-12-10 07.30")
    said(home, home.budi)
    home.it_is("2026-12-10 12.00")
    chooses(home, home.budi, HALF_PAST_SIX)
    home.it_is("2026-12-11 12.00")
    said(home, home.budi)
    chooses(home, home.budi, HALF_PAST_EIGHT)
    home.it_is("2026-12-10 05.00")
    chooses(home, home.budi, 420)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        plan_task(work, s.get_one(Task, weigh_in.id))
    assert home.owed(weigh_in) == []
    assert digests(home, home.budi) == ["2026-12-12 07.00"]


def test_tomorrow_morning_is_the_officers_own(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 10.00")
    chooses(home, home.budi, HALF_PAST_SIX)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        budi = s.get_one(Officer, home.budi.id)
        at = dict(snooze_choices(home.house, home.now, budi))["morning"]
        task = home.task("9.2.15", 4, occurrence=1)
        snooze(work, budi, task.id or 0, None, at)
    assert local(at) == "2026-12-02 06.30"
    chooses(home, home.budi, HALF_PAST_EIGHT)
    assert ("2026-12-02 08.30", "snooze", "Budi") in home.owed(task)


def test_an_hour_from_now_does_not_move_with_the_morning(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 10.00")
    task = home.task("9.2.15", 4, occurrence=1)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        at = wita("2026-12-01 11.00")
        snooze(work, s.get_one(Officer, home.budi.id), task.id or 0, None, at)
    chooses(home, home.budi, HALF_PAST_EIGHT)
    assert ("2026-12-01 11.00", "snooze", "Budi") in home.owed(task)


def test_a_deputy_gets_it_at_the_deputys_own_time(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    weigh_in = home.task("9.2.15", 4, occurrence=1)
    home.take(home.budi, weigh_in)
    chooses(home, home.budi, HALF_PAST_SIX)
    chooses(home, citra, HALF_PAST_EIGHT)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        budi = s.get_one(Officer, home.budi.id)
        at = dict(snooze_choices(home.house, home.now, budi))["morning"]
        snooze(work, budi, weigh_in.id or 0, None, at)
    first, last = date(2026, 12, 2), date(2026, 12, 12)
    absence, _gaps = home.tap(leave.record_leave, home.budi, home.budi.id, first, last, citra)
    assert home.owed(weigh_in) == [
        ("2026-12-03 08.30", "snooze", "Citra"),
        ("2026-12-10 08.30", "lead:1", "Citra"),
        ("2026-12-11 08.30", "morning", "Citra"),
    ]
    home.call(leave.end_leave, home.budi, absence.id)
    assert home.owed(weigh_in)[0] == ("2026-12-03 06.30", "snooze", "Budi")


def test_a_lead_that_is_switched_off_is_not_owed_and_the_day_itself_is(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    weigh_in = home.task("9.2.15", 4, occurrence=1)
    switches(home, home.budi, wanted=False)
    assert home.owed(weigh_in) == [("2026-12-11 07.30", "morning", "Budi")]
    switches(home, home.budi, wanted=False)
    switches(home, home.budi, wanted=True)
    assert home.owed(weigh_in) == [
        ("2026-12-10 07.30", "lead:1", "Budi"),
        ("2026-12-11 07.30", "morning", "Budi"),
    ]


def test_that_nobody_chose_a_date_is_told_whatever_is_switched_off(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    for officer in (home.kirana, home.dewi):
        switches(home, officer, wanted=False)
    assert [(rule, name) for _at, rule, name in home.owed(home.task("9.1.09", 1))] == [
        ("choose", "Dewi"),
        ("not_chosen", "Kirana"),
        ("morning", "Dewi"),
    ]


def test_what_the_pack_does_not_let_go_stays_even_when_it_was_switched_off(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    weigh_in = home.task("9.2.15", 4, occurrence=1)
    switches(home, home.budi, wanted=False)
    digest = DigestRules.model_validate({"may_switch_off": ()})
    unit = home.house.pack.unit.model_copy(update={"digest": digest})
    home.house = replace(home.house, pack=Pack(unit, home.house.pack.sops))
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        plan_task(work, s.get_one(Task, weigh_in.id))
    assert [rule for _at, rule, _who in home.owed(weigh_in)] == ["lead:1", "morning"]
    with pytest.raises(NotOfferedError):
        switches(home, home.budi, wanted=False)


@pytest.mark.parametrize("minutes", [0, 359, 360 - 30, 375, 570, -1, 10**9])
def test_a_time_that_the_pack_does_not_offer_is_refused(home: Home, minutes: int) -> None:
    home.it_is("2026-12-02 06.00")
    with pytest.raises(NotOfferedError):
        chooses(home, home.budi, minutes)
    assert digests(home, home.budi) == ["2026-12-02 07.30"]


# --- days off, and obstacles told once ----------------------------------------------------------------------


def told(home: Home, officer: Officer, at: str) -> list[str]:
    """The obstacles in the officer's morning list at that time, which goes out."""
    home.it_is(at)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        row = next(
            row
            for row in s.exec(select(Reminder).where(Reminder.officer_id == officer.id)).all()
            if row.kind == ReminderKind.DIGEST
            and row.state == ReminderState.PENDING
            and row.due_at <= home.now
        )
        if not is_still_true(work, row):
            row.state = ReminderState.DROPPED
            return []
        head = s.get_one(Officer, officer.id)
        decide(work, head, row)
        found, _more = obstacles_in(work, head, row)
        row.state, row.sent_at = ReminderState.SENT, home.now
        return [f"{task.sop}/{task.step}" for _said, task in found]


def test_an_obstacle_of_friday_evening_waits_for_monday_and_is_told_once(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 07.30")  # a Friday
    told(home, home.kirana, "2026-10-30 07.30")
    home.it_is("2026-10-30 17.00")
    home.tap(obstacle, home.budi, home.task("9.2.01", 2).id, "Hujan")
    assert told(home, home.kirana, "2026-10-31 07.30") == []
    assert told(home, home.kirana, "2026-11-01 07.30") == []
    assert told(home, home.kirana, "2026-11-02 07.30") == ["9.2.01/2"]
    assert told(home, home.kirana, "2026-11-03 07.30") == []


def test_a_head_who_works_in_shifts_hears_of_it_on_saturday(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 17.00")
    home.tap(obstacle, home.budi, home.task("9.2.01", 2).id, "Hujan")
    assert told(home, home.rahmat, "2026-10-31 07.30") == ["9.2.01/2"]
    assert told(home, home.rahmat, "2026-11-01 07.30") == []


def test_an_obstacle_between_the_old_and_the_new_time_is_not_lost(home: Home) -> None:
    """With the last 24 hours only, what was said between 06.30 and 08.30 of yesterday would be in no list."""
    home.angkatan()
    home.it_is("2026-11-01 20.00")
    chooses(home, home.rahmat, HALF_PAST_SIX)
    told(home, home.rahmat, "2026-11-02 06.30")
    home.it_is("2026-11-02 07.00")
    home.tap(obstacle, home.budi, home.task("9.2.01", 2).id, "Hujan")
    chooses(home, home.rahmat, HALF_PAST_EIGHT)
    assert told(home, home.rahmat, "2026-11-03 08.30") == ["9.2.01/2"]
