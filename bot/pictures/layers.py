"""Where boxes and arrows go: boxes in columns, arrows in lanes between the columns, nothing over anything else.

The columns and the order within them are given (phases and SOPs have an order that people know), so only the
lanes are to be found. An arrow over several columns passes between the boxes of those on its way.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.pictures.svg import Point, text_width

LABEL_SIZE = 10.0
LANE = 9.0  # between two vertical lines
PORT = 17.0  # between two arrows at one side of a box: a label fits between them
MARGIN = 16.0  # between a box and what is beside it
BOX_GAP = 30.0  # between two boxes of a column
PASS = 24.0  # height that an arrow passing through a column takes
PASS_LEVELS = 5  # heights within it, so that the lines of different arrows never lie on each other


@dataclass(frozen=True)
class Box:
    """What is drawn in a column."""

    key: str
    column: int
    height: float


@dataclass(frozen=True)
class Arrow:
    """From one box to another. Arrows of one box with the same label share their beginning."""

    source: str
    target: str
    label: str = ""
    style: str = ""


@dataclass(frozen=True)
class Drawn:
    """An arrow, or the part of one up to a column on its way: its points, and whether its head is at the end."""

    points: tuple[Point, ...]
    style: str
    is_end: bool


@dataclass(frozen=True)
class Label:
    """A label at the beginning of an arrow; `x` is its left or, for `anchor` "end", its right end."""

    x: float
    y: float
    text: str
    anchor: str
    style: str


@dataclass
class Layout:
    """Where everything is. `lefts` and `tops` are upper left corners."""

    lefts: list[float] = field(default_factory=list)  # of the columns
    tops: dict[str, float] = field(default_factory=dict)  # of the boxes
    heights: dict[str, float] = field(default_factory=dict)  # of the boxes, at least as asked
    lines: list[Drawn] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


_Net = tuple[str, str, str]  # source, label, style: arrows that share their beginning


@dataclass(frozen=True)
class _Hop:
    """A net from something in one column to something in the next one, or back into its own."""

    net: _Net
    source: str
    target: str
    gap: int  # the gap to the right of this column
    source_side: str  # "right" or "left" of the source, where the hop begins
    target_side: str
    is_end: bool


def lay_out(boxes: Sequence[Box], arrows: Sequence[Arrow], column_width: float, top: float) -> Layout:
    """Find the place of everything. `boxes` of one column are drawn in the order given."""
    columns: dict[int, list[str]] = defaultdict(list)
    of = {box.key: box for box in boxes}
    for box in boxes:
        columns[box.column].append(box.key)
    straight = [arrow for arrow in arrows if _is_straight(arrow, of, columns)]
    hops, passes = _hops([arrow for arrow in arrows if arrow not in straight], of)
    heights = _heights(of, hops)
    _place_passes(columns, passes, heights, straight, of)
    layout = Layout(heights=heights, tops=_tops(columns, heights, top))
    count = max(columns, default=-1) + 1
    ports = _ports(hops, layout)
    x = MARGIN
    lanes: dict[int, dict[_Net, float]] = {}
    for column in range(count):
        layout.lefts.append(x)
        in_gap = [hop for hop in hops if hop.gap == column]
        left_zone = _label_zone(in_gap, "right")
        right_zone = _label_zone(in_gap, "left")
        taken = _lanes(in_gap, ports)
        first = x + column_width + left_zone + MARGIN
        lanes[column] = {net: first + lane * LANE for net, lane in taken.items()}
        room = (max(taken.values(), default=-1) + 1) * LANE
        x += column_width + left_zone + room + right_zone + 2 * MARGIN
    layout.width = x
    for hop in hops:
        _draw_hop(layout, hop, ports, lanes[hop.gap], column_width)
    for key in passes:
        column = passes[key]
        y = _middle(key, layout)
        left = layout.lefts[column]
        layout.lines.append(Drawn(((left, y), (left + column_width, y)), _style(key), False))
    for arrow in straight:
        _draw_straight(layout, arrow, of[arrow.source].column, column_width)
    bottoms = [layout.tops[key] + heights[key] for key in layout.tops]
    layout.height = max(bottoms, default=top) + MARGIN
    return layout


def _is_straight(arrow: Arrow, of: dict[str, Box], columns: dict[int, list[str]]) -> bool:
    """Whether the target is the box right below."""
    source, target = of[arrow.source], of[arrow.target]
    keys = columns[source.column]
    return source.column == target.column and keys.index(target.key) == keys.index(source.key) + 1


def _hops(arrows: Sequence[Arrow], of: dict[str, Box]) -> tuple[list[_Hop], dict[str, int]]:
    """The arrows cut at every column, and what passes through which column."""
    hops: dict[_Hop, None] = {}
    passes: dict[str, int] = {}
    for arrow in arrows:
        net = (arrow.source, arrow.label, arrow.style)
        at, end = of[arrow.source].column, of[arrow.target].column
        if at == end:
            hops[_Hop(net, arrow.source, arrow.target, at, "right", "right", True)] = None
            continue
        step = 1 if end > at else -1
        key = arrow.source
        for column in range(at + step, end, step):
            through = f"|{arrow.source}|{arrow.label}|{arrow.style}|{column}"
            passes[through] = column
            hops[_hop(net, key, through, column, step, is_end=False)] = None
            key = through
        hops[_hop(net, key, arrow.target, end, step, is_end=True)] = None
    return list(hops), passes


def _hop(net: _Net, source: str, target: str, column: int, step: int, *, is_end: bool) -> _Hop:
    if step > 0:
        return _Hop(net, source, target, column - 1, "right", "left", is_end)
    return _Hop(net, source, target, column, "left", "right", is_end)


def _style(passing: str) -> str:
    return passing.split("|")[3]


def _heights(of: dict[str, Box], hops: Sequence[_Hop]) -> dict[str, float]:
    """A box is as high as its arrows need."""
    sides: dict[tuple[str, str], set[object]] = defaultdict(set)
    for hop in hops:
        sides[hop.source, hop.source_side].add(hop.net)
        sides[hop.target, hop.target_side].add((hop.net, "in"))
    needed: dict[str, float] = {}
    for (key, _side), ends in sides.items():
        needed[key] = max(needed.get(key, 0.0), (len(ends) + 1) * PORT)
    return {key: max(box.height, needed.get(key, 0.0)) for key, box in of.items()}


def _place_passes(
    columns: dict[int, list[str]],
    passes: dict[str, int],
    heights: dict[str, float],
    straight: Sequence[Arrow],
    of: dict[str, Box],
) -> None:
    """What passes through a column goes between two boxes near its height, not across an arrow between them."""
    tops = _tops(columns, heights, 0.0)
    kept = {(arrow.source, arrow.target) for arrow in straight}
    for key, column in passes.items():
        wanted = tops[key.split("|")[1]]
        there = columns[column]
        slots = [
            slot
            for slot in range(len(there) + 1)
            if not 0 < slot < len(there) or (there[slot - 1], there[slot]) not in kept
        ]
        starts = [*(tops[one] for one in there), _bottom(there, tops, heights)]
        _away, at = min((abs(starts[slot] - wanted), slot) for slot in slots)
        there.insert(at, key)
        heights[key] = PASS
        tops = _tops(columns, heights, 0.0)


def _bottom(keys: Sequence[str], tops: dict[str, float], heights: dict[str, float]) -> float:
    return tops[keys[-1]] + heights[keys[-1]] if keys else 0.0


def _tops(columns: dict[int, list[str]], heights: dict[str, float], top: float) -> dict[str, float]:
    tops: dict[str, float] = {}
    for keys in columns.values():
        y = top
        for key in keys:
            tops[key] = y
            y += heights[key] + (BOX_GAP if not key.startswith("|") else BOX_GAP / 2)
    return tops


def _ports(hops: Sequence[_Hop], layout: Layout) -> dict[tuple[str, str, object], float]:
    """The height at which each arrow leaves or enters each side."""
    ends: dict[tuple[str, str], dict[object, list[float]]] = defaultdict(lambda: defaultdict(list))

    for hop in hops:
        ends[hop.source, hop.source_side][hop.net].append(_middle(hop.target, layout))
        ends[hop.target, hop.target_side][hop.net, "in"].append(_middle(hop.source, layout))
    ports: dict[tuple[str, str, object], float] = {}
    for (key, side), there in ends.items():
        ordered = sorted(there, key=lambda end: sum(there[end]) / len(there[end]))
        if key.startswith("|"):
            ports |= {(key, side, end): _middle(key, layout) for end in ordered}
            continue
        space = layout.heights[key] / (len(ordered) + 1)
        for place, end in enumerate(ordered, start=1):
            ports[key, side, end] = layout.tops[key] + place * space
    return ports


def _middle(key: str, layout: Layout) -> float:
    """The middle of a box; what passes through a column has a height of its own."""
    if not key.startswith("|"):
        return layout.tops[key] + layout.heights[key] / 2
    nets = list(dict.fromkeys(one.rpartition("|")[0] for one in layout.tops if one.startswith("|")))
    level = nets.index(key.rpartition("|")[0]) % PASS_LEVELS
    return layout.tops[key] + (level + 0.5) * PASS / PASS_LEVELS


def _label_zone(hops: Sequence[_Hop], side: str) -> float:
    """The room that the labels of arrows leaving at this side need."""
    labels = {hop.net[1] for hop in hops if hop.source_side == side and hop.source == hop.net[0]}
    return max((text_width(label, LABEL_SIZE) + 10 for label in labels if label), default=0.0)


def _lanes(hops: Sequence[_Hop], ports: dict[tuple[str, str, object], float]) -> dict[_Net, int]:
    """A vertical lane for each net of a gap; nets that share no height may share a lane."""
    spans: dict[_Net, list[float]] = defaultdict(list)
    begins: dict[_Net, float] = {}
    for hop in hops:
        start = ports[hop.source, hop.source_side, hop.net]
        begins[hop.net] = start
        spans[hop.net] += [start, ports[hop.target, hop.target_side, (hop.net, "in")]]

    def order(net: _Net) -> tuple[bool, float]:
        down = max(spans[net]) - begins[net] >= begins[net] - min(spans[net])
        return down, -begins[net] if down else begins[net]

    taken: list[list[tuple[float, float]]] = []
    lanes: dict[_Net, int] = {}
    for net in sorted(spans, key=order):
        low, high = min(spans[net]) - PORT / 2, max(spans[net]) + PORT / 2
        free = next(
            (lane for lane, used in enumerate(taken) if all(high < a or b < low for a, b in used)), None
        )
        if free is None:
            free = len(taken)
            taken.append([])
        taken[free].append((low, high))
        lanes[net] = free
    return lanes


def _draw_hop(
    layout: Layout,
    hop: _Hop,
    ports: dict[tuple[str, str, object], float],
    lanes: dict[_Net, float],
    column_width: float,
) -> None:
    left, right = layout.lefts[hop.gap] + column_width, layout.lefts[hop.gap + 1 : hop.gap + 2]
    edges = {"right": left, "left": right[0] if right else left}
    x0, x1 = edges[hop.source_side], edges[hop.target_side]
    y0 = ports[hop.source, hop.source_side, hop.net]
    y1 = ports[hop.target, hop.target_side, (hop.net, "in")]
    lane = lanes[hop.net]
    points = ((x0, y0), (lane, y0), (lane, y1), (x1, y1))
    layout.lines.append(Drawn(points, hop.net[2], hop.is_end))
    text = hop.net[1]
    if text and hop.source == hop.net[0]:
        outwards = hop.source_side == "right"
        label = Label(
            x0 + 6 if outwards else x0 - 6, y0 - 4, text, "start" if outwards else "end", hop.net[2]
        )
        if label not in layout.labels:
            layout.labels.append(label)


def _draw_straight(layout: Layout, arrow: Arrow, column: int, column_width: float) -> None:
    x = layout.lefts[column] + column_width / 2
    y0, y1 = layout.tops[arrow.source] + layout.heights[arrow.source], layout.tops[arrow.target]
    layout.lines.append(Drawn(((x, y0), (x, y1)), arrow.style, True))
    if arrow.label:
        layout.labels.append(Label(x + 7, (y0 + y1) / 2 + 3, arrow.label, "start", arrow.style))
