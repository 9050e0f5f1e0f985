"""Hambatan: the SOP's own obstacles as quick choices, or own words; afterwards when to remind again."""

from handlers.cards.task_card import own_heading, show_task
from handlers.tasks.snooze import snooze_buttons
from handlers.ui.buttons import ButtonError
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.markup import esc, shorten
from handlers.ui.questions import cancel_button
from handlers.ui.reply import Keyboard, Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, pressed, rows, screen, task_of, to_list, who
from handlers.ui.task_words import section
from handlers.ui.texts import _
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.leave.officials import ask_deputy, deputies, says_official_absent
from sop_flows.core.versions import declared
from storage.tables import Task

LABEL_MAX = 60  # characters of a quick choice that fit on a phone


def on_obstacle(request: Request) -> Reply:
    """Hambatan: which one?"""
    task_id = pressed(request)
    text = own_heading(request, task_id) + "\n" + _("What is the obstacle?")
    sop, _step = declared(request.session, task_of(request, task_id))
    choices = [
        (button(shorten(known, LABEL_MAX), "task_hurdle", task_id, position),)
        for position, known in enumerate(sop.obstacles)
    ]
    own = (button(_("Write it yourself"), "task_hurdle_own", task_id), cancel_button(task_id))
    return screen(request, text, (*choices, own))


def on_chosen(request: Request) -> Reply:
    """One of the SOP's own obstacles."""
    task_id = pressed(request)
    sop, _step = declared(request.session, task_of(request, task_id))
    try:
        words = sop.obstacles[max(pressed(request, 1), 0)]
    except IndexError as error:
        raise ButtonError("no such obstacle") from error
    return _record(request, task_id, words)


def _ask_own_words(talk: Talk) -> Screen:
    task_of(talk.request, talk.task_id)
    return _("Write the obstacle in one or two sentences."), ()


def _record(request: Request, task_id: int, words: str) -> Reply:
    outcome = obstacle(request.work, task_id, words)
    unit = request.institution.pack.unit
    role = outcome.confirmation.role or ""
    head = unit.roles[role].head if role in unit.roles else None
    seen_by = _("the head of {section}").format(section=section(unit, role)) if head else _("the head")
    text = _("Recorded: {words}").format(words=esc(words)) + "\n"
    text += _("The task stays open, and {head} will see it. When shall I remind you again?").format(
        head=esc(seen_by)
    )
    keyboard = (
        *_deputy_buttons(request, outcome.task, words),
        *rows(snooze_buttons(request, task_id)),
        (button(_("Open"), "task_open", task_id), to_list()),
    )
    if request.press is not None:
        return screen(request, text, keyboard)
    return reply(Say(text, keyboard, protect=True))


def _deputy_buttons(request: Request, task: Task, words: str) -> Keyboard:
    """[Serahkan ke pengganti] when the official is away and somebody was named to deputise."""
    if not says_official_absent(words):
        return ()
    return tuple(
        (
            button(
                _("Hand to the deputy: {name}").format(name=pair.deputy.name),
                "task_stand_in",
                task.id or 0,
                pair.official.id or 0,
                style="primary",
            ),
        )
        for pair in deputies(request.work, who(request), task)
    )


def on_deputy(request: Request) -> Reply:
    """Serahkan ke pengganti."""
    task_id = pressed(request)
    pair, in_charge = ask_deputy(request.work, task_id, pressed(request, 1))
    said = (
        _("Handed to {name}, who deputises for {official} and will be told.")
        if in_charge
        else _("{name}, who deputises for {official}, will be told that you need them for this step.")
    )
    return show_task(
        request, task_id, said.format(name=esc(pair.deputy.name), official=esc(pair.official.name))
    )


OWN_WORDS = Dialog(
    "task_obstacle",
    (Field("note", _ask_own_words, typed_words),),
    lambda talk: _record(talk.request, talk.task_id, talk.draft["note"]),
)
ROUTES = Routes(
    About.CARD,
    presses={
        "task_obstacle": on_obstacle,
        "task_hurdle": on_chosen,
        "task_hurdle_own": OWN_WORDS.about_task,
        "task_stand_in": on_deputy,
    },
    dialogs=(OWN_WORDS,),
)
