"""A step that is recorded once for each school or Kab/Kota: the list of them, what each has, the rest of the numbers."""

from collections.abc import Mapping

from handlers.cards.done_screen import done_screen
from handlers.cards.task_card import heading, show_task
from handlers.forms.asking import ask_next
from handlers.forms.sheets import Sheet, draft_of, open_sheet
from handlers.ui.form_words import values_words
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    button,
    pressed,
    rows,
    screen,
    task_of,
    to_list,
    to_task,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc, ngettext
from sop_flows.actions import origins as rules
from sop_flows.actions.cohorts.cohorts import lacks_kabupaten
from sop_flows.core.result import Result
from sop_flows.core.work import declared
from sop_flows.declarations.form import Form
from sop_flows.declarations.sop import Step
from sop_flows.recording import origins
from sop_flows.recording.forms.drafts import Draft
from sop_flows.recording.origins import Origin
from sop_flows.staffing.responsibility import acting_roles, own_parts, refuse_closed
from sop_flows.staffing.roster import may_open
from sop_flows.views.task_views import task_line
from storage.tables import SAYABLE, Task, TaskState

LISTED = 12  # schools of one angkatan on a screen; nobody has more


def on_open(request: Request) -> Reply:
    """Mulai: the only one at once, else the list."""
    task = task_of(request, pressed(request))
    own_parts(request.work, who(request), task)
    if task.state == TaskState.WAITING:
        refuse_closed(request.session, task)
    _sop, step = declared(request.session, task)
    if not step.is_by_origin:
        return show_task(request, task.id or 0)
    found = origins.origins_of(request.session, task, step)
    if len(found) == 1 and found[0].record is None and not rules.is_listed(step, found[0]):
        return begin_one(request, open_sheet(request, task.id or 0, found[0].number))
    return origin_list(request, task)


def origin_list(request: Request, task: Task, said: str = "") -> Reply:
    """Each school or Kab/Kota with what is recorded or proposed; how the rest is taken."""
    _sop, step = declared(request.session, task)
    form, task_id = step.record, task.id or 0
    assert form is not None
    found = origins.origins_of(request.session, task, step)
    line = task_line(request.work, task, who(request))
    lines = [*([said] if said else []), heading(request, line)]
    lines += [_line(form, step, one) for one in found[:LISTED]]
    missing = [one for one in found if one in origins.unrecorded(request.session, task, step)]
    buttons: list[Button] = []
    is_open = task.state in SAYABLE and bool(acting_roles(request.work, who(request), task))
    listed = [one for one in missing if rules.is_listed(step, one)]
    if is_open and not missing:
        buttons.append(button(_("Done"), "task_done", task_id, style="success"))
    elif is_open and len(listed) == len(missing):
        buttons.append(button(_("As in the list"), "origin_listed", task_id, style="success"))
        lines.append(_("So it stands in the list. Right for all? Otherwise tap the one that differs."))
    elif is_open:
        lines.append(_("Tap one to note it."))
    if step.per == "kabupaten" and may_open(request.work, who(request)):
        lacking = lacks_kabupaten(request.session, task.cohort_id or 0)
        if lacking:
            said = ngettext(
                "Of {count} school the Kab/Kota is not known.",
                "Of {count} schools the Kab/Kota is not known.",
                len(lacking),
            )
            lines.append(said.format(count=len(lacking)))
            buttons.append(button(_("Note the Kab/Kota"), "kabupaten_ask", task.cohort_id or 0))
    return screen(
        request,
        "\n".join(lines),
        (*rows(buttons), *_each(task_id, found), (to_task(task_id), to_list())),
    )


def _each(task_id: int, found: tuple[Origin, ...]) -> Keyboard:
    picks = [
        button(
            ("✅ " if one.record is not None else "") + (one.name or _("All schools")),
            "form_fix" if one.record is not None else "form_note",
            task_id,
            one.number,
        )
        for one in found[:LISTED]
    ]
    return rows(picks)


def _line(form: Form, step: Step, one: Origin) -> str:
    name = esc(one.name or _("All schools"))
    if one.record is None:
        if not rules.is_listed(step, one):
            return f"☐ {name}"
        return f"☐ {name} · {_count(form, one.proposed(form))}"
    counted = _count(form, one.record.data)
    others = {key: value for key, value in one.record.data.items() if key not in one.proposed(form)}
    more = values_words(form, others)
    said = " · ".join(filter(None, (f"✅ {name}", counted, "" if more == "-" else more)))
    if one.differs(form):
        listed = sum(one.listed.values())
        said += " · " + ngettext("{count} in the list", "{count} in the list", listed).format(count=listed)
    return said


def _count(form: Form, values: Mapping[str, object]) -> str:
    """ "L 5, P 6": as short as a line of a phone."""
    short = {"boys": _("boys {count}"), "girls": _("girls {count}")}
    counted = (field for field in form.fields if field.proposal in short and field.key in values)
    return ", ".join(short[field.proposal or ""].format(count=values[field.key]) for field in counted)


def on_listed(request: Request) -> Reply:
    """[Sesuai daftar]."""
    task = task_of(request, pressed(request))
    if task.state == TaskState.DONE:
        return show_task(request, task.id or 0)
    return finished(request, rules.record_as_listed(request.work, task.id or 0))


def finished(request: Request, outcome: Result) -> Reply:
    """What was done, and the way to what may still be added."""
    return screen(request, *done_screen(request, outcome))


def begin_one(request: Request, sheet: Sheet) -> Reply:
    """Its first question: of what stands recorded, what may be added to it."""
    assert sheet.origin is not None
    draft = draft_of(request, sheet)
    if draft is None:
        known = {} if sheet.origin.record is None else dict(sheet.origin.record.data)
        draft = Draft(values=known)
    return ask_next(request, sheet, draft)


ROUTES = Routes(About.TASK, presses={"origin_open": on_open, "origin_listed": on_listed})
