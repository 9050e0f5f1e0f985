"""The `/sim/...` addresses that the page and the demo use."""

import asyncio
from typing import Any

import httpx

from simulator.clock import SimClock
from simulator.phones import Phone
from simulator.world import World
from tests.simulator.conftest import Calls

BUTTON = {"inline_keyboard": [[{"text": "Selesai", "callback_data": "x", "style": "success"}]]}


async def post(client: httpx.AsyncClient, path: str, body: Any = None) -> Any:
    return (await client.post(f"/sim{path}", json=body or {})).json()


async def test_a_person_is_made_writes_and_taps(client: httpx.AsyncClient, world: World, call: Calls) -> None:
    budi = (await post(client, "/phones", {"name": "Budi Rekaan"}))["id"]
    await post(client, f"/phones/{budi}/text", {"text": "/start"})
    card = call("sendMessage", chat_id=budi, text="<b>kartu</b>", parse_mode="HTML", reply_markup=BUTTON)
    assert (await client.get("/sim/phones")).json()[0]["unread"] == 1
    chat = (await client.get(f"/sim/phones/{budi}/chat")).json()
    assert [m["html"] for m in chat["messages"]] == [
        '<a class="command" data-command="/start">/start</a>',
        "<b>kartu</b>",
    ]
    assert chat["messages"][1]["inline_keyboard"] == BUTTON["inline_keyboard"]
    tapped = await post(client, f"/phones/{budi}/tap", {"message_id": card["message_id"], "data": "x"})
    call("answerCallbackQuery", callback_query_id=tapped["callback_query_id"], text="Tercatat")
    assert (await client.get(f"/sim/taps/{tapped['callback_query_id']}")).json()["text"] == "Tercatat"
    assert (await post(client, f"/phones/{budi}/tap", {"label": "Selesai"}))["callback_query_id"]
    await post(client, f"/phones/{budi}/read")
    assert (await client.get("/sim/phones")).json()[0]["unread"] == 0


async def test_only_what_changed_comes_and_deletions_are_flagged(
    client: httpx.AsyncClient, ani: Phone, call: Calls
) -> None:
    first = call("sendMessage", chat_id=ani.id, text="a")["message_id"]
    second = call("sendMessage", chat_id=ani.id, text="b")["message_id"]
    seen = (await client.get(f"/sim/phones/{ani.id}/chat")).json()["revision"]
    call("editMessageText", chat_id=ani.id, message_id=first, text="c")
    call("deleteMessage", chat_id=ani.id, message_id=second)
    changed = (await client.get(f"/sim/phones/{ani.id}/chat", params={"after": seen})).json()["messages"]
    assert [(m["message_id"], m["text"], m["edited"], m["deleted"]) for m in changed] == [
        (first, "c", True, False),
        (second, "b", False, True),
    ]


async def test_waiting_ends_with_the_change(
    client: httpx.AsyncClient, world: World, ani: Phone, call: Calls
) -> None:
    address = f"/sim/phones/{ani.id}/chat"
    seen = (await client.get(address)).json()["revision"]
    waiting = asyncio.create_task(client.get(address, params={"after": seen, "wait": 20}))
    await asyncio.sleep(0)
    call("sendMessage", chat_id=ani.id, text="a")
    assert [m["text"] for m in (await waiting).json()["messages"]] == ["a"]


async def test_photos_places_files_edits_and_forwards(
    client: httpx.AsyncClient, world: World, ani: Phone
) -> None:
    phone = f"/phones/{ani.id}"
    picture = await post(client, f"{phone}/photo")
    assert (await client.get(picture["photo"]["url"])).headers["content-type"] == "image/jpeg"
    await client.post(
        f"/sim{phone}/document", files={"document": ("anak.xlsx", b"abc", "application/x-test")}
    )
    place = await post(client, f"{phone}/location", {"lat": -8.58, "lon": 116.11})
    sticker = await post(client, f"{phone}/sticker")
    text = await post(client, f"{phone}/text", {"text": "a"})
    await post(client, f"{phone}/edit", {"message_id": text["message_id"], "text": "b"})
    await post(client, f"{phone}/forward", {"from_message": text["message_id"]})
    updates = world.take_updates()
    assert [u.get("message", {}).get("document", {}).get("file_name") for u in updates][1] == "anak.xlsx"
    assert place["location"] == {"latitude": -8.58, "longitude": 116.11}
    assert sticker["sticker"] == "👍"
    assert updates[5]["edited_message"]["text"] == "b"
    assert updates[6]["message"]["forward_origin"]["type"] == "user"


