"""The world in one JSON file, so that the chats of the demo are there again after a restart."""

import asyncio
import base64
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.state import Account, Group, Message, StoredFile
from simulator.update_queue import UpdateQueue, Waiting
from simulator.world import World

JSON = dict[str, Any]

FORMAT = 1  # a file of another format is left alone and the world begins empty
SAVE_EVERY_S = 3.0  # real seconds; a killed simulator forgets at most that much


def to_json(world: World) -> JSON:
    """Everything that outlives a restart; taps, faults, switches and the log of calls do not."""
    queue = world.updates
    return {
        "format": FORMAT,
        "now": world.now().isoformat(),
        "next_message_id": world.next_message_id,
        "next_file": world.next_file,
        "accounts": [asdict(account) for account in world.accounts.values()],
        "groups": [asdict(group) for group in world.groups.values()],
        "messages": [asdict(message) for chat in world.messages.values() for message in chat.values()],
        "reply_keyboards": {str(chat): keyboard for chat, keyboard in world.reply_keyboards.items()},
        "files": [
            {**asdict(file), "content": base64.b64encode(file.content).decode()}
            for file in world.files.values()
        ],
        "commands": world.commands,
        "next_update_id": queue.next_id,
        "allowed_updates": queue.allowed,
        "confirmed_until": queue.confirmed_until,
        "waiting": [{"update": w.update, "at": w.at, "again": w.again} for w in queue.waiting],
    }


def from_json(world: World, stored: JSON) -> None:
    """Fill an empty world with what was stored."""
    world.next_message_id = stored["next_message_id"]
    world.next_file = stored["next_file"]
    world.accounts = {a["id"]: Account(**a) for a in stored["accounts"]}
    world.groups = {g["id"]: Group(**g) for g in stored["groups"]}
    for values in stored["messages"]:
        message = Message(**values)
        world.messages.setdefault(message.chat_id, {})[message.id] = message
        message.revision = world.changed()
    world.reply_keyboards = {int(chat): keyboard for chat, keyboard in stored["reply_keyboards"].items()}
    for values in stored["files"]:
        world.files[values["file_id"]] = StoredFile(
            **{**values, "content": base64.b64decode(values["content"])}
        )
    world.commands = stored["commands"]
    waiting = [Waiting(**entry) for entry in stored["waiting"]]
    world.updates = UpdateQueue(
        stored["next_update_id"], waiting, stored["allowed_updates"], stored["confirmed_until"]
    )


def save(world: World, file: Path) -> None:
    """Write the world in one step: a reader finds the old file or the new one."""
    with world.lock:
        body = json.dumps(to_json(world))
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-")
    with os.fdopen(handle, "w") as out:
        out.write(body)
    os.replace(name, file)


def load(world: World, file: Path) -> str | None:
    """Fill `world` from `file`; the simulated time at which it was saved, or None where there is none."""
    try:
        stored = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    if stored.get("format") != FORMAT:
        return None
    from_json(world, stored)
    return str(stored["now"])


async def keep_saving(world: World, file: Path) -> None:
    """Save whenever something changed, until cancelled; then once more."""
    saved = world.revision
    try:
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            if world.revision != saved:
                saved = world.revision
                await asyncio.to_thread(save, world, file)
    finally:
        save(world, file)
