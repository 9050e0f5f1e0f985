"""What the shelter's SOPs need to say: months, decisions, running steps, forms at a step."""

import json

import pytest

from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.loader import load_sop_text
from sop_flows.declarations.sop import Sop, Step

HEAD = """\
number: "1.3"
title: Evaluasi
program: perlindungan
phase: evaluasi
subject: case
clock: kalender
"""

EVALUATION = (
    HEAD
    + """\
starts:
  - at: opening + 3 bulan
  - {after: "1.3", when: [lanjut], later: 1 bulan}
  - by_hand: true
oddities: [Langkah 1 dicetak dua kali]
ends_services: true
closes_subject: true
steps:
  - {step: 1, activity: A, short: Mulai evaluasi, executors: [peksos], kind: start, standard: 0}
  - {step: 2, activity: "", prompt: Dokumen tidak mengisi baris ini., short: Baris kosong, executors: [peksos], kind: blank}
  - step: 3
    activity: C
    prompt: Asuh anak.
    short: Asuh anak ini
    executors: [peksos]
    kind: do
    standard: 3-6 bulan
    every: {months: 1, until: closed, card: bulanan}
  - step: 4
    activity: D
    prompt: Putuskan.
    short: Putuskan hasilnya
    executors: [penyantunan, bimbingan, peksos]
    kind: end+
    standard: 2 hari
    requires:
      - Sekolah jelas
      - {text: "Minimal 5 SD/MI per angkatan", check: schools_at_least, count: 5}
      - {text: Status profesi, check: form}
    record:
      what: keputusan
      fields:
        - {key: keputusan, ask: "Apa keputusannya?", kind: choice, choices: [lanjut, rujuk, akhiri], label: Keputusan}
        - {key: tinggi, ask: "Berapa tingginya?", kind: number, unit: cm, min: 30, max: 200, optional: true}
        - {key: petugas, ask: "Siapa saja?", kind: people, columns: [Nama, Status pendidikan/profesi]}
        - {key: tahu, ask: "Orang tua tahu?", kind: yes}
        - {key: kategori, ask: "Kategori mana?", kind: choices, choices: [darurat, hukum]}
    decision: {field: keputusan, proposes: peksos, settles: kepala}
"""
)


@pytest.fixture
def sop() -> Sop:
    return load_sop_text(EVALUATION)


def test_starts_count_months_and_follow_a_decision(sop: Sop) -> None:
    at, again, by_hand = sop.starts
    assert at.at is not None
    assert (at.at.anchor, at.at.days, at.at.months) == ("opening", 0, 3)
    assert (again.after, again.when, str(again.later)) == ("1.3", ("lanjut",), "1 bulan")
    assert by_hand.by_hand


def test_a_decision_has_the_outcomes_of_its_choice(sop: Sop) -> None:
    assert sop.outcomes == ("lanjut", "rujuk", "akhiri")
    assert sop.decision_step is not None
    assert sop.decision_step.step == 4


def test_standard_times_are_as_printed(sop: Sop) -> None:
    assert [step.standard_time for step in sop.steps] == [0, "-", "3-6 bulan", "2 hari"]
    assert [step.running for step in sop.steps] == [False, False, True, False]


def test_a_blank_row_is_asked(sop: Sop) -> None:
    assert [step.step for step in sop.asked_steps] == [2, 3, 4]


def test_a_step_of_months_opens_in_its_turn(sop: Sop) -> None:
    following = sop.next_asked_after(2)
    assert following is not None
    assert following.step == 3
    assert str(following.every) == "1 bulan"


def test_requirements_are_texts_or_checks(sop: Sop) -> None:
    said = [(one.text, one.check, one.count) for one in sop.step(4).requires]
    assert said == [
        ("Sekolah jelas", None, None),
        ("Minimal 5 SD/MI per angkatan", "schools_at_least", 5),
        ("Status profesi", "form", None),
    ]


def test_a_form_at_a_step_is_asked_question_by_question(sop: Sop) -> None:
    step = sop.step(4)
    assert step.form_style == "asked"
    assert step.record is not None
    assert [field.name for field in step.record.fields] == [
        "Keputusan",
        "tinggi",
        "petugas",
        "tahu",
        "kategori",
    ]


