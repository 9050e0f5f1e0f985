"""Which due reminders become one message, which must wait, which are no longer true: inside the claim."""

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.liveness import OUTAGE, Dark
from bot.logs import place_of
from bot.owned_unit import OwnedUnit
from handlers.ui.request import Edit, Reply
from sop_flows.calendar.moments import after_quiet
from sop_flows.core.notices import is_at_once, passes_quiet_hours
from sop_flows.core.work import Work, declared
from sop_flows.notifications.dropping import drop
from storage.engine import OF_THE_DATABASE
from storage.queries.accounts import find_account_of
from storage.queries.dispatch import mark_failed
from storage.tables import Account, DroppedWhy, Officer, Reminder, Task

TOGETHER = timedelta(minutes=15)  # what falls due within it, from the first on, is one message
SINCE = "waits_since"  # in the payload of a row that waits for a later one: when it was due
MISSED = "missed_by_outage"  # in the payload of a row that was due in an outage and waits for the morning

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """One message to one officer, and the reminders that it carries."""

    officer_id: int
    chat_id: int
    chat_key: str
    ids: tuple[int, ...]
    reply: Reply
    attempt: int = 1  # the first, second ... time that it is sent
    was_blocked: bool = False  # the account was noted as one that blocked the bot
    to_former: bool = False  # to a phone that is not the officer's any more


