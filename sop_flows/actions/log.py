"""Dated notes of a step that goes on for weeks or months, or of any step of a case: what was done on which day.

One message is a note; what else its form asks (`ask: log`) can be added to it at any time. A change is a further row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Integer, bindparam, func
from sqlmodel import Session, col, select

from sop_flows.actions.confirm import close_part
from sop_flows.core.work import Work, declared, is_closed
from sop_flows.declarations.form import Form
from sop_flows.declarations.sop import Step
from sop_flows.errors import (
    AlreadyDoneError,
    FutureWorkError,
    NeedsReasonError,
    NotFoundError,
    NotPermittedError,
)
from sop_flows.handbook.typed_days import read_day
from sop_flows.recording import records
from sop_flows.recording.records import LOG
from sop_flows.staffing.responsibility import lock_task, name_of, own_parts, refuse_closed
from storage.queries.step_records import stands
from storage.tables import Record, Task, TaskState

WORDS = "words"  # key of its words; what else was answered stands beside it by the keys of the form
SHOWN = 3  # the last notes, on the card
BACK_DAYS = 60  # a note of an earlier day than that is a slip of the pen


@dataclass(frozen=True)
class LogNote:
    """One note: of which local day, in which words, by whom; its id, and what was added to it."""

    on: date
    words: str
    who: str
    id: int = field(default=0, compare=False)
    values: Mapping[str, object] = field(default_factory=dict, compare=False)


def beside_note(step: Step) -> Form | None:
    """What can be added to a note of the step; None: nothing."""
    return None if step.record is None else step.record.beside_note


def takes_notes(task: Task, step: Step) -> bool:
    """Whether the step lasts, records dated notes, or is of a case."""
    is_log = step.record is not None and step.record.ask == LOG
    return step.lasting is not None or is_log or task.case_id is not None


def read_note(text: str, today: date) -> tuple[date, str]:
    """Tell the day and the words of a message: "kemarin: latihan menari" is of yesterday, all else of today.

    What stands before a colon counts as a day only when it is one.
    """
    before, colon, after = text.strip().partition(":")
    found = read_day(before, today, "past") if colon and after.strip() else None
    if found is not None and found.day is not None and found.weekday is None:
        return found.day, after.strip()
    return today, text.strip()


def add_note(work: Work, task_id: int, text: str, values: Mapping[str, object] | None = None) -> LogNote:
    """Add a dated note to a lasting step, or to any step of a case; it confirms nothing but the question for it. A step of a case takes notes when
    it is done, too. `values`: what else was sent with it, such as photos.

    Raises:
        NotFoundError: the step takes none. NeedsReasonError: without words. NotYoursError, AlreadyDoneError.
        FutureWorkError: of a day that is still to come, or before the step began.
    """
    task = lock_task(work.session, task_id)
    own_parts(work, work.officer, task)
    if task.case_id is None or task.state != TaskState.DONE or is_closed(work, task):
        refuse_closed(work.session, task)
    if not takes_notes(task, declared(work.session, task)[1]) or task.opened_at is None:
        raise NotFoundError
    on, words = read_note(text, work.today)
    if not words:
        raise NeedsReasonError
    first = max(work.institution.today(task.opened_at), work.today - timedelta(days=BACK_DAYS))
    if not first <= on <= work.today:
        raise FutureWorkError(on, first, work.today)
    row = records.note(work, task_id, LOG, {WORDS: words, **(values or {})}, on)
    _answer_question(work, task, on)
    return _read(work.session, row)


_ASKED = select(Task).where(
    Task.run_id == bindparam("run"),
    Task.step == bindparam("step"),
    Task.occurrence > 0,
    Task.state == TaskState.OPEN,
)


def _answer_question(work: Work, task: Task, on: date) -> None:
    """A note is what the step asks for while it goes on (`first_due`): the open question is answered by it."""
    if declared(work.session, task)[1].first_due is None:
        return
    for question in work.session.exec(_ASKED, params={"run": task.run_id, "step": task.step}).all():
        for part in own_parts(work, work.officer, question):
            if part.state == TaskState.OPEN:
                close_part(work, question, part, work.officer, work.officer, on, None)


def complete_note(work: Work, task_id: int, note_id: int, values: Mapping[str, object]) -> LogNote:
    """Add to a note what its form asks besides; also when the step is done meanwhile.

    Raises:
        NotFoundError: no such note of the step. NotYoursError. AlreadyDoneError: somebody has added to it meanwhile.
        NotPermittedError: of a case, and the officer may not read it any more.
    """
    task = lock_task(work.session, task_id)
    own_parts(work, work.officer, task)
    row = note_row(work, task, note_id)
    later = work.session.exec(select(Record).where(Record.replaces_id == row.id)).first()
    if later is not None:
        raise AlreadyDoneError("corrected", name_of(work.session, later.recorded_by_id), later.recorded_at)
    fresh = records.note(work, row.task_id, LOG, {**row.data, **values}, row.done_on, replaces=row)
    return _read(work.session, fresh)


def note_row(work: Work, task: Task, note_id: int) -> Record:
    """The row of a note of this step. Raises NotFoundError; NotPermittedError to whom a case is closed."""
    row = work.session.get(Record, note_id)
    other = None if row is None else work.session.get(Task, row.task_id)
    if (
        row is None
        or row.key != LOG
        or other is None
        or (other.run_id, other.step) != (task.run_id, task.step)
    ):
        raise NotFoundError
    if not records.may_read(work, work.officer, task, row):
        raise NotPermittedError("case")
    return row


_IS_NOTE = (
    Task.run_id == bindparam("run"),
    Task.step == bindparam("step"),
    Record.key == LOG,
    stands(Record),
)
_LAST_NOTES = (
    select(Record)
    .join(Task, col(Task.id) == col(Record.task_id))
    .where(*_IS_NOTE)
    .order_by(col(Record.done_on).desc(), col(Record.id).desc())
    .limit(bindparam("count", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)


def last_notes(s: Session, task: Task, count: int = SHOWN, skip: int = 0) -> tuple[LogNote, ...]:
    """The last notes of the step, of all its months, by their day, the newest first."""
    of_step = {"run": task.run_id, "step": task.step}
    rows = s.exec(_LAST_NOTES, params={**of_step, "count": count, "skip": skip})
    return tuple(_read(s, row) for row in rows)


_NOTES = select(func.count(col(Record.id))).join(Task, col(Task.id) == col(Record.task_id)).where(*_IS_NOTE)


def count_notes(s: Session, task: Task) -> int:
    """How many notes the step has."""
    return s.exec(_NOTES, params={"run": task.run_id, "step": task.step}).one()


def _read(s: Session, row: Record) -> LogNote:
    values = {key: value for key, value in row.data.items() if key != WORDS}
    return LogNote(row.done_on, str(row.data[WORDS]), name_of(s, row.officer_id) or "", row.id or 0, values)
