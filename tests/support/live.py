"""Simulator and bot as processes of their own, on loopback; killed and started again by a test."""

import os
import re
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from bot.clock import real_now
from bot.institution import Opened, open_institution
from bot.settings import Settings
from sop_flows.actions.people.invitations import Grant, invite
from sop_flows.notifications.planning import working
from tests.support import forked
from tests.support.forked import Forked

TOKEN = "123456:LIVE"
SECRET = "a secret of the live tests, nothing else"
WAIT_S = 60.0  # a machine with other work is slow to start a process
LONG_POLL_S = 2
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


class Live:
    """One simulator, one database, and bots that come and go."""

    def __init__(self, folder: Path, database_url: str, token: str = TOKEN) -> None:
        self.folder = folder
        self.database_url = database_url
        self.token = token
        folder.mkdir(parents=True, exist_ok=True)
        where = ("--port", "0", "--token", TOKEN, "--data-dir", str(folder))
        self.simulator = forked.start("simulator", *where, env=os.environ, stdout=True)
        found = _ADDRESS.search(self.simulator.stdout.readline())
        assert found is not None
        self.address = found.group()
        self.http = httpx.Client(base_url=self.address, timeout=WAIT_S)
        self.bots: list[Forked] = []

    def close(self) -> None:
        """End every process."""
        for process in (*self.bots, self.simulator):
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.http.close()

    # the bot

    def environment(self, **more: str) -> dict[str, str]:
        """Settings as an operator would set them."""
        return {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_API_BASE_URL": self.address,
            "DATABASE_URL": self.database_url,
            "PANDU_SECRET_KEY": SECRET,
            "PANDU_DATA_DIR": str(self.folder),
            "PANDU_TEST_CLOCK": "1",
            **more,
        }

    def start(self, *command: str, **more: str) -> Forked:
        """Start `python -m bot run`, or another command."""
        bot = forked.start(*(command or ("bot", "run")), env=self.environment(**more))
        self.bots.append(bot)
        return bot

    def run(self, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return forked.run("bot", *command, env=self.environment(**more))

    def opened(self) -> Opened:
        """The bot's database, from here."""
        settings = Settings.model_validate(
            {
                "DATABASE_URL": self.database_url,
                "PANDU_SECRET_KEY": SECRET,
                "PANDU_DATA_DIR": self.folder,
                "TELEGRAM_API_BASE_URL": self.address,
            }
        )
        return open_institution(settings, real_now())

    def invite(self, name: str, role: str) -> str:
        """The code of an invitation."""
        opened = self.opened()
        with opened.store.transaction() as s, working(s, opened.house, real_now()) as work:
            code = invite(work, Grant(name, (role,))).code
        opened.store.close()
        return code

    # people

    def phone(self, name: str) -> int:
        """The id of a phone."""
        answer = self.http.post("/sim/phones", json={"name": name})
        return int(answer.raise_for_status().json()["id"])

    def types(self, phone: int, text: str) -> None:
        """Write a message."""
        self.http.post(f"/sim/phones/{phone}/text", json={"text": text}).raise_for_status()

    def texts(self, phone: int) -> list[str]:
        """What the bot wrote."""
        answer = self.http.get(f"/sim/phones/{phone}/chat").raise_for_status().json()
        return [str(message.get("text", "")) for message in answer["messages"] if message["from_bot"]]

    def wait_for_texts(self, phone: int, count: int) -> list[str]:
        """Wait until the bot has written `count` messages."""
        revision = 0
        until = time.monotonic() + WAIT_S
        while len(found := self.texts(phone)) < count:
            assert time.monotonic() < until, f"only {found}"
            answer = self.http.get(
                f"/sim/phones/{phone}/chat", params={"after": revision, "wait": LONG_POLL_S}
            ).json()
            revision = answer["revision"]
        return found

    def moves_clock(self, **how: Any) -> datetime:
        """advance_s=, set= or rate=; returns the officers' time."""
        answer = self.http.post("/sim/clock", json=how).raise_for_status().json()
        return datetime.fromisoformat(answer["now"])
