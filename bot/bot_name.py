"""Asks Telegram for the bot's username, for the link in an invitation; nobody waits long for it."""

import threading

import httpx

from bot.settings import Settings

WITHIN_S = 4.0  # an invitation does not wait longer for its link


def ask_bot_name(settings: Settings) -> str | None:
    """The username as Telegram says it, without @; None when it can't be reached or refuses the token."""
    if not settings.token:
        return None
    found: list[str | None] = []
    # In a thread of its own: looking up the address can hang for longer than any timeout of the request.
    asking = threading.Thread(target=lambda: found.append(_ask(settings)), daemon=True)
    asking.start()
    asking.join(WITHIN_S)
    return found[0] if found else None


def _ask(settings: Settings) -> str | None:
    try:
        answer = httpx.get(f"{settings.api_base_url}/bot{settings.token}/getMe", timeout=WITHIN_S)
        said = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    name = (
        said["result"].get("username")
        if isinstance(said, dict) and isinstance(said.get("result"), dict)
        else None
    )
    return name if isinstance(name, str) else None
