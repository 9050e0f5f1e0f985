"""What is being filled in: the form of one child of a roll, or of the step itself; its draft; its card on the phone."""

from dataclasses import dataclass
from datetime import date

from handlers.ui import conversation
from handlers.ui.request import (
    Action,
    ButtonError,
    Delete,
    Edit,
    Keyboard,
    Reply,
    Request,
    Say,
    pressed,
    reply,
    who,
)
from handlers.ui.words import _, bold, child_code, clip, cohort_prefix, esc
from sop_flows.actions.log import WORDS, beside_note, note_row
from sop_flows.core.work import case_of, cohort_of, declared
from sop_flows.declarations.form import Field, Form
from sop_flows.declarations.sop import Sop, Step
from sop_flows.errors import NotFoundError
from sop_flows.recording import records
from sop_flows.recording.forms import drafts
from sop_flows.recording.forms.drafts import Draft
from sop_flows.recording.forms.offers import offered
from sop_flows.recording.origins import Origin, origins_of
from sop_flows.recording.proposing import propose_one
from sop_flows.recording.records import LOG
from sop_flows.recording.roll_call import Roll, choices_for, lock_roll
from sop_flows.staffing.responsibility import find_task, lock_task, own_parts
from storage.tables import Child, Task

TOPIC = "visit_form"  # of the conversation; the name is older than the forms of steps, and rows carry it
STEP_ITSELF = 0  # in place of a child's id: the form of the step as a whole


@dataclass(frozen=True)
class Sheet:
    """A form to fill in.

    Attributes:
        child_id: the child of the roll; STEP_ITSELF without one; at a step by school or Kab/Kota the number of that.
        roll: None for the step itself.
        today: the local date.
        origin: the school or Kab/Kota that it is about; None elsewhere.
    """

    task: Task
    sop: Sop
    step: Step
    form: Form
    child_id: int
    roll: Roll | None
    today: date
    origin: Origin | None = None

    @property
    def task_id(self) -> int:
        """The id of the task."""
        return self.task.id or 0

    @property
    def about_id(self) -> int | None:
        """The child its record is about: of the roll, or of a run for one child."""
        return None if self.origin is not None else self.child_id or self.task.child_id

    @property
    def draft_key(self) -> str:
        """Under which its draft is kept."""
        return drafts.DRAFT if self.origin is None else f"{drafts.DRAFT}:{self.origin.key}"

    @property
    def is_after(self) -> bool:
        """Whether the step is done, and this is what is recorded afterwards; or what is added to a note."""
        return self.roll is None and self.form.is_after

    @property
    def is_note(self) -> bool:
        """Whether it is what is added to a dated note: the draft says to which."""
        return self.roll is None and self.step.record is not None and self.step.record.ask == LOG

    def field_at(self, place: int) -> Field:
        """The question at this place. Raises ButtonError when there is none (forged)."""
        if not 0 <= place < len(self.form.fields):
            raise ButtonError("no such question")
        return self.form.fields[place]

    def field_named(self, key: str) -> Field | None:
        """The question with this key."""
        return next((field for field in self.form.fields if field.key == key), None)

    def first_of_kind(self, *kinds: str) -> Field | None:
        """The first question of these kinds: where a photo or a location belongs."""
        return next((field for field in self.form.fields if field.kind in kinds), None)


def open_sheet(request: Request, task_id: int, child_id: int) -> Sheet:
    """The form, with its task locked, for an officer who may fill it in.

    Raises:
        NotFoundError, NotYoursError, NotYetError; ButtonError: the step asks no such form.
    """
    today = request.today
    known = find_task(request.session, task_id)
    if declared(request.session, known)[1].is_by_origin:
        return _sheet_of_origin(request, task_id, child_id)
    if child_id != STEP_ITSELF:
        roll = lock_roll(request.work, who(request), task_id)
        if roll.step.record is None or roll.step.record.style != "asked":
            raise ButtonError("this step has no form of its own")
        roll.row_of(child_id)
        return Sheet(roll.task, roll.sop, roll.step, roll.step.record, child_id, roll, today)
    task = lock_task(request.session, task_id)
    sop, step = declared(request.session, task)
    form = records.form_of(task, step) or beside_note(step)
    if form is None:
        raise ButtonError("this step has no form of its own")
    own_parts(request.work, who(request), task)
    return Sheet(task, sop, step, for_child(request, task, form), STEP_ITSELF, None, today)


def for_child(request: Request, task: Task, form: Form) -> Form:
    """The form as it is asked of the child of a case: nobody weighs or measures one that is not born."""
    case = case_of(request.session, task)
    if case is None or not case.unborn:
        return form
    body = [one for one in form.fields if one.optional and (one.kind == "weight" or one.unit == "cm")]
    return form.model_copy(update={"fields": tuple(one for one in form.fields if one not in body)})


