"""Answers to a form: taps, words, a location, photos. What does not fit is asked again, never lost, never guessed."""

from datetime import date
from typing import Any

from handlers.cases.case_words import too_old_words
from handlers.forms.asking import DAY, ask_next, ask_one, report
from handlers.forms.sheets import Sheet, asked_now, choices_of, draft_of, keep, proposal_of, sheet_of_press
from handlers.rolls.roll_talk import has_slept
from handlers.ui import conversation
from handlers.ui.answers import Place, Question
from handlers.ui.form_words import answer_problem
from handlers.ui.pasting import is_cut, is_rest, left_standing, stamp
from handlers.ui.questions import file_problem
from handlers.ui.request import About, ButtonError, Reply, Request, pressed, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, date_words, not_a_day
from sop_flows.actions.attachments import mime_of
from sop_flows.declarations.form import ROWS, Field
from sop_flows.handbook.typed_days import parse_day
from sop_flows.recording.forms import drafts
from sop_flows.recording.forms.answers import AnswerError, read_answer
from sop_flows.recording.forms.drafts import Draft
from sop_flows.recording.forms.people import read_people, read_table
from sop_flows.staffing.responsibility import refuse_closed
from storage.tables import TaskState

PHOTOS_MAX = 10  # photos or files of one answer
REST = 1  # of the buttons under a kept answer: it belongs to the answer before


def _of_press(request: Request) -> tuple[Sheet, Draft, Field]:
    """The form, the draft and the question of a button: numbers 0, 1 and 2."""
    sheet = sheet_of_press(request)
    draft = draft_of(request, sheet) or Draft()
    _refuse_finished(request, sheet, draft)
    return sheet, draft, sheet.field_at(pressed(request, 2))


def _refuse_finished(request: Request, sheet: Sheet, draft: Draft) -> None:
    """A colleague finished the step meanwhile: raises AlreadyDoneError (who and when), unless it is corrected or
    recorded afterwards."""
    if (
        sheet.roll is None
        and (sheet.origin is None or sheet.origin.record is None)
        and not (draft.corrects or sheet.is_after)
        and sheet.task.state not in (TaskState.SKIPPED, TaskState.MISSED)
    ):
        refuse_closed(request.session, sheet.task)


# --- taps ---------------------------------------------------------------------------------------------------


def on_pick(request: Request) -> Reply:
    """A choice, or yes and no."""
    sheet, draft, field = _of_press(request)
    index = pressed(request, 3)
    rules = request.institution.pack.unit.case
    if field.proposal == "case_age" and field.kind == "yes" and index == 0 and rules is not None:
        return ask_one(request, sheet, draft, field, too_old_words(rules.max_age))
    if field.kind == "yes" and index in (0, 1):
        draft.values[field.key] = bool(index)
        return ask_next(request, sheet, draft)
    draft.values[field.key] = _choice_at(request, sheet, field, index, "choice", "officer")
    return ask_next(request, sheet, draft)


def on_tick(request: Request) -> Reply:
    """One of several choices: ticked (1) or not (0). The button says which, so that a second tap changes nothing."""
    sheet, draft, field = _of_press(request)
    choice = _choice_at(request, sheet, field, pressed(request, 3), "choices")
    ticked = [one for one in draft.ticked.get(field.key, []) if one != choice]
    draft.ticked[field.key] = [*ticked, choice] if pressed(request, 4) else ticked
    draft.values.pop(field.key, None)
    keep(request, sheet, draft)
    return ask_one(request, sheet, draft, field)


def on_ticked(request: Request) -> Reply:
    """Lanjut, after the ticks: in the order of the choices."""
    sheet, draft, field = _of_press(request)
    ticked = draft.ticked.pop(field.key, None)
    if ticked:
        order = choices_of(request, sheet, field)
        draft.values[field.key] = [one for one in order if one in ticked]
    elif field.optional and field.key not in draft.values:
        draft.values[field.key] = None
    return ask_next(request, sheet, draft)


def _choice_at(request: Request, sheet: Sheet, field: Field, index: int, *kinds: str) -> str:
    choices = choices_of(request, sheet, field)
    if field.kind not in kinds or not 0 <= index < len(choices):
        raise ButtonError("no such choice")
    return choices[index]


def on_offered(request: Request) -> Reply:
    """The proposal is right; as it is now, when a colleague took the number meanwhile."""
    sheet, draft, field = _of_press(request)
    value = proposal_of(request, sheet, draft, field)
    if value is None:
        return ask_one(request, sheet, draft, field)
    draft.values[field.key] = value
    return ask_next(request, sheet, draft)


