"""The report of a child's form before it is saved: change an answer, say when it was, keep it for later, save."""

from datetime import timedelta

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.looks.markup import child_code
from handlers.looks.screens import button, pressed, rows, to_list, who
from handlers.looks.wording import _
from handlers.reply import Edit, Reply, reply
from handlers.rolls.roll_steps import finished
from handlers.routing import Routes
from handlers.visit import Visit
from handlers.visits.child_forms import (
    DAY,
    FORM,
    ask_next,
    ask_one,
    draft_of_press,
    form_of,
    head,
    put,
    report,
)
from handlers.visits.home_visit import child_screen, visit_list
from handlers.visits.visit_words import label_of
from sop_flows.cohorts.child_drafts import drop_draft, find_draft, keep_draft
from sop_flows.errors import AlreadyDoneError, FutureWorkError
from sop_flows.rolls import rolls


def on_change(visit: Visit) -> Reply:
    """Ubah: which answer?"""
    roll, child_id, _draft, _field = draft_of_press(visit)
    buttons = [
        button(label_of(field), "visit_again", roll.task_id, child_id, place)
        for place, field in enumerate(form_of(roll).fields)
    ]
    buttons.append(button(_("Date"), "visit_day", roll.task_id, child_id))
    buttons.append(button(_("‹ Back"), "visit_note_back", roll.task_id, child_id))
    text = "\n".join([head(roll, child_id), _("What do you want to change?")])
    return put(visit, roll, child_id, "", text, rows(buttons, 3))


def on_change_one(visit: Visit) -> Reply:
    """One answer anew; the others stay."""
    roll, child_id, draft, field = draft_of_press(visit, place=2)
    if field is None:
        raise ButtonError("no such question")
    draft.values.pop(field.key, None)
    draft.files.pop(field.key, None)
    keep_draft(visit.session, who(visit), roll, child_id, draft, visit.now)
    return ask_one(visit, roll, child_id, draft, field)


def on_back(visit: Visit) -> Reply:
    """Back to the report, or to the question that has no answer."""
    roll, child_id, draft, _field = draft_of_press(visit)
    return ask_next(visit, roll, child_id, draft)


def on_day(visit: Visit) -> Reply:
    """When was the visit?"""
    roll, child_id, _draft, _field = draft_of_press(visit)
    buttons = [
        button(_("Today"), "visit_day_was", roll.task_id, child_id, 0),
        button(_("Yesterday"), "visit_day_was", roll.task_id, child_id, 1),
    ]
    text = "\n".join(
        [head(roll, child_id), _("When was the visit? Tap, or type the date, for example 3 December.")]
    )
    return put(visit, roll, child_id, DAY, text, rows(buttons))


def on_day_was(visit: Visit) -> Reply:
    """Today or yesterday."""
    roll, child_id, draft, _field = draft_of_press(visit)
    days = pressed(visit, 2)
    draft.done_on = "" if days <= 0 else (roll.today - timedelta(days=min(days, 30))).isoformat()
    return ask_next(visit, roll, child_id, draft)


def on_later(visit: Visit) -> Reply:
    """Nanti saja: the draft stays."""
    roll, child_id, draft, _field = draft_of_press(visit)
    keep_draft(visit.session, who(visit), roll, child_id, draft, visit.now)
    conversation.end(visit, FORM)
    text = _("The draft is kept. Open the visit again to go on.")
    keyboard = rows([button(_("Go on"), "visit_note", roll.task_id, child_id), to_list()])
    return reply(Edit(f"{head(roll, child_id)}\n{text}", keyboard, protect=True))


def on_save(visit: Visit) -> Reply:
    """Simpan: the report becomes a record."""
    roll, child_id, draft, _field = draft_of_press(visit)
    row = roll.row_of(child_id)
    if find_draft(visit.session, who(visit), roll, child_id) is None:  # tapped twice
        return child_screen(visit, roll, child_id)
    if any(field.key not in draft.values for field in form_of(roll).fields):
        return ask_next(visit, roll, child_id, draft)
    try:
        done = rolls.record_entry(
            visit.session, visit.house, who(visit), roll, {child_id: draft.values}, visit.now,
            update_id=visit.update_id, correct=row.closed_by_id == who(visit).id, done_on=draft.worked_on,
        )  # fmt: skip
    except FutureWorkError:
        draft.done_on = ""
        return report(visit, roll, child_id, draft, _("That date is not possible; it is today's now."))
    except AlreadyDoneError:
        return child_screen(visit, roll, child_id, _("A colleague was first. Your draft is kept."))
    drop_draft(visit.session, who(visit), roll, child_id)
    conversation.end(visit, FORM)
    said = "✅ " + _("Home visit No. {number} is recorded.").format(number=child_code(row.number))
    if done.outcome is not None:
        return finished(visit, done.roll, said, done.outcome)
    return visit_list(visit, done.roll, said)


ROUTES = Routes(
    presses={
        "visit_note_back": on_back,
        "visit_change": on_change,
        "visit_again": on_change_one,
        "visit_day": on_day,
        "visit_day_was": on_day_was,
        "visit_later": on_later,
        "visit_save": on_save,
    },
)
