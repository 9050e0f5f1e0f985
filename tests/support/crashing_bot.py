"""`python -m tests.support.crashing_bot PLACE`: the real bot, which kills itself at PLACE when it hears "/sop"."""

import os
import signal
import sys
from typing import Any

from bot.cli import main
from bot.outbox import ReplyOutbox
from bot.sender import StoredReply
from bot.workers import Gate
from handlers import routes
from handlers.ui.request import Failed, Reply, Request

WORD = "/sop"

_handle, _note, _route = Gate.handle, ReplyOutbox._note, routes.route
_heard: list[int] = []  # rows of the inbox whose reply is not to be noted


def die() -> None:
    """As a power cut: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def before_handler() -> None:
    """The update is in the inbox and confirmed to Telegram."""

    def crashing(self: Gate, row: Any, incoming: Any, file: Any, failed: Failed) -> StoredReply | None:
        if incoming.text == WORD:
            die()
        return _handle(self, row, incoming, file, failed)

    Gate.handle = crashing  # type: ignore[method-assign, assignment]


def inside_handler() -> None:
    """The handler has come to its end, nothing is committed."""

    def crashing(request: Request) -> Reply:
        answer = _route(request)
        if request.text == WORD:
            request.session.flush()
            die()
        return answer

    routes.route = crashing


def before_reply() -> None:
    """Committed, not a word said."""

    def crashing(self: Gate, row: Any, incoming: Any, file: Any, failed: Failed) -> StoredReply | None:
        stored = _handle(self, row, incoming, file, failed)
        if incoming.text == WORD:
            die()
        return stored

    Gate.handle = crashing  # type: ignore[method-assign, assignment]


def after_reply() -> None:
    """Said, but not noted as said."""

    def listening(self: Gate, row: Any, incoming: Any, file: Any, failed: Failed) -> StoredReply | None:
        stored = _handle(self, row, incoming, file, failed)
        if incoming.text == WORD and stored is not None:
            _heard.append(stored.row_id)
        return stored

    def crashing(self: ReplyOutbox, s: Any, stored: StoredReply, said: Any) -> None:
        if stored.row_id in _heard:
            die()
        _note(self, s, stored, said)

    Gate.handle = listening  # type: ignore[method-assign, assignment]
    ReplyOutbox._note = crashing  # type: ignore[method-assign]


PLACES = {place.__name__: place for place in (before_handler, inside_handler, before_reply, after_reply)}

if __name__ == "__main__":
    PLACES[sys.argv[1]]()
    sys.argv[1:] = ["run"]
    main()
