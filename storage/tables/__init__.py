"""Every table, so that one import knows the whole schema."""

from storage.tables.absence import Absence, Handover, HandoverState
from storage.tables.case import Case
from storage.tables.cohort import (
    Child,
    ChildFlag,
    Cohort,
    CohortMove,
    FlagKind,
    LeaveReason,
    Membership,
    ReadEntry,
    School,
)
from storage.tables.confirmation import Confirmation, ConfirmationEffect, ConfirmationKind
from storage.tables.inbox import Conversation, InboxRow
from storage.tables.officer import Account, Invitation, Officer, OfficerRole, StrangerVisit
from storage.tables.ownership import Ownership
from storage.tables.record import Record, StoredFile, Weight
from storage.tables.reminder import Acknowledgement, Reminder, ReminderKind, ReminderState, Vital
from storage.tables.run import Run, RunState, SopVersion
from storage.tables.task import AssignedHow, DueKind, EntryState, Task, TaskEntry, TaskPart, TaskState

__all__ = [
    "Absence",
    "Account",
    "Acknowledgement",
    "AssignedHow",
    "Case",
    "Child",
    "ChildFlag",
    "Cohort",
    "CohortMove",
    "Confirmation",
    "ConfirmationEffect",
    "ConfirmationKind",
    "Conversation",
    "DueKind",
    "EntryState",
    "FlagKind",
    "Handover",
    "HandoverState",
    "InboxRow",
    "Invitation",
    "LeaveReason",
    "Membership",
    "Officer",
    "OfficerRole",
    "Ownership",
    "ReadEntry",
    "Record",
    "Reminder",
    "ReminderKind",
    "ReminderState",
    "Run",
    "RunState",
    "School",
    "SopVersion",
    "StoredFile",
    "StrangerVisit",
    "Task",
    "TaskEntry",
    "TaskPart",
    "TaskState",
    "Vital",
    "Weight",
]
