"""/pengingat: the next seven days, the hour of the morning list, and reminders that an officer can do without."""

from datetime import date

from handlers.pushes.late_list import way_to_list
from handlers.timeline.week_words import clock_of, holiday_lines, list_words, pages, started_on
from handlers.ui.request import (
    About,
    Button,
    ButtonError,
    Reply,
    Request,
    button,
    further,
    pressed,
    rows,
    screen,
    to_list,
    turning,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc
from sop_flows.actions.reminder_choices import choose_morning, switch_reminders
from sop_flows.staffing.own_morning import has_switched_off, own_time
from sop_flows.staffing.roster import deputy_of, is_away
from sop_flows.views.upcoming import coming_week

CLOCKS_IN_ROW = 4


def on_week_command(request: Request) -> Reply:
    """/pengingat, and the pages of it."""
    return show_week(request, page=further(request, 0))


def show_week(request: Request, page: int = 0, note: str = "") -> Reply:
    """The days, with `note` (HTML) above them."""
    officer = who(request)
    found = pages(request, coming_week(request.work, officer))
    page = min(max(page, 0), max(0, len(found) - 1))
    said = [note] if note else []
    said += [bold(_("Your reminders, the next 7 days")), list_words(request, officer)]
    said += holiday_lines(request)
    off = has_switched_off(request.institution, officer, "lead")
    if off:
        said.append(_("Reminders of the days before: switched off"))
    if is_away(request.work, officer.id):
        deputy = deputy_of(request.work, officer.id or 0)
        if deputy is not None:
            said.append(_("You are on leave: what is due goes to {name}.").format(name=esc(deputy.name)))
    said += found[page] if found else [_("Nothing is to come in these days.")]
    turn = turning(page, page < len(found) - 1, lambda text, at: button(text, "remind_week", at))
    buttons = [button(_("Hour of the morning list"), "remind_times"), *_switch(request, off)]
    return screen(
        request, "\n".join(said), (*rows(turn), *way_to_list(request), *rows(buttons, 1), (to_list(),))
    )


def _switch(request: Request, off: bool) -> list[Button]:
    if "lead" not in request.institution.pack.unit.digest.may_switch_off:
        return []
    label = _("Switch on: days before") if off else _("Switch off: days before")
    return [button(label, "remind_switch", int(off), tag="lead")]


def on_times(request: Request) -> Reply:
    """Jam daftar pagi: which one?"""
    rules = request.institution.pack.unit.digest
    own = own_time(request.institution, who(request), date.max)
    buttons = [
        button(
            ("✓ " if minutes == own.hour * 60 + own.minute else "") + clock_of(minutes), "remind_at", minutes
        )
        for minutes in rules.choices()
    ]
    text = _("At what time shall your morning list come? Between {first} and {last}.").format(
        first=rules.earliest, last=rules.latest
    )
    text += "\n" + _("It carries what is due and what is late; reminders of the morning come with it.")
    return screen(request, text, (*rows(buttons, CLOCKS_IN_ROW), (button(_("‹ Back"), "remind_week", 0),)))


def on_time_chosen(request: Request) -> Reply:
    """One of the half hours."""
    minutes = pressed(request)
    since = choose_morning(request.work, who(request), minutes)
    note = _("Your morning list comes at {clock}, {since}.").format(
        clock=clock_of(minutes), since=started_on(since, request.now, request)
    )
    return show_week(request, note=note)


def on_switched(request: Request) -> Reply:
    """Off, or on again. The button says which, so that a second tap changes nothing."""
    wanted = pressed(request)
    if wanted not in (0, 1):
        raise ButtonError("neither on nor off")
    switch_reminders(request.work, who(request), "lead", wanted=bool(wanted))
    note = (
        _("You will be reminded again on the days before.")
        if wanted
        else _("You will be reminded on the day itself, and no longer on the days before.")
    )
    return show_week(request, note=note)


ROUTES = Routes(
    About.NOTHING,
    commands={"pengingat": on_week_command},
    presses={
        "remind_week": on_week_command,
        "remind_times": on_times,
        "remind_at": on_time_chosen,
        "remind_switch": on_switched,
    },
)
