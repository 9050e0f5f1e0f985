"""Serahkan ke rekan: another officer of the role is asked to take it over, or named by the head."""

from handlers.cards.task_card import heading, show_task
from handlers.ui.questions import cancel_button
from handlers.ui.request import About, Reply, Request, button, pressed, rows, screen, task_of, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, due_words, esc
from sop_flows.actions.assign import delegate
from sop_flows.actions.candidates import candidates
from sop_flows.errors import NotFoundError
from sop_flows.staffing.responsibility import refuse_closed
from sop_flows.views.task_views import task_line
from storage.tables import Officer


def on_delegate(request: Request) -> Reply:
    """Serahkan ke rekan: to whom?"""
    task_id = pressed(request)
    task = task_of(request, task_id)
    if task.closed_at is not None:
        refuse_closed(request.session, task)
    others = candidates(request.work, task, who(request))
    if not others:
        return show_task(
            request, task_id, _("Nobody else has this role yet. Ask the admin to invite a colleague.")
        )
    line = task_line(request.work, task, who(request))
    names = [button(one.name, "task_give_to", task_id, one.id or 0) for one in others]
    text = heading(request, line) + "\n" + _("To whom do you hand this task?")
    return screen(request, text, (*rows(names), (cancel_button(task_id),)))


def on_chosen(request: Request) -> Reply:
    """The colleague is asked by a notice; when a head names the PJ, told."""
    to = request.session.get(Officer, pressed(request, 1))
    if to is None:
        raise NotFoundError
    offer = delegate(request.work, pressed(request), to)
    if offer is None:
        note = _("Handed to {name}, who will be told.").format(name=esc(to.name))
    else:
        until = due_words(offer.ends_at, request.now, request.institution.zone)
        note = _("{name} is asked and can answer until {until}. You stay in charge until then.").format(
            name=esc(to.name), until=until
        )
    return show_task(request, pressed(request), note)


ROUTES = Routes(About.CARD, presses={"task_give": on_delegate, "task_give_to": on_chosen})
