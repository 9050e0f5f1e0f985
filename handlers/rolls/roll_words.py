"""Words typed while a roll is on: an answer, lines by number, a number to go to, or a reason."""

from handlers import conversation
from handlers.fallbacks import on_text
from handlers.forms.form_words import answer_problem, values_words
from handlers.forms.pasting import is_cut, is_rest, stamp
from handlers.looks.markup import child_code, more
from handlers.looks.screens import who
from handlers.looks.wording import _
from handlers.reply import Reply, reply
from handlers.rolls.roll import ask_which, record_answer
from handlers.rolls.roll_day import day_typed
from handlers.rolls.roll_lines import jump_number, numbered_lines
from handlers.rolls.roll_many import preview
from handlers.rolls.roll_reasons import reason_typed
from handlers.rolls.roll_steps import card_again, go_on, turn_to
from handlers.rolls.roll_talk import ROLL, Talk, has_slept, talk_about
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.cohorts.flags import is_flagged
from sop_flows.actions.rolls import rolls
from sop_flows.errors import NotFoundError, NotYoursError
from sop_flows.recording.forms.answers import AnswerError, Values, read_line
from sop_flows.recording.roll_call import Roll, lock_roll
from storage.tables import EntryState

NUMBERED_SHOWN = 6  # lines of a message by number said back at once; more of them are folded


def on_words(visit: Visit) -> Reply:
    """What was typed while a roll is on: an answer, lines by number, a number to go to, or a reason."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    try:
        roll = lock_roll(visit.session, visit.house, who(visit), row.task_id, visit.now)
    except (
        NotFoundError,
        NotYoursError,
    ):  # withdrawn, or no longer this officer's: nothing is asked any more
        conversation.end(visit, ROLL)
        return on_text(visit)
    talk = talk_about(visit, roll.task_id)
    text = (visit.text or "").strip()
    if has_slept(visit, row):
        if not roll.open_rows:
            conversation.end(visit, ROLL)
            return on_text(visit)
        return _not_found(
            visit, roll, talk, _("This list was left open. Is your answer for this child? Type it again.")
        )
    if is_rest(visit, talk.cut_at):
        talk.cut_at = stamp(visit)
        said = _("That was the rest of a long text, and I have not recorded it. Please write it shorter.")
        return _not_found(visit, roll, talk, said)
    talk.cut_at = stamp(visit) if is_cut(text) else ""
    if talk.asks == "reason":
        return reason_typed(visit, roll, talk)
    if talk.asks == "day":
        return day_typed(visit, roll, talk)
    number = int(text) if talk.asks == "fix" and text.isdecimal() else jump_number(text, roll)
    if number is not None:
        return jump(visit, roll, talk, number)
    lines = numbered_lines(text, roll)
    if lines is not None:
        return _lines_typed(visit, roll, talk, lines)
    if roll.step.record is None or not talk.child_id:
        return _not_found(visit, roll, talk, _("Tap a button, or type a child's number to open its card."))
    return _answer_typed(visit, roll, talk, text)


def jump(visit: Visit, roll: Roll, talk: Talk, number: int) -> Reply:
    """The card of the child with this number; its present answers can be replaced."""
    row = roll.row_numbered(number)
    if row is None:
        said = _("There is no child No. {number} on this list.").format(number=child_code(number))
        return _not_found(visit, roll, talk, said)
    answer = turn_to(visit, roll, row.child_id, talk=talk)
    if row.state == EntryState.DONE and roll.step.record is not None and roll.step.record.flag is not None:
        talk.flag = is_flagged(visit.session, row.child_id)
        return card_again(visit, roll, talk)
    return answer


def _not_found(visit: Visit, roll: Roll, talk: Talk, said: str) -> Reply:
    """The words led nowhere: the same card, the same question, or the next child."""
    if talk.child_id:
        return card_again(visit, roll, talk, said)
    return ask_which(visit, roll, said) if talk.asks == "fix" else go_on(visit, roll, said, talk=talk)


def _answer_typed(visit: Visit, roll: Roll, talk: Talk, text: str) -> Reply:
    form = roll.step.record
    assert form is not None
    row = next((one for one in roll.rows if one.child_id == talk.child_id), None)
    if row is None:
        return go_on(visit, roll, _("This child is no longer on the list."), talk=talk)
    choices = {field.key: roll.choices_of(visit.house, field, row.sex) for field in form.fields}
    try:
        values = read_line(form, text, choices, roll.today)
    except AnswerError as error:
        return card_again(visit, roll, talk, answer_problem(form, error))
    return record_answer(visit, roll, row, values)


def _lines_typed(visit: Visit, roll: Roll, talk: Talk, lines: list[tuple[int, str]]) -> Reply:
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
        choices = {field.key: roll.choices_of(visit.house, field, row.sex) for field in form.fields}
        try:
            good[row.child_id] = read_line(form, text, choices, roll.today)
        except AnswerError as error:
            bad.append(f"{code}: {answer_problem(form, error)}")
            continue
        said_good.append(f"{code} · {values_words(form, good[row.child_id])}")
    problems = ["⚠️ " + "\n".join(bad)] if bad else []
    if talk.asks == "preview":
        talk.preview.update({str(child_id): values for child_id, values in good.items()})
        return preview(visit, roll, talk, "\n".join(problems))
    if not good:
        return _not_found(visit, roll, talk, "\n".join(problems))
    done = rolls.record_entry(
        visit.session, visit.house, who(visit), roll, good, visit.now,
        update_id=visit.update_id, correct=True, done_on=talk.worked_on,
    )  # fmt: skip
    talk.answered = True
    listed = said_good if len(said_good) <= NUMBERED_SHOWN else [more(*said_good)]
    said = "\n".join(["✅ " + listed[0], *listed[1:], *problems])
    return go_on(visit, done.roll, said, done.outcome, talk=talk)


ROUTES = Routes(topics={ROLL: on_words})
