"""Nothing is written twice: no six lines of the product stand in two places, but where docs/duplicates.md says why."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "sop_flows", "storage", "simulator")
RUN = 6  # lines
NAMED = re.compile(r"`([a-z_/]+\.py)`")
THIN = re.compile(r"[\W_]*|(?:else|try|return|pass)\W*")  # brackets, keywords: they say nothing


def statements(file: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers: no imports, comments, decorators, brackets alone."""
    in_import = False
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        said = line.strip()
        if in_import or said.startswith(("from ", "import ")):
            in_import = ")" not in said if in_import else said.endswith("(")
        elif not THIN.fullmatch(said) and not said.startswith(("#", "@", '"""')):
            yield number, said


def twice() -> dict[tuple[str, ...], list[tuple[str, int]]]:
    """Runs of lines that stand in several places, with those."""
    places: defaultdict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "versions" in file.parts:
                continue  # migrations are written once and left alone
            lines = list(statements(file))
            for at in range(len(lines) - RUN + 1):
                run = tuple(said for _number, said in lines[at : at + RUN])
                places[run].append((str(file.relative_to(ROOT)), lines[at][0]))
    return {run: found for run, found in places.items() if len(found) > 1}


def test_no_six_lines_stand_in_two_places() -> None:
    listed = [
        set(NAMED.findall(line))
        for line in (ROOT / "docs" / "duplicates.md").read_text("utf-8").splitlines()
        if line.startswith("|")
    ]
    new = [
        found
        for found in twice().values()
        if not any({file for file, _line in found} <= one for one in listed)
    ]
    assert new == []
