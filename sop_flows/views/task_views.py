"""Read models: tasks as an officer looks at them, and what happened to one so far."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from sop_flows.calendar.dates import due_for
from sop_flows.core.states import days_late, is_late, is_target, parts_of
from sop_flows.core.work import Work, anchors_of, at_hand, case_of, cohort_of, day_begins, declared
from sop_flows.declarations.sop import Sop, Step
from sop_flows.limits import UNDO_MINUTES
from sop_flows.recording import records
from sop_flows.recording.forms.drafts import find_draft
from sop_flows.staffing.open_offers import first_open
from sop_flows.staffing.responsibility import (
    MAY_COME_TO,
    acting_parts,
    comes_to,
    list_confirmations,
    may_see,
    name_of,
    responsibility_of,
    standing,
)
from sop_flows.staffing.roster import away, enrolled, is_away
from sop_flows.staffing.working_days import works_on
from storage.queries.cohorts import list_open as open_cohorts
from storage.queries.status import count_entries_by_task
from storage.tables import (
    LIVE,
    Absence,
    Case,
    Cohort,
    Confirmation,
    ConfirmationKind,
    Handover,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    StoredFile,
    Task,
    TaskPart,
    TaskState,
)

# --- what happened so far ---------------------------------------------------------------------------------------


INCOMPLETE = (
    col(Task.incomplete_at).is_not(None),
    Task.state == TaskState.DONE,
    select(TaskPart.id)
    .where(TaskPart.task_id == Task.id, TaskPart.done_by_id == bindparam("officer"))
    .exists(),
    ~select(Cohort.id).where(Cohort.id == Task.cohort_id, col(Cohort.closed_at).is_not(None)).exists(),
    ~select(Case.id).where(Case.id == Task.case_id, col(Case.closed_at).is_not(None)).exists(),
)


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
    moved_from: the day on which it was due before it was moved for the first time; None unless it was moved again and again.
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
    moved_from: date | None = None


_OFFERS = select(Handover).where(Handover.task_id == bindparam("task")).order_by(col(Handover.id))


def history_of(work: Work, line: "TaskLine", officer: Officer) -> TaskHistory:
    """What happened to the task of this line, as this officer may see it now."""
    task = line.task
    everything = list_confirmations(work.session, task.id or 0)
    offers = work.session.exec(_OFFERS, params={"task": task.id}).all()
    said = standing(everything)
    mine = said is not None and officer.id in (said.officer_id, said.recorded_by_id)
    fresh = said is not None and work.now - said.recorded_at <= timedelta(minutes=UNDO_MINUTES)
    moved = _notes(work.session, everything, ConfirmationKind.RESCHEDULED)
    return TaskHistory(
        said=said,
        doer=None if said is None else name_of(work.session, said.officer_id),
        recorder=None if said is None else name_of(work.session, said.recorded_by_id),
        may_undo=mine and fresh,
        obstacles=_notes(work.session, everything, ConfirmationKind.OBSTACLE),
        moved=moved,
        moved_from=first_due_on(work, task) if len(moved) > 1 else None,
        files=count_files(work.session, task.id or 0),
        has_record=records.recorded(work.session, task) is not None,
        draft_at=_draft_at(work.session, task, officer),
        done_for=None if said is None else said_for(work.session, said, line.parts),
        offer=_offer(work, task, officer, offers),
        returned=_returned(work.session, officer, offers),
    )


def first_due_on(work: Work, task: Task) -> date | None:
    """The day on which the step is due by itself, wherever officers moved it; None without a time of its own."""
    sop, step = declared(work.session, task)
    began_at = task.opened_at or task.opens_at
    if task.occurrence_on is not None or began_at is None or step.choose_date is not None:
        return task.occurrence_on
    return work.institution.today(due_for(step, sop, began_at, anchors_of(work, task), work.office).at)


_WAS_AWAY = select(Absence.id).where(
    Absence.officer_id == bindparam("officer"),
    col(Absence.begun_at) <= bindparam("at"),
    col(Absence.ended_at).is_(None) | (col(Absence.ended_at) > bindparam("at")),
)


def said_for(s: Session, said: Confirmation, parts: Sequence[TaskPart]) -> str | None:
    """The name of the PJ who was away when somebody else said this; None when nobody deputised for anybody.

    Looked up from rows that stay: the PJ is not rewritten by a leave, and a leave keeps when it began and ended.
    """
    part = next((one for one in parts if one.role == said.role), None)
    if part is None or part.assignee_id is None or part.assignee_id == said.officer_id:
        return None
    was_away = s.exec(_WAS_AWAY, params={"officer": part.assignee_id, "at": said.recorded_at}).first()
    return None if was_away is None else name_of(s, part.assignee_id)


def _returned(s: Session, officer: Officer, offers: Sequence[Handover]) -> Obstacle | None:
    """Why a colleague returned what the officer offered last."""
    row = next((one for one in reversed(offers) if one.from_id == officer.id), None)
    if row is None or row.reason is None or row.answered_at is None:
        return None
    return Obstacle(row.reason, name_of(s, row.to_id) or "", row.answered_at)


def _offer(work: Work, task: Task, officer: Officer, offers: Sequence[Handover]) -> Handover | None:
    """The open offer that the officer made or was made."""
    if task.closed_at is not None:
        return None
    row = first_open(work, task, offers)
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


def several_cohorts_open(s: Session) -> bool:
    """Whether lines and cards have to say of which angkatan they are."""
    return len(open_cohorts(s)) > 1


_FILES = select(func.count()).where(StoredFile.task_id == bindparam("task"))


def count_files(s: Session, task_id: int) -> int:
    """How many photos and documents are attached to the task."""
    return s.exec(_FILES, params={"task": task_id}).one()


# --- lines and lists --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskLine:
    """One task as one line of a list.

    Attributes:
        mine: roles of the open parts that concern the officer, see `Responsibility`.
        is_mine: the officer is PJ of one of them.
        assignee_name: PJ of the first open part, None when nobody took it.
        instead_of: the PJ who is away and whose part comes to the officer; None when no such part does.
        deputy: who deputises for a PJ who is away, "" when nobody was named; None when the PJ is here.
        days_late: calendar days since the due date, or since the day on which it became the officer's; 0 on that day.
        remaining, total: open and all entries of a roll (without withdrawn ones); None for other steps.
    """

    task: Task
    sop: Sop
    step: Step
    cohort: Cohort | None
    case: Case | None
    parts: tuple[TaskPart, ...]
    mine: tuple[str, ...]
    is_mine: bool
    assignee_name: str | None
    is_late: bool
    days_late: int
    remaining: int | None
    total: int | None
    due_at: datetime | None
    instead_of: str | None = None
    deputy: str | None = None

    @property
    def short(self) -> str:
        """The step in a few words."""
        return self.step.short

    @property
    def is_overdue(self) -> bool:
        """Whether it is late by the document's time or a date: what is called "terlambat"."""
        return self.is_late and not is_target(self.task, self.step)

    @property
    def is_past_target(self) -> bool:
        """Whether our target alone is over: "lewat target", never counted as late."""
        return self.is_late and is_target(self.task, self.step)


