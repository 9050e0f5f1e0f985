"""The forward plan of an ordinary stay, Tuesday 1 December to Thursday 31 December 2026; times are WITA."""

from datetime import date
from pathlib import Path

import pytest

from sop_flows.calendar.dates import Anchors, OfficeHours
from sop_flows.calendar.plan import PlannedStep, check_plan, plan_warnings, planned, planned_steps
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack
from tests.packs.small_pack import FIRST, write_small_pack
from tests.support.institution import pack_with
from tests.unit.calendar.offices import office, wita

ARRIVAL, DEPARTURE = date(2026, 12, 1), date(2026, 12, 31)
PACK = load_pack(find_pack("rppsa_putra_utama"))
PLAN = {
    (one.sop, one.step, one.occurrence): one
    for one in planned_steps(PACK.sops, Anchors(arrival=ARRIVAL, departure=DEPARTURE), office())
}


def times(sop: str, step: int, occurrence: int = 0) -> PlannedStep:
    return PLAN[sop, step, occurrence]


def test_preparation_follows_standard_times_from_forty_days_before() -> None:
    assert times("9.2.01", 2) == PlannedStep(
        "9.2.01",
        2,
        0,
        wita("2026-10-22 08.00"),
        wita("2026-10-23 16.00"),
        wita("2026-10-23 16.00"),
        kind="standard",
    )
    assert times("9.2.01", 6).due_at == wita("2026-10-30 16.00")
    assert times("9.2.02", 2).due_at == wita("2026-11-02 09.00")  # 1 jam of the next morning
    assert times("9.2.02", 6).due_at == wita("2026-11-04 16.00")  # the third working day of its window
    assert times("9.2.02", 7).due_at == wita("2026-11-09 16.00")  # 3 hari after it
    assert times("9.2.03", 3).due_at == wita("2026-11-12 16.00")


def test_the_arrival_is_not_owed_before_its_own_days() -> None:
    assert times("9.2.03", 4) == PlannedStep(
        "9.2.03", 4, 0, wita("2026-11-29 07.30"), wita("2026-12-01 16.00"), wita("2026-12-01 08.00")
    )


def test_everything_of_the_day_of_arrival_is_due_that_day() -> None:
    of_that_day = [
        (sop, step) for (sop, step, _), one in PLAN.items() if one.due_at == wita("2026-12-01 16.00")
    ]
    assert sorted(of_that_day) == [
        ("9.2.03", 4), ("9.2.04", 1), ("9.2.04", 2), ("9.2.04", 3), ("9.2.05", 1), ("9.2.05", 2), ("9.2.05", 3),
        ("9.2.06", 2), ("9.2.06", 3), ("9.2.06", 4), ("9.2.13", 2),
    ]  # fmt: skip


def test_recurring_steps_are_planned_one_by_one() -> None:
    assert [times("9.2.15", 4, n).due_at for n in (1, 2, 3)] == [
        wita("2026-12-11 16.00"),
        wita("2026-12-21 16.00"),
        wita("2026-12-30 18.00"),
    ]
    assert times("9.2.12", 6, 31).due_at == wita("2026-12-31 20.00")


def test_the_visit_is_planned_on_the_sunday_of_week_two() -> None:
    assert times("9.1.09", 1).due_at == wita("2026-12-13 16.00")
    assert times("9.1.09", 3).due_at == wita("2026-12-13 16.00")


def test_milestones_are_not_in_the_plan() -> None:
    assert ("9.2.01", 1, 0) not in PLAN
    assert ("9.2.06", 6, 0) not in PLAN


def test_a_chain_that_ends_after_the_departure_is_refused(tmp_path: Path) -> None:
    slow = FIRST.replace("at: arrival", "at: departure - 3 hari").replace("1 hari", "9 hari")
    pack = load_pack(write_small_pack(tmp_path, **{"1_1_yaml": slow, "1_2_yaml": SECOND_BY_HAND}))
    (problem,) = check_plan(pack, office())
    assert problem.startswith("1.1.yaml:15: step 2 would be due ")
    assert "after the departure of a stay of 30 days" in problem


def test_a_step_with_a_date_of_its_own_may_lie_after_the_departure(tmp_path: Path) -> None:
    own_date = FIRST.replace("standard: 1 hari", "due: departure + 3 hari")
    pack = load_pack(write_small_pack(tmp_path, **{"1_1_yaml": own_date, "1_2_yaml": SECOND_BY_HAND}))
    assert check_plan(pack, office()) == []


