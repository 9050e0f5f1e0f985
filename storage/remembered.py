"""Answers remembered for the length of a transaction: who is who is asked hundreds of times in one, and changes in few;
what there is to do is asked twice for each morning list."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlmodel import Session

from storage.tables import Absence, Officer, OfficerRole, Reminder, Vital

_PEOPLE = (Officer, OfficerRole, Absence)
_NO_WORK = (Reminder, Vital)
_KEY = "people"
_WORK = "work"

Answer = TypeVar("Answer")


def remembered(s: Session, question: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What `ask()` answered to this question in the session before; asked again once people were written to.

    Only for questions about officers, their roles and their leave. Like a query it sees what is not flushed yet.
    """
    return _ask(s, _KEY, question, ask)


def remembered_work(s: Session, question: Hashable, ask: Callable[[], Answer]) -> Answer:
    """The same for questions about tasks: asked again once anything but reminders was written to."""
    return _ask(s, _WORK, question, ask)


def _ask(s: Session, about: str, question: Hashable, ask: Callable[[], Answer]) -> Answer:
    s.flush()
    known: dict[Hashable, Any] = s.info.setdefault(about, {})
    if question not in known:
        known[question] = ask()
    answer: Answer = known[question]
    return answer


def _forget(s: Session, *_details: object) -> None:
    s.info.pop(_KEY, None)
    s.info.pop(_WORK, None)


@event.listens_for(Session, "after_flush")
def _written(s: Session, _context: UOWTransaction) -> None:
    written = (*s.new, *s.dirty, *s.deleted)
    if any(isinstance(row, _PEOPLE) for row in written):
        s.info.pop(_KEY, None)
    if not all(isinstance(row, _NO_WORK) for row in written):
        s.info.pop(_WORK, None)


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info.pop(_KEY, None)
        state.session.info.pop(_WORK, None)


@event.listens_for(Session, "after_commit")
def _committed(s: Session) -> None:
    if not s.in_nested_transaction():  # a savepoint that is let go changes nothing
        _forget(s)


event.listen(Session, "after_soft_rollback", _forget)
