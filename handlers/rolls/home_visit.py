"""A form for each child, question by question: who is left, and the card of one child.

A home visit (SOP 9.1.12 step 3) is one: its form asks for the place, so its words are those of a visit.
"""

from handlers.cards.attachments import photos_button
from handlers.cards.task_card import paper_buttons
from handlers.rolls.roll_card import by_whom, rest_buttons, roll_name
from handlers.rolls.roll_talk import note_reading
from handlers.ui.form_words import report_lines
from handlers.ui.request import (
    About,
    Button,
    Edit,
    Keyboard,
    Reply,
    Request,
    Say,
    button,
    further,
    hiding,
    pressed,
    reply,
    rows,
    to_list,
    turning,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import (
    LABEL_MAX,
    _,
    bold,
    brief_day_words,
    child_code,
    due_words,
    esc,
    late_beside,
    near_day_words,
    ngettext,
    shorten,
    stamp_words,
    standard_words,
)
from sop_flows.actions.rolls import rolls
from sop_flows.core.notices import RecordsHidden
from sop_flows.recording.dependent_rolls import answers_before, waiting_for
from sop_flows.recording.forms.drafts import find_draft
from sop_flows.recording.records import FORM
from sop_flows.recording.roll_call import Roll, find_roll
from sop_flows.staffing.responsibility import log_reads, refuse_closed
from sop_flows.views.task_views import task_line
from storage.queries.children import list_names
from storage.queries.rolls import RollRow, find_record
from storage.tables import Child, EntryState, TaskState

LISTED = 20  # children with a button of their own on one page of the list


def on_open(request: Request) -> Reply:
    """The list of visits (one number), or one child's card (two)."""
    if request.press is not None and len(request.press.numbers) > 1:
        return on_card(request)
    roll = find_roll(request.work, who(request), pressed(request))
    return visit_list(request, roll)


def on_page(request: Request) -> Reply:
    """Another page of the list."""
    roll = find_roll(request.work, who(request), pressed(request))
    return visit_list(request, roll, page=further(request, 1))


def visit_list(request: Request, roll: Roll, said: str = "", page: int = 0) -> Reply:
    """Flagged children by code: who is to be visited, who is done, whose data are missing."""
    if roll.task.state == TaskState.WAITING:
        refuse_closed(request.session, roll.task)
    waiting = waiting_for(request.session, roll)
    lines = [said] if said else []
    lines.append(f"<b>{roll_name(request, roll)}</b>")
    left = len(roll.open_rows)
    counts = [
        (
            ngettext("{count} child to visit", "{count} children to visit", left)
            if is_visit(roll)
            else ngettext("{count} child left", "{count} children left", left)
        ).format(count=left)
    ]
    if roll.closed_count:
        counts.append(_("{count} done").format(count=roll.closed_count))
    lines.append(" · ".join(counts))
    page = min(max(page, 0), max(left - 1, 0) // LISTED)
    shown = roll.open_rows[page * LISTED : (page + 1) * LISTED]
    ids = [row.child_id for row in shown]
    names = list_names(request.session, ids)
    log_reads(request.work, "visits", ids)
    buttons = [
        button(_visit_label(request, row, names[row.child_id]), "visit_open", roll.task_id, row.child_id)
        for row in shown
    ]
    is_more = left > (page + 1) * LISTED
    turn = turning(page, is_more, lambda text, at: button(text, "visit_page", roll.task_id, at))
    if waiting.rows:
        codes = ", ".join(child_code(row.number) for row in waiting.rows)
        lines.append(_("Parents' data are still missing: No. {codes}").format(codes=codes))
    tail: list[Button] = (
        [button(_("Note the data"), "roll_open", waiting.task_id)] if waiting.rows and waiting.task_id else []
    )
    if roll.askable:
        tail = [*rest_buttons(roll), *tail]
    closed = [row for row in roll.rows if row.state == EntryState.DONE][:LISTED]
    names = list_names(request.session, [row.child_id for row in closed])
    log_reads(request.work, "visits", names)
    done = [
        button(f"✅ {child_code(row.number)} {names[row.child_id]}", "visit_open", roll.task_id, row.child_id)
        for row in closed
    ]
    return _screen(
        request,
        "\n".join(lines),
        (*rows(buttons), *rows(turn), *rows(done), *rows([*tail, to_list()])),
    )


def is_visit(roll: Roll) -> bool:
    """Whether somebody goes to the family: the form asks for the place."""
    return roll.step.record is not None and any(one.kind == "location" for one in roll.step.record.fields)


def _visit_label(request: Request, row: RollRow, name: str) -> str:
    institution = request.institution
    late = "⏰ " if row.due_at < request.now else ""
    on, today = institution.today(row.due_at), institution.today(request.now)
    day = near_day_words(on, today) if abs((on - today).days) <= 1 else brief_day_words(on)
    before = late + _("No. {number}").format(number=child_code(row.number))
    room = LABEL_MAX - len(f"{before}  · {day}")
    return f"{before} {shorten(name.split()[0], room)} · {day}"


def on_card(request: Request) -> Reply:
    """Buka: the card with name and address comes by editing the message that carried only the code."""
    roll = find_roll(request.work, who(request), pressed(request))
    return child_screen(request, roll, pressed(request, 1))


def child_screen(request: Request, roll: Roll, child_id: int, said: str = "") -> Reply:
    """One child's visit: whom to find where, by when, and what can be said about it."""
    row = roll.row_of(child_id)
    note_reading(request, roll, child_id)
    text, keyboard = child_card(request, roll, row)
    shown = _screen(request, f"{said}\n\n{text}" if said else text, keyboard)
    # What is to be done stays on the phone, for it is read on the way; what was recorded is hidden again.
    return hiding(shown, RecordsHidden(child=child_id)) if row.state == EntryState.DONE else shown


def child_card(request: Request, roll: Roll, row: RollRow) -> tuple[str, Keyboard]:
    """Text (HTML) and buttons of one child's visit."""
    child = request.session.get_one(Child, row.child_id)
    known = answers_before(request.session, roll, row.child_id)
    address = str(known.get("alamat") or child.address or "")
    top = [
        roll_name(request, roll),
        _("No. {number}").format(number=child_code(row.number)),
        bold(child.name),
    ]
    lines = [" · ".join([*top, esc(address)] if address else top)]
    parents = [
        str(part)
        for part in (known.get("orang_tua") or child.parent_name, known.get("telepon") or child.phone)
        if part
    ]
    if parents:
        lines.append(_("Parents: {parents}").format(parents=esc(" · ".join(parents))))
    if row.state == EntryState.DONE:
        lines.append("✅ " + _("Recorded by {who}.").format(who=by_whom(request, row)))
        lines += report_lines(roll.step.record, rolls.entry_values(request.session, roll, row.child_id))
        return "\n".join(lines), _done_buttons(request, roll, row)
    if row.state == EntryState.EXCUSED:
        closed = _("Closed without a visit by {who}.") if is_visit(roll) else _("Skipped by {who}.")
        lines.append(closed.format(who=by_whom(request, row)))
        return "\n".join(lines), _open_buttons(roll, row)
    lines.append(esc(roll.step.prompt))
    lines.append(_due(request, roll, row))
    draft = find_draft(request.session, who(request), roll.task_id, row.child_id)
    if draft is not None and draft.begun_at is not None:
        when = stamp_words(draft.begun_at, request.now, request.institution.zone)
        lines.append(_("You have a draft of {when}.").format(when=when))
    return "\n".join(lines), _open_buttons(roll, row)


def _due(request: Request, roll: Roll, row: RollRow) -> str:
    line = task_line(request.work, roll.task, who(request))
    due = _("due {when}").format(when=due_words(row.due_at, request.now, request.institution.zone))
    if row.due_at < request.now:
        return " · ".join(["⏰ " + bold(_("Late")), *late_beside(line), due])
    return f"{standard_words(line)} · {due}"


def _open_buttons(roll: Roll, row: RollRow) -> Keyboard:
    task_id, child_id = roll.task_id, row.child_id
    buttons: list[Button] = [
        button(_("Note the result"), "form_note", task_id, child_id, style="success"),
        button(_("Not met") if is_visit(roll) else _("Not possible"), "visit_not_met", task_id, child_id),
    ]
    if row.state == EntryState.OPEN:
        buttons.append(button(_("Reschedule"), "visit_move", task_id, child_id))
    buttons.append(button(_("‹ List"), "visit_open", task_id))
    return rows(buttons)


def _done_buttons(request: Request, roll: Roll, row: RollRow) -> Keyboard:
    record = find_record(request.session, roll.task_id, row.child_id, FORM)
    return rows(
        [
            button(_("Change"), "form_fix", roll.task_id, row.child_id),
            *(photos_button(request, record) if record is not None else []),
            *paper_buttons(request, roll.task, row.child_id),
            button(_("‹ List"), "visit_open", roll.task_id),
        ]
    )


def _screen(request: Request, text: str, keyboard: Keyboard) -> Reply:
    if request.press is not None:
        return reply(Edit(text, keyboard, protect=True))
    return reply(Say(text, keyboard, protect=True))


ROUTES = Routes(About.TASK, presses={"visit_open": on_open, "visit_page": on_page})
