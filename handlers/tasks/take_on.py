""" "Saya tangani" and "Serahkan ke…" under a list of late steps."""

from collections.abc import Sequence
from datetime import datetime

from handlers.pushes.late_list import list_buttons, list_lines, shown_at
from handlers.pushes.pushes import push_for
from handlers.ui.request import (
    About,
    Button,
    Edit,
    Reply,
    Request,
    Say,
    Toast,
    button,
    further,
    numbers,
    picks_in_rows,
    pressed,
    reply,
    screen,
    ticked,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, clock_words, plain_date_words, task_words
from sop_flows.actions.acknowledge import carried_with, take_back, take_on
from sop_flows.notifications.escalation.lists import LateStep, listed
from sop_flows.notifications.relevance import is_still_true
from storage.tables import Reminder, ReminderKind

PICKS_IN_A_ROW = 5


def on_take_on(request: Request) -> Reply:
    """Saya tangani: what is shown there, and nothing else; it stays, and each step says who handles it."""
    at = further(request, 1)
    rows, until = take_on(request.work, pressed(request), page=at)
    toast = _quiet_until(request, until)
    if at:
        return reply(*_page(request, rows, at).actions, toast)
    said = _message(request, rows)
    if said is None:
        return _nothing_left(request)
    return reply(Edit(said.text, said.keyboard, message_id=rows[0].message_id, protect=True), toast)


def _quiet_until(request: Request, until: datetime | None) -> Toast:
    if until is None:
        return Toast(_("Nothing of it is late any more."))
    day = plain_date_words(request.institution.today(until), request.today)
    clock = clock_words(until, request.institution.zone)
    return Toast(_("Noted. Until {day}, {clock}, you are not told of it again.").format(day=day, clock=clock))


def on_choose(request: Request) -> Reply:
    """[Pilih...]: each line by itself is taken on, or given back."""
    row_id, at = pressed(request), further(request, 1)
    steps = shown_at(_steps(request, carried_with(request.session, who(request), row_id)), at)
    if not steps:
        return _nothing_left(request)
    said = [_("Which of these do you handle? A second tap takes it back.")]
    picks = []
    for place, one in enumerate(steps, start=1):
        mine = one.is_taken_on
        said.append(f"{'☑' if mine else '☐'} {place}. {task_words(request.session, one.line)}")
        label = ticked(str(place), mine)
        picks.append(button(label, "late_chosen", row_id, at, one.line.task.id or 0, int(not mine)))
    back = button(_("‹ Back"), "late_list", row_id, at)
    return screen(request, "\n".join(said), (*picks_in_rows(picks, PICKS_IN_A_ROW), (back,)))


def on_chosen(request: Request) -> Reply:
    """A line was tapped; the button says which way, so that a second tap of an old one changes nothing."""
    at, task_id, wanted = further(request, 1), further(request, 2), bool(further(request, 3))
    if wanted:
        _rows, until = take_on(request.work, pressed(request), page=at, only=task_id)
        return on_choose(request).and_then(_quiet_until(request, until))
    take_back(request.work, pressed(request), page=at, only=task_id)
    return on_choose(request).and_then(Toast(_("Taken back: you are told of it again.")))


def on_give(request: Request) -> Reply:
    """Serahkan ke…: which of those shown there?"""
    at = further(request, 1)
    steps = shown_at(_steps(request, carried_with(request.session, who(request), pressed(request))), at)
    if not steps:
        return _nothing_left(request)
    said = [_("Which task do you hand over?")]
    said += [f"{n}. {task_words(request.session, one.line)}" for n, one in enumerate(steps, start=1)]
    back = button(_("‹ Back"), "late_list", pressed(request), at)
    return screen(
        request, "\n".join(said), (*numbers("task_give", [one.line.task.id or 0 for one in steps]), (back,))
    )


def on_list(request: Request) -> Reply:
    """Back to the message as it is now, or a page of its list."""
    rows = carried_with(request.session, who(request), pressed(request))
    if at := further(request, 1):
        return _page(request, rows, at)
    said = _message(request, rows)
    if said is None:
        return screen(request, _("All of this list is dealt with."), ((to_list(),),))
    return screen(request, said.text, said.keyboard)


def _message(request: Request, rows: Sequence[Reminder]) -> Say | None:
    """The push as it would be said now, without what was done meanwhile; None when nothing of it is left."""
    still = [row for row in rows if row.kind == ReminderKind.DIGEST or is_still_true(request.work, row)]
    again = push_for(request.work, who(request), still)
    return next((action for action in again.actions if isinstance(action, Say)), None)


def _page(request: Request, rows: Sequence[Reminder], at: int) -> Reply:
    """A page of the list by itself; of a page whose steps are done, the nearest one."""
    steps = _steps(request, rows)
    if not steps:
        return _nothing_left(request)
    row_id = pressed(request)
    pages = sorted({one.page for one in steps})
    at = min(pages, key=lambda page: abs(page - at))
    first = 1 + sum(one.page < at for one in steps)
    said, ids = list_lines(request.work, steps, first, at)
    return screen(
        request,
        "\n".join(said),
        (
            list_buttons(row_id, steps, at),
            *numbers("task_open", ids, first, way_back=(row_id, at)),
            *_paging(row_id, pages, at),
            (to_list(), button(_("‹ Status"), "status_open")),
        ),
    )


def _paging(row_id: int, pages: list[int], at: int) -> tuple[tuple[Button, ...], ...]:
    before, after = [page for page in pages if page < at], [page for page in pages if page > at]
    moves = [button("‹", "late_list", row_id, before[-1])] if before else []
    moves += [button("›", "late_list", row_id, after[0])] if after else []
    return (tuple(moves),) if moves else ()


def _steps(request: Request, rows: Sequence[Reminder]) -> list[LateStep]:
    """What the message told of and is still late."""
    return [
        one
        for row in rows
        if row.kind == ReminderKind.DIGEST
        for one in listed(request.work, who(request), row)
    ]


def _nothing_left(request: Request) -> Reply:
    return screen(request, _("Nothing of it is late any more."), ((to_list(),),))


ROUTES = Routes(
    About.NOTHING,
    presses={
        "late_take_on": on_take_on,
        "late_choose": on_choose,
        "late_chosen": on_chosen,
        "late_give": on_give,
        "late_list": on_list,
    },
)
