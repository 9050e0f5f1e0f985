"""The page of a case: where it stands, what comes next, what runs, what happened; for whoever knows the child."""

from datetime import datetime

from handlers.cases.case_gate import has_pin, pin_button
from handlers.cases.case_words import case_title, in_order, keeper_label, service_lines
from handlers.cases.decision_words import decision_lines
from handlers.ui.form_words import entry_lines, values_words
from handlers.ui.read_words import LOOKS, looked_lines, paged
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    button,
    hiding,
    numbers,
    pressed,
    rows,
    screen,
    to_list,
    turning,
    who,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import (
    _,
    asks_note,
    bold,
    esc,
    more,
    name_of_task,
    ngettext,
    plain_date_words,
    section,
    shorten,
    stamp_words,
    when_words,
)
from sop_flows.actions.cases import lists
from sop_flows.actions.cases.keeping import (
    AFTERCARE,
    CLOSED,
    KEEPER,
    NO_REASON,
    closed_by,
    keeper_name,
    may_keep,
    moves_of,
)
from sop_flows.actions.cases.lists import CasePage
from sop_flows.actions.replanning import new_plan
from sop_flows.core.notices import CaseHidden
from sop_flows.core.work import declared, sop_of
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.responsibility import (
    is_knowing_head,
    keeping_now,
    known_case,
    knows,
    log_read,
    name_of,
)
from sop_flows.staffing.roster import is_away
from sop_flows.views.task_views import TaskLine, task_lines
from storage.queries.reads import newest_changes, newest_reads
from storage.tables import LIVE, Case, ConfirmationKind, Correction

STEPS = 5  # next steps on the page; all of them behind a button
PAGE = 16  # lines of one list
FILE_PAGE = 5  # records on one page of the file
NOTE_SHOWN = 80  # characters of what hindered, or why
MARKS = {
    ConfirmationKind.DONE: "✅",
    ConfirmationKind.PART_DONE: "✅",
    ConfirmationKind.OBSTACLE: "⚠️",
    ConfirmationKind.UNDONE: "↩️",
    ConfirmationKind.RESCHEDULED: "⏰",
}
TASK = "task_open"


def on_page(request: Request) -> Reply:
    """A case."""
    return show_case(request, pressed(request))


def show_case(request: Request, case_id: int, said: str = "") -> Reply:
    """The page, with `said` (HTML) above it. Raises NotFoundError, NotPermittedError."""
    case = known_case(request.work, who(request), case_id)
    page = lists.case_page(request.work, who(request), case)
    text = page_text(request, page)
    if not has_pin(request):
        text += "\n" + _("🔒 No PIN yet: without one, cases lie open for whoever finds this phone.")
    shown = screen(request, f"{said}\n\n{text}" if said else text, _keyboard(request, page))
    tells = case.services_ended_at is not None or lists.last_decision(request.work, case) is not None
    return hiding(shown, CaseHidden(case=case_id)) if tells else shown  # to whom the child went, and why


def page_text(request: Request, page: CasePage) -> str:
    """At most ten lines and the services, which are folded."""
    case, today = page.case, request.institution.today(request.now)
    since = plain_date_words(request.institution.today(case.opened_at), today)
    lines = [case_title(case)]
    if case.closed_at is not None:
        on = plain_date_words(request.institution.today(case.closed_at), today)
        lines.append(_("Closed on {day}, day no. {days}").format(day=on, days=page.day))
    else:
        lines.append(_("Day no. {day}, since {since}").format(day=page.day, since=since))
    closed = closed_by(request.session, case)
    if closed is not None:
        name = esc(name_of(request.session, closed.officer_id) or "")
        words = (
            _("Closed early by {who}: {reason}")
            if closed.after != AFTERCARE
            else _("Closed by {who}, but for what follows the hand-over: {reason}")
        )
        lines.append(words.format(who=name, reason=esc(closed.reason)))
    lines.append(f"{keeper_label(request)}: {_keeper_words(request, case)}")
    if (went := lists.hand_over_of(request.work, case)) is not None:
        record, task = went
        form = declared(request.session, task)[1].record
        said = values_words(form, record.data) if form is not None else ""
        lines.append(_("Handed over: {where}").format(where=said))
    lines += _given(request, case)
    lines += _decided(request, case)
    if page.phases:
        lines.append(_("Phase: {phases}").format(phases=esc(", ".join(page.phases))))
    if page.steps:
        lines.append(bold(_("Next steps")))
        lines += [step_words(request, place, line) for place, line in enumerate(page.steps[:STEPS], start=1)]
        if len(page.steps) > STEPS:
            lines.append(_("and {count} more").format(count=len(page.steps) - STEPS))
    for run in page.coming[:2]:
        if run.opens_at is not None:
            on = plain_date_words(request.institution.today(run.opens_at), today)
            title = esc(sop_of(request.session, run).title)
            lines.append(
                _("Comes on {day}: SOP {number} {title}").format(day=on, number=run.sop, title=title)
            )
    if page.services:
        late = sum(one.is_late for one in page.services)
        head = ngettext("{count} running service", "{count} running services", len(page.services))
        lines.append(bold(head.format(count=len(page.services))) + (f" · ⏰ {late}" if late else ""))
        lines.append(more(*service_lines(request, in_order(page.services), numbered=False)))
    return "\n".join(lines)