def on_write(request: Request) -> Reply:
    """Tulis: the choice in own words."""
    sheet, draft, field = _of_press(request)
    return ask_one(request, sheet, draft, field, _("Type it in your own words."))


def on_skip(request: Request) -> Reply:
    """Lewati, or Selesai after the photos."""
    sheet, draft, field = _of_press(request)
    if not field.optional and not draft.files.get(field.key) and field.key not in draft.values:
        raise ButtonError("this question needs an answer")
    if field.key not in draft.values:
        draft.values[field.key] = draft.files.pop(field.key, None)
    return ask_next(request, sheet, draft)


# --- words, locations, photos -----------------------------------------------------------------------------------


def on_answer(request: Request) -> Reply:
    """Words, a location or a photo while the form is asked."""
    row = conversation.current(request)
    slept = row is not None and has_slept(request, row)
    cut_at = "" if row is None else str(row.draft.get("cut_at") or "")
    left = row is not None and conversation.was_left(row)
    sheet, asked, draft = asked_now(request)
    _refuse_finished(request, sheet, draft)
    if left and row is not None:
        row.card_message_id = None  # somewhere above: the question is shown anew where the officer is now
    if (slept or left) and request.kind == "text":
        said = _("We were here. Please type it again.")
        return left_standing(request, again(request, sheet, draft, asked, said))
    if request.location is not None:
        return _location_sent(request, sheet, draft, asked)
    if problem := file_problem(request):
        return again(request, sheet, draft, asked, problem)
    if request.file is not None:
        return _file_sent(request, sheet, draft, asked)
    if is_rest(request, cut_at):
        said = _("That was the rest of a long text, and I have not recorded it. Please write it shorter.")
        return left_standing(request, again(request, sheet, draft, asked, said, long=True))
    if asked == DAY:
        return _day_typed(request, sheet, draft)
    field = sheet.field_named(asked)
    if field is None:
        return report(request, sheet, draft, _("Tap a button below."))
    return _words_typed(request, sheet, draft, field)


def _words_typed(request: Request, sheet: Sheet, draft: Draft, field: Field) -> Reply:
    text = request.text or ""
    is_long = is_cut(text)
    try:
        if field.kind in ROWS:
            return _rows_typed(request, sheet, draft, field, text)
        value = read_answer(field, text, choices_of(request, sheet, field), sheet.today)
        if field.proposal == "case_age" and value is False and request.work.unit.case is not None:
            return again(request, sheet, draft, field.key, too_old_words(request.work.unit.case.max_age))
        if (
            sheet.form.effect == "handed_over"
            and field.kind == "date"
            and str(value) > sheet.today.isoformat()
        ):
            said = _("{day} is still to come. Enter it on the day on which the child leaves.")
            return again(
                request, sheet, draft, field.key, said.format(day=date_words(date.fromisoformat(str(value))))
            )
    except AnswerError as error:
        answer = again(request, sheet, draft, field.key, answer_problem(sheet.form, error), long=is_long)
        return left_standing(request, answer) if error.fault == "too_long" else answer
    draft.forget(field.key)
    draft.values[field.key] = value
    return ask_next(request, sheet, draft)


def _rows_typed(request: Request, sheet: Sheet, draft: Draft, field: Field, text: str) -> Reply:
    """Whoever lacks the second part is asked back about by name, a short line by its words; the others are kept meanwhile."""
    if field.optional and text.strip() in ("-", "–"):
        draft.values[field.key] = None
        return ask_next(request, sheet, draft)
    reads = read_people if field.kind == "people" else read_table
    read = reads(field, text, draft.people.get(field.key, []), draft.lacking.get(field.key, []))
    draft.people[field.key] = [list(row) for row in read.rows]
    draft.lacking[field.key] = list(read.lacking)
    if not read.lacking:
        people = draft.people[field.key]
        draft.forget(field.key)
        draft.values[field.key] = people
        return ask_next(request, sheet, draft)
    keep(request, sheet, draft)
    return ask_one(request, sheet, draft, field)


def again(
    request: Request, sheet: Sheet, draft: Draft, asked: str, said: str, *, long: bool = False
) -> Reply:
    """The same question once more, with what was wrong above it.

    Args:
        long: the words were one piece of a long paste; the next piece is on its way.
    """
    field = sheet.field_named(asked)
    answer = (
        report(request, sheet, draft, said) if field is None else ask_one(request, sheet, draft, field, said)
    )
    row = conversation.current(request)
    if long and row is not None:
        row.draft = {**row.draft, "cut_at": stamp(request)}
        request.session.add(row)
    return answer


