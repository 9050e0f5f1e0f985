"""Lewati: the step is not done, with a reason."""

from handlers.cards.done_screen import next_steps
from handlers.cards.task_card import own_heading
from handlers.cases.case_words import closing_words
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.request import About, Reply, Say, button, reply, rows, task_of, to_list
from handlers.ui.routing import Routes
from handlers.ui.words import _, esc
from sop_flows.actions.cases.keeping import is_last_step
from sop_flows.actions.confirm import skip
from sop_flows.core.work import case_of


def _why(talk: Talk) -> Screen:
    said = [own_heading(talk.request, talk.task_id), _("Why is this step skipped? Write the reason.")]
    task = task_of(talk.request, talk.task_id)
    case = case_of(talk.request.session, task)
    if case is not None and is_last_step(talk.request.work, task):
        said.append(closing_words(case))
    return "\n".join(said), ()


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
