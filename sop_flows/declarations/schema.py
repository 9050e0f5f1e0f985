"""JSON Schemas of the files of a pack, for editors: completion, and most mistakes while they are typed.

What each key means is said once, in the docstrings below the fields of the models.
"""

import json
from typing import Any

from pydantic import BaseModel

from sop_flows.declarations.papers import Papers
from sop_flows.declarations.same_steps import KEY, OWN
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.unit import Unit

DIALECT = "http://json-schema.org/draft-07/schema#"  # what the YAML servers of editors understand best

Json = dict[str, Any]


def sop_schema() -> Json:
    """Of one SOP: a whole one, or its differences from another (`same_steps_as`)."""
    schema = _schema_of(Sop, "An SOP of a pack")
    step = schema["$defs"]["Step"]
    whole, whole_step = schema["required"], step["required"]
    step["required"] = ["step"]
    named = {"type": "string", "description": "The name of a form that unit.yaml has under forms."}
    step["properties"]["record"]["anyOf"].insert(0, named)
    own = sorted(OWN & set(whole))
    schema["required"] = own
    schema["if"] = {"required": [KEY]}
    schema["then"] = {}
    schema["else"] = {
        "required": whole,
        "properties": {"steps": {"items": {"required": whole_step}}},
    }
    return schema


def unit_schema() -> Json:
    """Of unit.yaml."""
    return _schema_of(Unit, "The institution of a pack")


def papers_schema() -> Json:
    """Of papers/papers.yaml."""
    return _schema_of(Papers, "The papers of a pack")


def as_text(schema: Json) -> str:
    """As a file: the same schema always makes the same text."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _schema_of(model: type[BaseModel], title: str) -> Json:
    found = model.model_json_schema(mode="validation")
    _tidy(found)
    return {"$schema": DIALECT, "title": title, **found}


def _tidy(schema: Any) -> None:
    """Take out what only makes noise in an editor, and what draft-07 would not see beside a $ref."""
    if isinstance(schema, list):
        for part in schema:
            _tidy(part)
    elif isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        if not isinstance(schema.get("default", ""), bool | str | int):
            del schema["default"]
        if isinstance(schema.get("description"), str):
            schema["description"] = schema["description"].strip()  # a docstring may not end with a quote
        if "$ref" in schema and len(schema) > 1:
            schema["allOf"] = [{"$ref": schema.pop("$ref")}]
        for part in schema.values():
            _tidy(part)
