"""Reports as JSON: one array of objects; times in ISO 8601 with offset; officers as ids, children as numbers."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlmodel import Session, SQLModel

from bot.commands.options import institution, print_json
from sop_flows.core.work import Institution, Work, declared
from sop_flows.views.status import cohort_status
from storage.queries import officers, reports
from storage.tables import Confirmation, Run, Task, TaskPart, TaskState

Row = dict[str, Any]
Read = Callable[[Session, Institution, datetime], list[Row]]


def with_only_json(command: Callable[..., None]) -> Callable[..., None]:
    """`--json` is accepted and is the only form there is."""
    option = click.option("--json", is_flag=True, expose_value=False, help="One JSON array (the default).")
    return option(command)


@click.command("officers")
@with_only_json
def officers_command() -> None:
    """Officers: id, name, roles."""
    print_report(_officers)


@click.command("status")
@with_only_json
@click.option("--all", "with_closed", is_flag=True, help="Also angkatan that are closed.")
def status_command(with_closed: bool) -> None:
    """Per open angkatan and section: done, open, late."""
    print_report(lambda s, house, now: _status(s, house, now, with_closed))


@click.command("tasks")
@with_only_json
def tasks_command() -> None:
    """Every task."""
    print_report(_tasks)


@click.command("confirmations")
@with_only_json
@click.option("--with-notes", is_flag=True, help="Also what officers wrote; may name people.")
def confirmations_command(with_notes: bool) -> None:
    """What officers confirmed, in order."""
    print_report(
        lambda s, house, now: [
            _confirmation(row, house.zone, with_notes) for row in reports.list_confirmations(s)
        ]
    )


def print_report(read: Read, *, tries_out: bool = False) -> None:
    """Read with `read(session, house, now)` and print it as one array.

    Args:
        tries_out: `read` changes rows to see what comes of it; all of it is taken back.
    """
    with institution() as opened, opened.store.transaction() if tries_out else opened.store.reading() as s:
        rows = read(s, opened.house, opened.now)
        s.rollback()
    print_json(rows)


def row_of(row: SQLModel, zone: ZoneInfo, names: str) -> Row:
    """These columns, a space between their names: times in the zone of the unit, days in ISO 8601."""
    return {name: _plain(getattr(row, name), zone) for name in names.split()}


def _plain(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return local_time(value, zone)
    return value.isoformat() if isinstance(value, date) else value


def local_time(at: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the offset of the unit's zone."""
    return None if at is None else at.astimezone(zone).isoformat()


def _officers(s: Session, house: Institution, now: datetime) -> list[Row]:
    roles, accounts = officers.list_grants(s), reports.bound_accounts(s)
    rows = []
    for officer in reports.list_officers(s):
        held = roles.get(officer.id or 0, [])
        account = accounts.get(officer.id or 0)
        rows.append(
            {
                **row_of(officer, house.zone, "id name"),
                "roles": list(dict.fromkeys(role.role for role in held)),
                "heads": list(dict.fromkeys(role.role for role in held if role.is_head)),
                "admin": officer.is_admin,
                "cohorts": [role.cohort_id for role in held if role.cohort_id is not None],
                **row_of(officer, house.zone, "enrolled_at removed_at"),
                "blocked_at": local_time(account.blocked_at if account is not None else None, house.zone),
            }
        )
    return rows


def _status(s: Session, house: Institution, now: datetime, with_closed: bool) -> list[Row]:
    rows = []
    for cohort in reports.list_cohorts(s, with_closed):
        found = cohort_status(Work(s, house, now), cohort)
        rows.append(
            {
                "cohort": cohort.id,
                **row_of(cohort, house.zone, "name arrival_on departure_on closed_at"),
                "day": found.day,
                "stay_days": found.stay_days,
                "children": found.children,
                "children_total": found.children_total,
                **asdict(found.total),
                "sections": [{"role": one.role, **asdict(one.counts)} for one in found.sections],
                "late_tasks": [
                    {
                        "id": line.task_id,
                        "sop": line.sop,
                        "step": line.step,
                        "role": line.role,
                        "days_late": line.days_late,
                        "target": line.is_target,
                    }
                    for line in found.late
                ],
                "before_open": found.before_open,
                "before_done": found.before_done,
            }
        )
    return rows


def _tasks(s: Session, house: Institution, now: datetime) -> list[Row]:
    parts, entries = reports.parts_by_task(s), reports.entries_by_task(s)
    return [
        _task(s, task, run, parts.get(task.id or 0, []), entries.get(task.id or 0), house.zone)
        for task, run in reports.list_tasks(s)
    ]


def _task(
    s: Session, task: Task, run: Run, parts: list[TaskPart], entries: tuple[int, int] | None, zone: ZoneInfo
) -> Row:
    sop, step = declared(s, task)
    done = task.state == TaskState.DONE
    return {
        **row_of(task, zone, "id sop step occurrence"),
        "title": sop.title,
        "short": step.short,
        "state": _outward(task.state),
        "executor": ",".join(part.role for part in parts) or ",".join(step.executors),
        "assignee": assignees(parts),
        "parts": [
            {
                "role": part.role,
                "state": _outward(part.state),
                "assignee": part.assignee_id,
                "done_by": part.done_by_id,
            }
            for part in parts
        ],
        "subject": run.subject,
        "cohort": task.cohort_id,
        "case": task.case_id,  # a number: code name, age and sex are not for a report
        **row_of(task, zone, "running opens_at opened_at"),
        # What should have been done before Pandu was used is not due any more, so it is never counted late.
        "due_at": None if task.is_before_pandu else local_time(task.due_at, zone),
        "planned_at": local_time(task.due_at, zone) if task.is_before_pandu else None,
        "due_kind": task.due_kind.value if task.due_kind is not None else None,
        "done_at": local_time(task.closed_at, zone) if done else None,
        **row_of(task, zone, "done_on closed_at"),
        "close_reason": "missed" if task.state == TaskState.MISSED else task.close_reason,
        "before_pandu": task.is_before_pandu,
        "entries_open": entries[0] if entries is not None else None,
        "entries": entries[1] if entries is not None else None,
    }


def _outward(state: TaskState) -> str:
    """The word that programs which read a report know: what was missed is skipped, what was before Pandu is open."""
    return {TaskState.MISSED: TaskState.SKIPPED, TaskState.BEFORE_PANDU: TaskState.OPEN}.get(
        state, state
    ).value


def assignees(parts: list[TaskPart]) -> int | str | None:
    """The PJ's id; of a joint step the ids, comma-joined in the reference's order, empty where nobody is."""
    if len(parts) <= 1:
        return parts[0].assignee_id if parts else None
    if all(part.assignee_id is None for part in parts):
        return None
    return ",".join("" if part.assignee_id is None else str(part.assignee_id) for part in parts)


def _confirmation(row: Confirmation, zone: ZoneInfo, with_notes: bool) -> Row:
    return {
        **row_of(row, zone, "id task_id"),
        "officer": row.officer_id,
        "recorded_by": row.recorded_by_id,
        **row_of(row, zone, "role kind done_on recorded_at update_id"),
        "refers_to": row.refers_to_id,
        **({"note": row.note} if with_notes else {}),
    }
