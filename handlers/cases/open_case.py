"""Opening a shelter case from the chat: what was answered, and what comes next. The questions: `case_questions`."""

import re
from collections.abc import Callable

from handlers.cases import case_questions as ask
from handlers.cases.case_list import OPENING, on_cases
from handlers.cases.case_page import show_case
from handlers.cases.case_questions import UNBORN
from handlers.cases.case_words import code_problem
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Talk, buttons_only
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import About, ButtonError, Reply, Request, button, pressed, who, word
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, echo
from sop_flows.actions.cases import opening
from sop_flows.actions.cases.codes import CodeOddError, CodeTakenError, CodeTellsError, check_code
from sop_flows.actions.cases.intake import (
    NAME_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    Intake,
    IntakeOddError,
    TooOldError,
    check_age,
    check_text,
)
from sop_flows.core.notices import NewCaseHidden
from sop_flows.errors import NotPermittedError

_AGE = re.compile(r"\s*(\d{1,3})\s*(?:th|thn|tahun|years?)?\.?\s*", re.IGNORECASE)
CODE_REFUSED = (CodeTakenError, CodeTellsError, CodeOddError)


def on_new(request: Request) -> Reply:
    """[Buka kasus baru]."""
    _require(request)
    officer = who(request)
    own = any(one.id == officer.id for one in opening.keepers(request.work))
    chooses = opening.may_choose_keeper(request.work, officer) or not own
    return CASE.begin(request, {"chooses": chooses} | ({} if chooses else {"keeper": officer.id}))


def on_go_on(request: Request) -> Reply:
    """[Lanjutkan], or a button of a question that is over: the present question, or the list."""
    talk = CASE.talk(request)
    return on_cases(request) if talk is None else CASE.change(talk, talk.draft["ask"])


def on_tick(request: Request) -> Reply:
    """A category is ticked (1) or not (0). The button says which, so that a second tap changes nothing."""
    talk = CASE.talk(request, "categories")
    if talk is None:
        return on_go_on(request)
    place = pressed(request)
    if not 0 <= place < len(opening.case_rules(request.institution).categories):
        raise ButtonError("no such category")
    ticked = [one for one in talk.draft.get("categories", []) if one != place]
    talk.draft["categories"] = sorted([*ticked, place] if pressed(request, 1) else ticked)
    return CASE.change(talk, "categories")


def on_ticked(request: Request) -> Reply:
    """[Lanjut] after the ticks."""
    talk = CASE.talk(request, "categories")
    if talk is None or not talk.draft.get("categories"):
        return on_go_on(request)
    return CASE.taken(talk, talk.draft["categories"])


def on_age(request: Request) -> Reply:
    """An age was tapped, or that the child is not born yet."""
    return CASE.take(request, "age", pressed(request))


def on_sex(request: Request) -> Reply:
    """Girl, boy, or not known yet of a child that is not born."""
    return CASE.take(request, "sex", word(request))


def on_keeper(request: Request) -> Reply:
    """Whose case it is."""
    if pressed(request) not in {one.id for one in opening.keepers(request.work)}:
        return on_go_on(request)
    return CASE.take(request, "keeper", pressed(request))


def on_skip(request: Request) -> Reply:
    """[Lewati]: the name, the address or the reason is not known or not wanted here."""
    if word(request) not in ("name", "address", "reason"):
        return on_go_on(request)
    return CASE.take(request, word(request), None)


def on_code(request: Request) -> Reply:
    """[Pakai Kenanga]: what is proposed now; a colleague may have taken the one on the button."""
    talk = CASE.talk(request, "code")
    return on_go_on(request) if talk is None else CASE.taken(talk, ask.proposed_code(talk))


def on_code_own(request: Request) -> Reply:
    """[Nama lain]: it is typed."""
    talk = CASE.talk(request, "code")
    if talk is None:
        return on_go_on(request)
    talk.draft["typing_code"] = True
    return CASE.change(talk, "code")


def on_change(request: Request) -> Reply:
    """[Ubah]: which answer; with a word, that question again."""
    talk = CASE.talk(request, "confirm", "change")
    if talk is None:
        return on_go_on(request)
    wanted = word(request)
    may = wanted in ask.change_labels(request) and (wanted != "keeper" or talk.draft.get("chooses"))
    return CASE.change(talk, wanted if may or wanted == "confirm" else "change")


