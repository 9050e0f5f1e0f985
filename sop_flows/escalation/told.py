"""What a message to a head told of: noted in the reminder row that carried it, the only place where that stands."""

from sqlmodel import Session, select

from sop_flows.escalation.thresholds import Level
from storage.tables import Reminder, ReminderKind, TaskPart

LISTED = "late_parts"  # in the payload of a digest: "head" or "top" by the ids of the parts


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
