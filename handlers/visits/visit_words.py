"""How a form that is asked question by question reads: its labels, its answers, the report before it is saved."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers.looks.dates import day_words
from handlers.looks.markup import esc
from handlers.looks.wording import _
from sop_flows.declarations.form import Field
from sop_flows.rolls.roll_call import Roll


def label_of(field: Field) -> str:
    """ "Ditemui" for the key `ditemui`."""
    return field.key.replace("_", " ").capitalize()


def answer_words(field: Field, value: Any) -> str:
    """One answer in words (HTML)."""
    if field.kind == "location":
        return _("yes (location)") if value else _("none")
    if field.kind == "photo":
        return str(len(value)) if value else "0"
    return esc(str(value)) if value not in (None, "") else "-"


def report_lines(roll: Roll, values: Mapping[str, Any]) -> list[str]:
    """ "Ditemui: Ibu", one line a field."""
    form = roll.step.record
    if form is None:
        return []
    return [f"{esc(label_of(field))}: {answer_words(field, values.get(field.key))}" for field in form.fields]


def day_line(done_on: date | None, today: date) -> str:
    """ "Tanggal: kemarin"; "" for today."""
    if done_on is None or done_on == today:
        return ""
    return _("Date: {day}").format(day=day_words(done_on, today))
