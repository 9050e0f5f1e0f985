"""Any roll, child by child: ticks, choices, proposals, the flag, corrections."""

from handlers.rolls.home_visit import visit_list
from handlers.rolls.roll_card import already_words, is_roll_call, roll_name
from handlers.rolls.roll_steps import (
    card_again,
    finished,
    go_on,
    is_asked_form,
    locked_row,
    turn_to,
)
from handlers.rolls.roll_talk import Talk, note_reading, show, talk_about
from handlers.ui.form_words import values_words
from handlers.ui.request import About, ButtonError, Reply, Request, button, pressed, rows, to_list, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, esc, ngettext
from sop_flows.actions.cohorts.flags import is_flagged
from sop_flows.actions.rolls import rolls
from sop_flows.actions.rolls.roll_closing import close_if_finished
from sop_flows.declarations.form import Field
from sop_flows.errors import NotFoundError
from sop_flows.recording.forms.answers import Values
from sop_flows.recording.proposing import propose
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll
from sop_flows.staffing.responsibility import refuse_closed
from storage.queries.rolls import RollRow
from storage.tables import SAYABLE, EntryState, TaskState


def on_open(request: Request) -> Reply:
    """Mulai, on any roll: the first child still to be asked for, as a new message."""
    roll = find_roll(request.work, who(request), pressed(request))
    return visit_list(request, roll) if is_asked_form(roll) else open_roll(request, roll)


def open_roll(request: Request, roll: Roll) -> Reply:
    """The roll from where it stands: for whoever goes on with it, also after a colleague."""
    if roll.task.state == TaskState.WAITING:
        refuse_closed(request.session, roll.task)
    note_reading(request, roll)
    if roll.task.state not in SAYABLE and not roll.was_missed:
        return finished(request, roll, anew=True)
    talk = Talk()
    name = "" if roll.is_weighing or is_roll_call(roll) else f"<b>{roll_name(request, roll)}</b>"
    return go_on(request, roll, name, talk=talk, anew=True)


def on_next(request: Request) -> Reply:
    """Back to whoever is next."""
    roll = find_roll(request.work, who(request), pressed(request))
    talk = talk_about(request, roll.task_id)
    talk.doubts, talk.preview = [], {}
    return go_on(request, roll, talk=talk)


def on_card(request: Request) -> Reply:
    """A given child's card."""
    roll = find_roll(request.work, who(request), pressed(request))
    row = roll.row_of(pressed(request, 1))
    return turn_to(request, roll, row.child_id)


def on_stop(request: Request) -> Reply:
    """Berhenti dulu: what is recorded stays; anybody goes on later."""
    roll = find_roll(request.work, who(request), pressed(request))
    if not roll.open_rows:
        return finished(request, roll)
    left = len(roll.open_rows)
    text = ngettext(
        "<b>{name}</b>: {done} of {total} recorded, {count} child left. You or a colleague can go on at any time.",
        "<b>{name}</b>: {done} of {total} recorded, {count} children left. You or a colleague can go on at any time.",
        left,
    ).format(name=roll_name(request, roll), done=roll.closed_count, total=len(roll.rows), count=left)
    verb = "weigh_start" if roll.is_weighing else "roll_open"
    keyboard = rows([button(_("Go on"), verb, roll.task_id, style="success"), to_list()])
    return show(request, roll, Talk(), text, keyboard, last=True)


# --- one child ----------------------------------------------------------------------------------------------


def on_tick(request: Request) -> Reply:
    """Sudah, for a step that records nothing else."""
    return _record_tapped(request, {})


def on_pick(request: Request) -> Reply:
    """A choice button."""
    roll, row = locked_row(request)
    form = roll.step.record
    if form is None:
        raise ButtonError("this step has no choices")
    field, place = form.fields[0], pressed(request, 2)
    left_out: Values = dict.fromkeys((one.key for one in form.fields), None)
    if form.one_tap is None:
        raise ButtonError("this step asks for more than a tap")
    if field.kind == "yes" and place in (0, 1):
        return record_answer(request, roll, row, {**left_out, field.key: bool(place)})
    return record_answer(
        request, roll, row, {**left_out, field.key: _choice_at(request, roll, row, field, place)}
    )


def on_choice(request: Request) -> Reply:
    """One of several choices: ticked (1) or not (0); recorded with "Lanjut"."""
    roll, row = locked_row(request)
    talk = talk_about(request, roll.task_id)
    if talk.child_id != row.child_id or roll.step.record is None:
        return turn_to(request, roll, row.child_id)
    choice = _choice_at(request, roll, row, roll.step.record.fields[0], pressed(request, 2))
    others = [one for one in talk.ticked if one != choice]
    talk.ticked = [*others, choice] if pressed(request, 3) else others
    return card_again(request, roll, talk, talk.said)


