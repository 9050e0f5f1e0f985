"""Weights as they come in: for the child shown, by number, doubted, sent too early, or a colleague's already."""

from datetime import date

from handlers.children.incidents import set_aside
from handlers.rolls.roll_card import by_whom
from handlers.rolls.roll_day import day_typed
from handlers.rolls.roll_lines import jump_number
from handlers.rolls.roll_question import RollQuestion
from handlers.rolls.roll_reasons import reason_typed
from handlers.rolls.roll_steps import card_again, finished, go_on, locked_row, turn_to
from handlers.rolls.roll_talk import (
    WEIGH_IN,
    Talk,
    has_slept,
    repeats_last,
    roll_asked,
    show,
    talk_about,
)
from handlers.rolls.roll_words import jump
from handlers.rolls.weigh_after import flags_typed
from handlers.rolls.weigh_words import (
    doubt_card,
    fix_card,
    not_understood,
    recorded_line,
    recorded_lines,
    replace_card,
)
from handlers.ui import conversation
from handlers.ui.fallbacks import on_text
from handlers.ui.form_words import plain_words
from handlers.ui.kilograms import kilos, kilos_as_typed
from handlers.ui.pasting import left_standing
from handlers.ui.request import About, ButtonError, Reply, Request, button, pressed, rows
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, echo, esc
from sop_flows.actions import incidents
from sop_flows.actions.rolls import rolls
from sop_flows.declarations.unit import WeightLimits
from sop_flows.recording.roll_call import Roll
from sop_flows.recording.weigh_ins import last_weights, limits_of, weights_here
from sop_flows.recording.weights import (
    RECORDABLE_G,
    Doubt,
    Pair,
    TypedWeight,
    doubt_about,
    parse_message,
    parse_weight,
    read_pair,
    torn_weight,
    typed_code,
    without_heights,
)
from storage.queries.rolls import RollRow
from storage.tables import EntryState, Officer

DOUBLE_SECONDS = 10  # the same bare weight again within this time is asked about
MOST_TENTHS = 2500  # of a centimetre: taller than anybody
EXAMPLE_G = 23_500  # grams, in a sentence that explains what to type


def on_weight_typed(request: Request) -> Reply:
    """A bare weight for the child shown, lines by number, or a number to go to."""
    found = roll_asked(request, WEIGH_IN)
    if found is None:
        return on_text(request)
    conv, roll, talk = found
    text = (request.text or "").strip()
    code = _child_code(roll, talk, text)
    if code is not None:
        return jump(request, roll, talk, code)
    pair = _pair(roll, text)
    if pair is not None and talk.asks not in ("reason", "day", "flags"):
        return _pair_typed(request, roll, talk, pair)
    heights: dict[int, float] = {}
    if roll.step.record is not None and roll.step.record.height is not None:
        text, heights = without_heights(text)
    typed = parse_message(text)
    good = [one for one in typed if one.trouble is None]
    if not good and (has_slept(request, conv) or not (roll.open_rows or talk.asks or talk.fixing)):
        conversation.end(
            request, WEIGH_IN
        )  # a weigh-in that was left, or is finished: the words are for something else
        return on_text(request)
    if talk.asks == "reason" and not good:
        return reason_typed(request, roll, talk)
    if talk.asks == "day" and not (good and good[0].number is not None):
        return day_typed(request, roll, talk)
    if talk.asks == "flags":
        return flags_typed(request, roll, talk)
    torn = torn_weight(text)
    if torn is not None and talk.child_id:
        return ask_back(request, roll, talk, [(talk.child_id, torn)])
    number = jump_number(text, roll) if not good else None
    if number is not None:
        return jump(request, roll, talk, number)
    if len(typed) == 1 and good and good[0].number is None:
        return _bare(request, roll, talk, good[0].weight_g or 0)
    if len(typed) == 1 and not good:
        return _not_understood(request, roll, talk, typed[0])
    return _numbered(request, roll, talk, typed, heights)


