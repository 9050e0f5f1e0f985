"""Which function answers what arrives, whether it may, and the plain tables of all areas, merged."""

from dataclasses import replace
from typing import cast

from handlers.cards import routes as cards
from handlers.cases import routes as cases
from handlers.cases.case_gate import CaseGate, forget_near_cases, shut
from handlers.cases.name_guard import NameGuard
from handlers.children import incidents
from handlers.children import routes as children
from handlers.cohorts import routes as cohorts
from handlers.forms import routes as forms
from handlers.handbook import routes as handbook
from handlers.papers import routes as papers
from handlers.people import routes as people
from handlers.people import start
from handlers.rolls import routes as rolls
from handlers.rolls.roll_talk import ROLL, WEIGH_IN, has_slept
from handlers.tasks import free_words, photo
from handlers.tasks import routes as tasks
from handlers.timeline import routes as timeline
from handlers.ui import conversation, fallbacks
from handlers.ui.answers import Answers, Question
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog
from handlers.ui.refusals import refusal
from handlers.ui.request import (
    ABOUT_CASES,
    About,
    ButtonError,
    Delete,
    Edit,
    Reply,
    Request,
    Say,
    Subject,
    hiding,
)
from handlers.ui.routing import Handler, Route, Routes, merge
from handlers.ui.words import _, esc
from sop_flows.actions.start import is_involved
from sop_flows.core.notices import NewCaseHidden
from sop_flows.errors import NotFoundError, RuleError
from sop_flows.staffing.responsibility import knows, log_read, may_see_task, refuse_shut
from storage.tables import Case, Conversation, Run, Task

# --- whether it concerns a shelter case -------------------------------------------------------------------------
# Whoever may not see a case is answered as if it did not exist, whichever button names it or something of it. What is
# typed about one may tell who the child is: the message goes once it is stored, and no answer can be passed on.


def subject_of(request: Request, declared: About, about: About, row: Conversation | None) -> Subject:
    """What it is about.

    Args:
        declared: by the route.
        about: the same; of a button under a question, what the question's own route declares.
        row: the question that is answered; None: the button or command stands for itself.
    """
    s, number = request.session, _number(request, row)
    if number is None or about in (About.NOTHING, About.QUESTION, *ABOUT_CASES):
        return Subject(about if about in ABOUT_CASES else declared)
    task = s.get(Task, number) if about in (About.TASK, About.CARD) else None
    run = s.get(Run, number) if about is About.RUN else None
    of = task or run
    case_id = number if about in (About.CASE, About.CASE_PART) else of.case_id if of is not None else None
    case = None if case_id is None else s.get(Case, case_id)
    return Subject(declared, task, run, case, about is About.CASE_PART, is_gone=(of or case) is None)


def _number(request: Request, row: Conversation | None) -> int | None:
    if row is None:
        return next(iter(request.press.numbers if request.press is not None else ()), None)
    if row.topic == conversation.AFTER:
        return conversation.ended(row)[1]
    return row.task_id or cast("int | None", row.draft.get("case"))


def refuse_hidden(request: Request, subject: Subject) -> None:
    """Raises NotFoundError when the case is hidden from the officer; so does what is not there at all. CohortShutError
    when it is of an angkatan that was closed long ago.

    The rules refuse too; this is before anything they could tell on the way (who was first, when it opens).
    """
    case, officer = subject.case, request.officer
    if subject.is_gone:
        raise NotFoundError
    of = subject.task or subject.run
    if of is not None and officer is not None:
        refuse_shut(request.work, of.cohort_id)
    if case is None or officer is None or knows(request.work, officer, case):
        return
    if subject.task is not None:
        seen = may_see_task(request.work, officer, subject.task, case)
    elif subject.run is not None:
        seen = subject.run.started_by_id == officer.id
    else:
        seen = subject.for_part and is_involved(request.work, officer, case)
    if not seen:
        raise NotFoundError


def protected(answer: Reply) -> Reply:
    """The answer, which can be neither forwarded nor copied."""
    return Reply(
        tuple(replace(one, protect=True) if isinstance(one, Say | Edit) else one for one in answer.actions)
    )


def without_words(request: Request, answer: Reply) -> Reply:
    """The answer, and the typed message goes once it is stored."""
    gone = any(isinstance(one, Delete) and one.message_id == request.message_id for one in answer.actions)
    if gone or request.message_id is None or not answer.actions:
        return answer
    return answer.and_then(Delete(request.message_id))


# --- the tables, and which of them answers ----------------------------------------------------------------------


ECHO_MIN = 3  # characters; shorter words tell no name
ECHO_STARTS = 20  # characters by which words are found again, however they were shortened

