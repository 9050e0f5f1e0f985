"""The pages of an SOP: what it is and when it starts, its steps, its equipment and its basis."""

from collections.abc import Sequence

from handlers.handbook.browse import capital, even_rows, ranges
from handlers.handbook.reading import Reading, code_of, no_such_sop, reading_of, version_lines
from handlers.handbook.sop_words import (
    as_written,
    document_line,
    document_words,
    labels,
    printed_words,
    start_words,
    time_words,
    why_words,
)
from handlers.handbook.step_page import MINE_MARK, brief_title, step_page
from handlers.handbook.way import Way, back_button, open_button, step_button
from handlers.ui.request import About, Button, Keyboard, Reply, Request, button, rows, screen, to_list, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc, more, plain_date_words, sections
from sop_flows.actions.start import startable
from sop_flows.declarations.sop import Sop, Step
from sop_flows.handbook.index import followers_of, forerunners_of
from sop_flows.staffing.responsibility import OwnStep, own_steps
from sop_flows.staffing.roster import roles_of
from sop_flows.timeline.timeline import runs_of_sop

STEPS_ON_PAGE = 6  # each two or three lines on a 5-inch screen

FROM_CARD = 2  # numbers in the button of a task card: it opens the handbook at the task's own step


def on_open(request: Request) -> Reply:
    """One page of an SOP; from a task card, the page of its step."""
    found = reading_of(request)
    if found is None:
        return no_such_sop(request)
    reading, page = found
    from_card = request.press is not None and len(request.press.numbers) == FROM_CARD
    if from_card and reading.task is not None:
        step = next((one for one in reading.sop.steps if one.step == reading.task.step), None)
        if step is not None:
            return screen(request, *step_page(request, reading, step))
    return screen(request, *sop_page(request, reading, page))


def sop_page(request: Request, reading: Reading, page: int) -> tuple[str, Keyboard]:
    """Text (HTML) and buttons. Page 0 is the summary, then the steps, then equipment, obstacles and basis."""
    sop, way = reading.sop, reading.way
    step_pages = _step_pages(sop)
    last = len(step_pages) + 1
    page = min(max(page, 0), last)
    title = bold(f"SOP {sop.number} {sop.title}") if page == 0 else brief_title(sop)
    top = f"{title} · {page + 1}/{last + 1}"
    own = _own(request, sop)
    to_steps: list[Button] = []
    if page == 0:
        body = _summary(request, reading, own)
    elif page == last:
        body = _needs(request, sop)
        to_steps = [open_button(one.number, one.number, 0, Way()) for one in _neighbours(request, sop)]
    else:
        body = _steps(request, sop, step_pages[page - 1], own)
        to_steps = [step_button(str(s.step), sop.number, s.step, way) for s in step_pages[page - 1]]
    moves = []
    if page:
        moves.append(open_button(_("‹ Summary") if page == 1 else _("‹ Steps"), sop.number, page - 1, way))
    if page < last - 1:
        moves.append(open_button(_("Steps ›"), sop.number, page + 1, way))
    if page in (0, last - 1):
        moves.append(open_button(_("Equipment and basis ›"), sop.number, last, way))
    if page == 0 and not way.old and sop in startable(request.work, who(request)):
        moves.append(button(_("Start this SOP"), "start_sop", tag=sop.number))
    if page == 0 and not way.old and runs_of_sop(request.work, who(request), sop.number):
        moves.append(button(_("Reminders"), "when_sop", 0, tag=sop.number))
    if page == 0 and reading.other is not None:
        label = _("Current version") if way.old else _("Old version")
        moves.append(open_button(label, sop.number, 0, way.in_version(not way.old)))
    return f"{top}\n\n{body}", (
        *(even_rows(to_steps) if page == last else rows(to_steps, STEPS_ON_PAGE)),
        *rows(moves),
        (back_button(way), to_list()),
    )


