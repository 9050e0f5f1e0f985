"""What a message to a head told of: noted in the reminder row that carried it, the only place where that stands."""

from sqlmodel import Session, select

from sop_flows.notifications.escalation.thresholds import Level
from storage.tables import Reminder, ReminderKind, TaskPart

LISTED = "late_parts"  # in the payload of a digest: "head" or "top" by the ids of the parts
PAGES = "late_pages"  # beside it: the ids of the parts on each page of the list


def told_in(row: Reminder) -> dict[int, Level]:
    """The late parts in the list of a digest, by id."""
    noted = (row.payload or {}).get(LISTED)
    if not isinstance(noted, dict):
        return {}
    return {int(part): "top" if level == "top" else "head" for part, level in noted.items()}


def parts_in(s: Session, row: Reminder) -> tuple[int, ...]:
    """The ids of the late parts that this row told of."""
    if row.kind == ReminderKind.ESCALATION:
        return tuple(
            part_id or 0
            for part_id in s.exec(
                select(TaskPart.id).where(TaskPart.task_id == row.task_id, TaskPart.role == row.role)
            )
        )
    return tuple(told_in(row))


def pages_in(row: Reminder) -> tuple[tuple[int, ...], ...]:
    """The ids of the late parts on each page of a digest's list, as it was sent; one page where none are noted."""
    noted = (row.payload or {}).get(PAGES)
    if not isinstance(noted, list):
        return (tuple(told_in(row)),)
    return tuple(tuple(page) for page in noted)


def shown_in(s: Session, row: Reminder, page: int) -> tuple[int, ...]:
    """The ids of the late parts that a page of the row's list shows; of page 0, the message itself, those of its
    first page and the emergencies."""
    if row.kind == ReminderKind.ESCALATION:
        return parts_in(s, row) if page == 0 else ()
    pages = pages_in(row)
    number = max(page, 1)
    return pages[number - 1] if number <= len(pages) else ()
