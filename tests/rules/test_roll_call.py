"""Who came, school by school: the hand-over of SOP 9.2.04 step 1 and the roll-call of 9.2.05 step 1.

The angkatan arrives on Saturday 5 December 2026, six children of two schools: 1, 3, 5 of the first, 2, 4, 6 of the other.
"""

import pytest
from sqlmodel import col, select

from sop_flows.actions.cohorts.cohorts import kabupaten_before, set_kabupaten
from sop_flows.actions.confirm import confirm
from sop_flows.actions.origins import record, record_as_listed
from sop_flows.actions.rolls import rolls
from sop_flows.core.work import declared
from sop_flows.declarations.loader import Pack
from sop_flows.errors import AlreadyDoneError, NeedsFormError, NotFoundError, NotYoursError
from sop_flows.recording.origins import handed_over, origins_of
from sop_flows.recording.roll_call import lock_roll
from storage.tables import Membership, Officer, Task
from tests.support.institution import Home
from tests.support.packs import real_pack

NUMBERS = ("9.2.04", "9.2.05", "9.2.06", "9.2.15", "9.1.15")
SCHOOLS = ("SDN Rekaan 1", "SDN Rekaan 2")


@pytest.fixture
def pack() -> Pack:
    """The arrival and the farewell of the calendar that comes with Pandu."""
    ours = real_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in NUMBERS}, ours.lines, ours.folder)


@pytest.fixture
def handing(home: Home) -> Task:
    """9.2.04 step 1, on the Saturday of the arrival."""
    home.angkatan(arrival="2026-12-05", children=6, schools=SCHOOLS)
    home.it_is("2026-12-05 08.00")
    return home.task("9.2.04", 1)


@pytest.fixture
def call(home: Home, handing: Task) -> Task:
    """9.2.05 step 1, once the children were received."""
    home.tap(record_as_listed, home.budi, handing.id)
    home.confirm(home.budi, home.task("9.2.04", 2))
    home.confirm(home.kirana, home.task("9.2.04", 3))
    return home.task("9.2.05", 1)


def calls(home: Home, task: Task, came: dict[int, bool], officer: Officer | None = None) -> None:
    with home.working(officer or home.sari) as work:
        roll = lock_roll(work, officer or home.sari, task.id or 0)
        values: dict[int, dict[str, object]] = {
            home.child_on(roll, number): {"hadir": "Hadir" if here else "Tidak datang"}
            for number, here in came.items()
        }
        rolls.record_entry(work, roll, values, correct=True)


def present(home: Home) -> list[int]:
    """Numbers of those who belong."""
    with home.reading() as s:
        here = set(s.exec(select(Membership.child_id).where(col(Membership.until_on).is_(None))))
    return [n for n in range(1, 7) if home.child(n).id in here]


def names(home: Home, task: Task) -> list[str]:
    with home.reading() as s:
        return [one.name for one in origins_of(s, task, declared(s, task)[1])]


# --- the hand-over ----------------------------------------------------------------------------------------------


def test_it_needs_the_numbers_of_every_school(home: Home, handing: Task) -> None:
    assert names(home, handing) == list(SCHOOLS)
    with pytest.raises(NeedsFormError):
        home.tap(confirm, home.budi, handing.id)
    one, two = (home.school(name).id for name in SCHOOLS)
    assert home.tap(record, home.budi, handing.id, one, {"laki_laki": 0, "perempuan": 3}) is None
    assert home.tap(record, home.budi, handing.id, two, {"laki_laki": 3, "perempuan": 0}) is not None
    assert home.fresh(handing).state == "done"


def test_as_the_list_says_is_one_tap_and_an_undo_keeps_the_numbers(home: Home, handing: Task) -> None:
    home.tap(record_as_listed, home.budi, handing.id)
    assert home.call(handed_over, handing.cohort_id) == dict.fromkeys(SCHOOLS, 3)
    home.undo(home.budi, handing)
    assert home.fresh(handing).state == "open"
    home.tap(confirm, home.budi, handing.id)
    assert home.fresh(handing).state == "done"


def test_a_number_that_differs_is_kept_and_known_as_different(home: Home, handing: Task) -> None:
    one = home.school(SCHOOLS[0]).id
    home.tap(record, home.budi, handing.id, one, {"laki_laki": 0, "perempuan": 2})
    with home.reading() as s:
        step = declared(s, handing)[1]
        assert step.record is not None
        assert [one.differs(step.record) for one in origins_of(s, handing, step)] == [True, False]


def test_what_a_colleague_recorded_is_replaced_only_by_who_saw_it(home: Home, handing: Task) -> None:
    one = home.school(SCHOOLS[0]).id
    home.tap(record, home.budi, handing.id, one, {"laki_laki": 0, "perempuan": 2})
    with pytest.raises(AlreadyDoneError) as refused:
        home.tap(record, home.rahmat, handing.id, one, {"laki_laki": 0, "perempuan": 3})
    assert refused.value.who == "Budi"
    with pytest.raises(NotYoursError):
        home.tap(record, home.sari, handing.id, one, {"laki_laki": 0, "perempuan": 3})
    with pytest.raises(NotFoundError):  # no such school
        home.tap(record, home.budi, handing.id, 999, {"laki_laki": 0, "perempuan": 3})


