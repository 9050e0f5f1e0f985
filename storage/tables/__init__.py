"""Every table, so that one import knows the whole schema."""

from storage.tables.absence import Absence, Handover, HandoverState
from storage.tables.audit import DayDigest, ReadEntry, ShownMessage
from storage.tables.case import Case
from storage.tables.cohort import (
    NOT_MEMBERS,
    Child,
    ChildFlag,
    Cohort,
    CohortMove,
    Correction,
    FlagKind,
    LeaveReason,
    Membership,
    School,
)
from storage.tables.confirmation import Confirmation, ConfirmationKind
from storage.tables.inbox import Conversation, InboxRow
from storage.tables.incident import Incident, IncidentKind
from storage.tables.journal import Change, JournalEntry
from storage.tables.officer import Account, CasePin, Invitation, Officer, OfficerRole, StrangerVisit
from storage.tables.ownership import Ownership
from storage.tables.record import Record, StoredFile, Weight
from storage.tables.reminder import (
    Acknowledgement,
    DigestItem,
    DroppedWhy,
    ItemKind,
    Reminder,
    ReminderKind,
    ReminderState,
    Vital,
)
from storage.tables.report import Report
from storage.tables.run import LIVE_RUNS, Run, RunState, SopVersion
from storage.tables.task import (
    CLOSED,
    LIVE,
    SAYABLE,
    UNFINISHED,
    AssignedHow,
    DueKind,
    EntryState,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

__all__ = [
    "CLOSED",
    "LIVE",
    "LIVE_RUNS",
    "NOT_MEMBERS",
    "SAYABLE",
    "UNFINISHED",
    "Absence",
    "Account",
    "Acknowledgement",
    "AssignedHow",
    "Case",
    "CasePin",
    "Change",
    "Child",
    "ChildFlag",
    "Cohort",
    "CohortMove",
    "Confirmation",
    "ConfirmationKind",
    "Conversation",
    "Correction",
    "DayDigest",
    "DigestItem",
    "DroppedWhy",
    "DueKind",
    "EntryState",
    "FlagKind",
    "Handover",
    "HandoverState",
    "InboxRow",
    "Incident",
    "IncidentKind",
    "Invitation",
    "ItemKind",
    "JournalEntry",
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
    "Report",
    "Run",
    "RunState",
    "School",
    "ShownMessage",
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
