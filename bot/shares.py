"""What one process may send of the messages that Telegram takes in a second, when several use one token.

Nobody is elected: each says in a row of its own what it sends, and reckons by the same rule from the rows of all.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.clock import real_now
from bot.leases import is_dead
from bot.pacer import PER_SECOND, Pacer
from storage.queries.senders import Sender, forget_senders, list_senders, note_sender

SAYS_EVERY = timedelta(seconds=1)  # while reminders leave; real time
PUSHES_UNTIL = timedelta(seconds=5)  # after its last word a process is taken to send no reminders any more
SPARE = 2  # messages a second left to each of the others, for the next tap


class Shares:
    """Tells the pacer of this process what the others leave."""

    def __init__(self, owner: str, pacer: Pacer) -> None:
        self._owner = owner
        self._pacer = pacer
        self._said_at: datetime | None = None  # real time

    def pushing(self, s: Session) -> None:
        """Reminders leave here: say so, and keep to what the others leave."""
        real = real_now()
        if self._said_at is None or real - self._said_at >= SAYS_EVERY:
            self._said_at = real
            self._say(s, real, is_pushing=True)
            self._pacer.share = share_of(self._owner, list_senders(s, real), PER_SECOND, real)

    def present(self, s: Session) -> None:
        """This process is there; forget those that have said nothing for long."""
        real = real_now()
        forget_senders(s, real)
        self._say(s, real, is_pushing=False)

    def _say(self, s: Session, real: datetime, *, is_pushing: bool) -> None:
        note_sender(s, Sender(self._owner, is_pushing, self._pacer.answers_lately(), real))


def share_of(owner: str, senders: Iterable[Sender], per_second: int, at: datetime) -> int:
    """Messages a second that a process may send: an equal part of what the answers of the others leave.

    Args:
        owner: the process.
        senders: the rows of all processes; dead ones of this machine don't count.
        at: real time, aware.

    Returns:
        At least 1, and all `per_second` when nobody else is there.
    """
    others = [one for one in senders if one.owner != owner and not is_dead(one.owner, owner)]
    answers = sum(max(SPARE, one.answers) for one in others if not _pushes(one, at))
    pushing = 1 + sum(_pushes(one, at) for one in others)
    return max(1, (per_second - answers) // pushing)


def _pushes(one: Sender, at: datetime) -> bool:
    return one.is_pushing and at - one.at < PUSHES_UNTIL
