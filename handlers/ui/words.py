"""What people read: sentences (plain English ids in code, Indonesian in locales/), HTML, days and times, a task in a few words."""

import html
import io
import re
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, datetime, tzinfo
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from itertools import zip_longest

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sqlmodel import Session

from sop_flows.calendar.dates import Closure
from sop_flows.core.states import is_target
from sop_flows.core.work import Work
from sop_flows.declarations.sop import Sop, Step
from sop_flows.declarations.unit import Unit
from sop_flows.errors import MoveTooFarError
from sop_flows.handbook.typed_days import Prefer, parse_day, read_day
from sop_flows.views.task_views import TaskHistory, TaskLine, several_cohorts_open
from storage.tables import Child, Cohort, DueKind, School, Task

LOCALE = "id"


@cache
def _catalogue() -> GNUTranslations:
    """The catalogue, straight from the .po: no compiled copy that could be stale."""
    source = files("locales").joinpath(LOCALE, "LC_MESSAGES", "pandu.po")
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.StringIO(source.read_text("utf-8")), locale=LOCALE))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _(message: str) -> str:
    """The sentence in the officer's language."""
    return _catalogue().gettext(message)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """The id of a sentence that is translated when it is used."""
    return message


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for `count` things."""
    return _catalogue().ngettext(one, many, count)


# --- HTML of Telegram -------------------------------------------------------------------------------------------


TEXT_MAX = 4096  # characters of one message after Telegram has read the tags; ours counts them too
LABEL_MAX = 24  # characters of a button that the narrowest phone shows whole
ROOM_OF_TWO = 1310  # how wide each of two labels beside each other may be, in tenths of a point: a phone 360 points wide
# How wide a character is there, in tenths of a point: a wide font (DejaVu Sans) of 14 points.
WIDTHS = {
    45: " ijlIJ.,:;!|'’",
    58: "frt()-/·‹›",
    73: "sz“”",
    83: "cvxyk",
    86: "aeoTFPL",
    110: "ABCDGHKNOQRUVXYZ",
    140: "mwMW%@…☐☑✅⏰⌫",
}
WIDTH = 89  # of every other
ECHO_MAX = 40  # characters of the officer's words that are said back
_TAG = re.compile(r"<(/?)(b|i|u|s|code|pre|blockquote|a)\b[^>]*>")


def esc(text: str) -> str:
    """Anything that a person typed or that a pack says, safe inside HTML."""
    return html.escape(text, quote=False)


def bold(text: str) -> str:
    """Escaped and bold."""
    return f"<b>{esc(text)}</b>"


def more(*lines: str) -> str:
    """Lines (HTML) that are folded until the officer opens them; "" without lines."""
    return f"<blockquote expandable>{chr(10).join(lines)}</blockquote>" if lines else ""


def clip(text: str, limit: int = TEXT_MAX) -> str:
    """`text` (HTML) cut at a line so that it fits; open tags are closed, and … says that it was cut."""
    if len(text) <= limit:
        return text
    room = limit - 40  # for the … and the closing tags
    cut = text.rfind("\n", 0, room)
    kept = text[: cut if cut > room // 2 else room]
    if kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    if kept.rfind("&") > kept.rfind(";") and len(kept) - kept.rfind("&") < 8:
        kept = kept[: kept.rfind("&")]
    still_open: list[str] = []
    for match in _TAG.finditer(kept):
        closing, name = match.groups()
        if not closing:
            still_open.append(name)
        elif still_open and still_open[-1] == name:
            still_open.pop()
    return kept + "…" + "".join(f"</{name}>" for name in reversed(still_open))


def shorten(text: str, limit: int) -> str:
    """Plain text cut at `limit` characters, with … in place of what is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def width_of(label: str) -> int:
    """How wide a label is on a narrow phone, in tenths of a point."""
    return sum(next((wide for wide, signs in WIDTHS.items() if sign in signs), WIDTH) for sign in label)


def fitted(text: str, room: int) -> str:
    """Plain text cut so that it is no wider than `room`, in tenths of a point, with … in place of what is missing."""
    limit = len(text)
    while limit > 1 and width_of(shorten(text, limit)) > room:
        limit -= 1
    return shorten(text, limit)


