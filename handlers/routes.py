"""Which function answers what arrives: plain tables of all areas, merged; and the decision between them."""

from collections.abc import Callable
from dataclasses import replace

from sqlmodel import Session

from handlers.cards import routes as cards
from handlers.cases import routes as cases
from handlers.cases.hidden import is_about_case, refuse_hidden, without_words
from handlers.children import routes as children
from handlers.cohorts import routes as cohorts
from handlers.forms import routes as forms
from handlers.handbook import routes as handbook
from handlers.leave import routes as leave
from handlers.people import routes as people
from handlers.people import start
from handlers.rolls import routes as rolls
from handlers.tasks import routes as tasks
from handlers.timeline import routes as timeline
from handlers.ui import conversation, fallbacks
from handlers.ui.answers import Answers, Question
from handlers.ui.buttons import ButtonError
from handlers.ui.reply import Reply
from handlers.ui.request import Request
from handlers.ui.routing import Handler, Routes, merge
from handlers.ui.texts import _
from storage.tables import Conversation, Officer

ALL: Routes = merge(
    cards.ROUTES,
    cases.ROUTES,
    children.ROUTES,
    cohorts.ROUTES,
    forms.ROUTES,
    handbook.ROUTES,
    leave.ROUTES,
    people.ROUTES,
    rolls.ROUTES,
    tasks.ROUTES,
    timeline.ROUTES,
)
ANSWERS = Answers({topic: read for topic, read in ALL.topics.items() if isinstance(read, Question)})
ALL = merge(ALL, Routes(presses=ANSWERS.presses, topics={conversation.AFTER: ANSWERS.on_rest}))
COMMANDS, PRESSES, TOPICS, MENU_WORDS = ALL.commands, ALL.presses, ALL.topics, ALL.menu_words


def route(request: Request) -> Reply:
    """The answer to one update.

    Raises:
        RuleError: a rule refuses; `handlers.ui.refusals.refusal` has the sentence.
        ButtonError: a button that nobody made.
    """
    handler = handler_for(request)
    if request.press is not None or command_of(request) is not None or handler in MENU_WORDS.values():
        conversation.leave(request)
    if request.press is not None or handler in TOPICS.values():
        about_question = request.press is not None and request.press.verb in ANSWERS.presses
        refuse_hidden(replace(request, press=None) if about_question else request)
    typed = handler in TOPICS.values() and is_about_case(request)
    answer = handler(request)
    return ANSWERS.shown(request, without_words(request, answer) if typed else answer)


def handler_for(request: Request) -> Handler:
    """Which handler answers. Order matters: who may speak at all, then the button, the command, the question."""
    if request.is_group:
        return fallbacks.on_group
    command = command_of(request)
    if request.officer is None:
        return start.on_start if command == "start" else start.on_stranger
    if request.kind == "button":
        return _pressed(request)
    if request.is_edit:
        return fallbacks.on_edited
    if command is not None:
        return COMMANDS.get(command, fallbacks.on_unknown_command)
    topic = _topic(request)
    if request.kind in ("photo", "document", "location") and topic in ALL.file_topics:
        return TOPICS[topic]
    if request.is_forward:
        return fallbacks.on_forward
    if request.kind != "text" or not (request.text or "").strip():
        return fallbacks.on_not_words
    word = _menu_handler(request.text or "")
    if word is not None:
        return word
    if topic is None:
        return _too_late
    return TOPICS.get(topic, fallbacks.on_text)


def expects_file(session: Session, officer: Officer) -> bool:
    """Whether a photo or document of this officer is an answer, so that it is worth downloading."""
    row = session.get(Conversation, officer.id)
    return row is not None and row.topic in ALL.file_topics


def command_of(request: Request) -> str | None:
    """The command without slash and bot name, lower case; None when it is none."""
    text = request.text or ""
    if request.kind == "button" or not text.startswith("/"):
        return None
    return text[1:].split(maxsplit=1)[0].split("@")[0].lower() if text[1:].strip() else ""


def _pressed(request: Request) -> Callable[[Request], Reply]:
    if request.press is None:
        raise ButtonError("not a button of ours")
    try:
        return PRESSES[request.press.verb]
    except KeyError as error:
        raise ButtonError(f"no button does {request.press.verb}") from error


def _topic(request: Request) -> str | None:
    """What the words answer: "" when nothing was asked, None when the question is over."""
    row = conversation.current(request)
    if row is None:
        ended = conversation.row_of(request)
        return ended.topic if ended is not None and conversation.is_early(request, ended) else ""
    return None if conversation.is_over(row, request.message_sent_at or request.now) else row.topic


def _too_late(request: Request) -> Reply:
    """Words after a question that was left: they answer what lay under it, or nothing at all."""
    row = conversation.current(request)
    task_id = row.task_id if row is not None else None
    under = conversation.end(request, is_told=False)
    if under is not None:
        return TOPICS.get(_topic(request) or "", fallbacks.on_text)(request)
    return fallbacks.on_too_late(request, task_id)


def _menu_handler(text: str) -> Handler | None:
    said = text.strip().casefold()
    return next((handler for word, handler in MENU_WORDS.items() if _(word).casefold() == said), None)
