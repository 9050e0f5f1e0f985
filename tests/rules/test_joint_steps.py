"""Steps of two parties: each confirms its own part (SOP 9.2.10 step 3, 9.1.08 step 3: Bimbingan and Peksos)."""

import pytest

from sop_flows.core.states import parts_of
from sop_flows.errors import AlreadyDoneError, NotYoursError
from storage.tables import Task
from tests.support.institution import Home


@pytest.fixture
def joint(home: Home) -> Task:
    """9.2.10 step 3, open on the day of arrival: everything before it went quickly."""
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    return home.finish_until("9.2.10", 3)


def test_one_party_alone_does_not_finish_it(home: Home, joint: Task) -> None:
    outcome = home.confirm(home.sari, joint)
    assert outcome.missing_roles == ("bimbingan",)
    assert outcome.opened == ()
    assert home.fresh(joint).state == "open"
    assert {role: part.state.value for role, part in home.parts(joint).items()} == {
        "bimbingan": "open",
        "peksos": "done",
    }
    assert home.said(joint) == [("part_done", "Sari")]
    assert home.states("9.2.10") == {2: "done", 3: "open"}


def test_the_last_party_finishes_it(home: Home, joint: Task) -> None:
    home.confirm(home.sari, joint)
    outcome = home.confirm(home.dewi, joint)
    assert outcome.missing_roles == ()
    assert home.said(joint) == [("part_done", "Sari"), ("done", "Dewi")]
    assert home.states("9.2.10") == {2: "done", 3: "done", 4: "open"}


def test_the_order_of_the_parties_does_not_matter(home: Home, joint: Task) -> None:
    home.confirm(home.dewi, joint)
    home.confirm(home.sari, joint)
    assert home.said(joint) == [("part_done", "Dewi"), ("done", "Sari")]


def test_a_party_confirms_once(home: Home, joint: Task) -> None:
    home.confirm(home.sari, joint)
    with pytest.raises(AlreadyDoneError) as refused:
        home.confirm(home.sari, joint)
    assert refused.value.who == "Sari"
    assert home.said(joint) == [("part_done", "Sari")]


def test_who_has_done_his_part_no_longer_sees_it(home: Home, joint: Task) -> None:
    assert ("9.2.10", 3) in home.mine(home.sari)
    home.confirm(home.sari, joint)
    assert ("9.2.10", 3) not in home.mine(home.sari)
    assert ("9.2.10", 3) in home.mine(home.dewi)


def test_nobody_else_may_do_a_part(home: Home, joint: Task) -> None:
    with pytest.raises(NotYoursError) as refused:
        home.confirm(home.budi, joint)
    assert refused.value.roles == ("bimbingan", "peksos")
    assert refused.value.holders == ("Dewi", "Sari")


def test_an_officer_of_both_roles_confirms_each_part(home: Home, joint: Task) -> None:
    wulan = home.officer("Wulan", "bimbingan", "peksos")
    assert home.confirm(wulan, joint).missing_roles == ("peksos",)
    assert home.mine(wulan) == []  # it is Sari's: who joins changes nobody's tasks
    assert home.confirm(wulan, joint).missing_roles == ()
    assert home.said(joint) == [("part_done", "Wulan"), ("done", "Wulan")]


def test_an_officer_of_both_roles_sees_the_part_that_is_free(empty_home: Home) -> None:
    """The first part is Dewi's alone to take; the second has nobody in charge."""
    home = empty_home
    home.everyone()
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    wulan = home.officer("Wulan", "bimbingan", "peksos")
    joint = home.finish_until("9.2.10", 3)
    home.take(home.dewi, joint)
    assert home.in_charge(joint, "bimbingan") == ("Dewi", "taken")
    assert home.in_charge(joint, "peksos") == (None, None)
    assert ("9.2.10", 3) in home.mine(wulan)


def test_a_colleague_is_recorded_for_his_own_part_only(home: Home, joint: Task) -> None:
    """ "Dikerjakan oleh" is for a colleague of the same role: Dewi of Bimbingan has no share in Peksos' part."""
    with pytest.raises(NotYoursError):
        home.confirm(home.sari, joint, done_by=home.dewi)
    assert home.said(joint) == []


def test_one_party_skips_it_for_both(home: Home, joint: Task) -> None:
    home.confirm(home.sari, joint)
    home.skip(home.dewi, joint, "tidak ada sumber daya lain")
    assert home.states("9.2.10") == {2: "done", 3: "skipped", 4: "open"}
    assert home.said(joint) == [("part_done", "Sari"), ("skipped", "Dewi")]


def test_a_part_is_undone_alone(home: Home, joint: Task) -> None:
    home.confirm(home.sari, joint)
    home.undo(home.sari, joint)
    assert home.parts(joint)["peksos"].state == "open"
    assert home.confirm(home.dewi, joint).missing_roles == ("peksos",)


def test_undoing_the_last_part_leaves_the_first(home: Home, joint: Task) -> None:
    home.confirm(home.sari, joint)
    home.confirm(home.dewi, joint)
    home.undo(home.dewi, joint)
    assert {role: part.state.value for role, part in home.parts(joint).items()} == {
        "bimbingan": "open",
        "peksos": "done",
    }
    assert home.states("9.2.10") == {2: "done", 3: "open"}
    assert home.confirm(home.dewi, joint).missing_roles == ()


def test_counselling_of_one_child_is_a_joint_step_too(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.flag(home.sari, 2)
    home.confirm(home.sari, home.task("9.1.08", 2, child=2))
    joint = home.task("9.1.08", 3, child=2)
    assert home.confirm(home.sari, joint).missing_roles == ("bimbingan",)
    home.confirm(home.dewi, joint)
    assert home.runs("9.1.08") == ["closed"]


def test_each_party_has_its_own_person_in_charge(home: Home, joint: Task) -> None:
    assert home.in_charge(joint, "bimbingan") == ("Dewi", "sole")
    assert home.in_charge(joint, "peksos") == ("Sari", "sole")
    with home.reading() as s:
        assert [part.role for part in parts_of(s, joint)] == ["bimbingan", "peksos"]
