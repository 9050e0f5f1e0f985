"""/mulai: start an SOP by hand for an angkatan, a child or a case; look before it starts; take it back."""

from dataclasses import replace

from sqlmodel import col, select

from handlers.cards.task_card import task_card
from handlers.children.children import FOUND_MAX, more_found
from handlers.ui import conversation
from handlers.ui.dialog import Dialog, Field, Screen, Talk, forget_name
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    Say,
    button,
    pressed,
    reply,
    rows,
    screen,
    to_list,
    who,
    word,
)
from handlers.ui.routing import Handler, Routes, merge
from handlers.ui.words import _, bold, child_code, cohort_prefix, esc, moment_words, sections
from sop_flows.actions import start
from sop_flows.actions.cohorts.child_search import search
from sop_flows.core.work import Subject, schools_of
from sop_flows.declarations.sop import Sop
from sop_flows.errors import AlreadyRunningError, NotFoundError
from sop_flows.staffing.children import of_own_schools
from sop_flows.staffing.responsibility import log_read, log_reads
from storage.queries import children
from storage.queries.children import ChildRow
from storage.tables import UNFINISHED, Case, Child, Cohort, Run, School, Task

LISTED = 24  # children with a button; more are asked for by number or name
Kind = type[Child] | type[Case] | type[Cohort] | type[School]
VERBS = {
    "cohort": "start_go",
    "school": "start_go_school",
    "child": "start_go_child",
    "case": "start_go_case",
}  # of the button that starts, by whom the SOP is about


# --- which SOP, for whom ------------------------------------------------------------------------------------------


def on_start(request: Request) -> Reply:
    """/mulai, with the number of an SOP behind it or not."""
    said = (request.text or "").partition(" ")[2].strip() if request.kind == "command" else ""
    if said:
        number = said.casefold().removeprefix("sop").strip()
        if any(sop.number == number for sop in start.by_hand(request.institution.pack)):
            return choose_subject(request, start.find_startable(request.work, who(request), number))
    found = start.startable(request.work, who(request))
    if not found:
        text = _("There is no SOP that you start yourself. The others start by their own rule.")
        return screen(request, text, ((to_list(), button(_("SOP handbook"), "book_list", 0)),))
    lines = [bold(_("Which SOP do you want to start?"))]
    lines += [f"{esc(sop.number)} {esc(sop.title)} · {_for_whom(sop)}" for sop in found]
    lines.append(_("All other SOPs start by themselves at their time."))
    picks = [button(sop.number, "start_sop", tag=sop.number) for sop in found]
    return screen(request, "\n".join(lines), (*rows(picks, 3), (to_list(),)))


def _for_whom(sop: Sop) -> str:
    words = {"school": _("for one school"), "child": _("for one child"), "case": _("for one case")}
    return words.get(sop.subject, _("for the cohort"))


def on_sop(request: Request) -> Reply:
    """An SOP: for whom?"""
    return choose_subject(request, _sop(request))


def _sop(request: Request) -> Sop:
    return start.find_startable(request.work, who(request), word(request))


def choose_subject(request: Request, sop: Sop) -> Reply:
    """The angkatan (when several are open) and the child, or the case; one that is the only one is not asked."""
    if sop.subject == "case":
        return _choose_case(request, sop)
    found = start.cohorts_for(request.work, who(request))
    if not found:
        return screen(request, _("No cohort is open."), ((_back(),),))
    if len(found) > 1:
        text = f"{_title(sop)}\n" + _("For which cohort?")
        picks = [button(one.name, "start_in", one.id or 0, tag=sop.number) for one in found]
        return screen(request, text, (*rows(picks), (_back(),)))
    return _in_cohort(request, sop, found[0])


def on_cohort(request: Request) -> Reply:
    """An angkatan."""
    return _in_cohort(request, _sop(request), _cohort(request, pressed(request)))


def _cohort(request: Request, cohort_id: int) -> Cohort:
    cohort = request.session.get(Cohort, cohort_id)
    if cohort is None or cohort not in start.cohorts_for(request.work, who(request)):
        raise NotFoundError
    return cohort


def _in_cohort(request: Request, sop: Sop, cohort: Cohort) -> Reply:
    if sop.subject == "child":
        return CHILD.begin(request, {"sop": sop.number, "cohort": cohort.id})
    return _choose_school(request, sop, cohort) if sop.subject == "school" else _look(request, sop, cohort)


