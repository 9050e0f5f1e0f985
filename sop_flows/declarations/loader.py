"""Reads a pack: a folder with unit.yaml and one YAML file per SOP."""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from sop_flows.declarations.checks import sop_problems, unit_problems
from sop_flows.declarations.errors import PackError, PackErrors
from sop_flows.declarations.form import Form
from sop_flows.declarations.impossible_times import time_problems
from sop_flows.declarations.links import link_problems, stand_in_problems, twin_problems
from sop_flows.declarations.marked_yaml import MarkedYaml, Problem
from sop_flows.declarations.near import did_you_mean
from sop_flows.declarations.pack_files import read_file
from sop_flows.declarations.papers import FILE as PAPERS_FILE
from sop_flows.declarations.papers import FOLDER as PAPERS
from sop_flows.declarations.papers import NONE, Papers, paper_problems
from sop_flows.declarations.reach import circle_problems, unreachable_problems
from sop_flows.declarations.same_steps import complete_all, same_steps_as
from sop_flows.declarations.sop import ChildFact, Sop
from sop_flows.declarations.unit import Unit
from sop_flows.declarations.validation import D, declare
from sop_flows.declarations.yaml_reading import read_marked

UNIT_FILE = "unit.yaml"
FORMER = "former"  # the folder of SOPs as they were
OPEN_VERSIONS_KEPT = 256  # parsed texts of open runs kept in memory; 51 SOPs of a few versions each


