"""The card of the child a roll has come to: whose turn it is, what is asked, the buttons."""

from collections import Counter

from handlers.cards.task_card import kind_of
from handlers.cards.weighing import name_of_roll
from handlers.rolls.roll_talk import Talk
from handlers.ui.form_words import hint_of, key_words, plain_words, values_words
from handlers.ui.kilograms import kilos
from handlers.ui.request import TICKED_MAX, Button, Keyboard, Request, button, in_words, rows, ticked, to_list
from handlers.ui.words import (
    LABEL_MAX,
    _,
    bold,
    brief_day_words,
    child_code,
    cohort_prefix,
    day_words,
    esc,
    moment_words,
    ngettext,
    short_date_words,
)
from sop_flows.actions.rolls.rolls import entry_values
from sop_flows.declarations.form import Form
from sop_flows.recording.origins import handed_over
from sop_flows.recording.proposing import propose_one
from sop_flows.recording.roll_call import Roll
from sop_flows.recording.weigh_ins import last_weights, weights_here
from sop_flows.staffing.responsibility import log_reads
from storage.queries.children import list_names
from storage.queries.rolls import RollRow
from storage.tables import Child, Cohort, EntryState, Officer

NARROW = 12  # characters of a label of which three fit beside each other
CHOICES_IN_ROW = 3  # buttons of one row that stay readable on a phone


def roll_name(request: Request, roll: Roll) -> str:
    """ "Penimbangan ke-2" or the step in a few words; with the angkatan while several are open. HTML."""
    return name_of_roll(request.session, roll)


def child_card(request: Request, roll: Roll, talk: Talk) -> tuple[str, Keyboard]:
    """Text (HTML) and buttons for the child `talk` has come to."""
    row = roll.row_of(talk.child_id)
    lines = [talk.said] if talk.said else []
    lines.append(_who_line(request, roll, row))
    lines += _state_lines(request, roll, talk, row)
    lines += _question(request, roll, talk, row)
    return "\n".join(lines), _buttons(request, roll, talk, row)


def _who_line(request: Request, roll: Roll, row: RollRow) -> str:
    child = request.session.get_one(Child, row.child_id)
    place = f"{min(roll.closed_count + 1, len(roll.rows))}/{len(roll.rows)}"
    if row.state != EntryState.OPEN:
        place = "✎"
    parts = [
        place,
        _("No. {number}").format(number=child_code(row.number)),
        bold(child.name),
        esc(row.school),
    ]
    if roll.is_weighing:
        last = last_weights(request.session, roll, [row.child_id]).get(row.child_id)
        if last is not None:
            day = brief_day_words(last.weighed_on)
            parts.append(_("last {weight} ({day})").format(weight=kilos(last.weight_g), day=day))
    cohort = request.session.get_one(Cohort, roll.task.cohort_id)
    return cohort_prefix(request.session, cohort) + " · ".join(parts)


def _state_lines(request: Request, roll: Roll, talk: Talk, row: RollRow) -> list[str]:
    """What stands about the child already, and under which day it is entered when that is not today."""
    lines = []
    if roll.was_missed:
        lines.append(
            _("Entered for {day}.").format(day=short_date_words(talk.worked_on or roll.work_on, roll.today))
        )
    elif talk.worked_on is not None and not talk.said:
        lines.append(_("Entered for {day}.").format(day=day_words(talk.worked_on, roll.today)))
    if row.state == EntryState.DONE:
        lines.append(
            _("Recorded: {value} · {who}").format(
                value=recorded(request, roll, row), who=by_whom(request, row)
            )
        )
    elif row.state == EntryState.EXCUSED:
        lines.append(_("Skipped by {who}.").format(who=by_whom(request, row)))
    return lines


def recorded(request: Request, roll: Roll, row: RollRow) -> str:
    """What is recorded about the child, in one line of HTML; "" when nothing is."""
    if roll.is_weighing:
        here = weights_here(request.session, roll, [row.child_id]).get(row.child_id)
        return kilos(here.weight_g) if here is not None else ""
    values = entry_values(request.session, roll, row.child_id)
    return _("done") if roll.step.record is None else values_words(roll.step.record, values)


def by_whom(request: Request, row: RollRow) -> str:
    """ "Ani, tadi pukul 10.15" (HTML)."""
    officer = None if row.closed_by_id is None else request.session.get(Officer, row.closed_by_id)
    name = esc(officer.name) if officer is not None else "-"
    if row.closed_at is None:
        return name
    return f"{name}, {moment_words(row.closed_at, request.now, request.institution.zone)}"


