"""Several lines of a list done at once: ticked, or named ("selesai 1 3 4"); said back before anything is recorded."""

import re

from handlers.cards.task_card import kind_of
from handlers.ui.dialog import Dialog, Field, Screen, Talk, is_over
from handlers.ui.refusals import sentence
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    Say,
    button,
    picks_in_rows,
    pressed,
    reply,
    rows,
    screen,
    task_of,
    ticked,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.shown import last_list
from handlers.ui.words import _, esc, moment_words, ngettext, task_words
from sop_flows.actions.cases.keeping import is_last_step
from sop_flows.actions.confirm import confirm
from sop_flows.core.work import declared
from sop_flows.errors import RuleError
from sop_flows.recording.records import asked_first, facts_of, unmet
from sop_flows.staffing.responsibility import last_said, name_of
from sop_flows.views.task_views import TaskLine, my_tasks, task_line
from storage.tables import CLOSED, SAYABLE

LINES = 16  # of one screen
TICKS_IN_A_ROW = 5

_DONE = re.compile(
    r"(?:sudah )?(?:selesai|beres|done)(?: nomor| no\.?)?[ :]+(?P<numbers>\d{1,2}(?:(?:[ ,;&]|dan|-|s/?d)+\d{1,2})*)\.?",
    re.IGNORECASE,
)
_SPAN = re.compile(r"(\d{1,2})\s*(?:-|s/?d)\s*(\d{1,2})", re.IGNORECASE)


def numbers_said(words: str) -> tuple[int, ...] | None:
    """The lines that "selesai 1 3 4", "selesai 1-3, 5" name; None when it is no such sentence."""
    match = _DONE.fullmatch(words.strip())
    if match is None:
        return None
    spans = [range(int(first), int(last) + 1) for first, last in _SPAN.findall(match["numbers"])]
    single = [int(one) for one in re.findall(r"\d+", _SPAN.sub(" ", match["numbers"]))]
    return tuple(sorted({*single, *(one for span in spans for one in span)}))


def on_named(request: Request) -> Reply:
    """ "selesai 1 3 4": those lines of the last list that was on the phone."""
    shown = last_list(request)
    wanted = numbers_said(request.text or "") or ()
    if shown is None:
        text = _("Of which list? Open your tasks, then write for example: done 1 3.")
        return reply(Say(text, ((to_list(),),)))
    missing = [one for one in wanted if one not in shown.lines]
    tasks = {one: shown.lines[one] for one in wanted if one in shown.lines}
    if not tasks:
        text = _("The list has no line {numbers}. Open your tasks and look again.")
        return reply(Say(text.format(numbers=", ".join(map(str, missing))), ((to_list(),),)))
    return SEVERAL.begin(
        request, {"tasks": _pairs(tasks), "ticked": _ready(request, tasks), "missing": missing, "named": True}
    )


def on_open(request: Request) -> Reply:
    """[Tandai beberapa]: the lines of one's own list with their ticks."""
    found = my_tasks(request.work, who(request))
    tasks = {
        place: line.task.id or 0 for place, line in enumerate(found, start=1) if _why_not(request, line) == ""
    }
    tasks = dict(list(tasks.items())[:LINES])
    if not tasks:
        return screen(
            request, _("None of your tasks is done with one tap. Open them one by one."), ((to_list(),),)
        )
    return SEVERAL.begin(request, {"tasks": _pairs(tasks), "ticked": [], "missing": []})


def _pairs(tasks: dict[int, int]) -> list[list[int]]:
    return [[number, task_id] for number, task_id in tasks.items()]


def _ready(request: Request, tasks: dict[int, int]) -> list[int]:
    return [one for one in tasks.values() if _why_not(request, _line(request, one)) == ""]


def _line(request: Request, task_id: int) -> TaskLine:
    return task_line(request.work, task_of(request, task_id), who(request))


