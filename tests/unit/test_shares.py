"""How several processes with one token divide what Telegram takes in a second."""

import socket
from datetime import UTC, datetime, timedelta

import pytest

from bot.shares import share_of
from storage.queries.senders import Sender

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def sender(name: str, *, pushing: bool = False, answers: int = 0, ago_s: float = 0) -> Sender:
    return Sender(f"elsewhere:{name}:x", pushing, answers, NOW - timedelta(seconds=ago_s))


@pytest.mark.parametrize(
    ("others", "share"),
    [
        pytest.param([], 30, id="alone: all of it"),
        pytest.param([sender("2", pushing=True)], 15, id="two push: half"),
        pytest.param([sender(str(n), pushing=True) for n in (2, 3, 4)], 7, id="four push"),
        pytest.param([sender("2", answers=10)], 20, id="what another answers is left to it"),
        pytest.param([sender("2")], 28, id="room for the next tap"),
        pytest.param([sender("2", pushing=True, ago_s=6)], 28, id="it has stopped pushing"),
        pytest.param([sender("2", answers=100)], 1, id="never nothing"),
        pytest.param(
            [Sender(f"{socket.gethostname()}:{2**22 + 1}:x", True, 9, NOW)],
            30,
            id="a dead one counts no more",
        ),
    ],
)
def test_each_gets_an_equal_part_of_what_answers_leave(others: list[Sender], share: int) -> None:
    mine = sender("1", pushing=True)
    assert share_of(mine.owner, [mine, *others], 30, NOW) == share