def open_lines(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """Open tasks that are the officer's to do now, each step of a daily card too, in no order."""
    return tuple(_at_hand(work, officer, TaskState.OPEN))


def my_tasks(work: Work, officer: Officer, lines: Iterable[TaskLine] | None = None) -> tuple[TaskLine, ...]:
    """Open tasks that are the officer's to do now: late first, then by due.

    The steps of a daily card stand for one: the first open one of each cohort and day.

    Args:
        lines: what `open_lines` gave, where that is at hand.
    """
    found = open_lines(work, officer) if lines is None else lines
    return tuple(_one_per_card(sorted(found, key=_urgency)))


def own_work(work: Work, officer: Officer) -> tuple[tuple[TaskLine, ...], Mapping[int, int]]:
    """`my_tasks`, and how many services run for months that are the officer's, by the id of their case."""
    found = tasks_at_hand(work, officer, TaskState.OPEN, running=None)
    lines = _build(work, [task for task in found if not task.running], officer)
    services = Counter(task.case_id or 0 for task in found if task.running)
    return tuple(_one_per_card(sorted(lines, key=_urgency))), services


_INCOMPLETE = select(Task).where(*INCOMPLETE).order_by(col(Task.incomplete_at).desc(), col(Task.id).desc())


def incomplete_of(work: Work, officer: Officer) -> tuple[Task, ...]:
    """Steps the officer did whose record can still be completed, the latest first; without what is closed."""
    return tuple(work.session.exec(_INCOMPLETE, params={"officer": officer.id}))


def upcoming(work: Work, officer: Officer, days: int = 7) -> tuple[TaskLine, ...]:
    """Waiting tasks that open within `days` and will be the officer's to do, by opening."""
    until = work.now + timedelta(days=days)
    mine = [
        line
        for line in _at_hand(work, officer, TaskState.WAITING)
        if line.task.opens_at is not None and line.task.opens_at <= until
    ]
    return tuple(
        _one_per_card(sorted(mine, key=lambda line: (line.task.opens_at or work.now, line.task.id or 0)))
    )


def digest_tasks(
    work: Work, officer: Officer, lines: Iterable[TaskLine] | None = None
) -> tuple[TaskLine, ...]:
    """What the officer's morning carries: due today or late. On a day off, calendar tasks only; on leave, what
    comes to the officer all the same, because nobody is left.

    Args:
        lines: what `open_lines` gave, where that is at hand.
    """
    if lines is None:
        found = _build(work, _of_this_morning(work, officer), officer)
    else:
        found = [line for line in lines if _is_of_this_morning(work, officer, line.task)]
    return tuple(_one_per_card(sorted(found, key=_urgency)))


_PUT_OFF = select(Reminder.task_id, Reminder.due_at).where(
    Reminder.officer_id == bindparam("officer"),
    Reminder.kind == ReminderKind.SNOOZE,
    Reminder.state == ReminderState.PENDING,
    col(Reminder.child_id).is_(None),
    Reminder.due_at >= bindparam("tomorrow"),
)


def put_off_by(work: Work, officer: Officer) -> dict[int, datetime]:
    """Until when the officer has put tasks off beyond today ("Ingatkan lagi"), by task: until then they are not said
    as late in the officer's own lists."""
    tomorrow = day_begins(work.institution, work.today + timedelta(days=1))
    found = work.session.exec(_PUT_OFF, params={"officer": officer.id, "tomorrow": tomorrow})
    return {task_id: at for task_id, at in found if task_id is not None}


def leaving_today(work: Work, officer: Officer) -> tuple[Cohort, ...]:
    """The angkatan that go home today, for whoever sees their children: the morning says so to everybody who works."""
    if is_away(work, officer.id) or not works_on(work, officer, work.today):
        return ()
    return tuple(
        cohort
        for cohort in open_cohorts(work.session)
        if cohort.departure_on == work.today and may_see(work, officer, cohort.id or 0)
    )


def has_digest_tasks(work: Work, officer: Officer) -> bool:
    """Whether the officer's morning carries any task that was not put off to another day."""
    found = _of_this_morning(work, officer)
    put_off = put_off_by(work, officer) if found else {}
    return any(task.id not in put_off for task in found)


def _of_this_morning(work: Work, officer: Officer) -> tuple[Task, ...]:
    found = tasks_at_hand(work, officer, TaskState.OPEN)
    return tuple(task for task in found if _is_of_this_morning(work, officer, task))


def _is_of_this_morning(work: Work, officer: Officer, task: Task) -> bool:
    return (
        task.due_at is not None
        and work.institution.today(task.due_at) <= work.today
        and (works_on(work, officer, work.today) or declared(work.session, task)[0].clock == "kalender")
        and (not is_away(work, officer.id) or _comes_to(work, officer, task))
    )


def _comes_to(work: Work, officer: Officer, task: Task) -> bool:
    return any(
        responsibility_of(work, task, part).comes_to(officer)
        for part in parts_of(work.session, task)
        if part.state == TaskState.OPEN
    )


def task_line(work: Work, task: Task, officer: Officer) -> TaskLine:
    """One task as the officer sees it."""
    return _build(work, [task], officer)[0]


def task_lines(work: Work, tasks: Sequence[Task], officer: Officer) -> tuple[TaskLine, ...]:
    """Several tasks as the officer sees them, in the given order."""
    return tuple(_build(work, tasks, officer))


def colleagues(work: Work, task: Task, officer: Officer) -> tuple[Officer, ...]:
    """Others who may do an open part of the task: for "Dikerjakan oleh" and "Serahkan ke rekan"."""
    theirs = [responsibility_of(work, task, part) for part in acting_parts(work, officer, task)]
    return tuple(
        one for one in enrolled(work) if one.id != officer.id and any(its.permits(one) for its in theirs)
    )


@cache
def _may_be_at_hand(running: bool | None) -> Select[Task, TaskPart]:
    """What somebody who is here is in charge of is not looked at, and there may be much of it."""
    return (
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(
            Task.state == bindparam("state"),
            *(() if running is None else (col(Task.running).is_(running),)),
            TaskPart.state == bindparam("state"),
            col(TaskPart.assignee_id).is_(None)
            | col(TaskPart.assignee_id).in_(bindparam("own_or_absent", expanding=True)),
            MAY_COME_TO,
        )
    )  # not sorted here: asked for by id, SQLite reads all tasks of all years in that order


def tasks_at_hand(
    work: Work, officer: Officer, state: TaskState, *, running: bool | None = False
) -> tuple[Task, ...]:
    """The tasks in this state, open or waiting, of which a part is the officer's to do now.

    Args:
        running: what runs for months instead of all else, for it is in no list of tasks; None: both.
    """
    params = {"state": state, "own_or_absent": [officer.id, *away(work)], **comes_to(work, officer)}
    rows = work.session.exec(_may_be_at_hand(running), params=params)
    found = {task.id: task for task, part in rows if responsibility_of(work, task, part).is_at_hand(officer)}
    return tuple(sorted(found.values(), key=lambda task: task.id or 0))


def _at_hand(work: Work, officer: Officer, state: TaskState) -> list[TaskLine]:
    return _build(work, tasks_at_hand(work, officer, state), officer)


_PARTS = (
    select(TaskPart)
    .where(col(TaskPart.task_id).in_(bindparam("tasks", expanding=True)))
    .order_by(col(TaskPart.position))
)


def _build(work: Work, tasks: Sequence[Task], officer: Officer) -> list[TaskLine]:
    if not tasks:
        return []
    kept = at_hand(work.session, tasks)  # noqa: F841  # what is at hand is so while somebody holds it
    parts: dict[int, list[TaskPart]] = {}
    for part in work.session.exec(_PARTS, params={"tasks": [task.id for task in tasks]}):
        parts.setdefault(part.task_id, []).append(part)
    steps = [declared(work.session, task) for task in tasks]
    rolls = [task.id or 0 for task, (_sop, step) in zip(tasks, steps, strict=True) if _has_entries(step)]
    counts = count_entries_by_task(work.session, rolls) if rolls else {}
    lines = []
    for task, (sop, step) in zip(tasks, steps, strict=True):
        of_task = tuple(parts.get(task.id or 0, []))
        owed = {part.role: responsibility_of(work, task, part) for part in of_task if part.state in LIVE}
        mine = tuple(role for role, its in owed.items() if its.concerns(officer))
        # Of an officer's two parts the one that nobody has in charge counts: it can be taken.
        shown = [its for role, its in owed.items() if role in mine or not mine]
        first = next((its for its in shown if its.assignee is None), next(iter(shown), None))
        theirs = [part for part in of_task if part.role in mine and part.assignee_id == officer.id]
        since = max((part.assigned_at for part in theirs if part.assigned_at is not None), default=None)
        assignee = None if first is None else first.assignee
        absent = (its.assignee for its in owed.values() if its.comes_instead_to(officer))
        late = is_late(task, work.now)
        done, total = counts.get(task.id or 0, (0, 0))
        lines.append(
            TaskLine(
                task=task,
                sop=sop,
                step=step,
                cohort=cohort_of(work.session, task),
                case=case_of(work.session, task),
                parts=of_task,
                mine=mine,
                is_mine=any(its.is_assigned_to(officer) for its in owed.values()),
                assignee_name=None if assignee is None else assignee.name,
                is_late=late,
                days_late=days_late(work, task, since),
                remaining=total - done if _has_entries(step) else None,
                total=total if _has_entries(step) else None,
                due_at=task.due_at,
                instead_of=next((one.name for one in absent if one is not None), None),
                deputy=None if first is None else first.deputy_name,
            )
        )
    return lines


def _has_entries(step: Step) -> bool:
    return step.per is not None and step.is_roll


def _urgency(line: TaskLine) -> tuple[bool, bool, datetime, int]:
    assert line.due_at is not None
    return (not line.is_overdue, not line.is_past_target, line.due_at, line.task.id or 0)


def _one_per_card(lines: Iterable[TaskLine]) -> Iterable[TaskLine]:
    seen: set[tuple[int, str, object]] = set()
    for line in lines:
        if line.task.card is not None:
            group = (line.task.run_id, line.task.card, line.task.occurrence_on)
            if group in seen:
                continue
            seen.add(group)
        yield line
