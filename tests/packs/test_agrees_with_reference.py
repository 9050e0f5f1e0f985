"""Every fact of the pack against the structured facts of the SOP document, in the words of those facts.

`reference.yaml` here is a copy; where the original lies beside the project, the pack is held against it too. The dates of
`practice.yaml` (starts, clock, per, target, opens, due) are newer than those of the reference and win.
Prompts and short names are the pack's own; everything else here is the document's or a decision noted there.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sop_flows.declarations.described import described
from sop_flows.declarations.form import Field
from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.declarations.sop import Sop, Step
from sop_flows.packs import find_pack

COPY = Path(__file__).parent / "reference.yaml"
BESIDE_THE_PROJECT = Path(__file__).parents[2].parent / "shared" / "sop" / "reference.yaml"

PRACTICE = Path(__file__).parent / "practice.yaml"

EACH_SECTION = ["penyantunan", "bimbingan", "peksos"]
FLAGGED = "; anak yang perlu penanganan khusus is flagged"
FLAGGED_SAID = "; anak yang perlu penanganan khusus ditandai"  # officers read it

# The reference gives 9.1.03 to 9.1.06 the steps of 9.1.02; where the document words a step otherwise, it is here.
OWN_WORDING = {
    ("9.1.03", 2): "Penyusunan jadwal kegiatan bimbingan mental spiritual oleh Bimbingan dan Penyuluhan Anak",
    (
        "9.1.03",
        3,
    ): "Penyusunan Daftar Petugas Pembimbing/ Instruktur oleh seksi Bimbingan dan Penyuluhan Anak",
    ("9.1.04", 2): "Penyusunan jadwal kegiatan bimbingan kepribadian",
    (
        "9.1.04",
        3,
    ): "Penyusunan Daftar Petugas Pembimbing/ Instruktur oleh seksi Bimbingan dan Penyuluhan Anak",
    ("9.1.05", 2): (
        "Penyusunan jadwal kegiatan bimbingan bakat dan kreatifitas oleh seksi Bimbingan dan Penyuluhan Anak"
    ),
    ("9.1.05", 3): "Penyusunan Daftar Petugas Pembimbing/ Instruktur",
    ("9.1.06", 2): "Penyusunan jadwal kegiatan bimbingan oleh seksi Bimbingan dan Penyuluhan Anak",
    (
        "9.1.06",
        3,
    ): "Penyusunan Daftar Petugas Pembimbing/ Instruktur oleh seksi Bimbingan dan Penyuluhan Anak",
}

# The reference says it with the decision: "lanjut (evaluasi lagi 1 bulan kemudian)".
STARTS_OF_OURS = {"9.1.33": ["1 bulan after 9.1.33 when the decision is lanjut"]}

# Forms for what the reference asks outside of `record`: requirements that the form answers,
# and the child's decision, who knew of it and when.
FORMS_OF_OURS = {
    ("9.2.02", 3): ["petugas"],
    ("9.1.20", 1): ["kategori", "di_bawah_18"],
    ("9.1.34", 2): ["keputusan_anak", "diketahui", "tanggal"],
}


IN_HOUSE = ["opening of the case when the child is in house", "after 9.1.20 step 5"]
STARTS_IN_OUR_WORDS = {
    **dict.fromkeys(("9.1.24", "9.1.25", "9.1.26", "9.1.28"), IN_HOUSE),
    "9.1.27": ["after 9.1.20 when the child is not at school"],
}
OF_A_MONTH = {("9.1.28", 3)}  # lasting by the document's own time
FIRST_VISIT = "3 hari"  # the time that the document prints at 9.1.35 step 4
AFTER_THE_HAND_OVER = "3 bulan after the hand-over"  # which is the event of the run
ANCHORS = {"A": "arrival", "D": "departure", "E": "event", "S": "start"}


def read_practice() -> dict[str, dict[Any, Any]]:
    """What practice.yaml says of each SOP, a range of steps as its steps; what is meant for all five is at each."""
    with PRACTICE.open(encoding="utf-8") as file:
        said: dict[str, dict[str, dict[Any, Any]]] = yaml.load(file, Loader=yaml.CSafeLoader)
    sops = {**said["petirahan"], **said["perlindungan"]}
    for twin in ("9.1.03", "9.1.04", "9.1.05", "9.1.06"):
        sops[twin] = sops["9.1.02"]
    return sops


def date_words(written: str) -> str:
    """ "A - 40" of practice.yaml as the pack writes it; other words as they are."""
    found = re.fullmatch(r"([ADES])(?: ([+-]) (\d+))?", written)
    if found is None:
        return written
    anchor, sign, days = found.groups()
    return f"{ANCHORS[anchor]} {sign} {days} hari" if days else ANCHORS[anchor]


PRACTISED = read_practice()


def practised(number: str, step: int) -> dict[str, Any]:
    """What practice.yaml says of the dates and the rolls of a step."""
    said = PRACTISED.get(number, {}).get(step, {})
    keys = ("target", "opens", "due", "lasting", "per")
    found = {key: date_words(said[key]) for key in keys if key in said}
    record = said.get("record")
    if isinstance(record, dict) and "first_due" in record:
        found["first_due"] = {"S + 1": "1 hari"}[record["first_due"]]
        found["every"] = {"monthly": "1 bulan"}[record["then"]]
    if said.get("standard_is") == "the first visit":
        found["first_due"] = FIRST_VISIT
    if "executor_may" in said:
        found["executor_may"] = {"edit schools and roster of the angkatan": "roster"}[said["executor_may"]]
    if isinstance(record, dict) and "per" in record:
        found["per"] = record["per"]
    if found.get("lasting") == AFTER_THE_HAND_OVER:
        found["lasting"] = "event + 3 bulan"
    if (number, step) in OF_A_MONTH:
        del found["lasting"]
    return found


def read_facts(path: Path) -> dict[str, dict[str, Any]]:
    """The facts of each SOP by number, in the order of the document, with its program."""
    with path.open(encoding="utf-8") as file:
        programs: dict[str, list[dict[str, Any]]] = yaml.load(file, Loader=yaml.CSafeLoader)
    facts: dict[str, dict[str, Any]] = {}
    for program, sops in programs.items():
        for sop in sops:
            like = facts.get(sop.get("same_steps_as", ""), {})
            facts[sop["number"]] = like | {"program": program} | sop
    return facts


PACK = load_pack(find_pack("rppsa_putra_utama"))
SOURCES = {"copy": COPY, "beside": BESIDE_THE_PROJECT}
SOPS: list[Any] = []
STEPS: list[Any] = []
for name, path in SOURCES.items():
    if not path.is_file():
        absent = pytest.mark.skip(reason=f"there is no {path.name} beside the project")
        SOPS.append(pytest.param({}, marks=absent, id=name))
        STEPS.append(pytest.param({}, [], marks=absent, id=name))
        continue
    for number, facts in read_facts(path).items():
        SOPS.append(pytest.param(facts, id=f"{name}:{number}"))
        STEPS += [pytest.param(facts, row, id=f"{name}:{number}/{row[0]}") for row in facts["steps"]]


@pytest.fixture
def pack() -> Pack:
    return PACK


@pytest.mark.parametrize("path", SOURCES.values(), ids=SOURCES)
def test_the_pack_holds_every_sop_in_the_order_of_the_document(pack: Pack, path: Path) -> None:
    if not path.is_file():
        pytest.skip(f"there is no {path.name} beside the project")
    facts = read_facts(path)
    assert list(pack.sops) == list(facts)
    assert {number: len(sop.steps) for number, sop in pack.sops.items()} == {
        number: len(sop["steps"]) for number, sop in facts.items()
    }


def test_there_are_51_sops_with_263_steps(pack: Pack) -> None:
    programs = [sop.program for sop in pack.sops.values()]
    assert (programs.count("petirahan"), programs.count("perlindungan"), len(programs)) == (35, 16, 51)
    assert sum(len(sop.steps) for sop in pack.sops.values()) == 263


@pytest.mark.parametrize("facts", SOPS)
def test_facts_of_the_sop(facts: dict[str, Any]) -> None:
    sop = PACK.sops[facts["number"]]
    ours = STARTS_OF_OURS.get(sop.number, [])
    assert {
        "title": sop.title,
        "program": sop.program,
        "phase": sop.phase,
        "subject": sop.subject,
        "clock": sop.clock,
        "emergency": sop.emergency,
        "starts": list(described(sop).starts),
        "same_steps_as": sop.same_steps_as,
        "qualification": sop.qualification,
        "equipment": list(sop.equipment),
        "obstacles": list(sop.obstacles),
    } == {
        "title": facts["title"],
        "program": facts["program"],
        "phase": facts["phase"],
        "subject": facts["subject"],
        "clock": PRACTISED.get(sop.number, {}).get("clock", facts["clock"]),
        "emergency": facts.get("emergency", False),
        "starts": starts_of(facts) + ours,
        "same_steps_as": facts.get("same_steps_as"),
        "qualification": facts.get("qualification"),
        "equipment": facts["equipment"],
        "obstacles": facts["obstacles"],
    }


@pytest.mark.parametrize(("facts", "row"), STEPS)
def test_facts_of_the_step(facts: dict[str, Any], row: list[Any]) -> None:
    sop = PACK.sops[facts["number"]]
    assert said_by_the_pack(sop, sop.step(row[0])) == said_by_the_reference(facts, row)


def starts_of(facts: dict[str, Any]) -> list[str]:
    said = PRACTISED.get(facts["number"], {}).get("starts")
    if facts["number"] in STARTS_IN_OUR_WORDS:
        return STARTS_IN_OUR_WORDS[facts["number"]]
    if said is None:
        return [*facts["starts"].split("; ")]
    return [date_words(said)]


def events_of(number: str) -> dict[int, dict[str, str]]:
    steps = PRACTISED[number].items()
    return {step: said["event"] for step, said in steps if isinstance(said, dict) and "event" in said}


@pytest.mark.parametrize("number", [number for number in PRACTISED if events_of(number)])
def test_events_are_those_of_practice(number: str) -> None:
    for step, said in events_of(number).items():
        event = PACK.sops[number].step(step).event
        assert event is not None
        until, _, at_the_latest = said["until"].partition(", at the latest ")
        assert (event.what, str(event.earliest), str(event.latest)) == (
            said["what"],
            date_words(said["from"]),
            date_words(until),
        )
        assert str(event.before) == ("departure" if at_the_latest == "D - 1" else "departure - 1 hari")
        assert (
            said["propose"]
            == {
                (None, 3, None): "the third working day",
                (5, None, None): "the first Saturday or else the first day",
                (None, None, "start + 3 hari"): "S + 3",
            }[
                event.propose_weekday,
                event.propose_working_day,
                None if event.propose is None else str(event.propose),
            ]
        )


def said_by_the_pack(sop: Sop, step: Step) -> dict[str, Any]:
    said = next(one for one in described(sop).steps if one.step == step.step)
    return {
        "printed": said.printed_step,
        "executors": list(step.executors),
        "inferred": step.executor_inferred,
        "standard time": said.standard_time,
        "kind": step.kind,
        "activity": said.document_text,
        "requires": list(said.requires),
        "per": step.per,
        "record": step.record.what if step.record else None,
        "flags": bool(step.record and step.record.flag),
        "every": said.repeats,
        "until": said.until,
        "opens": str(step.opens) if step.opens else None,
        "due": str(step.due) if step.due else None,
        "lasting": str(step.lasting) if step.lasting else None,
        "first_due": said.first_due,
        "executor_may": step.executor_may,
        "target": said.target,
        "remind": list(said.reminds),
    }


def said_by_the_reference(facts: dict[str, Any], row: list[Any]) -> dict[str, Any]:
    number, executors, standard, kind, activity, *rest = row
    more = rest[0] if rest else {}
    record = more.get("record")
    newer = practised(facts["number"], number)
    timed = {"due", "lasting"} & newer.keys()
    return {
        "printed": str(more.get("printed", number)),
        "executors": executors_of(executors),
        "inferred": "?" in executors,
        "standard time": standard,
        "kind": kind,
        "activity": OWN_WORDING.get((facts["number"], number), activity),
        "requires": more.get("requires", []),
        "per": None if newer.get("per") == "none" else newer.get("per", more.get("per")),
        "record": record.replace(FLAGGED, FLAGGED_SAID) if record else record,
        "flags": bool(record and record.endswith(FLAGGED)),
        "every": newer.get("every", more.get("every")),
        "until": more.get("until"),
        "opens": newer.get("opens", more.get("opens")),
        "due": newer.get("due", more.get("due")),
        "lasting": newer.get("lasting"),
        "first_due": newer.get("first_due"),
        "executor_may": newer.get("executor_may"),
        "target": None if timed else newer.get("target", target_of(facts, row, more)),
        "remind": more.get("remind", []),
    }


def executors_of(written: str) -> list[str]:
    if written == "each section":
        return EACH_SECTION
    return [code.rstrip("?") for code in written.split(", ")]


def target_of(facts: dict[str, Any], row: list[Any], more: dict[str, Any]) -> str | None:
    """Its own, else the SOP's for what is asked and has no other time."""
    _, _, standard, kind, *_ = row
    asked = kind in ("do", "start+", "end+", "blank")
    if not asked or standard not in ("-", 0) or "every" in more or "due" in more:
        return None
    of_sop: str | None = PRACTISED.get(facts["number"], {}).get("target", facts.get("target"))
    of_sop = of_sop and date_words(of_sop)
    if of_sop == "the day of the visit":
        of_sop = "event"
    target: str | None = more.get("target", of_sop)
    return target


