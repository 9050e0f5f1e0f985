"""Which function answers what arrives: plain tables of all areas, merged; and the decision between them."""

from collections.abc import Callable

from sqlmodel import Session

from handlers import conversation, fallbacks, help, status
from handlers.absences import leave_list, record_leave
from handlers.buttons import ButtonError
from handlers.cases import (
    case_data,
    case_list,
    case_moves,
    case_page,
    case_status,
    decide,
    monthly_card,
    open_case,
    services_card,
)
from handlers.cases.hidden import is_about_case, refuse_hidden, without_words
from handlers.children import child_leaves, child_records, children
from handlers.cohorts import add_children, before_pandu, cohort_cards, move_dates, open_cohort
from handlers.coming import week, when
from handlers.escalation import take_on
from handlers.forms import answering, photos, saving, viewing
from handlers.handbook import browse, find, sop_page, step_page
from handlers.looks import questions
from handlers.looks.wording import _
from handlers.people import officers, start
from handlers.reply import Reply
from handlers.rolls import (
    roll,
    roll_day,
    roll_many,
    roll_reasons,
    roll_words,
    weigh_after,
    weigh_in,
    weigh_typed,
)
from handlers.routing import Handler, Routes, merge
from handlers.tasks import (
    attach,
    by_hand,
    confirm,
    daily_card,
    delegate,
    my_tasks,
    obstacle,
    offers,
    reschedule,
    skip,
    snooze,
)
from handlers.visit import Visit
from handlers.visits import home_visit, parents_visit, visit_moves
from storage.tables import Conversation, Officer

ALL: Routes = merge(
    add_children.ROUTES,
    answering.ROUTES,
    attach.ROUTES,
    before_pandu.ROUTES,
    by_hand.ROUTES,
    browse.ROUTES,
    case_data.ROUTES,
    case_list.ROUTES,
    case_moves.ROUTES,
    case_page.ROUTES,
    case_status.ROUTES,
    child_leaves.ROUTES,
    child_records.ROUTES,
    children.ROUTES,
    cohort_cards.ROUTES,
    when.ROUTES,
    confirm.ROUTES,
    daily_card.ROUTES,
    decide.ROUTES,
    delegate.ROUTES,
    find.ROUTES,
    help.ROUTES,
    home_visit.ROUTES,
    leave_list.ROUTES,
    record_leave.ROUTES,
    move_dates.ROUTES,
    monthly_card.ROUTES,
    my_tasks.ROUTES,
    obstacle.ROUTES,
    offers.ROUTES,
    officers.ROUTES,
    open_case.ROUTES,
    open_cohort.ROUTES,
    parents_visit.ROUTES,
    photos.ROUTES,
    questions.ROUTES,
    reschedule.ROUTES,
    roll.ROUTES,
    roll_day.ROUTES,
    roll_many.ROUTES,
    roll_reasons.ROUTES,
    roll_words.ROUTES,
    saving.ROUTES,
    services_card.ROUTES,
    skip.ROUTES,
    snooze.ROUTES,
    sop_page.ROUTES,
    start.ROUTES,
    status.ROUTES,
    step_page.ROUTES,
    viewing.ROUTES,
    take_on.ROUTES,
    visit_moves.ROUTES,
    week.ROUTES,
    weigh_after.ROUTES,
    weigh_in.ROUTES,
    weigh_typed.ROUTES,
)
COMMANDS, PRESSES, TOPICS, MENU_WORDS = ALL.commands, ALL.presses, ALL.topics, ALL.menu_words


def route(visit: Visit) -> Reply:
    """The answer to one update.

    Raises:
        RuleError: a rule refuses; `handlers.refusals.refusal` has the sentence.
        ButtonError: a button that nobody made.
    """
    handler = handler_for(visit)
    if visit.press is not None or command_of(visit) is not None or handler in MENU_WORDS.values():
        conversation.leave(visit)
    if visit.press is not None or handler in TOPICS.values():
        refuse_hidden(visit)
    typed = handler in TOPICS.values() and is_about_case(visit)
    return without_words(visit, handler(visit)) if typed else handler(visit)


def handler_for(visit: Visit) -> Handler:
    """Which handler answers. Order matters: who may speak at all, then the button, the command, the question."""
    if visit.is_group:
        return fallbacks.on_group
    command = command_of(visit)
    if visit.officer is None:
        return start.on_start if command == "start" else start.on_stranger
    if visit.kind == "button":
        return _pressed(visit)
    if visit.is_edit:
        return fallbacks.on_edited
    if command is not None:
        return COMMANDS.get(command, fallbacks.on_unknown_command)
    topic = _topic(visit)
    if visit.kind in ("photo", "document", "location") and topic in ALL.file_topics:
        return TOPICS[topic]
    if visit.is_forward:
        return fallbacks.on_forward
    if visit.kind != "text" or not (visit.text or "").strip():
        return fallbacks.on_not_words
    word = _menu_handler(visit.text or "")
    if word is not None:
        return word
    if topic is None:
        return _too_late
    return TOPICS.get(topic, fallbacks.on_text)


def expects_file(session: Session, officer: Officer) -> bool:
    """Whether a photo or document of this officer is an answer, so that it is worth downloading."""
    row = session.get(Conversation, officer.id)
    return row is not None and row.topic in ALL.file_topics


def command_of(visit: Visit) -> str | None:
    """The command without slash and bot name, lower case; None when it is none."""
    text = visit.text or ""
    if visit.kind == "button" or not text.startswith("/"):
        return None
    return text[1:].split(maxsplit=1)[0].split("@")[0].lower() if text[1:].strip() else ""


def _pressed(visit: Visit) -> Callable[[Visit], Reply]:
    if visit.press is None:
        raise ButtonError("not a button of ours")
    try:
        return PRESSES[visit.press.verb]
    except KeyError as error:
        raise ButtonError(f"no button does {visit.press.verb}") from error


def _topic(visit: Visit) -> str | None:
    """What the words answer: "" when nothing was asked, None when the question is over."""
    row = conversation.current(visit)
    if row is None:
        return ""
    return None if conversation.is_over(row, visit.message_sent_at or visit.now) else row.topic


def _too_late(visit: Visit) -> Reply:
    """Words after a question that was left: they answer what lay under it, or nothing at all."""
    row = conversation.current(visit)
    task_id = row.task_id if row is not None else None
    under = conversation.end(visit)
    if under is not None:
        return TOPICS.get(_topic(visit) or "", fallbacks.on_text)(visit)
    return fallbacks.on_too_late(visit, task_id)


def _menu_handler(text: str) -> Handler | None:
    said = text.strip().casefold()
    return next((handler for word, handler in MENU_WORDS.items() if _(word).casefold() == said), None)
