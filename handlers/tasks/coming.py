"""/kapan: every coming reminder, with the rule and the anchor date it comes from."""

from datetime import date, datetime, time

from handlers.looks.dates import due_words, plain_date_words, short_date_words
from handlers.looks.markup import bold, child_code, esc
from handlers.looks.screens import button, pressed, screen, task_of, to_list, to_task, who
from handlers.looks.wording import _, ngettext
from handlers.reply import Reply
from handlers.routing import Routes
from handlers.tasks.task_words import name_of_task, task_words
from handlers.visit import Visit
from sop_flows import tasks
from sop_flows.cases import lists
from sop_flows.cases.lists import find_by_code
from sop_flows.cases.visibility import knows
from sop_flows.cohorts.membership import may_see
from sop_flows.declarations.offset import Offset
from sop_flows.errors import NotFoundError
from sop_flows.people.permissions import acting_roles
from sop_flows.story import open_cohorts
from sop_flows.subjects import anchors_of
from sop_flows.task_views import TaskLine, task_line, task_lines, upcoming
from sop_flows.versions import sop_of
from storage.queries.rolls import find_child, get_entry
from storage.queries.sent import list_coming
from storage.tables import Case, Child, Reminder, ReminderKind, Task

LINES = 15
AHEAD_DAYS = 45


def on_when_command(visit: Visit) -> Reply:
    """/kapan: mine; /kapan 017: of one child (by number)."""
    words = (visit.text or "").split()[1:]
    if words and words[0].isdigit():
        return _of_child(visit, int(words[0]))
    if words:
        return of_case(visit, find_by_code(visit.session, " ".join(words)))
    rows = list_coming(visit.session, who(visit).id)
    said = _reminder_lines(visit, rows)
    said += _coming_lines(visit)
    if not said:
        return screen(visit, _("No reminder is planned for you."), ((to_list(),),))
    top = "<b>" + _("Your coming reminders") + "</b>"
    return screen(visit, "\n".join([top, *said[: 2 * LINES]]), ((to_list(),),))


def on_when_of_case(visit: Visit) -> Reply:
    """[Pengingat] of a case."""
    return of_case(visit, visit.session.get(Case, pressed(visit)))


def of_case(visit: Visit, case: Case | None) -> Reply:
    """What is to come in a case, for who knows the child; to everybody else there is no such case."""
    if case is None or not knows(visit.session, visit.house, who(visit), case):
        raise NotFoundError
    found = lists.case_page(visit.session, visit.house, who(visit), case, visit.now)
    waiting = lists.coming_tasks(visit.session, case)
    ids = [task.id or 0 for task in waiting] + [line.task.id or 0 for line in found.steps]
    ids += [one.task.id or 0 for one in found.services]
    said = _reminder_lines(visit, list_coming(visit.session, None, ids), to=True)
    dated: list[tuple[datetime, str]] = []
    for line in task_lines(visit.session, visit.house, waiting, who(visit), visit.now):
        if line.task.opens_at is not None:
            anchor = _anchor(visit, line)
            words = f"{line.sop.number} {name_of_task(line)}" + (f" – {anchor}" if anchor else "")
            dated.append((line.task.opens_at, words))
    for run in found.coming:
        if run.opens_at is not None:
            sop = sop_of(visit.session, run)
            words = f"SOP {sop.number} {esc(sop.title)}"
            starts = [start.at for start in sop.starts if start.at is not None]
            dated.append(
                (run.opens_at, words + (f" – {_since_opening(visit, case, starts[0])}" if starts else ""))
            )
    for service in found.services:
        if not service.is_due:
            at = visit.house.office.at(service.ask_on, time(0, 0))
            since = plain_date_words(service.since)
            words = _("{step}: is it finished? – {months} months after {day}").format(
                step=esc(service.step.short),
                months=service.step.standard.amount if service.step.standard is not None else 0,
                day=since,
            )
            dated.append((at, words))
    said += [f"• {short_date_words(visit.house.today(at))}: {words}" for at, words in sorted(dated)]
    if not said:
        said = [_("No reminder about this case is planned.")]
    top = bold(_("Case {code}").format(code=case.code_name))
    back = button(_("‹ Back"), "case_page", case.id or 0)
    return screen(visit, "\n".join([top, *said[: 2 * LINES]]), ((back, to_list()),))


def _since_opening(visit: Visit, case: Case, offset: Offset) -> str:
    """ "3 bulan setelah pembukaan 1 Desember"."""
    on = plain_date_words(visit.house.today(case.opened_at))
    if offset.months:
        return _("{months} months after the opening on {day}").format(months=offset.months, day=on)
    return _("{days} days after the opening on {day}").format(days=offset.days, day=on)


def on_when_tapped(visit: Visit) -> Reply:
    """The reminders of one task, whoever gets them."""
    task = task_of(visit, pressed(visit))
    tasks.own_parts(visit.session, visit.house, who(visit), task)
    line = task_line(visit.session, visit.house, task, who(visit), visit.now)
    rows = list_coming(visit.session, None, [task.id or 0])
    said = _reminder_lines(visit, rows, to=True)
    if not said:
        said = [_("No reminder of its own is planned; the morning list at 07.30 carries it when it is due.")]
    anchor = _anchor(visit, line)
    top = f"<b>{task_words(visit.session, line)}</b>" + (f"\n{anchor}" if anchor else "")
    return screen(visit, "\n".join([top, *said]), ((to_task(task.id or 0), to_list()),))


