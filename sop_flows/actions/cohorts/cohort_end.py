"""Closing an angkatan after its departure: the children's memberships end, what is still open is no longer owed."""

from collections import Counter
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.actions.confirm import skip
from sop_flows.core.notices import CohortClosed, CohortShut, GrantOver, StayLeft, StayOver
from sop_flows.core.states import live_parts, move, parts_of
from sop_flows.core.work import (
    CLOSED,
    Institution,
    Work,
    day_begins,
    declared,
    is_stay_closed,
    last_closing,
    sop_of,
)
from sop_flows.engine.chain import close_task, open_step
from sop_flows.engine.withdraw import take_up, withdraw_task
from sop_flows.errors import NeedsReasonError, NotFoundError, NotPermittedError, NotYetError
from sop_flows.staffing.responsibility import accountable_for, may_see, refuse_shut, responsibility_of
from sop_flows.staffing.roster import (
    admins,
    answers_for_all,
    enrolled,
    grants_of,
    heads_of,
    holding,
    require_opener,
)
from storage.queries import cohorts
from storage.tables import (
    LIVE_RUNS,
    UNFINISHED,
    Child,
    Cohort,
    Correction,
    LeaveReason,
    Membership,
    Officer,
    Run,
    RunState,
    Task,
    TaskState,
)

STAY_OVER = "stay_over"  # why a task or run was closed: the children have left
KEPT_OPEN_DAYS = 7  # after the last run: the head still reads the figures in /status


def is_over(cohort: Cohort, institution: Institution, now: datetime) -> bool:
    """Whether the children have left: the day after the departure has come."""
    return institution.today(now) > cohort.departure_on


def list_open_tasks(s: Session, cohort_id: int) -> tuple[Task, ...]:
    """What would no longer be owed: of the stay; once that was closed, what follows it, too."""
    owed = select(Task).where(Task.cohort_id == cohort_id, col(Task.state).in_(UNFINISHED))
    tasks = s.exec(owed.order_by(col(Task.id))).all()
    is_second = is_stay_closed(s, s.get_one(Cohort, cohort_id))
    return tuple(task for task in tasks if is_second or not declared(s, task)[0].follows_the_stay)


def list_aftercare(s: Session, cohort_id: int) -> tuple[Run, ...]:
    """What follows the stay and is not finished (SOP 9.1.18, 9.1.19)."""
    owed = select(Run).where(Run.cohort_id == cohort_id, col(Run.state).in_(LIVE_RUNS))
    return tuple(run for run in s.exec(owed.order_by(col(Run.id))) if sop_of(s, run).follows_the_stay)


def refuse_early(work: Work, cohort: Cohort) -> None:
    """Raises NotPermittedError (the officer opens no angkatan), NotYetError (the children are still here)."""
    require_opener(work, work.officer)
    if not is_over(cohort, work.institution, work.now):
        raise NotYetError(day_begins(work.institution, cohort.departure_on + timedelta(days=1)))


def close_cohort(work: Work, officer: Officer, cohort_id: int, reason: str = "") -> Cohort:
    """Close the angkatan. What was noted stays; nothing more of the stay is asked or reminded. What follows the stay goes
    on, and the angkatan with it, until that is finished or it is closed a second time. The heads and the Kepala hear so;
    why stands with it.

    Raises NotPermittedError (the officer opens no angkatan), NotFoundError (no such open one), NotYetError (still here).
    """
    work = work.by(officer)
    s, cohort = work.session, cohorts.lock(work.session, cohort_id)
    if cohort is None or cohort.closed_at is not None:
        raise NotFoundError
    refuse_early(work, cohort)
    kept = () if is_stay_closed(s, cohort) else list_aftercare(s, cohort_id)
    left = list_open_tasks(s, cohort_id)
    for task in left:
        withdraw_task(work, task, CLOSED)
    owed = select(Run).where(Run.cohort_id == cohort_id, col(Run.state).in_(LIVE_RUNS))
    for run in s.exec(owed).all():
        if run not in kept:
            state = RunState.CLOSED if run.state == RunState.OPEN else RunState.WITHDRAWN
            move(work, run, state, closed_at=work.now, close_reason=CLOSED)
    _end_memberships(s, cohort, officer)
    _say_shut(work, cohort, reason, len(left), kept=len(kept))
    if not kept:
        _close(work, cohort)
    return cohort


