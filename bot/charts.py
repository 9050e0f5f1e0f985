"""The chart of a weigh-in as a picture for a phone: the average over the weigh-ins, and each child's change.

Codes and numbers only, never a name. matplotlib is imported only when a chart is drawn.
"""

import io
from typing import Any

WIDTH_INCH, HEIGHT_INCH, DPI = 6.0, 8.4, 160  # 960 x 1344 pixels: a 5-inch phone held upright
GAIN, LOSS, LINE = "#3b8f5a", "#c0392b", "#1f5f8b"
NAMED_MAX = 14  # children whose bars are thick enough for their code
LINES = 18  # lines of text that fit beside the bars


def draw_weights(
    title: str, averages: list[dict[str, Any]], children: list[dict[str, Any]], words: dict[str, str]
) -> bytes:
    """A PNG.

    Args:
        averages: day, kg, label of each weigh-in, oldest first.
        children: code, change_kg, label of everybody with an earlier weight.
        words: average, changes, gained, lost, no_changes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCH, HEIGHT_INCH), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=15, fontweight="bold")
    top, bottom = figure.subplots(2, 1, gridspec_kw={"height_ratios": [2, 3]})
    _draw_averages(top, averages, words)
    _draw_changes(bottom, children, words)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _draw_averages(axes: Any, averages: list[dict[str, Any]], words: dict[str, str]) -> None:
    kilos = [one["kg"] for one in averages]
    axes.plot(range(len(kilos)), kilos, color=LINE, marker="o", markersize=9, linewidth=2.5)
    for place, one in enumerate(averages):
        axes.annotate(
            one["label"],
            (place, one["kg"]),
            textcoords="offset points",
            xytext=(0, 12),
            ha="center",
            fontsize=13,
        )
    axes.set_xticks(range(len(averages)), [one["day"] for one in averages], fontsize=12)
    axes.set_xlim(-0.5, len(averages) - 0.5)
    spread = max(max(kilos) - min(kilos), 0.5)
    axes.set_ylim(min(kilos) - spread * 0.4, max(kilos) + spread * 0.6)
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.set_title(words["average"], fontsize=13, loc="left")
    _clean(axes)


def _draw_changes(axes: Any, children: list[dict[str, Any]], words: dict[str, str]) -> None:
    """Everybody as one bar, from the largest loss to the largest gain; who lost has the code at its bar."""
    axes.set_title(words["changes"], fontsize=13, loc="left")
    _clean(axes)
    if not children:
        axes.set_axis_off()
        axes.text(0.5, 0.5, words["no_changes"], ha="center", fontsize=13, transform=axes.transAxes)
        return
    ordered = sorted(children, key=lambda child: (child["change_kg"], child["code"]))
    changes = [child["change_kg"] for child in ordered]
    colours = [LOSS if change < 0 else GAIN for change in changes]
    lost = [child for child in ordered if child["change_kg"] < 0]
    few = len(ordered) <= NAMED_MAX
    axes.barh(range(len(ordered)), changes, color=colours, height=0.8)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.invert_yaxis()
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.tick_params(axis="x", labelsize=12)
    axes.xaxis.set_major_formatter(
        lambda value, _position: f"{value:+.1f}".replace(".", ",") if value else "0"
    )
    reach = max(abs(change) for change in changes) or 0.1
    axes.set_xlim(-reach * 1.35 if lost else -reach * 0.35, reach * 1.35)
    if few:
        for place, child in enumerate(ordered):
            _name_bar(axes, place, child, place)
        return
    # Bars are thinner than letters: the codes of who lost stand below their bars, where nothing else is drawn.
    line = len(ordered) / LINES
    first = len(lost) + line
    for place, child in enumerate(lost[: max(1, int((len(ordered) - first) / line))]):
        axes.text(
            -reach * 1.3, first + place * line, f"{child['code']}  {child['label']}", color=LOSS, fontsize=14,
            fontweight="bold", ha="left", va="center",
        )  # fmt: skip
    counts = f"{words['gained']} {sum(1 for c in changes if c > 0)} · {words['lost']} {len(lost)}"
    axes.set_xlabel(counts, fontsize=13)


def _name_bar(axes: Any, place: int, child: dict[str, Any], at: float) -> None:
    change = child["change_kg"]
    side = -1 if change < 0 else 1
    axes.annotate(
        f"{child['code']}  {child['label']}", (change, at), textcoords="offset points", xytext=(6 * side, 0),
        ha="right" if side < 0 else "left", va="center", fontsize=12, color=LOSS if change < 0 else "#222222",
    )  # fmt: skip


def _clean(axes: Any) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
