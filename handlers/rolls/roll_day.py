"""The day of the work on a roll: what was done yesterday is often entered this morning."""

from datetime import timedelta

from handlers.rolls.roll_steps import go_on
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.ui.request import About, ButtonError, Reply, Request, button, pressed, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, date_words, day_words, not_a_day
from sop_flows.actions.rolls import rolls
from sop_flows.handbook.typed_days import parse_day
from sop_flows.recording.roll_call import Roll, find_roll

DAYS_BACK_MAX = 30  # a button never goes further; older dates are typed


def on_day(request: Request) -> Reply:
    """Tanggal lain: when was it done?"""
    roll = find_roll(request.work, who(request), pressed(request))
    return ask_day(request, roll, talk_about(request, roll.task_id))


def ask_day(request: Request, roll: Roll, talk: Talk, said: str = "") -> Reply:
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
    return show(request, roll, talk, f"{said}\n{question}" if said else question, keyboard)


def on_day_was(request: Request) -> Reply:
    """Today or yesterday."""
    roll = find_roll(request.work, who(request), pressed(request))
    days = pressed(request, 1)
    if not 0 <= days <= DAYS_BACK_MAX:
        raise ButtonError("no such day")
    talk = talk_about(request, roll.task_id)
    talk.day = (roll.today - timedelta(days=days)).isoformat() if days else ""
    return go_on(request, roll, _worked_words(roll, talk), talk=talk)


def day_typed(request: Request, roll: Roll, talk: Talk) -> Reply:
    """The date in words; it counts for what is entered from now on."""
    words = (request.text or "").strip()
    day = parse_day(words, roll.today, "past")
    if day is None:
        return ask_day(request, roll, talk, not_a_day(words, roll.today, "past"))
    if not rolls.may_be_done_on(roll, day):
        return ask_day(request, roll, talk, _("That date is not possible."))
    talk.day = "" if day == roll.today else day.isoformat()
    return go_on(request, roll, _worked_words(roll, talk), talk=talk)


def _worked_words(roll: Roll, talk: Talk) -> str:
    day = talk.worked_on or roll.work_on
    said, full = _("Entered for {day}.").format(day=day_words(day, roll.today)), date_words(day)
    return said if full in said else f"{said} {full}."


ROUTES = Routes(About.TASK, presses={"roll_day": on_day, "roll_day_was": on_day_was})