def _keeper_words(request: Request, case: Case) -> str:
    """ "Ibu Sari", "Ibu Sari, cuti; pengganti: Pak Budi" (HTML)."""
    name = esc(keeper_name(request.session, case))
    if not is_away(request.work, case.peksos_id) or case.closed_at is not None:
        return name
    now = keeping_now(request.work, case)
    if now is None:
        return _("{name}, on leave").format(name=name)
    return _("{name}, on leave. Deputy: {deputy}").format(name=name, deputy=esc(now.name))


def _given(request: Request, case: Case) -> list[str]:
    """What who handed the case over wrote for who has it now (HTML)."""
    last = next(iter(moves_of(request.session, case)), None)
    if last is None or last.fact != KEEPER or case.closed_at is not None or last.reason == NO_REASON:
        return []
    return [_("From {name}: {note}").format(name=esc(last.before or ""), note=esc(last.reason))]


def _decided(request: Request, case: Case) -> list[str]:
    """What the sections decided last, why, and what was said against it (HTML); the day stands in front."""
    task = lists.last_decision(request.work, case)
    if task is None or task.closed_at is None:
        return []
    on = plain_date_words(request.institution.today(task.closed_at), request.institution.today(request.now))
    first, *rest = decision_lines(request, task_lines(request.work, [task], who(request))[0])
    return [f"{bold(on)} · {first}", *rest]


def step_words(request: Request, place: int, line: TaskLine) -> str:
    """ "1. Hubungi instansi terkait · Peksos · Ibu Sari · besok"."""
    unit = request.institution.pack.unit
    open_parts = [part for part in line.parts if part.state in LIVE]
    names = dict.fromkeys(
        name_of(request.session, part.assignee_id) or section(unit, part.role) for part in open_parts
    )
    mark = "⏰ " if line.is_overdue else ""
    when = when_words(line, request.now, request.institution.zone)
    what = name_of_task(line) if asks_note(line) else esc(line.short)
    words = " · ".join(one for one in (what, esc(", ".join(names)), when) if one)
    return f"{place}. {mark}{words}"


def _keyboard(request: Request, page: CasePage) -> Keyboard:
    case_id = page.case.id or 0
    buttons: list[Button] = [
        button(_("Data of the child"), "case_data", case_id),
    ]
    if page.services:
        buttons.append(button(_("Running services"), "case_services", case_id))
    if len(page.steps) > STEPS or page.coming:
        buttons.append(button(_("All steps"), "case_steps", case_id))
    buttons.append(button(_("Reminders"), "case_when", case_id))
    buttons.append(button(_("History"), "case_past", case_id, 0))
    buttons.append(button(_("The whole file"), "case_file", case_id, 0))
    if is_knowing_head(request.work, who(request)):
        buttons.append(button(_("Who looked"), "case_looks", case_id, 0))
    buttons.append(button(_("Papers"), "paper_case", case_id, 0))
    if page.case.closed_at is None and may_keep(request.work, who(request), page.case):
        buttons.append(button(_("Hand the case over"), "case_give", case_id))
        buttons.append(button(_("Close the case"), "case_close", case_id))
    if closed_by(request.session, page.case) is not None and is_knowing_head(request.work, who(request)):
        buttons.append(button(_("Open again…"), "case_reopen", case_id))
    if new_plan.keeps_former(request.work, page.case) and new_plan.may_take(
        request.work, who(request), page.case
    ):
        buttons.append(button(_("New calendar"), "plan_case", case_id))
    if not has_pin(request):
        buttons.append(pin_button(request))
    buttons += [button(_("‹ Cases"), "case_list"), to_list()]
    return (*numbers(TASK, [line.task.id or 0 for line in page.steps[:STEPS]]), *rows(buttons))


