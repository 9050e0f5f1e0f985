"""A clock that can be moved, shared with the bot through `clock.json` in the data folder.

Simulated now = since + offset + (real now - since) * rate.
"""

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCK_FILE = "clock.json"
FASTEST = 86_400.0  # a day in a second


def system_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Setting:
    offset: float  # seconds that the simulated clock was ahead at `since`
    rate: float  # simulated seconds in a real one
    since: datetime  # real, aware, UTC


class SimClock:
    """The simulated clock.

    Args:
        data_dir: where `clock.json` is kept; None keeps it in memory.
        real_now: the real time, aware UTC.

    Attributes:
        next_due: when the bot next owes a reminder, as somebody who asked it said; None where it owes none.
    """

    def __init__(self, data_dir: Path | None = None, real_now: Callable[[], datetime] = system_now) -> None:
        self._data_dir = data_dir
        self._real_now = real_now
        self.next_due: datetime | None = None
        self.setting = self._read() or Setting(0.0, 1.0, real_now())
        self._write()

    @classmethod
    def standing_at(cls, at: datetime) -> "SimClock":
        """A clock for tests that moves only when it is moved."""
        return cls(None, lambda: at)

    def now(self) -> datetime:
        """Simulated, aware, UTC."""
        setting = self.setting
        passed = (self._real_now() - setting.since).total_seconds() * setting.rate
        return setting.since + timedelta(seconds=setting.offset + passed)

    def advance(self, seconds: float) -> None:
        self.move_to(self.now() + timedelta(seconds=seconds))

    def move_to(self, at: datetime) -> None:
        """Set the simulated time to `at` (aware) and go on at the present rate."""
        real = self._real_now()
        self._set(Setting((at.astimezone(UTC) - real).total_seconds(), self.setting.rate, real))

    def play(self, rate: float) -> None:
        """Let `rate` simulated seconds pass in a real one; 1 is the ordinary pace."""
        if not 0 < rate <= FASTEST:
            raise ValueError(f"rate must be above 0 and at most {FASTEST:.0f}")
        real = self._real_now()
        self._set(Setting((self.now() - real).total_seconds(), rate, real))

    def move_to_next_due(self) -> bool:
        """Jump to the next reminder; False where there is none ahead."""
        at = self.next_due
        if at is None or at <= self.now():
            return False
        self.move_to(at)
        return True

    def _set(self, setting: Setting) -> None:
        self.setting = setting
        self._write()

    def _read(self) -> Setting | None:
        if self._data_dir is None:
            return None
        try:
            stored = json.loads((self._data_dir / CLOCK_FILE).read_text())
            since = datetime.fromisoformat(stored["since"])
            return Setting(float(stored["offset"]), float(stored["rate"]), since.astimezone(UTC))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self) -> None:
        """A new file under the old name in one step: the bot never reads half of it."""
        if self._data_dir is None:
            return
        setting = self.setting
        body = {"offset": setting.offset, "rate": setting.rate, "since": setting.since.isoformat()}
        self._data_dir.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._data_dir, prefix=".clock-")
        with os.fdopen(handle, "w") as file:
            json.dump(body, file)
        os.replace(name, self._data_dir / CLOCK_FILE)
