"""What /status must say, counted by plain SQL of our own, and what it does say, read off the screen."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storage.engine import Store

LABELS = {
    "Kepala RPPSA": "kepala",
    "Bagian TU": "tu",
    "Seksi Penyantunan": "penyantunan",
    "Seksi Bimbingan": "bimbingan",
    "Peksos": "peksos",
    "Guru Pendamping": "guru",
}

SINCE_PANDU = "task.state <> 'before_pandu' AND coalesce(task.close_reason, '') <> 'before_pandu'"
PARTS = f"""
    SELECT count(*) FROM task_parts AS part JOIN tasks AS task ON task.id = part.task_id
    WHERE task.cohort_id = :cohort AND part.role = :role AND {SINCE_PANDU}
"""


@dataclass(frozen=True)
class Count:
    """One section's line."""

    done: int
    open: int
    late: int
    past_target: int
    missed: int
    skipped: int


def counted(store: Store, cohort_id: int, role: str, now: datetime) -> Count:
    """The section's numbers as the rows have them."""
    owed = "AND task.state = 'open' AND part.state = 'open'"
    given: dict[str, object] = {"cohort": cohort_id, "role": role, "now": now}
    with store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            given["now"] = now.strftime("%Y-%m-%d %H:%M:%S.%f")

        def number(more: str) -> int:
            return int(connection.execute(text(f"{PARTS} {more}"), given).scalar_one())

        return Count(
            done=number("AND part.state = 'done'"),
            open=number(owed),
            late=number(f"{owed} AND task.due_at < :now AND task.due_kind <> 'target'"),
            past_target=number(f"{owed} AND task.due_at < :now AND task.due_kind = 'target'"),
            missed=number("AND part.state = 'missed'"),
            skipped=number("AND part.state = 'skipped'"),
        )


def children(store: Store, cohort_id: int) -> tuple[int, int]:
    """How many children are there, and how many ever belonged."""
    of_cohort = "FROM children AS child WHERE child.cohort_id = :cohort"
    stayed = "(m.until_on IS NULL OR m.reason = 'selesai')"  # here now, or until the end
    here = f"AND EXISTS (SELECT 1 FROM memberships AS m WHERE m.child_id = child.id AND {stayed})"
    with store.engine.connect() as connection:
        given = {"cohort": cohort_id}
        total = connection.execute(text(f"SELECT count(*) {of_cohort}"), given).scalar_one()
        present = connection.execute(text(f"SELECT count(*) {of_cohort} {here}"), given).scalar_one()
    return int(present), int(total)


def sections_with_parts(store: Store, cohort_id: int) -> set[str]:
    """The roles that have any part of a task that is not of before Pandu."""
    query = f"""
        SELECT DISTINCT part.role FROM task_parts AS part JOIN tasks AS task ON task.id = part.task_id
        WHERE task.cohort_id = :cohort AND {SINCE_PANDU}
    """
    with store.engine.connect() as connection:
        found = connection.execute(text(query), {"cohort": cohort_id})
        return {str(role) for (role,) in found}


def read_sections(screen: str) -> dict[str, Count]:
    """The sections on a /status screen."""
    found = {}
    for line in screen.splitlines():
        label, colon, words = line.partition(": ")
        if not colon or label not in LABELS:
            continue

        def number(pattern: str, said: str = words) -> int:
            match = re.search(pattern, said)
            return int(match[1]) if match else 0

        found[LABELS[label]] = Count(
            done=number(r"(\d+) selesai"),
            open=number(r"(\d+) berjalan"),
            late=number(r"⏰ (\d+)"),
            past_target=number(r"(\d+) lewat target"),
            missed=number(r"(\d+) terlewat"),
            skipped=number(r"(\d+) dilewati"),
        )
    return found


def read_children(screen: str) -> tuple[int, int]:
    """ "58 dari 60 anak" or "60 anak" on a /status screen."""
    of_total = re.search(r"(\d+) dari (\d+) anak", screen)
    if of_total:
        return int(of_total[1]), int(of_total[2])
    alone = re.search(r"(\d+) anak", screen)
    assert alone, screen
    return int(alone[1]), int(alone[1])
