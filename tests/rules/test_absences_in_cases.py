"""Leave of the social worker of a case: the stand-in does its steps and knows the child for that long; nobody else."""

from datetime import date, datetime

import pytest
from sqlmodel import Session

from sop_flows.absences import leave
from sop_flows.cases import starting, visibility
from sop_flows.errors import NotFoundError
from sop_flows.house import House
from storage.tables import Case, Officer
from tests.support.institution import Institution

TODAY = date(2026, 10, 26)


def open_case(s: Session, house: House, keeper: Officer, now: datetime) -> Case:
    case = Case(
        code_name="Kenanga", sex="P", age_years=9, opened_at=now,
        opened_by_id=keeper.id or 0, peksos_id=keeper.id or 0,
    )  # fmt: skip
    s.add(case)
    s.flush()
    starting.start_sops(s, house, case, now)
    return case


def knows(home: Institution, officer: Officer, case: Case) -> bool:
    with home.reading() as s:
        return visibility.knows(s, home.house, officer, case)


def test_the_stand_in_does_the_steps_and_knows_the_child_for_that_long(home: Institution) -> None:
    lina = home.officer("Lina", "peksos")
    case = home.call(open_case, home.sari)
    assert (knows(home, lina, case), home.mine(lina)) == (False, [])
    absence, _gaps = home.call(leave.record_leave, home.sari, home.sari.id, TODAY, date(2026, 10, 28), lina)
    assert (knows(home, lina, case), home.mine(lina)) == (True, [("9.1.20", 1)])
    home.confirm(lina, home.task("9.1.20", 1))
    home.call(leave.end_leave, home.sari, absence.id)
    assert (knows(home, lina, case), home.mine(lina)) == (False, [])
    assert knows(home, home.sari, case)


def test_without_a_stand_in_it_goes_to_who_answers_and_to_no_colleague(home: Institution) -> None:
    lina = home.officer("Lina", "peksos")
    case = home.call(open_case, home.sari)
    home.call(leave.record_leave, home.sari, home.sari.id, TODAY, date(2026, 10, 28), None)
    assert (knows(home, lina, case), home.mine(lina)) == (False, [])
    with pytest.raises(NotFoundError):
        home.confirm(lina, home.task("9.1.20", 1))
    assert ("9.1.20", 1) in home.mine(home.kirana), "the Kepala: there is no coordinator"
