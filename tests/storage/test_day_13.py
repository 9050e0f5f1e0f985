"""A database as it was left before the calendar of a stay was new (its code wrote it, see kept/README.md): Tuesday
15 December 2026, 08.00, day 13 of a stay of 30 days, and a case in its second month. It is upgraded and goes on."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from sop_flows.actions.cohorts import before_pandu
from sop_flows.actions.replanning import new_plan
from sop_flows.core.work import Work, sops_of
from sop_flows.errors import NotPermittedError
from storage.schema import upgrade
from storage.tables import Case, Cohort, Officer, Task, TaskState
from storage.types import Keyring
from tests.support.clocks import wita
from tests.support.engines import open_store
from tests.support.institution import Home
from tests.support.packs import real_pack

DAY_13 = Path(__file__).parent / "kept" / "day-13" / "0011.sqlite3"
MADE_OF = (
    "9.1.02",
    "9.1.03",
    "9.1.04",
    "9.1.05",
    "9.1.06",
)  # the five of bodily, mental, social ... guidance


@pytest.fixture
def home(tmp_path: Path, keyring: Keyring) -> Iterator[Home]:
    """The house with the pack of today."""
    file = tmp_path / "pandu.db"
    shutil.copy(DAY_13, file)
    store = open_store(f"sqlite:///{file}", keyring)
    upgrade(store.engine)
    found = Home(store, tmp_path, real_pack())
    found.now = wita("2026-12-15 08.00")
    with found.reading() as s:
        for officer in s.exec(select(Officer)):
            setattr(found, officer.name.lower(), officer)
    yield found
    store.close()


def cohort_of(home: Home) -> Cohort:
    with home.reading() as s:
        return s.exec(select(Cohort)).one()


def case_of(home: Home) -> Case:
    with home.reading() as s:
        return s.exec(select(Case)).one()


def late(home: Home) -> list[tuple[str, int]]:
    with home.reading() as s:
        found = s.exec(
            select(Task).where(
                Task.state == TaskState.OPEN, col(Task.due_at) < home.now, col(Task.card).is_(None)
            )
        )
        return sorted((task.sop, task.step) for task in found)


def test_it_goes_on_by_the_calendar_it_was_opened_with(home: Home) -> None:
    assert home.call(new_plan.tell_of_new_plan)
    told = [
        one for one in ("kirana", "tari", "rahmat", "dewi") if "new_plan" in home.notices(getattr(home, one))
    ]
    assert told == ["kirana", "tari"]
    with home.reading() as s:
        work = Work(s, home.house, home.now)
        assert sops_of(work, cohort_of(home))["9.1.13"] == real_pack().former["9.1.13"]
    home.confirm(home.dewi, home.task("9.1.02", 3))
    assert home.due(home.task("9.1.02", 4)) == "2026-12-18 16.00"  # three working days, as ever
    home.it_is("2026-12-17 09.00")
    assert home.run("9.1.07").event_on is None
    assert home.due(home.task("9.1.07", 2)) == "2026-12-22 16.00"
    home.it_is("2026-12-24 09.00")
    assert home.task("9.1.13", 2).state == "open"


def test_the_head_takes_the_new_calendar(home: Home) -> None:
    def take(work: Work) -> object:
        return new_plan.take(work, work.officer, work.session.get_one(Cohort, cohort_of(home).id))

    assert late(home) == []
    home.tap(take, home.kirana)
    assert late(home) == []
    for sop in MADE_OF:
        assert home.states(sop) == {
            2: "done", 3: "before_pandu", 4: "before_pandu", 5: "before_pandu", 6: "open",
        }  # fmt: skip
        assert home.due(home.task(sop, 6)) == "2026-12-29 16.00"
    assert home.states("9.1.01")[5] == "open"
    assert home.run("9.2.07").event_on == date(2026, 12, 16)
    home.it_is("2026-12-21 09.00")
    assert home.run("9.1.13").event_on == date(2026, 12, 26)
    asked = [
        one for one in ("budi", "dewi", "gita", "sari") if "steps_past" in home.notices(getattr(home, one))
    ]
    assert asked == ["budi", "dewi", "gita"]
    count = home.tap(before_pandu.confirm_all, home.dewi, cohort_of(home).id, None)
    assert count > len(MADE_OF)


def test_the_case_goes_on_and_so_do_its_services(home: Home) -> None:
    assert home.states("9.1.24") == {2: "done", 3: "open"}
    with home.reading() as s:
        later = sops_of(Work(s, home.house, home.now), case_of(home))
    assert later["9.1.34"] == real_pack().former["9.1.34"]  # services end with it, as ever
    home.it_is("2027-01-13 09.00")
    assert home.task("9.1.24", 3, 2).state == "open"  # its monthly card


def test_the_head_takes_the_new_calendar_for_the_case(home: Home) -> None:
    def take(work: Work) -> object:
        return new_plan.take(work, work.officer, work.session.get_one(Case, case_of(home).id))

    with pytest.raises(NotPermittedError):
        home.tap(take, home.sari)  # whose case it is; the Kepala is the head of the social workers here
    services = {number: home.states(number) for number in ("9.1.24", "9.1.25", "9.1.26", "9.1.27", "9.1.28")}
    home.tap(take, home.kirana)
    assert "plan_taken" in home.notices(home.sari)
    assert services == {number: home.states(number) for number in services}  # what runs for months goes on
    assert late(home) == []
    with home.reading() as s:
        later = sops_of(Work(s, home.house, home.now), case_of(home))
    assert later["9.1.34"] == real_pack().sops["9.1.34"]
    asked = [
        one for one in home.tasks("9.1.28", 3) if one.occurrence
    ]  # from now on; the first weeks are over
    assert [one.state for one in asked] == ["waiting", "waiting"]
    assert all((home.due(one) or "") > "2026-12-15 08.00" for one in asked)
    home.it_is("2027-01-13 09.00")
    assert home.task("9.1.24", 3, 2).state == "open"
