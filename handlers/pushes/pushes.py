"""The messages for the reminders that an officer is owed now, with the buttons that finish them."""

from collections.abc import Sequence

from handlers.pushes.changed import changed, left_in_message
from handlers.pushes.morning_list import morning_list, with_boards
from handlers.pushes.one_thing import single, single_notice
from handlers.pushes.saying import say
from handlers.pushes.services_started import services_apart
from handlers.pushes.several_things import several, things_of
from handlers.ui.request import Push, Reply, reply, rows, to_list
from sop_flows.core.notices import read_notice
from sop_flows.core.work import Work
from sop_flows.notifications.digest_items import decide
from sop_flows.views.task_views import digest_tasks
from storage.tables import Officer, Reminder, ReminderKind

MOST = 10  # things in one message; it also keeps them below what Telegram takes


def pushes_for(
    work: Work, officer: Officer, reminders: Sequence[Reminder], outage: bool = False
) -> tuple[Push, ...]:
    """The pushes that carry these reminders, as few as can be read; none for what has nothing to say."""
    sayable = [row for row in reminders if row.kind != ReminderKind.NOTICE or read_notice(row)]
    digests = [row for row in sayable if row.kind == ReminderKind.DIGEST]
    things = things_of(work, [row for row in sayable if row not in digests])
    if digests and len(things) > MOST:
        # The morning list names these among its own lines: they take up no room in it.
        in_digest = {line.task.id for line in digest_tasks(work, officer)}
        named = [one for one in things if _is_of_task(one[0]) and one[0].task_id in in_digest]
        digests += [row for one in named for row in one]
        things = [one for one in things if one not in named]
    for row in digests:
        if row.kind == ReminderKind.DIGEST:
            decide(work, officer, row)
    parts = [[row for one in things[i : i + MOST] for row in one] for i in range(0, len(things) or 1, MOST)]
    parts[0] = [*digests, *parts[0]]
    pushes = [Push(tuple(part), push_for(work, officer, part, outage)) for part in parts if part]
    return tuple(push for push in pushes if push.reply.actions)


def _is_of_task(row: Reminder) -> bool:
    return row.kind != ReminderKind.NOTICE and row.child_id is None


def push_for(work: Work, officer: Officer, reminders: Sequence[Reminder], outage: bool = False) -> Reply:
    """The text and buttons of one push that carries these reminders; empty when there is nothing to say.

    Args:
        outage: they are late because the bot was not running; the message says so.
    """
    if len(reminders) == 1 and reminders[0].edits_message_id is not None:
        left = left_in_message(work, reminders[0])
        if left is None:
            return reply()
        rest = push_for(work, officer, left) if left else reply()
        return changed(work, officer, reminders[0], rest)
    notices = [row for row in reminders if row.kind == ReminderKind.NOTICE]
    digests = [row for row in reminders if row.kind == ReminderKind.DIGEST]
    others = _once_each([row for row in reminders if row not in notices and row not in digests])
    others, started = services_apart(work.session, others)
    if digests:
        said = morning_list(work, officer, digests[0], others, notices, started, outage)
        return with_boards(work, officer, said)
    if started and len(started) == 1 and not others and not notices:
        return say([started[0].words], rows([started[0].opens, to_list()]), 1, outage)
    if len(others) == 1 and not notices and not started:
        return single(work, officer, others[0], outage)
    if not others and not started and len(notices) == 1:
        return single_notice(work, officer, notices[0], outage)
    return several(work, officer, others, notices, started, outage)


def _once_each(rows: list[Reminder]) -> list[Reminder]:
    """One reminder for each task and child, whatever brought it up."""
    first: dict[tuple[int | None, int | None], Reminder] = {}
    for row in rows:
        first.setdefault((row.task_id, row.child_id), row)
    return list(first.values())
