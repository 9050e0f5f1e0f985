"""One transaction's work: what every rule needs, and what it leaves to be settled before the commit."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.core.institution import Institution
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.unit import Unit
from sop_flows.errors import NotPermittedError
from storage.tables import Officer

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Work:
    """What one update, or one moment that passes, works with.

    Attributes:
        session: the open transaction.
        institution: the pack, its calendar and its file cabinet.
        now: aware UTC; of what passes while nobody was there, the moment at which it was due.
        actor: the officer who taps or types; None when time passes, or for a stranger.
        update_id: the update that is answered, if one is.
        known: what was looked up about people, by question. The copies of `at` and `by` share it.
    """

    session: Session
    institution: Institution
    now: datetime
    actor: Officer | None = None
    update_id: int | None = None
    known: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def officer(self) -> Officer:
        """The officer who acts. Raises NotPermittedError when nobody does."""
        if self.actor is None:
            raise NotPermittedError("officer")
        return self.actor

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
        """The local date of `now`."""
        return self.institution.today(self.now)

    def at(self, moment: datetime) -> Self:
        """The same work at another moment (aware UTC)."""
        return self if moment == self.now else replace(self, now=moment)

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
