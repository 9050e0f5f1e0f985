"""One transaction's work: the institution, the versions of its SOPs, whom a run is about, and what is left to be settled."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Self, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from sop_flows.calendar.dates import Anchors, OfficeHours
from sop_flows.calendar.plan import PlannedStep
from sop_flows.core.notices import Notice, to_payload
from sop_flows.declarations.loader import Pack, load_sop_text
from sop_flows.declarations.sop import Sop, Step
from sop_flows.declarations.unit import Unit
from sop_flows.errors import NotPermittedError
from sop_flows.handbook.search import SearchIndex
from storage.cabinet import Cabinet
from storage.tables import (
    LIVE_RUNS,
    Case,
    Child,
    Cohort,
    Confirmation,
    Correction,
    Officer,
    Reminder,
    ReminderKind,
    Run,
    RunState,
    School,
    SopVersion,
    Task,
)

# --- the institution --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Institution:
    """One institution: its pack, its office hours, its file cabinet."""

    pack: Pack
    office: OfficeHours
    cabinet: Cabinet

    @cached_property
    def search_index(self) -> SearchIndex:
        """The pack by words, for the handbook; made when first needed."""
        return SearchIndex(self.pack)

    @cached_property
    def plans(self) -> dict[object, tuple[PlannedStep, ...]]:
        """Plans of open angkatan by what they follow from: one takes 40 ms, and is looked at again and again."""
        return {}

    @property
    def zone(self) -> ZoneInfo:
        """The unit's time zone (Asia/Makassar, WITA)."""
        return ZoneInfo(self.pack.unit.timezone)

    def today(self, now: datetime) -> date:
        """The local date at the instant `now`."""
        return now.astimezone(self.zone).date()


DAY_BEGINS = time(0, 0)  # what is owed on a day stands in /tugas from midnight on


def day_begins(institution: Institution, on: date) -> datetime:
    """Local midnight of the day, as aware UTC."""
    return institution.office.at(on, DAY_BEGINS)


# --- one transaction --------------------------------------------------------------------------------------------


Answer = TypeVar("Answer")


@dataclass
class Opened:
    """The tasks and runs that opened because of one event."""

    tasks: list[Task] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """What one update, or one moment that passes, works with.

    Attributes:
        session: the open transaction.
        institution: the pack, its calendar and its file cabinet.
        now: aware UTC; of what passes while nobody was there, the moment at which it was due.
        actor: the officer who taps or types; None when time passes, or for a stranger.
        update_id: the update that is answered, if one is.
        phone_id: the account from which the actor taps or types.
        cause: the confirmation that all this follows from, None of the passing of time; see core/states.py.
        said_at: when Telegram had what the officer typed or tapped, aware UTC, `now` at the latest; the bot may have
            been off until `now`. None when nobody said anything.
        opened: the tasks and runs that opened because of this event.
        touched: tasks whose reminders are planned anew when the work is settled, with the moment of the first touch.
        notices: what is to be told to others, and of which task.
        looked_at: table and id of each child or case whose data the actor was shown.
        known: what was looked up about people, by question. The copies of `at` and `by` share it.
    """

    session: Session
    institution: Institution
    now: datetime
    actor: Officer | None = None
    update_id: int | None = None
    phone_id: int | None = None
    cause: Confirmation | None = None
    said_at: datetime | None = None
    opened: Opened = field(default_factory=Opened)
    touched: dict[int, tuple[Task, datetime]] = field(default_factory=dict)
    notices: list[tuple[Reminder, Task | None]] = field(default_factory=list)
    looked_at: list[tuple[str, int]] = field(default_factory=list)
    known: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def officer(self) -> Officer:
        """The officer who acts. Raises NotPermittedError when nobody does."""
        if self.actor is None:
            raise NotPermittedError("officer")
        return self.actor

    @property
    def actor_id(self) -> int | None:
        """The id of the officer who acts; None when nobody does."""
        return None if self.actor is None else self.actor.id

    @property
    def pack(self) -> Pack:
        """The SOPs and the unit that the institution works by."""
        return self.institution.pack

    @property
    def unit(self) -> Unit:
        """The unit of the pack: roles, calendar, limits."""
        return self.institution.pack.unit

    @property
    def office(self) -> OfficeHours:
        """The unit's working time."""
        return self.institution.office

    @property
    def zone(self) -> ZoneInfo:
        """The unit's time zone (Asia/Makassar, WITA)."""
        return self.institution.zone

    @property
    def today(self) -> date:
        """The local date on which the officer said it: work is dated by that, not by when it was handled."""
        return self.institution.today(self.said_at or self.now)

    def at(self, moment: datetime) -> Self:
        """The same work at another moment (aware UTC)."""
        return self if moment == self.now else replace(self, now=moment, said_at=None)

    def because(self, said: Confirmation | None) -> Self:
        """The same work, as what follows from this confirmation, or (None) from another event."""
        return replace(self, cause=said, opened=Opened())

    def touch(self, task: Task) -> None:
        """Something about the task, its parts or entries changed: its reminders are planned anew."""
        self.touched.setdefault(task.id or 0, (task, self.now))

    def notify(
        self,
        to: int,
        notice: Notice,
        task: Task | None = None,
        *,
        at: datetime | None = None,
        edits: int | None = None,
        ends_at: datetime | None = None,
        account: int | None = None,
    ) -> None:
        """Owe an officer a notice: whatever is said to anyone but the officer who tapped is such a row.

        Args:
            to: the officer's id.
            at: when it is said, or out of the quiet hours after that; None: now.
            edits: the message that is changed instead of a new one; that is done at any hour.
            ends_at: from when on it is not said any more.
            account: the phone to which it is said, one that was the officer's; None: the present one.
        """
        task_id = None if task is None else task.id
        row = Reminder(
            key=f"notice:{to}:{notice.word}:{task_id or 0}:{uuid4().hex}",  # each is owed, even twice the same
            kind=ReminderKind.NOTICE,
            officer_id=to,
            account_id=account,
            task_id=task_id,
            rule=notice.word,
            due_at=at or self.now,
            ends_at=ends_at,
            payload=to_payload(notice),
            edits_message_id=edits,
            created_at=self.now,
        )
        self.notices.append((row, task))

    def by(self, officer: Officer) -> Self:
        """The same work, done by this officer."""
        return self if officer is self.actor else replace(self, actor=officer)

    def once(self, question: Hashable, ask: Callable[[], Answer]) -> Answer:
        """What `ask()` answered to this question before in this work: who is who is asked hundreds of times."""
        if question not in self.known:
            self.known[question] = ask()
        answer: Answer = self.known[question]
        return answer

    def forget(self) -> None:
        """Officers, their roles or their leave were written to, or a savepoint was taken back: look them up anew."""
        self.known.clear()


