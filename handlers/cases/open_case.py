"""Opening a shelter case from the chat: what was answered, and what comes next. The questions: `case_questions`."""

import re

from handlers.cases.case_list import OPENING, on_cases
from handlers.cases.case_page import show_case
from handlers.cases.case_questions import ORDER, UNBORN, Draft, change_labels, proposed_code, put
from handlers.cases.case_words import code_problem
from handlers.ui import conversation
from handlers.ui.buttons import ButtonError
from handlers.ui.markup import bold, esc, shorten
from handlers.ui.reply import Reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import pressed, who, word
from handlers.ui.texts import _
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
from sop_flows.errors import NotPermittedError

ECHO_MAX = 30  # characters of the officer's words that are said back
_AGE = re.compile(r"\s*(\d{1,3})\s*(?:th|thn|tahun|years?)?\.?\s*", re.IGNORECASE)


def on_new(request: Request) -> Reply:
    """[Buka kasus baru]."""
    _require(request)
    officer = who(request)
    own = any(one.id == officer.id for one in opening.keepers(request.work))
    chooses = opening.may_choose_keeper(request.work, officer) or not own
    return put(request, {"ask": "categories", "chooses": chooses, "keeper": officer.id if own else None})


def on_go_on(request: Request) -> Reply:
    """[Lanjutkan]: the question where it stopped."""
    draft = _draft(request)
    return on_cases(request) if draft is None else put(request, draft)


def on_tick(request: Request) -> Reply:
    """A category is ticked (1) or not (0). The button says which, so that a second tap changes nothing."""
    draft = _draft(request)
    if draft is None or draft["ask"] != "categories":
        return _lost(request, draft)
    place = pressed(request)
    if not 0 <= place < len(opening.case_rules(request.institution).categories):
        raise ButtonError("no such category")
    ticked = [one for one in draft.get("categories", []) if one != place]
    draft["categories"] = sorted([*ticked, place] if pressed(request, 1) else ticked)
    return put(request, draft)


def on_ticked(request: Request) -> Reply:
    """[Lanjut] after the ticks."""
    draft = _draft(request)
    if draft is None or draft["ask"] != "categories":
        return _lost(request, draft)
    if not draft.get("categories"):
        return put(request, draft)
    return _next(request, draft)


def on_age(request: Request) -> Reply:
    """An age was tapped, or that the child is not born yet."""
    draft = _draft(request)
    if draft is None or draft["ask"] != "age":
        return _lost(request, draft)
    return _take_age(request, draft, pressed(request))


def on_sex(request: Request) -> Reply:
    """Girl, boy, or not known yet of a child that is not born."""
    draft = _draft(request)
    if draft is None or draft["ask"] != "sex":
        return _lost(request, draft)
    if word(request) not in ("L", "P") and not (word(request) == "-" and draft.get("unborn")):
        raise ButtonError("no such sex")
    draft["sex"] = None if word(request) == "-" else word(request)
    return _next(request, draft)


def on_keeper(request: Request) -> Reply:
    """Whose case it is."""
    draft = _draft(request)
    if draft is None or draft["ask"] != "keeper":
        return _lost(request, draft)
    if pressed(request) not in {one.id for one in opening.keepers(request.work)}:
        return put(request, draft)
    draft["keeper"] = pressed(request)
    return _next(request, draft)


def on_skip(request: Request) -> Reply:
    """[Lewati]: the name, the address or the reason is not known or not wanted here."""
    draft = _draft(request)
    if draft is None or draft["ask"] != word(request) or word(request) not in ("name", "address", "reason"):
        return _lost(request, draft)
    draft[word(request)] = None
    return _next(request, draft)


def on_code(request: Request) -> Reply:
    """[Pakai Kenanga]: what is proposed now; a colleague may have taken the one on the button."""
    draft = _draft(request)
    if draft is None or draft["ask"] != "code":
        return _lost(request, draft)
    draft["code"] = proposed_code(request, draft)
    return _next(request, draft)


def on_code_own(request: Request) -> Reply:
    """[Nama lain]: it is typed."""
    draft = _draft(request)
    if draft is None or draft["ask"] != "code":
        return _lost(request, draft)
    draft["typing_code"] = True
    return put(request, draft)


def on_change(request: Request) -> Reply:
    """[Ubah]: which answer; with a word, that question again."""
    draft = _draft(request)
    if draft is None or draft["ask"] not in ("confirm", "change"):
        return _lost(request, draft)
    wanted = word(request)
    if wanted == "confirm":
        draft["ask"] = "confirm"
    elif wanted in change_labels(request) and (wanted != "keeper" or draft.get("chooses")):
        draft |= {"ask": wanted, "changing": True, "typing_code": False}
    else:
        draft["ask"] = "change"
    return put(request, draft)


