"""Urungkan: ten minutes, unless something was built on it."""

import pytest
from sqlalchemy import text

from sop_flows.actions.confirm import obstacle
from sop_flows.actions.snooze import snooze
from sop_flows.errors import UndoNotYoursError, UndoRefusedError, UndoTooLateError
from storage.schema import downgrade, upgrade
from storage.tables import ReminderState, Task
from tests.support.clocks import wita
from tests.support.institution import Home


@pytest.fixture
def letter(home: Home) -> Task:
    """9.2.01 step 2, open; Friday 30 October 2026, 09.00."""
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    return home.task("9.2.01", 2)


def test_undone_it_is_owed_again_as_before(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    home.later(minutes=10)
    home.undo(home.budi, letter)
    again = home.fresh(letter)
    assert (again.state, again.closed_at, again.done_on) == ("open", None, None)
    assert home.due(letter) == "2026-11-02 16.00"
    assert home.states("9.2.01") == {2: "open"}
    assert home.mine(home.budi) == [("9.2.01", 2)]


def test_what_was_said_stays(home: Home, letter: Task) -> None:
    said = home.confirm(home.budi, letter).confirmation
    undone = home.undo(home.budi, letter).confirmation
    assert home.said(letter) == [("done", "Budi"), ("undone", "Budi")]
    assert undone.refers_to_id == said.id


def test_after_ten_minutes_it_stands(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    home.later(minutes=10.1)
    with pytest.raises(UndoTooLateError):
        home.undo(home.budi, letter)
    assert home.states("9.2.01") == {2: "done", 3: "open"}


def test_only_who_said_it(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    with pytest.raises(UndoNotYoursError) as refused:
        home.undo(home.rahmat, letter)
    assert refused.value.who == "Budi"


def test_who_did_it_and_who_recorded_it_may_both(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter, done_by=home.rahmat)
    home.undo(home.rahmat, letter)
    home.confirm(home.budi, letter, done_by=home.rahmat)
    home.undo(home.budi, letter)
    assert home.states("9.2.01") == {2: "open"}


def test_once_a_later_step_is_confirmed_it_is_refused_naming_who(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    home.confirm(home.rahmat, home.task("9.2.01", 3))
    with pytest.raises(UndoRefusedError) as refused:
        home.undo(home.budi, letter)
    assert (refused.value.who, refused.value.step) == ("Rahmat", 3)
    assert home.states("9.2.01") == {2: "done", 3: "done", 4: "open"}


def test_undoing_the_later_one_first_makes_way(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    home.confirm(home.budi, home.task("9.2.01", 3))
    home.undo(home.budi, home.task("9.2.01", 3))
    home.undo(home.budi, letter)
    assert home.states("9.2.01") == {2: "open"}


def test_what_it_opened_is_withdrawn_and_comes_again_once(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    first = home.task("9.2.01", 3)
    home.undo(home.budi, letter)
    assert (home.fresh(first).state, home.fresh(first).close_reason) == ("withdrawn", "undone")
    home.later(minutes=5)
    home.confirm(home.budi, letter)
    assert len(home.tasks("9.2.01", 3)) == 1
    assert home.task("9.2.01", 3).id != first.id


def test_the_run_it_started_is_withdrawn_and_comes_again_once(home: Home, letter: Task) -> None:
    for step in (2, 3, 4, 5, 6):
        home.confirm(home.budi, home.task("9.2.01", step))
    assert home.runs("9.2.02") == ["open"]
    home.undo(home.budi, home.task("9.2.01", 6))
    assert home.runs("9.2.01") == ["open"]
    assert home.runs("9.2.02") == ["withdrawn"]
    assert home.mine(home.budi) == [("9.2.01", 6)]
    home.confirm(home.budi, home.task("9.2.01", 6))
    assert home.runs("9.2.02") == ["withdrawn", "open"]
    assert home.states("9.2.02") == {2: "open"}


def test_refused_when_somebody_has_begun_in_the_run_it_started(home: Home, letter: Task) -> None:
    for step in (2, 3, 4, 5, 6):
        home.confirm(home.budi, home.task("9.2.01", step))
    home.confirm(home.rahmat, home.task("9.2.02", 2))
    with pytest.raises(UndoRefusedError) as refused:
        home.undo(home.budi, home.task("9.2.01", 6))
    assert refused.value.who == "Rahmat"
    assert home.runs("9.2.02") == ["open"]


def test_a_skip_is_undone_too(home: Home, letter: Task) -> None:
    home.skip(home.budi, letter)
    home.undo(home.budi, letter)
    assert home.states("9.2.01") == {2: "open"}
    assert home.parts(letter)["penyantunan"].state == "open"


def test_refused_after_a_later_step_was_skipped(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    home.skip(home.rahmat, home.task("9.2.01", 3))
    with pytest.raises(UndoRefusedError) as refused:
        home.undo(home.budi, letter)
    assert refused.value.who == "Rahmat"


def test_a_second_undo_finds_nothing(home: Home, letter: Task) -> None:
    """The same update again, or an old button."""
    home.confirm(home.budi, letter)
    home.undo(home.budi, letter)
    with pytest.raises(UndoTooLateError, match="undone"):
        home.undo(home.budi, letter)
    assert home.said(letter) == [("done", "Budi"), ("undone", "Budi")]


def test_an_obstacle_or_a_reschedule_does_not_hide_what_was_done(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    following = home.task("9.2.01", 3)
    home.tap(obstacle, home.budi, following.id, "printer rusak")
    home.undo(home.budi, letter)
    assert home.states("9.2.01") == {2: "open"}


def test_reminders_of_what_is_withdrawn_are_dropped(home: Home) -> None:
    """9.2.10 ends and hands the home visits to Dewi; undone within ten minutes, she is owed nothing."""
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.flag(home.sari, 2)
    last = home.finish_until("9.2.10", 5)
    home.confirm(home.dewi, last)
    visits = home.task("9.1.12", 2)
    assert [rule for _at, rule, _who in home.owed(visits)] == ["due"]
    home.undo(home.dewi, last)
    assert home.owed(visits) == []
    assert home.fresh(visits).state == "withdrawn"
    assert home.entries(visits) == {2: "withdrawn"}


def test_who_was_told_hears_that_it_is_not_theirs(home: Home, letter: Task) -> None:
    """Tari was told of the SK by a push; the message is edited."""
    for step in (2, 3, 4, 5, 6):
        home.confirm(home.budi, home.task("9.2.01", step))
    home.confirm(home.budi, home.task("9.2.02", 2))
    assert home.send_due() == [("handed", "Tari")]
    [sent] = home.rows(home.task("9.2.02", 3), state=ReminderState.SENT)
    home.undo(home.budi, home.task("9.2.02", 2))
    [notice] = [row for row in home.rows(None, home.tari) if row.kind == "notice"]
    assert (notice.rule, notice.edits_message_id) == ("undone", sent.message_id)


def test_undone_before_the_push_went_out_nobody_hears_of_it(home: Home, letter: Task) -> None:
    for step in (2, 3, 4, 5, 6):
        home.confirm(home.budi, home.task("9.2.01", step))
    home.confirm(home.budi, home.task("9.2.02", 2))
    home.undo(home.budi, home.task("9.2.02", 2))
    assert home.send_due() == []
    assert home.notices(home.tari) == []


def test_the_reminders_of_what_is_owed_again_are_planned_again(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.flag(home.sari, 2)
    data = home.finish_until("9.1.12", 2)
    home.record(home.dewi, data)
    visit = home.task("9.1.12", 3)
    home.skip(home.dewi, visit, "keluarga pindah")
    assert home.owed(visit) == []
    home.undo(home.dewi, visit)
    assert [rule for _at, rule, _who in home.owed(visit)] == ["lead:1", "morning", "due"]
    assert home.entries(visit) == {2: "open"}


def test_a_child_who_left_meanwhile_does_not_come_back_by_an_undo(home: Home) -> None:
    """The roll was skipped, the child went home, the skip is undone: the child is not owed again."""
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    health = home.finish_until("9.2.15", 3, through=("9.2.15",))
    home.skip(home.budi, health, "perawat Puskesmas tidak datang")
    home.leaves(home.budi, 3)
    home.undo(home.budi, health)
    assert home.entries(health) == {1: "open", 2: "open", 3: "withdrawn"}


def test_undoing_the_end_of_a_roll_keeps_its_records(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    health = home.finish_until("9.2.15", 3, through=("9.2.15",))
    home.record(home.budi, health)
    assert home.fresh(health).state == "done"
    home.undo(home.budi, health)
    assert home.fresh(health).state == "open"
    assert home.entries(health) == {1: "done", 2: "done", 3: "done"}
    home.confirm(home.budi, health)
    assert home.fresh(health).state == "done"


def test_ingatkan_lagi_comes_back_with_it(home: Home, letter: Task) -> None:
    """Put off to the afternoon by Budi and to the fourth day by the kasi, done by Budi, and undone."""
    afternoon, later_on = wita("2026-10-30 15.00"), wita("2026-11-03 07.30")
    home.call(snooze, home.rahmat, letter.id, None, later_on)
    home.call(snooze, home.budi, letter.id, None, wita("2026-10-30 12.00"))
    home.call(snooze, home.budi, letter.id, None, afternoon)
    before = home.owed(letter)
    assert ("2026-10-30 15.00", "snooze", "Budi") in before
    home.confirm(home.budi, letter)
    assert home.owed(letter) == []
    home.undo(home.budi, letter)
    assert home.owed(letter) == before, "and not what the officer had asked for before that"
    home.confirm(home.budi, letter)
    home.it_is("2026-10-30 15.00")
    assert home.send_due() == []


def test_a_reminder_that_came_due_meanwhile_is_still_said(home: Home, letter: Task) -> None:
    home.call(snooze, home.budi, letter.id, None, wita("2026-10-30 09.05"))
    home.confirm(home.budi, letter)
    home.later(minutes=8)
    home.undo(home.budi, letter)
    assert home.send_due() == [("snooze", "Budi")]


# --- said before the journal was kept -----------------------------------------------------------------------


def test_what_was_said_just_before_the_upgrade_can_be_undone(home: Home, letter: Task) -> None:
    home.call(snooze, home.budi, letter.id, None, wita("2026-10-30 15.00"))
    before = home.owed(letter)
    home.confirm(home.budi, letter)
    downgrade(home.store.engine, "0012")
    upgrade(home.store.engine)
    assert home.states("9.2.01") == {2: "done", 3: "open"}
    home.undo(home.budi, letter)
    again = home.fresh(letter)
    assert (again.state, again.closed_at, again.done_on) == ("open", None, None)
    assert home.states("9.2.01") == {2: "open"}
    assert home.owed(letter) == before


def test_a_skipped_roll_of_before_the_upgrade_is_owed_again(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    health = home.finish_until("9.2.15", 3, through=("9.2.15",))
    home.skip(home.budi, health, "perawat Puskesmas tidak datang")
    downgrade(home.store.engine, "0012")
    upgrade(home.store.engine)
    home.undo(home.budi, health)
    assert home.entries(health) == {1: "open", 2: "open", 3: "open"}


def test_where_nothing_was_noted_it_is_too_late(home: Home, letter: Task) -> None:
    home.confirm(home.budi, letter)
    with home.store.transaction() as s:
        s.execute(text("DELETE FROM journal"))
    with pytest.raises(UndoTooLateError):
        home.undo(home.budi, letter)
    assert home.states("9.2.01") == {2: "done", 3: "open"}
