"""A few shapes and texts as SVG. Text stays text, so that a picture can be searched and copied from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
INK, GREY, PALE, WHITE = "#1c2833", "#7b8a97", "#eef2f5", "#ffffff"

# Widths in em of DejaVu Sans, the widest of the fonts above: what fits it fits the others.
_NARROW, _WIDE = frozenset("fijltrI.,:;'|!()[]/- ·"), frozenset("mwMWQOGDH@%&—→")
_EM_NARROW, _EM, _EM_CAPITAL, _EM_WIDE, _EM_BOLD = 0.37, 0.63, 0.73, 0.95, 1.12

Point = tuple[float, float]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide the text is, never less than it turns out."""
    ems = sum(
        _EM_NARROW if c in _NARROW else _EM_WIDE if c in _WIDE else _EM_CAPITAL if c.isupper() else _EM
        for c in text
    )
    return ems * size * (_EM_BOLD if bold else 1)


def wrapped(text: str, width: float, size: float, lines_max: int, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines of at most `width`; what does not fit `lines_max` lines ends with an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > lines_max:
        lines = [*lines[: lines_max - 1], shortened(" ".join(lines[lines_max - 1 :]), width, size, bold=bold)]
    return tuple(shortened(line, width, size, bold=bold) for line in lines)


def shortened(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, or its beginning with an ellipsis where it is wider than `width`."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(f"{text}…", size, bold=bold) > width:
        text = text[:-1].rstrip()
    return f"{text}…"


@dataclass
class Svg:
    """A picture in the making; shapes lie over each other in the order in which they are added."""

    parts: list[str] = field(default_factory=list)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str,
        stroke: str = "",
        round_: float = 0,
    ) -> None:
        """A rectangle by its upper left corner."""
        line = f' stroke="{stroke}"' if stroke else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_}"'
            f' fill="{fill}"{line}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        said: str,
        size: float,
        *,
        fill: str = INK,
        bold: bool = False,
        anchor: str = "start",
        title: str = "",
    ) -> None:
        """One line of text by its baseline; `title` is shown when the pointer rests on it."""
        weight = ' font-weight="bold"' if bold else ""
        hint = f"<title>{escape(title)}</title>" if title else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"{weight}>'
            f"{escape(said)}{hint}</text>"
        )

    def line(self, points: Sequence[Point], *, stroke: str, dash: str = "", arrow: bool = False) -> None:
        """A line through the points, with an arrow head at its end."""
        path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="1.4"{dashed}/>')
        if arrow:
            self._head(points[-2], points[-1], stroke)

    def _head(self, before: Point, tip: Point, fill: str) -> None:
        (x0, y0), (x, y) = before, tip
        dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
        a, b = (x - 7 * dx - 3.5 * dy, y - 7 * dy - 3.5 * dx), (x - 7 * dx + 3.5 * dy, y - 7 * dy + 3.5 * dx)
        self.parts.append(
            f'<polygon points="{x:.1f},{y:.1f} {a[0]:.1f},{a[1]:.1f} {b[0]:.1f},{b[1]:.1f}" fill="{fill}"/>'
        )

    def document(self, width: float, height: float, title: str) -> str:
        """The whole file."""
        return "\n".join(
            [
                '<?xml version="1.0" encoding="UTF-8"?>',
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
                f' viewBox="0 0 {width:.0f} {height:.0f}" font-family={quoteattr(FONT)}>',
                f"<title>{escape(title)}</title>",
                f'<rect width="{width:.0f}" height="{height:.0f}" fill="{WHITE}"/>',
                *self.parts,
                "</svg>",
                "",
            ]
        )


def widest(texts: Iterable[str], size: float) -> float:
    """The width of the widest of the texts, 0 for none."""
    return max((text_width(text, size) for text in texts), default=0.0)
