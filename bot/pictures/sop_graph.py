"""The SOPs of a pack as a picture: a column for each phase, and what starts what."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.pictures.layers import LABEL_SIZE, Arrow, Box, Layout, lay_out
from bot.pictures.svg import GREY, INK, PALE, WHITE, Svg, text_width, wrapped
from handlers.ui.texts import _, ngettext
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.start import Start

COLUMN = 208.0  # width of a box
PAD = 9.0
NUMBER_SIZE, TITLE_SIZE, NOTE_SIZE, PHASE_SIZE, HEAD_SIZE = 12.0, 11.0, 10.0, 12.0, 18.0
LINE = 14.0
TITLE_LINES_MAX = 4
HEAD_ROOM, PHASE_ROOM, LEGEND_ROOM = 44.0, 44.0, 40.0

AFTER, DECIDED, FLAGGED = "after", "decided", "flagged"  # styles of arrows
STROKES = {AFTER: "#34536b", DECIDED: "#b03a2e", FLAGGED: "#7d3c98"}
DASHES = {DECIDED: "6 4", FLAGGED: "2 3"}
DATED, BY_HAND = "#d6eaf8", "#fcf3cf"  # fills of the notes in a box


class _Note(NamedTuple):
    text: str
    fill: str


def draw_sops(pack: Pack) -> str:
    """The picture as SVG; programs below each other, phases from left to right."""
    svg = Svg()
    programs = list(dict.fromkeys(sop.program for sop in pack.sops.values()))
    y, width = 0.0, 0.0
    for program in programs:
        drawn = _draw_program(svg, pack, program, y)
        y, width = drawn.height, max(width, drawn.width)
    _draw_legend(svg, y)
    title = _("The SOPs of {unit}: what starts what").format(unit=pack.unit.name)
    return svg.document(max(width, _legend_width()), y + LEGEND_ROOM, title)


def _draw_program(svg: Svg, pack: Pack, program: str, top: float) -> Layout:
    sops = [sop for sop in pack.sops.values() if sop.program == program]
    phases = _phases(pack, program, sops)
    notes = {sop.number: _notes(sop, sops) for sop in sops}
    boxes = [Box(sop.number, phases.index(sop.phase), _height(sop, notes[sop.number])) for sop in sops]
    arrows = [arrow for sop in sops for arrow in _arrows(sop, sops)]
    layout = lay_out(boxes, arrows, COLUMN, top + HEAD_ROOM + PHASE_ROOM)
    steps = sum(len(sop.steps) for sop in sops)
    heading = f"{pack.unit.short_name} · {program} · {len(sops)} SOP · " + ngettext(
        "{count} step", "{count} steps", steps
    ).format(count=steps)
    svg.text(layout.lefts[0], top + 30, heading, HEAD_SIZE, bold=True)
    for phase, left in zip(phases, layout.lefts, strict=True):
        svg.rect(left - 6, top + HEAD_ROOM, COLUMN + 12, layout.height - top - HEAD_ROOM, fill=PALE, round_=6)
        said = wrapped(phase, COLUMN - 2 * PAD, PHASE_SIZE, 1, bold=True)[0]
        svg.text(left + PAD, top + HEAD_ROOM + 22, said, PHASE_SIZE, fill=GREY, bold=True, title=phase)
    for line in layout.lines:
        svg.line(line.points, stroke=STROKES[line.style], dash=DASHES.get(line.style, ""), arrow=line.is_end)
    for sop in sops:
        column = phases.index(sop.phase)
        _draw_box(svg, layout, sop, notes[sop.number], layout.lefts[column])
    for label in layout.labels:
        svg.text(label.x, label.y, label.text, LABEL_SIZE, fill=STROKES[label.style], anchor=label.anchor)
    return layout


def _phases(pack: Pack, program: str, sops: Sequence[Sop]) -> list[str]:
    """The phases that have a SOP, in the order of unit.yaml, else of the document."""
    used = list(dict.fromkeys(sop.phase for sop in sops))
    known = pack.unit.phases.get(program, ())
    return [phase for phase in known if phase in used] + [phase for phase in used if phase not in known]


def _title(sop: Sop) -> tuple[str, ...]:
    return wrapped(sop.title, COLUMN - 2 * PAD, TITLE_SIZE, TITLE_LINES_MAX)


def _height(sop: Sop, notes: Sequence[_Note]) -> float:
    return PAD * 2 + LINE * (1 + len(_title(sop))) + len(notes) * (LINE + 5)


def _draw_box(svg: Svg, layout: Layout, sop: Sop, notes: Sequence[_Note], left: float) -> None:
    top = layout.tops[sop.number]
    stroke = STROKES[DECIDED] if sop.emergency else INK
    svg.rect(left, top, COLUMN, layout.heights[sop.number], fill=WHITE, stroke=stroke, round_=5)
    y = top + PAD + NUMBER_SIZE - 2
    svg.text(left + PAD, y, sop.number, NUMBER_SIZE, bold=True, title=sop.title)
    if sop.subject == "child":
        svg.text(left + COLUMN - PAD, y, _("per child"), NOTE_SIZE, fill=GREY, anchor="end")
    elif sop.emergency:
        svg.text(left + COLUMN - PAD, y, _("emergency"), NOTE_SIZE, fill=stroke, anchor="end")
    for line in _title(sop):
        y += LINE
        svg.text(left + PAD, y, line, TITLE_SIZE, title=sop.title)
    for note in notes:
        y += 6
        svg.rect(left + PAD - 3, y, text_width(note.text, NOTE_SIZE) + 8, LINE, fill=note.fill, round_=3)
        svg.text(left + PAD + 1, y + 10.5, note.text, NOTE_SIZE)
        y += LINE - 1


# --- starts -------------------------------------------------------------------------------------------------


def _notes(sop: Sop, drawn: Sequence[Sop]) -> list[_Note]:
    """The starts that are no arrow: dates, by hand, and what is in another program."""
    numbers = {one.number for one in drawn}
    notes = []
    for start in sop.starts:
        if start.at is not None:
            notes.append(_Note(_date_words(start.at, sop), DATED))
        elif start.by_hand:
            notes.append(_Note(_("by hand (/mulai)"), BY_HAND))
        elif (other := start.after or start.flagged_in) is not None and other not in numbers:
            notes.append(_Note(_("after SOP {number}").format(number=other), DATED))
    return notes


def _date_words(at: Offset, sop: Sop) -> str:
    days = {
        "arrival": _("arrival"),
        "departure": _("departure"),
        "opening": _("opening of the case") if sop.subject == "case" else _("opening of the angkatan"),
    }
    amount = abs(at.months or at.days)
    if not amount:
        return days[at.anchor]
    if at.months:
        time = ngettext("{count} month", "{count} months", amount).format(count=amount)
    else:
        time = ngettext("{count} day", "{count} days", amount).format(count=amount)
    pattern = _("{time} after {day}") if at.months + at.days > 0 else _("{time} before {day}")
    return pattern.format(time=time, day=days[at.anchor])


def _arrows(sop: Sop, drawn: Sequence[Sop]) -> list[Arrow]:
    numbers = {one.number for one in drawn}
    arrows = []
    for start in sop.starts:
        if start.flagged_in in numbers and start.flagged_in is not None:
            arrows.append(Arrow(start.flagged_in, sop.number, _("each marked child"), FLAGGED))
        elif start.after in numbers and start.after is not None:
            arrows.append(
                Arrow(start.after, sop.number, _after_words(start), DECIDED if start.when else AFTER)
            )
    return arrows


def _after_words(start: Start) -> str:
    said = []
    if start.after_step is not None:
        said.append(_("step {step}").format(step=start.after_step))
    if start.when:
        said.append(" / ".join(start.when))
    if start.later is not None:
        said.append(_("{time} later").format(time=start.later))
    return ", ".join(said)


# --- legend -------------------------------------------------------------------------------------------------


def _legend() -> list[tuple[str, str]]:
    return [
        (AFTER, _("starts when it is finished")),
        (DECIDED, _("starts on this decision")),
        (FLAGGED, _("starts for each marked child")),
        (DATED, _("starts on a date")),
        (BY_HAND, _("is started by an officer")),
    ]


def _legend_width() -> float:
    return 40 + sum(text_width(said, NOTE_SIZE) + 70 for _kind, said in _legend())


def _draw_legend(svg: Svg, top: float) -> None:
    x, y = 20.0, top + 22
    for kind, said in _legend():
        if kind in STROKES:
            svg.line(
                ((x, y - 4), (x + 34, y - 4)), stroke=STROKES[kind], dash=DASHES.get(kind, ""), arrow=True
            )
        else:
            svg.rect(x, y - 11, 34, LINE, fill=kind, round_=3)
        svg.text(x + 42, y, said, NOTE_SIZE)
        x += text_width(said, NOTE_SIZE) + 70
