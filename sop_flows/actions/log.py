"""Dated notes of a step that goes on for weeks, or of any step of a case: what was done on which day."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from sop_flows.core.work import Work, declared, is_closed
from sop_flows.declarations.sop import Step
from sop_flows.errors import FutureWorkError, NeedsReasonError, NotFoundError
from sop_flows.handbook.typed_days import read_day
from sop_flows.recording import records
from sop_flows.staffing.responsibility import lock_task, name_of, own_parts, refuse_closed
from storage.tables import Record, Task, TaskState

LOG = "log"  # key of the record that is a note
SHOWN = 3  # the last notes, on the card
BACK_DAYS = 60  # a note of an earlier day than that is a slip of the pen


@dataclass(frozen=True)
class LogNote:
    """One note: of which local day, in which words, by whom."""

    on: date
    words: str
    who: str


def takes_notes(task: Task, step: Step) -> bool:
    """Whether the step lasts, or is of a case."""
    return step.lasting is not None or task.case_id is not None


def read_note(text: str, today: date) -> tuple[date, str]:
    """Tell the day and the words of a message: "kemarin: latihan menari" is of yesterday, all else of today.

    What stands before a colon counts as a day only when it is one.
    """
    before, colon, after = text.strip().partition(":")
    found = read_day(before, today, "past") if colon and after.strip() else None
    if found is not None and found.day is not None and found.weekday is None:
        return found.day, after.strip()
    return today, text.strip()


def add_note(work: Work, task_id: int, text: str) -> LogNote:
    """Add a dated note to a lasting step, or to any step of a case; it confirms nothing. A step of a case takes notes when
    it is done, too.

    Raises:
        NotFoundError: the step takes none. NeedsReasonError: without words. NotYoursError, AlreadyDoneError.
        FutureWorkError: of a day that is still to come, or before the step began.
    """
    task = lock_task(work.session, task_id)
    own_parts(work, work.officer, task)
    if task.case_id is None or task.state != TaskState.DONE or is_closed(work.session, task):
        refuse_closed(work.session, task)
    if not takes_notes(task, declared(work.session, task)[1]) or task.opened_at is None:
        raise NotFoundError
    on, words = read_note(text, work.today)
    if not words:
        raise NeedsReasonError
    first = max(work.institution.today(task.opened_at), work.today - timedelta(days=BACK_DAYS))
    if not first <= on <= work.today:
        raise FutureWorkError(on, first, work.today)
    records.note(work, task_id, LOG, {"words": words}, on)
    return LogNote(on, words, work.officer.name)


def last_notes(s: Session, task: Task) -> tuple[LogNote, ...]:
    """The last notes by their day, the newest first."""
    rows = s.exec(
        select(Record)
        .where(Record.task_id == task.id, Record.key == LOG)
        .order_by(col(Record.done_on).desc(), col(Record.id).desc())
        .limit(SHOWN)
    )
    return tuple(
        LogNote(row.done_on, str(row.data["words"]), name_of(s, row.officer_id) or "")
        for row in rows
        if row.done_on is not None
    )
