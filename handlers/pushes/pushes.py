"""One message for the reminders that an officer is owed now, with the buttons that finish them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from handlers.escalation.late_list import (
    call_of,
    calls_buttons,
    emergency_buttons,
    emergency_words,
    list_buttons,
    list_lines,
)
from handlers.looks.dates import day_words
from handlers.looks.markup import clip, esc, shorten
from handlers.looks.screens import button, numbers, rows, to_list
from handlers.looks.wording import _, ngettext
from handlers.pushes.early_lines import early_lines
from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_words import SCALE, sentence, short_line
from handlers.pushes.services_started import Started, services_apart
from handlers.reply import Button, Edit, Keyboard, Reply, Say, reply
from handlers.tasks.cards import LEADS_TO, done_button, kind_of, may_take, offer_buttons
from handlers.tasks.task_words import instead_words, task_words, when_words
from sop_flows.cohorts.moving_dates import CHOICE_VOID
from sop_flows.escalation.lists import listed
from sop_flows.handing import OFFERED
from sop_flows.house import House
from sop_flows.missed import missed_lately
from sop_flows.obstacles import tell_obstacles
from sop_flows.people.unreachable import UNREACHABLE
from sop_flows.story import several_cohorts_open
from sop_flows.task_rows import name_of
from sop_flows.task_views import TaskLine, digest_tasks, task_line
from storage.queries.sent import list_in_message
from storage.tables import Handover, HandoverState, Officer, Reminder, ReminderKind, Task, TaskState

LINES = 10  # lines of one push; the rest is behind "Semua"
COHORT_ON_BUTTON = 16  # characters of an angkatan's name
TIMED = 3  # timed steps that get a button of their own in a list


def push_for(
    session: Session,
    house: House,
    officer: Officer,
    reminders: Sequence[Reminder],
    now: datetime,
    outage: bool = False,
) -> Reply:
    """The text and buttons of one push that carries these reminders; empty when there is nothing to say.

    Args:
        outage: they are late because the bot was not running; the message says so.
    """
    if len(reminders) == 1 and reminders[0].edits_message_id is not None:
        return _changed(session, house, officer, reminders[0], now)
    notices = [row for row in reminders if row.kind == ReminderKind.NOTICE]
    digests = [row for row in reminders if row.kind == ReminderKind.DIGEST]
    others = _once_each([row for row in reminders if row not in notices and row not in digests])
    others, started = services_apart(session, others)
    if digests:
        return _digest(session, house, officer, digests[0], others, notices, started, now, outage)
    if started and len(started) == 1 and not others and not notices:
        return _say([started[0].words], rows([started[0].opens, to_list()]), 1, outage)
    if len(others) == 1 and not notices and not started:
        return _single(session, house, officer, others[0], now, outage)
    if not others and not started and len(notices) == 1:
        return _single_notice(session, house, officer, notices[0], now, outage)
    return _several(session, house, officer, others, notices, started, now, outage)


def _once_each(rows: list[Reminder]) -> list[Reminder]:
    """One reminder for each task and child, whatever brought it up."""
    first: dict[tuple[int | None, int | None], Reminder] = {}
    for row in rows:
        first.setdefault((row.task_id, row.child_id), row)
    return list(first.values())


def _line(s: Session, house: House, officer: Officer, row: Reminder, now: datetime) -> TaskLine | None:
    task = s.get(Task, row.task_id) if row.task_id is not None else None
    return None if task is None else task_line(s, house, task, officer, now)


def _say(lines: list[str], keyboard: Keyboard, count: int, outage: bool) -> Reply:
    said = [line for line in lines if line]
    if not said:
        return reply()
    if outage:
        late = ngettext(
            "While the bot was not running: {count} thing",
            "While the bot was not running: {count} things",
            count,
        )
        said.insert(0, late.format(count=count))
    return reply(Say(clip("\n".join(said)), tuple(row for row in keyboard if row), protect=True))


# --- one thing ----------------------------------------------------------------------------------------------


def _single(s: Session, house: House, officer: Officer, row: Reminder, now: datetime, outage: bool) -> Reply:
    line = _line(s, house, officer, row, now)
    if line is None:
        return reply()
    if row.kind == ReminderKind.ESCALATION:
        return _emergency(s, house, row, line, now, outage)
    return _say(
        [sentence(s, house, row, line, now)], task_buttons(line, house, now, row.child_id or 0), 1, outage
    )


def _emergency(s: Session, house: House, row: Reminder, line: TaskLine, now: datetime, outage: bool) -> Reply:
    part, taken_by = call_of(s, row, line)
    said = [emergency_words(s, row, line, part, now, house)]
    if taken_by is not None:
        said.append(_("Handled by {name}.").format(name=esc(taken_by)))
    opens = button(_("Open"), "task_open", row.task_id or 0)
    return _say(said, (emergency_buttons(row, taken_on=taken_by is not None), (opens,)), 1, outage)


def task_buttons(line: TaskLine, house: House, now: datetime, child_id: int = 0) -> Keyboard:
    """What finishes it, Buka, "Saya kerjakan" when nobody has it, Ingatkan lagi."""
    task_id = line.task.id or 0
    kind = kind_of(line.step)
    buttons: list[Button] = []
    if kind == "plain" and line.task.state == TaskState.OPEN and line.mine:
        buttons.append(done_button(task_id))
    elif not child_id:
        buttons += _leading_on(line, house, now)
    if kind == "asked" and child_id:
        buttons.append(button(_("Open"), "visit_open", task_id, child_id))
    else:
        buttons.append(button(_("Open"), "task_open", task_id))
    if may_take(line):
        buttons.append(button(_("I will do it"), "task_take", task_id))
    buttons.append(button(_("Remind me again"), "task_snooze", task_id, child_id))
    return rows(buttons)


def _leading_on(line: TaskLine, house: House, now: datetime) -> list[Button]:
    """ "Mulai" of a roll, "Pilih tanggal" of the parents' visit, "Selesai" once its day has come."""
    kind, task_id = kind_of(line.step), line.task.id or 0
    day_has_come = line.due_at is not None and house.today(line.due_at) <= house.today(now)
    if kind == "choose_date" and day_has_come and line.task.state == TaskState.OPEN and line.mine:
        return [done_button(task_id), button(_("See the list"), "parents_list", task_id)]
    if kind == "choose_date" and line.task.chosen_on is None:
        return [button(_("Choose date"), "parents_choose", task_id)]
    if kind == "choose_date" and line.task.state == TaskState.OPEN and line.mine:
        return [
            button(_("All is ready"), "parents_ready", task_id),
            button(_("See the list"), "parents_list", task_id),
        ]
    if kind in LEADS_TO and line.task.state == TaskState.OPEN and line.mine:
        return [button(_("Start"), LEADS_TO[kind], task_id, style="success")]
    return []


