"""A machine that lacks something: UTF-8 on its console, time-zone data, a package that only some need."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packs.small_pack import FIRST, write_small_pack

ROOT = Path(__file__).parents[2]
LATIN = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
ASCII = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}


def run(
    folder: Path,
    *command: str,
    without: str = "-",
    first: str = "",
    encoding: str = "latin-1",
    **settings: str,
) -> "subprocess.CompletedProcess[str]":
    """`pandu COMMAND` as a process; `without` is a package that it can't import, `first` code that it begins with."""
    ours = ("TELEGRAM_", "DATABASE_URL", "PANDU_", "WEBHOOK_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    start = f"import sys; sys.modules[{without!r}] = None; {first}from bot.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", start, *command],
        env={
            **environment,
            "PYTHONPATH": str(ROOT),
            "PANDU_SECRET_KEY": "a secret for tests of bare hosts only",
            "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9",
            "TELEGRAM_BOT_TOKEN": "1:a",
            **settings,
        },
        cwd=folder,
        capture_output=True,
        encoding=encoding,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("console", [LATIN, ASCII], ids=["latin-1", "ascii"])
def test_an_invitation_is_printed_on_any_console(tmp_path: Path, console: dict[str, str]) -> None:
    invite = ("invite", "--role", "peksos", "--name", "Ibu Sari → Ćontoh")
    done = run(tmp_path, *invite, **console)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert len(done.stdout.splitlines()[-1].replace("-", "")) >= 8


def test_the_qr_code_is_drawn_on_any_console(tmp_path: Path) -> None:
    known = "from bot.commands import invite; invite.ask_bot_name = lambda _settings: 'pandu_contoh_bot'; "
    for console in (LATIN, ASCII):
        done = run(tmp_path, "invite", "--role", "peksos", "--name", "Ibu Sari", first=known, **console)
        assert (done.returncode, done.stderr) == (0, "")
        code = done.stdout.splitlines()[-1]
        assert f"https://t.me/pandu_contoh_bot?start={code}\n" in done.stdout
        assert "\033[7m  " in done.stdout  # light squares, painted


def test_json_says_the_same_on_any_console(tmp_path: Path) -> None:
    pack = write_small_pack(
        tmp_path, **{"1_1_yaml": FIRST.replace("title: Pertama", "title: Pertama → é 😀")}
    )
    for console in (LATIN, {"PYTHONIOENCODING": "utf-8"}):
        done = run(
            tmp_path,
            "sop",
            "list",
            "--json",
            "--pack",
            str(pack),
            encoding=console["PYTHONIOENCODING"],
            **console,
        )
        assert json.loads(done.stdout)[0]["title"] == "Pertama → é 😀"


def test_the_time_zone_is_known_without_data_of_the_machine(tmp_path: Path) -> None:
    done = run(tmp_path, "sop", "check", PYTHONTZPATH=str(tmp_path))
    assert done.returncode == 0
    assert all(line.startswith("warning: ") for line in done.stderr.splitlines())


def test_a_machine_without_any_time_zone_data_says_what_to_install(tmp_path: Path) -> None:
    done = run(tmp_path, "sop", "check", without="tzdata", PYTHONTZPATH=str(tmp_path))
    assert done.returncode == 1
    assert "this machine has no time-zone data; install it: pip install tzdata" in done.stdout + done.stderr
    assert "write it like" not in done.stdout + done.stderr


def test_postgresql_without_its_package_is_one_line(tmp_path: Path) -> None:
    url = "postgresql://pandu:hidden@127.0.0.1:1/pandu"
    done = run(tmp_path, "run", without="psycopg", DATABASE_URL=url)
    assert (done.returncode, done.stderr) == (
        2,
        "pandu: DATABASE_URL: PostgreSQL needs one package more: pip install 'psycopg[binary]'\n",
    )


def test_the_demo_without_its_package_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--port", "0", without="python_multipart")
    assert (done.returncode, done.stderr) == (
        1,
        "pandu demo: the simulator needs one package more: pip install python-multipart\n",
    )
