"""The bot's username, remembered for links that open it when Telegram can't be asked."""

from datetime import datetime

from sqlmodel import Session

from storage.tables import Vital

BOT_NAME = "bot_username"


def remember_bot_name(s: Session, name: str, now: datetime) -> None:
    """Keep it for the next invitation."""
    row = s.get(Vital, BOT_NAME) or Vital(name=BOT_NAME, value=name, at=now)
    if row.value != name or row.at == now:
        row.value, row.at = name, now
        s.add(row)


def find_bot_name(s: Session) -> str | None:
    """The username without @, None before Telegram was first asked."""
    row = s.get(Vital, BOT_NAME)
    return None if row is None else row.value