def _step_pages(sop: Sop) -> list[tuple[Step, ...]]:
    """The steps in pages of about the same length."""
    count = -(-len(sop.steps) // STEPS_ON_PAGE)
    size = -(-len(sop.steps) // count)
    return [sop.steps[i : i + size] for i in range(0, len(sop.steps), size)]


def _own(request: Request, sop: Sop) -> dict[int, OwnStep]:
    return own_steps(request.institution.pack.unit, roles_of(request.work, who(request).id or 0), sop)


def _summary(request: Request, reading: Reading, own: dict[int, OwnStep]) -> str:
    unit, sop = request.institution.pack.unit, reading.sop
    subject = {
        "cohort": _("the whole angkatan"),
        "child": _("one child"),
        "case": _("one case"),
        "school": _("one school"),
    }
    office = sop.clock == "kerja" and not sop.emergency
    said = [f"{esc(capital(sop.program))} · {esc(sop.phase)}", *version_lines(reading)]
    said.append(_mine_line(request, own))
    starts = [start_words(start, sop) for start in sop.starts]
    said.append(_("Starts: {when}").format(when=_("; or ").join(starts)))
    roles = dict.fromkeys(role for step in sop.asked_steps for role in step.executors)
    said.append(_("Carried out by: {roles}").format(roles=esc(sections(unit, roles))))
    said.append(_("For: {subject}").format(subject=subject[sop.subject]))
    said.append(
        _("Time counts in: {clock}").format(
            clock=_("working days and office hours") if office else _("calendar days")
        )
    )
    if sop.qualification:
        said.append(_("Qualification: {words}").format(words=esc(sop.qualification)))
    if sop.emergency:
        said.append(_("An emergency: its time runs day and night."))
    if sop.ends_services:
        said.append(_("When it is done, the running services of the case end."))
    if sop.closes_subject:
        said.append(_("When it is done, the case is closed."))
    asked = len(sop.asked_steps)
    said.append(_("Steps: {count}, of which {asked} are done").format(count=len(sop.steps), asked=asked))
    if sop.same_steps_as is not None:
        said.append(_("The steps are those of {number}.").format(number=esc(sop.same_steps_as)))
    odd = _oddities(sop)
    folded = more(bold(_("As written in the document")), *odd) if odd else ""
    return "\n".join([*said, *([folded] if folded else [])])


def _mine_line(request: Request, own: dict[int, OwnStep]) -> str:
    """ "★ Langkah Anda: 2–4 (Perawat)", a line for each reason."""
    if not own:
        return _("None of the steps is yours.")
    by_why: dict[OwnStep, list[int]] = {}
    for number, why in own.items():
        by_why.setdefault(why, []).append(number)
    unit, pattern = request.institution.pack.unit, _("Your steps: {steps} ({why})")
    return "\n".join(
        f"{MINE_MARK} <b>{pattern.format(steps=ranges(numbers), why=why_words(unit, why))}</b>"
        for why, numbers in by_why.items()
    )


def _steps(request: Request, sop: Sop, steps: Sequence[Step], own: dict[int, OwnStep]) -> str:
    """Each step in a line or two, then all of them in the document's words, folded."""
    said = []
    for step in steps:
        mark = f"{MINE_MARK} " if step.step in own else ""
        said.append(mark + bold(f"{step.step}. {step.short}"))
        facts = [time_words(sop, step, brief=True)]
        if step.asked:
            facts.insert(0, esc(labels(request.institution.pack.unit, step.executors)))
        if printed := printed_words(step):
            facts.append(as_written(printed))
        said.append(f"<i>{' · '.join(facts)}</i>")
    if any(step.step in own for step in steps):
        said.insert(0, f"<i>{MINE_MARK} " + _("your steps") + "</i>")
    words = [document_line(step) for step in steps]
    return "\n".join(said) + "\n\n" + more(bold(_("Written in the document")), *words)


def _oddities(sop: Sop) -> list[str]:
    """What is odd in the document and kept: as the pack says, else numbers in print and rows left blank."""
    if sop.oddities:
        return [f"• {esc(one)}" for one in sop.oddities]
    said = []
    for step in sop.steps:
        if printed := printed_words(step):
            said.append("• " + _("Step {step}: {words}").format(step=step.step, words=printed))
        if not step.activity.strip():
            said.append("• " + _("Step {step}: {words}").format(step=step.step, words=document_words(step)))
    return said


def _neighbours(request: Request, sop: Sop) -> list[Sop]:
    pack = request.institution.pack
    return [*forerunners_of(pack, sop), *followers_of(pack, sop.number)]


def _needs(request: Request, sop: Sop) -> str:
    pack = request.institution.pack
    unit = pack.unit
    said = [
        bold(_("Equipment")),
        *([f"• {esc(one)}" for one in sop.equipment] or ["–"]),
        bold(_("Obstacles")),
        *([f"• {esc(one)}" for one in sop.obstacles] or ["–"]),
        bold(_("Related SOPs")),
    ]
    before, after = forerunners_of(pack, sop), followers_of(pack, sop.number)
    if before:
        said.append(_("Waits for: {sops}").format(sops="; ".join(_named(one) for one in before)))
    if after:
        said.append(_("Leads to: {sops}").format(sops="; ".join(_named(one) for one in after)))
    nature = unit.related.nature_of.get(sop.number, unit.related.nature)
    basis = [bold(_("Legal basis")), *(f"• {esc(one)}" for one in unit.legal_basis)]
    dates = unit.sop_dates
    basis.append(
        _("Created {created}, revised {revised}, effective {day}, approved by {who}.").format(
            created=plain_date_words(dates.created),
            revised=plain_date_words(dates.revised),
            day=plain_date_words(dates.effective),
            who=esc(dates.approved_by),
        )
    )
    return "\n".join(
        [
            *said,
            more(bold(_("As written in the document")), esc(unit.related.text), esc(nature)),
            more(*basis),
            _("Version of the text: {code}").format(code=code_of(sop)),
        ]
    )


def _named(sop: Sop) -> str:
    return f"{esc(sop.number)} {esc(sop.title)}"


ROUTES = Routes(About.NOTHING, presses={"book_open": on_open})