def _open(talk: Talk) -> Reply:
    """[Buka kasus]."""
    request, draft = talk.request, talk.draft
    categories = opening.case_rules(request.institution).categories
    intake = Intake(
        categories=tuple(categories[place] for place in draft["categories"] if place < len(categories)),
        age_years=draft.get("age"),
        unborn=bool(draft.get("unborn")),
        sex=draft.get("sex"),
        code_name=str(draft.get("code") or ""),
        name=draft.get("name"),
        address=draft.get("address"),
        reason=draft.get("reason"),
    )
    try:
        opened = opening.open_case(request.work, intake, peksos_id=draft.get("keeper"))
    except CODE_REFUSED as error:
        raise NotAnAnswerError(code_problem(error), field="code") from error
    case = opened.case
    said = _("✅ {case} is open.").format(case=bold(_("Case {code}").format(code=case.code_name)))
    if case.peksos_id != who(request).id:
        said += " " + _("Whoever has the case has been told.")
    return show_case(request, case.id or 0, said)


def _read_age(talk: Talk) -> int:
    words = (talk.request.text or "").strip()
    if "kandungan" in words.casefold():
        return UNBORN
    said = _AGE.fullmatch(words)
    if said is None:
        sorry = _("I do not understand “{words}”. Type the age in years, for example 9.")
        raise NotAnAnswerError(sorry.format(words=echo(words)))
    return int(said.group(1))


def _age(talk: Talk, age: int) -> int | None:
    talk.draft["unborn"] = age == UNBORN
    if age == UNBORN:
        return None
    try:
        check_age(opening.case_rules(talk.request.institution), age)
    except TooOldError as error:
        sorry = _(
            "The shelter is for children below {age} (SOP 9.1.20 step 1). For somebody of {age} or older please "
            "contact the local social service (Dinas Sosial). If the age was a slip, choose it again."
        )
        raise NotAnAnswerError(sorry.format(age=error.max_age)) from error
    if talk.draft.get("sex") is None:  # it was not known before the birth
        talk.draft.pop("sex", None)
    return age


def _sex(talk: Talk, sex: str) -> str | None:
    if sex not in ("L", "P") and not (sex == "-" and talk.draft.get("unborn")):
        raise ButtonError("no such sex")
    return None if sex == "-" else sex


def _text(limit: int) -> Callable[[Talk], str]:
    """Read words of at most `limit` characters."""

    def reader(talk: Talk) -> str:
        try:
            said = check_text((talk.request.text or "").strip(), limit)
        except IntakeOddError as error:
            sorry = _("That is too long. Please write it in at most {limit} characters.")
            raise NotAnAnswerError(sorry.format(limit=limit)) from error
        if said is None or not any(letter.isalpha() for letter in said):
            raise NotAnAnswerError(_("Please write it in words."))
        return said

    return reader


def _name(talk: Talk, name: str | None) -> str | None:
    """A new name may be told by the code name that was chosen."""
    talk.draft["name"] = name
    if name and talk.draft.get("code"):
        try:
            check_code(talk.request.session, talk.draft["code"], name)
        except CodeTellsError as error:
            raise NotAnAnswerError(code_problem(error), field="code") from error
        except (CodeTakenError, CodeOddError):
            pass  # said when the case is opened
    return name


def _read_code(talk: Talk) -> str:
    talk.draft["typing_code"] = False
    try:
        return check_code(talk.request.session, (talk.request.text or "").strip(), talk.draft.get("name"))
    except CODE_REFUSED as error:
        raise NotAnAnswerError(code_problem(error)) from error


def _require(request: Request) -> None:
    if not opening.may_open_case(request.work, who(request)):
        raise NotPermittedError("case")


CASE = Dialog(
    OPENING,
    (
        Field("categories", ask.categories),
        Field("age", ask.age, _read_age, _age),
        Field("sex", ask.sex, buttons_only, _sex),
        Field("keeper", ask.keeper, buttons_only, is_asked=lambda talk: bool(talk.draft.get("chooses"))),
        Field("name", ask.name, _text(NAME_MAX_CHARACTERS), _name),
        Field("address", ask.address, _text(TEXT_MAX_CHARACTERS), is_asked=lambda _talk: False),
        Field("reason", ask.reason, _text(TEXT_MAX_CHARACTERS)),
        Field("code", ask.code, _read_code),
        Field("change", ask.change, buttons_only, is_asked=lambda _talk: False),
        Field("confirm", ask.confirm),
    ),
    _open,
    lambda _talk: button(_("Cancel"), "case_stop"),
    elsewhere=on_go_on,
    left=on_cases,
    guard=_require,
    hides=NewCaseHidden(),
    life=Life.OPEN,
    is_card=True,
)
ROUTES = Routes(
    About.CASES,
    presses={
        "case_new": on_new,
        "case_go_on": on_go_on,
        "case_tick": on_tick,
        "case_ticked": on_ticked,
        "case_age": on_age,
        "case_sex": on_sex,
        "case_for": on_keeper,
        "case_skip": on_skip,
        "case_code": on_code,
        "case_code_own": on_code_own,
        "case_change": on_change,
        "case_confirm": CASE.confirm,
        "case_stop": CASE.leave,
    },
    dialogs=(CASE,),
)
