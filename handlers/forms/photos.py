"""The photos of a record: shown again to whoever may read it."""

from handlers.looks.screens import button, pressed, task_of, who
from handlers.looks.wording import ngettext
from handlers.reply import Button, Reply, SendFile, reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.core.subjects import case_of
from sop_flows.core.versions import declared
from sop_flows.errors import NotFoundError, NotYoursError
from sop_flows.recording.forms import records
from sop_flows.staffing.visibility import log_read
from storage.queries import children
from storage.tables import Record, StoredFile, Task


def photos_button(visit: Visit, record: Record) -> list[Button]:
    """ "Lihat 2 foto", where there are any."""
    count = len(_photos(visit, record))
    if not count:
        return []
    label = ngettext("See {count} photo", "See {count} photos", count).format(count=count)
    return [button(label, "form_photos", record.task_id, record.id or 0)]


def on_photos(visit: Visit) -> Reply:
    """The photos of a record, protected, below the screen that offers them. Each look is logged."""
    record = visit.session.get(Record, pressed(visit, 1))
    if record is None or record.key != records.FORM or record.task_id != pressed(visit):
        raise NotFoundError
    task = task_of(visit, record.task_id)
    if not records.may_read(visit.session, visit.house, who(visit), task, record):
        _sop, step = declared(visit.session, task)
        raise NotYoursError(step.executors) if task.case_id is None else NotFoundError
    case = case_of(visit.session, task)
    if case is not None:
        log_read(visit.session, who(visit), case, "photos", visit.now)
    else:
        children.log_read(visit.session, who(visit).id or 0, record.child_id, "photos", visit.now)
    return reply(
        *(
            SendFile("stored", {"key": one.content_key}, filename=f"foto-{one.id}.jpg")
            for one in _photos(visit, record)
        )
    )


def _photos(visit: Visit, record: Record) -> list[StoredFile]:
    """The files that the record names; only of its own task, whatever the row says."""
    form = declared(visit.session, visit.session.get_one(Task, record.task_id))[1].record
    ids: list[int] = []
    for field in form.fields if form is not None else ():
        value = record.data.get(field.key)
        if field.kind == "photo" and isinstance(value, list):
            ids += [one for one in value if isinstance(one, int)]
    found = [visit.session.get(StoredFile, one) for one in ids]
    return [one for one in found if one is not None and one.task_id == record.task_id]


ROUTES = Routes(presses={"form_photos": on_photos})
