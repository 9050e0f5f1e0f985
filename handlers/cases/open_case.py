"""Opening a shelter case from the chat: what was answered, and what comes next. The questions: `case_questions`."""

import re

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.cases.case_list import OPENING, on_cases
from handlers.cases.case_page import show_case
from handlers.cases.case_questions import ORDER, UNBORN, Draft, change_labels, proposed_code, put
from handlers.cases.case_words import code_problem
from handlers.looks.markup import bold, esc, shorten
from handlers.looks.screens import pressed, who, word
from handlers.looks.wording import _
from handlers.reply import Reply
from handlers.routing import Routes
from handlers.visit import Visit
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


def on_new(visit: Visit) -> Reply:
    """[Buka kasus baru]."""
    _require(visit)
    s, house, officer = visit.session, visit.house, who(visit)
    own = any(one.id == officer.id for one in opening.keepers(s, house))
    chooses = opening.may_choose_keeper(s, house, officer) or not own
    return put(visit, {"ask": "categories", "chooses": chooses, "keeper": officer.id if own else None})


def on_go_on(visit: Visit) -> Reply:
    """[Lanjutkan]: the question where it stopped."""
    draft = _draft(visit)
    return on_cases(visit) if draft is None else put(visit, draft)


def on_tick(visit: Visit) -> Reply:
    """A category is ticked (1) or not (0). The button says which, so that a second tap changes nothing."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != "categories":
        return _lost(visit, draft)
    place = pressed(visit)
    if not 0 <= place < len(opening.case_rules(visit.house).categories):
        raise ButtonError("no such category")
    ticked = [one for one in draft.get("categories", []) if one != place]
    draft["categories"] = sorted([*ticked, place] if pressed(visit, 1) else ticked)
    return put(visit, draft)


def on_ticked(visit: Visit) -> Reply:
    """[Lanjut] after the ticks."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != "categories":
        return _lost(visit, draft)
    if not draft.get("categories"):
        return put(visit, draft)
    return _next(visit, draft)


def on_age(visit: Visit) -> Reply:
    """An age was tapped, or that the child is not born yet."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != "age":
        return _lost(visit, draft)
    return _take_age(visit, draft, pressed(visit))


def on_sex(visit: Visit) -> Reply:
    """Girl, boy, or not known yet of a child that is not born."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != "sex":
        return _lost(visit, draft)
    if word(visit) not in ("L", "P") and not (word(visit) == "-" and draft.get("unborn")):
        raise ButtonError("no such sex")
    draft["sex"] = None if word(visit) == "-" else word(visit)
    return _next(visit, draft)


def on_keeper(visit: Visit) -> Reply:
    """Whose case it is."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != "keeper":
        return _lost(visit, draft)
    if pressed(visit) not in {one.id for one in opening.keepers(visit.session, visit.house)}:
        return put(visit, draft)
    draft["keeper"] = pressed(visit)
    return _next(visit, draft)


def on_skip(visit: Visit) -> Reply:
    """[Lewati]: the name, the address or the reason is not known or not wanted here."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != word(visit) or word(visit) not in ("name", "address", "reason"):
        return _lost(visit, draft)
    draft[word(visit)] = None
    return _next(visit, draft)


def on_code(visit: Visit) -> Reply:
    """[Pakai Kenanga]: what is proposed now; a colleague may have taken the one on the button."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != "code":
        return _lost(visit, draft)
    draft["code"] = proposed_code(visit, draft)
    return _next(visit, draft)


def on_code_own(visit: Visit) -> Reply:
    """[Nama lain]: it is typed."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != "code":
        return _lost(visit, draft)
    draft["typing_code"] = True
    return put(visit, draft)


def on_change(visit: Visit) -> Reply:
    """[Ubah]: which answer; with a word, that question again."""
    draft = _draft(visit)
    if draft is None or draft["ask"] not in ("confirm", "change"):
        return _lost(visit, draft)
    wanted = word(visit)
    if wanted == "confirm":
        draft["ask"] = "confirm"
    elif wanted in change_labels(visit) and (wanted != "keeper" or draft.get("chooses")):
        draft |= {"ask": wanted, "changing": True, "typing_code": False}
    else:
        draft["ask"] = "change"
    return put(visit, draft)


