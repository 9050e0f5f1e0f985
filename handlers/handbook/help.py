"""/bantuan, how it is done by role, and /batal."""

import re

from handlers.ui import conversation
from handlers.ui.menus import commands_for
from handlers.ui.request import (
    About,
    Reply,
    Request,
    Say,
    SetCommands,
    button,
    further,
    reply,
    rows,
    screen,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc, more
from sop_flows.staffing.roster import heads_of, roles_of


def on_help(request: Request) -> Reply:
    """What this officer can do, the words that Pandu knows without a question; the command menu anew."""
    officer = who(request)
    assert officer.id is not None
    pack, headed = request.institution.pack, heads_of(request.work, officer.id)
    commands = commands_for(
        pack, roles_of(request.work, officer.id), is_head=bool(headed), is_admin=officer.is_admin
    )
    lines = [
        _("I show you the SOP steps that are yours, remind you in time, and record what is done."),
        "",
        *(f"/{name} – {does}" for name, does in commands),
        "",
        _(
            "On a task: “Done” when it is finished, “Obstacle” when something hinders, “Remind me again” for later."
        ),
        _("A mistake can be undone for 10 minutes."),
        more(bold(_("You can also just type:")), *(f"• {said}" for said in free_words())),
    ]
    buttons = [to_list(), button(_("SOP handbook"), "book_list", 0)]
    if guides_of(request):
        buttons.append(button(_("My guide"), "help_guide", 0))
    if headed:
        buttons.append(button(_("Status"), "status_open"))
    return screen(request, "\n".join(lines), rows(buttons)).and_then(SetCommands(commands))


def guides_of(request: Request) -> list[tuple[str, tuple[str, ...]]]:
    """What the officer may want to know how to do: for whom it is written, and its sentences."""
    officer, unit = who(request), request.institution.pack.unit
    number = officer.id or 0
    held = roles_of(request.work, number)
    found = [(unit.roles[code].label, said) for code, said in unit.guide.roles.items() if code in held]
    if heads_of(request.work, number):
        found.append((_("Heads of sections"), unit.guide.heads))
    if officer.is_admin:
        found.append((_("Admins"), unit.guide.admins))
    return [(title, said) for title, said in found if said]


def on_guide(request: Request) -> Reply:
    """One of these, as docs/panduan.md says it; buttons to the others."""
    guides, at = guides_of(request), further(request, 0)
    if not 0 <= at < len(guides):
        return on_help(request)
    title, said = guides[at]
    others = [
        button(other, "help_guide", number) for number, (other, _said) in enumerate(guides) if number != at
    ]
    lines = [bold(_("How it is done: {role}").format(role=title)), "", *(f"• {_marked(one)}" for one in said)]
    buttons = [*others, to_list(), button(_("Help"), "help_open")]
    return screen(request, "\n".join(lines), rows(buttons))


def _marked(said: str) -> str:
    """The sentence as HTML: **a button** and `what is typed` stand out."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", esc(said)))


def free_words() -> tuple[str, ...]:
    """What is understood without a question (HTML)."""
    return (
        _("012: the child with this number"),
        _("012 fever 38.5: an incident, told to the nurse and the head"),
        _("home visit: your task or the SOP with these words"),
        _("done 1 3 4: these lines of your list"),
        _("undo: what you recorded last"),
        _("remind Monday 10: the task that you look at"),
    )


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
    presses={"help_open": on_help, "help_guide": on_guide},
    menu_words={"Help": on_help},
)
