"""Plain data -> a declaration, with pydantic's findings said in the words of somebody who edits a pack."""

from datetime import date
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sop_flows.declarations.declared import NOT_BLANK, SOP_NUMBER, Declared, DeclaredAsText
from sop_flows.declarations.marked_yaml import MarkedYaml, Path
from sop_flows.declarations.near import did_you_mean

KEYS_SHOWN = 14  # a part with more keys is not listed when an unknown one stands in it

SHOWN_MAX = 80  # characters of what was given

D = TypeVar("D", bound=Declared)

_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "date_type": "a date like 2026-12-24",
    "time_type": "a time",
}


def declare(model: type[D], marked: MarkedYaml) -> D | None:
    """The declaration that `marked` holds; None when something is wrong, which `marked.errors` then says."""
    if marked.errors:
        return None  # a key that could not be read would be reported again, as missing
    try:
        return model.model_validate(marked.data)
    except ValidationError as error:
        for finding in error.errors(include_url=False):
            # "[key]" marks that a key of a mapping, not its value, is wrong; "[date]" one way of several.
            path = tuple(part for part in finding["loc"] if not str(part).startswith("["))
            marked.refuse(path, _in_words(model, finding, path))
        return None


def _in_words(model: type[BaseModel], finding: ErrorDetails, path: Path) -> str:
    name = _name(path)
    given = finding["input"]
    kind = finding["type"]
    if kind == "extra_forbidden":
        around = _model_at(model, path[:-1])
        known = [] if around is None else list(around.model_fields)
        hint = did_you_mean(str(path[-1]), known)
        if not hint and known and len(known) <= KEYS_SHOWN:
            hint = f"; here may stand {', '.join(known)}"
        return f"unknown key '{path[-1]}'{hint}"
    if kind == "missing":
        return f"{name} is missing"
    if kind == "value_error":
        return finding["msg"].removeprefix("Value error, ")
    if kind in _EXPECTED:
        part = _model_at(model, path) if kind.startswith("model") else None
        as_text = part is not None and issubclass(part, DeclaredAsText)
        expected = "a text" if as_text else _EXPECTED[kind]
        return f"{name} must be {expected}, not {_shown(given)}{_hint(model, kind, given, path)}"
    if kind == "literal_error":
        return f"{name} must be {finding['ctx']['expected']}, not {_shown(given)}"
    if kind == "string_pattern_mismatch":
        return _mismatch(name, finding["ctx"]["pattern"], given)
    if kind == "string_too_short":
        return f"{name} must not be empty"
    if kind == "string_too_long":
        return f"{name} has {len(given)} characters; {finding['ctx']['max_length']} is the most"
    return f"{name}: {finding['msg'][0].lower()}{finding['msg'][1:]}, not {_shown(given)}"


def _mismatch(name: str, pattern: str, given: str) -> str:
    if pattern == NOT_BLANK:
        return f"{name} must not be empty"
    if pattern == SOP_NUMBER:
        return f"{_shown(given)} is no number of a SOP; write it like 9.2.15"
    return f"{name}: {_shown(given)} does not fit {pattern}"


def _hint(model: type[BaseModel], kind: str, given: Any, path: Path) -> str:
    if isinstance(given, bool):
        return ""  # it has a sentence of its own
    if kind == "tuple_type" and isinstance(given, str | int | date):
        return f"; write [{given}]"
    if kind == "string_type" and isinstance(given, int | date):
        return f'; put quotes around a text: "{given}"'
    part = _model_at(model, path) if kind.startswith("model") else None
    example = part.example if part is not None and issubclass(part, Declared) else ""
    return f"; write it like {example}" if example else ""


def _name(path: Path) -> str:
    words = [part for part in path if isinstance(part, str)]
    return f"'{words[-1]}'" if words else "the file"


def _shown(given: Any) -> str:
    if isinstance(given, bool):
        return f"the boolean {str(given).lower()} (YAML 1.1 reads yes, no, on and off so; put quotes around a word)"
    if isinstance(given, int | float):
        return f"the number {given}"
    if given is None:
        return "nothing"
    if isinstance(given, dict | tuple):
        return "a mapping" if isinstance(given, dict) else "a list"
    if isinstance(given, date):
        return f"the date {given.isoformat()}"
    text = repr(given)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}..."


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The part that belongs at `path`: follows it through fields, tuples, mappings and optionals."""
    for part in path:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        if field is None:
            continue  # an index of a tuple or a key of a mapping: the model is the one found before
        inner = _model_in(field.annotation)
        if inner is None:
            return None
        model = inner
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)
