"""The list of late steps in a head's morning, and one emergency by itself; with "Saya tangani" and "Serahkan ke…".

A button of the list carries the reminder's row and where it stands: 0 on the message itself, which shows the first
page, else the page. It concerns what is shown there and nothing else.
"""

from collections.abc import Sequence

from sqlmodel import Session

from handlers.ui.request import Button, Keyboard, Request, button, who
from handlers.ui.words import (
    _,
    bold,
    due_words,
    esc,
    late_words,
    ngettext,
    section,
    task_words,
    with_deputy,
)
from sop_flows.core.work import Institution, Work
from sop_flows.notifications.escalation.lists import LateStep, last_listed
from sop_flows.notifications.escalation.taken_on import last_taken_on
from sop_flows.staffing.responsibility import name_of
from sop_flows.staffing.roster import deputy_name
from sop_flows.views.task_views import TaskLine
from storage.tables import Reminder, ReminderKind, TaskPart


def list_lines(work: Work, steps: Sequence[LateStep], first: int, at: int = 0) -> tuple[list[str], list[int]]:
    """The lines (HTML) of what is shown there, numbered from `first`, and the tasks that the numbers open; a heading
    counts all that the list has of its kind."""
    said: list[str] = []
    ids: list[int] = []
    shown = shown_at(steps, at)
    for group in _groups(steps):
        here = [one for one in group if one in shown]
        if here:
            said.append(bold(_heading(work.institution, group[0], len(group))))
        for one in here:
            ids.append(one.line.task.id or 0)
            said.append(f"{first + len(ids) - 1}. {_line(work, one)}")
    if not at and len(steps) > len(shown):
        said.append(_("and {count} more").format(count=len(steps) - len(shown)))
    return said, ids


def shown_at(steps: Sequence[LateStep], at: int) -> list[LateStep]:
    """The steps that stand there."""
    return [one for one in steps if one.page == max(at, 1)]


def _groups(steps: Sequence[LateStep]) -> list[list[LateStep]]:
    """The steps by their headings: emergencies, the Kepala's, those of one's own section, of others; targets last."""
    found: dict[tuple[bool, bool, bool, bool], list[LateStep]] = {}
    for one in steps:
        target, emergency = one.level == "head" and one.is_target, one.line.sop.emergency
        kind = (target, not emergency, one.level == "head", not one.is_own_section)
        found.setdefault(kind, []).append(one)
    return [found[kind] for kind in sorted(found)]


def _heading(institution: Institution, one: LateStep, count: int) -> str:
    rules = institution.pack.unit.escalation
    ours = _is_ours(one)
    if one.is_target:
        words = (
            ngettext(
                "{count} step of your section is past its target:",
                "{count} steps of your section are past their target:",
                count,
            )
            if ours
            else ngettext("{count} step is past its target:", "{count} steps are past their target:", count)
        )
        return words.format(count=count)
    after = rules.top_after if one.level == "top" else rules.head_after
    if one.line.sop.emergency:
        return ngettext("{count} emergency step is late:", "{count} emergency steps are late:", count).format(
            count=count
        )
    words = (
        ngettext(
            "{count} step is late by {days} or more:", "{count} steps are late by {days} or more:", count
        )
        if not ours
        else ngettext(
            "{count} step of your section is late by {days} or more:",
            "{count} steps of your section are late by {days} or more:",
            count,
        )
    )
    return words.format(count=count, days=_("{time} of work").format(time=after))


def _line(work: Work, one: LateStep) -> str:
    """ "Surat pemanggilan orang tua · Pak Rahmat · 2 hari terlambat · ditangani Bu Dewi"."""
    holder = _("taken by nobody yet") if one.holder is None else with_deputy(one.holder, one.deputy)
    whose = holder if _is_ours(one) else f"{esc(section(work.unit, one.role))} · {holder}"
    words = f"{task_words(work.session, one.line)} · {whose} · {late_words(one.line)}"
    if one.taken_on_by is not None:
        words += " · " + _("handled by {name}").format(name=esc(one.taken_on_by))
    return words


def _is_ours(one: LateStep) -> bool:
    """Whether it is told to the kasi of its section, who need not be told which."""
    return one.level == "head" and one.is_own_section


def list_buttons(row_id: int, steps: Sequence[LateStep], at: int = 0) -> tuple[Button, ...]:
    """[Saya tangani] while there is anything shown that this officer did not take on, and [Serahkan ke…]."""
    shown = shown_at(steps, at)
    if not shown:
        return ()
    words = (
        _("I will handle it")
        if len(shown) == len(steps)
        else _("I will handle these {count}").format(count=len(shown))
    )
    give = (
        button(_("Hand over to …"), "task_give", shown[0].line.task.id or 0)
        if len(shown) == 1
        else button(_("Hand over to …"), "late_give", row_id, at)
    )
    is_new = len(shown) == 1 and not shown[0].is_taken_on
    choose = () if is_new else (button(_("Choose…"), "late_choose", row_id, at),)
    return (*_take_on(row_id, not all(one.is_taken_on for one in shown), words, at), give, *choose)


def _take_on(row_id: int, wanted: bool, words: str = "", at: int = 0) -> tuple[Button, ...]:
    words = words or _("I will handle it")
    return (button(words, "late_take_on", row_id, at, style="success"),) if wanted else ()


def list_button(row_id: int, count: int) -> Button:
    """ "Perlu ditangani (13)": the list by itself, from its first page."""
    return button(_("To be handled ({count})").format(count=count), "late_list", row_id, 1)


def way_to_list(request: Request) -> Keyboard:
    """A row with the way back to the last list while anything of it is late; none for whoever was told none."""
    found = last_listed(request.work, who(request))
    return () if found is None else ((list_button(found[0].id or 0, len(found[1])),),)


def emergency_words(work: Work, row: Reminder, line: TaskLine, part: TaskPart | None) -> str:
    """An emergency step that is late, as a head hears of it at once (HTML): codes only."""
    holder = name_of(work.session, part.assignee_id) if part is not None else None
    deputy = None if part is None else deputy_name(work, part.assignee_id)
    who = _("taken by nobody yet") if holder is None else with_deputy(holder, deputy)
    due = "" if line.due_at is None else due_words(line.due_at, work.now, work.zone)
    top = _("⏰ Emergency, not done yet: SOP {number} step {step}, {task}.").format(
        number=esc(line.sop.number), step=line.step.step, task=task_words(work.session, line)
    )
    return f"{top}\n" + _("{who} · was due {when}").format(who=who, when=due)


def emergency_buttons(row: Reminder, *, taken_on: bool) -> tuple[Button, ...]:
    """[Saya tangani] [Serahkan ke…] of an emergency."""
    return (
        *_take_on(row.id or 0, not taken_on),
        button(_("Hand over to …"), "task_give", row.task_id or 0),
    )


def call_of(s: Session, row: Reminder, line: TaskLine) -> tuple[TaskPart | None, str | None]:
    """The part that an emergency's reminder is about, and who took it on."""
    part = next((part for part in line.parts if part.role == row.role), None)
    return part, None if part is None else last_taken_on(s, line.task, part)


def calls_buttons(s: Session, rows: Sequence[Reminder], lines: Sequence[TaskLine]) -> tuple[Button, ...]:
    """[Saya tangani] for all emergencies of a message that nobody took on; none without any."""
    by_task = {line.task.id: line for line in lines}
    waiting = [
        row
        for row in rows
        if row.kind == ReminderKind.ESCALATION
        and row.task_id in by_task
        and call_of(s, row, by_task[row.task_id])[1] is None
    ]
    return _take_on(waiting[0].id or 0, True) if waiting else ()
