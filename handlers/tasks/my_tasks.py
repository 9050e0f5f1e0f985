"""/tugas: what is mine now, late first; this week; one task; and "Lainnya…"."""

from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date

from handlers.cards.task_card import add_button, heading, kind_of, list_button, show_task, sop_button
from handlers.cases.case_words import case_name
from handlers.children.incidents import open_words
from handlers.handbook.way import FOUND
from handlers.pushes.late_list import way_to_list
from handlers.pushes.push_buttons import several_button
from handlers.tasks.reports import waiting_button, waiting_words
from handlers.timeline.week_words import holiday_lines
from handlers.ui import conversation
from handlers.ui.form_words import things
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    as_numbers,
    button,
    further,
    numbers,
    pressed,
    rows,
    screen,
    task_of,
    to_list,
    to_task,
    turning,
    who,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import (
    LOCALE,
    _,
    bold,
    by_subject,
    esc,
    headings,
    instead_words,
    ngettext,
    short_date_words,
    task_words,
    when_words,
)
from sop_flows.actions import reports
from sop_flows.actions.incidents import open_for
from sop_flows.handbook.search import search_key
from sop_flows.recording.records import still_asked
from sop_flows.staffing.recorders import has_daily_tasks
from sop_flows.staffing.responsibility import own_parts, refuse_closed
from sop_flows.views.last_act import foot_of
from sop_flows.views.task_views import (
    TaskLine,
    incomplete_of,
    my_tasks,
    own_work,
    task_line,
    task_lines,
    upcoming,
)
from storage.tables import Case, TaskState

PAGE = 16  # lines of one list: two rows of number buttons
WEEK_DAYS = 7
LOOK_AHEAD_DAYS = 60  # how far the next coming task is looked for when there is none now


def on_tasks_command(request: Request) -> Reply:
    """The list of what is mine now, from its first page (or the page of the button)."""
    page = further(request, 0)
    mine, going_on, services = _apart(request)
    lines = by_subject(mine)
    foot = foot_of(request.work, who(request))
    lasting = [*_lasting_button(len(going_on) + len(services)), *_incomplete_button(foot.incomplete)]
    about_children = open_for(request.work, who(request))
    if about_children:
        lasting.insert(0, button(_("Answer: {count}").format(count=len(about_children)), "incident_list", 0))
    to_read = reports.open_for(request.work, who(request))
    lasting = [*waiting_button(to_read), *lasting]
    undo = ((button(_("Undo the last one"), "last_undo"),),) if foot.may_undo else ()
    if has_daily_tasks(request.work, who(request)):
        lasting.append(button(_("On duty"), "duty_house"))
    above = [open_words(about_children)] if about_children else []
    above += [waiting_words(to_read)] if to_read else []
    if not lines:
        return screen(
            request,
            "\n".join([*above, _nothing(request)]),
            (*way_to_list(request), (*lasting, _week_button()), *undo, *_start_buttons()),
        )
    pages = (len(lines) + PAGE - 1) // PAGE
    page = min(max(page, 0), pages - 1)
    first = page * PAGE
    shown = lines[first : first + PAGE]
    text = "\n".join([*above, list_text(request, shown, lines, first)])
    keyboard = numbers("task_open", [line.task.id or 0 for line in shown], first + 1)
    below = [*several_button(lines), *lasting, _week_button()]
    return screen(
        request, text, (*keyboard, *_paging(page, pages), *way_to_list(request), *rows(below), *undo)
    )


def _apart(request: Request) -> tuple[list[TaskLine], list[TaskLine], Mapping[int, int]]:
    """What is mine now, and apart from it what goes on until a day that is still to come; how many services run for
    months, by case."""
    mine: list[TaskLine] = []
    going_on: list[TaskLine] = []
    lines, services = own_work(request.work, who(request))
    for line in lines:
        lasts = line.step.lasting is not None and not line.task.occurrence
        lasts = lasts and _group(request, line, request.today) == "later"
        (going_on if lasts else mine).append(line)
    return mine, going_on, services


def _lasting_button(count: int) -> list[Button]:
    """ "Berjalan: 5": opens what goes on for weeks, and for months in a case."""
    return [button(_("Going on: {count}").format(count=count), "lasting_list")] if count else []