ALL: Routes = merge(
    cards.ROUTES,
    cases.ROUTES,
    children.ROUTES,
    cohorts.ROUTES,
    forms.ROUTES,
    handbook.ROUTES,
    papers.ROUTES,
    people.ROUTES,
    rolls.ROUTES,
    tasks.ROUTES,
    timeline.ROUTES,
)
QUESTIONS = {topic: one.answer for topic, one in ALL.topics.items() if isinstance(one.answer, Question)}
ANSWERS = Answers(QUESTIONS, incidents.take_aside)
CASE_GATE = CaseGate(lambda request: _again(request))
NAME_GUARD = NameGuard(lambda request: _again(request))
OF_CASES = Routes(About.NOTHING, presses={**CASE_GATE.presses, **NAME_GUARD.presses})
OF_QUESTIONS = Routes(About.QUESTION, presses=ANSWERS.presses, topics={conversation.AFTER: ANSWERS.on_rest})
ALL = merge(ALL, OF_QUESTIONS, OF_CASES)
IN_BETWEEN = OF_QUESTIONS.presses.keys() | OF_CASES.presses.keys()  # buttons that leave no question
COMMANDS, PRESSES, TOPICS, MENU_WORDS = ALL.commands, ALL.presses, ALL.topics, ALL.menu_words


def route(request: Request) -> Reply:
    """The answer to one update.

    Raises:
        RuleError: a rule refuses; `refused` has the sentence.
        ButtonError: a button that nobody made.
    """
    _take_up(request)
    found = route_for(request)
    if request.press is None and request.officer is not None:
        request, asked_back = NAME_GUARD.checked(request, _subject(request, found))
        if asked_back is not None:
            return asked_back
    if request.press is not None or command_of(request) is not None or found in MENU_WORDS.values():
        _leave(request)
    answer = _answered(request, found)
    if conversation.row_of(request) is None:
        return answer
    return _hidden_again(request, found, ANSWERS.shown(request, answer))


def refused(request: Request, error: RuleError | ButtonError) -> Reply:
    """The sentence for what `route` raised."""
    if request.press is not None:
        _leave(request)  # what `route` wrote is taken back
    try:
        found = route_for(request)
    except ButtonError:
        return refusal(request, error, Subject(About.NOTHING))
    subject = _subject(request, found)
    return _discreet(request, found, subject, refusal(request, error, subject))


def _answered(request: Request, found: Route) -> Reply:
    subject = _subject(request, found)
    refuse_hidden(request, subject)
    if not subject.is_confidential:
        return found.answer(request)
    return shut(request, subject) or _discreet(request, found, subject, found.answer(request))


def _again(request: Request) -> Reply:
    """What had to wait for the PIN."""
    if request.press is not None or command_of(request) is not None:
        _leave(request)
    return _answered(request, route_for(request))


def _leave(request: Request) -> None:
    """The officer opens another screen, unless the button is one of the question."""
    row = conversation.current(request)
    question = None if row is None else QUESTIONS.get(row.topic)
    verb = "" if request.press is None else request.press.verb
    if row is None or question is None or verb in question.buttons | IN_BETWEEN:
        return
    if row.topic == photo.TOPIC:
        conversation.come_back(request, incidents.REPORT.topic)
    if incidents.keep_left(request, row):
        conversation.end(request, row.topic, is_told=False)
        _leave(request)  # what lay under it is left too
    else:
        conversation.leave(request, row, QUESTIONS[row.topic].life)


def _take_up(request: Request) -> None:
    """A report is answered by its words and buttons though a photo was sent after it, and the photo by its own.

    A report that was left is answered by its buttons.
    """
    report, of_photo = incidents.REPORT, QUESTIONS[photo.TOPIC]
    verb = "" if request.press is None else request.press.verb
    is_said = request.kind == "text" and command_of(request) is None and not _menu_route(request.text or "")
    is_of_photo = request.kind in ("photo", "document") or verb in of_photo.buttons
    if not (is_said or is_of_photo or verb in report.buttons):
        return
    row = conversation.current(request)
    if row is not None and row.topic == report.topic and is_of_photo:
        conversation.come_back(request, photo.TOPIC)
    elif row is not None and row.topic == photo.TOPIC and not is_of_photo:
        conversation.come_back(request, report.topic)
    if verb in report.buttons:
        incidents.take_up(request)


def _hidden_again(request: Request, found: Route, answer: Reply) -> Reply:
    """What was typed about a case and is said back, to be asked about, may be a name: it is logged and hidden again."""
    asks = isinstance(found.answer, Question) or found.about is About.QUESTION
    row = conversation.row_of(request) if asks else None
    if row is None:
        return answer
    subject = _subject(request, found)
    said = [request.text or "", *(str(word.get("text", "")) for word in conversation.kept(row))]
    starts = [esc(words.strip()[:ECHO_STARTS]) for words in said if len(words.strip()) >= ECHO_MIN]
    shown = [one for one in answer.actions if isinstance(one, Say | Edit)]
    texts = [] if any(one.hides for one in shown) else [one.text for one in shown]
    if not subject.is_confidential or not any(start in text for start in starts for text in texts):
        return answer
    log_read(request.work, "typed words", case_id=None if subject.case is None else subject.case.id)
    return hiding(answer, NewCaseHidden())