def echo(words: str) -> str:
    """What was typed, said back on one line (HTML)."""
    return esc(shorten(" ".join(words.split()), ECHO_MAX))


def child_code(number: int) -> str:
    """A child's number as everyone says it: 17 is "017"."""
    return f"{number:03d}"


# --- days and times ---------------------------------------------------------------------------------------------


_FROM_A_DAY = re.compile(r"h ?[-–+] ?\d{1,3}", re.IGNORECASE)  # "H-3"

__all__ = [
    "Prefer",
    "brief_day_words",
    "clock_words",
    "date_words",
    "day_label",
    "day_words",
    "days_words",
    "due_words",
    "moment_words",
    "near_day_words",
    "not_a_day",
    "other_weekday",
    "parse_day",
    "plain_date_words",
    "short_date_words",
    "stamp_words",
]


def date_words(on: date) -> str:
    """ "Senin, 23 November 2026"."""
    return format_date(on, "EEEE, d MMMM y", locale=LOCALE)


def short_date_words(on: date, today: date | None = None) -> str:
    """ "Senin 23 Nov"; with the year when it is another year than today's."""
    pattern = "EEEE d MMM" if today is None or today.year == on.year else "EEEE d MMM y"
    return format_date(on, pattern, locale=LOCALE)


def day_label(on: date) -> str:
    """ "Senin, 23 November 2026", or "Selasa 22 Sep 2026" where that is too long for a button."""
    whole = date_words(on)
    return whole if len(whole) <= LABEL_MAX else format_date(on, "EEEE d MMM y", locale=LOCALE)


def weekday_words(on: date, beside: date) -> str:
    """ "Selasa 1 Desember"; with the year when `beside` is in another one."""
    return format_date(on, "EEEE d MMMM" if on.year == beside.year else "EEEE d MMMM y", locale=LOCALE)


def brief_day_words(on: date) -> str:
    """ "1 Des", where there is little room."""
    return format_date(on, "d MMM", locale=LOCALE)


def plain_date_words(on: date, today: date | None = None) -> str:
    """ "2 Desember"; with the year when it is another year than today's."""
    pattern = "d MMMM" if today is not None and today.year == on.year else "d MMMM y"
    return format_date(on, pattern, locale=LOCALE)


def day_words(on: date, today: date) -> str:
    """ "hari ini", "besok", "kemarin", else "Senin, 23 November 2026"."""
    near = {0: _("today"), 1: _("tomorrow"), 2: _("the day after tomorrow"), -1: _("yesterday")}
    return near.get((on - today).days) or date_words(on)


def clock_words(at: datetime, zone: tzinfo) -> str:
    """ "16.00", local."""
    return at.astimezone(zone).strftime("%H.%M")


def near_day_words(on: date, today: date) -> str:
    """ "hari ini", "besok", else "Senin 23 Nov": for a button."""
    near = {0: _("today"), 1: _("tomorrow"), 2: _("the day after tomorrow"), -1: _("yesterday")}
    return near.get((on - today).days) or short_date_words(on, today)


def due_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "hari ini, 16.00" or "Senin, 23 November 2026, 16.00"."""
    day = at.astimezone(zone).date()
    return f"{day_words(day, now.astimezone(zone).date())}, {clock_words(at, zone)}"


def moment_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """When something was done: "tadi pukul 10.15", "kemarin pukul 10.15", "2 Desember pukul 10.15"."""
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    clock = clock_words(at, zone)
    if day == today:
        return _("earlier today at {clock}").format(clock=clock)
    if (today - day).days == 1:
        return _("yesterday at {clock}").format(clock=clock)
    return _("on {day} at {clock}").format(day=plain_date_words(day, today), clock=clock)


def stamp_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "2 Desember 10.42", for a line that says who and when."""
    local = at.astimezone(zone)
    return f"{plain_date_words(local.date(), now.astimezone(zone).date())} {clock_words(at, zone)}"


def days_words(count: int) -> str:
    """ "2 hari"."""
    return ngettext("{count} day", "{count} days", count).format(count=count)


