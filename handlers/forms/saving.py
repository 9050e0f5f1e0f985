"""A form before and when it is saved: begun, one answer changed, its day, kept for later, saved."""

from datetime import timedelta

from handlers import conversation
from handlers.forms.asking import DAY, ask_next, ask_one, report
from handlers.forms.form_words import label_of
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
from handlers.looks.markup import child_code, esc
from handlers.looks.screens import button, pressed, rows, screen, to_list, who
from handlers.looks.wording import _
from handlers.reply import Edit, Reply, reply
from handlers.rolls.roll_steps import finished
from handlers.routing import Routes
from handlers.tasks.cards import show_task
from handlers.tasks.confirm import done_screen
from handlers.visit import Visit
from handlers.visits.home_visit import child_screen, visit_list
from sop_flows.actions.confirm import confirm
from sop_flows.actions.rolls import rolls
from sop_flows.errors import AlreadyDoneError, FutureWorkError, NotPermittedError
from sop_flows.recording.forms import records
from sop_flows.recording.forms.drafts import Draft
from storage.tables import EntryState, Officer, TaskState

DAYS_BACK_MAX = 30  # a button never goes further; older dates are typed


def _begun(visit: Visit) -> tuple[Sheet, Draft]:
    """The form and the draft of a button."""
    sheet = sheet_of_press(visit)
    return sheet, draft_of(visit, sheet) or Draft()


def on_note(visit: Visit) -> Reply:
    """Catat hasil, Lanjutkan: the first question, or where the draft stopped."""
    sheet = sheet_of_press(visit)
    draft = draft_of(visit, sheet)
    if sheet.roll is None:
        if draft is None or (not draft.corrects and sheet.task.state == TaskState.DONE):
            return show_task(visit, sheet.task_id)
    elif sheet.roll.row_of(sheet.child_id).state == EntryState.DONE:
        return child_screen(visit, sheet.roll, sheet.child_id)
    return ask_next(visit, sheet, draft or Draft())


def on_fix(visit: Visit) -> Reply:
    """Koreksi: what was recorded becomes a draft, and what is saved then replaces it by name."""
    sheet = sheet_of_press(visit)
    draft = draft_of(visit, sheet)
    if sheet.roll is not None:
        values = rolls.entry_values(visit.session, sheet.roll, sheet.child_id)
        return ask_next(visit, sheet, draft or Draft(values=dict(values)))
    standing = records.recorded(visit.session, sheet.task)
    if standing is None:
        return show_task(visit, sheet.task_id)
    if not records.may_read(visit.session, visit.house, who(visit), sheet.task, standing):
        raise NotPermittedError("case")
    if draft is None or draft.corrects != standing.id:
        draft = Draft(values=dict(standing.data), corrects=standing.id or 0)
    return ask_next(visit, sheet, draft)


def on_change(visit: Visit) -> Reply:
    """Ubah: which answer?"""
    sheet, draft = _begun(visit)
    buttons = [
        button(label_of(field), "form_again", sheet.task_id, sheet.child_id, place)
        for place, field in enumerate(sheet.form.fields)
    ]
    if not draft.corrects:
        buttons.append(button(_("Date"), "form_day", sheet.task_id, sheet.child_id))
    buttons.append(button(_("‹ Back"), "form_back", sheet.task_id, sheet.child_id))
    text = "\n".join([head(visit, sheet), _("What do you want to change?")])
    longest = max(len(one.text) for one in buttons)
    return put(visit, sheet, "", text, rows(buttons, 3 if longest <= 10 else 2 if longest <= 20 else 1))


def on_change_one(visit: Visit) -> Reply:
    """One answer anew; the others stay."""
    sheet, draft = _begun(visit)
    field = sheet.field_at(pressed(visit, 2))
    former = draft.values.get(field.key)
    draft.forget(field.key)
    if field.kind == "choices" and isinstance(former, list):
        draft.ticked[field.key] = former
    keep(visit, sheet, draft)
    return ask_one(visit, sheet, draft, field)


def on_back(visit: Visit) -> Reply:
    """Back to the report, or to the question that has no answer."""
    sheet, draft = _begun(visit)
    return ask_next(visit, sheet, draft)


def on_day(visit: Visit) -> Reply:
    """When was it done?"""
    sheet, _draft = _begun(visit)
    buttons = [
        button(_("Today"), "form_day_was", sheet.task_id, sheet.child_id, 0),
        button(_("Yesterday"), "form_day_was", sheet.task_id, sheet.child_id, 1),
    ]
    question = _("On which date was it done? Tap, or type it, for example 3 December.")
    return put(visit, sheet, DAY, "\n".join([head(visit, sheet), question]), rows(buttons))