def _choose_school(request: Request, sop: Sop, cohort: Cohort) -> Reply:
    found = schools_of(request.session, cohort.id or 0)
    text = _("For which school?") if found else _("No school yet: they come with the roster.")
    picks = [button(one.name, "start_school", one.id or 0, tag=sop.number) for one in found]
    return screen(request, f"{_title(sop)}\n{text}", (*rows(picks, 1), (_back(),)))


def _sop_of(talk: Talk) -> Sop:
    return start.find_startable(talk.request.work, who(talk.request), str(talk.draft["sop"]))


def _ask_child(talk: Talk) -> Screen:
    """By a button with its number, or typed as in /anak."""
    request, sop = talk.request, _sop_of(talk)
    cohort = _cohort(request, talk.draft["cohort"])
    everyone = of_own_schools(
        request.work, who(request), children.list_children(request.session, [cohort.id or 0])
    )
    present = [row for row in everyone if row.is_present]
    lines = [_title(sop), *([talk.said] if talk.said else [])]
    if not present:
        return "\n".join([*lines, _("No child is on the list yet.")]), ()
    lines.append(_("For which child? Type the number or the name, for example 17."))
    picks = [_pick(sop, row) for row in present] if len(present) <= LISTED else []
    log_reads(request.work, "start list", [row.child.id or 0 for row in present] if picks else [])
    return cohort_prefix(request.session, cohort) + "\n".join(lines), rows(picks)


def _read_child(talk: Talk) -> Reply | int:
    """The one it names; several are listed."""
    request, sop = talk.request, _sop_of(talk)
    cohort = _cohort(request, talk.draft["cohort"])
    meant = search(request.session, [cohort.id or 0], request.text or "")
    found = [row for row in of_own_schools(request.work, who(request), meant) if row.is_present]
    if len(found) == 1:
        return found[0].child.id or 0
    gone = forget_name(request, request.text or "")
    if not found:
        said = _("I find no such child. Type the number, or a part of the name.")
        return CHILD.change(replace(talk, said=said), "child").and_then(*gone)
    shown = found[:FOUND_MAX]
    for one in shown:
        log_read(request.work, "start search", child_id=one.child.id)
    lines = [_title(sop), _("Which child?")]
    lines += [
        f"{child_code(one.child.number)} · {esc(one.child.name)} · {esc(one.school.name)}" for one in shown
    ]
    keyboard = (*rows([_pick(sop, one) for one in shown], 5), (_back(),))
    return reply(Say("\n".join([*lines, *more_found(len(found))]), keyboard, protect=True), *gone)


def _choose_case(request: Request, sop: Sop) -> Reply:
    found = start.cases_for(request.work, who(request))
    if not found:
        text = _("No open case is yours. Ask the social worker of the case to start this SOP.")
        return screen(request, f"{_title(sop)}\n{text}", ((_back(),),))
    picks = [button(case.code_name, "start_case", case.id or 0, tag=sop.number) for case in found]
    return screen(request, f"{_title(sop)}\n" + _("For which case?"), (*rows(picks), (_back(),)))


def _chosen(kind: Kind) -> Handler:
    """Answers the button of one of them."""
    return lambda request: _look(request, _sop(request), _about(request, kind))


def _about(request: Request, kind: Kind) -> Subject:
    """The row of the button's first number. Raises NotFoundError, also for what the officer may not see."""
    found = request.session.get(kind, pressed(request))
    if not isinstance(found, (Child, Case, Cohort, School)):
        raise NotFoundError
    start.check_about(request.work, who(request), _sop(request), found)
    return found


# --- look, start, take back ---------------------------------------------------------------------------------------


def _look(request: Request, sop: Sop, about: Subject) -> Reply:
    """What would start, before it does; or what runs already."""
    conversation.end(request, CHILD.topic)
    start.check_about(request.work, who(request), sop, about)
    former = start.running(request.session, sop, about)
    if former is not None:
        return _runs_already(request, sop, start.already(request.session, former))
    first = next(iter(sop.asked_steps))
    unit = request.institution.pack.unit
    lines = [
        _("Start {sop} for {who}?").format(sop=_title(sop), who=_name(request, about)),
        _("First step: {step}, with {who}.").format(
            step=esc(first.short), who=esc(sections(unit, first.executors))
        ),
    ]
    verb = VERBS[sop.subject]
    go = button(_("Start"), verb, about.id or 0, tag=sop.number, style="success")
    return screen(request, "\n".join(lines), ((go, _back()),))


