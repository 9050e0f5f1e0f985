"""The morning list: what is due today and what is late, and for heads what stays late."""

from collections.abc import Sequence
from datetime import datetime

from handlers.cards.board_picture import quiet_board
from handlers.cards.task_card import kind_of
from handlers.pushes.early_lines import early_lines
from handlers.pushes.late_list import calls_buttons, list_button, list_buttons, list_lines, shown_at
from handlers.pushes.push_buttons import (
    answer_buttons,
    several_button,
    task_buttons,
    timed_buttons,
    to_step,
)
from handlers.pushes.push_words import SCALE, event_day
from handlers.pushes.saying import say
from handlers.pushes.services_started import Started
from handlers.pushes.several_things import lines_of, numbered
from handlers.ui.request import Button, Keyboard, Reply, as_numbers, button, reply, to_list
from handlers.ui.words import (
    _,
    bold,
    by_subject,
    day_words,
    esc,
    headings,
    instead_words,
    ngettext,
    short_date_words,
    task_words,
    when_words,
)
from sop_flows.core.work import Institution, Work
from sop_flows.notifications.escalation.lists import listed, own_only
from sop_flows.notifications.planning import OF_EVENT
from sop_flows.staffing.responsibility import name_of
from sop_flows.views.board import board_cohorts
from sop_flows.views.missed import missed_in
from sop_flows.views.obstacles import obstacles_in
from sop_flows.views.task_views import (
    TaskLine,
    digest_tasks,
    leaving_today,
    open_lines,
    put_off_by,
    task_line,
)
from storage.tables import Officer, Reminder, Task

MONDAY = 0
LINES = 10  # lines of one push; the rest is behind "Semua"


def morning_list(
    work: Work,
    officer: Officer,
    digest: Reminder,
    others: list[Reminder],
    notices: list[Reminder],
    started: tuple[Started, ...],
    outage: bool,
) -> Reply:
    """The morning: what is due today and what is late, leads of the day, obstacles and late steps in a head's
    sections."""
    at_hand = open_lines(work, officer)
    everything = sorted(own_only(work, officer, digest_tasks(work, officer, at_hand)), key=_pressing)
    put_off = put_off_by(work, officer) if everything else {}
    tasks = by_subject([line for line in everything if line.task.id not in put_off])
    later = [line for line in everything if line.task.id in put_off]
    in_digest = {line.task.id for line in everything}
    of_events = {row.task_id for row in others if row.rule in OF_EVENT}
    shown = _shown(tasks, {row.task_id for row in others})
    late_steps = listed(work, officer, digest)
    named_below = {one.line.task.id for one in shown_at(late_steps, 0)}
    others = [row for row in others if row.task_id not in in_digest | named_below or row.child_id is not None]
    late = sum(line.is_overdue for line in tasks)
    leaving = [
        _("Today {cohort} goes home.").format(cohort=bold(one.name)) for one in leaving_today(work, officer)
    ]
    said = [greeting(officer, work.institution, work.now, len(tasks), late), *leaving]
    opens: list[Button] = []
    for line, above in zip(shown, headings(work.session, shown), strict=True):
        said += above
        opens.append(to_step(line))
        mark = "⏰ " if line.is_overdue else SCALE if kind_of(line.step) == "weigh" else ""
        when = when_words(line, work.now, work.zone) + instead_words(line)
        if line.task.id in of_events:
            when += f" · {event_day(work, line)}"
        said.append(f"{len(opens)}. {mark}{task_words(work.session, line, prefix=False)} · {when}")
    if len(tasks) > LINES:
        said.append(_("and {count} more").format(count=len(tasks) - LINES))
    for line in later[:LINES]:
        day = short_date_words(work.institution.today(put_off[line.task.id or 0]))
        words = task_words(work.session, line)
        said.append("– " + _("Put off until {day}: {task}").format(day=day, task=words))
    more = lines_of(work, officer, [*others, *notices])
    more_said, places = numbered(more, len(opens) + 1)
    said += more_said
    said += [f"• {one.words}" for one in started]
    opens += [one.opens for one in more if one.opens is not None]
    named = {*in_digest, *(row.task_id for row in others)}
    early_said, early = early_lines(work, officer, at_hand, named, len(opens) + 1)
    said += early_said
    opens += [to_step(line) for line in early]
    missed, unasked = missed_in(work, officer, digest)
    for line in missed:
        opens.append(to_step(line))
        said.append(
            f"{len(opens)}. " + _("Not recorded: {task}. Was it done?").format(task=_missed_words(work, line))
        )
    if unasked:
        said.append(_next_morning(unasked))
    hindered_said, hindered = _obstacle_lines(work, officer, digest, len(opens) + 1)
    said += hindered_said
    opens += _cards(hindered)
    late_said, late_ids = list_lines(work, late_steps, len(opens) + 1)
    said += late_said
    opens += _cards(late_ids)
    if not opens and not more and not started and not late_steps and not leaving:
        return reply()
    count = len(tasks) + len(more) + len(started) + len(early) + len(missed) + len(hindered) + len(late_steps)
    below: Keyboard = ((*several_button(shown), button(_("All"), "task_list")),)
    if late_steps and not tasks:
        below = ((button(_("All"), "late_list", digest.id or 0, 1),),)
    elif len(late_steps) > len(late_ids):
        below = ((list_button(digest.id or 0, len(late_steps)),), *below)
    elif hindered and len(opens) == len(hindered):  # of obstacles alone there is no more to see
        below = ((to_list(),),)
    answers = answer_buttons(work.session, notices, places)
    own = [(line, 0) for line in [*tasks, *early]]
    own += [(one.task, one.child_id) for one in more if one.task is not None]
    first_alone = len(own) == 1 and (tasks or len(opens) == 1)
    if first_alone and not (missed or hindered or late_steps or started):
        only = task_buttons(own[0][0], work.institution, work.now, own[0][1])
        return say(said, (*answers, *only, *as_numbers(opens[1:], 2), *below), count, outage)
    timed_lines = [*shown, *(one.task for one in more if one.task is not None)]
    timed = (
        *answers,
        list_buttons(digest.id or 0, late_steps)
        if late_steps
        else calls_buttons(work.session, others, timed_lines),
        *timed_buttons(work, timed_lines),
    )
    # What a head opens from here leads back: to "Saya tangani", and to the next line.
    way_back = (digest.id or 0, 0) if late_steps or hindered else ()
    opened = (*as_numbers(opens, way_back=way_back), *((one.opens,) for one in started))
    return say(said, (*timed, *opened, *below), count, outage)


