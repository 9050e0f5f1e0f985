"""Limits and habits of Telegram that a test or the demo may turn on, off or aside."""

from dataclasses import dataclass

MAX_TEXT = 4096  # characters after parsing entities, counted in UTF-16 units
MAX_CAPTION = 1024
MAX_TOAST = 200  # answerCallbackQuery
DELETE_WITHIN_S = 48 * 3600
UPDATES_KEPT_S = 24 * 3600
DOWNLOAD_LIMIT_BYTES = 20 * 1024 * 1024
UPLOAD_LIMIT_BYTES = 50 * 1024 * 1024
PHOTO_LIMIT_BYTES = 10 * 1024 * 1024


@dataclass
class Switches:
    """Each field is one switch of `POST /sim/switches`."""

    limits: bool = False  # refuse with 429 beyond the rates below
    overall_per_second: int = 30
    chat_per_second: int = 1
    chat_burst: int = 3  # short bursts in one chat are let through
    group_per_minute: int = 20
    answer_taps_within_s: float = 900.0  # simulated; a tap is too old to be answered after that
    inaccessible_after_s: float | None = None  # a tap on an older message comes with a message of date 0
    must_start: bool = True  # a bot cannot write first; off: every phone can be written to
    group_privacy: bool = True  # in groups the bot sees commands, mentions and replies to it only
