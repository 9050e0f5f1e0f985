"""/cuti: the leave recorded and to come; one of them, with Akhiri cuti and Ubah."""

from handlers.absences.leave_words import capital, leave_span
from handlers.looks.markup import bold, esc
from handlers.looks.screens import button, numbers, pressed, rows, screen, to_list, who
from handlers.looks.wording import _
from handlers.reply import Reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.leave.leave import current_stand_in, end_leave, find_leave
from sop_flows.staffing.away import unfinished
from sop_flows.staffing.deputies import may_record_for, recordable
from storage.tables import Absence, Officer

LISTED = 16


def on_leave(visit: Visit) -> Reply:
    """The list: one's own, those one stands in for, and those of the sections one heads."""
    return show_list(visit)


def show_list(visit: Visit, note: str = "") -> Reply:
    """/cuti, with `note` (HTML) above it."""
    officer = who(visit)
    found = _seen(visit, officer)[:LISTED]
    lines = [*([note, ""] if note else []), bold(_("Leave"))]
    if not found:
        lines.append(_("No leave is recorded."))
    ids: list[int] = []
    for absence in found:
        ids.append(absence.id or 0)
        lines.append(f"{len(ids)}. {_line(visit, officer, absence)}")
    lines.append(
        _("While you are away, your tasks and reminders go to your stand-in, and come back by themselves.")
    )
    buttons = [button(_("Record my leave"), "leave_new", officer.id or 0, style="primary")]
    if recordable(visit.session, visit.house, officer):
        buttons.append(button(_("For somebody else"), "leave_whom"))
    return screen(visit, "\n".join(lines), (*numbers("leave_open", ids), *rows(buttons), (to_list(),)))


def _seen(visit: Visit, officer: Officer) -> list[Absence]:
    found = []
    for absence in unfinished(visit.session):
        whose = visit.session.get_one(Officer, absence.officer_id)
        stands_in = officer.id == absence.stand_in_id
        if stands_in or may_record_for(visit.session, visit.house, officer, whose):
            found.append(absence)
    return sorted(found, key=lambda one: (one.officer_id != officer.id, one.from_on, one.id or 0))


def _line(visit: Visit, officer: Officer, absence: Absence) -> str:
    whose = visit.session.get_one(Officer, absence.officer_id)
    name = _("You") if whose.id == officer.id else esc(whose.name)
    return f"{name} · {leave_span(visit, absence)} · {_stand_in_words(visit, officer, absence)}"


def _stand_in_words(visit: Visit, officer: Officer, absence: Absence) -> str:
    stand_in = current_stand_in(visit.session, absence)
    if stand_in is None:
        return _("no stand-in")
    if stand_in.id == officer.id:
        return _("you stand in")
    return _("stand-in {name}").format(name=esc(stand_in.name))


def on_open(visit: Visit) -> Reply:
    """One leave."""
    return show_leave(visit, pressed(visit))


def show_leave(visit: Visit, absence_id: int, note: str = "") -> Reply:
    """A leave with what can be done; for who only stands in, without buttons that change it."""
    officer = who(visit)
    absence = visit.session.get(Absence, absence_id)
    if absence is None or (absence.stand_in_id != officer.id):
        absence = find_leave(visit.session, visit.house, officer, absence_id)
    whose = visit.session.get_one(Officer, absence.officer_id)
    name = _("Your leave") if whose.id == officer.id else _("Leave of {name}").format(name=whose.name)
    lines = [
        *([note, ""] if note else []),
        f"{bold(name)} · {leave_span(visit, absence)}",
        _state_words(absence),
    ]
    if absence.ended_at is None:
        lines.append(capital(_stand_in_words(visit, officer, absence)) + ".")
    if absence.recorded_by_id != whose.id:
        recorder = visit.session.get_one(Officer, absence.recorded_by_id)
        lines.append(_("Recorded by {name}.").format(name=esc(recorder.name)))
    keyboard = []
    if absence.ended_at is None and may_record_for(visit.session, visit.house, officer, whose):
        keyboard.append(
            (
                button(_("End the leave"), "leave_end", absence_id),
                button(_("Change"), "leave_change", absence_id),
            )
        )
    return screen(visit, "\n".join(lines), (*keyboard, (button(_("‹ Leave"), "leave_list"), to_list())))


def _state_words(absence: Absence) -> str:
    if absence.ended_at is not None:
        return _("It has ended.")
    return _("On leave now.") if absence.begun_at is not None else _("It has not begun yet.")


def on_end(visit: Visit) -> Reply:
    """Akhiri cuti: really?"""
    absence = find_leave(visit.session, visit.house, who(visit), pressed(visit))
    if absence.ended_at is not None:
        return show_leave(visit, absence.id or 0)
    whose = visit.session.get_one(Officer, absence.officer_id)
    if absence.begun_at is None:
        text = _("Cancel the leave of {name}, {span}?")
    else:
        text = _("End the leave of {name}, {span}, now? Tasks and reminders come back at once.")
    yes = button(_("Yes, end it"), "leave_end_ok", absence.id or 0, style="danger")
    no = button(_("Cancel"), "leave_open", absence.id or 0)
    return screen(visit, text.format(name=esc(whose.name), span=leave_span(visit, absence)), ((yes, no),))


def on_end_confirmed(visit: Visit) -> Reply:
    """Ya, akhiri."""
    absence = end_leave(visit.session, visit.house, who(visit), pressed(visit), visit.now)
    whose = visit.session.get_one(Officer, absence.officer_id)
    return show_list(visit, _("✅ The leave of {name} has ended.").format(name=esc(whose.name)))


ROUTES = Routes(
    commands={"cuti": on_leave},
    presses={
        "leave_list": on_leave,
        "leave_open": on_open,
        "leave_end": on_end,
        "leave_end_ok": on_end_confirmed,
    },
)
