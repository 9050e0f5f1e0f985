"""/laporan and the papers of a step: which there are, one as PDF (and Excel), its number."""

from collections.abc import Sequence

from handlers.cards.listing import as_workbook, being_made, stamp_of
from handlers.papers.paper_values import listing_of, values_of
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    SendFile,
    as_numbers,
    button,
    cohort_of,
    further,
    hiding,
    pressed,
    reply,
    rows,
    screen,
    task_of,
    to_list,
    to_task,
    turning,
    who,
    word,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import _, bold, child_code, esc, ngettext, plain_date_words, shorten
from sop_flows.actions.papers import give_number
from sop_flows.core.notices import FileHidden
from sop_flows.staffing.responsibility import known_case, log_read, log_reads, may_see
from sop_flows.views.papers import (
    PaperFacts,
    PaperLine,
    PaperSheet,
    monthly_papers,
    paper_facts,
    paper_lines,
)
from storage.queries.cohorts import list_open as open_cohorts
from storage.tables import Child, Task

PAGE = 16  # lines of one list
ALL = -1  # number of the button for all copies in one file
NUMBER_MAX = 60  # characters of a number


# --- which there are --------------------------------------------------------------------------------------------


def on_papers(request: Request) -> Reply:
    """/laporan: the papers of one angkatan that the officer may make, ready ones first. Numbers: angkatan, page."""
    officer = who(request)
    cohorts = [one for one in open_cohorts(request.session) if may_see(request.work, officer, one.id or 0)]
    chosen = further(request, 0)
    shown = cohort_of(request, chosen) if chosen else cohorts[0] if cohorts else None
    if shown is None:
        return screen(request, _("No angkatan is open."), rows([*_months(request), to_list()]))
    lines = paper_lines(request.work, officer, cohort=shown.id)
    ways = [button(f"{one.name} ›", "papers", one.id or 0) for one in cohorts if one.id != shown.id]
    ways += [button(_("Lists"), "lists_all", shown.id or 0), *_months(request), to_list()]
    return _list(request, bold(shown.name) + " · " + _("Papers"), lines, "papers", shown.id or 0, ways)


def _months(request: Request) -> list[Button]:
    """The figures of the month, for whoever makes them."""
    papers = request.work.pack.papers.papers
    return [
        button(papers[one].short, "figures", 0, tag=one) for one in monthly_papers(request.work, who(request))
    ]


def on_case(request: Request) -> Reply:
    """The papers of a case, for who knows the child."""
    case = known_case(request.work, who(request), pressed(request))
    lines = paper_lines(request.work, who(request), case=case.id)
    title = bold(_("Case {code}").format(code=case.code_name)) + " · " + _("Papers")
    back = button(_("‹ Back"), "case_page", case.id or 0)
    return _list(request, title, lines, "paper_case", case.id or 0, [back])


