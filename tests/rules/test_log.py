"""Dated notes of a step that goes on for weeks: lessons of SOP 9.1.01, until two days before the departure."""

from datetime import date

import pytest

from sop_flows.actions.log import LogNote, add_note, last_notes, read_note
from sop_flows.declarations.loader import Pack
from sop_flows.errors import AlreadyDoneError, FutureWorkError, NotFoundError, NotYoursError
from storage.tables import Task
from tests.support.institution import Home
from tests.support.packs import real_pack

TODAY = date(2026, 12, 9)


@pytest.fixture
def pack() -> Pack:
    ours = real_pack()
    return Pack(ours.unit, {"9.1.02": ours.sops["9.1.02"]}, ours.lines)


@pytest.fixture
def guidance(home: Home) -> Task:
    """9.1.02 step 6, open since Monday 7 December; it is Wednesday the 9th."""
    home.angkatan()
    home.it_is("2026-12-07 09.00")
    for step in (2, 3, 4, 5):
        home.confirm(home.dewi, home.task("9.1.02", step))
    home.it_is("2026-12-09 09.00")
    return home.task("9.1.02", 6)


@pytest.mark.parametrize(
    ("typed", "on", "words"),
    [
        ("latihan upacara", TODAY, "latihan upacara"),
        ("kemarin: menari", date(2026, 12, 8), "menari"),
        ("7 desember: menari: 20 anak", date(2026, 12, 7), "menari: 20 anak"),
        ("Hasil: baik", TODAY, "Hasil: baik"),
        ("kemarin:", TODAY, "kemarin:"),
    ],
)
def test_what_is_typed_is_of_today_unless_it_begins_with_a_day(typed: str, on: date, words: str) -> None:
    assert read_note(typed, TODAY) == (on, words)


def test_notes_are_kept_by_their_day_and_confirm_nothing(home: Home, guidance: Task) -> None:
    for typed in ("upacara", "kemarin: menari", "7 desember: perkenalan", "mewarnai"):
        home.tap(add_note, home.dewi, guidance.id, typed)
    with home.reading() as s:
        notes = last_notes(s, guidance)
    assert notes == (
        LogNote(TODAY, "mewarnai", "Dewi"),
        LogNote(TODAY, "upacara", "Dewi"),
        LogNote(date(2026, 12, 8), "menari", "Dewi"),
    )
    assert home.fresh(guidance).state == "open"
    assert home.due(guidance) == "2026-12-28 16.00"


@pytest.mark.parametrize("typed", ["10/12/2026: menari", "6 desember: menari"])
def test_a_note_of_tomorrow_or_of_before_it_began_is_refused(home: Home, guidance: Task, typed: str) -> None:
    with pytest.raises(FutureWorkError) as refused:
        home.tap(add_note, home.dewi, guidance.id, typed)
    assert (refused.value.earliest, refused.value.latest) == (date(2026, 12, 7), TODAY)


def test_a_note_is_for_who_does_the_step_while_it_goes_on(home: Home, guidance: Task) -> None:
    with pytest.raises(NotYoursError):
        home.tap(add_note, home.budi, guidance.id, "upacara")
    home.confirm(home.dewi, guidance)
    with pytest.raises(AlreadyDoneError):
        home.tap(add_note, home.dewi, guidance.id, "upacara")
    with pytest.raises(NotFoundError):
        home.tap(add_note, home.dewi, home.task("9.1.02", 7).id, "upacara")