def test_the_rest_can_be_added_when_the_step_is_done(home: Home, handing: Task) -> None:
    home.tap(record_as_listed, home.budi, handing.id)
    with home.reading() as s:
        standing = origins_of(s, handing, declared(s, handing)[1])[0].record
    assert standing is not None
    home.later(minutes=90)
    more = {**standing.data, "guru": "Ibu Guru Rekaan"}
    home.tap(record, home.budi, handing.id, home.school(SCHOOLS[0]).id, more, replaces=standing.id)
    with home.reading() as s:
        now = origins_of(s, handing, declared(s, handing)[1])[0].record
    assert now is not None
    assert (now.data["guru"], now.replaces_id) == ("Ibu Guru Rekaan", standing.id)


# --- the roll-call ----------------------------------------------------------------------------------------------


def test_on_a_saturday_children_are_registered_housed_and_weighed_that_day(home: Home, call: Task) -> None:
    calls(home, call, dict.fromkeys(range(1, 7), True))
    assert home.due(call) == "2026-12-05 16.00"
    weigh = home.finish_until("9.2.06", 4, through=("9.2.05", "9.2.06"))
    assert home.due(weigh) == "2026-12-05 16.00"
    assert ("9.2.06", 4) in home.mine(home.budi)


def test_who_did_not_come_leaves_with_the_reason_and_is_on_no_list(home: Home, call: Task) -> None:
    calls(home, call, {2: False, 4: True, 6: True})
    assert home.fresh(call).state == "open"
    assert present(home) == [1, 3, 4, 5, 6]
    with home.reading() as s:
        gone = s.exec(select(Membership).where(Membership.child_id == home.child(2).id)).one()
    assert (gone.reason, str(gone.until_on), gone.ended_by_id) == ("batal ikut", "2026-12-05", home.sari.id)
    calls(home, call, {1: True, 3: True, 5: False})
    assert home.fresh(call).state == "done"
    assert home.entries(home.finish_until("9.2.05", 3)) == dict.fromkeys((1, 3, 4, 6), "open")
    assert home.notices(home.rahmat) == ["roll_called"]


def test_an_undo_brings_all_of_the_school_back(home: Home, call: Task) -> None:
    calls(home, call, {2: False, 4: True, 6: True})
    calls(home, call, {1: True, 3: False, 5: True})
    home.undo(home.sari, call)
    assert present(home) == [1, 3, 4, 5, 6]
    assert home.entries(call) == dict.fromkeys((1, 3, 5), "open") | dict.fromkeys((2, 4, 6), "done")
    assert home.states("9.2.05") == {1: "open"}
    home.undo(home.sari, call)
    assert present(home) == [1, 2, 3, 4, 5, 6]
    assert set(home.entries(call).values()) == {"open"}
    calls(home, call, dict.fromkeys(range(1, 7), True))
    assert home.fresh(call).state == "done"


def test_a_child_on_other_lists_is_back_on_them_after_the_undo(home: Home, call: Task) -> None:
    home.it_is("2026-12-15 08.00")  # the second weigh-in is open, and nobody has called the roll
    weigh = home.task("9.2.15", 4, 1)
    calls(home, call, {2: False, 4: True, 6: True})
    assert home.entries(weigh)[2] == "withdrawn"
    home.undo(home.sari, call)
    assert home.entries(weigh)[2] == "open"


def test_who_came_after_all_is_put_right(home: Home, call: Task) -> None:
    calls(home, call, dict.fromkeys(range(1, 6), True) | {6: False})
    calls(home, call, {6: True})
    assert present(home) == [1, 2, 3, 4, 5, 6]
    calls(home, call, {6: False})
    assert present(home) == [1, 2, 3, 4, 5]


# --- the farewell, by Kab/Kota ----------------------------------------------------------------------------------


def test_without_a_kabupaten_there_is_one_paper_for_all(home: Home, handing: Task) -> None:
    home.it_is("2027-01-04 08.00")
    home.finish_until("9.1.15", 4, through=("9.1.15",))
    assert names(home, home.task("9.1.15", 4)) == [""]


def test_each_kabupaten_has_its_own(home: Home, handing: Task) -> None:
    one, two = (home.school(name).id for name in SCHOOLS)
    home.tap(set_kabupaten, home.tari, handing.cohort_id, {one: "Lombok Barat", two: "Kota Mataram"})
    home.it_is("2027-01-04 08.00")
    farewell = home.finish_until("9.1.15", 4, through=("9.1.15",))
    assert names(home, farewell) == ["Lombok Barat", "Kota Mataram"]
    assert home.tap(record, home.kirana, farewell.id, one, {"penerima": "Ibu Rekaan"}) is None
    with pytest.raises(NeedsFormError):
        home.tap(confirm, home.kirana, farewell.id)
    assert home.tap(record, home.kirana, farewell.id, two, {"penerima": "Bapak Rekaan"}) is not None


def test_one_spelling_and_the_same_kabupaten_in_the_next_angkatan(home: Home, handing: Task) -> None:
    one, two = (home.school(name).id for name in SCHOOLS)
    home.tap(set_kabupaten, home.tari, handing.cohort_id, {one: "Lombok Barat"})
    home.tap(set_kabupaten, home.tari, handing.cohort_id, {two: " lombok  barat"})
    home.it_is("2027-01-04 08.00")
    home.finish_until("9.1.15", 4, through=("9.1.15",))
    assert names(home, home.task("9.1.15", 4)) == ["Lombok Barat"]
    with home.reading() as s:
        assert kabupaten_before(s, "sdn rekaan 2") == "Lombok Barat"
    home.angkatan("Angkatan IV", arrival="2027-02-01", schools=("SDN REKAAN 1",))
    assert home.school("SDN REKAAN 1").kabupaten == "Lombok Barat"
