"""/status: where everything stands. Heads see their sections, others their own tasks."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.cards.board_picture import board_picture
from handlers.cards.listing import being_made
from handlers.cards.weighing import title_of
from handlers.cases.case_status import late_cases, status_line
from handlers.children.incidents import open_words
from handlers.pushes.late_list import way_to_list
from handlers.tasks.reports import waiting_button, waiting_words
from handlers.ui.kilograms import change
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    Say,
    as_numbers,
    button,
    cohort_of,
    further,
    numbers,
    pressed,
    reply,
    rows,
    screen,
    to_list,
    turning,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import (
    _,
    bold,
    child_code,
    clock_words,
    days_words,
    esc,
    more,
    ngettext,
    section,
    short_date_words,
    shorten,
    with_deputy,
)
from sop_flows.actions import reports
from sop_flows.actions.incidents import open_for
from sop_flows.actions.remind_late import late_of, remind_late, to_remind, was_reminded
from sop_flows.core.notices import FileHidden, to_payload
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.responsibility import may_see as may_see_cohort
from sop_flows.staffing.roster import heads_of
from sop_flows.views.figures import Figures
from sop_flows.views.obstacles import last_obstacles
from sop_flows.views.progress import Delayed, Progress
from sop_flows.views.status import (
    CohortStatus,
    Counts,
    StatusLine,
    cohort_status,
    may_see,
    own_status,
    section_lines,
    whole_status,
)
from storage.queries.cohorts import list_open as open_cohorts
from storage.tables import Cohort, Officer

LATE_NAMED, TARGETS_NAMED = (
    3,
    1,
)  # late ones and those past our target on the first screen; all behind "Terlambat"
BAR_WIDTH = 10
DARK, PAGE_OF_PAPER = 1, 2  # numbers of the buttons of the board
PAGE = 16  # lines of one list
DELAYED_SHOWN = 3  # of what a late step holds up; the others are folded
NOTE = 80  # characters of what hinders a late step


def on_status(request: Request) -> Reply:
    """Five seconds: one angkatan in ten lines at most, the others in one line each; and the shelter cases.

    Number of the button: the angkatan shown in full, 0: the first.
    """
    cohorts = [
        one
        for one in open_cohorts(request.session)
        if may_see_cohort(request.work, who(request), one.id or 0)
    ]
    cases, case_buttons = _beside(request)
    if not cohorts and not cases:
        return screen(request, _("No angkatan is open."), (*way_to_list(request), (*case_buttons, to_list())))
    chosen = further(request, 0)
    shown = next((one for one in cohorts if one.id == chosen), cohorts[0] if cohorts else None)
    said: list[str] = []
    buttons: list[Button] = []
    others: list[Button] = []
    for cohort in cohorts:
        status, own = status_for(request, cohort, whole=cohort is shown)
        if cohort is shown:
            open_now = open_for(request.work, who(request), cohort.id)
            lines = [overview(request, status, own), *([open_words(open_now)] if open_now else [])]
            said.insert(0, "\n".join(lines))
            buttons = _ways_on(status, own)
            if open_now:
                label = _("Answer: {count}").format(count=len(open_now))
                buttons.insert(1, button(label, "incident_list", cohort.id or 0))
        else:
            said.append(_one_line(status))
            others.append(button(f"{cohort.name} ›", "status_open", cohort.id or 0))
    text = "\n\n".join([*said, *([cases] if cases else [])])
    text += "\n\n" + _("Updated {clock}").format(clock=clock_words(request.now, request.institution.zone))
    again = button(_("Refresh"), "status_open", *([shown.id or 0] if shown is not None else []))
    buttons = [*buttons, *case_buttons, *others, again, to_list()]
    return screen(request, text, (*way_to_list(request), *rows(buttons)))


def _beside(request: Request) -> tuple[str, list[Button]]:
    """What is no angkatan's: the shelter cases, and what the officer is to read; "" without any."""
    cases, buttons = status_line(request)
    found = reports.open_for(request.work, who(request))
    lines = [cases] if cases else []
    return "\n".join([*([waiting_words(found)] if found else []), *lines]), [*waiting_button(found), *buttons]


