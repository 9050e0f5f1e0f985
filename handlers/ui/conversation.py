"""What the officer is being asked: one row, so that a restart goes on where it stopped.

A new question does not throw away the one before it: the former lies under it and comes back when the new one
ends. So a word about an obstacle does not lose a weigh-in of 60 children.
"""

from datetime import datetime, timedelta
from typing import Any, cast

from handlers.ui.request import Request
from sop_flows.errors import NotPermittedError
from storage.tables import Conversation

UNDER = "_under"  # key of the draft under which the former question lies
OVER = "_over"  # key of the draft of a question that its officer has left for another screen
SHORT = (
    "task_",
    "leave_",
    "parents_date",
    "child_leave",
    "book_",
    "start_",
)  # topics whose next words are one answer
SHORT_LIFE = timedelta(hours=1)
LONG = (
    "visit_form",
)  # topics that are gone back to, but whose next words after another screen are no answer
LEFT = "_left"  # key of the draft of such a question while its officer is elsewhere
OWN_BUTTONS = ("form_", "visit_")  # of LONG topics
MAX_UNDER = 3  # questions that wait under another; the oldest is forgotten


def _officer_id(request: Request) -> int:
    if request.officer is None or request.officer.id is None:
        raise NotPermittedError("officer")
    return request.officer.id


def current(request: Request) -> Conversation | None:
    """What the officer is being asked now, if anything."""
    if request.officer is None:
        return None
    return request.session.get(Conversation, _officer_id(request))


def ask(request: Request, topic: str, draft: dict[str, Any], task_id: int | None = None) -> Conversation:
    """Ask `topic` from now on; the route of that topic reads the officer's next words.

    The same topic about the same task keeps its card; any other question now lies under this one.
    """
    row = current(request)
    fresh = dict(draft)
    fresh.pop(UNDER, None)
    fresh.pop(OVER, None)
    fresh.pop(LEFT, None)
    if row is None:
        row = Conversation(
            officer_id=_officer_id(request), topic=topic, task_id=task_id, draft=fresh, updated_at=request.now
        )
        request.session.add(row)
        request.session.flush()
        return row
    under = _under(row)
    if (row.topic, row.task_id) != (topic, task_id):
        if row.topic != topic and not row.draft.get(OVER):
            under = [_as_dict(row), *under]
        row.card_message_id = None
        row.card_shown_at = None
    under = [former for former in under if former["topic"] != topic][:MAX_UNDER]
    if under:
        fresh[UNDER] = under
    row.topic, row.task_id, row.draft, row.updated_at = topic, task_id, fresh, request.now
    request.session.add(row)
    request.session.flush()
    return row


def draft_of(row: Conversation) -> dict[str, Any]:
    """The answers so far, as a copy: pass it to `ask` with what is new."""
    return {key: value for key, value in row.draft.items() if key not in (UNDER, OVER, LEFT)}


def is_over(row: Conversation, at: datetime) -> bool:
    """Whether words said at `at` are no answer any more: a short question is an hour old, or was left.

    Weigh-ins, lists, visits and opening an angkatan stay open: they are gone back to.
    """
    return row.topic.startswith(SHORT) and (bool(row.draft.get(OVER)) or at - row.updated_at > SHORT_LIFE)


def was_left(row: Conversation) -> bool:
    """Whether the officer has opened another screen since the question was asked."""
    return bool(row.draft.get(LEFT))


def leave(request: Request) -> None:
    """The officer opens another screen: a short question must not take words typed later.

    A button of the question itself asks it anew, and `ask` opens it again.
    """
    row = current(request)
    if request.press is not None and request.press.verb == "child_leave_on":
        return  # shows the day that was tapped; another one may still be typed
    if row is not None and row.topic in LONG:
        if request.press is None or not request.press.verb.startswith(OWN_BUTTONS):
            row.draft = {**row.draft, LEFT: True}
            request.session.add(row)
            request.session.flush()
        return
    if row is not None and row.topic.startswith(SHORT):
        row.draft = {**row.draft, OVER: True}
        request.session.add(row)
        request.session.flush()


def end(request: Request, topic: str | None = None) -> Conversation | None:
    """End the present question; what lay under it is asked again and returned.

    With `topic`, only a question of that topic ends, wherever it lies; others are left as they are.
    """
    row = current(request)
    if row is None:
        return None
    under = _under(row)
    if topic is not None and row.topic != topic:
        kept: dict[str, object] = {key: value for key, value in row.draft.items() if key != UNDER}
        rest = [former for former in under if former["topic"] != topic]
        row.draft = {**kept, UNDER: rest} if rest else kept
        request.session.add(row)
        request.session.flush()
        return row
    if not under:
        request.session.delete(row)
        request.session.flush()
        return None
    former, *rest = under
    row.topic = former["topic"]
    row.task_id = former["task_id"]
    row.card_message_id = former["card_message_id"]
    shown_at = former.get("card_shown_at")
    row.card_shown_at = None if shown_at is None else datetime.fromisoformat(shown_at)
    row.draft = {**former["draft"], UNDER: rest} if rest else dict(former["draft"])
    row.updated_at = request.now
    request.session.add(row)
    request.session.flush()
    return row


def _under(row: Conversation) -> list[dict[str, Any]]:
    return list(cast("list[dict[str, Any]]", row.draft.get(UNDER) or []))


def _as_dict(row: Conversation) -> dict[str, Any]:
    return {
        "topic": row.topic,
        "task_id": row.task_id,
        "card_message_id": row.card_message_id,
        "card_shown_at": None if row.card_shown_at is None else row.card_shown_at.isoformat(),
        "draft": draft_of(row),
    }
