"""The daily card (SOP 9.2.12): ticks, three meals, "Semua terlaksana", "Saya piket"."""

from handlers.forms.beginning import begin
from handlers.looks.dates import clock_words, day_words
from handlers.looks.markup import child_code, esc, shorten
from handlers.looks.screens import button, pressed, rows, screen, task_of, to_list, who, word
from handlers.looks.wording import _
from handlers.reply import Keyboard, Reply
from handlers.routing import Routes
from handlers.tasks.task_words import cohort_prefix
from handlers.visit import Visit
from sop_flows.actions.assign import take_duty
from sop_flows.actions.confirm import confirm
from sop_flows.actions.daily import (
    Daily,
    DailyStep,
    complete,
    daily_of,
    handover,
    last_tap_at,
    tick,
    undo_last_tap,
)
from sop_flows.core.parts import parts_of
from sop_flows.errors import NeedsFormError
from sop_flows.staffing.permissions import acting_roles
from sop_flows.views.missed import missed_before
from storage.tables import Task

LINES_ON_HANDOVER = 6
NOTE_MAX = 100


def show_day(visit: Visit, task: Task, note: str = "", below: Keyboard = ()) -> Reply:
    """The daily card that the task belongs to."""
    text, keyboard = day_card(visit, task)
    return screen(visit, f"{note}\n\n{text}" if note else text, (*keyboard, *below))


def day_card(visit: Visit, task: Task) -> tuple[str, Keyboard]:
    """Text (HTML) and buttons of a day."""
    card = daily_of(visit.session, visit.house, task)
    today = visit.house.today(visit.now)
    prefix = cohort_prefix(visit.session, card.cohort)
    title = esc(card.sop.title)
    said = [
        f"{prefix}<b>SOP {esc(card.sop.number)} {title}</b>",
        _("Every day · {day}").format(day=day_words(card.on, today)),
    ]
    said += [_step_line(visit, one) for one in card.steps]
    if card.on_duty is not None:
        said.append(_("On duty: {name}").format(name=esc(card.on_duty)))
    if not acting_roles(visit.session, visit.house, who(visit), task):
        return "\n".join(said), ((to_list(),),)
    may_undo = last_tap_at(visit.session, card, who(visit), visit.now) is not None
    keyboard = _buttons(card, may_undo)
    if (former := missed_before(visit.session, card.steps[0].task)) is not None:
        day = day_words(former.occurrence_on or card.on, today)
        label = _("Not recorded {day}").format(day=day)
        keyboard = (*keyboard, (button(label, "task_open", former.id or 0),))
    return "\n".join(said), keyboard


def _step_line(visit: Visit, one: DailyStep) -> str:
    name = esc(one.step.short)
    if one.at is not None and one.who is not None:
        return f"☑ {name} · {esc(one.who)} {clock_words(one.at, visit.house.zone)}"
    if one.ticks and one.is_open:
        ticks = "  ".join(f"{'☑' if each.at is not None else '☐'} {esc(each.word)}" for each in one.ticks)
        return f"☐ {name}: {ticks}"
    return f"☐ {name}" if one.is_open else f"– {name}"


def _buttons(card: Daily, may_undo: bool) -> Keyboard:
    left = [one for one in card.steps if one.is_open]
    undo = [button(_("Undo"), "day_undo", card.steps[0].task.id or 0)] if may_undo else []
    if not left:
        return rows([*undo, to_list()])
    singles = [(button(one.step.short, "day_done", one.task.id or 0),) for one in left if not one.ticks]
    meals = tuple(
        button(each.word.capitalize(), "day_tick", one.task.id or 0, tag=each.word)
        for one in left
        for each in one.ticks
        if each.at is None
    )
    task_id = left[0].task.id or 0
    return (
        (button(_("All done"), "day_all", task_id, style="success"),),
        *singles,
        *((meals,) if meals else ()),
        (
            button(_("I am on duty"), "day_duty", card.cohort.id or 0),
            button(_("Obstacle"), "task_obstacle", task_id),
        ),
        (button(_("Remind me again"), "task_snooze", task_id), button(_("More…"), "task_more", task_id)),
        (*undo, to_list()),
    )


def on_step_done(visit: Visit) -> Reply:
    """One step of the day, without the others."""
    task = task_of(visit, pressed(visit))
    on = min(task.occurrence_on or visit.house.today(visit.now), visit.house.today(visit.now))
    try:
        confirm(
            visit.session, visit.house, who(visit), task.id or 0, visit.now,
            update_id=visit.update_id, done_on=on,
        )  # fmt: skip
    except NeedsFormError:
        return begin(visit, task.id or 0, on, None)
    return show_day(visit, task)


def on_tick(visit: Visit) -> Reply:
    """One meal."""
    task_id = pressed(visit)
    tick(visit.session, visit.house, who(visit), task_id, word(visit), visit.now, update_id=visit.update_id)
    return show_day(visit, task_of(visit, task_id))


def on_all(visit: Visit) -> Reply:
    """Semua terlaksana."""
    task_id = pressed(visit)
    complete(visit.session, visit.house, who(visit), task_id, visit.now, update_id=visit.update_id)
    task = task_of(visit, task_id)
    return show_day(visit, task, "✅ " + _("All recorded. Thank you."))


def on_undo(visit: Visit) -> Reply:
    """Urungkan: what the last tap on this card recorded."""
    task_id = pressed(visit)
    undo_last_tap(visit.session, visit.house, who(visit), task_id, visit.now, update_id=visit.update_id)
    return show_day(visit, task_of(visit, task_id), _("Taken back."))


def on_duty(visit: Visit) -> Reply:
    """Saya piket: shows what is not finished, who is ill, and notes."""
    cohort_id = pressed(visit)
    taken = take_duty(visit.session, visit.house, who(visit), cohort_id, visit.now, update_id=visit.update_id)
    roles = tuple(dict.fromkeys(part.role for task in taken for part in parts_of(visit.session, task)))
    found = handover(visit.session, visit.house, cohort_id, roles, visit.now)
    said = ["<b>" + _("You are on duty now.") + "</b>"]
    if found.unfinished:
        said.append(_("Not finished: {count}").format(count=len(found.unfinished)))
        said += [f"• {esc(step.short)}" for _task, step in found.unfinished[:LINES_ON_HANDOVER]]
    if found.ill:
        numbers = ", ".join(child_code(number) for number in found.ill)
        said.append(_("Ill or marked: No. {numbers}").format(numbers=numbers))
    else:
        said.append(_("No child is marked as ill."))
    for note in found.notes[:LINES_ON_HANDOVER]:
        said.append(
            _("Note: {note} · {who}").format(note=esc(shorten(note.note, NOTE_MAX)), who=esc(note.who))
        )
    return screen(visit, "\n".join(said), rows([button(_("Open"), "task_open", taken[0].id or 0), to_list()]))


ROUTES = Routes(
    presses={
        "day_done": on_step_done,
        "day_tick": on_tick,
        "day_all": on_all,
        "day_undo": on_undo,
        "day_duty": on_duty,
    }
)