def test_a_step_beside_its_neighbours_opens_with_the_run(tmp_path: Path) -> None:
    beside = FIRST + BESIDE
    pack = load_pack(write_small_pack(tmp_path, **{"1_1_yaml": beside, "1_2_yaml": SECOND_BY_HAND}))
    assert [
        (one.step, one.opens_at)
        for one in planned_steps(pack.sops, Anchors(arrival=ARRIVAL, departure=DEPARTURE), office())
    ] == [
        (2, wita("2026-12-01 08.00")),
        (3, wita("2026-12-01 08.00")),
    ]


def test_cases_are_not_part_of_a_stay(tmp_path: Path) -> None:
    case = SECOND_BY_HAND.replace("child", "case").replace("by_hand: true", "at: opening")
    pack = load_pack(write_small_pack(tmp_path, **{"1_2_yaml": case}))
    assert {
        one.sop for one in planned_steps(pack.sops, Anchors(arrival=ARRIVAL, departure=DEPARTURE), office())
    } == {"1.1"}


def test_work_after_the_departure_may_lie_there(tmp_path: Path) -> None:
    later = FIRST.replace("at: arrival", "at: departure + 1 hari")
    pack = load_pack(write_small_pack(tmp_path, **{"1_1_yaml": later, "1_2_yaml": SECOND_BY_HAND}))
    assert check_plan(pack, office()) == []


SECOND_BY_HAND = """\
number: "1.2"
title: Kedua
program: petirahan
phase: awal
subject: child
clock: kalender
starts: [{by_hand: true}]
steps:
  - {step: 1, activity: A, prompt: Kerjakan., short: Kerjakan ini, executors: [peksos], kind: do}
"""


BESIDE = """\
  - {step: 3, activity: B, prompt: Kerjakan., short: Kerjakan ini, executors: [peksos], kind: do, beside: true}
"""


def test_what_starts_only_by_hand_is_not_planned(tmp_path: Path) -> None:
    pack = load_pack(write_small_pack(tmp_path, **{"1_2_yaml": SECOND_BY_HAND}))
    assert {
        one.sop for one in planned_steps(pack.sops, Anchors(arrival=ARRIVAL, departure=DEPARTURE), office())
    } == {"1.1"}


WARNED = """
number: "7.1"
title: Contoh
program: petirahan
phase: penerimaan
subject: cohort
clock: {clock}
starts: [{{at: arrival}}]
steps:
  - {{step: 1, activity: a, prompt: p, short: Satu, executors: [bimbingan], kind: do, target: arrival + 5 hari}}
  - {{step: 2, activity: a, prompt: p, short: Dua, executors: [bimbingan], kind: do, {dates}}}
"""


@pytest.mark.parametrize(
    ("clock", "dates", "warning"),
    [
        ("kerja", "target: arrival + 8 hari", None),
        (
            "kerja",
            "target: arrival + 2 hari",
            "step 2 would be due before it opens, and is due on 2026-11-09",
        ),
        (
            "kerja",
            "opens: arrival + 8 hari, lasting: arrival + 8 hari",
            "step 2 opens on its last day, 2026-11-10",
        ),
        ("kerja", "opens: arrival + 8 hari, lasting: departure - 2 hari", None),
        (
            "kalender",
            "target: arrival + 12 hari",
            "step 2 is due on 2026-11-14, on which nobody of bimbingan works",
        ),
        ("kerja", "target: arrival + 12 hari", None),
        ("kalender", "target: departure", None),  # on that day everybody works
        (
            "kerja",
            "opens: departure - 1 hari",
            "step 2 would be due when the children have left, and is due on 2026-",
        ),
    ],
)
def test_what_is_hardly_meant_is_warned_of(clock: str, dates: str, warning: str | None) -> None:
    pack = pack_with(WARNED.format(clock=clock, dates=dates))
    said = [line for line in plan_warnings(pack, OfficeHours.of(pack.unit)) if "step 2" in line]
    assert len(said) == (warning is not None)
    assert warning is None or warning in said[0]


def test_a_day_that_is_known_is_planned_as_it_is() -> None:
    """The outing is on Tuesday the 15th in place of the Saturday that is proposed."""
    anchors = Anchors(arrival=ARRIVAL, departure=DEPARTURE)
    chosen = planned(PACK.sops, anchors, office(), {"9.2.07": date(2026, 12, 15)})
    due = {one.step: one.due_at for one in chosen.steps if one.sop == "9.2.07"}
    assert (due[3], due[5]) == (wita("2026-12-14 16.00"), wita("2026-12-15 16.00"))
    assert times("9.2.07", 3).due_at == wita("2026-12-11 16.00")
