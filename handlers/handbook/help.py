"""/bantuan and /batal."""

from handlers.ui import conversation
from handlers.ui.reply import Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, rows, screen, to_list, who
from handlers.ui.texts import _
from sop_flows.actions.start import startable
from sop_flows.staffing.permissions import heads_of, may_open
from sop_flows.staffing.visibility import sees_cases


def on_help(request: Request) -> Reply:
    """What Pandu does, and the words it knows."""
    officer = who(request)
    lines = [
        _("I show you the SOP steps that are yours, remind you in time, and record what is done."),
        "",
        "/tugas – " + _("your tasks, late ones first"),
        "/sop – " + _("the handbook: search and read every SOP"),
        "/status – " + _("where everything stands"),
        "/kapan – " + _("which reminders are coming, and why"),
        "/pengingat – " + _("your coming week, and the hour of your morning list"),
        "/timbang – " + _("weigh the children"),
        "/anak – " + _("the children of the angkatan"),
        "/cuti – " + _("record your leave and who deputises"),
        "/batal – " + _("leave what is being asked"),
    ]
    if may_open(request.work, officer):
        lines.insert(-1, "/angkatan – " + _("open an angkatan, see its children and schools"))
    if startable(request.work, officer):
        lines.insert(-1, "/mulai – " + _("start an SOP that does not start by itself"))
    if sees_cases(request.work, officer):
        lines.insert(-1, "/kasus – " + _("shelter cases: open one, see where each stands"))
    if officer.is_admin:
        lines.insert(-1, "/petugas – " + _("invite and remove officers"))
    lines += [
        "",
        _(
            "On a task: “Done” when it is finished, “Obstacle” when something hinders, “Remind me again” for later."
        ),
        _("A mistake can be undone for 10 minutes."),
    ]
    buttons = [to_list(), button(_("SOP handbook"), "book_list", 0)]
    if heads_of(request.work, officer.id or 0):
        buttons.append(button(_("Status"), "status_open"))
    return screen(request, "\n".join(lines), rows(buttons))


def on_cancel(request: Request) -> Reply:
    """/batal: the present question ends; what was recorded stays."""
    if conversation.current(request) is None:
        return reply(Say(_("There is nothing to cancel."), ((to_list(),),)))
    under = conversation.end(request)
    text = _("Cancelled. What was already recorded stays.")
    if under is not None:
        text += " " + _("The question before it is open again.")
    buttons = [to_list()]
    if under is not None and under.task_id is not None:
        buttons.insert(0, button(_("Open"), "task_open", under.task_id))
    return reply(Say(text, (tuple(buttons),)))


ROUTES = Routes(
    About.NOTHING,
    commands={"bantuan": on_help, "help": on_help, "batal": on_cancel},
    presses={"help_open": on_help},
    menu_words={"Help": on_help},
)
