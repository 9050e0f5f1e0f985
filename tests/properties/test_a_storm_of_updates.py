"""Hundreds of odd things from officers and strangers (10,000 in `make soak`): each officer hears something each time, nothing is
refused by Telegram, nothing fails on our side, and the database holds together."""

import logging
import os
import random
from collections import Counter
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from handlers.routes import COMMANDS, PRESSES
from simulator.state import Call
from sop_flows.core.work import Work
from storage.queries.accounts import find_account_of
from storage.tables import InboxRow
from tests.support.invariants import broken
from tests.support.person import Person
from tests.support.steps import assessed
from tests.support.town import Town

HOW_MANY = 10_000 if os.environ.get("PANDU_SOAK") else 500
SEED = int(os.environ.get("PANDU_SEED", "20261130"))
CHECKED_EVERY = 250
CALLS_MAX = 200  # of the bot for one thing done

WORDS = (
    "", " ", ".", "/", "//", "/tugas", "/status", "/kapan 9.2.15", "/anak 1", "/anak <b>x", "/sop 9.2.15", "/mulai 9.1.20",
    "/start ABCD-2345", "/frobnicate", "/tugas@pandu_demo_bot", "017 24,1", "1 24,5\n2 385\n3 3,85", "001 demam 385",
    "9999999999999999999999999999", "-1", "31 februari", "besok", "kemarin", "32.13.2026", "24.00", "23,5 121", "semua datang kecuali 2",
    "ya", "tidak", "batal", "lewati", "Selesai", "Tugas", "<b>tebal", "</b>", "&lt;&amp;", "a" * 4096, "é" * 4096, "\u202eterbalik",
    "\u200b\u200b", "👩‍👩‍👧‍👦" * 50, "'; DROP TABLE children; --", "=1+1", "{name}", "%s %d", "{{7*7}}", "\\", "\x07bel", "\n\n\n",
    "Anak Contoh 01", "anak cnotoh 1", "08123456789", "sulit tidur; rajin; teman", "0,0", "1e9", "٣٤", "１２", "²", "/sop 23,5 121", "/anak ²", "² 24,1",
)  # fmt: skip
NUMBERS = (0, 1, 2, 3, 7, 40, 999, -1, 10**17)
PRESS_WORDS = ("", "hour", "SICK", "9.2.15", "penyantunan", "x" * 30, "é")
CONTENTS: dict[str, Any] = {
    "sticker": {"file_id": "x", "file_unique_id": "y", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False},
    "contact": {"phone_number": "+62811", "first_name": "<b>"},
    "location": {"latitude": 91.0, "longitude": -181.0},
    "venue": {"location": {"latitude": 0, "longitude": 0}, "title": "x", "address": "y"},
    "dice": {"emoji": "🎲", "value": 6},
    "poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": True, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": True, "members_only": False},
    "photo": [],
    "document": {"file_id": "gone", "file_unique_id": "y", "file_name": "../../x.exe", "file_size": 2**40},
    "voice": {"file_id": "gone", "file_unique_id": "y", "duration": 10**6},
    "video": {"file_id": "gone", "file_unique_id": "y", "duration": 1, "width": 1, "height": 1},
    "audio": {"file_id": "gone", "file_unique_id": "y", "duration": 1},
    "video_note": {"file_id": "gone", "file_unique_id": "y", "duration": 1, "length": 1},
    "frobnicated": {"a": [None]},
}  # fmt: skip
# What is not asked for, and comes all the same.
OTHERS = (
    "edited_message", "channel_post", "business_message", "message_reaction", "chat_member", "inline_query", "poll_answer",
    "chat_join_request", "my_chat_member", "frobnicated",
)  # fmt: skip


def a_message(chance: random.Random, one: Person, kind: str, now: float) -> dict[str, Any]:
    """With a content of some kind."""
    user = {"id": one.phone.id, "is_bot": False, "first_name": one.name}
    return {
        "message_id": chance.randrange(1, 10**6),
        "date": int(now) - chance.choice((0, 0, 5, 86_400)),
        "chat": {"id": one.phone.id, "type": "private", "first_name": one.name},
        "from": user,
        kind: CONTENTS[kind],
    }


