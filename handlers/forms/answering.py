"""Answers to a form: taps, words, a location, photos. What does not fit is asked again, never lost, never guessed."""

from typing import Any

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.forms.asking import DAY, ask_next, ask_one, report
from handlers.forms.form_words import answer_problem
from handlers.forms.pasting import is_cut, is_rest, stamp
from handlers.forms.sheets import TOPIC, Sheet, asked_now, choices_of, draft_of, keep, sheet_of_press
from handlers.looks.screens import pressed, who
from handlers.looks.wording import _
from handlers.reply import Reply
from handlers.rolls.roll_talk import came_before_card, has_slept
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.declarations.form import Field
from sop_flows.handbook.typed_days import parse_day
from sop_flows.recording.forms import drafts
from sop_flows.recording.forms.answers import AnswerError, read_answer
from sop_flows.recording.forms.drafts import Draft
from sop_flows.recording.forms.offers import offered
from sop_flows.recording.forms.people import read_people
from sop_flows.staffing.task_rows import refuse_closed
from storage.tables import TaskState

PHOTOS_MAX = 10  # of one answer


def _of_press(visit: Visit) -> tuple[Sheet, Draft, Field]:
    """The form, the draft and the question of a button: numbers 0, 1 and 2."""
    sheet = sheet_of_press(visit)
    draft = draft_of(visit, sheet) or Draft()
    _refuse_finished(visit, sheet, draft)
    return sheet, draft, sheet.field_at(pressed(visit, 2))


def _refuse_finished(visit: Visit, sheet: Sheet, draft: Draft) -> None:
    """A colleague finished the step meanwhile: raises AlreadyDoneError (who and when), unless it is corrected."""
    if sheet.roll is None and not draft.corrects and sheet.task.state != TaskState.SKIPPED:
        refuse_closed(visit.session, sheet.task)


# --- taps ---------------------------------------------------------------------------------------------------


def on_pick(visit: Visit) -> Reply:
    """A choice, or yes and no."""
    sheet, draft, field = _of_press(visit)
    index = pressed(visit, 3)
    if field.kind == "yes" and index in (0, 1):
        draft.values[field.key] = bool(index)
        return ask_next(visit, sheet, draft)
    draft.values[field.key] = _choice_at(visit, sheet, field, index, "choice")
    return ask_next(visit, sheet, draft)


def on_tick(visit: Visit) -> Reply:
    """One of several choices: ticked (1) or not (0). The button says which, so that a second tap changes nothing."""
    sheet, draft, field = _of_press(visit)
    choice = _choice_at(visit, sheet, field, pressed(visit, 3), "choices")
    ticked = [one for one in draft.ticked.get(field.key, []) if one != choice]
    draft.ticked[field.key] = [*ticked, choice] if pressed(visit, 4) else ticked
    draft.values.pop(field.key, None)
    keep(visit, sheet, draft)
    return ask_one(visit, sheet, draft, field)


def on_ticked(visit: Visit) -> Reply:
    """Lanjut, after the ticks: in the order of the choices."""
    sheet, draft, field = _of_press(visit)
    ticked = draft.ticked.pop(field.key, None)
    if ticked:
        order = choices_of(visit, sheet, field)
        draft.values[field.key] = [one for one in order if one in ticked]
    elif field.optional and field.key not in draft.values:
        draft.values[field.key] = None
    return ask_next(visit, sheet, draft)


def _choice_at(visit: Visit, sheet: Sheet, field: Field, index: int, kind: str) -> str:
    choices = choices_of(visit, sheet, field)
    if field.kind != kind or not 0 <= index < len(choices):
        raise ButtonError("no such choice")
    return choices[index]


def on_offered(visit: Visit) -> Reply:
    """The proposal is right; as it is now, when a colleague took the number meanwhile."""
    sheet, draft, field = _of_press(visit)
    value = offered(visit.session, visit.house, sheet.task, sheet.step, field, sheet.roll, sheet.child_id)
    if value is None:
        return ask_one(visit, sheet, draft, field)
    draft.values[field.key] = value
    return ask_next(visit, sheet, draft)


def on_write(visit: Visit) -> Reply:
    """Tulis: the choice in own words."""
    sheet, draft, field = _of_press(visit)
    return ask_one(visit, sheet, draft, field, _("Type it in your own words."))


def on_skip(visit: Visit) -> Reply:
    """Lewati, or Selesai after the photos."""
    sheet, draft, field = _of_press(visit)
    if not field.optional and not draft.files.get(field.key) and field.key not in draft.values:
        raise ButtonError("this question needs an answer")
    if field.key not in draft.values:
        draft.values[field.key] = draft.files.pop(field.key, None)
    return ask_next(visit, sheet, draft)


# --- words, locations, photos -----------------------------------------------------------------------------------


