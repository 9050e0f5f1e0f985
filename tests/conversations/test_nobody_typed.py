"""What no person typed gets no answer, fills no queue and changes nothing."""

from typing import Any

import pytest
from sqlmodel import select

from storage.tables import InboxRow
from tests.support.person import Person
from tests.support.town import Town

HERE = {"latitude": -8.58, "longitude": 116.1, "live_period": 3600}
OF_NOBODY: dict[str, dict[str, Any]] = {
    "pinned": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
    "auto-delete": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    "theme": {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🎄"}}},
    "boost": {"boost_added": {"boost_count": 1}},
    "topic": {"forum_topic_created": {"name": "Contoh", "icon_color": 7322096}},
    "topic closed": {"forum_topic_closed": {}},
    "proximity": {"proximity_alert_triggered": {"distance": 10}},
    "may write": {"write_access_allowed": {}},
    "gift": {"gift": {}},
    "call": {"video_chat_ended": {"duration": 3}},
    "paid": {"successful_payment": {}},
    "of a later Telegram": {"something_of_2031": {"is": True}},
}


def sent(town: Town, person: Person, kind: str, number: int, **content: Any) -> dict[str, Any]:
    who = {"id": person.phone.id, "is_bot": False, "first_name": person.name}
    chat = {"id": person.phone.id, "type": "private", "first_name": person.name}
    at = int(town.clock.now().timestamp())
    edit = {"edit_date": at + number} if kind == "edited_message" else {}
    return {kind: {"message_id": 9000 + number, "date": at, "chat": chat, "from": who, **edit, **content}}


async def test_the_steps_of_a_live_location_are_no_words(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    handled = len(town.rows(select(InboxRow)))
    before = sari.screens
    for step in range(60):
        town.world.inject_update(sent(town, sari, "edited_message", step, location=HERE))
    await town.settle()
    assert sari.new_since(before) == []
    assert len(town.rows(select(InboxRow))) == handled  # not even a row: nothing waits behind them
    await sari.types("/tugas")
    assert sari.last_screen.text == "Tidak ada tugas Anda sekarang."


@pytest.mark.parametrize("what", OF_NOBODY)
@pytest.mark.parametrize("kind", ["message", "edited_message"])
async def test_what_telegram_writes_itself_is_not_answered(town: Town, what: str, kind: str) -> None:
    sari = await town.officer("Sari", role="peksos")
    before = sari.screens
    town.world.inject_update(sent(town, sari, kind, 1, **OF_NOBODY[what]))
    await town.settle()
    assert sari.new_since(before) == []


@pytest.mark.parametrize(
    "update",
    [
        {"message_reaction": {"chat": {"id": 5, "type": "private"}, "message_id": 1, "date": 1}},
        {"poll": {"id": "1", "question": "?"}},
        {"poll_answer": {"poll_id": "1", "option_ids": [0]}},
        {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "channel"}, "text": "x"}},
        {"business_message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}},
        {"chat_boost": {"chat": {"id": 5, "type": "private"}}},
        {"inline_query": {"id": "1", "query": "x", "offset": ""}},
    ],
    ids=lambda update: next(iter(update)),
)
async def test_updates_that_were_not_asked_for_are_silent(town: Town, update: dict[str, Any]) -> None:
    sari = await town.officer("Sari", role="peksos")
    before = sari.screens
    town.world.inject_update(update)
    await town.settle()
    assert sari.new_since(before) == []
    await sari.types("/tugas")
    assert sari.last_screen.text == "Tidak ada tugas Anda sekarang."


async def test_what_a_person_sent_is_answered_as_before(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    sari_sends: list[dict[str, Any]] = [
        {"contact": {"phone_number": "08000000001", "first_name": "Contoh"}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"voice": {"file_id": "a", "file_unique_id": "a", "duration": 3}},
    ]
    for number, content in enumerate(sari_sends):
        before = sari.screens
        town.world.inject_update(sent(town, sari, "message", number, **content))
        await town.settle()
        [answer] = sari.new_since(before)
        assert answer.text.startswith("Saya tidak dapat membaca itu.")


async def test_words_of_another_bot_are_no_answer(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    gif = {"id": 7, "is_bot": True, "first_name": "Gambar", "username": "contoh_bot"}
    town.world.inject_update(sent(town, sari, "message", 1, text="23,5", via_bot=gif))
    await town.settle()
    assert sari.last_screen.text.startswith("Pesan terusan tidak dapat saya pakai.")
