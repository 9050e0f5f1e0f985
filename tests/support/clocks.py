"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

WITA = ZoneInfo("Asia/Makassar")


def wita(text: str) -> datetime:
    """`2026-12-01 07.30` on the wall clock in Mataram, as aware UTC."""
    local = datetime.strptime(text.replace(".", ":"), "%Y-%m-%d %H:%M").replace(tzinfo=WITA)
    return local.astimezone(UTC)


class TownClock:
    """`now()` for the bot and the simulator alike."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Aware UTC."""
        return self._at

    def set(self, at: datetime | str) -> None:
        """Move to `at`: an aware datetime, or `2026-12-01 07.30` WITA."""
        self._at = wita(at) if isinstance(at, str) else at.astimezone(UTC)

    def advance(self, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass; nothing is sent until the town settles."""
        self._at += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