def on_confirmed(request: Request) -> Reply:
    """[Buka kasus]."""
    draft = _draft(request)
    if draft is None or draft["ask"] != "confirm":
        return _lost(request, draft)
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
    except (CodeTakenError, CodeTellsError, CodeOddError) as error:
        draft |= {"ask": "code", "changing": True, "typing_code": False}
        return put(request, draft, code_problem(error))
    conversation.end(request, OPENING)
    case = opened.case
    said = _("✅ {case} is open.").format(case=bold(_("Case {code}").format(code=case.code_name)))
    if case.peksos_id != who(request).id:
        said += " " + _("Whoever has the case has been told.")
    return show_case(request, case.id or 0, said)


def on_stop(request: Request) -> Reply:
    """[Batal]: nothing was opened."""
    conversation.end(request, OPENING)
    return on_cases(request)


def on_typed(request: Request) -> Reply:
    """The answer to the question that the draft is at, in words."""
    draft = _draft(request)
    if draft is None:
        return on_cases(request)
    words = (request.text or "").strip()
    match draft["ask"]:
        case "age":
            return _read_age(request, draft, words)
        case "name" | "address" | "reason" as ask:
            return _read_text(request, draft, ask, words)
        case "code":
            return _read_code(request, draft, words)
    return put(request, draft, _("Please use the buttons."))


def _read_age(request: Request, draft: Draft, words: str) -> Reply:
    if "kandungan" in words.casefold():
        return _take_age(request, draft, UNBORN)
    said = _AGE.fullmatch(words)
    if said is None:
        sorry = _("I do not understand “{words}”. Type the age in years, for example 9.")
        return put(request, draft, sorry.format(words=esc(shorten(words, ECHO_MAX))))
    return _take_age(request, draft, int(said.group(1)))


def _take_age(request: Request, draft: Draft, age: int) -> Reply:
    if age == UNBORN:
        return _next(request, draft | {"unborn": True, "age": None})
    try:
        check_age(opening.case_rules(request.institution), age)
    except TooOldError as error:
        sorry = _(
            "The shelter is for children below {age} (SOP 9.1.20 step 1). For somebody of {age} or older please "
            "contact the local social service (Dinas Sosial). If the age was a slip, choose it again."
        )
        return put(request, draft, sorry.format(age=error.max_age))
    draft |= {"unborn": False, "age": age}
    if draft.get("changing") and draft.get("sex") is None:  # it was not known before the birth
        return put(request, draft | {"ask": "sex"})
    return _next(request, draft)


def _read_text(request: Request, draft: Draft, ask: str, words: str) -> Reply:
    limit = NAME_MAX_CHARACTERS if ask == "name" else TEXT_MAX_CHARACTERS
    try:
        said = check_text(words, limit)
    except IntakeOddError:
        sorry = _("That is too long. Please write it in at most {limit} characters.")
        return put(request, draft, sorry.format(limit=limit))
    if said is None or not any(letter.isalpha() for letter in said):
        return put(request, draft, _("Please write it in words."))
    draft[ask] = said
    return _next(request, draft)


def _read_code(request: Request, draft: Draft, words: str) -> Reply:
    try:
        draft["code"] = check_code(request.session, words, draft.get("name"))
    except (CodeTakenError, CodeTellsError, CodeOddError) as error:
        return put(request, draft | {"typing_code": False}, code_problem(error))
    return _next(request, draft)


def _next(request: Request, draft: Draft) -> Reply:
    """The next question; after a change the last look again, or the code name when a new name gave it away."""
    draft["typing_code"] = False
    if draft.pop("changing", False):
        draft["ask"] = "confirm"
        if draft.get("name") and draft.get("code"):
            try:
                check_code(request.session, draft["code"], draft["name"])
            except CodeTellsError as error:
                draft |= {"ask": "code", "changing": True}
                return put(request, draft, code_problem(error))
            except (CodeTakenError, CodeOddError):
                pass  # said when the case is opened
        return put(request, draft)
    following = ORDER[ORDER.index(draft["ask"]) + 1]
    if following == "keeper" and not draft.get("chooses"):
        following = ORDER[ORDER.index("keeper") + 1]
    draft["ask"] = following
    return put(request, draft)


def _lost(request: Request, draft: Draft | None) -> Reply:
    """A button of a question that is over: the present question, or the list."""
    return on_cases(request) if draft is None else put(request, draft)


def _draft(request: Request) -> Draft | None:
    _require(request)
    row = conversation.current(request)
    return conversation.draft_of(row) if row is not None and row.topic == OPENING else None


def _require(request: Request) -> None:
    if not opening.may_open_case(request.work, who(request)):
        raise NotPermittedError("case")


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
        "case_confirm": on_confirmed,
        "case_stop": on_stop,
    },
    topics={OPENING: on_typed},
)
