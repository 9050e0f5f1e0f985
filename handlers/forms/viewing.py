"""Lihat isian: what was recorded at a step, by whom and when, what it replaced; and the way to correct it."""

from handlers.forms.form_words import report_lines
from handlers.forms.photos import photos_button
from handlers.forms.sheets import Sheet, head
from handlers.looks.dates import plain_date_words, stamp_words
from handlers.looks.markup import esc, more
from handlers.looks.screens import button, pressed, rows, screen, task_of, to_task, who
from handlers.looks.wording import _
from handlers.reply import Reply
from handlers.routing import Routes
from handlers.tasks.cards import show_task
from handlers.visit import Visit
from sop_flows.core.subjects import case_of
from sop_flows.core.versions import declared
from sop_flows.errors import NotPermittedError, NotYoursError
from sop_flows.recording.forms import records
from sop_flows.staffing.permissions import acting_roles
from sop_flows.staffing.task_rows import name_of
from sop_flows.staffing.visibility import log_read
from storage.queries import children
from storage.queries.step_records import list_replaced
from storage.tables import Record

FORMER_SHOWN = 5  # corrections; more of them are kept, not shown


def on_view(visit: Visit) -> Reply:
    """Lihat isian: for the sections of the step, their heads, and whoever may correct it."""
    task = task_of(visit, pressed(visit))
    sop, step = declared(visit.session, task)
    record = records.recorded(visit.session, task)
    if record is None or step.record is None:
        return show_task(visit, task.id or 0)
    mine = acting_roles(visit.session, visit.house, who(visit), task)
    if not records.may_read(visit.session, visit.house, who(visit), task, record):
        raise NotYoursError(step.executors) if task.case_id is None else NotPermittedError("case")
    case = case_of(visit.session, task)
    if case is not None:
        log_read(visit.session, who(visit), case, f"form {task.sop}/{task.step}", visit.now)
    if task.child_id is not None:
        screen_name = f"form {task.sop}/{task.step}"
        children.log_read(visit.session, who(visit).id or 0, task.child_id, screen_name, visit.now)
    sheet = Sheet(task, sop, step, step.record, 0, None, visit.house.today(visit.now))
    lines = [head(visit, sheet), *report_lines(step.record, record.data), _by_words(visit, record)]
    former = list_replaced(visit.session, record)[:FORMER_SHOWN]
    told = []
    for one in former:
        told += [_by_words(visit, one), *report_lines(step.record, one.data)]
    if told:
        lines.append(_("Before the correction:"))
        lines.append(more(*told))
    buttons = [button(_("Correct"), "form_fix", task.id or 0, 0)] if mine else []
    buttons += photos_button(visit, record)
    return screen(visit, "\n".join(lines), rows([*buttons, to_task(task.id or 0)]))


def _by_words(visit: Visit, record: Record) -> str:
    """ "Dicatat Ibu Sari, 2 Desember 10.42 (dikerjakan 1 Desember)" (HTML)."""
    when = stamp_words(record.recorded_at, visit.now, visit.house.zone)
    said = _("Recorded by {who}, {when}").format(
        who=esc(name_of(visit.session, record.recorded_by_id) or "-"), when=when
    )
    if record.done_on != visit.house.today(record.recorded_at):
        today = visit.house.today(visit.now)
        said += " · " + _("done on {day}").format(day=plain_date_words(record.done_on, today))
    return f"<i>{said}</i>"


ROUTES = Routes(presses={"form_view": on_view})