async def test_wrong_questions_get_a_status(client: httpx.AsyncClient, ani: Phone) -> None:
    assert (await client.get("/sim/phones/5/chat")).status_code == 404
    assert (await client.post(f"/sim/phones/{ani.id}/text", json={})).status_code == 400
    assert (await client.post(f"/sim/phones/{ani.id}/text", content="{")).status_code == 400
    tap = await client.post(f"/sim/phones/{ani.id}/tap", json={"label": "Selesai"})
    assert tap.status_code == 409
    await post(client, f"/phones/{ani.id}/block")
    assert (await client.post(f"/sim/phones/{ani.id}/text", json={"text": "a"})).status_code == 409


async def test_groups(client: httpx.AsyncClient, world: World, ani: Phone) -> None:
    group = (await post(client, "/groups", {"title": "Grup", "members": [ani.id]}))["id"]
    await post(client, f"/groups/{group}/add_bot", {"by": ani.id})
    await post(client, f"/groups/{group}/text", {"by": ani.id, "text": "/tugas"})
    assert [next(iter(u.keys() - {"update_id"})) for u in world.take_updates()] == [
        "my_chat_member",
        "message",
        "message",
    ]
    assert (await client.get(f"/sim/groups/{group}/chat")).json()["bot_status"] == "member"


async def test_faults_switches_calls_and_updates(client: httpx.AsyncClient, world: World, ani: Phone) -> None:
    await post(client, "/faults", {"status": 429, "method": "sendMessage", "retry_after": 2})
    send = {"chat_id": ani.id, "text": "a", "reply_markup": BUTTON}
    await client.post("/bot123456:SIM/sendMessage", json=send)
    await client.post("/bot123456:SIM/sendMessage", json=send)
    calls = (await client.get("/sim/calls", params={"method": "sendMessage"})).json()
    assert [(c["status"], c["params"]["text"]) for c in calls] == [(429, "a"), (200, "a")]
    assert (await client.get("/sim/calls", params={"after": calls[0]["number"]})).json()[0]["status"] == 200
    assert (await post(client, "/switches", {"limits": True}))["limits"] is True
    assert (await client.post("/sim/switches", json={"limit": True})).status_code == 400
    assert (await client.post("/sim/faults", json={"status": 418})).status_code == 400
    injected = await post(client, "/updates", {"message": 5})
    assert world.take_updates() == [injected]


async def test_the_clock_moves(client: httpx.AsyncClient, clock: SimClock) -> None:
    assert (await client.get("/sim/clock")).json()["now"] == "2026-12-01T00:00:00+00:00"
    assert (await post(client, "/clock", {"advance_s": 86400}))["now"] == "2026-12-02T00:00:00+00:00"
    assert (await post(client, "/clock", {"set": "2026-12-05T07:30:00+08:00"}))[
        "now"
    ] == "2026-12-04T23:30:00+00:00"
    assert (await post(client, "/clock", {"to_next_due": True}))["moved"] is False
    revision = (await client.get("/sim/changes")).json()["revision"]
    due = "2026-12-05T04:00:00+00:00"
    assert (await post(client, "/clock", {"next_due": due}))["next_due"] == due
    assert (await client.get("/sim/changes")).json()["revision"] == revision
    assert (await post(client, "/clock", {"to_next_due": True}))["now"] == due
    assert (await post(client, "/clock", {"next_due": None}))["next_due"] is None
    assert (await client.post("/sim/clock", json={"next_due": "2026-12-05T07:30:00"})).status_code == 400
    assert (await client.post("/sim/clock", json={"set": "2026-12-05T07:30:00"})).status_code == 400
    assert (await client.post("/sim/clock", json={"rate": 0})).status_code == 400


async def test_a_page_from_elsewhere_is_refused(client: httpx.AsyncClient) -> None:
    own = await client.post("/sim/phones", json={"name": "a"}, headers={"Origin": "http://sim"})
    other = await client.post("/sim/phones", json={"name": "b"}, headers={"Origin": "http://example.com"})
    assert (own.status_code, other.status_code) == (200, 403)