def _child_code(roll: Roll, talk: Talk, text: str) -> int | None:
    """The number of a child on the list when the words name one: "003", and in Koreksi "3" too."""
    if talk.asks in ("reason", "day", "flags"):
        return None
    number = typed_code(text)
    if number is None and talk.asks == "fix" and text.isascii() and text.isdecimal() and len(text) <= 4:
        number = int(text)
    return number if number is not None and roll.row_numbered(number) is not None else None


def _pair(roll: Roll, text: str) -> Pair | None:
    """A weight with a height, where this weigh-in asks for one; "121 23,5" is of child 121 if there is one."""
    pair = None if roll.step.record is None or roll.step.record.height is None else read_pair(text)
    if pair is not None and pair.height_cm == pair.first and roll.row_numbered(pair.first) is not None:
        return None
    return pair


def _pair_typed(request: Request, roll: Roll, talk: Talk, pair: Pair) -> Reply:
    """A weight and a height for the child shown; asked back when they may be something else, or no child's height."""
    row = next((one for one in roll.rows if one.child_id == talk.child_id), None)
    height = None if roll.step.record is None else roll.step.record.height
    if row is None or (row.state != EntryState.OPEN and not talk.fixing):
        return _bare(request, roll, talk, pair.weight_g)
    weight, cm = kilos_as_typed(pair.weight_g), f"{pair.height_cm:g} cm".replace(".", ",")
    if height is not None and height.max is not None and pair.height_cm > height.max:
        said = _("{height} is taller than I can record; at most {most} cm. Nothing is recorded yet.")
        return card_again(request, roll, talk, said.format(height=cm, most=height.max))
    if pair.sure:
        rolls.record_height(request.work, roll, row.child_id, pair.height_cm)
        return _bare(request, roll, talk, pair.weight_g)
    ids = (roll.task_id, row.child_id)
    picks = [button(f"{weight} · {cm}", "weigh_both", *ids, pair.weight_g, round(pair.height_cm * 10))]
    other = roll.row_numbered(pair.first)
    if other is not None:
        label = _("No. {number}: {weight}").format(number=child_code(other.number), weight=cm[:-2] + "kg")
        grams = round(pair.height_cm * 1000)
        picks.append(button(label, "weigh_both", roll.task_id, other.child_id, grams, 0))
    picks.append(button(_("Type again"), "roll_card", *ids))
    said = _("{words}: how is it meant? Type the weight first, then the height: 23.5 121.")
    return show(request, roll, talk, said.format(words=echo(request.text or "")), rows(picks, 1))


def on_both(request: Request) -> Reply:
    """A weight (grams) and a height (tenths of a cm, 0: none), as they were meant."""
    roll, row = locked_row(request)
    talk = talk_about(request, roll.task_id)
    talk.turn_to(row.child_id)
    if row.state != EntryState.OPEN and not talk.fixing:
        return go_on(request, roll, was_first(request, roll, row), after=row.number, talk=talk)
    if pressed(request, 2) not in RECORDABLE_G or not 0 <= pressed(request, 3) <= MOST_TENTHS:
        raise ButtonError("no weight or height")
    if pressed(request, 3):
        rolls.record_height(request.work, roll, row.child_id, pressed(request, 3) / 10)
    return weigh(request, roll, talk, row, pressed(request, 2))


def _not_understood(request: Request, roll: Roll, talk: Talk, line: TypedWeight) -> Reply:
    example = EXAMPLE_G
    if talk.child_id:
        last = last_weights(request.session, roll, [talk.child_id]).get(talk.child_id)
        example = last.weight_g + 100 if last is not None else EXAMPLE_G
    said = not_understood(line.text, example)
    if talk.child_id:
        talk.asks, talk.doubts = "", []
        return card_again(request, roll, talk, said)
    return fix_again(request, roll, said)


def _bare(request: Request, roll: Roll, talk: Talk, weight_g: int) -> Reply:
    """A weight without a number: for the child whose card is shown."""
    row = next((one for one in roll.rows if one.child_id == talk.child_id), None)
    if row is None:
        said = _("This child is no longer on the list.") if talk.child_id else _("For which child is it?")
        return go_on(request, roll, said, talk=talk) if roll.open_rows else fix_again(request, roll, said)
    if row.state != EntryState.OPEN and not talk.fixing:
        told = go_on(request, roll, was_first(request, roll, row), after=row.number, talk=talk)
        return left_standing(request, told)
    talk.last_g, talk.last_at = weight_g, (request.message_sent_at or request.now).isoformat()
    return weigh(request, roll, talk, row, weight_g)


