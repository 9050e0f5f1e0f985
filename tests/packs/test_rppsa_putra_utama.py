"""What officers of the institution meet in the pack, beyond the facts of the document."""

import re
import time

import pytest

from sop_flows.calendar.dates import OfficeHours
from sop_flows.calendar.plan import check_plan
from sop_flows.declarations.loader import load_pack, load_sop_text
from sop_flows.declarations.sop import Step
from sop_flows.packs import find_pack
from sop_flows.staffing.responsibility import covers

PACK = load_pack(find_pack("rppsa_putra_utama"))
OFFICE = OfficeHours.of(PACK.unit)
ASKED = [
    pytest.param(step, id=f"{sop.number}/{step.step}")
    for sop in PACK.sops.values()
    for step in sop.asked_steps
]


def test_the_pack_loads_in_a_quarter_of_a_second() -> None:
    def seconds() -> float:
        began = time.perf_counter()
        load_pack(find_pack("rppsa_putra_utama"))
        return time.perf_counter() - began

    assert min(seconds() for _ in range(3)) < 0.25  # the best of three: other work may share the machine


def test_an_ordinary_stay_owes_nothing_after_the_children_have_left() -> None:
    assert check_plan(PACK, OFFICE) == []


# What stands before the verb in the document: "Pembuatan surat", "Laporan kepada", "Data sekolah".
NOMINAL = re.compile(
    r"(pe|ke)\w+(?<!k)an|\w{3,}si|(laporan|data|surat|jadwal|daftar|hasil|analisis|analisa)", re.IGNORECASE
)
NO_SUBJECTS = {"Anak", "Klayan", "Kelayan", "Orang", "Petugas", "Seksi", "Peksos", "Bagian", "Proses"}


@pytest.mark.parametrize("step", ASKED)
def test_prompts_are_short_sentences_that_begin_with_what_to_do(step: Step) -> None:
    assert step.prompt[0].isupper()
    assert step.prompt.endswith(".")
    assert len(step.prompt) <= 160
    first = step.prompt.split()[0].rstrip(",")
    assert not NOMINAL.fullmatch(first)
    assert first not in NO_SUBJECTS
    assert 2 <= len(step.short.split()) <= 6
    assert len(step.short) <= 35  # a line of /tugas on a phone, with the angkatan behind it


@pytest.mark.parametrize("step", ASKED)
def test_no_prompt_is_the_sentence_of_the_document(step: Step) -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"\w+", text.casefold())

    assert words(step.prompt) != words(step.activity)


def test_rows_that_the_document_leaves_blank_say_so() -> None:
    blank = {
        (sop.number, step.step): step for sop in PACK.sops.values() for step in sop.steps if not step.activity
    }
    assert list(blank) == [("9.1.10", 2), ("9.1.10", 3), ("9.1.10", 4), ("9.1.32", 1), ("9.1.32", 4)]
    asked = {place: step.prompt for place, step in blank.items() if step.asked}
    assert list(asked) == [("9.1.10", 2), ("9.1.10", 3)]
    for prompt in asked.values():
        assert "arahan kepala seksi" in prompt
        assert "dokumen SOP mengosongkan langkah ini" in prompt


def test_oddities_of_the_document_are_declared() -> None:
    told = {number for number, sop in PACK.sops.items() if sop.oddities}
    assert {"9.2.01", "9.2.03", "9.1.10", "9.1.32", "9.1.27", "9.1.24", "9.1.29"} <= told
    twins: dict[str, list[str]] = {}
    for number, sop in PACK.sops.items():
        twins.setdefault(sop.title.split(": ")[-1], []).append(number)
    named_twice = {title: pair for title, pair in twins.items() if len(pair) > 1 and title[0].isupper()}
    assert {"Terminasi", "Evaluasi", "Rencana Intervensi"} <= set(named_twice)
    for title in ("Terminasi", "Evaluasi", "Rencana Intervensi"):
        for number in named_twice[title]:
            assert any(
                all(other in line for other in named_twice[title]) for line in PACK.sops[number].oddities
            )


