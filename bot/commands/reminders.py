"""`pandu reminders`: reminders as JSON, all of them or those that are asked for."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NoReturn, TypeVar

import click
from sqlmodel import Session

from bot.clock import real_now
from bot.commands.options import read_day, refuse
from bot.commands.reports import Row, local_time, print_report, row_of, with_only_json
from bot.ports import real_ports
from sop_flows.core.work import Institution, Work
from storage.queries import reports
from storage.queries.dispatch import next_due_at
from storage.tables import Officer, Reminder, ReminderKind, ReminderState, Task

Words = TypeVar("Words", bound=StrEnum)
Value = TypeVar("Value")

LOOK_AHEAD_CHANGES = 60  # openings and closings tried out to find the next message
YEARS = range(2000, 3000)  # outside them is a slip of the keyboard
ID_MAX = 2**63 - 1  # of a database
_SOP = re.compile(r"\d+(\.\d+)+")


@click.command("reminders")
@with_only_json
@click.option("--state", "states", multiple=True, help="pending, sent, dropped or failed; may be repeated.")
@click.option(
    "--kind", "kinds", multiple=True, help="lead, morning, due, handed, snooze ...; may be repeated."
)
@click.option("--officer", help="The id of an officer.")
@click.option("--task", help="The id of a task.")
@click.option("--sop", help="The number of an SOP, such as 9.2.15.")
@click.option("--since", help="Due on this day or later: 2026-12-01, local.")
@click.option("--until", help="Due on this day or before.")
@click.option(
    "--next", "only_next", is_flag=True, help="Only when the next one leaves, also if it is still to be made."
)
def reminders_command(
    states: tuple[str, ...],
    kinds: tuple[str, ...],
    officer: str | None,
    task: str | None,
    sop: str | None,
    since: str | None,
    until: str | None,
    only_next: bool,
) -> None:
    """Every reminder by due time; with several options, those for which all of them are so.

    A value that can't be meant is one line and exit status 2.
    """
    if only_next:
        print_report(_next, tries_out=True)
        return
    wanted_states = [_word(ReminderState, "--state", one) for one in states]
    wanted_kinds = [_word(ReminderKind, "--kind", one) for one in kinds]
    officer_id, task_id = _number("--officer", officer), _number("--task", task)
    first, last = _day("--since", since), _day("--until", until)
    if first is not None and last is not None and last < first:
        _wrong("--until", f"{last} is before {first}")
    if sop is not None and _SOP.fullmatch(sop) is None:
        _wrong("--sop", f"{sop!r} is no number of an SOP; write it like 9.2.15")

    def read(s: Session, house: Institution, _now: datetime) -> list[Row]:
        if officer_id is not None and s.get(Officer, officer_id) is None:
            _wrong("--officer", f"there is no officer {officer_id}")
        if task_id is not None and s.get(Task, task_id) is None:
            _wrong("--task", f"there is no task {task_id}")
        found = reports.list_reminders(
            s,
            reports.Wanted(
                states=wanted_states,
                kinds=wanted_kinds,
                officer_id=officer_id,
                task_id=task_id,
                sop=sop,
                since=None if first is None else house.office.at(first, time(0, 0)),
                before=None if last is None else house.office.at(last + timedelta(days=1), time(0, 0)),
            ),
        )
        return [_row(row, its_task, house) for row, its_task in found]

    print_report(read)


def _next(s: Session, house: Institution, now: datetime) -> list[Row]:
    """When the next message leaves. What opens until then is tried out."""
    ports = real_ports()
    due: datetime | None = None
    for _change in range(LOOK_AHEAD_CHANGES):
        due, change = next_due_at(s, real_now()), ports.next_change_at(s)
        if change is None or (due is not None and due <= change):
            break
        ports.advance(Work(s, house, max(change, now)))
        s.flush()
    return [] if due is None else [{"due_at": local_time(due, house.zone)}]


def _wrong(option: str, why: str) -> NoReturn:
    refuse(f"{option}: {why}")


def _word(words: type[Words], option: str, said: str) -> Words:
    return _or_wrong(option, lambda: words(said), f"{said!r} is none of {', '.join(words)}")


def _number(option: str, said: str | None) -> int | None:
    number = None if said is None else _or_wrong(option, lambda: int(said), f"{said!r} is no number")
    if number is not None and abs(number) > ID_MAX:
        _wrong(option, f"there is nothing with the number {number}")
    return number


def _day(option: str, said: str | None) -> date | None:
    day = read_day(option, said)
    if day is not None and day.year not in YEARS:
        _wrong(option, f"{said!r} is not between {YEARS[0]} and {YEARS[-1]}")
    return day


def _or_wrong(option: str, read: Callable[[], Value], why: str) -> Value:
    try:
        return read()
    except ValueError:
        _wrong(option, why)


def _row(row: Reminder, task: Task | None, house: Institution) -> Row:
    zone = house.zone
    return {
        **row_of(row, zone, "id key task_id"),
        "sop": task.sop if task is not None else None,
        "step": task.step if task is not None else None,
        "occurrence": task.occurrence if task is not None else None,
        "cohort": task.cohort_id if task is not None else None,
        "case": task.case_id if task is not None else None,
        "child": row.child_id,  # a number of a row: names are not for a report
        "officer": row.officer_id,
        **row_of(row, zone, "role kind rule due_at ends_at state attempts sent_at message_id"),
        **row_of(row, zone, "edits_message_id error created_at"),
    }
