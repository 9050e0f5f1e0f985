"""Who is accepted, waits as a reserve, or is not accepted: SOP 9.2.03 step 2, child by child.

The angkatan arrives on Tuesday 1 December 2026; the selection is on Tuesday 10 November.
"""

import pytest
from sqlmodel import col, select

from handlers.ui.request import SentFile
from sop_flows.actions.attachments import set_portrait
from sop_flows.actions.cohorts import cohorts
from sop_flows.actions.cohorts.membership import StillHereError, call_up, reinstate
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.actions.rolls import rolls
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Start
from sop_flows.errors import NotFoundError
from sop_flows.recording.roll_call import lock_roll
from sop_flows.views.attachments import portrait_of
from storage.queries.children import list_reserves
from storage.queries.cohorts import count_children, list_schools
from storage.tables import Membership, Task
from tests.support.institution import Home
from tests.support.packs import real_pack

NUMBERS = ("9.2.03", "9.2.04", "9.2.05", "9.2.15")
ACCEPTED, RESERVE, REFUSED = "Diterima", "Cadangan", "Tidak diterima"


@pytest.fixture
def pack() -> Pack:
    """The selection begins on a day of its own, not after the SOPs before it."""
    ours = real_pack()
    sops = {number: ours.sops[number] for number in NUMBERS}
    starts = (Start(at=Offset(anchor="arrival", days=-21)),)
    sops["9.2.03"] = sops["9.2.03"].model_copy(update={"starts": starts})
    return Pack(ours.unit, sops, ours.lines)


def at_selection(home: Home, children: int = 5) -> Task:
    home.angkatan(children=children)
    home.it_is("2026-11-10 08.00")
    home.confirm(home.dewi, home.task("9.2.03", 1))
    return home.task("9.2.03", 2)


@pytest.fixture
def selecting(home: Home) -> Task:
    """9.2.03 step 2, with five children on the list."""
    return at_selection(home)


def select_children(home: Home, task: Task, said: dict[int, str]) -> None:
    with home.working(home.dewi) as work:
        roll = lock_roll(work, home.dewi, task.id or 0)
        values: dict[int, dict[str, object]] = {
            home.child_on(roll, n): {"hasil": one} for n, one in said.items()
        }
        rolls.record_entry(work, roll, values, correct=True)


def counted(home: Home) -> tuple[int, int]:
    cohort_id = home.child(1).cohort_id
    with home.reading() as s:
        count = count_children(s, cohort_id)
        school = list_schools(s, cohort_id)[0].children
    assert (count.present, count.total) == (school.present, school.total)
    return count.present, count.total


def names(home: Home, *numbers: int) -> list[str]:
    return [home.child(number).name for number in numbers]


def test_reserves_and_those_not_accepted_are_in_no_count_and_on_no_list(home: Home, selecting: Task) -> None:
    said = {1: ACCEPTED, 2: RESERVE, 3: REFUSED, 4: ACCEPTED, 5: ACCEPTED}
    select_children(home, selecting, said)
    assert home.fresh(selecting).state == "done"
    assert counted(home) == (3, 3)
    home.it_is("2026-12-01 08.00")
    home.finish_until("9.2.05", 1, through=("9.2.04", "9.2.05"))
    assert list(home.entries(home.task("9.2.05", 1))) == [1, 4, 5]


def test_an_undo_and_a_correction_bring_them_back(home: Home, selecting: Task) -> None:
    select_children(home, selecting, {2: RESERVE, 3: REFUSED})
    assert counted(home) == (3, 3)
    home.undo(home.dewi, selecting)
    assert counted(home) == (5, 5)
    select_children(home, selecting, {2: RESERVE, 3: REFUSED})
    select_children(home, selecting, {2: REFUSED, 3: ACCEPTED})
    assert counted(home) == (4, 4)
    with home.reading() as s:
        rows = s.exec(select(Membership).order_by(col(Membership.child_id))).all()
    assert [(row.reason, str(row.from_on)) for row in rows[:3]] == [
        (None, "2026-12-01"),
        ("tidak diterima", "2026-11-10"),
        (None, "2026-12-01"),
    ]


def test_a_reserve_is_called_up_and_stands_on_the_open_lists(home: Home, selecting: Task) -> None:
    select_children(home, selecting, dict.fromkeys((1, 3, 4, 5), ACCEPTED) | {2: RESERVE})
    home.it_is("2026-12-01 08.00")
    call = home.finish_until("9.2.05", 1, through=("9.2.04", "9.2.05"))
    with home.reading() as s:
        assert [row.child.number for row in list_reserves(s, call.cohort_id or 0)] == [2]
    two = home.child(2).id
    with pytest.raises(NotFoundError):  # "is here again" is for who was here
        home.tap(reinstate, home.sari, home.sari, two, mistaken=False)
    home.tap(call_up, home.sari, two)
    assert home.entries(call)[2] == "open"
    assert counted(home) == (5, 5)
    with pytest.raises(StillHereError):
        home.tap(call_up, home.sari, two)


def test_without_a_list_the_step_stays_open_until_there_is_one(home: Home) -> None:
    task = at_selection(home, children=0)
    assert home.fresh(task).state == "open"
    row = RosterRow(row=1, name="Anak Rekaan 1", sex="L", school="SDN Rekaan 1")
    home.tap(cohorts.add_children, home.tari, home.tari, task.cohort_id, [row])
    assert home.entries(task) == {1: "open"}
    select_children(home, task, {1: ACCEPTED})
    assert home.fresh(task).state == "done"


def test_what_is_known_of_a_child_who_was_not_accepted_goes_a_week_after_the_arrival(
    home: Home, selecting: Task
) -> None:
    kept = home.tap(
        set_portrait, home.sari, home.child(3).id, SentFile(b"rupa", "image/jpeg", "", photo=True)
    )
    select_children(home, selecting, dict.fromkeys((1, 4, 5), ACCEPTED) | {2: RESERVE, 3: REFUSED})
    home.it_is("2026-12-07 23.00")
    assert names(home, 3) == ["Anak Rekaan 3"]
    assert home.house.cabinet.holds(kept.content_key)
    home.it_is("2026-12-08 00.01")
    assert names(home, 2, 3, 4) == ["Anak Rekaan 2", "–", "Anak Rekaan 4"]
    gone = home.child(3)
    assert (gone.name_key, gone.born_on, gone.parent_name, gone.phone, gone.address) == (
        "",
        None,
        None,
        None,
        None,
    )
    assert not home.house.cabinet.holds(kept.content_key)
    with home.reading() as s:
        assert portrait_of(s, gone.id or 0) is None
