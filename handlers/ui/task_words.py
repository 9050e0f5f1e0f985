"""How a task is said in a few words: its name, its angkatan, when it is due, who has it."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, tzinfo
from itertools import zip_longest

from sqlmodel import Session

from handlers.ui.dates import (
    clock_words,
    date_words,
    day_words,
    days_words,
    due_words,
    plain_date_words,
    short_date_words,
    stamp_words,
)
from handlers.ui.markup import child_code, esc
from handlers.ui.texts import _, ngettext
from sop_flows.core.work import Work
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.declarations.unit import Unit
from sop_flows.errors import MoveTooFarError
from sop_flows.views.status import is_target
from sop_flows.views.task_history import TaskHistory, several_cohorts_open
from sop_flows.views.task_views import TaskLine
from storage.tables import Child, Cohort, DueKind, School, Task


def subject_prefix(s: Session, line: TaskLine) -> str:
    """ "Angkatan III · " while several are open, "Kasus Kenanga · " of a case (escaped); else ""."""
    if line.case is not None:
        return _("Case {code}").format(code=esc(line.case.code_name)) + " · "
    return "" if line.cohort is None else cohort_prefix(s, line.cohort)


def cohort_prefix(s: Session, cohort: Cohort) -> str:
    """ "Angkatan III · " (escaped) while several are open, else ""."""
    return f"{esc(cohort.name)} · " if several_cohorts_open(s) else ""


def brief_cohort(cohort: Cohort) -> str:
    """ "III" of "Angkatan III": its name on a button that says something else, too (plain text)."""
    return cohort.name.removeprefix(_("Cohort")).strip() or cohort.name


def section(unit: Unit, role: str) -> str:
    """The section of a role as it stands in a sentence, "Seksi Bimbingan"."""
    return unit.roles[role].section_label if role in unit.roles else role


def sections(unit: Unit, roles: Iterable[str]) -> str:
    """ "Seksi Bimbingan, Peksos"."""
    return ", ".join(section(unit, role) for role in roles)


def name_of_task(line: TaskLine) -> str:
    """The step in a few words (escaped), with which occurrence it is: "Timbang berat badan ke-2"."""
    words = esc(line.short)
    task = line.task
    if task.card is not None:
        return _("{sop} daily").format(sop=esc(line.sop.title.split(" (")[0]))
    if task.occurrence and line.step.running:
        return _("Running services, month {nth}").format(nth=task.occurrence)
    if task.occurrence:
        return _("{step}, no. {nth}").format(step=words, nth=nth(task, line.step))
    return words


def nth(task: Task, step: Step) -> int:
    """Which time this is, as people count: 9.2.15 on day 10 is the 2nd weighing, the arrival's was the 1st."""
    first_is_elsewhere = step.every is not None and bool(step.every.first_at)
    return task.occurrence + (1 if first_is_elsewhere else 0)


def subject_words(s: Session, line: TaskLine) -> str:
    """Of whom it is: "60 anak", "sisa 12 dari 60 anak", "No. 017"; "" when that is plain."""
    if line.task.child_id is not None:
        child = s.get(Child, line.task.child_id)
        return _("No. {number}").format(number=child_code(child.number)) if child is not None else ""
    if line.task.school_id is not None:
        school = s.get(School, line.task.school_id)
        return esc(school.name) if school is not None else ""
    if not line.total or line.remaining is None:  # a roll that is not called yet has nobody on it
        return ""
    if line.remaining == line.total:
        return ngettext("{count} child", "{count} children", line.total).format(count=line.total)
    return _("{left} of {total} children left").format(left=line.remaining, total=line.total)


def task_words(s: Session, line: TaskLine, *, prefix: bool = True) -> str:
    """One task in one line without its time: "Angkatan III · Timbang berat badan ke-2 · 60 anak" (escaped)."""
    parts = [name_of_task(line)]
    subject = subject_words(s, line)
    if subject:
        parts.append(subject)
    return (subject_prefix(s, line) if prefix or line.case is not None else "") + " · ".join(parts)


def by_subject(lines: Iterable[TaskLine]) -> list[TaskLine]:
    """The same lines, those of one angkatan or case together; the late ones stay first."""
    order: dict[Hashable, int] = {}
    lines = list(lines)
    for line in lines:
        order.setdefault((line.is_late, _subject(line)), len(order))
    return sorted(lines, key=lambda line: order[(line.is_late, _subject(line))])


def headings(s: Session, lines: Sequence[TaskLine], groups: Sequence[Hashable] = ()) -> list[list[str]]:
    """What stands above each line (HTML): while several are open its angkatan, before the first of them. A line of a
    case says its code name itself.

    Args:
        groups: of each line; a new group says it again.
    """
    several = bool(lines) and several_cohorts_open(s)
    found: list[list[str]] = []
    former: Hashable = None
    for line, group in zip_longest(lines, groups):
        if (group, _subject(line)) == former:
            found.append([])
        else:
            name = line.cohort.name if several and line.cohort is not None else ""
            found.append([f"<i>{esc(name)}</i>"] if name else [])
        former = (group, _subject(line))
    return found


