"""Shelter cases in /status: one line of figures for heads, and which are late for who knows them."""

from handlers.cases.case_words import case_name
from handlers.ui.request import About, Button, Reply, Request, button, numbers, screen, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, days_words, esc, ngettext, shorten, when_words
from sop_flows.actions.cases import standing
from sop_flows.staffing.responsibility import sees_cases
from sop_flows.views.obstacles import last_obstacles

PAGE = 16  # lines of one list
NOTE = 80  # characters of what hinders


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
    hindered = len(standing.hindered_steps(request.work, who(request))) if counts.knows else 0
    if hindered:
        stuck = ngettext("{count} obstacle at an emergency", "{count} obstacles at emergencies", hindered)
        late += " · ⚠️ " + stuck.format(count=hindered)
    if counts.knows and (counts.late or hindered):
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
    late = standing.late_steps(request.work, who(request))
    ids = {line.task.id for line in late}
    stuck = [line for line in standing.hindered_steps(request.work, who(request)) if line.task.id not in ids]
    lines = (*stuck, *late)
    back = button(_("‹ Status"), "status_open")
    if not lines:
        return screen(request, _("Nothing is late."), ((back,),))
    hinders = last_obstacles(request.session, [line.task.id or 0 for line in lines[:PAGE]])
    said = [bold(_("Late cases")) + f" · ⏰ {len(late)}"]
    for place, line in enumerate(lines[:PAGE], start=1):
        code = case_name(line.case) if line.case is not None else ""
        name = esc(line.assignee_name or _("nobody yet"))
        since = days_words(line.days_late) if line.days_late else _("today")
        if not line.is_late:
            since = when_words(line, request.now, request.institution.zone)
        why = hinders.get(line.task.id or 0)
        note = "" if why is None else _(" · obstacle: {note}").format(note=esc(shorten(why, NOTE)))
        said.append(f"{place}. {code} · {line.sop.number} {esc(line.short)} · {name}, {since}{note}")
    if len(lines) > PAGE:
        said.append(_("and {count} more").format(count=len(lines) - PAGE))
    keyboard = numbers("task_open", [line.task.id or 0 for line in lines[:PAGE]])
    return screen(request, "\n".join(said), (*keyboard, (back,)))


ROUTES = Routes(About.CASES, presses={"case_late": on_late})
