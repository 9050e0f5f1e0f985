"""When a task is due, in one line: nothing is late and as scheduled at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.ui.words import due_line
from sop_flows.core.states import is_target
from sop_flows.views.task_views import TaskLine
from storage.tables import DueKind, Task, TaskState
from tests.support.packs import our_pack

NOW = datetime(2026, 12, 4, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Makassar")


def line_of(number: str, step: int, kind: DueKind) -> TaskLine:
    sop = our_pack().sops[number]
    due_at = NOW + timedelta(days=2)
    task = Task(run_id=1, sop=number, step=step, due_at=due_at, due_kind=kind, state=TaskState.OPEN)
    return TaskLine(
        task=task, sop=sop, step=sop.step(step), cohort=None, case=None, parts=(), mine=(), is_mine=False,
        assignee_name=None, is_late=False, days_late=0, remaining=None, total=None, due_at=due_at,
    )  # fmt: skip


@pytest.mark.parametrize(("number", "step"), [("9.2.15", 4), ("9.2.01", 2), ("9.2.12", 2)])
@pytest.mark.parametrize("kind", [DueKind.DATE, DueKind.STANDARD, DueKind.MOVED])
def test_what_is_late_is_not_as_scheduled(number: str, step: int, kind: DueKind) -> None:
    line = line_of(number, step, kind)
    late = replace(line, is_late=True, days_late=3, due_at=NOW - timedelta(days=3))
    words = "3 hari lewat target" if is_target(line.task, line.step) else "Terlambat 3 hari"
    assert words in due_line(late, NOW, ZONE)
    assert "Sesuai jadwal" not in due_line(late, NOW, ZONE)
    assert "Terlambat" not in due_line(line, NOW, ZONE)
