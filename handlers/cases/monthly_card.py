"""The monthly card: what runs for a case in a section, asked once a month; and finishing one line of it."""

from handlers.cases.case_words import about, in_order, service_lines, service_when
from handlers.looks.dates import plain_date_words
from handlers.looks.markup import esc
from handlers.looks.screens import button, numbers, pressed, rows, screen, task_of, to_list, to_task, who
from handlers.looks.wording import _
from handlers.reply import Button, Keyboard, Reply
from handlers.routing import Routes
from handlers.tasks.task_words import due_line, section, subject_prefix
from handlers.visit import Visit
from sop_flows.actions.cases import monthly
from sop_flows.actions.cases.monthly import MonthlyCard, Service
from sop_flows.errors import NotFoundError
from sop_flows.recording.forms import records
from sop_flows.staffing.task_rows import own_parts, refuse_closed
from sop_flows.views.task_views import TaskLine, task_line
from storage.tables import Task

PAGE = 16  # lines: the shelter's SOPs have thirteen


def month_text(visit: Visit, line: TaskLine) -> str:
    """Which case and section, and its lines (HTML)."""
    card = monthly.monthly_card(visit.session, visit.house, line.task, visit.now)
    role = section(visit.house.pack.unit, card.role)
    place = _("step {step} of {last}").format(step=line.step.step, last=line.sop.steps[-1].step)
    top = f"<b>SOP {esc(line.sop.number)} {esc(line.sop.title)}</b> · {place}"
    said = [
        subject_prefix(visit.session, line) + top,
        " · ".join(about(card.case)),
        _("Running services of {role}, month {nth}").format(role=esc(role), nth=line.task.occurrence),
        *service_lines(visit, in_order(card.services)[:PAGE]),
        due_line(line, visit.now, visit.house.zone),
    ]
    if any(one.is_due for one in card.services):
        said.append(_("What is finished? Tap its number."))
    return "\n".join(said)


def month_buttons(visit: Visit, line: TaskLine) -> tuple[Keyboard, list[Button]]:
    """The numbers of the lines; and what says that they all go on."""
    card = monthly.monthly_card(visit.session, visit.house, line.task, visit.now)
    ids = [one.task.id or 0 for one in in_order(card.services)[:PAGE]]
    asks = records.form_of(line.task, line.step) is not None
    words = _("Record how it goes") if asks else _("All still running")
    return numbers("task_open", ids), [button(words, "task_done", line.task.id or 0, style="success")]


def running_line(visit: Visit, task: Task) -> str:
    """ "Berjalan sejak 1 Desember, 3 bulan pada 1 Maret" of the service itself (HTML)."""
    service = _service(visit, task)
    return "" if service is None else _("Running {when}").format(when=service_when(visit, service))


def _service(visit: Visit, task: Task) -> Service | None:
    found = monthly.services_of(visit.session, visit.house, task.case_id or 0, visit.now)
    return next((one for one in found if one.task.id == task.id), None)


def end_button(visit: Visit, task: Task) -> Button:
    """ "Selesai" of a service: before its shortest time is over it is asked back."""
    service = _service(visit, task)
    verb = "task_done" if service is None or service.is_due else "month_end"
    return button(_("Done"), verb, task.id or 0, style="success")


def services_button(task: Task) -> Button:
    """Back to what runs in the case."""
    return button(_("Running services"), "case_services", task.case_id or 0)


def on_end(visit: Visit) -> Reply:
    """Selesai before the shortest time is over: is it meant?"""
    task = task_of(visit, pressed(visit))
    refuse_closed(visit.session, task)
    own_parts(visit.session, visit.house, who(visit), task)
    service = _service(visit, task)
    if service is None:
        raise NotFoundError
    line = task_line(visit.session, visit.house, task, who(visit), visit.now)
    text = subject_prefix(visit.session, line) + _(
        "{step} has run since {day}; the SOP says {time}. Is it finished all the same?"
    ).format(
        step=esc(line.step.short),
        day=plain_date_words(service.since, visit.house.today(visit.now)),
        time=service.step.standard,
    )
    yes = button(_("Yes, finish"), "task_done", task.id or 0)
    return screen(visit, text, ((yes, to_task(task.id or 0)), *rows([services_button(task), to_list()])))


__all__ = [
    "ROUTES",
    "MonthlyCard",
    "end_button",
    "month_buttons",
    "month_text",
    "running_line",
    "services_button",
]

ROUTES = Routes(presses={"month_end": on_end})
