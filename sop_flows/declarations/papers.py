"""The papers of an institution: what is drafted from what was confirmed, at which step, who signs.

They stand in `papers/papers.yaml` of the pack, beside the templates that draw them (`papers/NAME.typ`).
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from sop_flows.declarations.declared import Declared, Text
from sop_flows.declarations.marked_yaml import Problem
from sop_flows.declarations.near import did_you_mean
from sop_flows.declarations.sop import Sop, Step
from sop_flows.declarations.unit import ShortText, Unit

FOLDER, FILE, ENDING = "papers", "papers.yaml", ".typ"
NAME_MAX = 30  # characters; it stands in the data of a button

_STEP = re.compile(r"\d+(\.\d+)+/\d+")
_NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{NAME_MAX - 1}}}")


def _step(text: str) -> str:
    if _STEP.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no step; write it like '9.2.04/1'")
    return text


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no name of a paper; use small letters and _, at most {NAME_MAX}")
    return text


StepText = Annotated[str, AfterValidator(_step)]
PaperName = Annotated[str, AfterValidator(_name)]
Each = Literal["school", "kabupaten", "child", "dormitory"]


class Signatory(Declared):
    """Who signs: the title above, the name below, a number under it."""

    title: Text
    name: str = ""
    """left out: a line of dots"""
    number: str = ""
    """NIP, below the name"""


class Paper(Declared):
    """One kind of paper."""

    example: ClassVar[str] = "'laporan_akhir: {title: Laporan Akhir, short: Laporan akhir, at: [9.1.19/5]}'"

    title: Text
    """above the text, in full"""
    short: ShortText
    """on its button"""
    at: tuple[StepText, ...] = ()
    """the steps at which it is offered; none: it is a month's figures (see monthly_for)"""
    monthly_for: tuple[Text, ...] = ()
    """roles that make it of any month, from figures alone, beside the head of the house"""
    template: PaperName | None = None
    """the file of papers/ that draws it; its own name when left out"""
    each: Each | None = None
    """one for each school, Kab/Kota, child of the roll or dormitory, with the children of it"""
    also: tuple[StepText, ...] = ()
    """other steps whose answers stand on it, as far as whoever makes it may read them"""
    numbered: bool = True
    """false: a list, which needs no number and is a draft only until its step is done"""
    number_from: Text | None = None
    """the key of the answer of the step that is the number of the paper"""
    signed_by: tuple[Text, ...] = ()
    """of signatories"""
    opening: str = ""
    """what stands before the facts"""
    closing: str = ""
    """what stands before the signatures"""

    @model_validator(mode="after")
    def _is_of_something(self) -> "Paper":
        if bool(self.at) == bool(self.monthly_for):
            raise ValueError("a paper has either 'at', the steps at which it is made, or 'monthly_for'")
        if self.number_from and not self.numbered:
            raise ValueError("number_from says where its number is, and numbered: false that it has none")
        if self.monthly_for and (self.each or self.also or self.number_from):
            raise ValueError("a paper with monthly_for has figures alone: no each, also, number_from")
        return self


class Papers(Declared):
    """All papers of an institution."""

    letterhead: tuple[Text, ...] = ()
    """the lines above every paper; the last but one in bold"""
    place: str = ""
    """where it is signed; the city of unit.yaml when left out"""
    signatories: dict[Text, Signatory] = Field(default_factory=dict)
    papers: dict[PaperName, Paper] = Field(default_factory=dict)

    def template_of(self, name: str) -> str:
        """The file that draws it."""
        return (self.papers[name].template or name) + ENDING


NONE = Papers()


def paper_problems(papers: Papers, unit: Unit, sops: Mapping[str, Sop], folder: Path) -> Iterator[Problem]:
    """Names of papers.yaml that must exist elsewhere: steps, answers, roles, signatories, templates."""
    for name, paper in papers.papers.items():
        at = ("papers", name)
        file = papers.template_of(name)
        if not (folder / file).is_file():
            yield Problem(at, f"there is no template {FOLDER}/{file}")
        for index, code in enumerate(paper.signed_by):
            if code not in papers.signatories:
                known = (
                    f"unknown signatory {code!r}; papers.yaml has {', '.join(papers.signatories) or 'none'}"
                )
                yield Problem((*at, "signed_by", index), known + did_you_mean(code, papers.signatories))
        for index, code in enumerate(paper.monthly_for):
            if code not in unit.roles:
                yield Problem(
                    (*at, "monthly_for", index),
                    f"unknown role {code!r}; unit.yaml has {', '.join(unit.roles)}",
                )
        found = []
        for key in ("at", "also"):
            for index, place in enumerate(getattr(paper, key)):
                number, _, step = place.partition("/")
                sop = sops.get(number)
                if sop is None:
                    yield Problem((*at, key, index), f"{place}: there is no SOP {number} in the pack")
                elif (its := _asked(sop, int(step))) is None:
                    yield Problem(
                        (*at, key, index), f"{place}: SOP {number} has no step {step} that is asked"
                    )
                else:
                    found.append((key, sop, its))
        if len({sop.subject == "case" for _key, sop, _step in found}) > 1:
            yield Problem(at, "steps of a case and of an angkatan can't stand on one paper")
        yield from _step_problems(paper, at, [(sop, step) for key, sop, step in found if key == "at"])


def _asked(sop: Sop, number: int) -> Step | None:
    return next((one for one in sop.asked_steps if one.step == number), None)


def _step_problems(paper: Paper, at: tuple[str, ...], steps: list[tuple[Sop, Step]]) -> Iterator[Problem]:
    for sop, step in steps:
        place = f"{sop.number}/{step.step}"
        if paper.each is not None and sop.subject == "case":
            yield Problem((*at, "each"), f"each {paper.each}: {place} is of a case, which is one child")
        if paper.each == "child" and not step.is_roll:
            yield Problem((*at, "each"), f"each child: {place} has no entry for each child")
        if paper.each == "kabupaten" and step.per != "kabupaten":
            yield Problem((*at, "each"), f"each kabupaten: {place} is not recorded per kabupaten")
        keys = [] if step.record is None else [one.key for one in step.record.fields]
        if paper.number_from is not None and paper.number_from not in keys:
            what = f"number_from {paper.number_from}: {place} records {', '.join(keys) or 'nothing'}"
            yield Problem((*at, "number_from"), what + did_you_mean(paper.number_from, keys))
