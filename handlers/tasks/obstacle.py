"""Hambatan: the SOP's own obstacles as quick choices, or own words; afterwards when to remind again."""

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.looks.markup import esc, shorten
from handlers.looks.questions import NotAnAnswerError, again, ask, cancel_button, note_said
from handlers.looks.screens import button, pressed, rows, screen, task_of, to_list, who
from handlers.looks.wording import _
from handlers.reply import Keyboard, Reply, Say, reply
from handlers.routing import Routes
from handlers.tasks.cards import heading, show_task
from handlers.tasks.snooze import snooze_buttons
from handlers.tasks.task_words import section
from handlers.visit import Visit
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.leave.officials import ask_stand_in, deputies, says_official_absent
from sop_flows.core.versions import declared
from sop_flows.staffing.task_rows import own_parts, refuse_closed
from sop_flows.views.task_views import task_line
from storage.tables import Task

TOPIC = "task_obstacle"
LABEL_MAX = 60  # characters of a quick choice that fit on a phone


def on_obstacle(visit: Visit) -> Reply:
    """Hambatan: which one?"""
    task_id = pressed(visit)
    task = task_of(visit, task_id)
    refuse_closed(visit.session, task)
    own_parts(visit.session, visit.house, who(visit), task)
    line = task_line(visit.session, visit.house, task, who(visit), visit.now)
    choices = [
        (button(shorten(words, LABEL_MAX), "task_hurdle", task_id, position),)
        for position, words in enumerate(line.sop.obstacles)
    ]
    own = (button(_("Write it yourself"), "task_hurdle_own", task_id), cancel_button(task_id))
    return screen(visit, heading(visit, line) + "\n" + _("What is the obstacle?"), (*choices, own))


def on_chosen(visit: Visit) -> Reply:
    """One of the SOP's own obstacles."""
    task_id = pressed(visit)
    sop, _step = declared(visit.session, task_of(visit, task_id))
    try:
        words = sop.obstacles[max(pressed(visit, 1), 0)]
    except IndexError as error:
        raise ButtonError("no such obstacle") from error
    return _record(visit, task_id, words)


def on_own_words(visit: Visit) -> Reply:
    """Tulis sendiri."""
    return ask(
        visit, TOPIC, task_of(visit, pressed(visit)).id or 0, _("Write the obstacle in one or two sentences.")
    )


def on_typed(visit: Visit) -> Reply:
    """The obstacle in own words."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    try:
        words = note_said(visit)
    except NotAnAnswerError as error:
        return again(visit, error.sentence, row.task_id)
    task_id = row.task_id
    answer = _record(visit, task_id, words)
    conversation.end(visit, TOPIC)
    return answer


def _record(visit: Visit, task_id: int, words: str) -> Reply:
    outcome = obstacle(
        visit.session, visit.house, who(visit), task_id, words, visit.now, update_id=visit.update_id
    )
    unit = visit.house.pack.unit
    role = outcome.confirmation.role or ""
    head = unit.roles[role].head if role in unit.roles else None
    seen_by = _("the head of {section}").format(section=section(unit, role)) if head else _("the head")
    text = _("Recorded: {words}").format(words=esc(words)) + "\n"
    text += _("The task stays open, and {head} will see it. When shall I remind you again?").format(
        head=esc(seen_by)
    )
    keyboard = (
        *_stand_in_buttons(visit, outcome.task, words),
        *rows(snooze_buttons(visit, task_id)),
        (button(_("Open"), "task_open", task_id), to_list()),
    )
    if visit.press is not None:
        return screen(visit, text, keyboard)
    return reply(Say(text, keyboard, protect=True))


def _stand_in_buttons(visit: Visit, task: Task, words: str) -> Keyboard:
    """[Serahkan ke pengganti] when the official is away and somebody was named to stand in."""
    if not says_official_absent(words):
        return ()
    return tuple(
        (
            button(
                _("Hand to the stand-in: {name}").format(name=pair.stand_in.name),
                "task_stand_in",
                task.id or 0,
                pair.official.id or 0,
                style="primary",
            ),
        )
        for pair in deputies(visit.session, visit.house, who(visit), task)
    )


def on_stand_in(visit: Visit) -> Reply:
    """Serahkan ke pengganti."""
    task_id = pressed(visit)
    pair, in_charge = ask_stand_in(
        visit.session,
        visit.house,
        who(visit),
        task_id,
        pressed(visit, 1),
        visit.now,
        update_id=visit.update_id,
    )
    said = (
        _("Handed to {name}, who stands in for {official} and will be told.")
        if in_charge
        else _("{name}, who stands in for {official}, will be told that you need them for this step.")
    )
    return show_task(
        visit, task_id, said.format(name=esc(pair.stand_in.name), official=esc(pair.official.name))
    )


ROUTES = Routes(
    presses={
        "task_obstacle": on_obstacle,
        "task_hurdle": on_chosen,
        "task_hurdle_own": on_own_words,
        "task_stand_in": on_stand_in,
    },
    topics={TOPIC: on_typed},
)