# --- versions of SOP declarations -------------------------------------------------------------------------------


MAX_VERSIONS_KEPT = 256  # parsed declarations in memory: 51 SOPs with a few versions each


@lru_cache(maxsize=MAX_VERSIONS_KEPT)
def _parsed(source: str) -> Sop:
    return load_sop_text(source)


_VERSION = select(SopVersion).where(SopVersion.digest == bindparam("digest"))


def version_id(s: Session, sop: Sop) -> int:
    """The id of the row that holds this declaration; made when it is new."""
    row = s.exec(_VERSION, params={"digest": sop.digest}).one_or_none()
    if row is None:
        row = SopVersion(number=sop.number, digest=sop.digest, source=sop.source)
        s.add(row)
        s.flush()
    assert row.id is not None
    return row.id


def sop_of(s: Session, run: Run) -> Sop:
    """The declaration that the run was opened with."""
    version = s.get_one(SopVersion, run.sop_version_id)
    return _parsed(version.source)


def sops_of(work: Work, about: "Subject | Run") -> Mapping[str, Sop]:
    """The SOPs by which what is still to begin for a subject begins: the pack's; where one of its runs, of any state, has
    a version that the pack keeps as a former one, those former ones.

    So an angkatan that was opened before the pack changed keeps its calendar to the end, unless it took the new one.
    """
    s, sops, ids = work.session, work.pack.sops, subject_ids(about)
    former = work.pack.former
    if not former or (ids.cohort_id is None and ids.case_id is None):
        return sops

    def keeps() -> bool:
        its = s.get(Cohort, ids.cohort_id) if ids.case_id is None else s.get(Case, ids.case_id)
        if its is None or its.plan_taken_at is not None:
            return False
        query = (
            select(Run.id)
            .join(SopVersion, col(SopVersion.id) == col(Run.sop_version_id))
            .where(Run.cohort_id == ids.cohort_id, Run.case_id == ids.case_id)
            .where(col(SopVersion.digest).in_([sop.digest for sop in former.values()]))
            .limit(1)
        )
        return s.exec(query).first() is not None

    return {**sops, **former} if work.once(("former", ids.cohort_id, ids.case_id), keeps) else sops


