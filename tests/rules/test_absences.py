"""Leave: reminders and steps go to the deputy, for as long as it lasts, and nothing vanishes."""

from datetime import date

import pytest
from sqlmodel import col, select

from sop_flows.actions.candidates import candidates
from sop_flows.actions.leave import leave
from sop_flows.actions.leave.leave import LeaveRefusedError
from sop_flows.actions.people.enrolment import remove_officer
from sop_flows.actions.snooze import snooze
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.errors import NotPermittedError, NotYoursError
from sop_flows.notifications.escalation.lists import levels_now, steps_of
from sop_flows.notifications.planning import NOT_CHOSEN, working
from sop_flows.notifications.relevance import is_still_true
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.responsibility import last_said
from sop_flows.staffing.roster import deputy_of
from sop_flows.views.status import StatusLine, cohort_status
from sop_flows.views.task_views import said_for
from storage.tables import Absence, Cohort, Officer, Reminder, ReminderKind, ReminderState, Task, TaskState
from tests.support.institution import Home


def day(text: str) -> date:
    return date.fromisoformat(text)


def goes(
    home: Home,
    officer: Officer,
    first: str,
    last: str,
    deputy: Officer | None = None,
    by: Officer | None = None,
    **named: int,
) -> Absence:
    """Record a leave."""
    absence, _gaps = home.tap(
        leave.record_leave, by or officer, officer.id, day(first), day(last), deputy, **named
    )
    return absence


def goes_back(home: Home, officer: Officer) -> None:
    """The leave ends early."""
    with home.reading() as s:
        absence = s.exec(select(Absence).where(Absence.officer_id == officer.id)).one()
    home.call(leave.end_leave, officer, absence.id)


def weighing(home: Home) -> Task:
    """9.2.15 on day 10, 11 December: a lead the day before and the morning of the day."""
    home.angkatan()
    home.it_is("2026-12-05 08.00")
    return home.task("9.2.15", 4, 1)


def first_letter(home: Home) -> Task:
    """9.2.01 step 2, Seksi Penyantunan; Budi is in charge."""
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    return home.task("9.2.01", 2)


def owed(home: Home, task: Task) -> list[tuple[str, str]]:
    """When and to whom the coming reminders of the task go."""
    return [(at, who) for at, _rule, who in home.owed(task)]


# --- while it lasts -----------------------------------------------------------------------------------------


