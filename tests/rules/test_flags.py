"""A flag is a loop: told to who must act, seen, answered, told back; open until then."""

import pytest

from sop_flows.actions import incidents
from sop_flows.core.notices import passes_quiet_hours
from sop_flows.errors import ChildLeftError, IncidentClosedError, NotPermittedError
from storage.tables import EntryState, Incident, IncidentKind, Officer, Reminder, Task
from tests.support.institution import Home


@pytest.fixture
def arrived(home: Home) -> Home:
    """Day 3 of a stay of six children; Ani is the nurse, Rahmat her kasi."""
    home.ani = home.officer("Ani", "perawat")  # type: ignore[attr-defined]
    home.angkatan(children=6)
    home.it_is("2026-12-03 09.00")
    return home


def child_id(home: Home, number: int) -> int:
    return home.child(number).id or 0


def open_numbers(home: Home, officer: Officer) -> list[int]:
    return [one.number for one in home.call(incidents.open_for, officer)]


def told(home: Home, officer: Officer, word: str) -> list[Reminder]:
    """The notices of that word to the officer, oldest first."""
    with home.reading() as s:
        from sqlmodel import col, select

        query = select(Reminder).where(Reminder.officer_id == officer.id, Reminder.rule == word)
        return list(s.exec(query.order_by(col(Reminder.id))).all())


def test_a_mark_is_told_seen_answered_and_told_back(arrived: Home) -> None:
    home, ani = arrived, arrived.ani  # type: ignore[attr-defined]
    found = home.tap(incidents.mark, home.budi, child_id(home, 2))
    assert home.notices(ani) == ["nurse_flags"]
    assert open_numbers(home, ani) == [2]
    assert open_numbers(home, home.rahmat) == [2]  # her head's, until it is answered
    assert open_numbers(home, home.kirana) == [2]
    assert open_numbers(home, home.sari) == []
    assert home.tap(incidents.see, ani, found.id).seen_by_id == ani.id
    assert home.tap(incidents.see, home.rahmat, found.id).seen_by_id == ani.id  # the first one
    home.tap(incidents.close, ani, found.id, "diberi vitamin")
    assert open_numbers(home, ani) == []
    assert home.notices(home.budi) == ["incident_closed"]
    with pytest.raises(IncidentClosedError):
        home.tap(incidents.close, home.rahmat, found.id, "lagi")


def test_a_second_mark_is_the_first_one(arrived: Home) -> None:
    first = arrived.tap(incidents.mark, arrived.budi, child_id(arrived, 2))
    assert arrived.tap(incidents.mark, arrived.rahmat, child_id(arrived, 2)).id == first.id
    assert len(told(arrived, arrived.ani, "nurse_flags")) == 1  # type: ignore[attr-defined]


def test_children_marked_one_after_another_are_one_message(arrived: Home) -> None:
    home = arrived
    for number in (2, 5, 3):
        home.tap(incidents.mark, home.budi, child_id(home, number))
    (row,) = told(home, home.ani, "nurse_flags")  # type: ignore[attr-defined]
    assert (row.payload or {})["numbers"] == [2, 3, 5]
    home.tap(incidents.unmark, home.budi, child_id(home, 5))
    (row,) = told(home, home.ani, "nurse_flags")  # type: ignore[attr-defined]
    assert (row.payload or {})["numbers"] == [2, 3]
    assert open_numbers(home, home.ani) == [2, 3]  # type: ignore[attr-defined]


def test_a_mark_that_is_taken_back_before_it_was_said_is_never_said(arrived: Home) -> None:
    home = arrived
    home.tap(incidents.mark, home.budi, child_id(home, 2))
    home.tap(incidents.unmark, home.budi, child_id(home, 2))
    (row,) = told(home, home.ani, "nurse_flags")  # type: ignore[attr-defined]
    assert row.ends_at == home.now


def test_a_mark_waits_for_the_morning_a_grave_incident_does_not(arrived: Home) -> None:
    home = arrived
    home.it_is("2026-12-03 23.00")
    home.tap(incidents.mark, home.budi, child_id(home, 2))
    home.tap(incidents.report, home.budi, child_id(home, 3), "kejang", None)
    (mark,) = told(home, home.ani, "nurse_flags")  # type: ignore[attr-defined]
    (grave,) = told(home, home.ani, "incident_reported")  # type: ignore[attr-defined]
    assert (passes_quiet_hours(mark), passes_quiet_hours(grave)) == (False, True)


def test_without_a_nurse_the_head_acts(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-03 09.00")
    home.tap(incidents.mark, home.budi, child_id(home, 2))
    assert home.notices(home.rahmat) == ["nurse_flags"]
    assert open_numbers(home, home.rahmat) == [2]


def test_who_may_not_mark_or_answer_is_refused(arrived: Home) -> None:
    home = arrived
    found = home.tap(incidents.mark, home.budi, child_id(home, 2))
    with pytest.raises(NotPermittedError):
        home.tap(incidents.mark, home.sari, child_id(home, 3))
    for rule, arguments in ((incidents.see, ()), (incidents.close, ("ya",))):
        with pytest.raises(NotPermittedError):
            home.tap(rule, home.sari, found.id, *arguments)
    home.leaves(home.budi, 4)
    with pytest.raises(ChildLeftError):
        home.tap(incidents.mark, home.budi, child_id(home, 4))


# --- weight that was lost -----------------------------------------------------------------------------------


def weigh(home: Home, officer: Officer, task: Task, weights: dict[int, int], before: dict[int, int]) -> None:
    """Weights of children by number, in grams; what they weighed before."""
    roll = home.roll(officer, task)
    ids = {row.number: row.child_id for row in roll.rows}
    home.tap(
        incidents.weighed,
        officer,
        roll,
        {ids[number]: grams for number, grams in weights.items()},
        {ids[number]: grams for number, grams in before.items()},
    )


def test_who_lost_too_much_is_told_to_the_nurse_and_the_kasi(arrived: Home) -> None:
    home = arrived
    task = home.finish_until("9.2.06", 4, through=("9.2.04", "9.2.05", "9.2.06"))
    weigh(home, home.budi, task, {1: 23_000, 2: 25_100, 3: 24_000}, {1: 26_000, 2: 26_000, 3: 25_000})
    for officer in (home.ani, home.rahmat):  # type: ignore[attr-defined]
        (row,) = told(home, officer, "weight_lost")
        assert (row.payload or {})["numbers"] == [1, 3]  # 900 g are let pass
    with home.reading() as s:
        from sqlmodel import select

        found = s.exec(select(Incident).where(Incident.kind == IncidentKind.LOST)).all()
        assert [(one.lost_g, one.task_id) for one in found] == [(3_000, task.id), (1_000, task.id)]
    assert told(home, home.kirana, "weight_lost") == []


def test_a_weight_that_is_put_right_takes_back_what_it_said(arrived: Home) -> None:
    home = arrived
    task = home.finish_until("9.2.06", 4, through=("9.2.04", "9.2.05", "9.2.06"))
    weigh(home, home.budi, task, {1: 23_000, 2: 24_000}, {1: 26_000, 2: 26_000})
    home.record(home.budi, task, 1, 2)
    assert home.entries(task)[1] == EntryState.DONE
    weigh(home, home.budi, task, {1: 26_100}, {1: 26_000})
    assert open_numbers(home, home.ani) == [2]  # type: ignore[attr-defined]
    (row,) = told(home, home.ani, "weight_lost")  # type: ignore[attr-defined]
    assert (row.payload or {})["numbers"] == [2]
