"""Local changes to the holidays: `calendar.yaml` in the data folder, for decrees that come in mid-year."""

from datetime import date
from pathlib import Path

from pydantic import Field

from sop_flows.declarations.declared import Declared, Text
from sop_flows.declarations.errors import PackError, PackErrors
from sop_flows.declarations.marked_yaml import read_marked
from sop_flows.declarations.validation import declare


class CalendarChanges(Declared):
    """Days off that the `holidays` package does not know, and holidays on which the unit works after all."""

    add: dict[date, Text] = Field(default_factory=dict)
    remove: tuple[date, ...] = ()


def load_calendar_changes(path: Path) -> CalendarChanges:
    """Read the file; no file means no changes.

    Raises:
        PackErrors: what is wrong, each with file, line and reason.
    """
    if not path.is_file():
        return CalendarChanges()
    try:
        marked = read_marked(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise PackErrors([PackError(path.name, 1, "not UTF-8; save the file as UTF-8")]) from error
    changes = declare(CalendarChanges, marked)
    if changes is None:
        raise PackErrors(marked.errors)
    return changes
