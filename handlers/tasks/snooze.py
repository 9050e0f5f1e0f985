"""Ingatkan lagi: moves the reminder, never the due date."""

from datetime import date

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.looks.dates import due_words
from handlers.looks.questions import NotAnAnswerError, again, ask, cancel_button, day_said
from handlers.looks.screens import button, further, pressed, rows, screen, task_of, to_list, who, word
from handlers.looks.wording import _
from handlers.reply import Button, Reply, Say, reply
from handlers.routing import Routes
from handlers.tasks.cards import heading
from handlers.visit import Visit
from sop_flows.actions.snooze import snooze, snooze_choices
from sop_flows.limits import SNOOZE_DAYS
from sop_flows.staffing.children import visible_child
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.task_rows import refuse_closed
from sop_flows.views.task_views import task_line

TOPIC = "task_snooze"


def labels() -> dict[str, str]:
    """The words of `snooze_choices` as an officer reads them."""
    return {"hour": _("1 hour"), "afternoon": _("This afternoon"), "morning": _("Tomorrow morning")}


def snooze_buttons(visit: Visit, task_id: int, child_id: int = 0) -> list[Button]:
    """What is offered now, and "Pilih tanggal"."""
    said = labels()
    offered = snooze_choices(visit.house, visit.now, who(visit))
    buttons = [button(said[name], "task_snooze_at", task_id, child_id, tag=name) for name, _at in offered]
    return [*buttons, button(_("Choose date"), "task_snooze_day", task_id, child_id)]


def on_snooze(visit: Visit) -> Reply:
    """Ingatkan lagi: when? The second number is a child's id, for one entry of a roll."""
    task_id = pressed(visit)
    child_id = _child(visit)
    task = task_of(visit, task_id)
    if task.closed_at is not None:
        refuse_closed(visit.session, task)
    line = task_line(visit.session, visit.house, task, who(visit), visit.now)
    text = heading(visit, line) + "\n" + _("When shall I remind you again? The due date stays as it is.")
    return screen(visit, text, rows([*snooze_buttons(visit, task_id, child_id), cancel_button(task_id)]))


def on_snooze_at(visit: Visit) -> Reply:
    """One of the offered times. An old button counts from now."""
    offered = dict(snooze_choices(visit.house, visit.now, who(visit)))
    if word(visit) not in labels():
        raise ButtonError("no such time")
    at = offered.get(word(visit), offered["hour"])  # "sore ini" tapped in the evening
    row = snooze(visit.session, visit.house, who(visit), pressed(visit), _child(visit) or None, at, visit.now)
    return _told(visit, pressed(visit), due_words(row.due_at, visit.now, visit.house.zone))


def on_snooze_day(visit: Visit) -> Reply:
    """Pilih tanggal."""
    sentence = _("On which date shall I remind you? Type it for example like this: 3 December, or Monday.")
    return ask(visit, TOPIC, task_of(visit, pressed(visit)).id or 0, sentence, draft={"child": _child(visit)})


def on_day_typed(visit: Visit) -> Reply:
    """The date, typed; the reminder comes in the officer's own morning."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    task_id, child_id = row.task_id, int(str(row.draft.get("child") or 0))
    try:
        day = _coming(visit, day_said(visit, "future"))
    except NotAnAnswerError as error:
        return again(visit, error.sentence, task_id)
    at = morning_of(visit.house, day, who(visit))
    made = snooze(visit.session, visit.house, who(visit), task_id, child_id or None, at, visit.now)
    conversation.end(visit, TOPIC)
    return _told(visit, task_id, due_words(made.due_at, visit.now, visit.house.zone))


def _coming(visit: Visit, day: date) -> date:
    if morning_of(visit.house, day, who(visit)) <= visit.now:
        raise NotAnAnswerError(_("That time has passed. Please choose a later date."))
    if (day - visit.house.today(visit.now)).days > SNOOZE_DAYS:
        raise NotAnAnswerError(_("That is too far ahead. Please choose an earlier date."))
    return day


def _child(visit: Visit) -> int:
    child_id = further(visit, 1)
    return visible_child(visit.session, who(visit), child_id).child.id or 0 if child_id else 0


def _told(visit: Visit, task_id: int, when: str) -> Reply:
    text = _("I will remind you again {when}. The due date stays as it is.").format(when=when)
    keyboard = ((button(_("Open"), "task_open", task_id), to_list()),)
    return screen(visit, text, keyboard) if visit.press is not None else reply(Say(text, keyboard))


ROUTES = Routes(
    presses={
        "task_snooze": on_snooze,
        "task_snooze_at": on_snooze_at,
        "task_snooze_day": on_snooze_day,
    },
    topics={TOPIC: on_day_typed},
)
