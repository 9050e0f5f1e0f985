"""Notices: what one officer did that another has to know, each a short sentence. Codes, never a child's name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from handlers.looks.dates import date_words, weekday_words
from handlers.looks.markup import child_code, esc
from handlers.looks.wording import _, ngettext
from handlers.tasks.task_words import cohort_prefix, task_words
from sop_flows.cohorts.moving_dates import CHOICE_VOID, DATES_MOVED
from sop_flows.house import House
from sop_flows.task_rows import name_of
from sop_flows.task_views import task_line
from storage.tables import Case, Child, Cohort, Officer, Reminder, Task


@dataclass(frozen=True)
class Notice:
    """A notice, read: who did it, on which task, about which child."""

    payload: dict[str, Any]
    who: str
    task: str  # the task in words, escaped; "" without one
    case: str = ""  # "Kasus Kenanga", escaped; "" when it is about none
    to: str = ""  # who has it now, escaped

    def day(self, key: str) -> str:
        """A date of the payload in words."""
        value = self.payload.get(key)
        return date_words(date.fromisoformat(str(value))) if value else ""


def notice_sentence(s: Session, house: House, officer: Officer, row: Reminder, now: datetime) -> str:
    """The sentence of a `notice` row; "" when its word is unknown: then it is dropped."""
    payload: dict[str, Any] = dict(row.payload or {})
    word = str(payload.get("notice") or row.rule)
    sentence = _SENTENCES.get(word)
    if sentence is None:
        return ""
    task = s.get(Task, row.task_id) if row.task_id is not None else None
    line = task_line(s, house, task, officer, now) if task is not None else None
    words = task_words(s, line) if line is not None else ""
    if line is not None and (child_id := payload.get("child") or row.child_id):
        child = s.get(Child, int(child_id))
        if child is not None:
            words += " · " + _("No. {number}").format(number=child_code(child.number))
    who = name_of(s, int(payload["officer"])) if payload.get("officer") else None
    to = name_of(s, int(payload["to"])) if payload.get("to") else None
    said = sentence(
        Notice(payload, esc(who or _("a colleague")), words, _case_words(s, payload), esc(to or ""))
    )
    if line is None and isinstance(
        cohort_id := payload.get("cohort"), int
    ):  # of no task: it does not say which
        cohort = s.get(Cohort, cohort_id)
        return said if cohort is None else cohort_prefix(s, cohort) + said
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


_SENTENCES: dict[str, Callable[[Notice], str]] = {
    "taken": _taken,
    "undone": _undone,
    "assigned": _assigned,
    "rescheduled": _rescheduled,
    "chosen": _chosen,
    "not_chosen": _not_chosen,
    "obstacle": _obstacle,
    "child_left": _child_left,
    "school_left": _school_left,
    "before_pandu": _before_pandu,
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
}
