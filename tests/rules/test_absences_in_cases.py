"""Leave of the social worker of a case: the deputy does its steps and knows the child for that long; nobody else."""

from datetime import date

import pytest

from sop_flows.actions import reschedule
from sop_flows.actions.cases import starting
from sop_flows.actions.leave import leave
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError
from sop_flows.staffing import responsibility
from sop_flows.staffing.roster import heads_of
from sop_flows.views.task_views import task_line
from storage.tables import Case, Officer
from tests.support.institution import Home

TODAY = date(2026, 10, 26)


def open_case(work: Work, keeper: Officer) -> Case:
    case = Case(
        code_name="Kenanga", sex="P", age_years=9, opened_at=work.now,
        opened_by_id=keeper.id or 0, peksos_id=keeper.id or 0,
    )  # fmt: skip
    work.session.add(case)
    work.session.flush()
    starting.start_sops(work, case)
    return case


def knows(home: Home, officer: Officer, case: Case) -> bool:
    with home.reading() as s:
        return responsibility.knows(Work(s, home.house, home.now), officer, case)


def test_the_deputy_does_the_steps_and_knows_the_child_for_that_long(home: Home) -> None:
    lina = home.officer("Lina", "peksos")
    case = home.call(open_case, home.sari)
    assert (knows(home, lina, case), home.mine(lina)) == (False, [])
    absence, _gaps = home.tap(leave.record_leave, home.sari, home.sari.id, TODAY, date(2026, 10, 28), lina)
    assert (knows(home, lina, case), home.mine(lina)) == (True, [("9.1.20", 1)])
    home.confirm(lina, home.task("9.1.20", 1))
    home.call(leave.end_leave, home.sari, absence.id)
    assert (knows(home, lina, case), home.mine(lina)) == (False, [])
    assert knows(home, home.sari, case)


def test_a_deputy_of_another_role_has_no_part_in_the_case(home: Home) -> None:
    """Maya is of Bimbingan too, and so is Dewi, who deputises there: the case goes to the coordinator meanwhile."""
    lina = home.officer("Lina", head="peksos")
    maya = home.officer("Maya", "peksos", "bimbingan")
    case = home.call(open_case, maya)
    home.tap(leave.record_leave, maya, maya.id, TODAY, date(2026, 10, 28), home.dewi)
    task = home.task("9.1.20", 1)
    assert (knows(home, home.dewi, case), home.mine(home.dewi)) == (False, [])
    assert home.mine(lina) == [("9.1.20", 1)]
    told = {(rule, who) for _at, rule, who in home.owed(task)}
    assert told == {("due", "Lina"), ("late_top", "Kirana")}, "who is to do it, and later that it is late"
    with home.reading() as s:
        line = task_line(Work(s, home.house, home.now), home.fresh(task), s.get_one(Officer, lina.id))
        assert line.deputy == ""
    with pytest.raises(NotFoundError):
        home.confirm(home.dewi, task)
    home.confirm(lina, task)


def test_a_deputy_of_the_coordinator_in_another_role_knows_no_case(home: Home) -> None:
    """Nor does the one who deputises for that deputy."""
    lina = home.officer("Lina", "bimbingan", head="peksos")
    case = home.call(open_case, home.sari)
    home.tap(leave.record_leave, lina, lina.id, TODAY, date(2026, 10, 28), home.dewi)
    assert not knows(home, home.dewi, case)
    with home.reading() as s:
        assert heads_of(Work(s, home.house, home.now), home.dewi.id or 0) == frozenset()


def test_a_notice_of_the_case_waits_for_who_may_read_it(home: Home) -> None:
    """Said in the evening, the leave begins at midnight: it is not Dewi's to read."""
    lina = home.officer("Lina", "bimbingan", head="peksos")
    home.call(open_case, home.sari)
    home.tap(leave.record_leave, lina, lina.id, date(2026, 10, 27), date(2026, 10, 28), home.dewi)
    home.it_is("2026-10-26 21.00")
    home.tap(
        reschedule.reschedule, home.sari, home.task("9.1.20", 1).id, date(2026, 10, 28), "belum ada kamar"
    )
    home.it_is("2026-10-27 06.00")
    assert "rescheduled" not in home.notices(home.dewi)


def test_without_a_deputy_it_goes_to_who_answers_and_to_no_colleague(home: Home) -> None:
    lina = home.officer("Lina", "peksos")
    case = home.call(open_case, home.sari)
    home.tap(leave.record_leave, home.sari, home.sari.id, TODAY, date(2026, 10, 28), None)
    assert (knows(home, lina, case), home.mine(lina)) == (False, [])
    with pytest.raises(NotFoundError):
        home.confirm(lina, home.task("9.1.20", 1))
    assert ("9.1.20", 1) in home.mine(home.kirana), "the Kepala: there is no coordinator"
