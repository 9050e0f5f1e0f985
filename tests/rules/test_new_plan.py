"""The pack has a new calendar: an angkatan that was opened by the former one keeps it, or takes the new one.

Arrival Tuesday 1 December 2026. By the former calendar SOP 9.1.02 goes on by working days; by the new one its
preparations are done by Saturday the 5th, and guidance (step 6) goes on until three days before the departure.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.cohorts import before_pandu
from sop_flows.actions.cohorts.moving_dates import move_cohort
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.replanning import new_plan
from sop_flows.actions.replanning.new_plan import SopMove
from sop_flows.core.work import Work, sops_of
from sop_flows.declarations.loader import Pack, load_sop_text
from sop_flows.errors import NotFoundError, NotPermittedError
from storage.tables import Case, Cohort, Officer, Task, TaskState
from tests.rules.test_cases import open_case
from tests.support.clocks import wita
from tests.support.institution import Home
from tests.support.packs import real_pack

NUMBERS = ("9.2.04", "9.2.05", "9.2.06", "9.2.07", "9.2.09", "9.2.15", "9.1.01", "9.1.02", "9.1.07", "9.1.13")
BEFORE = "before_pandu"


@pytest.fixture
def pack() -> Pack:
    """Some SOPs of the calendar that comes with Pandu, and as they were before."""
    ours = real_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in NUMBERS}, ours.lines, ours.folder)


@pytest.fixture
def old(home: Home, pack: Pack) -> Cohort:
    """An angkatan of the former calendar. It is Thursday 10 December 2026, 09.00; step 2 of 9.1.02 was done yesterday,
    so step 3 is due on Monday the 14th. The pack has the new calendar."""
    former = {number: pack.former.get(number, sop) for number, sop in pack.sops.items()}
    home.house = replace(home.house, pack=Pack(pack.unit, former))
    cohort = home.angkatan()
    home.it_is("2026-12-09 09.00")
    home.confirm(home.dewi, home.task("9.1.02", 2))
    home.it_is("2026-12-10 09.00")
    home.house = replace(home.house, pack=pack)
    return cohort


def take(home: Home, officer: Officer, about: Cohort | Case) -> tuple[SopMove, ...]:
    return home.tap(_of(new_plan.take), officer, about)


def foresee(home: Home, officer: Officer, about: Cohort | Case) -> tuple[SopMove, ...]:
    return home.tap(_of(new_plan.foresee), officer, about)


def _of(rule: Callable[..., tuple[SopMove, ...]]) -> Callable[..., tuple[SopMove, ...]]:
    def of_row(work: Work, about: Cohort | Case) -> tuple[SopMove, ...]:
        return rule(work, work.officer, work.session.get_one(type(about), about.id))

    return of_row


def late(home: Home) -> list[tuple[str, int]]:
    """What is late of the steps that don't recur."""
    with home.reading() as s:
        tasks = s.exec(select(Task).where(Task.state == TaskState.OPEN, Task.occurrence == 0)).all()
        return [(task.sop, task.step) for task in tasks if task.due_at is not None and task.due_at < home.now]


def test_it_keeps_its_calendar_and_who_decides_hears_once(home: Home, old: Cohort) -> None:
    assert home.call(new_plan.tell_of_new_plan)
    assert not home.call(new_plan.tell_of_new_plan)
    told = [
        name
        for name in ("kirana", "tari", "rahmat", "dewi")
        if "new_plan" in home.notices(getattr(home, name))
    ]
    assert told == ["kirana", "tari"]
    home.it_is("2026-12-16 09.00")
    assert home.due(home.task("9.1.07", 2)) == "2026-12-21 16.00"  # three working days, as before
    assert home.run("9.1.07").event_on is None


def test_a_pack_whose_calendar_nobody_goes_by_any_more_tells_nobody(home: Home, pack: Pack) -> None:
    home.house = replace(home.house, pack=pack)
    home.angkatan()
    assert not home.call(new_plan.tell_of_new_plan)


