"""`pandu reminders`: each option narrows it, several together; a value that can't be meant is one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.support.command_line import run_pandu
from tests.support.town import Town


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # a .env of the developer is not read


def asked(town: Town, *options: str) -> Result:
    return run_pandu(town, "reminders", "--json", *options)


def found(town: Town, *options: str) -> list[dict[str, Any]]:
    done = asked(town, *options)
    assert done.exit_code == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


async def house(town: Town) -> None:
    await town.officer("Ibu Sari", role="tu", admin=True)
    await town.officer("Ani", role="perawat")
    await town.officer("Budi", role="perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-10 18.00")


async def test_options_narrow_it_and_go_together(town: Town) -> None:
    await house(town)
    everything = found(town)
    assert {row["state"] for row in everything} == {"pending", "sent", "dropped"}
    weigh_in = found(town, "--sop", "9.2.15", "--until", "2026-12-11")
    assert [(row["rule"], row["state"], row["due_at"]) for row in weigh_in if row["officer"] == 2] == [
        ("lead:1", "sent", "2026-12-10T07:30:00+08:00"),
        ("morning", "pending", "2026-12-11T07:30:00+08:00"),
    ]
    assert found(
        town, "--sop", "9.2.15", "--until", "2026-12-11", "--state", "pending", "--officer", "2"
    ) == [row for row in weigh_in if row["state"] == "pending" and row["officer"] == 2]
    assert {row["kind"] for row in found(town, "--kind", "lead", "--kind", "morning")} == {"lead", "morning"}
    task = weigh_in[0]["task_id"]
    assert found(town, "--task", str(task)) == [row for row in everything if row["task_id"] == task]
    assert found(town, "--since", "2099-01-01") == []


async def test_a_day_is_the_local_one_from_midnight_to_midnight(town: Town) -> None:
    """07.30 of the 10th is 23.30 UTC of the 9th."""
    await house(town)
    on_the_day = found(town, "--since", "2026-12-10", "--until", "2026-12-10", "--sop", "9.2.15")
    assert {row["due_at"][:16] for row in on_the_day} == {"2026-12-10T07:30"}
    assert found(town, "--until", "2026-12-09", "--sop", "9.2.15", "--kind", "lead") == []


async def test_the_next_one_is_told_also_when_it_is_still_to_be_made(town: Town) -> None:
    await house(town)
    everything = found(town)
    assert found(town, "--next") == [{"due_at": "2026-12-11T07:30:00+08:00"}]
    await town.lives_until("2026-12-11 08.00")
    assert found(town, "--next") == [{"due_at": "2026-12-12T07:30:00+08:00"}]
    assert [row for row in found(town) if row["due_at"] < "2026-12-11"] == [
        row for row in everything if row["due_at"] < "2026-12-11"
    ]


async def test_asking_for_the_next_one_keeps_nothing(town: Town) -> None:
    await town.officer("Ibu Sari", role="tu", admin=True)
    await town.officer("Ani", role="perawat")
    await town.open_cohort(arrival="2027-01-05", children=4)
    everything = found(town)
    assert len(found(town, "--next")) == 1
    assert found(town) == everything


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--state", "gone"], "--state: 'gone' is none of pending, sent, dropped, failed"),
        (["--kind", "Lead"], "--kind: 'Lead' is none of lead, morning, due, handed, snooze, digest, escalation, notice"),
        (["--officer", "Ani"], "--officer: 'Ani' is no number"),
        (["--officer", "9" * 23], f"--officer: there is nothing with the number {'9' * 23}"),
        (["--officer", "99"], "--officer: there is no officer 99"),
        (["--task", "99"], "--task: there is no task 99"),
        (["--sop", "timbang"], "--sop: 'timbang' is no number of an SOP; write it like 9.2.15"),
        (["--since", "kemarin"], "--since: 'kemarin' is no date; write it like 2026-12-01"),
        (["--since", "0001-01-01"], "--since: '0001-01-01' is not between 2000 and 2999"),
        (["--until", "9999-12-31"], "--until: '9999-12-31' is not between 2000 and 2999"),
        (["--since", "2026-12-02", "--until", "2026-12-01"], "--until: 2026-12-01 is before 2026-12-02"),
    ],
)  # fmt: skip
async def test_what_cant_be_meant_is_one_line_and_status_2(town: Town, options: list[str], said: str) -> None:
    done = asked(town, *options)
    assert (done.exit_code, done.stderr) == (2, f"pandu reminders: {said}\n")
    assert done.stdout == ""
