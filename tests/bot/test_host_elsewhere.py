"""The host's own zone, and its summer time, change nothing: the institution lives in Mataram."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.database import Databases
from tests.support.sample import one_in

HERE = "Asia/Makassar"
ZONES = (
    "America/New_York",
    "Europe/Berlin",
)  # summer time ends on 1 November, on 25 October; one of them each day


def test_what_is_said_is_the_same_wherever_the_host_is(sqlite_databases: Databases, tmp_path: Path) -> None:
    said = {}
    for zone in (HERE, *one_in(len(ZONES), ZONES)):
        folder = tmp_path / zone.replace("/", "-")
        folder.mkdir()
        url = sqlite_databases.migrated()
        arguments = [sys.executable, "-m", "tests.support.elsewhere", url, str(folder)]
        environment = {**os.environ, "TZ": zone}
        done = subprocess.run(arguments, env=environment, capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stderr
        said[zone] = json.loads(done.stdout)
        sqlite_databases.drop(url)
    here = said.pop(HERE)
    assert len(here["sent"]) > 20
    assert any("menggantikan Pak Budi" in text for text in here["Bu Dewi"])
    for zone, there in said.items():
        assert there == here, zone
