"""What the daily card and the change of duty need."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage.tables import (
    Child,
    Confirmation,
    ConfirmationKind,
    EntryState,
    Incident,
    IncidentKind,
    Membership,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

_OF_DAY = (
    select(Task)
    .where(
        Task.run_id == bindparam("run"),
        Task.card == bindparam("card"),
        Task.occurrence_on == bindparam("on"),
        Task.state != TaskState.WITHDRAWN,
    )
    .order_by(col(Task.step))
)


def list_of_day(s: Session, run_id: int, card: str, on: date) -> tuple[Task, ...]:
    """The tasks that one daily card stands for, by step."""
    return tuple(s.exec(_OF_DAY, params={"run": run_id, "card": card, "on": on}))


_CARDS_OPEN = (
    select(Task)
    .where(Task.cohort_id == bindparam("cohort"), col(Task.card).is_not(None), Task.state == TaskState.OPEN)
    .order_by(col(Task.occurrence_on), col(Task.step))
)


def list_cards_open(s: Session, cohort_id: int) -> tuple[Task, ...]:
    """The open tasks of daily cards in a cohort, by day and step."""
    return tuple(s.exec(_CARDS_OPEN, params={"cohort": cohort_id}))


def list_open_of_roles(s: Session, cohort_id: int, roles: Collection[str]) -> tuple[Task, ...]:
    """Open tasks without a daily card that have an open part of one of the roles, by due."""
    return tuple(
        s.exec(
            select(Task)
            .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
            .where(
                Task.cohort_id == cohort_id,
                col(Task.card).is_(None),
                Task.state == TaskState.OPEN,
                TaskPart.state == TaskState.OPEN,
                col(TaskPart.role).in_(list(roles)),
            )
            .distinct()
            .order_by(col(Task.due_at), col(Task.id))
        )
    )


_MISSED = (
    select(Task)
    .where(Task.state == TaskState.MISSED, col(Task.closed_at) >= bindparam("since"))
    .order_by(col(Task.closed_at), col(Task.step), col(Task.id))
)
_MISSED_IN_RUN = _MISSED.where(Task.run_id == bindparam("run"))


def list_missed(s: Session, since: datetime, run_id: int | None = None) -> tuple[Task, ...]:
    """Occurrences that closed as missed since then, of one run or all, by when they closed."""
    if run_id is None:
        return tuple(s.exec(_MISSED, params={"since": since}))
    return tuple(s.exec(_MISSED_IN_RUN, params={"since": since, "run": run_id}))


def list_ill_numbers(s: Session, cohort_id: int, put_off_since: datetime) -> tuple[int, ...]:
    """Numbers of the children with an open incident or mark for the nurse, or put off on a roll since then and still to be done."""
    present = select(Membership.child_id).where(col(Membership.until_on).is_(None))
    marked = select(Incident.child_id).where(
        col(Incident.kind).in_((IncidentKind.MARKED, IncidentKind.REPORTED)),
        col(Incident.closed_at).is_(None),
    )
    put_off = select(TaskEntry.child_id).where(
        TaskEntry.state == EntryState.OPEN, col(TaskEntry.put_off_at) >= put_off_since
    )
    return tuple(
        s.exec(
            select(Child.number)
            .where(
                Child.cohort_id == cohort_id,
                col(Child.id).in_(present),
                col(Child.id).in_(marked) | col(Child.id).in_(put_off),
            )
            .order_by(col(Child.number))
        )
    )


def list_obstacles_since(
    s: Session, cohort_id: int, roles: Collection[str], since: datetime
) -> tuple[Confirmation, ...]:
    """Obstacles reported for the roles in the cohort since then, newest first."""
    return tuple(
        s.exec(
            select(Confirmation)
            .join(Task, col(Task.id) == col(Confirmation.task_id))
            .where(
                Task.cohort_id == cohort_id,
                Confirmation.kind == ConfirmationKind.OBSTACLE,
                col(Confirmation.role).in_(list(roles)),
                Confirmation.recorded_at >= since,
            )
            .order_by(col(Confirmation.id).desc())
        )
    )