def test_the_look_says_what_moves_and_moves_nothing(home: Home, old: Cohort) -> None:
    before = (home.states("9.1.02"), home.run("9.1.07").opens_at, home.notices(home.dewi))
    moves = {one.sop.number: one for one in foresee(home, home.kirana, old)}
    assert (moves["9.1.02"].was, moves["9.1.02"].on, moves["9.1.02"].over) == (
        date(2026, 12, 14), date(2026, 12, 28), 3,
    )  # fmt: skip
    assert (moves["9.1.07"].was, moves["9.1.07"].on) == (date(2026, 12, 16), date(2026, 12, 14))
    assert "9.2.15" not in moves  # on the same days
    assert before == (home.states("9.1.02"), home.run("9.1.07").opens_at, home.notices(home.dewi))
    with home.reading() as s:
        assert sops_of(Work(s, home.house, home.now), s.get_one(Cohort, old.id)) is not home.house.pack.sops


def test_what_the_new_calendar_puts_in_the_past_is_asked_of_the_section_and_not_late(
    home: Home, old: Cohort
) -> None:
    was_late = late(home)
    take(home, home.tari, old)
    assert home.states("9.1.02") == {2: "done", 3: BEFORE, 4: BEFORE, 5: BEFORE, 6: "open"}
    assert home.due(home.task("9.1.02", 6)) == "2026-12-28 16.00"
    assert late(home) == was_late
    assert "steps_past" in home.notices(home.dewi)
    assert "plan_taken" in home.notices(home.rahmat)
    with pytest.raises(NotPermittedError):
        home.tap(before_pandu.confirm_all, home.sari, old.id, None, sop="9.1.02")
    assert home.tap(before_pandu.confirm_all, home.tari, old.id, None, sop="9.1.02") == 0
    home.tap(before_pandu.not_done, home.dewi, old.id, "9.1.02", 5)
    assert home.tap(before_pandu.confirm_all, home.dewi, old.id, None, sop="9.1.02") == 2
    assert home.states("9.1.02") == {2: "done", 3: "done", 4: "done", 5: "open", 6: "open"}


def test_what_has_not_begun_begins_by_the_new_calendar(home: Home, old: Cohort) -> None:
    take(home, home.tari, old)
    home.it_is("2026-12-14 09.00")
    assert home.run("9.1.07").event_on == date(2026, 12, 22)
    home.it_is("2026-12-21 09.00")
    assert home.task("9.1.13", 2).state == "open"
    assert home.run("9.1.13").event_on == date(2026, 12, 26)


def test_an_event_that_is_still_to_be_prepared_gets_a_day_ahead(home: Home, old: Cohort) -> None:
    """By the former calendar 9.2.07 is open since yesterday; its day is Saturday the 12th by the new one."""
    take(home, home.tari, old)
    assert home.run("9.2.07").event_on == date(2026, 12, 12)
    assert home.states("9.2.07") == {2: BEFORE, 3: "open"}
    assert home.due(home.task("9.2.07", 3)) == "2026-12-11 16.00"


def test_what_somebody_has_begun_or_what_is_late_stays_and_the_rest_follows_it(
    home: Home, old: Cohort
) -> None:
    lessons, guidance = home.task("9.1.01", 2), home.task("9.1.02", 3)
    assert ("9.1.01", 2) in late(home)
    home.tap(obstacle, home.dewi, guidance.id, "Alat belum datang")
    take(home, home.tari, old)
    assert home.states("9.1.01") == {2: "open"}
    assert ("9.1.01", 2) in late(home)
    assert home.states("9.1.02") == {2: "done", 3: "open"}
    home.confirm(home.dewi, guidance)
    assert (
        home.due(home.task("9.1.02", 4)) == "2026-12-10 16.00"
    )  # its day was the 7th: to the end of this one
    assert lessons.id == home.task("9.1.01", 2).id


def test_a_list_that_is_half_filled_in_is_filled_in_to_its_end(home: Home, old: Cohort) -> None:
    """9.2.09 step 2 was about each child, and is about all of them now."""
    roll = home.finish_until("9.2.09", 2)
    home.record(home.sari, roll, 1)
    take(home, home.tari, old)
    assert home.entries(roll) == {1: "done", 2: "open", 3: "open"}
    home.record(home.sari, roll)
    assert home.states("9.2.09")[3] == "open"


