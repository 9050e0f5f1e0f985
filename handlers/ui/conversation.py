"""What the officer is being asked: one row, so that a restart goes on where it stopped.

A new question does not throw away the one before it: the former lies under it and comes back when the new one
ends. So a word about an obstacle does not lose a weigh-in of 60 children.

A question's time is the date that Telegram gave to the message that shows it (`note_spoken`), so that it can be
compared with the date of an answer whatever our own clock says. What came before is kept: see `handlers/ui/answers.py`.
"""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, cast

from handlers.ui.request import Keyboard, Request
from sop_flows.errors import NotPermittedError
from storage.tables import Conversation

UNDER = "_under"  # key of the draft under which the former question lies
OVER = "_over"  # key of the draft of a question that its officer has left for another screen
LEFT = "_left"  # key of the draft of one that waits for its officer to come back
SHORT_LIFE = timedelta(hours=1)
MAX_UNDER = 3  # questions that wait under another; the oldest is forgotten
READING = timedelta(seconds=2)  # nobody reads and answers faster; Telegram dates in whole seconds
AFTER = "after"  # topic of the row while nothing is asked: the rest of an answer may still be on its way
ENDED = "_ended"  # key of its draft: topic and task of the question that ended
ASKED = "_asked"  # key: the update whose reply asks the question
SPOKEN = "_spoken"  # key: the same, once that reply is on the phone
BACK = "_back"  # key: the question came back from under another; its card stands further up
CARD = "_card"  # key: text and keyboard of the question, to be shown again under kept answers
KEPT = "_kept"  # key: answers that came before their question; see handlers/ui/answers.py
EACH = "_each"  # key: they are asked about one by one
PLACES = "_places"  # key: what the proposal has named them for, in order
SAME = "_same"  # key: the update whose reply shows the question as it stood there already
LOST = "_lost"  # key: kept answers whose question has ended; said and forgotten
ASIDE = "_aside"  # key of whatever is on top: words that are about something else; see handlers/ui/asides.py
NAMED = (
    "_named"  # key of what was typed and names somebody: asked back about; see handlers/cases/name_guard.py
)
OWN = (
    NAMED,
    UNDER,
    OVER,
    LEFT,
    ENDED,
    ASKED,
    SPOKEN,
    BACK,
    CARD,
    KEPT,
    EACH,
    PLACES,
    SAME,
    LOST,
    ASIDE,
)  # keys that no topic sees
STAYS = (
    CARD,
    KEPT,
    EACH,
    PLACES,
    LOST,
    ASKED,
    SPOKEN,
)  # of them, what stays when the same question is asked again


class Life(Enum):
    """How long words answer a question. The question declares it."""

    SHORT = auto()  # the next words are one answer: for an hour, and until another screen is opened
    WAITS = auto()  # it is gone back to: words after another screen are no answer until it was shown again
    OPEN = auto()  # it is gone back to: a weigh-in, a list, opening an angkatan


def _officer_id(request: Request) -> int:
    if request.officer is None or request.officer.id is None:
        raise NotPermittedError("officer")
    return request.officer.id


def current(request: Request) -> Conversation | None:
    """What the officer is being asked now, if anything."""
    row = row_of(request)
    return None if row is None or row.topic == AFTER else row


def row_of(request: Request) -> Conversation | None:
    """The officer's row, also while nothing is asked."""
    if request.officer is None or request.officer.id in request.unasked:
        return None
    row = request.session.get(Conversation, _officer_id(request))
    if row is None:
        request.unasked.add(_officer_id(request))
    return row


def _new_row(request: Request, topic: str = AFTER) -> Conversation:
    """For an officer who has none yet."""
    officer_id = _officer_id(request)
    request.unasked.discard(officer_id)
    return Conversation(officer_id=officer_id, topic=topic, draft={}, updated_at=request.now)


