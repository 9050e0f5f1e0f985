"""What runs for months in a case: the lines of the section that looks, each with its step's card."""

from handlers.cases.case_words import in_order, service_lines
from handlers.ui.request import About, Reply, Request, button, numbers, pressed, rows, screen, to_list, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold
from sop_flows.actions.cases import lists
from sop_flows.errors import NotFoundError
from sop_flows.staffing.responsibility import knows
from storage.tables import Case

PAGE = 16  # lines: the shelter's SOPs have thirteen


def on_services(request: Request) -> Reply:
    """[Layanan berjalan] of a case."""
    return show_services(request, pressed(request))


def show_services(request: Request, case_id: int, said: str = "") -> Reply:
    """The services that the officer sees: all for who knows the child, else the own section's.

    Raises NotFoundError: no such case, or nothing in it for the officer.
    """
    case = request.session.get(Case, case_id)
    if case is None:
        raise NotFoundError
    seen = lists.seen_services(request.work, who(request), case)
    found = in_order(seen)[:PAGE]
    known = knows(request.work, who(request), case)
    if not found and not known:
        raise NotFoundError
    lines = [
        *([said, ""] if said else []),
        bold(_("Case {code}").format(code=case.code_name)) + " · " + _("Running for 3-6 months"),
        *service_lines(request, found),
    ]
    if not found:
        lines.append(_("Nothing is running."))
    back = button(_("‹ Back"), "case_page" if known else "case_mine", case_id)
    keyboard = numbers("task_open", [one.task.id or 0 for one in found])
    return screen(request, "\n".join(lines), (*keyboard, *rows([back, to_list()])))


ROUTES = Routes(About.CASE_PART, presses={"case_services": on_services})
