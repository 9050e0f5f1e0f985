"""[Data anak]: name, address, reason and categories. Shown only after a tap, to few, logged, and hidden again."""

from datetime import timedelta

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.cases.case_page import show_case
from handlers.cases.case_words import case_title, code_problem
from handlers.looks.markup import bold, clip, esc
from handlers.looks.screens import button, pressed, rows, screen, who, word
from handlers.looks.wording import _
from handlers.reply import Delete, Edit, Keyboard, Reply, Say, reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.cases import child_data
from sop_flows.actions.cases.child_data import FACTS, Fact
from sop_flows.actions.cases.codes import CodeOddError, CodeTakenError, CodeTellsError
from sop_flows.actions.cases.intake import NAME_MAX_CHARACTERS, TEXT_MAX_CHARACTERS, IntakeOddError
from sop_flows.actions.cases.keeping import may_keep
from sop_flows.staffing.visibility import known_case, log_read
from storage.tables import Case

TOPIC = "case_data"
CODE = "code"  # word of the button that changes the code name
HIDE_AFTER = timedelta(minutes=5)  # then the message is changed back: a phone may lie open on a table


def on_data(visit: Visit) -> Reply:
    """[Data anak]: in place of the page, so that it is gone with the next tap."""
    case = known_case(visit.session, visit.house, who(visit), pressed(visit))
    conversation.end(visit, TOPIC)
    log_read(visit.session, who(visit), case, "case data", visit.now)
    if visit.message_id is not None:
        hide_at = visit.now + HIDE_AFTER
        child_data.hide_later(visit.session, who(visit), case, visit.message_id, hide_at, visit.now)
    return screen(visit, "\n".join(_lines(case)), _keyboard(visit, case))


def _lines(case: Case) -> list[str]:
    nothing = _("not known")
    return [
        case_title(case),
        _("Name: {name}").format(name=esc(case.name or nothing)),
        _("Address: {address}").format(address=esc(case.address or nothing)),
        _("Reason: {note}").format(note=esc(case.reason or nothing)),
        _("Categories: {names}").format(names=esc(", ".join(case.categories) or nothing)),
        "",
        "<i>"
        + _("Who looks at this is recorded. It is hidden again after {minutes} minutes.").format(
            minutes=HIDE_AFTER.seconds // 60
        )
        + "</i>",
    ]


def _keyboard(visit: Visit, case: Case) -> Keyboard:
    case_id = case.id or 0
    back = button(_("‹ Back"), "case_unsee", case_id)
    if case.closed_at is not None or not may_keep(visit.session, visit.house, who(visit), case):
        return ((back,),)
    changes = {
        "name": _("Name…"),
        "address": _("Address…"),
        "reason": _("Reason…"),
        CODE: _("Code name…"),
    }
    return (*rows([button(text, "case_fact", case_id, tag=fact) for fact, text in changes.items()]), (back,))


def on_unsee(visit: Visit) -> Reply:
    """Back to the page: nothing is left to hide."""
    _leave(visit)
    conversation.end(visit, TOPIC)
    return show_case(visit, pressed(visit))


def on_fact(visit: Visit) -> Reply:
    """[Nama…], [Alamat…], [Alasan…]: it is typed."""
    case = known_case(visit.session, visit.house, who(visit), pressed(visit))
    fact = word(visit)
    if fact != CODE:
        _fact(fact)
    _leave(visit)
    conversation.ask(visit, TOPIC, {"case": case.id, "fact": fact})
    questions = {
        "name": _("What is the child's name?"),
        "address": _("Where does the child live?"),
        "reason": _("Why does the child need protection? One or two sentences."),
        CODE: _("Which code name instead? It must not tell the child's name."),
    }
    back = button(_("Cancel"), "case_unsee", case.id or 0)
    return screen(visit, f"{case_title(case)}\n{questions[fact]}", ((back,),), card=True)


def on_typed(visit: Visit) -> Reply:
    """The name, the address or the reason; the typed message goes."""
    row = conversation.current(visit)
    draft = conversation.draft_of(row) if row is not None else {}
    card_id = row.card_message_id if row is not None else None
    case_id = int(str(draft.get("case") or 0))
    if draft.get("fact") == CODE:
        return _rename(visit, case_id, card_id)
    fact = _fact(str(draft.get("fact") or ""))
    gone = [Delete(visit.message_id)] if visit.message_id is not None else []
    try:
        told = child_data.set_fact(
            visit.session, visit.house, who(visit), case_id, fact, visit.text or "", visit.now
        )
    except IntakeOddError:
        limit = NAME_MAX_CHARACTERS if fact == "name" else TEXT_MAX_CHARACTERS
        sorry = _("Please write it in words, in at most {limit} characters.").format(limit=limit)
        return reply(Say(sorry, ((button(_("Cancel"), "case_unsee", case_id),),)), *gone)
    conversation.end(visit, TOPIC)
    case = known_case(visit.session, visit.house, who(visit), case_id)
    text = case_title(case) + "\n✅ " + _("Recorded.")
    if told:
        text += "\n⚠️ " + bold(_("The code name tells the child's name now. Please choose another one."))
    return _answered(visit, case, text, card_id, renames=told)


def _rename(visit: Visit, case_id: int, card_id: int | None) -> Reply:
    try:
        case = child_data.rename(visit.session, visit.house, who(visit), case_id, visit.text or "", visit.now)
    except (CodeTakenError, CodeTellsError, CodeOddError) as error:
        return reply(Say(code_problem(error), ((button(_("Cancel"), "case_unsee", case_id),),), protect=True))
    conversation.end(visit, TOPIC)
    text = case_title(case) + "\n✅ " + _("Recorded. Whoever has a step of the case is told.")
    return _answered(visit, case, text, card_id)


def _answered(visit: Visit, case: Case, text: str, card_id: int | None, *, renames: bool = False) -> Reply:
    buttons = [button(_("‹ Back"), "case_page", case.id or 0)]
    if renames:
        buttons.insert(0, button(_("Code name…"), "case_fact", case.id or 0, tag=CODE))
    gone = [Delete(visit.message_id)] if visit.message_id is not None else []
    if card_id is None:
        return reply(Say(clip(text), (tuple(buttons),), protect=True), *gone)
    return reply(Edit(clip(text), (tuple(buttons),), message_id=card_id, protect=True), *gone)


def _fact(said: str) -> Fact:
    for fact in FACTS:
        if fact == said:
            return fact
    raise ButtonError("no such fact")


def _leave(visit: Visit) -> None:
    if visit.message_id is not None:
        child_data.leave_shown(visit.session, who(visit), visit.message_id)


ROUTES = Routes(
    presses={"case_data": on_data, "case_unsee": on_unsee, "case_fact": on_fact},
    topics={TOPIC: on_typed},
)
