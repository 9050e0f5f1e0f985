"""Answers to a declared form: what a typed line or one answer means. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from sop_flows.declarations.form import Field, Form
from sop_flows.errors import RuleError
from sop_flows.limits import NOTE_MAX_CHARACTERS

SEPARATOR = ";"  # between the answers of one line
ABSENT_ANSWERS = frozenset({"-", "–", "tidak ada", "kosong"})  # typed for an optional field that stays empty

Values = dict[str, object]
Fault = Literal["empty", "parts", "number", "choice", "too_long", "elsewhere"]

_NUMBER = re.compile(r"\d{1,12}")


class AnswerError(RuleError):
    """An answer that does not fit its field.

    Attributes:
        fault: "empty", "parts" (too few or many parts of a line), "number", "choice", "too_long", or
            "elsewhere" (a photo or location can't be typed).
        field: the field, None for a whole line.
        choices: what could be said.
    """

    def __init__(self, fault: Fault, field: Field | None = None, choices: Sequence[str] = ()) -> None:
        super().__init__(fault)
        self.fault = fault
        self.field = field
        self.choices = tuple(choices)


def read_answer(field: Field, text: str, choices: Sequence[str]) -> object:
    """The value of one field as typed; None when an optional field is left empty.

    Raises:
        AnswerError: it does not fit.
    """
    words = text.strip()
    if field.optional and (not words or words.casefold() in ABSENT_ANSWERS):
        return None
    if not words:
        raise AnswerError("empty", field, choices)
    if len(words) > NOTE_MAX_CHARACTERS:
        raise AnswerError("too_long", field)
    if field.kind == "number":
        if _NUMBER.fullmatch(words) is None:
            raise AnswerError("number", field)
        return int(words)
    if field.kind == "choice":
        return _choice(field, words, choices)
    if field.kind in ("location", "photo"):
        raise AnswerError("elsewhere", field)
    return words


def _choice(field: Field, words: str, choices: Sequence[str]) -> str:
    said = words.casefold()
    exact = [choice for choice in choices if choice.casefold() == said]
    # "melati" for "Wisma Melati", as long as it can mean one only
    near = [choice for choice in choices if said in choice.casefold()] if len(said) >= 3 else []
    if exact or len(near) == 1:
        return (exact or near)[0]
    if field.free_text:
        return words
    raise AnswerError("choice", field, choices)


def read_line(form: Form, text: str, choices: Mapping[str, Sequence[str]]) -> Values:
    """The values of a `line` form; several fields are separated by ";" in their order.

    Raises:
        AnswerError: too few or too many parts, or one that does not fit.
    """
    if len(form.fields) == 1:
        only = form.fields[0]
        return {only.key: read_answer(only, text, choices.get(only.key, ()))}
    parts = [part.strip() for part in text.split(SEPARATOR)]
    while len(parts) > len(form.fields) and not parts[-1]:
        parts.pop()
    parts += [""] * (len(form.fields) - len(parts)) if _may_end_early(form, len(parts)) else []
    if len(parts) != len(form.fields):
        raise AnswerError("parts")
    return {
        field.key: read_answer(field, part, choices.get(field.key, ()))
        for field, part in zip(form.fields, parts, strict=True)
    }


def _may_end_early(form: Form, parts: int) -> bool:
    return all(field.optional for field in form.fields[parts:])


def rest_values(form: Form) -> Values | None:
    """What "Sisanya: ..." records in every field; None when the form has no such button."""
    if form.rest_value is None:
        return None
    return {field.key: form.rest_value for field in form.fields}


def is_weighing(form: Form | None) -> bool:
    """Whether the step is a weigh-in: its only field is a weight, kept in a table of its own."""
    return form is not None and len(form.fields) == 1 and form.fields[0].kind == "weight"
