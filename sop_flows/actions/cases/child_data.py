"""What few may know of the child of a case, as they change it."""

from typing import Literal

from sqlmodel import select

from sop_flows.actions.cases.codes import check_code, tells
from sop_flows.actions.cases.intake import (
    NAME_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    IntakeOddError,
    check_age,
    check_text,
)
from sop_flows.actions.cases.keeping import CODE, holders_of, kept_case, note_move
from sop_flows.actions.cases.opening import case_rules
from sop_flows.actions.cases.starting import start_what_is_so
from sop_flows.core.notices import CaseRenamed
from sop_flows.core.work import Work, sop_of
from sop_flows.engine.services import live_runs
from sop_flows.engine.withdraw import end_run
from sop_flows.staffing.responsibility import who_worked_on
from storage.tables import Case, Officer, Task

Fact = Literal["name", "address", "reason", "mother"]
FACTS: tuple[Fact, ...] = ("name", "address", "reason", "mother")


def set_fact(work: Work, officer: Officer, case_id: int, fact: Fact, words: str) -> bool:
    """Write down the name, the address or the reason, learned or corrected later.

    Returns whether the code name tells the child's name now. Raises IntakeOddError, and as `kept_case`.
    """
    case = kept_case(work, officer, case_id)
    said = check_text(words, NAME_MAX_CHARACTERS if fact in ("name", "mother") else TEXT_MAX_CHARACTERS)
    if said is None or not any(letter.isalpha() for letter in said):
        raise IntakeOddError
    setattr(case, fact, said)
    work.session.add(case)
    work.session.flush()
    return tells(case.code_name, case.name or case.mother)


def set_age(work: Work, case_id: int, age_years: int | None, *, is_about: bool = False) -> Case:
    """How old the child is, by what is known now; None: nobody knows.

    Raises TooOldError, IntakeOddError (negative, or of a child that is not born), and as `kept_case`.
    """
    case = kept_case(work, work.officer, case_id)
    if case.unborn:
        raise IntakeOddError
    if age_years is not None:
        check_age(case_rules(work.institution), age_years)
    case.age_years, case.age_is_about = age_years, is_about and age_years is not None
    return _known(work, case)


def set_sex(work: Work, case_id: int, sex: str) -> Case:
    """Girl or boy. Raises IntakeOddError, and as `kept_case`."""
    case = kept_case(work, work.officer, case_id)
    if sex not in ("L", "P"):
        raise IntakeOddError
    case.sex = sex
    return _known(work, case)


def be_born(work: Work, case_id: int, sex: str) -> Case:
    """The child is born. Raises IntakeOddError: it was before, or the sex is none; and as `kept_case`."""
    case = kept_case(work, work.officer, case_id)
    if not case.unborn or sex not in ("L", "P"):
        raise IntakeOddError
    case.unborn, case.age_years, case.sex = False, 0, sex
    return _known(work, case)


def set_in_house(work: Work, case_id: int, is_so: bool) -> Case:
    """The child came to the house, or is not there; when it came, bed, food and health begin. Raises as `kept_case`."""
    case = kept_case(work, work.officer, case_id)
    case.in_house = is_so
    return _known(work, case)


def set_at_school(work: Work, case_id: int, is_so: bool) -> Case:
    """The child goes to school, or to none. What was begun for a child without a school and nobody has worked on ends.

    Raises as `kept_case`.
    """
    case = kept_case(work, work.officer, case_id)
    case.at_school = is_so
    for run in live_runs(work.session, case_id) if is_so else ():
        waits_for = {start.child for start in sop_of(work.session, run).starts}
        tasks = work.session.exec(select(Task).where(Task.run_id == run.id)).all()
        if waits_for == {"not_at_school"} and who_worked_on(work.session, tasks) is None:
            end_run(work, run, "undone")
    return _known(work, case)


def _known(work: Work, case: Case) -> Case:
    work.session.add(case)
    work.session.flush()
    start_what_is_so(work, case)
    return case


def rename(work: Work, officer: Officer, case_id: int, code: str) -> Case:
    """Another code name, because the present one tells who the child is; whoever has a step of the case is told.

    Raises CodeOddError, CodeTellsError, CodeTakenError, and as `kept_case`.
    """
    case = kept_case(work, officer, case_id)
    clean = check_code(work.session, code, case.name or case.mother)
    former, case.code_name = case.code_name, clean
    note_move(work, case, CODE, former, clean)
    work.session.add(case)
    work.session.flush()
    for holder_id in (holders_of(work.session, case_id) | {case.peksos_id}) - {officer.id}:
        work.notify(holder_id or 0, CaseRenamed(officer=officer.id or 0, code=former, new=clean))
    return case
