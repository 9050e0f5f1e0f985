"""One line of the list."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sop_flows.notifications.escalation.thresholds import Level
from storage.tables import DroppedWhy, Officer, Reminder, Run, Task

What = Literal[
    "sent",  # a reminder that went out
    "failed",  # Telegram refused it
    "dropped",  # its time came, and it was not sent: `why`
    "told",  # a head had it in the morning list as late
    "coming",  # a reminder still to be sent
    "list",  # the morning list that carries it, unless it is done by then
    "head",  # the morning list in which a head hears that it is late
    "opens",  # the step opens
    "starts",  # its SOP starts
]
PAST: tuple[What, ...] = ("sent", "failed", "dropped", "told")


@dataclass(frozen=True)
class Moment:
    """Something that was, or will be.

    Attributes:
        at: when (aware, UTC); of what was sent, when it went out.
        task: None when an SOP starts. Of an occurrence that is still far away there is no row: its id is None.
        officers: to whom; of an opening nobody.
        row: the reminder, of whatever has one.
        why: it was not sent; None when that was not noted.
        level: of "told" and "head", whose head it is.
    """

    at: datetime
    what: What
    task: Task | None = None
    officers: tuple[Officer, ...] = ()
    row: Reminder | None = None
    why: DroppedWhy | None = None
    level: Level | None = None
    run: Run | None = None

    @property
    def is_past(self) -> bool:
        """Whether it has been."""
        return self.what in PAST


def together(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    """By time; the same thing said to several officers at once is one line."""
    found: dict[object, Moment] = {}
    for one in moments:
        row = one.row
        about = id(one.task) if one.task is not None and one.task.id is None else one.task and one.task.id
        key = (
            one.at.replace(second=0, microsecond=0), one.what, about, one.why, one.level, one.run and one.run.id,
            row and (row.rule, row.role, row.child_id),
        )  # fmt: skip
        if key in found:
            found[key] = replace(found[key], officers=(*found[key].officers, *one.officers))
        else:
            found[key] = one
    return tuple(sorted(found.values(), key=lambda one: (not one.is_past, one.at)))
