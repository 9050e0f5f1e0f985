"""Opening a shelter case from the chat: what was answered, and what comes next. The questions: `case_questions`."""

import re
from collections.abc import Callable

from handlers.cases import case_questions as ask
from handlers.cases.case_list import OPENING, on_cases
from handlers.cases.case_page import show_case
from handlers.cases.case_questions import UNBORN, UNKNOWN
from handlers.cases.case_words import code_problem, too_old_words
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
    check_age,
    check_text,
)
from sop_flows.core.notices import NewCaseHidden
from sop_flows.errors import NotPermittedError, TooOldError

_AGE = re.compile(
    r"\s*(?P<about>kira[- ]?kira|kurang lebih|sekitar|about|±|\+/?-|~)?\s*(?P<age>\d{1,3})\s*"
    r"(?:th|thn|tahun|years?)?\.?\s*(?P<guess>an)?",
    re.IGNORECASE,
)
_NOT_KNOWN = re.compile(
    r".*(?:(?:belum|tidak|tdk|tak) (?:di)?(?:ketahui|tahu|jelas)|not known).*", re.IGNORECASE
)
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
    return CASE.take(request, "age", (pressed(request), False))


def on_sex(request: Request) -> Reply:
    """Girl, boy, or not known yet of a child that is not born."""
    return CASE.take(request, "sex", word(request))


def on_in_house(request: Request) -> Reply:
    """Whether the child is in the house (1) or not (0)."""
    return CASE.take(request, "in_house", bool(pressed(request)))


def on_at_school(request: Request) -> Reply:
    """Whether the child goes to school (1) or not (0)."""
    return CASE.take(request, "at_school", bool(pressed(request)))


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
    may = wanted in ask.change_labels(talk) and (wanted != "keeper" or talk.draft.get("chooses"))
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
        name=None if draft.get("unborn") else draft.get("name"),
        mother=draft.get("name") if draft.get("unborn") else None,
        age_is_about=bool(draft.get("about")),
        in_house=bool(draft.get("in_house")),
        at_school=draft.get("at_school") if ask.asks_at_school(talk) else None,
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


def read_age(words: str) -> tuple[int, bool]:
    """The age in years, or UNBORN or UNKNOWN, and whether it is a guess. Raises NotAnAnswerError."""
    if "kandungan" in words.casefold():
        return UNBORN, False
    if _NOT_KNOWN.fullmatch(words) is not None:
        return UNKNOWN, False
    said = _AGE.fullmatch(words)
    if said is None:
        sorry = _("I do not understand “{words}”. Type the age in years, for example 9, or about 9.")
        raise NotAnAnswerError(sorry.format(words=echo(words)))
    return int(said["age"]), bool(said["about"])


def _age(talk: Talk, said: tuple[int, bool]) -> int | None:
    age, is_about = said
    talk.draft["unborn"], talk.draft["about"] = age == UNBORN, is_about
    if talk.draft.get("name") is not None:  # of the child or of its mother
        talk.draft.pop("name")
    talk.draft.pop("at_school", None)
    if age == UNBORN:
        return None
    if talk.draft.get("sex") is None:  # it was not known before the birth
        talk.draft.pop("sex", None)
    if age == UNKNOWN:
        return None
    try:
        check_age(opening.case_rules(talk.request.institution), age)
    except TooOldError as error:
        raise NotAnAnswerError(too_old_words(error.max_age)) from error
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
        Field("age", ask.age, lambda talk: read_age((talk.request.text or "").strip()), _age),
        Field("sex", ask.sex, buttons_only, _sex),
        Field("in_house", ask.in_house, buttons_only, is_asked=ask.asks_in_house),
        Field("at_school", ask.at_school, buttons_only, is_asked=ask.asks_at_school),
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
        "case_house": on_in_house,
        "case_school": on_at_school,
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
