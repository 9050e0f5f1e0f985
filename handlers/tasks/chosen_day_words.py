"""How a step whose day is chosen is spoken of: by its own short name, and by its week of the stay."""

from handlers.ui.words import _
from sop_flows.declarations.sop import Step
from sop_flows.declarations.timing import ChooseDate


def within_sentence(step: Step) -> str:
    """ "kunjungan orang tua" for the step "Kunjungan orang tua" (plain text)."""
    return step.short[:1].lower() + step.short[1:]


def week_words(choose: ChooseDate) -> str:
    """ "minggu kedua"; "" for a window that is no whole week of the stay."""
    week, into_week = divmod(choose.earliest.days, 7)
    names = (_("week one"), _("week two"), _("week three"), _("week four"))
    is_week = not into_week and choose.latest.days == choose.earliest.days + 6 and week < len(names)
    return names[week] if is_week else ""
