"""Words that are not taken: the pieces of a long paste, which Telegram cuts at 4096 characters, and what is too long."""

from datetime import datetime, timedelta

from handlers.ui.request import Delete, Reply, Request

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


def left_standing(request: Request, answer: Reply) -> Reply:
    """The answer, and what was typed stays in the chat: it is not recorded, and need not be typed anew to be sent again."""
    return Reply(
        tuple(
            one
            for one in answer.actions
            if not (isinstance(one, Delete) and one.message_id == request.message_id)
        )
    )
