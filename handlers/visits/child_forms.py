"""A form answered question by question for one child: choices, words, a location, photos, then a look before saving."""

from typing import Any

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.looks.dates import parse_day
from handlers.looks.markup import bold, child_code, clip
from handlers.looks.screens import button, pressed, rows, who
from handlers.looks.wording import _, ngettext
from handlers.reply import Action, Delete, Edit, Keyboard, Reply, Say, reply
from handlers.rolls.roll_lines import answer_problem
from handlers.rolls.roll_talk import has_slept
from handlers.routing import Routes
from handlers.visit import Visit
from handlers.visits.home_visit import child_screen
from handlers.visits.visit_words import day_line, report_lines
from sop_flows.cohorts.child_drafts import Draft, find_draft, keep_draft, store_file
from sop_flows.declarations.form import Field, Form
from sop_flows.rolls import rolls
from sop_flows.rolls.forms import AnswerError, read_answer
from sop_flows.rolls.roll_call import Roll
from storage.tables import EntryState

FORM = "visit_form"  # topic
DAY = "@day"  # asked like a field: when the visit was
PHOTOS_MAX = 10  # of one visit


def on_note(visit: Visit) -> Reply:
    """Catat hasil: the first question, or where the draft stopped."""
    roll = locked(visit)
    row = roll.row_of(pressed(visit, 1))
    if row.state == EntryState.DONE:
        return child_screen(visit, roll, row.child_id)
    draft = find_draft(visit.session, who(visit), roll, row.child_id) or Draft()
    return ask_next(visit, roll, row.child_id, draft)


def on_fix(visit: Visit) -> Reply:
    """Ubah on a visit that was recorded: its answers become a draft."""
    roll = locked(visit)
    row = roll.row_of(pressed(visit, 1))
    values = rolls.entry_values(visit.session, roll, row.child_id)
    draft = find_draft(visit.session, who(visit), roll, row.child_id) or Draft(values=dict(values))
    return ask_next(visit, roll, row.child_id, draft)


def locked(visit: Visit) -> Roll:
    roll = rolls.lock_roll(visit.session, visit.house, who(visit), pressed(visit), visit.now)
    if roll.step.record is None or roll.step.record.style != "asked":
        raise ButtonError("this step has no form of its own")
    return roll


def form_of(roll: Roll) -> Form:
    assert roll.step.record is not None
    return roll.step.record


# --- asking -------------------------------------------------------------------------------------------------


def ask_next(visit: Visit, roll: Roll, child_id: int, draft: Draft, said: str = "") -> Reply:
    """The first question without an answer; the report when all have one."""
    keep_draft(visit.session, who(visit), roll, child_id, draft, visit.now)
    field = next((one for one in form_of(roll).fields if one.key not in draft.values), None)
    if field is None:
        return report(visit, roll, child_id, draft, said)
    return ask_one(visit, roll, child_id, draft, field, said)


def ask_one(visit: Visit, roll: Roll, child_id: int, draft: Draft, field: Field, said: str = "") -> Reply:
    place = form_of(roll).fields.index(field)
    buttons = [
        button(choice, "visit_pick", roll.task_id, child_id, place, index)
        for index, choice in enumerate(field.choices)
    ]
    if field.free_text:
        buttons.append(button(_("Write"), "visit_write", roll.task_id, child_id, place))
    count = len(draft.files.get(field.key, []))
    if field.kind == "photo":
        buttons.append(button(_("Done"), "visit_skip", roll.task_id, child_id, place, 1))
    if field.optional and not count:
        buttons.append(button(_("Skip"), "visit_skip", roll.task_id, child_id, place, 0))
    lines = [head(roll, child_id), *([said] if said else []), field.ask]
    if count:
        lines.append(ngettext("{count} photo so far.", "{count} photos so far.", count).format(count=count))
    later = button(_("Not now"), "visit_later", roll.task_id, child_id)
    return put(visit, roll, child_id, field.key, "\n".join(lines), (*rows(buttons, 3), (later,)))


def head(roll: Roll, child_id: int) -> str:
    return bold(_("Home visit · No. {number}").format(number=child_code(roll.row_of(child_id).number)))


def report(visit: Visit, roll: Roll, child_id: int, draft: Draft, said: str = "") -> Reply:
    """Everything at a glance before it is saved."""
    lines = [head(roll, child_id), *([said] if said else []), _("Save this report?")]
    lines += report_lines(roll, draft.values)
    day = day_line(draft.worked_on, roll.today)
    lines += [day] if day else []
    buttons = [
        button(_("Save"), "visit_save", roll.task_id, child_id, style="success"),
        button(_("Change"), "visit_change", roll.task_id, child_id),
        button(_("Not now"), "visit_later", roll.task_id, child_id),
    ]
    return put(visit, roll, child_id, "", "\n".join(lines), rows(buttons, 3))


def put(visit: Visit, roll: Roll, child_id: int, asked: str, text: str, keyboard: Keyboard) -> Reply:
    """Show a question as the last message: changed in place after a tap or a word, anew after a photo."""
    row = conversation.ask(visit, FORM, {"child": child_id, "field": asked}, roll.task_id)
    card_id, text = row.card_message_id, clip(text)
    if visit.press is not None:
        return reply(Edit(text, keyboard, protect=True, card=True))
    if visit.kind == "text" and card_id is not None and visit.message_id is not None:
        # What was found in a family's home does not stay in the chat as plain words.
        return reply(
            Edit(text, keyboard, message_id=card_id, protect=True, card=True), Delete(visit.message_id)
        )
    former: list[Action] = [Delete(card_id)] if card_id is not None else []
    return reply(*former, Say(text, keyboard, protect=True, card=True))


# --- answers ------------------------------------------------------------------------------------------------


