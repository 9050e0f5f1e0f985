"""Keyboards under a message: what Telegram takes, and how it words what it does not."""

import json
from typing import Any

from simulator.refusals import bad_request

JSON = dict[str, Any]

CALLBACK_DATA_BYTES = 64
MAX_INLINE_BUTTONS = 100  # more: "reply markup is too long"
STYLES = ("", "default", "primary", "success", "danger")
INLINE_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def parse_reply_markup(value: Any) -> JSON | None:
    """A checked keyboard, or None where there is none.

    Raises:
        Refusal: with Telegram's words for the first thing wrong.
    """
    if value in (None, ""):
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if value.get("keyboard"):
        return {**value, "keyboard": _rows(value["keyboard"], "keyboard", _reply_button)}
    if value.get("inline_keyboard"):
        rows = _rows(value["inline_keyboard"], "inline_keyboard", _inline_button)
        if sum(len(row) for row in rows) > MAX_INLINE_BUTTONS:
            raise bad_request("reply markup is too long")
        return {"inline_keyboard": [row for row in rows if row]} if any(rows) else None
    if value.get("remove_keyboard"):
        return {"remove_keyboard": True}
    if value.get("force_reply"):
        return value
    return None


def _rows(rows: Any, field: str, check: Any) -> list[list[JSON]]:
    place = f'Field "{field}"' + (" of the InlineKeyboardMarkup" if field == "inline_keyboard" else "")
    if not isinstance(rows, list):
        raise bad_request(f'field "{field}" must be of type Array')
    for row in rows:
        if not isinstance(row, list):
            raise bad_request(f"{place[0].lower()}{place[1:]} must be an Array of Arrays")
    return [[check(button) for button in row] for row in rows]


def _reply_button(button: Any) -> JSON:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    _check_text_and_style(button, "keyboard button")
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    return button


def _inline_button(button: Any) -> JSON:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    _check_text_and_style(button, "inline keyboard button")
    actions = [name for name in INLINE_ACTIONS if button.get(name) is not None]
    if not actions or (actions == ["callback_data"] and button["callback_data"] == ""):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise bad_request("BUTTON_TYPE_INVALID")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    data = button.get("callback_data")
    if data is not None and (not isinstance(data, str) or len(data.encode()) > CALLBACK_DATA_BYTES):
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://", "tel:")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    return button


def _check_text_and_style(button: JSON, what: str) -> None:
    if not isinstance(button.get("text"), str):
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if str(button.get("style") or "").lower() not in STYLES:
        raise bad_request(f"can't parse {what}: invalid button style specified")
