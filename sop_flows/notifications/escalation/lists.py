"""What a head is told in the morning: steps that have been late for too long, one list, no step twice on one day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import bindparam
from sqlmodel import col, select

from sop_flows.core.states import is_late, is_target
from sop_flows.core.work import Work, at_hand, case_of, declared
from sop_flows.notifications.escalation.notified import pages_in, parts_in, told_in
from sop_flows.notifications.escalation.taken_on import last_taken_on, own_taking, rests_until
from sop_flows.notifications.escalation.thresholds import LEVELS, Level, addressees, told_from
from sop_flows.staffing.responsibility import may_see_task, name_of, responsibility_of
from sop_flows.staffing.roster import deputy_name, has_duty, heads_of, is_kasi_for, roles_of
from sop_flows.staffing.working_days import works_on
from sop_flows.views.task_views import TaskLine, task_lines
from storage.queries.messages import list_sent_digests
from storage.tables import Officer, Reminder, ReminderKind, ReminderState, Task, TaskPart, TaskState

MIDNIGHT = time(0, 0)
DAY = timedelta(days=1)
PAGE = 10  # steps of one page of the list
LOOKED_BACK = timedelta(days=14)  # the longest row of days off, with room for an outage


@dataclass(frozen=True)
class LateStep:
    """One line of the list.

    Attributes:
        part_ids: the part; of a daily card, those of all its steps.
        holder: the PJ's name, None when nobody took it. deputy: see `StatusLine`.
        is_own_section: it belongs to the section whose kasi the officer is, or deputises for.
        is_target: only our target is over.
        taken_on_by: the head who said "Saya tangani" about it last, None when nobody did.
        is_taken_on: the officer said it.
        page: of the list as it was sent, from 1.
    """

    line: TaskLine
    part_ids: tuple[int, ...]
    role: str
    level: Level
    holder: str | None
    is_target: bool
    taken_on_by: str | None
    is_taken_on: bool
    is_own_section: bool
    page: int = 1
    deputy: str | None = None


def has_news(work: Work, officer: Officer) -> bool:
    """Whether there is anything to tell the officer now."""
    return bool(levels_now(work, officer))


def listed(work: Work, officer: Officer, row: Reminder) -> tuple[LateStep, ...]:
    """The list that the row carries, the longest late first and targets last; what was done meanwhile is gone."""
    page_of = pages_in(work.session, row)
    steps = steps_of(work, officer, told_in(work.session, row))
    return tuple(replace(one, page=page_of[one.part_ids[0]]) for one in steps)


def last_listed(work: Work, officer: Officer) -> tuple[Reminder, tuple[LateStep, ...]] | None:
    """The last list that a head was told and of which anything is still late, with its row; None without one."""
    if not _may_answer(work, officer):
        return None
    for row in list_sent_digests(work.session, officer.id or 0, work.now - LOOKED_BACK):
        steps = listed(work, officer, row)
        if steps:
            return row, steps
    return None


def own_only(work: Work, officer: Officer, lines: Iterable[TaskLine]) -> tuple[TaskLine, ...]:
    """The lines without those that others of the section are to do and that are told to the officer as its head: a
    thing is said once, and what was taken on rests."""
    if not _may_answer(work, officer):
        return tuple(lines)
    return tuple(line for line in lines if not _is_of_the_head(work, officer, line))


def _is_of_the_head(work: Work, officer: Officer, line: TaskLine) -> bool:
    if not line.is_late or line.is_mine or line.instead_of is not None:
        return False
    its = [part for part in line.parts if part.state == TaskState.OPEN and part.role in line.mine]
    return bool(its) and all(_level_of(work, officer, line.task, part) is not None for part in its)


def _may_answer(work: Work, officer: Officer) -> bool:
    """Whether anything late can be told to the officer: most officers need not be asked about each."""
    return bool(officer.is_admin or heads_of(work, officer.id or 0))


def levels_now(work: Work, officer: Officer) -> dict[int, Level]:
    """The parts to tell the officer of now, by id, each at its highest level."""
    if not _may_answer(work, officer):
        return {}
    if not works_on(work, officer, work.today):
        return {}
    found: dict[int, Level] = {}
    said_today: set[int] | None = None
    late = _late_parts(work)
    kept = at_hand(work.session, [task for task, _part in late])  # noqa: F841  # while somebody holds it
    for task, part in late:
        level = _level_for(work, officer, task, part)
        if level is None:
            continue
        said_today = _said_today(work, officer) if said_today is None else said_today
        if (part.id or 0) not in said_today:
            found[part.id or 0] = level
    return found


def _level_for(work: Work, officer: Officer, task: Task, part: TaskPart) -> Level | None:
    """At which level this late part is told to the officer now; None when it is not."""
    found = _level_of(work, officer, task, part)
    if found is None:
        return None
    by_calendar = declared(work.session, task)[0].clock == "kalender"
    until = rests_until(work, officer, task, part, by_calendar=by_calendar)
    return found if until is None or until <= work.now else None


def _level_of(work: Work, officer: Officer, task: Task, part: TaskPart) -> Level | None:
    """At which level this late part is the officer's to hear of; None when it is not."""
    sop, step = declared(work.session, task)
    found: Level | None = None
    for level in LEVELS:
        at = told_from(work.institution, sop, step, task, level)
        if at is not None and at <= work.now and _is(officer, addressees(work, task, part.role, level)):
            found = level
    own = not task.running and responsibility_of(work, task, part).comes_to(officer)
    if found is None or own:
        return (
            None  # whoever is to do it hears of it in the own list, where nothing stands that runs for months
        )
    if is_target(task, step) and has_duty(
        work.institution, roles_of(work, officer.id or 0), "answers_for_all"
    ):
        return None
    case = case_of(work.session, task)
    return None if case is not None and not may_see_task(work, officer, task, case) else found


