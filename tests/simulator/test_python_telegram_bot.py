"""python-telegram-bot's own Bot reads every answer, and raises its own errors at refusals."""

import io
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MenuButtonCommands,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from simulator.faults import Fault
from simulator.phones import Phone
from simulator.pictures import sample_picture
from simulator.world import World

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Selesai", callback_data="x", style="success")]])


async def test_a_conversation(bot: Bot, world: World, ani: Phone) -> None:
    ani.types("/tugas")
    update = (await bot.get_updates(timeout=1))[0]
    assert update.message is not None
    assert update.message.parse_entities() == {update.message.entities[0]: "/tugas"}

    card = await bot.send_message(
        ani.id, "<b>kartu</b>", parse_mode="HTML", reply_markup=KEYBOARD, protect_content=True
    )
    assert card.text_html == "<b>kartu</b>"
    assert card.reply_markup == KEYBOARD
    assert card.has_protected_content

    tap = ani.taps("Selesai")
    query = (await bot.get_updates(offset=update.update_id + 1))[0].callback_query
    assert query is not None
    assert await query.answer("Tercatat")
    assert world.taps[str(tap.id)].text == "Tercatat"
    edited = await query.edit_message_text("selesai")
    assert edited.message_id == card.message_id  # type: ignore[union-attr]
    assert await card.pin()
    assert (await bot.get_chat(ani.id)).pinned_message.text == "selesai"  # type: ignore[union-attr]
    assert await card.delete()


async def test_pictures_and_files(bot: Bot, ani: Phone) -> None:
    photo = await bot.send_photo(ani.id, sample_picture(), caption="grafik")
    assert (photo.photo[-1].width, photo.caption) == (800, "grafik")
    again = await photo.edit_media(InputMediaPhoto(sample_picture(), caption="baru"))
    assert again.caption == "baru"  # type: ignore[union-attr]
    assert (await photo.edit_caption("lagi")).caption == "lagi"  # type: ignore[union-attr]
    document = await bot.send_document(ani.id, io.BytesIO(b"abc"), filename="a.xlsx")
    assert document.document is not None
    assert document.document.file_name == "a.xlsx"
    assert await (await document.document.get_file()).download_as_bytearray() == b"abc"
    place = await bot.send_location(ani.id, -8.58, 116.11)
    assert place.location is not None
    assert place.location.latitude == -8.58


async def test_the_rest_of_the_methods(bot: Bot, ani: Phone) -> None:
    scope = BotCommandScopeChat(ani.id)
    assert (await bot.get_me()).username == "pandu_demo_bot"
    assert await bot.set_my_commands([BotCommand("tugas", "Tugas")], scope=scope)
    assert (await bot.get_my_commands(scope=scope))[0].command == "tugas"
    assert await bot.delete_my_commands(scope=scope)
    assert await bot.set_chat_menu_button(ani.id, MenuButtonCommands())
    assert await bot.send_chat_action(ani.id, "typing")
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.delete_webhook()
    assert await bot.delete_messages(ani.id, [1])
    assert ani.messages == []


async def test_refusals_are_its_own_errors(
    bot: Bot, world: World, ani: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(ani.id, "<b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(1, "a")
    world.faults.append(Fault(status=429, retry_after=3))
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(ani.id, "a")
    assert refused.value.retry_after == timedelta(seconds=3)
    for status in (500, 502):
        world.faults.append(Fault(status=status))
        with pytest.raises(NetworkError):
            await bot.send_message(ani.id, "a")
    ani.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ani.id, "a")
    world.token = "123456:ANOTHER"
    with pytest.raises(InvalidToken):
        await bot.get_me()
