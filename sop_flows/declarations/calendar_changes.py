"""Local changes to the holidays: `calendar.yaml` in the data folder, for decrees that come in mid-year."""

import os
from datetime import date
from pathlib import Path

from pydantic import Field

from sop_flows.declarations.declared import Declared, Text
from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.pack_files import read_file
from sop_flows.declarations.validation import declare

CALENDAR_FILE = "calendar.yaml"  # in the data folder


class CalendarChanges(Declared):
    """Days off that the `holidays` package does not know, and holidays on which the unit works after all."""

    add: dict[date, Text] = Field(default_factory=dict)
    remove: tuple[date, ...] = ()


def load_calendar_changes(path: Path) -> CalendarChanges:
    """Read the file; no file means no changes.

    Raises:
        PackErrors: what is wrong, each with file, line and reason.
    """
    if not os.path.lexists(path):
        return CalendarChanges()
    marked = read_file(path)
    changes = declare(CalendarChanges, marked)
    if changes is None:
        raise PackErrors(marked.errors)
    return changes
