"""/status: where everything stands. Heads see their sections, others their own tasks."""

from handlers.cases.case_status import status_line
from handlers.pushes.late_list import way_to_list
from handlers.ui.dates import clock_words, days_words
from handlers.ui.markup import bold, esc
from handlers.ui.reply import Reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, cohort_of, numbers, pressed, rows, screen, to_list, turning, who, word
from handlers.ui.task_words import brief_cohort, section
from handlers.ui.texts import _, ngettext
from sop_flows.errors import NotPermittedError
from sop_flows.staffing.children import may_see as may_see_cohort
from sop_flows.staffing.permissions import heads_of
from sop_flows.views.status import (
    CohortStatus,
    Counts,
    StatusLine,
    cohort_status,
    may_see,
    own_status,
    section_lines,
)
from sop_flows.views.task_history import open_cohorts
from storage.tables import Cohort

LATE_NAMED = 5  # late ones on the first screen, and as many past target; all behind "Terlambat"
PAGE = 16  # lines of one list


def on_status(request: Request) -> Reply:
    """The overview, of every open angkatan and of the shelter cases."""
    cohorts = [
        one
        for one in open_cohorts(request.session)
        if may_see_cohort(request.work, who(request), one.id or 0)
    ]
    cases, case_buttons = status_line(request)
    if not cohorts and not cases:
        return screen(request, _("No angkatan is open."), (*way_to_list(request), (to_list(),)))
    found = [status_for(request, cohort) for cohort in cohorts]
    text = "\n\n".join([*(overview(request, one, own) for one, own in found), *([cases] if cases else [])])
    text += "\n\n" + _("Updated {clock}").format(clock=clock_words(request.now, request.institution.zone))
    buttons = [button(_("Refresh"), "status_open")]
    for one, own in found:
        name = f": {brief_cohort(one.cohort)}" if len(found) > 1 else ""
        buttons.append(button(_("Late") + name, "status_late", one.cohort.id or 0))
        if not own:
            buttons.append(button(_("By section") + name, "status_parts", one.cohort.id or 0))
    return screen(request, text, (*way_to_list(request), *rows([*buttons, *case_buttons, to_list()])))


def status_for(request: Request, cohort: Cohort) -> tuple[CohortStatus, bool]:
    """The status that the officer may see, and whether it is only the officer's own."""
    headed = heads_of(request.work, who(request).id or 0)
    if headed:
        return cohort_status(request.work, cohort, headed), False
    return own_status(request.work, cohort, who(request)), True


def overview(request: Request, status: CohortStatus, own: bool) -> str:
    """One angkatan in a few lines."""
    said = [f"{bold(status.cohort.name)} · {day_of_stay(status)} · {children_words(status)}"]
    if own:
        said.append(_("Your tasks: {counts}").format(counts=counts_words(status.total)))
    else:
        for part in status.sections:
            label = section(request.institution.pack.unit, part.role)
            said.append(f"{esc(label)}: {counts_words(part.counts)}")
        if not status.sections:
            said.append(_("Nothing has started yet."))
    for words, lines in (
        (_("Late: {lines}"), [line for line in status.late if not line.is_target]),
        (_("Past target: {lines}"), [line for line in status.late if line.is_target]),
    ):
        if lines:
            named = [f"{line.sop} {esc(line.short)} ({_late_who(line)})" for line in lines[:LATE_NAMED]]
            said.append(words.format(lines=" · ".join(named)) + (" · …" if len(lines) > LATE_NAMED else ""))
    if status.before_open or status.before_done:
        said.append(
            _("Before Pandu: {open} still to be marked, {done} marked").format(
                open=status.before_open, done=status.before_done
            )
        )
    return "\n".join(said)


def day_of_stay(status: CohortStatus) -> str:
    """ "hari 12 dari 30", "H-5" before arrival, "selesai" after departure."""
    if status.day < 0:
        return _("D-{days}").format(days=-status.day)
    if status.day > status.stay_days:
        return _("{days} after departure").format(days=days_words(status.day - status.stay_days))
    return _("day {day} of {last}").format(day=status.day, last=status.stay_days)


def children_words(status: CohortStatus) -> str:
    """ "58 dari 60 anak", "60 anak" while nobody left."""
    if status.children == status.children_total:
        return ngettext("{count} child", "{count} children", status.children).format(count=status.children)
    return _("{count} of {total} children").format(count=status.children, total=status.children_total)


