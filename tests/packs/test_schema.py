"""The JSON Schemas for editors: as the models are, right about our packs, wrong about few mistakes."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from sop_flows.declarations.schema import as_text, papers_schema, sop_schema, unit_schema
from sop_flows.declarations.yaml_reading import read_marked
from sop_flows.packs import BUILT_IN
from tests.packs.small_pack import FIRST, SECOND, UNIT

FOLDER = Path(__file__).parents[2] / "docs" / "schema"
SOPS = Draft7Validator(sop_schema(), format_checker=Draft7Validator.FORMAT_CHECKER)
UNITS = Draft7Validator(unit_schema(), format_checker=Draft7Validator.FORMAT_CHECKER)
FILES = sorted(BUILT_IN.glob("*/*.yaml"))


def as_json(data: Any) -> Any:
    """As an editor sees it: no tuples, no dates."""
    if isinstance(data, dict):
        return {str(key): as_json(value) for key, value in data.items()}
    if isinstance(data, tuple):
        return [as_json(one) for one in data]
    return data.isoformat() if isinstance(data, date) else data


def complaints(text: str, name: str = "1.1.yaml") -> list[str]:
    schema = UNITS if name == "unit.yaml" else SOPS
    return [error.message for error in schema.iter_errors(as_json(read_marked(text, name).data))]


def test_the_written_schemas_are_those_of_the_models() -> None:
    assert (FOLDER / "sop.schema.json").read_text("utf-8") == as_text(sop_schema()), "run: make schema"
    assert (FOLDER / "unit.schema.json").read_text("utf-8") == as_text(unit_schema()), "run: make schema"
    assert (FOLDER / "papers.schema.json").read_text("utf-8") == as_text(papers_schema()), "run: make schema"


def test_the_schemas_are_schemas() -> None:
    Draft7Validator.check_schema(sop_schema())
    Draft7Validator.check_schema(unit_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_is_wrong_with_our_packs(path: Path) -> None:
    assert complaints(path.read_text("utf-8"), path.name) == []


def test_keys_are_explained() -> None:
    steps = sop_schema()["$defs"]["Step"]["properties"]
    assert steps["prompt"]["description"].startswith("ours: a short, polite imperative")
    assert unit_schema()["properties"]["sections"]["description"].startswith("roles; those that")


def test_a_file_of_differences_needs_little() -> None:
    differences = (
        'number: "1.3"\ntitle: Ketiga\nsame_steps_as: "1.1"\nsteps:\n  - {step: 2, prompt: Catat lagi.}\n'
    )
    assert complaints(differences) == []
    assert len(complaints(differences.replace('same_steps_as: "1.1"\n', ""))) > 1


@pytest.mark.parametrize(
    ("text", "there", "instead"),
    [
        (FIRST, "prompt:", "promt:"),
        (FIRST, "phase: awal\n", ""),
        (FIRST, "1 hari", "1 minggu"),
        (FIRST, "at: arrival", "at: arrival - 1 jam"),
        (FIRST, "kind: do", "kind: doo"),
        (FIRST, "kind: text", "kind: texts"),
        (FIRST, "- step: 2", "- step: dua"),
        (SECOND, '"-1 hari"', '"1 hari"'),
        (SECOND, "until: departure", "until: tutup"),
        (SECOND, "[peksos, kepala]", "peksos"),
        (UNIT, "12.00-13.00", "12:00"),
        (UNIT, "senin:", "monday:"),
        (UNIT, "sex: P", "sex: X"),
    ],
)
def test_mistakes_are_seen_while_they_are_typed(text: str, there: str, instead: str) -> None:
    name = "unit.yaml" if text is UNIT else "1.1.yaml"
    assert complaints(text, name) == []
    assert complaints(text.replace(there, instead, 1), name) != []


def test_all_spellings_of_a_time_are_known() -> None:
    for written in ("0", "4 jam", "15 hari", "3-6 bulan"):
        assert complaints(FIRST.replace("standard: 1 hari", f"standard: {written}")) == []
    for written in ("departure + 1 hari", "opening", "opening + 3 bulan"):
        assert complaints(FIRST.replace("at: arrival", f"at: {written}")) == []
    check = '    requires:\n      - Jelas\n      - {text: "Lima", check: schools_at_least, count: 5}\n'
    assert complaints(FIRST + check) == []
    assert complaints(FIRST + check.replace("schools_at_least", "sekolah")) != []
