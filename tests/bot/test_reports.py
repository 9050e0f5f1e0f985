"""Reports for people and programs: the keys that others rely on, and no name where none belongs."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.commands.reports import assignees
from simulator.faults import Fault
from storage.tables import Cohort, TaskPart, TaskState
from tests.support.command_line import run_pandu
from tests.support.person import Person
from tests.support.town import Town

Row = dict[str, Any]


def output_of(town: Town, *command: str) -> str:
    done = run_pandu(town, *command)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def report(town: Town, *command: str) -> list[Row]:
    rows: list[Row] = json.loads(output_of(town, *command, "--json"))
    return rows


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)  # a .env of the developer is not read


async def house(town: Town) -> tuple[Person, Person]:
    """An admin and a nurse in a town with an angkatan that has just arrived."""
    sari = await town.officer("Ibu Sari", role="tu", admin=True)
    ani = await town.officer("Ani", role=("perawat", "penyantunan"), head="penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-01 08.30")
    return sari, ani


async def test_tasks_have_the_agreed_keys(town: Town) -> None:
    await house(town)
    tasks = report(town, "tasks")
    agreed = [
        "id",
        "sop",
        "step",
        "title",
        "state",
        "executor",
        "assignee",
        "subject",
        "opened_at",
        "due_at",
        "done_at",
    ]
    assert all(set(agreed) <= set(task) for task in tasks)
    [arrival] = [task for task in tasks if (task["sop"], task["step"]) == ("9.2.03", 4)]
    assert (arrival["executor"], arrival["subject"], arrival["state"]) == ("penyantunan", "cohort:1", "open")
    assert arrival["due_at"] == "2026-12-01T16:00:00+08:00"
    assert arrival["done_at"] is None
    assert {task["state"] for task in tasks} <= {"waiting", "open", "done", "skipped", "withdrawn"}
    for task in tasks:
        for key in ("opened_at", "due_at", "done_at"):
            if task[key] is not None:
                assert datetime.fromisoformat(task[key]).utcoffset() == timedelta(hours=8)


async def test_no_report_but_officers_names_anybody(town: Town) -> None:
    await house(town)
    for command in ("tasks", "status", "reminders", "confirmations"):
        text = output_of(town, command, "--json")
        assert "Ani" not in text
        assert "Anak Contoh" not in text


async def test_officers(town: Town) -> None:
    await house(town)
    first, second = report(town, "officers")
    assert (first["id"], first["name"], first["roles"], first["admin"]) == (1, "Ibu Sari", ["tu"], True)
    assert (second["name"], second["heads"]) == ("Ani", ["penyantunan"])
    assert set(second["roles"]) == {"perawat", "penyantunan"}


async def test_reminders_and_confirmations_have_the_agreed_keys(town: Town) -> None:
    _sari, ani = await house(town)
    await ani.types("/tugas")
    await ani.taps("1")
    await ani.taps("Hambatan")
    await ani.taps("Tulis sendiri")
    await ani.types("Timbangan rusak")
    reminders = report(town, "reminders")
    assert reminders
    assert all(
        {"id", "task_id", "officer", "kind", "due_at", "state", "sent_at"} <= set(row) for row in reminders
    )
    [said] = report(town, "confirmations")
    assert {"id", "task_id", "officer", "kind", "done_on", "recorded_at", "update_id"} <= set(said)
    assert (said["officer"], said["kind"]) == (ani.id, "obstacle")
    assert "note" not in said
    [with_note] = report(town, "confirmations", "--with-notes")
    assert with_note["note"] == "Timbangan rusak"


async def test_status_counts_by_section(town: Town) -> None:
    await house(town)
    [cohort] = report(town, "status")
    assert (cohort["cohort"], cohort["day"], cohort["stay_days"], cohort["children"]) == (1, 0, 30, 4)
    assert cohort["open"] == sum(section["open"] for section in cohort["sections"])


async def test_status_is_of_open_angkatan_unless_all_are_asked_for(town: Town) -> None:
    await house(town)
    with town.store.transaction() as s:
        s.get_one(Cohort, 1).closed_at = town.clock.now()
    assert report(town, "status") == []
    [closed] = report(town, "status", "--all")
    assert closed["closed_at"] is not None


@pytest.mark.parametrize(
    ("holders", "expected"),
    [((3,), 3), ((None,), None), ((3, 5), "3,5"), ((None, 5), ",5"), ((None, None), None), ((), None)],
)
def test_assignees_keep_the_order_of_the_reference(holders: tuple[int | None, ...], expected: object) -> None:
    parts = [
        TaskPart(task_id=1, position=place, role="tu", state=TaskState.OPEN, assignee_id=holder)
        for place, holder in enumerate(holders)
    ]
    assert assignees(parts) == expected


async def test_doctor_says_what_needs_a_look(town: Town) -> None:
    _sari, ani = await house(town)
    town.world.faults.append(Fault(status=400, method="sendMessage"))
    await ani.types("/bantuan")
    town.world.inject_update({"message": "nothing of the kind"})
    await ani.blocks()
    done = run_pandu(town, "doctor")
    assert done.exit_code == 1  # somebody has to look
    lines = done.stdout.splitlines()
    troubles = [line for line in lines if line.startswith("! ")]
    assert "the answer was refused: BadRequest" in troubles[0]
    assert "set aside, malformed: " in troubles[1]
    assert troubles[2].startswith(f"! officer {ani.id} has blocked the bot since 2026-12-01 08:30")
    assert not any("/bantuan" in line or "Ani" in line for line in lines)


async def test_doctor_counts_the_reminders(town: Town) -> None:
    await town.officer("Pak Budi", role="penyantunan")
    await town.lives_until("2026-12-01 12.00")
    (line,) = [one for one in output_of(town, "doctor").splitlines() if one.startswith("Reminders:")]
    assert "waiting=1 overdue=0 oldest=none last_wake=" in line


async def test_doctor_has_nothing_to_say(town: Town) -> None:
    await house(town)
    assert "Nothing needs a look." in output_of(town, "doctor")
