"""Handing a case to another social worker, closing it by hand and opening it again."""

from collections.abc import Callable

from handlers.cases.case_page import on_page, show_case, to_case
from handlers.cases.case_words import case_name, case_title
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Screen, Talk, why
from handlers.ui.request import About, Button, Reply, Request, button, pressed, rows, screen, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc
from sop_flows.actions.cases import keeping
from sop_flows.actions.cases.keeping import keeper_name
from sop_flows.engine.services import live_runs
from sop_flows.errors import NotFoundError
from sop_flows.staffing.responsibility import known_case, knows, name_of
from storage.tables import Case


def on_give(request: Request) -> Reply:
    """[Serahkan kasus]: to whom?"""
    case = keeping.kept_case(request.work, who(request), pressed(request))
    others = keeping.successors(request.work, case)
    if not others:
        return screen(request, _("There is nobody else who could take the case."), ((to_case(case),),))
    buttons = [button(one.name, "case_give_to", case.id or 0, one.id or 0) for one in others]
    text = f"{case_title(case)}\n" + _(
        "Who takes the case? The open steps go along, and {name} sees the case no more."
    ).format(name=esc(keeper_name(request.session, case)))
    return screen(request, text, (*rows(buttons), (to_case(case),)))


def on_given(request: Request) -> Reply:
    """To whom: why, and really?"""
    case = keeping.kept_case(request.work, who(request), pressed(request))
    if pressed(request, 1) not in [one.id for one in keeping.successors(request.work, case)]:
        raise NotFoundError
    return GIVE.begin(request, {"case": case.id, "to": pressed(request, 1)})


def _ask_give(talk: Talk) -> Screen:
    name = esc(name_of(talk.request.session, int(talk.draft["to"])) or "")
    text = _("Why does {name} take the case, and what should they know first? One or two sentences.")
    return f"{case_title(_case(talk))}\n{text.format(name=name)}", ()


def _look_give(talk: Talk) -> Screen:
    name = esc(name_of(talk.request.session, int(talk.draft["to"])) or "")
    text = _("Hand the case over to {name}? Note: {note}").format(name=name, note=esc(talk.draft["reason"]))
    yes = button(_("Yes, hand over"), "case_give_yes", talk.draft["case"], style="danger")
    return f"{case_title(_case(talk))}\n{text}", ((yes, _stop(talk)),)


def _give(talk: Talk) -> Reply:
    """All who have to know are told."""
    request, case_id = talk.request, int(talk.draft["case"])
    case = keeping.hand_over(
        request.work, who(request), case_id, int(talk.draft["to"]), str(talk.draft["reason"])
    )
    said = _("✅ {case} is now with {name}. Both and the heads have been told.").format(
        case=case_name(case), name=esc(keeper_name(request.session, case))
    )
    if knows(request.work, who(request), case):
        return show_case(request, case.id or 0, said)
    return screen(request, said, ((button(_("‹ Cases"), "case_list"),),))


def on_reopen(request: Request) -> Reply:
    """[Buka lagi] of a case that was closed by hand: why?"""
    return REOPEN.begin(request, {"case": known_case(request.work, who(request), pressed(request)).id})


def _ask_reopen(talk: Talk) -> Screen:
    case = known_case(talk.request.work, who(talk.request), int(talk.draft["case"]))
    return f"{case_title(case)}\n" + _("Why does the case go on? One or two sentences."), ()


def _reopen(talk: Talk) -> Reply:
    request, case_id = talk.request, int(talk.draft["case"])
    case = keeping.reopen_case(request.work, who(request), case_id, str(talk.draft["reason"]))
    return show_case(request, case_id, _("✅ {case} goes on where it stood.").format(case=case_name(case)))


def _case(talk: Talk) -> Case:
    return keeping.kept_case(talk.request.work, who(talk.request), int(talk.draft["case"]))


def _ask_why(talk: Talk) -> Screen:
    case = _case(talk)
    said = [
        case_title(case),
        _(
            "Why is the case closed before its last step? What is still open is withdrawn. One or two sentences."
        ),
    ]
    aftercare = keeping.aftercare_of(talk.request.work, case)
    if aftercare and len(aftercare) < len(live_runs(talk.request.session, case.id or 0)):
        said.append(
            _("The visits after the hand-over and their report go on, and close the case in the end.")
        )
    elif aftercare:
        said.append("⚠️ " + _("Only what follows the hand-over is left: the visits end with it."))
    return "\n".join(said), ()


def _look(talk: Talk) -> Screen:
    text = _("Close the case? Reason: {note}").format(note=esc(talk.draft["reason"]))
    close = button(_("Close the case"), "case_close_yes", talk.draft["case"], style="danger")
    return f"{case_title(_case(talk))}\n{text}", ((close, _stop(talk)),)


def _close(talk: Talk) -> Reply:
    request, case_id = talk.request, int(talk.draft["case"])
    case = keeping.close_case(request.work, who(request), case_id, talk.draft["reason"])
    said = _("✅ {case} is closed.")
    if case.closed_at is None:
        said = _("✅ {case} is closed, but for what follows the hand-over.")
    return show_case(request, case_id, said.format(case=case_name(case)))


def _stop(talk: Talk) -> Button:
    return button(_("Cancel"), "case_keep", talk.draft["case"])


def _of_case(
    topic: str, fields: tuple[Field, ...], submit: Callable[[Talk], Reply], life: Life = Life.SHORT
) -> Dialog:
    """What is asked about a case as a whole, and leads back to its page."""
    return Dialog(topic, fields, submit, _stop, about="case", elsewhere=on_page, left=on_page, life=life)


CLOSE = _of_case("case_close", why(_ask_why, _look), _close, Life.OPEN)
GIVE = _of_case("case_give", why(_ask_give, _look_give), _give)
REOPEN = _of_case("case_reopen", why(_ask_reopen), _reopen)
ROUTES = Routes(
    About.CASE,
    presses={
        "case_give": on_give,
        "case_give_to": on_given,
        "case_give_yes": GIVE.confirm,
        "case_reopen": on_reopen,
        "case_close": CLOSE.of_button,
        "case_keep": CLOSE.leave,
        "case_close_yes": CLOSE.confirm,
    },
    dialogs=(CLOSE, GIVE, REOPEN),
)
