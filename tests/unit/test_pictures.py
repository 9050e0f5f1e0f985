"""Pictures of a pack: legible (nothing lies over anything else), whole, and well-formed whatever the words are."""

from datetime import date, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.pictures.layers import LABEL_SIZE, Arrow, Box, Label, Layout, lay_out
from bot.pictures.plan_chart import Axis, Bar, draw_plan, extent, packed
from bot.pictures.sop_graph import draw_sops
from bot.pictures.svg import shortened, text_width, wrapped
from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.plan import planned_steps
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack
from tests.packs.small_pack import FIRST, write_small_pack

WIDTH = 200.0
Area = tuple[float, float, float, float]  # left, top, right, bottom


def area_of(label: Label) -> Area:
    width = text_width(label.text, LABEL_SIZE)
    left = label.x if label.anchor == "start" else label.x - width
    return left, label.y - LABEL_SIZE * 0.75, left + width, label.y


def overlap(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def box_areas(layout: Layout, boxes: list[Box]) -> list[Area]:
    return [
        (
            layout.lefts[box.column],
            layout.tops[box.key],
            layout.lefts[box.column] + WIDTH,
            layout.tops[box.key] + layout.heights[box.key],
        )
        for box in boxes
    ]


BOXES = [
    Box(key, column, 60.0)
    for key, column in [("a", 0), ("b", 0), ("c", 1), ("d", 1), ("e", 2), ("f", 2), ("g", 3)]
]
ARROWS = [
    Arrow("a", "b", "langkah 1"),  # the box below
    Arrow("b", "a", "kembali"),  # the box above
    Arrow("a", "g", "jauh"),  # over two columns
    Arrow("a", "e", "jauh"),
    Arrow("g", "a", "mundur", "decided"),  # against the order of the columns
    Arrow("d", "d", "lanjut, 1 bulan kemudian", "decided"),  # to itself
    Arrow("d", "e"),
    Arrow("c", "f", "rujuk"),
    Arrow("d", "f", "akhiri"),
]  # fmt: skip


def test_no_label_lies_over_a_box_or_another_label() -> None:
    layout = lay_out(BOXES, ARROWS, WIDTH, 50.0)
    labels = [area_of(label) for label in layout.labels]
    assert len(labels) == 7  # the two far arrows of a share theirs
    boxes = box_areas(layout, BOXES)
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert not [pair for pair in combinations(labels, 2) if overlap(*pair)]
    assert not [(label, box) for label in labels for box in boxes if overlap(label, box)]
    assert max(box[2] for box in boxes) < layout.width
    assert max(box[3] for box in boxes) < layout.height


def test_no_arrow_runs_through_a_box_that_it_does_not_touch() -> None:
    layout = lay_out(BOXES, ARROWS, WIDTH, 50.0)
    boxes = box_areas(layout, BOXES)
    for line in layout.lines:
        for (x0, y0), (x1, y1) in pairwise(line.points):
            segment = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            assert not [box for box in boxes if overlap(segment, box)]


def test_every_arrow_has_its_head() -> None:
    layout = lay_out(BOXES, ARROWS, WIDTH, 50.0)
    assert sum(line.is_end for line in layout.lines) == len(ARROWS)


def texts_of(svg: str) -> str:
    root = ElementTree.fromstring(svg)
    return " ".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text"))


def test_the_picture_of_our_pack_has_every_sop_and_every_start() -> None:
    pack = load_pack(find_pack("rppsa_putra_utama"))
    said = texts_of(draw_sops(pack))
    for number in pack.sops:
        assert number in said
    assert "30 hari sebelum kedatangan" in said
    assert "tiap anak yang ditandai" in said
    assert "dimulai petugas (/mulai)" in said


def test_signs_in_titles_stay_signs(tmp_path: Path) -> None:
    odd = FIRST.replace("title: Pertama", "title: 'A < B & \"C\" > ]]>'")
    said = texts_of(draw_sops(load_pack(write_small_pack(tmp_path, **{"1_1_yaml": odd}))))
    assert 'A < B & "C" > ]]>' in said


@pytest.mark.parametrize(
    "text", ["Pelayanan Kebutuhan Dasar (Pemberian Makan 3 kali sehari)", "W" * 80, "a b c d e f"]
)
def test_long_titles_fit_their_box(text: str) -> None:
    lines = wrapped(text, 120.0, 11.0, 2)
    assert len(lines) <= 2
    assert all(text_width(line, 11.0) <= 120.0 for line in lines)
    assert shortened("", 10.0, 11.0) == ""


def test_the_calendar_of_a_stay_has_every_step_in_the_lane_of_its_role() -> None:
    pack = load_pack(find_pack("rppsa_putra_utama"))
    office = OfficeHours(pack.unit.calendar, pack.unit.timezone)
    anchors = Anchors(date(2026, 10, 30), date(2026, 12, 1), date(2026, 12, 31))
    plan = planned_steps(pack.sops, anchors, office)
    said = texts_of(draw_plan(pack, anchors, plan, office))
    for one in plan:
        step = pack.sops[one.sop].step(one.step)
        assert said.count(f"{one.sop}/{one.step} {step.short}") == len(step.executors)
    assert "kedatangan" in said
    assert "kepulangan" in said


def test_nothing_in_a_row_of_the_calendar_lies_over_anything_else() -> None:
    office = OfficeHours(load_pack(find_pack("rppsa_putra_utama")).unit.calendar, "Asia/Makassar")
    axis = Axis(date(2026, 12, 1), date(2026, 12, 31), 20.0, office)
    first = date(2026, 12, 1)
    bars = [
        Bar(f"langkah {n} yang panjang", ((first + timedelta(n), first + timedelta(n + 3)),), "target")
        for n in range(12)
    ]
    rows = packed(bars, axis)
    assert sorted(bar.label for row in rows for bar in row) == sorted(bar.label for bar in bars)
    assert len(rows) < len(bars)
    for row in rows:
        ends = [extent(bar, axis) for bar in row]
        assert all(before[1] <= after[0] for before, after in pairwise(ends))