def on_chosen(request: Request) -> Reply:
    """Lanjut, after the ticks: in the order of the choices."""
    roll, row = locked_row(request)
    talk, form = talk_about(request, roll.task_id), roll.step.record
    if talk.child_id != row.child_id or form is None or not talk.ticked:
        return turn_to(request, roll, row.child_id)
    order = roll.choices_of(request.work, form.fields[0], row.sex)
    return record_answer(
        request, roll, row, {form.fields[0].key: [one for one in order if one in talk.ticked]}
    )


def _choice_at(request: Request, roll: Roll, row: RollRow, field: Field, place: int) -> str:
    choices = roll.choices_of(request.work, field, row.sex)
    if not 0 <= place < len(choices):
        raise ButtonError("no such choice")
    return choices[place]


def on_offered(request: Request) -> Reply:
    """The proposal for the child shown is right."""
    roll, row = locked_row(request)
    talk = talk_about(request, roll.task_id)
    values = talk.offered if talk.child_id == row.child_id else {}
    values = values or propose(request.work, roll).get(row.child_id, {})
    if not values:
        return turn_to(request, roll, row.child_id)
    return record_answer(request, roll, row, dict(values))


def on_flag(request: Request) -> Reply:
    """Toggle the form's flag: kept with the answer, or at once when the child is recorded already."""
    roll, row = locked_row(request)
    talk = talk_about(request, roll.task_id)
    if talk.child_id != row.child_id:
        return turn_to(request, roll, row.child_id)
    if row.state != EntryState.DONE:
        talk.flag = not talk.flag
        return card_again(request, roll, talk, talk.said)
    flagged = not is_flagged(request.session, row.child_id)
    values = rolls.entry_values(request.session, roll, row.child_id)
    done = rolls.record_entry(request.work, roll, {row.child_id: values}, flagged=flagged, correct=True)  # fmt: skip
    talk.flag = flagged
    return card_again(request, done.roll, talk)


def _record_tapped(request: Request, values: Values) -> Reply:
    roll, row = locked_row(request)
    if roll.step.record is not None:
        raise ButtonError("this step asks for more than a tick")
    return record_answer(request, roll, row, values)


def record_answer(request: Request, roll: Roll, row: RollRow, values: Values) -> Reply:
    """Record one child's answers and go on; say who was first when somebody was."""
    talk = talk_about(request, roll.task_id)
    correct = row.state != EntryState.OPEN and talk.fixing and talk.child_id == row.child_id
    if row.state != EntryState.OPEN and not correct:
        return go_on(request, roll, already_words(request, roll, row), after=row.number)
    form = roll.step.record
    flag = talk.flag if form is not None and form.flag is not None and talk.child_id == row.child_id else None
    done = rolls.record_entry(request.work, roll, {row.child_id: values}, flagged=flag, correct=correct, done_on=talk.worked_on)  # fmt: skip
    talk.answered = True
    words = values_words(form, values) if form is not None else _("done")
    if form is not None and flag:
        words += f" · {esc(form.flag or '')}"
    said = f"✅ {child_code(row.number)} · {words}"
    return go_on(request, done.roll, said, done.outcome, after=row.number, talk=talk)


# --- Koreksi, Selesai -----------------------------------------------------------------------------------------


def on_fix(request: Request) -> Reply:
    """Koreksi: which child?"""
    roll = find_roll(request.work, who(request), pressed(request))
    if roll.step.record is None:
        raise NotFoundError
    return ask_which(request, roll)


def ask_which(request: Request, roll: Roll, said: str = "") -> Reply:
    """Whose record is to be changed?"""
    example = child_code(roll.rows[0].number) if roll.rows else "012"
    text = _("Type the child's number, for example {number}. Its card opens and you can change it.").format(
        number=example
    )
    back = button(_("‹ Back"), "roll_next", roll.task_id)
    return show(request, roll, Talk(asks="fix"), f"{said}\n{text}" if said else text, ((back,),))


def on_close(request: Request) -> Reply:
    """Selesai on a roll that was reopened by an undo and has nobody left."""
    roll = lock_roll(request.work, who(request), pressed(request))
    refuse_closed(request.session, roll.task)
    outcome = close_if_finished(request.work, roll)
    return go_on(request, roll, outcome=outcome)


ROUTES = Routes(
    About.TASK,
    presses={
        "roll_open": on_open,
        "roll_next": on_next,
        "roll_card": on_card,
        "roll_stop": on_stop,
        "roll_tick": on_tick,
        "roll_pick": on_pick,
        "roll_choice": on_choice,
        "roll_chosen": on_chosen,
        "roll_offered": on_offered,
        "roll_flag": on_flag,
        "roll_fix": on_fix,
        "roll_close": on_close,
    },
)
