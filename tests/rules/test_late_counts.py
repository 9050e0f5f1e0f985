"""How many days a step is said to be late: from the day on which it was owed, and became that officer's."""

from pathlib import Path

import pytest

from sop_flows.actions.assign import delegate
from sop_flows.core.states import is_late, is_overdue
from sop_flows.views.task_views import task_line
from storage.engine import Store
from storage.tables import DueKind, Officer, Task
from tests.support.institution import Home, pack_with

TWO_STEPS = """
number: "9.2.01"
title: Persiapan
program: petirahan
phase: pra-pelayanan
subject: cohort
clock: kalender
starts: [{at: arrival}]
steps:
  - {step: 1, activity: Satu, prompt: Satu., short: Satu, executors: [penyantunan], kind: do, due: arrival + 2 hari}
  - {step: 2, activity: Dua, prompt: Dua., short: Dua, executors: [penyantunan], kind: do, due: arrival + 3 hari}
"""


@pytest.fixture
def two(store: Store, tmp_path: Path) -> Home:
    """Due on 3 and on 4 December; the second opens when the first is done."""
    home = Home(store, tmp_path, pack_with(TWO_STEPS))
    home.everyone()
    home.angkatan()
    return home


def days(home: Home, officer: Officer, task: Task) -> tuple[bool, int]:
    with home.working() as work:
        line = task_line(work, home.fresh(task), officer)
        return line.is_late, line.days_late


def test_a_step_that_opens_after_its_day_is_not_late_on_that_day(two: Home) -> None:
    two.it_is("2026-12-08 17.00")
    first = two.task("9.2.01", 1)
    assert days(two, two.budi, first) == (True, 5)
    two.confirm(two.budi, first)
    second = two.task("9.2.01", 2)
    assert days(two, two.budi, second) == (False, 0)  # its day was the 4th, and it could be done from now on
    two.it_is("2026-12-11 09.00")
    assert days(two, two.budi, second) == (True, 2)


def test_whoever_is_given_a_late_step_begins_anew(two: Home) -> None:
    citra = two.officer("Citra", "penyantunan")
    two.it_is("2026-12-08 17.00")
    first = two.task("9.2.01", 1)
    two.tap(delegate, two.rahmat, first.id, citra)
    assert days(two, citra, first) == (True, 0)
    assert days(two, two.rahmat, first) == (True, 5)  # to the head it is as late as it is
    two.it_is("2026-12-09 09.00")
    assert days(two, citra, first) == (True, 1)


def test_past_our_target_alone_is_not_overdue(two: Home) -> None:
    two.it_is("2026-12-08 17.00")
    first = two.fresh(two.task("9.2.01", 1))
    step = two.house.pack.sops["9.2.01"].step(1)
    assert is_overdue(first, step, two.now)
    assert is_late(first, two.now)
    first.due_kind = DueKind.TARGET
    assert not is_overdue(first, step, two.now)