def on_confirmed(visit: Visit) -> Reply:
    """[Buka kasus]."""
    draft = _draft(visit)
    if draft is None or draft["ask"] != "confirm":
        return _lost(visit, draft)
    categories = opening.case_rules(visit.house).categories
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
        opened = opening.open_case(
            visit.session,
            visit.house,
            who(visit),
            intake,
            visit.now,
            peksos_id=draft.get("keeper"),
            update_id=visit.update_id,
        )
    except (CodeTakenError, CodeTellsError, CodeOddError) as error:
        draft |= {"ask": "code", "changing": True, "typing_code": False}
        return put(visit, draft, code_problem(error))
    conversation.end(visit, OPENING)
    case = opened.case
    said = _("✅ {case} is open.").format(case=bold(_("Case {code}").format(code=case.code_name)))
    if case.peksos_id != who(visit).id:
        said += " " + _("Whoever has the case has been told.")
    return show_case(visit, case.id or 0, said)


def on_stop(visit: Visit) -> Reply:
    """[Batal]: nothing was opened."""
    conversation.end(visit, OPENING)
    return on_cases(visit)


def on_typed(visit: Visit) -> Reply:
    """The answer to the question that the draft is at, in words."""
    draft = _draft(visit)
    if draft is None:
        return on_cases(visit)
    words = (visit.text or "").strip()
    match draft["ask"]:
        case "age":
            return _read_age(visit, draft, words)
        case "name" | "address" | "reason" as ask:
            return _read_text(visit, draft, ask, words)
        case "code":
            return _read_code(visit, draft, words)
    return put(visit, draft, _("Please use the buttons."))


def _read_age(visit: Visit, draft: Draft, words: str) -> Reply:
    if "kandungan" in words.casefold():
        return _take_age(visit, draft, UNBORN)
    said = _AGE.fullmatch(words)
    if said is None:
        sorry = _("I do not understand “{words}”. Type the age in years, for example 9.")
        return put(visit, draft, sorry.format(words=esc(shorten(words, ECHO_MAX))))
    return _take_age(visit, draft, int(said.group(1)))


def _take_age(visit: Visit, draft: Draft, age: int) -> Reply:
    if age == UNBORN:
        return _next(visit, draft | {"unborn": True, "age": None})
    try:
        check_age(opening.case_rules(visit.house), age)
    except TooOldError as error:
        sorry = _(
            "The shelter is for children below {age} (SOP 9.1.20 step 1). For somebody of {age} or older please "
            "contact the local social service (Dinas Sosial). If the age was a slip, choose it again."
        )
        return put(visit, draft, sorry.format(age=error.max_age))
    draft |= {"unborn": False, "age": age}
    if draft.get("changing") and draft.get("sex") is None:  # it was not known before the birth
        return put(visit, draft | {"ask": "sex"})
    return _next(visit, draft)


def _read_text(visit: Visit, draft: Draft, ask: str, words: str) -> Reply:
    limit = NAME_MAX_CHARACTERS if ask == "name" else TEXT_MAX_CHARACTERS
    try:
        said = check_text(words, limit)
    except IntakeOddError:
        sorry = _("That is too long. Please write it in at most {limit} characters.")
        return put(visit, draft, sorry.format(limit=limit))
    if said is None or not any(letter.isalpha() for letter in said):
        return put(visit, draft, _("Please write it in words."))
    draft[ask] = said
    return _next(visit, draft)


def _read_code(visit: Visit, draft: Draft, words: str) -> Reply:
    try:
        draft["code"] = check_code(visit.session, words, draft.get("name"))
    except (CodeTakenError, CodeTellsError, CodeOddError) as error:
        return put(visit, draft | {"typing_code": False}, code_problem(error))
    return _next(visit, draft)


def _next(visit: Visit, draft: Draft) -> Reply:
    """The next question; after a change the last look again, or the code name when a new name gave it away."""
    draft["typing_code"] = False
    if draft.pop("changing", False):
        draft["ask"] = "confirm"
        if draft.get("name") and draft.get("code"):
            try:
                check_code(visit.session, draft["code"], draft["name"])
            except CodeTellsError as error:
                draft |= {"ask": "code", "changing": True}
                return put(visit, draft, code_problem(error))
            except (CodeTakenError, CodeOddError):
                pass  # said when the case is opened
        return put(visit, draft)
    following = ORDER[ORDER.index(draft["ask"]) + 1]
    if following == "keeper" and not draft.get("chooses"):
        following = ORDER[ORDER.index("keeper") + 1]
    draft["ask"] = following
    return put(visit, draft)


def _lost(visit: Visit, draft: Draft | None) -> Reply:
    """A button of a question that is over: the present question, or the list."""
    return on_cases(visit) if draft is None else put(visit, draft)


def _draft(visit: Visit) -> Draft | None:
    _require(visit)
    row = conversation.current(visit)
    return conversation.draft_of(row) if row is not None and row.topic == OPENING else None


def _require(visit: Visit) -> None:
    if not opening.may_open_case(visit.session, visit.house, who(visit)):
        raise NotPermittedError("case")


ROUTES = Routes(
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
