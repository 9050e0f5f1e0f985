"""What is owed to whom and when. A reminder is a row before it is a message."""

from datetime import date, timedelta

import pytest

from handlers.pushes.notices import notice_sentence
from sop_flows.actions import snooze as snoozing
from sop_flows.actions.people.enrolment import remove_officer, set_admin
from sop_flows.actions.reschedule import reschedule
from sop_flows.actions.snooze import snooze_choices
from sop_flows.core.work import Work
from sop_flows.errors import FutureWorkError, NeedsReasonError, NotFoundError, NotYoursError
from sop_flows.notifications.planning import working
from sop_flows.notifications.relevance import is_still_true
from sop_flows.staffing.own_morning import next_morning
from sop_flows.views.task_views import history_of, task_line
from storage.tables import Officer, ReminderKind, ReminderState, Task
from tests.support.clocks import wita
from tests.support.institution import Home, pack_with


@pytest.fixture
def citra(home: Home) -> Officer:
    """A second officer of penyantunan, there before the angkatan: who comes later changes nobody's tasks."""
    return home.officer("Citra", "penyantunan")


@pytest.fixture
def weigh_in(home: Home) -> Task:
    """9.2.15 step 4 of day 10 (Friday 11 December), waiting; the day of arrival."""
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    return home.task("9.2.15", 4, 1)


# --- planned ------------------------------------------------------------------------------------------------


def test_a_weigh_in_is_announced_the_day_before_and_that_morning(home: Home, weigh_in: Task) -> None:
    assert home.owed(weigh_in) == [
        ("2026-12-10 07.30", "lead:1", "Budi"),
        ("2026-12-11 07.30", "morning", "Budi"),
    ]


def test_the_last_weigh_in_is_announced_for_the_evening_before_departure(home: Home, weigh_in: Task) -> None:
    home.it_is("2026-12-11 08.00")
    assert home.owed(home.task("9.2.15", 4, 3)) == [
        ("2026-12-29 07.30", "lead:1", "Budi"),
        ("2026-12-30 07.30", "morning", "Budi"),
    ]


