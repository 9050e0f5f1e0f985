"""Hambatan: the obstacles of the SOP and of the house as quick choices, or own words; afterwards when to remind again."""

from handlers.cards.task_card import own_heading, show_task
from handlers.tasks.snooze import snooze_buttons
from handlers.ui import conversation
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.questions import cancel_button
from handlers.ui.request import (
    About,
    ButtonError,
    Keyboard,
    Reply,
    Request,
    Say,
    button,
    in_words,
    pressed,
    reply,
    rows,
    screen,
    task_of,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc, section
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.leave.officials import ask_deputy, deputies, says_official_absent
from sop_flows.core.work import declared
from storage.tables import Task


def _choices(request: Request, task: Task) -> tuple[str, ...]:
    """What the document names as obstacles of the SOP, then what is usual in the house."""
    sop, _step = declared(request.session, task)
    return tuple(dict.fromkeys((*sop.obstacles, *request.institution.pack.unit.obstacles)))


def _ask(talk: Talk) -> Screen:
    """Hambatan: which one? Typed words answer at once."""
    request, task_id = talk.request, talk.task_id
    if talk.draft.get("own"):
        task_of(request, task_id)
        return _("Write the obstacle in one or two sentences."), ()
    choices = _choices(request, task_of(request, task_id))
    short = request.institution.pack.unit.short
    lines, labels = in_words([short.get(one, one) for one in choices])
    said = [own_heading(request, task_id), _("What is the obstacle?"), *lines]
    said.append(
        _("Or write it in one or two sentences.") if choices else _("Write it in one or two sentences.")
    )
    picks = [button(label, "task_hurdle", task_id, place) for place, label in enumerate(labels)]
    own = button(_("Write it yourself"), "task_hurdle_own", task_id)
    return "\n".join(said), (*rows(picks), (own, cancel_button(task_id)))


def on_own_words(request: Request) -> Reply:
    """[Tulis sendiri]."""
    return OWN_WORDS.begin(request, {"own": True}, task_id=pressed(request))


def on_chosen(request: Request) -> Reply:
    """One of those offered."""
    task_id = pressed(request)
    try:
        words = _choices(request, task_of(request, task_id))[max(pressed(request, 1), 0)]
    except IndexError as error:
        raise ButtonError("no such obstacle") from error
    said = _record(request, task_id, words)
    conversation.end(request, OWN_WORDS.topic)
    return said


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
                _("Hand to {name}").format(name=pair.deputy.name),
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
    (Field("note", _ask, typed_words),),
    lambda talk: _record(talk.request, talk.task_id, talk.draft["note"]),
)
ROUTES = Routes(
    About.CARD,
    presses={
        "task_obstacle": OWN_WORDS.of_button,
        "task_hurdle": on_chosen,
        "task_hurdle_own": on_own_words,
        "task_stand_in": on_deputy,
    },
    dialogs=(OWN_WORDS,),
)
