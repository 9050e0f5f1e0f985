"""`/sim/groups/...`: a group, the bot in it, people talking there."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from simulator.control.answers import NotHereError, after_and_wait, json_route
from simulator.groups import GroupChat
from simulator.phones import Phone
from simulator.view import chat_view, message_view
from simulator.world import World

JSON = dict[str, Any]


def group_routes(world: World) -> list[Route]:
    face = GroupControl(world)
    group = "/groups/{id}"  # an id is negative: not Starlette's int
    return [
        json_route("/groups", face.create),
        json_route(f"{group}/chat", face.chat, "GET"),
        json_route(f"{group}/add_bot", face.add_bot),
        json_route(f"{group}/remove_bot", face.remove_bot),
        json_route(f"{group}/text", face.text),
    ]


class GroupControl:
    def __init__(self, world: World) -> None:
        self.world = world

    async def create(self, _: Request, body: JSON) -> Any:
        members = [self._phone(number) for number in body.get("members", [])]
        group = self.world.group(str(body["title"]), members, str(body.get("kind", "group")))
        return {"id": group.id, "title": group.group.title, "bot_status": group.group.bot_status}

    async def chat(self, request: Request, _: JSON) -> Any:
        group = self._group(request)
        after, wait = after_and_wait(request)
        messages = self.world.messages.setdefault(group.id, {})
        await self.world.bell.wait_until(lambda: any(m.revision > after for m in messages.values()), wait)
        return {"bot_status": group.group.bot_status, **chat_view(self.world, group.id, after)}

    async def add_bot(self, request: Request, body: JSON) -> Any:
        self._group(request).adds_bot(self._phone(body["by"]))
        return {"bot_status": self._group(request).group.bot_status}

    async def remove_bot(self, request: Request, body: JSON) -> Any:
        self._group(request).removes_bot(self._phone(body["by"]))
        return {"bot_status": self._group(request).group.bot_status}

    async def text(self, request: Request, body: JSON) -> Any:
        sent = self._group(request).says(self._phone(body["by"]), str(body["text"]))
        return message_view(self.world, sent)

    def _group(self, request: Request) -> GroupChat:
        number = int(request.path_params["id"])
        if number not in self.world.groups:
            raise NotHereError("no such group")
        return GroupChat(self.world, self.world.groups[number])

    def _phone(self, number: Any) -> Phone:
        if int(number) not in self.world.accounts:
            raise NotHereError("no such phone")
        return self.world.phone_of(int(number))
