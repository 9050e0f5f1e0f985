"""Keyboards: every button with one action and a label, 64 bytes, styles."""

from typing import Any

import pytest

from simulator.phones import Phone
from tests.simulator.conftest import Calls

NO_ACTION = (
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
)


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


@pytest.mark.parametrize(
    ("keyboard", "refusal"),
    [
        (inline(text="a", callback_data="x" * 65), "Bad Request: BUTTON_DATA_INVALID"),
        (inline(text="a", callback_data="é" * 33), "Bad Request: BUTTON_DATA_INVALID"),
        (inline(text="a", callback_data=""), NO_ACTION),
        (inline(text="a"), NO_ACTION),
        (inline(text="a", callback_data="x", url="https://x.id"), "Bad Request: BUTTON_TYPE_INVALID"),
        (inline(text=" ", callback_data="x"), "Bad Request: inline keyboard button text must be non-empty"),
        (
            inline(callback_data="x"),
            "Bad Request: can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            inline(text="a", callback_data="x", style="green"),
            "Bad Request: can't parse inline keyboard button: invalid button style specified",
        ),
        (
            inline(text="a", url="javascript:x"),
            "Bad Request: inline keyboard button URL 'javascript:x' is invalid: Unsupported URL protocol",
        ),
        (
            {"inline_keyboard": [{"text": "a", "callback_data": "x"}]},
            'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            {"inline_keyboard": [[{"text": "a", "callback_data": "x"}] * 8] * 13},
            "Bad Request: reply markup is too long",
        ),
        ({"keyboard": [[{"text": ""}]]}, "Bad Request: keyboard button text must be non-empty"),
        ("{", "Bad Request: can't parse reply keyboard markup JSON object"),
        ("[]", "Bad Request: object expected as reply markup"),
    ],
)
def test_a_wrong_keyboard_is_refused(ani: Phone, call: Calls, keyboard: Any, refusal: str) -> None:
    assert call("sendMessage", chat_id=ani.id, text="a", reply_markup=keyboard) == refusal


def test_sixty_four_bytes_and_a_style_are_kept(ani: Phone, call: Calls) -> None:
    button = {"text": "Selesai", "callback_data": "x" * 64, "style": "success"}
    sent = call("sendMessage", chat_id=ani.id, text="a", reply_markup={"inline_keyboard": [[button]]})
    assert sent["reply_markup"] == {"inline_keyboard": [[button]]}


def test_a_reply_keyboard_stays_until_it_is_removed(ani: Phone, call: Calls) -> None:
    sent = call(
        "sendMessage",
        chat_id=ani.id,
        text="a",
        reply_markup={"keyboard": [["Tugas saya", {"text": "Bantuan"}]]},
    )
    assert "reply_markup" not in sent
    call("sendMessage", chat_id=ani.id, text="b")
    assert ani.reply_keyboard == [["Tugas saya", "Bantuan"]]
    ani.taps("Tugas saya")
    assert ani.messages[-1].text == "Tugas saya"
    call("sendMessage", chat_id=ani.id, text="c", reply_markup={"remove_keyboard": True})
    assert ani.reply_keyboard == []
