"""The date of the work and who did it: "dikerjakan kemarin", "dikerjakan oleh"."""

from datetime import date

import pytest

from sop_flows.actions.people.enrolment import remove_officer
from sop_flows.actions.reschedule import reschedule
from sop_flows.errors import AlreadyDoneError, FutureWorkError, MoveTooFarError, NotYoursError
from storage.tables import Task
from tests.support.institution import Home, local


@pytest.fixture
def letter(home: Home) -> Task:
    """9.2.01 step 2, open; it is Wednesday 4 November 2026, 09.00."""
    home.angkatan()
    home.it_is("2026-11-04 09.00")
    return home.task("9.2.01", 2)


def test_it_is_today_unless_said_otherwise(home: Home, letter: Task) -> None:
    said = home.confirm(home.budi, letter).confirmation
    assert said.done_on == date(2026, 11, 4)
    assert local(said.recorded_at) == "2026-11-04 09.00"


def test_yesterdays_work_keeps_both_times(home: Home, letter: Task) -> None:
    said = home.confirm(home.budi, letter, done_on=date(2026, 11, 3)).confirmation
    assert said.done_on == date(2026, 11, 3)
    assert local(said.recorded_at) == "2026-11-04 09.00"
    assert home.fresh(letter).done_on == date(2026, 11, 3)


def test_the_next_step_is_not_late_because_of_it(home: Home, letter: Task) -> None:
    """Entered in the evening of a field day: the next step's time counts from now."""
    home.confirm(home.budi, letter, done_on=date(2026, 10, 30))
    assert home.due(home.task("9.2.01", 3)) == "2026-11-05 16.00"


def test_today_is_the_day_in_mataram(home: Home, letter: Task) -> None:
    """At 06.00 in Mataram it is still yesterday in UTC."""
    home.it_is("2026-11-05 06.00")
    assert home.confirm(home.budi, letter).confirmation.done_on == date(2026, 11, 5)


@pytest.mark.parametrize(
    ("done_on", "why"),
    [(date(2026, 11, 5), "tomorrow"), (date(2026, 9, 4), "61 days ago")],
    ids=["tomorrow", "61 days ago"],
)
def test_a_date_that_cannot_be(home: Home, letter: Task, done_on: date, why: str) -> None:
    with pytest.raises(FutureWorkError) as refused:
        home.confirm(home.budi, letter, done_on=done_on)
    assert (refused.value.earliest, refused.value.latest) == (date(2026, 9, 5), date(2026, 11, 4))
    assert home.fresh(letter).state == "open"


def test_sixty_days_ago_can_still_be_said(home: Home, letter: Task) -> None:
    assert home.confirm(home.budi, letter, done_on=date(2026, 9, 5)).confirmation.done_on == date(2026, 9, 5)


def test_recorded_for_a_colleague(home: Home, letter: Task) -> None:
    """On a shared phone: who did it and who said so are two facts."""
    citra = home.officer("Citra", "penyantunan")
    said = home.confirm(home.budi, letter, done_by=citra).confirmation
    assert home.name(said.officer_id) == "Citra"
    assert home.name(said.recorded_by_id) == "Budi"
    assert home.name(home.parts(letter)["penyantunan"].done_by_id) == "Citra"


def test_not_for_somebody_of_another_role(home: Home, letter: Task) -> None:
    with pytest.raises(NotYoursError):
        home.confirm(home.budi, letter, done_by=home.sari)
    assert home.said(letter) == []


def test_not_for_somebody_who_was_removed(home: Home, letter: Task) -> None:
    citra = home.officer("Citra", "penyantunan")
    gone = home.call(remove_officer, home.tari, citra.id)
    with pytest.raises(NotYoursError):
        home.confirm(home.budi, letter, done_by=gone)
    assert home.said(letter) == []


# --- Jadwalkan ulang ----------------------------------------------------------------------------------------


def test_a_step_of_the_stay_is_not_moved_beyond_it(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    menu = home.task("9.2.12", 1)
    with pytest.raises(MoveTooFarError) as refused:
        home.tap(reschedule, home.budi, menu.id, date(2027, 1, 25), "juru masak cuti")
    assert (refused.value.latest, refused.value.next_on) == (date(2026, 12, 31), None)
    home.tap(reschedule, home.budi, menu.id, date(2026, 12, 31), "juru masak cuti")
    assert home.due(menu) == "2026-12-31 16.00"


def test_what_is_still_open_after_the_stay_is_moved_all_the_same(home: Home) -> None:
    """SOP 9.1.15 step 4, the hand-over, is due on the departure, and can still be put on paper."""
    home.angkatan()
    home.it_is("2027-01-04 09.00")
    handed_over = home.task("9.1.15", 4)
    home.tap(reschedule, home.kirana, handed_over.id, date(2027, 1, 25), "berita acara menyusul")
    assert home.due(handed_over) == "2027-01-25 16.00"


def test_what_needed_the_children_is_not_moved_any_more(home: Home) -> None:
    home.angkatan()
    home.it_is("2027-01-04 09.00")
    menu = home.task("9.2.12", 1)
    with pytest.raises(AlreadyDoneError):
        home.tap(reschedule, home.budi, menu.id, date(2027, 1, 25), "laporan menyusul")


def test_a_step_after_the_departure_is_moved_freely(home: Home) -> None:
    """SOP 9.1.19, the evaluation, begins the day after the departure; two months are the limit."""
    home.angkatan()
    home.it_is("2027-01-04 09.00")
    instruments = home.task("9.1.19", 2)
    with pytest.raises(FutureWorkError) as refused:
        home.tap(reschedule, home.budi, instruments.id, date(2027, 3, 6), "menunggu data sekolah")
    assert refused.value.latest == date(2027, 3, 5)
    home.tap(reschedule, home.budi, instruments.id, date(2027, 2, 1), "menunggu data sekolah")
    assert home.due(instruments) == "2027-02-01 16.00"
