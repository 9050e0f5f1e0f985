"""Updates that wait for the bot, kept for a day as Telegram does."""

from dataclasses import dataclass, field
from typing import Any

from simulator.switches import UPDATES_KEPT_S

JSON = dict[str, Any]

FIRST_UPDATE_ID = 500_000_001
NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")


@dataclass
class Waiting:
    update: JSON
    at: float  # simulated, seconds since 1970
    again: bool = False  # an old number on purpose: given out once, whatever the offset says
    given: bool = False

    @property
    def id(self) -> int:
        number = self.update.get("update_id")
        return number if isinstance(number, int) else 0


@dataclass
class UpdateQueue:
    next_id: int = FIRST_UPDATE_ID
    waiting: list[Waiting] = field(default_factory=list)
    allowed: list[str] | None = None  # None: Telegram's default
    confirmed_until: int = 0  # ids below this were confirmed by the bot

    def add(self, kind: str, payload: JSON, now: float) -> JSON | None:
        """Queue an update of `kind`; None where the bot has said that it does not want that kind."""
        if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
            return None
        update = {"update_id": self.next_id, kind: payload}
        self.next_id += 1
        self.waiting.append(Waiting(update, now))
        return update

    def inject(self, update: JSON, now: float) -> JSON:
        """Queue any JSON; it keeps its own update_id if it has one, even an old one."""
        if "update_id" not in update:
            update = {"update_id": self.next_id, **update}
        number = update["update_id"]
        again = not isinstance(number, int) or number < self.confirmed_until
        if isinstance(number, int) and number >= self.next_id:
            self.next_id = number + 1
        self.waiting.append(Waiting(update, now, again))
        return update

    def take(self, offset: int, limit: int, now: float) -> list[JSON]:
        """Confirm everything below `offset` and give out what is next, oldest first."""
        self.drop_old(now)
        if offset < 0:
            offset = self.waiting[offset:][0].id if self.waiting else 0
        if offset > 0:
            self.confirmed_until = max(self.confirmed_until, offset)
            self.waiting = [w for w in self.waiting if (not w.given if w.again else w.id >= offset)]
        out = sorted(self.waiting, key=lambda w: (not w.again, w.id))[:limit]
        for entry in out:
            entry.given = True
        return [entry.update for entry in out]

    def remove(self, entry: Waiting) -> None:
        """A webhook took it."""
        self.waiting = [w for w in self.waiting if w is not entry]
        self.confirmed_until = max(self.confirmed_until, entry.id + 1)

    def drop_old(self, now: float) -> None:
        self.waiting = [w for w in self.waiting if now - w.at <= UPDATES_KEPT_S]

    def is_ready(self, offset: int) -> bool:
        """Whether a poll with `offset` would get something now."""
        return any((not w.given) if w.again else w.id >= offset for w in self.waiting)
