"""[Data anak]: name, address, reason and categories. Shown only after a tap, to few, logged, and hidden again."""

from handlers.cases.case_page import on_page
from handlers.cases.case_words import case_title, code_problem
from handlers.ui import conversation
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import NotAnAnswerError
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
from sop_flows.actions.cases.child_data import FACTS
from sop_flows.actions.cases.codes import CodeOddError, CodeTakenError, CodeTellsError
from sop_flows.actions.cases.intake import NAME_MAX_CHARACTERS, TEXT_MAX_CHARACTERS, IntakeOddError
from sop_flows.actions.cases.keeping import may_keep
from sop_flows.core.notices import CaseHidden
from sop_flows.staffing.responsibility import known_case, log_read
from storage.tables import Case

CODE = "code"  # word of the button that changes the code name


def on_data(request: Request) -> Reply:
    """[Data anak]: in place of the page, so that it is gone with the next tap."""
    case = known_case(request.work, who(request), pressed(request))
    conversation.end(request, CHANGE.topic)
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


def on_fact(request: Request) -> Reply:
    """[Nama…], [Alamat…], [Alasan…], [Nama sandi…]: it is typed."""
    if word(request) not in (*FACTS, CODE):
        raise ButtonError("no such fact")
    return CHANGE.begin(request, {"case": pressed(request), "fact": word(request)})


def _ask(talk: Talk) -> Screen:
    case = known_case(talk.request.work, who(talk.request), int(talk.draft["case"]))
    questions = {
        "name": _("What is the child's name?"),
        "address": _("Where does the child live?"),
        "reason": _("Why does the child need protection? One or two sentences."),
        CODE: _("Which code name instead? It must not tell the child's name."),
    }
    return f"{case_title(case)}\n{questions[talk.draft['fact']]}", ()


def _change(talk: Talk) -> Reply:
    request, case_id, fact, words = (talk.request, *(talk.draft[key] for key in ("case", "fact", "words")))
    said, told = _("Recorded."), False
    try:
        if fact == CODE:
            child_data.rename(request.work, who(request), case_id, words)
            said = _("Recorded. Whoever has a step of the case is told.")
        else:
            told = child_data.set_fact(request.work, who(request), case_id, fact, words)
    except IntakeOddError as error:
        limit = NAME_MAX_CHARACTERS if fact == "name" else TEXT_MAX_CHARACTERS
        sorry = _("Please write it in words, in at most {limit} characters.").format(limit=limit)
        raise NotAnAnswerError(sorry) from error
    except (CodeTakenError, CodeTellsError, CodeOddError) as error:
        raise NotAnAnswerError(code_problem(error)) from error
    case = known_case(request.work, who(request), case_id)
    text = f"{case_title(case)}\n✅ {said}"
    buttons = [button(_("‹ Back"), "case_page", case_id)]
    if told:
        text += "\n⚠️ " + bold(_("The code name tells the child's name now. Please choose another one."))
        buttons.insert(0, button(_("Code name…"), "case_fact", case_id, tag=CODE))
    row = conversation.current(request)
    if row is None or row.card_message_id is None:
        return reply(Say(clip(text), (tuple(buttons),), protect=True))
    return reply(Edit(clip(text), (tuple(buttons),), message_id=row.card_message_id, protect=True))


CHANGE = Dialog(
    "case_data",
    (Field("words", _ask, lambda talk: talk.request.text or ""),),
    _change,
    lambda talk: button(_("Cancel"), "case_unsee", talk.draft["case"]),
    left=on_page,
    life=Life.OPEN,
)
ROUTES = Routes(
    About.CASE,
    presses={"case_data": on_data, "case_unsee": CHANGE.leave, "case_fact": on_fact},
    dialogs=(CHANGE,),
)