def on_lasting(request: Request) -> Reply:
    """What goes on for weeks, by its end, and of each case what runs for months; each takes notes by its card."""
    _mine, going_on, services = _apart(request)
    lines, cases = by_subject(going_on), list(services.items())
    if not lines and not cases:
        return on_tasks_command(request)
    pages = (len(lines) + len(cases) + PAGE - 1) // PAGE
    page = min(max(further(request, 0), 0), pages - 1)
    first = page * PAGE
    shown = lines[first : first + PAGE]
    said, opens = [bold(_("Going on"))], []
    for place, (line, above) in enumerate(
        zip(shown, headings(request.session, shown), strict=True), start=first + 1
    ):
        said += [*above, f"{place}. {_words(request, line)}"]
        opens.append(button("", "task_open", line.task.id or 0))
    left = max(0, first - len(lines))
    for case_id, count in cases[left : left + PAGE - len(shown)]:
        words = ngettext("{count} running service", "{count} running services", count).format(count=count)
        name = case_name(request.session.get_one(Case, case_id))
        said.append(f"{first + len(opens) + 1}. {name} · {words}")
        opens.append(button("", "case_services", case_id))
    keyboard = as_numbers(opens, first + 1)
    turns = rows(
        turning(page, page < pages - 1, lambda text, at: button(text, "lasting_list", at), short=True)
    )
    return screen(request, "\n".join(said), (*keyboard, *turns, (to_list(),)))


def _incomplete_button(count: int) -> list[Button]:
    """ "Belum lengkap: 2": opens the steps that were done and whose record can still be completed."""
    return [button(_("Not complete: {count}").format(count=count), "incomplete_list")] if count else []


def on_incomplete(request: Request) -> Reply:
    """Belum lengkap: the steps that were done, the latest first; nobody is reminded of them."""
    tasks = incomplete_of(request.work, who(request))
    if not tasks:
        return on_tasks_command(request)
    pages = (len(tasks) + PAGE - 1) // PAGE
    page = min(max(further(request, 0), 0), pages - 1)
    first = page * PAGE
    shown = task_lines(request.work, tasks[first : first + PAGE], who(request))
    said = [bold(_("Done, not complete")), _("Complete it when there is time: tap its number.")]
    for place, line in enumerate(shown, start=first + 1):
        names = things(still_asked(request.session, line.task))
        said.append(f"{place}. {task_words(request.session, line)} · {esc(names)}")
    keyboard = as_numbers([add_button(line) for line in shown], first + 1)
    turns = rows(
        turning(page, page < pages - 1, lambda text, at: button(text, "incomplete_list", at), short=True)
    )
    return screen(request, "\n".join(said), (*keyboard, *turns, (to_list(),)))


def show_these(request: Request, lines: Sequence[TaskLine], words: str) -> Reply:
    """Those of one's tasks that were asked for in words: the card, or a list; the handbook has the SOP."""
    if len(lines) == 1:
        return show_task(request, lines[0].task.id or 0, below=((sop_button(lines[0]), to_list()),))
    shown = by_subject(lines[:PAGE])
    said = [bold(_("Your tasks with these words"))]
    above = headings(request.session, shown)
    for place, line in enumerate(shown, start=1):
        said += [*above[place - 1], f"{place}. {_words(request, line)}"]
    keyboard = numbers("task_open", [line.task.id or 0 for line in shown])
    book = button(_("SOP handbook"), "book_shelf", FOUND, 0, tag=search_key(words))
    return screen(request, "\n".join(said), (*keyboard, (book, to_list())))


def _words(request: Request, line: TaskLine) -> str:
    """A line of a list, without its number and its angkatan."""
    when = when_words(line, request.now, request.institution.zone)
    words = task_words(request.session, line, prefix=False) + (f" · {when}" if when else "")
    return f"{words}{instead_words(line)}"


def list_text(request: Request, shown: Sequence[TaskLine], lines: Sequence[TaskLine], first: int) -> str:
    """The lines under "Terlambat", "Hari ini" and "Berikutnya", numbered from `first` + 1."""
    today = request.institution.today(request.now)
    day = format_date(today, "EEEE d MMMM", locale=LOCALE)
    said = [_("Your tasks, {day}").format(day=day)]
    sizes: dict[str, int] = {}
    for line in lines:
        sizes[_group(request, line, today)] = sizes.get(_group(request, line, today), 0) + 1
    titles = {"late": "⏰ " + _("Late"), "target": _("Past target"), "today": _("Today"), "later": _("Later")}
    groups = [_group(request, line, today) for line in shown]
    group = ""
    for position, (line, above) in enumerate(
        zip(shown, headings(request.session, shown, groups), strict=True), start=first + 1
    ):
        if (now_in := groups[position - first - 1]) != group:
            group = now_in
            said.append(f"<b>{titles[group]} {sizes[group]}</b>")
        said += [*above, f"{position}. {_words(request, line)}"]
    return "\n".join(said)


