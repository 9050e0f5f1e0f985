"""People named in a form, one a line: "Ani; S1 Pekerjaan Sosial" (SOP 9.2.02 step 3). Pure."""

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
        rows: people with every column filled, in the order of their names.
        lacking: names without their second part.
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
    lines = [_PLACE.sub("", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line.strip(f" {SEPARATOR}-")]
    if not lines:
        raise AnswerError("empty", field)
    if len(text) > NOTE_MAX_CHARACTERS * 2 or len(lines) > PEOPLE_MAX:
        raise AnswerError("too_long", field)
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