_LATE_PARTS = (
    select(Task, TaskPart)
    .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
    .where(
        Task.state == TaskState.OPEN,
        col(Task.due_at) < bindparam("now"),
        TaskPart.state == TaskState.OPEN,
    )
    .order_by(col(Task.due_at), col(Task.id), col(TaskPart.position))
)


def _late_parts(work: Work) -> list[tuple[Task, TaskPart]]:
    return [(task, part) for task, part in work.session.exec(_LATE_PARTS, params={"now": work.now})]


def _said_today(work: Work, officer: Officer) -> set[int]:
    """The parts that the officer was told of today; what a clock said that ran ahead is of another day."""
    today = work.today
    rows = work.session.exec(
        select(Reminder).where(
            Reminder.officer_id == officer.id,
            Reminder.state == ReminderState.SENT,
            col(Reminder.kind).in_((ReminderKind.DIGEST, ReminderKind.ESCALATION)),
            col(Reminder.sent_at) >= work.office.at(today, MIDNIGHT),
            col(Reminder.sent_at) < work.office.at(today + DAY, MIDNIGHT),
        )
    ).all()
    return {part_id for row in rows for part_id in parts_in(work.session, row)}


def steps_of(work: Work, officer: Officer, levels: dict[int, Level]) -> tuple[LateStep, ...]:
    """The lines for these parts as far as they are still late, the longest late first and targets last."""
    if not levels:
        return ()
    rows = work.session.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(col(TaskPart.id).in_(levels), TaskPart.state == TaskState.OPEN, Task.state == TaskState.OPEN)
    ).all()
    late = [(task, part) for task, part in rows if is_late(task, work.now)]
    by_task = {line.task.id: line for line in task_lines(work, [task for task, _part in late], officer)}
    found = [
        LateStep(
            line=by_task[task.id],
            part_ids=(part.id or 0,),
            role=part.role,
            level=levels[part.id or 0],
            holder=name_of(work.session, part.assignee_id),
            is_target=is_target(task, by_task[task.id].step),
            taken_on_by=last_taken_on(work.session, task, part),
            is_taken_on=own_taking(work.session, officer, task, part) is not None,
            is_own_section=is_kasi_for(work, officer, part.role),
            deputy=deputy_name(work, part.assignee_id),
        )
        for task, part in late
    ]
    return tuple(sorted(_one_a_card(found), key=_urgency))


def _one_a_card(steps: Iterable[LateStep]) -> Iterable[LateStep]:
    """The steps of a daily card are one line."""
    first: dict[object, LateStep] = {}
    for one in steps:
        task = one.line.task
        which = one.part_ids if task.card is None else (task.run_id, task.card, task.occurrence_on)
        former = first.get(which)
        first[which] = (
            one
            if former is None
            else replace(
                former,
                part_ids=former.part_ids + one.part_ids,
                is_taken_on=former.is_taken_on and one.is_taken_on,
            )
        )
    return first.values()


def _urgency(one: LateStep) -> tuple[bool, datetime, int]:
    assert one.line.due_at is not None
    return (one.is_target, one.line.due_at, one.part_ids[0])


def _is(officer: Officer, among: Iterable[Officer]) -> bool:
    return any(officer.id == one.id for one in among)