def already_words(request: Request, roll: Roll, row: RollRow) -> str:
    """ "No. 014 baru saja dicatat Ani, tadi pukul 10.15: Ibu." (HTML)"""
    number = child_code(row.number)
    if row.state == EntryState.EXCUSED:
        return _("No. {number} was skipped by {who}.").format(number=number, who=by_whom(request, row))
    value = recorded(request, roll, row)
    return _("No. {number} was just recorded by {who}: {value}.").format(
        number=number, who=by_whom(request, row), value=value
    )


def _question(request: Request, roll: Roll, talk: Talk, row: RollRow) -> list[str]:
    if talk.asks == "reason":
        return [_reason_question(talk)]
    if roll.is_weighing:
        if row.state == EntryState.DONE:
            return [_("Type the right weight to replace it.")]
        return [] if talk.said else [_weigh_hint(roll)]
    form = roll.step.record
    if form is None:
        return [esc(roll.step.prompt)]
    return _form_question(request, roll, talk, row, form)


def _weigh_hint(roll: Roll) -> str:
    codes = [child_code(row.number) for row in roll.askable[:2]]
    single = _("Type the weight, for example 23.5.")
    if len(codes) < 2:
        return single
    several = _("Or several at once: {first} 23.5 ↵ {second} 25.1").format(first=codes[0], second=codes[1])
    return f"{single} {several}"


def _reason_question(talk: Talk) -> str:
    if talk.reason_for == "put_off":
        return _("Why is the child put off until tomorrow? Choose, or type the reason.")
    return _("Why is the child skipped? Choose, or type the reason.")


def _form_question(request: Request, roll: Roll, talk: Talk, row: RollRow, form: Form) -> list[str]:
    lines = [esc(" ".join(field.ask for field in form.fields))]
    if len(form.fields) == 1:
        first = form.fields[0]
        room = TICKED_MAX if first.kind == "choices" else LABEL_MAX
        lines += in_words(roll.choices_of(request.work, first, row.sex), room)[0]
    else:
        keys = "; ".join(key_words(field) for field in form.fields)
        said = _("Answer in one message, separated by semicolons: {parts}")
        if form.one_tap is not None and roll.choices_of(request.work, form.one_tap, row.sex):
            said = _("Tap, or type it with more, separated by semicolons: {parts}")
        lines.append(said.format(parts=f"<i>{esc(keys)}</i>"))
    if row.state == EntryState.OPEN and talk.offered:
        lines.append(_("Proposal: {value}").format(value=values_words(form, talk.offered)))
    if len(form.fields) == 1 and (hint := hint_of(form.fields[0])):
        lines.append(hint)
    if not talk.said and roll.closed_count == 0 and form.fields[0].kind in ("text", "number"):
        codes = [child_code(one.number) for one in roll.askable[:2]]
        if len(codes) == 2 and len(form.fields) == 1:
            lines.append(_("Several at once: {first} … ↵ {second} …").format(first=codes[0], second=codes[1]))
    return lines


def offer(request: Request, roll: Roll, talk: Talk) -> None:
    """Work out what can be proposed for the child that `talk` has come to."""
    row = roll.row_of(talk.child_id)
    talk.offered = propose_one(request.work, roll, row) if row.state == EntryState.OPEN else {}


# --- buttons ------------------------------------------------------------------------------------------------


def _buttons(request: Request, roll: Roll, talk: Talk, row: RollRow) -> Keyboard:
    task_id, child_id = roll.task_id, row.child_id
    if talk.asks == "reason":
        return _reason_buttons(roll, talk, row)
    if row.state == EntryState.DONE:
        back = [button(_("‹ Back"), "roll_next", task_id)]
        flag = _flag_button(roll, talk, row)
        return (
            rows([*flag, *back])
            if roll.is_weighing
            else (*_answer_rows(request, roll, talk, row), (*flag, *back))
        )
    skip = button(_("Skip"), "roll_skip", task_id, child_id)
    later = button(_("Put off"), "roll_put_off", task_id, child_id)
    stop = button(_("Stop for now"), "roll_stop", task_id)
    if roll.is_weighing:
        return (
            (button(_("Absent"), "weigh_absent", task_id, child_id), skip),
            (later, stop),
            *_day_row(roll, talk),
        )
    return (
        *_answer_rows(request, roll, talk, row),
        (skip, later, stop),
        *_bulk_rows(roll),
        *_day_row(roll, talk),
    )