def with_boards(work: Work, officer: Officer, said: Reply) -> Reply:
    """The morning list; on Monday a head has the board of each angkatan above it."""
    if work.today.weekday() != MONDAY:
        return said
    boards = tuple(quiet_board(work, officer, one) for one in board_cohorts(work, officer))
    return Reply((*boards, *said.actions))


def _pressing(line: TaskLine) -> tuple[bool, bool]:
    """Emergencies first, targets that have passed last; the rest as it is due."""
    return not line.sop.emergency, line.is_past_target


def _cards(task_ids: Sequence[int]) -> list[Button]:
    return [button(_("Open"), "task_open", one) for one in task_ids]


def _shown(tasks: Sequence[TaskLine], called: set[int | None]) -> list[TaskLine]:
    """The lines of the digest. What has a reminder of its own is among them, however much else is late."""
    left_out = [line for line in tasks[LINES:] if line.task.id in called][:LINES]
    return [*tasks[: LINES - len(left_out)], *left_out]


def _missed_words(work: Work, line: TaskLine) -> str:
    words = task_words(work.session, line)
    on = line.task.occurrence_on
    return words if on is None else f"{words}, {day_words(on, work.today)}"


def greeting(officer: Officer, institution: Institution, now: datetime, count: int, late: int) -> str:
    """ "Selamat pagi, Pak Rahmat. Hari ini 2 tugas, 1 terlambat."."""
    hour = now.astimezone(institution.zone).hour
    if hour < 11:
        hello = _("Good morning, {name}.")
    elif hour < 15:
        hello = _("Good day, {name}.")
    else:
        hello = _("Good afternoon, {name}.") if hour < 18 else _("Good evening, {name}.")
    said = hello.format(name=esc(officer.name))
    if count:
        today = ngettext("Today {count} task", "Today {count} tasks", count).format(count=count)
        said += f" {today}, " + _("{count} late.").format(count=late) if late else f" {today}."
    return said


def _obstacle_lines(
    work: Work, officer: Officer, digest: Reminder, first: int
) -> tuple[list[str], list[int]]:
    """New obstacles that concern a head, numbered from `first`, and the tasks that the numbers open; the words are
    on the card (they may hold a name)."""
    told, more = obstacles_in(work, officer, digest)
    found: dict[int, tuple[Task, dict[str, None]]] = {}
    for confirmation, task in told:
        _task, names = found.setdefault(task.id or 0, (task, {}))
        names[name_of(work.session, confirmation.officer_id) or ""] = None
    said = []
    for number, (task, names) in enumerate(found.values(), start=first):
        line = task_line(work, task, officer)
        name = esc(", ".join(names))
        said.append(
            f"{number}. "
            + _("Obstacle: {task} · {who}").format(task=task_words(work.session, line), who=name)
        )
    if more:
        said.append(_next_morning(more))
    return said, list(found)


def _next_morning(more: int) -> str:
    """What a list had no room for is in the next one."""
    return ngettext(
        "and {count} more, in the next morning list", "and {count} more, in the next morning list", more
    ).format(count=more)
