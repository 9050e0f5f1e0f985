"""How a form reads: the names of its questions, its answers in words, what is wrong with an answer."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.lists import format_list
from babel.numbers import format_decimal

from handlers.ui.kilograms import kilos_as_typed
from handlers.ui.request import Request
from handlers.ui.words import LOCALE, _, day_words, echo, esc, plain_date_words
from sop_flows.actions.log import WORDS, beside_note
from sop_flows.core.work import declared
from sop_flows.declarations.form import KEPT, MEASURED, ROWS, Field, Form
from sop_flows.limits import NOTE_MAX_CHARACTERS, VOICE_MAX_MINUTES
from sop_flows.recording.forms.answers import AnswerError
from sop_flows.recording.records import LOG
from sop_flows.staffing.responsibility import name_of
from storage.tables import Record, Task


def label_of(field: Field) -> str:
    """ "Ukuran baju" as declared, else "Ditemui" for the key `ditemui`."""
    return field.label or field.key.replace("_", " ").capitalize()


def answer_words(field: Field, value: Any) -> str:
    """One answer in words (HTML)."""
    if field.kind == "location":
        return _("yes (location)") if value else _("none")
    if field.kind in KEPT:
        return str(len(value)) if value else "0"
    if value in (None, "", []):
        return "-"
    return esc(plain_words(field, value))


def plain_words(field: Field, value: Any) -> str:
    """One answer in words, not escaped: for a button, or to be escaped."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.kind in MEASURED and isinstance(value, int | float):
        # A registration number has no thousands; what is measured has.
        is_counted = field.kind == "number" and field.unit is None
        number = str(value) if is_counted else format_decimal(value, locale=LOCALE)
        return number if field.unit is None else f"{number} {field.unit}"
    if field.kind == "weight" and isinstance(value, int):
        return kilos_as_typed(value)
    if field.kind == "date" and isinstance(value, str):
        return plain_date_words(date.fromisoformat(value))
    if field.kind in ROWS and isinstance(value, list):
        return "; ".join(_row(field, row) for row in value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)


def _row(field: Field, row: list[str]) -> str:
    if field.kind == "table":
        return " · ".join(row)
    name, *rest = row
    return f"{name} ({', '.join(rest)})" if rest else name


def report_lines(form: Form | None, values: Mapping[str, Any], *, only_known: bool = False) -> list[str]:
    """ "Ditemui: Ibu", one line a field; people one a line. HTML. `only_known`: without those that have no answer."""
    lines = []
    for field in form.fields if form is not None else ():
        if only_known and field.key not in values:
            continue
        value = values.get(field.key)
        if field.kind in ROWS and value:
            lines.append(f"{esc(label_of(field))}:")
            lines += [f"• {esc(_row(field, row))}" for row in value]
            continue
        lines.append(f"{esc(label_of(field))}: {answer_words(field, value)}")
    return lines


def entry_lines(request: Request, record: Record, task: Task) -> list[str]:
    """What was recorded, or noted, at a step, under the step, who did it and when (HTML)."""
    sop, step = declared(request.session, task)
    by = esc(name_of(request.session, record.officer_id) or "-")
    on = plain_date_words(record.done_on, request.institution.today(request.now))
    said = (
        [
            esc(str(record.data.get(WORDS) or "")),
            *report_lines(beside_note(step), record.data, only_known=True),
        ]
        if record.key == LOG
        else report_lines(step.record, record.data)
    )
    return [f"<b>{sop.number}/{step.step} {esc(step.short)}</b> · {by}, {on}", *said]


def values_words(form: Form, values: Mapping[str, Any]) -> str:
    """The answers of a form in one line of HTML."""
    said = [
        answer_words(field, values[field.key])
        for field in form.fields
        if values.get(field.key) not in (None, "", [])
    ]
    return "; ".join(said) or "-"


def plain_values(form: Form, values: Mapping[str, Any]) -> str:
    """The answers of a form in one line, not escaped."""
    said = (plain_words(field, values[field.key]) for field in form.fields if values.get(field.key))
    return "; ".join(said)


def day_line(done_on: date | None, today: date) -> str:
    """ "Tanggal: kemarin"; "" for today."""
    if done_on is None or done_on == today:
        return ""
    return _("Date: {day}").format(day=day_words(done_on, today))


