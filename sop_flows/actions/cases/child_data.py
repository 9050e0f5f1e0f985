"""What few may know of the child of a case: changed by them, and hidden again on the phone that showed it."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session

from sop_flows.actions.cases.codes import check_code, tells
from sop_flows.actions.cases.intake import (
    NAME_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    IntakeOddError,
    check_text,
)
from sop_flows.actions.cases.keeping import holders_of, kept_case
from sop_flows.core.notices import CaseHidden, CaseRenamed, find_notices
from sop_flows.core.work import Work
from sop_flows.notifications.dropping import drop
from storage.tables import Case, DroppedWhy, Officer, Reminder, ReminderState

Fact = Literal["name", "address", "reason"]
FACTS: tuple[Fact, ...] = ("name", "address", "reason")


def set_fact(work: Work, officer: Officer, case_id: int, fact: Fact, words: str) -> bool:
    """Write down the name, the address or the reason, learned or corrected later.

    Returns whether the code name tells the child's name now. Raises IntakeOddError, and as `kept_case`.
    """
    case = kept_case(work, officer, case_id)
    said = check_text(words, NAME_MAX_CHARACTERS if fact == "name" else TEXT_MAX_CHARACTERS)
    if said is None or not any(letter.isalpha() for letter in said):
        raise IntakeOddError
    setattr(case, fact, said)
    work.session.add(case)
    work.session.flush()
    return tells(case.code_name, case.name)


def rename(work: Work, officer: Officer, case_id: int, code: str) -> Case:
    """Another code name, because the present one tells who the child is; whoever has a step of the case is told.

    Raises CodeOddError, CodeTellsError, CodeTakenError, and as `kept_case`.
    """
    case = kept_case(work, officer, case_id)
    clean = check_code(work.session, code, case.name)
    former, case.code_name = case.code_name, clean
    work.session.add(case)
    work.session.flush()
    for holder_id in (holders_of(work.session, case_id) | {case.peksos_id}) - {officer.id}:
        work.notify(holder_id or 0, CaseRenamed(officer=officer.id or 0, code=former, new=clean))
    return case


def hide_later(work: Work, officer: Officer, case: Case, message_id: int, at: datetime) -> None:
    """The message that shows the child's data is changed back at `at` (aware, UTC)."""
    leave_shown(work.session, officer, message_id)
    work.notify(officer.id or 0, CaseHidden(case=case.id or 0), edits=message_id, at=at)


def leave_shown(s: Session, officer: Officer, message_id: int) -> None:
    """The message shows something else by now: nothing is left to hide."""
    for row, _hidden in find_notices(
        s,
        CaseHidden,
        Reminder.officer_id == officer.id,
        Reminder.edits_message_id == message_id,
        Reminder.state == ReminderState.PENDING,
    ):
        drop(row, DroppedWhy.RENEWED)
    s.flush()