def _group(request: Request, line: TaskLine, today: date) -> str:
    if line.is_late:
        return "late" if line.is_overdue else "target"
    if line.due_at is not None and request.institution.today(line.due_at) <= today:
        return "today"
    return "later"


def _nothing(request: Request) -> str:
    said = _("You have no tasks now.")
    coming = upcoming(request.work, who(request), LOOK_AHEAD_DAYS)
    if coming and coming[0].task.opens_at is not None:
        day = short_date_words(request.institution.today(coming[0].task.opens_at))
        said += " " + _("Next: {task}, {day}.").format(task=task_words(request.session, coming[0]), day=day)
    return said


def _week_button() -> Button:
    return button(_("This week ›"), "task_week")


def _start_buttons() -> Keyboard:
    return ((button(_("SOP handbook"), "book_list", 0), button(_("Help"), "help_open")),)


def _paging(page: int, pages: int) -> Keyboard:
    return rows(turning(page, page < pages - 1, lambda text, at: button(text, "task_list", at), short=True))


def on_week(request: Request) -> Reply:
    """What opens or falls due in the coming seven days."""
    today = request.institution.today(request.now)
    open_now = [
        line
        for line in my_tasks(request.work, who(request))
        if line.due_at is not None and (request.institution.today(line.due_at) - today).days <= WEEK_DAYS
    ]
    coming = upcoming(request.work, who(request), WEEK_DAYS)
    lines = [*open_now, *coming][:PAGE]
    back = button(_("‹ Today"), "task_list")
    if not lines:
        none = _("Nothing is due in the coming seven days.")
        return screen(request, "\n".join([none, *holiday_lines(request)]), ((back,),))
    said = [bold(_("This week")), *holiday_lines(request)]
    for position, (line, above) in enumerate(
        zip(lines, headings(request.session, lines), strict=True), start=1
    ):
        said += above
        waits = line.task.state == TaskState.WAITING and line.task.opens_at is not None
        if waits and line.task.opens_at is not None:
            when = _("from {day}").format(day=short_date_words(request.institution.today(line.task.opens_at)))
        else:
            when = when_words(line, request.now, request.institution.zone)
        said.append(f"{position}. {task_words(request.session, line, prefix=False)} · {when}")
    return screen(
        request, "\n".join(said), (*numbers("task_open", [line.task.id or 0 for line in lines]), (back,))
    )


def on_open(request: Request) -> Reply:
    """One task; opened from a message to a head, with the way back to where it stood there."""
    row_id = further(request, 1)
    back = ((button(_("‹ Back"), "late_list", row_id, further(request, 2)),),) if row_id else ()
    return show_task(request, pressed(request), below=back)


def on_more(request: Request) -> Reply:
    """Lainnya…: what is done less often with a task."""
    task_id = pressed(request)
    task = task_of(request, task_id)
    refuse_closed(request.session, task)
    own_parts(request.work, who(request), task)
    line = task_line(request.work, task, who(request))
    kind = kind_of(line.step)
    buttons = [button(_("Skip"), "task_skip", task_id), button(_("Reschedule"), "task_move", task_id)]
    if kind == "decision":  # without one nothing would follow
        del buttons[0]
    if kind in ("plain", "daily", "choose_date", "running"):
        buttons += [
            button(_("Done yesterday"), "task_yesterday", task_id),
            button(_("Another date"), "task_past", task_id),
            button(_("Done by"), "task_by", task_id, 0),
        ]
    if line.case is not None and line.step.lasting is None:
        buttons.append(button(_("+ Note"), "task_log", task_id))
    buttons += list_button(request, line)
    buttons += [
        button(_("Hand to a colleague"), "task_give", task_id),
        button(_("Attach photo/file"), "task_attach", task_id),
        sop_button(line),
        button(_("Reminders"), "task_when", task_id),
        to_task(task_id),
    ]
    return screen(request, heading(request, line) + "\n" + _("What else?"), rows(buttons))


def on_cancel(request: Request) -> Reply:
    """Batal under a question about a task."""
    task_id = pressed(request)
    row = conversation.current(request)
    if row is not None and row.task_id == task_id and conversation.is_left_for_good(row):
        conversation.end(request)
    return show_task(request, task_id)


ROUTES = merge(
    Routes(
        About.NOTHING,
        commands={"tugas": on_tasks_command},
        presses={
            "task_list": on_tasks_command,
            "task_week": on_week,
            "lasting_list": on_lasting,
            "incomplete_list": on_incomplete,
        },
        menu_words={"My tasks": on_tasks_command},
    ),
    Routes(About.CARD, presses={"task_open": on_open, "task_more": on_more, "task_cancel": on_cancel}),
)
