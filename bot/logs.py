"""Log lines on stderr: time, level, place, what happened. No names, no words of officers, no token."""

import json
import logging
import sys
import time

from storage.types import UnsealError

# httpx writes every URL at INFO, and the URL has the token in it.
LOUD = ("httpx", "httpcore", "telegram", "apscheduler", "uvicorn", "asyncio", "alembic")

# They quote an answer of the server that can't be read, and Telegram's answers repeat what was said. Our rooms log the
# trouble without its words.
QUOTING = ("telegram.request.BaseRequest",)


class _JsonLines(logging.Formatter):
    """One object a line, for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": self.formatTime(record, self.datefmt) + "Z",
            "level": record.levelname,
            "place": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


class ElsewhereError(Exception):
    """An error of another process of ours; its words are the class and place of that one, as `place_of` says them."""


def set_up_logging(level: str, style: str = "text") -> None:
    """Log our own rooms at `level`, libraries only from WARNING on.

    Args:
        style: "text", or "json" for an object a line.
    """
    handler = logging.StreamHandler(sys.stderr)
    kind = _JsonLines if style == "json" else logging.Formatter
    lines = kind("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    lines.converter = time.gmtime
    handler.setFormatter(lines)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in QUOTING:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def place_of(error: BaseException) -> str:
    """Class and place of an error, for logs and doctor: never its message, which may quote an officer.

    Of a sealed value that can't be read the message is told instead: it says which column and row; so is that of another
    process, which says its class and place.
    """
    if isinstance(error, UnsealError):
        return f"UnsealError: {error}"
    if isinstance(error, ElsewhereError):
        return str(error)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return f"{type(error).__name__} in {module}.{code.co_name}:{trace.tb_lineno}"
