"""scripts/mutants.py breaks what it says, one place at a time."""

import ast

import pytest

from scripts.mutants import Coverage, Mutant, chosen, mutants_of, mutated

SOURCE = '''
@decorator(1)
def due(at: Literal[1], now=2) -> Literal[3]:
    """A docstring."""
    while True:
        if not at < now and at is None:
            break
        note(at + now)
    return "text"
'''
BROKEN = (
    "2  ->  3",
    "True  ->  False",
    "not at < now and at is None  ->  not at < now or at is None",
    "not at < now  ->  at < now",
    "at < now  ->  at <= now",
    "at is None  ->  at is not None",
    "break  ->  continue",
    "note(at + now)  ->  pass",
    "at + now  ->  at - now",
)


def test_every_place_once_and_none_where_nothing_runs() -> None:
    assert sorted(mutant.words for mutant in mutants_of("due.py", SOURCE)) == sorted(BROKEN)


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_a_mutant_differs_in_its_place_and_its_line(number: int) -> None:
    usual = ast.unparse(ast.parse(SOURCE)).splitlines()
    broken = ast.unparse(mutated(SOURCE, number)).splitlines()
    mutant = list(mutants_of("due.py", SOURCE))[number]
    differ = [n for n, (one, other) in enumerate(zip(usual, broken, strict=True), start=2) if one != other]
    assert differ == [mutant.line]
    compile(ast.unparse(mutated(SOURCE, number)), "due.py", "exec")


@pytest.mark.slow
def test_the_same_seed_is_the_same_places() -> None:
    assert chosen(7, 12) == chosen(7, 12)
    assert len(set(chosen(7, 12)) - set(chosen(8, 12))) > 0


@pytest.mark.parametrize(
    ("line", "tests"),
    [(2, ["a.py::narrow", "a.py::wide"]), (1, ["a.py::narrow", "a.py::elsewhere", "a.py::wide"]), (4, [])],
    ids=["most specific first", "at import: all of the module", "none"],
)
def test_the_tests_of_a_line(line: int, tests: list[str]) -> None:
    covers = {"a.py::wide|run": [2, 3, 5], "a.py::narrow|run": [2], "a.py::elsewhere|run": [3, 5], "": [1]}
    coverage = Coverage({"/x/sop_flows/due.py": covers})
    assert coverage.tests_of(Mutant("sop_flows/due.py", 0, line, "")) == tests