def on_steps(request: Request) -> Reply:
    """[Semua langkah]: what is owed, and what waits for a date of its own."""
    case = known_case(request.work, who(request), pressed(request))
    page = lists.case_page(request.work, who(request), case)
    today = request.institution.today(request.now)
    shown = page.steps[:PAGE]
    said = [
        case_title(case),
        *(step_words(request, place, line) for place, line in enumerate(shown, start=1)),
    ]
    waiting = task_lines(request.work, lists.coming_tasks(request.session, case), who(request))
    coming = [
        (line.task.opens_at, f"SOP {line.sop.number} · {esc(line.short)}")
        for line in waiting
        if line.task.opens_at is not None
    ]
    coming += [
        (run.opens_at, f"SOP {run.sop} {esc(sop_of(request.session, run).title)}")
        for run in page.coming
        if run.opens_at is not None
    ]
    if coming:
        said.append(bold(_("Still to come")))
    for at, words in sorted(coming)[:PAGE]:
        said.append(f"• {plain_date_words(request.institution.today(at), today)}: {words}")
    keyboard = numbers(TASK, [line.task.id or 0 for line in shown])
    return screen(request, "\n".join(said), (*keyboard, (to_case(case),)))


def on_past(request: Request) -> Reply:
    """[Riwayat]: what was said, newest first, from the opening on; numbers are the case and the page."""
    case = known_case(request.work, who(request), pressed(request))
    found = lists.history(request.work, case)
    pages = max((len(found) + PAGE - 1) // PAGE, 1)
    page = min(max(pressed(request, 1), 0), pages - 1)
    shown = found[page * PAGE : (page + 1) * PAGE]
    said = [f"{case_title(case)} · " + _("History")]
    if page == 0 and case.closed_at is not None:
        said.append(_("Closed: {when}").format(when=_stamp(request, case.closed_at)))
    steps = [one for one in found if isinstance(one, lists.CaseSaid)]
    first = 1 + sum(isinstance(one, lists.CaseSaid) for one in found[: page * PAGE])
    place = first
    for one in shown:
        if isinstance(one, Correction):
            said.append(_move_words(request, one))
            continue
        if isinstance(one, lists.CaseAnswer):
            said.append(_answer_words(request, one))
            continue
        note = f" · {esc(shorten(one.said.note, NOTE_SHOWN))}" if one.said.note else ""
        said.append(
            f"{place}. {MARKS.get(one.said.kind, '–')} {one.sop.number}/{one.step.step} {esc(one.step.short)} · "
            f"{esc(name_of(request.session, one.said.officer_id) or '')}, "
            f"{_stamp(request, one.said.recorded_at)}{note}"
        )
        place += 1
    if not steps:
        said.append(_("Nothing has been done yet."))
    if page == pages - 1:
        by = esc(name_of(request.session, case.opened_by_id) or "-")
        said.append(_("Opened: {who}, {when}").format(who=by, when=_stamp(request, case.opened_at)))
    turn = turning(
        page, page < pages - 1, lambda text, at: button(text, "case_past", case.id or 0, at), short=True
    )
    opens = [one.task.id or 0 for one in shown if isinstance(one, lists.CaseSaid)]
    keyboard = numbers(TASK, opens, first)
    file = button(_("The whole file"), "case_file", case.id or 0, 0)
    history = screen(request, "\n".join(said), (*keyboard, *rows(turn), (file, to_case(case))))
    return hiding(history, CaseHidden(case=case.id or 0))


def _stamp(request: Request, at: datetime) -> str:
    return stamp_words(at, request.now, request.institution.zone)


def on_file(request: Request) -> Reply:
    """[Berkas kasus]: what was recorded, from the opening to the end, page by page; each look is logged.

    Numbers are the case and the page.
    """
    case = known_case(request.work, who(request), pressed(request))
    log_read(request.work, "case file", case_id=case.id)
    found = lists.case_file(request.work, case)
    pages = max((len(found) + FILE_PAGE - 1) // FILE_PAGE, 1)
    page = min(max(pressed(request, 1), 0), pages - 1)
    said = [f"{case_title(case)} · " + _("The whole file") + f" · {page + 1}/{pages}"]
    for record, task in found[page * FILE_PAGE : (page + 1) * FILE_PAGE]:
        said += ["", *entry_lines(request, record, task)]
    if not found:
        said.append(_("Nothing is recorded yet."))
    turn = turning(page, page < pages - 1, lambda text, at: button(text, "case_file", case.id or 0, at))
    shown = screen(request, "\n".join(said), (*rows(turn), (to_case(case),)))
    return hiding(shown, CaseHidden(case=case.id or 0))


def on_looks(request: Request) -> Reply:
    """[Siapa yang melihat], for the heads who know the case. Numbers are the case and the page."""
    case = known_case(request.work, who(request), pressed(request))
    if not is_knowing_head(request.work, who(request)):
        raise NotPermittedError("answers_for_all")
    s = request.session
    looks = newest_reads(s, case_id=case.id, limit=LOOKS)
    lines = looked_lines(request, looks, newest_changes(s, case_id=case.id, limit=LOOKS))
    title = f"{case_title(case)} · " + _("Who looked")
    return paged(request, title, lines, ("case_looks", case.id or 0), to_case(case))


def _move_words(request: Request, one: Correction) -> str:
    """What was said of the case as a whole, and why (HTML)."""
    when = stamp_words(one.corrected_at, request.now, request.institution.zone)
    by = esc(name_of(request.session, one.officer_id) or "")
    if one.fact == CLOSED:
        what = _("closed early") if one.after else _("opened again")
    else:
        before, after = esc(one.before or ""), esc(one.after or "")
        called = _("called {after} instead of {before}")
        given = _("handed over by {before} to {after}")
        what = (given if one.fact == KEEPER else called).format(before=before, after=after)
    return f"• {what} · {by}, {when}" + (f": {esc(one.reason)}" if one.reason != NO_REASON else "")


def _answer_words(request: Request, one: lists.CaseAnswer) -> str:
    """What was asked, answered or accepted of a report (HTML)."""
    template = {
        "asked": _("{who} asks: {words}"),
        "answered": _("{who} answers: {words}"),
        "accepted": _("Accepted by {who}, {when}"),
    }[one.what]
    words = template.format(
        who=esc(name_of(request.session, one.officer_id) or ""),
        words=esc(shorten(one.words, NOTE_SHOWN)),
        when=_stamp(request, one.at),
    )
    return f"• {_('Report')} {one.task.sop}/{one.task.step} · {words}"


def on_mine(request: Request) -> Reply:
    """The steps of a case that are an officer's who does not know the child: the code name, and those steps."""
    case = request.session.get(Case, pressed(request))
    line = None if case is None else lists.own_line(request.work, who(request), case)
    if line is None:
        raise NotFoundError
    return show_case(request, line.case.id or 0) if line.knows else show_own_steps(request, line)


def show_own_steps(request: Request, line: lists.CaseLine) -> Reply:
    """The code name of a case, and the officer's steps of it."""
    said = [bold(_("Case {code}").format(code=line.case.code_name))]
    said += [step_words(request, place, one) for place, one in enumerate(line.steps[:PAGE], start=1)]
    buttons = [button(_("‹ Cases"), "case_list"), to_list()]
    if line.running:
        words = ngettext("{count} running service", "{count} running services", line.running)
        said.append(words.format(count=line.running))
        buttons.insert(0, button(_("Running services"), "case_services", line.case.id or 0))
    keyboard = numbers(TASK, [one.task.id or 0 for one in line.steps[:PAGE]])
    return screen(request, "\n".join(said), (*keyboard, *rows(buttons)))


def to_case(case: Case) -> Button:
    """Back to the page of the case."""
    return button(_("‹ Back"), "case_page", case.id or 0)


def way_to_case(request: Request, case: Case | None) -> list[Button]:
    """ "‹ Kasus Kenanga" on the card of a step, for who knows the child; nothing for others."""
    if case is None or not knows(request.work, who(request), case):
        return []
    return [button("‹ " + _("Case {code}").format(code=case.code_name), "case_page", case.id or 0)]


ROUTES = merge(
    Routes(
        About.CASE,
        presses={
            "case_page": on_page,
            "case_steps": on_steps,
            "case_past": on_past,
            "case_file": on_file,
            "case_looks": on_looks,
        },
    ),
    Routes(About.CASE_PART, presses={"case_mine": on_mine}),
)
