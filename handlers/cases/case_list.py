"""/kasus: the cases of which the officer knows the child, or that have a step of the officer's."""

from handlers.cases.case_gate import pin_button
from handlers.cases.case_page import show_case, show_own_steps
from handlers.cases.case_phones import waiting_button
from handlers.cases.case_words import about, case_name
from handlers.ui import conversation
from handlers.ui.request import About, Button, Keyboard, Reply, Request, button, rows, screen, to_list, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc, ngettext
from sop_flows.actions.cases import lists
from sop_flows.actions.cases.lists import CaseLine, find_by_code, own_line
from sop_flows.actions.cases.opening import may_open_case
from sop_flows.staffing.responsibility import knows, sees_cases

PAGE = 16  # cases of one list
CODE_WORDS = 2  # a code name has one or two
OPENING = "case_open"  # topic of the flow that opens a case; lives in handlers/cases/open_case.py


def on_cases(request: Request) -> Reply:
    """/kasus: those that are open."""
    lines = lists.list_cases(request.work, who(request))
    return screen(request, _list_text(request, lines), _keyboard(request, lines))


def on_closed(request: Request) -> Reply:
    """[Kasus yang sudah ditutup]: only for who knows the child."""
    lines = lists.list_cases(request.work, who(request), closed=True)
    back = (button(_("‹ Cases"), "case_list"),)
    if not lines:
        return screen(request, _("No case has been closed yet."), (back,))
    said = [_("Closed cases"), *(_words(request, place, line) for place, line in enumerate(lines[-PAGE:], 1))]
    return screen(request, "\n".join(said), (*_numbers(lines[-PAGE:]), back))


def _list_text(request: Request, lines: tuple[CaseLine, ...]) -> str:
    if not lines:
        return _("There is no case that concerns you.")
    count = len(lines)
    said = [ngettext("{count} open case", "{count} open cases", count).format(count=count)]
    said += [_words(request, place, line) for place, line in enumerate(lines[:PAGE], start=1)]
    if count > PAGE:
        said.append(_("and {count} more").format(count=count - PAGE))
    return "\n".join(said)


def _words(request: Request, place: int, line: CaseLine) -> str:
    """ "1. Kasus Kenanga · perempuan · 9 tahun · hari ke-12 · ⏰ 1"; without knowing the child, the steps only."""
    case = line.case
    said = [case_name(case)]
    if line.knows:
        said += about(case)
        if case.closed_at is None:
            day = (
                request.institution.today(request.now) - request.institution.today(case.opened_at)
            ).days + 1
            said.append(_("day no. {day}").format(day=day))
    elif line.steps:
        shown = ", ".join(esc(one.short) for one in line.steps[:2])
        said.append(shown + (" …" if len(line.steps) > 2 else ""))
    if not line.knows and line.running:
        running = ngettext("{count} running service", "{count} running services", line.running)
        said.append(running.format(count=line.running))
    if line.late:
        said.append(f"⏰ {line.late}")
    return f"{place}. " + " · ".join(said)


def _keyboard(request: Request, lines: tuple[CaseLine, ...]) -> Keyboard:
    below: list[Button] = []
    if may_open_case(request.work, who(request)):
        row = conversation.current(request)
        if row is not None and row.topic == OPENING:
            below.append(button(_("Go on opening the case"), "case_go_on", style="primary"))
        below.append(button(_("Open a new case"), "case_new"))
    if sees_cases(request.work, who(request)):
        below.append(button(_("Closed cases"), "case_closed"))
        below.append(pin_button(request))
    below += waiting_button(request)
    return (*_numbers(lines[:PAGE]), *rows([*below, to_list()]))


def _numbers(lines: tuple[CaseLine, ...]) -> Keyboard:
    """A number for each case: its page, or without knowing the child the officer's steps of it."""
    buttons = [button(str(place), *_leads_to(line)) for place, line in enumerate(lines, start=1)]
    return rows(buttons, 8)


def _leads_to(line: CaseLine) -> tuple[str, int]:
    case_id = line.case.id or 0
    if line.knows:
        return "case_page", case_id
    if len(line.steps) == 1 and not line.running:
        return "task_open", line.steps[0].task.id or 0
    return "case_mine", case_id


def open_by_code(request: Request, words: str) -> Reply | None:
    """The case of this code name, for who knows the child or has a step of it; None for everybody else."""
    code = " ".join(words.split()).casefold().removeprefix("kasus").strip()
    if not code or len(code.split()) > CODE_WORDS:
        return None
    case = find_by_code(request.session, code)
    if case is None:
        return None
    if knows(request.work, who(request), case):
        return show_case(request, case.id or 0)
    own = own_line(request.work, who(request), case)
    return None if own is None else show_own_steps(request, own)


ROUTES = Routes(
    About.CASES,
    commands={"kasus": on_cases},
    presses={"case_list": on_cases, "case_closed": on_closed},
    menu_words={"Cases": on_cases},
)
