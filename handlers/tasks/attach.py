"""Lampirkan foto/berkas: photos and documents that belong to a task."""

from handlers.cards.task_card import show_task
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import cancel_button, file_problem
from handlers.ui.request import About, Reply, Request, Say, button, pressed, reply, task_of, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, ngettext
from sop_flows.actions.attachments import attach
from sop_flows.staffing.responsibility import own_parts
from sop_flows.views.task_views import count_files


def _ask(talk: Talk) -> Screen:
    own_parts(talk.request.work, who(talk.request), task_of(talk.request, talk.task_id))
    return _("Send the photo or file now, at most 20 MB. You can send several."), ()


def _read(talk: Talk) -> Reply:
    """A photo or document came; anything else is asked for again."""
    request, task_id = talk.request, talk.task_id
    finish = ((button(_("Enough"), "task_attach_end", task_id),),)
    if problem := file_problem(request):
        return reply(Say(problem, finish))
    if request.file is None:
        return reply(Say(_("I am waiting for a photo or file."), (*finish, (cancel_button(task_id),))))
    attach(request.work, who(request), task_id, request.file)
    count = count_files(request.session, task_id)
    told = ngettext("Stored. {count} file is attached.", "Stored. {count} files are attached.", count)
    return reply(Say(told.format(count=count) + " " + _("Send another, or tap “Enough”."), finish))


def _show(request: Request) -> Reply:
    return show_task(request, pressed(request))


ATTACH = Dialog(
    "task_attach",
    (Field("file", _ask, _read, files=True),),
    lambda talk: _show(talk.request),
    elsewhere=_show,
)
ROUTES = Routes(
    About.CARD,
    presses={"task_attach": ATTACH.of_button, "task_attach_end": ATTACH.confirm},
    dialogs=(ATTACH,),
)
