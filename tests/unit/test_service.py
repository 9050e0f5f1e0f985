"""The unit in docs/: what systemd says about it; and that the container gets what Pandu is made of."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "docs" / "pandu.service"
EXPOSURE_MAX = 1.5  # of 10


def test_a_wrong_setting_is_not_tried_again_and_a_stuck_process_is() -> None:
    lines = UNIT.read_text("utf-8").splitlines()
    assert {"RestartPreventExitStatus=2", "WatchdogSec=30", "Type=notify", "UMask=0077"} <= set(lines)


def test_systemd_finds_little_to_say() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on this machine: the unit is not weighed")
    done = subprocess.run(
        [program, "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"exposure level for pandu\.service: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip(f"this systemd-analyze can't weigh a file: {done.stderr.strip()}")
    assert float(found.group(1)) <= EXPOSURE_MAX


def test_the_container_gets_every_room_and_what_it_copies_is_there() -> None:
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    copied = {name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]}
    assert [name for name in copied if not (ROOT / name).exists()] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    rooms = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert rooms <= copied