def _name(request: Request, about: Subject) -> str:
    """ "No. 012 · Nama", "Kasus Kenanga", the angkatan (HTML)."""
    if isinstance(about, Case):
        return _("Case {code}").format(code=esc(about.code_name))
    if isinstance(about, (Cohort, School)):
        return esc(about.name)
    log_read(request.work, "start", child_id=about.id)
    number = _("No. {number}").format(number=child_code(about.number))
    cohort = request.session.get_one(Cohort, about.cohort_id)
    return f"{cohort_prefix(request.session, cohort)}{number} · {esc(about.name)}"


def _started(kind: Kind) -> Handler:
    """Answers [Mulai]."""
    return lambda request: _go(request, _about(request, kind))


def _go(request: Request, about: Subject) -> Reply:
    sop = _sop(request)
    try:
        run = start.start(request.work, who(request), sop.number, about)
    except AlreadyRunningError as error:
        return _runs_already(request, sop, error)
    said = "✅ " + _("{sop} has started.").format(sop=_title(sop))
    return _first_card(request, run, said)


def _runs_already(request: Request, sop: Sop, error: AlreadyRunningError) -> Reply:
    """A kind word, and where it stands."""
    since = (
        moment_words(error.since, request.now, request.institution.zone) if error.since is not None else ""
    )
    said = (
        _("{sop} runs already, started by {who} {when}.")
        if error.who is not None
        else _("{sop} runs already, since {when}.")
    ).format(sop=_title(sop), who=esc(error.who or ""), when=since)
    return _first_card(request, request.session.get_one(Run, error.run_id), said)


def _first_card(request: Request, run: Run, said: str) -> Reply:
    """The card of the first step that is open, with `said` above it, and "Urungkan" while that can be."""
    task = request.session.exec(
        select(Task)
        .where(Task.run_id == run.id, col(Task.state).in_(UNFINISHED))
        .order_by(col(Task.state), col(Task.step), col(Task.id))
    ).first()
    undo: Keyboard = ()
    if start.may_take_back(request.work, who(request), run):
        undo = ((button(_("Undo the start"), "start_undo", run.id or 0),),)
    if task is None:
        return screen(request, said, (*undo, (to_list(),)))
    text, keyboard = task_card(request, task.id or 0)
    return screen(request, f"{said}\n\n{text}", (*keyboard, *undo))


def on_undo(request: Request) -> Reply:
    """Urungkan on a start."""
    run = start.take_back(request.work, who(request), pressed(request))
    sop = request.institution.pack.sops.get(run.sop)
    title = _title(sop) if sop is not None else f"SOP {esc(run.sop)}"
    return screen(request, _("Taken back: {sop} has not started.").format(sop=title), ((_back(), to_list()),))


def _title(sop: Sop) -> str:
    return bold(f"SOP {sop.number} {sop.title}")


def _pick(sop: Sop, row: ChildRow) -> Button:
    return button(
        f"{child_code(row.child.number)} {row.child.name}", "start_child", row.child.id or 0, tag=sop.number
    )


def _back() -> Button:
    return button(_("‹ Back"), "start_list")


def _look_at_child(talk: Talk) -> Reply:
    child = talk.request.session.get_one(Child, talk.draft["child"])
    return _look(talk.request, _sop_of(talk), child).and_then(
        *forget_name(talk.request, talk.request.text or "")
    )


CHILD = Dialog(
    "start_child", (Field("child", _ask_child, _read_child),), _look_at_child, lambda _talk: _back()
)
ROUTES = merge(
    Routes(
        About.NOTHING,
        commands={"mulai": on_start},
        presses={
            "start_list": on_start,
            "start_sop": on_sop,
            "start_in": on_cohort,
            "start_child": _chosen(Child),
            "start_go": _started(Cohort),
            "start_school": _chosen(School),
            "start_go_school": _started(School),
            "start_go_child": _started(Child),
        },
        dialogs=(CHILD,),
    ),
    Routes(About.CASE_PART, presses={"start_case": _chosen(Case), "start_go_case": _started(Case)}),
    Routes(About.RUN, presses={"start_undo": on_undo}),
)
