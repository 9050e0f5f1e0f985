"""`python -m simulator`: the simulator on a port of this machine."""

import argparse
import contextlib
import ipaddress
import signal
import socket
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import FrameType

import uvicorn

from simulator.app import LOOPBACK_NAMES, build_app
from simulator.clock import SimClock
from simulator.snapshot import load
from simulator.world import WITA, World


class Server(uvicorn.Server):
    """Says its address when it listens, and ends waiting polls at once when it is told to stop."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self.world = world

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            print(f"http://{self.config.host}:{port}/", flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C end it in order and with status 0; uvicorn alone would raise them once more."""
        before = {
            number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.world.bell.close()
        super().handle_exit(sig, frame)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; nothing else is accepted")
    parser.add_argument("--token", default="123456:SIM")
    parser.add_argument(
        "--data-dir", type=Path, help="folder of clock.json and the chats; none keeps all in memory"
    )
    parser.add_argument("--bot-username", default="pandu_demo_bot")
    parser.add_argument("--zone", default=WITA, help="in which the page shows times, such as Asia/Jakarta")
    given = parser.parse_args(arguments)
    if not is_loopback(given.host):
        print(
            f"--host {given.host} is not a loopback address: the simulator has no password", file=sys.stderr
        )
        return 2
    clock = SimClock(given.data_dir)
    world = World(given.token, clock.now, given.bot_username, zone=given.zone)
    snapshot = given.data_dir / "simulator.json" if given.data_dir else None
    saved_at = load(world, snapshot) if snapshot else None
    if saved_at is not None and clock.setting.rate != 1:
        # It was playing when it was killed: the days that a fast clock would have gone on are not owed.
        clock.move_to(datetime.fromisoformat(saved_at))
        clock.play(1.0)
    app = build_app(world, clock, allowed_hosts=LOOPBACK_NAMES, snapshot=snapshot)
    config = uvicorn.Config(
        app, given.host, given.port, log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    server = Server(config, world)
    server.run()
    return 0 if server.started else 1


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine only; names other than localhost are not looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
