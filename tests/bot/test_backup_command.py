"""`pandu backup` and `pandu restore`: the drill of docs/operating.md word for word, and what is refused."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.backups import Backups
from bot.clock import real_now
from storage.backup import list_backups
from tests.bot.test_settings import begin, run
from tests.support.database import Databases
from tests.support.live import Live
from tests.support.town import Town

DOCS = Path(__file__).parents[2] / "docs" / "operating.md"


@pytest.fixture
def live(sqlite_databases: Databases, tmp_path: Path) -> Iterator[Live]:
    living = Live(tmp_path / "live", f"sqlite:///{tmp_path / 'live' / 'pandu.db'}")
    yield living
    living.close()


def drill() -> list[str]:
    """The commands of the drill, as an operator types them."""
    section = DOCS.read_text("utf-8").split("### The drill\n")[1].split("\n## ")[0]
    return re.findall(r"^    (.+)$", section, re.MULTILINE)


@pytest.mark.slow
def test_the_drill_word_for_word(live: Live, tmp_path: Path) -> None:
    """Beside the running bot."""
    bot = live.start()
    assert bot.stderr is not None
    assert "running: polling" in bot.stderr.readline()
    ani = live.phone("Ani")
    live.types(ani, f"/start {live.invite('Ani', 'peksos')}")
    live.wait_for_texts(ani, 1)
    exports, said = "", {}
    for line in drill():
        words = line.replace("/tmp/drill", str(tmp_path / "drill"))
        if words.startswith("export "):
            exports = words + "; "
            continue
        words = re.sub(r"^pandu ", f"{sys.executable} -m bot ", words)
        said[line] = subprocess.run(
            ["bash", "-c", exports + words], env=live.environment(), capture_output=True, text=True, timeout=90, check=False
        )  # fmt: skip
    status = {line: done.returncode for line, done in said.items()}
    assert status == {
        "pandu backup --to /tmp/drill": 0,
        "pandu restore /tmp/drill/pandu-*.backup": 0,
        "pandu doctor": 0,
        "pandu run": 2,
        "rm -r /tmp/drill": 0,
    }, [done.stderr for done in said.values()]
    assert "opened again and compared" in said["pandu backup --to /tmp/drill"].stdout
    restored = said["pandu restore /tmp/drill/pandu-*.backup"].stdout
    assert re.search(r"are back, as of \d{4}-\d\d-\d\d \d\d:\d\d", restored)
    assert "1 officers will be asked" in restored
    print(f"\nthe drill: {restored.splitlines()[0]}")  # noqa: T201 -- a figure of make soak
    assert "another process polls with this token (409)" in said["pandu run"].stderr
    live.types(ani, "/bantuan")  # the one that runs goes on
    live.wait_for_texts(ani, 2)


@pytest.mark.slow
def test_a_restored_bot_asks_once_what_was_done_since(live: Live, tmp_path: Path) -> None:
    bot = live.start()
    assert bot.stderr is not None
    bot.stderr.readline()
    ani = live.phone("Ani")
    live.types(ani, f"/start {live.invite('Ani', 'peksos')}")
    live.wait_for_texts(ani, 1)
    assert live.run("backup", "--to", str(tmp_path / "kept")).returncode == 0
    bot.kill()
    bot.wait()
    (newest,) = list_backups(tmp_path / "kept")
    again = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'again' / 'pandu.db'}",
        "PANDU_DATA_DIR": str(tmp_path / "again"),
    }
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "clock.json").write_bytes((live.folder / "clock.json").read_bytes())
    assert live.run("restore", str(newest), **again).returncode == 0
    second = live.start(**again)
    assert second.stderr is not None
    assert "looking for 10 s" in second.stderr.readline()
    assert "running: polling" in second.stderr.readline()
    live.types(ani, "/bantuan")
    live.wait_for_texts(ani, 2)
    reminders = json.loads(live.run("reminders", "--json", **again).stdout)
    assert [row["kind"] for row in reminders if row["kind"] == "notice"] == ["notice"]
    second.terminate()
    assert second.wait(timeout=30) == 0
    third = live.start(**again)  # it has been served: nobody is looked for
    assert third.stderr is not None
    assert "running: polling" in third.stderr.readline()


def test_a_backup_is_laid_down_in_an_empty_place_only(tmp_path: Path) -> None:
    begin(tmp_path)
    made = run(tmp_path, "backup", "--to", "kept")
    assert made.returncode == 0, made.stderr
    (path,) = list_backups(tmp_path / "kept")
    refused = run(tmp_path, "restore", str(path))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "there is a Pandu in this database" in refused.stderr


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        (("backup",), 2, "say where: --to FOLDER, or PANDU_BACKUP_DIR"),
        (("backup", "--to", "/proc/nowhere"), 1, "/proc/nowhere"),
        (("restore", "nothing.backup"), 1, "nothing.backup: No such file"),
        (("restore", ".env"), 1, "is no backup of Pandu"),
    ],
)
def test_what_can_not_be_done_is_one_line(
    tmp_path: Path, command: tuple[str, ...], status: int, words: str
) -> None:
    begin(tmp_path)
    (tmp_path / ".env").write_text("")
    done = run(tmp_path, *command)
    assert (done.returncode, done.stderr.count("\n")) == (status, 1), done.stderr
    assert words in done.stderr


async def test_the_bot_keeps_one_a_day(town: Town, tmp_path: Path) -> None:
    await town.officer("Ani", role="perawat")
    keeps = Backups(town.runtime.unit, tmp_path / "kept")
    for _hour in range(3):
        keeps.make_if_due()
    assert len(list_backups(tmp_path / "kept")) == 1
    town.clock.set(town.clock.now() + timedelta(days=1))
    keeps.make_if_due()
    assert len(list_backups(tmp_path / "kept")) == 2


async def test_a_folder_that_can_not_be_written_stops_nothing(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("a file")
    Backups(town.runtime.unit, tmp_path / "kept").make_if_due()
    assert "no backup was made" in caplog.text


def test_doctor_tells_of_the_last_one(tmp_path: Path) -> None:
    begin(tmp_path)
    where = {"PANDU_BACKUP_DIR": str(tmp_path / "kept")}
    none_yet = run(tmp_path, "doctor", **where)
    assert "! no backup is in" in none_yet.stdout
    assert run(tmp_path, "backup", **where).returncode == 0
    assert "Last backup: " in run(tmp_path, "doctor", **where).stdout
    (newest,) = list_backups(tmp_path / "kept")
    old = real_now() - timedelta(days=3, hours=1)
    newest.rename(newest.with_name(f"pandu-{old:%Y%m%dT%H%M%SZ}.backup"))
    assert "is 3 days old" in run(tmp_path, "doctor", **where).stdout
