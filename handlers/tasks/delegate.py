"""Serahkan ke rekan: another officer of the role is asked to take it over, or named by the head."""

from handlers.looks.dates import due_words
from handlers.looks.markup import esc
from handlers.looks.questions import cancel_button
from handlers.looks.screens import button, pressed, rows, screen, task_of, who
from handlers.looks.wording import _
from handlers.reply import Reply
from handlers.routing import Routes
from handlers.tasks.cards import heading, show_task
from handlers.visit import Visit
from sop_flows.actions.assign import delegate
from sop_flows.actions.candidates import candidates
from sop_flows.errors import NotFoundError
from sop_flows.staffing.task_rows import refuse_closed
from sop_flows.views.task_views import task_line
from storage.tables import Officer


def on_delegate(visit: Visit) -> Reply:
    """Serahkan ke rekan: to whom?"""
    task_id = pressed(visit)
    task = task_of(visit, task_id)
    if task.closed_at is not None:
        refuse_closed(visit.session, task)
    others = candidates(visit.session, visit.house, task, who(visit))
    if not others:
        return show_task(
            visit, task_id, _("Nobody else has this role yet. Ask the admin to invite a colleague.")
        )
    line = task_line(visit.session, visit.house, task, who(visit), visit.now)
    names = [button(one.name, "task_give_to", task_id, one.id or 0) for one in others]
    text = heading(visit, line) + "\n" + _("To whom do you hand this task?")
    return screen(visit, text, (*rows(names), (cancel_button(task_id),)))


def on_chosen(visit: Visit) -> Reply:
    """The colleague is asked by a notice; when a head names the PJ, told."""
    to = visit.session.get(Officer, pressed(visit, 1))
    if to is None:
        raise NotFoundError
    offer = delegate(
        visit.session, visit.house, who(visit), pressed(visit), to, visit.now, update_id=visit.update_id
    )
    if offer is None:
        note = _("Handed to {name}, who will be told.").format(name=esc(to.name))
    else:
        until = due_words(offer.ends_at, visit.now, visit.house.zone)
        note = _("{name} is asked and can answer until {until}. You stay in charge until then.").format(
            name=esc(to.name), until=until
        )
    return show_task(visit, pressed(visit), note)


ROUTES = Routes(presses={"task_give": on_delegate, "task_give_to": on_chosen})
