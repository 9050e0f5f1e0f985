"""What the process needs of the rooms below, named: a test gives its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from handlers.ui.request import ButtonError, Push, Reply, Request
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from storage.engine import Written
from storage.tables import DroppedWhy, Officer, Reminder


@dataclass(frozen=True)
class Ports:
    """The few functions that the process calls.

    Attributes:
        route: the answer to one request; raises RuleError and ButtonError.
        refuse: the sentence for what `route` raised.
        advance: opens and closes what has come due; before a request and before reminders are claimed.
        next_change_at: when something opens or closes again.
        next_upkeep_at: when `advance` has something to do again, if nothing is written meanwhile.
        due_by: from when on what was written gives `advance`, and whoever sends, something to do.
        why_untrue: why a reminder should not be sent any more; None when it should.
        replan_if_changed: at start, plans anew what is not done when the calendar of the office is another one.
        tell_of_new_plan: at start, tells who decides of a calendar of the pack that what is open does not go by.
        plan_everything: plans every open task anew, after the clock was set back.
        push: the messages for one officer's reminders, what none of them tells is owed no more; the last argument
            is true after an outage.
    """

    route: Callable[[Request], Reply]
    refuse: Callable[[Request, RuleError | ButtonError], Reply]
    advance: Callable[[Work], bool]
    next_change_at: Callable[[Session], datetime | None]
    next_upkeep_at: Callable[[Work], datetime | None]
    due_by: Callable[[Written], tuple[datetime | None, datetime | None]]
    why_untrue: Callable[[Work, Reminder], DroppedWhy | None]
    replan_if_changed: Callable[[Work], bool]
    tell_of_new_plan: Callable[[Work], bool]
    plan_everything: Callable[[Work], None]
    push: Callable[[Work, Officer, tuple[Reminder, ...], bool], tuple[Push, ...]]


def real_ports() -> Ports:
    """The rooms as they are. Imported here, so that `pandu invite` does not wait for them."""
    from handlers.pushes.pushes import pushes_for
    from handlers.routes import refused, route
    from sop_flows.actions import agenda
    from sop_flows.actions.replanning.calendar_changed import replan_if_changed
    from sop_flows.actions.replanning.new_plan import tell_of_new_plan
    from sop_flows.core import states
    from sop_flows.notifications import planning, relevance

    return Ports(
        route=route,
        refuse=refused,
        advance=agenda.advance,
        next_change_at=states.next_change_at,
        next_upkeep_at=agenda.next_upkeep_at,
        due_by=states.due_by,
        why_untrue=relevance.why_untrue,
        replan_if_changed=replan_if_changed,
        tell_of_new_plan=tell_of_new_plan,
        plan_everything=planning.plan_everything,
        push=pushes_for,
    )
