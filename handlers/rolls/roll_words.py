"""Words typed while a roll is on: an answer, lines by number, a number to go to, or a reason."""

from dataclasses import asdict

from handlers.children.incidents import offer_beside
from handlers.rolls.arrival import ABSENT, absent_typed
from handlers.rolls.roll import ask_which, record_answer
from handlers.rolls.roll_day import day_typed
from handlers.rolls.roll_lines import SHORT, jump_number, numbered_lines
from handlers.rolls.roll_many import preview
from handlers.rolls.roll_question import RollQuestion
from handlers.rolls.roll_reasons import reason_typed
from handlers.rolls.roll_steps import card_again, go_on, turn_to
from handlers.rolls.roll_talk import ROLL, Talk, has_slept, roll_asked
from handlers.ui import conversation
from handlers.ui.fallbacks import on_text
from handlers.ui.form_words import answer_problem, key_words, values_words
from handlers.ui.pasting import is_cut, is_rest, left_standing, stamp
from handlers.ui.request import About, Reply, Request
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, esc, more
from sop_flows.actions.cohorts.flags import is_flagged
from sop_flows.actions.rolls import rolls
from sop_flows.recording.forms.answers import SEPARATOR, AnswerError, Values, read_answer, read_line
from sop_flows.recording.roll_call import Roll
from storage.queries.rolls import RollRow
from storage.tables import EntryState

NUMBERED_SHOWN = 6  # lines of a message by number said back at once; more of them are folded


def on_words(request: Request) -> Reply:
    """What was typed while a roll is on: an answer, lines by number, a number to go to, or a reason."""
    found = roll_asked(request, ROLL)
    if found is None:
        return on_text(request)
    row, roll, talk = found
    text = (request.text or "").strip()
    if has_slept(request, row):
        if not roll.open_rows:
            conversation.end(request, ROLL)
            return on_text(request)
        said = _("This list was left open. Is your answer for this child? Type it again.")
        return left_standing(request, _not_found(request, roll, talk, said))
    if is_rest(request, talk.cut_at):
        talk.cut_at = stamp(request)
        said = _("That was the rest of a long text, and I have not recorded it. Please write it shorter.")
        return left_standing(request, _not_found(request, roll, talk, said))
    talk.cut_at = stamp(request) if is_cut(text) else ""
    if talk.asks == ABSENT:
        return absent_typed(request, roll, talk)
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
    try:
        values = _read(request, roll, row, text)
    except AnswerError as error:
        if len(form.fields) > 1:
            return _part_typed(request, roll, talk, row, text, error)
        answer = card_again(request, roll, talk, answer_problem(form, error))
        return left_standing(request, answer) if error.fault == "too_long" else answer
    answer = record_answer(request, roll, row, values)
    is_taken = row.state != EntryState.OPEN and not talk.fixing  # a colleague was first
    return left_standing(request, answer) if is_taken else answer


def _part_typed(
    request: Request, roll: Roll, talk: Talk, row: RollRow, text: str, error: AnswerError
) -> Reply:
    """A line that is not whole: what fits is kept, and only what is missing is asked. Parts come in their order."""
    form = roll.step.record
    assert form is not None
    said = [part.strip() for part in text.split(SEPARATOR)]
    missing = [field for field in form.fields if field.key not in talk.parts]
    if len(said) > len(missing):  # a line from the start
        talk.parts, missing = {}, list(form.fields)
    if len(said) > len(form.fields):
        return left_standing(request, card_again(request, roll, talk, answer_problem(form, error)))
    problem: AnswerError | None = None
    for field, part in zip(missing, said, strict=False):
        try:
            talk.parts[field.key] = read_answer(
                field, part, roll.choices_of(request.work, field, row.sex), roll.today
            )
        except AnswerError as odd:
            problem = problem or odd
    missing = [field for field in form.fields if field.key not in talk.parts]
    if not missing:
        conversation.ask(request, ROLL, asdict(talk), roll.task_id)
        return record_answer(request, roll, row, dict(talk.parts))
    sentence = answer_problem(form, problem or error)
    if talk.parts:
        sentence += "\n" + _("I have: {values}. Still missing: {parts}").format(
            values=values_words(form, talk.parts), parts=f"<i>{esc('; '.join(map(key_words, missing)))}</i>"
        )
    return card_again(request, roll, talk, sentence)


