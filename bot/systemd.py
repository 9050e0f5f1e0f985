"""What systemd is told, where it runs us: that we are ready, and every few seconds that we still move."""

import asyncio
import contextlib
import os
import socket

ALIVE_EVERY_S = 5.0  # WatchdogSec=30 in the unit of docs/operating.md


def notify(words: str) -> None:
    """Tell the service manager (sd_notify): `READY=1`, `WATCHDOG=1`. Without one nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect("\0" + address[1:] if address.startswith("@") else address)
        line.sendall(words.encode())


async def keep_alive() -> None:
    """Say so until cancelled: a process whose loop stands still is started again."""
    notify("READY=1")
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(ALIVE_EVERY_S)
