"""When a leave leaves a role with nobody: the kasi and an admin hear it, once for each leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sop_flows.core.notices import LeaveNobody
from sop_flows.core.work import Work
from sop_flows.staffing.responsibility import accountable_for
from sop_flows.staffing.roster import active_in, admins_here, grants_of, holding_here, is_shared, unfinished
from storage.tables import Absence, Officer, OfficerRole


@dataclass(frozen=True)
class Gap:
    """A role of which nobody is there, from one local day to another, both inclusive."""

    role: str
    cohort_id: int
    first_on: date
    last_on: date


def gaps(work: Work, absence: Absence, today: date) -> tuple[Gap, ...]:
    """The officer's roles that do steps and have nobody at all on days of this leave, today or later."""
    leaves = unfinished(work.session)
    executors = {
        role for sop in work.pack.sops.values() for step in sop.asked_steps for role in step.executors
    }
    found = []
    for grant in grants_of(work, absence.officer_id):
        if grant.role not in executors:
            continue
        of_role = [officer.id or 0 for officer, _head in active_in(work, grant.role, grant.cohort_id or 0)]
        first = max(absence.from_on, today)
        days = [first + timedelta(days=n) for n in range((absence.until_on - first).days + 1)]
        bare = [day for day in days if not any(_is_covered(work, leaves, one, grant, day) for one in of_role)]
        if bare:
            found.append(Gap(grant.role, grant.cohort_id or 0, bare[0], bare[-1]))
    return tuple(found)


def _is_covered(
    work: Work, leaves: Iterable[Absence], officer_id: int, grant: OfficerRole, day: date
) -> bool:
    """Whether the officer, or a deputy who has the role too, is there on that day."""
    by_officer = {one.officer_id: one for one in leaves if one.from_on <= day <= one.until_on}
    seen: set[int] = set()
    at: int | None = officer_id
    while at is not None and at not in seen:
        if at not in by_officer:
            return True
        seen.add(at)
        at = by_officer[at].deputy_id
        if at is not None and not is_shared(work.institution, grant, grants_of(work, at)):
            return False
    return False


def tell_gaps(work: Work, absence: Absence, recorder: Officer | None = None) -> tuple[Gap, ...]:
    """Owe the kasi and an admin the news; the recorder sees it on the screen. Returns the gaps.

    Said once: at the recording, or when the leave begins if somebody else has gone since.
    """
    found = gaps(work, absence, work.today)
    if not found or absence.nobody_told_at is not None:
        return found
    absence.nobody_told_at = work.now
    for gap in found:
        notice = LeaveNobody(
            officer=absence.officer_id, role=gap.role, from_on=gap.first_on, until=gap.last_on
        )
        for officer_id in _who_hears(work, absence.officer_id, gap):
            if recorder is None or officer_id != recorder.id:
                work.notify(officer_id, notice)
    return found


def _who_hears(work: Work, officer_id: int, gap: Gap) -> tuple[int, ...]:
    heads = [o for o in accountable_for(work, gap.role, gap.cohort_id) if o.id != officer_id]
    heads = heads or [o for o in holding_here(work, "answers_for_all", 0) if o.id != officer_id]
    admin = next((o for o in admins_here(work) if o.id != officer_id), None)
    return tuple(dict.fromkeys(o.id or 0 for o in (*heads, *([admin] if admin else []))))
