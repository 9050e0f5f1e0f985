"""The days with which the demo begins: lived again they are what is kept, each phone has something to do, and each lesson
of the page can be done."""

import json
import re
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.lived_demo import DAY_10, LIVED, a_town, live
from simulator.demo.people import GURU, OFFICERS
from simulator.snapshot import to_json
from tests.support.at_once import threads_at_once
from tests.support.person import Person
from tests.support.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LESSONS = LIVED.parent.parent / "page" / "lessons.json"
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


async def ticks_off(person: Person, town: Town, step: dict[str, Any]) -> bool:
    """Do what a step of a lesson says; whether the bot has said since what ticks it off."""
    since = town.world_to_look_at().revision
    for what in step["do"]:
        if what == "+1 hari":
            await town.lives_until(town.clock.now() + timedelta(days=1))
        elif what.startswith("["):
            await person.taps(what[1:-1])
        else:
            await person.types(what.strip("{}"))
    said = [screen.text for screen in person.screens if screen.message.revision > since]
    return any(re.search(step["seen"], text, re.MULTILINE) for text in said)


async def do_every_lesson(town: Town) -> None:
    """On the page the steps tick themselves off by the same words."""
    lessons = json.loads(LESSONS.read_text("utf-8"))
    assert lessons["day"] == DAY_10.isoformat()
    officers = {one.as_what: town.people[one.name] for one in (*OFFICERS, GURU)}
    assert set(lessons["roles"]) == set(officers)
    for role, steps in (*lessons["more"].items(), *lessons["roles"].items()):
        for step in steps:
            assert await ticks_off(officers[role], town, step), (
                f"{role}: {step['do']} {officers[role].last_screen.text} {officers[role].buttons}"
            )


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
            await do_every_lesson(town)
        finally:
            await town.close()
