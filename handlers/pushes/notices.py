"""Notices: what one officer did that another has to know, each a short sentence. Codes, never a child's name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from handlers.ui.dates import date_words, plain_date_words, span_words, weekday_words
from handlers.ui.markup import child_code, esc
from handlers.ui.task_words import cohort_prefix, section, task_words
from handlers.ui.texts import _, ngettext
from sop_flows.actions.cohorts.moving_dates import CHOICE_VOID, DATES_MOVED
from sop_flows.actions.people.unreachable import UNREACHABLE
from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.staffing.task_rows import name_of
from sop_flows.views.task_views import TaskLine, my_tasks, task_line
from storage.tables import Case, Child, Cohort, Officer, Reminder, Task


@dataclass(frozen=True)
class Notice:
    """A notice, read: who did it, on which task, about which child."""

    payload: dict[str, Any]
    who: str
    task: str  # the task in words, escaped; "" without one
    case: str = ""  # "Kasus Kenanga", escaped; "" when it is about none
    to: str = ""  # who has it now, escaped
    today: date = date.min
    section: str = ""  # of the role in the payload, escaped
    more: str = ""  # what is counted: on the first morning of a leave, of one who can't be reached

    def days(self) -> str:
        """From when to when, of a leave."""
        first, last = (date.fromisoformat(str(self.payload[key])) for key in ("from", "until"))
        return span_words(first, last, self.today)

    def day(self, key: str) -> str:
        """A date of the payload in words."""
        value = self.payload.get(key)
        return date_words(date.fromisoformat(str(value))) if value else ""


def has_sentence(row: Reminder) -> bool:
    """Whether the word of a `notice` row is known."""
    return _word(row) in _SENTENCES


def _word(row: Reminder) -> str:
    return str((row.payload or {}).get("notice") or row.rule)


def notice_sentence(work: Work, officer: Officer, row: Reminder) -> str:
    """The sentence of a `notice` row; "" when its word is unknown: then it is dropped."""
    payload: dict[str, Any] = dict(row.payload or {})
    word = _word(row)
    sentence = _SENTENCES.get(word)
    if sentence is None:
        return ""
    task = work.session.get(Task, row.task_id) if row.task_id is not None else None
    line = task_line(work, task, officer) if task is not None else None
    words = task_words(work.session, line) if line is not None else ""
    if line is not None and (child_id := payload.get("child") or row.child_id):
        child = work.session.get(Child, int(child_id))
        if child is not None:
            words += " · " + _("No. {number}").format(number=child_code(child.number))
    who = name_of(work.session, int(payload["officer"])) if payload.get("officer") else None
    to = name_of(work.session, int(payload["to"])) if payload.get("to") else None
    said = sentence(
        Notice(
            payload,
            esc(who or _("a colleague")),
            words,
            _case_words(work.session, payload),
            esc(to or ""),
            work.today,
            esc(section(work.unit, str(payload.get("role") or ""))),
            _more(work, officer, word, payload),
        )
    )
    if line is None and isinstance(
        cohort_id := payload.get("cohort"), int
    ):  # of no task: it does not say which
        cohort = work.session.get(Cohort, cohort_id)
        return said if cohort is None else cohort_prefix(work.session, cohort) + said
    return said


def _case_words(s: Session, payload: dict[str, Any]) -> str:
    """The case by its code name, which is all that a notice says of it."""
    code = payload.get("code")
    if code is None and isinstance(case_id := payload.get("case"), int):
        case = s.get(Case, case_id)
        code = None if case is None else case.code_name
    return "" if code is None else _("Case {code}").format(code=esc(str(code)))


def _taken(n: Notice) -> str:
    return _("Already taken by {who}: {task}.").format(who=n.who, task=n.task)


def _undone(n: Notice) -> str:
    if n.payload.get("started"):
        return _("{who} took back the start of SOP {sop}, so this need not be done: {task}.").format(
            who=n.who, sop=esc(str(n.payload.get("sop"))), task=n.task
        )
    return _("{who} took back the step before it, so this one is not yours yet: {task}.").format(
        who=n.who, task=n.task
    )


def _assigned(n: Notice) -> str:
    return _("{who} has put you in charge: {task}.").format(who=n.who, task=n.task)


def _given_away(n: Notice) -> str:
    return _("{who} has put {to} in charge instead of you: {task}.").format(who=n.who, to=n.to, task=n.task)


def _rescheduled(n: Notice) -> str:
    return _("{who} moved {task} to {day}. The reason is on the card.").format(
        who=n.who, task=n.task, day=n.day("due_on")
    )


def _chosen(n: Notice) -> str:
    return _("{who} chose the date: {task}, {day}.").format(who=n.who, task=n.task, day=n.day("on"))


def _not_chosen(n: Notice) -> str:
    return _("No date was chosen yet: {task}. The proposal stands.").format(task=n.task)


def _obstacle(n: Notice) -> str:
    return _("{who} reports an obstacle: {task}.").format(who=n.who, task=n.task)


def _child_left(n: Notice) -> str:
    number = child_code(int(n.payload["number"])) if n.payload.get("number") else ""
    return _("Child No. {number} has left the angkatan. Nothing more is asked about it.").format(
        number=number
    )


def _school_left(n: Notice) -> str:
    return _(
        "{school} has withdrawn and taken its children along: {count}. Nothing more is asked about them."
    ).format(school=esc(str(n.payload.get("school") or "")), count=int(n.payload.get("count") or 0))


def _before_pandu(n: Notice) -> str:
    return _(
        "{cohort} is open. Steps that should have been done before Pandu was used: {count}. Look through them: /angkatan."
    ).format(cohort=esc(str(n.payload.get("cohort") or "")), count=int(n.payload.get("count") or 0))


def _officer_removed(n: Notice) -> str:
    name = esc(str(n.payload.get("name") or n.who))
    return _("{name} is no longer enrolled. The open tasks need somebody in charge.").format(name=name)


def _unreachable(n: Notice) -> str:
    said = _(
        "{who} can't be reached: the bot is blocked on that phone. Please ask them to unblock it."
    ).format(who=n.who)
    return f"{said}\n{n.more}"


def _nurse(n: Notice) -> str:
    numbers = ", ".join(child_code(int(one)) for one in n.payload.get("numbers") or ())
    return _("{who} marked for you to look after: No. {numbers}.").format(who=n.who, numbers=numbers)


def _proposed(n: Notice) -> str:
    return _("{who} has made a proposal: {task}. Do you agree?").format(who=n.who, task=n.task)


def _case_given(n: Notice) -> str:
    return _("{case} is yours now, given by {who}.").format(case=n.case, who=n.who)


def _case_taken(n: Notice) -> str:
    return _("{case} is now with {to}, by {who}. You see it no more.").format(case=n.case, to=n.to, who=n.who)


def _case_renamed(n: Notice) -> str:
    new = esc(str(n.payload.get("new") or ""))
    return _("{case} is called {code} from now on.").format(case=n.case, code=new)


def _case_closed(n: Notice) -> str:
    return _("{case} is closed, by {who}. Its open steps are no longer needed.").format(
        case=n.case, who=n.who
    )


def _case_hidden(n: Notice) -> str:
    return _("{case}: the data of the child are hidden again.").format(case=n.case)


def _cohort_moved(n: Notice) -> str:
    payload = n.payload
    moves = []
    for anchor, sentence in (
        ("arrival", _("the arrival moves from {old} to {new}")),
        ("departure", _("the departure moves from {old} to {new}")),
    ):
        old = date.fromisoformat(str(payload[f"{anchor}_from"]))
        new = date.fromisoformat(str(payload[f"{anchor}_on"]))
        if old != new:
            moves.append(sentence.format(old=weekday_words(old, new), new=weekday_words(new, old)))
    said = f"{esc(str(payload.get('cohort') or ''))}: " + "; ".join(moves) + "."
    count = len(payload.get("steps") or ())
    if not count:
        return said
    along = ngettext("{count} step moves along.", "{count} steps move along.", count)
    return f"{said} {along.format(count=count)}"


def _cohort_closed(n: Notice) -> str:
    payload = n.payload
    said = _("{cohort} is finished and closed: {present} of {total} children stayed to the end.").format(
        cohort=esc(str(payload.get("cohort") or "")),
        present=int(payload.get("present") or 0),
        total=int(payload.get("total") or 0),
    )
    return f"{said} " + _("Steps done: {done}, missed: {missed}.").format(
        done=int(payload.get("done") or 0), missed=int(payload.get("missed") or 0)
    )


def _visit_void(n: Notice) -> str:
    if not n.payload.get("on"):
        return _("The dates of the stay have moved: choose the date again for {task}.").format(task=n.task)
    return _(
        "The dates of the stay have moved, so {day} is no longer possible. Choose again: {task}."
    ).format(day=n.day("on"), task=n.task)


def _due_instead(work: Work, officer: Officer) -> str:
    """What an officer has to do for colleagues who are away, and how much of it is due today or late."""
    lines = [line for line in my_tasks(work, officer) if line.instead_of is not None]
    return _open_words(work.institution, lines, work.now)


def _more(work: Work, officer: Officer, word: str, payload: dict[str, Any]) -> str:
    """What waits: of the colleagues whom the officer deputises for, or with one who can't be reached."""
    if word == "leave_begins":
        return _due_instead(work, officer)
    if word != UNREACHABLE or not payload.get("officer"):
        return ""
    other = work.session.get(Officer, int(payload["officer"]))
    return "" if other is None else _open_words(work.institution, my_tasks(work, other), work.now)


