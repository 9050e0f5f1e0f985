"""/sop: the handbook. List, search by words, read any SOP with its steps, equipment, obstacles and legal basis."""

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.looks.dates import plain_date_words
from handlers.looks.markup import bold, esc, shorten
from handlers.looks.screens import button, pressed, rows, screen, to_list, word
from handlers.looks.wording import _
from handlers.reply import Button, Keyboard, Reply, Say, reply
from handlers.routing import Routes
from handlers.tasks.task_words import sections
from handlers.visit import Visit
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.start import Start
from sop_flows.declarations.step import Step
from sop_flows.search import find_sops

PAGE = 8  # SOPs on one page of the list
STEPS_ON_PAGE = 6
TITLE_MAX = 48  # characters of a title on a button
TOPIC = "book_search"


def on_handbook(visit: Visit) -> Reply:
    """/sop, or /sop followed by words to search or a number to open."""
    parts = (visit.text or "").split(maxsplit=1)
    if visit.press is None and len(parts) > 1 and parts[0].startswith("/"):
        return _search(visit, parts[1])
    page = visit.press.numbers[0] if visit.press is not None and visit.press.numbers else 0
    sops = list(visit.house.pack.sops.values())
    pages = max((len(sops) + PAGE - 1) // PAGE, 1)
    page = min(max(page, 0), pages - 1)
    text = bold(_("SOP handbook")) + "\n"
    text += _("{count} SOPs. Choose one, or search by words: /sop food").format(count=len(sops))
    paging = []
    if page:
        paging.append(button("‹", "book_list", page - 1))
    paging.append(button(_("Search"), "book_search"))
    if page < pages - 1:
        paging.append(button("›", "book_list", page + 1))
    return screen(
        visit, text, (*_sop_buttons(sops[page * PAGE : (page + 1) * PAGE]), tuple(paging), (to_list(),))
    )


def _sop_buttons(sops: list[Sop]) -> Keyboard:
    return tuple(
        (button(shorten(f"{sop.number} {sop.title}", TITLE_MAX), "book_open", 0, 0, tag=sop.number),)
        for sop in sops
    )


def on_search(visit: Visit) -> Reply:
    """Cari: asks for the words."""
    conversation.ask(visit, TOPIC, {})
    back = ((button(_("Cancel"), "book_list", 0),),)
    return screen(visit, _("Which words shall I look for? For example: food, weigh, parents."), back)


def on_words_typed(visit: Visit) -> Reply:
    """The words to look for."""
    conversation.end(visit, TOPIC)
    return _search(visit, visit.text or "")


def _search(visit: Visit, words: str) -> Reply:
    found = find_sops(visit.house.pack, words)
    asked = esc(shorten(words.strip(), 40))
    if not found:
        text = _("No SOP has the words “{words}”. Try others, or see the list.").format(words=asked)
        buttons = [button(_("Search"), "book_search"), button(_("All SOPs"), "book_list", 0)]
        return reply(Say(text, (tuple(buttons),)))
    if len(found) == 1:
        text, keyboard = sop_page(visit, found[0], 0, 0)
        return reply(Say(text, keyboard))
    text = _("SOPs with “{words}”:").format(words=asked)
    return reply(Say(text, (*_sop_buttons(list(found[:PAGE])), (button(_("All SOPs"), "book_list", 0),))))


def on_open(visit: Visit) -> Reply:
    """One page of one SOP; the second number is the task to go back to, 0 for the list."""
    sop = visit.house.pack.sops.get(word(visit))
    if sop is None:
        raise ButtonError("no such SOP")
    task_id = visit.press.numbers[1] if visit.press is not None and len(visit.press.numbers) > 1 else 0
    text, keyboard = sop_page(visit, sop, pressed(visit), task_id)
    return screen(visit, text, keyboard)


def sop_page(visit: Visit, sop: Sop, page: int, task_id: int) -> tuple[str, Keyboard]:
    """Page 0 is the summary, then the steps, then equipment, obstacles and legal basis."""
    step_pages = [sop.steps[i : i + STEPS_ON_PAGE] for i in range(0, len(sop.steps), STEPS_ON_PAGE)]
    last = len(step_pages) + 1
    page = min(max(page, 0), last)
    top = bold(f"SOP {sop.number} {sop.title}") + f" · {page + 1}/{last + 1}"
    if page == 0:
        body = _summary(visit, sop)
    elif page == last:
        body = _needs(visit, sop)
    else:
        body = "\n".join(_step_words(visit, sop, step) for step in step_pages[page - 1])
    moves: list[Button] = []
    if page:
        moves.append(button("‹", "book_open", page - 1, task_id, tag=sop.number))
    if page < last:
        label = {0: _("Steps ›"), last - 1: _("Equipment and basis ›")}.get(page, "›")
        moves.append(button(label, "book_open", page + 1, task_id, tag=sop.number))
    back = (
        button(_("‹ Back to the task"), "task_open", task_id)
        if task_id
        else button(_("All SOPs"), "book_list", 0)
    )
    return f"{top}\n\n{body}", (tuple(moves), *rows([back, to_list()]))


def _summary(visit: Visit, sop: Sop) -> str:
    unit = visit.house.pack.unit
    roles = dict.fromkeys(role for step in sop.asked_steps for role in step.executors)
    subject = {
        "cohort": _("the whole angkatan"),
        "child": _("one child"),
        "case": _("one case"),
        "school": _("one school"),
    }
    said = [
        _("Carried out by: {roles}").format(roles=esc(sections(unit, roles))),
        _("For: {subject}").format(subject=subject[sop.subject]),
        _("Starts: {when}").format(when="; ".join(_start_words(start) for start in sop.starts)),
        _("Time counts in: {clock}").format(
            clock=_("working days and office hours") if sop.clock == "kerja" else _("calendar days")
        ),
        _("Steps: {count}").format(count=len(sop.steps)),
    ]
    if sop.qualification:
        said.append(_("Qualification: {words}").format(words=esc(sop.qualification)))
    return "\n".join(said)


def _start_words(start: Start) -> str:
    if start.at is not None:
        anchor = _("arrival") if start.at.anchor == "arrival" else _("departure")
        if start.at.days == 0:
            return _("on the day of {anchor}").format(anchor=anchor)
        pattern = _("{days} days after {anchor}") if start.at.days > 0 else _("{days} days before {anchor}")
        return pattern.format(days=abs(start.at.days), anchor=anchor)
    if start.after is not None:
        if start.after_step is not None:
            return _("after SOP {number} step {step}").format(number=start.after, step=start.after_step)
        return _("after SOP {number}").format(number=start.after)
    if start.flagged_in is not None:
        return _("for each child marked in SOP {number}").format(number=start.flagged_in)
    return _("by hand")


def _step_words(visit: Visit, sop: Sop, step: Step) -> str:
    number = step.printed if step.printed is not None else str(step.step)
    said = f"{bold(number + '.') if number else '•'} {esc(step.activity or step.short)}"
    facts = [esc(sections(visit.house.pack.unit, step.executors))]
    if step.standard is not None:
        facts.append(_("Standard time {time}").format(time=step.standard))
    if step.requires:
        facts.append(
            _("Make sure: {ticks}").format(
                ticks=esc("; ".join(requirement.text for requirement in step.requires))
            )
        )
    return f"{said}\n<i>{' · '.join(facts)}</i>"


def _needs(visit: Visit, sop: Sop) -> str:
    unit = visit.house.pack.unit
    said = [
        bold(_("Equipment")),
        *([f"• {esc(one)}" for one in sop.equipment] or ["–"]),
        bold(_("Obstacles")),
        *([f"• {esc(one)}" for one in sop.obstacles] or ["–"]),
        bold(_("Legal basis")),
        *(f"• {esc(one)}" for one in unit.legal_basis),
        _("Effective {day}, approved by {who}.").format(
            day=plain_date_words(unit.sop_dates.effective), who=esc(unit.sop_dates.approved_by)
        ),
    ]
    return "\n".join(said)


ROUTES = Routes(
    commands={"sop": on_handbook},
    presses={"book_list": on_handbook, "book_open": on_open, "book_search": on_search},
    topics={TOPIC: on_words_typed},
    menu_words={"SOP handbook": on_handbook},
)