def test_others_do_not_decide_and_there_is_no_second_time(home: Home, old: Cohort) -> None:
    for officer in (home.rahmat, home.dewi):
        with pytest.raises(NotPermittedError):
            foresee(home, officer, old)
        with pytest.raises(NotPermittedError):
            take(home, officer, old)
    take(home, home.kirana, old)
    for rule in (take, foresee):
        with pytest.raises(NotFoundError):
            rule(home, home.kirana, old)


def test_dates_that_move_afterwards_move_the_new_calendar(home: Home, old: Cohort) -> None:
    take(home, home.tari, old)
    home.tap(move_cohort, home.tari, old.id, old.arrival_on, date(2027, 1, 7), "jalan putus")
    assert home.states("9.1.02") == {2: "done", 3: BEFORE, 4: BEFORE, 5: BEFORE, 6: "open"}
    assert home.due(home.task("9.1.02", 6)) == "2027-01-04 16.00"
    assert home.run("9.1.13").opens_at == wita(
        "2026-12-23 00.00"
    )  # eleven days before is a Sunday, after Christmas


def test_a_case_is_decided_by_the_head_of_who_keeps_it(home: Home) -> None:
    """Month two of a case whose child has a bed, and no dormitory yet: by a new calendar 9.1.24 does not wait for the plan
    of intervention. What has begun since is not late."""
    ours = real_pack()
    sops = {**ours.sops, **ours.former}
    former = Pack(ours.unit, {number: sops[number] for number in ("9.1.20", "9.1.21", "9.1.22", "9.1.24")})
    starts = ('{"after":"9.1.21","after_step":3}', '{"after":"9.1.20","after_step":5}')
    changed = {
        "9.1.20": former.sops["9.1.20"].source.replace("tidak berada di tempat", "tidak ada"),
        "9.1.24": former.sops["9.1.24"].source.replace(*starts),
    }
    new = Pack(
        ours.unit, {**former.sops, **{number: load_sop_text(text) for number, text in changed.items()}}
    )
    new.__dict__["former"] = {number: former.sops[number] for number in ("9.1.20", "9.1.24")}
    home.house = replace(home.house, pack=former)
    case = home.call(open_case, home.sari)
    for step in range(1, 6):
        home.confirm(home.sari, home.task("9.1.20", step))
    home.it_is("2026-12-07 09.00")
    home.house = replace(home.house, pack=new)
    lina = home.officer("Lina", head="peksos")
    assert home.call(new_plan.tell_of_new_plan)
    assert "new_plan" in home.notices(lina)
    assert "new_plan" not in home.notices(home.sari)
    was_late = late(home)
    for other_officer in (home.sari, home.tari):
        with pytest.raises(NotPermittedError):
            take(home, other_officer, case)
    assert [(one.sop.number, one.was, one.over) for one in foresee(home, lina, case)] == [("9.1.24", None, 0)]
    take(home, lina, case)
    assert late(home) == was_late
    assert home.task("9.1.24", 2).state == "open"
    assert "plan_taken" in home.notices(home.sari)


def test_a_case_in_its_first_days_takes_the_new_calendar(home: Home) -> None:
    """Day one: by the former calendar step 3 is open; by the new one steps 3 to 5 are, and step 6 waits for all of them."""
    ours = real_pack()
    number = "9.1.20"
    new = Pack(ours.unit, {number: ours.sops[number]})
    new.__dict__["former"] = {number: ours.former[number]}
    home.house = replace(home.house, pack=Pack(ours.unit, {number: ours.former[number]}))
    case = home.call(open_case, home.sari)
    for step in (1, 2):
        home.confirm(home.sari, home.task(number, step))
    home.house = replace(home.house, pack=new)
    take(home, home.officer("Lina", head="peksos"), case)
    assert home.states(number) == {1: "done", 2: "done", 3: "open", 4: "open", 5: "open"}
    for step in (5, 3, 4):
        home.confirm(home.sari, home.task(number, step))
    assert home.states(number)[6] == "open"
