"""[Data anak]: name, address, reason and categories. Shown only after a tap, to few, logged, and hidden again."""

from handlers.cases.case_page import show_case
from handlers.cases.case_words import case_title, code_problem
from handlers.ui import conversation
from handlers.ui.request import (
    About,
    ButtonError,
    Edit,
    Keyboard,
    Reply,
    Request,
    Say,
    button,
    hidden_words,
    hiding,
    pressed,
    reply,
    rows,
    screen,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, clip, esc
from sop_flows.actions.cases import child_data
from sop_flows.actions.cases.child_data import FACTS, Fact
from sop_flows.actions.cases.codes import CodeOddError, CodeTakenError, CodeTellsError
from sop_flows.actions.cases.intake import NAME_MAX_CHARACTERS, TEXT_MAX_CHARACTERS, IntakeOddError
from sop_flows.actions.cases.keeping import may_keep
from sop_flows.core.notices import CaseHidden
from sop_flows.staffing.responsibility import known_case, log_read
from storage.tables import Case

TOPIC = "case_data"
CODE = "code"  # word of the button that changes the code name


def on_data(request: Request) -> Reply:
    """[Data anak]: in place of the page, so that it is gone with the next tap."""
    case = known_case(request.work, who(request), pressed(request))
    conversation.end(request, TOPIC)
    log_read(request.work, "case data", case_id=case.id)
    shown = screen(request, "\n".join(_lines(request, case)), _keyboard(request, case))
    return hiding(shown, CaseHidden(case=case.id or 0))


def _lines(request: Request, case: Case) -> list[str]:
    nothing = _("not known")
    return [
        case_title(case),
        _("Name: {name}").format(name=esc(case.name or nothing)),
        _("Address: {address}").format(address=esc(case.address or nothing)),
        _("Reason: {note}").format(note=esc(case.reason or nothing)),
        _("Categories: {names}").format(names=esc(", ".join(case.categories) or nothing)),
        "",
        f"<i>{hidden_words(request)}</i>",
    ]


def _keyboard(request: Request, case: Case) -> Keyboard:
    case_id = case.id or 0
    back = button(_("‹ Back"), "case_unsee", case_id)
    if case.closed_at is not None or not may_keep(request.work, who(request), case):
        return ((back,),)
    changes = {
        "name": _("Name…"),
        "address": _("Address…"),
        "reason": _("Reason…"),
        CODE: _("Code name…"),
    }
    return (*rows([button(text, "case_fact", case_id, tag=fact) for fact, text in changes.items()]), (back,))


def on_unsee(request: Request) -> Reply:
    """Back to the page: nothing is left to hide."""
    conversation.end(request, TOPIC)
    return show_case(request, pressed(request))


def on_fact(request: Request) -> Reply:
    """[Nama…], [Alamat…], [Alasan…]: it is typed."""
    case = known_case(request.work, who(request), pressed(request))
    fact = word(request)
    if fact != CODE:
        _fact(fact)
    conversation.ask(request, TOPIC, {"case": case.id, "fact": fact})
    questions = {
        "name": _("What is the child's name?"),
        "address": _("Where does the child live?"),
        "reason": _("Why does the child need protection? One or two sentences."),
        CODE: _("Which code name instead? It must not tell the child's name."),
    }
    back = button(_("Cancel"), "case_unsee", case.id or 0)
    return screen(request, f"{case_title(case)}\n{questions[fact]}", ((back,),), card=True)


def on_typed(request: Request) -> Reply:
    """The name, the address or the reason."""
    row = conversation.current(request)
    draft = conversation.draft_of(row) if row is not None else {}
    card_id = row.card_message_id if row is not None else None
    case_id = int(str(draft.get("case") or 0))
    if draft.get("fact") == CODE:
        return _rename(request, case_id, card_id)
    fact = _fact(str(draft.get("fact") or ""))
    try:
        told = child_data.set_fact(request.work, who(request), case_id, fact, request.text or "")
    except IntakeOddError:
        limit = NAME_MAX_CHARACTERS if fact == "name" else TEXT_MAX_CHARACTERS
        sorry = _("Please write it in words, in at most {limit} characters.").format(limit=limit)
        return reply(Say(sorry, ((button(_("Cancel"), "case_unsee", case_id),),)))
    conversation.end(request, TOPIC)
    case = known_case(request.work, who(request), case_id)
    text = case_title(case) + "\n✅ " + _("Recorded.")
    if told:
        text += "\n⚠️ " + bold(_("The code name tells the child's name now. Please choose another one."))
    return _answered(request, case, text, card_id, renames=told)


def _rename(request: Request, case_id: int, card_id: int | None) -> Reply:
    try:
        case = child_data.rename(request.work, who(request), case_id, request.text or "")
    except (CodeTakenError, CodeTellsError, CodeOddError) as error:
        return reply(Say(code_problem(error), ((button(_("Cancel"), "case_unsee", case_id),),), protect=True))
    conversation.end(request, TOPIC)
    text = case_title(case) + "\n✅ " + _("Recorded. Whoever has a step of the case is told.")
    return _answered(request, case, text, card_id)


def _answered(
    request: Request, case: Case, text: str, card_id: int | None, *, renames: bool = False
) -> Reply:
    buttons = [button(_("‹ Back"), "case_page", case.id or 0)]
    if renames:
        buttons.insert(0, button(_("Code name…"), "case_fact", case.id or 0, tag=CODE))
    if card_id is None:
        return reply(Say(clip(text), (tuple(buttons),), protect=True))
    return reply(Edit(clip(text), (tuple(buttons),), message_id=card_id, protect=True))


def _fact(said: str) -> Fact:
    for fact in FACTS:
        if fact == said:
            return fact
    raise ButtonError("no such fact")


ROUTES = Routes(
    About.CASE,
    presses={"case_data": on_data, "case_unsee": on_unsee, "case_fact": on_fact},
    topics={TOPIC: on_typed},
)
