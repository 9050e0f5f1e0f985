"""docs/packs.md: its example is a pack, and it leaves out no key."""

import re
from pathlib import Path

import click
import pytest
import yaml

from sop_flows.calendar.dates import OfficeHours
from sop_flows.calendar.plan import check_plan
from sop_flows.declarations.decision import Decision
from sop_flows.declarations.declared import Declared
from sop_flows.declarations.form import Field, Form
from sop_flows.declarations.hours import CalendarFile, Season
from sop_flows.declarations.incidents import IncidentRules
from sop_flows.declarations.loader import load_pack
from sop_flows.declarations.papers import Paper, Papers, Signatory
from sop_flows.declarations.sop import Sop, Start, Step
from sop_flows.declarations.timing import ChooseDate, Event, Every
from sop_flows.declarations.unit import (
    AccessRules,
    AgeLimits,
    CaseRules,
    Dormitory,
    Related,
    Role,
    SopDates,
    StandIn,
    Unit,
    WeightLimits,
)

TEXT = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
MODELS = [
    Unit, Role, StandIn, Dormitory, WeightLimits, AgeLimits, AccessRules, SopDates, Related, CaseRules, IncidentRules, CalendarFile,
    Season,
    Sop, Start, Step, Event, Every, ChooseDate, Decision, Form, Field,
    Papers, Paper, Signatory,
]  # fmt: skip


def test_the_example_is_a_pack_with_nothing_wrong(tmp_path: Path) -> None:
    unit, sop, *_rest = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "unit.yaml").write_text(unit, encoding="utf-8")
    (tmp_path / "1.1.yaml").write_text(sop, encoding="utf-8")
    pack = load_pack(tmp_path)
    assert check_plan(pack, OfficeHours.of(pack.unit)) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_explained(model: type[Declared]) -> None:
    missing = [key for key in model.model_fields if re.search(rf"\b{key}\b", TEXT) is None]
    assert missing == []


def test_every_key_of_practice_has_a_word_or_is_a_note() -> None:
    """practice.yaml says how such a house works; what of it no pack can say is named as such."""
    with (Path(__file__).parent / "practice.yaml").open(encoding="utf-8") as file:
        said = yaml.load(file, Loader=yaml.CSafeLoader)
    keys = {"forms"} | {
        key
        for program in ("petirahan", "perlindungan")
        for sop in said[program].values()
        for name, step in sop.items()
        for key in ((name, *step) if isinstance(step, dict) else (name,))
        if isinstance(key, str) and not key[0].isdigit()
    }
    missing = [key for key in sorted(keys) if re.search(rf"`{key.partition(' ')[0]}", TEXT) is None]
    assert missing == []


def test_every_command_of_sop_is_explained() -> None:
    from bot.commands.sop import sop_group

    assert [
        name for name in sop_group.list_commands(click.Context(sop_group)) if f"pandu sop {name}" not in TEXT
    ] == []
