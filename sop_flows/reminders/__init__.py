"""Reminder rows: what is owed to whom and when. Planned from the task as it is; whatever is no longer so is dropped."""

from sop_flows.reminders.handed import tell_handed, tell_no_longer, tell_started
from sop_flows.reminders.mornings import ensure_digests, plan_officer
from sop_flows.reminders.notices import forget_sent_before, notify, notify_changed, notify_heads
from sop_flows.reminders.own_morning import has_switched_off, morning_of, next_morning, own_time
from sop_flows.reminders.planning import (
    CHOOSE,
    LIVE,
    NOT_CHOSEN,
    PLANNED,
    drop_for_task,
    owe_again,
    plan_everything,
    plan_task,
)
from sop_flows.reminders.snoozing import (
    end_others_snoozes,
    end_snoozes_after,
    snooze,
    snooze_choices,
)
from sop_flows.reminders.speaking import speaking_time
from sop_flows.reminders.truth import is_still_true

__all__ = [
    "CHOOSE",
    "LIVE",
    "NOT_CHOSEN",
    "PLANNED",
    "drop_for_task",
    "end_others_snoozes",
    "end_snoozes_after",
    "ensure_digests",
    "forget_sent_before",
    "has_switched_off",
    "is_still_true",
    "morning_of",
    "next_morning",
    "notify",
    "notify_changed",
    "notify_heads",
    "owe_again",
    "own_time",
    "plan_everything",
    "plan_officer",
    "plan_task",
    "snooze",
    "snooze_choices",
    "speaking_time",
    "tell_handed",
    "tell_no_longer",
    "tell_started",
]
