"""Reports as JSON: one array of objects; times in ISO 8601 with offset; officers as ids, children as numbers."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlmodel import Session

from bot.clock import Clock
from bot.institution import open_institution
from bot.settings import read_settings
from sop_flows.core.institution import House
from sop_flows.core.versions import declared
from sop_flows.views.status import cohort_status
from storage.queries import reports
from storage.tables import Confirmation, Run, Task, TaskPart, TaskState

Row = dict[str, Any]
Read = Callable[[Session, House, datetime], list[Row]]


def with_json(command: Callable[..., None]) -> Callable[..., None]:
    """`--json` is accepted and is the only form there is."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON array (the default).")(command)


@click.command("officers")
@with_json
def officers_command(as_json: bool) -> None:
    """Officers: id, name, roles."""
    print_report(_officers)


@click.command("status")
@with_json
def status_command(as_json: bool) -> None:
    """Per angkatan and section: done, open, late."""
    print_report(_status)


@click.command("tasks")
@with_json
def tasks_command(as_json: bool) -> None:
    """Every task."""
    print_report(_tasks)


@click.command("confirmations")
@with_json
@click.option("--with-notes", is_flag=True, help="Also what officers wrote; may name people.")
def confirmations_command(as_json: bool, with_notes: bool) -> None:
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
    settings = read_settings()
    now = Clock(settings.data_dir, settings.honours_test_clock).now()
    opened = open_institution(settings, now)
    try:
        with opened.store.transaction() if tries_out else opened.store.reading() as s:
            rows = read(s, opened.house, now)
            s.rollback()
    finally:
        opened.store.close()
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))


def local_time(at: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the offset of the unit's zone."""
    return None if at is None else at.astimezone(zone).isoformat()


def _officers(s: Session, house: House, now: datetime) -> list[Row]:
    roles, accounts = reports.roles_by_officer(s), reports.bound_accounts(s)
    rows = []
    for officer in reports.list_officers(s):
        held = roles.get(officer.id or 0, [])
        account = accounts.get(officer.id or 0)
        rows.append(
            {
                "id": officer.id,
                "name": officer.name,
                "roles": list(dict.fromkeys(role.role for role in held)),
                "heads": list(dict.fromkeys(role.role for role in held if role.is_head)),
                "admin": officer.is_admin,
                "cohorts": [role.cohort_id for role in held if role.cohort_id is not None],
                "enrolled_at": local_time(officer.enrolled_at, house.zone),
                "removed_at": local_time(officer.removed_at, house.zone),
                "blocked_at": local_time(account.blocked_at if account is not None else None, house.zone),
            }
        )
    return rows


def _status(s: Session, house: House, now: datetime) -> list[Row]:
    rows = []
    for cohort in reports.list_cohorts(s):
        found = cohort_status(s, house, cohort, now)
        rows.append(
            {
                "cohort": cohort.id,
                "name": cohort.name,
                "arrival_on": cohort.arrival_on.isoformat(),
                "departure_on": cohort.departure_on.isoformat(),
                "closed_at": local_time(cohort.closed_at, house.zone),
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


def _tasks(s: Session, house: House, now: datetime) -> list[Row]:
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
        "id": task.id,
        "sop": task.sop,
        "step": task.step,
        "occurrence": task.occurrence,
        "title": sop.title,
        "short": step.short,
        "state": task.state.value,
        "executor": ",".join(part.role for part in parts) or ",".join(step.executors),
        "assignee": assignees(parts),
        "parts": [
            {
                "role": part.role,
                "state": part.state.value,
                "assignee": part.assignee_id,
                "done_by": part.done_by_id,
            }
            for part in parts
        ],
        "subject": run.subject,
        "cohort": task.cohort_id,
        "case": task.case_id,  # a number: code name, age and sex are not for a report
        "running": task.running,
        "opens_at": local_time(task.opens_at, zone),
        "opened_at": local_time(task.opened_at, zone),
        # What should have been done before Pandu was used is not due any more, so it is never counted late.
        "due_at": None if task.before_pandu else local_time(task.due_at, zone),
        "planned_at": local_time(task.due_at, zone) if task.before_pandu else None,
        "due_kind": task.due_kind.value if task.due_kind is not None else None,
        "done_at": local_time(task.closed_at, zone) if done else None,
        "done_on": task.done_on.isoformat() if task.done_on is not None else None,
        "closed_at": local_time(task.closed_at, zone),
        "close_reason": task.close_reason,
        "before_pandu": task.before_pandu,
        "entries_open": entries[0] if entries is not None else None,
        "entries": entries[1] if entries is not None else None,
    }


def assignees(parts: list[TaskPart]) -> int | str | None:
    """The PJ's id; of a joint step the ids, comma-joined in the reference's order, empty where nobody is."""
    if len(parts) <= 1:
        return parts[0].assignee_id if parts else None
    if all(part.assignee_id is None for part in parts):
        return None
    return ",".join("" if part.assignee_id is None else str(part.assignee_id) for part in parts)


def _confirmation(row: Confirmation, zone: ZoneInfo, with_notes: bool) -> Row:
    said: Row = {
        "id": row.id,
        "task_id": row.task_id,
        "officer": row.officer_id,
        "recorded_by": row.recorded_by_id,
        "role": row.role,
        "kind": row.kind.value,
        "done_on": row.done_on.isoformat() if row.done_on is not None else None,
        "recorded_at": local_time(row.recorded_at, zone),
        "update_id": row.update_id,
        "refers_to": row.refers_to_id,
    }
    return {**said, "note": row.note} if with_notes else said