def test_reminders_go_to_the_deputy_and_come_back(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    before = owed(home, task)
    assert {who for _at, who in before} == {"Budi"}
    goes(home, home.budi, "2026-12-07", "2026-12-10", citra)
    assert owed(home, task) == before, "it has not begun"
    home.it_is("2026-12-07 00.00")
    assert owed(home, task) == [(at, "Citra") for at, _who in before]
    assert home.in_charge(task) == ("Budi", "taken"), "the PJ is not rewritten"
    home.it_is("2026-12-11 00.00")
    assert {who for _at, who in owed(home, task)} == {"Budi"}


def test_the_deputy_sees_and_does_the_steps(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(home.budi, task)
    assert home.mine(citra) == []
    goes(home, home.budi, "2026-10-30", "2026-11-03", citra)
    assert home.mine(citra) == [("9.2.01", 2)]
    home.confirm(citra, task)
    with home.reading() as s:
        said = last_said(s, home.fresh(task))
        assert said is not None
        assert said_for(s, said, parts_of(s, task)) == "Budi"
    assert home.said(task)[-1] == ("done", "Citra")


def test_the_heads_read_who_deputises(home: Home) -> None:
    """On /status and in the lists of what is late; nobody who is away is offered for a task."""
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(home.budi, task)
    home.it_is("2026-11-02 09.00")
    goes(home, home.budi, "2026-11-02", "2026-11-04", citra)
    home.it_is("2026-11-04 07.30")  # late since the day before

    def lines(work: Work) -> tuple[StatusLine, ...]:
        (cohort,) = work.session.exec(select(Cohort)).all()
        return tuple(one for one in cohort_status(work, cohort).open if one.task_id == task.id)

    (line,) = home.call(lines)
    assert (line.officer, line.deputy) == ("Budi", "Citra")
    (late,) = home.call(lambda work: steps_of(work, home.rahmat, levels_now(work, home.rahmat)))
    assert (late.holder, late.deputy) == ("Budi", "Citra")
    assert home.budi.id not in {one.id for one in home.call(candidates, task, home.rahmat)}
    goes_back(home, home.budi)
    (line,) = home.call(lines)
    assert line.deputy is None


def test_what_was_done_before_or_after_the_leave_is_nobody_s_deputy(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(home.budi, task)
    home.confirm(citra, task)
    home.later(5)
    goes(home, home.budi, "2026-10-30", "2026-11-03", citra)
    with home.reading() as s:
        said = last_said(s, home.fresh(task))
        assert said is not None
        assert said_for(s, said, parts_of(s, task)) is None


def test_the_kepala_s_steps_go_to_the_head_who_deputises(home: Home) -> None:
    """9.2.04 has a step of the Kepala; the deputy gets it, and no more of the Kepala's sections than that."""
    home.angkatan()
    task = next_kepala_step(home)
    with pytest.raises(NotYoursError):
        home.confirm(home.rahmat, task)
    goes(home, home.kirana, f"{home.now:%Y-%m-%d}", "2026-12-24", home.rahmat)
    assert (task.sop, task.step) in home.mine(home.rahmat)
    assert {who for _at, who in owed(home, task)} <= {"Rahmat"}
    with home.reading() as s:
        kirana = s.get_one(Officer, home.kirana.id)
        found = deputy_of(Work(s, home.house, home.now), kirana.id or 0)
        assert found is not None
        assert found.name == "Rahmat"
    home.confirm(home.rahmat, task)
    assert home.said(task)[-1] == ("done", "Rahmat")


def test_deputising_for_the_kepala_confirms_no_other_section_s_step(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    goes(home, home.kirana, "2026-12-02", "2026-12-24", home.rahmat)
    another = next(t for t in open_tasks(home) if not {"penyantunan", "kepala"} & set(home.parts(t)))
    with pytest.raises(NotYoursError):
        home.confirm(home.rahmat, another)


def test_without_a_deputy_the_others_of_the_role_get_it(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(home.budi, task)
    goes(home, home.budi, "2026-10-30", "2026-11-03")
    assert home.mine(citra) == [("9.2.01", 2)]
    home.take(citra, task)
    assert home.in_charge(task) == ("Citra", "taken")


def test_with_nobody_left_it_goes_to_who_answers_and_they_hear_it_once(home: Home) -> None:
    """Dewi is alone in Bimbingan, which has no kasi here: the Kepala answers."""
    home.angkatan()
    home.it_is("2026-11-30 08.00")
    goes(home, home.dewi, "2026-12-01", "2026-12-08")
    assert home.notices(home.kirana) == ["leave_nobody"]
    assert home.notices(home.tari) == ["leave_nobody"], "the admin"
    home.it_is("2026-12-02 08.00")
    assert home.notices(home.kirana) == ["leave_nobody"], "once"
    task = home.task("9.1.09", 1)
    assert {who for _at, who in owed(home, task)} == {"Kirana"}
    assert ("9.1.09", 1) in home.mine(home.kirana)
    home.it_is("2026-12-09 08.00")
    assert {who for _at, rule, who in home.owed(task) if rule != NOT_CHOSEN} == {"Dewi"}


def test_everybody_away_and_still_somebody_is_reminded(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-11-30 08.00")
    for officer in (home.dewi, home.kirana, home.tari):
        goes(home, officer, "2026-12-01", "2026-12-20", by=home.tari)
    home.it_is("2026-12-02 08.00")
    task = home.task("9.1.09", 1)
    assert {who for _at, who in owed(home, task)} == {"Tari"}, "the admin, on leave or not"


def test_the_absent_get_no_morning_list(home: Home) -> None:
    task = first_letter(home)
    assert home.in_charge(task)[0] == "Budi"
    goes(home, home.budi, "2026-11-02", "2026-11-03")
    home.it_is("2026-11-03 07.30")
    with home.reading() as s:
        digests = {
            home.name(row.officer_id): is_still_true(Work(s, home.house, home.now), row)
            for row in s.exec(
                select(Reminder).where(
                    Reminder.kind == ReminderKind.DIGEST, Reminder.state == ReminderState.PENDING
                )
            )
        }
    assert digests["Budi"] is False
    assert digests["Rahmat"] is True, "the kasi, alone in the section now"


# --- nothing vanishes ---------------------------------------------------------------------------------------


def test_an_ended_leave_brings_the_reminders_back_at_once(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    absence = goes(home, home.budi, "2026-12-05", "2026-12-20", citra)
    assert {who for _at, who in owed(home, task)} == {"Citra"}
    home.later(60)
    home.call(leave.end_leave, home.budi, absence.id)
    assert {who for _at, who in owed(home, task)} == {"Budi"}
    assert "leave_over" in home.notices(citra)


def test_a_leave_recorded_late_takes_what_is_overdue_along(home: Home) -> None:
    """The bot was off when the weigh-in's lead fell due; before it is sent, Budi turns out to be ill."""
    citra = home.officer("Citra", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    home.it_is("2026-12-10 09.00")  # the lead of 07.30 is not sent
    goes(home, home.budi, "2026-12-09", "2026-12-12", citra, by=home.rahmat)
    sent = home.send_due()
    assert ("lead:1", "Citra") in sent
    assert ("lead:1", "Budi") not in sent
    home.it_is("2026-12-11 08.00")
    assert ("morning", "Citra") in home.send_due()


def test_ingatkan_lagi_follows_the_deputy_and_comes_back(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = first_letter(home)
    home.take(home.budi, task)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        at = morning_of(home.house, day("2026-11-05"))
        snooze(work, home.budi, task.id or 0, None, at)
    absence = goes(home, home.budi, "2026-10-30", "2026-11-06", citra)
    assert ("2026-11-05 07.30", "snooze", "Citra") in home.owed(task)
    home.call(leave.end_leave, home.budi, absence.id)
    assert ("2026-11-05 07.30", "snooze", "Budi") in home.owed(task)
    assert ("2026-11-05 07.30", "snooze", "Citra") not in home.owed(task)


def test_a_bot_that_was_off_over_the_whole_leave_finds_everything(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    goes(home, home.budi, "2026-12-07", "2026-12-10", citra)
    home.it_is("2026-12-11 09.00")  # the lead fell in the leave, the morning after it
    sent = home.send_due()
    assert [one for one in sent if one[0] in ("lead:1", "morning")] == [("morning", "Budi")]


def test_a_changed_leave_is_planned_anew(home: Home) -> None:
    citra, lina = home.officer("Citra", "penyantunan"), home.officer("Lina", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    absence = goes(home, home.budi, "2026-12-05", "2026-12-20", citra)
    goes(home, home.budi, "2026-12-05", "2026-12-20", lina, changes=absence.id or 0)
    assert {who for _at, who in owed(home, task)} == {"Lina"}
    assert "leave_no_longer" in home.notices(citra)
    goes(home, home.budi, "2026-12-12", "2026-12-20", lina, changes=absence.id or 0)
    assert {who for _at, who in owed(home, task)} == {"Budi"}


# --- deputies ----------------------------------------------------------------------------------------------


def test_the_deputy_is_told_at_once_and_on_the_first_morning(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    home.it_is("2026-10-30 09.00")
    goes(home, home.budi, "2026-11-02", "2026-11-03", citra)
    assert home.notices(citra) == ["leave_stand_in"]
    home.it_is("2026-11-02 00.00")
    assert home.notices(citra) == ["leave_stand_in", "leave_begins"]
    assert [r.due_at for r in home.rows(None, citra) if r.rule == "leave_begins"] == [
        morning_of(home.house, day("2026-11-02"))
    ]


def test_a_leave_that_ends_before_its_first_morning_is_not_announced(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    absence = goes(home, home.budi, "2026-11-02", "2026-11-03", citra)
    home.it_is("2026-11-02 06.00")
    assert "leave_begins" in home.notices(citra)
    home.call(leave.end_leave, home.budi, absence.id)
    assert "leave_begins" not in home.notices(citra)


def test_who_deputises_is_a_colleague_who_is_there(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    with pytest.raises(LeaveRefusedError) as refused:
        goes(home, home.budi, "2026-11-02", "2026-11-03", home.sari)
    assert refused.value.why == "not_a_colleague"
    goes(home, citra, "2026-11-03", "2026-11-05", home.budi)
    with pytest.raises(LeaveRefusedError) as refused:
        goes(home, home.budi, "2026-11-02", "2026-11-03", citra)
    assert (refused.value.why, refused.value.name) == ("deputy_away", "Citra")


def test_a_deputy_who_falls_ill_hands_on_and_the_absent_hears_it(home: Home) -> None:
    citra, lina = home.officer("Citra", "penyantunan"), home.officer("Lina", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    goes(home, home.budi, "2026-12-05", "2026-12-20", citra)
    goes(home, citra, "2026-12-05", "2026-12-06", lina, by=home.rahmat)
    assert {who for _at, who in owed(home, task)} == {"Lina"}
    assert "leave_uncovered" in home.notices(home.budi)
    assert home.notices(lina).count("leave_begins") == 2, "for Citra, and through her for Budi"
    with pytest.raises(LeaveRefusedError):  # not round in a circle
        goes(home, lina, "2026-12-05", "2026-12-06", home.budi)


def test_a_deputy_who_is_removed_leaves_nothing_behind(home: Home) -> None:
    citra = home.officer("Citra", "penyantunan")
    task = weighing(home)
    home.take(home.budi, task)
    goes(home, home.budi, "2026-12-05", "2026-12-20", citra)
    home.call(remove_officer, home.tari, citra.id)
    assert {who for _at, who in owed(home, task)} == {"Rahmat"}
    assert "leave_uncovered" in home.notices(home.budi)


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-11-05", "2026-11-04", "backwards"),
        ("2026-10-20", "2026-10-25", "past"),
        ("2026-09-01", "2026-11-05", "too_old"),
        ("2026-11-05", "2028-11-05", "too_far"),
        ("2026-11-10", "2026-11-12", "overlap"),
    ],
)
def test_impossible_days(home: Home, first: str, last: str, why: str) -> None:
    goes(home, home.budi, "2026-11-12", "2026-11-14")
    with pytest.raises(LeaveRefusedError) as refused:
        goes(home, home.budi, first, last)
    assert refused.value.why == why


def test_who_may_record_for_somebody(home: Home) -> None:
    goes(home, home.budi, "2026-11-02", "2026-11-03", by=home.rahmat)
    assert home.notices(home.budi) == ["leave_recorded"]
    goes(home, home.budi, "2026-11-05", "2026-11-05", by=home.tari)
    goes(home, home.budi, "2026-11-07", "2026-11-07", by=home.kirana)
    with pytest.raises(NotPermittedError):
        goes(home, home.budi, "2026-11-09", "2026-11-09", by=home.sari)


def test_nobody_makes_himself_the_deputy_of_the_kepala(home: Home) -> None:
    boss = home.officer("Wayan", head="bimbingan", admin=True)
    with pytest.raises(LeaveRefusedError) as refused:
        goes(home, home.kirana, "2026-11-02", "2026-11-03", boss, by=boss)
    assert refused.value.why == "not_oneself"
    goes(home, home.kirana, "2026-11-02", "2026-11-03", boss)


def test_a_leave_ends_once(home: Home) -> None:
    absence = goes(home, home.budi, "2026-11-02", "2026-11-03")
    home.call(leave.end_leave, home.budi, absence.id)
    with pytest.raises(LeaveRefusedError) as refused:
        home.call(leave.end_leave, home.budi, absence.id)
    assert refused.value.why == "over"
    home.it_is("2026-11-02 09.00")
    with home.reading() as s:
        assert deputy_of(Work(s, home.house, home.now), home.budi.id or 0) is None


def open_tasks(home: Home) -> list[Task]:
    with home.reading() as s:
        return [task for task in s.exec(select(Task).order_by(col(Task.id))) if task.state == TaskState.OPEN]


def next_kepala_step(home: Home) -> Task:
    """9.2.04, the reception: the Kepala leads it on the day of arrival."""
    home.it_is("2026-12-01 09.00")
    for _step in (1, 2):
        home.finish(next(task for task in open_tasks(home) if task.sop == "9.2.04"))
    return next(task for task in open_tasks(home) if task.sop == "9.2.04")