def _subject(line: TaskLine) -> Hashable:
    return line.task.case_id, line.task.cohort_id


def instead_words(line: TaskLine) -> str:
    """ " · menggantikan Budi" of a line that is the officer's because a colleague is away (escaped), else ""."""
    if line.instead_of is None or not line.deputy:
        return ""
    return " · " + _("deputising for {name}").format(name=esc(line.instead_of))


def late_words(line: TaskLine) -> str:
    """ "2 hari terlambat", "terlambat sejak 10.00" on the day itself."""
    if line.days_late:
        return _("{days} late").format(days=days_words(line.days_late))
    return _("late")


def when_words(line: TaskLine, now: datetime, zone: tzinfo) -> str:
    """The due time of a line in a list: "2 hari terlambat", "pukul 16.00", "besok", "4 Desember (target)"."""
    if line.due_at is None:
        return ""
    day, today = line.due_at.astimezone(zone).date(), now.astimezone(zone).date()
    target = _(" (target)") if is_target(line.task, line.step) else ""
    if line.is_late:
        return late_words(line) + target
    if day == today:
        return _("at {clock}").format(clock=clock_words(line.due_at, zone)) + target
    if 0 < (day - today).days <= 2:
        return day_words(day, today) + target
    return plain_date_words(day, today) + target


def standard_words(line: TaskLine) -> str:
    """ "Waktu baku 1 hari kerja", or what stands in its place."""
    task, step = line.task, line.step
    if task.due_kind == DueKind.MOVED:
        return _("Rescheduled")
    if is_target(task, step):
        return _("Target")
    if step.standard is None or task.due_kind == DueKind.DATE:
        return _("As scheduled")
    return _("Standard time {time}").format(time=duration_words(line.sop, line.step))


def duration_words(sop: Sop, step: Step) -> str:
    """The standard time as the unit says it: "1 hari kerja" on office time, "3 hari" on calendar time."""
    standard = step.standard
    if standard is None:
        return ""
    works = sop.clock == "kerja" and not sop.emergency and standard.unit != "bulan"
    return _("{time} of work").format(time=standard) if works else str(standard)


def due_line(line: TaskLine, now: datetime, zone: tzinfo) -> str:
    """ "Waktu baku 1 hari kerja · jatuh tempo besok, 16.00"; late ones begin with ⏰."""
    if line.due_at is None:
        return standard_words(line)
    due = _("due {when}").format(when=due_words(line.due_at, now, zone))
    if line.is_late:
        late = _("Late {days}").format(days=days_words(line.days_late)) if line.days_late else _("Late")
        return " · ".join([f"⏰ <b>{late}</b>", *late_beside(line), due])
    return f"{standard_words(line)} · {due}"


def late_beside(line: TaskLine) -> list[str]:
    """What stands beside "Terlambat": the standard time, but nothing that says the contrary."""
    words = standard_words(line)
    return [] if words == _("As scheduled") else [words]


def too_far(error: MoveTooFarError) -> str:
    """Up to which day a step can be moved, and what else can be done."""
    if error.next_on is None:
        why = _("The children leave before that.")
    else:
        why = _("The next time is {day} already.").format(day=date_words(error.next_on))
    if error.is_hopeless:
        return why + " " + _("It can not be moved. If it can not be done, choose Skip.")
    until = _("It can be moved to {day} at the latest. If it can not be done, choose Skip.")
    return why + " " + until.format(day=date_words(error.latest))


def is_monthly(line: TaskLine) -> bool:
    """Whether the task asks once a month about the services of a section, and is not one of them itself."""
    return line.step.running and line.task.occurrence > 0


def done_line(work: Work, line: TaskLine, story: TaskHistory) -> str:
    """ "✅ SOP 9.2.01 langkah 3 selesai · Ibu Sari, 2 Desember 10.42"; the gap to the day of the work is shown."""
    said = story.said
    top = _("SOP {number} step {step} is done").format(number=esc(line.sop.number), step=line.step.step)
    if said is None:
        return f"✅ {top}"
    top += f" · {esc(story.doer or '')}, {stamp_words(said.recorded_at, work.now, work.institution.zone)}"
    more_words = []
    if said.done_on is not None and said.done_on != work.institution.today(said.recorded_at):
        more_words.append(_("done on {day}").format(day=short_date_words(said.done_on)))
    if story.done_for is not None:
        more_words.append(_("deputising for {name}").format(name=esc(story.done_for)))
    if said.officer_id != said.recorded_by_id:
        more_words.append(_("recorded by {name}").format(name=esc(story.recorder or "")))
    return f"✅ {top}" + (f" ({', '.join(more_words)})" if more_words else "")
