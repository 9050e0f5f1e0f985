"""What Telegram's refusals mean for what was to be said: later, never (blocked), or not like this."""

import os
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

os.environ.setdefault("PTB_TIMEDELTA", "true")  # else PTB warns each time it reads a RetryAfter

BACK_OFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)  # after the first, second ... failure of the network; the last stays

UNREADABLE_MAX = 3  # tries; a server that took a message and answers nonsense would get it for ever

NO_SUCH_CHAT = "chat not found"  # 400, of an account that was deleted or never wrote to this bot
NOT_MODIFIED = "message is not modified"
EDIT_IMPOSSIBLE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
    "message identifier is not specified",
)
_QUOTED = re.compile(r'"[^"]*"|<[^>]*>')


class UnreadableAnswerError(NetworkError):
    """The server said 200, and the rest is not what the Bot API answers."""


@dataclass(frozen=True)
class Consequence:
    """`later`: wait_s seconds; `blocked`: nobody can be reached here; `refused`: Telegram won't take this."""

    kind: Literal["later", "blocked", "refused"]
    wait_s: float = 0.0
    words: str = ""


def consequence_of(error: TelegramError, attempt: int) -> Consequence:
    """What to do after `error`; `attempt` counts from 1."""
    words = f"{type(error).__name__}: {_QUOTED.sub('...', error.message)[:120]}"
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return Consequence(
            "later", wait.total_seconds() if isinstance(wait, timedelta) else float(wait), words
        )
    if isinstance(error, Forbidden) or says(error, NO_SUCH_CHAT):
        return Consequence("blocked", words=words)
    if isinstance(error, BadRequest | ChatMigrated):
        return Consequence("refused", words=words)
    if isinstance(error, UnreadableAnswerError) and attempt >= UNREADABLE_MAX:
        return Consequence("refused", words=words)
    # The network, 5xx, an answer that is none: BadRequest is a NetworkError too, so it is asked for first.
    return Consequence("later", BACK_OFF_S[min(attempt, len(BACK_OFF_S)) - 1], words)


def says(error: TelegramError, *sentences: str) -> bool:
    """Whether Telegram's description holds one of these, whatever the case."""
    said = error.message.lower()
    return any(sentence in said for sentence in sentences)
