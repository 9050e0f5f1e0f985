"""[Perbaiki ...]: a slip in what is written of a child, a school, an angkatan or an officer is put right."""

from datetime import date

from handlers.ui.dialog import Dialog, Field, Screen, Talk, is_over, typed_words
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    ButtonError,
    Reply,
    Request,
    button,
    pressed,
    rows,
    screen,
    to_list,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import (
    _,
    bold,
    child_code,
    date_words,
    esc,
    moment_words,
)
from sop_flows.actions.cohorts import corrections as rules
from sop_flows.actions.cohorts.cohorts import CohortNameOddError, CohortNameTakenError
from sop_flows.actions.cohorts.corrections import CorrectionRefusedError, Fact, Why
from sop_flows.actions.people.invitations import NameOddError
from sop_flows.core.work import schools_of
from sop_flows.errors import NotFoundError
from sop_flows.staffing.responsibility import log_read, name_of
from sop_flows.staffing.roster import require_admin, require_opener
from storage.queries.children import ChildRow
from storage.tables import Child, Cohort, Officer, School

SHOWN = 5  # corrections listed on one screen
NAME = "name"  # the fact of all that is no child


# --- a child ----------------------------------------------------------------------------------------------------


def on_child(request: Request) -> Reply:
    """[Perbaiki data]: which fact; and what was put right before. Logged."""
    row = rules.correctable(request.work, pressed(request))
    log_read(request.work, "correct", child_id=row.child.id)
    lines = [_title(row), _("What is written wrongly?"), *_former_lines(request, row.child)]
    picks = [button(label, "fix_fact", row.child.id or 0, tag=fact) for fact, label in _facts().items()]
    last = [
        button(_("Photo of the child"), "child_photo", row.child.id or 0, 1),
        button(_("‹ Back"), "child_card", row.child.id or 0),
    ]
    return screen(request, "\n".join(lines), (*rows([*picks, *last]),))


def _former_lines(request: Request, row: Child | School | Cohort | Officer) -> list[str]:
    """What was put right before: from what to what, by whom, when and why (HTML)."""
    found = [one for one in rules.list_corrections(request.session, row) if one.fact in _facts()][:SHOWN]
    return [*(["", _("Put right before:")] if found else [])] + [
        _("• {fact}: {before} → {after} · {who}, {when}: {reason}").format(
            fact=_facts()[one.fact],
            before=_shown(request, one.fact, one.before),
            after=_shown(request, one.fact, one.after),
            who=esc(name_of(request.session, one.officer_id) or ""),
            when=moment_words(one.corrected_at, request.now, request.institution.zone),
            reason=esc(one.reason),
        )
        for one in found
    ]


def _facts() -> dict[str, str]:
    return {
        Fact.NAME: _("Name"),
        Fact.SEX: _("Boy or girl"),
        Fact.BORN: _("Birth date"),
        Fact.SCHOOL: _("School"),
        Fact.PARENT: _("Parents' name"),
        Fact.PHONE: _("Telephone"),
        Fact.ADDRESS: _("Address"),
    }


def _title(row: ChildRow) -> str:
    number = _("No. {number}").format(number=child_code(row.child.number))
    return f"<b>{number} · {esc(row.child.name)}</b>"


def _shown(request: Request, fact: str, value: str | None) -> str:
    """A stored value as people read it (HTML)."""
    if value is None:
        return _("not known")
    match fact:
        case Fact.SEX:
            return _("boy") if value == "L" else _("girl")
        case Fact.BORN:
            return date_words(date.fromisoformat(value))
        case Fact.SCHOOL:
            school = request.session.get(School, int(value))
            return "" if school is None else esc(school.name)
    return esc(value)


def on_fact(request: Request) -> Reply:
    """A fact was tapped: what is right?"""
    if word(request) not in _facts():
        raise ButtonError("no such fact")
    row = rules.correctable(request.work, pressed(request))
    return FIX.begin(request, {"of": "children", "row": row.child.id, "fact": word(request)})


# --- a school, an angkatan, an officer --------------------------------------------------------------------------


def on_school(request: Request) -> Reply:
    """[Perbaiki nama] of a school."""
    require_opener(request.work, who(request))
    return FIX.begin(request, {"of": "schools", "row": pressed(request), "fact": NAME})