def _day_row(roll: Roll, talk: Talk) -> Keyboard:
    """Tanggal lain, on the first card only: it is seldom needed, and the card is small."""
    if roll.was_missed or talk.answered:
        return ()
    return ((button(_("Another date"), "roll_day", roll.task_id),),)


def _answer_rows(request: Request, roll: Roll, talk: Talk, row: RollRow) -> Keyboard:
    """Buttons that answer for this child: a tick, choices, the proposal, the flag."""
    task_id, child_id, form = roll.task_id, row.child_id, roll.step.record
    if form is None:
        if row.state == EntryState.DONE:
            return ()
        return ((button(_("Done with this child"), "roll_tick", task_id, child_id, style="success"),),)
    answer: list[tuple[Button, ...]] = []
    first = form.fields[0]
    choices = roll.choices_of(request.work, first, row.sex)
    if form.one_tap is not None and first.kind == "yes":
        yes_no = [
            button(word, "roll_pick", task_id, child_id, n) for n, word in ((1, _("Yes")), (0, _("No")))
        ]
        answer += rows(yes_no)
    elif len(form.fields) == 1 and first.kind == "choices":
        answer += _tick_rows(roll, talk, row, choices)
    elif form.one_tap is not None and choices:
        picks = [
            button(label, "roll_pick", task_id, child_id, place)
            for place, label in enumerate(in_words(choices)[1])
        ]
        longest = max(len(one.text) for one in picks)
        answer += rows(picks, CHOICES_IN_ROW if longest <= NARROW else 2)
    elif talk.offered and row.state == EntryState.OPEN:
        label = (
            ", ".join(plain_words(first, value) for value in talk.offered.values() if value)
            if len(form.fields) == 1
            else ""
        )
        answer.append(
            (button(label or _("That is right"), "roll_offered", task_id, child_id, style="success"),)
        )
    if row.state == EntryState.OPEN:
        answer += [tuple(_flag_button(roll, talk, row))] if form.flag else []
    return tuple(answer)


def _tick_rows(roll: Roll, talk: Talk, row: RollRow, choices: tuple[str, ...]) -> list[tuple[Button, ...]]:
    """Several choices with their ticks, and "Lanjut". A button says what it sets: a second tap changes nothing."""
    ids = (roll.task_id, row.child_id)
    ticks = [
        button(ticked(label, choice in talk.ticked), "roll_choice", *ids, place, int(choice not in talk.ticked))
        for place, (choice, label) in enumerate(zip(choices, in_words(choices, TICKED_MAX)[1], strict=True))
    ]  # fmt: skip
    last = [button(_("Continue"), "roll_chosen", *ids, style="success")] if talk.ticked else []
    return [*rows(ticks), *rows(last)]


def _flag_button(roll: Roll, talk: Talk, row: RollRow) -> list[Button]:
    form = roll.step.record
    if form is None or form.flag is None:
        return []
    return [button(ticked(form.flag, bool(talk.flag)), "roll_flag", roll.task_id, row.child_id)]


def _bulk_rows(roll: Roll) -> Keyboard:
    """What answers for many children at once."""
    form, left = roll.step.record, len(roll.askable)
    if form is None:
        return ((button(_("All children are done"), "roll_all", roll.task_id),),)
    many = []
    if any(field.proposal for field in form.fields) and left > 1:
        many.append(button(_("Proposals"), "roll_proposals", roll.task_id))
    return rows([*many, *rest_buttons(roll)])


def rest_buttons(roll: Roll) -> list[Button]:
    """ "Sisanya: ..."."""
    form = roll.step.record
    rests = () if form is None else form.every_rest
    return [button(rest.button, "roll_rest", roll.task_id, place) for place, rest in enumerate(rests)]


def _reason_buttons(roll: Roll, talk: Talk, row: RollRow) -> Keyboard:
    verb = "roll_later_why" if talk.reason_for == "put_off" else "roll_skip_why"
    picks = [
        button(reason, verb, roll.task_id, row.child_id, place)
        for place, reason in enumerate(reasons_for(talk.reason_for))
    ]
    back = button(_("Cancel"), "roll_card", roll.task_id, row.child_id)
    return (*rows(picks), (back,))


def reasons_for(what: str) -> tuple[str, ...]:
    """Quick reasons; anything else is typed."""
    if what == "put_off":
        return (_("Ill"), _("Not back yet"), _("Busy with something else"))
    return (_("Ill"), _("Went home for a while"), _("Does not want to"))