def status_for(request: Request, cohort: Cohort, *, whole: bool = False) -> tuple[CohortStatus, bool]:
    """The status that the officer may see, and whether it is only the officer's own. `whole`: a head's with progress
    and figures."""
    headed = heads_of(request.work, who(request).id or 0)
    if headed:
        of_roles = whole_status if whole else cohort_status
        return of_roles(request.work, cohort, headed), False
    return own_status(request.work, cohort, who(request)), True


def _ways_on(status: CohortStatus, own: bool) -> list[Button]:
    cohort_id = status.cohort.id or 0
    last = [button(_("Children"), "child_list", cohort_id), button(_("Lists"), "lists_all", cohort_id)]
    if own:
        return [button(_("Late"), "status_late", cohort_id), *last]
    return [
        button(_("Late"), "status_late", cohort_id),
        button(_("By section"), "status_parts", cohort_id),
        button(_("By officer"), "status_people", cohort_id),
        button(_("Board"), "status_board", cohort_id),
        *last,
    ]


def _one_line(status: CohortStatus) -> str:
    late = f"⏰ {len(status.overdue)}" if status.overdue else _("nothing late")
    if status.before_open:
        to_mark = _("{count} to be marked").format(count=status.before_open)
        late = f"{late} · {to_mark}" if status.overdue else to_mark
    return f"{bold(status.cohort.name)} · {day_of_stay(status)} · {children_words(status)} · {late}"


def overview(request: Request, status: CohortStatus, own: bool) -> str:
    """One angkatan in a few lines (HTML)."""
    said = [f"{bold(status.cohort.name)} · {day_of_stay(status)}{_bar(status)} · {children_words(status)}"]
    if own:
        said.append(_("Your tasks: {counts}").format(counts=counts_words(status.total)))
    if status.overdue:
        words = "⏰ " + _("Late {count}: {lines}")
        said.append(words.format(count=len(status.overdue), lines=_named(status.overdue, LATE_NAMED)))
    elif status.sections:
        said.append(_("Nothing is late."))
    elif not own and status.has_begun and not (status.before_open or status.before_done):
        said.append(_("Nothing has come to your section yet."))
    elif not own and not _should_have_begun(status):
        said.append(_("Nothing has started yet."))
    targets = [line for line in status.late if line.is_target]
    if targets:
        said.append(
            _("Past target {count}: {lines}").format(count=len(targets), lines=_named(targets, TARGETS_NAMED))
        )
    if status.progress is not None:
        said += _ahead(request, status.progress)
    if status.due_today:
        said.append(_("Today: {done} of {count} done").format(done=status.done_today, count=status.due_today))
    if status.figures is not None:
        said += _figures(status.figures)
    if status.progress is not None and status.progress.planned:
        said.append(_plan_line(status.progress))
    return "\n".join([*said, *_before_lines(status)])


def _before_lines(status: CohortStatus) -> list[str]:
    """How many steps were past their time when it began, and how many of them are marked."""
    if not (status.before_open or status.before_done):
        return []
    words = _("Before Pandu: {open} still to be marked, {done} marked")
    if status.in_use:
        words = _("Past their time: {open} still to be marked, {done} marked")
    return [words.format(open=status.before_open, done=status.before_done)]


def _should_have_begun(status: CohortStatus) -> bool:
    """Whether something was due by now, though nothing has opened: it stands in a line of its own."""
    is_behind = status.progress is not None and (status.progress.planned or status.progress.delayed)
    return bool(is_behind or status.before_open or status.before_done)


def _named(lines: Sequence[StatusLine], most: int) -> str:
    """ "asesmen (Ibu Sari, 2 hari), menu (belum ada, hari ini), …" (HTML)."""
    named = [f"{esc(line.short)} ({_late_who(line)})" for line in lines[:most]]
    return ", ".join(named) + (", …" if len(lines) > most else "")


def _ahead(request: Request, progress: Progress) -> list[str]:
    """What will be late because a step before it is stuck: the first, and how many more."""
    if not progress.delayed:
        return []
    left = len(progress.delayed) - 1
    words = _delayed_words(request, progress.delayed[0])
    return [words + (" " + _("and {count} more").format(count=left) if left else "")]


