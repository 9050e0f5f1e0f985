"""Every fact of the pack against `reference.yaml`, a copy of the structured facts of the SOP document.

Prompts and short names are the pack's own; everything else here is the document's or a decision noted there.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sop_flows.declarations.duration import Duration
from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.start import Start
from sop_flows.declarations.step import Step
from sop_flows.packs import find_pack

DECLARED = [
    "9.2.01", "9.2.02", "9.2.03", "9.2.04", "9.2.05", "9.2.06", "9.2.09", "9.2.10", "9.2.12", "9.2.15",
    "9.1.08", "9.1.09", "9.1.12",
]  # fmt: skip

# What a step records, in the words of the reference -> the keys of our form.
RECORDS = {
    "nomor induk": ("nomor_induk",),
    "kelompok": ("kelompok",),
    "wisma": ("wisma",),
    "berat badan": ("berat",),
    "catatan observasi": ("catatan",),
    "masalah, potensi, kebutuhan; anak yang perlu penanganan khusus is flagged": (
        "masalah",
        "potensi",
        "kebutuhan",
    ),
    "hasil pemeriksaan": ("hasil",),
    "kehadiran orang tua": ("kehadiran",),
    "hasil konsultasi": ("hasil",),
    "data orang tua": ("orang_tua", "telepon", "alamat"),
    "hasil kunjungan, lokasi, foto": ("ditemui", "hasil", "lokasi", "foto"),
}

with (Path(__file__).parent / "reference.yaml").open(encoding="utf-8") as file:
    REFERENCE: dict[str, list[dict[str, Any]]] = yaml.load(file, Loader=yaml.CSafeLoader)

FACTS = {str(sop["number"]): (program, sop) for program, sops in REFERENCE.items() for sop in sops}
PACK = load_pack(find_pack("rppsa_putra_utama"))
STEPS = [
    pytest.param(number, row, id=f"{number}/{row[0]}")
    for number in DECLARED
    for row in FACTS[number][1]["steps"]
]


@pytest.fixture
def pack() -> Pack:
    return PACK


def options(row: list[Any]) -> dict[str, Any]:
    return row[5] if len(row) > 5 else {}


def declared(number: str, row: list[Any]) -> Step:
    return PACK.sops[number].step(row[0])


def test_the_declared_sops_stand_in_the_order_of_the_document(pack: Pack) -> None:
    assert list(pack.sops) == DECLARED
    assert [number for number in FACTS if number in DECLARED] == DECLARED


@pytest.mark.parametrize("number", DECLARED)
def test_facts_of_the_sop(number: str) -> None:
    program, facts = FACTS[number]
    sop = PACK.sops[number]
    assert sop.title == facts["title"]
    assert sop.program == program
    assert sop.phase == facts["phase"]
    assert sop.subject == facts["subject"]
    assert sop.clock == facts["clock"]
    assert sop.emergency == facts.get("emergency", False)
    assert sop.qualification == facts.get("qualification")
    assert list(sop.equipment) == facts["equipment"]
    assert list(sop.obstacles) == facts["obstacles"]
    assert sop.starts == expected_starts(facts["starts"])
    assert [step.step for step in sop.steps] == [row[0] for row in facts["steps"]]


def expected_starts(written: str) -> tuple[Start, ...]:
    return tuple(expected_start(part) for part in written.split("; "))


def expected_start(written: str) -> Start:
    if written == "by hand":
        return Start(by_hand=True)
    if written.startswith("after "):
        return Start(after=written.removeprefix("after "))
    if written.startswith("for each child flagged in "):
        return Start(flagged_in=written.removeprefix("for each child flagged in "))
    return Start(at=Offset.parse(written))


@pytest.mark.parametrize(("number", "row"), STEPS)
def test_document_facts_of_the_step(number: str, row: list[Any]) -> None:
    _, executors, standard, kind, activity, *_ = row
    step = declared(number, row)
    assert step.activity == activity
    assert step.kind == kind
    assert ", ".join(step.executors) == executors.rstrip("?")
    assert step.executor_inferred == executors.endswith("?")
    assert [requirement.text for requirement in step.requires] == options(row).get("requires", [])
    assert step.printed == {None: None, 4: "4", "none": ""}[options(row).get("printed")]
    if number == "9.1.09" and row[0] == 1:
        assert standard == "week two: arrival + 7 to + 13 hari"
        assert step.choose_date is not None
        assert (str(step.choose_date.earliest), str(step.choose_date.latest)) == (
            "arrival + 7 hari",
            "arrival + 13 hari",
        )
    else:
        assert step.choose_date is None
        assert step.standard == (None if standard in ("-", 0) else Duration.parse(standard))


@pytest.mark.parametrize(("number", "row"), STEPS)
def test_what_the_step_records(number: str, row: list[Any]) -> None:
    step = declared(number, row)
    assert step.per == options(row).get("per")
    record = options(row).get("record")
    keys = tuple(field.key for field in step.record.fields) if step.record else None
    assert keys == (RECORDS[record] if record else None)
    flags = step.record.flag if step.record else None
    assert flags == ("Perlu penanganan khusus" if record and "is flagged" in record else None)


@pytest.mark.parametrize(("number", "row"), STEPS)
def test_times_of_the_step(number: str, row: list[Any]) -> None:
    step, sop, facts = declared(number, row), PACK.sops[number], options(row)
    assert [str(remind) for remind in step.remind] == facts.get("remind", [])
    assert (str(step.opens) if step.opens else None) == facts.get("opens")
    assert (str(step.due) if step.due else None) == facts.get("due")
    assert expected_every(step) == (facts.get("every"), facts.get("until"))
    assert (str(step.target) if step.target else None) == expected_target(step, sop, facts)


def expected_every(step: Step) -> tuple[str | None, str | None]:
    if step.every is None:
        return None, None
    if step.ticks:
        return f"{len(step.ticks)}x sehari", str(step.every.until)
    return f"{step.every.days} hari", str(step.every.until)


def expected_target(step: Step, sop: Sop, facts: dict[str, Any]) -> str | None:
    of_sop = FACTS[sop.number][1].get("target")
    if of_sop == "the day of the visit":
        # The earliest day of week two; a target never ends before the day on which its step opens.
        of_sop = None if step.choose_date else "arrival + 7 hari"
    own_time = step.standard or step.every or step.due
    inherited = of_sop if step.asked and not own_time else None
    target = facts.get("target", inherited)
    assert target is None or isinstance(target, str)
    return target


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