def _discreet(request: Request, found: Route, subject: Subject, answer: Reply) -> Reply:
    """The answer; about a case it can't be passed on, and what was typed goes."""
    if not subject.is_confidential:
        return answer
    typed = request.press is None and (isinstance(found.answer, Question) or found.about is About.QUESTION)
    return protected(without_words(request, answer) if typed else answer)


def _subject(request: Request, found: Route) -> Subject:
    about, row = found.about, None
    if isinstance(found.answer, Question) or about is About.QUESTION:
        row = conversation.row_of(request)
    if about is About.QUESTION and row is not None:
        topic = conversation.ended(row)[0] if row.topic == conversation.AFTER else row.topic
        about = TOPICS[topic].about if topic in TOPICS else About.NOTHING
    return subject_of(request, found.about, about, row)


def route_for(request: Request) -> Route:
    """Which route answers. Order matters: who may speak at all, then the button, the command, the question."""
    if request.is_group:
        return _nothing(fallbacks.on_group)
    command = command_of(request)
    if request.officer is None:
        return _nothing(start.on_start if command == "start" else start.on_stranger)
    if request.kind == "button":
        return _pressed(request)
    if request.is_edit:
        return _nothing(fallbacks.on_edited)
    if command is not None:
        return COMMANDS.get(command) or _nothing(fallbacks.on_unknown_command)
    topic = _topic(request)
    if request.kind in ("photo", "document", "voice", "location") and topic in ALL.file_topics:
        return TOPICS[topic]
    # While another question is open its words may be on their way: a photo must not come before it. A report goes on
    # with its words after one.
    is_free = topic in (None, "", conversation.AFTER, incidents.REPORT.topic)
    takes_none = is_free or _gives_way(topic) or _is_tapped(request, topic)
    if request.kind in ("photo", "document") and takes_none:
        return _nothing(photo.on_sent)
    if request.is_forward:
        return _nothing(fallbacks.on_forward)
    if request.kind != "text" or not (request.text or "").strip():
        return _nothing(fallbacks.on_not_words)
    word = _menu_route(request.text or "")
    if word is not None:
        return word
    if topic is None:
        return _nothing(_too_late)
    if _is_by_itself(request, topic):
        return _nothing(free_words.on_words)
    return TOPICS.get(topic) or _nothing(free_words.on_words)


def _nothing(answer: Handler) -> Route:
    return Route(answer, About.NOTHING)


def command_of(request: Request) -> str | None:
    """The command without slash and bot name, lower case; None when it is none."""
    text = request.text or ""
    if request.kind == "button" or not text.startswith("/"):
        return None
    return text[1:].split(maxsplit=1)[0].split("@")[0].lower() if text[1:].strip() else ""


def _pressed(request: Request) -> Route:
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
    life = QUESTIONS[row.topic].life if row.topic in QUESTIONS else Life.OPEN
    return None if conversation.is_over(row, life, request.message_sent_at or request.now) else row.topic


def _is_by_itself(request: Request, topic: str) -> bool:
    """Whether the words are an order or a report where they can be no answer: a search, buttons, a list left long ago."""
    if _gives_way(topic):
        return free_words.is_order(request) or free_words.is_report(request) or free_words.is_weight(request)
    if _is_tapped(request, topic):
        return free_words.is_order(request) or free_words.is_report(request)
    row = conversation.current(request)
    if row is None or topic not in (WEIGH_IN, ROLL) or not has_slept(request, row):
        return False
    return free_words.is_order(request) or (topic == WEIGH_IN and free_words.is_report(request))


def _gives_way(topic: str | None) -> bool:
    """Whether orders and reports are no answer to the question."""
    return topic in QUESTIONS and QUESTIONS[topic].gives_way


def _is_tapped(request: Request, topic: str | None) -> bool:
    """Whether only a button answers the question."""
    asked = TOPICS.get(topic or "")
    return asked is not None and isinstance(asked.answer, Dialog) and asked.answer.is_tapped(request)


def _too_late(request: Request) -> Reply:
    """Words after a question that was left: they answer what lay under it, or nothing at all."""
    row = conversation.current(request)
    task_id = row.task_id if row is not None else None
    if row is not None:
        incidents.keep_left(request, row)
    under = conversation.end(request, is_told=False)
    if under is not None:
        return _answered(request, TOPICS.get(_topic(request) or "") or _nothing(fallbacks.on_text))
    said = free_words.said_by_itself(request, loosely=False)
    return said or forget_near_cases(request, fallbacks.on_too_late(request, task_id))


def _menu_route(text: str) -> Route | None:
    said = text.strip().casefold()
    return next((found for word, found in MENU_WORDS.items() if _(word).casefold() == said), None)
