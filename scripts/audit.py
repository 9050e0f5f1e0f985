"""What Pandu is made of: are the packages the ones that were locked, is something known against them, may they be used?

    files     each package is downloaded again and has the hash that stands in requirements.hashes
    faults    pip-audit asks for known vulnerabilities; where it can ask nobody, that is said
    licences  every package has a licence that an institution may use Pandu with

ruff's security rules are part of every `make lint`. Exit status 1 when one of them finds something.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Parts of the names that licences go by. Any other has to be read by a person first.
ALLOWED = (
    "mit",
    "bsd",
    "apache",
    "psf",
    "python software foundation",
    "mozilla",
    "mpl",
    "lgpl",
    "isc",
    "hpnd",
    "unlicense",
)
OWN = {"pandu"}


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One of the tools of the extra `audit`."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )


def files() -> list[str]:
    """What is not the file that was locked."""
    with tempfile.TemporaryDirectory() as folder:
        done = run(
            "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-r", "requirements.hashes", "-d", folder,
        )  # fmt: skip
        if done.returncode:
            return done.stderr.strip().splitlines()[-5:]
        say(f"files: {len(list(Path(folder).iterdir()))} are the ones that were locked")
    return []


def faults() -> list[str]:
    """Known vulnerabilities of locked versions."""
    done = run("pip_audit", "-r", "requirements.lock", "--no-deps", "--disable-pip", "-f", "json")
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        found = []
    asked = [one for one in found if "vulns" in one]
    if not asked:
        say("faults: SKIPPED, no database of vulnerabilities can be reached from here")
        return []
    say(f"faults: asked for {len(asked)} of {len(found)} packages")
    return [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for one in asked
        for fault in one["vulns"]
    ]


def licences() -> list[str]:
    """Packages whose licence is not among ALLOWED."""
    done = run("piplicenses", "--format=json", "--from=mixed", "--python", sys.executable)
    found = {one["Name"].lower(): one["License"] for one in json.loads(done.stdout)}
    odd = [
        f"{name}: {licence}"
        for name, licence in found.items()
        if name not in OWN and not any(part in licence.lower() for part in ALLOWED)
    ]
    say(f"licences: {len(found)} packages, {len(set(found.values()))} licences")
    return odd


def say(words: str) -> None:
    """A line of the report."""
    print(words, flush=True)


CHECKS: tuple[Callable[[], list[str]], ...] = (files, faults, licences)


def main() -> None:
    bad = [f"{check.__name__}: {line}" for check in CHECKS for line in check()]
    for line in bad:
        say(line)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