def counts_words(counts: Counts) -> str:
    """ "31 selesai · 4 berjalan · ⏰ 1"; what is past our target, missed and skipped is said apart."""
    said = [_("{count} done").format(count=counts.done), _("{count} open").format(count=counts.open)]
    if counts.late:
        said.append(f"⏰ {counts.late}")
    if counts.past_target:
        said.append(_("{count} past target").format(count=counts.past_target))
    if counts.missed:
        said.append(_("{count} missed").format(count=counts.missed))
    if counts.skipped:
        said.append(_("{count} skipped").format(count=counts.skipped))
    return " · ".join(said)


def _late_who(line: StatusLine) -> str:
    name = line.officer or _("nobody yet")
    late = days_words(line.days_late) if line.days_late else _("today")
    return f"{esc(name)}, {late}"


def on_late(request: Request) -> Reply:
    """Terlambat: each late one with officer and days; the target apart."""
    cohort = cohort_of(request, pressed(request))
    status, _own = status_for(request, cohort)
    back = button(_("‹ Status"), "status_open")
    if not status.late:
        return screen(request, f"{bold(cohort.name)}\n" + _("Nothing is late."), ((back,),))
    said = [f"{bold(cohort.name)} · ⏰ " + _("Late") + f" {len(status.late)}"]
    for position, line in enumerate(status.late[:PAGE], start=1):
        said.append(
            f"{position}. {line.sop} {esc(line.short)} · {_late_who(line)}"
            + (_(" (target)") if line.is_target else "")
        )
    if len(status.late) > PAGE:
        said.append(_("and {count} more").format(count=len(status.late) - PAGE))
    keyboard = numbers("task_open", [line.task_id for line in status.late[:PAGE]])
    return screen(request, "\n".join(said), (*keyboard, (back,)))


def on_sections(request: Request) -> Reply:
    """Per bagian: choose one."""
    cohort = cohort_of(request, pressed(request))
    status, own = status_for(request, cohort)
    if own:
        return on_status(request)
    unit = request.institution.pack.unit
    buttons = [
        button(section(unit, part.role), "status_part", cohort.id or 0, 0, 0, tag=part.role)
        for part in status.sections
    ]
    text = f"{bold(cohort.name)}\n" + _("Which section?")
    return screen(request, text, (*rows(buttons), (button(_("‹ Status"), "status_open"),)))


def on_section(request: Request) -> Reply:
    """One section's tasks: numbers are cohort, done (1) or open (0), page."""
    role = word(request)
    if role not in request.institution.pack.unit.roles or not may_see(request.work, who(request), role):
        raise NotPermittedError("head")
    cohort, done, page = (
        cohort_of(request, pressed(request)),
        pressed(request, 1) == 1,
        max(pressed(request, 2), 0),
    )
    lines = section_lines(request.work, cohort, role, done=done)
    pages = max((len(lines) + PAGE - 1) // PAGE, 1)
    page = min(page, pages - 1)
    shown = lines[page * PAGE : (page + 1) * PAGE]
    state = _("done") if done else _("open")
    said = [
        f"{bold(cohort.name)} · {esc(section(request.institution.pack.unit, role))} · {len(lines)} {state}"
    ]
    said += [
        _section_line(request, position, line) for position, line in enumerate(shown, start=page * PAGE + 1)
    ]
    cohort_id = cohort.id or 0
    turn = turning(
        page,
        page < pages - 1,
        lambda text, at: button(text, "status_part", cohort_id, int(done), at, tag=role),
        short=True,
    )
    words = _("Open ones") if done else _("Done ones")
    other = button(words, "status_part", cohort_id, int(not done), 0, tag=role)
    opens = numbers("task_open", [line.task_id for line in shown], page * PAGE + 1)
    back = button(_("‹ Sections"), "status_parts", cohort_id)
    return screen(request, "\n".join(said), (*opens, *rows(turn), (other,), (back,)))


def _section_line(request: Request, position: int, line: StatusLine) -> str:
    name = esc(line.officer or _("nobody yet"))
    since = days_words(line.days_late) if line.days_late else _("today")
    late = f" · ⏰ {since}" if line.is_late else ""
    target = _(" (target)") if line.is_target else ""
    return f"{position}. {line.sop} {esc(line.short)} · {name}{late}{target}"


ROUTES = Routes(
    About.NOTHING,
    commands={"status": on_status},
    presses={
        "status_open": on_status,
        "status_late": on_late,
        "status_parts": on_sections,
        "status_part": on_section,
    },
    menu_words={"Status": on_status},
)
