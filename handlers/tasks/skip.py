"""Lewati: the step is not done, with a reason."""

from handlers.cards.done_screen import next_steps
from handlers.cards.task_card import own_heading
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.request import About, Reply, Say, button, reply, rows, to_list
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc
from sop_flows.actions.confirm import skip


def _why(talk: Talk) -> Screen:
    sentence = _("Why is this step skipped? Write the reason.")
    return f"{own_heading(talk.request, talk.task_id)}\n{sentence}", ()


def _skip(talk: Talk) -> Reply:
    reason = talk.draft["reason"]
    outcome = skip(talk.request.work, talk.task_id, reason)
    lines, buttons = next_steps(talk.request, outcome)
    top = _("SOP {number} step {step} is skipped. Reason: {reason}").format(
        number=esc(outcome.task.sop), step=outcome.task.step, reason=esc(reason)
    )
    undo = button(_("Undo"), "task_undo", talk.task_id)
    return reply(Say("\n".join([top, *lines]), rows([undo, *buttons, to_list()]), protect=True))


SKIP = Dialog("task_skip", (Field("reason", _why, typed_words),), _skip)
ROUTES = Routes(About.CARD, presses={"task_skip": SKIP.of_button}, dialogs=(SKIP,))
