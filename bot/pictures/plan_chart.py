"""The calendar of a stay or a case as a picture: days from left to right, a lane for each role, a bar for each step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.pictures.svg import GREY, INK, PALE, WHITE, Svg, shortened, text_width
from handlers.ui.dates import brief_day_words, plain_date_words
from handlers.ui.texts import _
from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.plan import PlannedStep
from sop_flows.declarations.loader import Pack

LEFT, MARGIN = 150.0, 16.0  # room for the names of the roles
ROW, BAR, LABEL_SIZE, NAME_SIZE = 17.0, 11.0, 10.0, 11.0
LABEL_MAX = 320.0
HEAD, AXIS = 48.0, 44.0
LANE_GAP = 12.0
DAY_WIDEST, DAY_NARROWEST, WIDTH_WANTED = 24.0, 7.0, 2300.0
DAY_NAMED_FROM = 17.0  # a day so wide has its number
BEFORE, AFTER = 1, 4  # days of room around what is planned

STANDARD, TARGET, DATE, RUNNING, IF = "standard", "target", "date", "running", "if"
FILLS = {STANDARD: "#2e6da4", TARGET: "#9dc3e6", DATE: "#d68910", RUNNING: "#a9cfa4", IF: "#e6b0aa"}
OFF_DAY, ANCHOR = "#e3e7eb", "#b03a2e"


@dataclass(frozen=True)
class Bar:
    """One line of a lane: a step with all its days."""

    label: str
    days: tuple[tuple[date, date], ...]  # from, until; one for each occurrence
    kind: str


def draw_plan(pack: Pack, anchors: Anchors, plan: Sequence[PlannedStep], office: OfficeHours) -> str:
    """The picture as SVG. `plan` is what `planned_steps` gave for `anchors`."""
    lanes = _lanes(pack, plan, office)
    days = [day for bars in lanes.values() for bar in bars for span in bar.days for day in span]
    known = [day for day in (anchors.opening, anchors.arrival, anchors.departure) if day is not None]
    first = min([*days, *known]) - timedelta(days=BEFORE)
    last = max([*days, *known]) + timedelta(days=AFTER)
    count = (last - first).days + 1
    day = max(DAY_NARROWEST, min(DAY_WIDEST, WIDTH_WANTED / count))
    width = LEFT + count * day + LABEL_MAX + MARGIN
    svg = Svg()
    axis = Axis(first, last, day, office)
    rows = {role: packed(bars, axis) for role, bars in lanes.items()}
    height = HEAD + AXIS + sum(len(lines) * ROW + LANE_GAP for lines in rows.values())
    svg.text(MARGIN, 30, _heading(pack, anchors), 17, bold=True)
    _draw_axis(svg, axis, anchors, HEAD, height)
    y = HEAD + AXIS
    for role, lines in rows.items():
        _draw_lane(svg, pack, role, lines, axis, y, width)
        y += len(lines) * ROW + LANE_GAP
    _draw_legend(svg, height, in_case=anchors.arrival is None)
    return svg.document(width, height + 40, _heading(pack, anchors))


def _heading(pack: Pack, anchors: Anchors) -> str:
    if anchors.arrival is None or anchors.departure is None:
        said = _("case opened on {day}").format(day=plain_date_words(anchors.day("opening")))
    else:
        said = _("angkatan from {first} to {last}").format(
            first=plain_date_words(anchors.arrival), last=plain_date_words(anchors.departure)
        )
    return f"{pack.unit.short_name} · {said}"


# --- what is drawn ------------------------------------------------------------------------------------------


def _lanes(pack: Pack, plan: Sequence[PlannedStep], office: OfficeHours) -> dict[str, list[Bar]]:
    """The bars of each role, in the order of unit.yaml and of their days."""
    lines: dict[tuple[str, int, int, bool], list[PlannedStep]] = {}
    for one in sorted(plan, key=lambda one: (one.opens_at, one.sop, one.step)):
        lines.setdefault((one.sop, one.step, one.nth, one.occurrence > 0), []).append(one)
    lanes: dict[str, list[Bar]] = {}
    for (number, place, _nth, _recurs), planned in lines.items():
        step = pack.sops[number].step(place)
        bar = Bar(
            f"{number}/{place} {step.short}{_only(planned[0])}",
            tuple(_days(one, office) for one in planned),
            _kind(planned[0]),
        )
        for role in step.executors:
            lanes.setdefault(role, []).append(bar)
    return {role: lanes[role] for role in pack.unit.roles if role in lanes}


def _days(one: PlannedStep, office: OfficeHours) -> tuple[date, date]:
    until = one.done_at if one.asked_at is not None else one.due_at
    return office.local_date(one.opens_at), office.local_date(until)


def _only(one: PlannedStep) -> str:
    """For whom, or on which decision, it is only."""
    if one.when:
        return f" · {'/'.join(one.when)}"
    return " · " + _("marked children") if one.flagged else ""


def _kind(one: PlannedStep) -> str:
    if one.when:
        return IF
    return RUNNING if one.asked_at is not None else one.kind


# --- where it is drawn --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """The days from left to right."""

    first: date
    last: date
    day: float  # width
    office: OfficeHours

    def x(self, on: date) -> float:
        """Where the day begins."""
        return LEFT + (on - self.first).days * self.day

    def dates(self) -> Iterable[date]:
        """Every day of it."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def packed(bars: Sequence[Bar], axis: Axis) -> list[list[Bar]]:
    """The bars in as few rows as their labels allow; nothing lies over anything else."""
    rows: list[list[Bar]] = []
    ends: list[float] = []
    for bar in bars:
        begin, end = extent(bar, axis)
        free = next((place for place, taken in enumerate(ends) if taken <= begin), None)
        if free is None:
            rows.append([])
            ends.append(0.0)
            free = len(rows) - 1
        rows[free].append(bar)
        ends[free] = end
    return rows


