"""Rows typed into a form, one a line: people ("Ani; S1 Pekerjaan Sosial", SOP 9.2.02 step 3) and tables. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sop_flows.declarations.form import Field
from sop_flows.limits import NOTE_MAX_CHARACTERS
from sop_flows.recording.forms.answers import SEPARATOR, AnswerError

PEOPLE_MAX = 60  # of one answer: more are not the officers of one house
_PLACE = re.compile(r"^\s*(?:\d{1,2}\s*[.)]|[-•*])\s*")  # "1. ", "- "


@dataclass(frozen=True)
class ReadPeople:
    """What is known now.

    Attributes:
        rows: those with every column filled, in the order of their names or lines.
        lacking: names without their second part; of a table the lines that are too short.
    """

    rows: tuple[tuple[str, ...], ...]
    lacking: tuple[str, ...]


def read_people(
    field: Field, text: str, known: Sequence[Sequence[str]] = (), lacking: Sequence[str] = ()
) -> ReadPeople:
    """The people of a message, together with those of the messages before it.

    Args:
        known: people who are complete already; a line with the name of one of them replaces it.
        lacking: names that were asked back. When one name lacks one part, a line without a separator is that part.

    Raises:
        AnswerError: "empty", "too_long", or "parts" (a line that has too many parts, or no name).
    """
    lines = _lines(field, text)
    wanted = len(field.columns)
    if len(lacking) == 1 and len(lines) == 1 and SEPARATOR not in lines[0] and wanted == 2:
        lines = [f"{lacking[0]}{SEPARATOR} {lines[0]}"]
    rows = {row[0].casefold(): tuple(row) for row in known}
    missing = {name.casefold(): name for name in lacking}
    here: set[str] = set()
    for line in lines:
        parts = [part.strip() for part in line.split(SEPARATOR)]
        while len(parts) > wanted and not parts[-1]:
            parts.pop()
        name = parts[0]
        if len(parts) > wanted or not any(letter.isalpha() for letter in name):
            raise AnswerError("parts", field, said=line)
        key = name.casefold()
        if len(parts) == wanted and all(parts):
            again = key in here  # two people of one name in one message
            rows[f"{key}{SEPARATOR}{len(rows)}" if again else key] = tuple(parts)
            here.add(key)
            missing.pop(key, None)
        elif key not in rows:
            missing[key] = name
    return ReadPeople(tuple(rows.values()), tuple(missing.values()))


def _lines(field: Field, text: str) -> list[str]:
    lines = [_PLACE.sub("", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line.strip(f" {SEPARATOR}-")]
    if not lines:
        raise AnswerError("empty", field)
    if len(text) > NOTE_MAX_CHARACTERS * 2 or len(lines) > PEOPLE_MAX:
        raise AnswerError("too_long", field)
    return lines


def read_table(
    field: Field, text: str, known: Sequence[Sequence[str]] = (), lacking: Sequence[str] = ()
) -> ReadPeople:
    """The rows of a message, below those of the messages before it ("Senin; 08.00; Matematika").

    Args:
        known: rows that are complete already.
        lacking: lines that were asked back, in their words. A line that begins like one of them completes it; when one lacks
            one part, a line without a separator is that part.

    Returns:
        The rows, and the lines that have too few parts.

    Raises:
        AnswerError: "empty", "too_long", or "parts" (a line that has too many parts).
    """
    lines = _lines(field, text)
    wanted = len(field.columns)
    missing = [_parts(line) for line in lacking]
    if len(missing) == 1 and len(lines) == 1 and len(missing[0]) == wanted - 1 and SEPARATOR not in lines[0]:
        lines = [SEPARATOR.join([*missing[0], lines[0]])]
    rows = [tuple(row) for row in known]
    for line in lines:
        parts = _parts(line)
        if len(parts) > wanted:
            raise AnswerError("parts", field, said=line)
        missing = [one for one in missing if not _begins_like(parts, one)]
        if len(parts) == wanted and all(parts):
            rows.append(tuple(parts))
        else:
            missing.append(parts)
    if len(rows) + len(missing) > PEOPLE_MAX:
        raise AnswerError("too_long", field)
    return ReadPeople(tuple(rows), tuple(f"{SEPARATOR} ".join(one) for one in missing))


def _parts(line: str) -> list[str]:
    parts = [part.strip() for part in line.split(SEPARATOR)]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _begins_like(parts: Sequence[str], earlier: Sequence[str]) -> bool:
    return len(parts) >= len(earlier) and all(
        one.casefold() == other.casefold() for one, other in zip(parts, earlier, strict=False) if other
    )
