"""What stands on the card of a child: where it belongs, how it grows, what is open."""

from handlers.ui.kilograms import change, kilos, nutrition_words
from handlers.ui.request import Request
from handlers.ui.words import _, brief_day_words, esc, near_day_words
from sop_flows.recording.growth import BmiForAge
from sop_flows.views.child_page import ChildPage, ChildStep

OPEN_SHOWN = 3  # open steps on the card
WEIGHTS_SHOWN = 4  # on the card; the curve has all of them


def place_lines(page: ChildPage) -> list[str]:
    """ "Kelompok 2 · Wisma Melati" (HTML)."""
    words = " · ".join(esc(one) for one in (page.group, page.dormitory) if one)
    return [words] if words else []


def growth_lines(request: Request, page: ChildPage) -> list[str]:
    """The last weights with the change since the first, and BMI-for-age when a height is known (HTML)."""
    if not page.weights:
        return []
    shown = page.weights[-WEIGHTS_SHOWN:]
    said = " → ".join(f"{kilos(one.weight_g)} ({brief_day_words(one.weighed_on)})" for one in shown)
    lines = [f"⚖️ {said}"]
    if len(page.weights) > 1:
        whole = page.weights[-1].weight_g - page.weights[0].weight_g
        lines[0] += " · " + _("{change} kg since the arrival").format(change=change(whole))
    if page.growth is not None and page.height_cm is not None:
        lines.append(bmi_words(page.growth, page.height_cm))
    return lines


def bmi_words(growth: BmiForAge, height_cm: float) -> str:
    """ "IMT 15,2 · IMT/U −1,20 SD: gizi baik · tinggi 124 cm" (HTML)."""
    template = _("BMI {bmi} · for the age {z} SD: {words} · height {height} cm")
    z = f"{growth.z:+.1f}".replace(".", ",").replace("-", "−")
    bmi, height = str(growth.bmi).replace(".", ","), f"{height_cm:g}".replace(".", ",")
    return template.format(bmi=bmi, z=z, words=nutrition_words(growth), height=height)


def step_lines(request: Request, page: ChildPage) -> list[str]:
    """The visits, and what is open about the child (HTML)."""
    said = []
    for visit in page.visits:
        if not visit.is_open:
            day = brief_day_words(request.institution.today(visit.at))
            said.append(_("✅ {step}, {day}").format(step=esc(visit.step.short), day=day))
    if page.open:
        listed = ", ".join(_open_words(request, one) for one in page.open[:OPEN_SHOWN])
        left = len(page.open) - OPEN_SHOWN
        if left > 0:
            listed += " " + _("and {count} more").format(count=left)
        said.append(_("Open: {steps}").format(steps=listed))
    return said


def _open_words(request: Request, one: ChildStep) -> str:
    on, today = request.institution.today(one.at), request.institution.today(request.now)
    mark = "⏰ " if one.is_late else ""
    return f"{mark}{esc(one.step.short)} ({near_day_words(on, today)})"
