"""Write requirements.lock: the version of every package that Pandu and its extras need, as pip resolves them today; and
requirements.hashes: the file that pip takes for each on this kind of machine, by its SHA-256."""

import json
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
HASHES = ROOT / "requirements.hashes"
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
    done = subprocess.run([*command, f"{ROOT}[dev,audit]"], stdout=subprocess.PIPE, check=True)
    found = {
        re.sub(r"[-_.]+", "-", package["metadata"]["name"]).lower(): (
            package["metadata"]["version"],
            package["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for package in json.loads(done.stdout)["install"]
        if "dir_info" not in package["download_info"]  # Pandu itself
    }
    locked = sorted(found.items())
    LOCK.write_text(HEAD + "".join(f"{name}=={version}\n" for name, (version, _hash) in locked), "utf-8")
    lines = [f"{name}=={version} --hash=sha256:{digest}\n" for name, (version, digest) in locked]
    HASHES.write_text(
        f"# Made by `make lock` for {platform.system()} {platform.machine()}, Python {sys.version_info.major}.{sys.version_info.minor}.\n"
        + "".join(lines),
        "utf-8",
    )


if __name__ == "__main__":
    main()