class FormQuestion(Question):
    """The questions of a form, each with its text and buttons; an early answer may belong to the one before."""

    def is_plain(self, request: Request) -> bool:
        """A further piece of a long paste is no answer, and is told so."""
        row = conversation.current(request)
        return row is not None and is_rest(request, str(row.draft.get("cut_at") or ""))

    def choices(self, request: Request, words: str) -> tuple[Place, ...]:
        """The question, and the rest of the text before it."""
        sheet, asked, draft = asked_now(request)
        this = super().choices(request, words) if asked else ()
        before = _text_before(sheet, asked, draft)
        return this if before is None else (*this, Place(REST, _("Rest of the one before")))

    def sentence(self, request: Request, words: str) -> str:
        """At the last look nothing is asked that words could answer."""
        _sheet, asked, _draft = asked_now(request)
        return super().sentence(request, words) if asked else _("Is it the rest of an answer?")

    def assign(self, request: Request, key: int) -> Reply:
        """The answer, or added to the text before it."""
        if key != REST:
            return self.read(request)
        sheet, asked, draft = asked_now(request)
        before = _text_before(sheet, asked, draft)
        if before is not None:
            words = f"{draft.values[before.key]} {(request.text or '').strip()}"
            try:
                draft.values[before.key] = read_answer(before, words, (), sheet.today)
            except AnswerError as error:
                return again(request, sheet, draft, asked, answer_problem(sheet.form, error))
        return ask_next(request, sheet, draft)


def _text_before(sheet: Sheet, asked: str, draft: Draft) -> Field | None:
    """The question in words that was answered before this one."""
    field = sheet.field_named(asked)
    place = len(sheet.form.fields) if field is None else sheet.form.fields.index(field)
    found = [one for one in sheet.form.fields[:place] if one.kind == "text" and draft.values.get(one.key)]
    return found[-1] if found else None


def _location_sent(request: Request, sheet: Sheet, draft: Draft, asked: str) -> Reply:
    """A location counts whenever it comes, where the form has a place for it."""
    field = sheet.first_of_kind("location")
    if field is None or request.location is None:
        return again(request, sheet, draft, asked, _("A location is not needed here."))
    latitude, longitude = request.location
    draft.values[field.key] = {"latitude": latitude, "longitude": longitude}
    return ask_next(request, sheet, draft, "✅ " + _("Location noted."))


def _file_sent(request: Request, sheet: Sheet, draft: Draft, asked: str) -> Reply:
    """A photo or document counts whenever it comes; several may follow."""
    current, file = sheet.field_named(asked), request.file
    is_picture = file is not None and (file.photo or file.mime.startswith("image/"))
    kinds = ("photo", "file") if is_picture else ("voice",) if request.kind == "voice" else ("file",)
    field = current if current is not None and current.kind in kinds else sheet.first_of_kind(*kinds)
    if field is None and request.kind == "voice":
        return again(request, sheet, draft, asked, _("I can't listen to it. Please type it."))
    if file is None or (field is None and sheet.first_of_kind("photo") is None):
        said = _("A photo is not needed here.") if is_picture else _("A file is not needed here.")
        return again(request, sheet, draft, asked, said)
    if field is None:
        return again(request, sheet, draft, asked, _("Please send it as a photo."))
    former: list[Any] = list(draft.files.get(field.key) or draft.values.pop(field.key, None) or [])
    if len(former) >= PHOTOS_MAX:
        draft.files[field.key] = former
        said = _("That is enough: at most {count} photos or files.").format(count=PHOTOS_MAX)
        return ask_next(request, sheet, draft, said)
    kind = mime_of(file.mime, file.name)
    file_id = drafts.store_file(request.work, who(request), sheet.task_id, sheet.about_id, file.content, kind)  # fmt: skip
    if field.kind == "voice":  # one is enough, and the next one replaces it
        draft.values[field.key] = [file_id]
        return ask_next(request, sheet, draft, "✅ " + _("Voice message stored."))
    draft.files[field.key] = [*former, file_id]
    return ask_next(request, sheet, draft, "✅ " + (_("Photo stored.") if is_picture else _("File stored.")))


def _day_typed(request: Request, sheet: Sheet, draft: Draft) -> Reply:
    words = (request.text or "").strip()
    day = parse_day(words, sheet.today, "past")
    if day is None:
        return report(request, sheet, draft, not_a_day(words, sheet.today, "past"))
    if day > sheet.today:
        said = _("{day} is still to come. Tap “Change” to try again.").format(day=date_words(day))
        return report(request, sheet, draft, said)
    draft.done_on = day.isoformat()
    return ask_next(request, sheet, draft)


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
    About.TASK,
    presses={
        **{f"form_{name}": handler for name, handler in PRESSES.items()},
        **{f"visit_{name}": PRESSES[name] for name in FORMERLY},
    },
)