_RUNS = (
    select(Run, SopVersion)
    .join(SopVersion, col(SopVersion.id) == col(Run.sop_version_id))
    .where(col(Run.id).in_(bindparam("runs", expanding=True)))
)
_COHORTS = select(Cohort).where(col(Cohort.id).in_(bindparam("cohorts", expanding=True)))


def at_hand(s: Session, tasks: Sequence[Task]) -> tuple[object, ...]:
    """Read the runs, declarations and angkatan of many tasks in one statement each, for `declared` and others to
    find without asking again. As long as the caller keeps the answer."""
    held = s.identity_map.get
    found = [held((Run, (task.run_id,), None)) for task in tasks]
    versions = [held((SopVersion, (run.sop_version_id,), None)) for run in found if run is not None]
    angkatan = [held((Cohort, (task.cohort_id,), None)) for task in tasks]
    runs = {task.run_id for task, run in zip(tasks, found, strict=True) if run is None}
    cohorts = {task.cohort_id or 0 for task, one in zip(tasks, angkatan, strict=True) if one is None} - {0}
    rows: list[object] = [*found, *versions, *angkatan]
    if runs:
        rows.extend(s.exec(_RUNS, params={"runs": sorted(runs)}))
    if cohorts:
        rows.extend(s.exec(_COHORTS, params={"cohorts": sorted(cohorts)}).all())
    return tuple(rows)


def declared(s: Session, task: Task) -> tuple[Sop, Step]:
    """The declaration of a task's SOP and step, as its run was opened with."""
    sop = sop_of(s, s.get_one(Run, task.run_id))
    return sop, sop.step(task.step)


def sops_by_run(s: Session, cohort_id: int) -> dict[int, Sop]:
    """The declaration that each run of the angkatan was opened with, by the run's id."""
    return sops_and_events(s, cohort_id)[0]


def sops_and_events(s: Session, cohort_id: int) -> tuple[dict[int, Sop], dict[str, date]]:
    """The declaration of each run of the angkatan, by the run's id; the days of its events as they stand, by SOP."""
    rows = s.exec(
        select(Run, SopVersion.source)
        .join(SopVersion, col(SopVersion.id) == col(Run.sop_version_id))
        .where(Run.cohort_id == cohort_id)
        .order_by(col(Run.id))
    )
    sops, events = {}, {}
    for run, source in rows:
        sops[run.id or 0] = _parsed(source)
        if run.event_on is not None and run.child_id is None and run.state != RunState.WITHDRAWN:
            events[run.sop] = run.event_on
    return sops, events


# --- whom a run is about ----------------------------------------------------------------------------------------


Subject = Cohort | School | Child | Case

# Read again with the lock: somebody may have changed it until then.
_LOCK_CASE = select(Case).where(Case.id == bindparam("number")).with_for_update()
_LOCK_CASE = _LOCK_CASE.execution_options(populate_existing=True)
_LOCK_COHORT = select(Cohort).where(Cohort.id == bindparam("number")).with_for_update()
_LOCK_COHORT = _LOCK_COHORT.execution_options(populate_existing=True)


class SubjectIds(NamedTuple):
    """The subject's word, and the rows that a run of it points at."""

    subject: str
    cohort_id: int | None = None
    school_id: int | None = None
    child_id: int | None = None
    case_id: int | None = None


def subject_ids(about: "Subject | Run") -> SubjectIds:
    """The word and the ids of a subject, or of whatever a run is about."""
    if isinstance(about, Run):
        return SubjectIds(about.subject, about.cohort_id, about.school_id, about.child_id, about.case_id)
    if isinstance(about, School):
        return SubjectIds(f"school:{about.id}", about.cohort_id, about.id)
    if isinstance(about, Child):
        return SubjectIds(f"child:{about.id}", about.cohort_id, None, about.id)
    if isinstance(about, Case):
        return SubjectIds(f"case:{about.id}", case_id=about.id)
    return SubjectIds(f"cohort:{about.id}", about.id)


def schools_of(s: Session, cohort_id: int) -> tuple[School, ...]:
    """The schools of an angkatan that have not withdrawn, by id."""
    return tuple(
        s.exec(
            select(School)
            .where(School.cohort_id == cohort_id, col(School.withdrew_on).is_(None))
            .order_by(col(School.id))
        )
    )