def hint_of(field: Field) -> str:
    """What an answer looks like, where the question alone does not say (HTML); "" where it does."""
    match field.kind:
        case "number" | "decimal":
            return _range_words(field)
        case "time":
            return _("Type the hour, for example 08.30.")
        case "voice":
            return _("Send a voice message, at most {minutes} minutes.").format(minutes=VOICE_MAX_MINUTES)
        case "officer":
            return _("Choose, or type the name.")
        case "table":
            return _("One line each, parts separated by semicolons: {columns}").format(
                columns=f"<i>{esc('; '.join(field.columns))}</i>"
            )
        case "date":
            return _("Type the date, for example 3 December or 3/12.")
        case "weight":
            return _("Type the weight, for example 23.5.")
        case "people":
            return _("One person a line: {columns}").format(columns=f"<i>{esc('; '.join(field.columns))}</i>")
        case "file":
            return _("Send a photo or a document (PDF, Word, Excel), at most 20 MB.")
        case "choices":
            return _("Tap all that apply, then “Continue”.")
    return ""


def in_sentence(words: str) -> str:
    """A label inside a sentence: "Status pendidikan" with a small letter, "SK petugas" as it is."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def things(fields: Sequence[Field]) -> str:
    """ "nomor surat, tanggal surat, dan berkas". Not escaped."""
    return format_list([in_sentence(label_of(field)) for field in fields], locale=LOCALE)


def key_words(field: Field) -> str:
    """The name of a part of a line, with what it may be: "ukuran baju (S, M, L)". Not escaped."""
    words = in_sentence(label_of(field))
    if field.kind == "choice" and field.choices and not field.free_text:
        words += f" ({'/'.join(field.choices)})"
    elif field.unit is not None:
        words += f" ({field.unit})"
    return f"({words})" if field.optional else words


def _range_words(field: Field) -> str:
    unit = f" {esc(field.unit)}" if field.unit is not None else ""
    if field.min is not None and field.max is not None:
        return _("Type a number between {low} and {high}.").format(low=field.min, high=f"{field.max}{unit}")
    if field.min is not None:
        return _("Type a number from {low} up.").format(low=f"{field.min}{unit}")
    if field.max is not None:
        return _("Type a number up to {high}.").format(high=f"{field.max}{unit}")
    return _("Type the number in {unit}.").format(unit=esc(field.unit)) if field.unit is not None else ""


def answer_problem(form: Form, error: AnswerError) -> str:
    """Why an answer does not fit, with what would (HTML)."""
    field = error.field
    said = echo(error.said)
    if error.fault == "too_long":
        return _("That is too long. Please write it in at most {limit} characters.").format(
            limit=NOTE_MAX_CHARACTERS
        )
    if field is None:
        keys = "; ".join(key_words(one) for one in form.fields)
        return _("I need {count} parts, separated by semicolons: {parts}").format(
            count=len(form.fields), parts=f"<i>{esc(keys)}</i>"
        )
    match error.fault:
        case "parts" if field.kind == "table":
            return _("“{words}” has too many parts. One line each: {columns}").format(
                words=said, columns=f"<i>{esc('; '.join(field.columns))}</i>"
            )
        case "time":
            return _("I do not understand “{words}”. Type the hour, for example 08.30.").format(words=said)
        case "elsewhere" if field.kind == "voice":
            return _("Please send it with the microphone of Telegram.")
        case "parts":
            return _("I do not understand “{words}”. One person a line: {columns}").format(
                words=said, columns=f"<i>{esc('; '.join(field.columns))}</i>"
            )
        case "choice":
            return _("Please choose one of: {choices}").format(choices=esc(", ".join(error.choices)))
        case "range":
            asked = f"{esc(label_of(field))} {said}" + (f" {esc(field.unit)}" if field.unit else "")
            return f"{asked}? {_range_words(field)}"
        case "number":
            wanted = _range_words(field) or _("Please type a number in digits.")
            return _("I do not understand “{words}”.").format(words=said) + " " + wanted
        case "date":
            return _(
                "I do not understand the date “{words}”. Type it for example like this: 3 December, or 3/12."
            ).format(words=said)
        case "weekday":
            return _(
                "“{words}”: weekday and date do not fit. Which day is meant? Type the date once more."
            ).format(words=said)
        case "yes":
            return _("Please answer yes or no.")
        case "weight":
            return _("I do not understand “{words}”. Type kilograms, for example 25.1.").format(words=said)
        case "elsewhere":
            return _("Please send it with the paper clip of Telegram.")
    return _("Please answer: {question}").format(question=esc(field.ask))