def _open_words(institution: Institution, lines: Sequence[TaskLine], now: datetime) -> str:
    if not lines:
        return _("Nothing is open now.")
    count = len(lines)
    said = ngettext("{count} task is open", "{count} tasks are open", count).format(count=count)
    pressing = sum(
        line.due_at is not None and institution.today(line.due_at) <= institution.today(now) for line in lines
    )
    if not pressing:
        return _("{open}, none of them due today.").format(open=said)
    return _("{open}, {due} of them due today or late.").format(open=said, due=pressing)


def _offered(n: Notice) -> str:
    return _("{who} asks you to take this over: {task}. Until you accept it, {who} stays in charge.").format(
        who=n.who, task=n.task
    )


def _offer_accepted(n: Notice) -> str:
    return _("{who} has accepted and is in charge now: {task}.").format(who=n.who, task=n.task)


def _offer_returned(n: Notice) -> str:
    said = _("{who} returns it, you stay in charge: {task}.").format(who=n.who, task=n.task)
    return said + (" " + _("The reason is on the card.") if n.payload.get("reason") else "")


def _offer_lapsed(n: Notice) -> str:
    return _("{who} has not answered in time, you stay in charge: {task}.").format(who=n.who, task=n.task)


def _offer_unanswered(n: Notice) -> str:
    return _("{who} is not there to answer, you stay in charge: {task}.").format(who=n.who, task=n.task)


