"""Lampirkan foto/berkas: photos and documents that belong to a task."""

from handlers.cards.task_card import show_task
from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.conversation import Life
from handlers.ui.questions import cancel_button
from handlers.ui.request import About, Reply, Request, Say, button, pressed, reply, screen, task_of, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, ngettext
from sop_flows.actions.attachments import attach
from sop_flows.staffing.responsibility import own_parts
from sop_flows.views.task_views import count_files

TOPIC = "task_attach"


def on_attach(request: Request) -> Reply:
    """Lampirkan foto/berkas: waits for them."""
    task = task_of(request, pressed(request))
    own_parts(request.work, who(request), task)
    conversation.ask(request, TOPIC, {}, task.id)
    text = _("Send the photo or file now, at most 20 MB. You can send several.")
    return screen(request, text, ((cancel_button(pressed(request)),),))


def on_sent(request: Request) -> Reply:
    """A photo or document came; anything else is asked for again."""
    row = conversation.current(request)
    if row is None or row.task_id is None:
        return reply()
    task_id = row.task_id
    finish = ((button(_("Enough"), "task_attach_end", task_id),),)
    if request.download_failed:
        return reply(Say(_("The file did not come through. Please send it again, at most 20 MB."), finish))
    if request.file is None:
        return reply(Say(_("I am waiting for a photo or file."), (*finish, (cancel_button(task_id),))))
    attach(request.work, who(request), task_id, request.file.content, request.file.mime)
    count = count_files(request.session, task_id)
    told = ngettext("Stored. {count} file is attached.", "Stored. {count} files are attached.", count)
    return reply(Say(told.format(count=count) + " " + _("Send another, or tap “Enough”."), finish))


def on_enough(request: Request) -> Reply:
    """Cukup."""
    conversation.end(request, TOPIC)
    return show_task(request, pressed(request))


ROUTES = Routes(
    About.CARD,
    presses={"task_attach": on_attach, "task_attach_end": on_enough},
    topics={TOPIC: Question(on_sent, life=Life.SHORT)},
    file_topics=frozenset({TOPIC}),
)
