"""Words typed on a roll: a number to go to, lines by number, and what is wrong with an answer."""

import re

from handlers.looks.markup import esc
from handlers.looks.wording import _
from sop_flows.declarations.form import Form
from sop_flows.limits import NOTE_MAX_CHARACTERS
from sop_flows.rolls.forms import AnswerError
from sop_flows.rolls.roll_call import Roll

_GO_TO = re.compile(r"(?:no(?:mor)?\.?|ke|anak|#)\s*0*(\d{1,4})", re.IGNORECASE)
_BARE = re.compile(r"0*(\d{1,4})")
_MARKED = re.compile(
    r"(?:(?:no(?:mor)?|anak)\.?\s*|#\s*)0*(\d{1,4})\s*[.:)=]?\s+(.+)|0*(\d{1,4})\s*[:=)]\s*(.+)",
    re.IGNORECASE,
)
_CODED = re.compile(r"(\d{3,4})[.]?\s+(.+)")  # "012 sehat": nobody writes a count with a zero in front
_LOOSE = re.compile(r"0*(\d{1,4})[.]?\s+(.+)")


def jump_number(text: str, roll: Roll) -> int | None:
    """The number whose card is asked for: "no 12", "#12", or a bare "12" where numbers are no answers."""
    match = _GO_TO.fullmatch(text)
    form = roll.step.record
    if match is None and (form is None or all(field.kind != "number" for field in form.fields)):
        match = _BARE.fullmatch(text)
    return int(match[1]) if match else None


def numbered_lines(text: str, roll: Roll) -> list[tuple[int, str]] | None:
    """Number and answer of every line; None when the words are one answer for the child shown.

    One line needs a code that can't be part of an answer ("012 ...", "no 12 ...", "12: ..."), unless the answers
    are choices or numbers. Several lines need a number each.
    """
    form = roll.step.record
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if form is None or not lines:
        return None
    short_answers = len(form.fields) == 1 and form.fields[0].kind in ("choice", "number")
    loose = len(lines) > 1 or short_answers
    found = [_line(line, loose) for line in lines]
    if any(one is None for one in found):
        return None
    return [one for one in found if one is not None]


def _line(line: str, loose: bool) -> tuple[int, str] | None:
    if match := _MARKED.fullmatch(line):
        return int(match[1] or match[3]), match[2] or match[4]
    if match := (_LOOSE if loose else _CODED).fullmatch(line):
        return int(match[1]), match[2]
    return None


def answer_problem(form: Form, error: AnswerError) -> str:
    """Why an answer does not fit, with what would (HTML)."""
    if error.fault == "parts":
        keys = "; ".join(field.key.replace("_", " ") for field in form.fields)
        return _("I need {count} parts, separated by semicolons: {parts}").format(
            count=len(form.fields), parts=f"<i>{esc(keys)}</i>"
        )
    if error.fault == "choice":
        return _("Please choose one of: {choices}").format(choices=esc(", ".join(error.choices)))
    if error.fault == "number":
        return _("Please type a number in digits.")
    if error.fault == "too_long":
        return _("That is too long. Please write it in at most {limit} characters.").format(
            limit=NOTE_MAX_CHARACTERS
        )
    if error.fault == "elsewhere":
        return _("Please send it with the paper clip of Telegram.")
    field = error.field
    return (
        _("Please answer: {question}").format(question=esc(field.ask))
        if field is not None
        else _("Please answer.")
    )
