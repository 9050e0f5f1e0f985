"""What the rooms import is declared in pyproject.toml, and what is declared is there for a reason."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "sop_flows", "storage", "simulator")
NOT_IMPORTED = {"tzdata"}  # the standard library asks for it by itself
PARTS = {"pydantic-core"}  # pydantic brings the one version that fits it
BY_NAME = {"psycopg", "python-multipart"}  # SQLAlchemy and Starlette import it when it is needed


def imported() -> Iterator[str]:
    """Every package of others that a room imports, by its first name."""
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (name.name.partition(".")[0] for name in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.partition(".")[0]


def declared(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return [Requirement(line.lower()) for group in lines for line in group]


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    known = packages_distributions()
    ours = {*ROOMS, *sys.stdlib_module_names}
    used = {known[name][0].lower().replace("_", "-") for name in imported() if name not in ours}
    assert used - PARTS | NOT_IMPORTED | BY_NAME == {one.name for one in declared("demo", "postgres")}


def test_the_lock_has_a_fitting_version_of_everything_and_nothing_else() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"[a-z0-9-]+==[a-z0-9.]+", line) for line in lines)
    locked = dict(line.split("==") for line in lines)
    for one in declared("demo", "postgres", "dev", "audit"):
        assert one.name == "pandu" or one.specifier.contains(locked[one.name]), one
    hashed = (ROOT / "requirements.hashes").read_text("utf-8").splitlines()[1:]
    assert [line.partition(" --hash=sha256:")[0] for line in hashed] == lines
