"""What was in the histories of the year's machine, for the report."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlmodel import func, select

from storage.tables import Confirmation, Reminder, Task
from tests.support.year.living import BEGINS, Living


@dataclass(frozen=True)
class Lived:
    """One history. `acts`: how often each happened, or was tried and refused."""

    days: int
    kills: int
    messages: int
    tasks: int
    reminders: int
    confirmations: int
    acts: Counter[str]

    @classmethod
    def of(cls, living: Living) -> Self:
        """At its end."""
        with living.home.reading() as s:
            tasks, reminders, said = (
                s.exec(select(func.count()).select_from(table)).one()
                for table in (Task, Reminder, Confirmation)
            )
        return cls(
            days=(living.home.now - BEGINS).days,
            kills=living.process.kills,
            messages=len(living.phones.messages),
            tasks=tasks,
            reminders=reminders,
            confirmations=said,
            acts=living.acts,
        )


def figures(lived: Sequence[Lived]) -> str:
    """One paragraph."""
    acts: Counter[str] = sum((one.acts for one in lived), Counter())
    parts = [
        f"{sum(getattr(one, what) for one in lived)} {what}"
        for what in Lived.__dataclass_fields__
        if what != "acts"
    ]
    listed = ", ".join(f"{name} {count}" for name, count in sorted(acts.items()))
    return f"{len(lived)} histories: {', '.join(parts)}; {sum(acts.values())} acts: {listed}"
