"""One transaction's work: what every rule needs, and what it leaves to be settled before the commit."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlmodel import Session

from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.core.institution import Institution
from sop_flows.core.notices import Notice, to_payload
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.unit import Unit
from sop_flows.errors import NotPermittedError
from storage.tables import Confirmation, Officer, Reminder, ReminderKind, Run, Task

Answer = TypeVar("Answer")


@dataclass
class Opened:
    """The tasks and runs that opened because of one event."""

    tasks: list[Task] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """What one update, or one moment that passes, works with.

    Attributes:
        session: the open transaction.
        institution: the pack, its calendar and its file cabinet.
        now: aware UTC; of what passes while nobody was there, the moment at which it was due.
        actor: the officer who taps or types; None when time passes, or for a stranger.
        update_id: the update that is answered, if one is.
        phone_id: the account from which the actor taps or types.
        cause: the confirmation that all this follows from, None of the passing of time; see core/journal.py.
        said_at: when Telegram had what the officer typed or tapped, aware UTC, `now` at the latest; the bot may have
            been off until `now`. None when nobody said anything.
        opened: the tasks and runs that opened because of this event.
        touched: tasks whose reminders are planned anew when the work is settled, with the moment of the first touch.
        notices: what is to be told to others, and of which task.
        known: what was looked up about people, by question. The copies of `at` and `by` share it.
    """

    session: Session
    institution: Institution
    now: datetime
    actor: Officer | None = None
    update_id: int | None = None
    phone_id: int | None = None
    cause: Confirmation | None = None
    said_at: datetime | None = None
    opened: Opened = field(default_factory=Opened)
    touched: dict[int, tuple[Task, datetime]] = field(default_factory=dict)
    notices: list[tuple[Reminder, Task | None]] = field(default_factory=list)
    known: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def officer(self) -> Officer:
        """The officer who acts. Raises NotPermittedError when nobody does."""
        if self.actor is None:
            raise NotPermittedError("officer")
        return self.actor

    @property
    def actor_id(self) -> int | None:
        """The id of the officer who acts; None when nobody does."""
        return None if self.actor is None else self.actor.id

    @property
    def pack(self) -> Pack:
        """The SOPs and the unit that the institution works by."""
        return self.institution.pack

    @property
    def unit(self) -> Unit:
        """The unit of the pack: roles, calendar, limits."""
        return self.institution.pack.unit

    @property
    def office(self) -> OfficeHours:
        """The unit's working time."""
        return self.institution.office

    @property
    def zone(self) -> ZoneInfo:
        """The unit's time zone (Asia/Makassar, WITA)."""
        return self.institution.zone

    @property
    def today(self) -> date:
        """The local date on which the officer said it: work is dated by that, not by when it was handled."""
        return self.institution.today(self.said_at or self.now)

    def at(self, moment: datetime) -> Self:
        """The same work at another moment (aware UTC)."""
        return self if moment == self.now else replace(self, now=moment, said_at=None)

    def because(self, said: Confirmation | None) -> Self:
        """The same work, as what follows from this confirmation, or (None) from another event."""
        return replace(self, cause=said, opened=Opened())

    def touch(self, task: Task) -> None:
        """Something about the task, its parts or entries changed: its reminders are planned anew."""
        self.touched.setdefault(task.id or 0, (task, self.now))

    def notify(
        self,
        to: int,
        notice: Notice,
        task: Task | None = None,
        *,
        at: datetime | None = None,
        edits: int | None = None,
        ends_at: datetime | None = None,
        account: int | None = None,
    ) -> None:
        """Owe an officer a notice: whatever is said to anyone but the officer who tapped is such a row.

        Args:
            to: the officer's id.
            at: when it is said, or out of the quiet hours after that; None: now.
            edits: the message that is changed instead of a new one; that is done at any hour.
            ends_at: from when on it is not said any more.
            account: the phone to which it is said, one that was the officer's; None: the present one.
        """
        task_id = None if task is None else task.id
        row = Reminder(
            key=f"notice:{to}:{notice.word}:{task_id or 0}:{uuid4().hex}",  # each is owed, even twice the same
            kind=ReminderKind.NOTICE,
            officer_id=to,
            account_id=account,
            task_id=task_id,
            rule=notice.word,
            due_at=at or self.now,
            ends_at=ends_at,
            payload=to_payload(notice),
            edits_message_id=edits,
            created_at=self.now,
        )
        self.notices.append((row, task))

    def by(self, officer: Officer) -> Self:
        """The same work, done by this officer."""
        return self if officer is self.actor else replace(self, actor=officer)

    def once(self, question: Hashable, ask: Callable[[], Answer]) -> Answer:
        """What `ask()` answered to this question before in this work: who is who is asked hundreds of times."""
        if question not in self.known:
            self.known[question] = ask()
        answer: Answer = self.known[question]
        return answer

    def forget(self) -> None:
        """Officers, their roles or their leave were written to, or a savepoint was taken back: look them up anew."""
        self.known.clear()
