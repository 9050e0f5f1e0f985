"""/kapan: when, whom and why then; of what is one's own, an SOP, a child, a case or one task."""

import re
from datetime import datetime, time

from handlers.cases.case_gate import shut_case
from handlers.timeline.when_pages import Turn, lines_of, show_lines
from handlers.timeline.when_words import anchor_words
from handlers.ui.request import (
    About,
    Reply,
    Request,
    button,
    further,
    pressed,
    rows,
    screen,
    task_of,
    to_list,
    to_task,
    who,
    word,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import _, bold, child_code, echo, esc, plain_date_words, subject_prefix, task_words
from sop_flows.actions.cases import lists
from sop_flows.actions.cases.lists import find_by_code
from sop_flows.core.work import case_of, sop_of
from sop_flows.errors import NotFoundError
from sop_flows.staffing.children import sees_child
from sop_flows.staffing.responsibility import acting_roles, knows, may_see, own_parts, refuse_shut
from sop_flows.timeline import timeline as found_in
from sop_flows.timeline.moment import Moment, together
from sop_flows.timeline.will_be import openings
from sop_flows.views.task_views import task_line, upcoming
from storage.queries.cohorts import list_open as open_cohorts
from storage.queries.messages import list_coming
from storage.queries.rolls import find_child
from storage.tables import Case, Child, Officer, Run, Task

AHEAD_DAYS = 45
FOUND_MAX = 9  # SOPs that are looked at for words
_SOP = re.compile(r"\d+(?:\.\d+)+")


def on_when_command(request: Request) -> Reply:
    """/kapan: mine; /kapan 017: a child; /kapan 9.2.15: an SOP; /kapan Kenanga: a case; /kapan timbang: by words."""
    words = (request.text or "").split()[1:]
    if not words:
        return on_when_mine(request)
    if words[0].isdecimal() and len(words[0]) <= 4:
        return _of_child(request, int(words[0]))
    if _SOP.fullmatch(words[0]):
        return _of_sop(request, words[0])
    case = find_by_code(request.session, " ".join(words))
    if case is not None and knows(request.work, who(request), case):
        return shut_case(request) or of_case(request, case)
    if case is not None and (own := lists.own_line(request.work, who(request), case)) is not None:
        return _of_own_steps(request, own)
    return _of_words(request, " ".join(words))


def _of_words(request: Request, words: str) -> Reply:
    """The SOPs that have these words, as the handbook finds them: of those the ones that run, if any do."""
    found = request.institution.search_index.find(words).hits[:FOUND_MAX]
    running = [hit for hit in found if found_in.runs_of_sop(request.work, who(request), hit.sop.number)]
    hits = running or list(found)
    asked = echo(words)
    if not hits:
        said = _(
            "I do not find “{words}”. You can ask for an SOP, a child or words of a step: /kapan 9.2.15, /kapan 017,"
            " /kapan weigh."
        ).format(words=asked)
        return screen(request, said, ((button(_("My reminders"), "when_mine", 0), to_list()),))
    if len(hits) == 1:
        return _of_sop(request, hits[0].sop.number)
    lines = [
        f"{hit.sop.number} {esc(hit.sop.title)}"
        + (f" · {esc(hit.step.short)}" if hit.step is not None else "")
        for hit in hits
    ]
    buttons = [button(hit.sop.number, "when_sop", 0, tag=hit.sop.number) for hit in hits]
    top = _("“{words}” is in several SOPs. Which one?").format(words=asked)
    return screen(request, "\n".join([top, *lines]), (*rows(buttons, 3), (to_list(),)))


def on_when_mine(request: Request) -> Reply:
    """What is to come to the officer."""
    s, officer = request.session, who(request)
    moments = [
        Moment(row.due_at, "coming", s.get_one(Task, row.task_id), row=row)
        for row in list_coming(s, officer.id)
    ]
    waiting = upcoming(request.work, officer, AHEAD_DAYS)
    own = [line.task for line in waiting if line.task.card is None]
    lines = lines_of(request, together([*moments, *openings(request.work, own)]))
    week = button(_("The next 7 days"), "remind_week", 0)
    return show_lines(
        request, [bold(_("Your coming reminders"))], lines, further(request, 0),
        lambda text, page: button(text, "when_mine", page),
        ((week, to_list()),), _("No reminder is planned for you."),
    )  # fmt: skip


# --- a task -------------------------------------------------------------------------------------------------


def on_when_tapped(request: Request) -> Reply:
    """[Pengingat] of one task, whoever gets them."""
    s, officer, task_id = request.session, who(request), pressed(request)
    task = task_of(request, task_id)
    own_parts(request.work, officer, task)
    line = task_line(request.work, task, officer)
    moments = found_in.timeline(request.work, [task])
    anchor = anchor_words(request, task)
    top = [f"<b>{task_words(s, line)}</b>", *([anchor] if anchor else [])]
    buttons = [to_task(task_id)]
    case = case_of(s, task)
    if case is None or knows(request.work, officer, case):
        buttons.append(button(_("All of SOP {number}").format(number=task.sop), "when_run", task.run_id, 0))
    return show_lines(
        request, top, lines_of(request, moments, named=False), further(request, 1),
        lambda text, page: button(text, "task_when", task_id, page),
        (tuple(buttons), (to_list(),)), _("No reminder of it is planned."),
    )  # fmt: skip


# --- an SOP -------------------------------------------------------------------------------------------------


def on_when_run(request: Request) -> Reply:
    """One run of an SOP."""
    run = found_in.get_run(request.work, who(request), pressed(request))
    return _of_runs(request, (run,), lambda text, page: button(text, "when_run", run.id or 0, page))


def on_when_sop(request: Request) -> Reply:
    """All runs of an SOP, by its number."""
    return _of_sop(request, word(request), further(request, 0))


def _of_sop(request: Request, number: str, page: int = 0) -> Reply:
    if number not in request.institution.pack.sops:
        return screen(request, _("There is no SOP {number}.").format(number=esc(number)), ((to_list(),),))
    runs = found_in.runs_of_sop(request.work, who(request), number)
    if not runs:
        said = _("SOP {number} does not run now, and no date is set for it.").format(number=esc(number))
        book = button(_("See the SOP"), "book_open", 0, tag=number)
        return screen(request, said, ((book, to_list()),))
    return _of_runs(request, runs, lambda text, at: button(text, "when_sop", at, tag=number), page)


def _of_runs(request: Request, runs: tuple[Run, ...], turn: Turn, page: int | None = None) -> Reply:
    s, officer = request.session, who(request)
    theirs = found_in.tasks_of_runs(s, runs)
    moments = found_in.timeline(request.work, theirs, runs=runs)
    sop = sop_of(s, runs[-1])
    title = f"SOP {sop.number} {sop.title}"
    top = [bold(title)]
    if len(runs) == 1 and theirs and (of := _subject_of(request, theirs[0])):
        top.append(of)
    return show_lines(
        request, top, lines_of(request, _discreet(request, officer, moments)),
        further(request, 1) if page is None else page, turn,
        ((button(_("See the SOP"), "book_open", 0, tag=sop.number), to_list()),),
        _("No reminder of it is planned."),
    )  # fmt: skip


def _subject_of(request: Request, task: Task) -> str:
    line = task_line(request.work, task, who(request))
    return subject_prefix(request.session, line).removesuffix(" · ")


def _discreet(request: Request, officer: Officer, moments: tuple[Moment, ...]) -> list[Moment]:
    """Which child is visited is for those who have to do with that step."""
    return [
        one
        for one in moments
        if one.row is None
        or one.row.child_id is None
        or one.task is None
        or acting_roles(request.work, officer, one.task)
    ]


# --- a child ------------------------------------------------------------------------------------------------


def on_when_child(request: Request) -> Reply:
    """A child, by the row of it."""
    child = request.session.get(Child, pressed(request))
    if child is not None:
        refuse_shut(request.work, child.cohort_id)
    if child is None or not _sees(request, child):
        raise NotFoundError
    return _of_children(request, [child], further(request, 1))


def _of_child(request: Request, number: int) -> Reply:
    found = [
        child
        for cohort in open_cohorts(request.session)
        if (child := find_child(request.session, cohort.id or 0, number)) is not None
        if _sees(request, child)
    ]
    if not found:
        said = _("There is no child No. {number}.").format(number=child_code(number))
        return screen(request, said, ((to_list(),),))
    return _of_children(request, found, 0)


def _sees(request: Request, child: Child) -> bool:
    return may_see(request.work, who(request), child.cohort_id) and sees_child(
        request.work, who(request), child.id
    )


def _of_children(request: Request, children: list[Child], page: int) -> Reply:
    """The child of this number, in each angkatan that is open."""
    moments: list[Moment] = []
    for child in children:
        about = found_in.tasks_about_child(request.work, who(request), child)
        moments += found_in.timeline_of_child(request.work, child, about)
    last = children[-1]
    return show_lines(
        request, [bold(_("No. {number}").format(number=child_code(last.number)))],
        lines_of(request, moments), page,
        lambda text, at: button(text, "when_child", last.id or 0, at),
        ((button(_("‹ Back"), "child_card", last.id or 0), to_list()),),
        _("No reminder about this child is planned."),
    )  # fmt: skip


# --- a case -------------------------------------------------------------------------------------------------


def on_when_of_case(request: Request) -> Reply:
    """[Pengingat] of a case."""
    return of_case(request, request.session.get(Case, pressed(request)), further(request, 1))


def _of_own_steps(request: Request, own: lists.CaseLine) -> Reply:
    """What is to come of an officer's own steps in a case whose child the officer does not know."""
    moments = found_in.timeline(request.work, [line.task for line in own.steps])
    return show_lines(
        request,
        [bold(_("Case {code}").format(code=own.case.code_name))],
        lines_of(request, moments),
        0,
        lambda text, _at: button(text, "case_mine", own.case.id or 0),
        ((button(_("Open"), "case_mine", own.case.id or 0), to_list()),),
        _("No reminder of it is planned."),
    )


def of_case(request: Request, case: Case | None, page: int = 0) -> Reply:
    """A case, for who knows the child; to everybody else there is no such case."""
    s, institution, officer = request.session, request.institution, who(request)
    if case is None or not knows(request.work, officer, case):
        raise NotFoundError
    found = lists.case_page(request.work, officer, case)
    ids = [*lists.coming_tasks(s, case), *(line.task for line in found.steps)]
    ids += [one.task for one in found.services]
    moments = found_in.timeline(request.work, ids, runs=found.coming)
    asked: list[tuple[datetime, str]] = []
    for service in found.services:
        if not service.is_due:
            since = plain_date_words(service.since, institution.today(request.now))
            words = _("{step}: is it finished? – {months} months after {day}").format(
                step=esc(service.step.short),
                months=service.step.standard.amount if service.step.standard is not None else 0,
                day=since,
            )
            asked.append((institution.office.at(service.ask_on, time(0, 0)), words))
    case_id = case.id or 0
    return show_lines(
        request,
        [bold(_("Case {code}").format(code=case.code_name))],
        lines_of(request, moments, more=asked),
        page,
        lambda text, at: button(text, "case_when", case_id, at),
        ((button(_("‹ Back"), "case_page", case_id), to_list()),),
        _("No reminder about this case is planned."),
    )


ROUTES = merge(
    Routes(About.AMONG_OTHERS, commands={"kapan": on_when_command}, presses={"when_sop": on_when_sop}),
    Routes(About.NOTHING, presses={"when_mine": on_when_mine, "when_child": on_when_child}),
    Routes(About.RUN, presses={"when_run": on_when_run}),
    Routes(About.CARD, presses={"task_when": on_when_tapped}),
    Routes(About.CASE, presses={"case_when": on_when_of_case}),
)
