"""Answers to a declared form: what a typed line or one answer means. Pure; values are fit for JSON.

Values by kind: text, choice and officer a text, choices a list of texts, number and decimal a number, date an ISO date,
time "08.30", yes a bool, weight grams, people and table a list of rows, location {latitude, longitude}, photo, file and voice
a list of file ids; None: left out.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from sop_flows.declarations.form import Field, Form, Rest
from sop_flows.errors import RuleError
from sop_flows.handbook.typed_days import read_day
from sop_flows.limits import NOTE_MAX_CHARACTERS
from sop_flows.recording.weights import RECORDABLE_G, parse_weight

SEPARATOR = ";"  # between the answers of one line, and the parts of one person
ABSENT_ANSWERS = frozenset({"-", "–", "tidak ada", "kosong"})  # typed for an optional field that stays empty
YES_WORDS = frozenset({"ya", "y", "iya", "sudah", "benar", "betul", "ada", "yes"})
NO_WORDS = frozenset({"tidak", "tdk", "t", "belum", "bukan", "tidak ada", "tak", "nggak", "no"})
YEARS_BACK, YEARS_AHEAD = 120, 5  # of a date that is recorded; further away is a slip of the finger

Values = dict[str, object]
Fault = Literal[
    "empty", "parts", "number", "range", "date", "time", "yes", "weight", "choice", "too_long", "elsewhere", "weekday"
]  # fmt: skip

_NUMBER = re.compile(r"(-?)(\d{1,12})(?:([.,])(\d{1,3}))?")
_TIME = re.compile(r"(?:(?:pukul|jam|pk\.?)\s*)?(\d{1,2})(?:\s*[.:]\s*(\d{2}))?(?:\s*wita)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")


class AnswerError(RuleError):
    """An answer that does not fit its field.

    Attributes:
        fault: "empty", "parts" (too few or many parts of a line), "number", "range" (outside min and max), "date",
            "time", "yes", "weight", "choice", "too_long", "weekday" (beside the date of another one), or "elsewhere" (a
            photo, file, voice or location can't be typed).
        field: the field, None for a whole line.
        choices: what could be said.
        said: the words that do not fit.
    """

    def __init__(
        self, fault: Fault, field: Field | None = None, choices: Sequence[str] = (), said: str = ""
    ) -> None:
        super().__init__(fault)
        self.fault = fault
        self.field = field
        self.choices = tuple(choices)
        self.said = said


def read_answer(field: Field, text: str, choices: Sequence[str], today: date) -> object:
    """The value of one field as typed; None when an optional field is left empty.

    Args:
        choices: what can be chosen for this child or step.
        today: the local date; "kemarin" is counted from it.

    Raises:
        AnswerError: it does not fit. People and tables are read by `sop_flows.recording.forms.people`: they may come in
            several messages.
    """
    words = text.strip()
    if field.optional and (not words or words.casefold() in ABSENT_ANSWERS):
        return None
    if not words:
        raise AnswerError("empty", field, choices)
    if len(words) > NOTE_MAX_CHARACTERS:
        raise AnswerError("too_long", field)
    match field.kind:
        case "number" | "decimal":
            return _number(field, words)
        case "time":
            return _time(field, words)
        case "choice" | "officer":
            return _choice(field, words, choices)
        case "choices":
            parts = [part.strip() for part in re.split(r"[,;\n]", words) if part.strip()]
            return list(dict.fromkeys(_choice(field, part, choices) for part in parts))
        case "date":
            return _date(field, words, today)
        case "yes":
            return _yes(field, words)
        case "weight":
            return _weight(field, words)
        case "location" | "photo" | "file" | "voice" | "people" | "table":
            raise AnswerError("elsewhere", field)
    return words


def _number(field: Field, words: str) -> int | float:
    bare = words
    if field.unit is not None:
        bare = re.sub(rf"\s*{re.escape(field.unit)}\.?$", "", words, flags=re.IGNORECASE)
    if field.unit is not None and _THOUSANDS.fullmatch(bare):  # "1.500" is a thousand and a half here
        bare = bare.replace(".", "")
    match = _NUMBER.fullmatch(bare)
    # Only what is measured has decimals, and only what may lie below zero a minus.
    is_measured = field.kind == "decimal" or field.unit is not None
    if match is None or (match[3] and not is_measured) or (match[1] and (field.min or 0) >= 0):
        raise AnswerError("number", field, said=words)
    value = float(f"{match[1]}{match[2]}.{match[4] or 0}")
    if (field.min is not None and value < field.min) or (field.max is not None and value > field.max):
        raise AnswerError("range", field, said=bare)
    return int(value) if value.is_integer() else value


def _time(field: Field, words: str) -> str:
    match = _TIME.fullmatch(words)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match is not None else (24, 0)
    if hour > 23 or minute > 59:
        raise AnswerError("time", field, said=words)
    return f"{hour:02}.{minute:02}"


def _date(field: Field, words: str, today: date) -> str:
    found = read_day(words, today, "past")
    if found is not None and found.weekday is not None:
        raise AnswerError("weekday", field, said=words)
    day = None if found is None else found.day
    if day is None or not today.year - YEARS_BACK <= day.year <= today.year + YEARS_AHEAD:
        raise AnswerError("date", field, said=words)
    return day.isoformat()


def _yes(field: Field, words: str) -> bool:
    said = words.casefold().rstrip(".! ")
    if said in YES_WORDS:
        return True
    if said in NO_WORDS:
        return False
    raise AnswerError("yes", field, said=words)


def _weight(field: Field, words: str) -> int:
    grams = parse_weight(words)
    if grams is None or grams not in RECORDABLE_G:
        raise AnswerError("weight", field, said=words)
    return grams


def _choice(field: Field, words: str, choices: Sequence[str]) -> str:
    said = words.casefold()
    exact = [choice for choice in choices if choice.casefold() == said]
    # "melati" for "Wisma Melati", as long as it can mean one only
    near = [choice for choice in choices if said in choice.casefold()] if len(said) >= 3 else []
    if exact or len(near) == 1:
        return (exact or near)[0]
    if field.free_text or field.kind == "officer":
        return words
    raise AnswerError("choice", field, choices, said=words)


def read_line(form: Form, text: str, choices: Mapping[str, Sequence[str]], today: date) -> Values:
    """The values of a `line` form; several fields are separated by ";" in their order.

    Raises:
        AnswerError: too few or too many parts, or one that does not fit.
    """
    if len(form.fields) == 1:
        only = form.fields[0]
        return {only.key: read_answer(only, text, choices.get(only.key, ()), today)}
    parts = [part.strip() for part in text.split(SEPARATOR)]
    while len(parts) > len(form.fields) and not parts[-1]:
        parts.pop()
    parts += [""] * (len(form.fields) - len(parts)) if _may_end_early(form, len(parts)) else []
    if len(parts) != len(form.fields):
        raise AnswerError("parts")
    return {
        field.key: read_answer(field, part, choices.get(field.key, ()), today)
        for field, part in zip(form.fields, parts, strict=True)
    }


def _may_end_early(form: Form, parts: int) -> bool:
    return all(field.optional for field in form.fields[parts:])


def rest_values(form: Form, rest: Rest) -> Values:
    """What "Sisanya: ..." records: its word in every field that needs an answer, the others are left out."""
    answered = form.answered_by_rest
    return {field.key: rest.value if field in answered else None for field in form.fields}


def is_weighing(form: Form | None) -> bool:
    """Whether the step is a weigh-in, with a height or without: weights are kept in a table of their own."""
    return form is not None and form.is_weighing


def is_complete(form: Form, values: Mapping[str, object]) -> bool:
    """Whether every question that needs an answer has one."""
    return all(field.optional or values.get(field.key) is not None for field in form.fields)


def unanswered(form: Form, values: Mapping[str, object]) -> tuple[Field, ...]:
    """The questions that were neither answered nor left out on purpose."""
    return tuple(field for field in form.fields if field.key not in values)
