"""What is asked when a case is opened: categories, age, sex, whose case, name, reason, code name, a last look."""

from typing import Any

from handlers.cases.case_list import OPENING
from handlers.cases.case_words import age_words, keeper_label
from handlers.ui import conversation
from handlers.ui.markup import bold, clip, esc
from handlers.ui.reply import Action, Button, Delete, Edit, Keyboard, Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.screens import button, rows, who
from handlers.ui.texts import _
from sop_flows.actions.cases.codes import propose_code
from sop_flows.actions.cases.intake import oldest
from sop_flows.actions.cases.opening import case_rules, keepers
from storage.tables import Officer

Draft = dict[str, Any]
ORDER = ("categories", "age", "sex", "keeper", "name", "reason", "code", "confirm")
UNBORN = -1  # in place of an age on a button
AGES_A_ROW = 6


def put(request: Request, draft: Draft, said: str = "") -> Reply:
    """Ask the question that the draft is at, with `said` (HTML) above it.

    The flow is one message: a tap or a word changes it, and what was typed goes, for it may name the child.
    """
    row = conversation.ask(request, OPENING, draft)
    text, keyboard = question_of(request, draft)
    text = clip(f"{said}\n\n{text}" if said else text)
    if request.press is not None:
        return reply(Edit(text, keyboard, protect=True, card=True))
    forget: list[Action] = [] if request.message_id is None else [Delete(request.message_id)]
    if row.card_message_id is not None and request.kind != "command":
        return reply(Edit(text, keyboard, message_id=row.card_message_id, protect=True, card=True), *forget)
    return reply(Say(text, keyboard, protect=True, card=True), *forget)


def question_of(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    """The question that the draft is at (HTML), with its buttons."""
    asks = {
        "categories": _ask_categories,
        "age": _ask_age,
        "sex": _ask_sex,
        "keeper": _ask_keeper,
        "name": _ask_name,
        "address": _ask_address,
        "reason": _ask_reason,
        "code": _ask_code,
        "change": _ask_change,
        "confirm": _ask_confirm,
    }
    text, keyboard = asks[draft["ask"]](request, draft)
    return text, (*keyboard, (button(_("Cancel"), "case_stop"),))


def _ask_categories(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    ticked = set(draft.get("categories", []))
    buttons = [
        (
            button(
                f"{'☑' if place in ticked else '☐'} {category}", "case_tick", place, int(place not in ticked)
            ),
        )
        for place, category in enumerate(case_rules(request.institution).categories)
    ]
    text = bold(_("A new case")) + "\n" + _("To which categories does the child belong? Tap all that apply.")
    if ticked:
        return text, (*buttons, (button(_("Continue"), "case_ticked", style="success"),))
    return text, tuple(buttons)


def _ask_age(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    ages = [
        button("< 1" if age == 0 else str(age), "case_age", age)
        for age in range(oldest(case_rules(request.institution)) + 1)
    ]
    unborn = button(_("Not born yet"), "case_age", UNBORN)
    return _("How old is the child, in years?"), (*rows(ages, AGES_A_ROW), (unborn,))


def _ask_sex(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    buttons = [button(_("Girl"), "case_sex", tag="P"), button(_("Boy"), "case_sex", tag="L")]
    if draft.get("unborn"):
        buttons.append(button(_("Not known yet"), "case_sex", tag="-"))
    return _("Girl or boy?"), rows(buttons, 3)


def _ask_keeper(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    buttons = [
        button(_("Me") if one.id == who(request).id else one.name, "case_for", one.id or 0)
        for one in keepers(request.work)
    ]
    role = keeper_label(request)
    if not buttons:
        return _("There is no {role} yet to whom the case could be given.").format(role=role), ()
    return _("Who has this case as {role}?").format(role=role), rows(buttons)


def _ask_name(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    text = _("What is the child's name? Type it, or leave it out for now.")
    return text + "\n" + _only_few(request), ((_skip("name"),),)


def _ask_address(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    return _("Where does the child live? Type it in one line.") + "\n" + _only_few(request), (
        (_skip("address"),),
    )


def _ask_reason(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    text = _("Why does the child need protection? One or two sentences.")
    return text + "\n" + _only_few(request), ((_skip("reason"),),)


def _ask_code(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    proposed = proposed_code(request, draft)
    text = _("By which code name is everybody else to call the child?")
    if draft.get("typing_code"):
        return _("Type a code name of your own. It must not tell the child's name."), ()
    return text, (
        (button(_("Use {code}").format(code=proposed), "case_code", style="success"),),
        (button(_("Another name"), "case_code_own"),),
    )


def proposed_code(request: Request, draft: Draft) -> str:
    """The code name on the button."""
    return propose_code(request.session, case_rules(request.institution), draft.get("name"))


def _ask_change(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    buttons = [
        button(label, "case_change", tag=ask)
        for ask, label in change_labels(request).items()
        if ask != "keeper" or draft.get("chooses")
    ]
    return _("What is to be changed?"), (*rows(buttons), (button(_("‹ Back"), "case_change", tag="confirm"),))


def change_labels(request: Request) -> dict[str, str]:
    """What can be changed at the last look."""
    return {
        "categories": _("Categories"),
        "age": _("Age"),
        "sex": _("Sex"),
        "keeper": keeper_label(request),
        "name": _("Name"),
        "address": _("Address"),
        "reason": _("Reason"),
        "code": _("Code name"),
    }


def _ask_confirm(request: Request, draft: Draft) -> tuple[str, Keyboard]:
    sex = {"L": _("boy"), "P": _("girl")}.get(str(draft.get("sex")), "")
    about = [*([sex] if sex else []), age_words(draft.get("age"))]
    categories = case_rules(request.institution).categories
    keeper = request.session.get(Officer, int(draft.get("keeper") or who(request).id or 0))
    nothing = _("not known")
    lines = [
        bold(_("Case {code}").format(code=draft.get("code", ""))) + " · " + " · ".join(about),
        _("Categories: {names}").format(
            names=esc(", ".join(categories[place] for place in sorted(draft.get("categories", []))))
        ),
        _("Name: {name}").format(name=esc(draft.get("name") or nothing)),
        *([_("Address: {address}").format(address=esc(draft["address"]))] if draft.get("address") else []),
        _("Reason: {note}").format(note=esc(draft.get("reason") or nothing)),
        f"{keeper_label(request)}: {esc(keeper.name if keeper is not None else nothing)}",
        "",
        _("Is everything right? The emergency steps begin at once."),
    ]
    return "\n".join(lines), (
        (button(_("Open the case"), "case_confirm", style="success"),),
        (button(_("Change…"), "case_change"),),
    )


def _skip(ask: str) -> Button:
    return button(_("Skip"), "case_skip", tag=ask)


def _only_few(request: Request) -> str:
    """Who will see it."""
    words = _("Only the {role} of the case and the heads see this.").format(role=keeper_label(request))
    return f"<i>{words}</i>"
