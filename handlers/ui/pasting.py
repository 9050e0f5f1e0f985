"""A long paste: Telegram cuts it into messages of 4096 characters, and no piece is an answer of its own."""

from datetime import datetime, timedelta

from handlers.ui.request import Request

SPLIT_AT = 4000  # characters; Telegram cuts at 4096, a little earlier where a line ends
SAME_PASTE = timedelta(seconds=5)  # within which the pieces of one paste arrive


def is_cut(text: str) -> bool:
    """Whether the text may go on in the next message."""
    return len(text) >= SPLIT_AT


def stamp(request: Request) -> str:
    """When the piece was sent (ISO): kept with the question, for the next piece."""
    return (request.message_sent_at or request.now).isoformat()


def is_rest(request: Request, cut_at: str) -> bool:
    """Whether the words are a further piece of the text that was cut at `cut_at` ("": none was)."""
    if not cut_at:
        return False
    sent_at = request.message_sent_at or request.now
    return abs(sent_at - datetime.fromisoformat(cut_at)) <= SAME_PASTE
