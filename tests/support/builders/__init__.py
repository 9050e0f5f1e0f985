"""One builder a table. Each adds a row (and the rows it must point at) to a session and returns it.

Every column can be given; what is not given is something plain that the database accepts.
"""

from tests.support.builders.absences import build_absence, build_handover
from tests.support.builders.cases import build_case
from tests.support.builders.cohorts import (
    build_child,
    build_child_flag,
    build_cohort,
    build_cohort_move,
    build_correction,
    build_incident,
    build_membership,
    build_read_entry,
    build_school,
)
from tests.support.builders.confirmations import build_confirmation, build_journal_entry
from tests.support.builders.inbox import build_conversation, build_inbox_row
from tests.support.builders.officers import (
    build_account,
    build_case_pin,
    build_invitation,
    build_officer,
    build_officer_role,
    build_stranger_visit,
)
from tests.support.builders.records import build_record, build_stored_file, build_weight
from tests.support.builders.reminders import (
    build_acknowledgement,
    build_digest_item,
    build_reminder,
    build_vital,
)
from tests.support.builders.runs import build_run, build_sop_version
from tests.support.builders.tasks import build_task, build_task_entry, build_task_part

__all__ = [
    "build_absence",
    "build_account",
    "build_acknowledgement",
    "build_case",
    "build_case_pin",
    "build_child",
    "build_child_flag",
    "build_cohort",
    "build_cohort_move",
    "build_confirmation",
    "build_conversation",
    "build_correction",
    "build_digest_item",
    "build_handover",
    "build_inbox_row",
    "build_incident",
    "build_invitation",
    "build_journal_entry",
    "build_membership",
    "build_officer",
    "build_officer_role",
    "build_read_entry",
    "build_record",
    "build_reminder",
    "build_run",
    "build_school",
    "build_sop_version",
    "build_stored_file",
    "build_stranger_visit",
    "build_task",
    "build_task_entry",
    "build_task_part",
    "build_vital",
    "build_weight",
]