def subjects_after(s: Session, run: Run, sop: Sop) -> tuple[Subject, ...]:
    """For whom `sop` starts when it comes after `run`: the same subject; each school after the angkatan's run;
    the angkatan after the runs of all its schools. Empty when it is not about the same kind of subject."""
    if run.case_id is not None:
        return (s.get_one(Case, run.case_id),) if sop.subject == "case" else ()
    cohort = s.get_one(Cohort, run.cohort_id)
    if sop.subject == "school":
        schools = schools_of(s, cohort.id or 0)
        return tuple(school for school in schools if run.school_id in (None, school.id))
    if sop.subject != "cohort":
        return ()
    if run.school_id is None:
        return (cohort,)
    others = s.exec(select(Run).where(Run.cohort_id == cohort.id, Run.sop == run.sop)).all()
    still = [one for one in others if one.state in LIVE_RUNS and one.id != run.id]
    return () if still else (cohort,)


def cohort_of(s: Session, row: Run | Task) -> Cohort | None:
    """The angkatan of a run or task; None when it is of a case."""
    return None if row.cohort_id is None else s.get_one(Cohort, row.cohort_id)


def case_of(s: Session, row: Run | Task) -> Case | None:
    """The case of a run or task; None when it is of an angkatan."""
    return None if row.case_id is None else s.get_one(Case, row.case_id)


CLOSED = "closed"  # why a task or run was closed: an officer closed the angkatan


def is_closed(work: Work, task: Task) -> bool:
    """Whether somebody closed the angkatan, or the case by hand: nothing of it is taken back or entered any more.

    A case that its last step closed is open again when that step is undone. Of an angkatan that was closed what follows the
    stay goes on.
    """
    s = work.session
    cohort, case = cohort_of(s, task), case_of(s, task)
    if cohort is None:
        return case is not None and case.close_reason is not None
    if cohort.closed_at is not None:
        return True
    is_of_the_stay = cohort.departure_on < work.today and not declared(s, task)[0].follows_the_stay
    return is_of_the_stay and is_stay_closed(s, cohort)


def is_stay_closed(s: Session, cohort: Cohort) -> bool:
    """Whether an officer closed the angkatan, and nobody has opened it again."""
    found = last_closing(s, cohort)
    return found is not None and found.after == CLOSED


def last_closing(s: Session, cohort: Cohort) -> Correction | None:
    """When the angkatan was closed (`after`) or opened again by an officer last, by whom and why."""
    said = select(Correction).where(
        Correction.of_table == "cohorts", Correction.row_id == cohort.id, Correction.fact == "closed_at"
    )
    return s.exec(said.order_by(col(Correction.id).desc())).first()


def is_past(work: Work, task: Task) -> bool:
    """Whether a step of before anybody could be asked was due when Pandu was in use: since the first angkatan, or case,
    was opened."""

    def first_used() -> datetime:
        opened = (work.session.exec(select(func.min(one.opened_at))).one() for one in (Cohort, Case))
        first = min((at for at in opened if at is not None), default=work.now)
        return day_begins(work.institution, work.institution.today(first))

    return task.due_at is not None and task.due_at >= work.once("first used", first_used)


def anchors_of(work: Work, row: Run | Task) -> Anchors:
    """The dates that the times of this run or task are counted from."""
    run = row if isinstance(row, Run) else work.session.get_one(Run, row.run_id)
    case = case_of(work.session, row)
    if case is not None:
        anchors = case_anchors(work.institution, case)
    else:
        anchors = cohort_anchors(work.institution, work.session.get_one(Cohort, row.cohort_id))
    begun_at = run.opened_at or run.opens_at
    return anchors if begun_at is None else anchors.of_run(work.institution.today(begun_at), run.event_on)


def cohort_anchors(institution: Institution, cohort: Cohort) -> Anchors:
    """The dates of an angkatan."""
    return Anchors(institution.today(cohort.opened_at), cohort.arrival_on, cohort.departure_on)


def case_anchors(institution: Institution, case: Case) -> Anchors:
    """The date of a case: it has an opening, no arrival and no departure."""
    return Anchors(opening=institution.today(case.opened_at))


def lock_subject(s: Session, row: Run | Task) -> None:
    """Two processes that change one angkatan, or one case, come one after the other (PostgreSQL; SQLite has one
    writer).

    The subject before any of its rows, as everywhere: whoever locks a task first would deadlock with an officer
    who is changing it. What was read before the lock is to be read again after it.
    """
    _lock(s, row.cohort_id, row.case_id)


def lock_about(s: Session, about: Subject) -> None:
    """The same before there is a run."""
    ids = subject_ids(about)
    _lock(s, ids.cohort_id, ids.case_id)


def _lock(s: Session, cohort_id: int | None, case_id: int | None) -> None:
    if case_id is not None:
        s.exec(_LOCK_CASE, params={"number": case_id}).one()
    else:
        s.exec(_LOCK_COHORT, params={"number": cohort_id}).one()
