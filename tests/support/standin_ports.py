"""Stand-ins for handlers and rules, so that tests of the process need none of the real ones."""

from collections.abc import Callable

from bot.owned_unit import UNKNOWN
from bot.ports import Ports
from handlers.ui.request import Button, ButtonError, Edit, Push, Reply, Request, Say, Toast, reply
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from storage.tables import DroppedWhy, Officer, Reminder


def echo(request: Request) -> Reply:
    """Says back what came; a tap changes its message."""
    if request.kind == "button":
        word = request.press.word if request.press is not None else "?"
        return reply(Edit(f"tapped {word}"), Toast("ok"))
    return reply(Say(f"got {request.text}", ((Button("Go", "1.go~now"),),)))


def refused(request: Request, error: RuleError | ButtonError) -> Reply:
    """The name of the refusal."""
    return reply(Say(f"refused: {type(error).__name__}"))


def push(work: Work, officer: Officer, rows: tuple[Reminder, ...], outage: bool) -> tuple[Push, ...]:
    """One message, a line per reminder; an edit for a notice that changes an earlier push."""
    lines = [row.rule for row in rows]
    if "raises" in lines:
        raise RuntimeError
    if outage:
        lines.insert(0, "late:")
    if rows[0].edits_message_id is not None:
        return (Push(rows, reply(Edit("\n".join(lines)))),)
    return (Push(rows, reply(Say("\n".join(lines), protect=True))),)


def standin_ports(route: Callable[[Request], Reply] = echo) -> Ports:
    """Rooms in which `route` answers and nothing comes due by itself."""
    return Ports(
        route=route,
        refuse=refused,
        advance=lambda work: False,
        next_change_at=lambda s: None,
        next_upkeep_at=lambda work: None,
        due_by=lambda written: (None, UNKNOWN),
        why_untrue=lambda work, row: DroppedWhy.MOVED if row.rule == "untrue" else None,
        replan_if_changed=lambda work: False,
        tell_of_new_plan=lambda work: False,
        plan_everything=lambda work: None,
        push=push,
    )
