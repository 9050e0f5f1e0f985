"""What of an angkatan can still be looked at once it is closed, and by whom."""

import pytest
from sqlmodel import col, select

from sop_flows.actions.cohorts.cohort_end import (
    close_cohort,
    list_aftercare,
    list_open_tasks,
    open_by_section,
    reopen_cohort,
)
from sop_flows.errors import (
    AlreadyDoneError,
    CohortShutError,
    NeedsReasonError,
    NotFoundError,
    NotPermittedError,
)
from sop_flows.staffing.children import visible_child
from sop_flows.staffing.responsibility import may_see
from sop_flows.staffing.roster import roles_of
from storage.tables import LIVE_RUNS, UNFINISHED, Cohort, Run, RunState, Task, TaskState
from tests.support.clocks import wita
from tests.support.institution import Home


def closed(home: Home) -> None:
    """An angkatan that left on the last day of the year and was closed on 4 January; Wulan was its guru."""
    home.cohort = home.angkatan()  # type: ignore[attr-defined]
    home.wulan = home.officer("Wulan", guru_of=home.cohort)  # type: ignore[attr-defined]
    home.it_is("2027-01-04 09.00")
    for _time in range(2):  # the second time what follows the stay is closed, too
        home.tap(close_cohort, home.tari, home.tari, home.cohort.id)  # type: ignore[attr-defined]


def test_children_can_be_looked_at_for_as_long_as_the_pack_says(home: Home) -> None:
    closed(home)
    child = home.child(1).id or 0
    home.it_is("2027-02-03 23.00")  # 30 days after
    assert home.call(visible_child, home.budi, child).child.number == 1
    home.it_is("2027-02-04 00.10")
    for officer in (home.budi, home.kirana, home.tari):
        with pytest.raises(CohortShutError) as shut:
            home.call(visible_child, officer, child)
        assert shut.value.name == "Angkatan III"
        assert not home.call(may_see, officer, home.cohort.id)  # type: ignore[attr-defined]


def test_the_role_of_a_guru_ends_with_the_angkatan(home: Home) -> None:
    closed(home)
    wulan, cohort = home.wulan, home.cohort  # type: ignore[attr-defined]
    assert home.call(roles_of, wulan.id) == frozenset()
    assert home.notices(wulan) == ["grant_over"]
    assert home.call(may_see, wulan, cohort.id)  # still to be looked at, as by everybody else
    home.it_is("2027-02-04 00.10")
    assert not home.call(may_see, wulan, cohort.id)


def test_a_guru_sees_no_other_angkatan_that_was_closed(home: Home) -> None:
    closed(home)
    other = home.officer("Ratna")
    assert not home.call(may_see, other, home.cohort.id)  # type: ignore[attr-defined]


def test_what_follows_the_stay_goes_on_when_it_is_closed(home: Home) -> None:
    """Guidance and evaluation afterwards (9.1.18, 9.1.19) are done, undone and end the angkatan as if nobody had closed it."""
    cohort = home.angkatan()
    home.it_is("2027-01-04 09.00")
    left = home.call(open_by_section, cohort.id)
    home.tap(close_cohort, home.tari, home.tari, cohort.id, "laporan selesai")
    assert sum(left.values()) >= 1
    with home.reading() as s:
        open_now = {task.sop for task in s.exec(select(Task).where(col(Task.state).in_(UNFINISHED)))}
        assert s.get_one(Cohort, cohort.id).closed_at is None
        assert [run.sop for run in list_aftercare(s, cohort.id or 0)] == ["9.1.18", "9.1.19"]
    assert open_now == {"9.1.19"}  # 9.1.18 begins a month after
    step = home.task("9.1.19", 2)
    home.confirm(home.rahmat, step)
    home.undo(home.rahmat, step)
    assert home.fresh(step).state == "open"
    assert {"cohort_shut"} <= set(home.notices(home.kirana)) & set(home.notices(home.rahmat))
    with pytest.raises(AlreadyDoneError):
        home.confirm(home.budi, home.tasks("9.2.12", 3)[0])  # of the stay nothing is entered any more
    home.it_is("2027-02-01 09.00")
    assert home.states("9.1.18") == {2: "open"}


def test_the_kepala_opens_it_again_where_it_stood(home: Home) -> None:
    cohort = home.angkatan()
    wulan = home.officer("Wulan", guru_of=cohort)
    home.it_is("2027-01-04 09.00")
    (left,) = home.call(lambda work: list_open_tasks(work.session, cohort.id or 0))
    home.tap(close_cohort, home.tari, home.tari, cohort.id, "keliru")
    assert home.fresh(left).state == "withdrawn"
    with pytest.raises(NotPermittedError):
        home.tap(reopen_cohort, home.tari, cohort.id, "belum selesai")
    with pytest.raises(NeedsReasonError):
        home.tap(reopen_cohort, home.kirana, cohort.id, " ")
    home.tap(reopen_cohort, home.kirana, cohort.id, "belum selesai")
    assert home.fresh(left).state == "open"
    assert home.notices(wulan) == ["cohort_shut"]  # her role goes on
    with pytest.raises(NotFoundError):
        home.tap(reopen_cohort, home.kirana, cohort.id, "lagi")


def test_what_the_kepala_opened_again_stays_open_for_a_week(home: Home) -> None:
    """Of an angkatan that had closed by itself a week after its last step."""
    cohort = home.angkatan()
    home.it_is("2027-01-04 09.00")
    for _time in range(2):
        home.tap(close_cohort, home.tari, home.tari, cohort.id)
    home.it_is("2027-01-20 09.00")
    home.tap(reopen_cohort, home.kirana, cohort.id, "laporan kurang")
    with home.store.transaction() as s:  # nothing of it is owed any more
        for task in s.exec(select(Task).where(col(Task.state).in_(UNFINISHED))):
            task.state, task.closed_at = TaskState.WITHDRAWN, wita("2027-01-04 09.00")
        for run in s.exec(select(Run).where(col(Run.state).in_(LIVE_RUNS))):
            run.state, run.closed_at = RunState.CLOSED, wita("2027-01-04 09.00")
    for day, is_open in (("2027-01-26 09.00", True), ("2027-01-27 09.00", False)):
        home.it_is(day)
        with home.reading() as s:
            assert (s.get_one(Cohort, cohort.id).closed_at is None) is is_open, day


def test_an_angkatan_that_is_open_stays_open(home: Home) -> None:
    home.angkatan()
    home.it_is("2027-01-20 09.00")
    assert home.call(visible_child, home.budi, home.child(1).id or 0).is_present
