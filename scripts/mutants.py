"""Breaks the rules in 60 places, one at a time, and prints which of them no test notices.

The same places each time (`--seed`), a third each in declarations, calendar and the other rules. Each place is tried on
tests that cover its line: the most specific ones first, at most 150. No mutant is written to a file: the process of its
tests compiles the one module in another way. This file is also the plugin that does so.

Written here because mutmut 3 breaks only functions (most of declarations is not in one), picks tests by function and
tests a copy of the repository, and cosmic-ray runs one command for all its mutants.
"""

import argparse
import ast
import copy
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock

ROOT = Path(__file__).parent.parent
PARTS = {
    "declarations": ("sop_flows/declarations",),
    "calendar": ("sop_flows/calendar",),
    "rules": tuple(
        f"sop_flows/{room}"
        for room in (
            "actions", "core", "engine", "notifications", "recording", "staffing", "timeline", "views",
        )
    ),
}  # fmt: skip
TESTS = ("tests/unit", "tests/packs", "tests/rules", "tests/conversations", "tests/properties")
KINDS = "not postgres and not slow and not soak"
TESTS_MAX = 150  # of one mutant
HANGS_AFTER_S = 60  # one test
ENDS_AFTER_S = 300  # all tests of one mutant
MUTANT = "PANDU_MUTANT"  # in the environment of its tests: "sop_flows/calendar/dates.py 17"

OTHER: dict[type[ast.AST], Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Continue: ast.Break, ast.Break: ast.Continue,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One place: `number` counts the places of its file."""

    file: str
    number: int
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.words}"


# --- breaking -------------------------------------------------------------------------------------------------


def changed(node: ast.AST) -> ast.AST | None:
    """What stands there in a mutant instead; None where nothing is tried."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in OTHER:
            return ast.Compare(node.left, [OTHER[type(op)]()], node.comparators)
        case ast.BoolOp(op=op, values=values):
            return ast.BoolOp(OTHER[type(op)](), values)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OTHER:
            return ast.BinOp(left, OTHER[type(op)](), right)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Constant(value=bool() as value):
            return ast.Constant(not value)
        case ast.Constant(value=int() as value):
            return ast.Constant(value + 1)
        case ast.Expr(value=ast.Call()):
            return ast.Pass()
        case ast.Continue() | ast.Break():
            other: ast.stmt = OTHER[type(node)]()
            return other
    return None


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.expr | ast.stmt]]:
    """Where something is tried, in the order of the file: parent, field, position in a list, node.

    Not in annotations, decorators and type aliases: nothing runs there.
    """
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        listed: list[tuple[int | None, Any]] = (
            list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        )
        for at, node in listed:
            if isinstance(node, ast.expr | ast.stmt) and changed(node) is not None:
                yield tree, name, at, node
            if isinstance(node, ast.AST):
                yield from places(node)