def ask(request: Request, topic: str, draft: dict[str, Any], task_id: int | None = None) -> Conversation:
    """Ask `topic` from now on; the route of that topic reads the officer's next words.

    The same topic about the same task keeps its card; any other question now lies under this one.
    """
    row = row_of(request)
    fresh: dict[str, Any] = {key: value for key, value in draft.items() if key not in OWN}
    if row is None:
        row = _new_row(request, topic)
        row.task_id = task_id
        request.session.add(row)
    under = _under(row)
    if (row.topic, row.task_id) == (topic, task_id):
        former_draft = row.draft
    else:
        found = (one["draft"] for one in under if (one["topic"], one["task_id"]) == (topic, task_id))
        former_draft = next(found, {})
        if row.topic not in (topic, AFTER) and not row.draft.get(OVER):
            under = [_as_dict(row), *under]
        elif kept(row):
            fresh[LOST] = kept(row)
        row.card_message_id = None
        row.card_shown_at = None
    gone = [one for one in under if one["topic"] == topic and one["task_id"] != task_id]
    if lost := [word for one in gone for word in one["draft"].get(KEPT, [])]:
        fresh[LOST] = [*fresh.get(LOST, []), *lost]
    under = [former for former in under if former["topic"] != topic][:MAX_UNDER]
    if under:
        fresh[UNDER] = under
    if asides(row):
        fresh[ASIDE] = asides(row)
    fresh = {key: former_draft[key] for key in STAYS if key in former_draft} | fresh
    row.topic, row.task_id, row.draft, row.updated_at = topic, task_id, fresh, request.now
    ask_again(request, row)
    return row


def ask_again(request: Request, row: Conversation) -> None:
    """The reply to this update shows the question: what is typed before that is no answer to it."""
    row.draft = {**row.draft, ASKED: request.work.update_id}
    request.session.add(row)
    request.session.flush()


def asked_by(request: Request, row: Conversation) -> int | None:
    """This update's id when the reply to it asks the question, or ends the one that was on top of it."""
    return request.work.update_id if row.draft.get(ASKED) == request.work.update_id else None


def is_early(request: Request, row: Conversation) -> bool:
    """Whether the typed words came before the question could be read, or after others that did.

    A question that an earlier version asked has no time that Telegram gave: it was read long ago.
    """
    if kept(row) and row.topic != AFTER:
        return True
    if ASKED not in row.draft or request.message_sent_at is None:
        return False
    if row.draft.get(SPOKEN) != row.draft[ASKED] or row.card_shown_at is None:
        return True
    return request.message_sent_at < row.card_shown_at + READING


def note_spoken(
    row: Conversation, asked: int | None, *, card_id: int | None, last_id: int | None, at: datetime | None,
    is_whole: bool,
) -> None:  # fmt: skip
    """Note that a reply is on the phone.

    Args:
        asked: the update that it answers, when it asks a question.
        card_id: the message that was said to be the card of the conversation.
        last_id: the last message that the officer sees of it.
        at: its date or edit date, by Telegram's clock; None when Telegram gave none: the former one counts on.
        is_whole: nothing more of the reply has to be shown.
    """
    is_this = asked is not None and row.draft.get(ASKED) == asked
    if card_id is not None:
        row.card_message_id = card_id
    elif is_this and last_id is not None and not row.draft.get(BACK):
        row.card_message_id = last_id
    if at is not None and (card_id is not None or asked is not None):
        row.card_shown_at = max(at, row.card_shown_at or at)
    # An edit that changed nothing has no date: it was made before, by a reply whose end nobody noted, or long ago.
    if is_this and is_whole and (at is not None or last_id is None or row.draft.get(SAME) == asked):
        row.draft = {**row.draft, SPOKEN: asked}