def _single_notice(
    s: Session, house: House, officer: Officer, row: Reminder, now: datetime, outage: bool
) -> Reply:
    buttons = _elsewhere(row)
    if row.task_id is not None and not buttons:
        buttons = [button(_("Open"), "task_open", row.task_id)]
    if row.rule == CHOICE_VOID and row.task_id is not None:
        buttons = [button(_("Choose date"), "parents_choose", row.task_id)]
    cohort_id = (row.payload or {}).get("moved_cohort")
    if isinstance(cohort_id, int):
        to_dates = ((button(_("See tasks"), "task_list"), button(_("The cohort"), "cohort_card", cohort_id)),)
        return _say([notice_sentence(s, house, officer, row, now)], to_dates, 1, outage)
    keyboard = (*_answers(s, [row]), *rows([*buttons, to_list()]))
    return _say([notice_sentence(s, house, officer, row, now)], keyboard, 1, outage)


def _answers(s: Session, notices: Sequence[Reminder], *, of_what: bool = False) -> Keyboard:
    """[Terima] [Kembalikan] of what colleagues offer and that waits for an answer.

    Args:
        of_what: the message carries other things too, so that each button says of whom it is.
    """
    found: list[tuple[Button, ...]] = []
    for row in notices:
        offer_id = (row.payload or {}).get("offer")
        offer = s.get(Handover, offer_id) if row.rule == OFFERED and isinstance(offer_id, int) else None
        if offer is not None and offer.state == HandoverState.OFFERED:
            giver = f": {name_of(s, offer.from_id)}" if of_what else ""
            found.append(tuple(replace(one, text=f"{one.text}{giver}") for one in offer_buttons(offer)))
    return tuple(found)


def _elsewhere(row: Reminder) -> list[Button]:
    """What a notice leads to that is about no task: a leave, a case, or where everything stands."""
    if row.rule == UNREACHABLE:
        return [button(_("Status"), "status_open")]
    leave_id = (row.payload or {}).get("leave")
    if isinstance(leave_id, int) and row.rule != "leave_no_longer":
        return [button(_("Leave"), "leave_list")]
    return _to_case(row)


