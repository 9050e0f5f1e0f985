"""What is asked when a case is opened: categories, age, sex, whose case, name, reason, code name, a last look."""

from handlers.cases.case_words import age_words, keeper_label
from handlers.ui.dialog import Screen, Talk
from handlers.ui.request import TICKED_MAX, Button, Request, button, hidden_words, in_words, rows, who
from handlers.ui.request import ticked as with_tick
from handlers.ui.words import _, bold, esc
from sop_flows.actions.cases.codes import propose_code
from sop_flows.actions.cases.intake import oldest
from sop_flows.actions.cases.opening import case_rules, keepers
from sop_flows.staffing.responsibility import log_read
from storage.tables import Officer

UNBORN = -1  # in place of an age on a button
UNKNOWN = -2  # nobody knows it
AGES_A_ROW = 6


def categories(talk: Talk) -> Screen:
    """To which categories the child belongs: ticks."""
    ticked = set(talk.draft.get("categories", []))
    lines, labels = in_words(case_rules(talk.request.institution).categories, TICKED_MAX)
    buttons = [
        button(with_tick(label, place in ticked), "case_tick", place, int(place not in ticked))
        for place, label in enumerate(labels)
    ]
    asked = _("To which categories does the child belong? Tap all that apply.")
    text = "\n".join([bold(_("A new case")), asked, *lines])
    if ticked:
        return text, (*rows(buttons), (button(_("Continue"), "case_ticked", style="success"),))
    return text, rows(buttons)


def age(talk: Talk) -> Screen:
    """How old it is; typed, or tapped."""
    ages = [
        button("< 1" if age == 0 else str(age), "case_age", age)
        for age in range(oldest(case_rules(talk.request.institution)) + 1)
    ]
    others = (
        button(_("Not born yet"), "case_age", UNBORN),
        button(_("Age not known yet"), "case_age", UNKNOWN),
    )
    return _("How old is the child, in years?"), (
        *rows(ages, AGES_A_ROW),
        others,
    )


def sex(talk: Talk) -> Screen:
    """Girl or boy."""
    buttons = [button(_("Girl"), "case_sex", tag="P"), button(_("Boy"), "case_sex", tag="L")]
    if talk.draft.get("unborn"):
        buttons.append(button(_("Not known yet"), "case_sex", tag="-"))
    return _("Girl or boy?"), rows(buttons, 3)


def in_house(talk: Talk) -> Screen:
    """Whether bed, food and health begin at once."""
    yes = button(_("Yes, here"), "case_house", 1)
    return _("Is the child in the house already? Then bed, food and health begin at once."), (
        (yes, button(_("Not yet"), "case_house", 0)),
    )


def at_school(talk: Talk) -> Screen:
    """Whether clothes and things for school are needed."""
    return _("Does the child go to school?"), (
        (button(_("Goes to school"), "case_school", 1), button(_("Does not go"), "case_school", 0)),
    )


def asks_at_school(talk: Talk) -> bool:
    """Whether the pack wants to know, and the child is born and old enough."""
    age, rules = talk.draft.get("age"), case_rules(talk.request.institution)
    is_old_enough = not talk.draft.get("unborn") and (age is None or age >= rules.school_age)
    return "not_at_school" in talk.request.work.pack.asked_of_child and is_old_enough


def asks_in_house(talk: Talk) -> bool:
    """Whether the pack wants to know."""
    return "in_house" in talk.request.work.pack.asked_of_child


def keeper(talk: Talk) -> Screen:
    """Whose case it is."""
    buttons = [
        button(_("Me") if one.id == who(talk.request).id else one.name, "case_for", one.id or 0)
        for one in keepers(talk.request.work)
    ]
    role = keeper_label(talk.request)
    if not buttons:
        return _("There is no {role} yet to whom the case could be given.").format(role=role), ()
    return _("Who has this case as {role}?").format(role=role), rows(buttons)


def name(talk: Talk) -> Screen:
    """The name, which may be left out."""
    text = _("What is the child's name? Type it, or leave it out for now.")
    if talk.draft.get("unborn"):
        text = _("What is the mother's name? Type it, or leave it out for now.")
    return text + "\n" + _only_few(talk.request), ((_skip("name"),),)


def address(talk: Talk) -> Screen:
    """Where the child lives; asked only as a change."""
    return _("Where does the child live? Type it in one line.") + "\n" + _only_few(talk.request), (
        (_skip("address"),),
    )


