"""Words that are no answer to the list that is open, but say by themselves what they are about.

They are kept beside its question, which stays as it is, and asked about below it with a yes and a no. When the list is
done first, they are asked about in a message of their own; so is what was typed and left for another screen.
"""

from typing import Any

from handlers.ui import conversation
from handlers.ui.request import Keyboard, Request, Say, button
from handlers.ui.words import TEXT_MAX, _, clip, esc, shorten
from storage.tables import Conversation

MOST = 20  # kept for one officer
STAMPS = 100  # numbers for what one update keeps: a button of one that is gone means no other
SAID_MAX = 300  # characters of each, as it is said back
ROOM = 600  # characters that one of them takes below a question

Aside = dict[
    str, Any
]  # text, asks (the question, HTML), stamp, sent_at and said_at (ISO), topic and task_id, draft


def set_aside(
    request: Request, text: str, asks: str, *, alone: bool = False, draft: dict[str, Any] | None = None
) -> bool:
    """Keep these words beside what is asked, or asked about alone; False when there is no room for more.

    Args:
        draft: what the officer had answered about them already.
    """
    row = conversation.row_of(request)
    kept = [] if row is None else conversation.asides(row)
    if len(kept) >= MOST:
        return False
    one: Aside = {
        "text": text,
        "asks": asks,
        "stamp": max([(request.work.update_id or 0) * STAMPS, *(int(other["stamp"]) for other in kept)]) + 1,
        "message_id": request.message_id,
        "sent_at": (request.message_sent_at or request.now).isoformat(),
        "said_at": (request.work.said_at or request.now).isoformat(),
        "topic": "" if row is None or alone else row.topic,
        "task_id": None if row is None or alone else row.task_id,
        "draft": draft or {},
    }
    conversation.keep_asides(request, [*kept, one])
    return True


def take(request: Request, stamp: int) -> Aside | None:
    """The one of this number, which is kept no longer; None when it was answered before."""
    row = conversation.row_of(request)
    kept = [] if row is None else conversation.asides(row)
    found = next((one for one in kept if one["stamp"] == stamp), None)
    if found is not None:
        conversation.keep_asides(request, [one for one in kept if one is not found])
    return found


def below(row: Conversation, text: str, keyboard: Keyboard) -> tuple[str, Keyboard]:
    """The question with the first of its own below it."""
    own = [
        one for one in conversation.asides(row) if (one["topic"], one["task_id"]) == (row.topic, row.task_id)
    ]
    if not own or row.topic == conversation.AFTER:
        return text, keyboard
    return f"{clip(text, TEXT_MAX - ROOM)}\n\n{_asked(own[0])}", (*keyboard, *_buttons(own[0]))


def left_over(request: Request, row: Conversation) -> list[Say]:
    """A message for each whose question is over; once."""
    homes = [one for one in conversation.questions(row) if one[0] != conversation.AFTER]
    kept = conversation.asides(row)
    loose = [
        one for one in kept if (one["topic"], one["task_id"]) not in homes and not one.get("is_said_alone")
    ]
    if loose:
        said = [{**one, "is_said_alone": True} if one in loose else one for one in kept]
        conversation.keep_asides(request, said)
    return [Say(_asked(one), _buttons(one), protect=True) for one in loose]


def _asked(one: Aside) -> str:
    return f"“{esc(shorten(str(one['text']), SAID_MAX))}”\n{one['asks']}"


def _buttons(one: Aside) -> Keyboard:
    stamp = int(one["stamp"])
    yes = button(_("Yes, record"), "answer_aside", stamp)  # not green: the list goes on beside it
    return ((yes, button(_("No, it is none"), "answer_pass", stamp)),)
