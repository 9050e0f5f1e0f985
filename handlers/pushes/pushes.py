"""The messages for the reminders that an officer is owed now, with the buttons that finish them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from handlers.looks.screens import rows, to_list
from handlers.pushes.changed import changed, left_in_message
from handlers.pushes.morning_list import morning_list
from handlers.pushes.notices import has_sentence
from handlers.pushes.one_thing import single, single_notice
from handlers.pushes.saying import say
from handlers.pushes.services_started import services_apart
from handlers.pushes.several_things import several, things_of
from handlers.reply import Message, Reply, reply
from sop_flows.core.institution import House
from sop_flows.views.task_views import digest_tasks
from storage.tables import Officer, Reminder, ReminderKind

MOST = 10  # things in one message; it also keeps them below what Telegram takes


def messages_for(
    session: Session,
    house: House,
    officer: Officer,
    reminders: Sequence[Reminder],
    now: datetime,
    outage: bool = False,
) -> tuple[Message, ...]:
    """The pushes that carry these reminders, as few as can be read; none for what has nothing to say."""
    sayable = [row for row in reminders if row.kind != ReminderKind.NOTICE or has_sentence(row)]
    digests = [row for row in sayable if row.kind == ReminderKind.DIGEST]
    things = things_of(session, house, [row for row in sayable if row not in digests])
    if digests and len(things) > MOST:
        # The morning list names these among its own lines: they take up no room in it.
        in_digest = {line.task.id for line in digest_tasks(session, house, officer, now)}
        named = [one for one in things if _is_of_task(one[0]) and one[0].task_id in in_digest]
        digests += [row for one in named for row in one]
        things = [one for one in things if one not in named]
    parts = [[row for one in things[i : i + MOST] for row in one] for i in range(0, len(things) or 1, MOST)]
    parts[0] = [*digests, *parts[0]]
    messages = [
        Message(tuple(part), push_for(session, house, officer, part, now, outage)) for part in parts if part
    ]
    return tuple(message for message in messages if message.reply.actions)


def _is_of_task(row: Reminder) -> bool:
    return row.kind != ReminderKind.NOTICE and row.child_id is None


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