# --- roll-call, school by school ------------------------------------------------------------------------------


def is_roll_call(roll: Roll) -> bool:
    """Whether it is asked who came (SOP 9.2.05 step 1)."""
    return kind_of(roll.step) == "roll_call"


def open_of_school(roll: Roll, child_id: int) -> tuple[RollRow, ...]:
    """The children of the school of this child about whom nothing is said yet."""
    school = next((row.school for row in roll.rows if row.child_id == child_id), None)
    return tuple(row for row in roll.open_rows if row.school == school)


def school_card(request: Request, roll: Roll, talk: Talk) -> tuple[str, Keyboard]:
    """ "SDN 2 Contoh · 12 anak terdaftar. Semua datang?", with what the hand-over counted."""
    task_id, first = roll.task_id, roll.open_rows[0]
    mine = open_of_school(roll, first.child_id)
    handed = handed_over(request.work, roll.task.cohort_id or 0)
    sizes = Counter(row.school for row in roll.open_rows)
    lines = [talk.said] if talk.said else []
    lines.append(f"<b>{roll_name(request, roll)}</b>")
    listed = ngettext("{count} child on the list", "{count} children on the list", len(mine))
    lines.append(
        _("{school} · {listed}. Did all of them come?").format(
            school=esc(first.school), listed=listed.format(count=len(mine))
        )
    )
    buttons = [
        button(_("All came"), "arrival_all", task_id, first.child_id, style="success"),
        button(_("Some did not"), "arrival_some", task_id, first.child_id),
    ]
    if handed.get(first.school, len(mine)) != len(mine):
        lines.append(_("The hand-over counted {count}.").format(count=handed[first.school]))
    if len(sizes) > 1 and all(handed.get(school) == count for school, count in sizes.items()):
        lines.append(_("By the hand-over every school is complete."))
        buttons.append(button(_("All schools complete"), "arrival_complete", task_id))
    if talk.answered:
        buttons.append(button(_("Undo"), "task_undo", task_id))
    return "\n".join(lines), rows([*buttons, to_list()])


def absent_card(request: Request, roll: Roll, talk: Talk) -> tuple[str, Keyboard]:
    """Tap who did not come, then Simpan."""
    mine = open_of_school(roll, talk.child_id)
    names = list_names(request.session, [row.child_id for row in mine])
    log_reads(request.work, "roll_call", names)
    lines = [talk.said] if talk.said else []
    lines.append(
        _("{school}: tap who did not come, or type the numbers.").format(school=bold(mine[0].school))
    )
    picks = [
        button(
            ticked(f"{child_code(row.number)} {names[row.child_id]}", row.number in talk.picked),
            "arrival_tick",
            roll.task_id,
            row.child_id,
            int(row.number not in talk.picked),
        )
        for row in mine
    ]
    save = button(_("Save"), "arrival_save", roll.task_id, mine[0].child_id, style="success")
    return "\n".join(lines), (*rows(picks), (save, button(_("‹ Back"), "roll_next", roll.task_id)))


# --- when nobody is to be asked now ---------------------------------------------------------------------------


def paused_card(request: Request, roll: Roll, talk: Talk) -> tuple[str, Keyboard]:
    """All others are put off until tomorrow."""
    waiting = roll.open_rows
    recorded_count = sum(row.state == EntryState.DONE for row in roll.rows)
    codes = ", ".join(child_code(row.number) for row in waiting)
    lines = [talk.said] if talk.said else []
    lines.append(f"<b>{roll_name(request, roll)}</b>")
    lines.append(
        ngettext(
            "Finished for today: {done} recorded, {count} child put off until tomorrow (No. {codes}).",
            "Finished for today: {done} recorded, {count} children put off until tomorrow (No. {codes}).",
            len(waiting),
        ).format(done=recorded_count, count=len(waiting), codes=codes)
    )
    if roll.closed_count > recorded_count:
        skipped = roll.closed_count - recorded_count
        lines.append(_("Absent or skipped: {count}.").format(count=skipped))
    names = list_names(request.session, [row.child_id for row in waiting[:8]])
    log_reads(request.work, "roll_waiting", names)
    picks = [
        button(f"{child_code(row.number)} {names[row.child_id]}", "roll_card", roll.task_id, row.child_id)
        for row in waiting[:8]
    ]
    return "\n".join(lines), (
        *rows(picks),
        (button(_("See the list"), "roll_list", roll.task_id), to_list()),
    )