def on_cohort(request: Request) -> Reply:
    """[Perbaiki nama] of an angkatan."""
    require_opener(request.work, who(request))
    return FIX.begin(request, {"of": "cohorts", "row": pressed(request), "fact": NAME})


def on_officer(request: Request) -> Reply:
    """[Perbaiki nama] of an officer."""
    require_admin(who(request))
    return FIX.begin(request, {"of": "officers", "row": pressed(request), "fact": NAME})


def _named(talk: Talk) -> School | Cohort | Officer:
    s, row_id = talk.request.session, int(talk.draft["row"])
    found: School | Cohort | Officer | None
    match talk.draft["of"]:
        case "schools":
            found = s.get(School, row_id)
        case "cohorts":
            found = s.get(Cohort, row_id)
        case _:
            found = s.get(Officer, row_id)
    if found is None:
        raise NotFoundError
    return found


# --- what is right, why, and a last look ------------------------------------------------------------------------


def _is_child(talk: Talk) -> bool:
    return str(talk.draft["of"]) == "children"


def _child(talk: Talk) -> ChildRow:
    return rules.correctable(talk.request.work, int(talk.draft["row"]))


def _head(talk: Talk) -> str:
    return _title(_child(talk)) if _is_child(talk) else bold(_named(talk).name)


def _before(talk: Talk) -> str | None:
    return (
        rules.value_of(_child(talk).child, Fact(talk.draft["fact"])) if _is_child(talk) else _named(talk).name
    )


def _ask_value(talk: Talk) -> Screen:
    request, fact, row_id = talk.request, str(talk.draft["fact"]), int(talk.draft["row"])
    stands = _("It says: {value}").format(value=_shown(request, fact, _before(talk)))
    if _is_child(talk) and fact == Fact.SEX:
        picks = [
            button(label, "fix_value", row_id, tag=tag) for tag, label in (("L", _("Boy")), ("P", _("Girl")))
        ]
        return f"{_head(talk)}\n{stands}\n" + _("What is right?"), rows(picks)
    if _is_child(talk) and fact == Fact.SCHOOL:
        found = schools_of(request.session, _child(talk).child.cohort_id)
        picks = [button(one.name, "fix_value", row_id, tag=f"#{one.id}") for one in found]
        return f"{_head(talk)}\n{stands}\n" + _("Which school is right?"), rows(picks)
    hint = (
        _("Type it as it is right, for example 12/05/2016.")
        if fact == Fact.BORN
        else _("Type it as it is right.")
    )
    former = [] if _is_child(talk) else _former_lines(request, _named(talk))
    return "\n".join([_head(talk), stands, hint, *former]), ()


def _read_value(talk: Talk) -> str:
    return (talk.request.text or "").strip()


def _check_value(talk: Talk, typed: str) -> str:
    """Refused at once, before the reason is asked."""
    try:
        if _is_child(talk):
            rules.read_fact(talk.request.work, _child(talk), Fact(talk.draft["fact"]), typed)
    except CorrectionRefusedError as error:
        raise NotAnAnswerError(why_words(error)) from error
    return typed


def on_value(request: Request) -> Reply:
    """Boy or girl, or a school, was tapped."""
    return FIX.take(request, "value", word(request))


def why_words(error: CorrectionRefusedError) -> str:
    """Why a correction is not taken, and what to do (HTML)."""
    return {
        Why.NAME_ODD: _("That is no name. Type it again."),
        Why.NAME_TAKEN: _("Another one has this name. Type a different one."),
        Why.SEX_UNKNOWN: _("Please tap Boy or Girl."),
        Why.DATE_UNKNOWN: _("That is no date. Type it for example as 12/05/2016."),
        Why.AGE_OUTSIDE: _(
            "The child would not be {youngest} to {oldest} years old. Type the birth date again."
        ).format(youngest=error.ages[0], oldest=error.ages[1]),
        Why.SCHOOL_UNKNOWN: _("That is no school of this angkatan. Please tap one."),
        Why.PHONE_ODD: _("That is no telephone number. Type it again, or - when there is none."),
        Why.TOO_LONG: _("That is too long. Type it in fewer words."),
        Why.THE_SAME: _("It says so already. Nothing is changed."),
        Why.ANOTHER_CHILD: _(
            "Then it would be the same child as No. {number}: same name, school and birth date. If a child stands there"
            " twice, let one of them leave."
        ).format(number=child_code(error.number)),
    }[error.why]