def _delayed_words(request: Request, one: Delayed) -> str:
    """ "Akan terlambat: studi banding (batas Jumat), menunggu: pilih lokasi" (HTML)."""
    template = _("Will be late: {step} (until {day}), waits for: {before}")
    if one.due_on < request.work.today:
        template = _("Behind the plan: {step} (since {day}), waits for: {before}")
    day = short_date_words(one.due_on, request.work.today)
    return template.format(step=esc(one.step), day=day, before=esc(one.waits_for))


def _figures(figures: Figures) -> list[str]:
    said = []
    weigh_in = figures.weigh_in
    if weigh_in is not None:
        words = f"⚖️ {esc(title_of(weigh_in.task, weigh_in.step))}: " + _("{done} of {total}").format(
            done=weigh_in.weighed, total=weigh_in.expected
        )
        if weigh_in.lost:
            most = weigh_in.lost[0]
            words += ", " + _("{count} lost weight, most No. {number} {change} kg").format(
                count=len(weigh_in.lost), number=child_code(most.number), change=change(most.change_g or 0)
            )
        said.append(words)
    visits = figures.visits
    if visits is not None:
        done = _("{done} of {total}").format(done=visits.done, total=visits.owed)
        said.append(f"{esc(visits.step.short)}: {done}")
    return said


def _plan_line(progress: Progress) -> str:
    """ "Rencana: 42 dari 45 langkah; kurang: asesmen 2, bimbingan 1"."""
    words = _("Plan until now: {done} of {planned} steps done").format(
        done=progress.done, planned=progress.planned
    )
    behind = [
        f"{esc(one.phase)} {one.planned - one.done}" for one in progress.phases if one.done < one.planned
    ]
    return words + ("; " + _("missing: {phases}").format(phases=", ".join(behind)) if behind else "")


def _bar(status: CohortStatus) -> str:
    """ " ▓▓▓▓░░░░░░" while the children are here."""
    if not 0 <= status.day <= status.stay_days or not status.stay_days:
        return ""
    full = round(BAR_WIDTH * status.day / status.stay_days)
    return " " + "▓" * full + "░" * (BAR_WIDTH - full)


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


def counts_words(counts: Counts, *, open_only: bool = False) -> str:
    """ "31 selesai · 4 berjalan · ⏰ 1"; what is past our target, missed and skipped is said apart."""
    said = [] if open_only else [_("{count} done").format(count=counts.done)]
    said.append(_("{count} open").format(count=counts.open))
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
    late = days_words(line.days_late) if line.days_late else _("today")
    return f"{_holder(line)}, {late}"


def _holder(line: StatusLine) -> str:
    """ "Ibu Sari", and who deputises while she is on leave (HTML)."""
    if line.officer is None:
        return _("nobody yet")
    return with_deputy(line.officer, line.deputy)


def on_late(request: Request) -> Reply:
    """Terlambat: each late one with officer, days and what hinders it; the target apart; what will be late; cases."""
    return _late(request)


def on_remind_all(request: Request) -> Reply:
    """[Ingatkan semua]: each officer of the list who was not reminded today."""
    cohort = cohort_of(request, pressed(request))
    status, own = status_for(request, cohort)
    if own:
        raise NotPermittedError("head")
    ids = to_remind(request.work, cohort, status.late)
    told = sum(remind_late(request.work, cohort, one) for one in ids)
    said = ngettext("✅ {count} officer is reminded.", "✅ {count} officers are reminded.", told)
    return _late(request, said.format(count=told) if told else _("Everybody was reminded today already."))


