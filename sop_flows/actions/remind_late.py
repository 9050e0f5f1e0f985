""" "Ingatkan" of /status: a head reminds an officer of what is late, once a day."""

from collections.abc import Collection, Sequence

from sqlmodel import col

from sop_flows.core.notices import LateReminded, find_notices
from sop_flows.core.work import Work, day_begins
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.roster import heads_of
from sop_flows.views.status import StatusLine, cohort_status
from storage.tables import Cohort, Officer, Reminder, ReminderState


def late_of(work: Work, cohort: Cohort, officer: Officer) -> tuple[StatusLine, ...]:
    """What is late of this officer's, in the sections that whoever acts is head of.

    Raises NotPermittedError for whoever is head of nothing.
    """
    headed = heads_of(work, work.officer.id or 0)
    if not headed:
        raise NotPermittedError("head")
    status = cohort_status(work, cohort, headed)
    return tuple(line for line in status.of_officer(officer.id) if line.is_late)


def to_remind(work: Work, cohort: Cohort, late: Sequence[StatusLine]) -> tuple[int, ...]:
    """The ids of the officers of these late steps whom nobody reminded today; without whoever acts."""
    ids = {one.officer_id for one in late if one.officer_id is not None} - {work.officer.id}
    reminded = _reminded(work, cohort, ids) if ids else set()
    here = (work.session.get(Officer, one) for one in sorted(ids - reminded))
    return tuple(one.id or 0 for one in here if one is not None and one.removed_at is None)


def was_reminded(work: Work, cohort: Cohort, officer: Officer) -> bool:
    """Whether somebody reminded the officer of what is late in this angkatan today."""
    return bool(_reminded(work, cohort, [officer.id or 0]))


def _reminded(work: Work, cohort: Cohort, officer_ids: Collection[int]) -> set[int]:
    """Those of these officers whom somebody reminded of this angkatan today."""
    today = day_begins(work.institution, work.today)
    found = find_notices(
        work.session,
        LateReminded,
        col(Reminder.officer_id).in_(list(officer_ids)),
        col(Reminder.created_at) >= today,
        col(Reminder.state) != ReminderState.DROPPED,
    )
    return {row.officer_id for row, notice in found if notice.cohort == cohort.id}


def remind_late(work: Work, cohort: Cohort, officer_id: int) -> bool:
    """Remind the officer of all that is late; False when that was done today already, or nothing is late.

    Raises:
        NotFoundError: no such officer, or one who has left. NotPermittedError: who acts is head of nothing.
    """
    officer = work.session.get(Officer, officer_id)
    if officer is None or officer.removed_at is not None:
        raise NotFoundError
    lines = late_of(work, cohort, officer)
    if not lines or was_reminded(work, cohort, officer):
        return False
    named = [line.task_id for line in lines]
    notice = LateReminded(officer=work.officer.id or 0, cohort=cohort.id or 0, tasks=named)
    work.notify(officer_id, notice)
    return True