def _offer_taken_back(n: Notice) -> str:
    return _("{who} no longer asks you to take this over: {task}.").format(who=n.who, task=n.task)


def _official_needed(n: Notice) -> str:
    return _("{who} needs you in place of {to}, who is away: {task}.").format(who=n.who, to=n.to, task=n.task)


def _leave_deputy(n: Notice) -> str:
    return _("{who} is on leave {days}. You deputise: the tasks and reminders come to you then.").format(
        who=n.who, days=n.days()
    )


def _leave_begins(n: Notice) -> str:
    until = date.fromisoformat(str(n.payload["until"]))
    return _("From today until {day} you deputise for {who}. {more}").format(
        who=n.who, day=plain_date_words(until, n.today), more=n.more
    )


def _leave_over(n: Notice) -> str:
    return _("{who} is back: the tasks are theirs again. Thank you for deputising.").format(who=n.who)


def _leave_no_longer(n: Notice) -> str:
    return _("You no longer deputise for {who}: the leave was cancelled or changed.").format(who=n.who)


def _leave_recorded(n: Notice) -> str:
    said = _("{who} has recorded that you are on leave {days}.").format(who=n.who, days=n.days())
    return said + (" " + _("{name} deputises.").format(name=n.to) if n.to else "")


def _leave_ended(n: Notice) -> str:
    return _("{who} has ended your leave. Your tasks are yours again.").format(who=n.who)


def _leave_uncovered(n: Notice) -> str:
    name = esc(str(n.payload.get("stand_in") or ""))
    return _(
        "{name}, who deputises for {who} {days}, will not be there. Choose somebody else: /cuti."
    ).format(name=name, who=n.who, days=n.days())


def _leave_nobody(n: Notice) -> str:
    return _("Nobody of {section} is there {days}: {who} is on leave. Please arrange a deputy.").format(
        section=n.section, days=n.days(), who=n.who
    )


_SENTENCES: dict[str, Callable[[Notice], str]] = {
    "taken": _taken,
    "undone": _undone,
    "assigned": _assigned,
    "given_away": _given_away,
    "rescheduled": _rescheduled,
    "chosen": _chosen,
    "not_chosen": _not_chosen,
    "obstacle": _obstacle,
    "child_left": _child_left,
    "school_left": _school_left,
    "before_pandu": _before_pandu,
    UNREACHABLE: _unreachable,
    "officer_removed": _officer_removed,
    "nurse_flags": _nurse,
    DATES_MOVED: _cohort_moved,
    CHOICE_VOID: _visit_void,
    "proposed": _proposed,
    "cohort_closed": _cohort_closed,
    "case_given": _case_given,
    "case_taken": _case_taken,
    "case_closed": _case_closed,
    "case_renamed": _case_renamed,
    "case_hidden": _case_hidden,
    "offered": _offered,
    "offer_accepted": _offer_accepted,
    "offer_returned": _offer_returned,
    "offer_lapsed": _offer_lapsed,
    "offer_unanswered": _offer_unanswered,
    "offer_taken_back": _offer_taken_back,
    "official_needed": _official_needed,
    "leave_stand_in": _leave_deputy,
    "leave_begins": _leave_begins,
    "leave_over": _leave_over,
    "leave_no_longer": _leave_no_longer,
    "leave_recorded": _leave_recorded,
    "leave_ended": _leave_ended,
    "leave_uncovered": _leave_uncovered,
    "leave_nobody": _leave_nobody,
}
