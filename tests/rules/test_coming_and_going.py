"""Who plans for the children hears of one that leaves or comes, and of a school, with the reason; an undo is told as well."""

from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.cohorts.membership import call_up, leave, reinstate, school_back, withdraw_school
from sop_flows.actions.leave.leave import record_leave
from sop_flows.actions.people.roles import set_school
from sop_flows.core.notices import read_notice
from sop_flows.core.work import Work
from sop_flows.errors import FutureWorkError, NotFoundError, NotPermittedError
from sop_flows.staffing.roster import grants_of
from sop_flows.views.month import month_figures
from storage.tables import Cohort, LeaveReason, Membership, Officer
from tests.support.institution import Home

SCHOOLS = ("SDN Rekaan 1", "SDN Rekaan 2")
FIRST, SECOND = 1, 2  # a child of each school


@pytest.fixture
def stay(home: Home) -> Home:
    """The third day of four children of two schools, each with its guru; a nurse. Budi is on leave, Citra deputises."""
    cohort = home.angkatan(children=4, schools=SCHOOLS)
    people = {"ani": home.officer("Ani", "perawat"), "citra": home.officer("Citra", "penyantunan")}
    for name, school in zip(("wulan", "ratna"), SCHOOLS, strict=True):
        people[name] = home.officer(name.capitalize(), guru_of=cohort)
        (grant,) = home.call(grants_of, people[name].id)
        home.tap(set_school, home.tari, people[name].id, grant.id, home.school(school).id)
    home.it_is("2026-12-03 09.00")
    today = date(2026, 12, 3)
    home.tap(record_leave, home.budi, home.budi.id, today, today, people["citra"])
    home.people = people  # type: ignore[attr-defined]
    home.cohort = cohort  # type: ignore[attr-defined]
    return home


def hears(home: Home, word: str) -> dict[str, int]:
    """Who is told so, and how often."""
    everybody: dict[str, Officer] = {
        name: getattr(home, name) for name in ("kirana", "tari", "rahmat", "budi", "dewi", "sari")
    } | home.people  # type: ignore[attr-defined]
    counted = {name: home.notices(one).count(word) for name, one in everybody.items()}
    return {name: count for name, count in counted.items() if count}


def last_of(home: Home, officer: Officer, word: str) -> object:
    """The newest of these notices."""
    return read_notice([row for row in home.rows(None, officer) if row.rule == word][-1])


# the Kepala, the kasi, the nurse, who cooks (for Budi, Citra), the guru of that school
TOLD = {"kirana": 1, "rahmat": 1, "ani": 1, "citra": 1, "wulan": 1}


def test_a_child_that_leaves_and_an_undo(stay: Home) -> None:
    child = stay.child(FIRST)
    stay.tap(leave, stay.sari, child.id, LeaveReason.SICK, date(2026, 12, 2))
    assert hears(stay, "child_left") == TOLD
    assert vars(last_of(stay, stay.kirana, "child_left"))["reason"] == "sakit"
    stay.tap(reinstate, stay.sari, stay.sari, child.id, mistaken=True)
    assert hears(stay, "child_came") == TOLD
    assert vars(last_of(stay, stay.kirana, "child_came"))["why"] == "mistake"
    with stay.reading() as s:
        only = s.exec(select(Membership).where(Membership.child_id == child.id)).one()
    assert (only.from_on, only.until_on) == (date(2026, 12, 1), None), "as if it had not left"


def test_days_of_care_of_who_left_and_came_back(stay: Home) -> None:
    first, second = stay.child(FIRST), stay.child(SECOND)
    stay.tap(leave, stay.sari, first.id, LeaveReason.SICK, date(2026, 12, 2))
    stay.tap(leave, stay.sari, second.id, LeaveReason.SICK, date(2026, 12, 2))
    stay.it_is("2026-12-05 09.00")
    stay.tap(reinstate, stay.sari, stay.sari, first.id, mistaken=False)
    found = stay.call(month_figures, date(2026, 12, 5))
    assert (found.children, found.days, found.left_early) == (4, 2 * 5 + (2 + 1) + 2, 1)


def test_a_reserve_that_is_called_up(stay: Home) -> None:
    child = stay.child(FIRST)

    def wait(work: Work) -> None:
        row = work.session.exec(select(Membership).where(Membership.child_id == child.id)).one()
        row.until_on, row.reason = row.from_on, LeaveReason.RESERVE

    stay.call(wait)
    stay.tap(call_up, stay.sari, child.id)
    assert hears(stay, "child_came") == TOLD
    assert vars(last_of(stay, stay.people["wulan"], "child_came"))["why"] == "reserve"  # type: ignore[attr-defined]


def test_a_school_that_withdraws_and_an_undo_in_one(stay: Home) -> None:
    school = stay.school(SCHOOLS[0])
    with pytest.raises(NotPermittedError):
        stay.tap(withdraw_school, stay.sari, school.id, date(2026, 12, 3), "ujian")
    with pytest.raises(FutureWorkError):
        stay.tap(withdraw_school, stay.tari, school.id, date(2026, 12, 4), "ujian")
    gone = stay.tap(withdraw_school, stay.tari, school.id, date(2026, 12, 3), "ujian sekolah")
    assert [child.number for child in gone] == [1, 3]
    assert hears(stay, "school_left") == TOLD
    said = vars(last_of(stay, stay.kirana, "school_left"))
    assert (said["reason"], said["count"]) == ("ujian sekolah", 2)
    assert hears(stay, "child_left") == {}  # once, not for each child
    with pytest.raises(NotFoundError):
        stay.tap(withdraw_school, stay.tari, school.id, date(2026, 12, 3), "lagi")
    back = stay.tap(school_back, stay.tari, school.id)
    assert [child.number for child in back] == [1, 3]
    assert hears(stay, "school_left") == dict.fromkeys(TOLD, 2)
    assert hears(stay, "child_came") == {}
    with stay.reading() as s:
        assert s.get_one(Cohort, stay.cohort.id).closed_at is None  # type: ignore[attr-defined]
