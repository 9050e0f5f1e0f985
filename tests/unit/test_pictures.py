"""Pictures of a pack: whole, legible (nothing lies over anything else), and sound whatever the words are."""

import json
import re
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
import typst

from bot.commands.plan_picture import PLAN, draw_plan, plan_values
from bot.commands.sop_graph import sop_graph
from bot.typesetting import FONTS
from sop_flows.calendar.dates import Anchors, OfficeHours
from sop_flows.calendar.plan import PlannedStep, planned_steps
from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.packs import find_pack
from tests.packs.small_pack import FIRST, write_small_pack

STAY = Anchors(date(2026, 10, 30), date(2026, 12, 1), date(2026, 12, 31))
CASE = Anchors(date(2026, 12, 1))


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(find_pack("rppsa_putra_utama"))


@pytest.fixture(scope="module")
def office(pack: Pack) -> OfficeHours:
    return OfficeHours.of(pack.unit)


def test_the_graph_has_every_sop_in_its_phase_and_every_start(pack: Pack) -> None:
    said = sop_graph(pack)
    assert said.startswith("flowchart LR\n")
    for sop in pack.sops.values():
        [box] = re.findall(rf'^ +(sop\w+)\["{re.escape(sop.number)}(?: ·|<br>)', said, re.MULTILINE)
        phase = said[: said.index(f"{box}[")].rpartition("subgraph ")[2]
        assert f'["{sop.phase}"]' in phase
    assert len(re.findall(r"-->|-\.->|==>", said)) == sum(
        bool(start.after or start.flagged_in) for sop in pack.sops.values() for start in sop.starts
    )
    assert said.count("subgraph") == len(re.findall(r"^ +end$", said, re.MULTILINE))
    assert "40 hari sebelum kedatangan" in said
    assert 'sop9_2_09 ==>|"tiap anak yang ditandai"| sop9_1_08' in said
    assert 'sop9_1_33 -.->|"lanjut, 1 bulan kemudian"| sop9_1_33' in said
    assert "dimulai petugas (/mulai)" in said


def test_signs_in_titles_are_no_syntax_of_the_graph(tmp_path: Path) -> None:
    odd = FIRST.replace("title: Pertama", "title: 'A < B & \"C\" > ]] | `end`'")
    said = sop_graph(load_pack(write_small_pack(tmp_path, **{"1_1_yaml": odd})))
    assert "A #60; B #38; #34;C#34; #62; #93;#93; #124; #96;end#96;" in said


def bars_of(values: dict[str, Any]) -> list[dict[str, Any]]:
    """What the template drew, in points: role, row, label, from, until."""
    engine = typst.Compiler(PLAN, font_paths=[FONTS], sys_inputs={"values": json.dumps(values)})
    found: list[dict[str, Any]] = json.loads(engine.query("<bar>", field="value"))
    return found


@pytest.mark.parametrize("anchors", [STAY, CASE], ids=["stay", "case"])
def test_the_calendar_has_every_step_in_the_lane_of_its_role(
    pack: Pack, office: OfficeHours, anchors: Anchors
) -> None:
    plan = planned_steps(pack.sops, anchors, office)
    said = [f"{bar['role']}: {bar['label']}" for bar in bars_of(plan_values(pack, anchors, plan, office))]

    def bars(one: PlannedStep) -> tuple[str, int, int, bool]:
        return one.sop, one.step, one.nth, one.occurrence > 0

    for _key, (one, *_more) in groupby(sorted(plan, key=bars), key=bars):
        step = pack.sops[one.sop].step(one.step)
        for role in step.executors:
            label = pack.unit.roles[role].label
            assert any(line.startswith(f"{label}: {one.sop}/{one.step} {step.short}") for line in said)
    assert len(said) == sum(
        len(pack.sops[sop].step(step).executors) for sop, step, *_ in {bars(one) for one in plan}
    )


def test_the_calendar_names_the_days_of_the_stay(pack: Pack, office: OfficeHours) -> None:
    values = plan_values(pack, STAY, planned_steps(pack.sops, STAY, office), office)
    first = date(2026, 10, 21)
    assert values["marks"] == [
        {"day": (date(2026, 12, 1) - first).days, "said": "kedatangan"},
        {"day": (date(2026, 12, 31) - first).days, "said": "kepulangan"},
    ]
    assert values["days"][0] == {"number": "21", "week": None, "works": True, "holiday": False}
    christmas = values["days"][(date(2026, 12, 25) - first).days]
    assert christmas == {"number": "25", "week": None, "works": False, "holiday": True}


@pytest.mark.parametrize("anchors", [STAY, CASE], ids=["stay", "case"])
def test_nothing_in_a_row_of_the_calendar_lies_over_anything_else(
    pack: Pack, office: OfficeHours, anchors: Anchors
) -> None:
    plan = planned_steps(pack.sops, anchors, office)
    bars = sorted(
        bars_of(plan_values(pack, anchors, plan, office)),
        key=lambda bar: (bar["role"], bar["row"], bar["from"]),
    )
    rows = [list(row) for _key, row in groupby(bars, key=lambda bar: (bar["role"], bar["row"]))]
    assert len(rows) < len(bars)
    for row in rows:
        assert all(before["until"] <= after["from"] for before, after in pairwise(row))


def test_signs_in_titles_stay_signs_in_the_calendar(tmp_path: Path) -> None:
    odd = FIRST.replace("short: Catat data anak", "short: '#panic() $ *_'")
    pack = load_pack(write_small_pack(tmp_path, **{"1_1_yaml": odd}))
    office = OfficeHours.of(pack.unit)
    plan = planned_steps(pack.sops, STAY, office)
    assert any("#panic() $ *_" in bar["label"] for bar in bars_of(plan_values(pack, STAY, plan, office)))
    assert draw_plan(pack, STAY, plan, office, "png").startswith(b"\x89PNG")
