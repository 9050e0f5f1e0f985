"""A task offered by a colleague: Terima, Kembalikan with or without a reason; the giver may take it back."""

from handlers.cards.task_card import show_task, task_card
from handlers.ui import conversation
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.questions import cancel_button
from handlers.ui.request import About, Reply, Request, Say, button, pressed, reply, task_of, who
from handlers.ui.routing import Routes
from handlers.ui.words import _
from sop_flows.actions import offer
from sop_flows.errors import NotFoundError
from storage.tables import Handover


def on_accept(request: Request) -> Reply:
    """Terima."""
    offer.accept(request.work, _offer(request).id or 0)
    return show_task(request, pressed(request), _("✅ Accepted. You are in charge of this task now."))


def on_return(request: Request) -> Reply:
    """Kembalikan: why? The colleague may leave it out."""
    row = _offer(request)
    offer.check_answerable(request.work, who(request), row.id or 0)
    return RETURN.begin(request, {"offer": row.id}, task_id=row.task_id)


def _ask_why(talk: Talk) -> Screen:
    without = button(_("Without a reason"), "task_offer_no_why", talk.task_id, talk.draft.get("offer") or 0)
    sentence = _("Why do you return it? Write it in one sentence, or return it without a reason.")
    return sentence, ((without, cancel_button(talk.task_id)),)


def on_return_plain(request: Request) -> Reply:
    """Tanpa alasan."""
    row = _offer(request)
    conversation.end(request, RETURN.topic)
    offer.give_back(request.work, who(request), row.id or 0, None)
    return show_task(request, row.task_id, _returned())


def _return(talk: Talk) -> Reply:
    offer.give_back(talk.request.work, who(talk.request), talk.draft.get("offer") or 0, talk.draft["reason"])
    text, keyboard = task_card(talk.request, talk.task_id)
    return reply(Say(f"{_returned()}\n\n{text}", keyboard, protect=True))


def on_take_back(request: Request) -> Reply:
    """Tarik kembali, by the giver."""
    row = offer.take_back(request.work, who(request), _offer(request).id or 0)
    return show_task(request, row.task_id, _("Taken back. You stay in charge."))


def _returned() -> str:
    return _("Returned. Your colleague will be told and stays in charge.")


def _offer(request: Request) -> Handover:
    """The offer of the button, which is about the button's task. Raises NotFoundError for a forged one."""
    task = task_of(request, pressed(request))
    row = request.session.get(Handover, pressed(request, 1))
    if row is None or row.task_id != task.id:
        raise NotFoundError
    return row


RETURN = Dialog("task_offer_no", (Field("reason", _ask_why, typed_words),), _return)
ROUTES = Routes(
    About.CARD,
    presses={
        "task_offer_yes": on_accept,
        "task_offer_no": on_return,
        "task_offer_no_why": on_return_plain,
        "task_offer_back": on_take_back,
    },
    dialogs=(RETURN,),
)
