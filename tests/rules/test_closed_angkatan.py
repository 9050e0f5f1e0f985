"""What of an angkatan can still be looked at once it is closed, and by whom."""

import pytest

from sop_flows.actions.cohorts.cohort_end import close_cohort
from sop_flows.errors import CohortShutError
from sop_flows.staffing.children import visible_child
from sop_flows.staffing.responsibility import may_see
from sop_flows.staffing.roster import roles_of
from tests.support.institution import Home


def closed(home: Home) -> None:
    """An angkatan that left on the last day of the year and was closed on 4 January; Wulan was its guru."""
    home.cohort = home.angkatan()  # type: ignore[attr-defined]
    home.wulan = home.officer("Wulan", guru_of=home.cohort)  # type: ignore[attr-defined]
    home.it_is("2027-01-04 09.00")
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


def test_an_angkatan_that_is_open_stays_open(home: Home) -> None:
    home.angkatan()
    home.it_is("2027-01-20 09.00")
    assert home.call(visible_child, home.budi, home.child(1).id or 0).is_present
