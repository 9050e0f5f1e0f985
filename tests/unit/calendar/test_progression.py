"""What leads to what, by the steps of our pack; typed by hand from its files."""

from datetime import date

import pytest

from sop_flows.calendar.dates import begins_on, opened_after, opened_with_run, recurs, started_after
from tests.support.packs import real_pack
from tests.unit.calendar.offices import office

SOPS = real_pack().sops


@pytest.mark.parametrize(
    ("sop", "steps"),
    [
        ("9.2.01", [2]),  # step 1 is a milestone
        ("9.2.15", [4, 2]),  # the weigh-ins stand on days of their own
        ("9.2.12", [3, 4, 5, 6, 1]),  # daily, beside the chain of the menu
        ("9.1.24", [2]),  # a running service is a link of its chain
    ],
)
def test_what_opens_with_a_run(sop: str, steps: list[int]) -> None:
    assert [step.step for step in opened_with_run(SOPS[sop])] == steps


@pytest.mark.parametrize(
    ("sop", "step", "after"),
    [("9.2.01", 2, 3), ("9.2.01", 6, None), ("9.2.15", 4, None), ("9.2.15", 2, 3), ("9.2.12", 1, 2)],
)
def test_what_follows_a_step(sop: str, step: int, after: int | None) -> None:
    following = opened_after(SOPS[sop], SOPS[sop].step(step))
    assert (None if following is None else following.step) == after


def test_a_running_service_is_no_grid_alone() -> None:
    assert not recurs(SOPS["9.1.24"].step(3))
    assert recurs(SOPS["9.2.15"].step(4))


def test_what_starts_after_a_sop_and_when() -> None:
    found = [(sop.number, start) for sop, start in started_after(SOPS, "9.1.33", None)]
    assert [(number, start.when) for number, start in found] == [
        ("9.1.33", ("lanjut",)),
        ("9.1.34", ("rujuk", "akhiri")),
    ]
    again, ending = (start for _number, start in found)
    # A month after Friday 27 November 2026 is a Sunday, and office work begins on the Monday.
    assert begins_on(SOPS["9.1.33"], again, date(2026, 11, 27), office()) == date(2026, 12, 28)
    assert begins_on(SOPS["9.1.34"], ending, date(2026, 11, 27), office()) is None
    assert list(started_after(SOPS, "9.2.01", 2)) == []
