"""What a dated note says besides its words is added later; a note is changed by a further row only."""

from datetime import date

import pytest

from sop_flows.actions.log import add_note, complete_note, count_notes, last_notes
from sop_flows.declarations.loader import Pack
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotYoursError
from storage.tables import Task
from tests.support.institution import Home
from tests.support.log_pack import log_pack


@pytest.fixture
def pack() -> Pack:
    return log_pack()


@pytest.fixture
def guidance(home: Home) -> Task:
    """Step 1 of 9.9.30, open since the arrival; of Dewi (bimbingan)."""
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    return home.task("9.9.30", 1)


def test_more_is_added_and_the_note_stays_one(home: Home, guidance: Task) -> None:
    note = home.tap(add_note, home.dewi, guidance.id, "kemarin: menari")
    fuller = home.tap(complete_note, home.dewi, guidance.id, note.id, {"peserta": 55})
    assert (fuller.on, fuller.words, fuller.values) == (date(2026, 12, 1), "menari", {"peserta": 55})
    again = home.tap(complete_note, home.dewi, guidance.id, fuller.id, {"foto": None})
    with home.reading() as s:
        assert [(one.words, one.values) for one in last_notes(s, guidance)] == [
            ("menari", {"peserta": 55, "foto": None})
        ]
        assert count_notes(s, guidance) == 1
    assert again.who == "Dewi"


def test_two_who_add_to_one_note_lose_nothing(home: Home, guidance: Task) -> None:
    note = home.tap(add_note, home.dewi, guidance.id, "menari")
    home.tap(complete_note, home.dewi, guidance.id, note.id, {"peserta": 55})
    with pytest.raises(AlreadyDoneError):
        home.tap(complete_note, home.dewi, guidance.id, note.id, {"peserta": 50})


def test_a_note_of_another_step_is_none_of_this_one(home: Home, guidance: Task) -> None:
    note = home.tap(add_note, home.dewi, guidance.id, "menari")
    with pytest.raises(NotFoundError):
        home.tap(complete_note, home.dewi, home.task("9.9.30", 2).id, note.id, {"peserta": 5})
    with pytest.raises(NotYoursError):
        home.tap(complete_note, home.sari, guidance.id, note.id, {"peserta": 5})


def test_it_can_be_completed_when_the_step_is_done(home: Home, guidance: Task) -> None:
    note = home.tap(add_note, home.dewi, guidance.id, "menari")
    home.confirm(home.dewi, guidance)
    assert home.tap(complete_note, home.dewi, guidance.id, note.id, {"peserta": 55}).values == {"peserta": 55}
