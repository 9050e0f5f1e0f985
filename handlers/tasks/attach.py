"""Lampirkan foto/berkas: photos and documents that belong to a task."""

from handlers import conversation
from handlers.looks.questions import ask, cancel_button
from handlers.looks.screens import button, pressed, task_of, who
from handlers.looks.wording import _, ngettext
from handlers.reply import Reply, Say, reply
from handlers.routing import Routes
from handlers.tasks.cards import show_task
from handlers.visit import Visit
from sop_flows.actions.attachments import attach
from sop_flows.staffing.task_rows import own_parts
from storage.queries.said import count_files

TOPIC = "task_attach"


def on_attach(visit: Visit) -> Reply:
    """Lampirkan foto/berkas: waits for them."""
    task = task_of(visit, pressed(visit))
    own_parts(visit.session, visit.house, who(visit), task)
    return ask(
        visit, TOPIC, pressed(visit), _("Send the photo or file now, at most 20 MB. You can send several.")
    )


def on_sent(visit: Visit) -> Reply:
    """A photo or document came; anything else is asked for again."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    task_id = row.task_id
    finish = ((button(_("Enough"), "task_attach_end", task_id),),)
    if visit.download_failed:
        return reply(Say(_("The file did not come through. Please send it again, at most 20 MB."), finish))
    if visit.file is None:
        return reply(Say(_("I am waiting for a photo or file."), (*finish, (cancel_button(task_id),))))
    attach(visit.session, visit.house, who(visit), task_id, visit.file.content, visit.file.mime, visit.now)
    count = count_files(visit.session, task_id)
    told = ngettext("Stored. {count} file is attached.", "Stored. {count} files are attached.", count)
    return reply(Say(told.format(count=count) + " " + _("Send another, or tap “Enough”."), finish))


def on_enough(visit: Visit) -> Reply:
    """Cukup."""
    conversation.end(visit, TOPIC)
    return show_task(visit, pressed(visit))


ROUTES = Routes(
    presses={"task_attach": on_attach, "task_attach_end": on_enough},
    topics={TOPIC: on_sent},
    file_topics=frozenset({TOPIC}),
)
