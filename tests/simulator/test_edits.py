"""Editing and deleting: what is there, is one's own, has changed, and is young enough."""

from typing import Any

import pytest

from simulator.clock import SimClock
from simulator.phones import Phone
from simulator.world import World
from tests.simulator.conftest import Calls

BUTTON = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


@pytest.fixture
def card(ani: Phone, call: Calls) -> int:
    return int(call("sendMessage", chat_id=ani.id, text="kartu", reply_markup=BUTTON)["message_id"])


def test_an_edit_changes_the_message_where_it_stands(
    ani: Phone, call: Calls, card: int, clock: SimClock
) -> None:
    clock.advance(60)
    edited = call(
        "editMessageText", chat_id=ani.id, message_id=card, text="<b>selesai</b>", parse_mode="HTML"
    )
    assert (edited["text"], edited["edit_date"] - edited["date"]) == ("selesai", 60)
    assert [m.text for m in ani.received] == ["selesai"]


def test_everything_is_dated_in_whole_seconds_by_one_clock(
    world: World, ani: Phone, call: Calls, clock: SimClock
) -> None:
    """What is typed when it reaches Telegram, what is said when it was sent, an edit when it was made."""
    start = int(clock.now().timestamp())
    clock.advance(0.9)
    sent = call("sendMessage", chat_id=ani.id, text="kartu")
    clock.advance(1.0)
    typed = ani.types("23,5")[0]
    clock.advance(0.2)
    edited = call("editMessageText", chat_id=ani.id, message_id=sent["message_id"], text="berikutnya")
    clock.advance(5)
    assert (
        call("editMessageText", chat_id=ani.id, message_id=sent["message_id"], text="berikutnya")
        == NOT_MODIFIED
    )
    (update,) = world.take_updates()
    assert (sent["date"], typed.date, edited["date"], edited["edit_date"]) == (
        start,
        start + 1,
        start,
        start + 2,
    )
    assert update["message"]["date"] == start + 1
    assert world.message_json(world.messages[ani.id][sent["message_id"]])["edit_date"] == start + 2


def test_an_edit_without_a_keyboard_takes_it_away(ani: Phone, call: Calls, card: int) -> None:
    assert "reply_markup" not in call("editMessageText", chat_id=ani.id, message_id=card, text="kartu")
    assert ani.labels() == []


def test_the_same_again_is_not_modified(ani: Phone, call: Calls, card: int) -> None:
    same: dict[str, Any] = {"chat_id": ani.id, "message_id": card, "reply_markup": BUTTON}
    assert call("editMessageText", **same, text="kartu") == NOT_MODIFIED
    assert call("editMessageText", **same, text=" kartu ") == NOT_MODIFIED
    assert call("editMessageReplyMarkup", **same) == NOT_MODIFIED


def test_what_cannot_be_edited(world: World, ani: Phone, call: Calls, card: int) -> None:
    edit: dict[str, Any] = {"chat_id": ani.id, "text": "x"}
    own = ani.types("halo")[0]
    menu = call("sendMessage", chat_id=ani.id, text="m", reply_markup={"keyboard": [["a"]]})["message_id"]
    place = call("sendLocation", chat_id=ani.id, latitude=-8.5, longitude=116.1)["message_id"]
    assert call("editMessageText", **edit, message_id=99) == "Bad Request: message to edit not found"
    assert call("editMessageText", **edit, message_id=own.id) == "Bad Request: message can't be edited"
    assert call("editMessageText", **edit, message_id=menu) == "Bad Request: message can't be edited"
    assert (
        call("editMessageText", **edit, message_id=place)
        == "Bad Request: there is no text in the message to edit"
    )
    assert (
        call("editMessageCaption", chat_id=ani.id, message_id=card, caption="x")
        == "Bad Request: there is no caption in the message to edit"
    )
    assert (
        call("editMessageText", chat_id=ani.id, message_id=card, text="a" * 4097)
        == "Bad Request: message is too long"
    )
    call("deleteMessage", chat_id=ani.id, message_id=card)
    assert call("editMessageText", **edit, message_id=card) == "Bad Request: message to edit not found"


def test_both_sides_are_deleted_within_48_hours(ani: Phone, call: Calls, card: int, clock: SimClock) -> None:
    own = ani.types("23,5")[0]
    clock.advance(48 * 3600)
    assert call("deleteMessages", chat_id=ani.id, message_ids=[card, own.id, 77]) is True
    assert [m.text for m in ani.messages] == ["/start"]
    assert (
        call("deleteMessage", chat_id=ani.id, message_id=card) == "Bad Request: message to delete not found"
    )


def test_after_48_hours_nothing_is_deleted_but_edits_still_work(
    ani: Phone, call: Calls, card: int, clock: SimClock
) -> None:
    clock.advance(48 * 3600 + 1)
    assert (
        call("deleteMessage", chat_id=ani.id, message_id=card)
        == "Bad Request: message can't be deleted for everyone"
    )
    assert call("editMessageText", chat_id=ani.id, message_id=card, text="kosong")["text"] == "kosong"


def test_protection_given_at_the_start_stays_through_edits(ani: Phone, call: Calls) -> None:
    sent = call("sendMessage", chat_id=ani.id, text="No. 017", protect_content=True)
    edited = call(
        "editMessageText", chat_id=ani.id, message_id=sent["message_id"], text="No. 017 Anak Rekaan"
    )
    assert edited["has_protected_content"] is True
    plain = call("sendMessage", chat_id=ani.id, text="a")["message_id"]
    assert "has_protected_content" not in call(
        "editMessageText", chat_id=ani.id, message_id=plain, text="b", protect_content=True
    )
