"""A task offered by a colleague: Terima, Kembalikan with or without a reason; the giver may take it back."""

from handlers.cards.task_card import show_task, task_card
from handlers.ui import conversation
from handlers.ui.questions import NotAnAnswerError, again, ask, note_said
from handlers.ui.reply import Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, pressed, task_of, who
from handlers.ui.texts import _
from sop_flows.actions import offer
from sop_flows.errors import NotFoundError
from storage.tables import Handover

TOPIC = "task_offer_no"


def on_accept(request: Request) -> Reply:
    """Terima."""
    offer.accept(request.work, _offer(request).id or 0)
    return show_task(request, pressed(request), _("✅ Accepted. You are in charge of this task now."))


def on_return(request: Request) -> Reply:
    """Kembalikan: why? The colleague may leave it out."""
    row = _offer(request)
    offer.check_answerable(request.work, who(request), row.id or 0)
    without = button(_("Without a reason"), "task_offer_no_why", row.task_id, row.id or 0)
    sentence = _("Why do you return it? Write it in one sentence, or return it without a reason.")
    return ask(request, TOPIC, row.task_id, sentence, without, draft={"offer": row.id})


def on_return_plain(request: Request) -> Reply:
    """Tanpa alasan."""
    row = _offer(request)
    conversation.end(request, TOPIC)
    offer.give_back(request.work, who(request), row.id or 0, None)
    return show_task(request, row.task_id, _returned())


def on_reason_typed(request: Request) -> Reply:
    """The reason, typed."""
    row = conversation.current(request)
    if row is None or row.task_id is None:
        return reply()
    task_id, offer_id = row.task_id, int(str(row.draft.get("offer") or 0))
    try:
        reason = note_said(request)
    except NotAnAnswerError as error:
        return again(request, error.sentence, task_id)
    offer.give_back(request.work, who(request), offer_id, reason)
    conversation.end(request, TOPIC)
    text, keyboard = task_card(request, task_id)
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


ROUTES = Routes(
    About.CARD,
    presses={
        "task_offer_yes": on_accept,
        "task_offer_no": on_return,
        "task_offer_no_why": on_return_plain,
        "task_offer_back": on_take_back,
    },
    topics={TOPIC: on_reason_typed},
)
