"""Reads a table typed by hand (petirahan.yaml, perlindungan.yaml) as rows; how it is written stands in the first."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.support.clocks import WITA

EACH_SECTION = ("penyantunan", "bimbingan", "peksos")
DAY_ENDS = "16.00"


@dataclass(frozen=True)
class Row:
    """One time that a step is asked.

    Attributes:
        offered: the day on which its executors see it first.
        due: local time in Mataram.
        children: numbers, empty where it is of the whole angkatan or of a case.
        reminded: local times of pushes of its own; those before `offered` announce it.
        monthly: the days of the monthly cards that carry it.
        by_hand: its run is started with /mulai.
        daily: it is asked every day.
        ends: how it ends when not by being done: "closed", with the services of the case.
    """

    sop: str
    step: int
    executors: tuple[str, ...]
    offered: date
    due: datetime
    children: tuple[int, ...] = ()
    reminded: tuple[datetime, ...] = ()
    monthly: tuple[date, ...] = ()
    by_hand: bool = False
    daily: bool = False
    ends: str = "done"

    @property
    def name(self) -> str:
        """ "9.1.12/3", with the children it is of."""
        of = f" of {', '.join(map(str, self.children))}" if self.children else ""
        return f"{self.sop}/{self.step}{of}"


def read_table(name: str) -> list[Row]:
    """The rows of `name`.yaml in the order in which they are written."""
    text = (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
    table: dict[str, list[list[Any]]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return [row for sop, lines in table.items() for line in lines for row in _rows(sop, *line)]


def _rows(
    sop: str, step: int, executors: str, offered: date, due: str | date, more: dict[str, Any] | None = None
) -> list[Row]:
    more = more or {}
    names = EACH_SECTION if executors == "each section" else tuple(executors.split(", "))
    first = Row(
        sop,
        step,
        names,
        offered,
        moment(due, DAY_ENDS),
        tuple(more.get("children", ())),
        tuple(moment(at, "07.30") for at in more.get("reminded", ())),
        tuple(more.get("monthly", ())),
        bool(more.get("by_hand")),
        "until" in more,
        str(more.get("ends", "done")),
    )
    days = (more["until"] - offered).days + 1 if "until" in more else 1
    return [_later(first, timedelta(days=n)) for n in range(days)]


def _later(row: Row, by: timedelta) -> Row:
    return replace(row, offered=row.offered + by, due=row.due + by)


def moment(said: str | date, else_at: str) -> datetime:
    """ "2026-11-10 09.00", or a day at `else_at`; local, aware."""
    text = said if isinstance(said, str) else f"{said} {else_at}"
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=WITA)
