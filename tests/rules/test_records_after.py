"""What is recorded after a step is done: never in the way of the one tap, completed later, by whoever did it."""

from datetime import date

import pytest
from sqlmodel import select

from sop_flows.declarations.loader import Pack
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotYoursError
from sop_flows.recording import records
from sop_flows.views.task_views import incomplete_of
from storage.tables import Cohort, Officer, Record, Task, TaskState
from tests.support.after_pack import after_pack
from tests.support.institution import Home

SURAT = {"nomor": "1/2026", "tanggal": "2026-11-30", "berkas": None}


@pytest.fixture
def pack() -> Pack:
    return after_pack()


@pytest.fixture
def letter(home: Home) -> Task:
    """Step 1, open since Monday 30 November 2026; of Rahmat (penyantunan)."""
    home.angkatan()
    home.it_is("2026-12-01 09.00")
    return home.task("9.9.20", 1)


def incomplete(home: Home, officer: Officer) -> list[int]:
    with home.working(officer) as work:
        return [task.step for task in incomplete_of(work, officer)]


def test_one_tap_confirms_it_and_what_is_missing_is_known(home: Home, letter: Task) -> None:
    outcome = home.confirm(home.rahmat, letter)
    assert outcome.task.state == TaskState.DONE
    assert [task.step for task in outcome.opened] == [2]
    with home.reading() as s:
        assert [field.key for field in records.still_asked(s, home.fresh(letter))] == list(SURAT)
        assert records.recorded(s, home.fresh(letter)) is None
    assert incomplete(home, home.rahmat) == [1]
    assert incomplete(home, home.dewi) == []


def test_what_was_answered_stands_and_the_rest_is_asked_later(home: Home, letter: Task) -> None:
    home.confirm(home.rahmat, letter, done_on=date(2026, 11, 30))
    first = home.tap(records.correct, home.rahmat, letter.id, {"nomor": "1/2026"}, 0)
    assert (first.done_on, home.name(first.officer_id)) == (date(2026, 11, 30), "Rahmat")
    assert incomplete(home, home.rahmat) == [1]
    second = home.tap(records.correct, home.rahmat, letter.id, SURAT, first.id)
    assert second.replaces_id == first.id
    assert incomplete(home, home.rahmat) == []
    assert home.fresh(letter).incomplete_at is None


def test_before_it_is_done_nothing_can_be_added(home: Home, letter: Task) -> None:
    with pytest.raises(NotFoundError):
        home.tap(records.correct, home.rahmat, letter.id, SURAT, 0)


def test_another_section_may_not_add_it(home: Home, letter: Task) -> None:
    home.confirm(home.rahmat, letter)
    with pytest.raises(NotYoursError):
        home.tap(records.correct, home.sari, letter.id, SURAT, 0)


def test_two_who_add_at_once_lose_nothing(home: Home, letter: Task) -> None:
    home.confirm(home.rahmat, letter)
    home.tap(records.correct, home.rahmat, letter.id, {"nomor": "1/2026"}, 0)
    with pytest.raises(AlreadyDoneError):
        home.tap(records.correct, home.rahmat, letter.id, {"nomor": "2/2026"}, 0)


def test_an_undone_step_asks_nothing_and_done_again_knows_what_was_added(home: Home, letter: Task) -> None:
    home.confirm(home.rahmat, letter)
    home.tap(records.correct, home.rahmat, letter.id, SURAT, 0)
    home.undo(home.rahmat, letter)
    assert incomplete(home, home.rahmat) == []
    home.confirm(home.rahmat, letter)
    assert incomplete(home, home.rahmat) == []
    with home.reading() as s:
        standing = records.recorded(s, home.fresh(letter))
    assert standing is not None
    assert standing.data == SURAT


def test_undone_before_anything_was_added(home: Home, letter: Task) -> None:
    home.confirm(home.rahmat, letter)
    home.undo(home.rahmat, letter)
    assert home.fresh(letter).incomplete_at is None
    with home.reading() as s:
        assert s.exec(select(Record)).all() == []


def test_of_a_joint_step_both_sections_can_complete_it(home: Home, letter: Task) -> None:
    home.confirm(home.rahmat, letter)
    meeting = home.task("9.9.20", 2)
    home.confirm(home.rahmat, meeting)
    assert incomplete(home, home.rahmat) == [1]
    home.confirm(home.dewi, meeting)
    assert incomplete(home, home.rahmat) == [2, 1]
    assert incomplete(home, home.dewi) == [2]
    home.tap(records.correct, home.dewi, meeting.id, {"notulen": "sepakat"}, 0)
    assert incomplete(home, home.rahmat) == [1]


def test_a_closed_angkatan_asks_for_nothing_more(home: Home, letter: Task) -> None:
    home.confirm(home.rahmat, letter)
    with home.store.transaction() as s:
        s.get_one(Cohort, letter.cohort_id).closed_at = home.now
    assert incomplete(home, home.rahmat) == []
