"""Selesai, Urungkan, Saya kerjakan, dikerjakan kemarin or on another day, dikerjakan oleh a colleague."""

from datetime import date, timedelta

from handlers.cards.done_screen import done_screen
from handlers.cards.requirement_words import note_words, unmet_words
from handlers.cards.task_card import heading, show_task
from handlers.cases.case_words import closing_words
from handlers.forms.beginning import begin
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import cancel_button, day_said, when_said
from handlers.ui.request import (
    About,
    ButtonError,
    Reply,
    Request,
    Say,
    button,
    pressed,
    pressed_day,
    reply,
    rows,
    screen,
    task_of,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, date_words
from sop_flows.actions.assign import take
from sop_flows.actions.cases.keeping import is_last_step
from sop_flows.actions.confirm import confirm
from sop_flows.actions.undo import undo
from sop_flows.core.work import declared
from sop_flows.errors import NeedsFormError, NotFoundError
from sop_flows.recording.records import Fact, facts_of, unmet
from sop_flows.staffing.responsibility import own_parts, refuse_closed
from sop_flows.views.task_views import colleagues, task_line
from storage.tables import SAYABLE, Officer, Task

WORKED_OUT = "worked_out"  # key of the draft: the day was not typed as a date


def on_done(request: Request) -> Reply:
    """Selesai, today, by the officer."""
    return _confirm(request, pressed(request), None, None)


def on_after_all(request: Request) -> Reply:
    """A missed occurrence was done all the same: entered under its own date."""
    task = task_of(request, pressed(request))
    return _confirm(request, pressed(request), task.occurrence_on, None)


def on_yesterday(request: Request) -> Reply:
    """Dikerjakan kemarin."""
    return _confirm(request, pressed(request), request.today - timedelta(days=1), None)


def _ask_day(talk: Talk) -> Screen:
    task_of(talk.request, talk.task_id)
    return _("On which date was it done? Type it for example like this: 3 December, or 3/12."), ()


def on_by(request: Request) -> Reply:
    """Dikerjakan oleh: which colleague, and (second number) how many days ago."""
    task_id = pressed(request)
    task = task_of(request, task_id)
    refuse_closed(request.session, task)
    own_parts(request.work, who(request), task)
    days = _days_ago(request, 1)
    others = colleagues(request.work, task, who(request))
    if not others:
        return show_task(
            request, task_id, _("Nobody else has this role, so it can only be recorded for you.")
        )
    names = [button(one.name, "task_by_who", task_id, one.id or 0, days) for one in others]
    day = _("today") if days == 0 else _("yesterday")
    switch = (
        button(_("It was yesterday"), "task_by", task_id, 1)
        if days == 0
        else button(_("It was today"), "task_by", task_id, 0)
    )
    line = task_line(request.work, task, who(request))
    text = heading(request, line) + "\n" + _("Who did it {day}?").format(day=day)
    return screen(request, text, (*rows(names), (switch, cancel_button(task_id))))


def on_by_chosen(request: Request) -> Reply:
    """The colleague who did the work; the officer records it."""
    doer = request.session.get(Officer, pressed(request, 1))
    if doer is None:
        raise NotFoundError
    day = request.today - timedelta(days=_days_ago(request, 2))
    return _confirm(request, pressed(request), day, doer)


def _days_ago(request: Request, position: int) -> int:
    """0 today, 1 yesterday: more is not on these buttons."""
    days = pressed(request, position)
    if days not in (0, 1):
        raise ButtonError("neither today nor yesterday")
    return days


def on_take(request: Request) -> Reply:
    """Saya kerjakan."""
    take(request.work, pressed(request))
    return show_task(request, pressed(request), _("You are in charge of this task now."))


def on_undo(request: Request) -> Reply:
    """Urungkan."""
    undo(request.work, pressed(request))
    return show_task(request, pressed(request), _("Taken back. The step is open again."))


def on_done_anyway(request: Request) -> Reply:
    """Ya, selesaikan: what is not met is kept in the confirmation. Numbers: task, day of the work or 0, doer or 0."""
    day = pressed_day(request) if pressed(request, 1) else None
    doer = None
    if pressed(request, 2):
        doer = request.session.get(Officer, pressed(request, 2))
        if doer is None:
            raise NotFoundError
    return _confirm(request, pressed(request), day, doer, anyway=True)


def _ask_anyway(
    request: Request, task: Task, facts: tuple[Fact, ...], done_on: date | None, done_by: Officer | None
) -> Reply:
    """Belum terpenuhi: ... Selesaikan juga? Of the last step of a case: it will be closed."""
    task_id = task.id or 0
    line = task_line(request.work, task, who(request))
    lines = [heading(request, line)]
    if facts:
        lines += [_("Not met yet:"), *(f"• {unmet_words(fact)}" for fact in facts)]
        lines.append(_("Finish it all the same?"))
    if line.case is not None and is_last_step(request.work, task):
        lines.append(closing_words(line.case) + " " + _("Finish it?"))
    day = 0 if done_on is None else done_on.toordinal()
    doer = 0 if done_by is None else done_by.id or 0
    buttons = [button(_("Yes, finish"), "task_done_anyway", task_id, day, doer)]
    if task.cohort_id is not None:
        buttons.append(button(_("See the data"), "cohort_schools", task.cohort_id))
    return screen(request, "\n".join(lines), (tuple(buttons), (cancel_button(task_id),)))


def _note(facts: tuple[Fact, ...]) -> str | None:
    """What the confirmation keeps of what was not met."""
    if not facts:
        return None
    return _("Not met: {facts}").format(facts="; ".join(note_words(fact) for fact in facts))


def _confirm(
    request: Request, task_id: int, done_on: date | None, done_by: Officer | None, *, anyway: bool = False
) -> Reply:
    task = task_of(request, task_id)
    lacking: tuple[Fact, ...] = ()
    if task.state in SAYABLE:
        own_parts(request.work, who(request), task)
        _sop, step = declared(request.session, task)
        lacking = unmet(facts_of(request.session, task, step))
        if not anyway and (lacking or (task.case_id and is_last_step(request.work, task))):
            return _ask_anyway(request, task, lacking, done_on, done_by)
    note = _note(lacking)
    try:
        outcome = confirm(request.work, task_id, done_on=done_on, done_by=done_by, note=note)
    except NeedsFormError:
        return begin(request, task_id, done_on, done_by, note)
    text, keyboard = done_screen(request, outcome)
    if request.press is not None:
        return screen(request, text, keyboard)
    return reply(Say(text, keyboard, protect=True))


def _read_day(talk: Talk) -> date:
    said = when_said(talk.request, "past")
    talk.draft[WORKED_OUT] = not said.is_date
    return day_said(talk.request, "past")


def _ask_sure(talk: Talk) -> Screen:
    """A day that had to be worked out ("senin", "kemarin sore") is said back before it counts."""
    text = _("Done on {day}: is that right?").format(day=bold(date_words(talk.day("on"))))
    return text, (
        (button(_("Yes"), "task_past_sure", talk.task_id, style="success"), cancel_button(talk.task_id)),
    )


PAST = Dialog(
    "task_past",
    (
        Field("on", _ask_day, _read_day),
        Field("sure", _ask_sure, anew="on", is_asked=lambda talk: bool(talk.draft.get(WORKED_OUT))),
    ),
    lambda talk: _confirm(talk.request, talk.task_id, talk.day("on"), None),
)
ROUTES = Routes(
    About.CARD,
    presses={
        "task_done": on_done,
        "task_done_anyway": on_done_anyway,
        "task_after_all": on_after_all,
        "task_yesterday": on_yesterday,
        "task_past": PAST.of_button,
        "task_past_sure": PAST.confirm,
        "task_by": on_by,
        "task_by_who": on_by_chosen,
        "task_take": on_take,
        "task_undo": on_undo,
    },
    dialogs=(PAST,),
)
