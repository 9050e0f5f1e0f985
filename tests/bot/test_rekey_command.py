"""`pandu rekey`, and what doctor says of it."""

import json
from pathlib import Path

from storage.unit_lock import unit_lock
from tests.bot.test_settings import KEY, begin, run

NEW = KEY[::-1]


def test_a_new_secret_from_its_first_day_to_the_last_of_the_old_one(tmp_path: Path) -> None:
    begin(tmp_path)
    both = {"PANDU_SECRET_KEY": NEW, "PANDU_SECRET_KEY_OLD": KEY}
    doctor = json.loads(run(tmp_path, "doctor", "--json", **both).stdout)
    assert doctor["rekey"] == {"rows": 1, "left": 1, "old": 1, "unbound": 0, "files": 0, "old_files": 0}
    assert "rekey: 1 of 1 rows left (1 under an earlier secret, 0 not bound)" in doctor["facts"]
    early = run(tmp_path, "tasks", PANDU_SECRET_KEY=NEW)
    assert (early.returncode, early.stderr.count("\n")) == (2, 1)
    assert early.stderr.startswith("pandu: PANDU_SECRET_KEY_OLD: rows still need an earlier secret")
    done = run(tmp_path, "rekey", "--pause", "0", **both)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("PANDU_SECRET_KEY_OLD can be dropped")
    assert "rekey: 0 of 1 rows left\n" in run(tmp_path, "doctor", PANDU_SECRET_KEY=NEW).stdout
    late = run(tmp_path, "tasks", PANDU_SECRET_KEY=KEY)
    assert late.stderr.startswith("pandu: PANDU_SECRET_KEY: the database was written with another key")


def test_it_refuses_while_a_bot_writes_with_another_secret(tmp_path: Path) -> None:
    """Which could read nothing of what is renewed."""
    begin(tmp_path)
    held = unit_lock(f"sqlite:///{tmp_path / 'data' / 'pandu.db'}")
    assert held.take()
    both = {"PANDU_SECRET_KEY": NEW, "PANDU_SECRET_KEY_OLD": KEY}
    refused = run(tmp_path, "rekey", **both)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "restart it first" in refused.stderr
    held.release()
    assert run(tmp_path, "rekey", "--pause", "0", **both).returncode == 0
