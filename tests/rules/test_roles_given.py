"""A role is given in chat, and that of a kasi given and taken; the last head stays."""

import pytest

from sop_flows.actions.people.roles import (
    LastHeadError,
    give_role,
    heads_beside,
    holders_beside,
    set_head,
    take_role,
)
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.roster import grants_of, heads_of, roles_of
from storage.tables import Officer
from tests.support.institution import Home


def grant_id(home: Home, officer: Officer, role: str) -> int:
    return next(one.id or 0 for one in home.call(grants_of, officer.id) if one.role == role)


def test_a_role_is_given_and_those_concerned_hear_it(home: Home) -> None:
    home.tap(give_role, home.tari, home.dewi.id, "penyantunan")
    assert home.call(roles_of, home.dewi.id) == {"bimbingan", "penyantunan"}
    for officer in (home.dewi, home.rahmat, home.kirana):
        assert home.notices(officer) == ["role_given"]
    assert home.notices(home.budi) == []
    with pytest.raises(NotFoundError):
        home.tap(give_role, home.tari, home.dewi.id, "penyantunan")  # held already
    with pytest.raises(NotPermittedError):
        home.tap(give_role, home.rahmat, home.dewi.id, "peksos")
    with pytest.raises(NotFoundError):
        home.tap(give_role, home.tari, home.dewi.id, "guru")  # of one angkatan


def test_a_guru_is_of_one_angkatan(home: Home) -> None:
    cohort = home.angkatan()
    home.tap(give_role, home.tari, home.dewi.id, "guru", cohort.id)
    assert home.call(roles_of, home.dewi.id, cohort.id) == {"bimbingan", "guru"}


def test_who_comes_back_has_the_row_of_then(home: Home) -> None:
    role = grant_id(home, home.budi, "penyantunan")
    home.tap(take_role, home.tari, home.tari, home.budi.id, role)
    home.tap(give_role, home.tari, home.budi.id, "penyantunan")
    assert grant_id(home, home.budi, "penyantunan") == role
    assert home.call(heads_of, home.budi.id) == frozenset()


def test_who_holds_it_and_who_is_head_already_can_be_asked(home: Home) -> None:
    assert home.call(holders_beside, "penyantunan", None, home.dewi.id) == ("Rahmat", "Budi")
    assert home.call(heads_beside, "penyantunan", home.budi.id) == ("Rahmat",)


def test_a_kasi_is_made_and_the_former_one_is_no_longer(home: Home) -> None:
    home.tap(set_head, home.tari, home.budi.id, grant_id(home, home.budi, "penyantunan"), True)
    assert "penyantunan" in home.call(heads_of, home.budi.id)
    assert home.notices(home.budi) == ["head_set"]
    assert home.notices(home.rahmat) == ["head_set"]
    home.tap(set_head, home.tari, home.rahmat.id, grant_id(home, home.rahmat, "penyantunan"), False)
    assert home.call(heads_of, home.rahmat.id) == frozenset()


def test_the_last_head_stays(home: Home) -> None:
    for officer, role in ((home.rahmat, "penyantunan"), (home.kirana, "kepala")):
        with pytest.raises(LastHeadError):
            home.tap(take_role, home.tari, home.tari, officer.id, grant_id(home, officer, role))
    with pytest.raises(LastHeadError):
        home.tap(set_head, home.tari, home.rahmat.id, grant_id(home, home.rahmat, "penyantunan"), False)
    assert home.call(roles_of, home.rahmat.id) == {"penyantunan"}
    home.tap(set_head, home.tari, home.budi.id, grant_id(home, home.budi, "penyantunan"), True)
    home.tap(take_role, home.tari, home.tari, home.rahmat.id, grant_id(home, home.rahmat, "penyantunan"))
    assert home.call(roles_of, home.rahmat.id) == frozenset()
