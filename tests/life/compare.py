"""What the phones received against the table: every step to its executors on its day, and to nobody else."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from storage.tables import Task, TaskState
from tests.life.phones import Seen, child_numbers
from tests.life.table import Row
from tests.support.clocks import WITA
from tests.support.town import Town

Key = tuple[str, int, tuple[int, ...]]  # SOP, step, the child of a run of its own

ENDS: dict[str, list[tuple[str, str | None]]] = {
    "done": [(TaskState.DONE, None)],
    "closed": [(TaskState.WITHDRAWN, "terminated")],
}
RUNS_PER_CHILD = ("9.1.08", "9.1.11")
PERAWAT_ON = ("9.2.06/4", "9.2.15/", "9.1.28/")  # acts for penyantunan there


def problems(town: Town, rows: Sequence[Row], seen: Sequence[Seen], roles: Mapping[str, str]) -> list[str]:
    """One sentence for everything that differs, empty when the phones showed what the table says.

    Args:
        roles: the role of each officer by name.
    """
    tasks = _tasks_by_key(town)
    wanted: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        wanted[row.sop, row.step, row.children if row.sop in RUNS_PER_CHILD else ()].append(row)
    by_task: dict[int, list[Seen]] = defaultdict(list)
    for one in seen:
        by_task[one.task_id].append(one)
    found = []
    for key in sorted({*tasks, *wanted}):
        its_tasks, its_rows = tasks.get(key, []), wanted.get(key, [])
        name = f"{key[0]}/{key[1]}" + (f" of {key[2][0]}" if key[2] else "")
        if len(its_tasks) != len(its_rows):
            opened = [str(task.opens_at) for task in its_tasks]
            found.append(f"{name}: {len(its_rows)} times in the table, asked {len(its_tasks)} times {opened}")
        for row, task in zip(its_rows, its_tasks, strict=False):
            found += _of_one(row, task, by_task[task.id or 0], roles)
    return found


def _tasks_by_key(town: Town) -> dict[Key, list[Task]]:
    numbers = child_numbers(town)
    tasks: dict[Key, list[Task]] = defaultdict(list)
    for task in town.rows(select(Task).order_by(col(Task.id))):
        if task.state == TaskState.WITHDRAWN and task.opened_at is None:
            continue  # its day never came: the month after the services ended
        child = () if task.child_id is None else (numbers[task.child_id],)
        tasks[task.sop, task.step, child].append(task)
    return tasks


def _of_one(row: Row, task: Task, seen: Sequence[Seen], roles: Mapping[str, str]) -> list[str]:
    found = []
    for one in seen:
        if not _stands_for(roles[one.officer], row):
            found.append(
                f"{row.name}: shown to {one.officer} ({roles[one.officer]}) on {one.at}: {one.line!r}"
            )
    announced = {at.date() for at in row.reminded if at.date() < row.offered}
    for role in row.executors:
        its = [one for one in seen if role in _stands_for(roles[one.officer], row)]
        first = min((one.at.date() for one in its if one.at.date() not in announced), default=None)
        if first != row.offered:
            found.append(f"{row.name}: {role} was to see it first on {row.offered}, saw it on {first}")
    said = {one.due for one in seen if one.due is not None}
    if not said and (row.daily or row.monthly) and task.due_at is not None:
        said = {task.due_at.astimezone(WITA)}  # their cards speak of today, and of the months that are over
    if said != {row.due}:
        days = ", ".join(f"{due:%Y-%m-%d %H.%M}" for due in sorted(said))
        found.append(f"{row.name}: due {row.due:%Y-%m-%d %H.%M}, the card says {days or 'no date'}")
    for at in row.reminded:
        if not any(one.is_new and not one.is_list and one.at == at for one in seen):
            found.append(f"{row.name}: was to be pushed on {at:%Y-%m-%d %H.%M}")
    if row.children:
        named = set().union(*(one.children for one in seen))
        if named != set(row.children):
            found.append(f"{row.name}: the phones named {sorted(named)}")
    found += [
        f"{row.name}: was to be on the monthly card of {on}"
        for on in row.monthly
        if not any(one.at.date() == on for one in seen)
    ]
    if (task.state, task.close_reason) not in ENDS[row.ends]:
        found.append(f"{row.name}: {task.state} ({task.close_reason})")
    return found


def _stands_for(role: str, row: Row) -> tuple[str, ...]:
    """The executors of the row for whom an officer of the role counts; empty for an officer with no part in it."""
    if role in row.executors:
        return (role,)
    if (
        role == "perawat"
        and "penyantunan" in row.executors
        and f"{row.sop}/{row.step}".startswith(PERAWAT_ON)
    ):
        return ("penyantunan",)
    return ()
