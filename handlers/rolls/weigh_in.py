"""Weigh-in: 60 children on a phone in a few minutes (SOP 9.2.06 step 4, 9.2.15 step 4)."""

from handlers.cards.weighing import title_of
from handlers.rolls.roll import open_roll
from handlers.rolls.roll_card import roll_name
from handlers.rolls.roll_reasons import give_reason
from handlers.rolls.roll_steps import finished, go_on, locked_row, turn_to
from handlers.rolls.roll_talk import talk_about
from handlers.rolls.weigh_typed import assign_weight, fix_again, record, was_first, weigh
from handlers.ui.request import (
    About,
    Action,
    Button,
    ButtonError,
    Reply,
    Request,
    Say,
    button,
    pressed,
    reply,
    rows,
    to_list,
    who,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import (
    _,
    brief_cohort,
    brief_day_words,
    cohort_prefix,
    date_words,
    esc,
    section,
    short_date_words,
)
from sop_flows.actions.assign import take
from sop_flows.core.states import parts_of
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll
from sop_flows.recording.weigh_ins import (
    ABSENT,
    HeldUp,
    choose,
    finished_today,
    held_up,
    last_weights,
    weigh_ins_for,
)
from sop_flows.recording.weights import RECORDABLE_G
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.views.task_views import several_cohorts_open
from storage.tables import Cohort, EntryState, Task, TaskState


def on_command(request: Request) -> Reply:
    """/timbang: the weigh-in that is on; several, what one waits for, what was finished today, or none are said."""
    found = choose(weigh_ins_for(request.work, who(request)))  # NotYoursError for other sections
    if len(found.now) == 1:
        return Reply(_missed_too(request, found.missed) + start(request, found.now[0].id or 0).actions)
    waits = held_up(request.work)
    done = finished_today(request.work, who(request))
    lines, buttons = [], []
    for task in (*found.now, *found.missed):
        roll = find_roll(request.work, who(request), task.id or 0)
        label = _name_on_button(request, roll) if task.state == TaskState.OPEN else _late_name(request, roll)
        buttons.append(button(label, "weigh_start", task.id or 0))
    if found.now:
        lines.append(_("Which weighing?"))
    else:
        today = request.today
        if not done and not any(one.cohort.arrival_on == today for one in waits):
            lines.append(_("There is no weighing today."))
        lines += [_held_words(request, one) for one in waits]
        lines += [_done_words(request, task) for task in done]
        if found.missed:
            lines.append(_("A missed one can still be entered:"))
    if not found.now and found.next is not None:
        lines.append(_next_words(request, found.next))
    keyboard = (*(_done_buttons(task) for task in done), *rows(buttons, 1), (to_list(),))
    return reply(Say("\n".join(lines), keyboard, protect=True))


def _held_words(request: Request, held: HeldUp) -> str:
    """ "Penimbangan awal menunggu: 9.2.06 langkah 3 (Pak Budi)." (HTML)"""
    prefix = cohort_prefix(request.session, held.cohort)
    task = held.waits_for
    if task is None:
        return prefix + _("The weighing on arrival waits for the steps before it.")
    waits = _("The weighing on arrival waits for: {sop} step {step} ({who}).")
    return prefix + waits.format(sop=esc(task.sop), step=task.step, who=esc(_holder(request, task)))


def _holder(request: Request, task: Task) -> str:
    """Who has to do what is left of the step: the officer, where there is one, else the section."""
    names = []
    for part in parts_of(request.session, task):
        if part.state == TaskState.OPEN:
            officers = responsibility_of(request.work, task, part).holders
            alone = len(officers) == 1
            names.append(officers[0].name if alone else section(request.institution.pack.unit, part.role))
    return ", ".join(dict.fromkeys(names))


def _done_words(request: Request, task: Task) -> str:
    roll = find_roll(request.work, who(request), task.id or 0)
    return _("Finished today: {name}.").format(name=roll_name(request, roll))


def _done_buttons(task: Task) -> tuple[Button, ...]:
    return (
        button(_("See"), "weigh_summary", task.id or 0),
        button(_("Correct"), "weigh_fix", task.id or 0),
        button(_("Chart"), "weigh_chart", task.id or 0),
    )


def _missed_too(request: Request, missed: tuple[Task, ...]) -> tuple[Action, ...]:
    """Before the card of today's: a weighing that was missed can still be entered."""
    buttons = []
    for task in missed:
        roll = find_roll(request.work, who(request), task.id or 0)
        buttons.append(button(_late_name(request, roll), "weigh_start", task.id or 0))
    return (Say(_("A missed one can still be entered:"), rows(buttons, 1), protect=True),) if buttons else ()


def _name_on_button(request: Request, roll: Roll) -> str:
    """The angkatan while several are open, else which weighing it is."""
    if several_cohorts_open(request.session):
        return request.session.get_one(Cohort, roll.task.cohort_id).name
    return title_of(roll.task, roll.step)


def _late_name(request: Request, roll: Roll) -> str:
    """Of which day it is; which weighing, or of which angkatan while several are open."""
    if several_cohorts_open(request.session):
        cohort = request.session.get_one(Cohort, roll.task.cohort_id)
        return f"{short_date_words(roll.work_on, roll.today)} · {brief_cohort(cohort)}"
    return _("{name}, {day}").format(name=title_of(roll.task, roll.step), day=brief_day_words(roll.work_on))


def _next_words(request: Request, task: Task) -> str:
    cohort = request.session.get_one(Cohort, task.cohort_id)
    day = date_words(request.institution.today(task.due_at)) if task.due_at is not None else ""
    return _("Next: {cohort}{day}.").format(cohort=cohort_prefix(request.session, cohort), day=day)


def on_start(request: Request) -> Reply:
    """Mulai: from the push, the task card, or after a pause."""
    return start(request, pressed(request))


def start(request: Request, task_id: int) -> Reply:
    """Begin or go on, where it stands. Who begins a weigh-in that nobody has taken is in charge of it."""
    officer = who(request)
    roll = lock_roll(request.work, officer, task_id)
    parts = parts_of(request.session, roll.task)
    if roll.task.state == TaskState.OPEN and parts[0].assignee_id is None:
        take(request.work.by(officer), task_id)
    return open_roll(request, roll)


def on_absent(request: Request) -> Reply:
    """Tidak hadir: one tap, no further question."""
    roll, row = locked_row(request)
    return give_reason(request, roll, row, "skip", ABSENT)


# --- answers to what was asked back ---------------------------------------------------------------------------


def on_whom(request: Request) -> Reply:
    """For whom the weight was: a button of an earlier version."""
    roll, row = locked_row(request)
    return assign_weight(request, roll, talk_about(request, roll.task_id), row, _grams(request))


def on_yes(request: Request) -> Reply:
    """The doubtful weight, or a proposal in its place, is right."""
    roll, row = locked_row(request)
    talk = talk_about(request, roll.task_id)
    weight_g = _grams(request)
    if row.state != EntryState.OPEN and not (talk.fixing and talk.child_id == row.child_id):
        return go_on(request, roll, was_first(request, roll, row), after=row.number, talk=talk)
    last = last_weights(request.session, roll, [row.child_id]).get(row.child_id)
    last_g = last.weight_g if last is not None else None
    return record(request, roll, talk, {row.child_id: weight_g}, {row.child_id: last_g}, row.number)


def on_retype(request: Request) -> Reply:
    """Ketik ulang: the same child's card."""
    roll, row = locked_row(request)
    talk = talk_about(request, roll.task_id)
    talk.doubts = [one for one in talk.doubts if one[0] != row.child_id]
    talk.last_at = ""  # typing the same again is no double send
    return turn_to(request, roll, row.child_id, talk=talk)


def on_fix_yes(request: Request) -> Reply:
    """The weight that is there is replaced."""
    roll, row = locked_row(request)
    talk = talk_about(request, roll.task_id)
    talk.fixing = True
    return weigh(request, roll, talk, row, _grams(request))


def _grams(request: Request) -> int:
    weight_g = pressed(request, 2)
    if weight_g not in RECORDABLE_G:
        raise ButtonError("no weight of ours")
    return weight_g


# --- Koreksi ------------------------------------------------------------------------------------------------


def on_fix(request: Request) -> Reply:
    """Koreksi: which child, which weight?"""
    roll = find_roll(request.work, who(request), pressed(request))
    return fix_again(request, roll, "")


def on_summary(request: Request) -> Reply:
    """What came of it so far."""
    roll = find_roll(request.work, who(request), pressed(request))
    return finished(request, roll)


ROUTES = merge(
    Routes(About.NOTHING, commands={"timbang": on_command}, menu_words={"Weigh-in": on_command}),
    Routes(
        About.TASK,
        presses={
            "weigh_start": on_start,
            "weigh_absent": on_absent,
            "weigh_whom": on_whom,
            "weigh_yes": on_yes,
            "weigh_retype": on_retype,
            "weigh_fix": on_fix,
            "weigh_fix_yes": on_fix_yes,
            "weigh_summary": on_summary,
        },
    ),
)