def _ask_why(talk: Talk) -> Screen:
    picks = [button(words, "fix_why", int(talk.draft["row"]), tag=tag) for tag, words in _reasons().items()]
    asked = _("Why? Choose, or write it.")
    return f"{_head(talk)}\n{_change_words(talk)}\n{asked}", rows(picks)


def _reasons() -> dict[str, str]:
    return {"typed": _("Typed wrongly"), "papers": _("By its papers"), "told": _("Told by the family")}


def on_why(request: Request) -> Reply:
    """One of the usual reasons."""
    words = _reasons().get(word(request))
    if words is None:
        raise ButtonError("no such reason")
    return FIX.take(request, "reason", words)


def _change_words(talk: Talk) -> str:
    """ "Nama: Anak Contoh → Anak Contoh Baru" (HTML)."""
    request, fact, typed = talk.request, str(talk.draft["fact"]), str(talk.draft["value"])
    after: str | None = typed
    if _is_child(talk):
        try:
            after = rules.read_fact(request.work, _child(talk), Fact(fact), typed)
        except CorrectionRefusedError as error:
            raise NotAnAnswerError(why_words(error), field="value") from error
    return _("{fact}: {before} → {after}").format(
        fact=_facts().get(fact, _("Name")),
        before=_shown(request, fact, _before(talk)),
        after=_shown(request, fact, after),
    )


def _look(talk: Talk) -> Screen:
    lines = [
        _head(talk),
        _change_words(talk),
        _("Reason: {note}").format(note=esc(str(talk.draft["reason"]))),
    ]
    yes = button(_("Yes, put right"), "fix_yes", int(talk.draft["row"]), style="success")
    return "\n".join([*lines, _("Put it right?")]), ((yes,),)


def _fix(talk: Talk) -> Reply:
    request, row_id = talk.request, int(talk.draft["row"])
    typed, reason = str(talk.draft["value"]), str(talk.draft["reason"])
    try:
        match talk.draft["of"]:
            case "children":
                said = rules.correct_child(request.work, row_id, Fact(talk.draft["fact"]), typed, reason)
            case "schools":
                said = rules.rename_school(request.work, row_id, typed, reason)
            case "cohorts":
                said = rules.rename_cohort(request.work, row_id, typed, reason)
            case _:
                said = rules.rename_officer(request.work, row_id, typed, reason)
    except CorrectionRefusedError as error:
        raise NotAnAnswerError(why_words(error), field="value") from error
    except (CohortNameOddError, NameOddError) as error:
        raise NotAnAnswerError(_("That is no name. Type it again."), field="value") from error
    except CohortNameTakenError as error:
        raise NotAnAnswerError(
            _("Another one has this name. Type a different one."), field="value"
        ) from error
    text = "✅ " + _("Put right: {before} → {after}").format(
        before=_shown(request, said.fact, said.before), after=_shown(request, said.fact, said.after)
    )
    return screen(request, text, ((_back(talk, _("Open")), to_list()),))


def _back(talk: Talk, label: str) -> Button:
    verb = {
        "children": "child_card",
        "schools": "cohort_school",
        "cohorts": "cohort_card",
        "officers": "enrol_card",
    }
    return button(label, verb[str(talk.draft["of"])], int(talk.draft["row"]))


FIX = Dialog(
    "correct",
    (
        Field("value", _ask_value, _read_value, _check_value, forgets=True),
        Field("reason", _ask_why, typed_words),
        Field("sure", _look),
    ),
    _fix,
    lambda talk: _back(talk, _("Cancel")),
    about="row",
    elsewhere=is_over,
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "fix_child": on_child,
        "fix_fact": on_fact,
        "fix_school": on_school,
        "fix_cohort": on_cohort,
        "fix_officer": on_officer,
        "fix_value": on_value,
        "fix_why": on_why,
        "fix_yes": FIX.confirm,
    },
    dialogs=(FIX,),
)