def extent(bar: Bar, axis: Axis) -> tuple[float, float]:
    """Where the bar begins and where its label ends."""
    last = max(until for _from, until in bar.days)
    label = min(text_width(bar.label, LABEL_SIZE), LABEL_MAX)
    return axis.x(bar.days[0][0]), axis.x(last) + axis.day + label + 14


def _draw_lane(
    svg: Svg, pack: Pack, role: str, rows: Sequence[Sequence[Bar]], axis: Axis, top: float, width: float
) -> None:
    svg.line(((MARGIN, top - LANE_GAP / 2), (width - MARGIN, top - LANE_GAP / 2)), stroke=OFF_DAY)
    name = shortened(pack.unit.roles[role].label, LEFT - MARGIN - 8, NAME_SIZE, bold=True)
    svg.text(MARGIN, top + BAR, name, NAME_SIZE, bold=True, title=pack.unit.roles[role].section_label)
    for place, row in enumerate(rows):
        y = top + place * ROW
        for bar in row:
            for begins, ends in bar.days:
                x = axis.x(begins)
                svg.rect(
                    x + 1, y, max(axis.x(ends) + axis.day - x - 2, 3), BAR, fill=FILLS[bar.kind], round_=2
                )
            x = axis.x(max(until for _from, until in bar.days)) + axis.day + 5
            said = shortened(bar.label, LABEL_MAX, LABEL_SIZE)
            # A halo, so that the label stays legible on the lines of the days.
            svg.rect(x - 1, y - 1, text_width(said, LABEL_SIZE), BAR + 2, fill=WHITE)
            svg.text(x, y + BAR - 2, said, LABEL_SIZE, title=bar.label)


def _draw_axis(svg: Svg, axis: Axis, anchors: Anchors, top: float, bottom: float) -> None:
    for on in axis.dates():
        x = axis.x(on)
        if not axis.office.is_working_day(on):
            name = axis.office.holiday_name(on)
            svg.rect(
                x, top + AXIS - 18, axis.day, bottom - top - AXIS + 18, fill=PALE if name is None else OFF_DAY
            )
        if axis.day >= DAY_NAMED_FROM:
            svg.text(x + axis.day / 2, top + AXIS - 6, str(on.day), 9, fill=GREY, anchor="middle")
        if on.weekday() == 0:
            svg.text(x, top + AXIS - 24, brief_day_words(on), 9, fill=INK)
            svg.line(((x, top + AXIS - 20), (x, bottom)), stroke=OFF_DAY)
    named = [(anchors.arrival, _("arrival")), (anchors.departure, _("departure"))]
    if anchors.arrival is None:
        named = [(anchors.opening, _("opening of the case"))]
    for day, said in named:
        if day is not None:
            x = axis.x(day)
            svg.line(((x, top + AXIS - 20), (x, bottom)), stroke=ANCHOR, dash="4 3")
            svg.text(x, top + 8, said, LABEL_SIZE, fill=ANCHOR, bold=True)


def _draw_legend(svg: Svg, top: float, *, in_case: bool) -> None:
    x, y = MARGIN, top + 18
    meanings = {
        STANDARD: _("standard time of the SOP"),
        TARGET: _("our target"),
        DATE: _("a date of its own"),
    }
    if in_case:
        meanings |= {RUNNING: _("runs for months"), IF: _("only on this decision")}
    for kind, said in meanings.items():
        svg.rect(x, y - 10, 26, BAR, fill=FILLS[kind], round_=2)
        svg.text(x + 33, y, said, LABEL_SIZE)
        x += text_width(said, LABEL_SIZE) + 60
