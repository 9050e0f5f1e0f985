"""[+ Catatan]: a dated note of a step that goes on for weeks; one message is enough, the rest is added when there is time."""

from typing import Any

from handlers.cards.task_card import own_heading, show_task
from handlers.forms.sheets import STEP_ITSELF, for_child
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.form_words import answer_words, label_of, things
from handlers.ui.questions import NotAnAnswerError, file_problem
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    as_numbers,
    button,
    further,
    hiding_records,
    pressed,
    rows,
    screen,
    task_of,
    to_task,
    turning,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, date_words, esc, ngettext, short_date_words
from sop_flows.actions.attachments import attach, mime_of
from sop_flows.actions.log import LogNote, add_note, beside_note, count_notes, last_notes
from sop_flows.core.work import declared
from sop_flows.declarations.form import Form
from sop_flows.errors import FutureWorkError
from sop_flows.recording.forms import drafts
from sop_flows.staffing.responsibility import log_read, own_parts
from sop_flows.views.task_views import task_line
from storage.tables import Task, TaskState

FILES = "files"  # key of the draft: photos and files that came before the words
PAGE = 8  # notes on one page


def _what(talk: Talk) -> Screen:
    record = declared(talk.request.session, _task(talk))[1].record
    field = None if record is None else record.note_words
    asked = (
        _("What was done today?")
        if field is None or record is None or record.ask != "log"
        else esc(field.ask)
    )
    hint = _("Of another day begin with it, for example: “yesterday: …”.")
    if _task(talk).case_id is not None and _task(talk).state == TaskState.DONE:
        return f"{asked} {hint}", ()
    return f"{own_heading(talk.request, talk.task_id)}\n{asked} {hint}", ()


def _task(talk: Talk) -> Task:
    return task_of(talk.request, talk.task_id)


def _read(talk: Talk) -> Any:
    """The words; a photo or file is kept until they come, or has them as its caption."""
    request = talk.request
    if request.kind == "text":
        return typed_words(talk)
    if problem := file_problem(request):
        raise NotAnAnswerError(problem)
    if request.file is None:
        raise NotAnAnswerError(_("Please answer in words."))
    task, file, form = _task(talk), request.file, beside_note(declared(request.session, _task(talk))[1])
    own_parts(request.work, who(request), task)
    is_picture = file.mime.startswith("image/")
    field = None if form is None else next((one for one in form.fields if _holds(one.kind, is_picture)), None)
    kind = mime_of(file.mime, file.name)
    if field is None:
        attach(request.work, who(request), talk.task_id, file)
    else:
        kept = talk.draft.setdefault(FILES, {})
        number = drafts.store_file(
            request.work, who(request), talk.task_id, task.child_id, file.content, kind
        )
        kept[field.key] = [*kept.get(field.key, []), number]
    if (request.text or "").strip():
        return typed_words(talk)
    return LOG.change(talk, "note", "✅ " + _("Stored. Now type a sentence or two about it."))


def _holds(kind: str, is_picture: bool) -> bool:
    return kind == "file" or (kind == "photo" and is_picture)


def _add(talk: Talk) -> Reply:
    try:
        note = add_note(talk.request.work, talk.task_id, talk.draft["note"], talk.draft.get(FILES))
    except FutureWorkError as error:
        text = _("A note can be of {first} to {last}, not of {day}. Nothing is noted yet.").format(
            first=date_words(error.earliest), last=date_words(error.latest), day=date_words(error.wanted)
        )
        raise NotAnAnswerError(text) from error
    said = "✅ " + _("Noted for {day}: {words}").format(day=date_words(note.on), words=esc(note.words))
    form = beside_note(declared(talk.request.session, _task(talk))[1])
    asked = () if form is None else for_child(talk.request, _task(talk), form).fields
    missing = tuple(one for one in asked if one.key not in note.values)
    if not missing:
        return show_task(talk.request, talk.task_id, said)
    said += "\n" + _("Add {what}?").format(what=esc(things(missing)))
    return show_task(talk.request, talk.task_id, said, ((_more(talk.task_id, note),),))


def _more(task_id: int, note: LogNote) -> Button:
    return button(_("Add"), "form_more", task_id, STEP_ITSELF, note.id, style="success")


def on_all(request: Request) -> Reply:
    """Lihat semua: every note, the newest first; a number adds to it."""
    task_id, page = pressed(request), max(0, further(request, 1))
    task = task_of(request, task_id)
    own_parts(request.work, who(request), task)
    if task.case_id is not None or task.child_id is not None:
        log_read(request.work, f"notes {task.sop}/{task.step}", child_id=task.child_id, case_id=task.case_id)
    form = beside_note(declared(request.session, task)[1])
    count = count_notes(request.session, task)
    page = min(page, max(count - 1, 0) // PAGE)
    notes = last_notes(request.session, task, PAGE, page * PAGE)
    first = page * PAGE + 1
    title = ngettext("{count} note", "{count} notes", count).format(count=count)
    lines = [bold(task_line(request.work, task, who(request)).short) + f" · {title}"]
    lines += [f"{place}. {_note_words(form, note)}" for place, note in enumerate(notes, start=first)]
    picks = [_more(task_id, note) for note in notes] if form is not None else []
    turns = turning(page, (page + 1) * PAGE < count, lambda text, at: button(text, "log_all", task_id, at))
    shown = screen(request, "\n".join(lines), (*as_numbers(picks, first), *rows(turns), (to_task(task_id),)))
    return hiding_records(shown, task)


def _note_words(form: Form | None, note: LogNote) -> str:
    fields = [one for one in form.fields if note.values.get(one.key)] if form is not None else []
    added = [f"{esc(label_of(one))}: {answer_words(one, note.values[one.key])}" for one in fields]
    return " · ".join([f"{short_date_words(note.on)}: {esc(note.words)}", *added, esc(note.who)])


LOG = Dialog("task_log", (Field("note", _what, _read, files=True),), _add)
ROUTES = Routes(About.CARD, presses={"task_log": LOG.of_button, "log_all": on_all}, dialogs=(LOG,))
