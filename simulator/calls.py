"""One call of the bot: injected faults, rate limits, the method itself, the log."""

from typing import Any

from simulator.arguments import Arguments
from simulator.faults import Fault
from simulator.methods import BY_LOWER_NAME, METHODS
from simulator.methods.updates import OTHER_POLL, begin_poll
from simulator.refusals import Refusal, conflict
from simulator.state import Call
from simulator.world import World

JSON = dict[str, Any]

NO_SUCH_METHOD = Refusal(404, "Not Found: method not found")


def call_method(world: World, name: str, args: Arguments) -> tuple[int, JSON]:
    """Carry out one call; status and body of the answer. `getUpdates` answers at once, without waiting."""
    with world.lock:
        method = BY_LOWER_NAME.get(name.lower(), name)
        try:
            result = _carry_out(world, method, args)
        except Refusal as refusal:
            log_call(world, method, args, refusal.status, description=refusal.description)
            return refusal.status, refusal.body()
        if method != "getUpdates" or result:
            log_call(world, method, args, 200, result)
        return 200, {"ok": True, "result": result}


async def poll_updates(world: World, args: Arguments) -> tuple[int, JSON]:
    """`getUpdates` with its wait: until an update, the time-out, a webhook, or another poll."""
    try:
        with world.lock:
            fault = _take_fault(world, "getUpdates", None)
            if fault is not None:
                raise fault.refusal()
            offset, limit, timeout = begin_poll(world, args)
            world.newest_poll += 1
            mine = world.newest_poll
            world.bell.ring()  # wakes an older poll, which then ends in a conflict
            updates = world.updates.take(offset, limit, world.timestamp)
        if not updates and timeout:

            def is_over() -> bool:
                replaced = world.newest_poll != mine or bool(world.webhook.url)
                return replaced or world.updates.is_ready(offset)

            await world.bell.wait_until(is_over, timeout)
            with world.lock:
                if world.newest_poll != mine:
                    raise conflict(OTHER_POLL)
                if world.webhook.url:
                    raise conflict("terminated by setWebhook request")
                updates = world.updates.take(offset, limit, world.timestamp)
    except Refusal as refusal:
        log_call(world, "getUpdates", args, refusal.status, description=refusal.description)
        return refusal.status, refusal.body()
    if updates:
        log_call(world, "getUpdates", args, 200, updates)
    return 200, {"ok": True, "result": updates}


def _carry_out(world: World, method: str, args: Arguments) -> Any:
    chat_id = args.chat_id()
    fault = _take_fault(world, method, chat_id)
    if fault is not None and not fault.takes_effect:
        raise fault.refusal()
    world.limits.check(method, chat_id)
    if method == "getUpdates":
        offset, limit, _ = begin_poll(world, args)
        return world.updates.take(offset, limit, world.timestamp)
    if method not in METHODS:
        raise NO_SUCH_METHOD
    result = METHODS[method](world, args)
    if fault is not None:
        raise fault.refusal()
    return result


def _take_fault(world: World, method: str, chat_id: int | None) -> Fault | None:
    for fault in world.faults:
        if fault.matches(method, chat_id):
            fault.count -= 1
            world.faults = [f for f in world.faults if f.count > 0]
            return fault
    return None


def log_call(
    world: World,
    method: str,
    args: Arguments,
    status: int,
    result: Any = None,
    description: str | None = None,
) -> None:
    """Keep this call for `GET /sim/calls`."""
    number = next(world.call_numbers)
    world.calls.append(Call(number, method, args.for_log(), world.timestamp, status, result, description))
    world.bell.ring()
