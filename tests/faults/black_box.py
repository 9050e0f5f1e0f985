"""What outlives a kill: a small file mapped into the bot and into the test. It tells in which phase the bot died."""

import mmap
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path

WORD = struct.Struct("<q")
WORDS = 16
AIM, COUNTDOWN, DIED_AT, CLOCK, PHASES, STANDS_BY = 0, 1, 2, 3, 4, 15


class Phase(IntEnum):
    """Between which two things of the way a process can die."""

    RECEIVE = 0  # an update was fetched, it is not in the inbox yet, or not confirmed to Telegram
    COMMIT = 1  # in the transaction of a tap or of a claim
    SEND = 2  # a request is under way
    MARK = 3  # Telegram has answered, that is not written down


class Place(IntEnum):
    """Where the bot can be told to die. Those that end in PERFORMED are the simulator's to do."""

    NOWHERE = 0
    RECEIVE_BEFORE = 10
    RECEIVE_INSIDE = 11
    RECEIVE_AFTER = 12  # committed, Telegram doesn't know
    TAP_BEFORE = 20
    TAP_INSIDE = 21
    TAP_AFTER = 22  # committed, not a word said
    CLAIM_INSIDE = 23
    CLAIM_AFTER = 24  # leased, nothing sent
    REPLY_BEFORE = 30
    REPLY_PERFORMED = 31  # it has reached the phone, the bot has no answer
    REPLY_AFTER = 32
    PUSH_BEFORE = 33
    PUSH_PERFORMED = 34
    PUSH_AFTER = 35
    REPLIED_BEFORE = 40  # the reply is out, the inbox doesn't know
    REPLIED_AFTER = 41
    SENT_BEFORE = 42  # the reminder is out, its row doesn't know
    SENT_INSIDE = 43
    SENT_AFTER = 44

    @property
    def phase(self) -> Phase:
        """Of which phase it is."""
        return Phase(self // 10 - 1)


class BlackBox:
    """One mapped file; both sides open it."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(WORDS * WORD.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), WORDS * WORD.size)
        self._lock = threading.Lock()

    def _get(self, at: int) -> int:
        return int(WORD.unpack_from(self._map, at * WORD.size)[0])

    def _set(self, at: int, value: int) -> None:
        WORD.pack_into(self._map, at * WORD.size, value)

    # the test

    def aim(self, place: Place, passage: int) -> None:
        """Die at the n-th passage from now on."""
        self._set(COUNTDOWN, passage)
        self._set(AIM, place)

    @property
    def stands_by(self) -> bool:
        """Whether it has seen that another process owns the unit."""
        return self._get(STANDS_BY) != 0

    @property
    def died_at(self) -> Place:
        """Where it died as told; NOWHERE when it was killed from outside."""
        return Place(self._get(DIED_AT))

    @property
    def phase(self) -> Phase | None:
        """In which phase it was: the one entered last of those it had not left."""
        entered = {
            phase: self._get(PHASES + 2 * phase + 1) for phase in Phase if self._get(PHASES + 2 * phase) > 0
        }
        return max(entered, key=lambda phase: entered[phase], default=None)

    # the bot

    def note_standing_by(self) -> None:
        """Another process owns the unit."""
        self._set(STANDS_BY, 1)

    @contextmanager
    def within(self, phase: Phase) -> Iterator[None]:
        """The process is in this phase."""
        with self._lock:
            self._set(CLOCK, self._get(CLOCK) + 1)
            self._set(PHASES + 2 * phase, self._get(PHASES + 2 * phase) + 1)
            self._set(PHASES + 2 * phase + 1, self._get(CLOCK))
        try:
            yield
        finally:
            with self._lock:
                self._set(PHASES + 2 * phase, self._get(PHASES + 2 * phase) - 1)

    def is_hit(self, place: Place) -> bool:
        """One passage of this place; whether it is the one at which to die."""
        with self._lock:
            if self._get(AIM) != place:
                return False
            self._set(COUNTDOWN, self._get(COUNTDOWN) - 1)
            if self._get(COUNTDOWN) > 0:
                return False
            self._set(DIED_AT, place)
            return True
