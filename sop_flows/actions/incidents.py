"""An incident of a child: told to who looks after it and to the kasi, closed with a result, told back."""

from datetime import timedelta

from sop_flows.core.notices import IncidentClosed, IncidentReported
from sop_flows.core.work import Work
from sop_flows.errors import (
    ChildLeftError,
    IncidentClosedError,
    NotFoundError,
    NotPermittedError,
    ReportedTwiceError,
)
from sop_flows.staffing.children import visible_child
from sop_flows.staffing.responsibility import accountable_for, accountable_for_all, name_of
from sop_flows.staffing.roster import heads_of, holding_here, roles_of
from storage.queries import incidents
from storage.tables import Incident, Officer

TWICE = timedelta(
    minutes=1
)  # the same words about the same child within it are a second tap or a repeated message


def told_of(work: Work, cohort_id: int) -> tuple[Officer, ...]:
    """Who hears of an incident: the nurse and the kasi who answers for her; without either, the Kepala."""
    roles = work.unit.roles_that["looks_after_marked"]
    nurses = holding_here(work, "looks_after_marked", cohort_id)
    heads = [head for role in roles for head in accountable_for(work, role, cohort_id)]
    found = (*nurses, *heads) or accountable_for_all(work, cohort_id)
    return tuple({one.id: one for one in found}.values())


def is_grave(work: Work, words: str, tenths: int | None) -> bool:
    """Whether it can't wait for the morning, by the rules of the pack."""
    rules, said = work.unit.incidents, words.casefold()
    hot = tenths is not None and tenths >= rules.grave_tenths
    return hot or any(one.casefold() in said for one in rules.grave_words)


def refuse_twice(work: Work, child_id: int, words: str) -> None:
    """Raises ReportedTwiceError: the same was reported of this child within a minute."""
    last = incidents.find_last_of(work.session, child_id, (work.said_at or work.now) - TWICE)
    if last is not None and " ".join(last.words.split()).casefold() == " ".join(words.split()).casefold():
        raise ReportedTwiceError(last.id or 0, last.reported_at)


def report(work: Work, child_id: int, words: str, tenths: int | None) -> tuple[Incident, tuple[Officer, ...]]:
    """Store what happened to a child and tell who looks after it. Returns it, and who is told.

    Args:
        tenths: the temperature in tenths of a degree Celsius, if one was said.

    Raises:
        NotFoundError, NotPermittedError: no such child, or of another angkatan than the officer's.
        ChildLeftError: the child is not here any more.
        ReportedTwiceError: the same was reported within a minute.
    """
    row = visible_child(work, work.officer, child_id)
    if not row.is_present:
        raise ChildLeftError(row.child.number, row.membership.until_on)
    refuse_twice(work, child_id, words)
    found = Incident(
        child_id=child_id,
        words=words,
        tenths=tenths,
        is_grave=is_grave(work, words, tenths),
        reported_at=work.said_at or work.now,
        reported_by_id=work.officer.id or 0,
        update_id=work.update_id,
    )
    work.session.add(found)
    work.session.flush()
    others = tuple(one for one in told_of(work, row.child.cohort_id) if one.id != work.officer.id)
    for one in others:
        notice = IncidentReported(
            officer=work.officer.id or 0,
            cohort=row.child.cohort_id,
            number=row.child.number,
            incident=found.id or 0,
            grave=found.is_grave,
        )
        work.notify(one.id or 0, notice)
    return found, others


def find(work: Work, incident_id: int) -> Incident:
    """The incident, for an officer who may see its child. Raises NotFoundError, NotPermittedError."""
    found = work.session.get(Incident, incident_id)
    if found is None:
        raise NotFoundError
    visible_child(work, work.officer, found.child_id)
    return found


def may_close(work: Work, officer: Officer) -> bool:
    """Whether the officer may say what came of it: who looks after the children, and who answers for her."""
    assert officer.id is not None
    looks_after = set(work.unit.roles_that["looks_after_marked"])
    mine = roles_of(work, officer.id) | heads_of(work, officer.id)
    return bool(looks_after & mine) or (not looks_after and bool(heads_of(work, officer.id)))


def close(work: Work, incident_id: int, result: str) -> Incident:
    """Close it with what came of it; who reported it is told.

    Raises:
        NotFoundError, NotPermittedError: as of `find`; or others close it.
        IncidentClosedError: it is closed already, by whom and when.
    """
    found = find(work, incident_id)
    if not may_close(work, work.officer):
        raise NotPermittedError("looks_after")
    if found.closed_at is not None:
        raise IncidentClosedError(name_of(work.session, found.closed_by_id) or "", found.closed_at)
    found.closed_at, found.closed_by_id, found.result = work.now, work.officer.id, result
    work.session.add(found)
    work.session.flush()
    row = visible_child(work, work.officer, found.child_id)
    reporter = work.session.get_one(Officer, found.reported_by_id)
    if reporter.id != work.officer.id and reporter.removed_at is None:
        notice = IncidentClosed(
            officer=work.officer.id or 0,
            cohort=row.child.cohort_id,
            number=row.child.number,
            incident=found.id or 0,
        )
        work.notify(reporter.id or 0, notice)
    return found