def on_day_was(visit: Visit) -> Reply:
    """Today or yesterday."""
    sheet, draft = _begun(visit)
    days = pressed(visit, 2)
    ago = timedelta(days=min(days, DAYS_BACK_MAX))
    draft.done_on = "" if days <= 0 else (sheet.today - ago).isoformat()
    return ask_next(visit, sheet, draft)


def on_later(visit: Visit) -> Reply:
    """Nanti saja: the draft stays."""
    sheet, draft = _begun(visit)
    keep(visit, sheet, draft)
    conversation.end(visit, TOPIC)
    text = _("The draft is kept. You can go on at any time, also on another phone.")
    keyboard = rows([button(_("Go on"), "form_note", sheet.task_id, sheet.child_id), to_list()])
    return reply(Edit(f"{head(visit, sheet)}\n{text}", keyboard, protect=True))


# --- Simpan ---------------------------------------------------------------------------------------------------


def on_save(visit: Visit) -> Reply:
    """Simpan: the answers become a record; of a step, together with its confirmation."""
    sheet = sheet_of_press(visit)
    draft = draft_of(visit, sheet)
    if draft is None:  # tapped twice
        if sheet.roll is not None:
            return child_screen(visit, sheet.roll, sheet.child_id)
        return show_task(visit, sheet.task_id)
    if any(field.key not in draft.values for field in sheet.form.fields):
        return ask_next(visit, sheet, draft)
    if sheet.roll is not None:
        return _save_child(visit, sheet, draft)
    return _save_correction(visit, sheet, draft) if draft.corrects else _save_step(visit, sheet, draft)


def _save_step(visit: Visit, sheet: Sheet, draft: Draft) -> Reply:
    doer = visit.session.get(Officer, draft.done_by) if draft.done_by else None
    try:
        outcome = confirm(
            visit.session, visit.house, who(visit), sheet.task_id, visit.now, update_id=visit.update_id,
            done_on=draft.worked_on, done_by=doer, note=draft.note or None, values=draft.values,
        )  # fmt: skip
    except FutureWorkError:
        return _day_impossible(visit, sheet, draft)
    except AlreadyDoneError:
        conversation.end(visit, TOPIC)
        return show_task(visit, sheet.task_id, _("A colleague was first. Your draft is kept."))
    drop(visit, sheet)
    conversation.end(visit, TOPIC)
    return screen(visit, *done_screen(visit, outcome))


def _save_correction(visit: Visit, sheet: Sheet, draft: Draft) -> Reply:
    try:
        records.correct(
            visit.session, visit.house, who(visit), sheet.task_id, draft.values, draft.corrects, visit.now,
            update_id=visit.update_id,
        )  # fmt: skip
    except AlreadyDoneError as error:
        drop(visit, sheet)
        conversation.end(visit, TOPIC)
        said = _("{who} has corrected it meanwhile. Please look at it again first.")
        return show_task(visit, sheet.task_id, said.format(who=esc(error.who or "")))
    drop(visit, sheet)
    conversation.end(visit, TOPIC)
    return show_task(visit, sheet.task_id, "✅ " + _("The correction is recorded."))


def _save_child(visit: Visit, sheet: Sheet, draft: Draft) -> Reply:
    roll, child_id = sheet.roll, sheet.child_id
    assert roll is not None
    row = roll.row_of(child_id)
    try:
        done = rolls.record_entry(
            visit.session, visit.house, who(visit), roll, {child_id: draft.values}, visit.now,
            update_id=visit.update_id, correct=row.closed_by_id == who(visit).id, done_on=draft.worked_on,
        )  # fmt: skip
    except FutureWorkError:
        return _day_impossible(visit, sheet, draft)
    except AlreadyDoneError:
        return child_screen(visit, roll, child_id, _("A colleague was first. Your draft is kept."))
    drop(visit, sheet)
    conversation.end(visit, TOPIC)
    said = "✅ " + _("{step} No. {number} is recorded.").format(
        step=esc(roll.step.short), number=child_code(row.number)
    )
    if done.outcome is not None:
        return finished(visit, done.roll, said, done.outcome)
    return visit_list(visit, done.roll, said)


def _day_impossible(visit: Visit, sheet: Sheet, draft: Draft) -> Reply:
    draft.done_on = ""
    keep(visit, sheet, draft)
    return report(visit, sheet, draft, _("That date is not possible; it is today's now."))


PRESSES = {
    "note": on_note,
    "fix": on_fix,
    "back": on_back,
    "change": on_change,
    "again": on_change_one,
    "day": on_day,
    "day_was": on_day_was,
    "later": on_later,
    "save": on_save,
}
ROUTES = Routes(
    presses={
        **{f"form_{name}": handler for name, handler in PRESSES.items()},
        # Buttons of home visits sent by an earlier version carry the word "visit".
        **{f"visit_{name}": handler for name, handler in PRESSES.items() if name != "back"},
        "visit_note_back": on_back,
    },
)
