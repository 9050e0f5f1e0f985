"""`python -m simulator.demo`: simulator and bot side by side with an invented angkatan; prints one address.

The bot is driven as an operator drives it: by its command line, and by its reports as JSON.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Literal, get_args

import httpx

from simulator.demo.people import COHORT, GURU, DemoOfficer, Institution, demo_officers, demo_roster

TOKEN = "123456:demo-token-of-the-simulator"  # means nothing outside the simulator
SECRET = "the demo keeps no secrets: every name in it is invented"
LIVED = Path(__file__).parent / "day_10.tar.xz"
CHATS = "simulator.json"
ANSWER_WITHIN_S = 30.0
STOP_WITHIN_S = 6.0
LOOK_EVERY_S = 0.1
QUIET_S = 0.3  # between two questions to the bot
WAIT_S = 5.0  # for a change, before the processes are looked at again
CALM_S = 1.5  # without a change, before the bot is asked
SOON_S = 6.0  # at most, while one change follows another


# The tenth day of a stay that was lived by taps, the morning of the arrival, or officers and nothing else.
Begin = Literal["day-10", "arrival", "empty"]


class DemoError(Exception):
    """The demo can't be started; the message is one line."""


class Demo:
    """The two processes and the page that shows them.

    Attributes:
        phones: the simulator's control addresses.
        is_stopped: somebody asked it to end.
    """

    def __init__(self, data_dir: Path, pack: str, of: Institution, begin: Begin) -> None:
        self.data_dir = data_dir
        self.begin = begin
        self.pack = pack
        self.of = of
        self.address = ""
        self.phones = httpx.Client(timeout=ANSWER_WITHIN_S)
        self.is_stopped = False
        self._running: list[subprocess.Popen[str]] = []

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """As a signal asks for: end the processes, and with them what waits for one of them.

        It raises nothing: an error in the middle of `Popen.poll` would leave its lock closed for ever.
        """
        self.is_stopped = True
        for process in self._running:
            self._end(process)

    @staticmethod
    def _end(process: "subprocess.Popen[str]") -> None:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)

    def run(self, port: int) -> None:
        """Until a process ends, which is a DemoError, or until interrupted; anew when somebody asks for that."""
        while (wish := self._run_once(port)) is not None:
            self.begin = wish
            port = int(self.address.rstrip("/").rpartition(":")[2])
            for path in self.data_dir.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != "log.txt":
                    path.unlink()

    def _run_once(self, port: int) -> Begin | None:
        lived_until = self._lay_lived_days() if self.begin == "day-10" else None
        command = ["simulator", "--port", str(port), "--token", TOKEN, "--data-dir", str(self.data_dir)]
        with self._process([*command, "--zone", self.of.zone]) as simulator:
            self.address = self._address(simulator, port)
            self.phones.base_url = self.address
            is_new = self._is_new()
            if is_new or lived_until:
                self._post("clock", set=lived_until or self.of.morning)
            with self._process(["bot", "run"]) as bot:
                if is_new:
                    self._people_it(bot)
                print(
                    f"Pandu is at {self.address} (Ctrl-C stops it; its data is in {self.data_dir}).",
                    flush=True,
                )
                self._post("begin", offers=self.offers)
                wish = self._tell_what_is_next(simulator, bot)
        if wish is not None:
            return wish
        who = "the simulator" if simulator.poll() is not None else "the bot"
        raise DemoError(f"{who} has stopped; {self.data_dir}/log.txt says why")

    @contextlib.contextmanager
    def _process(self, module: list[str]) -> "Iterator[subprocess.Popen[str]]":
        """A Python module as a process of its own, ended with us."""
        with (self.data_dir / "log.txt").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *module],
                env=self._environment(),
                stdout=subprocess.PIPE if module[0] == "simulator" else log,
                stderr=log,
                text=True,
            )
        self._running.append(process)
        if self.is_stopped:
            self._end(process)
        try:
            yield process
        finally:
            self._running.remove(process)
            process.terminate()
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def _environment(self) -> dict[str, str]:
        """Settings of the demo alone: what the environment or .env say about a real bot is left out."""
        return {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE_URL": self.address,
            "DATABASE_URL": f"sqlite:///{self.data_dir / 'pandu.db'}",
            "PANDU_PACK": self.pack,
            "PANDU_SECRET_KEY": SECRET,
            "PANDU_SECRET_KEY_OLD": "",
            "PANDU_DATA_DIR": str(self.data_dir),
            "PANDU_TEST_CLOCK": "1",
            "WEBHOOK_URL": "",
            "PANDU_ENV_FILE": os.devnull,
            "PYTHONIOENCODING": "utf-8",
        }

    def _address(self, simulator: "subprocess.Popen[str]", port: int) -> str:
        """The address that the simulator prints when it listens."""
        assert simulator.stdout is not None
        line = simulator.stdout.readline().strip()
        if not line.startswith("http"):
            raise DemoError(
                f"port {port} can't be used; another one: pandu demo --port 8091 ({self.data_dir}/log.txt)"
            )
        return line

    def _lay_lived_days(self) -> str | None:
        """Ten days that `scripts/lived_demo.py` has lived, into an empty folder; until when (ISO 8601), None where
        somebody was here before."""
        if (self.data_dir / CHATS).exists() or (self.data_dir / "pandu.db").exists():
            return None
        shutil.unpack_archive(LIVED, self.data_dir)  # tarfile's filters are not in Debian's Python 3.11.2
        return str(json.loads((self.data_dir / CHATS).read_text("utf-8"))["now"])

    # the people

    def _is_new(self) -> bool:
        """Whether nobody is there yet. Raises DemoError when only some are: the first start was cut off."""
        there = {phone["name"] for phone in self.phones.get("sim/phones").raise_for_status().json()}
        wanted = {one.on_phone for one in demo_officers(self.of) if self.begin != "empty" or not one.cohort}
        if there and not there.issuperset(wanted):
            raise DemoError(f"the demo in {self.data_dir} is not whole; pandu demo --fresh begins anew")
        return not there

    def _people_it(self, bot: "subprocess.Popen[str]") -> None:
        """Officers by real invitations through the chat, then the angkatan, then who is of it alone (guru)."""
        officers = demo_officers(self.of)
        self._enrol([one for one in officers if not one.cohort], bot)
        if self.begin == "empty":
            return
        arrival = self.of.morning[:10]
        self._ask(
            ["cohort", "open", "--name", COHORT, "--arrival", arrival, "--roster", "-"],
            demo_roster(int(arrival[:4]), self.of.city),
        )
        self._enrol([one for one in officers if one.cohort], bot)

    def _enrol(self, officers: Sequence[DemoOfficer], bot: "subprocess.Popen[str]") -> None:
        if not officers:
            return
        invited = self._ask(["invite", "--list", "-"], json.dumps([one.invited for one in officers]))
        for officer, invitation in zip(officers, json.loads(invited), strict=True):
            phone = self._post("phones", name=officer.on_phone)["id"]
            self._post(f"phones/{phone}/text", text=f"/start {invitation['code']}")
            until = time.monotonic() + ANSWER_WITHIN_S
            while not self._is_answered(phone):
                if bot.poll() is not None or time.monotonic() > until:
                    raise DemoError(f"the bot does not answer; {self.data_dir}/log.txt says why")
                time.sleep(LOOK_EVERY_S)

    def _is_answered(self, phone: int) -> bool:
        messages = self.phones.get(f"sim/phones/{phone}/chat").raise_for_status().json()["messages"]
        return any(message["from_bot"] for message in messages)

    def _post(self, path: str, **body: Any) -> Any:
        return self.phones.post(f"sim/{path}", json=body).raise_for_status().json()

    def _ask(self, command: list[str], given: str | None = None) -> str:
        """What a command of the bot says."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *command],
            env=self._environment(),
            input=given,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise DemoError(
                done.stderr.strip().splitlines()[-1] if done.stderr.strip() else " ".join(command)
            )
        return done.stdout

    # the clock panel

    @property
    def offers(self) -> list[Begin]:
        """From what it can begin: days were lived with the officers of our own pack only."""
        return [one for one in get_args(Begin) if one != "day-10" or GURU in demo_officers(self.of)]

    def _tell_what_is_next(self, *processes: "subprocess.Popen[str]") -> Begin | None:
        """Ask the bot when the next reminder leaves, a second of CPU each time: at once when the clock was moved, else when
        nothing more changes; ends when a process has ended, or with what somebody wants to begin with."""
        seen = told = -1
        clock: object = None
        changed_at = 0.0
        while not self.is_stopped and all(process.poll() is None for process in processes):
            time.sleep(QUIET_S)
            with contextlib.suppress(httpx.HTTPError, DemoError):
                wait = WAIT_S if seen == told else CALM_S
                waited = self.phones.get("sim/changes", params={"after": seen, "wait": wait})
                news = waited.raise_for_status().json()
                has_changed = news["revision"] != seen
                if has_changed:
                    wish: Begin | None = self.phones.get("sim/begin").raise_for_status().json()["wish"]
                    if wish is not None:
                        return wish
                    changed_at = time.monotonic() if seen == told else changed_at
                    seen = news["revision"]
                setting = [news["clock"][part] for part in ("since", "offset", "rate")]
                is_due = setting != clock or not has_changed or time.monotonic() - changed_at > SOON_S
                if seen != told and is_due:
                    rows = json.loads(self._ask(["reminders", "--next"]))
                    self._post("clock", next_due=rows[0]["due_at"] if rows else None)
                    told, clock = seen, setting
        return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulator.demo", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--begin", choices=get_args(Begin), default="arrival")
    parser.add_argument("--institution", required=True, help="JSON: the fields of Institution")
    given = parser.parse_args()
    demo = Demo(given.data_dir, given.pack, Institution(**json.loads(given.institution)), given.begin)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, demo.stop)
    try:
        demo.run(given.port)
    except (DemoError, httpx.HTTPError) as error:
        if not demo.is_stopped:
            print(f"pandu demo: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