def test_a_home_visit_has_reminders_of_its_own_for_each_child(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.flag(home.sari, 1, 2)
    data = home.finish_until("9.1.12", 2)
    home.record(home.dewi, data, 1)
    home.it_is("2026-12-02 08.00")
    home.record(home.dewi, data, 2)
    visit = home.task("9.1.12", 3)
    rows = [(r.due_at, r.rule, r.child_id) for r in home.rows(visit)]
    first, second = home.child(1).id, home.child(2).id
    assert rows == [
        (wita("2026-12-03 07.30"), "lead:1", first),
        (wita("2026-12-04 07.30"), "morning", first),
        (wita("2026-12-04 07.30"), "lead:1", second),
        (wita("2026-12-04 16.00"), "due", first),
        (wita("2026-12-05 07.30"), "morning", second),
        (wita("2026-12-05 16.00"), "due", second),
    ]


def test_office_steps_with_a_day_have_no_push_of_their_own(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    assert home.owed(home.task("9.2.01", 2)) == []  # the digest carries it


def test_with_several_members_each_is_reminded_until_one_takes_it(
    home: Home, citra: Officer, weigh_in: Task
) -> None:
    assert home.owed(weigh_in) == [
        ("2026-12-10 07.30", "lead:1", "Budi"),
        ("2026-12-10 07.30", "lead:1", "Citra"),
        ("2026-12-11 07.30", "morning", "Budi"),
        ("2026-12-11 07.30", "morning", "Citra"),
    ]
    home.take(citra, weigh_in)
    assert home.owed(weigh_in) == [
        ("2026-12-10 07.30", "lead:1", "Citra"),
        ("2026-12-11 07.30", "morning", "Citra"),
    ]


def test_the_others_messages_are_edited_when_one_takes_it(home: Home, citra: Officer, weigh_in: Task) -> None:
    home.it_is("2026-12-10 07.30")
    assert [one for one in home.send_due() if one[0] == "lead:1"] == [("lead:1", "Budi"), ("lead:1", "Citra")]
    [sent] = [r for r in home.rows(weigh_in, home.budi, ReminderState.SENT) if r.rule == "lead:1"]
    home.take(citra, weigh_in)
    [notice] = [r for r in home.rows(None, home.budi) if r.kind == ReminderKind.NOTICE]
    assert (notice.rule, notice.edits_message_id) == ("taken", sent.message_id)
    assert notice.payload == {"notice": "taken", "officer": citra.id}
    assert home.notices(citra) == []


def test_nobody_in_the_role_never_means_nobody_reminded(empty_home: Home) -> None:
    home = empty_home
    home.officer("Tari", "tu", admin=True)
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    weigh_in = home.task("9.2.15", 4, 1)
    assert [who for _at, _rule, who in home.owed(weigh_in)] == ["Tari", "Tari"]


def test_a_kepala_who_enrols_is_reminded_instead_of_the_admin(empty_home: Home) -> None:
    home = empty_home
    home.officer("Tari", "tu", admin=True)
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.officer("Kirana", "kepala")
    weigh_in = home.task("9.2.15", 4, 1)
    assert [who for _at, _rule, who in home.owed(weigh_in)] == ["Kirana", "Kirana"]


def test_an_admin_who_is_made_one_later_is_reminded_when_the_other_goes(empty_home: Home) -> None:
    home = empty_home
    tari = home.officer("Tari", "tu", admin=True)
    umar = home.officer("Umar", "tu")
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.call(set_admin, tari, umar.id, True)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        remove_officer(work, s.get_one(Officer, umar.id), tari.id or 0)
    weigh_in = home.task("9.2.15", 4, 1)
    assert [who for _at, _rule, who in home.owed(weigh_in)] == ["Umar", "Umar"]


# --- dropped ------------------------------------------------------------------------------------------------


def test_nothing_is_owed_about_a_finished_task(home: Home, weigh_in: Task) -> None:
    home.it_is("2026-12-11 07.00")
    home.send_due()
    assert home.owed(weigh_in) == [("2026-12-11 07.30", "morning", "Budi")]
    home.record(home.budi, weigh_in)
    assert home.owed(weigh_in) == []
    home.it_is("2026-12-11 08.00")
    assert home.send_due() == []


def test_nothing_is_owed_about_a_skipped_task(home: Home, home_visit: Task) -> None:
    home.skip(home.dewi, home_visit, "keluarga pindah")
    assert home.owed(home_visit) == []


def test_a_child_that_is_done_is_not_reminded_of(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.flag(home.sari, 1, 2)
    home.record(home.dewi, home.finish_until("9.1.12", 2))
    visit = home.task("9.1.12", 3)
    home.record(home.dewi, visit, 1)
    assert {r.child_id for r in home.rows(visit)} == {home.child(2).id}


def test_a_child_that_left_is_not_reminded_of(home: Home, home_visit: Task) -> None:
    home.leaves(home.budi, 2)
    assert home.owed(home_visit) == []


def test_a_reminder_claimed_just_before_the_task_was_done_is_not_true_any_more(
    home: Home, weigh_in: Task
) -> None:
    home.it_is("2026-12-11 07.30")
    row = next(r for r in home.rows(weigh_in) if r.rule == "morning")
    with home.reading() as s:
        assert is_still_true(Work(s, home.house, home.now), row)
    home.record(home.budi, weigh_in)
    with home.reading() as s:
        assert not is_still_true(Work(s, home.house, home.now), row)


def test_what_is_missed_is_not_reminded_of(home: Home, weigh_in: Task) -> None:
    home.it_is("2026-12-21 08.00")
    assert home.fresh(weigh_in).state == "missed"
    assert home.owed(weigh_in) == []


# --- moved --------------------------------------------------------------------------------------------------


def test_rescheduling_moves_due_date_and_reminders_and_tells_the_kasi(home: Home, home_visit: Task) -> None:
    lestari = home.officer("Lestari", head="bimbingan")
    home.tap(reschedule, home.dewi, home_visit.id, date(2026, 12, 8), "jembatan putus")
    assert home.due(home_visit) == "2026-12-08 16.00"
    assert home.entry_dues(home_visit) == {2: "2026-12-08 16.00"}
    assert home.owed(home_visit) == [
        ("2026-12-07 07.30", "lead:1", "Dewi"),
        ("2026-12-08 07.30", "morning", "Dewi"),
        ("2026-12-08 16.00", "due", "Dewi"),
    ]
    [notice] = [r for r in home.rows(None, lestari) if r.kind == ReminderKind.NOTICE]
    assert notice.payload == {
        "notice": "rescheduled", "officer": home.dewi.id, "due_on": "2026-12-08", "reason": "jembatan putus",
        "child": None, "times": 1, "first_on": None,
    }  # fmt: skip


def test_a_step_that_is_moved_again_and_again_is_told_in_one_line(home: Home, home_visit: Task) -> None:
    lestari = home.officer("Lestari", head="bimbingan")
    for day in (7, 8, 9, 10, 11):
        home.tap(reschedule, home.dewi, home_visit.id, date(2026, 12, day), f"banjir {day}")
    [notice] = [r for r in home.rows(None, lestari) if r.kind == ReminderKind.NOTICE]
    with home.working() as work:
        said = notice_sentence(work, lestari, notice)
        story = history_of(work, task_line(work, home_visit, lestari), lestari)
    assert "ke Jumat, 11 Desember 2026 (5 kali, semula 4 Des)." in said
    assert (len(story.moved), story.moved_from) == (5, date(2026, 12, 4))


def test_rescheduling_needs_a_reason(home: Home, home_visit: Task) -> None:
    with pytest.raises(NeedsReasonError):
        home.tap(reschedule, home.dewi, home_visit.id, date(2026, 12, 8), "  ")
    assert home.due(home_visit) == "2026-12-04 16.00"


@pytest.mark.parametrize("on", [date(2026, 11, 30), date(2027, 1, 31)])
def test_not_to_a_day_that_is_over_nor_beyond_the_stay(home: Home, home_visit: Task, on: date) -> None:
    with pytest.raises(FutureWorkError) as refused:
        home.tap(reschedule, home.dewi, home_visit.id, on, "jembatan putus")
    assert (refused.value.earliest, refused.value.latest) == (date(2026, 12, 1), date(2026, 12, 31))


def test_a_kasi_who_moves_it_himself_is_not_told(home: Home, home_visit: Task) -> None:
    lestari = home.officer("Lestari", head="bimbingan")
    home.tap(reschedule, lestari, home_visit.id, date(2026, 12, 8), "jembatan putus")
    assert home.notices(lestari) == []


# --- Ingatkan lagi ------------------------------------------------------------------------------------------


def snooze(home: Home, task: Task, until: str, child_id: int | None = None) -> None:
    home.call(snoozing.snooze, home.dewi, task.id, child_id, wita(until))


def test_a_snooze_moves_the_reminder_and_not_the_due_date(home: Home, home_visit: Task) -> None:
    home.it_is("2026-12-04 07.30")
    home.send_due()
    snooze(home, home_visit, "2026-12-04 15.00")
    assert home.due(home_visit) == "2026-12-04 16.00"
    assert home.owed(home_visit) == [
        ("2026-12-04 15.00", "snooze", "Dewi"),
        ("2026-12-04 16.00", "due", "Dewi"),
    ]


def test_until_the_snooze_nothing_else_of_the_task_is_said(home: Home, weigh_in: Task) -> None:
    home.it_is("2026-12-10 07.30")
    home.send_due()
    home.call(snoozing.snooze, home.budi, weigh_in.id, None, wita("2026-12-11 09.00"))
    assert home.owed(weigh_in) == [("2026-12-11 09.00", "snooze", "Budi")]


def test_a_second_snooze_replaces_the_first(home: Home, weigh_in: Task) -> None:
    for until in ("2026-12-03 09.00", "2026-12-04 09.00"):
        home.call(snoozing.snooze, home.budi, weigh_in.id, None, wita(until))
    assert [row for row in home.owed(weigh_in) if row[1] == "snooze"] == [
        ("2026-12-04 09.00", "snooze", "Budi")
    ]


def test_each_officer_snoozes_for_himself(home: Home, weigh_in: Task) -> None:
    citra = home.officer("Citra", "penyantunan")
    home.call(snoozing.snooze, citra, weigh_in.id, None, wita("2026-12-11 09.00"))
    assert home.owed(weigh_in) == [
        ("2026-12-10 07.30", "lead:1", "Budi"),
        ("2026-12-11 07.30", "morning", "Budi"),
        ("2026-12-11 09.00", "snooze", "Citra"),
    ]


def test_a_snooze_into_the_quiet_hours_comes_at_six(home: Home, weigh_in: Task) -> None:
    home.call(snoozing.snooze, home.budi, weigh_in.id, None, wita("2026-12-02 21.15"))
    assert ("2026-12-03 06.00", "snooze", "Budi") in home.owed(weigh_in)


def test_a_snooze_is_not_into_the_past_nor_of_others_nor_of_what_is_done(home: Home, weigh_in: Task) -> None:
    with pytest.raises(FutureWorkError):
        home.call(snoozing.snooze, home.budi, weigh_in.id, None, home.now)
    with pytest.raises(NotYoursError):
        home.call(snoozing.snooze, home.sari, weigh_in.id, None, wita("2026-12-03 09.00"))
    home.it_is("2026-12-11 09.00")
    home.record(home.budi, weigh_in)
    with pytest.raises(NotFoundError):
        home.call(snoozing.snooze, home.budi, weigh_in.id, None, wita("2026-12-12 09.00"))


def test_a_snooze_of_a_task_done_meanwhile_is_dropped(home: Home, home_visit: Task) -> None:
    snooze(home, home_visit, "2026-12-02 09.00")
    home.record(home.dewi, home_visit)
    home.it_is("2026-12-02 09.00")
    assert "snooze" not in [rule for rule, _who in home.send_due()]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-12-02 09.00", [("hour", "2026-12-02 10.00"), ("afternoon", "2026-12-02 15.00"), ("morning", "2026-12-03 07.30")]),
        ("2026-12-02 14.30", [("hour", "2026-12-02 15.30"), ("afternoon", "2026-12-02 15.00"), ("morning", "2026-12-03 07.30")]),
        ("2026-12-02 14.31", [("hour", "2026-12-02 15.31"), ("morning", "2026-12-03 07.30")]),
        ("2026-12-02 19.30", [("hour", "2026-12-03 06.00"), ("morning", "2026-12-03 07.30")]),
        ("2026-12-02 05.30", [("hour", "2026-12-02 06.30"), ("afternoon", "2026-12-02 15.00"), ("morning", "2026-12-03 07.30")]),
    ],
)  # fmt: skip
def test_what_ingatkan_lagi_offers(home: Home, at: str, expected: list[tuple[str, str]]) -> None:
    found = snooze_choices(home.house, wita(at))
    assert found == tuple((word, wita(when)) for word, when in expected)


def test_an_hour_of_an_emergency_is_an_hour_at_night_too(home: Home) -> None:
    found = dict(snooze_choices(home.house, wita("2026-12-02 23.35"), emergency=True))
    assert found["hour"] == wita("2026-12-03 00.35")


# --- handed on ----------------------------------------------------------------------------------------------


def end_of_preparation(home: Home) -> Task:
    """9.2.02 step 2, Penyantunan's; the next is Bag. TU's. Friday 30 October 2026, 09.00."""
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    return home.finish_until("9.2.02", 2, through=("9.2.01", "9.2.02"))


def test_who_gets_a_step_from_another_role_is_told(home: Home) -> None:
    home.confirm(home.budi, end_of_preparation(home))
    assert home.owed(officer=home.tari) == [("2026-10-30 09.00", "handed", "Tari")]


def test_who_goes_on_himself_is_not_told(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    home.confirm(home.budi, home.task("9.2.01", 2))
    assert home.owed() == []


def test_in_the_evening_it_waits_until_six(home: Home) -> None:
    task = end_of_preparation(home)
    home.it_is("2026-10-30 20.00")
    home.confirm(home.budi, task)
    assert home.owed(officer=home.tari) == [("2026-10-31 06.00", "handed", "Tari")]


def test_with_several_members_and_no_pj_it_stays_in_the_list(home: Home) -> None:
    umar = home.officer("Umar", "tu")
    home.confirm(home.budi, end_of_preparation(home))
    assert home.owed() == []
    assert home.mine(umar) == [("9.2.02", 3)]


def test_nobody_in_the_role_and_who_answers_for_it_is_told(home: Home) -> None:
    admin = home.officer("Wayan", "peksos", admin=True)
    home.call(remove_officer, admin, home.tari.id)
    home.confirm(home.budi, end_of_preparation(home))
    assert home.owed(officer=home.kirana) == [("2026-10-30 09.00", "handed", "Kirana")]


def test_both_parties_of_a_joint_step_hear_of_it_but_who_opened_it(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.confirm(home.sari, home.finish_until("9.2.10", 2))
    assert [(rule, who) for _at, rule, who in home.owed(home.task("9.2.10", 3))] == [("handed", "Dewi")]


def test_the_nurse_is_told_that_the_scales_are_hers(home: Home) -> None:
    """SOP 9.2.06: step 4 is penyantunan's as step 3 is, but the perawat is in charge of it."""
    ani = home.officer("Ani", "perawat")
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.finish_until("9.2.06", 4)
    assert [rule for _at, rule, _who in home.owed(home.task("9.2.06", 4), officer=ani)] == ["handed"]


# --- an outage ----------------------------------------------------------------------------------------------


def test_a_reminder_that_is_due_and_unsent_survives_a_new_plan(home: Home, weigh_in: Task) -> None:
    """The bot was down at 07.30; the first thing it sees is somebody who enrols."""
    home.it_is("2026-12-11 07.45")
    home.officer("Citra", "penyantunan")
    assert ("2026-12-11 07.30", "morning", "Budi") in home.owed(weigh_in)
    assert ("morning", "Budi") in home.send_due()


def test_what_was_sent_is_not_owed_again_by_a_new_plan(home: Home, weigh_in: Task) -> None:
    home.it_is("2026-12-11 07.30")
    home.send_due()
    home.officer("Citra", "penyantunan")
    assert [row for row in home.owed(weigh_in) if row[2] == "Budi"] == []


def test_after_an_outage_of_days_only_the_last_of_a_row_is_said(home: Home, weigh_in: Task) -> None:
    """Down from the 9th to the 11th: "besok" is no longer true, "hari ini" is."""
    home.it_is("2026-12-09 09.00")
    home.send_due()
    home.it_is("2026-12-11 09.00")
    assert [rule for _at, rule, _who in home.owed(weigh_in)] == ["lead:1", "morning"]
    assert [(rule, who) for rule, who in home.send_due() if who == "Budi"] == [("morning", "Budi")]


def test_after_an_outage_in_which_it_was_done_nothing_is_said(home: Home, weigh_in: Task) -> None:
    home.it_is("2026-12-09 09.00")
    home.send_due()
    home.it_is("2026-12-11 09.00")
    home.record(home.budi, weigh_in)
    assert [who for _rule, who in home.send_due() if who == "Budi"] == []


# --- officers -----------------------------------------------------------------------------------------------


def test_who_is_removed_is_owed_nothing_and_who_is_left_is(
    home: Home, citra: Officer, weigh_in: Task
) -> None:
    home.take(citra, weigh_in)
    home.call(remove_officer, home.tari, citra.id)
    assert [row.rule for row in home.rows(None, citra)] == ["removed"]  # to the phone that was hers
    assert home.owed(weigh_in) == [
        ("2026-12-10 07.30", "lead:1", "Budi"),
        ("2026-12-11 07.30", "morning", "Budi"),
    ]


def test_a_nurse_who_enrols_gets_the_reminders_of_the_weigh_in(home: Home, weigh_in: Task) -> None:
    home.officer("Ani", "perawat")
    assert home.owed(weigh_in) == [
        ("2026-12-10 07.30", "lead:1", "Ani"),
        ("2026-12-11 07.30", "morning", "Ani"),
    ]


def test_everyone_has_one_coming_digest(home: Home) -> None:
    with home.reading() as s:
        assert next_morning(home.house, home.now) == wita("2026-10-27 07.30")
        del s
    for officer in (home.kirana, home.tari, home.rahmat, home.budi, home.dewi, home.sari):
        rows = [r for r in home.rows(None, officer) if r.kind == ReminderKind.DIGEST]
        assert [r.due_at for r in rows] == [wita("2026-10-26 08.00") + timedelta(hours=23.5)]
    home.it_is("2026-10-27 08.00")
    home.send_due()
    home.later(minutes=1)
    rows = [r for r in home.rows(None, home.budi) if r.kind == ReminderKind.DIGEST]
    assert [r.due_at for r in rows] == [wita("2026-10-28 07.30")]


def test_a_digest_with_nothing_to_say_is_not_sent(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 08.00")
    digests = {r.officer_id: r for r in home.rows(None) if r.kind == ReminderKind.DIGEST}
    home.it_is("2026-11-02 08.00")  # the letter is due today
    with home.reading() as s:
        assert is_still_true(Work(s, home.house, home.now), digests[home.budi.id or 0])
        assert not is_still_true(Work(s, home.house, home.now), digests[home.sari.id or 0])


# --- emergencies --------------------------------------------------------------------------------------------

EMERGENCY = """
number: "9.1.20"
title: Keadaan darurat
program: petirahan
phase: darurat
subject: cohort
clock: kalender
emergency: true
starts: [{at: arrival}]
steps:
  - {step: 1, activity: Lapor, prompt: Lapor., short: Lapor, executors: [peksos], kind: do}
  - {step: 2, activity: Tolong, prompt: Tolong., short: Tolong, executors: [penyantunan], standard: 4 jam, kind: do,
     remind: [jatuh tempo]}
"""


@pytest.mark.parametrize(
    ("emergency", "handed", "due"),
    [(True, "2026-12-01 21.00", "2026-12-02 01.00"), (False, "2026-12-02 06.00", "2026-12-02 06.00")],
    ids=["emergency", "no emergency"],
)
def test_only_emergencies_are_said_in_the_quiet_hours(
    empty_home: Home, emergency: bool, handed: str, due: str
) -> None:
    text = EMERGENCY if emergency else EMERGENCY.replace("emergency: true\n", "")
    home = Home(empty_home.store, empty_home.house.cabinet.folder, pack_with(text))
    home.everyone()
    home.angkatan()
    home.it_is("2026-12-01 21.00")
    home.confirm(home.sari, home.task("9.1.20", 1))
    task = home.task("9.1.20", 2)
    assert home.due(task) == "2026-12-02 01.00"
    to_budi = [one for one in home.owed(task) if one[2] == "Budi"]
    assert sorted(to_budi) == sorted([(handed, "handed", "Budi"), (due, "due", "Budi")])
