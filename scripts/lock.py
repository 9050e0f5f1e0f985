"""Write requirements.lock: the version of every package that Pandu and its extras need, as pip resolves them today."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
HEAD = "# Made by `make lock`; the Makefile installs these versions (pip install -c requirements.lock).\n"


def main() -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--report",
        "-",
    ]
    done = subprocess.run([*command, f"{ROOT}[dev]"], stdout=subprocess.PIPE, check=True)
    found = [
        (re.sub(r"[-_.]+", "-", package["metadata"]["name"]).lower(), package["metadata"]["version"])
        for package in json.loads(done.stdout)["install"]
        if "dir_info" not in package["download_info"]  # Pandu itself
    ]
    LOCK.write_text(HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(found)), "utf-8")


if __name__ == "__main__":
    main()