def act(chance: random.Random, town: Town, one: Person) -> str:
    """Something that this person, or Telegram, does; returns what it was, and whether an answer is owed (a `!`)."""
    phone = one.phone
    shown = [message for message in phone.messages if message.sender_id != phone.id]
    match chance.randrange(10):
        case 0 | 1 | 2:
            phone.types(chance.choice(WORDS) or "?")
            return "words!"
        case 3 | 4 | 5 | 6 if shown:
            numbers = [chance.choice(NUMBERS) for _ in range(chance.randrange(5))]
            data = ".".join(["1", chance.choice(sorted(PRESSES)), *map(str, numbers)])
            if chance.random() < 0.2:
                data = f"{data}.{chance.choice(PRESS_WORDS)}"[:60]
            phone.taps_data(chance.choice(shown[-5:]).id, data, stale=True)
            return "press!"
        case 7:
            kind = chance.choice(list(CONTENTS))
            town.world.inject_update({"message": a_message(chance, one, kind, town.world.timestamp)})
            return kind if kind == "frobnicated" else f"{kind}!"  # what no person can send yet
        case 8:
            phone.types(f"/{chance.choice(sorted(COMMANDS))} {chance.choice(WORDS)}".strip()[:4096])
            return "command!"
    kind = chance.choice(OTHERS)
    body = a_message(chance, one, "contact", town.world.timestamp)
    bot = {"status": "member", "user": {"id": 1, "is_bot": True, "first_name": "Pandu"}}
    body |= {
        "id": "1",
        "query": "x",
        "offset": "",
        "poll_id": "1",
        "option_ids": [0],
        "option_persistent_ids": ["a"],
        "user_chat_id": one.phone.id,
    }
    body |= {
        "user": body["from"],
        "old_chat_member": bot,
        "new_chat_member": bot,
        "old_reaction": [],
        "new_reaction": [],
    }
    town.world.inject_update({kind: body})
    return kind


async def test_nothing_is_silent_refused_or_broken(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    team = await assessed(town, (1,))
    admin = await town.officer("Tari Contoh", role="tu", admin=True)
    guru = await town.officer("Guru Contoh", role="guru", cohort=1)
    officers = [team.sari, team.budi, team.rahmat, team.kepala, admin, guru]
    everybody = [*officers, town.person("Orang Asing")]
    town.store.past = None
    chance = random.Random(SEED)
    done: Counter[str] = Counter()
    silent: list[str] = []
    refused: list[str] = []
    last = town.world.calls[-1].number
    with caplog.at_level(logging.WARNING):
        for number in range(HOW_MANY):
            one = chance.choice(everybody)
            what = act(chance, town, one)
            done[what] += 1
            await town.settle()
            fresh = [call for call in islice(reversed(town.world.calls), CALLS_MAX) if call.number > last]
            last = town.world.calls[-1].number
            refused += [
                f"{number} {what}: {call.method}: {call.description}" for call in fresh if _is_refused(call)
            ]
            heard = [call for call in fresh if _is_to(call, one) or call.method == "answerCallbackQuery"]
            if what.endswith("!") and one in officers and not heard and _is_enrolled(town, one):
                silent.append(f"{number} {what}: {one.name}")
            if number % CHECKED_EVERY == CHECKED_EVERY - 1:
                town.clock.set(town.clock.now() + timedelta(hours=chance.choice((1, 5, 24))))
                await town.settle()
    traces = [
        record.getMessage() for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR
    ]
    aside = town.rows(select(InboxRow).where(col(InboxRow.set_aside_at).is_not(None)))
    print(  # noqa: T201 -- the figures are half of the proof
        f"\n{HOW_MANY} odd updates, seed {SEED}: {len(silent)} officers unanswered, {len(refused)} sends refused,"
        f" {len(traces)} faults, {len(aside)} set aside; {dict(done)}"
    )
    assert (silent, refused, traces, [row.update_id for row in aside]) == ([], [], [], [])
    with town.store.reading() as s:
        assert list(broken(Work(s, town.house, town.clock.now()))) == []
        assert s.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert s.execute(text("PRAGMA foreign_key_check")).all() == []


def _is_enrolled(town: Town, one: Person) -> bool:
    """A press of the admin may have removed somebody."""
    with town.store.reading() as s:
        return find_account_of(s, one.id) is not None


def _is_to(call: Call, one: Person) -> bool:
    return str(call.params.get("chat_id")) == str(one.phone.id)


def _is_refused(call: Call) -> bool:
    """None of these: an edit that changes nothing; a forged button below a picture or a pin, of which the answer is then said
    anew; a file that was never there."""
    return call.status >= 400 and not any(
        one in str(call.description)
        for one in ("not modified", "no text in the message", "can't be edited", "invalid file_id")
    )
