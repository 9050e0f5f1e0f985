"""Invented answers to a form, one that fits each kind of field."""

from sop_flows.declarations.form import Field, Form
from sop_flows.recording.forms.answers import Values


def made_up(form: Form) -> Values:
    """An answer to every field; what may be left out is."""
    return {field.key: None if field.optional else _answer(field) for field in form.fields}


def _answer(field: Field) -> object:
    match field.kind:
        case "choice":
            return field.choices[0] if field.choices else "rekaan"
        case "choices":
            return [field.choices[0]]
        case "number" | "decimal":
            return field.min if field.min is not None else 1
        case "weight":
            return 23_500
        case "date":
            return "2026-11-23"
        case "yes":
            return True
        case "time":
            return "08.30"
        case "people" | "table":
            return [["Ani Rekaan", *["rekaan"] * (len(field.columns) - 1)]]
        case "location":
            return {"latitude": -8.58, "longitude": 116.1}
        case "photo" | "file" | "voice":
            return [1]
    return "rekaan"