# --- records ----------------------------------------------------------------------------------------------------


# What is the same in other words: a kind of the pack, "where it is not known" as a note of its own.
KINDS = {
    "officer or text": "officer",
    "decimal(C)": "decimal(°C)",
    "choice of wisma": "choice",
    "choice of the shelter's places": "choice",
    "as today": "choice(lanjut; rujuk; akhiri)",
}


def records_of_practice() -> dict[tuple[str, int], tuple[str, list[tuple[str, bool, str]]]]:
    """What practice.yaml records at each step: when it is asked, and the fields: name, whether it must be answered, kind."""
    with PRACTICE.open(encoding="utf-8") as file:
        named: dict[str, Any] = yaml.load(file, Loader=yaml.CSafeLoader)["forms"]
    found = {}
    for number, steps in PRACTISED.items():
        for step, said in steps.items():
            record = said.get("record") if isinstance(step, int) and isinstance(said, dict) else None
            record = named[record] if isinstance(record, str) and record in named else record
            if isinstance(record, dict) and "fields" in record:
                # By school or Kab/Kota, what may be left out is what is asked after.
                fields = [
                    _practised_field(one) for one in (*record["fields"], *record.get("asked_after", ()))
                ]
                found[number, step] = (str(record["ask"]), fields)
    return found


