"""Everything that can be done with a task, by one name; each rule lives in the file of its own verb."""

from sop_flows.cohorts.joining import entry_done, join_children, reinstate_child, withdraw_child
from sop_flows.confirming import close_roll, confirm, confirm_before, obstacle, reopen_missed, skip
from sop_flows.moving import check_new_day, choose_date, date_window, reschedule, reschedule_entry
from sop_flows.parts import parts_of
from sop_flows.rolls.entries import put_off_until, refresh_due
from sop_flows.taking import delegate, take, take_duty
from sop_flows.task_rows import find_task, lock_task, own_parts, refuse_closed
from sop_flows.undoing import undo
from sop_flows.versions import declared

__all__ = [
    "check_new_day",
    "choose_date",
    "close_roll",
    "confirm",
    "confirm_before",
    "date_window",
    "declared",
    "delegate",
    "entry_done",
    "find_task",
    "join_children",
    "lock_task",
    "obstacle",
    "own_parts",
    "parts_of",
    "put_off_until",
    "refresh_due",
    "refuse_closed",
    "reinstate_child",
    "reopen_missed",
    "reschedule",
    "reschedule_entry",
    "skip",
    "take",
    "take_duty",
    "undo",
    "withdraw_child",
]
