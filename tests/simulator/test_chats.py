"""Who can be written to, groups, commands, and taps."""

import pytest

from simulator.clock import SimClock
from simulator.methods.profile import commands_of
from simulator.phones import Phone, PhoneError
from simulator.world import World
from tests.simulator.conftest import Calls

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
BUTTON = {"inline_keyboard": [[{"text": "Selesai", "callback_data": "x"}]]}


def test_a_bot_cannot_write_first(world: World, call: Calls) -> None:
    budi = world.phone("Budi Rekaan")
    assert call("sendMessage", chat_id=budi.id, text="a") == "Bad Request: chat not found"
    assert call("sendMessage", chat_id=12345, text="a") == "Bad Request: chat not found"
    assert call("sendMessage", text="a") == "Bad Request: chat_id is empty"
    budi.starts()
    assert call("sendMessage", chat_id=budi.id, text="a")["message_id"] == 2


def test_a_blocked_bot_is_told_and_refused(world: World, ani: Phone, call: Calls) -> None:
    ani.blocks()
    assert world.take_updates()[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert call("sendMessage", chat_id=ani.id, text="a") == "Forbidden: bot was blocked by the user"
    with pytest.raises(PhoneError):
        ani.types("halo")
    ani.unblocks()
    assert call("sendMessage", chat_id=ani.id, text="a")["text"] == "a"


def test_in_a_group_the_bot_hears_what_is_meant_for_it(world: World, ani: Phone, call: Calls) -> None:
    group = world.group("Grup Rekaan", [ani])
    assert (
        call("sendMessage", chat_id=group.id, text="a") == "Forbidden: bot is not a member of the group chat"
    )
    group.adds_bot(ani)
    sent = call("sendMessage", chat_id=group.id, text="Saya bekerja di percakapan pribadi.")
    world.take_updates()
    group.says(ani, "halo semua")
    group.says(ani, "/tugas")
    group.says(ani, "baik", reply_to=group.received[0])
    assert [u["message"]["text"] for u in world.take_updates()] == ["/tugas", "baik"]
    assert sent["chat"] == {"id": group.id, "type": "group", "title": "Grup Rekaan"}
    assert call("leaveChat", chat_id=group.id) is True
    assert world.take_updates()[0]["my_chat_member"]["new_chat_member"]["status"] == "left"
    assert (
        call("sendMessage", chat_id=group.id, text="a") == "Forbidden: bot is not a member of the group chat"
    )


def test_a_bot_thrown_out_of_a_group(world: World, ani: Phone, call: Calls) -> None:
    group = world.group("Grup Rekaan", [ani], kind="supergroup")
    group.adds_bot(ani)
    group.removes_bot(ani)
    assert (
        call("sendMessage", chat_id=group.id, text="a")
        == "Forbidden: bot was kicked from the supergroup chat"
    )


def test_a_tap_is_answered_once(world: World, ani: Phone, call: Calls) -> None:
    call("sendMessage", chat_id=ani.id, text="a", reply_markup=BUTTON)
    tap = ani.taps("Selesai")
    assert world.take_updates()[0]["callback_query"]["data"] == "x"
    assert call("answerCallbackQuery", callback_query_id=tap.id, text="Tercatat", show_alert=True) is True
    assert (ani.world.taps[str(tap.id)].text, ani.world.taps[str(tap.id)].show_alert) == ("Tercatat", True)
    assert call("answerCallbackQuery", callback_query_id=tap.id) == TOO_OLD
    assert call("answerCallbackQuery", callback_query_id="1") == TOO_OLD


def test_a_tap_grows_too_old(ani: Phone, call: Calls, clock: SimClock) -> None:
    call("sendMessage", chat_id=ani.id, text="a", reply_markup=BUTTON)
    tap = ani.taps("Selesai")
    clock.advance(901)
    assert call("answerCallbackQuery", callback_query_id=tap.id) == TOO_OLD


def test_a_tap_on_a_message_that_cannot_be_reached(
    world: World, ani: Phone, call: Calls, clock: SimClock
) -> None:
    world.switches.inaccessible_after_s = 3600
    sent = call("sendMessage", chat_id=ani.id, text="a", reply_markup=BUTTON)
    clock.advance(3601)
    ani.taps("Selesai")
    shown = world.take_updates()[0]["callback_query"]["message"]
    assert shown == {"message_id": sent["message_id"], "chat": world.chat(ani.id), "date": 0}


def test_an_old_button_can_still_be_tapped_when_asked_for(world: World, ani: Phone, call: Calls) -> None:
    sent = call("sendMessage", chat_id=ani.id, text="a", reply_markup=BUTTON)
    call("editMessageText", chat_id=ani.id, message_id=sent["message_id"], text="b")
    with pytest.raises(PhoneError, match="sees no button 'Selesai'"):
        ani.taps("Selesai")
    ani.taps_data(sent["message_id"], "x", stale=True)
    assert world.take_updates()[0]["callback_query"]["message"]["text"] == "b"


def test_protected_messages_cannot_be_forwarded(world: World, ani: Phone, call: Calls) -> None:
    call("sendMessage", chat_id=ani.id, text="No. 017", protect_content=True)
    with pytest.raises(PhoneError):
        ani.forwards(ani.last_message)
    call("sendMessage", chat_id=ani.id, text="umum", reply_markup=BUTTON)
    ani.forwards(ani.last_message)
    update = world.take_updates()[0]["message"]
    assert update["forward_origin"]["sender_user"]["id"] == world.bot_id
    assert "reply_markup" not in update


def test_edited_messages_stickers_and_places_are_told(world: World, ani: Phone) -> None:
    ani.edits(ani.types("23,5")[0], "24,5")
    ani.sends_sticker()
    ani.sends_location(-8.58, 116.11)
    updates = world.take_updates()
    assert updates[1]["edited_message"]["text"] == "24,5"
    assert updates[2]["message"]["sticker"]["emoji"] == "👍"
    assert updates[3]["message"]["location"] == {"latitude": -8.58, "longitude": 116.11}


def test_commands_of_the_narrowest_scope_are_in_the_menu(world: World, ani: Phone, call: Calls) -> None:
    everyone, hers = (
        [{"command": "mulai", "description": "Mulai"}],
        [{"command": "tugas", "description": "Tugas"}],
    )
    call("setMyCommands", commands=everyone)
    call("setMyCommands", commands=hers, scope={"type": "chat", "chat_id": ani.id})
    assert commands_of(world, ani.id) == hers
    call("deleteMyCommands", scope={"type": "chat", "chat_id": ani.id})
    assert commands_of(world, ani.id) == everyone
    wrong = [{"command": "Tugas!", "description": "x"}]
    assert call("setMyCommands", commands=wrong) == "Bad Request: BOT_COMMAND_INVALID"