def draft_of_press(visit: Visit, *, place: int | None = None) -> tuple[Roll, int, Draft, Field | None]:
    """The roll, child, draft and field of a button (`place` is the number with the field's place)."""
    roll = locked(visit)
    child_id = roll.row_of(pressed(visit, 1)).child_id
    draft = find_draft(visit.session, who(visit), roll, child_id) or Draft()
    fields = form_of(roll).fields
    if place is None:
        return roll, child_id, draft, None
    position = pressed(visit, place)
    if not 0 <= position < len(fields):
        raise ButtonError("no such question")
    return roll, child_id, draft, fields[position]


def on_pick(visit: Visit) -> Reply:
    """A choice."""
    roll, child_id, draft, field = draft_of_press(visit, place=2)
    index = pressed(visit, 3)
    if field is None or not 0 <= index < len(field.choices):
        raise ButtonError("no such choice")
    draft.values[field.key] = field.choices[index]
    return ask_next(visit, roll, child_id, draft)


def on_write(visit: Visit) -> Reply:
    """Tulis: the choice in own words."""
    roll, child_id, draft, field = draft_of_press(visit, place=2)
    if field is None:
        raise ButtonError("no such question")
    return ask_one(visit, roll, child_id, draft, field, _("Type it in your own words."))


def on_skip(visit: Visit) -> Reply:
    """Lewati, or Selesai after the photos."""
    roll, child_id, draft, field = draft_of_press(visit, place=2)
    if field is None or not field.optional:
        raise ButtonError("this question needs an answer")
    if field.key not in draft.values:
        draft.values[field.key] = draft.files.pop(field.key, None)
    return ask_next(visit, roll, child_id, draft)


def on_answer(visit: Visit) -> Reply:
    """Words, a location or a photo while the form is asked."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    asked, child_id = str(row.draft.get("field") or ""), int(str(row.draft.get("child") or 0))
    roll = rolls.lock_roll(visit.session, visit.house, who(visit), row.task_id, visit.now)
    draft = find_draft(visit.session, who(visit), roll, child_id) or Draft()
    if has_slept(visit, row) and visit.kind == "text":
        return _again(
            visit, roll, child_id, draft, asked, _("We were here, at this visit. Please type it again.")
        )
    if visit.location is not None:
        return _location_sent(visit, roll, child_id, draft)
    if visit.download_failed:
        return _again(
            visit, roll, child_id, draft, asked, _("The photo did not come through. Please send it again.")
        )
    if visit.file is not None:
        return _photo_sent(visit, roll, child_id, draft, asked)
    if asked == DAY:
        return _day_typed(visit, roll, child_id, draft)
    field = next((one for one in form_of(roll).fields if one.key == asked), None)
    if field is None:
        return report(visit, roll, child_id, draft, _("Tap a button below."))
    try:
        draft.values[field.key] = read_answer(field, visit.text or "", field.choices)
    except AnswerError as error:
        return _again(visit, roll, child_id, draft, asked, answer_problem(form_of(roll), error))
    return ask_next(visit, roll, child_id, draft)


def _again(visit: Visit, roll: Roll, child_id: int, draft: Draft, asked: str, said: str) -> Reply:
    field = next((one for one in form_of(roll).fields if one.key == asked), None)
    if field is None:
        return report(visit, roll, child_id, draft, said)
    return ask_one(visit, roll, child_id, draft, field, said)


def _location_sent(visit: Visit, roll: Roll, child_id: int, draft: Draft) -> Reply:
    field = next((one for one in form_of(roll).fields if one.kind == "location"), None)
    if field is None or visit.location is None:
        return ask_next(visit, roll, child_id, draft, _("A location is not needed here."))
    latitude, longitude = visit.location
    draft.values[field.key] = {"latitude": latitude, "longitude": longitude}
    return ask_next(visit, roll, child_id, draft, "✅ " + _("Location noted."))


def _photo_sent(visit: Visit, roll: Roll, child_id: int, draft: Draft, asked: str) -> Reply:
    """A photo counts whenever it comes; several may follow."""
    field = next((one for one in form_of(roll).fields if one.kind == "photo"), None)
    file = visit.file
    if field is None or file is None:
        return ask_next(visit, roll, child_id, draft, _("A photo is not needed here."))
    if not (file.photo or file.mime.startswith("image/")):
        return _again(visit, roll, child_id, draft, asked, _("Please send it as a photo."))
    former: list[Any] = list(draft.files.get(field.key) or draft.values.pop(field.key, None) or [])
    if len(former) >= PHOTOS_MAX:
        draft.files[field.key] = former
        return ask_next(
            visit,
            roll,
            child_id,
            draft,
            _("That is enough: at most {count} photos.").format(count=PHOTOS_MAX),
        )
    file_id = store_file(
        visit.session, visit.house, who(visit), roll, child_id, file.content, file.mime, visit.now
    )
    draft.files[field.key] = [*former, file_id]
    return ask_next(visit, roll, child_id, draft, "✅ " + _("Photo stored."))


def _day_typed(visit: Visit, roll: Roll, child_id: int, draft: Draft) -> Reply:
    day = parse_day(visit.text or "", roll.today, "past")
    if day is None or day > roll.today:
        return report(
            visit, roll, child_id, draft, _("I do not understand that date. Tap “Change” to try again.")
        )
    draft.done_on = day.isoformat()
    return ask_next(visit, roll, child_id, draft)


ROUTES = Routes(
    presses={
        "visit_note": on_note,
        "visit_fix": on_fix,
        "visit_pick": on_pick,
        "visit_write": on_write,
        "visit_skip": on_skip,
    },
    topics={FORM: on_answer},
    file_topics=frozenset({FORM}),
)