def reopen_cohort(work: Work, cohort_id: int, reason: str) -> Cohort:
    """An angkatan that was closed goes on where it stood, by the Kepala.

    Raises NotPermittedError, NotFoundError (none, or it is open), NeedsReasonError, CohortShutError.
    """
    if not answers_for_all(work, work.officer):
        raise NotPermittedError("answers_for_all")
    cohort = cohorts.lock(work.session, cohort_id)
    if cohort is None or (cohort.closed_at is None and not is_stay_closed(work.session, cohort)):
        raise NotFoundError
    refuse_shut(work, cohort_id)
    if not reason.strip():
        raise NeedsReasonError
    cohort.closed_at = None
    work.session.flush()
    work.forget()
    taken = take_up(work, select(Run).where(Run.cohort_id == cohort_id), CLOSED)
    _say_shut(work, cohort, reason, len(taken), again=True)
    return cohort


def list_closed(work: Work, officer: Officer) -> tuple[Cohort, ...]:
    """The angkatan that were closed and can still be looked at, by who could before; the newest first."""
    closed = select(Cohort).where(col(Cohort.closed_at).is_not(None)).order_by(col(Cohort.closed_at).desc())
    return tuple(one for one in work.session.exec(closed) if may_see(work, officer, one.id or 0))


def open_by_section(work: Work, cohort_id: int) -> dict[str, int]:
    """How much would no longer be owed, by role."""
    counted: Counter[str] = Counter()
    for task in list_open_tasks(work.session, cohort_id):
        counted.update(part.role for part in parts_of(work.session, task) if part.state in UNFINISHED)
    return dict(counted.most_common())


def _say_shut(
    work: Work, cohort: Cohort, reason: str, count: int, *, kept: int = 0, again: bool = False
) -> None:
    work.session.add(
        Correction(
            of_table="cohorts",
            row_id=cohort.id or 0,
            fact="closed_at",
            before=None if not again else CLOSED,
            after=CLOSED if not again else None,
            reason=reason.strip() or "–",
            officer_id=work.officer.id or 0,
            corrected_at=work.now,
            update_id=work.update_id,
        )
    )
    cohort_id = cohort.id or 0
    sections = [code for code, role in work.unit.roles.items() if role.head == code]
    told = [
        *(head for code in sections for head in accountable_for(work, code, cohort_id)),
        *holding(work, "answers_for_all", cohort_id),
        *holding(work, "opens_cohorts", cohort_id),
        *(holding(work, "of_one_cohort", cohort_id) if again else ()),  # whose role goes on, too
    ]
    shut = CohortShut(officer=work.officer.id or 0, cohort=cohort.name, count=count, kept=kept, again=again)
    for officer_id in {one.id for one in told} - {work.officer.id}:
        work.notify(officer_id or 0, shut)
    work.session.flush()


def _close(work: Work, cohort: Cohort) -> None:
    """A role that was of this angkatan alone ends with it; whoever held it hears so."""
    for officer, grant in [(one, grant) for one in enrolled(work) for grant in grants_of(work, one.id or 0)]:
        if grant.cohort_id == cohort.id:
            work.notify(officer.id or 0, GrantOver(cohort=cohort.name, role=grant.role))
    cohort.closed_at = work.now
    work.session.flush()
    work.forget()


# --- by itself ----------------------------------------------------------------------------------------------


