"""The calendar of a stay or a case as a picture: days from left to right, a lane for each role, a bar for each step."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.typesetting import TEMPLATES, Kind, typeset
from handlers.ui.words import _, brief_day_words, plain_date_words
from sop_flows.calendar.dates import Anchors, OfficeHours
from sop_flows.calendar.plan import PlannedStep
from sop_flows.declarations.loader import Pack

BEFORE, AFTER = 1, 4  # days of room around what is planned
PPI = 100  # a stay is about 3,900 pixels wide
PLAN = TEMPLATES / "plan.typ"


def draw_plan(
    pack: Pack, anchors: Anchors, plan: Sequence[PlannedStep], office: OfficeHours, kind: Kind
) -> bytes:
    """The picture. `plan` is what `planned_steps` gave for `anchors`."""
    return typeset(PLAN, plan_values(pack, anchors, plan, office), kind, PPI)


def plan_values(
    pack: Pack, anchors: Anchors, plan: Sequence[PlannedStep], office: OfficeHours
) -> dict[str, Any]:
    """What the template draws; days are counted from the first one, which is 0."""
    spans = [_days(one, office) for one in plan]
    marks = {_("arrival"): anchors.arrival, _("departure"): anchors.departure}
    if anchors.arrival is None:
        marks = {_("opening of the case"): anchors.opening}
    known = [day for day in (anchors.opening, *marks.values()) if day is not None]
    first = min([*(begin for begin, _end in spans), *known]) - timedelta(days=BEFORE)
    last = max([*(end for _begin, end in spans), *known]) + timedelta(days=AFTER)
    legend = {
        "standard": _("standard time of the SOP"),
        "target": _("our target"),
        "date": _("a date of its own"),
    }
    if anchors.arrival is None:
        legend |= {"running": _("runs for months"), "if": _("only on this decision")}
    return {
        "heading": _heading(pack, anchors),
        "days": [_day(first + timedelta(days=n), office) for n in range((last - first).days + 1)],
        "marks": [
            {"day": (day - first).days, "said": said} for said, day in marks.items() if day is not None
        ],
        "lanes": _lanes(pack, plan, office, first),
        "legend": legend,
    }


def _heading(pack: Pack, anchors: Anchors) -> str:
    if anchors.arrival is None or anchors.departure is None:
        said = _("case opened on {day}").format(day=plain_date_words(anchors.day("opening")))
    else:
        said = _("angkatan from {first} to {last}").format(
            first=plain_date_words(anchors.arrival), last=plain_date_words(anchors.departure)
        )
    return f"{pack.unit.short_name} · {said}"


def _day(on: date, office: OfficeHours) -> dict[str, Any]:
    return {
        "number": str(on.day),
        "week": brief_day_words(on) if on.weekday() == 0 else None,
        "works": office.is_working_day(on),
        "holiday": office.holiday_name(on) is not None,
    }


def _lanes(pack: Pack, plan: Sequence[PlannedStep], office: OfficeHours, first: date) -> list[dict[str, Any]]:
    """The bars of each role, in the order of unit.yaml and of their days; a step that recurs is one bar in parts."""
    bars: dict[tuple[str, int, int, bool], dict[str, Any]] = {}
    lanes: dict[str, list[dict[str, Any]]] = {role: [] for role in pack.unit.roles}
    for one in sorted(plan, key=lambda one: (one.opens_at, one.sop, one.step)):
        key = (one.sop, one.step, one.nth, one.occurrence > 0)
        if key not in bars:
            step = pack.sops[one.sop].step(one.step)
            label = f"{one.sop}/{one.step} {step.short}{_only(one)}"
            bars[key] = {"label": label, "kind": _kind(one), "parts": []}
            for role in step.executors:
                lanes[role].append(bars[key])
        bars[key]["parts"].append([(day - first).days for day in _days(one, office)])
    return [{"role": pack.unit.roles[role].label, "bars": lane} for role, lane in lanes.items() if lane]


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
        return "if"
    return "running" if one.asked_at is not None else one.kind
