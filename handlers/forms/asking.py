"""Asking a form: one question at a time with its buttons, then everything at a glance before it is saved."""

from handlers.forms.sheets import Sheet, choices_of, head, keep, proposal_of, put
from handlers.ui.form_words import day_line, hint_of, in_sentence, plain_words, report_lines
from handlers.ui.request import (
    TICKED_MAX,
    Button,
    Keyboard,
    Reply,
    Request,
    button,
    in_words,
    rows,
    ticked,
    who,
)
from handlers.ui.words import LABEL_MAX, _, esc, ngettext
from sop_flows.declarations.form import KEPT, Field
from sop_flows.recording.forms.drafts import Draft
from storage.tables import Officer

DAY = "@day"  # asked like a field: when the work was done
NARROW, WIDE = 10, 20  # characters of a button's label of which three, or two, fit beside each other


def ask_next(request: Request, sheet: Sheet, draft: Draft, said: str = "") -> Reply:
    """The first question without an answer; the report when all have one."""
    keep(request, sheet, draft)
    field = next((one for one in sheet.form.fields if one.key not in draft.values), None)
    if field is None:
        return report(request, sheet, draft, said)
    return ask_one(request, sheet, draft, field, said)


def ask_one(request: Request, sheet: Sheet, draft: Draft, field: Field, said: str = "") -> Reply:
    """One question, with `said` (HTML) above it."""
    place = sheet.form.fields.index(field)
    longer, labels = in_words(
        choices_of(request, sheet, field), TICKED_MAX if field.kind == "choices" else LABEL_MAX
    )
    lines = [head(request, sheet), *([said] if said else []), esc(field.ask), *longer]
    lacking = draft.lacking.get(field.key, [])
    if lacking:
        complete = len(draft.people.get(field.key, []))
        if complete:
            lines.append("✅ " + _complete_words(field, complete))
        lines.append(_lacking_words(field, lacking))
    elif not said and (hint := hint_of(field)):
        lines.append(hint)
    count = len(draft.files.get(field.key, []))
    if count and field.kind == "photo":
        lines.append(ngettext("{count} photo so far.", "{count} photos so far.", count).format(count=count))
    elif count:
        lines.append(ngettext("{count} file so far.", "{count} files so far.", count).format(count=count))
    later = button(_("Not now"), "form_later", sheet.task_id, sheet.child_id)
    keyboard = (*_answer_buttons(request, sheet, draft, field, place, labels), (later,))
    return put(request, sheet, field.key, "\n".join(lines), keyboard)


def _complete_words(field: Field, count: int) -> str:
    if field.kind == "people":
        return ngettext("{count} person is complete.", "{count} people are complete.", count).format(
            count=count
        )
    return ngettext("{count} line is complete.", "{count} lines are complete.", count).format(count=count)


def _lacking_words(field: Field, lacking: list[str]) -> str:
    """Who is asked back about, by name: "Ani: apa status pendidikan/profesinya?"; of a table the lines."""
    if field.kind == "table":
        said = _("{lines} lacks a part. Type it whole: {columns}. Put “-” for what is not known.")
        return said.format(
            lines=", ".join(f"“{esc(one)}”" for one in lacking),
            columns=f"<i>{esc('; '.join(field.columns))}</i>",
        )
    column = esc(", ".join(in_sentence(one) for one in field.columns[1:]))
    if len(lacking) == 1:
        return _("{name}: {column}? Type it.").format(name=esc(lacking[0]), column=column)
    return _("Still missing: {column} of {names}. Type a line each, for example {example}").format(
        column=column, names=esc(", ".join(lacking)), example=f"<i>{esc(lacking[0])}; …</i>"
    )


def _answer_buttons(
    request: Request, sheet: Sheet, draft: Draft, field: Field, place: int, labels: list[str]
) -> Keyboard:
    ids = (sheet.task_id, sheet.child_id, place)
    choices = choices_of(request, sheet, field)
    picks: list[Button] = []
    if field.kind == "choices":
        chosen = draft.ticked.get(field.key, [])
        for index, choice in enumerate(choices):
            on = choice in chosen
            picks.append(button(ticked(labels[index], on), "form_tick", *ids, index, int(not on)))
    else:
        picks = [button(label, "form_pick", *ids, index) for index, label in enumerate(labels)]
    if field.kind == "yes":
        picks = [button(_("Yes"), "form_pick", *ids, 1), button(_("No"), "form_pick", *ids, 0)]
    tail: list[Button] = []
    offer = proposal_of(request, sheet, draft, field)
    if offer is not None and not picks:
        tail.append(button(plain_words(field, offer), "form_offered", *ids, style="success"))
    if field.kind == "choices" and (draft.ticked.get(field.key) or field.optional):
        tail.append(button(_("Continue"), "form_ticked", *ids, style="success"))
    if field.free_text or (field.kind == "officer" and picks):
        tail.append(button(_("Write"), "form_write", *ids))
    count = len(draft.files.get(field.key, []))
    if field.kind in KEPT and (count or field.optional):
        tail.append(button(_("Done"), "form_skip", *ids, 1))
    if field.optional and not count and not draft.ticked.get(field.key):
        tail.append(button(_("Skip"), "form_skip", *ids, 0))
    longest = max((len(one.text) for one in picks), default=0)
    width = 3 if longest <= NARROW else 2 if longest <= WIDE else 1
    return rows([*picks, *tail], width) if width > 1 else (*rows(picks, 1), *rows(tail, 3))


def report(request: Request, sheet: Sheet, draft: Draft, said: str = "") -> Reply:
    """Everything at a glance before it is saved."""
    is_part = sheet.roll is not None or sheet.origin is not None
    question = _("Save this report?") if is_part else _("Save this and finish the step?")
    if sheet.is_after:
        question = _("Save this?")
    elif draft.corrects:
        question = _("Save this correction?")
    lines = [head(request, sheet), *([said] if said else []), question]
    lines += report_lines(sheet.form, draft.values)
    day = day_line(draft.worked_on, sheet.today)
    lines += [day] if day else []
    doer = request.session.get(Officer, draft.done_by) if draft.done_by else None
    if doer is not None and doer.id != who(request).id:
        lines.append(_("Done by {name}").format(name=esc(doer.name)))
    ids = (sheet.task_id, sheet.child_id)
    buttons = [
        button(_("Save"), "form_save", *ids, style="success"),
        button(_("Change"), "form_change", *ids),
        button(_("Not now"), "form_later", *ids),
    ]
    return put(request, sheet, "", "\n".join(lines), rows(buttons, 3))
