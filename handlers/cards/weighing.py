"""What came of a weigh-in, in words and as a chart: on the phone of who weighs, and of who is told."""

import re
from collections.abc import Sequence

from sqlmodel import Session

from handlers.ui.kilograms import change, kilos
from handlers.ui.request import SendFile
from handlers.ui.words import _, child_code, cohort_prefix, esc, nth, plain_date_words
from sop_flows.core.work import Work
from sop_flows.declarations.sop import Step
from sop_flows.recording.forms.answers import is_weighing
from sop_flows.recording.roll_call import Roll
from sop_flows.recording.weigh_ins import Measured, WeighInSummary, averages, summarise
from storage.tables import Cohort, Task

LOSERS_NAMED = 15  # numbers in one summary; the chart has all


def title_of(task: Task, step: Step) -> str:
    """ "Penimbangan ke-2" or the step in a few words (plain text)."""
    if not is_weighing(step.record):
        return step.short
    if not task.occurrence:
        return _("Weighing on arrival")
    return _("Weighing no. {nth}").format(nth=nth(task, step))


def name_of_roll(s: Session, roll: Roll) -> str:
    """The same, with the angkatan while several are open (HTML)."""
    cohort = s.get_one(Cohort, roll.task.cohort_id)
    return cohort_prefix(s, cohort) + esc(title_of(roll.task, roll.step))


def summary_lines(s: Session, roll: Roll, name: str) -> list[str]:
    """How many were weighed, what they gained, and who lost weight (HTML); numbers only."""
    summary = summarise(s, roll)
    lines = [_headline(name, summary)]
    if summary.lost:
        lines.append(_("Lost: {list}.").format(list=_losers(summary.lost)))
    return lines


def chart(work: Work, roll: Roll) -> SendFile | None:
    """The chart, from codes and numbers only; None while nobody is weighed."""
    s = work.session
    summary = summarise(s, roll)
    if not summary.measured:
        return None
    cohort = s.get_one(Cohort, roll.task.cohort_id)
    plain = re.sub(r"<[^>]+>", "", name_of_roll(s, roll))
    title = plain if cohort.name in plain else f"{plain} · {cohort.name}"
    arguments = {
        "title": title,
        "averages": [
            {
                "day": plain_date_words(one.weighed_on, roll.today),
                "kg": one.average_g / 1000,
                "label": kilos(round(one.average_g, -2)),  # a mean is no more exact than the scales
            }
            for one in averages(s, roll)
        ],
        "children": [
            {
                "code": child_code(one.number),
                "change_kg": one.change_g / 1000,
                "label": change(one.change_g),
            }
            for one in summary.measured
            if one.change_g is not None
        ],
        "words": {
            "average": _("Average weight (kg)"),
            "changes": _("Change since the weighing before (kg)"),
            "gained": _("gained"),
            "lost": _("lost"),
            "no_changes": _("First weighing: nothing to compare yet."),
        },
    }
    return SendFile("weights", arguments, caption=title, filename=f"penimbangan-{roll.task_id}.png")


def _headline(name: str, summary: WeighInSummary) -> str:
    counts = [_("{count} weighed").format(count=len(summary.measured))]
    if summary.absent:
        counts.append(_("{count} absent").format(count=len(summary.absent)))
    if summary.excused:
        counts.append(_("{count} skipped").format(count=len(summary.excused)))
    if summary.put_off:
        counts.append(_("{count} put off").format(count=len(summary.put_off)))
    template = _("⚖️ {name} so far: {counts}.") if summary.put_off else _("⚖️ {name} is finished: {counts}.")
    text = template.format(name=name, counts=", ".join(counts))
    average = summary.average_change_g
    if average is None:
        return text
    if average == 0:
        return f"{text} " + _("On average the weight has not changed.")
    words = _("Average gain {weight}.") if average > 0 else _("Average loss {weight}.")
    return f"{text} " + words.format(weight=kilos(_tenths(abs(average))))


def _tenths(weight_g: int) -> int:
    """Rounded to 0.1 kg, as the scale shows it; a mean has no more meaning than that."""
    return round(weight_g / 100) * 100


def _losers(lost: Sequence[Measured]) -> str:
    said = [
        _("No. {number} ({change} kg)").format(
            number=child_code(one.number), change=change(one.change_g or 0)
        )
        for one in lost[:LOSERS_NAMED]
    ]
    if len(lost) > LOSERS_NAMED:
        said.append(_("and {count} more").format(count=len(lost) - LOSERS_NAMED))
    return ", ".join(said)
