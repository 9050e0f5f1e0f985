"""What a message to a head told of."""

from sqlmodel import Session, select

from sop_flows.notifications.escalation.thresholds import Level
from storage.queries.digest_items import list_items
from storage.tables import ItemKind, Reminder, ReminderKind, TaskPart


def told_in(s: Session, row: Reminder) -> dict[int, Level]:
    """The late parts in the list of a digest, by id."""
    items = list_items(s, row, ItemKind.LATE)
    return {one.task_part_id or 0: "top" if one.level == "top" else "head" for one in items}


def parts_in(s: Session, row: Reminder) -> tuple[int, ...]:
    """The ids of the late parts that this row told of."""
    if row.kind == ReminderKind.ESCALATION:
        return tuple(
            part_id or 0
            for part_id in s.exec(
                select(TaskPart.id).where(TaskPart.task_id == row.task_id, TaskPart.role == row.role)
            )
        )
    return tuple(told_in(s, row))


def pages_in(s: Session, row: Reminder) -> dict[int, int]:
    """On which page of a digest's list each late part stands, as it was sent."""
    return {one.task_part_id or 0: one.page or 1 for one in list_items(s, row, ItemKind.LATE)}


def shown_in(s: Session, row: Reminder, page: int) -> tuple[int, ...]:
    """The ids of the late parts that a page of the row's list shows; of page 0, the message itself, those of its
    first page and the emergencies."""
    if row.kind == ReminderKind.ESCALATION:
        return parts_in(s, row) if page == 0 else ()
    return tuple(part for part, number in pages_in(s, row).items() if number == max(page, 1))
