"""The page of one step: what to do, who, how long, what counts as done; the document's words are one tap away."""

from handlers.handbook.browse import capital
from handlers.handbook.reading import Reading, no_such_sop, reading_of, version_lines
from handlers.handbook.sop_words import (
    as_written,
    document_words,
    offset_words,
    printed_words,
    record_words,
    remind_words,
    time_words,
    who_words,
    why_words,
)
from handlers.handbook.way import back_button, open_button, step_button
from handlers.ui.request import About, Keyboard, Reply, Request, rows, screen, to_list, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc, more, section, shorten
from sop_flows.declarations.sop import Sop, Step
from sop_flows.staffing.responsibility import own_step
from sop_flows.staffing.roster import roles_of

MINE_MARK = "★"  # before what the reader does; no emoji, it stands in many lines
TITLE_MAX = 48  # characters of the title where it is only a reminder of it


def on_step(request: Request) -> Reply:
    """A step of an SOP; the nearest one when the SOP no longer has it (an old button)."""
    found = reading_of(request)
    if found is None:
        return no_such_sop(request)
    reading, number = found
    steps = reading.sop.steps
    return screen(request, *step_page(request, reading, min(steps, key=lambda one: abs(one.step - number))))


def step_page(request: Request, reading: Reading, step: Step) -> tuple[str, Keyboard]:
    """Text (HTML) and buttons of one step."""
    sop, way, unit = reading.sop, reading.way, request.institution.pack.unit
    place = _("Step {step} of {last}").format(step=step.step, last=sop.steps[-1].step)
    said = [brief_title(sop), *version_lines(reading), ""]
    said.append(f"{place} · {bold(step.short)}")
    own = own_step(unit, roles_of(request.work, who(request).id or 0), sop, step)
    if own is not None:
        said.append(f"{MINE_MARK} <b>" + _("Your step ({why})").format(why=why_words(unit, own)) + "</b>")
    if not step.asked:
        said.append(_("A milestone: it is shown here and nobody has to confirm it."))
    if step.prompt:
        said.append(esc(step.prompt))
    if step.requires:
        said.append(_("Make sure:"))
        said += [f"☐ {esc(one.text)}" for one in step.requires]
    if step.asked:
        said.append("")
    said += _facts(request, sop, step)
    folded = [bold(_("Written in the document")), f"“{document_words(step)}”"]
    if not step.activity.strip():
        folded[1] = document_words(step)
    if printed := printed_words(step):
        folded.append(as_written(printed))
    said.append(more(*folded))
    return "\n".join(said), (*_moves(reading, step), (back_button(way), to_list()))


def brief_title(sop: Sop) -> str:
    """Number and title (HTML) above a page that is not the first; in at most two lines of a phone."""
    return bold(f"SOP {sop.number} {shorten(sop.title, TITLE_MAX)}")


def _facts(request: Request, sop: Sop, step: Step) -> list[str]:
    """Who, how long, how often, what is recorded."""
    unit = request.institution.pack.unit
    if not step.asked:
        until = step.until
        return [] if until is None else [_("Until: {when}").format(when=offset_words(until, sop))]
    said = [_("Who: {roles}").format(roles=who_words(unit, sop, step))]
    if step.executor_inferred:
        inferred = _("The document does not say who; it follows from the steps around.")
        said.append(f"<i>{inferred}</i>")
    said.append(capital(time_words(sop, step)))
    if step.opens is not None:
        said.append(_("Opens: {when}").format(when=offset_words(step.opens, sop)))
    if step.beside:
        said.append(_("Runs beside the other steps."))
    if step.ticks:
        said.append(_("Ticked one by one: {ticks}").format(ticks=esc(", ".join(step.ticks))))
    if recorded := record_words(step):
        said.append(_("Recorded: {what}").format(what=recorded))
    if step.output:
        said.append(_("Output: {output}").format(output=esc(step.output)))
    if step.remind:
        said.append(_("Reminded: {when}").format(when=remind_words(step.remind)))
    if step.decision is not None:
        said.append(
            _("{who} proposes, the others agree; if one objects, {settles} decides.").format(
                who=esc(section(unit, step.decision.proposes)),
                settles=esc(section(unit, step.decision.settles)),
            )
        )
    return said


def _moves(reading: Reading, step: Step) -> Keyboard:
    sop, way = reading.sop, reading.way
    at = sop.steps.index(step)
    moves = []
    if at:
        before = sop.steps[at - 1].step
        moves.append(step_button(_("‹ Step {step}").format(step=before), sop.number, before, way))
    if at < len(sop.steps) - 1:
        after = sop.steps[at + 1].step
        moves.append(step_button(_("Step {step} ›").format(step=after), sop.number, after, way))
    whole = [open_button(_("The whole SOP"), sop.number, 0, way)]
    if reading.other is not None:
        label = _("Current version") if way.old else _("Old version")
        whole.append(step_button(label, sop.number, step.step, way.in_version(not way.old)))
    return (*rows(moves), *rows(whole))


ROUTES = Routes(About.NOTHING, presses={"book_step": on_step})
