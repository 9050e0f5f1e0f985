"""The day of the work on a roll: what was done yesterday is often entered this morning."""

from datetime import timedelta

from handlers.buttons import ButtonError
from handlers.looks.dates import day_words
from handlers.looks.screens import button, pressed, who
from handlers.looks.wording import _
from handlers.reply import Reply
from handlers.rolls.roll_steps import go_on
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.rolls import rolls
from sop_flows.handbook.typed_days import parse_day
from sop_flows.recording.roll_call import Roll, find_roll

DAYS_BACK_MAX = 30  # a button never goes further; older dates are typed


def on_day(visit: Visit) -> Reply:
    """Tanggal lain: when was it done?"""
    roll = find_roll(visit.session, visit.house, who(visit), pressed(visit), visit.now)
    return ask_day(visit, roll, talk_about(visit, roll.task_id))


def ask_day(visit: Visit, roll: Roll, talk: Talk, said: str = "") -> Reply:
    """Today, yesterday, or typed."""
    talk.asks = "day"
    question = _("On which date was it done? Tap, or type it, for example 3 December.")
    keyboard = (
        (
            button(_("Today"), "roll_day_was", roll.task_id, 0),
            button(_("Yesterday"), "roll_day_was", roll.task_id, 1),
        ),
        (button(_("‹ Back"), "roll_next", roll.task_id),),
    )
    return show(visit, roll, talk, f"{said}\n{question}" if said else question, keyboard)


def on_day_was(visit: Visit) -> Reply:
    """Today or yesterday."""
    roll = find_roll(visit.session, visit.house, who(visit), pressed(visit), visit.now)
    days = pressed(visit, 1)
    if not 0 <= days <= DAYS_BACK_MAX:
        raise ButtonError("no such day")
    talk = talk_about(visit, roll.task_id)
    talk.day = (roll.today - timedelta(days=days)).isoformat() if days else ""
    return go_on(visit, roll, _worked_words(roll, talk), talk=talk)


def day_typed(visit: Visit, roll: Roll, talk: Talk) -> Reply:
    """The date in words; it counts for what is entered from now on."""
    day = parse_day(visit.text or "", roll.today, "past")
    if day is None or not rolls.may_be_done_on(roll, day):
        return ask_day(visit, roll, talk, _("That date is not possible."))
    talk.day = "" if day == roll.today else day.isoformat()
    return go_on(visit, roll, _worked_words(roll, talk), talk=talk)


def _worked_words(roll: Roll, talk: Talk) -> str:
    day = talk.worked_on or roll.work_on
    return _("Entered for {day}.").format(day=day_words(day, roll.today))


ROUTES = Routes(presses={"roll_day": on_day, "roll_day_was": on_day_was})
