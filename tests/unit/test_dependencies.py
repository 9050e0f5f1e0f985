"""What the rooms import is declared in pyproject.toml, and what is declared is there for a reason."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

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


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["demo"], *extras["postgres"]]
    return {re.split(r"[\[<>=~]", line)[0].lower() for line in lines}


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    known = packages_distributions()
    ours = {*ROOMS, *sys.stdlib_module_names}
    used = {known[name][0].lower().replace("_", "-") for name in imported() if name not in ours}
    assert used - PARTS | NOT_IMPORTED | BY_NAME == declared()
