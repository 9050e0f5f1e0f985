"""How a push is put together: its lines, its buttons, and that it is late because the bot was not running."""

from handlers.ui.request import Keyboard, Reply, Say, reply
from handlers.ui.words import clip, ngettext
from sop_flows.core.work import Work
from sop_flows.views.task_views import TaskLine, task_line
from storage.tables import Officer, Reminder, Task


def say(lines: list[str], keyboard: Keyboard, count: int, outage: bool) -> Reply:
    """The lines, those that are empty left out, under the heading of an outage when `outage`; nothing without lines."""
    said = [line for line in lines if line]
    if not said:
        return reply()
    if outage:
        late = ngettext(
            "While the bot was not running: {count} thing",
            "While the bot was not running: {count} things",
            count,
        )
        said.insert(0, late.format(count=count))
    return reply(Say(clip("\n".join(said)), tuple(row for row in keyboard if row), protect=True))


def line_of(work: Work, officer: Officer, row: Reminder) -> TaskLine | None:
    """The task of a reminder as the officer sees it; None when it has none."""
    task = work.session.get(Task, row.task_id) if row.task_id is not None else None
    return None if task is None else task_line(work, task, officer)