def _late(request: Request, above: str = "") -> Reply:
    cohort = cohort_of(request, pressed(request))
    status, own = status_for(request, cohort, whole=True)
    said = [above] if above else []
    overdue = status.overdue
    targets = tuple(line for line in status.late if line.is_target)
    shown = (*overdue, *targets)[:PAGE]
    hinders = last_obstacles(request.session, [line.task_id for line in shown])
    if overdue:
        said.append(f"{bold(cohort.name)} · ⏰ " + _("Late") + f" {len(overdue)}")
    else:
        said.append(bold(cohort.name))
        if status.sections or not _before_lines(status):
            said.append(_("Nothing is late."))
    for position, line in enumerate(shown, start=1):
        if line.is_target and (position == 1 or not shown[position - 2].is_target):
            said.append(bold(_("Past target")) + f" {len(targets)}")
        hindered = hinders.get(line.task_id)
        why = "" if hindered is None else _(" · obstacle: {note}").format(note=esc(shorten(hindered, NOTE)))
        said.append(f"{position}. {line.sop} {esc(line.short)} · {_late_who(line)}{why}")
    if len(status.late) > PAGE:
        said.append(_("and {count} more").format(count=len(status.late) - PAGE))
    delayed = status.progress.delayed if status.progress is not None else ()
    held_up = [f"• {_delayed_words(request, one)}" for one in delayed]
    said += held_up[:DELAYED_SHOWN]
    if held_up[DELAYED_SHOWN:]:
        said.append(more(*held_up[DELAYED_SHOWN:]))
    said += _before_lines(status)
    cases, case_buttons = late_cases(request)
    said += [cases] if cases else []
    buttons = list(case_buttons)
    if not own and not above and to_remind(request.work, cohort, status.late):
        buttons.append(button(_("Remind everybody"), "status_remind_all", cohort.id or 0, style="success"))
    keyboard = numbers("task_open", [line.task_id for line in shown])
    return screen(request, "\n".join(said), (*keyboard, *rows([*buttons, _back(cohort)])))


def on_sections(request: Request) -> Reply:
    """Per bagian: the counts of each, and the plan beside what is done for each phase; a tap opens one."""
    cohort = cohort_of(request, pressed(request))
    status, own = status_for(request, cohort, whole=True)
    if own:
        return on_status(request)
    unit = request.institution.pack.unit
    said = [bold(cohort.name)]
    said += [f"{esc(section(unit, part.role))}: {counts_words(part.counts)}" for part in status.sections]
    said += _before_lines(status)
    if status.total.done:
        on_time = _("On time: {count} of {done} done")
        said.append(on_time.format(count=status.total.on_time, done=status.total.done))
    if status.progress is not None and status.progress.planned:
        said += ["", _("Plan until now, steps done of those planned:")]
        said += [f"{esc(one.phase)} {one.done}/{one.planned}" for one in status.progress.phases]
    if status.total.missed:
        said.append(_("Missed: a daily task that nobody recorded before its next day began."))
    buttons = [
        button(section(unit, part.role), "status_part", cohort.id or 0, 0, 0, tag=part.role)
        for part in status.sections
    ]
    return screen(request, "\n".join(said), (*rows(buttons), (_back(cohort),)))


def on_people(request: Request) -> Reply:
    """Per petugas: who has how much open and late, who is late most first; a tap opens one."""
    cohort = cohort_of(request, pressed(request))
    status, own = status_for(request, cohort)
    if own:
        return on_status(request)
    ids = {line.officer_id: _holder(line) for line in status.open}
    held = {officer_id: status.of_officer(officer_id) for officer_id in ids}
    counts = {officer_id: _open_counts(lines) for officer_id, lines in held.items()}
    order = sorted(held, key=lambda one: (one is None, -counts[one].late, ids[one]))
    said, opens = [f"{bold(cohort.name)} · " + _("By officer")], []
    for officer_id in order:
        name = ids[officer_id]
        words = counts_words(counts[officer_id], open_only=True)
        if officer_id is None:
            said.append(f"• {name}: {words}")
            continue
        opens.append(officer_id)
        said.append(f"{len(opens)}. {name}: {words}")
    if not held:
        said.append(_("Nothing is open."))
    keyboard = as_numbers([button("", "status_person", cohort.id or 0, one) for one in opens])
    return screen(request, "\n".join(said), (*keyboard, (_back(cohort),)))