def note_card(request: Request, row: Conversation, text: str, keyboard: Keyboard) -> None:
    """Note how the question is shown, for when kept answers have stood in its place."""
    card = [text, [[[one.text, one.data, one.style, one.url] for one in line] for line in keyboard]]
    is_same = row.draft.get(CARD) == card and not kept(row)
    row.draft = {**row.draft, CARD: card, **({SAME: request.work.update_id} if is_same else {})}
    request.session.add(row)
    request.session.flush()


def take_lost(request: Request, row: Conversation) -> list[dict[str, Any]]:
    """Kept answers whose question has ended; they are forgotten with this."""
    lost = list(cast("list[dict[str, Any]]", row.draft.get(LOST) or []))
    if lost:
        row.draft = {key: value for key, value in row.draft.items() if key != LOST}
        request.session.add(row)
    return lost


def ended(row: Conversation) -> tuple[str, int | None]:
    """Topic and task of the question that has ended, while nothing is asked."""
    topic, task_id = cast("list[Any]", row.draft.get(ENDED) or ["", None])
    return str(topic), task_id


def named(row: Conversation) -> list[int]:
    """What the proposal has named the kept answers for, in order."""
    return list(cast("list[int]", row.draft.get(PLACES) or []))


def kept(row: Conversation) -> list[dict[str, Any]]:
    """The answers that came before their question, oldest first, as `handlers/ui/answers.py` has made them."""
    return list(cast("list[dict[str, Any]]", row.draft.get(KEPT) or []))


def keep(request: Request, row: Conversation, words: list[dict[str, Any]]) -> None:
    """Make these the kept answers. Whom they are proposed for in order counts while the first of them is the same."""
    former = kept(row)
    gone: tuple[str, ...] = (KEPT,)
    if not words:
        gone = (KEPT, PLACES, EACH)
    elif words[: len(former)] != former and not row.draft.get(EACH):
        gone = (KEPT, PLACES)
    rest = {key: value for key, value in row.draft.items() if key not in gone}
    row.draft = {**rest, KEPT: words} if words else rest
    request.session.add(row)
    request.session.flush()


def asides(row: Conversation) -> list[dict[str, Any]]:
    """The words that are about something else, oldest first, as `handlers/ui/asides.py` has made them."""
    return list(cast("list[dict[str, Any]]", row.draft.get(ASIDE) or []))


def keep_asides(request: Request, words: list[dict[str, Any]]) -> None:
    """Make these the words that are about something else."""
    row = row_of(request)
    if row is None:
        row = _new_row(request)
    rest = {key: value for key, value in row.draft.items() if key != ASIDE}
    row.draft = {**rest, ASIDE: words} if words else rest
    request.session.add(row)
    request.session.flush()


def named_of(request: Request) -> dict[str, Any] | None:
    """What was typed last and is asked back about, because it names a child of a case."""
    row = row_of(request)
    return None if row is None else cast("dict[str, Any] | None", row.draft.get(NAMED))


def keep_named(request: Request, words: dict[str, Any] | None) -> None:
    """Make this what is asked back about; None: nothing is."""
    row = row_of(request)
    if words is None and (row is None or NAMED not in row.draft):
        return
    if row is None:
        row = _new_row(request)
    rest = {key: value for key, value in row.draft.items() if key != NAMED}
    row.draft = rest if words is None else {**rest, NAMED: words}
    request.session.add(row)
    request.session.flush()


def questions(row: Conversation) -> list[tuple[str, int | None]]:
    """Topic and task of what is asked, and of what lies under it."""
    return [(row.topic, row.task_id), *((one["topic"], one["task_id"]) for one in _under(row))]


def draft_of(row: Conversation) -> dict[str, Any]:
    """The answers so far, as a copy: pass it to `ask` with what is new."""
    return {key: value for key, value in row.draft.items() if key not in OWN}


def is_over(row: Conversation, life: Life, at: datetime) -> bool:
    """Whether words said at `at` are no answer any more: a short question is an hour old, or was left."""
    asked_at = row.card_shown_at or row.updated_at
    return life is Life.SHORT and (is_left_for_good(row) or at - asked_at > SHORT_LIFE)


