"""Handing a case to another social worker, and closing it by hand."""

from handlers import conversation
from handlers.cases.case_page import show_case, to_case
from handlers.cases.case_words import case_name, case_title
from handlers.looks.markup import esc
from handlers.looks.questions import NotAnAnswerError, note_said
from handlers.looks.screens import button, pressed, rows, screen, who
from handlers.looks.wording import _
from handlers.reply import Reply, Say, reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.cases import keeping
from sop_flows.actions.cases.keeping import keeper_name
from sop_flows.staffing.visibility import knows

TOPIC = "case_close"


def on_give(visit: Visit) -> Reply:
    """[Serahkan kasus]: to whom?"""
    case = keeping.kept_case(visit.session, visit.house, who(visit), pressed(visit))
    others = keeping.successors(visit.session, visit.house, case)
    if not others:
        return screen(visit, _("There is nobody else who could take the case."), ((to_case(case),),))
    buttons = [button(one.name, "case_give_to", case.id or 0, one.id or 0) for one in others]
    text = f"{case_title(case)}\n" + _(
        "Who takes the case? The open steps go along, and {name} sees the case no more."
    ).format(name=esc(keeper_name(visit.session, case)))
    return screen(visit, text, (*rows(buttons), (to_case(case),)))


def on_given(visit: Visit) -> Reply:
    """To whom: both are told."""
    case = keeping.hand_over(
        visit.session, visit.house, who(visit), pressed(visit), pressed(visit, 1), visit.now
    )
    said = _("✅ {case} is now with {name}. Both have been told.").format(
        case=case_name(case), name=esc(keeper_name(visit.session, case))
    )
    if knows(visit.session, visit.house, who(visit), case):
        return show_case(visit, case.id or 0, said)
    return screen(visit, said, ((button(_("‹ Cases"), "case_list"),),))


def on_close(visit: Visit) -> Reply:
    """[Tutup kasus]: why?"""
    case = keeping.kept_case(visit.session, visit.house, who(visit), pressed(visit))
    conversation.ask(visit, TOPIC, {"case": case.id})
    text = f"{case_title(case)}\n" + _(
        "Why is the case closed before its last step? What is still open is withdrawn. One or two sentences."
    )
    return screen(visit, text, ((button(_("Cancel"), "case_keep", case.id or 0),),))


def on_keep(visit: Visit) -> Reply:
    """[Batal]: the case stays open."""
    conversation.end(visit, TOPIC)
    return show_case(visit, pressed(visit))


def on_reason(visit: Visit) -> Reply:
    """The reason, in words: a last look before the case is closed."""
    row = conversation.current(visit)
    draft = conversation.draft_of(row) if row is not None else {}
    case = keeping.kept_case(visit.session, visit.house, who(visit), int(str(draft.get("case") or 0)))
    stop = button(_("Cancel"), "case_keep", case.id or 0)
    try:
        words = note_said(visit)
    except NotAnAnswerError as error:
        return reply(Say(error.sentence, ((stop,),)))
    conversation.ask(visit, TOPIC, draft | {"reason": words})
    text = f"{case_title(case)}\n" + _("Close the case? Reason: {note}").format(note=esc(words))
    close = button(_("Close the case"), "case_close_yes", case.id or 0, style="danger")
    return screen(visit, text, ((close, stop),))


def on_closed(visit: Visit) -> Reply:
    """[Tutup kasus] after the reason."""
    row = conversation.current(visit)
    draft = conversation.draft_of(row) if row is not None and row.topic == TOPIC else {}
    if draft.get("case") != pressed(visit):
        return show_case(visit, pressed(visit))
    reason = str(draft.get("reason") or "")
    case = keeping.close_case(visit.session, visit.house, who(visit), pressed(visit), reason, visit.now)
    conversation.end(visit, TOPIC)
    return show_case(visit, case.id or 0, _("✅ {case} is closed.").format(case=case_name(case)))


ROUTES = Routes(
    presses={
        "case_give": on_give,
        "case_give_to": on_given,
        "case_close": on_close,
        "case_keep": on_keep,
        "case_close_yes": on_closed,
    },
    topics={TOPIC: on_reason},
)
