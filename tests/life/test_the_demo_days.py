"""The days with which the demo begins: lived again they are what is kept, and each phone has something to do."""

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from scripts.lived_demo import LIVED, a_town, live
from simulator.snapshot import to_json
from tests.support.at_once import threads_at_once

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")  # of an invitation: another one each time
IDLE = {"Minggu ini ›", "Piket", "Buku SOP", "Bantuan"}


def chats(snapshot: dict[str, Any]) -> dict[str, list[str]]:
    """What stands on each phone, with its buttons."""
    names = {one["id"]: one["name"].partition(" · ")[0] for one in snapshot["accounts"]}
    found: dict[str, list[str]] = {name: [] for name in names.values()}
    for message in snapshot["messages"]:
        rows = (message["keyboard"] or {}).get("inline_keyboard", [])
        labels = [[button["text"] for button in row] for row in rows]
        found[names[message["chat_id"]]].append(CODE.sub("KODE", f"{message['text']} {labels}"))
    return found


async def test_they_are_what_is_lived_today(tmp_path: Path) -> None:
    with tarfile.open(LIVED) as tar:
        member = tar.extractfile("./simulator.json")
        assert member is not None
        kept = chats(json.load(member))
    with threads_at_once():
        town = a_town(tmp_path)
        await town.open()
        try:
            await live(town)
            assert chats(to_json(town.world)) == kept, "something is said in another way: make demo-days"
            for person in town.people.values():
                asks = person.last_screen.text
                await person.types("/tugas")
                assert set(person.last_screen.buttons) - IDLE or "Kapan anak-anak datang" in asks, person.name
        finally:
            await town.close()