def _of_child(visit: Visit, number: int) -> Reply:
    found = [
        child
        for cohort in open_cohorts(visit.session)
        if may_see(visit.session, who(visit), cohort.id or 0)
        if (child := find_child(visit.session, cohort.id or 0, number)) is not None
    ]
    if not found:
        return screen(
            visit, _("There is no child No. {number}.").format(number=child_code(number)), ((to_list(),),)
        )
    ids = {child.id for child in found}
    rows = tuple(
        row
        for row in list_coming(visit.session, None)
        if (row.child_id in ids or _task_of(visit, row).child_id in ids)
        and acting_roles(visit.session, visit.house, who(visit), _task_of(visit, row))
    )
    said = _reminder_lines(visit, rows, to=True)
    if not said:
        said = [_("No reminder about this child is planned.")]
    top = "<b>" + _("No. {number}").format(number=child_code(number)) + "</b>"
    return screen(visit, "\n".join([top, *said]), ((to_list(),),))


def _task_of(visit: Visit, row: Reminder) -> Task:
    return visit.session.get_one(Task, row.task_id)


def _reminder_lines(visit: Visit, rows: tuple[Reminder, ...], *, to: bool = False) -> list[str]:
    said: dict[str, None] = {}
    for row in rows:
        line = task_line(visit.session, visit.house, _task_of(visit, row), who(visit), visit.now)
        name = task_words(visit.session, line)
        if row.child_id is not None and (child := visit.session.get(Child, row.child_id)) is not None:
            name += " · " + _("No. {number}").format(number=child_code(child.number))
        when = due_words(row.due_at, visit.now, visit.house.zone)
        said[f"• {when}: {name} – {rule_words(visit, row, line)}"] = None
    return list(said)[:LINES]


def rule_words(visit: Visit, row: Reminder, line: TaskLine) -> str:
    """The rule a reminder comes from, with its anchor date."""
    due_at = line.due_at
    if row.child_id is not None:
        entry = get_entry(visit.session, line.task.id or 0, row.child_id)
        due_at = entry.due_at if entry is not None else due_at
    due = "" if due_at is None else plain_date_words(visit.house.today(due_at))
    if row.rule == "choose":
        return _("a date has to be chosen")
    if row.rule == "not_chosen":
        return _("no date was chosen by then")
    if row.kind == ReminderKind.SNOOZE:
        return _("you asked for it")
    if row.kind == ReminderKind.HANDED:
        return _("handed to you")
    if row.kind == ReminderKind.LEAD:
        days = int(row.rule.partition(":")[2] or 0)
        before = ngettext("{count} day before", "{count} days before", days).format(count=days)
        return _("{before} it is due on {day}").format(before=before, day=due)
    if row.kind == ReminderKind.MORNING:
        return _("in the morning of {day}").format(day=due)
    return _("when it is due, {day}").format(day=due)


def _coming_lines(visit: Visit) -> list[str]:
    """Tasks that open by themselves, with the date they are counted from."""
    said = []
    for line in upcoming(visit.session, visit.house, who(visit), visit.now, AHEAD_DAYS)[:LINES]:
        if line.task.opens_at is None or line.task.card is not None:
            continue
        day = short_date_words(visit.house.today(line.task.opens_at))
        anchor = _anchor(visit, line)
        said.append(f"• {day}: {task_words(visit.session, line)}" + (f" – {anchor}" if anchor else ""))
    return said


def _anchor(visit: Visit, line: TaskLine) -> str:
    """ "10 hari setelah kedatangan 1 Desember"."""
    step, anchors = line.step, anchors_of(visit.session, visit.house, line.task)
    on: date | None = line.task.occurrence_on
    if on is not None and line.step.running:
        return _("every {months} months until the case is closed").format(
            months=line.step.every.months if line.step.every is not None else 1
        )
    if on is not None and step.every is not None and anchors.arrival is not None:
        return _days_from(on, anchors.arrival, _("arrival"))
    offset = step.opens or step.due or step.target
    if offset is None or offset.anchor == "opening":
        return ""
    anchor_on = anchors.day(offset.anchor)
    word = _("arrival") if offset.anchor == "arrival" else _("departure")
    days = offset.days
    if days >= 0:
        return _("{days} days after {anchor} on {day}").format(
            days=days, anchor=word, day=plain_date_words(anchor_on)
        )
    return _("{days} days before {anchor} on {day}").format(
        days=-days, anchor=word, day=plain_date_words(anchor_on)
    )


def _days_from(on: date, anchor_on: date, word: str) -> str:
    return _("{days} days after {anchor} on {day}").format(
        days=(on - anchor_on).days, anchor=esc(word), day=plain_date_words(anchor_on)
    )


ROUTES = Routes(
    commands={"kapan": on_when_command},
    presses={"task_when": on_when_tapped, "case_when": on_when_of_case},
)
