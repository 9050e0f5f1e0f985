"""How one line of /kapan reads: when, what, to whom, and the rule with the date it counts from."""

from datetime import date, datetime

from handlers.ui.chosen_days import anchor_name
from handlers.ui.request import Request
from handlers.ui.words import (
    _,
    child_code,
    clock_words,
    duration_words,
    esc,
    name_of_task,
    ngettext,
    nth,
    plain_date_words,
    subject_prefix,
    subject_words,
)
from sop_flows.calendar.dates import resolve
from sop_flows.core.work import anchors_of, declared, sop_of
from sop_flows.notifications.planning import CHOOSE, EVENT_EVE, KEPT_WAITING, NOT_CHOSEN, OF_EVENT
from sop_flows.timeline.moment import Moment
from sop_flows.views.task_views import TaskLine
from storage.queries.rolls import get_entry
from storage.tables import Child, DroppedWhy, DueKind, Officer, Reminder, ReminderKind, Task, TaskState

NAMES = 3  # officers named in one line; more are counted


def moment_line(request: Request, one: Moment, line: TaskLine | None, *, named: bool) -> str:
    """ "07.30 Timbang berat badan ke-2 → Ani · terkirim" (HTML), under the heading of its day.

    Args:
        line: the task as the officer sees it; None when there is none (yet).
        named: with the name of the task; without, on a page about one task.
    """
    clock = "" if one.what in ("opens", "starts") else clock_words(one.at, request.institution.zone)
    what = _name(request, one, line) if named or one.what in ("opens", "starts") else ""
    to = f"→ {officers_words(one.officers)}" if one.officers else ""
    first = " ".join(part for part in (clock, what, to) if part)
    return "• " + " · ".join(part for part in (first, _tail(request, one, line)) if part)


def officers_words(officers: tuple[Officer, ...]) -> str:
    """ "Ani, Budi", or "5 petugas" (escaped)."""
    names = list(dict.fromkeys(one.name for one in officers))
    if len(names) > NAMES:
        return ngettext("{count} officer", "{count} officers", len(names)).format(count=len(names))
    return esc(", ".join(names))


def _name(request: Request, one: Moment, line: TaskLine | None) -> str:
    if one.run is not None:
        sop = sop_of(request.session, one.run)
        return _("SOP {number} {title}").format(number=esc(sop.number), title=esc(sop.title))
    if line is None:
        return _far_away(request, one.task) if one.task is not None else ""
    child = None
    if one.row is not None and one.row.child_id is not None:
        child = request.session.get(Child, one.row.child_id)
    name = subject_prefix(request.session, line) + name_of_task(line)
    if child is not None:
        return f"{name} · " + _("No. {number}").format(number=child_code(child.number))
    of_one = line.task.child_id is not None or line.task.school_id is not None
    return f"{name} · {subject_words(request.session, line)}" if of_one else name


def _far_away(request: Request, task: Task) -> str:
    """An occurrence that is no task yet: "Timbang berat badan ke-3"."""
    step = declared(request.session, task)[1]
    return _("{step}, no. {nth}").format(step=esc(step.short), nth=nth(task, step))


def _tail(request: Request, one: Moment, line: TaskLine | None) -> str:
    match one.what:
        case "sent":
            return " · ".join(part for part in (_("sent"), _rule_then(request, one, line)) if part)
        case "failed":
            return _("could not be sent")
        case "dropped":
            why = why_words(one.why)
            return _("not sent: {why}").format(why=why) if why else _("not sent")
        case "told":
            return _("told as late")
        case "list":
            return _("morning list")
        case "head":
            return _("if it is still late then")
        case "opens":
            anchor = anchor_words(request, one.task) if one.task is not None else ""
            return " · ".join(part for part in (_("opens"), anchor) if part)
        case "starts":
            return _start_words(request, one)
        case "coming":
            return rule_words(request, one.row, line) if one.row is not None and line is not None else ""


def _rule_then(request: Request, one: Moment, line: TaskLine | None) -> str:
    """The rule of what was sent; "" when the date that it counted from is another one by now."""
    if one.row is None or line is None:
        return ""
    due_at = due_of(request, one.row, line)
    same_day = due_at is not None and request.institution.today(due_at) == request.institution.today(
        one.row.due_at
    )
    if one.row.rule in (*OF_EVENT, KEPT_WAITING):
        return rule_words(request, one.row, line)
    if one.row.kind == ReminderKind.LEAD and one.row.rule != NOT_CHOSEN:
        still = days_ahead(request, one.row, line) > 0
    else:
        still = same_day or one.row.kind not in (ReminderKind.MORNING, ReminderKind.DUE)
    return rule_words(request, one.row, line) if still else ""


def due_why(request: Request, one: Moment, line: TaskLine | None) -> str:
    """When a step under way is due, and what that counts from: "jatuh tempo 11 Desember, 10 hari setelah kedatangan
    1 Desember". "" for what is said otherwise: when it opens, and of one child of a roll."""
    of_child = one.row is not None and one.row.child_id is not None
    if one.what not in ("sent", "told", "coming", "list", "head") or of_child or line is None:
        return ""
    if line.task.state != TaskState.OPEN or line.due_at is None:
        return ""
    why = _counted_from(request, line.task)
    if one.row is not None and why:
        return why  # its rule has the date
    due = _("due on {day}").format(day=_day(request, request.institution.today(line.due_at)))
    return ", ".join(part for part in (due, why) if part)


def _counted_from(request: Request, task: Task) -> str:
    if task.due_kind == DueKind.MOVED:
        return _("moved by an officer")
    if task.chosen_on is not None:
        return _("the date was chosen")
    sop, step = declared(request.session, task)
    if task.due_kind == DueKind.STANDARD and step.standard is not None and task.opened_at is not None:
        return _("{time} from {day}").format(
            time=duration_words(sop, step), day=_day(request, request.institution.today(task.opened_at))
        )
    return anchor_words(request, task)