def _to_case(row: Reminder) -> list[Button]:
    """[Buka] of a notice about a case."""
    case_id = (row.payload or {}).get("case")
    return [button(_("Open"), "case_page", case_id)] if isinstance(case_id, int) else []


def _changed(s: Session, house: House, officer: Officer, row: Reminder, now: datetime) -> Reply:
    """A notice that changes an earlier push; what else that push carried stays in it."""
    said = [notice_sentence(s, house, officer, row, now)]
    if not said[0]:
        return reply()
    kept = []
    for other in list_in_message(s, officer.id or 0, row.edits_message_id or 0):
        line = _line(s, house, officer, other, now) if other.task_id != row.task_id else None
        if line is not None and line.task.state in (TaskState.OPEN, TaskState.WAITING):
            kept.append((other, line))
    said += [short_line(s, house, other, line, now) for other, line in kept]
    ids = [line.task.id or 0 for _other, line in kept]
    see = [button(_("See"), "task_open", row.task_id)] if row.task_id is not None else _to_case(row)
    keyboard = (*numbers("task_open", ids), *rows([*see, to_list()]))
    return reply(Edit(clip("\n".join(said)), keyboard, message_id=row.edits_message_id, protect=True))


# --- several things -----------------------------------------------------------------------------------------


def _several(
    s: Session,
    house: House,
    officer: Officer,
    rows_: list[Reminder],
    notices: list[Reminder],
    started: tuple[Started, ...],
    now: datetime,
    outage: bool,
) -> Reply:
    said, ids, lines = _lines(s, house, officer, rows_, notices, now)
    said += [f"• {one.words}" for one in started]
    count = len(said)
    if not outage and count:
        said.insert(
            0, ngettext("{count} thing for you:", "{count} things for you:", count).format(count=count)
        )
    return _say(
        said,
        (
            *_answers(s, notices, of_what=True),
            calls_buttons(s, rows_, lines),
            *_timed_buttons(s, house, lines, now),
            *numbers("task_open", ids),
            *((one.opens,) for one in started),
            (to_list(),),
        ),
        count,
        outage,
    )


def _timed_buttons(s: Session, house: House, lines: Sequence[TaskLine], now: datetime) -> Keyboard:
    """ "Mulai" and "Pilih tanggal" of the timed steps in a list; each says of what, and of which angkatan."""
    # The visits of one roll are one button: it opens their list.
    once = {line.task.id: line for line in lines}.values()
    found = [(line, its) for line in once if (its := _leading_on(line, house, now))]
    several = several_cohorts_open(s)
    if len(found) > 1 or (found and several):
        found = [
            (line, [replace(one, text=f"{one.text}: {_of_what(line, several)}") for one in its])
            for line, its in found
        ]
    return tuple(tuple(its) for _line_of, its in found[:TIMED])


def _of_what(line: TaskLine, several: bool) -> str:
    """The step on a button: "Timbang berat badan", "Angkatan III · Timbang berat badan"."""
    if line.case is not None:
        return f"{shorten(line.case.code_name, COHORT_ON_BUTTON)} · {line.short}"
    if not several or line.cohort is None:
        return line.short
    return f"{shorten(line.cohort.name, COHORT_ON_BUTTON)} · {line.short}"


def _lines(
    s: Session, house: House, officer: Officer, rows_: list[Reminder], notices: list[Reminder], now: datetime
) -> tuple[list[str], list[int], list[TaskLine]]:
    """Numbered lines (those that open something), then notices; what the numbers open; the tasks themselves."""
    said: list[str] = []
    ids: list[int] = []
    lines: list[TaskLine] = []
    for row in rows_:
        line = _line(s, house, officer, row, now)
        if line is not None:
            ids.append(line.task.id or 0)
            lines.append(line)
            said.append(f"{len(ids)}. {short_line(s, house, row, line, now).removeprefix('• ')}")
    said += [f"• {words}" for row in notices if (words := notice_sentence(s, house, officer, row, now))]
    return said, ids, lines