def is_left_for_good(row: Conversation) -> bool:
    """Whether the officer has opened another screen since a short question was asked."""
    return bool(row.draft.get(OVER))


def was_left(row: Conversation) -> bool:
    """Whether the officer has opened another screen since a question that waits was asked."""
    return bool(row.draft.get(LEFT))


def leave(request: Request, row: Conversation, life: Life) -> None:
    """The officer opens another screen: words typed later must not answer. `ask` opens the question again."""
    if life is not Life.OPEN:
        row.draft = {**row.draft, (OVER if life is Life.SHORT else LEFT): True}
        request.session.add(row)
        request.session.flush()


def end(request: Request, topic: str | None = None, *, is_told: bool = True) -> Conversation | None:
    """End the present question; what lay under it is asked again and returned.

    Args:
        topic: only a question of that topic ends, wherever it lies; others are left as they are.
        is_told: the reply to this update tells of the end; else the officer has known it.
    """
    row = current(request)
    if row is None:
        return None
    under = _under(row)
    if topic is not None and row.topic != topic:
        draft: dict[str, Any] = {key: value for key, value in row.draft.items() if key != UNDER}
        rest = [former for former in under if former["topic"] != topic]
        lost = [
            word for former in under if former["topic"] == topic for word in former["draft"].get(KEPT, [])
        ]
        row.draft = draft | ({UNDER: rest} if rest else {}) | ({LOST: lost} if lost else {})
        request.session.add(row)
        request.session.flush()
        return row
    lost = [*cast("list[dict[str, Any]]", row.draft.get(LOST) or []), *kept(row)]
    beside = asides(row)
    if not under:
        row.draft = {ENDED: [row.topic, row.task_id]}
        row.topic, row.task_id, row.card_message_id, row.card_shown_at = AFTER, None, None, None
    else:
        _lay_bare(row, under[0], under[1:])
    if lost:
        row.draft = {**row.draft, LOST: lost}
    if beside:
        row.draft = {**row.draft, ASIDE: beside}
    row.updated_at = request.now
    request.session.add(row)
    request.session.flush()
    if is_told:
        ask_again(request, row)
    return row if under else None


def come_back(request: Request, topic: str) -> bool:
    """Let a question that lies under another be asked: the other lies under it. False when none of it does."""
    row = current(request)
    under = [] if row is None else _under(row)
    former = next((one for one in under if one["topic"] == topic), None)
    if row is None or former is None:
        return False
    beside = asides(row)
    _lay_bare(row, former, [_as_dict(row), *(one for one in under if one is not former)])
    if beside:
        row.draft = {**row.draft, ASIDE: beside}
    request.session.add(row)
    request.session.flush()
    return True


def _lay_bare(row: Conversation, former: dict[str, Any], under: list[dict[str, Any]]) -> None:
    """Make what was asked before the present question, with these under it."""
    row.topic, row.task_id = former["topic"], former["task_id"]
    row.card_message_id = former["card_message_id"]
    shown_at = former.get("card_shown_at")
    row.card_shown_at = None if shown_at is None else datetime.fromisoformat(shown_at)
    row.draft = {**former["draft"], **({UNDER: under} if under else {}), BACK: True}


def _under(row: Conversation) -> list[dict[str, Any]]:
    return list(cast("list[dict[str, Any]]", row.draft.get(UNDER) or []))


def _as_dict(row: Conversation) -> dict[str, Any]:
    return {
        "topic": row.topic,
        "task_id": row.task_id,
        "card_message_id": row.card_message_id,
        "card_shown_at": None if row.card_shown_at is None else row.card_shown_at.isoformat(),
        "draft": {
            key: value for key, value in row.draft.items() if key not in (UNDER, OVER, LEFT, ASIDE, NAMED)
        },
    }
