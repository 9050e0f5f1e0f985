"""Words typed while a roll is on: an answer, lines by number, a number to go to, or a reason."""

from handlers.rolls.roll import ask_which, record_answer
from handlers.rolls.roll_day import day_typed
from handlers.rolls.roll_lines import jump_number, numbered_lines
from handlers.rolls.roll_many import preview
from handlers.rolls.roll_reasons import reason_typed
from handlers.rolls.roll_steps import card_again, go_on, turn_to
from handlers.rolls.roll_talk import ROLL, Talk, has_slept, talk_about
from handlers.ui import conversation
from handlers.ui.fallbacks import on_text
from handlers.ui.form_words import answer_problem, values_words
from handlers.ui.markup import child_code, more
from handlers.ui.pasting import is_cut, is_rest, stamp
from handlers.ui.reply import Reply, reply
from handlers.ui.request import Request
from handlers.ui.routing import Routes
from handlers.ui.screens import who
from handlers.ui.texts import _
from sop_flows.actions.cohorts.flags import is_flagged
from sop_flows.actions.rolls import rolls
from sop_flows.errors import NotFoundError, NotYoursError
from sop_flows.recording.forms.answers import AnswerError, Values, read_line
from sop_flows.recording.roll_call import Roll, lock_roll
from storage.tables import EntryState

NUMBERED_SHOWN = 6  # lines of a message by number said back at once; more of them are folded


def on_words(request: Request) -> Reply:
    """What was typed while a roll is on: an answer, lines by number, a number to go to, or a reason."""
    row = conversation.current(request)
    if row is None or row.task_id is None:
        return reply()
    try:
        roll = lock_roll(request.work, who(request), row.task_id)
    except (
        NotFoundError,
        NotYoursError,
    ):  # withdrawn, or no longer this officer's: nothing is asked any more
        conversation.end(request, ROLL)
        return on_text(request)
    talk = talk_about(request, roll.task_id)
    text = (request.text or "").strip()
    if has_slept(request, row):
        if not roll.open_rows:
            conversation.end(request, ROLL)
            return on_text(request)
        return _not_found(
            request, roll, talk, _("This list was left open. Is your answer for this child? Type it again.")
        )
    if is_rest(request, talk.cut_at):
        talk.cut_at = stamp(request)
        said = _("That was the rest of a long text, and I have not recorded it. Please write it shorter.")
        return _not_found(request, roll, talk, said)
    talk.cut_at = stamp(request) if is_cut(text) else ""
    if talk.asks == "reason":
        return reason_typed(request, roll, talk)
    if talk.asks == "day":
        return day_typed(request, roll, talk)
    number = int(text) if talk.asks == "fix" and text.isdecimal() else jump_number(text, roll)
    if number is not None:
        return jump(request, roll, talk, number)
    lines = numbered_lines(text, roll)
    if lines is not None:
        return _lines_typed(request, roll, talk, lines)
    if roll.step.record is None or not talk.child_id:
        return _not_found(request, roll, talk, _("Tap a button, or type a child's number to open its card."))
    return _answer_typed(request, roll, talk, text)


def jump(request: Request, roll: Roll, talk: Talk, number: int) -> Reply:
    """The card of the child with this number; its present answers can be replaced."""
    row = roll.row_numbered(number)
    if row is None:
        said = _("There is no child No. {number} on this list.").format(number=child_code(number))
        return _not_found(request, roll, talk, said)
    answer = turn_to(request, roll, row.child_id, talk=talk)
    if row.state == EntryState.DONE and roll.step.record is not None and roll.step.record.flag is not None:
        talk.flag = is_flagged(request.session, row.child_id)
        return card_again(request, roll, talk)
    return answer


def _not_found(request: Request, roll: Roll, talk: Talk, said: str) -> Reply:
    """The words led nowhere: the same card, the same question, or the next child."""
    if talk.child_id:
        return card_again(request, roll, talk, said)
    return ask_which(request, roll, said) if talk.asks == "fix" else go_on(request, roll, said, talk=talk)


def _answer_typed(request: Request, roll: Roll, talk: Talk, text: str) -> Reply:
    form = roll.step.record
    assert form is not None
    row = next((one for one in roll.rows if one.child_id == talk.child_id), None)
    if row is None:
        return go_on(request, roll, _("This child is no longer on the list."), talk=talk)
    choices = {field.key: roll.choices_of(request.institution, field, row.sex) for field in form.fields}
    try:
        values = read_line(form, text, choices, roll.today)
    except AnswerError as error:
        return card_again(request, roll, talk, answer_problem(form, error))
    return record_answer(request, roll, row, values)


def _lines_typed(request: Request, roll: Roll, talk: Talk, lines: list[tuple[int, str]]) -> Reply:
    """Several children at once, by number: each line good or bad is said back."""
    form = roll.step.record
    assert form is not None
    good: dict[int, Values] = {}
    said_good: list[str] = []
    bad: list[str] = []
    if talk.cut_at:  # the last line may be torn
        torn = child_code(lines[-1][0])
        bad.append(
            _("{number}: the text was too long here. Please send it again from this line.").format(
                number=torn
            )
        )
        lines = lines[:-1]
    for number, text in lines:
        row = roll.row_numbered(number)
        code = child_code(number)
        if row is None:
            bad.append(_("{number}: no such child on this list").format(number=code))
            continue
        if row.child_id in good:
            bad.append(_("{number}: twice in this message").format(number=code))
            continue
        choices = {field.key: roll.choices_of(request.institution, field, row.sex) for field in form.fields}
        try:
            good[row.child_id] = read_line(form, text, choices, roll.today)
        except AnswerError as error:
            bad.append(f"{code}: {answer_problem(form, error)}")
            continue
        said_good.append(f"{code} · {values_words(form, good[row.child_id])}")
    problems = ["⚠️ " + "\n".join(bad)] if bad else []
    if talk.asks == "preview":
        talk.preview.update({str(child_id): values for child_id, values in good.items()})
        return preview(request, roll, talk, "\n".join(problems))
    if not good:
        return _not_found(request, roll, talk, "\n".join(problems))
    done = rolls.record_entry(request.work, roll, good, correct=True, done_on=talk.worked_on)  # fmt: skip
    talk.answered = True
    listed = said_good if len(said_good) <= NUMBERED_SHOWN else [more(*said_good)]
    said = "\n".join(["✅ " + listed[0], *listed[1:], *problems])
    return go_on(request, done.roll, said, done.outcome, talk=talk)


ROUTES = Routes(topics={ROLL: on_words})
