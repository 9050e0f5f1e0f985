"""What is reported to the head of the house: read, [Terima] or [Tanya dulu]; and the answer of who reported."""

from handlers.cases.decision_words import decision_lines
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.form_words import entry_lines
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    as_numbers,
    button,
    further,
    hiding,
    pressed,
    rows,
    screen,
    task_of,
    to_list,
    turning,
    who,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import _, bold, clip, esc, ngettext, section, stamp_words, task_words
from sop_flows.actions import reports
from sop_flows.core.notices import CaseHidden
from sop_flows.staffing.responsibility import log_read, name_of
from sop_flows.views.task_views import task_line
from storage.tables import Report

PAGE = 4  # records of one page of a report
LINES = 16  # reports of one list


def waiting_words(found: tuple[Report, ...]) -> str:
    """ "Laporan untuk dibaca: 2" (HTML)."""
    return _("Reports to read: {count}").format(count=len(found))


def waiting_button(found: tuple[Report, ...]) -> list[Button]:
    """Leads to what is to be read; nothing without any."""
    if not found:
        return []
    if len(found) == 1:
        return [button(_("Read the report"), "report_open", found[0].task_id, found[0].id or 0)]
    words = ngettext("Read {count} report", "Read {count} reports", len(found))
    return [button(words.format(count=len(found)), "report_list")]


def on_list(request: Request) -> Reply:
    """What is to be read, the oldest first."""
    found = reports.open_for(request.work, who(request))[:LINES]
    if not found:
        return screen(request, _("There is no report to read."), ((to_list(),),))
    said = [bold(waiting_words(found))]
    said += [f"{place}. {_line(request, one)}" for place, one in enumerate(found, start=1)]
    ids = [button("", "report_open", one.task_id, one.id or 0) for one in found]
    return screen(request, "\n".join(said), (*as_numbers(ids), (to_list(),)))


def _line(request: Request, report: Report) -> str:
    """ "Kasus Kenanga · Lapor hasil evaluasi · Budi, kemarin 10.42 · dijawab" (HTML)."""
    line = task_line(request.work, task_of(request, report.task_id), who(request))
    words = f"{task_words(request.session, line)} · {_by(request, report)}"
    state = _("asked back") if report.question else ""
    if report.answered_at is not None:
        state = _("answered")
    return " · ".join(filter(None, (words, state)))


def _by(request: Request, report: Report) -> str:
    name = esc(name_of(request.session, report.reported_by_id) or "")
    when = stamp_words(report.reported_at, request.now, request.institution.zone)
    return f"{name} ({esc(section(request.institution.pack.unit, report.role))}), {when}"


def on_open(request: Request) -> Reply:
    """A report. Numbers: the task, the report, the page."""
    report = reports.find(request.work, pressed(request, 1), task_of(request, pressed(request)).id or 0)
    return show_report(request, report, page=further(request, 2))


