"""A role is taken from an officer: who gets the open tasks, who hears it, and what is left as it was."""

import pytest
from sqlmodel import col, select

from sop_flows.actions.people.roles import RoleEnd, foresee, foresee_removal, named_heirs, take_role
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.roster import grants_of, roles_of
from storage.tables import LIVE, Officer, OfficerRole, Reminder, TaskPart
from tests.support.institution import Home


def grant_id(home: Home, officer: Officer, role: str) -> int:
    """The row of that role."""
    found: tuple[OfficerRole, ...] = home.call(grants_of, officer.id)
    return next(one.id or 0 for one in found if one.role == role)


def held_by(home: Home, officer: Officer) -> int:
    """How many open parts the officer is in charge of."""
    with home.reading() as s:
        parts = select(TaskPart).where(TaskPart.assignee_id == officer.id, col(TaskPart.state).in_(LIVE))
        return len(s.exec(parts).all())


def heirs(work: Work, found: RoleEnd) -> dict[str, int]:
    return dict(named_heirs(work, found.heirs))


def test_the_open_tasks_go_to_the_colleague_and_everybody_hears_it(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-11 10.00")  # day 10: every child is weighed
    count = held_by(home, home.budi)
    assert count > 0
    role = grant_id(home, home.budi, "penyantunan")
    seen = home.tap(foresee, home.tari, home.tari, home.budi.id, role)
    assert home.call(heirs, seen) == {"Rahmat": count}
    assert held_by(home, home.budi) == count  # nothing was changed by looking
    assert home.call(roles_of, home.budi.id) == {"penyantunan"}
    assert home.notices(home.rahmat) == []
    done = home.tap(take_role, home.tari, home.tari, home.budi.id, role)
    assert (done.count, home.call(heirs, done)) == (count, {"Rahmat": count})
    assert held_by(home, home.budi) == 0
    assert held_by(home, home.rahmat) == count
    assert home.call(roles_of, home.budi.id) == frozenset()
    assert home.notices(home.budi) == ["role_taken"]
    assert sorted(home.notices(home.rahmat)) == ["role_taken", "tasks_inherited"]
    with home.reading() as s:  # nothing of a task is owed to who does not have it
        owed = select(Reminder).where(
            Reminder.officer_id == home.budi.id,
            Reminder.state == "pending",
            col(Reminder.task_id).is_not(None),
        )
        assert s.exec(owed).all() == []


def test_another_role_of_the_officer_stays(home: Home) -> None:
    home.angkatan()
    both = home.officer("Nina", "penyantunan", "peksos")
    home.tap(take_role, home.tari, home.tari, both.id, grant_id(home, both, "penyantunan"))
    assert home.call(roles_of, both.id) == {"peksos"}


def test_a_role_that_was_taken_can_be_given_again_and_keeps_its_row(home: Home) -> None:
    role = grant_id(home, home.budi, "penyantunan")
    home.tap(take_role, home.tari, home.tari, home.budi.id, role)
    with home.reading() as s:
        assert s.get_one(OfficerRole, role).ended_at == home.now
    with pytest.raises(NotFoundError):
        home.tap(take_role, home.tari, home.tari, home.budi.id, role)


def test_only_an_admin_takes_a_role(home: Home) -> None:
    with pytest.raises(NotPermittedError):
        home.tap(take_role, home.rahmat, home.rahmat, home.budi.id, grant_id(home, home.budi, "penyantunan"))


def test_what_a_removal_would_leave_behind_is_seen_before(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-11 10.00")
    count = held_by(home, home.budi)
    left, to = home.tap(foresee_removal, home.tari, home.tari, home.budi.id)
    assert (len(left), to) == (count, {home.rahmat.id: count})
    assert "Susun menu" in left
    assert held_by(home, home.budi) == count  # nothing was changed by looking
    with pytest.raises(NotPermittedError):
        home.tap(foresee_removal, home.rahmat, home.rahmat, home.budi.id)
