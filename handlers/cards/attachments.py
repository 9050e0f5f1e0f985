"""[Lampiran]: what was sent with a step, an SOP or about a child: pictures, files, voices, places; opened for some minutes."""

import mimetypes
from collections.abc import Sequence

from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    SendFile,
    SendPin,
    as_numbers,
    button,
    further,
    hiding,
    pressed,
    reply,
    rows,
    screen,
    task_of,
    to_list,
    to_task,
    turning,
    who,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import _, bold, child_code, esc, ngettext, shorten, stamp_words
from sop_flows.core.notices import FileHidden
from sop_flows.core.work import case_of, declared
from sop_flows.declarations.form import KEPT
from sop_flows.errors import NotFoundError, NotYoursError
from sop_flows.recording import records
from sop_flows.staffing.children import visible_child
from sop_flows.staffing.responsibility import knows, log_read, name_of
from sop_flows.views import attachments
from sop_flows.views.attachments import Attachment
from storage.queries.step_records import find_newest
from storage.tables import Record, StoredFile, Task

PAGE = 12  # attachments of one page
NAME_SHOWN = 40  # characters of a file's name
BELOW = ("form_photos", "place_open")  # buttons that show something below the screen and leave it as it is
SHOWN_AS_PHOTO = ("image/jpeg", "image/png", "image/webp")  # what Telegram takes as a photo


# --- the lists ----------------------------------------------------------------------------------------------


def on_task(request: Request) -> Reply:
    """Those of a step. Second number: the page."""
    task = task_of(request, pressed(request))
    found = attachments.of_task(request.work, who(request), task)
    sop, step = declared(request.session, task)
    case = case_of(request.session, task)
    ways = [to_task(task.id or 0)]
    if case is None or knows(request.work, who(request), case):
        ways.insert(0, button(_("Of the whole SOP"), "files_run", task.id or 0))
    title = f"SOP {sop.number} · {step.short}"
    return _list(request, title, found, "files_task", task.id or 0, ways)


def on_run(request: Request) -> Reply:
    """Those of all steps of the SOP that the step is of."""
    task = task_of(request, pressed(request))
    found = attachments.of_run(request.work, who(request), task)
    sop = declared(request.session, task)[0]
    title = f"SOP {sop.number} {sop.title}"
    return _list(request, title, found, "files_run", task.id or 0, [to_task(task.id or 0)], with_step=True)


def on_child(request: Request) -> Reply:
    """Those about a child."""
    row = visible_child(request.work, who(request), pressed(request))
    child_id = row.child.id or 0
    found = attachments.of_child(request.work, who(request), child_id)
    title = _("No. {number}").format(number=child_code(row.child.number))
    back = button(_("‹ Back"), "child_card", child_id)
    return _list(request, title, found, "files_child", child_id, [back], with_step=True)


