"""The face that the page, the demo and tests use: `/sim/...`, JSON in and out."""

from starlette.routing import Route

from simulator.clock import SimClock
from simulator.control.groups import group_routes
from simulator.control.phones import phone_routes
from simulator.control.workshop import workshop_routes
from simulator.world import World


def control_routes(world: World, clock: SimClock | None) -> list[Route]:
    return [*phone_routes(world), *group_routes(world), *workshop_routes(world, clock)]