def test_the_guidance_sops_can_be_told_apart_in_a_list() -> None:
    numbers = [f"9.1.{n:02d}" for n in range(2, 7)]
    for step in range(1, 8):
        assert len({PACK.sops[number].step(step).short for number in numbers}) == len(numbers)


def test_a_decision_leads_on() -> None:
    evaluation = PACK.sops["9.1.33"]
    decided = evaluation.step(5)
    assert decided.decision is not None
    assert decided.record is not None
    assert (decided.decision.proposes, decided.decision.settles) == ("peksos", "kepala")
    field = next(one for one in decided.record.fields if one.key == decided.decision.field)
    led_to = [start.when for sop in PACK.sops.values() for start in sop.starts if start.after == "9.1.33"]
    assert sorted(choice for when in led_to for choice in when) == sorted(field.choices)
    ends = [number for number, sop in PACK.sops.items() if sop.ends_services or sop.closes_subject]
    assert ends == ["9.1.35"]  # the services end with the hand-over, its step 2


def test_what_runs_for_months_in_a_case() -> None:
    steps = [(sop.number, step) for sop in PACK.sops.values() for step in sop.steps]
    assert [(number, step.step) for number, step in steps if step.running] == [
        ("9.1.24", 3),
        ("9.1.25", 1), ("9.1.25", 2), ("9.1.25", 3), ("9.1.25", 4), ("9.1.25", 5),
        ("9.1.26", 2), ("9.1.27", 6), ("9.1.28", 2), ("9.1.28", 3), ("9.1.29", 4), ("9.1.30", 3), ("9.1.31", 3),
    ]  # fmt: skip
    assert [(number, step.step) for number, step in steps if step.beside] == [
        ("9.2.14", 5),
        ("9.1.20", 1), ("9.1.20", 2), ("9.1.20", 3), ("9.1.20", 4), ("9.1.20", 5),
        ("9.1.22", 2), ("9.1.22", 3), ("9.1.22", 4),
        ("9.1.25", 1), ("9.1.25", 2), ("9.1.25", 3), ("9.1.25", 4), ("9.1.25", 5),
        ("9.1.28", 2), ("9.1.28", 3),
    ]  # fmt: skip
    assert [(number, step.step) for number, step in steps if step.every and step.every.months] == [
        ("9.1.24", 3), ("9.1.28", 3), ("9.1.29", 4),
    ]  # fmt: skip
    assert [(number, step.step) for number, step in steps if step.first_due] == [("9.1.28", 3), ("9.1.35", 4)]


def test_the_opening_of_a_case_asks_for_the_categories_of_the_unit() -> None:
    form = PACK.sops["9.1.20"].step(1).record
    assert form is not None
    assert PACK.unit.case is not None
    assert form.fields[0].choices == PACK.unit.case.categories
    assert len(PACK.unit.case.categories) == 8
    assert PACK.unit.case.max_age == 18
    assert len(set(PACK.unit.case.codes)) == len(PACK.unit.case.codes)
    assert not set(PACK.unit.case.codes) & {dormitory.name.split()[-1] for dormitory in PACK.unit.dormitories}


def test_every_phase_of_the_unit_is_used_in_the_order_of_the_list() -> None:
    for program, phases in PACK.unit.phases.items():
        assert {sop.phase for sop in PACK.sops.values() if sop.program == program} == set(phases)
    assert [role for role in PACK.unit.sections if role in PACK.unit.roles] == [
        "penyantunan",
        "bimbingan",
        "peksos",
    ]


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


def test_the_nurse_is_the_backup_for_health_and_weigh_ins_only() -> None:
    (nurse,) = PACK.unit.stand_ins
    assert (nurse.role, nurse.acts_for) == ("perawat", "penyantunan")
    assert covers(nurse, "9.2.06", 4)
    assert covers(nurse, "9.2.15", 3)
    assert not covers(nurse, "9.2.06", 3)
    assert not covers(nurse, "9.2.12", 3)


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
