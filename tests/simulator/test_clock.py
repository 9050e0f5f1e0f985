"""The movable clock, its file, the snapshot, and the command line."""

import ast
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

import simulator
from simulator.__main__ import is_loopback, main
from simulator.clock import SimClock
from simulator.phones import Phone
from simulator.snapshot import load, save
from simulator.world import World
from tests.simulator.conftest import Calls

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


class Real:
    """Real time under the test's control."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


def stored_now(folder: Path, real: datetime) -> datetime:
    """Simulated time by the formula of the agreement, from the file alone."""
    stored = json.loads((folder / "clock.json").read_text())
    since = datetime.fromisoformat(stored["since"])
    passed = (real - since).total_seconds() * stored["rate"]
    return since + timedelta(seconds=stored["offset"] + passed)


def test_the_file_says_what_the_clock_says(tmp_path: Path) -> None:
    real = Real()
    clock = SimClock(tmp_path, real)
    assert stored_now(tmp_path, real.at) == clock.now() == NOON
    clock.advance(86_400)
    real.at += timedelta(seconds=10)
    assert stored_now(tmp_path, real.at) == clock.now() == datetime(2026, 12, 2, 12, 0, 10, tzinfo=UTC)
    clock.play(3600)
    real.at += timedelta(seconds=2)
    assert stored_now(tmp_path, real.at) == clock.now() == datetime(2026, 12, 2, 14, 0, 10, tzinfo=UTC)
    clock.play(1)
    real.at += timedelta(seconds=5)
    assert stored_now(tmp_path, real.at) == clock.now() == datetime(2026, 12, 2, 14, 0, 15, tzinfo=UTC)


def test_a_restart_goes_on_with_the_stored_time(tmp_path: Path) -> None:
    SimClock(tmp_path, Real()).advance(3600)
    assert SimClock(tmp_path, Real()).now() == NOON + timedelta(hours=1)
    (tmp_path / "clock.json").write_text("half a fi")
    assert SimClock(tmp_path, Real()).now() == NOON


def test_it_goes_to_the_next_reminder_once_it_is_told(tmp_path: Path) -> None:
    clock = SimClock(tmp_path, Real())
    assert not clock.move_to_next_due()
    clock.next_due = datetime.fromisoformat("2026-12-03T07:30:00+08:00")
    assert clock.move_to_next_due()
    assert clock.now() == datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    assert not clock.move_to_next_due()


def test_the_world_comes_back_from_its_file(tmp_path: Path, world: World, ani: Phone, call: Calls) -> None:
    call("sendMessage", chat_id=ani.id, text="kartu", reply_markup={"keyboard": [["Tugas saya"]]})
    picture = ani.sends_photo().content["photo"][0]["file_id"]
    save(world, tmp_path / "simulator.json")

    again = World(now=world.now)
    assert load(again, tmp_path / "simulator.json") == "2026-12-01T00:00:00+00:00"
    phone = again.phone("Ani Contoh")
    assert [m.text for m in phone.messages] == ["/start", "kartu", ""]
    assert phone.reply_keyboard == [["Tugas saya"]]
    assert again.files[picture].content == world.files[picture].content
    assert again.take_updates() == world.take_updates()
    assert phone.types("halo")[0].id == 4


def test_without_a_file_the_world_begins_empty(tmp_path: Path, world: World) -> None:
    assert load(world, tmp_path / "simulator.json") is None
    (tmp_path / "simulator.json").write_text('{"format": 0}')
    assert load(world, tmp_path / "simulator.json") is None


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("x.id", False),
    ],
)
def test_only_this_machine_is_served(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_another_host_stops_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "0.0.0.0"]) == 2
    assert (
        capsys.readouterr().err == "--host 0.0.0.0 is not a loopback address: the simulator has no password\n"
    )


def test_the_simulator_imports_none_of_the_other_rooms() -> None:
    rooms = {"bot", "handlers", "sop_flows", "storage", "locales", "telegram"}
    imported = set()
    for file in Path(simulator.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert imported & rooms == set()


def test_it_says_its_address_and_ends_in_order_when_told_to(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "simulator", "--port", "0", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        assert httpx.post(f"{address}sim/phones", json={"name": "Ani Contoh"}).status_code == 200
        process.terminate()
        _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints) == (0, "")
    assert "Ani Contoh" in (tmp_path / "simulator.json").read_text()
