"""What is to come to an officer in the next days: reminders, what falls due, what opens."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sop_flows.core.work import Work
from sop_flows.views.task_views import TaskLine, my_tasks, task_lines, upcoming
from storage.queries.messages import list_coming
from storage.tables import Child, Officer, Reminder, Task

WEEK_DAYS = 7
_MIDNIGHT = time(0, 0)


@dataclass
class Coming:
    """A task (or one child's entry of it) on one day.

    Attributes:
        at: the first thing that happens; midnight of the day when it is the opening.
        reminders: those of that day, by time.
        opens: the task opens on that day.
        due_at: when it is due, on that day; None when not then.
    """

    at: datetime
    on: date
    line: TaskLine
    child: Child | None
    reminders: list[Reminder] = field(default_factory=list)
    opens: bool = False
    due_at: datetime | None = None


def coming_week(work: Work, officer: Officer) -> tuple[Coming, ...]:
    """By time. A task stands once on a day, whatever happens to it then; what is late already is not to come."""
    until = work.office.at(work.today + timedelta(days=WEEK_DAYS + 1), _MIDNIGHT)
    found: dict[tuple[int, int, date], Coming] = {}
    rows = [row for row in list_coming(work.session, officer.id) if row.due_at < until]
    about = {row.task_id: work.session.get_one(Task, row.task_id) for row in rows}
    lines = {line.task.id: line for line in task_lines(work, list(about.values()), officer)}

    def at(line: TaskLine, moment: datetime, child_id: int | None = None) -> Coming:
        day = work.institution.today(moment)
        key = (line.task.id or 0, child_id or 0, day)
        if key not in found:
            child = None if child_id is None else work.session.get(Child, child_id)
            found[key] = Coming(moment, day, line, child)
        found[key].at = min(found[key].at, moment)
        return found[key]

    for row in rows:
        at(lines[row.task_id], max(row.due_at, work.now), row.child_id).reminders.append(row)
    for line in my_tasks(work, officer):
        if line.due_at is not None and work.now < line.due_at < until:
            at(line, line.due_at).due_at = line.due_at
    for line in upcoming(work, officer, WEEK_DAYS + 1):
        if line.task.opens_at is None or line.task.opens_at >= until:
            continue
        at(line, line.task.opens_at).opens = True
        if line.due_at is not None and line.due_at < until:
            at(line, line.due_at).due_at = line.due_at
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.line.task.id or 0)))
