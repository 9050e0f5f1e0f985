""" "Saya tangani" and "Serahkan ke…" under a list of late steps."""

from handlers.looks.screens import button, numbers, pressed, screen, to_list, who
from handlers.looks.wording import _
from handlers.pushes.pushes import push_for
from handlers.reply import Edit, Reply, Say, Toast, reply
from handlers.routing import Routes
from handlers.tasks.task_words import task_words
from handlers.visit import Visit
from sop_flows.escalation.acknowledging import carried_with, take_on
from sop_flows.escalation.lists import LateStep, listed
from storage.tables import ReminderKind


def on_take_on(visit: Visit) -> Reply:
    """Saya tangani: the message stays, each step says who handles it."""
    rows = take_on(
        visit.session, visit.house, who(visit), pressed(visit), visit.now, update_id=visit.update_id
    )
    again = push_for(visit.session, visit.house, who(visit), rows, visit.now)
    said = next((action for action in again.actions if isinstance(action, Say)), None)
    if said is None:
        return screen(visit, _("Nothing of it is late any more."), ((to_list(),),))
    toast = Toast(_("Noted. You are not told of it again for the next days."))
    return reply(Edit(said.text, said.keyboard, message_id=rows[0].message_id, protect=True), toast)


def on_give(visit: Visit) -> Reply:
    """Serahkan ke…: which of them?"""
    rows = carried_with(visit.session, who(visit), pressed(visit))
    steps: list[LateStep] = []
    for row in rows:
        if row.kind == ReminderKind.DIGEST:
            steps += listed(visit.session, visit.house, who(visit), row, visit.now)
    if not steps:
        return screen(visit, _("Nothing of it is late any more."), ((to_list(),),))
    said = [_("Which task do you hand over?")]
    said += [f"{n}. {task_words(visit.session, one.line)}" for n, one in enumerate(steps, start=1)]
    back = button(_("‹ Back"), "late_list", pressed(visit))
    return screen(
        visit, "\n".join(said), (*numbers("task_give", [one.line.task.id or 0 for one in steps]), (back,))
    )


def on_list(visit: Visit) -> Reply:
    """Back to the message as it is now."""
    rows = carried_with(visit.session, who(visit), pressed(visit))
    again = push_for(visit.session, visit.house, who(visit), rows, visit.now)
    said = next((action for action in again.actions if isinstance(action, Say)), None)
    if said is None:
        return screen(visit, _("Nothing of it is late any more."), ((to_list(),),))
    return screen(visit, said.text, said.keyboard)


ROUTES = Routes(presses={"late_take_on": on_take_on, "late_give": on_give, "late_list": on_list})
