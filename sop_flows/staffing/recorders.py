"""Which roles weigh and which set marks: read off the steps of the pack, so that no role is named in code."""

from collections.abc import Callable

from sop_flows.core.work import Work
from sop_flows.declarations.form import Form
from sop_flows.declarations.loader import Pack
from sop_flows.staffing.responsibility import backup_roles
from sop_flows.staffing.roster import roles_of
from storage.tables import Officer


def weighing_roles(pack: Pack) -> frozenset[str]:
    """The roles of the steps that record a weight, and their backup roles there."""
    return _roles_asked(pack, lambda form: any(field.kind == "weight" for field in form.fields))


def daily_roles(pack: Pack) -> frozenset[str]:
    """The roles of the steps that stand on a daily card."""
    return frozenset(
        role
        for sop in pack.sops.values()
        for step in sop.asked_steps
        if step.every is not None and step.every.card is not None and step.every.days
        for role in step.executors
    )


def has_daily_tasks(work: Work, officer: Officer) -> bool:
    """Whether the officer can be on duty: of a role with daily tasks."""
    daily = work.once("daily roles", lambda: daily_roles(work.pack))
    return not daily.isdisjoint(roles_of(work, officer.id or 0))


def flagging_roles(pack: Pack) -> frozenset[str]:
    """The roles of the steps whose form has a flag, and their backup roles there."""
    return _roles_asked(pack, lambda form: form.flag is not None)


def flag_readers(pack: Pack) -> frozenset[str]:
    """The roles that may read a record with a flag beside those that make it."""
    return frozenset(
        role
        for sop in pack.sops.values()
        for step in sop.asked_steps
        if step.record is not None and step.record.flag is not None
        for role in step.record.read_by
    )


def flag_words(pack: Pack) -> str:
    """What a flagged child is said to be, in the words of the pack: "Perlu penanganan khusus"; "" without flags."""
    flags = (
        step.record.flag
        for sop in pack.sops.values()
        for step in sop.asked_steps
        if step.record is not None and step.record.flag is not None
    )
    return next(flags, "")


def _roles_asked(pack: Pack, is_meant: Callable[[Form], bool]) -> frozenset[str]:
    found: set[str] = set()
    for sop in pack.sops.values():
        for step in sop.asked_steps:
            if step.record is None or not is_meant(step.record):
                continue
            found |= {*step.executors, *backup_roles(pack.unit, step.executors, sop.number, step.step)}
    return frozenset(found)
