"""What a message shows of tasks: the numbered lines of a list, the task of a card. Noted once it is on the phone.

So that words which name a line ("selesai 1 3") or the card ("ingatkan senin") mean what their officer could see.
"""

from datetime import datetime

from handlers.ui.conversation import READING
from handlers.ui.request import Request, Shown
from storage.queries.shown import list_shown


def last_list(request: Request) -> Shown | None:
    """The last list that the officer could have read when the words were sent."""
    return next((one for one in _seen(request) if one.lines), None)


def last_card(request: Request) -> tuple[int, int] | None:
    """Task and child of the last card that the officer could have read."""
    return next((one.card for one in _seen(request) if one.card is not None), None)


def _seen(request: Request) -> list[Shown]:
    """What was on the phone two seconds before the words were sent, the last first; only Telegram's dates count."""
    officer_id = request.officer.id if request.officer is not None else None
    rows = list_shown(request.session, request.chat_key, officer_id or 0)
    sent_at = request.message_sent_at or request.now
    dated = [(datetime.fromisoformat(str(row["at"])), row) for row in rows]
    read = sorted((one for one in dated if one[0] + READING <= sent_at), key=lambda one: one[0], reverse=True)
    return [Shown.of_json(row) for _at, row in read]
