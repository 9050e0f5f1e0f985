"""Urungkan without a card: what was recorded last, said back first."""

from handlers.ui.fallbacks import way_on
from handlers.ui.request import About, Reply, Request, button, pressed, screen, to_list, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, clock_words, esc, task_words
from sop_flows.actions.start import take_back
from sop_flows.actions.undo import undo
from sop_flows.limits import UNDO_MINUTES
from sop_flows.views.last_act import LastAct, last_act
from sop_flows.views.task_views import task_line
from storage.tables import ConfirmationKind, Task


def on_undo_last(request: Request) -> Reply:
    """The word "urungkan", or the button below a list: is it this?"""
    return _ask_last(request)


def _ask_last(request: Request, above: str = "") -> Reply:
    act = last_act(request.work, who(request))
    if act is None:
        text = _("In the last {minutes} minutes you recorded nothing that can be undone.")
        return screen(request, text.format(minutes=UNDO_MINUTES), way_on())
    at = clock_words(act.at, request.institution.zone)
    lines = [
        *([above, ""] if above else []),
        _("Undo this, recorded at {clock}?").format(clock=at),
        *_lines(request, act),
    ]
    yes = button(_("Yes, undo"), "last_undo_yes", act.key, style="danger")
    return screen(request, "\n".join(lines), ((yes, to_list()),))


def _lines(request: Request, act: LastAct) -> list[str]:
    if act.run is not None:
        return [f"• SOP {esc(act.run.sop)} · " + _("started")]
    lines = []
    for row in act.said:
        line = task_line(request.work, request.session.get_one(Task, row.task_id), who(request))
        did = _("skipped") if row.kind == ConfirmationKind.SKIPPED else _("done")
        lines.append(f"• {task_words(request.session, line)} · {did}")
    return list(dict.fromkeys(lines))  # ticks of one daily card are one line


def on_yes(request: Request) -> Reply:
    """[Ya, urungkan]: all of that tap, the last first; when something else was recorded since, it is asked anew."""
    act = last_act(request.work, who(request))
    if act is None or act.key != pressed(request):
        return _ask_last(request, _("Nothing was undone: that is not the last any more."))
    if act.run is not None:
        take_back(request.work, who(request), act.run.id or 0)
    for row in reversed(act.said):
        undo(request.work, row.task_id)
    lines = [_("Taken back. This is open again:"), *_lines_open(request, act)]
    opens = [button(_("Open"), "task_open", act.said[0].task_id)] if len(act.said) == 1 else []
    return screen(request, "\n".join(lines), ((*opens, to_list()),))


def _lines_open(request: Request, act: LastAct) -> list[str]:
    if act.run is not None:
        return [f"• SOP {esc(act.run.sop)} · " + _("not started")]
    tasks = (request.session.get_one(Task, row.task_id) for row in act.said)
    lines = (f"• {task_words(request.session, task_line(request.work, one, who(request)))}" for one in tasks)
    return list(dict.fromkeys(lines))


ROUTES = Routes(About.NOTHING, presses={"last_undo": on_undo_last, "last_undo_yes": on_yes})
