"""The photos of a record: shown again to whoever may read it."""

import mimetypes

from handlers.ui.request import About, Button, Reply, Request, SendFile, button, pressed, reply, task_of, who
from handlers.ui.routing import Routes
from handlers.ui.words import ngettext
from sop_flows.core.work import case_of, declared
from sop_flows.declarations.form import KEPT
from sop_flows.errors import NotFoundError, NotYoursError
from sop_flows.recording import records
from sop_flows.staffing.responsibility import log_read
from storage.tables import Record, StoredFile, Task


def photos_button(request: Request, record: Record) -> list[Button]:
    """ "Lihat 2 foto", where there are any."""
    count = len(_photos(request, record))
    if not count:
        return []
    label = ngettext("See {count} photo", "See {count} photos", count)
    if any(not one.mime.startswith("image/") for one in _photos(request, record)):
        label = ngettext("See {count} file", "See {count} files", count)
    label = label.format(count=count)
    return [button(label, "form_photos", record.task_id, record.id or 0)]


def on_photos(request: Request) -> Reply:
    """The photos of a record, protected, below the screen that offers them. Each look is logged."""
    record = request.session.get(Record, pressed(request, 1))
    if record is None or record.key != records.FORM or record.task_id != pressed(request):
        raise NotFoundError
    task = task_of(request, record.task_id)
    if not records.may_read(request.work, who(request), task, record):
        _sop, step = declared(request.session, task)
        raise NotYoursError(step.executors) if task.case_id is None else NotFoundError
    case = case_of(request.session, task)
    if case is not None:
        log_read(request.work, "photos", case_id=case.id)
    else:
        log_read(request.work, "photos", child_id=record.child_id)
    return reply(
        *(
            SendFile(
                "stored", {"key": one.content_key}, filename=_name(one), photo=one.mime.startswith("image/")
            )
            for one in _photos(request, record)
        )
    )


def _name(file: StoredFile) -> str:
    """ "foto-3.jpg", "berkas-4.pdf"."""
    if file.mime == "image/jpeg":
        return f"foto-{file.id}.jpg"
    if file.mime.startswith("audio/"):
        return f"suara-{file.id}.ogg"
    return f"berkas-{file.id}{mimetypes.guess_extension(file.mime) or ''}"


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


ROUTES = Routes(About.TASK, presses={"form_photos": on_photos})
