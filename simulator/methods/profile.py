"""getMe, commands and menu buttons, getChat, leaveChat."""

import json
import re
from typing import Any

from simulator.arguments import Arguments
from simulator.bot_json import member_change
from simulator.methods.access import chat_to_read, chat_to_write
from simulator.refusals import bad_request
from simulator.state import Group
from simulator.world import World

JSON = dict[str, Any]

MAX_COMMANDS = 100
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
          "chat_administrators", "chat_member")  # fmt: skip


def get_me(world: World, _: Arguments) -> JSON:
    return {
        **world.bot_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": not world.switches.group_privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_commands(world: World, args: Arguments) -> bool:
    commands = args.nested("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands: expected an Array")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for command in commands:
        name, description = str(command.get("command", "")).lstrip("/"), str(command.get("description", ""))
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": description})
    key = _scope_key(world, args)
    if kept:
        world.commands[key] = kept
    else:
        world.commands.pop(key, None)
    world.changed()
    return True


def delete_my_commands(world: World, args: Arguments) -> bool:
    world.commands.pop(_scope_key(world, args), None)
    world.changed()
    return True


def get_my_commands(world: World, args: Arguments) -> list[JSON]:
    return world.commands.get(_scope_key(world, args), [])


def commands_of(world: World, account_id: int) -> list[JSON]:
    """The commands that this person's menu shows: the narrowest scope that has any."""
    for scope in (
        {"type": "chat", "chat_id": account_id},
        {"type": "all_private_chats"},
        {"type": "default"},
    ):
        for language in ("id", ""):
            found = world.commands.get(json.dumps([scope, language], sort_keys=True))
            if found:
                return found
    return []


def set_chat_menu_button(world: World, args: Arguments) -> bool:
    world.menu_buttons[args.chat_id() or 0] = args.nested("menu_button") or {"type": "default"}
    return True


def get_chat(world: World, args: Arguments) -> JSON:
    chat = chat_to_read(world, args)
    full: JSON = {**world.chat(chat.id), "accent_color_id": 0, "max_reaction_count": 11,
                  "accepted_gift_types": {
                      "unlimited_gifts": True, "limited_gifts": True, "unique_gifts": True,
                      "premium_subscription": True, "gifts_from_channels": True,
                  }}  # fmt: skip
    pinned = [m for m in world.visible_messages(chat.id) if m.pinned]
    if pinned:
        full["pinned_message"] = world.message_json(pinned[-1])
    return full


def leave_chat(world: World, args: Arguments) -> bool:
    chat = chat_to_write(world, args)
    if not isinstance(chat, Group):
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    world.queue_update("my_chat_member", member_change(world, chat.id, world.bot_id, "member", "left"))
    return True


def accept(_: World, __: Arguments) -> bool:
    """Settings that change nothing a phone of the simulator shows."""
    return True


def _scope_key(world: World, args: Arguments) -> str:
    scope = args.nested("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("unsupported scope specified")
    if "chat_id" in scope:
        chat = chat_to_read(world, Arguments({"chat_id": scope["chat_id"]}))
        scope = {**scope, "chat_id": chat.id}
    return json.dumps([scope, args.text("language_code")], sort_keys=True)