def _why_not(request: Request, line: TaskLine) -> str:
    """Why the line can not be finished here (HTML); "" when it can."""
    task = line.task
    if task.state in CLOSED:
        said = last_said(request.session, task)
        if said is None:
            return _("no longer to be done")
        return _("done by {who}, {when}").format(
            who=esc(name_of(request.session, said.officer_id) or ""),
            when=moment_words(said.recorded_at, request.now, request.institution.zone),
        )
    if task.state not in SAYABLE:
        return _("not open yet")
    if not line.mine:
        name = line.assignee_name
        return _("{who} has it").format(who=esc(name)) if name else _("not yours")
    _sop, step = declared(request.session, task)
    if kind_of(step) != "plain" or asked_first(task, step) or is_last_step(request.work, task):
        return _("asks for more: open it")
    if unmet(facts_of(request.session, task, step)):
        return _("something is not met yet: open it")
    return ""


# --- the screen ------------------------------------------------------------------------------------------------


def _ask(talk: Talk) -> Screen:
    request, chosen = talk.request, set(talk.draft["ticked"])
    lines: list[str] = []
    picks: list[Button] = []
    for number, task_id in talk.draft["tasks"]:
        line = _line(request, task_id)
        why = _why_not(request, line)
        words = task_words(request.session, line)
        if why:
            lines.append(f"– {number}. {words}: {why}")
            continue
        on = task_id in chosen
        lines.append(f"{'☑' if on else '☐'} {number}. {words}")
        picks.append(button(ticked(str(number), on), "several_tick", task_id, int(not on)))
    if missing := talk.draft.get("missing"):
        lines.append(_("The list has no line {numbers}.").format(numbers=", ".join(map(str, missing))))
    asked = (
        _("Are these done, today?")
        if talk.draft.get("named")
        else _("Which ones are done? Tap their numbers.")
    )
    lines.insert(0, asked if picks else _("None of these can be marked as done here:"))
    count = len(chosen)
    yes = button(_("Done ({count})").format(count=count), "several_yes", style="success")
    return "\n".join(lines), (
        *picks_in_rows(picks, TICKS_IN_A_ROW),
        *rows([*([yes] if count else []), _cancel(talk)]),
    )


def on_tick(request: Request) -> Reply:
    """A line was tapped; the button says which way, so that a second tap changes nothing."""
    talk = SEVERAL.talk(request, "sure")
    if talk is None:
        return is_over(request)
    task_id, on = pressed(request), bool(pressed(request, 1))
    offered = {one for _number, one in talk.draft["tasks"]}
    if task_id in offered:
        kept = [one for one in talk.draft["ticked"] if one != task_id]
        talk.draft["ticked"] = [*kept, task_id] if on else kept
    return SEVERAL.change(talk, "sure")


def _record(talk: Talk) -> Reply:
    """Each that is still to be done; what a colleague did meanwhile is named."""
    request = talk.request
    done: list[str] = []
    others: list[str] = []
    for _number, task_id in talk.draft["tasks"]:
        if task_id not in talk.draft["ticked"]:
            continue
        line = _line(request, task_id)
        words = task_words(request.session, line)
        why = _why_not(request, line)
        if not why:
            try:
                with request.session.begin_nested():
                    confirm(request.work, task_id)
            except RuleError as error:
                why = sentence(request, error)
        if why:
            others.append(f"– {words}: {why}")
        else:
            done.append(f"• {words}")
    lines = []
    if done:
        count = len(done)
        lines = [
            ngettext("✅ {count} task done:", "✅ {count} tasks done:", count).format(count=count),
            *done,
        ]
    if others:
        lines += [_("Not recorded:"), *others]
    undo = [button(_("Undo"), "last_undo")] if done else []
    return screen(request, "\n".join(lines) or _("Nothing is recorded."), ((*undo, to_list()),))


def _cancel(_talk: Talk) -> Button:
    return button(_("Cancel"), "several_stop")


SEVERAL = Dialog(
    "several_done",
    (Field("sure", _ask),),
    _record,
    _cancel,
    elsewhere=is_over,
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "several_open": on_open,
        "several_tick": on_tick,
        "several_yes": SEVERAL.confirm,
        "several_stop": SEVERAL.leave,
    },
    dialogs=(SEVERAL,),
)