def _practised_field(written: dict[str, str]) -> tuple[str, bool, str]:
    ((name, kind),) = written.items()
    kind = re.sub(r"\s*;\s*", "; ", str(kind))
    name = name.replace(" where it is not known", " bila belum diketahui")
    return name.removesuffix("*").casefold(), name.endswith("*"), KINDS.get(kind, kind)


def _field_of_ours(field: Field) -> tuple[str, bool, str]:
    detail = "; ".join(field.choices or field.columns) or field.unit or ""
    return field.name.casefold(), not field.optional, f"{field.kind}({detail})" if detail else field.kind


def records_of_ours() -> dict[tuple[str, int], tuple[str, list[tuple[str, bool, str]]]]:
    return {
        (sop.number, step.step): (step.record.ask, [_field_of_ours(field) for field in step.record.fields])
        for sop in PACK.sops.values()
        for step in sop.steps
        if step.record is not None
    }


def test_what_each_step_records_is_what_practice_says() -> None:
    ours, wanted = records_of_ours(), records_of_practice()
    differ = {place: (ours.get(place), said) for place, said in wanted.items() if ours.get(place) != said}
    assert not differ


def test_nothing_else_is_recorded_than_practice_and_reference_say() -> None:
    wanted = records_of_practice().keys()
    found = {
        place: [field.key for field in record.fields]
        for place in records_of_ours().keys() - wanted
        if (record := PACK.sops[place[0]].step(place[1]).record) is not None and record.what is None
    }
    assert found == FORMS_OF_OURS


def test_what_all_sops_share(pack: Pack) -> None:
    unit = pack.unit
    assert str(unit.sop_dates.created) == "2008-12-19"
    assert str(unit.sop_dates.revised) == "2010-05-17"
    assert str(unit.sop_dates.effective) == "2010-06-01"
    assert unit.sop_dates.approved_by == "Kadis Sosial Pencapil Prov. NTB"
    assert [law.split(" tentang ")[0] for law in unit.legal_basis] == [
        "UU No. 4 Tahun 1979",
        "UU No. 23 Tahun 2002",
        "UUD 1945 Pasal 34",
        "UU No. 6 Tahun 1974",
        "UU No. 2 Tahun 1989",
    ]
    assert unit.related.nature == "internal dan administratif"
    assert unit.related.nature_of == {"9.2.01": "eksternal dan teknis", "9.1.14": "internal dan teknis"}
