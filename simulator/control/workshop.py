"""`/sim/updates`, `/faults`, `/calls`, `/switches`, `/clock`, `/changes`: what tests and the page turn and read."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from simulator.clock import SimClock
from simulator.control.answers import after_and_wait, json_route
from simulator.faults import CLOSED, Fault
from simulator.view import clock_view, iso, phone_view
from simulator.world import World

JSON = dict[str, Any]

FAULT_STATUSES = (CLOSED, 400, 403, 429, 500, 502)


def workshop_routes(world: World, clock: SimClock | None) -> list[Route]:
    face = Workshop(world, clock)
    return [
        json_route("/updates", face.inject_update),
        json_route("/faults", face.list_faults, "GET"),
        json_route("/faults", face.add_fault),
        json_route("/faults", face.clear_faults, "DELETE"),
        json_route("/calls", face.list_calls, "GET"),
        json_route("/switches", face.show_switches, "GET"),
        json_route("/switches", face.set_switches),
        json_route("/clock", face.show_clock, "GET"),
        json_route("/clock", face.move_clock),
        json_route("/changes", face.show_changes, "GET"),
        json_route("/begin", face.show_beginnings, "GET"),
        json_route("/begin", face.begin_anew),
    ]


class Workshop:
    def __init__(self, world: World, clock: SimClock | None) -> None:
        self.world = world
        self.clock = clock

    async def inject_update(self, _: Request, body: JSON) -> Any:
        return self.world.inject_update(body)

    async def list_faults(self, _: Request, __: JSON) -> Any:
        return [asdict(fault) for fault in self.world.faults]

    async def add_fault(self, _: Request, body: JSON) -> Any:
        fault = Fault(**body)
        if fault.status not in FAULT_STATUSES:
            raise ValueError(f"status must be one of {FAULT_STATUSES}")
        self.world.faults.append(fault)
        return asdict(fault)

    async def clear_faults(self, _: Request, __: JSON) -> Any:
        self.world.faults.clear()
        return []

    async def list_calls(self, request: Request, _: JSON) -> Any:
        """`after` is the number of a call, `method` and `chat_id` narrow it down; oldest first."""
        after, wait = after_and_wait(request)
        method = request.query_params.get("method", "").lower()
        chat_id = request.query_params.get("chat_id")

        def chosen() -> list[JSON]:
            return [
                {**asdict(call), "at": iso(call.at)}
                for call in self.world.calls
                if call.number > after
                and (not method or call.method.lower() == method)
                and (not chat_id or str(call.params.get("chat_id")) == chat_id)
            ]

        await self.world.bell.wait_until(lambda: bool(chosen()), wait)
        return chosen()

    async def show_switches(self, _: Request, __: JSON) -> Any:
        return asdict(self.world.switches)

    async def set_switches(self, _: Request, body: JSON) -> Any:
        known = {field.name for field in fields(self.world.switches)}
        for name, value in body.items():
            if name not in known:
                raise ValueError(f"no switch {name}; there are {sorted(known)}")
            setattr(self.world.switches, name, value)
        return asdict(self.world.switches)

    async def show_clock(self, _: Request, __: JSON) -> Any:
        return clock_view(self.world, self.clock)

    async def move_clock(self, _: Request, body: JSON) -> Any:
        """`next_due` (ISO 8601 with offset, or null) tells it; `advance_s`, `set`, `rate`, `to_next_due: true` move it."""
        if self.clock is None:
            raise ValueError("this world has a clock of its own and cannot be moved from here")
        moved = True
        if "next_due" in body:
            self.clock.next_due = _moment("next_due", body["next_due"]) if body["next_due"] else None
        if "advance_s" in body:
            self.clock.advance(float(body["advance_s"]))
        if "set" in body:
            self.clock.move_to(_moment("set", body["set"]))
        if "rate" in body:
            self.clock.play(float(body["rate"]))
        if body.get("to_next_due"):
            moved = self.clock.move_to_next_due()
        if body.keys() != {"next_due"}:  # who waits for changes to ask anew must not wake by what it told
            self.world.changed()
        return {"moved": moved, **clock_view(self.world, self.clock)}

    async def show_beginnings(self, _: Request, __: JSON) -> Any:
        """From what the demo can begin anew, and what somebody has asked for."""
        return {"offers": self.world.beginnings, "wish": self.world.wish}

    async def begin_anew(self, _: Request, body: JSON) -> Any:
        """`offers` by whoever runs the demo; `wish`: one of them, by whoever looks at the page."""
        self.world.beginnings = list(body.get("offers", self.world.beginnings))
        if "wish" in body:
            if body["wish"] not in self.world.beginnings:
                raise ValueError(f"wish must be one of {self.world.beginnings}")
            self.world.wish = body["wish"]
        self.world.changed()
        return await self.show_beginnings(_, body)

    async def show_changes(self, request: Request, _: JSON) -> Any:
        """What the page needs at a glance; with `wait`, answers at the next change."""
        after, wait = after_and_wait(request)
        await self.world.bell.wait_until(lambda: self.world.revision > after, wait)
        return {
            "revision": self.world.revision,
            "phones": [phone_view(phone) for phone in self.world.phones],
            "clock": clock_view(self.world, self.clock),
        }


def _moment(key: str, said: object) -> datetime:
    at = datetime.fromisoformat(str(said))
    if at.tzinfo is None:
        raise ValueError(f"{key} needs an offset, such as +08:00")
    return at
