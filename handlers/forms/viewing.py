"""Lihat isian: what was recorded at a step, by whom and when, what it replaced; and the way to correct it."""

from handlers.cards.attachments import photos_button
from handlers.cards.task_card import show_task
from handlers.forms.sheets import Sheet, head
from handlers.ui.form_words import report_lines
from handlers.ui.request import (
    About,
    Reply,
    Request,
    button,
    hiding_records,
    pressed,
    rows,
    screen,
    task_of,
    to_task,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc, more, plain_date_words, stamp_words
from sop_flows.core.work import declared
from sop_flows.errors import NotPermittedError, NotYoursError
from sop_flows.recording import records
from sop_flows.staffing.responsibility import acting_roles, log_read, name_of
from storage.queries.step_records import list_replaced
from storage.tables import Record

FORMER_SHOWN = 5  # corrections; more of them are kept, not shown


def on_view(request: Request) -> Reply:
    """Lihat isian: for the sections of the step, their heads, and whoever may correct it."""
    task = task_of(request, pressed(request))
    sop, step = declared(request.session, task)
    record = records.recorded(request.session, task)
    if record is None or step.record is None:
        return show_task(request, task.id or 0)
    mine = acting_roles(request.work, who(request), task)
    if not records.may_read(request.work, who(request), task, record):
        raise NotYoursError(step.executors) if task.case_id is None else NotPermittedError("case")
    if task.case_id is not None or task.child_id is not None:
        screen_name = f"form {task.sop}/{task.step}"
        log_read(request.work, screen_name, child_id=task.child_id, case_id=task.case_id)
    sheet = Sheet(task, sop, step, step.record, 0, None, request.institution.today(request.now))
    lines = [head(request, sheet), *report_lines(step.record, record.data), _by_words(request, record)]
    former = list_replaced(request.session, record)[:FORMER_SHOWN]
    told: list[str] = []
    shown_last = record.data
    for one in former:
        if one.data == shown_last:
            continue  # looked through and saved as it was
        shown_last = one.data
        told += [_by_words(request, one), *report_lines(step.record, one.data)]
    if told:
        lines.append(_("Before the correction:"))
        lines.append(more(*told))
    buttons = [button(_("Correct"), "form_fix", task.id or 0, 0)] if mine else []
    buttons += photos_button(request, record)
    shown = screen(request, "\n".join(lines), rows([*buttons, to_task(task.id or 0)]))
    return hiding_records(shown, task)


def _by_words(request: Request, record: Record) -> str:
    """ "Dicatat Ibu Sari, 2 Desember 10.42 (dikerjakan 1 Desember)" (HTML)."""
    when = stamp_words(record.recorded_at, request.now, request.institution.zone)
    said = _("Recorded by {who}, {when}").format(
        who=esc(name_of(request.session, record.recorded_by_id) or "-"), when=when
    )
    if record.done_on != request.institution.today(record.recorded_at):
        today = request.institution.today(request.now)
        said += " · " + _("done on {day}").format(day=plain_date_words(record.done_on, today))
    return f"<i>{said}</i>"


ROUTES = Routes(About.TASK, presses={"form_view": on_view})
