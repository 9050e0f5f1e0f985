"""Services of a case that begin to run together: one line of a push for all of them, and a way to their card."""

from dataclasses import dataclass

from sqlmodel import Session

from handlers.ui.request import Button, button
from handlers.ui.words import _, esc
from sop_flows.core.work import case_of, declared
from storage.tables import Reminder, ReminderKind, Task

NAMED = 4  # services named in the line; the rest is a number


@dataclass(frozen=True)
class Started:
    """What began to run for one case in one section: the line (HTML), and [Buka]."""

    words: str
    opens: Button


def services_apart(s: Session, rows: list[Reminder]) -> tuple[list[Reminder], tuple[Started, ...]]:
    """The reminders without those that hand over a running service; and these, one for each case and section."""
    kept: list[Reminder] = []
    groups: dict[tuple[int, str | None], list[Task]] = {}
    for row in rows:
        begun = begun_for(s, row)
        if begun is None:
            kept.append(row)
        else:
            groups.setdefault(begun, []).append(s.get_one(Task, row.task_id))
    return kept, tuple(_started(s, tasks) for tasks in groups.values())


def begun_for(s: Session, row: Reminder) -> tuple[int, str | None] | None:
    """The case and the section for which a running service is handed over; None of any other reminder."""
    task = s.get(Task, row.task_id) if row.task_id is not None else None
    if task is None or not task.running or row.kind != ReminderKind.HANDED:
        return None
    return task.case_id or 0, row.role


def _started(s: Session, tasks: list[Task]) -> Started:
    case = case_of(s, tasks[0])
    steps = [declared(s, task)[1] for task in tasks]
    names = [esc(step.short) for step in steps]
    shown = ", ".join(names[:NAMED])
    if len(names) > NAMED:
        shown += " " + _("and {count} more").format(count=len(names) - NAMED)
    code = case.code_name if case is not None else ""
    time = str(steps[0].standard or "")
    words = _("Case {code} · now running for {time}: {steps}").format(code=esc(code), time=time, steps=shown)
    label = _("Open: {what}").format(what=_("Case {code}").format(code=code))
    return Started(words, button(label, "case_services", tasks[0].case_id or 0))
