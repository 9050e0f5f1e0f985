"""`pandu demo`: simulator and bot side by side with an invented angkatan; prints one address."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click
import httpx

from bot.clock import Clock, real_now
from bot.demo_people import (
    DemoOfficer,
    demo_morning,
    demo_officers,
    has_cohort,
    invite_demo_officer,
    open_demo_cohort,
)
from bot.institution import Opened, open_institution
from bot.settings import Settings
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack

OURS = "rppsa_putra_utama"
TOKEN = "123456:demo-token-of-the-simulator"  # means nothing outside the simulator
SECRET = "the demo keeps no secrets: every name in it is invented"
START_WITHIN_S = 30.0
STOP_WITHIN_S = 6.0
LOOK_EVERY_S = 0.1


class DemoError(Exception):
    """The demo can't be started; the message is one line."""


@click.command("demo")
@click.option("--port", default=8090, show_default=True, help="Port of the page in the browser.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="data/demo, or data/demo-PACK.")
@click.option("--pack", default=OURS, show_default=True, help="A built-in pack, or a folder.")
@click.option("--fresh", is_flag=True, help="Begin anew: forget what was done in the demo before.")
def demo_command(port: int, data_dir: Path | None, pack: str, fresh: bool) -> None:
    """Try Pandu in the browser: no token, no real names. Goes on where it was stopped."""
    # Officers and runs of one pack mean nothing to another.
    data_dir = data_dir or Path("data") / ("demo" if pack == OURS else f"demo-{Path(pack).name}")
    if fresh and (data_dir / "pandu.db").exists():
        shutil.rmtree(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _run(port, data_dir, pack)
    except KeyboardInterrupt:
        return
    except DemoError as error:
        click.echo(f"pandu demo: {error}", err=True)
        sys.exit(1)


def _run(port: int, data_dir: Path, pack: str) -> None:
    command = ["simulator", "--port", str(port), "--token", TOKEN, "--data-dir", str(data_dir)]
    command += ["--zone", load_pack(find_pack(pack)).unit.timezone]
    with _process(command, data_dir, {}) as simulator:
        address = _address(simulator, port, data_dir)
        settings = _settings(address, data_dir, pack)
        seed_needed = _open_demo(settings, address)
        with _process(["bot", "run"], data_dir, _environment(settings)) as bot:
            if seed_needed:
                _seed(settings, address, bot)
            click.echo(f"Pandu is at {address} (Ctrl-C stops it; its data is in {data_dir}).")
            while simulator.poll() is None and bot.poll() is None:
                time.sleep(LOOK_EVERY_S * 5)
        who = "the simulator" if simulator.poll() is not None else "the bot"
        raise DemoError(f"{who} has stopped; {data_dir}/log.txt says why")


@contextlib.contextmanager
def _process(module: list[str], data_dir: Path, more: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """A Python module as a process of its own, ended with us."""
    with (data_dir / "log.txt").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            env={**os.environ, **more},
            stdout=subprocess.PIPE if module[0] == "simulator" else log,
            stderr=log,
            text=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _address(simulator: "subprocess.Popen[str]", port: int, data_dir: Path) -> str:
    """The address that the simulator prints when it listens."""
    assert simulator.stdout is not None
    line = simulator.stdout.readline().strip()
    if not line.startswith("http"):
        raise DemoError(
            f"port {port} can't be used; another one: pandu demo --port 8091 ({data_dir}/log.txt)"
        )
    return line


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": settings.token,
        "TELEGRAM_API_BASE_URL": settings.api_base_url,
        "DATABASE_URL": settings.database,
        "PANDU_PACK": settings.pack,
        "PANDU_SECRET_KEY": settings.secret_key,
        "PANDU_SECRET_KEY_OLD": "",
        "PANDU_DATA_DIR": str(settings.data_dir),
        "PANDU_TEST_CLOCK": "1",
        "WEBHOOK_URL": "",
        "PANDU_ENV_FILE": os.devnull,
    }


def _settings(address: str, data_dir: Path, pack: str) -> Settings:
    """Settings of the demo alone: what the environment or .env say about a real bot is left out."""
    return Settings.model_validate(
        {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE_URL": address,
            "DATABASE_URL": f"sqlite:///{data_dir / 'pandu.db'}",
            "PANDU_PACK": pack,
            "PANDU_SECRET_KEY": SECRET,
            "PANDU_SECRET_KEY_OLD": "",
            "PANDU_DATA_DIR": data_dir,
            "PANDU_TEST_CLOCK": True,
            "WEBHOOK_URL": "",
        }
    )


def _open_demo(settings: Settings, address: str) -> bool:
    """Make the database before the bot starts; returns whether it has to be filled."""
    opened = open_institution(settings, real_now())
    try:
        with opened.store.reading() as s:
            if has_cohort(s):
                return False
        morning = demo_morning(opened.house.office, real_now())
    finally:
        opened.store.close()
    httpx.post(f"{address}sim/clock", json={"set": morning.isoformat()}).raise_for_status()
    return True


def _seed(settings: Settings, address: str, bot: "subprocess.Popen[str]") -> None:
    """Officers by real invitations through the chat, then the angkatan, then who is of it alone (guru)."""
    clock = Clock(settings.data_dir, settings.honours_test_clock)
    opened = open_institution(settings, clock.now())
    try:
        with httpx.Client(base_url=address, timeout=10.0) as phones:
            there, coming = demo_officers(opened.house.pack.unit)
            for officer in there:
                _enrol(opened, clock, phones, officer, bot)
            with opened.store.transaction() as s:
                cohort_id = open_demo_cohort(s, opened.house, clock.now())
            for officer in coming:
                _enrol(opened, clock, phones, officer, bot, cohort_id)
    finally:
        opened.store.close()


def _enrol(
    opened: Opened,
    clock: Clock,
    phones: httpx.Client,
    officer: DemoOfficer,
    bot: "subprocess.Popen[str]",
    cohort_id: int | None = None,
) -> None:
    with opened.store.transaction() as s:
        code = invite_demo_officer(s, opened.house, officer, clock.now(), cohort_id)
    phone = phones.post("/sim/phones", json={"name": officer.on_phone}).raise_for_status().json()["id"]
    phones.post(f"/sim/phones/{phone}/text", json={"text": f"/start {code}"}).raise_for_status()
    until = time.monotonic() + START_WITHIN_S
    while not _is_answered(phones, phone):
        if bot.poll() is not None or time.monotonic() > until:
            raise DemoError("the bot does not answer; the log beside the data says why")
        time.sleep(LOOK_EVERY_S)


def _is_answered(phones: httpx.Client, phone: int) -> bool:
    messages = phones.get(f"/sim/phones/{phone}/chat").raise_for_status().json()["messages"]
    return any(message["from_bot"] for message in messages)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