def not_a_day(words: str, today: date, prefer: Prefer) -> str:
    """Ask again after words that are no day, or a weekday beside the date of another one."""
    found = read_day(words, today, prefer)
    if found is not None and found.weekday is not None and found.day is not None:
        return other_weekday(words, found.day)
    if _FROM_A_DAY.fullmatch(words.strip()):
        said = _(
            "“{words}” is counted from a day that I do not know. Please type the date, for example 3 December."
        )
    else:
        said = _(
            "I do not understand the date “{words}”. Type it for example like this: 3 December, or 3/12."
        )
    return said.format(words=echo(words))


def other_weekday(words: str, day: date) -> str:
    """Ask again after a weekday beside the date of another one."""
    said = _("“{words}”: {day} is a {weekday}. Which day is meant? Please type the date once more.")
    weekday = format_date(day, "EEEE", locale=LOCALE)
    return said.format(words=echo(words), day=plain_date_words(day), weekday=weekday)


def span_words(first: date, last: date, today: date) -> str:
    """ "7 sampai 10 Desember", "7 Desember", "28 Desember sampai 3 Januari 2027"."""
    until = plain_date_words(last, today)
    if first == last:
        return until
    if (first.year, first.month) == (last.year, last.month):
        return _("{first} to {last}").format(first=first.day, last=until)
    return _("{first} to {last}").format(first=plain_date_words(first, today), last=until)


def closure_words(closure: Closure, today: date) -> str:
    """ "6 sampai 15 Maret 2027, Hari Raya Idul Fitri" (plain text)."""
    return f"{span_words(closure.first, closure.last, today)}, {', '.join(closure.names)}"


# --- a task in a few words --------------------------------------------------------------------------------------


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
    if task.occurrence and line.step.first_due is not None:
        if task.occurrence == 1:
            return _("{step}: first note").format(step=words)
        return _("{step}: note of month {nth}").format(step=words, nth=task.occurrence - 1)
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
        order.setdefault((line.is_overdue, line.is_past_target, _subject(line)), len(order))
    return sorted(lines, key=lambda line: order[(line.is_overdue, line.is_past_target, _subject(line))])


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


def with_deputy(name: str, deputy: str | None) -> str:
    """ "Ibu Sari (cuti, pengganti Pak Budi)"; the name alone of somebody who is here (HTML)."""
    if deputy is None:
        return esc(name)
    if not deputy:
        return _("{name} (on leave)").format(name=esc(name))
    return _("{name} (on leave, deputy {deputy})").format(name=esc(name), deputy=esc(deputy))


def late_words(line: TaskLine) -> str:
    """ "2 hari terlambat", "2 hari lewat target"; on the day itself "terlambat"."""
    if line.is_past_target:
        days = days_words(line.days_late)
        return _("{days} past target").format(days=days) if line.days_late else _("past target")
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
        return late_words(line)
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


def moved_words(times: int, first_on: date | None) -> str:
    """ "5 kali, semula 30 Nov" of a step that was moved again and again; "" of one that was moved once."""
    if times < 2:
        return ""
    said = _("{count} times").format(count=times)
    return (
        said
        if first_on is None
        else f"{said}, " + _("originally {day}").format(day=brief_day_words(first_on))
    )


def due_line(line: TaskLine, now: datetime, zone: tzinfo) -> str:
    """ "Waktu baku 1 hari kerja · jatuh tempo besok, 16.00"; late ones begin with ⏰."""
    if line.due_at is None:
        return standard_words(line)
    due = _("due {when}").format(when=due_words(line.due_at, now, zone))
    if line.is_past_target:
        return f"<b>{late_words(line)}</b> · {due}"
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
    return line.step.running and line.task.occurrence > 0 and line.step.first_due is None


def asks_note(line: TaskLine) -> bool:
    """Whether the task asks for a note of what goes on, and is not that itself."""
    return line.step.first_due is not None and line.task.occurrence > 0


def done_line(work: Work, line: TaskLine, story: TaskHistory) -> str:
    """ "✅ SOP 9.2.01 langkah 3 selesai · Ibu Sari, 2 Desember 10.42"; the gap to the day of the work is shown."""
    said = story.said
    top = _("SOP {number} step {step} is done").format(number=esc(line.sop.number), step=line.step.step)
    if asks_note(line):  # the step itself goes on
        top = f"{name_of_task(line)} · " + _("recorded")
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
