"""What few may know of the child of a case, as they change it."""

from typing import Literal

from sop_flows.actions.cases.codes import check_code, tells
from sop_flows.actions.cases.intake import (
    NAME_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    IntakeOddError,
    check_text,
)
from sop_flows.actions.cases.keeping import holders_of, kept_case
from sop_flows.core.notices import CaseRenamed
from sop_flows.core.work import Work
from storage.tables import Case, Officer

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
