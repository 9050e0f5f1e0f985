"""What officers of the institution meet in the pack, beyond the facts of the document."""

import time

import pytest

from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.plan import check_plan
from sop_flows.declarations.loader import load_pack, load_sop_text
from sop_flows.declarations.step import Step
from sop_flows.packs import find_pack

PACK = load_pack(find_pack("rppsa_putra_utama"))
OFFICE = OfficeHours(PACK.unit.calendar, PACK.unit.timezone)
ASKED = [
    pytest.param(step, id=f"{sop.number}/{step.step}")
    for sop in PACK.sops.values()
    for step in sop.asked_steps
]


def test_the_pack_loads_in_a_tenth_of_a_second() -> None:
    def seconds() -> float:
        began = time.perf_counter()
        load_pack(find_pack("rppsa_putra_utama"))
        return time.perf_counter() - began

    assert min(seconds() for _ in range(3)) < 0.1  # the best of three: other work may share the machine


def test_an_ordinary_stay_owes_nothing_after_the_children_have_left() -> None:
    assert check_plan(PACK, OFFICE) == []


@pytest.mark.parametrize("step", ASKED)
def test_prompts_are_short_sentences(step: Step) -> None:
    assert step.prompt[0].isupper()
    assert step.prompt.endswith(".")
    assert len(step.prompt) <= 160
    assert 2 <= len(step.short.split()) <= 6


def test_the_dormitories_have_room_for_an_uneven_angkatan_of_sixty() -> None:
    places = {sex: sum(d.capacity for d in PACK.unit.dormitories if d.sex == sex) for sex in "LP"}
    assert places == {"L": 40, "P": 40}


def test_who_answers_for_whom() -> None:
    heads = {code: role.head for code, role in PACK.unit.roles.items()}
    assert heads == {
        "kepala": None,
        "tu": "kepala",
        "penyantunan": "penyantunan",
        "bimbingan": "bimbingan",
        "peksos": "peksos",
        "guru": "bimbingan",
        "perawat": "penyantunan",
    }
    every_day = {code for code, role in PACK.unit.roles.items() if role.works == "every day"}
    assert every_day == {"penyantunan", "perawat"}


def test_the_nurse_stands_in_for_health_and_weigh_ins_only() -> None:
    (nurse,) = PACK.unit.stand_ins
    assert (nurse.role, nurse.acts_for) == ("perawat", "penyantunan")
    assert nurse.covers("9.2.06", 4)
    assert nurse.covers("9.2.15", 3)
    assert not nurse.covers("9.2.06", 3)
    assert not nurse.covers("9.2.12", 3)


def test_the_home_visit_of_a_child_waits_for_its_own_parents_data() -> None:
    visit = PACK.sops["9.1.12"].step(3)
    assert visit.entry_after == 2
    assert visit.record is not None
    assert visit.record.style == "asked"
    assert [(field.key, field.optional) for field in visit.record.fields] == [
        ("ditemui", False),
        ("hasil", False),
        ("lokasi", True),
        ("foto", True),
    ]


def test_the_four_daily_steps_are_one_card() -> None:
    daily = [step for step in PACK.sops["9.2.12"].steps if step.every]
    assert [step.step for step in daily] == [3, 4, 5, 6]
    assert {step.every.card for step in daily if step.every} == {"harian"}
    assert daily[3].ticks == ("pagi", "siang", "malam")


def test_joint_steps_keep_the_order_of_the_reference() -> None:
    assert PACK.sops["9.2.10"].step(3).executors == ("bimbingan", "peksos")
    assert PACK.sops["9.1.08"].step(3).executors == ("bimbingan", "peksos")


@pytest.mark.parametrize("number", list(PACK.sops))
def test_a_sop_comes_back_whole_from_its_stored_text(number: str) -> None:
    sop = PACK.sops[number]
    again = load_sop_text(sop.source)
    assert again == sop
    assert again.digest == sop.digest
    assert len(sop.digest) == 64