def mutants_of(name: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    for number, (_parent, _field, _at, node) in enumerate(places(ast.parse(source))):
        instead = changed(node)
        assert instead is not None
        before, after = (" ".join(ast.unparse(one).split()) for one in (node, instead))
        yield Mutant(name, number, node.lineno, f"{before[:90]}  ->  {after[:90]}")


def mutated(source: str, number: int) -> ast.Module:
    """The tree of a file with one place broken."""
    tree = ast.parse(source)
    parent, name, at, node = list(places(tree))[number]
    instead = changed(node)
    assert instead is not None
    instead = ast.copy_location(copy.copy(instead), node)
    if at is None:
        setattr(parent, name, instead)
    else:
        getattr(parent, name)[at] = instead
    return ast.fix_missing_locations(tree)


def _break_one(file: str, number: int) -> None:
    """From now on this module is imported as the mutant says."""
    usual, path = SourceFileLoader.get_code, str(ROOT / file)

    def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        if loader.path != path:
            return usual(loader, fullname)
        code: CodeType = compile(mutated(Path(path).read_text("utf-8"), number), path, "exec")
        return code

    mock.patch.object(SourceFileLoader, "get_code", get_code).start()


if MUTANT in os.environ:  # as a plugin of pytest
    _break_one(os.environ[MUTANT].split()[0], int(os.environ[MUTANT].split()[1]))


# --- trying ---------------------------------------------------------------------------------------------------


def measure(data: Path) -> None:
    """Run the tests once, and keep which of them covers which line."""
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal", "-m", KINDS, *TESTS),
        *("--cov=sop_flows", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"),
    ]
    env = {**os.environ, "COVERAGE_FILE": str(data), "COVERAGE_CORE": "ctrace"}  # the one that knows of tests
    subprocess.run(command, cwd=ROOT, env=env, check=True)


AT_IMPORT = ""  # before the first test
Measured = dict[str, dict[str, list[int]]]  # file -> test, as coverage calls it -> lines


def read(file: Path) -> Measured:
    """What coverage with contexts has kept."""
    from coverage import CoverageData

    data = CoverageData(str(file))
    data.read()
    found: Measured = {}
    for path in data.measured_files():
        by_test: dict[str, list[int]] = defaultdict(list)
        for line, contexts in data.contexts_by_lineno(path).items():
            for context in contexts:
                by_test[context].append(line)
        found[path] = by_test
    return found


class Coverage:
    """Which tests cover a line: those that cover the fewest lines in all come first."""

    def __init__(self, measured: Measured) -> None:
        self._tests: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._of_file: dict[str, set[str]] = defaultdict(set)
        self._sizes: dict[str, int] = defaultdict(int)
        for path, by_test in measured.items():
            name = path[path.rindex("/sop_flows/") + 1 :]
            for context, lines in by_test.items():
                test = context.rpartition("|")[0]
                self._sizes[test] += len(lines)
                for line in lines:
                    self._tests[name, line].add(test)
                self._of_file[name].add(test)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """At most TESTS_MAX. What runs only when the module is imported concerns all tests of the module."""
        found = self._tests[mutant.file, mutant.line]
        if found == {AT_IMPORT}:
            found = self._of_file[mutant.file]
        return sorted(found - {AT_IMPORT}, key=lambda test: (self._sizes[test], test))[:TESTS_MAX]


def is_caught(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether one of the tests fails, or is still running when any sound one has ended."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(tests))
        listed.flush()
        command = [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "scripts.mutants", "-p", "no:cacheprovider"),
            *("-p", "no:xdist", "--timeout", str(HANGS_AFTER_S), f"@{listed.name}"),
        ]
        env = {
            **os.environ,
            MUTANT: f"{mutant.file} {mutant.number}",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=env, capture_output=True, check=False, timeout=ENDS_AFTER_S
            )
        except subprocess.TimeoutExpired:
            return True
    return done.returncode != 0


def chosen(seed: int, count: int) -> list[Mutant]:
    """So many mutants, as many from each part."""
    picked = []
    for part, folders in PARTS.items():
        files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
        every = [
            mutant
            for file in files
            for mutant in mutants_of(str(file.relative_to(ROOT)), file.read_text("utf-8"))
        ]
        picked += random.Random(f"{seed} {part}").sample(every, count // len(PARTS))
    return picked


def main() -> int:
    """Prints the share and the survivors."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=2026)
    asked.add_argument("--count", type=int, default=60)
    asked.add_argument(
        "--measured", type=Path, help="coverage with contexts of an earlier run, instead of a new one"
    )
    options = asked.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        data = options.measured or Path(folder) / "coverage"
        if options.measured is None:
            measure(data)
        coverage = Coverage(read(data))
    mutants = chosen(options.seed, options.count)
    tests = {mutant: coverage.tests_of(mutant) for mutant in mutants}
    covered = [mutant for mutant in mutants if tests[mutant]]
    with ThreadPoolExecutor(os.cpu_count()) as several:
        found = several.map(lambda mutant: is_caught(mutant, tests[mutant]), covered)
        caught = {mutant for mutant, is_one in zip(covered, found, strict=True) if is_one}
    for mutant in mutants:
        if mutant not in caught:
            print(f"survives {len(tests[mutant]):>4} tests  {mutant}")
    for part, folders in PARTS.items():
        its = [mutant for mutant in mutants if mutant.file.startswith(folders)]
        print(f"{part}: {len(caught.intersection(its))} of {len(its)} caught")
    share = 100 * len(caught) / len(mutants)
    print(
        f"caught {len(caught)} of {len(mutants)} ({share:.0f}%) in {(time.monotonic() - began) / 60:.0f} min"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
