"""What the process needs of the rooms below, named: a test gives its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from handlers.ui.buttons import ButtonError
from handlers.ui.reply import Message, Reply
from handlers.ui.request import Request
from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from sop_flows.notifications.settle import working
from storage.tables import Officer, Reminder

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Rooms:
    """The few functions that the process calls.

    Attributes:
        route: the answer to one request; raises RuleError and ButtonError.
        refuse: the sentence for what `route` raised.
        expects_file: whether a photo or document of this officer is worth downloading.
        advance: opens and closes what has come due; before every request and before reminders are claimed.
        next_change_at: when `advance` has something to do again.
        is_still_true: whether a reminder should still be sent.
        replan_if_changed: at start, plans anew what is not done when the calendar of the office is another one.
        plan_everything: plans every open task anew, after the clock was set back.
        push: the messages for one officer's reminders, what none of them tells is owed no more; the last argument
            is true after an outage.
    """

    route: Callable[[Request], Reply]
    refuse: Callable[[Request, RuleError | ButtonError], Reply]
    expects_file: Callable[[Session, Officer], bool]
    advance: Callable[[Session, Institution, datetime], bool]
    next_change_at: Callable[[Session], datetime | None]
    is_still_true: Callable[[Session, Institution, Reminder, datetime], bool]
    replan_if_changed: Callable[[Session, Institution, datetime], bool]
    plan_everything: Callable[[Session, Institution, datetime], None]
    push: Callable[[Session, Institution, Officer, tuple[Reminder, ...], datetime, bool], tuple[Message, ...]]


def settled(rule: Callable[[Work], Answer]) -> Callable[[Session, Institution, datetime], Answer]:
    """A rule of the passing of time, whose work is settled after it."""

    def run(s: Session, house: Institution, now: datetime) -> Answer:
        with working(s, house, now) as work:
            return rule(work)

    return run


def real_rooms() -> Rooms:
    """The rooms as they are. Imported here, so that `pandu invite` does not wait for them."""
    from handlers.pushes.pushes import messages_for
    from handlers.routes import expects_file, route
    from handlers.ui.refusals import refusal
    from sop_flows.actions import agenda
    from sop_flows.actions.replanning.calendar_changed import replan_if_changed
    from sop_flows.notifications import planning, relevance

    return Rooms(
        route=route,
        refuse=refusal,
        expects_file=expects_file,
        advance=settled(agenda.advance),
        next_change_at=agenda.next_change_at,
        is_still_true=lambda s, house, row, now: relevance.is_still_true(Work(s, house, now), row),
        replan_if_changed=settled(replan_if_changed),
        plan_everything=settled(planning.plan_everything),
        push=lambda s, house, officer, rows, now, outage: messages_for(
            Work(s, house, now), officer, rows, outage=outage
        ),
    )