def _read(request: Request, roll: Roll, row: RollRow, text: str) -> Values:
    form = roll.step.record
    assert form is not None
    choices = {field.key: roll.choices_of(request.work, field, row.sex) for field in form.fields}
    return read_line(form, text, choices, roll.today)


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
        try:
            good[row.child_id] = _read(request, roll, row, text)
        except AnswerError as error:
            bad.append(f"{code}: {answer_problem(form, error)}")
            continue
        if any(field.kind not in SHORT for field in form.fields):
            offer_beside(request, f"{code} {text}")
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


class FormRollQuestion(RollQuestion):
    """A roll with a form of one line for each child."""

    def names_child(self, request: Request, roll: Roll, talk: Talk) -> bool:
        """Lines by number; a number to go to, while nothing is kept that it could shift; the rest of a long paste."""
        text = (request.text or "").strip()
        conv = conversation.current(request)
        is_first = conv is not None and not conversation.kept(conv)
        if is_rest(request, talk.cut_at) or (is_first and jump_number(text, roll) is not None):
            return True
        return talk.asks == ABSENT or (
            talk.asks not in ("reason", "day") and numbered_lines(text, roll) is not None
        )

    def can_not_be_read(self, request: Request, roll: Roll, text: str) -> bool:
        """Whether children are only ticked, or the words are none of the choices and numbers that are asked."""
        form, lines = roll.step.record, numbered_lines(text, roll)
        if form is None:
            return True
        if lines is None or any(field.kind not in SHORT for field in form.fields):
            return False
        named = [(roll.row_numbered(number), words) for number, words in lines]
        return not any(row is not None and self.is_answer(request, roll, row, words) for row, words in named)

    def can_add(self, roll: Roll) -> bool:
        """Whether the last part is words."""
        return roll.step.record is not None and roll.step.record.fields[-1].kind == "text"

    def is_answer(self, request: Request, roll: Roll, row: RollRow, words: str) -> bool:
        """Whether the form understands it for this child; where children are only ticked, no words are an answer."""
        if roll.step.record is None:
            return False
        try:
            _read(request, roll, row, words)
        except AnswerError:
            return False
        return True


def _assign(request: Request, roll: Roll, talk: Talk, row: RollRow) -> Reply:
    """For this child: its answer, what is added to it, or what takes its place."""
    form, text = roll.step.record, (request.text or "").strip()
    if row.state != EntryState.DONE or form is None or form.fields[-1].kind != "text":
        turn_to(request, roll, row.child_id, talk=talk)
        return on_words(request)
    shown = talk.child_id
    last = form.fields[-1]
    values = rolls.entry_values(request.session, roll, row.child_id)
    whole = " ".join(str(part) for part in (values.get(last.key), text) if part)
    try:
        values = {**values, last.key: read_answer(last, whole, (), roll.today)}
    except AnswerError as error:
        return card_again(request, roll, talk, answer_problem(form, error))
    done = rolls.record_entry(request.work, roll, {row.child_id: values}, correct=True, done_on=talk.worked_on)  # fmt: skip
    said = f"✅ {child_code(row.number)} · {values_words(form, values)}"
    if any(one.child_id == shown for one in done.roll.open_rows):
        return turn_to(request, done.roll, shown, said, talk=talk)
    return go_on(request, done.roll, said, done.outcome, after=row.number, talk=talk)


ROUTES = Routes(About.TASK, topics={ROLL: FormRollQuestion(on_words, _assign)})
