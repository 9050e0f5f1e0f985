"""`pandu sop plan` and the engine give the same days when everything is done on time."""

from datetime import date

import pytest
from sqlmodel import col, or_, select

from sop_flows.actions import agenda, decisions
from sop_flows.calendar.dates import Anchors
from sop_flows.calendar.plan import PlannedStep, planned_steps
from sop_flows.declarations.loader import Pack
from storage.tables import Task, TaskState
from tests.rules.test_cases import open_case
from tests.support.institution import Home
from tests.support.packs import real_pack

OPENED, ARRIVAL, DEPARTURE = date(2026, 10, 26), date(2026, 12, 8), date(2027, 1, 7)
FLAGGED = 2
END = "akhiri"  # the decision that is followed
Line = tuple[str, int, int, str, str]  # SOP, step, occurrence, opens on, due on


@pytest.fixture
def pack() -> Pack:
    """As it comes with Pandu, with its events."""
    return real_pack()


def planned_lines(home: Home, plan: tuple[PlannedStep, ...]) -> list[Line]:
    day = home.house.today
    return sorted(
        (one.sop, one.step, one.occurrence, day(one.opens_at).isoformat(), day(one.due_at).isoformat())
        for one in plan
    )


def lived_lines(home: Home) -> list[Line]:
    day = home.house.today
    """What was owed; the services that ended with the case are withdrawn, but they were."""
    with home.reading() as s:
        tasks = s.exec(
            select(Task).where(or_(Task.state != TaskState.WITHDRAWN, col(Task.opened_at).is_not(None)))
        ).all()
        return sorted(
            (
                task.sop, task.step, task.occurrence,
                day(task.opened_at or task.opens_at).isoformat(),  # type: ignore[arg-type]
                day(task.due_at).isoformat(),  # type: ignore[arg-type]
            )
            for task in tasks
        )  # fmt: skip


@pytest.mark.slow
def test_an_angkatan_that_does_everything_on_time_lives_its_plan(home: Home) -> None:
    plan = planned_steps(home.house.pack.sops, Anchors(OPENED, ARRIVAL, DEPARTURE), home.house.office)
    cohort = home.angkatan(arrival=ARRIVAL.isoformat(), children=3)
    home.officer("Guntur", guru_of=cohort)
    for one in sorted(plan, key=lambda one: (one.done_at, one.opens_at)):
        home.now = max(one.done_at, home.now)
        home.call(agenda.advance)
        (task,) = [task for task in home.tasks(one.sop, one.step) if task.occurrence == one.occurrence]
        home.finish(task)
        step = home.house.pack.sops[one.sop].step(one.step)
        if step.record is not None and step.record.flag is not None:
            home.flag(home.sari, FLAGGED)
    assert lived_lines(home) == planned_lines(home, plan)


@pytest.mark.slow
def test_a_case_that_does_everything_on_time_lives_its_plan(home: Home) -> None:
    """From first aid to referral; the sections agree to end at the first evaluation."""
    home.it_is("2026-10-26 07.30")
    sops, office = home.house.pack.sops, home.house.office
    every = planned_steps(sops, Anchors(opening=OPENED), office)
    plan = tuple(one for one in every if not one.when or END in one.when)
    assert {one.sop for one in every if one.when == ("lanjut",)} == {"9.1.33"}
    home.call(open_case, home.sari)
    for one in sorted(plan, key=lambda one: (one.done_at, one.opens_at, one.sop, one.step)):
        home.now = max(one.done_at, home.now)
        home.call(agenda.advance)
        step = sops[one.sop].step(one.step)
        if one.asked_at is not None:
            continue  # it ends with the services
        (task,) = [task for task in home.tasks(one.sop, one.step) if task.occurrence == one.occurrence]
        if step.decision is None:
            home.finish(task)
            continue
        home.tap(decisions.propose, home.sari, task.id, END, "membaik")
        for officer in (home.budi, home.dewi):
            home.tap(decisions.agree, officer, task.id)
    assert lived_lines(home) == planned_lines(home, plan)