def end_what_is_over(work: Work) -> None:
    """After the departure an angkatan ends by itself; who answers for it hears so, once, with numbers.

    The children belong no longer when nothing of the stay is owed any more; follow-up (SOP 9.1.18, 9.1.19) goes on
    without them. A week after its last run the angkatan closes: until then its figures are in /status, and the last
    step can be corrected. What is late keeps it open: then only an officer closes it.
    """
    for cohort in cohorts.list_departed(work.session, work.today):
        close_what_needs_them(work, cohort)
        of_it = select(Run).where(Run.cohort_id == cohort.id)
        owed = work.session.exec(of_it.where(col(Run.state).in_(LIVE_RUNS))).all()
        if not all(sop_of(work.session, run).follows_the_stay for run in owed):
            continue
        last = (
            None
            if owed
            else work.session.exec(
                of_it.where(Run.state == RunState.CLOSED).order_by(col(Run.closed_at).desc())
            ).first()
        )
        if not owed and last is None:
            continue  # nothing ever ran
        ends = (
            last is not None
            and last.closed_at is not None
            and _days_since(work.institution, last.closed_at, work.now) >= KEPT_OPEN_DAYS
        )
        opened = last_closing(work.session, cohort) if ends else None
        if opened is not None and opened.after is None:  # again, by the Kepala: for something
            ends = _days_since(work.institution, opened.corrected_at, work.now) >= KEPT_OPEN_DAYS
        # Most of the time there is nothing to do: this is asked before and after whatever is sent.
        if (not ends and not _open_memberships(work.session, cohort)) or cohorts.lock(
            work.session, cohort.id or 0
        ) is None:
            continue
        _end_memberships(work.session, cohort, None)
        if ends:
            _close(work, cohort)
            _tell_closed(work, cohort)
    work.session.flush()


def close_what_needs_them(work: Work, cohort: Cohort) -> None:
    """The children have left: what needs them in the house, and nobody recorded, is closed as missed; each head hears
    of the section's in one list. What was done all the same can still be entered. Of what can still be done whoever is
    to do it is asked once.
    """
    s, cohort_id = work.session, cohort.id or 0
    rows = s.exec(
        select(Task, Run)
        .join(Run, col(Run.id) == col(Task.run_id))
        .where(Task.cohort_id == cohort_id, Task.state == TaskState.OPEN)
        .order_by(col(Task.id))
    ).all()
    sops = {run.id: sop_of(s, run) for _task, run in rows}
    gone = [
        (task, run)
        for task, run in rows
        if not sops[run.id].follows_the_stay and not sops[run.id].step(task.step).outlasts_the_stay
    ]
    if not gone:
        return
    if cohorts.lock(s, cohort_id) is None:
        return
    over_at = day_begins(work.institution, cohort.departure_on + timedelta(days=1))
    last = max([over_at, *(task.opened_at for task, _run in gone if task.opened_at is not None)])
    work = work.at(min(work.now, last))  # whoever looks later finds the same
    for task, _run in gone:
        close_task(work, task, TaskState.MISSED, reason=STAY_OVER)
    for run in {run.id: run for _task, run in gone}.values():
        left = select(Task.id).where(Task.run_id == run.id, col(Task.state).in_(UNFINISHED)).limit(1)
        if run.state not in LIVE_RUNS or s.exec(left).first() is not None:
            continue
        sop, missed = sop_of(s, run), max(task.step for task, its in gone if its.id == run.id)
        later = (step for step in sop.chained_steps if step.step > missed and step.outlasts_the_stay)
        if (step := next(later, None)) is not None:
            open_step(work, run, sop, step)
        else:
            move(work, run, RunState.CLOSED, closed_at=work.now, close_reason=STAY_OVER)
    s.flush()
    counted: Counter[int] = Counter()
    for task, _run in gone:
        for part in parts_of(s, task):
            counted.update(one.id or 0 for one in accountable_for(work, part.role, cohort_id))
    for officer_id, count in counted.items():
        work.notify(officer_id, StayOver(over=cohort_id, cohort=cohort.name, count=count))
    asked: Counter[int] = Counter()
    still = s.exec(select(Task).where(Task.cohort_id == cohort_id, Task.state == TaskState.OPEN)).all()
    for task in still:
        if not declared(s, task)[0].follows_the_stay:
            asked.update(
                one.id or 0
                for part in live_parts(parts_of(s, task))
                for one in responsibility_of(work, task, part).holders
            )
    for officer_id, count in asked.items():
        work.notify(officer_id, StayLeft(over=cohort_id, cohort=cohort.name, count=count))