def _list(
    request: Request, title: str, found: Sequence[Attachment], verb: str, number: int,
    ways: list[Button], *, with_step: bool = False,
) -> Reply:  # fmt: skip
    page = min(max(further(request, 1), 0), max((len(found) - 1) // PAGE, 0))
    shown = found[page * PAGE : (page + 1) * PAGE]
    lines = [bold(title) + " · " + _("Attachments")]
    for place, one in enumerate(shown, start=page * PAGE + 1):
        lines.append(f"{place}. {_line(request, one, with_step=with_step)}")
    if not found:
        lines.append(_("Nothing is attached that is yours to see."))
    is_more = len(found) > (page + 1) * PAGE
    turn = turning(page, is_more, lambda text, at: button(text, verb, number, at), short=True)
    opens = as_numbers([_opens(one) for one in shown], page * PAGE + 1)
    return screen(request, "\n".join(lines), (*opens, *rows(turn), *rows([*ways, to_list()])))


def _line(request: Request, one: Attachment, *, with_step: bool) -> str:
    """ "Foto · Ibu Sari, 2 Desember 10.42" (HTML)."""
    kinds = {"picture": _("Picture"), "voice": _("Voice"), "place": _("Place"), "file": _("File")}
    words = kinds[one.kind]
    if one.kind == "file" and one.file is not None and one.file.name:
        words = esc(shorten(one.file.name, NAME_SHOWN))
    when = stamp_words(one.at, request.now, request.institution.zone)
    said = [words, f"{esc(name_of(request.session, one.by_id) or '-')}, {when}"]
    if with_step:
        sop, step = declared(request.session, one.task)
        said.insert(1, f"{esc(sop.number)} {esc(step.short)}")
    return " · ".join(said)


def _opens(one: Attachment) -> Button:
    task_id = one.task.id or 0
    if one.file is not None:
        return button("", "file_open", task_id, one.file.id or 0)
    assert one.record is not None
    return button("", "place_open", task_id, one.record.id or 0, one.field)


# --- opening one --------------------------------------------------------------------------------------------


def on_file(request: Request) -> Reply:
    """A picture, file or voice, below the list; it is taken away after the minutes of the pack."""
    task = task_of(request, pressed(request))
    found = attachments.open_file(request.work, who(request), task.id or 0, pressed(request, 1))
    return _sent(request, [found], ((button(_("‹ Back"), "files_task", task.id or 0), to_list()),))


def on_place(request: Request) -> Reply:
    """A place as a pin on the map."""
    task = task_of(request, pressed(request))
    numbers = pressed(request, 1), pressed(request, 2)
    found = attachments.open_place(request.work, who(request), task.id or 0, *numbers)
    return hiding(reply(SendPin(found.latitude, found.longitude)), FileHidden())


def _sent(request: Request, files: Sequence[StoredFile], below: Keyboard) -> Reply:
    here = [one for one in files if request.institution.cabinet.holds(one.content_key)]
    if not here:
        by = esc(name_of(request.session, files[0].officer_id) or "-") if files else "-"
        said = _("This file is not in the store any more. Please ask {who} to send it once more.")
        return screen(request, said.format(who=by), below)
    made = (
        SendFile(
            "stored",
            {"key": one.content_key},
            filename=one.name if one.name and one.mime not in SHOWN_AS_PHOTO else _file_name(one),
            photo=one.mime in SHOWN_AS_PHOTO,
        )
        for one in here
    )
    return hiding(reply(*made), FileHidden())


def _file_name(file: StoredFile) -> str:
    """ "foto-3.jpg", "berkas-4.pdf"."""
    if file.mime == "image/jpeg":
        return f"foto-{file.id}.jpg"
    if file.mime.startswith("audio/"):
        return f"suara-{file.id}.ogg"
    return f"berkas-{file.id}{mimetypes.guess_extension(file.mime) or ''}"


# --- the photos of a record ---------------------------------------------------------------------------------


def photos_button(request: Request, record: Record) -> list[Button]:
    """ "Lihat 2 foto" and "Lihat lokasi", where there are any."""
    count = len(_photos(request, record))
    ids = record.task_id, record.id or 0
    label = ngettext("See {count} photo", "See {count} photos", count)
    if any(not one.mime.startswith("image/") for one in _photos(request, record)):
        label = ngettext("See {count} file", "See {count} files", count)
    label = label.format(count=count)
    places = attachments.places_of(request.work, request.session.get_one(Task, record.task_id), record)
    seen = [button(_("See the place"), "place_open", *ids, one.field) for one in places]
    return [*([button(label, "form_photos", *ids)] if count else []), *seen]


def on_photos(request: Request) -> Reply:
    """The photos of a record, or of what has replaced it, protected, below the screen that offers them. Each look is
    logged."""
    record = request.session.get(Record, pressed(request, 1))
    if record is None or record.key != records.FORM or record.task_id != pressed(request):
        raise NotFoundError
    task = task_of(request, record.task_id)
    record = find_newest(request.session, record)
    if not records.may_read(request.work, who(request), task, record):
        _sop, step = declared(request.session, task)
        raise NotYoursError(step.executors) if task.case_id is None else NotFoundError
    case = case_of(request.session, task)
    if case is not None:
        log_read(request.work, "photos", case_id=case.id)
    else:
        log_read(request.work, "photos", child_id=record.child_id)
    found, below = _photos(request, record), ((to_task(task.id or 0), to_list()),)
    if not found:
        return screen(request, _("This was put right since, and has no photo any more."), below)
    return _sent(request, found, below)


def _photos(request: Request, record: Record) -> list[StoredFile]:
    """The files that the record names; only of its own task, whatever the row says."""
    form = declared(request.session, request.session.get_one(Task, record.task_id))[1].record
    ids: list[int] = []
    for field in form.fields if form is not None else ():
        value = record.data.get(field.key)
        if field.kind in KEPT and isinstance(value, list):
            ids += [one for one in value if isinstance(one, int)]
    found = [request.session.get(StoredFile, one) for one in ids]
    return [one for one in found if one is not None and one.task_id == record.task_id]


ROUTES = merge(
    Routes(
        About.TASK,
        presses={
            "files_task": on_task,
            "files_run": on_run,
            "file_open": on_file,
            "place_open": on_place,
            "form_photos": on_photos,
        },
    ),
    Routes(About.NOTHING, presses={"files_child": on_child}),
)
