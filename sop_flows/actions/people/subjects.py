"""What is kept about one child, given out and taken away (UU 27/2022): of an angkatan, or of a case.

What is taken away are names, contacts and words. What must stay stays without a name: that the child was there, its weights,
what was done when and by whom, and of answers the numbers, days and choices.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from inspect import signature
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlmodel import SQLModel, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from sop_flows.actions.cohorts.membership import ERASED
from sop_flows.core.notices import NOTICES, DataErased, RetentionOver, find_notices
from sop_flows.core.work import Work, day_begins, declared
from sop_flows.declarations.form import Field, FieldKind
from sop_flows.errors import NeedsReasonError, NotFoundError, NotPermittedError, RuleError
from sop_flows.notifications.notices import TakenBack, take_back
from sop_flows.staffing.responsibility import known_case
from sop_flows.staffing.roster import answers_for_all, holding
from storage.contents import CONTENT_GONE, let_go
from storage.tables import (
    Case,
    Child,
    ChildFlag,
    Cohort,
    Confirmation,
    Correction,
    Handover,
    Incident,
    Membership,
    Officer,
    ReadEntry,
    Record,
    Reminder,
    ReminderKind,
    ReminderState,
    StoredFile,
    Task,
    TaskEntry,
    Vital,
    Weight,
)
from storage.types import sealed_columns

NAMELESS: tuple[FieldKind, ...] = ("weight", "number", "decimal", "date", "time", "yes", "choice", "choices")
FACT = "erased"  # of the correction that says so
NEVER_EMPTY = {
    ("incidents", "words"),
    ("cases", "close_reason"),
}  # their rows say something as long as they are there
Subject = Child | Case
Closed = TypeVar("Closed", Cohort, Case)
Rows = dict[str, list[SQLModel]]


class StillInCareError(RuleError):
    """The stay or the case goes on: what is recorded of it is needed."""


@dataclass(frozen=True)
class Erased:
    """What was taken away, and who may still have it.

    Attributes:
        cells: how many were emptied, by table.
        stays: rows that stay without a name, by table.
        files: how many contents that nothing else needs go from the cabinet after the commit.
        taken_back: messages that showed it in the chats.
        seen_by: officers (ids) who opened the data, with the last time.
    """

    cells: Mapping[str, int]
    stays: Mapping[str, int]
    files: int
    taken_back: TakenBack
    seen_by: Mapping[int, datetime]


def rows_of(work: Work, subject: Subject, notices: Sequence[Reminder] | None = None) -> Rows:
    """All rows about the child, by table, the oldest first.

    Args:
        notices: all that name a child or a case by its id; looked up when not given.
    """
    found: Rows = {_table(subject).name: [subject]}
    tasks = _tasks(work, subject)
    for query in _about(subject, tasks):
        for row in work.session.exec(query):
            found.setdefault(_table(row).name, []).append(row)
    of_tasks = work.session.exec(select(Reminder).where(col(Reminder.task_id).in_(tasks)))
    messages = {one.id: one for one in of_tasks}
    notices = _notices(work) if notices is None else notices
    messages |= {one.id: one for one in notices if _is_of(one, subject)}
    if messages:
        found["reminders"] = [one for _id, one in sorted(messages.items(), key=lambda pair: pair[0] or 0)]
    return found


def exported(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """The rows as JSON-ready values: times in UTC, officers as ids."""
    return {
        name: [
            {column.name: _plain(getattr(one, column.name)) for column in _table(one).columns} for one in some
        ]
        for name, some in rows.items()
    }


@dataclass
class Together:
    """What the erasures of many children have in common.

    Attributes:
        notices: as of `rows_of`.
        messages: account and number of those that are taken back: a list shows many.
    """

    notices: Sequence[Reminder]
    messages: set[tuple[int, int]] = field(default_factory=set)


def erase(work: Work, subject: Subject, by: Officer, reason: str, together: Together | None = None) -> Erased:
    """Empty every cell that names the child or says something of it in words; what was done stays.

    Raises StillInCareError, NeedsReasonError.
    """
    if not reason.strip():
        raise NeedsReasonError
    if _is_in_care(work, subject):
        raise StillInCareError
    together = together or Together(_notices(work))
    rows = rows_of(work, subject, together.notices)
    files = _let_go(work, [one for one in rows.get("files", []) if isinstance(one, StoredFile)])
    cells: dict[str, int] = {}
    for name, some in rows.items():
        cells[name] = sum(_empty(work, one) for one in some if getattr(one, "rule", "") != DataErased.word)
    if isinstance(subject, Child):
        subject.name_key = ""
    _note_erased(work, subject, by, reason)
    stays = {name: len(some) for name, some in rows.items() if name not in ("reminders", "files")}
    seen: dict[int, datetime] = {}
    for one in rows.get("read_log", []):
        if isinstance(one, ReadEntry):
            seen[one.officer_id] = one.read_at
    back = take_back(work, _table(subject).name, subject.id or 0, together.messages)
    return Erased({name: count for name, count in cells.items() if count}, stays, files, back, seen)


def _note_erased(work: Work, what: Subject | Cohort, by: Officer, reason: str) -> None:
    work.session.add(
        Correction(
            of_table=_table(what).name,
            row_id=what.id or 0,
            fact=FACT,
            reason=reason.strip(),
            officer_id=by.id or 0,
            corrected_at=work.now,
            update_id=work.update_id,
        )
    )
    work.session.flush()


def being_taken_back(work: Work, subject: Subject) -> Mapping[ReminderState, int]:
    """What became of the changes in chats that an earlier erasure owed."""
    kind = "case" if isinstance(subject, Case) else "child"
    found = find_notices(work.session, DataErased)
    return Counter(row.state for row, notice in found if getattr(notice, kind) == subject.id)


def _tasks(work: Work, subject: Subject) -> frozenset[int]:
    whose = Task.case_id == subject.id if isinstance(subject, Case) else Task.child_id == subject.id
    return frozenset(one or 0 for one in work.session.exec(select(Task.id).where(whose)))


def _about(subject: Subject, tasks: frozenset[int]) -> Iterator[SelectOfScalar[Any]]:
    """Queries for the rows of every table but `reminders`."""
    key, table = subject.id, _table(subject).name
    is_case = isinstance(subject, Case)
    for one in (Confirmation, Record, StoredFile):
        in_task = col(one.task_id).in_(tasks)
        yield (
            select(one).where(in_task if is_case else or_(in_task, one.child_id == key)).order_by(col(one.id))
        )
    yield select(Handover).where(col(Handover.task_id).in_(tasks)).order_by(col(Handover.id))
    yield (
        select(Correction)
        .where(Correction.of_table == table, Correction.row_id == key)
        .order_by(col(Correction.id))
    )
    looked = ReadEntry.case_id if is_case else ReadEntry.child_id
    yield select(ReadEntry).where(looked == key).order_by(col(ReadEntry.id))
    if not is_case:
        for of_child in (Membership, ChildFlag, Weight, Incident, TaskEntry):
            yield select(of_child).where(of_child.child_id == key).order_by(col(of_child.id))


def _notices(work: Work) -> Sequence[Reminder]:
    """Those that name a child or a case by its id: few kinds of them do."""
    words = [word for word, kind in NOTICES.items() if {"child", "case"} & set(signature(kind).parameters)]
    query = select(Reminder).where(Reminder.kind == ReminderKind.NOTICE, col(Reminder.rule).in_(words))
    return work.session.exec(query).all()


def _is_of(row: Reminder, subject: Subject) -> bool:
    what = "case" if isinstance(subject, Case) else "child"
    return row.payload is not None and row.payload.get(what) == subject.id


def _is_in_care(work: Work, subject: Subject) -> bool:
    if isinstance(subject, Case):
        return subject.closed_at is None
    stays = work.session.exec(select(Membership).where(Membership.child_id == subject.id))
    return any(one.until_on is None or one.until_on >= work.today for one in stays)


def _let_go(work: Work, files: list[StoredFile]) -> int:
    """With the commit the contents go that no row of somebody else has. Returns how many."""
    keys = {one.content_key for one in files} - {CONTENT_GONE}
    for one in files:
        one.content_key = CONTENT_GONE
    work.session.flush()
    of_others = select(StoredFile.content_key).where(col(StoredFile.content_key).in_(keys))
    gone = keys - set(work.session.exec(of_others).all())
    let_go(work.session, work.institution.cabinet, sorted(gone), work.now)
    return len(gone)


def _empty(work: Work, row: SQLModel) -> int:
    """Empty the sealed cells of a row; returns how many said something."""
    emptied = 0
    for column in sealed_columns(_table(row)):
        was = getattr(row, column.name)
        if isinstance(row, Record):
            becomes: Any = _nameless(work, row)
        elif was is None or (column.nullable and (_table(row).name, column.name) not in NEVER_EMPTY):
            becomes = None
        else:
            becomes = [] if isinstance(was, list) else ERASED
        if was != becomes:
            setattr(row, column.name, becomes)
            emptied += 1
    return emptied


def _nameless(work: Work, row: Record) -> dict[str, object]:
    """Of the answers those that name nobody: numbers, days, and choices that stand in the pack."""
    task = work.session.get_one(Task, row.task_id)
    form = declared(work.session, task)[1].record
    fields = {} if form is None else {field.key: field for field in form.fields}
    return {key: value for key, value in row.data.items() if _names_nobody(fields.get(key), value)}


def _names_nobody(field: Field | None, value: object) -> bool:
    if field is None or field.kind not in NAMELESS:
        return False
    if field.kind not in ("choice", "choices"):
        return True
    return all(one in field.choices for one in (value if isinstance(value, list) else [value]))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _table(row: SQLModel) -> Table:
    table: Table = row.__table__  # type: ignore[attr-defined]  # every table model has one
    return table


# --- what need not be kept any longer (`retention` in the pack) -------------------------------------------------

PROPOSED = "retention_proposed"  # in vitals: the year


@dataclass(frozen=True)
class CohortErased:
    """What was taken away of an angkatan.

    Attributes:
        cells: that said something.
        files: contents.
        stays_in_chats: files that were sent to chats too long ago for a bot to take them away.
    """

    children: int
    cells: int
    files: int
    stays_in_chats: int


def list_past_retention(work: Work) -> tuple[Cohort, ...]:
    """Angkatan that were closed longer ago than the names of their children are to be kept, and that still have them."""
    years = work.unit.retention.children
    return () if years is None else tuple(_closed_before(work, Cohort, years.before(work.today)))


def list_cases_past_retention(work: Work) -> tuple[Case, ...]:
    """The same of cases, for who may know them."""
    years = work.unit.retention.cases
    return () if years is None else tuple(_closed_before(work, Case, years.before(work.today)))


def is_anything_past_retention(work: Work) -> bool:
    """Whether there is anything that could go."""
    return bool(list_past_retention(work) or list_cases_past_retention(work))


def _closed_before(work: Work, table: type[Closed], on: date) -> Iterator[Closed]:
    gone = select(Correction.row_id).where(
        Correction.of_table == str(table.__tablename__), Correction.fact == FACT
    )
    query = select(table).where(
        col(table.closed_at) < day_begins(work.institution, on), col(table.id).not_in(gone)
    )
    yield from work.session.exec(query.order_by(col(table.id)))


def erase_cohort(work: Work, cohort_id: int, reason: str) -> CohortErased:
    """The Kepala accepts that what names the children of an angkatan goes. What was done stays, without a name.

    Raises NotPermittedError, NotFoundError (it is not past its time, or is erased already).
    """
    if not answers_for_all(work, work.officer):
        raise NotPermittedError("answers_for_all")
    cohort = next((one for one in list_past_retention(work) if one.id == cohort_id), None)
    if cohort is None:
        raise NotFoundError
    together = Together(_notices(work))
    query = select(Child).where(Child.cohort_id == cohort_id).order_by(col(Child.id))
    found = work.session.exec(query).all()
    gone = [erase(work, one, work.officer, reason, together) for one in found]
    _note_erased(work, cohort, work.officer, reason)
    return CohortErased(
        len(found),
        sum(sum(one.cells.values()) for one in gone),
        sum(one.files for one in gone),
        sum(sum(one.taken_back.files.values()) for one in gone),
    )


def erase_case(work: Work, case_id: int, reason: str) -> Erased:
    """The Kepala accepts the same of a case. Raises as `erase_cohort`; NotPermittedError ("case"): may not know it."""
    if not answers_for_all(work, work.officer):
        raise NotPermittedError("answers_for_all")
    case = known_case(work, work.officer, case_id)
    if case.id not in {one.id for one in list_cases_past_retention(work)}:
        raise NotFoundError
    return erase(work, case, work.officer, reason)


def propose_erasure(work: Work) -> None:
    """From the first working day of a year on, once: the Kepala hears how much is past its time."""
    row = work.session.get(Vital, PROPOSED)
    first = work.office.next_working_day(date(work.today.year, 1, 1))
    if work.today < first or (row is not None and row.value == str(work.today.year)):
        return
    row = row or Vital(name=PROPOSED, value="", at=work.now)
    row.value, row.at = str(work.today.year), work.now
    work.session.add(row)
    rules = work.unit.retention
    cohorts, cases = list_past_retention(work), list_cases_past_retention(work)
    if not cohorts and not cases:
        return
    notice = RetentionOver(
        cohorts=len(cohorts),
        years=0 if rules.children is None else rules.children.amount,
        cases=len(cases),
        case_years=0 if rules.cases is None else rules.cases.amount,
    )
    for officer in holding(work, "answers_for_all", 0):
        work.notify(officer.id or 0, notice)