def assign_weight(request: Request, roll: Roll, talk: Talk, row: RollRow, weight_g: int) -> Reply:
    """The weight is for this child, whoever is shown: recorded, doubted, or asked whether it replaces another."""
    talk.asks, talk.last_at = "", ""
    if row.state == EntryState.DONE:
        old = weights_here(request.session, roll, [row.child_id]).get(row.child_id)
        if old is not None and old.weight_g == weight_g:
            said = f"✅ {recorded_line(row.number, weight_g, None)}"
            return go_on(request, roll, said, after=row.number, talk=talk)
        if old is not None:
            talk.asks = "replace"
            card = replace_card(roll, row, old.weight_g, weight_g, by_whom(request, row))
            return show(request, roll, talk, *card)
    return weigh(request, roll, talk, row, weight_g)


class WeighQuestion(RollQuestion):
    """A weigh-in: bare weights are for the child shown, lines by number for whom they name."""

    def names_child(self, request: Request, roll: Roll, talk: Talk) -> bool:
        """Lines by number; the number of a child whose card is wanted, while nothing is kept that it could shift."""
        text = (request.text or "").strip()
        typed = parse_message(text)
        if len(_bare_lines(text)) > 1:
            return False
        if torn_weight(text) is None and (len(typed) > 1 or any(one.number is not None for one in typed)):
            return True
        conv = conversation.current(request)
        is_first = conv is not None and not conversation.kept(conv)
        number = _child_code(roll, talk, text)
        return is_first and (number is not None or jump_number(text, roll) is not None)

    def can_not_be_read(self, request: Request, roll: Roll, text: str) -> bool:
        """Whether no line is a weight."""
        return all(one.trouble in ("not_a_weight", "no_number") for one in parse_message(text))

    def parts(self, request: Request) -> list[str]:
        """Weights below each other, without numbers, are one each."""
        return _bare_lines(request.text or "") or super().parts(request)

    def is_doubtful(self, request: Request) -> bool:
        """Several bare weights; or the same one twice within seconds: sent twice, or twins?"""
        talk = self._talk(request)
        if talk.asks in ("", "doubt") and len(_bare_lines(request.text or "")) > 1:
            return True
        weight_g = parse_weight(request.text or "")
        return (
            not talk.asks and weight_g is not None and repeats_last(request, talk, weight_g, DOUBLE_SECONDS)
        )

    def is_answer(self, request: Request, roll: Roll, row: RollRow, words: str) -> bool:
        """Whether it is a bare weight and no child's number."""
        return (parse_weight(words) is not None and typed_code(words) is None) or _pair(
            roll, words
        ) is not None

    def sentence(self, request: Request, words: str) -> str:
        """ "26,1 kg untuk siapa?" """
        weight_g = parse_weight(words)
        if weight_g is None or not self.places(request):
            return super().sentence(request, words)
        return _("For whom is {weight}?").format(weight=kilos_as_typed(weight_g))


