"""Callback data is user input: whatever is packed parses back, and whatever else comes is refused, never a crash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.ui.request import MAX_BYTES, ButtonError, Press, pack, parse

verbs = st.from_regex(r"[a-z_]{1,24}", fullmatch=True)
numbers = st.lists(st.integers(-(10**17), 10**17), max_size=6)
words = st.text(st.characters(exclude_characters="~\n", codec="utf-8"), max_size=40)


@given(verbs, numbers, words)
def test_what_is_packed_parses_back(verb: str, values: list[int], word: str) -> None:
    try:
        data = pack(verb, *values, word=word)
    except ButtonError:
        return  # too long for Telegram: said when the button is made, not when it is tapped
    assert len(data.encode()) <= MAX_BYTES
    assert parse(data) == Press(verb, tuple(values), word)


@given(st.text(max_size=80))
def test_anything_else_is_a_press_or_refused(data: str) -> None:
    try:
        press = parse(data)
    except ButtonError:
        return
    assert pack(press.verb, *press.numbers, word=press.word).startswith("1.")


@pytest.mark.parametrize(
    "data", ["", "1", "1.", "2.task_open.1", "1.Task", "1.a.b", "1.a.1~b~c", "1.a." + "9" * 19]
)
def test_forged_data_is_refused(data: str) -> None:
    with pytest.raises(ButtonError):
        parse(data)


def test_a_press_without_its_number_says_so() -> None:
    with pytest.raises(ButtonError):
        parse("1.task_open").number(0)
