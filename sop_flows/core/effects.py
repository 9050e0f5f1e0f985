"""What one event sets in motion: the tasks and runs that open because of it, so that an undo can take them back."""

from dataclasses import dataclass, field

from sqlmodel import Session

from sop_flows.limits import MAX_OPENINGS
from storage.tables import Confirmation, ConfirmationEffect, Run, Task


class EndlessChainError(Exception):
    """One event opened more than MAX_OPENINGS steps: a declaration loops."""


@dataclass
class Effects:
    """What one event sets in motion. `cause` is the confirmation behind it, None for the passing of time."""

    cause: Confirmation | None = None
    tasks: list[Task] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def opened_task(self, s: Session, task: Task) -> None:
        """Note a task that opened, so that an undo can take it back."""
        self.tasks.append(task)
        if len(self.tasks) > MAX_OPENINGS:
            raise EndlessChainError(f"{task.sop} step {task.step}")
        if self.cause is not None:
            s.add(ConfirmationEffect(confirmation_id=self.cause.id or 0, task_id=task.id))

    def opened_run(self, s: Session, run: Run) -> None:
        """Note a run that started."""
        self.runs.append(run)
        if self.cause is not None:
            s.add(ConfirmationEffect(confirmation_id=self.cause.id or 0, run_id=run.id))
