"""The webhook as strangers find it: half-open connections, slow and fat requests; and behind nginx."""

import asyncio
import contextlib
import json
import resource
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import uvicorn

from bot import webhook
from bot.receiver import Inbox
from bot.webhook import (
    ACCEPTED_AT_ONCE,
    BODY_MAX_BYTES,
    HEADER_MAX_BYTES,
    REQUEST_WITHIN_S,
    SECRET_HEADER,
    GuardedProtocol,
    build_webhook,
)
from tests.support.live import Live
from tests.support.town import Town

NGINX = Path(__file__).parents[2] / "docs" / "nginx.conf"
SECRET = "only-for-tests"
HALF_OPEN = 1_100
ANSWERED_WITHIN_S = 5.0  # on a machine with other work; without the guard never


@pytest.fixture
async def port(town: Town) -> AsyncIterator[int]:
    """Where the webhook listens, with the settings that `pandu run` gives it."""
    inbox: Inbox = town.runtime.inbox
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        build_webhook(inbox, SECRET, "/telegram"), log_config=None, access_log=False, http=GuardedProtocol,
        ws="none", lifespan="off", backlog=ACCEPTED_AT_ONCE, h11_max_incomplete_event_size=HEADER_MAX_BYTES,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has a flag only
        await asyncio.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = server.force_exit = True
    await serving


async def post(port: int, number: int, *, tls: ssl.SSLContext | None = None) -> int:
    """Send an update as Telegram does; the status."""
    body = json.dumps({"update_id": number, "message": {"message_id": number, "date": 1}}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    head = (
        f"POST /telegram HTTP/1.1\r\nHost: localhost\r\n{SECRET_HEADER}: {SECRET}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status


def test_half_open_connections_delay_no_officer(tmp_path: Path) -> None:
    """A real process, with as many open files as the system gives one by itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    live = Live(tmp_path, f"sqlite:///{tmp_path / 'pandu.db'}")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held: list[socket.socket] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))  # what a service gets by itself
    try:
        live.start(WEBHOOK_URL=f"http://127.0.0.1:{port}/hook", WEBHOOK_SECRET=SECRET, WEBHOOK_PORT=str(port))
        ani = live.phone("Ani")
        live.types(ani, f"/start {live.invite('Ani', 'peksos')}")
        live.wait_for_texts(ani, 1)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * HALF_OPEN)), hard))
        for _number in range(HALF_OPEN):
            held.append(socket.create_connection(("127.0.0.1", port), timeout=20))
            held[-1].sendall(b"POST /hook HTTP/1.1\r\nHost:")
        began = time.monotonic()
        live.types(ani, "/sop")
        live.wait_for_texts(ani, 2)
        assert time.monotonic() - began < REQUEST_WITHIN_S  # nobody waited for the others' deadline
    finally:
        for one in held:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        live.close()


async def test_who_never_ends_the_request_is_cut(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "REQUEST_WITHIN_S", 0.2)
    for said in (b"", b"POST /telegram HTTP/1.1\r\nHost: x\r\n", head_of(100) + b"{"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), ANSWERED_WITHIN_S) == b""
        writer.close()


async def test_a_body_is_refused_by_its_announced_length(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head_of(BODY_MAX_BYTES + 1))  # and not a byte of it
    assert b" 413 " in await asyncio.wait_for(reader.readline(), ANSWERED_WITHIN_S)
    writer.close()


async def test_an_endless_header_is_refused(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /telegram HTTP/1.1\r\nX: " + b"a" * (HEADER_MAX_BYTES + 1))
    assert b" 400 " in await asyncio.wait_for(reader.readline(), ANSWERED_WITHIN_S)
    writer.close()


def head_of(length: int) -> bytes:
    return (
        f"POST /telegram HTTP/1.1\r\nHost: localhost\r\n{SECRET_HEADER}: {SECRET}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


@pytest.fixture
def nginx(tmp_path: Path, port: int) -> Iterator[tuple[int, ssl.SSLContext]]:
    """The example of docs/nginx.conf before the webhook: its port, and a client that trusts its certificate."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None or shutil.which("openssl") is None:
        pytest.skip(
            "nginx or openssl is not on this machine: the example of docs/nginx.conf is not tried out"
        )
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        mine = probe.getsockname()[1]
    example = NGINX.read_text("utf-8")
    for former, new in (
        ("listen 443", f"listen 127.0.0.1:{mine}"),
        ("127.0.0.1:8080", f"127.0.0.1:{port}"),
        ("/etc/letsencrypt/live/pandu.example.org", str(tmp_path)),
        ("pandu.example.org", "localhost"),
    ):
        assert former in example
        example = example.replace(former, new)
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n"
        + "".join(
            f"{what}_temp_path {tmp_path}/{what};\n"
            for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + example
        + "}\n"
    )
    running = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
    until = time.monotonic() + 20
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", mine), timeout=1):
            break
        time.sleep(0.05)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
    yield mine, trusting
    running.terminate()
    running.wait()


async def test_behind_nginx_as_the_example_has_it(nginx: tuple[int, ssl.SSLContext], town: Town) -> None:
    mine, trusting = nginx
    assert await asyncio.wait_for(post(mine, 7, tls=trusting), ANSWERED_WITHIN_S) == 200
    reader, writer = await asyncio.open_connection("127.0.0.1", mine, ssl=trusting)
    writer.write(b"GET /other HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert b" 404 " in await reader.readline()
    writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", mine, ssl=trusting)
    writer.write(head_of(BODY_MAX_BYTES + 1))
    assert b" 413 " in await reader.readline()
    writer.close()
