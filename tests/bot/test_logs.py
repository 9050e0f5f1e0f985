"""What the log must not hold."""

import logging
from collections.abc import Iterator

import pytest
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.logs import QUOTING, set_up_logging


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Set up as the process does it, on a stderr that is read here; taken back afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    set_up_logging("DEBUG")
    yield capsys
    root.handlers[:] = before
    root.setLevel(level)
    for name in QUOTING:
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_an_answer_that_is_cut_off_is_not_quoted(log: pytest.CaptureFixture[str]) -> None:
    """Telegram's answer to a message repeats the message."""
    with pytest.raises(TelegramError):
        HTTPXRequest.parse_json_payload(b'{"ok": true, "result": {"text": "Anak Contoh 01 belum')
    logging.getLogger("bot").error("the log is read")
    said = log.readouterr().err
    assert "the log is read" in said
    assert "Anak Contoh" not in said