def test_the_stored_text_is_read_back_the_same(sop: Sop) -> None:
    assert load_sop_text(sop.source) == sop
    assert json.loads(sop.source)["steps"][0]["standard"] == "0"


def test_a_week_of_the_stay_is_said_as_the_document_says_it() -> None:
    step = Step.model_validate(
        {
            "step": 1,
            "activity": "A",
            "prompt": "Terima.",
            "short": "Kunjungan",
            "executors": ("bimbingan",),
            "kind": "start+",
            "choose_date": {
                "earliest": "arrival + 7 hari",
                "latest": "arrival + 13 hari",
                "propose_weekday": 6,
                "chosen_by": "arrival + 4 hari",
            },
        }
    )
    assert step.standard_time == "week two: arrival + 7 to + 13 hari"


NOTES = "{ask: log, fields: [{key: hasil, ask: Apa hasilnya?, kind: text}]}"


def test_what_goes_on_is_asked_about_meanwhile() -> None:
    text = EVALUATION.replace(
        "    every: {months", f"    first_due: 1 hari\n    record: {NOTES}\n    every: {{months"
    )
    step = load_sop_text(text).step(3)
    assert (str(step.first_due), str(step.every), step.asked_meanwhile) == ("1 hari", "1 bulan", True)


@pytest.mark.parametrize(
    ("there", "instead", "says"),
    [
        (
            "standard: 2 hari",
            "standard: 0",
            "SOP:25: step 4 is asked (kind end+); standard: 0 is for milestones",
        ),
        ("    standard: 3-6 bulan\n", "", "SOP:17: step 3 repeats by months; it needs a standard such as '3-6 bulan'"),
        ("months: 1,", "", "SOP:24: every has either days or months"),
        ("    every: {months", "    first_due: 1 hari\n    every: {months", "SOP:17: step 3 has first_due, but takes no notes; its record needs ask: log"),
        ("    every: {months", "    first_due: 2 jam\n    every: {months", "SOP:17: step 3: first_due is so many days, like '1 hari'"),
        ("    every: {months", "    first_due: 28 hari\n    every: {months", "SOP:17: step 3: first_due is at most 27 hari; then it is monthly"),
        ("until: closed", "until: tutup", "SOP:24: 'tutup' is no date; write it like 'arrival', 'arrival - 21 hari', 'departure + 1 hari' or 'opening + 3 bulan'"),
        ('activity: ""', "activity: isi", "SOP:16: step 2 is blank, but has an activity; its kind is do"),
        ("opening + 3 bulan", "opening - 3 bulan", "SOP:8: 'opening - 3 bulan': nothing can be planned before the opening"),
        ("later: 1 bulan", "later: 1 jam", "SOP:9: later is so many days or months, like '1 bulan', not '1 jam'"),
        ("by_hand: true", "{by_hand: true, when: [lanjut]}", "SOP:10: when needs after, the SOP that it is about"),
        (", count: 5", "", "SOP:34: count belongs to check: schools_at_least, and that needs it"),
        ("min: 30, max: 200", "min: 30, max: 20", "SOP:40: 'tinggi': max must be larger than min"),
        ("kind: number, unit", "kind: text, unit", "SOP:40: 'tinggi' has unit, min or max, but its kind is text, not number or decimal"),
        (", columns: [Nama, Status pendidikan/profesi]", "", "SOP:41: 'petugas': columns come together with kind people or table"),
        ("field: keputusan", "field: tinggi", "SOP:25: decision: the record of step 4 has no choice with the key 'tinggi'"),
        ("proposes: peksos", "proposes: tu", "SOP:25: decision: 'tu' proposes, but is no executor of the step"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(there: str, instead: str, says: str) -> None:
    assert EVALUATION.count(there) >= 1
    with pytest.raises(PackErrors) as caught:
        load_sop_text(EVALUATION.replace(there, instead, 1))
    assert str(caught.value) == says
