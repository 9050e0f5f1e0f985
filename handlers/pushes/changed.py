"""A notice that changes an earlier push: what is so no longer, and below it whatever else the push said."""

from datetime import datetime

from sqlmodel import Session

from handlers.looks.markup import clip
from handlers.looks.screens import button, rows, to_list
from handlers.looks.wording import _
from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_buttons import to_case
from handlers.reply import Edit, Reply, Say, reply
from sop_flows.core.institution import House
from sop_flows.notifications.relevance import is_still_true
from storage.queries.sent import list_in_message
from storage.tables import Officer, Reminder, ReminderKind


def left_in_message(s: Session, house: House, row: Reminder, now: datetime) -> list[Reminder] | None:
    """What the message that `row` changes carries besides, as far as it is still true.

    None when it is the morning list of an earlier day: that stays as it was said.
    """
    carried = list_in_message(s, row.officer_id, row.edits_message_id or 0)
    if any(other.ends_at is not None and other.ends_at <= now for other in carried):
        return None
    return [
        other
        for other in carried
        if (other.task_id is None or other.task_id != row.task_id)
        # A morning list that was sent finds out by itself what of it is still so.
        and (other.kind == ReminderKind.DIGEST or is_still_true(s, house, other, now))
    ]


def changed(s: Session, house: House, officer: Officer, row: Reminder, rest: Reply, now: datetime) -> Reply:
    """The sentence in place of what it is about; `rest` is what else is in that message, said as things are now."""
    sentence = notice_sentence(s, house, officer, row, now)
    if not sentence:
        return reply()
    see = [button(_("See"), "task_open", row.task_id)] if row.task_id is not None else to_case(row)
    kept = next((said for said in rest.actions if isinstance(said, Say)), None)
    if kept is None:
        text, keyboard = sentence, rows([*see, to_list()])
    else:
        text, keyboard = f"{sentence}\n\n{kept.text}", (*rows(see), *kept.keyboard)
    return reply(Edit(clip(text), keyboard, message_id=row.edits_message_id, protect=True))
