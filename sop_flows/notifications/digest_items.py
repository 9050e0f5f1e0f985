"""What a morning list will say, decided before its text is made: rendering it writes nothing."""

from sqlalchemy import delete
from sqlmodel import col

from sop_flows.core.work import Work
from sop_flows.notifications.escalation.lists import PAGE, levels_now, steps_of
from sop_flows.views.missed import to_ask
from sop_flows.views.obstacles import hears_obstacles, obstacles_for_head
from storage.tables import DigestItem, ItemKind, Officer, Reminder, ReminderState

MOST = 10  # tasks with obstacles that one list tells; the others come in the next one


def decide(work: Work, officer: Officer, digest: Reminder) -> None:
    """Note what a list that is still to be sent will say: late steps page by page, obstacles, missed occurrences.

    What was told stands where it was sent from: a step stays on its page, and an obstacle is told once.
    """
    if digest.state != ReminderState.PENDING:
        return
    about = digest.id or 0
    work.session.exec(delete(DigestItem).where(col(DigestItem.reminder_id) == about))
    levels = levels_now(work, officer)
    for place, one in enumerate(steps_of(work, officer, levels)):
        for part in one.part_ids:
            item = DigestItem(reminder_id=about, kind=ItemKind.LATE, task_part_id=part, level=levels[part])
            item.page = place // PAGE + 1
            work.session.add(item)
    if hears_obstacles(work, officer):
        work.session.add(DigestItem(reminder_id=about, kind=ItemKind.AS_HEAD))
    untold = obstacles_for_head(work, officer)
    named = list(dict.fromkeys(task.id for _said, task in untold))[:MOST]
    for said, task in untold:
        if task.id in named:
            work.session.add(DigestItem(reminder_id=about, kind=ItemKind.OBSTACLE, confirmation_id=said.id))
    for line in to_ask(work, officer):
        work.session.add(DigestItem(reminder_id=about, kind=ItemKind.MISSED, task_id=line.task.id))
    work.session.flush()