def _digest(
    s: Session,
    house: House,
    officer: Officer,
    digest: Reminder,
    others: list[Reminder],
    notices: list[Reminder],
    started: tuple[Started, ...],
    now: datetime,
    outage: bool,
) -> Reply:
    """The morning: what is due today and what is late, leads of the day, obstacles and late steps in a head's
    sections."""
    tasks = digest_tasks(s, house, officer, now)
    in_digest = {line.task.id for line in tasks}
    shown = _shown(tasks, {row.task_id for row in others})
    others = [row for row in others if row.task_id not in in_digest or row.child_id is not None]
    late_steps = listed(s, house, officer, digest, now)
    on_list = {one.line.task.id for one in late_steps}
    others = [row for row in others if row.kind != ReminderKind.ESCALATION or row.task_id not in on_list]
    late = sum(line.is_late for line in tasks)
    said = [greeting(officer, house, now, len(tasks), late)]
    ids: list[int] = []
    for line in shown:
        ids.append(line.task.id or 0)
        mark = "⏰ " if line.is_late else SCALE if kind_of(line.step) == "weigh" else ""
        when = when_words(line, now, house.zone) + instead_words(line)
        said.append(f"{len(ids)}. {mark}{task_words(s, line)} · {when}")
    if len(tasks) > LINES:
        said.append(_("and {count} more").format(count=len(tasks) - LINES))
    more_said, more_ids, more_lines = _lines(s, house, officer, others, notices, now)
    said += [_renumbered(one, len(ids)) for one in more_said]
    said += [f"• {one.words}" for one in started]
    ids += more_ids
    named = {*in_digest, *(row.task_id for row in others)}
    early_said, early = early_lines(s, house, officer, now, named, len(ids) + 1)
    said += early_said
    ids += [line.task.id or 0 for line in early]
    missed = missed_lately(s, house, officer, now)[:LINES]
    for line in missed:
        ids.append(line.task.id or 0)
        said.append(
            f"{len(ids)}. "
            + _("Not recorded: {task}. Was it done?").format(task=_missed_words(s, house, line, now))
        )
    hindered = _obstacle_lines(s, house, officer, digest, now)
    said += hindered
    late_said, late_ids = list_lines(s, house, officer, late_steps, len(ids) + 1)
    said += late_said
    ids += late_ids
    if not ids and not more_said and not hindered and not started:
        return reply()
    count = (
        len(tasks)
        + len(more_said)
        + len(started)
        + len(early)
        + len(missed)
        + len(hindered)
        + len(late_steps)
    )
    everything = button(_("All"), "task_list")
    answers = _answers(s, notices, of_what=True)
    opens = tuple((one.opens,) for one in started)
    if len(ids) == 1 and not hindered and not missed and not started and not late_steps:
        only = task_buttons([*tasks, *more_lines, *early][0], house, now)
        return _say(said, (*answers, *only, (everything,)), count, outage)
    timed = (
        *answers,
        list_buttons(digest.id or 0, late_steps, officer)
        if late_steps
        else calls_buttons(s, others, more_lines),
        *_timed_buttons(s, house, [*shown, *more_lines], now),
    )
    return _say(said, (*timed, *numbers("task_open", ids), *opens, (everything,)), count, outage)


def _shown(tasks: Sequence[TaskLine], called: set[int | None]) -> list[TaskLine]:
    """The lines of the digest. What has a reminder of its own is among them, however much else is late."""
    left_out = [line for line in tasks[LINES:] if line.task.id in called][:LINES]
    return [*tasks[: LINES - len(left_out)], *left_out]


def _missed_words(s: Session, house: House, line: TaskLine, now: datetime) -> str:
    words = task_words(s, line)
    on = line.task.occurrence_on
    return words if on is None else f"{words}, {day_words(on, house.today(now))}"


def _renumbered(line: str, by: int) -> str:
    number, dot, rest = line.partition(". ")
    return f"{int(number) + by}{dot}{rest}" if number.isdigit() else line


def greeting(officer: Officer, house: House, now: datetime, count: int, late: int) -> str:
    """ "Selamat pagi, Pak Rahmat. Hari ini 2 tugas, 1 terlambat."."""
    hour = now.astimezone(house.zone).hour
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


def _obstacle_lines(s: Session, house: House, officer: Officer, digest: Reminder, now: datetime) -> list[str]:
    """New obstacles in a head's roles; the words are on the card (they may hold a name)."""
    found: dict[int, tuple[Task, dict[str, None]]] = {}
    for confirmation, task in tell_obstacles(s, house, officer, digest, now):
        _task, names = found.setdefault(task.id or 0, (task, {}))
        names[name_of(s, confirmation.officer_id) or ""] = None
    said = []
    for task, names in list(found.values())[:LINES]:
        line = task_line(s, house, task, officer, now)
        name = esc(", ".join(names))
        said.append(_("• Obstacle: {task} · {who}").format(task=task_words(s, line), who=name))
    return said
