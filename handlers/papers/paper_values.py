"""The facts of a paper as plain texts and numbers, as its template reads them (docs/papers.md); and as a sheet."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from handlers.cards.listing import Listing
from handlers.ui.form_words import label_of, plain_words
from handlers.ui.kilograms import change, nutrition_words, scale_kilos
from handlers.ui.words import _, brief_day_words, child_code, date_words, plain_date_words
from sop_flows.calendar.dates import age_on
from sop_flows.declarations.form import KEPT, ROWS
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.papers import Paper
from sop_flows.declarations.sop import Step
from sop_flows.views.papers import PaperChild, PaperFacts, PaperPart, PaperSheet
from storage.tables import Case, Cohort, EntryState

Json = dict[str, Any]


def values_of(pack: Pack, facts: PaperFacts, made_by: str, today: date) -> Json:
    """What the template of the paper draws; every value is a text, a number, or a list or mapping of them.

    Args:
        made_by: the name of the officer.
    """
    zone = ZoneInfo(pack.unit.timezone)
    return {
        **head(pack, facts.paper, made_by, today),
        "cohort": None if facts.cohort is None else _cohort(facts.cohort, facts),
        "case": None if facts.case is None else _case(zone, facts.case, facts.keeper),
        "step": _part(facts.part),
        "also": {place: [_part(one) for one in parts] for place, parts in facts.also.items()},
        "sheets": [_sheet(facts, one) for one in facts.sheets],
        "schools": [
            {"name": name, "kabupaten": kabupaten, "boys": boys, "girls": girls, "total": boys + girls}
            for name, kabupaten, boys, girls in facts.schools
        ],
        "weigh_days": [brief_day_words(day) for day in facts.weigh_days],
    }


def head(pack: Pack, paper: Paper, made_by: str, today: date) -> Json:
    """What every paper has: the house, its letterhead, who signs, who made it."""
    signatories = pack.papers.signatories
    return {
        "house": {
            "name": pack.unit.name,
            "short_name": pack.unit.short_name,
            "city": pack.unit.city,
            "letterhead": list(pack.papers.letterhead),
            "place": pack.papers.place or pack.unit.city,
        },
        "paper": {
            "is_numbered": paper.numbered,
            "title": paper.title,
            "opening": paper.opening,
            "closing": paper.closing,
            "made_by": made_by,
            "made_at": "",  # filled in as it is made
            "today": plain_date_words(today),
            "weekday": date_words(today),
        },
        "signatories": [
            {"title": one.title, "name": one.name, "number": one.number}
            for one in (signatories[code] for code in paper.signed_by)
        ],
    }


def _cohort(cohort: Cohort, facts: PaperFacts) -> Json:
    boys = sum(one[2] for one in facts.schools)
    girls = sum(one[3] for one in facts.schools)
    return {
        "name": cohort.name,
        "arrival": plain_date_words(cohort.arrival_on),
        "departure": plain_date_words(cohort.departure_on),
        "days": (cohort.departure_on - cohort.arrival_on).days,
        "boys": boys,
        "girls": girls,
        "children": boys + girls,
    }


def _case(zone: ZoneInfo, case: Case, keeper: str) -> Json:
    age = "" if case.age_years is None else _("{years} years").format(years=case.age_years)
    if case.unborn:
        age = _("not yet born")
    return {
        "code": case.code_name,
        "name": case.name or case.mother or "",
        "sex": {"L": _("boy"), "P": _("girl")}.get(case.sex or "", ""),
        "age": age,
        "address": case.address or "",
        "reason": case.reason or "",
        "categories": ", ".join(case.categories),
        "opened": plain_date_words(case.opened_at.astimezone(zone).date()),
        "closed": "" if case.closed_at is None else plain_date_words(case.closed_at.astimezone(zone).date()),
        "keeper": keeper,
    }


def _part(part: PaperPart) -> Json:
    return {
        "sop": part.sop.number,
        "step": part.step.step,
        "title": part.sop.title,
        "short": part.step.short,
        "on": "" if part.on is None else plain_date_words(part.on),
        "weekday": "" if part.on is None else date_words(part.on),
        "by": part.by,
        "answers": _answers(part.step, part.values),
        "said": _said(part.step, part.values),
        "totals": [{"name": _yes(name), "count": count} for name, count in part.totals],
        "done": part.done,
        "total": part.total,
    }


def _yes(value: str) -> str:
    return {"True": _("Yes"), "False": _("No")}.get(value, value)


def _answers(step: Step, values: Mapping[str, Any]) -> Json:
    """Each answer in words by its key; "" where nothing is recorded."""
    fields = () if step.record is None else step.record.fields
    return {one.key: _words(one, values.get(one.key)) for one in fields}


def _said(step: Step, values: Mapping[str, Any]) -> list[Json]:
    """What is recorded, in the order of the form; rows of a table apart."""
    found = []
    for one in () if step.record is None else step.record.fields:
        value = values.get(one.key)
        if value in (None, "", []):
            continue
        is_table = one.kind in ROWS and isinstance(value, list)
        found.append(
            {
                "key": one.key,
                "label": label_of(one),
                "value": "" if is_table else _words(one, value),
                "columns": list(one.columns) if is_table else [],
                "rows": [[str(cell) for cell in row] for row in value] if is_table else [],
            }
        )
    return found


def _words(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if field.kind == "location":
        return _("yes (location)")
    if field.kind in KEPT:
        return _("{count} attached").format(count=len(value) if isinstance(value, list) else 1)
    return plain_words(field, value)


def _sheet(facts: PaperFacts, sheet: PaperSheet) -> Json:
    return {
        "name": sheet.name,
        "number": sheet.number,
        "is_draft": facts.is_draft(sheet),
        "step": _part(sheet.part or facts.part),
        "boys": sum(one.child.sex == "L" for one in sheet.children),
        "girls": sum(one.child.sex == "P" for one in sheet.children),
        "children": [_child(facts, one) for one in sheet.children],
    }


def _child(facts: PaperFacts, one: PaperChild) -> Json:
    born = None if one.child.born_on is None else date.fromisoformat(one.child.born_on)
    by_day = dict(one.weights)
    changes = [grams for _day, grams in one.weights]
    answers: Json = {}
    for step, values in one.said:
        answers |= {
            key: words for key, words in _answers(step, values).items() if words or key not in answers
        }
    return {
        "number": child_code(one.child.number),
        "name": one.child.name,
        "sex": one.child.sex,
        "school": one.school,
        "kabupaten": one.kabupaten,
        "born": "" if born is None else plain_date_words(born),
        "age": "" if born is None or facts.cohort is None else str(age_on(born, facts.cohort.arrival_on)),
        "parent": one.child.parent_name or "",
        "phone": one.child.phone or "",
        "address": one.child.address or "",
        "dormitory": one.dormitory,
        "group": one.group,
        "answers": answers,
        "said": [line for step, values in one.said for line in _said(step, values)],
        "remark": _remark(one),
        "weights": [scale_kilos(by_day[day]) if day in by_day else "" for day in facts.weigh_days],
        "change": change(changes[-1] - changes[0]) if len(changes) > 1 else "",
        "lost": len(changes) > 1 and changes[-1] < changes[0],
        "height": "" if one.height_cm is None else f"{one.height_cm:g}".replace(".", ","),
        "bmi": "" if one.growth is None else str(one.growth.bmi).replace(".", ","),
        "nutrition": "" if one.growth is None else nutrition_words(one.growth),
        "on": "" if one.on is None else plain_date_words(one.on),
        "by": one.by,
    }


def _remark(one: PaperChild) -> str:
    if one.state == EntryState.EXCUSED:
        return _("skipped: {reason}").format(reason=one.reason or "-")
    return _("not yet") if one.state == EntryState.OPEN else ""


# --- the same as a sheet ----------------------------------------------------------------------------------------


def listing_of(facts: PaperFacts, values: Json) -> Listing:
    """The children of the paper as rows, for Excel."""
    fields = dict.fromkeys(
        (line["key"], line["label"]) for s in values["sheets"] for c in s["children"] for line in c["said"]
    )
    title = f"{facts.paper.title} · {facts.cohort.name if facts.cohort is not None else ''}"
    header = [
        _("Number"),
        _("Name"),
        _("Sex"),
        _("School"),
        _("Dormitory"),
        *(label for _key, label in fields),
    ]
    header += [*values["weigh_days"], *([_("Change (kg)")] if values["weigh_days"] else []), _("Remark")]
    rows: list[list[str]] = []
    for sheet in values["sheets"]:
        for child in sheet["children"]:
            row = [child["number"], child["name"], child["sex"], child["school"], child["dormitory"]]
            row += [child["answers"].get(key, "") for key, _label in fields]
            row += [*child["weights"], *([child["change"]] if values["weigh_days"] else []), child["remark"]]
            rows.append(row)
    return Listing(title, header, [("", _as_cells(rows))])


def _as_cells(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [list(row) for row in rows]
