"""/cuti: the leave recorded and to come; one of them, with Akhiri cuti and Ubah."""

from handlers.people.leave_words import capital, leave_span
from handlers.ui.request import About, Reply, Request, button, numbers, pressed, rows, screen, to_list, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc
from sop_flows.actions.leave.leave import current_deputy, end_leave, find_leave
from sop_flows.staffing.deputies import may_record_for, recordable
from sop_flows.staffing.roster import unfinished
from storage.tables import Absence, Officer

LISTED = 16


def on_leave(request: Request) -> Reply:
    """The list: one's own, those one deputises for, and those of the sections one heads."""
    return show_list(request)


def show_list(request: Request, note: str = "") -> Reply:
    """/cuti, with `note` (HTML) above it."""
    officer = who(request)
    found = _seen(request, officer)[:LISTED]
    lines = [*([note, ""] if note else []), bold(_("Leave"))]
    if not found:
        lines.append(_("No leave is recorded."))
    ids: list[int] = []
    for absence in found:
        ids.append(absence.id or 0)
        lines.append(f"{len(ids)}. {_line(request, officer, absence)}")
    lines.append(
        _("While you are away, your tasks and reminders go to your deputy, and come back by themselves.")
    )
    buttons = [button(_("Record my leave"), "leave_new", officer.id or 0, style="primary")]
    if recordable(request.work, officer):
        buttons.append(button(_("For somebody else"), "leave_whom"))
    return screen(request, "\n".join(lines), (*numbers("leave_open", ids), *rows(buttons), (to_list(),)))


def _seen(request: Request, officer: Officer) -> list[Absence]:
    found = []
    for absence in unfinished(request.session):
        whose = request.session.get_one(Officer, absence.officer_id)
        deputises = officer.id == absence.deputy_id
        if deputises or may_record_for(request.work, officer, whose):
            found.append(absence)
    return sorted(found, key=lambda one: (one.officer_id != officer.id, one.from_on, one.id or 0))


def _line(request: Request, officer: Officer, absence: Absence) -> str:
    whose = request.session.get_one(Officer, absence.officer_id)
    name = _("You") if whose.id == officer.id else esc(whose.name)
    return f"{name} · {leave_span(request, absence)} · {_deputy_words(request, officer, absence)}"


def _deputy_words(request: Request, officer: Officer, absence: Absence) -> str:
    deputy = current_deputy(request.work, absence)
    if deputy is None:
        return _("no deputy")
    if deputy.id == officer.id:
        return _("you deputise")
    return _("deputy {name}").format(name=esc(deputy.name))


def on_open(request: Request) -> Reply:
    """One leave."""
    return show_leave(request, pressed(request))


def show_leave(request: Request, absence_id: int, note: str = "") -> Reply:
    """A leave with what can be done; for who only deputises, without buttons that change it."""
    officer = who(request)
    absence = request.session.get(Absence, absence_id)
    if absence is None or (absence.deputy_id != officer.id):
        absence = find_leave(request.work, officer, absence_id)
    whose = request.session.get_one(Officer, absence.officer_id)
    name = _("Your leave") if whose.id == officer.id else _("Leave of {name}").format(name=whose.name)
    lines = [
        *([note, ""] if note else []),
        f"{bold(name)} · {leave_span(request, absence)}",
        _state_words(absence),
    ]
    if absence.ended_at is None:
        lines.append(capital(_deputy_words(request, officer, absence)) + ".")
    if absence.recorded_by_id != whose.id:
        recorder = request.session.get_one(Officer, absence.recorded_by_id)
        lines.append(_("Recorded by {name}.").format(name=esc(recorder.name)))
    keyboard = []
    if absence.ended_at is None and may_record_for(request.work, officer, whose):
        keyboard.append(
            (
                button(_("End the leave"), "leave_end", absence_id),
                button(_("Change"), "leave_change", absence_id),
            )
        )
    return screen(request, "\n".join(lines), (*keyboard, (button(_("‹ Leave"), "leave_list"), to_list())))


def _state_words(absence: Absence) -> str:
    if absence.ended_at is not None:
        return _("It has ended.")
    return _("On leave now.") if absence.begun_at is not None else _("It has not begun yet.")


def on_end(request: Request) -> Reply:
    """Akhiri cuti: really?"""
    absence = find_leave(request.work, who(request), pressed(request))
    if absence.ended_at is not None:
        return show_leave(request, absence.id or 0)
    whose = request.session.get_one(Officer, absence.officer_id)
    if absence.begun_at is None:
        text = _("Cancel the leave of {name}, {span}?")
    else:
        text = _("End the leave of {name}, {span}, now? Tasks and reminders come back at once.")
    yes = button(_("Yes, end it"), "leave_end_ok", absence.id or 0, style="danger")
    no = button(_("Cancel"), "leave_open", absence.id or 0)
    return screen(request, text.format(name=esc(whose.name), span=leave_span(request, absence)), ((yes, no),))


def on_end_confirmed(request: Request) -> Reply:
    """Ya, akhiri."""
    absence = end_leave(request.work, who(request), pressed(request))
    whose = request.session.get_one(Officer, absence.officer_id)
    return show_list(request, _("✅ The leave of {name} has ended.").format(name=esc(whose.name)))


ROUTES = Routes(
    About.NOTHING,
    commands={"cuti": on_leave},
    presses={
        "leave_list": on_leave,
        "leave_open": on_open,
        "leave_end": on_end,
        "leave_end_ok": on_end_confirmed,
    },
)
