"""`/sim/phones/...`: people and what they do."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.control.answers import NotHereError, after_and_wait, json_route
from simulator.phones import Phone, tap_json
from simulator.state import Message, Tap
from simulator.view import chat_view, message_view, phone_view
from simulator.world import World

JSON = dict[str, Any]


def phone_routes(world: World) -> list[Route]:
    face = PhoneControl(world)
    acts = {
        "text": face.text, "tap": face.tap, "photo": face.photo, "document": face.document,
        "location": face.location, "sticker": face.sticker, "edit": face.edit, "forward": face.forward,
        "block": face.block, "unblock": face.unblock, "read": face.read,
    }  # fmt: skip
    return [
        json_route("/phones", face.list_all, "GET"),
        json_route("/phones", face.create),
        json_route("/phones/{id:int}/chat", face.chat, "GET"),
        *(json_route(f"/phones/{{id:int}}/{name}", act) for name, act in acts.items()),
        json_route("/taps/{id}", face.tap_answer, "GET"),
        json_route("/files/{id}", face.file, "GET"),
    ]


class PhoneControl:
    def __init__(self, world: World) -> None:
        self.world = world

    async def list_all(self, _: Request, __: JSON) -> Any:
        return [phone_view(phone) for phone in self.world.phones]

    async def create(self, _: Request, body: JSON) -> Any:
        phone = self.world.phone(str(body["name"]), body.get("username"))
        phone.account.started = phone.account.started or bool(body.get("started"))
        return phone_view(phone)

    async def chat(self, request: Request, _: JSON) -> Any:
        """Messages changed after a revision; with `wait` answers only when there is one, or in the end."""
        phone = self._phone(request)
        after, wait = after_and_wait(request)
        messages = self.world.messages.setdefault(phone.id, {})
        await self.world.bell.wait_until(lambda: any(m.revision > after for m in messages.values()), wait)
        return {**phone_view(phone), **chat_view(self.world, phone.id, after)}

    async def text(self, request: Request, body: JSON) -> Any:
        phone = self._phone(request)
        replied = self._message(phone, body["reply_to"]) if body.get("reply_to") else None
        sent = phone.types(str(body["text"]), replied)
        return {"message_id": sent[-1].id, "message_ids": [m.id for m in sent]}

    async def tap(self, request: Request, body: JSON) -> Any:
        """By `message_id` and `data`, or by `label` as one reads it."""
        phone = self._phone(request)
        if "data" in body:
            tap: Tap | Message = phone.taps_data(
                int(body["message_id"]), str(body["data"]), bool(body.get("stale"))
            )
        else:
            on = self._message(phone, body["message_id"]) if body.get("message_id") else None
            tap = phone.taps(str(body["label"]), on)
        return self._sent(tap) if isinstance(tap, Message) else {"callback_query_id": tap.id, **tap_json(tap)}

    async def photo(self, request: Request, body: JSON) -> Any:
        """The file `photo` of a form, or the invented sample picture."""
        content = body["photo"][2] if isinstance(body.get("photo"), tuple) else None
        return self._sent(self._phone(request).sends_photo(content, str(body.get("caption", ""))))

    async def document(self, request: Request, body: JSON) -> Any:
        """The file `document` of a form, or JSON with `name` and `text` for a small one."""
        given = body.get("document")
        if isinstance(given, tuple):
            name, mime_type, content = given
        else:
            name, mime_type, content = str(body["name"]), "text/plain", str(body["text"]).encode()
        claimed = int(body["claimed_size"]) if body.get("claimed_size") else None
        phone = self._phone(request)
        return self._sent(
            phone.sends_document(name, content, mime_type, str(body.get("caption", "")), claimed)
        )

    async def location(self, request: Request, body: JSON) -> Any:
        return self._sent(self._phone(request).sends_location(float(body["lat"]), float(body["lon"])))

    async def sticker(self, request: Request, body: JSON) -> Any:
        return self._sent(self._phone(request).sends_sticker(str(body.get("emoji", "👍"))))

    async def edit(self, request: Request, body: JSON) -> Any:
        phone = self._phone(request)
        return self._sent(phone.edits(self._message(phone, body["message_id"]), str(body["text"])))

    async def forward(self, request: Request, body: JSON) -> Any:
        phone = self._phone(request)
        return self._sent(phone.forwards(self._message(phone, body["from_message"])))

    async def block(self, request: Request, _: JSON) -> Any:
        self._phone(request).blocks()
        return phone_view(self._phone(request))

    async def unblock(self, request: Request, _: JSON) -> Any:
        self._phone(request).unblocks()
        return phone_view(self._phone(request))

    async def read(self, request: Request, _: JSON) -> Any:
        self._phone(request).reads()
        return phone_view(self._phone(request))

    async def tap_answer(self, request: Request, _: JSON) -> Any:
        """With `wait`, answers when the bot has answered the tap, or in the end."""
        tap = self.world.taps.get(request.path_params["id"])
        if tap is None:
            raise NotHereError("no such tap")
        await self.world.bell.wait_until(lambda: tap.answered, after_and_wait(request)[1])
        return tap_json(tap)

    async def file(self, request: Request, _: JSON) -> Any:
        stored = self.world.files.get(request.path_params["id"])
        if stored is None:
            raise NotHereError("no such file")
        # never shown as a page of this address, whatever its type says
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return Response(stored.content, media_type=stored.mime_type, headers=headers)

    def _phone(self, request: Request) -> Phone:
        if request.path_params["id"] not in self.world.accounts:
            raise NotHereError("no such phone")
        return self.world.phone_of(request.path_params["id"])

    def _message(self, phone: Phone, message_id: Any) -> Message:
        message = self.world.find_message(phone.id, int(message_id))
        if message is None:
            raise NotHereError("no such message")
        return message

    def _sent(self, message: Message) -> JSON:
        return message_view(self.world, message)
