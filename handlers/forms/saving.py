"""A form before and when it is saved: begun, one answer changed, its day, kept for later, saved."""

from datetime import timedelta
from typing import Any

from handlers.cards.done_screen import done_screen
from handlers.cards.task_card import show_task
from handlers.forms.asking import DAY, ask_next, ask_one, report
from handlers.forms.origins import begin_one, origin_list
from handlers.forms.origins import finished as origin_finished
from handlers.forms.sheets import (
    TOPIC,
    Sheet,
    draft_of,
    drop,
    head,
    keep,
    put,
    sheet_of_press,
)
from handlers.rolls.home_visit import child_screen, visit_list
from handlers.rolls.roll_steps import finished
from handlers.ui import conversation
from handlers.ui.form_words import label_of
from handlers.ui.request import (
    About,
    Edit,
    Reply,
    Request,
    button,
    pressed,
    reply,
    rows,
    screen,
    task_of,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, esc
from sop_flows.actions.alike import lacking_alike, record_alike
from sop_flows.actions.confirm import confirm
from sop_flows.actions.log import complete_note, note_row
from sop_flows.actions.origins import record
from sop_flows.actions.rolls import rolls
from sop_flows.errors import AlreadyDoneError, FutureWorkError, NotPermittedError
from sop_flows.recording import records
from sop_flows.recording.forms.drafts import Draft
from storage.tables import EntryState, Officer, TaskState

DAYS_BACK_MAX = 30  # a button never goes further; older dates are typed


def _begun(request: Request) -> tuple[Sheet, Draft]:
    """The form and the draft of a button."""
    sheet = sheet_of_press(request)
    return sheet, draft_of(request, sheet) or Draft()


def on_note(request: Request) -> Reply:
    """Catat hasil, Lanjutkan: the first question, or where the draft stopped."""
    sheet = sheet_of_press(request)
    draft = draft_of(request, sheet)
    if sheet.origin is not None:
        return begin_one(request, sheet)
    if sheet.is_after:
        return on_add(request)
    if sheet.roll is None:
        if draft is None or (not draft.corrects and sheet.task.state == TaskState.DONE):
            return show_task(request, sheet.task_id)
    elif sheet.roll.row_of(sheet.child_id).state == EntryState.DONE:
        return child_screen(request, sheet.roll, sheet.child_id)
    return ask_next(request, sheet, draft or Draft())


def on_fix(request: Request) -> Reply:
    """Koreksi: what was recorded becomes a draft, and what is saved then replaces it by name."""
    sheet = sheet_of_press(request)
    draft = draft_of(request, sheet)
    if sheet.origin is not None:
        return begin_one(request, sheet)
    if sheet.roll is not None:
        values = rolls.entry_values(request.session, sheet.roll, sheet.child_id)
        return ask_next(request, sheet, draft or Draft(values=dict(values)))
    standing = records.recorded(request.session, sheet.task)
    if standing is None:
        return show_task(request, sheet.task_id)
    if not records.may_read(request.work, who(request), sheet.task, standing):
        raise NotPermittedError("case")
    if draft is None or draft.corrects != standing.id:
        draft = Draft(values=dict(standing.data), corrects=standing.id or 0)
    return ask_next(request, sheet, draft)


def on_add(request: Request) -> Reply:
    """Tambah: what is recorded after the step is done, from where it stands."""
    sheet = sheet_of_press(request)
    draft = draft_of(request, sheet)
    if sheet.is_note:
        return show_task(request, sheet.task_id) if draft is None else ask_next(request, sheet, draft)
    standing = records.recorded(request.session, sheet.task)
    if not sheet.is_after or not records.may_add(request.work, sheet.task):
        return show_task(request, sheet.task_id)
    found = 0 if standing is None else standing.id or 0
    if draft is None or draft.corrects != found:
        draft = Draft(values={} if standing is None else dict(standing.data), corrects=found)
    return ask_next(request, sheet, draft)


def on_note_more(request: Request) -> Reply:
    """Tambah, of a dated note (third number): what its form asks besides, from where it stands."""
    sheet = sheet_of_press(request)
    if not sheet.is_note:
        return show_task(request, sheet.task_id)
    note = note_row(request.work, sheet.task, pressed(request, 2))
    draft = draft_of(request, sheet)
    if draft is None or draft.corrects != note.id:
        known = {field.key: note.data[field.key] for field in sheet.form.fields if field.key in note.data}
        draft = Draft(values=known, corrects=note.id or 0)
    return ask_next(request, sheet, draft)


def on_change(request: Request) -> Reply:
    """Ubah: which answer?"""
    sheet, draft = _begun(request)
    buttons = [
        button(label_of(field), "form_again", sheet.task_id, sheet.child_id, place)
        for place, field in enumerate(sheet.form.fields)
    ]
    if sheet.origin is None and not (draft.corrects or sheet.is_after):
        buttons.append(button(_("Date"), "form_day", sheet.task_id, sheet.child_id))
    buttons.append(button(_("‹ Back"), "form_back", sheet.task_id, sheet.child_id))
    text = "\n".join([head(request, sheet), _("What do you want to change?")])
    longest = max(len(one.text) for one in buttons)
    return put(request, sheet, "", text, rows(buttons, 3 if longest <= 10 else 2 if longest <= 20 else 1))


def on_change_one(request: Request) -> Reply:
    """One answer anew; the others stay."""
    sheet, draft = _begun(request)
    field = sheet.field_at(pressed(request, 2))
    former = draft.values.get(field.key)
    draft.forget(field.key)
    if field.kind == "choices" and isinstance(former, list):
        draft.ticked[field.key] = former
    keep(request, sheet, draft)
    return ask_one(request, sheet, draft, field)


def on_back(request: Request) -> Reply:
    """Back to the report, or to the question that has no answer."""
    sheet, draft = _begun(request)
    return ask_next(request, sheet, draft)


def on_day(request: Request) -> Reply:
    """When was it done?"""
    sheet, _draft = _begun(request)
    buttons = [
        button(_("Today"), "form_day_was", sheet.task_id, sheet.child_id, 0),
        button(_("Yesterday"), "form_day_was", sheet.task_id, sheet.child_id, 1),
    ]
    question = _("On which date was it done? Tap, or type it, for example 3 December.")
    return put(request, sheet, DAY, "\n".join([head(request, sheet), question]), rows(buttons))


def on_day_was(request: Request) -> Reply:
    """Today or yesterday."""
    sheet, draft = _begun(request)
    days = pressed(request, 2)
    ago = timedelta(days=min(days, DAYS_BACK_MAX))
    draft.done_on = "" if days <= 0 else (sheet.today - ago).isoformat()
    return ask_next(request, sheet, draft)


def on_later(request: Request) -> Reply:
    """Nanti saja: the draft stays."""
    sheet, draft = _begun(request)
    if sheet.is_after and (answered := _answered(draft)):
        return _save_correction(request, sheet, draft, answered)
    keep(request, sheet, draft)
    conversation.end(request, TOPIC)
    text = _("The draft is kept. You can go on at any time, also on another phone.")
    keyboard = rows([button(_("Go on"), "form_note", sheet.task_id, sheet.child_id), to_list()])
    return reply(Edit(f"{head(request, sheet)}\n{text}", keyboard, protect=True))


def _answered(draft: Draft) -> dict[str, Any]:
    """What was answered so far, photos and files that were still coming included."""
    return {**draft.values, **{key: ids for key, ids in draft.files.items() if ids}}


# --- Simpan ---------------------------------------------------------------------------------------------------


def on_save(request: Request) -> Reply:
    """Simpan: the answers become a record; of a step, together with its confirmation."""
    sheet = sheet_of_press(request)
    draft = draft_of(request, sheet)
    if draft is None and sheet.origin is not None:
        return origin_list(request, sheet.task)
    if draft is None:  # tapped twice
        if sheet.roll is not None:
            return child_screen(request, sheet.roll, sheet.child_id)
        return show_task(request, sheet.task_id)
    if any(field.key not in draft.values for field in sheet.form.fields):
        return ask_next(request, sheet, draft)
    if sheet.origin is not None:
        return _save_origin(request, sheet, draft)
    if sheet.roll is not None:
        return _save_child(request, sheet, draft)
    if draft.corrects or sheet.is_after:
        return _save_correction(request, sheet, draft, draft.values)
    return _save_step(request, sheet, draft)


def _save_step(request: Request, sheet: Sheet, draft: Draft) -> Reply:
    doer = request.session.get(Officer, draft.done_by) if draft.done_by else None
    try:
        outcome = confirm(
            request.work,
            sheet.task_id,
            done_on=draft.worked_on,
            done_by=doer,
            note=draft.note or None,
            values=draft.values,
        )
    except FutureWorkError:
        return _day_impossible(request, sheet, draft)
    except AlreadyDoneError:
        conversation.end(request, TOPIC)
        return show_task(request, sheet.task_id, _("A colleague was first. Your draft is kept."))
    drop(request, sheet)
    conversation.end(request, TOPIC)
    return screen(request, *done_screen(request, outcome))


def _save_correction(request: Request, sheet: Sheet, draft: Draft, values: dict[str, Any]) -> Reply:
    try:
        if sheet.is_note:
            complete_note(request.work, sheet.task_id, draft.corrects, values)
        else:
            records.correct(request.work, sheet.task_id, values, draft.corrects)
    except AlreadyDoneError as error:
        drop(request, sheet)
        conversation.end(request, TOPIC)
        said = _("{who} has corrected it meanwhile. Please look at it again first.")
        return show_task(request, sheet.task_id, said.format(who=esc(error.who or "")))
    drop(request, sheet)
    conversation.end(request, TOPIC)
    said = _("It is recorded.") if sheet.is_after else _("The correction is recorded.")
    others = lacking_alike(request.work, sheet.task) if sheet.is_after and not sheet.is_note else ()
    label = _("The same for all: {count}").format(count=len(others))
    below = ((button(label, "form_alike", sheet.task_id, style="success"),),) if others else ()
    return show_task(request, sheet.task_id, f"✅ {said}", below)


def on_alike(request: Request) -> Reply:
    """Sama untuk semua: the same record for the same step of the SOPs that are written as this one."""
    task_of(request, pressed(request))
    numbers = [task.sop for task in record_alike(request.work, pressed(request))]
    if not numbers:
        return show_task(request, pressed(request))
    said = _("The same is recorded for {sops}.").format(sops=esc(", ".join(numbers)))
    return show_task(request, pressed(request), f"✅ {said}")


def _save_child(request: Request, sheet: Sheet, draft: Draft) -> Reply:
    roll, child_id = sheet.roll, sheet.child_id
    assert roll is not None
    row = roll.row_of(child_id)
    try:
        done = rolls.record_entry(request.work, roll, {child_id: draft.values}, correct=row.closed_by_id == who(request).id, done_on=draft.worked_on)  # fmt: skip
    except FutureWorkError:
        return _day_impossible(request, sheet, draft)
    except AlreadyDoneError:
        return child_screen(request, roll, child_id, _("A colleague was first. Your draft is kept."))
    drop(request, sheet)
    conversation.end(request, TOPIC)
    said = "✅ " + _("{step} No. {number} is recorded.").format(
        step=esc(roll.step.short), number=child_code(row.number)
    )
    if done.outcome is not None:
        return finished(request, done.roll, said, done.outcome)
    return visit_list(request, done.roll, said)


def _save_origin(request: Request, sheet: Sheet, draft: Draft) -> Reply:
    """The answers of one school or Kab/Kota; with the last one the step is done."""
    origin = sheet.origin
    assert origin is not None
    replaces = None if origin.record is None else origin.record.id
    outcome = record(request.work, sheet.task_id, origin.number, draft.values, replaces=replaces)
    drop(request, sheet)
    conversation.end(request, TOPIC)
    if outcome is not None:
        return origin_finished(request, outcome)
    said = "✅ " + _("{name} is recorded.").format(name=esc(origin.name or _("All schools")))
    return origin_list(request, sheet.task, said)


def _day_impossible(request: Request, sheet: Sheet, draft: Draft) -> Reply:
    draft.done_on = ""
    keep(request, sheet, draft)
    return report(request, sheet, draft, _("That date is not possible; it is today's now."))


PRESSES = {
    "note": on_note,
    "fix": on_fix,
    "add": on_add,
    "more": on_note_more,
    "alike": on_alike,
    "back": on_back,
    "change": on_change,
    "again": on_change_one,
    "day": on_day,
    "day_was": on_day_was,
    "later": on_later,
    "save": on_save,
}
ROUTES = Routes(
    About.TASK,
    presses={
        **{f"form_{name}": handler for name, handler in PRESSES.items()},
        # Buttons of home visits sent by an earlier version carry the word "visit".
        **{
            f"visit_{name}": handler
            for name, handler in PRESSES.items()
            if name not in ("back", "add", "more", "alike")
        },
        "visit_note_back": on_back,
    },
)
