"""What somebody has to look at about a child: an incident, a mark for the nurse, weight that was lost.

Each is one loop: told to who must act, seen, answered with a result, told back to who reported it. Until then it stands
in the lists of those who must act.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from sop_flows.core.notices import (
    IncidentClosed,
    IncidentReported,
    NurseFlags,
    OfChildren,
    WeighInDone,
    WeightLost,
    find_notices,
    to_payload,
)
from sop_flows.core.work import Work
from sop_flows.errors import (
    ChildLeftError,
    IncidentClosedError,
    NotFoundError,
    NotPermittedError,
    ReportedTwiceError,
)
from sop_flows.recording.roll_call import Roll
from sop_flows.staffing.children import may_flag, visible_child
from sop_flows.staffing.responsibility import (
    accountable_for,
    accountable_for_all,
    holders_for,
    may_see,
    name_of,
)
from sop_flows.staffing.roster import heads_of, holding_here, roles_of
from storage.queries import cohorts, incidents
from storage.queries.incidents import OpenIncident
from storage.tables import (
    EntryState,
    FlagKind,
    Incident,
    IncidentKind,
    Officer,
    Reminder,
    ReminderState,
)

TWICE = timedelta(
    minutes=1
)  # the same words about the same child within it are a second tap or a repeated message
ONE_LIST = timedelta(
    hours=2
)  # children found one after the other within it are one message, changed where it stands


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
    if (
        last is not None
        and " ".join((last.words or "").split()).casefold() == " ".join(words.split()).casefold()
    ):
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


def mark(work: Work, child_id: int) -> Incident:
    """Mark a child for the nurse, who is told; the mark that stands on it already, if one does.

    Raises NotFoundError, NotPermittedError, ChildLeftError.
    """
    row = visible_child(work, work.officer, child_id)
    if not may_flag(work, work.officer, FlagKind.NURSE):
        raise NotPermittedError("flag")
    if not row.is_present:
        raise ChildLeftError(row.child.number, row.membership.until_on)
    standing = incidents.list_marked(work.session, [child_id]).get(child_id)
    if standing is not None:
        return standing
    found = _found(work, child_id, IncidentKind.MARKED)
    roles = work.unit.roles_that["looks_after_marked"]
    nurses = {one.id: one for role in roles for one in holders_for(work, role, row.child.cohort_id)}
    _tell(work, NurseFlags, tuple(nurses.values()), row.child.cohort_id, {row.child.number})
    return found


def unmark(work: Work, child_id: int) -> bool:
    """Take the mark back, which was a mistake; returns whether one stood. Raises as `mark`."""
    row = visible_child(work, work.officer, child_id)
    if not may_flag(work, work.officer, FlagKind.NURSE):
        raise NotPermittedError("flag")
    standing = incidents.list_marked(work.session, [child_id]).get(child_id)
    if standing is None:
        return False
    _take_back(work, standing)
    _tell(work, NurseFlags, (), row.child.cohort_id, set(), gone={row.child.number})
    return True


def weighed(
    work: Work, roll: Roll, weights_g: Mapping[int, int], before_g: Mapping[int, int | None]
) -> tuple[int, ...]:
    """Whoever lost more than the pack lets pass is to be looked at: told to the nurse and the kasi.

    A weight that is put right takes back what it said.

    Args:
        roll: as it was before these weights.
        before_g: what each child weighed before, in grams; None or left out: not known.

    Returns:
        The numbers of the children that are new among them.
    """
    rows = {row.child_id: row for row in roll.rows if row.child_id in weights_g}
    lost = {
        child_id: last - weights_g[child_id]
        for child_id in rows
        if (last := before_g.get(child_id)) is not None
        and last - weights_g[child_id] >= work.unit.weights.lost_g
    }
    corrected = [child_id for child_id, row in rows.items() if row.state == EntryState.DONE]
    standing = incidents.list_lost_at(work.session, roll.task_id, corrected) if corrected else {}
    for child_id, one in standing.items():
        if child_id in lost:
            one.lost_g = lost[child_id]
        else:
            _take_back(work, one)
    new = {child_id: grams for child_id, grams in lost.items() if child_id not in standing}
    for child_id, grams in new.items():
        _found(work, child_id, IncidentKind.LOST, task_id=roll.task_id, lost_g=grams)
    numbers = {rows[child_id].number for child_id in new}
    gone = {rows[child_id].number for child_id in standing if child_id not in lost}
    cohort_id = roll.task.cohort_id or 0
    if numbers or gone:
        told = told_of(work, cohort_id) if numbers else ()
        _tell(work, WeightLost, told, cohort_id, numbers, gone=gone, weigh_in=roll.task_id)
    return tuple(sorted(numbers))


def tell_weighed(work: Work, roll: Roll) -> None:
    """A weigh-in is finished: nurse, kasi and Kepala hear what came of it, without a sound."""
    cohort_id = roll.task.cohort_id or 0
    told = (*told_of(work, cohort_id), *holding_here(work, "answers_for_all", cohort_id))
    done = WeighInDone(officer=work.officer.id or 0, cohort=cohort_id, weigh_in=roll.task_id)
    for officer_id in {one.id for one in told} - {work.officer.id}:
        work.notify(officer_id or 0, done)


def _found(
    work: Work, child_id: int, kind: IncidentKind, *, task_id: int | None = None, lost_g: int | None = None
) -> Incident:
    found = Incident(
        child_id=child_id,
        kind=kind,
        reported_at=work.said_at or work.now,
        reported_by_id=work.officer.id or 0,
        update_id=work.update_id,
        task_id=task_id,
        lost_g=lost_g,
    )
    work.session.add(found)
    work.session.flush()
    return found


def _take_back(work: Work, found: Incident) -> None:
    found.closed_at, found.closed_by_id = work.now, work.officer.id
    work.session.add(found)
    work.session.flush()


def _tell(
    work: Work,
    kind: type[OfChildren],
    to: Collection[Officer],
    cohort_id: int,
    numbers: Collection[int],
    *,
    gone: Collection[int] = (),
    weigh_in: int = 0,
) -> None:
    """Tell who must act of these children. What the same officer said a moment ago is one message with it: the row
    that is not sent yet, or the message where it stands."""
    actor = work.officer.id or 0
    recent = find_notices(work.session, kind, Reminder.created_at >= work.now - ONE_LIST)
    earlier = {
        row.officer_id: (row, said)
        for row, said in sorted(recent, key=lambda one: one[0].id or 0)
        if (said.officer, said.cohort, said.weigh_in) == (actor, cohort_id, weigh_in)
    }
    told = {one.id or 0 for one in to} | (set(earlier) if gone else set())
    for officer_id in sorted(told - {actor}):
        row, said = earlier.get(officer_id, (None, None))
        before = said.numbers if said is not None else ()
        listed = tuple(sorted({*before, *numbers} - set(gone)))
        notice = kind(officer=actor, cohort=cohort_id, numbers=listed, weigh_in=weigh_in)
        if row is not None and row.state == ReminderState.PENDING:
            row.payload, row.ends_at = to_payload(notice), None if listed else work.now
            work.session.add(row)
        elif row is not None and row.message_id is not None and row.turned_at is None:
            if listed:
                work.notify(officer_id, notice, edits=row.message_id)
        elif numbers:
            work.notify(officer_id, replace(notice, numbers=tuple(sorted(numbers))))


def open_for(work: Work, officer: Officer, cohort_id: int | None = None) -> tuple[OpenIncident, ...]:
    """What nobody has answered yet and the officer must act on; of one angkatan, or of all that are open."""
    if not may_close(work, officer):
        return ()
    ids = [one.id or 0 for one in cohorts.list_open(work.session)] if cohort_id is None else [cohort_id]
    seen = [one for one in ids if may_see(work, officer, one)]
    return incidents.list_open(work.session, seen) if seen else ()


def see(work: Work, incident_id: int) -> Incident:
    """Who must act has seen it: said to whoever looks. A second time changes nothing.

    Raises NotFoundError, NotPermittedError.
    """
    found = find(work, incident_id)
    if not may_close(work, work.officer):
        raise NotPermittedError("looks_after")
    if found.seen_at is None and found.closed_at is None:
        found.seen_at, found.seen_by_id = work.now, work.officer.id
        work.session.add(found)
        work.session.flush()
    return found


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
