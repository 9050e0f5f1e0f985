"""[Data anak]: name, address, reason and categories. Shown only after a tap, to few, logged, and hidden again."""

from handlers.cases.case_page import on_page
from handlers.cases.case_words import case_title, code_problem, too_old_words
from handlers.cases.open_case import read_age
from handlers.ui import conversation
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
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
from sop_flows.errors import TooOldError
from sop_flows.staffing.responsibility import known_case, log_read
from storage.tables import Case

CODE = "code"  # word of the button that changes the code name
AGE = "age"  # word of the button that changes the age


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
        *([] if case.unborn else [_("Name: {name}").format(name=esc(case.name or nothing))]),
        *(
            [_("Mother: {name}").format(name=esc(case.mother or nothing))]
            if case.unborn or case.mother
            else []
        ),
        _("Address: {address}").format(address=esc(case.address or nothing)),
        _("Reason: {note}").format(note=esc(case.reason or nothing)),
        _("Categories: {names}").format(names=esc(", ".join(case.categories) or nothing)),
        *_where(request, case),
        "",
        f"<i>{hidden_words(request)}</i>",
    ]


def _where(request: Request, case: Case) -> list[str]:
    """In the house or not, at school or not, where the pack wants to know."""
    asked, said = request.work.pack.asked_of_child, []
    if "in_house" in asked:
        said.append(_("In the house: yes") if case.in_house else _("In the house: not yet"))
    if "not_at_school" in asked and not case.unborn and case.at_school is not None:
        said.append(_("School: yes") if case.at_school else _("School: no"))
    return [" · ".join(said)] if said else []


def _keyboard(request: Request, case: Case) -> Keyboard:
    case_id = case.id or 0
    back = button(_("‹ Back"), "case_unsee", case_id)
    if case.closed_at is not None or not may_keep(request.work, who(request), case):
        return ((back,),)
    changes = {
        **({"mother": _("Mother…")} if case.unborn else {"name": _("Name…")}),
        "address": _("Address…"),
        "reason": _("Reason…"),
        CODE: _("Code name…"),
        **({} if case.unborn else {AGE: _("Age…")}),
    }
    typed = [button(text, "case_fact", case_id, tag=fact) for fact, text in changes.items()]
    return (*rows([*typed, *_taps(request, case)]), (back,))


def _taps(request: Request, case: Case) -> list[Button]:
    """What one tap says; each button says what it sets."""
    case_id, asked = case.id or 0, request.work.pack.asked_of_child
    found = []
    if case.unborn:
        found += [
            button(_("Born: a girl"), "case_born", case_id, tag="P"),
            button(_("Born: a boy"), "case_born", case_id, tag="L"),
        ]
    else:
        other = "L" if case.sex == "P" else "P"
        label = _("It is a boy") if other == "L" else _("It is a girl")
        found.append(button(label, "case_is", case_id, tag=other))
    if "in_house" in asked:
        label = _("Is not in the house") if case.in_house else _("Is in the house now")
        found.append(button(label, "case_house_now", case_id, int(not case.in_house)))
    if "not_at_school" in asked and not case.unborn:
        label = _("Does not go to school") if case.at_school else _("Goes to school")
        found.append(button(label, "case_school_now", case_id, int(not case.at_school)))
        if case.at_school is None:
            found.append(button(_("Does not go to school"), "case_school_now", case_id, 0))
    return found


def on_born(request: Request) -> Reply:
    """[Sudah lahir: ...]: the child is born."""
    try:
        child_data.be_born(request.work, pressed(request), word(request))
    except IntakeOddError:  # tapped twice
        return on_data(request)
    return on_data(request)


def on_sex(request: Request) -> Reply:
    """[Anak laki-laki], [Anak perempuan]."""
    try:
        child_data.set_sex(request.work, pressed(request), word(request))
    except IntakeOddError as error:
        raise ButtonError("no such sex") from error
    return on_data(request)


def on_house(request: Request) -> Reply:
    """[Sudah di rumah], [Tidak di rumah]: bed, food and health begin when the child has come."""
    child_data.set_in_house(request.work, pressed(request), bool(pressed(request, 1)))
    return on_data(request)


def on_school(request: Request) -> Reply:
    """[Bersekolah], [Tidak bersekolah]: clothes and things for school are for who goes to none."""
    child_data.set_at_school(request.work, pressed(request), bool(pressed(request, 1)))
    return on_data(request)


def on_fact(request: Request) -> Reply:
    """[Nama…], [Alamat…], [Alasan…], [Nama sandi…]: it is typed."""
    if word(request) not in (*FACTS, CODE, AGE):
        raise ButtonError("no such fact")
    return CHANGE.begin(request, {"case": pressed(request), "fact": word(request)})


def _ask(talk: Talk) -> Screen:
    case = known_case(talk.request.work, who(talk.request), int(talk.draft["case"]))
    questions = {
        "name": _("What is the child's name?"),
        "address": _("Where does the child live?"),
        "reason": _("Why does the child need protection? One or two sentences."),
        "mother": _("What is the mother's name?"),
        AGE: _("How old is the child, in years? For example 9, about 9, or not known."),
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
        elif fact == AGE:
            age, is_about = read_age(words.strip())
            child_data.set_age(request.work, case_id, age if age >= 0 else None, is_about=is_about)
        else:
            told = child_data.set_fact(request.work, who(request), case_id, fact, words)
    except TooOldError as error:
        raise NotAnAnswerError(too_old_words(error.max_age)) from error
    except IntakeOddError as error:
        limit = NAME_MAX_CHARACTERS if fact in ("name", "mother") else TEXT_MAX_CHARACTERS
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
    presses={
        "case_data": on_data,
        "case_unsee": CHANGE.leave,
        "case_fact": on_fact,
        "case_born": on_born,
        "case_is": on_sex,
        "case_house_now": on_house,
        "case_school_now": on_school,
    },
    dialogs=(CHANGE,),
)