def why_words(why: DroppedWhy | None) -> str:
    """Why a reminder was not sent; "" when nobody knows any more."""
    return {
        "done": _("already done"),
        "skipped": _("the step was skipped"),
        "withdrawn": _("no longer needed"),
        "child_done": _("already recorded for this child"),
        "officer_gone": _("no longer an officer"),
        "moved": _("the date changed"),
        "snoozed": _("put off with “Remind me again”"),
        "chosen": _("the date was chosen"),
        "taken": _("somebody else has it"),
        "later_one": _("a later one says it"),
        "switched_off": _("switched off by the officer"),
    }.get(why or "", "")


def rule_words(request: Request, row: Reminder, line: TaskLine) -> str:
    """The rule a reminder comes from, with the date it counts from."""
    due_at = due_of(request, row, line)
    due = "" if due_at is None else _day(request, request.institution.today(due_at))
    if row.rule == CHOOSE:
        return _("a date has to be chosen")
    if row.rule == NOT_CHOSEN:
        return _("unless a date is chosen by then")
    if row.rule == KEPT_WAITING:
        return _("if it is still late then")
    if row.rule in OF_EVENT:
        return _("the event is tomorrow") if row.rule == EVENT_EVE else _("the day of the event")
    match row.kind:
        case ReminderKind.SNOOZE:
            return _("“Remind me again” was asked for")
        case ReminderKind.HANDED:
            return _("another section handed it over")
        case ReminderKind.ESCALATION:
            return _("if it is still late then")
        case ReminderKind.LEAD:
            days = days_ahead(request, row, line)
            before = ngettext("{count} day before", "{count} days before", days).format(count=days)
            return _("{before} it is due on {day}").format(before=before, day=due)
        case ReminderKind.MORNING:
            return _("in the morning of {day}").format(day=due)
    return _("when it is due, {day}").format(day=due)


def due_of(request: Request, row: Reminder, line: TaskLine) -> datetime | None:
    """When it is due what is reminded of: of a roll, for the child that the reminder is about."""
    entry = None
    if row.child_id is not None:
        entry = get_entry(request.session, line.task.id or 0, row.child_id)
    return line.due_at if entry is None else entry.due_at


def days_ahead(request: Request, row: Reminder, line: TaskLine) -> int:
    """How many days before the due date a lead comes; more than it asks for when that was a day off."""
    due_at = due_of(request, row, line)
    return (
        0
        if due_at is None
        else (request.institution.today(due_at) - request.institution.today(row.due_at)).days
    )


def anchor_words(request: Request, task: Task) -> str:
    """ "10 hari setelah kedatangan 1 Desember"; "" when it counts from no such date."""
    step, anchors = declared(request.session, task)[1], anchors_of(request.work, task)
    if step.first_due is not None and task.occurrence == 1:
        return _("within {time} after it began").format(time=step.first_due)
    if task.occurrence_on is not None and step.running:
        return _("every {months} months until the case is closed").format(
            months=step.every.months if step.every is not None else 1
        )
    if task.occurrence_on is not None and step.every is not None and anchors.arrival is not None:
        days = (task.occurrence_on - anchors.arrival).days
        return _from_anchor(request, days, _("arrival"), anchors.arrival)
    offset = step.opens or step.due or step.lasting or step.target
    if offset is None or offset.anchor == "opening" or getattr(anchors, offset.anchor) is None:
        return ""
    words = _from_anchor(request, offset.days, anchor_name(offset.anchor), anchors.day(offset.anchor))
    due_on = None if task.due_at is None else request.institution.today(task.due_at)
    return words + (_off_words(request, resolve(offset, anchors), due_on) if step.opens is None else "")


def _start_words(request: Request, one: Moment) -> str:
    """When an SOP starts, and what that counts from."""
    assert one.run is not None
    at = next((start.at for start in sop_of(request.session, one.run).starts if start.at is not None), None)
    if at is None:
        return _("starts")
    anchors = anchors_of(request.work, one.run)
    if at.anchor == "opening" and at.months and anchors.opening is not None:
        words = _("{months} months after the opening on {day}").format(
            months=at.months, day=_day(request, anchors.opening)
        )
    else:
        named = {"arrival": _("arrival"), "departure": _("departure"), "opening": _("the opening")}
        words = _from_anchor(request, at.days, named.get(at.anchor, ""), anchors.day(at.anchor))
    begins = one.run.opens_at or one.at
    words += _off_words(request, resolve(at, anchors), request.institution.today(begins))
    return " · ".join((_("starts"), words))


def _off_words(request: Request, wanted: date, found: date | None) -> str:
    """ ", 25 Desember libur (Hari Raya Natal)": why what counts from a date is on another day; "" when it is not."""
    office = request.institution.office
    if found is None or wanted == found or office.is_working_day(wanted):
        return ""
    name = office.holiday_name(wanted)
    off = _(", {day} is a day off").format(day=_day(request, wanted))
    return off + (f" ({esc(name)})" if name is not None else "")


def _from_anchor(request: Request, days: int, word: str, on: date) -> str:
    day = _day(request, on)
    if days == 0:
        return _("on the day of {anchor}, {day}").format(anchor=word, day=day)
    if days > 0:
        return _("{days} days after {anchor} on {day}").format(days=days, anchor=word, day=day)
    return _("{days} days before {anchor} on {day}").format(days=-days, anchor=word, day=day)


def _day(request: Request, on: date) -> str:
    return plain_date_words(on, request.institution.today(request.now))
