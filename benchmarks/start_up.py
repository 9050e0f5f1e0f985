"""Whole processes: from the command to the end of it, with all SOPs of our pack against one SOP."""

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.figure import Figure, measure
from sop_flows.declarations.loader import UNIT_FILE
from sop_flows.packs import find_pack

ONE = "9.2.04"  # starts on the day of arrival, so that it stands by itself


def start_ups(folder: Path) -> list[Figure]:
    """`pandu sop list` reads the pack alone; `pandu status` opens the whole house, as the bot does."""
    everything = find_pack("rppsa_putra_utama")
    alone = folder / "alone"
    alone.mkdir()
    for name in (UNIT_FILE, f"{ONE}.yaml"):
        shutil.copy(everything / name, alone)
    count = len(list(everything.glob("*.yaml"))) - 1
    settings = {
        "PATH": os.environ["PATH"],
        "TELEGRAM_BOT_TOKEN": "1:benchmark",
        "PANDU_SECRET_KEY": secrets.token_hex(32),
        "PANDU_DATA_DIR": str(folder / "data"),
    }

    def start(pack: Path, *command: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "bot", *command],
            env=settings | {"PANDU_PACK": str(pack)},
            capture_output=True,
            check=True,
        )

    def against_one(*command: str) -> Figure:
        return measure(
            f"start: pandu {' '.join(command)}, {count} SOPs",
            lambda: start(everything, *command),
            "one SOP",
            lambda: start(alone, *command),
        )

    return [against_one("sop", "list"), against_one("status")]
