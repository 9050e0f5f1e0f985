"""`pandu sop plan` against the table: what the command foretells is what was lived."""

import json
from collections.abc import Sequence

from click.testing import CliRunner

from bot.cli import pandu
from tests.life.table import Row

Line = tuple[str, int, tuple[str, ...], str, str]  # SOP, step, executors, offered, due


def planned(*arguments: str) -> set[Line]:
    """What the command line says, by `pandu sop plan ... --json`."""
    result = CliRunner().invoke(pandu, ["sop", "plan", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return {
        (one["sop"], one["step"], tuple(one["executors"]), one["opens_on"], one["due_on"])
        for one in json.loads(result.stdout)
    }


def lived(rows: Sequence[Row]) -> set[Line]:
    """The same of the table, without what was started by hand."""
    return {
        (row.sop, row.step, row.executors, f"{row.offered}", f"{row.due.date()}")
        for row in rows
        if not row.by_hand
    }
