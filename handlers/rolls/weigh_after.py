"""After a weigh-in: the chart, and who is to be seen by the nurse."""

import re

from handlers.cards.weighing import chart
from handlers.people.officer_words import looking_after
from handlers.rolls.roll_steps import finished
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.ui.kilograms import change
from handlers.ui.request import About, Reply, Request, button, pressed, reply, rows, screen, to_list, who
from handlers.ui.routing import Routes
from handlers.ui.words import LABEL_MAX, _, child_code, esc, shorten
from sop_flows.actions import incidents
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll, seen_roll
from sop_flows.recording.weigh_ins import summarise
from sop_flows.staffing.responsibility import log_reads
from storage.queries.children import list_names
from storage.queries.incidents import list_marked

MARKS_SHOWN = 30  # buttons of one screen; who lost most comes first
_NUMBERS = re.compile(r"\d{1,4}")


def on_chart(request: Request) -> Reply:
    """Grafik: drawn after the commit, from codes and numbers only; for whoever may see the children."""
    roll = seen_roll(request.work, who(request), pressed(request))
    picture = chart(request.work, roll)
    if picture is None:
        return screen(request, _("Nobody has been weighed yet."), ((to_list(),),))
    return reply(picture)


def on_flags(request: Request) -> Reply:
    """Tandai untuk perawat: who lost weight, to be marked by a tap; others by number."""
    roll = find_roll(request.work, who(request), pressed(request))
    return _flags(request, roll, Talk(asks="flags"))


def on_flag(request: Request) -> Reply:
    """Mark or unmark one child."""
    roll = lock_roll(request.work, who(request), pressed(request))
    row = roll.row_of(pressed(request, 1))
    talk = talk_about(request, roll.task_id)
    talk.asks = "flags"
    _toggle(request, talk, row.child_id, row.number)
    return _flags(request, roll, talk)


def flags_typed(request: Request, roll: Roll, talk: Talk) -> Reply:
    """Numbers typed while children are being marked."""
    unknown = []
    for word in _NUMBERS.findall(request.text or ""):
        row = roll.row_numbered(int(word))
        if row is None:
            unknown.append(child_code(int(word)))
        else:
            _toggle(request, talk, row.child_id, row.number)
    if unknown:
        said = _("There is no child No. {number} on this list.").format(number=", ".join(unknown))
        return _flags(request, roll, talk, said)
    return _flags(request, roll, talk)


def _toggle(request: Request, talk: Talk, child_id: int, number: int) -> None:
    is_marked = child_id in list_marked(request.session, [child_id])
    if is_marked:
        incidents.unmark(request.work, child_id)
    else:
        incidents.mark(request.work, child_id)
    talk.picked = [one for one in talk.picked if one != number] + ([] if is_marked else [number])


def _flags(request: Request, roll: Roll, talk: Talk, said: str = "") -> Reply:
    marked = list_marked(request.session, [row.child_id for row in roll.rows])
    lost = {one.child_id: one.change_g or 0 for one in summarise(request.session, roll).lost}
    listed = [
        *lost,
        *(row.child_id for row in roll.rows if row.child_id in marked and row.child_id not in lost),
    ]
    names = list_names(request.session, listed[:MARKS_SHOWN])
    log_reads(request.work, "weigh_flags", names)
    buttons = []
    for child_id, name in ((one, names[one]) for one in listed[:MARKS_SHOWN]):
        mark = "☑" if child_id in marked else "☐"
        start = f"{mark} {child_code(roll.row_of(child_id).number)}"
        end = f" {change(lost[child_id])}" if child_id in lost else ""
        label = f"{start} {shorten(name, LABEL_MAX - len(start) - 1 - len(end))}{end}"
        buttons.append(button(label, "weigh_flag", roll.task_id, child_id))
    lines = [said] if said else []
    role = esc(looking_after(request.institution.pack.unit))
    asked = _("Whom should the {role} see? Tap the numbers, or type others, for example 012.")
    lines.append(asked.format(role=role))
    done = button(_("Done"), "weigh_flags_end", roll.task_id, style="success")
    return show(request, roll, talk, "\n".join(lines), (*rows(buttons), (done,)))


def on_flags_end(request: Request) -> Reply:
    """Who was marked, once more; whoever must act was told with the first tap."""
    roll = lock_roll(request.work, who(request), pressed(request))
    picked = sorted(talk_about(request, roll.task_id).picked)
    said = ""
    if picked:
        codes = ", ".join(child_code(number) for number in picked)
        said = _("Marked for the {role}: No. {codes}. It is open until it is answered.").format(
            codes=codes, role=esc(looking_after(request.institution.pack.unit))
        )
    return finished(request, roll, said)


ROUTES = Routes(
    About.TASK,
    presses={
        "weigh_chart": on_chart,
        "weigh_flags": on_flags,
        "weigh_flag": on_flag,
        "weigh_flags_end": on_flags_end,
    },
)
