"""Shelter cases in /status: one line of figures for heads, and which are late for who knows them."""

from handlers.cases.case_words import case_name
from handlers.ui.request import About, Button, Reply, Request, button, numbers, screen, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, days_words, esc
from sop_flows.actions.cases import standing
from sop_flows.staffing.responsibility import sees_cases

PAGE = 16  # lines of one list


def status_line(request: Request) -> tuple[str, list[Button]]:
    """ "Kasus perlindungan: 3 aktif · 1 terlambat" with its buttons; "" while none is open, and for whom cases
    are no business."""
    counts = standing.case_counts(request.work, who(request))
    if counts is None:
        return "", [button(_("Cases"), "case_list")] if sees_cases(request.work, who(request)) else []
    late = _("{count} late").format(count=counts.late) if counts.late else _("none late")
    words = _("{count} active").format(count=counts.active)
    if not counts.knows:
        words = _("{count} with steps of your section").format(count=counts.active)
    buttons = [button(_("Cases"), "case_list")] if counts.knows else []
    if counts.knows and counts.late:
        buttons.append(button(_("Late cases"), "case_late"))
    return _("Shelter cases: {words}").format(words=f"{words} · {late}"), buttons


def late_cases(request: Request) -> tuple[str, list[Button]]:
    """ "Kasus perlindungan: 1 terlambat" under what is late of an angkatan, and the way to it; "" when none is."""
    counts = standing.case_counts(request.work, who(request))
    if counts is None or not counts.late:
        return "", []
    late = _("{count} late").format(count=counts.late)
    buttons = [button(_("Late cases"), "case_late")] if counts.knows else []
    return "⏰ " + _("Shelter cases: {words}").format(words=late), buttons


def on_late(request: Request) -> Reply:
    """Which steps of which cases are late, for who knows the child."""
    lines = standing.late_steps(request.work, who(request))
    back = button(_("‹ Status"), "status_open")
    if not lines:
        return screen(request, _("Nothing is late."), ((back,),))
    said = [bold(_("Late cases")) + f" · ⏰ {len(lines)}"]
    for place, line in enumerate(lines[:PAGE], start=1):
        code = case_name(line.case) if line.case is not None else ""
        name = esc(line.assignee_name or _("nobody yet"))
        since = days_words(line.days_late) if line.days_late else _("today")
        said.append(f"{place}. {code} · {line.sop.number} {esc(line.short)} · {name}, {since}")
    if len(lines) > PAGE:
        said.append(_("and {count} more").format(count=len(lines) - PAGE))
    keyboard = numbers("task_open", [line.task.id or 0 for line in lines[:PAGE]])
    return screen(request, "\n".join(said), (*keyboard, (back,)))


ROUTES = Routes(About.CASES, presses={"case_late": on_late})