def _sheet_of_origin(request: Request, task_id: int, number: int) -> Sheet:
    """Of a school or Kab/Kota that has no record yet only what has to be answered; the rest is added later."""
    task = lock_task(request.session, task_id)
    sop, step = declared(request.session, task)
    own_parts(request.work, who(request), task)
    found = origins_of(request.session, task, step)
    origin = next((one for one in found if one.number == number), None)
    form = step.record
    if origin is None or form is None:
        raise ButtonError("no such school")
    needed = tuple(field for field in form.fields if not field.optional)
    if origin.record is None and needed:
        form = form.model_copy(update={"fields": needed})
    return Sheet(task, sop, step, form, number, None, request.today, origin)


def sheet_of_press(request: Request) -> Sheet:
    """The form of a button: numbers 0 and 1 are the task and the child."""
    return open_sheet(request, pressed(request), pressed(request, 1))


def draft_of(request: Request, sheet: Sheet) -> Draft | None:
    """The officer's draft, if one was begun."""
    return drafts.find_draft(request.session, who(request), sheet.task_id, sheet.about_id, sheet.draft_key)


def keep(request: Request, sheet: Sheet, draft: Draft) -> None:
    """Write the draft down."""
    drafts.keep_draft(request.work, who(request), sheet.task_id, sheet.about_id, draft, sheet.draft_key)


def drop(request: Request, sheet: Sheet) -> None:
    """The draft is a record now."""
    drafts.drop_draft(request.session, who(request), sheet.task_id, sheet.about_id, sheet.draft_key)


def proposal_of(request: Request, sheet: Sheet, draft: Draft, field: Field) -> object | None:
    """What can be offered as the answer; None without anything."""
    if field.proposal is None:
        return None
    if sheet.origin is not None:
        return sheet.origin.proposed(sheet.form).get(field.key)
    if sheet.roll is not None:
        return propose_one(request.work, sheet.roll, sheet.roll.row_of(sheet.child_id)).get(field.key)
    words = ""
    if sheet.is_note and draft.corrects:
        words = str(note_row(request.work, sheet.task, draft.corrects).data.get(WORDS, ""))
    return offered(request.work, sheet.task, field, words)


def choices_of(request: Request, sheet: Sheet, field: Field) -> tuple[str, ...]:
    """What can be chosen, for the child it is about."""
    if sheet.roll is not None:
        return sheet.roll.choices_of(request.work, field, sheet.roll.row_of(sheet.child_id).sex)
    child = None if sheet.about_id is None else request.session.get(Child, sheet.about_id)
    return choices_for(request.work, sheet.step, field, None if child is None else child.sex)


def head(request: Request, sheet: Sheet) -> str:
    """ "Kunjungan rumah · No. 001", "SOP 9.1.21 · Registrasi"; with the angkatan while several are open. HTML."""
    if sheet.roll is not None:
        number = child_code(sheet.roll.row_of(sheet.child_id).number)
        return bold(f"{sheet.step.short} · " + _("No. {number}").format(number=number))
    case, cohort = case_of(request.session, sheet.task), cohort_of(request.session, sheet.task)
    prefix = "" if cohort is None else cohort_prefix(request.session, cohort)
    if case is not None:
        prefix = _("Case {code}").format(code=esc(case.code_name)) + " · "
    child = None if sheet.task.child_id is None else request.session.get(Child, sheet.task.child_id)
    of_child = "" if child is None else " · " + _("No. {number}").format(number=child_code(child.number))
    if sheet.origin is not None and sheet.origin.name:
        of_child = " · " + esc(sheet.origin.name)
    return f"{prefix}<b>SOP {esc(sheet.sop.number)} · {esc(sheet.step.short)}{of_child}</b>"


def put(request: Request, sheet: Sheet, asked: str, text: str, keyboard: Keyboard) -> Reply:
    """Show a question as the last message: changed in place after a tap or a word, anew after a photo."""
    row = conversation.ask(request, TOPIC, {"child": sheet.child_id, "field": asked}, sheet.task_id)
    card_id, text = row.card_message_id, clip(text)
    if request.press is not None:
        return reply(Edit(text, keyboard, protect=True, card=True))
    if request.kind == "text" and card_id is not None and request.message_id is not None:
        # What was found in a family's home does not stay in the chat as plain words.
        return reply(
            Edit(text, keyboard, message_id=card_id, protect=True, card=True), Delete(request.message_id)
        )
    former: list[Action] = [Delete(card_id)] if card_id is not None else []
    return reply(*former, Say(text, keyboard, protect=True, card=True))


def asked_now(request: Request) -> tuple[Sheet, str, Draft]:
    """The form that is being asked, the key of its question, and the draft. Raises NotFoundError without one."""
    row = conversation.current(request)
    if row is None or row.task_id is None or row.topic != TOPIC:
        raise NotFoundError
    said = conversation.draft_of(row)
    sheet = open_sheet(request, row.task_id, int(str(said.get("child") or STEP_ITSELF)))
    return sheet, str(said.get("field") or ""), draft_of(request, sheet) or Draft()