def _bare_lines(text: str) -> list[str]:
    """The lines, when each is a weight and none a child's number."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    bare = all(parse_weight(line) is not None and typed_code(line) is None for line in lines)
    return lines if bare else []


def _assign(request: Request, roll: Roll, talk: Talk, row: RollRow) -> Reply:
    pair = _pair(roll, request.text or "")
    if pair is not None and pair.sure:
        rolls.record_height(request.work, roll, row.child_id, pair.height_cm)
        return assign_weight(request, roll, talk, row, pair.weight_g)
    weight_g = parse_weight(request.text or "")
    if weight_g is not None and typed_code(request.text or "") is None:
        return assign_weight(request, roll, talk, row, weight_g)
    turn_to(request, roll, row.child_id, talk=talk)
    return on_weight_typed(request)


def weigh(request: Request, roll: Roll, talk: Talk, row: RollRow, weight_g: int) -> Reply:
    """Record one believable weight, or ask back."""
    last_g, limits = _compared_with(request, roll, row)
    if doubt_about(weight_g, last_g, limits) is not None:
        return ask_back(request, roll, talk, [(row.child_id, weight_g)])
    return record(request, roll, talk, {row.child_id: weight_g}, {row.child_id: last_g}, row.number)


def _compared_with(request: Request, roll: Roll, row: RollRow) -> tuple[int | None, WeightLimits]:
    """What the child weighed last, in grams, and within which limits its weight is believed."""
    last = last_weights(request.session, roll, [row.child_id]).get(row.child_id)
    limits = limits_of(roll, row, last, request.institution.pack.unit.weights)
    return (None if last is None else last.weight_g), limits


def ask_back(
    request: Request, roll: Roll, talk: Talk, doubts: list[tuple[int, int]], said: str = ""
) -> Reply:
    """The first doubtful weight; the others wait behind it."""
    talk.doubts = [[child_id, weight_g] for child_id, weight_g in doubts]
    if request.press is None:
        talk.typed_on = request.today.isoformat()
    while talk.doubts:
        child_id, weight_g = talk.doubts[0]
        row = next((one for one in roll.rows if one.child_id == child_id), None)
        if row is None:
            talk.doubts.pop(0)
            continue
        last_g, limits = _compared_with(request, roll, row)
        # "23 5" is believable; what is asked is whether it was one number.
        doubt = doubt_about(weight_g, last_g, limits) or Doubt(weight_g, last_g, True, ())
        talk.turn_to(child_id, said)
        talk.fixing = row.state != EntryState.OPEN
        talk.asks = "doubt"
        return show(request, roll, talk, *doubt_card(roll, row, doubt, talk))
    return go_on(request, roll, said, talk=talk)


def record(
    request: Request,
    roll: Roll,
    talk: Talk,
    weights_g: dict[int, int],
    before_g: dict[int, int | None],
    after: int,
    bad: str = "",
) -> Reply:
    """Write the weights down, then the doubts that are left, then the next child."""
    was_open = bool(roll.open_rows)
    on = talk.worked_on
    if on is None and request.press is not None and talk.typed_on and roll.work_on == roll.today:
        on = date.fromisoformat(talk.typed_on)
    done = rolls.record_weight(request.work, roll, weights_g, correct=True, done_on=on)
    incidents.weighed(request.work, roll, weights_g, before_g)
    if done.outcome is not None:
        incidents.tell_weighed(request.work, done.roll)
    talk.answered = True
    lines = [
        recorded_line(row.number, weights_g[row.child_id], before_g.get(row.child_id))
        + _height_words(request, roll, row)
        for row in roll.rows
        if row.child_id in weights_g
    ]
    said = "\n".join(part for part in (recorded_lines(lines) if lines else "", bad) if part)
    left = [(child_id, weight_g) for child_id, weight_g in talk.doubts if child_id not in weights_g]
    talk.doubts, talk.fixing = [], False
    if left:
        return ask_back(request, done.roll, talk, left, said)
    if talk.resume:
        after, talk.resume = talk.resume - 1, 0
    if not was_open:
        return finished(request, done.roll, said, done.outcome)
    return go_on(request, done.roll, said, done.outcome, after=after, talk=talk)


def _height_words(request: Request, roll: Roll, row: RollRow) -> str:
    """ " · 121 cm" where this weigh-in has the child's height."""
    height = None if roll.step.record is None else roll.step.record.height
    if height is None:
        return ""
    value = rolls.entry_values(request.session, roll, row.child_id).get(height.key)
    return "" if value is None else f" · {plain_words(height, value)}"


