"""What happened to a task so far, for its card: who did what, what hinders, whether it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from sop_flows.core.versions import declared
from sop_flows.core.work import Work
from sop_flows.limits import UNDO_MINUTES
from sop_flows.recording.forms import records
from sop_flows.recording.forms.drafts import find_draft
from sop_flows.staffing.open_offers import open_offer
from sop_flows.staffing.task_rows import list_confirmations, name_of, standing
from storage.engine import remembered
from storage.tables import (
    Absence,
    Cohort,
    Confirmation,
    ConfirmationKind,
    Handover,
    Officer,
    StoredFile,
    Task,
    TaskPart,
)

_GIVEN = (
    select(Handover)
    .where(Handover.task_id == bindparam("task"), Handover.from_id == bindparam("officer"))
    .order_by(col(Handover.id).desc())
    .limit(1)
)
_FILES = select(func.count()).where(StoredFile.task_id == bindparam("task"))
_OPEN_COHORTS = select(func.count()).where(col(Cohort.closed_at).is_(None))


@dataclass(frozen=True)
class Obstacle:
    """One reported hindrance, or one reason for moving the date."""

    note: str
    who: str
    reported_at: datetime


@dataclass(frozen=True)
class TaskHistory:
    """Attributes:
    said: the statement that closed the task or a part of it and stands; None while nothing was said.
    doer, recorder: names of who did the work and who said so.
    may_undo: the officer looking at it can still take `said` back.
    obstacles: newest first.
    moved: why its date was moved, newest first.
    files: how many photos and documents are attached.
    has_record: the step's own form is filled in and stands.
    draft_at: when the officer looking at it began a draft of that form; None without one.
    done_for: the PJ who was away when `said` was said by somebody deputising; None otherwise.
    returned: why a colleague returned what the officer offered last.
    offer: it is offered to a colleague who has not answered; None when it is not, or is no business of the officer.
    """

    said: Confirmation | None
    doer: str | None
    recorder: str | None
    may_undo: bool
    obstacles: tuple[Obstacle, ...]
    moved: tuple[Obstacle, ...]
    files: int
    has_record: bool
    draft_at: datetime | None
    done_for: str | None = None
    offer: Handover | None = None
    returned: Obstacle | None = None


def history_of(work: Work, task: Task, officer: Officer) -> TaskHistory:
    """What happened to the task, as this officer may see it now."""
    everything = list_confirmations(work.session, task.id or 0)
    said = standing(everything)
    mine = said is not None and officer.id in (said.officer_id, said.recorded_by_id)
    fresh = said is not None and work.now - said.recorded_at <= timedelta(minutes=UNDO_MINUTES)
    return TaskHistory(
        said=said,
        doer=None if said is None else name_of(work.session, said.officer_id),
        recorder=None if said is None else name_of(work.session, said.recorded_by_id),
        may_undo=mine and fresh,
        obstacles=_notes(work.session, everything, ConfirmationKind.OBSTACLE),
        moved=_notes(work.session, everything, ConfirmationKind.RESCHEDULED),
        files=count_files(work.session, task.id or 0),
        has_record=records.recorded(work.session, task) is not None,
        draft_at=_draft_at(work.session, task, officer),
        done_for=None if said is None or (absent := said_for(work.session, said)) is None else absent.name,
        offer=_offer(work, task, officer),
        returned=_returned(work.session, task, officer),
    )


def said_for(s: Session, said: Confirmation) -> Officer | None:
    """The PJ who was away when somebody else said this; None when nobody deputised for anybody.

    Looked up from rows that stay: the PJ is not rewritten by a leave, and a leave keeps when it began and ended.
    """
    part = s.exec(
        select(TaskPart).where(TaskPart.task_id == said.task_id, TaskPart.role == said.role)
    ).one_or_none()
    if part is None or part.assignee_id is None or part.assignee_id == said.officer_id:
        return None
    was_away = s.exec(
        select(Absence.id).where(
            Absence.officer_id == part.assignee_id,
            col(Absence.begun_at) <= said.recorded_at,
            col(Absence.ended_at).is_(None) | (col(Absence.ended_at) > said.recorded_at),
        )
    ).first()
    return None if was_away is None else s.get(Officer, part.assignee_id)


def _returned(s: Session, task: Task, officer: Officer) -> Obstacle | None:
    """Why a colleague returned what the officer offered last."""
    row = s.exec(_GIVEN, params={"task": task.id, "officer": officer.id}).first()
    if row is None or row.reason is None or row.answered_at is None:
        return None
    return Obstacle(row.reason, name_of(s, row.to_id) or "", row.answered_at)


def _offer(work: Work, task: Task, officer: Officer) -> Handover | None:
    """The open offer that the officer made or was made."""
    if task.closed_at is not None:
        return None
    row = open_offer(work, task)
    return row if row is not None and officer.id in (row.from_id, row.to_id) else None


def _draft_at(s: Session, task: Task, officer: Officer) -> datetime | None:
    """When a draft of the step's own form was begun."""
    if records.form_of(task, declared(s, task)[1]) is None:
        return None
    draft = find_draft(s, officer, task.id or 0, task.child_id)
    return None if draft is None or draft.corrects else draft.begun_at


def _notes(s: Session, said: Sequence[Confirmation], kind: ConfirmationKind) -> tuple[Obstacle, ...]:
    return tuple(
        Obstacle(row.note or "", name_of(s, row.officer_id) or "", row.recorded_at)
        for row in reversed(said)
        if row.kind == kind
    )


def open_cohorts(s: Session) -> tuple[Cohort, ...]:
    """The angkatan that are not closed, by arrival."""
    return tuple(
        s.exec(
            select(Cohort)
            .where(col(Cohort.closed_at).is_(None))
            .order_by(col(Cohort.arrival_on), col(Cohort.id))
        )
    )


def several_cohorts_open(s: Session) -> bool:
    """Whether lines and cards have to say of which angkatan they are."""
    return remembered(s, "open angkatan", lambda: s.exec(_OPEN_COHORTS).one()) > 1


def count_files(s: Session, task_id: int) -> int:
    """How many photos and documents are attached to the task."""
    return s.exec(_FILES, params={"task": task_id}).one()