def list_not_done(work: Work, officer: Officer, cohort_id: int) -> tuple[Task, ...]:
    """What of the officer's sections was not done when the children left, and nobody has entered since."""
    query = select(Task).where(
        Task.cohort_id == cohort_id, Task.state == TaskState.MISSED, Task.close_reason == STAY_OVER
    )
    headed = heads_of(work, officer.id or 0)
    found = work.session.exec(query.order_by(col(Task.sop), col(Task.step), col(Task.id))).all()
    return tuple(task for task in found if any(part.role in headed for part in parts_of(work.session, task)))


def list_left(work: Work, officer: Officer, cohort_id: int) -> tuple[Task, ...]:
    """What is left of a stay that is over and comes to the officer."""
    cohort = work.session.get(Cohort, cohort_id)
    if cohort is None or not is_over(cohort, work.institution, work.now):
        return ()
    query = select(Task).where(Task.cohort_id == cohort_id, Task.state == TaskState.OPEN)
    return tuple(
        task
        for task in work.session.exec(query.order_by(col(Task.due_at), col(Task.id)))
        if not declared(work.session, task)[0].follows_the_stay
        and any(
            responsibility_of(work, task, part).comes_to(officer)
            for part in live_parts(parts_of(work.session, task))
        )
    )


def skip_left(work: Work, cohort_id: int, reason: str) -> tuple[Task, ...]:
    """None of what is left of the stay and comes to the officer was done, for one reason. Raises NeedsReasonError."""
    left = [
        task
        for task in list_left(work, work.officer, cohort_id)
        if declared(work.session, task)[1].decision is None
    ]
    for task in left:
        skip(work, task.id or 0, reason)
    return tuple(left)


def _days_since(institution: Institution, at: datetime, now: datetime) -> int:
    return (institution.today(now) - institution.today(at)).days


def _end_memberships(s: Session, cohort: Cohort, officer: Officer | None) -> None:
    for membership in _open_memberships(s, cohort):
        membership.until_on = max(cohort.departure_on, membership.from_on)
        membership.reason = LeaveReason.ENDED
        membership.ended_by_id = None if officer is None else officer.id


def _open_memberships(s: Session, cohort: Cohort) -> tuple[Membership, ...]:
    """Of the children who belong still; without reading (and decrypting) the children."""
    return tuple(
        s.exec(
            select(Membership)
            .join(Child, col(Child.id) == col(Membership.child_id))
            .where(Child.cohort_id == cohort.id, col(Membership.until_on).is_(None))
        )
    )


def _tell_closed(work: Work, cohort: Cohort) -> None:
    cohort_id = cohort.id or 0
    count = cohorts.count_children(work.session, cohort_id)
    states = Counter(work.session.exec(select(Task.state).where(Task.cohort_id == cohort_id)))
    closed = CohortClosed(
        cohort=cohort.name,
        present=count.present,
        total=count.total,
        done=states[TaskState.DONE],
        missed=states[TaskState.MISSED],
    )
    sections = [code for code, role in work.unit.roles.items() if role.head == code]
    heads = [officer for code in sections for officer in accountable_for(work, code, cohort_id)]
    for officer_id in {o.id for o in (*admins(work), *holding(work, "opens_cohorts", cohort_id), *heads)}:
        work.notify(officer_id or 0, closed)