class Batcher:
    """Makes the messages for one officer. Runs inside the transaction that claims."""

    def __init__(self, unit: OwnedUnit) -> None:
        self._unit = unit

    def batch(
        self,
        work: Work,
        officer: Officer,
        rows: Sequence[Reminder],
        dark: Dark | None,
        one_by_one: bool = True,
    ) -> tuple[list[Batch], list[Reminder]]:
        """Messages for what is to be sent now, with the rows they carry.

        Rows that are no longer true or that wait for the morning are changed here.

        Args:
            one_by_one: what can't be said fails alone, and the others are said; else its error is raised.
        """
        assert officer.id is not None
        s, now = work.session, work.now
        sendable = [row for row in rows if self._is_to_send(work, row, dark, one_by_one)]
        if not any(row.due_at <= now for row in sendable):
            return [], []
        present = find_account_of(s, officer.id)
        if officer.removed_at is not None or present is None:
            lost = [row for row in sendable if not row.account_id]
            mark_failed(s, [row.id for row in lost if row.id is not None], "the officer has no account")
            sendable = [row for row in sendable if row.account_id]
        edits = [row for row in sendable if row.edits_message_id is not None or row.account_id]
        said = [row for row in sendable if row not in edits]
        groups = [[row] for row in edits] + ([said] if any(row.due_at <= now for row in said) else [])
        batches: list[Batch] = []
        carried: list[Reminder] = []
        for group in groups:
            former_id = group[0].account_id
            account = s.get_one(Account, former_id) if former_id else present
            assert account is not None
            outage = any(_is_late_by_outage(row, now, dark) for row in group)
            for part, reply in self._texts(work, officer, group, outage, one_by_one):
                ids = tuple(row.id for row in part if row.id is not None)
                attempt = 1 + max(row.attempts for row in part)
                batches.append(
                    Batch(
                        officer.id,
                        int(account.chat_id),
                        account.chat_key,
                        ids,
                        reply,
                        attempt,
                        was_blocked=account.blocked_at is not None and not former_id,
                        to_former=bool(former_id),
                    )
                )
                carried += part
        return batches, carried

    def hold(self, work: Work, rows: Sequence[Reminder]) -> None:
        """What falls due in a quarter of an hour, from the first on, is one message: the earlier waits for the later.

        Nothing leaves before it is due, or a quarter of an hour after it. Changes of earlier messages and
        emergencies wait for nothing; neither does what is late already.
        """
        s, now = work.session, work.now
        said = [row for row in rows if row.edits_message_id is None]
        due = [row for row in said if row.due_at <= now]
        if not due or any(
            _has_waited(row, now) or is_at_once(row) or self._is_emergency(s, row) for row in due
        ):
            return
        fresh = [row for row in said if now - TOGETHER < _due_since(row) <= now]  # waiting ones among them
        ends = min((_due_since(row) for row in fresh), default=now) + TOGETHER
        later = [row.due_at for row in said if now < row.due_at < ends]
        for row in fresh if later else ():
            if row.due_at <= now:
                row.payload = {**(row.payload or {}), SINCE: _due_since(row).isoformat()}
                row.due_at = max(later)
                s.add(row)
        s.flush()

    def _is_to_send(self, work: Work, row: Reminder, dark: Dark | None, one_by_one: bool) -> bool:
        s, now = work.session, work.now
        try:
            with s.begin_nested() if one_by_one else nullcontext():
                is_over = row.ends_at is not None and row.ends_at <= now
                why = DroppedWhy.OVER if is_over else self._unit.ports.why_untrue(work, row)
        except OF_THE_DATABASE:
            raise
        except Exception as error:
            if not one_by_one:
                raise
            self._fail(s, row, error)
            return False
        if why is not None:
            drop(row, why)
            s.add(row)
            return False
        morning = after_quiet(now, work.zone)
        if morning > now and row.edits_message_id is None and not self._is_emergency(s, row):
            if row.due_at <= now:
                if _is_late_by_outage(row, now, dark):
                    row.payload = {**(row.payload or {}), MISSED: True}
                row.due_at = morning
                s.add(row)
            return False
        return True

    def _is_emergency(self, s: Session, row: Reminder) -> bool:
        if passes_quiet_hours(row):
            return True
        # As its run was opened, whatever the pack says now.
        task = None if row.task_id is None else s.get(Task, row.task_id)
        return task is not None and declared(s, task)[0].emergency

    def _texts(
        self,
        work: Work,
        officer: Officer,
        group: list[Reminder],
        outage: bool,
        one_by_one: bool,
    ) -> list[tuple[list[Reminder], Reply]]:
        """The messages that tell the group; one by one when that fails, so that a poisonous one stands alone.

        What none of them tells is dropped: nothing is marked as sent that was not said.
        """
        try:
            with work.session.begin_nested() if one_by_one else nullcontext():
                messages = self._unit.ports.push(work, officer, tuple(group), outage)
        except OF_THE_DATABASE:
            raise
        except Exception as error:
            if not one_by_one:
                raise
            if len(group) == 1:
                self._fail(work.session, group[0], error)
                return []
            return [pair for row in group for pair in self._texts(work, officer, [row], outage, True)]
        told = {row.id for message in messages for row in message.rows}
        for row in group:
            if row.id not in told:
                drop(row, DroppedWhy.NOTHING)
                work.session.add(row)
        edited = group[0].edits_message_id
        return [(list(message.rows), _aimed(message.reply, edited)) for message in messages]

    def _fail(self, s: Session, row: Reminder, error: Exception) -> None:
        assert row.id is not None
        log.error("reminder %d can't be said: %s", row.id, place_of(error))
        mark_failed(s, [row.id], place_of(error))


def _is_late_by_outage(row: Reminder, now: datetime, dark: Dark | None) -> bool:
    """Whether nobody dispatched when it was due, or Telegram could not be reached."""
    if dark is not None and dark.covers(row, now):
        return True
    has_failed = row.error is not None and now - row.due_at > OUTAGE
    return has_failed or MISSED in (row.payload or {})


def _has_waited(row: Reminder, now: datetime) -> bool:
    """Whether it has waited for later ones long enough: the dispatcher may have looked a little late."""
    return _due_since(row) != row.due_at and _due_since(row) <= now - TOGETHER


def _due_since(row: Reminder) -> datetime:
    """When it was due before it began to wait: so nothing waits from one message to the next."""
    since = (row.payload or {}).get(SINCE)
    if not isinstance(since, str):
        return row.due_at
    first = datetime.fromisoformat(since)
    return first if row.due_at - TOGETHER < first <= row.due_at else row.due_at  # else it was moved meanwhile


def _aimed(reply: Reply, message_id: int | None) -> Reply:
    """Edits of a push know which message they change."""
    return Reply(
        tuple(
            replace(action, message_id=action.message_id or message_id)
            if isinstance(action, Edit)
            else action
            for action in reply.actions
        )
    )
