"""The monthly card: what runs for a case in a section, asked once a month; and finishing one line of it."""

from handlers.cases.case_words import about, in_order, service_lines, service_when
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    button,
    numbers,
    pressed,
    rows,
    screen,
    task_of,
    to_list,
    to_task,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, due_line, esc, name_of_task, plain_date_words, section, subject_prefix
from sop_flows.actions.cases import monthly
from sop_flows.actions.cases.monthly import MonthlyCard, Service
from sop_flows.errors import NotFoundError
from sop_flows.recording import records
from sop_flows.staffing.responsibility import own_parts, refuse_closed
from sop_flows.views.task_views import TaskLine, task_line
from storage.tables import Task

PAGE = 16  # lines: the shelter's SOPs have thirteen


def month_text(request: Request, line: TaskLine) -> str:
    """Which case and section, and its lines (HTML)."""
    card = monthly.monthly_card(request.work, line.task)
    role = section(request.institution.pack.unit, card.role)
    said = [
        f"{subject_prefix(request.session, line)}<b>{name_of_task(line)}</b> · {esc(role)}",
        " · ".join(about(card.case)),
        *service_lines(request, in_order(card.services)[:PAGE]),
        due_line(line, request.now, request.institution.zone),
    ]
    if any(one.is_due for one in card.services):
        said.append(_("What is finished? Tap its number."))
    return "\n".join(said)


def month_buttons(request: Request, line: TaskLine) -> tuple[Keyboard, list[Button]]:
    """The numbers of the lines; and what says that they all go on."""
    card = monthly.monthly_card(request.work, line.task)
    ids = [one.task.id or 0 for one in in_order(card.services)[:PAGE]]
    asks = records.form_of(line.task, line.step) is not None
    words = _("Record how it goes") if asks else _("All still running")
    return numbers("task_open", ids), [button(words, "task_done", line.task.id or 0, style="success")]


def running_line(request: Request, task: Task) -> str:
    """ "Berjalan sejak 1 Desember, 3 bulan pada 1 Maret" of the service itself (HTML)."""
    service = _service(request, task)
    return "" if service is None else _("Running {when}").format(when=service_when(request, service))


def _service(request: Request, task: Task) -> Service | None:
    found = monthly.services_of(request.work, task.case_id or 0)
    return next((one for one in found if one.task.id == task.id), None)


def end_button(request: Request, task: Task) -> Button:
    """ "Selesai" of a service: before its shortest time is over it is asked back."""
    service = _service(request, task)
    verb = "task_done" if service is None or service.is_due else "month_end"
    return button(_("Done"), verb, task.id or 0, style="success")


def services_button(task: Task) -> Button:
    """Back to what runs in the case."""
    return button(_("Running services"), "case_services", task.case_id or 0)


def on_end(request: Request) -> Reply:
    """Selesai before the shortest time is over: is it meant?"""
    task = task_of(request, pressed(request))
    refuse_closed(request.session, task)
    own_parts(request.work, who(request), task)
    service = _service(request, task)
    if service is None:
        raise NotFoundError
    line = task_line(request.work, task, who(request))
    text = subject_prefix(request.session, line) + _(
        "{step} has run since {day}; the SOP says {time}. Is it finished all the same?"
    ).format(
        step=esc(line.step.short),
        day=plain_date_words(service.since, request.institution.today(request.now)),
        time=service.step.standard,
    )
    yes = button(_("Yes, finish"), "task_done", task.id or 0)
    return screen(request, text, ((yes, to_task(task.id or 0)), *rows([services_button(task), to_list()])))


__all__ = [
    "ROUTES",
    "MonthlyCard",
    "end_button",
    "month_buttons",
    "month_text",
    "running_line",
    "services_button",
]

ROUTES = Routes(About.TASK, presses={"month_end": on_end})