def on_answer(visit: Visit) -> Reply:
    """Words, a location or a photo while the form is asked."""
    row = conversation.current(visit)
    slept = row is not None and has_slept(visit, row)
    early = visit.kind == "text" and came_before_card(visit, row)
    cut_at = "" if row is None else str(row.draft.get("cut_at") or "")
    left = row is not None and conversation.was_left(row)
    sheet, asked, draft = asked_now(visit)
    _refuse_finished(visit, sheet, draft)
    if left and row is not None:
        row.card_message_id = None  # somewhere above: the question is shown anew where the officer is now
    if (slept or left) and visit.kind == "text":
        return again(visit, sheet, draft, asked, _("We were here. Please type it again."))
    if visit.location is not None:
        return _location_sent(visit, sheet, draft, asked)
    if visit.download_failed:
        return again(visit, sheet, draft, asked, _("The photo did not come through. Please send it again."))
    if visit.file is not None:
        return _photo_sent(visit, sheet, draft, asked)
    if is_rest(visit, cut_at):
        said = _("That was the rest of a long text, and I have not recorded it. Please write it shorter.")
        return again(visit, sheet, draft, asked, said, long=True)
    if early:
        return again(visit, sheet, draft, asked, _("The question has just changed. Please answer this one."))
    if asked == DAY:
        return _day_typed(visit, sheet, draft)
    field = sheet.field_named(asked)
    if field is None:
        return report(visit, sheet, draft, _("Tap a button below."))
    return _words_typed(visit, sheet, draft, field)


def _words_typed(visit: Visit, sheet: Sheet, draft: Draft, field: Field) -> Reply:
    text = visit.text or ""
    is_long = is_cut(text)
    try:
        if field.kind == "people":
            return _people_typed(visit, sheet, draft, field, text)
        value = read_answer(field, text, choices_of(visit, sheet, field), sheet.today)
    except AnswerError as error:
        return again(visit, sheet, draft, field.key, answer_problem(sheet.form, error), long=is_long)
    draft.forget(field.key)
    draft.values[field.key] = value
    return ask_next(visit, sheet, draft)


def _people_typed(visit: Visit, sheet: Sheet, draft: Draft, field: Field, text: str) -> Reply:
    """Whoever lacks the second part is asked back about by name; the others are kept meanwhile."""
    if field.optional and text.strip() in ("-", "–"):
        draft.values[field.key] = None
        return ask_next(visit, sheet, draft)
    read = read_people(field, text, draft.people.get(field.key, []), draft.lacking.get(field.key, []))
    draft.people[field.key] = [list(row) for row in read.rows]
    draft.lacking[field.key] = list(read.lacking)
    if not read.lacking:
        people = draft.people[field.key]
        draft.forget(field.key)
        draft.values[field.key] = people
        return ask_next(visit, sheet, draft)
    keep(visit, sheet, draft)
    return ask_one(visit, sheet, draft, field)


def again(visit: Visit, sheet: Sheet, draft: Draft, asked: str, said: str, *, long: bool = False) -> Reply:
    """The same question once more, with what was wrong above it.

    Args:
        long: the words were one piece of a long paste; the next piece is on its way.
    """
    field = sheet.field_named(asked)
    answer = report(visit, sheet, draft, said) if field is None else ask_one(visit, sheet, draft, field, said)
    row = conversation.current(visit)
    if long and row is not None:
        row.draft = {**row.draft, "cut_at": stamp(visit)}
        visit.session.add(row)
    return answer


def _location_sent(visit: Visit, sheet: Sheet, draft: Draft, asked: str) -> Reply:
    """A location counts whenever it comes, where the form has a place for it."""
    field = sheet.first_of_kind("location")
    if field is None or visit.location is None:
        return again(visit, sheet, draft, asked, _("A location is not needed here."))
    latitude, longitude = visit.location
    draft.values[field.key] = {"latitude": latitude, "longitude": longitude}
    return ask_next(visit, sheet, draft, "✅ " + _("Location noted."))


def _photo_sent(visit: Visit, sheet: Sheet, draft: Draft, asked: str) -> Reply:
    """A photo counts whenever it comes; several may follow."""
    current = sheet.field_named(asked)
    field = current if current is not None and current.kind == "photo" else sheet.first_of_kind("photo")
    file = visit.file
    if field is None or file is None:
        return again(visit, sheet, draft, asked, _("A photo is not needed here."))
    if not (file.photo or file.mime.startswith("image/")):
        return again(visit, sheet, draft, asked, _("Please send it as a photo."))
    former: list[Any] = list(draft.files.get(field.key) or draft.values.pop(field.key, None) or [])
    if len(former) >= PHOTOS_MAX:
        draft.files[field.key] = former
        said = _("That is enough: at most {count} photos.").format(count=PHOTOS_MAX)
        return ask_next(visit, sheet, draft, said)
    file_id = drafts.store_file(
        visit.session, visit.house, who(visit), sheet.task_id, sheet.about_id, file.content, file.mime,
        visit.now,
    )  # fmt: skip
    draft.files[field.key] = [*former, file_id]
    return ask_next(visit, sheet, draft, "✅ " + _("Photo stored."))


def _day_typed(visit: Visit, sheet: Sheet, draft: Draft) -> Reply:
    day = parse_day(visit.text or "", sheet.today, "past")
    if day is None or day > sheet.today:
        return report(visit, sheet, draft, _("I do not understand that date. Tap “Change” to try again."))
    draft.done_on = day.isoformat()
    return ask_next(visit, sheet, draft)


PRESSES = {
    "pick": on_pick,
    "tick": on_tick,
    "ticked": on_ticked,
    "offered": on_offered,
    "write": on_write,
    "skip": on_skip,
}
# Buttons of home visits sent by an earlier version carry the word "visit".
FORMERLY = ("pick", "write", "skip")
ROUTES = Routes(
    presses={
        **{f"form_{name}": handler for name, handler in PRESSES.items()},
        **{f"visit_{name}": PRESSES[name] for name in FORMERLY},
    },
    topics={TOPIC: on_answer},
    file_topics=frozenset({TOPIC}),
)
