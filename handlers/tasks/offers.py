"""A task offered by a colleague: Terima, Kembalikan with or without a reason; the giver may take it back."""

from handlers import conversation
from handlers.looks.questions import NotAnAnswerError, again, ask, note_said
from handlers.looks.screens import button, pressed, task_of, who
from handlers.looks.wording import _
from handlers.reply import Reply, Say, reply
from handlers.routing import Routes
from handlers.tasks.cards import show_task, task_card
from handlers.visit import Visit
from sop_flows.actions import offer
from sop_flows.errors import NotFoundError
from storage.tables import Handover

TOPIC = "task_offer_no"


def on_accept(visit: Visit) -> Reply:
    """Terima."""
    offer.accept(
        visit.session, visit.house, who(visit), _offer(visit).id or 0, visit.now, update_id=visit.update_id
    )
    return show_task(visit, pressed(visit), _("✅ Accepted. You are in charge of this task now."))


def on_return(visit: Visit) -> Reply:
    """Kembalikan: why? The colleague may leave it out."""
    row = _offer(visit)
    offer.check_answerable(visit.session, who(visit), row.id or 0)
    without = button(_("Without a reason"), "task_offer_no_why", row.task_id, row.id or 0)
    sentence = _("Why do you return it? Write it in one sentence, or return it without a reason.")
    return ask(visit, TOPIC, row.task_id, sentence, without, draft={"offer": row.id})


def on_return_plain(visit: Visit) -> Reply:
    """Tanpa alasan."""
    row = _offer(visit)
    conversation.end(visit, TOPIC)
    offer.give_back(visit.session, visit.house, who(visit), row.id or 0, None, visit.now)
    return show_task(visit, row.task_id, _returned())


def on_reason_typed(visit: Visit) -> Reply:
    """The reason, typed."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    task_id, offer_id = row.task_id, int(str(row.draft.get("offer") or 0))
    try:
        reason = note_said(visit)
    except NotAnAnswerError as error:
        return again(visit, error.sentence, task_id)
    offer.give_back(visit.session, visit.house, who(visit), offer_id, reason, visit.now)
    conversation.end(visit, TOPIC)
    text, keyboard = task_card(visit, task_id)
    return reply(Say(f"{_returned()}\n\n{text}", keyboard, protect=True))


def on_take_back(visit: Visit) -> Reply:
    """Tarik kembali, by the giver."""
    row = offer.take_back(visit.session, visit.house, who(visit), _offer(visit).id or 0, visit.now)
    return show_task(visit, row.task_id, _("Taken back. You stay in charge."))


def _returned() -> str:
    return _("Returned. Your colleague will be told and stays in charge.")


def _offer(visit: Visit) -> Handover:
    """The offer of the button, which is about the button's task. Raises NotFoundError for a forged one."""
    task = task_of(visit, pressed(visit))
    row = visit.session.get(Handover, pressed(visit, 1))
    if row is None or row.task_id != task.id:
        raise NotFoundError
    return row


ROUTES = Routes(
    presses={
        "task_offer_yes": on_accept,
        "task_offer_no": on_return,
        "task_offer_no_why": on_return_plain,
        "task_offer_back": on_take_back,
    },
    topics={TOPIC: on_reason_typed},
)
