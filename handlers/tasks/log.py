"""[+ Catatan]: a dated note of a step that goes on for weeks; one message is enough."""

from handlers.cards.task_card import own_heading, show_task
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import About, Reply, task_of
from handlers.ui.routing import Routes
from handlers.ui.words import _, date_words, esc
from sop_flows.actions.log import add_note
from sop_flows.errors import FutureWorkError
from storage.tables import TaskState


def _what(talk: Talk) -> Screen:
    asked = _("What was done today? Of another day begin with it, for example: “yesterday: …”.")
    task = task_of(talk.request, talk.task_id)
    if task.case_id is not None and task.state == TaskState.DONE:
        return asked, ()
    return f"{own_heading(talk.request, talk.task_id)}\n{asked}", ()


def _add(talk: Talk) -> Reply:
    try:
        note = add_note(talk.request.work, talk.task_id, talk.draft["note"])
    except FutureWorkError as error:
        text = _("A note can be of {first} to {last}, not of {day}. Nothing is noted yet.").format(
            first=date_words(error.earliest), last=date_words(error.latest), day=date_words(error.wanted)
        )
        raise NotAnAnswerError(text) from error
    said = _("Noted for {day}: {words}").format(day=date_words(note.on), words=esc(note.words))
    return show_task(talk.request, talk.task_id, "✅ " + said)


LOG = Dialog("task_log", (Field("note", _what, typed_words),), _add)
ROUTES = Routes(About.CARD, presses={"task_log": LOG.of_button}, dialogs=(LOG,))
