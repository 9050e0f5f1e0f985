"""Times that can not be kept: due before it opens, after the stay is over, from a day that a case has not."""

from collections.abc import Iterator
from typing import NamedTuple

from sop_flows.declarations.marked_yaml import Path, Problem
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Sop, Step

MONTH_DAYS = 30  # near enough to say that something lies before something else


class _Day(NamedTuple):
    """A day on one of the scales that can't be compared: of the stay (arrival is 0), since the opening, since the run
    began, from its event."""

    scale: str
    day: int

    def is_before(self, other: "_Day") -> bool:
        return self.scale == other.scale and self.day < other.day


def time_problems(sop: Sop, stay_days: int) -> Iterator[Problem]:
    """Times of `sop` that contradict each other in a stay of the usual length."""
    known = True
    for path, offset in _dates_of(sop):
        if path[-1] in ("at", "anchor") and offset.anchor in ("start", "event"):
            known = False
            yield Problem(
                path, f"counts from the {offset.anchor} of a run; a run begins by a date of the stay"
            )
        if sop.subject == "case" and offset.anchor in ("arrival", "departure"):
            known = False
            what = f"a case has no {offset.anchor}; count from its opening, like 'opening + 3 hari'"
            yield Problem(path, what)
    if not known:
        return
    yield from _event_problems(sop, stay_days)
    starts_at = _starts_at(sop, stay_days)
    for index, step in enumerate(sop.steps):
        yield from _step_problems(step, ("steps", index), sop, stay_days)
        yield from _order_problems(step, ("steps", index), sop, starts_at, stay_days)


def _event_problems(sop: Sop, stay_days: int) -> Iterator[Problem]:
    """One event a run, chosen before anything is due by it, in a window that has a day."""
    choosing = [step for step in sop.steps if step.event is not None or step.choose_date is not None]
    left = [step for step in sop.steps if step.record is not None and step.record.effect == "handed_over"]
    for index, step in enumerate(sop.steps):
        at: Path = ("steps", index)
        if step in choosing[1:]:
            key = "event" if step.event is not None else "choose_date"
            yield Problem((*at, key), f"a SOP has one day to choose; step {choosing[0].step} chooses it")
        if step.event is not None:
            first, last = _day(step.event.earliest, stay_days), _day(step.event.latest, stay_days)
            if last.is_before(first):
                what = f"latest {step.event.latest} is before earliest {step.event.earliest}"
                yield Problem((*at, "event", "latest"), f"{what} in a stay of {stay_days} days")
        for key in ("target", "opens", "due", "lasting"):
            offset: Offset | None = getattr(step, key)
            if offset is None or offset.anchor != "event":
                continue
            if not choosing and not left:
                yield Problem((*at, key), f"{key} {offset}: no step of this SOP has an event")
            elif step.step <= (first_known := min(one.step for one in (*choosing, *left))):
                yield Problem((*at, key), f"{key} {offset}: its day is known at step {first_known}")


def _step_problems(step: Step, at: Path, sop: Sop, stay_days: int) -> Iterator[Problem]:
    if sop.subject == "case" and step.per is not None:
        yield Problem((*at, "per"), f"a case is of one child; leave out per: {step.per}")
    if step.executor_may == "roster" and sop.subject != "cohort":
        yield Problem((*at, "executor_may"), "only an angkatan has a list of children; leave it out")
    if step.first_due is not None and sop.subject != "case":
        yield Problem((*at, "first_due"), "only a step of a case is asked for its first note; leave it out")
    every = step.every
    if every is None:
        return
    if every.until == "closed":
        if sop.subject != "case":
            yield Problem((*at, "every", "until"), "only a case is closed; write a date, like 'departure'")
    elif every.days is not None:
        first = _day(every.anchor, stay_days, more=every.first_at or 0)
        if _day(every.until, stay_days).is_before(first):
            first_on = f"{every.anchor} + {every.first_at} hari" if every.first_at else str(every.anchor)
            what = f"never asked: the first time would be {first_on}, after until: {every.until} of a stay of {stay_days} days"
            yield Problem((*at, "every"), what)
    if every.days is not None:
        for index, remind in enumerate(step.remind):
            if remind.days > every.days:
                what = f"reminds {remind.days} days before, but comes round every {every.days} days"
                yield Problem((*at, "remind", index), what)


def _order_problems(
    step: Step, at: Path, sop: Sop, starts_at: tuple[Offset, _Day] | None, stay_days: int
) -> Iterator[Problem]:
    for key in ("target", "due", "lasting"):
        end: Offset | None = getattr(step, key)
        if end is None:
            continue
        day = _day(end, stay_days)
        # A target of the SOP stands once, above the steps.
        path: Path = ("target",) if key == "target" and end == sop.target else (*at, key)
        if step.opens is not None and day.is_before(_day(step.opens, stay_days)):
            yield Problem(path, f"step {step.step}: {key} {end} is before it opens ({step.opens})")
        elif starts_at is not None and day.is_before(starts_at[1]):
            yield Problem(path, f"step {step.step}: {key} {end} is before the SOP starts ({starts_at[0]})")
    if step.choose_date is not None and _day(Offset(anchor="departure"), stay_days).is_before(
        _day(step.choose_date.latest, stay_days)
    ):
        what = f"latest {step.choose_date.latest} is after a stay of {stay_days} days is over"
        yield Problem((*at, "choose_date", "latest"), what)


def _starts_at(sop: Sop, stay_days: int) -> tuple[Offset, _Day] | None:
    """The earliest of its starts, None where that can't be said beforehand."""
    dated = [(start.at, _day(start.at, stay_days)) for start in sop.starts if start.at is not None]
    if len(dated) < len(sop.starts) or len({day.scale for _, day in dated}) != 1:
        return None
    return min(dated, key=lambda one: one[1].day)


def _day(offset: Offset, stay_days: int, more: int = 0) -> _Day:
    day = offset.days + offset.months * MONTH_DAYS + more
    scale = "stay" if offset.anchor in ("arrival", "departure") else offset.anchor
    return _Day(scale, day + (stay_days if offset.anchor == "departure" else 0))


def _dates_of(sop: Sop) -> Iterator[tuple[Path, Offset]]:
    for index, start in enumerate(sop.starts):
        if start.at is not None:
            yield ("starts", index, "at"), start.at
    if sop.target is not None:
        yield ("target",), sop.target
    for index, step in enumerate(sop.steps):
        at: Path = ("steps", index)
        for key in ("target", "opens", "due", "lasting", "until"):
            offset: Offset | None = getattr(step, key)
            if offset is not None and not (key == "target" and offset == sop.target):
                yield (*at, key), offset
        if step.every is not None:
            if step.every.days is not None:
                yield (*at, "every", "anchor"), step.every.anchor
            if step.every.until != "closed":
                yield (*at, "every", "until"), step.every.until
        if step.choose_date is not None:
            yield (*at, "choose_date"), step.choose_date.earliest
        if step.event is not None:
            yield (*at, "event", "earliest"), step.event.earliest
            yield (*at, "event", "latest"), step.event.latest
