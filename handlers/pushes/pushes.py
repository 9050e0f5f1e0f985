"""One message for the reminders that an officer is owed now, with the buttons that finish them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from handlers.looks.screens import rows, to_list
from handlers.pushes.changed import changed, left_in_message
from handlers.pushes.morning_list import morning_list
from handlers.pushes.one_thing import single, single_notice
from handlers.pushes.saying import say
from handlers.pushes.services_started import services_apart
from handlers.pushes.several_things import several
from handlers.reply import Reply, reply
from sop_flows.house import House
from storage.tables import Officer, Reminder, ReminderKind


def push_for(
    session: Session,
    house: House,
    officer: Officer,
    reminders: Sequence[Reminder],
    now: datetime,
    outage: bool = False,
) -> Reply:
    """The text and buttons of one push that carries these reminders; empty when there is nothing to say.

    Args:
        outage: they are late because the bot was not running; the message says so.
    """
    if len(reminders) == 1 and reminders[0].edits_message_id is not None:
        left = left_in_message(session, house, reminders[0], now)
        if left is None:
            return reply()
        rest = push_for(session, house, officer, left, now) if left else reply()
        return changed(session, house, officer, reminders[0], rest, now)
    notices = [row for row in reminders if row.kind == ReminderKind.NOTICE]
    digests = [row for row in reminders if row.kind == ReminderKind.DIGEST]
    others = _once_each([row for row in reminders if row not in notices and row not in digests])
    others, started = services_apart(session, others)
    if digests:
        return morning_list(session, house, officer, digests[0], others, notices, started, now, outage)
    if started and len(started) == 1 and not others and not notices:
        return say([started[0].words], rows([started[0].opens, to_list()]), 1, outage)
    if len(others) == 1 and not notices and not started:
        return single(session, house, officer, others[0], now, outage)
    if not others and not started and len(notices) == 1:
        return single_notice(session, house, officer, notices[0], now, outage)
    return several(session, house, officer, others, notices, started, now, outage)


def _once_each(rows: list[Reminder]) -> list[Reminder]:
    """One reminder for each task and child, whatever brought it up."""
    first: dict[tuple[int | None, int | None], Reminder] = {}
    for row in rows:
        first.setdefault((row.task_id, row.child_id), row)
    return list(first.values())