def _open_counts(lines: Sequence[StatusLine]) -> Counts:
    late = sum(line.is_late for line in lines)
    targets = sum(line.is_target for line in lines)
    return Counts(open=len(lines), late=late - targets, past_target=targets)


def on_person(request: Request) -> Reply:
    """One officer: what is late, and [Ingatkan] once a day. Numbers: the angkatan, the officer."""
    return _person(request)


def on_remind(request: Request) -> Reply:
    """[Ingatkan]: told to the officer with what is late."""
    cohort = cohort_of(request, pressed(request))
    told = remind_late(request.work, cohort, pressed(request, 1))
    return _person(request, _("✅ The reminder goes out now.") if told else "")


def _person(request: Request, above: str = "") -> Reply:
    cohort = cohort_of(request, pressed(request))
    officer = request.session.get(Officer, pressed(request, 1))
    if officer is None:
        raise NotFoundError
    late = late_of(request.work, cohort, officer)
    said = [above] if above else []
    overdue = sum(not line.is_target for line in late)
    said.append(f"{bold(cohort.name)} · {esc(officer.name)}" + (f" · ⏰ {overdue}" if overdue else ""))
    for position, line in enumerate(late[:PAGE], start=1):
        said.append(f"{position}. {line.sop} {esc(line.short)} · {_since(line)}")
    if not late:
        said.append(_("Nothing is late."))
    keyboard = list(numbers("task_open", [line.task_id for line in late[:PAGE]]))
    back = button(_("‹ By officer"), "status_people", cohort.id or 0)
    if late and officer.id != who(request).id and not above:
        if was_reminded(request.work, cohort, officer):
            said.append(_("Reminded today already."))
        else:
            remind = button(_("Remind"), "status_remind", cohort.id or 0, officer.id or 0, style="success")
            keyboard.append((remind,))
    return screen(request, "\n".join(said), (*keyboard, (back,)))


def on_board(request: Request) -> Reply:
    """[Papan]: the angkatan as a picture. Numbers: angkatan; 1: dark; 2: a page as PDF."""
    cohort = cohort_of(request, pressed(request))
    if not heads_of(request.work, who(request).id or 0):
        raise NotPermittedError("head")
    kind, cohort_id = further(request, 1), cohort.id or 0
    is_page = kind == PAGE_OF_PAPER  # it leaves the phone, and names nobody
    picture = board_picture(
        request.work, who(request), cohort, dark=kind == DARK, pdf=is_page, names=not is_page
    )
    if not is_page:
        picture = replace(picture, hides=to_payload(FileHidden()))
    other = button(_("Light"), "status_board", cohort_id, 0) if kind == DARK else None
    ways = [
        other or button(_("Dark"), "status_board", cohort_id, DARK),
        button(_("PDF"), "status_board", cohort_id, PAGE_OF_PAPER),
        button(_("Late"), "status_late", cohort_id),
        button(_("‹ Status"), "status_open", cohort_id),
    ]
    said = Say(_("{cohort}: the board.").format(cohort=bold(cohort.name)), rows(ways), protect=True)
    return reply(being_made(), picture, said)


def _back(cohort: Cohort) -> Button:
    return button(_("‹ Status"), "status_open", cohort.id or 0)


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
    name = _holder(line)
    mark = "" if line.is_target else "⏰ "
    late = f" · {mark}{_since(line)}" if line.is_late else ""
    return f"{position}. {line.sop} {esc(line.short)} · {name}{late}"


def _since(line: StatusLine) -> str:
    """ "3 hari", "3 hari lewat target", "hari ini"."""
    if not line.days_late:
        return _("past target") if line.is_target else _("today")
    days = days_words(line.days_late)
    return _("{days} past target").format(days=days) if line.is_target else days


ROUTES = Routes(
    About.NOTHING,
    commands={"status": on_status},
    presses={
        "status_open": on_status,
        "status_late": on_late,
        "status_parts": on_sections,
        "status_part": on_section,
        "status_people": on_people,
        "status_person": on_person,
        "status_remind": on_remind,
        "status_remind_all": on_remind_all,
        "status_board": on_board,
    },
    menu_words={"Status": on_status},
)
