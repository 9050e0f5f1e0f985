"""`calendar.yaml` in the data folder."""

from datetime import date
from pathlib import Path

import pytest

from sop_flows.declarations.calendar_changes import CalendarChanges, load_calendar_changes
from sop_flows.declarations.errors import PackErrors


def written(folder: Path, text: str) -> Path:
    path = folder / "calendar.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_means_no_changes(tmp_path: Path) -> None:
    assert load_calendar_changes(tmp_path / "calendar.yaml") == CalendarChanges()


def test_days_are_added_and_removed(tmp_path: Path) -> None:
    changes = load_calendar_changes(
        written(tmp_path, "add:\n  2026-12-28: Cuti daerah\nremove: [2026-12-24]\n")
    )
    assert changes.add == {date(2026, 12, 28): "Cuti daerah"}
    assert changes.remove == (date(2026, 12, 24),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "add:\n  28-12-2026: Cuti\n",
            "calendar.yaml:2: '28-12-2026' must be a date like 2026-12-24, not '28-12-2026'",
        ),
        (
            "remove: 2026-12-24\n",
            "calendar.yaml:1: 'remove' must be a list, not the date 2026-12-24; write [2026-12-24]",
        ),
        (
            "remove:\n  - 2026-02-30\n",
            "calendar.yaml:2: '2026-02-30' is no date: day is out of range for month; write it like 2026-12-24",
        ),
        ("tambah: {}\n", "calendar.yaml:1: unknown key 'tambah'; here may stand add, remove"),
        ("- 2026-12-24\n", "calendar.yaml:1: the file must be a mapping of keys to values, not a list"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PackErrors) as caught:
        load_calendar_changes(written(tmp_path, text))
    assert str(caught.value) == says
