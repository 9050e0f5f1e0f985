"""Tasks: one step of a run that somebody has to do; its parts by role; its entries by child."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedText, Word, one_of


class TaskState(StrEnum):
    """`waiting`: has a date of its own ahead; `open`: owed now; `before_pandu`: should have been done before Pandu was
    used, confirmed in bulk and never late; `done`; `skipped`: with a reason; `missed`: the next occurrence came, or
    the stay is over; `withdrawn`: no longer owed (undo, child left, dates moved), kept as evidence."""

    WAITING = "waiting"
    OPEN = "open"
    BEFORE_PANDU = "before_pandu"
    DONE = "done"
    SKIPPED = "skipped"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


LIVE = (TaskState.WAITING, TaskState.OPEN)  # somebody is asked and reminded, now or on its day
SAYABLE = (TaskState.OPEN, TaskState.BEFORE_PANDU)  # it can be said now that it is done
UNFINISHED = (*LIVE, TaskState.BEFORE_PANDU)
CLOSED = (TaskState.DONE, TaskState.SKIPPED, TaskState.MISSED)


class DueKind(StrEnum):
    """Where a due time comes from: the SOP's standard time, our target, a date of its own, or an officer."""

    STANDARD = "standard"
    TARGET = "target"
    DATE = "date"
    MOVED = "moved"


class EntryState(StrEnum):
    """`excused`: closed with a reason instead of a record."""

    OPEN = "open"
    DONE = "done"
    EXCUSED = "excused"
    WITHDRAWN = "withdrawn"


class AssignedHow(StrEnum):
    """How a part came to its PJ: the role's only member, taken, named by a head or colleague, or on duty."""

    SOLE = "sole"
    TAKEN = "taken"
    NAMED = "named"
    DUTY = "duty"


class Task(SQLModel, table=True):
    """One step of one run. Unique by run, step and occurrence among those not withdrawn."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("uq_tasks_run_step_occurrence", "run_id", "step", "occurrence", unique=True,
              sqlite_where=text("state <> 'withdrawn'"), postgresql_where=text("state <> 'withdrawn'")),
        one_of("state", TaskState, "ck_tasks_state"),
        one_of("due_kind", DueKind, "ck_tasks_due_kind"),
        CheckConstraint("(state IN ('open', 'before_pandu', 'done', 'skipped', 'missed')) <="
                        " (opened_at IS NOT NULL AND due_at IS NOT NULL)",
                        name="ck_tasks_open_has_times"),
        CheckConstraint("(state = 'waiting') <= (opens_at IS NOT NULL)", name="ck_tasks_waiting_has_time"),
        CheckConstraint("(state IN ('done', 'skipped', 'missed', 'withdrawn')) = (closed_at IS NOT NULL)",
                        name="ck_tasks_closed_has_time"),
        CheckConstraint("occurrence >= 0", name="ck_tasks_occurrence"),
        CheckConstraint("(cohort_id IS NULL) <> (case_id IS NULL)", name="ck_tasks_cohort_or_case"),
        Index("ix_tasks_run", "run_id"),
        Index("ix_tasks_cohort_state", "cohort_id", "state"),
        Index("ix_tasks_case_state", "case_id", "state"),
        Index("ix_tasks_ending", "ends_at", sqlite_where=text("state = 'open' AND ends_at IS NOT NULL"),
              postgresql_where=text("state = 'open' AND ends_at IS NOT NULL")),
        Index("ix_tasks_incomplete", "incomplete_at", sqlite_where=text("incomplete_at IS NOT NULL"),
              postgresql_where=text("incomplete_at IS NOT NULL")),
        Index("ix_tasks_waiting", "opens_at", sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="runs.id")
    cohort_id: int | None = Field(default=None, foreign_key="cohorts.id")
    case_id: int | None = Field(default=None, foreign_key="cases.id")
    child_id: int | None = Field(default=None, foreign_key="children.id")  # of a run for one child
    school_id: int | None = Field(default=None, foreign_key="schools.id")  # of a run for one school
    sop: str = Field(sa_type=Text)
    step: int
    running: bool = False  # of a standard time of 3-6 months: "berjalan", asked on the monthly card
    occurrence: int = 0  # 0: does not recur; else 1, 2, ...
    occurrence_on: date | None = None  # the day on the grid, local
    card: str | None = Field(default=None, sa_type=Text)  # recurring steps shown together, "harian"
    state: TaskState = Field(sa_type=Word(TaskState))
    opens_at: datetime | None = None
    opened_at: datetime | None = None
    ends_at: datetime | None = None  # an occurrence that is open then closes as missed: the stay is over
    due_at: datetime | None = None
    due_kind: DueKind | None = Field(default=None, sa_type=Word(DueKind))
    chosen_on: date | None = None  # the date chosen for a step with `choose_date` (SOP 9.1.09 step 1)
    closed_at: datetime | None = None  # when it became done, skipped, missed or withdrawn
    done_on: date | None = None  # local date of the work
    close_reason: str | None = Field(
        default=None, sa_type=Text
    )  # a word: no_children, undone, left, before_pandu
    incomplete_at: datetime | None = None  # since when what is recorded afterwards is missing, or part of it

    @property
    def is_before_pandu(self) -> bool:
        """Whether it is on the list of what was before Pandu, or was done or missed from there."""
        return TaskState.BEFORE_PANDU in (self.state, self.close_reason)


class TaskPart(SQLModel, table=True):
    """The part of a task that one role must do, with its PJ. Most tasks have one part."""

    __tablename__ = "task_parts"
    __table_args__ = (
        UniqueConstraint("task_id", "role", name="uq_task_parts_task_role"),
        one_of("state", TaskState, "ck_task_parts_state"),
        one_of("assigned_how", AssignedHow, "ck_task_parts_assigned_how"),
        CheckConstraint("(assignee_id IS NULL) = (assigned_how IS NULL)", name="ck_task_parts_assignee_how"),
        CheckConstraint("(state = 'done') = (done_by_id IS NOT NULL)", name="ck_task_parts_done_by"),
        Index("ix_task_parts_role_state", "role", "state"),
        Index("ix_task_parts_assignee", "assignee_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id")
    position: int  # order of the reference
    role: str = Field(sa_type=Text)
    state: TaskState = Field(sa_type=Word(TaskState))
    assignee_id: int | None = Field(default=None, foreign_key="officers.id")
    assigned_how: AssignedHow | None = Field(default=None, sa_type=Word(AssignedHow))
    assigned_at: datetime | None = None
    done_at: datetime | None = None
    done_on: date | None = None
    done_by_id: int | None = Field(default=None, foreign_key="officers.id")


class TaskEntry(SQLModel, table=True):
    """One child on a roll. Has its own due; is done by a record or excused with a reason."""

    __tablename__ = "task_entries"
    __table_args__ = (
        UniqueConstraint("task_id", "child_id", name="uq_task_entries_task_child"),
        one_of("state", EntryState, "ck_task_entries_state"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="ck_task_entries_closed_has_time"),
        Index("ix_task_entries_open", "task_id", sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id")
    child_id: int = Field(foreign_key="children.id", index=True)
    state: EntryState = Field(sa_type=Word(EntryState))
    opened_at: datetime
    due_at: datetime
    put_off_at: datetime | None = None  # last "ditunda"
    put_off_reason: str | None = Field(default=None, sa_type=EncryptedText("task_entries.put_off_reason"))
    closed_at: datetime | None = None
    closed_by_id: int | None = Field(default=None, foreign_key="officers.id")
    reason: str | None = Field(default=None, sa_type=EncryptedText("task_entries.reason"))
