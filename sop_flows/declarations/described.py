"""A SOP in the words of the reference: what the command line prints for people and for other programs.

The keys are a promise to scripts; a new one may be added, none is renamed.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from sop_flows.declarations.form import Form
from sop_flows.declarations.sop import Sop, Start, Step

NONE_PRINTED = "none"  # a row of the document that has no number
NEAR_NUMBERS = 3  # suggestions for a number that is not there


@dataclass(frozen=True)
class DescribedStep:
    """One step. `None` where a rule is not for it."""

    step: int
    printed_step: str
    executors: tuple[str, ...]
    standard_time: int | str  # 0 for a milestone, "-" where the document gives none
    target: str | None
    kind: str
    prompt: str
    document_text: str
    requires: tuple[str, ...]
    repeats: str | None
    until: str | None
    reminds: tuple[str, ...]
    records: str | None
    opens: str | None = None
    due: str | None = None
    lasting: str | None = None
    event: str | None = None
    first_due: str | None = None


@dataclass(frozen=True)
class DescribedSop:
    """One SOP with its steps in order."""

    number: str
    title: str
    program: str
    phase: str
    subject: str
    starts: tuple[str, ...]
    equipment: tuple[str, ...]
    obstacles: tuple[str, ...]
    qualification: str | None
    steps: tuple[DescribedStep, ...]


def described(sop: Sop) -> DescribedSop:
    """The SOP as the command line says it."""
    return DescribedSop(
        number=sop.number,
        title=sop.title,
        program=sop.program,
        phase=sop.phase,
        subject=sop.subject,
        starts=tuple(start_in_words(start, sop) for start in sop.starts),
        equipment=sop.equipment,
        obstacles=sop.obstacles,
        qualification=sop.qualification,
        steps=tuple(_described_step(step) for step in sop.steps),
    )


def start_in_words(start: Start, sop: Sop) -> str:
    """`arrival - 30 hari`, `after 9.1.33 when the decision is rujuk or akhiri`, `by hand`."""
    if start.child is not None:
        bare = start_in_words(start.model_copy(update={"child": None}), sop)
        return f"{bare} when the child is {start.child.replace('_', ' ')}"
    if start.at is not None:
        of_subject = "opening of the case" if sop.subject == "case" else "opening of the angkatan"
        return str(start.at).replace("opening", of_subject)
    if start.flagged_in is not None:
        return f"for each child flagged in {start.flagged_in}"
    if start.after is None:
        return "by hand"
    later = f"{start.later} " if start.later is not None else ""
    step = f" step {start.after_step}" if start.after_step is not None else ""
    when = f" when the decision is {' or '.join(start.when)}" if start.when else ""
    return f"{later}after {start.after}{step}{when}"


def repeats_in_words(step: Step) -> str | None:
    """`10 hari`, `3x sehari`, `1 bulan`; None for what is done once."""
    if step.every is None:
        return None
    return f"{len(step.ticks)}x sehari" if step.ticks else str(step.every)


def near_numbers(number: str, known: Iterable[str]) -> tuple[str, ...]:
    """SOP numbers that somebody who wrote `number` may have meant: 9.1.2 is 9.1.02, 9212 is near 9.2.12."""
    there = tuple(known)
    same = tuple(one for one in there if _parts(one) == _parts(number))
    bare = {one.replace(".", ""): one for one in there}
    near = difflib.get_close_matches(number.replace(".", ""), bare, n=NEAR_NUMBERS, cutoff=0.5)
    return same or tuple(bare[one] for one in near)


def _described_step(step: Step) -> DescribedStep:
    return DescribedStep(
        step=step.step,
        printed_step=str(step.step) if step.printed is None else step.printed or NONE_PRINTED,
        executors=step.executors,
        standard_time=step.standard_time,
        target=str(step.target) if step.target is not None else None,
        kind=step.kind,
        prompt=step.prompt,
        document_text=step.activity,
        requires=tuple(requirement.text for requirement in step.requires),
        repeats=repeats_in_words(step),
        until=_until(step),
        reminds=tuple(str(remind) for remind in step.remind),
        records=_records(step.record),
        opens=None if step.opens is None else str(step.opens),
        due=None if step.due is None else str(step.due),
        lasting=None if step.lasting is None else str(step.lasting),
        event=None if step.event is None else str(step.event),
        first_due=None if step.first_due is None else str(step.first_due),
    )


def _until(step: Step) -> str | None:
    """A date of the stay. What goes on until the services of a case end has none."""
    until = step.until if step.every is None else step.every.until
    return None if until is None or until == "closed" else str(until)


def _records(form: Form | None) -> str | None:
    if form is None:
        return None
    what = form.what or ", ".join(field.name.replace("_", " ") for field in form.fields)
    return f"{what} (after it is done)" if form.is_after else what


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split(".") if part.isdecimal())
