""" "ingatkan senin jam 10": a snooze of the card that was shown, said back first."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.tasks.snooze import MINUTE, coming, on_snooze_of, snoozed
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    ButtonError,
    Reply,
    Request,
    Say,
    button,
    further,
    pressed,
    reply,
    screen,
    task_of,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.shown import last_card
from handlers.ui.words import _, due_words, task_words
from sop_flows.staffing.responsibility import own_parts, refuse_closed
from sop_flows.views.task_views import task_line

_WORD = re.compile(r"(?:tolong |mohon )?(?:di)?ingatkan?(?: saya)?(?: lagi)?\b[ ,:]*", re.IGNORECASE)
_IN = re.compile(r"(?:dalam )?(\d{1,3}|se|satu|setengah) ?(jam|menit)(?: lagi| kemudian)?", re.IGNORECASE)


def is_remind(words: str) -> bool:
    """Whether the words ask to be reminded."""
    return _WORD.match(words) is not None


def on_remind(request: Request) -> Reply:
    """When, and of what? The card that was on the phone."""
    card = last_card(request)
    if card is None:
        text = _("Which task do you mean? Open it first, then write for example: remind Monday 10.")
        return reply(Say(text, ((to_list(),),)))
    task_id, child_id = card
    task = task_of(request, task_id)
    refuse_closed(request.session, task)
    own_parts(request.work, who(request), task)
    rest = _WORD.sub("", (request.text or "").strip(), count=1).strip()
    if not rest:
        return on_snooze_of(request, task_id, child_id)
    try:
        at = _at(request, rest)
    except NotAnAnswerError as error:
        return reply(Say(error.sentence, ((button(_("Open"), "task_open", task_id), to_list()),)))
    line = task_line(request.work, task, who(request))
    when = due_words(at, request.now, request.institution.zone)
    text = _("Remind you again {when} of this? The due date stays as it is.").format(when=when)
    yes = button(
        _("Yes, remind me"), "remind_yes", task_id, child_id, int(at.timestamp()) // MINUTE, style="success"
    )
    return screen(
        request,
        f"{text}\n{task_words(request.session, line)}",
        ((yes, button(_("No"), "task_open", task_id)),),
    )


def _at(request: Request, rest: str) -> datetime:
    match = _IN.fullmatch(rest)
    if match is None:
        return coming(replace(request, text=rest))
    count = {"se": 1.0, "satu": 1.0, "setengah": 0.5}.get(match[1].lower()) or float(match[1])
    at = (
        request.now + timedelta(hours=count)
        if match[2].lower() == "jam"
        else request.now + timedelta(minutes=count)
    )
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def on_yes(request: Request) -> Reply:
    """[Ya, ingatkan]."""
    try:
        at = datetime.fromtimestamp(pressed(request, 2) * MINUTE, request.now.tzinfo)
    except (ValueError, OverflowError, OSError) as error:
        raise ButtonError("no such time") from error
    return snoozed(request, pressed(request), further(request, 1), at)


ROUTES = Routes(About.CARD, presses={"remind_yes": on_yes})
