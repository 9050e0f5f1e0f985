"""Whatever is said to anyone but the officer who tapped is a row first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sop_flows.core.notices import DataErased, FileHidden, Notice
from sop_flows.core.work import Work, case_of
from sop_flows.staffing.responsibility import accountable_for, may_see_task
from storage.queries.shown import forget_naming, list_naming
from storage.tables import (
    Account,
    Reminder,
    Task,
)


def notify_changed(work: Work, said: Reminder, notice: Notice, task: Task) -> None:
    """What an earlier push said is so no longer: it is changed where it stands.

    When its officer has turned it into another screen, that screen stays and the notice is a message of its own.
    """
    work.notify(said.officer_id, notice, task, edits=said.message_id if said.turned_at is None else None)


def notify_heads(work: Work, task: Task, role: str, notice: Notice, but: int | None) -> None:
    """Tell who answers for the role, except the officer `but` who did it; of a case, only who may see it."""
    case = case_of(work.session, task)
    for officer in accountable_for(work, role, task.cohort_id or 0):
        if case is not None and not may_see_task(work, officer, task, case):
            continue
        if officer.id is not None and officer.id != but:
            work.notify(officer.id, notice, task)


def hide_later(work: Work, officer_id: int, message_id: int, hidden: Notice) -> None:
    """The message that shows who a child is, is changed back after the minutes of the pack."""
    at = work.now + timedelta(minutes=work.unit.access.hide_minutes)
    work.notify(officer_id, hidden, edits=message_id, at=at)
    # So that a tap which turns the message into another screen is noted on the row.
    work.notices[-1][0].message_id = message_id


DELETED_WITHIN = timedelta(
    hours=48
)  # so long Telegram lets a bot delete what it sent; words it may change for ever


@dataclass(frozen=True)
class TakenBack:
    """What stood in the chats about a child or a case, by the officer's id.

    Attributes:
        changed: messages that the running bot changes, or deletes.
        files: pictures and documents that stay there: too old to be deleted.
        replaced: how many of both are on a phone that another has replaced.
    """

    changed: Mapping[int, int]
    files: Mapping[int, int]
    replaced: Mapping[int, int]


def take_back(work: Work, table: str, row_id: int, done: set[tuple[int, int]] | None = None) -> TakenBack:
    """Owe a change of every message that still shows the child or the case, on phones of before, too.

    Args:
        done: account and number of messages that others are taken back from already; these are added.
    """
    s = work.session
    done = set() if done is None else done
    changed: Counter[int] = Counter()
    files: Counter[int] = Counter()
    replaced: Counter[int] = Counter()
    for shown in list_naming(s, table, row_id):
        if (shown.account_id, shown.message_id) in done:
            continue
        done.add((shown.account_id, shown.message_id))
        account = s.get_one(Account, shown.account_id)
        officer_id = account.officer_id
        replaced[officer_id] += account.unbound_at is not None
        if shown.is_file and shown.shown_at <= work.now - DELETED_WITHIN:
            files[officer_id] += 1
            continue
        of_child = table == "children"
        notice = DataErased(child=row_id if of_child else 0, case=0 if of_child else row_id)
        instead = FileHidden() if shown.is_file else notice
        work.notify(officer_id, instead, edits=shown.message_id, account=shown.account_id)
        changed[officer_id] += 1
    forget_naming(s, table, row_id)
    return TakenBack(changed, files, +replaced)
