"""After the departure an angkatan ends by itself; follow-up goes on; who answers for it hears so once."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from sop_flows.actions.cohorts.cohort_end import close_cohort
from sop_flows.declarations.loader import Pack
from sop_flows.errors import AlreadyDoneError, UndoTooLateError
from storage.engine import Store
from storage.tables import Cohort, LeaveReason, Membership, Task, TaskState
from tests.support.institution import Home
from tests.support.packs import our_pack


@pytest.fixture
def small(store: Store, tmp_path: Path) -> Home:
    """Only food, the parents' visit, follow-up and evaluation."""
    found = our_pack()
    sops = {number: found.sops[number] for number in ("9.2.12", "9.1.18", "9.1.19")}
    home = Home(store, tmp_path, Pack(found.unit, sops))
    home.everyone()
    return home


def finish_all(home: Home) -> None:
    for _round in range(20):
        with home.reading() as s:
            found = s.exec(select(Task).where(Task.state == TaskState.OPEN)).all()
        if not found:
            return
        for task in found:
            if home.fresh(task).state == TaskState.OPEN:
                home.finish(task)


def memberships(home: Home) -> set[tuple[date | None, LeaveReason | None]]:
    with home.reading() as s:
        return {(row.until_on, row.reason) for row in s.exec(select(Membership))}


def is_closed(home: Home) -> bool:
    with home.reading() as s:
        return s.exec(select(Cohort)).one().closed_at is not None


def test_children_belong_until_the_departure_and_the_angkatan_until_its_last_run(small: Home) -> None:
    small.angkatan()
    small.it_is("2026-12-01 09.00")
    finish_all(small)
    small.it_is("2026-12-31 09.00")
    finish_all(small)
    assert memberships(small) == {(None, None)}
    small.it_is("2027-01-01 09.00")
    assert memberships(small) == {(date(2026, 12, 31), LeaveReason.ENDED)}
    assert not is_closed(small)
    small.it_is("2027-01-04 09.00")  # evaluation: departure + 1, after the New Year's weekend
    assert small.states("9.1.19") == {2: "open"}
    finish_all(small)
    assert not is_closed(small)
    small.it_is("2027-02-01 09.00")  # follow-up: departure + 30, a Saturday, moved to Monday
    assert small.states("9.1.18") == {2: "open"}
    finish_all(small)
    small.it_is("2027-02-07 23.00")
    assert not is_closed(small)  # the last step can still be undone, and the head still sees the figures
    small.it_is("2027-02-08 00.10")
    assert is_closed(small)
    for officer in (small.tari, small.rahmat):
        assert small.notices(officer).count("cohort_closed") == 1
    assert "cohort_closed" not in small.notices(small.budi)
    (row,) = [r for r in small.rows(None, small.tari) if r.rule == "cohort_closed"]
    assert (row.payload or {})["present"] == 3
    small.it_is("2027-02-09 09.00")
    assert small.notices(small.tari).count("cohort_closed") == 1


def test_what_is_still_owed_of_the_stay_keeps_it_open(small: Home) -> None:
    small.angkatan()
    small.it_is("2027-03-01 09.00")
    assert small.states("9.2.12")[1] == "open"
    assert memberships(small) == {(None, None)}
    assert not is_closed(small)


def test_what_was_missed_is_not_entered_any_more_once_the_angkatan_is_closed(small: Home) -> None:
    cohort = small.angkatan(arrival="2026-12-01", departure="2026-12-11")
    small.it_is("2026-12-14 09.00")
    missed = small.tasks("9.2.12", 3)[0]
    small.call(close_cohort, small.tari, cohort.id)
    with pytest.raises(AlreadyDoneError):
        small.confirm(small.budi, missed)
    assert small.fresh(missed).state == "missed"
    assert set(small.runs("9.2.12")) == {"closed"}


def test_nothing_is_undone_once_the_angkatan_is_closed(small: Home) -> None:
    cohort = small.angkatan(arrival="2026-12-01", departure="2026-12-11")
    small.it_is("2026-12-14 09.00")
    missed = small.tasks("9.2.12", 3)[0]
    small.confirm(small.budi, missed)
    small.call(close_cohort, small.tari, cohort.id)
    with pytest.raises(UndoTooLateError):
        small.undo(small.budi, missed)
    assert set(small.runs("9.2.12")) == {"closed"}