def reason(talk: Talk) -> Screen:
    """Why the child needs protection."""
    text = _("Why does the child need protection? One or two sentences.")
    return text + "\n" + _only_few(talk.request), ((_skip("reason"),),)


def code(talk: Talk) -> Screen:
    """The code name that is proposed, or one of their own."""
    proposed = proposed_code(talk)
    text = _("By which code name is everybody else to call the child?")
    if talk.draft.get("typing_code"):
        return _("Type a code name of your own. It must not tell the child's name."), ()
    return text, (
        (button(_("Use {code}").format(code=proposed), "case_code", style="success"),),
        (button(_("Another name"), "case_code_own"),),
    )


def proposed_code(talk: Talk) -> str:
    """The code name on the button."""
    return propose_code(talk.request.session, case_rules(talk.request.institution), talk.draft.get("name"))


def change(talk: Talk) -> Screen:
    """Which answer is to be changed."""
    buttons = [
        button(label, "case_change", tag=ask)
        for ask, label in change_labels(talk).items()
        if ask != "keeper" or talk.draft.get("chooses")
    ]
    return _("What is to be changed?"), (*rows(buttons), (button(_("‹ Back"), "case_change", tag="confirm"),))


def change_labels(talk: Talk) -> dict[str, str]:
    """What can be changed at the last look."""
    request = talk.request
    return {
        "categories": _("Categories"),
        "age": _("Age"),
        "sex": _("Sex"),
        **({"in_house": _("In the house?")} if asks_in_house(talk) else {}),
        **({"at_school": _("School?")} if asks_at_school(talk) else {}),
        "keeper": keeper_label(request),
        "name": _("Mother") if talk.draft.get("unborn") else _("Name"),
        "address": _("Address"),
        "reason": _("Reason"),
        "code": _("Code name"),
    }


def confirm(talk: Talk) -> Screen:
    """Everything at once, before the case is opened; logged, and hidden again."""
    log_read(talk.request.work, "new case")
    sex = {"L": _("boy"), "P": _("girl")}.get(str(talk.draft.get("sex")), "")
    unborn = bool(talk.draft.get("unborn"))
    age_said = age_words(talk.draft.get("age"), unborn=unborn, is_about=bool(talk.draft.get("about")))
    about = [*([sex] if sex else []), age_said]
    categories = case_rules(talk.request.institution).categories
    keeper = talk.request.session.get(Officer, int(talk.draft.get("keeper") or who(talk.request).id or 0))
    nothing = _("not known")
    lines = [
        bold(_("Case {code}").format(code=talk.draft.get("code", ""))) + " · " + " · ".join(about),
        _("Categories: {names}").format(
            names=esc(", ".join(categories[place] for place in sorted(talk.draft.get("categories", []))))
        ),
        (_("Mother: {name}") if unborn else _("Name: {name}")).format(
            name=esc(talk.draft.get("name") or nothing)
        ),
        *_where(talk),
        *(
            [_("Address: {address}").format(address=esc(talk.draft["address"]))]
            if talk.draft.get("address")
            else []
        ),
        _("Reason: {note}").format(note=esc(talk.draft.get("reason") or nothing)),
        f"{keeper_label(talk.request)}: {esc(keeper.name if keeper is not None else nothing)}",
        "",
        _("Is everything right? The emergency steps begin at once."),
        f"<i>{hidden_words(talk.request)}</i>",
    ]
    return "\n".join(lines), (
        (button(_("Open the case"), "case_confirm", style="success"),),
        (button(_("Change…"), "case_change"),),
    )


def _where(talk: Talk) -> list[str]:
    """In the house or not, at school or not, as far as it was asked."""
    said = []
    if asks_in_house(talk):
        said.append(_("In the house: yes") if talk.draft.get("in_house") else _("In the house: not yet"))
    if asks_at_school(talk):
        said.append(_("School: yes") if talk.draft.get("at_school") else _("School: no"))
    return [" · ".join(said)] if said else []


def _skip(ask: str) -> Button:
    return button(_("Skip"), "case_skip", tag=ask)


def _only_few(request: Request) -> str:
    """Who will see it."""
    words = _("Only the {role} of the case and the heads see this.").format(role=keeper_label(request))
    return f"<i>{words}</i>"
