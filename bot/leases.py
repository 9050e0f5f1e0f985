"""Who holds a lease: `host:pid:random`. Those of dead processes of this machine are free at once."""

import os
import secrets
import socket


def new_owner() -> str:
    """A name for this process (or one part of it) as the owner of leases."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(owner: str, myself: str) -> bool:
    """Whether `owner` is a process of this machine that no longer runs."""
    host, _colon, number = owner.rpartition(":")[0].rpartition(":")
    if owner == myself or host != socket.gethostname() or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return True  # in a container every process has the same number
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def is_of_this_machine(owner: str) -> bool:
    """Whether the owner is (or was) a process of this machine."""
    return owner.rpartition(":")[0].rpartition(":")[0] == socket.gethostname()
