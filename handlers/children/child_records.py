"""[Catatan] on a child's card: what was recorded about it, as far as it is of the officer's own steps."""

from handlers.children.children import child_title
from handlers.ui.form_words import report_lines
from handlers.ui.kilograms import kilos
from handlers.ui.request import About, Reply, Request, button, further, pressed, rows, screen, turning, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc, plain_date_words
from sop_flows.core.work import declared
from sop_flows.recording import records
from sop_flows.staffing.children import visible_child
from sop_flows.staffing.responsibility import log_read, name_of
from storage.queries.step_records import list_of_child, list_weights_of_child
from storage.tables import Record, Task, Weight

SHOWN = 10  # records on one page; the newest first


def on_records(request: Request) -> Reply:
    """What is recorded, the newest first. Second number: the page. Each look is logged."""
    officer, child_id = who(request), pressed(request)
    row = visible_child(request.work, officer, child_id)
    log_read(request.work, "records", child_id=child_id)
    page = max(0, further(request, 1))
    found = [one for one in _found(request, child_id) if records.may_read(request.work, officer, *one)]
    shown = found[page * SHOWN : (page + 1) * SHOWN]
    lines = [child_title(request, row)]
    for task, record in shown:
        lines += ["", *_lines(request, task, record)]
    if not shown:
        lines.append(_("Nothing is recorded yet that is of your section."))
    is_more = len(found) > (page + 1) * SHOWN
    turn = turning(
        page if shown else 0, is_more, lambda text, at: button(text, "child_records", child_id, at)
    )
    return screen(request, "\n".join(lines), (*rows(turn), (button(_("‹ Back"), "child_card", child_id),)))


def _found(request: Request, child_id: int) -> list[tuple[Task, Record | Weight]]:
    """Forms and weights about the child, the newest first."""
    of_forms = list_of_child(request.session, child_id, (records.FORM,))
    found: list[tuple[Task, Record | Weight]] = [(task, record) for record, task in of_forms]
    found += [(task, weight) for weight, task in list_weights_of_child(request.session, child_id)]
    return sorted(found, key=lambda one: (one[1].recorded_at, one[1].id or 0), reverse=True)


def _lines(request: Request, task: Task, record: Record | Weight) -> list[str]:
    """ "SOP 9.2.06 · Observasi: ... · Sari, 2 Desember" (HTML)."""
    sop, step = declared(request.session, task)
    on = record.weighed_on if isinstance(record, Weight) else record.done_on
    day = plain_date_words(on, request.institution.today(request.now))
    by = esc(name_of(request.session, record.officer_id) or "-")
    top = f"<b>SOP {esc(sop.number)} · {esc(step.short)}</b> · {by}, {day}"
    if isinstance(record, Weight):
        return [top, kilos(record.weight_g)]
    return [top, *report_lines(step.record, record.data)]


ROUTES = Routes(About.NOTHING, presses={"child_records": on_records})