def _list(
    request: Request, title: str, lines: Sequence[PaperLine], verb: str, about: int, ways: list[Button]
) -> Reply:
    order = sorted(lines, key=lambda one: not one.is_ready)
    page = min(max(further(request, 1), 0), max((len(order) - 1) // PAGE, 0))
    shown = order[page * PAGE : (page + 1) * PAGE]
    said = [title]
    if not order:
        said.append(_("No step with a paper of yours has begun yet."))
    for place, one in enumerate(shown, start=page * PAGE + 1):
        state = _done_on(one.task) if one.is_ready else _("step not done yet")
        said.append(f"{place}. {esc(one.paper.title)}{_of_child(request, one.task)} · {state}")
    opens = [button("", "paper", one.task.id or 0, 0, tag=one.name) for one in shown]
    turn = turning(
        page, len(order) > (page + 1) * PAGE, lambda text, at: button(text, verb, about, at), short=True
    )
    numbered = as_numbers(opens, page * PAGE + 1)
    return screen(request, "\n".join(said), (*numbered, *rows(turn), *rows(ways)))


def _done_on(task: Task) -> str:
    return plain_date_words(task.done_on) if task.done_on is not None else _("done")


def _of_child(request: Request, task: Task) -> str:
    child = None if task.child_id is None else request.session.get(Child, task.child_id)
    return "" if child is None else f" · No. {child_code(child.number)}"


# --- one of them ------------------------------------------------------------------------------------------------


def on_paper(request: Request) -> Reply:
    """One paper: its copies with their numbers. Numbers: the task, the page; word: the paper."""
    return _paper(request, _facts(request, pressed(request), word(request)))


def _facts(request: Request, task_id: int, name: str) -> PaperFacts:
    return paper_facts(request.work, who(request), task_of(request, task_id), name)


def _paper(request: Request, facts: PaperFacts, above: str = "") -> Reply:
    if len(facts.sheets) == 1:
        return _sheet(request, facts, facts.sheets[0], above)
    task_id = _task_id(facts)
    page = min(max(further(request, 1), 0), max((len(facts.sheets) - 1) // PAGE, 0))
    shown = facts.sheets[page * PAGE : (page + 1) * PAGE]
    said = [*([above] if above else []), *_about(request, facts)]
    if not facts.sheets:
        said.append(_("Nothing is recorded yet that could stand on it."))
    for place, one in enumerate(shown, start=page * PAGE + 1):
        said.append(f"{place}. {esc(_name(facts, one))}{_state(facts, one)}")
    opens = [button("", "paper_sheet", task_id, one.tag, tag=facts.name) for one in shown]
    turn = turning(
        page,
        len(facts.sheets) > (page + 1) * PAGE,
        lambda text, at: button(text, "paper", task_id, at, tag=facts.name),
        short=True,
    )
    files = [button(_("All as PDF"), "paper_pdf", task_id, ALL, tag=facts.name)] if facts.sheets else []
    if files and any(one.children for one in facts.sheets):
        files.append(button(_("Excel"), "paper_excel", task_id, tag=facts.name))
    return screen(
        request,
        "\n".join(said),
        (*as_numbers(opens, page * PAGE + 1), *rows(turn), *rows(files), *rows(_ways_back(request, facts))),
    )


def on_sheet(request: Request) -> Reply:
    """One copy of a paper. Numbers: the task, the copy; word: the paper."""
    facts = _facts(request, pressed(request), word(request))
    sheet = _found(facts, pressed(request, 1))
    return _paper(request, facts) if sheet is None else _sheet(request, facts, sheet)


def _sheet(request: Request, facts: PaperFacts, sheet: PaperSheet, above: str = "") -> Reply:
    task_id = _task_id(facts)
    said = [*([above] if above else []), *_about(request, facts)]
    if sheet.name:
        said.append(esc(_name(facts, sheet)))
    buttons = [button(_("PDF"), "paper_pdf", task_id, sheet.tag, tag=facts.name)]
    if facts.paper.numbered:
        said.append(
            _("Number: {number}").format(number=esc(sheet.number))
            if sheet.number
            else _("It has no number yet: it says “draft” until then.")
        )
        label = _("Change the number") if sheet.number else _("Give a number")
        buttons.append(button(label, "paper_number", task_id, sheet.tag, tag=facts.name))
    elif facts.is_draft(sheet):
        said.append(_("The step is not done: it says “draft” until then."))
    if sheet.children:
        buttons.insert(1, button(_("Excel"), "paper_excel", task_id, tag=facts.name))
    if len(facts.sheets) > 1:
        buttons.append(button(_("All copies"), "paper", task_id, 0, tag=facts.name))
    return screen(request, "\n".join(said), (*rows(buttons), *rows(_ways_back(request, facts))))


def _about(request: Request, facts: PaperFacts) -> list[str]:
    of = facts.cohort.name if facts.cohort is not None else ""
    if facts.case is not None:
        of = _("Case {code}").format(code=facts.case.code_name)
    step = f"SOP {facts.sop.number} · {esc(facts.step.short)}"
    done = _("step not done yet")
    if facts.part.on is not None:
        done = f"{plain_date_words(facts.part.on, request.work.today)}, {esc(facts.part.by)}"
    return [f"{bold(facts.paper.title)} · {esc(of)}", f"{step} · {done}"]


def _name(facts: PaperFacts, sheet: PaperSheet) -> str:
    """ "SDN 1 Contoh · 12 anak", "No. 017"."""
    if facts.paper.each == "child":
        return _("No. {number}").format(number=sheet.name)
    count = len(sheet.children)
    words = ngettext("{count} child", "{count} children", count).format(count=count)
    return f"{shorten(sheet.name, 40) or _('All schools')} · {words}"


def _state(facts: PaperFacts, sheet: PaperSheet) -> str:
    """ " · 12/PU/XII/2026", " · rancangan" (HTML)."""
    if sheet.number:
        return f" · {esc(shorten(sheet.number, 30))}"
    return " · " + _("draft") if facts.is_draft(sheet) else ""


def _ways_back(request: Request, facts: PaperFacts) -> list[Button]:
    task_id = _task_id(facts)
    if facts.case is not None:
        return [button(_("Papers"), "paper_case", facts.case.id or 0), to_task(task_id)]
    cohort_id = 0 if facts.cohort is None else facts.cohort.id or 0
    return [button(_("Papers"), "papers", cohort_id), to_task(task_id)]


def _task_id(facts: PaperFacts) -> int:
    return 0 if facts.task is None else facts.task.id or 0


def _found(facts: PaperFacts, tag: int) -> PaperSheet | None:
    return next((one for one in facts.sheets if one.tag == tag), None)


# --- as files ---------------------------------------------------------------------------------------------------


def on_pdf(request: Request) -> Reply:
    """[PDF]: one copy, or all in one file. It is noted who made it, when, and of whom."""
    facts = _facts(request, pressed(request), word(request))
    tag = pressed(request, 1)
    chosen = [one for one in facts.sheets if tag in (ALL, one.tag)]
    if not chosen:
        return _paper(request, facts)
    _log(request, facts, chosen)
    values = values_of(request.work.pack, facts, who(request).name, request.work.today)
    values["sheets"] = [
        one for one, sheet in zip(values["sheets"], facts.sheets, strict=True) if sheet in chosen
    ]
    arguments = {
        "template": request.work.pack.papers.template_of(facts.name),
        "values": values,
        "stamp": stamp_of(request),
    }
    name = f"{facts.name.replace('_', '-')}-{request.work.today}.pdf"
    caption = esc(facts.paper.title)
    is_draft = any(facts.is_draft(one) for one in chosen)
    if is_draft:
        caption += " · " + _("draft")
    # What is meant to be signed leaves the phone; of a case only what has its number.
    protect = facts.case is not None and not all(one.number for one in chosen)
    answer = reply(
        being_made(),
        SendFile("paper", arguments, caption=caption, filename=name, photo=False, protect=protect),
    )
    return answer if facts.case is None else hiding(answer, FileHidden())


def on_excel(request: Request) -> Reply:
    """[Excel]: the children of a paper as a sheet."""
    facts = _facts(request, pressed(request), word(request))
    if facts.case is not None or not any(one.children for one in facts.sheets):
        return _paper(request, facts)
    _log(request, facts, facts.sheets)
    values = values_of(request.work.pack, facts, who(request).name, request.work.today)
    name = f"{facts.name.replace('_', '-')}-{request.work.today}"
    return as_workbook(request, listing_of(facts, values), name)


def _log(request: Request, facts: PaperFacts, sheets: Sequence[PaperSheet]) -> None:
    what = f"paper {facts.name}"
    if facts.case is not None:
        log_read(request.work, what, case_id=facts.case.id)
        return
    ids = dict.fromkeys(one.child.id for sheet in sheets for one in sheet.children)
    if ids:
        log_reads(request.work, what, ids)
    else:
        log_read(request.work, what)


# --- its number -------------------------------------------------------------------------------------------------


def on_number(request: Request) -> Reply:
    """[Beri nomor]."""
    facts = _facts(request, pressed(request), word(request))
    sheet = _found(facts, pressed(request, 1))
    if sheet is None or not facts.paper.numbered:
        return _paper(request, facts)
    draft = {"name": facts.name, "tag": sheet.tag, "was": sheet.number}
    return GIVE_NUMBER.begin(request, draft, task_id=_task_id(facts))


def _ask(talk: Talk) -> Screen:
    facts = _facts(talk.request, talk.task_id, str(talk.draft.get("name")))
    sheet = _found(facts, int(talk.draft.get("tag") or 0))
    about = esc(_name(facts, sheet)) if sheet is not None and sheet.name else ""
    title = f"{bold(facts.paper.title)}{' · ' + about if about else ''}"
    return f"{title}\n" + _("Type its number, for example 12/PU/XII/2026."), ()


def _read(talk: Talk) -> str:
    number = " ".join((talk.request.text or "").split())
    if not any(sign.isdecimal() for sign in number) or len(number) > NUMBER_MAX:
        raise NotAnAnswerError(
            _("A number has a digit and at most {limit} characters.").format(limit=NUMBER_MAX)
        )
    return number


def _give(talk: Talk) -> Reply:
    name, tag = str(talk.draft.get("name")), int(talk.draft.get("tag") or 0)
    number = str(talk.draft["number"])
    stands = give_number(talk.request.work, talk.task_id, name, tag, number, talk.draft.get("was"))
    facts = _facts(talk.request, talk.task_id, name)
    sheet = _found(facts, tag)
    said = _("✅ The number is noted.")
    if stands != number:
        said = _(
            "Somebody numbered it meanwhile, so “{number}” is not noted. To replace it: Change the number."
        )
        said = said.format(number=esc(number))
    return _paper(talk.request, facts, said) if sheet is None else _sheet(talk.request, facts, sheet, said)


GIVE_NUMBER = Dialog("paper_number", (Field("number", _ask, _read),), _give)


ROUTES = merge(
    Routes(About.NOTHING, commands={"laporan": on_papers}, presses={"papers": on_papers}),
    Routes(About.CASE, presses={"paper_case": on_case}),
    Routes(
        About.TASK,
        presses={
            "paper": on_paper,
            "paper_sheet": on_sheet,
            "paper_pdf": on_pdf,
            "paper_excel": on_excel,
            "paper_number": on_number,
        },
        dialogs=(GIVE_NUMBER,),
    ),
)