def show_report(request: Request, report: Report, said: str = "", *, page: int = 0) -> Reply:
    """What it says, who asked what, and what the officer can say; of a case it is hidden again."""
    task = task_of(request, report.task_id)
    line = task_line(request.work, task, who(request))
    if task.case_id is not None:
        log_read(request.work, "report", case_id=task.case_id)
    found = reports.contents(request.session, report)
    pages = max(-(-len(found) // PAGE), 1)
    page = min(max(page, 0), pages - 1)
    lines = [*([said, ""] if said else []), bold(_("Report")) + f" · {task_words(request.session, line)}"]
    lines.append(_by(request, report) + (f" · {page + 1}/{pages}" if pages > 1 else ""))
    for record, of in found[page * PAGE : (page + 1) * PAGE]:
        entry, its = entry_lines(request, record, of), task_line(request.work, of, who(request))
        if its.step.decision is not None:  # who said what says more than its form
            entry = [entry[0], *decision_lines(request, its)]
        lines += ["", *entry]
    if not found:
        lines += ["", _("Nothing was recorded at its steps.")]
    lines += ["", *_talk(request, report)]
    shown = screen(request, clip("\n".join(lines).strip()), _keyboard(request, report, page, pages))
    return shown if task.case_id is None else hiding(shown, CaseHidden(case=task.case_id))


def _talk(request: Request, report: Report) -> list[str]:
    """What was asked and answered, and whether it is accepted."""
    said = []
    if report.question and report.asked_at is not None:
        who_asked = esc(name_of(request.session, report.asked_by_id) or "")
        said.append(_("{who} asks: {words}").format(who=who_asked, words=esc(report.question)))
    if report.answer:
        who_did = esc(name_of(request.session, report.reported_by_id) or "")
        said.append(_("{who} answers: {words}").format(who=who_did, words=esc(report.answer)))
    if report.closed_at is not None and report.closed_by_id is not None:
        when = stamp_words(report.closed_at, request.now, request.institution.zone)
        name = esc(name_of(request.session, report.closed_by_id) or "")
        said.append("✅ " + _("Accepted by {who}, {when}").format(who=name, when=when))
    elif report.closed_at is not None:
        said.append(_("It was taken back."))
    return said


def _keyboard(request: Request, report: Report, page: int, pages: int) -> Keyboard:
    ids = (report.task_id, report.id or 0)
    buttons: list[Button] = []
    if report.closed_at is None and reports.reads(request.work, report):
        buttons = [
            button(_("Accept"), "report_accept", *ids, style="success"),
            button(_("Ask back"), "report_ask", *ids),
        ]
    if report.closed_at is None and report.question and report.reported_by_id == who(request).id:
        buttons.append(button(_("Answer"), "report_answer", *ids))
    turn = turning(page, page < pages - 1, lambda text, at: button(text, "report_open", *ids, at))
    return (*rows(buttons), *rows(turn), (button(_("The step"), "task_open", report.task_id), to_list()))


def on_accept(request: Request) -> Reply:
    """[Terima]: who reported hears so; then the next one."""
    task_of(request, pressed(request))
    report = reports.accept(request.work, pressed(request, 1), pressed(request))
    line = task_line(request.work, task_of(request, report.task_id), who(request))
    name = esc(name_of(request.session, report.reported_by_id) or "")
    said = "✅ " + _("Accepted: {task}. {who} has been told.").format(
        task=task_words(request.session, line), who=name
    )
    left = reports.open_for(request.work, who(request))
    return screen(request, said, (*rows(waiting_button(left)), (to_list(),)))


def on_ask(request: Request) -> Reply:
    """[Tanya dulu]: what?"""
    task_of(request, pressed(request))
    reports.find(request.work, pressed(request, 1), pressed(request))
    return ASK.begin(request, {"report": pressed(request, 1)}, task_id=pressed(request))


def on_answer(request: Request) -> Reply:
    """[Jawab]."""
    task_of(request, pressed(request))
    reports.find(request.work, pressed(request, 1), pressed(request))
    return ANSWER.begin(request, {"report": pressed(request, 1)}, task_id=pressed(request))


def _what(talk: Talk) -> Screen:
    return _("What do you want to know? One or two sentences."), ()


def _question(talk: Talk) -> Screen:
    report = reports.find(talk.request.work, _id(talk), talk.task_id)
    asked = esc(report.question or "")
    return _("“{words}”\nYour answer, in one or two sentences:").format(words=asked), ()


def _ask(talk: Talk) -> Reply:
    report = reports.ask_back(talk.request.work, _id(talk), talk.task_id, str(talk.draft["words"]))
    name = esc(name_of(talk.request.session, report.reported_by_id) or "")
    return show_report(talk.request, report, "✅ " + _("{who} has been asked.").format(who=name))


def _answer(talk: Talk) -> Reply:
    report = reports.answer(talk.request.work, _id(talk), talk.task_id, str(talk.draft["words"]))
    name = esc(name_of(talk.request.session, report.asked_by_id) or "")
    return show_report(talk.request, report, "✅ " + _("{who} has been told.").format(who=name))


def _id(talk: Talk) -> int:
    return int(talk.draft.get("report") or 0)


def _back(talk: Talk) -> Button:
    return button(_("Cancel"), "report_open", talk.task_id, _id(talk))


ASK = Dialog("report_ask", (Field("words", _what, typed_words),), _ask, _back)
ANSWER = Dialog("report_answer", (Field("words", _question, typed_words),), _answer, _back)
ROUTES = merge(
    Routes(
        About.TASK,
        presses={
            "report_open": on_open,
            "report_accept": on_accept,
            "report_ask": on_ask,
            "report_answer": on_answer,
        },
        dialogs=(ASK, ANSWER),
    ),
    Routes(About.NOTHING, presses={"report_list": on_list}),
)