def _numbered(
    request: Request, roll: Roll, talk: Talk, typed: tuple[TypedWeight, ...], heights: dict[int, float]
) -> Reply:
    """Lines by number: the believable ones are recorded, the others are said back one by one."""
    found: list[tuple[RollRow, int]] = []
    bad: list[str] = []
    for line in typed:
        row = roll.row_numbered(line.number) if line.number is not None else None
        problem = _line_problem(line, row)
        if line.trouble == "not_a_weight" and set_aside(request, line.text):
            continue
        if problem:
            bad.append(problem)
        elif row is not None and line.weight_g is not None:
            found.append((row, line.weight_g))
    here = weights_here(request.session, roll, [row.child_id for row, _g in found])
    before = last_weights(request.session, roll, [row.child_id for row, _g in found])
    limits = request.institution.pack.unit.weights
    good: dict[int, int] = {}
    doubts: list[tuple[int, int]] = []
    replaces = talk.asks == "fix" or not roll.open_rows
    for row, weight_g in found:
        old = here.get(row.child_id)
        if old is not None and old.weight_g == weight_g:
            continue
        last = before.get(row.child_id)
        last_g = last.weight_g if last is not None else None
        is_odd = doubt_about(weight_g, last_g, limits_of(roll, row, last, limits)) is not None
        if old is not None and not replaces and not (is_odd and len(typed) == 1):
            if len(typed) == 1:
                talk.asks = "replace"
                return show(
                    request,
                    roll,
                    talk,
                    *replace_card(roll, row, old.weight_g, weight_g, by_whom(request, row)),
                )
            bad.append(
                _("{number}: has {weight} already ({who})").format(
                    number=child_code(row.number), weight=kilos(old.weight_g), who=by_whom(request, row)
                )
            )
            continue
        if is_odd:
            doubts.append((row.child_id, weight_g))
        else:
            good[row.child_id] = weight_g
    for row, _weight_g in found:
        if row.number in heights and row.child_id in {*good, *dict(doubts)}:
            rolls.record_height(request.work, roll, row.child_id, heights[row.number])
    problems = "⚠️ " + "\n".join(bad) if bad else ""
    talk.doubts = [[child_id, weight_g] for child_id, weight_g in doubts]
    # Whoever writes by number goes on with the child whose card was shown, if it is still to be weighed.
    talk.resume = next((row.number for row in roll.open_rows if row.child_id == talk.child_id), 0)
    if good:
        known = {child_id: row.weight_g for child_id, row in before.items()}
        return record(request, roll, talk, good, dict(known), 0, problems)
    if doubts:
        return ask_back(request, roll, talk, doubts, problems)
    if replaces and not roll.open_rows:
        return fix_again(request, roll, problems) if problems else finished(request, roll)
    return go_on(request, roll, problems or _("Recorded already."), talk=talk)


def _line_problem(line: TypedWeight, row: RollRow | None) -> str:
    code = child_code(line.number) if line.number is not None else ""
    if line.trouble == "twice":
        return _("{number}: twice in this message").format(number=code)
    if line.trouble == "no_number":
        return _("“{line}”: the child's number is missing").format(line=esc(line.text[:40]))
    if line.trouble == "not_a_weight":
        return _("“{line}”: that is no weight").format(line=esc(line.text[:40]))
    if row is None:
        return _("{number}: no such child on this list").format(number=code)
    return ""


def was_first(request: Request, roll: Roll, row: RollRow) -> str:
    """ "No. 014 baru saja dicatat Ani: 22,8 kg. Lanjut ke No. 015." (HTML)"""
    number = child_code(row.number)
    officer = request.session.get(Officer, row.closed_by_id) if row.closed_by_id is not None else None
    name = esc(officer.name) if officer is not None else "-"
    here = weights_here(request.session, roll, [row.child_id]).get(row.child_id)
    if here is None:
        said = _("No. {number} was just skipped by {who}.").format(number=number, who=name)
    else:
        said = _("No. {number} was just recorded by {who}: {weight}.").format(
            number=number, who=name, weight=kilos(here.weight_g)
        )
    following = roll.next_row(row.number)
    if following is None:
        return said
    return f"{said} " + _("On to No. {number}.").format(number=child_code(following.number))


def fix_again(request: Request, roll: Roll, said: str) -> Reply:
    text, keyboard = fix_card(roll)
    return show(request, roll, Talk(asks="fix"), f"{said}\n{text}" if said else text, keyboard)


ROUTES = Routes(
    About.TASK,
    presses={"weigh_both": on_both},
    topics={WEIGH_IN: WeighQuestion(on_weight_typed, _assign)},
)
