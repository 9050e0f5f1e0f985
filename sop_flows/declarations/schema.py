"""JSON Schemas of the files of a pack, for editors: completion, and most mistakes while they are typed.

What each key means is said once, in the comments beside the fields of the models; they become the
descriptions. They are read from the source here and nowhere else, so that a start of Pandu does not pay for it.
"""

import ast
import inspect
import io
import json
import textwrap
import tokenize
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

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


def as_text(schema: Json) -> str:
    """As a file: the same schema always makes the same text."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _schema_of(model: type[BaseModel], title: str) -> Json:
    found = model.model_json_schema(mode="validation")
    models = {part.__name__: part for part in _parts_of(model)}
    for name, schema in found.get("$defs", {}).items():
        if name in models:
            _describe(schema, models[name])
    _describe(found, model)
    _tidy(found)
    return {"$schema": DIALECT, "title": title, **found}


def _parts_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and all models within it."""
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [model]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            if one not in seen:
                seen.add(one)
                waiting += [field.annotation for field in one.model_fields.values()]
        else:
            waiting += get_args(one)
    yield from seen


def _describe(schema: Json, model: type[BaseModel]) -> None:
    if model.__doc__:
        schema["description"] = inspect.cleandoc(model.__doc__)
    comments = _comments_of(model)
    for key, said in schema.get("properties", {}).items():
        if key in comments:
            said["description"] = comments[key]


def _comments_of(model: type[BaseModel]) -> dict[str, str]:
    """What stands in the comments of each field: on the lines above it, or behind it."""
    source = textwrap.dedent(inspect.getsource(model))
    (body,) = ast.parse(source).body
    assert isinstance(body, ast.ClassDef)
    comments: dict[int, str] = {}
    alone: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            comments[line] = token.string.lstrip("# ")
            if not token.line[:column].strip():
                alone.add(line)
    found: dict[str, str] = {}
    for field in body.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            first = field.lineno
            while first - 1 in alone:
                first -= 1
            last = field.end_lineno or field.lineno
            said = [comments[line] for line in range(first, last + 1) if line in comments]
            if said:
                found[field.target.id] = " ".join(said)
    return found


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
        if "$ref" in schema and len(schema) > 1:
            schema["allOf"] = [{"$ref": schema.pop("$ref")}]
        for part in schema.values():
            _tidy(part)
