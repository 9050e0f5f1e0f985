"""Handing a case to another social worker, and closing it by hand."""

from handlers.cases.case_page import show_case, to_case
from handlers.cases.case_words import case_name, case_title
from handlers.ui import conversation
from handlers.ui.questions import NotAnAnswerError, note_said
from handlers.ui.request import About, Reply, Request, Say, button, pressed, reply, rows, screen, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc
from sop_flows.actions.cases import keeping
from sop_flows.actions.cases.keeping import keeper_name
from sop_flows.staffing.responsibility import knows

TOPIC = "case_close"


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
    """To whom: both are told."""
    case = keeping.hand_over(request.work, who(request), pressed(request), pressed(request, 1))
    said = _("✅ {case} is now with {name}. Both have been told.").format(
        case=case_name(case), name=esc(keeper_name(request.session, case))
    )
    if knows(request.work, who(request), case):
        return show_case(request, case.id or 0, said)
    return screen(request, said, ((button(_("‹ Cases"), "case_list"),),))


def on_close(request: Request) -> Reply:
    """[Tutup kasus]: why?"""
    case = keeping.kept_case(request.work, who(request), pressed(request))
    conversation.ask(request, TOPIC, {"case": case.id})
    text = f"{case_title(case)}\n" + _(
        "Why is the case closed before its last step? What is still open is withdrawn. One or two sentences."
    )
    return screen(request, text, ((button(_("Cancel"), "case_keep", case.id or 0),),))


def on_keep(request: Request) -> Reply:
    """[Batal]: the case stays open."""
    conversation.end(request, TOPIC)
    return show_case(request, pressed(request))


def on_reason(request: Request) -> Reply:
    """The reason, in words: a last look before the case is closed."""
    row = conversation.current(request)
    draft = conversation.draft_of(row) if row is not None else {}
    case = keeping.kept_case(request.work, who(request), int(str(draft.get("case") or 0)))
    stop = button(_("Cancel"), "case_keep", case.id or 0)
    try:
        words = note_said(request)
    except NotAnAnswerError as error:
        return reply(Say(error.sentence, ((stop,),)))
    conversation.ask(request, TOPIC, draft | {"reason": words})
    text = f"{case_title(case)}\n" + _("Close the case? Reason: {note}").format(note=esc(words))
    close = button(_("Close the case"), "case_close_yes", case.id or 0, style="danger")
    return screen(request, text, ((close, stop),))


def on_closed(request: Request) -> Reply:
    """[Tutup kasus] after the reason."""
    row = conversation.current(request)
    draft = conversation.draft_of(row) if row is not None and row.topic == TOPIC else {}
    if draft.get("case") != pressed(request):
        return show_case(request, pressed(request))
    reason = str(draft.get("reason") or "")
    case = keeping.close_case(request.work, who(request), pressed(request), reason)
    conversation.end(request, TOPIC)
    return show_case(request, case.id or 0, _("✅ {case} is closed.").format(case=case_name(case)))


ROUTES = Routes(
    About.CASE,
    presses={
        "case_give": on_give,
        "case_give_to": on_given,
        "case_close": on_close,
        "case_keep": on_keep,
        "case_close_yes": on_closed,
    },
    topics={TOPIC: on_reason},
)
