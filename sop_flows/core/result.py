"""What a rule changed, told to the handler that called it; messages to others are rows already."""

from dataclasses import dataclass

from storage.tables import Confirmation, Run, Task, TaskPart


@dataclass(frozen=True)
class Result:
    """The result of something said about a task.

    Attributes:
        confirmation: the row that was written.
        task: as it is now.
        missing_roles: parties of a joint step that have not confirmed yet.
        opened: tasks that opened because of it (in the same run or in runs that started).
        runs_opened: runs that started because of it.
    """

    task: Task
    confirmation: Confirmation
    parts: tuple[TaskPart, ...] = ()
    missing_roles: tuple[str, ...] = ()
    opened: tuple[Task, ...] = ()
    runs_opened: tuple[Run, ...] = ()