@dataclass(frozen=True)
class Pack:
    """An institution and its SOPs, by number, in the order of the document.

    Attributes:
        papers_at: the names of the papers that are made at a step, by its SOP and number.
    """

    unit: Unit
    sops: dict[str, Sop]
    lines: Mapping[tuple[str, int], int] = field(default_factory=dict, compare=False, repr=False)
    folder: Path | None = field(default=None, compare=False, repr=False)
    papers: Papers = NONE
    papers_at: Mapping[tuple[str, int], tuple[str, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[tuple[str, int], tuple[str, ...]] = {}
        for name, paper in self.papers.papers.items():
            for place in paper.at:
                number, _, step = place.partition("/")
                found[number, int(step)] = (*found.get((number, int(step)), ()), name)
        object.__setattr__(self, "papers_at", found)

    @cached_property
    def former(self) -> Mapping[str, Sop]:
        """The SOPs in the folder `former`, as they were: what began by them goes on by them. Read when first needed."""
        if self.folder is None or not (self.folder / FORMER).is_dir():
            return {}
        return load_former(self.folder, self.unit)

    @cached_property
    def asked_of_child(self) -> frozenset[ChildFact]:
        """What starts depend on of the child of a case, so that its opening asks for it."""
        return frozenset(start.child for sop in self.sops.values() for start in sop.starts if start.child)

    @cached_property
    def asks_kabupaten(self) -> bool:
        """Whether a step is recorded by Kab/Kota, so that it matters from which a school is."""
        return any(step.per == "kabupaten" for sop in self.sops.values() for step in sop.steps)

    def place(self, number: str, step: int) -> str:
        """Where a step is written: `9.2.15.yaml:34`."""
        return f"{number}.yaml:{self.lines.get((number, step), 1)}"


def load_pack(folder: Path) -> Pack:
    """Read and check every file of a pack.

    Raises:
        PackErrors: what is wrong, each with file, line and reason; all of it at once.
    """
    if not os.path.isfile(folder / UNIT_FILE):
        raise PackErrors([PackError(str(folder), 1, f"no pack here: there is no {UNIT_FILE}")])
    errors = [
        PackError(other.name, 1, f"not read; rename it to {other.stem}.yaml")
        for other in folder.glob("*.yml")
    ]
    unit_file = read_file(folder / UNIT_FILE)
    unit = _declared(Unit, unit_file, unit_problems)
    files = {path.stem: read_file(path) for path in sorted(folder.glob("*.yaml")) if path.name != UNIT_FILE}
    sops: dict[str, Sop] = {}
    for stem in complete_all(files):
        _put_forms(files[stem], {} if unit is None else unit.forms)
        # A mistake that comes from the SOP that a file names is said once, there.
        if (named := same_steps_as(files[stem])) is None or named in sops:
            sop = _declare_sop(stem, files[stem], files)
            if sop is not None:
                sops[stem] = sop
    errors += [error for marked in (unit_file, *files.values()) for error in marked.errors]
    if errors or unit is None:
        # Names across files can only be judged when every file could be read.
        raise PackErrors(errors)
    errors = _check_together(unit, unit_file, sops, files)
    papers, wrong = _read_papers(folder / PAPERS, unit, sops)
    if errors or wrong:
        raise PackErrors([*errors, *wrong])
    lines = {
        (number, step.step): files[number].line(("steps", index))
        for number, sop in sops.items()
        for index, step in enumerate(sop.steps)
    }
    return Pack(
        unit, {number: sops[number] for number in _in_order(sops, unit.sop_order)}, lines, folder, papers
    )


def _read_papers(folder: Path, unit: Unit, sops: Mapping[str, Sop]) -> tuple[Papers, list[PackError]]:
    if not (folder / PAPERS_FILE).is_file():
        return NONE, []
    marked = read_file(folder / PAPERS_FILE)
    papers = _declared(Papers, marked, lambda found: paper_problems(found, unit, sops, folder))
    return papers or NONE, marked.errors


def load_former(folder: Path, unit: Unit) -> Mapping[str, Sop]:
    """Read the SOPs in the folder `former` of a pack; they may name SOPs that are only in the pack itself.

    Raises:
        PackErrors: what is wrong in them.
    """
    files = {path.stem: read_file(path) for path in sorted((folder / FORMER).glob("*.yaml"))}
    whole = complete_all(files)
    for stem in whole:
        _put_forms(files[stem], unit.forms)
    sops = {stem: _declare_sop(stem, files[stem], files) for stem in whole}
    errors = [error for marked in files.values() for error in marked.errors]
    if errors:
        raise PackErrors(
            [PackError(f"{FORMER}/{one.file}", one.line, str(one).partition(": ")[2]) for one in errors]
        )
    return {number: sop for number in _in_order(sops, unit.sop_order) if (sop := sops[number]) is not None}


@lru_cache(maxsize=OPEN_VERSIONS_KEPT)
def load_sop_text(text: str) -> Sop:
    """Read one SOP from the text of a file or from `Sop.source` (the versions of open runs are stored so).

    Raises:
        PackErrors: what is wrong; the file is called "SOP" in it.
    """
    marked = read_marked(text, "SOP")
    sop = _declared(Sop, marked, sop_problems)
    if sop is None or marked.errors:
        raise PackErrors(marked.errors)
    return sop


def _declared(model: type[D], marked: MarkedYaml, problems: Callable[[D], Iterable[Problem]]) -> D | None:
    found = declare(model, marked)
    _note([] if found is None else problems(found), marked)
    return found


def _put_forms(marked: MarkedYaml, forms: Mapping[str, Form]) -> None:
    """`record: surat` names a form of unit.yaml: it is put in its place."""
    data = marked.data
    if marked.errors or not isinstance(data, dict) or not isinstance(data.get("steps"), tuple):
        return
    steps = []
    for index, step in enumerate(data["steps"]):
        name = step.get("record") if isinstance(step, dict) else None
        if isinstance(name, str) and name not in forms:
            known = f"; unit.yaml has {', '.join(forms)}" if forms else "; unit.yaml has none under 'forms:'"
            what = f"there is no form {name!r}{known}{did_you_mean(name, forms)}"
            marked.refuse(("steps", index, "record"), what)
        steps.append({**step, "record": forms.get(name)} if isinstance(name, str) else step)
    marked.data = {**data, "steps": tuple(steps)}


def _declare_sop(stem: str, marked: MarkedYaml, taken: Collection[str]) -> Sop | None:
    sop = _declared(Sop, marked, sop_problems)
    if sop is not None and sop.number != stem:
        what = f"the file is called {marked.file}, but the SOP in it is {sop.number}"
        twice = f", which is in {sop.number}.yaml already" if sop.number in taken else ""
        marked.refuse(("number",), what + twice)
    return sop


def _check_together(
    unit: Unit, unit_file: MarkedYaml, sops: dict[str, Sop], files: dict[str, MarkedYaml]
) -> list[PackError]:
    """What only shows when all files are read; `sops` has what a file is written after before that file."""
    found: dict[str | None, list[Problem]] = {None: []}
    for number, sop in sops.items():
        found[number] = [*link_problems(sop, unit, sops), *time_problems(sop, unit.stay_days)]
        said_there = found[sop.same_steps_as]
        _note((problem for problem in found[number] if problem not in said_there), files[number])
    for number, problem in twin_problems(sops):
        _note([problem], files[number])
    _note_starts(sops, files)
    for index, stand_in in enumerate(unit.stand_ins):
        wrong = stand_in_problems(stand_in, sops)
        _note((Problem(("stand_ins", index, *path), what) for path, what in wrong), unit_file)
    if not sops:
        unit_file.refuse((), "the pack has no SOP")
    return [error for marked in (unit_file, *files.values()) for error in marked.errors]


def _note_starts(sops: dict[str, Sop], files: dict[str, MarkedYaml]) -> None:
    for number, problem in circle_problems(sops):
        _note([problem], files[number])
    if any(marked.errors for marked in files.values()):
        return  # what waits for a SOP that is wrong would be named, though nothing is wrong with it
    for number, problem in unreachable_problems(sops):
        _note([problem], files[number])


def _note(problems: Iterable[Problem], marked: MarkedYaml) -> None:
    for path, what in problems:
        marked.refuse(path, what)


def _in_order(numbers: Iterable[str], groups: tuple[str, ...]) -> list[str]:
    def place(number: str) -> tuple[int, list[int]]:
        group = next(
            (index for index, head in enumerate(groups) if number.startswith(f"{head}.")), len(groups)
        )
        return group, [int(part) for part in number.split(".")]

    return sorted(numbers, key=place)
