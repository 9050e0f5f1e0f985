"""A whole institution for tests of the rules: real pack, real database, officers, angkatan, and no Telegram.

Time is a clock on the wall of Mataram: `home.it_is("2026-12-01 09.00")`.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session, col, select

from sop_flows.actions import agenda, assign, runs
from sop_flows.actions import confirm as confirming
from sop_flows.actions import undo as undoing
from sop_flows.actions.cohorts import cohorts
from sop_flows.actions.cohorts.flags import set_flag
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.actions.origins import record as record_origin
from sop_flows.actions.rolls import rolls
from sop_flows.actions.rolls.roll_closing import Done
from sop_flows.calendar.dates import OfficeHours
from sop_flows.core.result import Result
from sop_flows.core.states import parts_of
from sop_flows.core.work import Institution, Work, declared
from sop_flows.declarations.loader import Pack, load_sop_text
from sop_flows.notifications.digest_times import plan_officer
from sop_flows.notifications.planning import working
from sop_flows.notifications.relevance import is_still_true
from sop_flows.recording import origins, records
from sop_flows.recording.roll_call import Roll, lock_roll
from sop_flows.views import task_views
from storage.cabinet import Cabinet
from storage.engine import Store
from storage.tables import (
    Account,
    Child,
    Cohort,
    Confirmation,
    EntryState,
    FlagKind,
    Officer,
    OfficerRole,
    Reminder,
    ReminderKind,
    ReminderState,
    Run,
    RunState,
    School,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)
from tests.support.answers import made_up
from tests.support.clocks import WITA, wita
from tests.support.engines import StoreOfATest
from tests.support.lived import Past, act, pack_key
from tests.support.packs import our_pack

P = ParamSpec("P")
Answer = TypeVar("Answer")

STEPS_MAX = 200  # of one `finish_until`; more means that the chain does not lead there


def pack_with(*sops: str) -> Pack:
    """Our unit with these SOPs (YAML) instead of its own."""
    read = [load_sop_text(text) for text in sops]
    return Pack(our_pack().unit, {sop.number: sop for sop in read})


def local(at: datetime | None) -> str | None:
    """`2026-12-01 16.00` on the wall clock in Mataram."""
    return None if at is None else at.astimezone(WITA).strftime("%Y-%m-%d %H.%M")


class Home:
    """Officers, an angkatan, and what they do; each act is a transaction of its own."""

    def __init__(self, store: Store, folder: Path, pack: Pack | None = None) -> None:
        pack = pack or our_pack()
        self.store = store
        self.house = Institution(
            pack=pack,
            office=OfficeHours.of(pack.unit, {}, ()),
            cabinet=Cabinet(folder, store.keyring),
        )
        self.now = wita("2026-10-26 08.00")  # a Monday, five weeks before the arrival of the usual angkatan
        self._update_id = 0
        self._usual_house = self.house
        self._pack_key = pack_key(pack)

    # --- what tests/support/lived.py asks for -------------------------------------------------------------

    @property
    def past(self) -> Past | None:
        """Of the database."""
        return self.store.past if isinstance(self.store, StoreOfATest) else None

    def circumstances(self) -> Hashable:
        """None in a house that a test has changed."""
        return (self._pack_key, self.now, self._update_id) if self.house is self._usual_house else None

    def remember(self) -> tuple[datetime, int]:
        """What there is beside the database."""
        return self.now, self._update_id

    def recall(self, remembered: tuple[datetime, int]) -> None:
        """Go on from there."""
        self.now, self._update_id = remembered

    def save(self) -> None:
        """All else is in the database."""

    def lay(self, saved: None) -> None:
        """All else is in the database."""

    # --- time -------------------------------------------------------------------------------------------

    @act
    def it_is(self, text: str) -> None:
        """Move the clock; whatever has come due happens."""
        self.now = wita(text)
        self.call(agenda.advance)

    @act
    def later(self, minutes: float) -> None:
        """Some minutes pass."""
        self.now += timedelta(minutes=minutes)
        self.call(agenda.advance)

    # --- doing ------------------------------------------------------------------------------------------

    def call(self, rule: Callable[..., Answer], *arguments: Any, **named: Any) -> Answer:
        """`rule(work, *arguments, **named)` in a transaction: time passes, or an officer looks."""
        with self.working() as work:
            return rule(work, *arguments, **named)

    def tap(self, rule: Callable[..., Answer], officer: Officer, *arguments: Any, **named: Any) -> Answer:
        """As `call`, for what an officer does with an update."""
        self._update_id += 1
        with self.working(officer) as work:
            return rule(work, *arguments, **named)

    @contextmanager
    def working(self, officer: Officer | None = None) -> Iterator[Work]:
        """Work in a transaction of its own, settled at the end; of an officer with the last update."""
        update_id = None if officer is None else self._update_id
        with self.store.transaction() as s, working(s, self.house, self.now, officer, update_id) as work:
            yield work

    def look(
        self, question: Callable[Concatenate[Session, P], Answer], *arguments: P.args, **named: P.kwargs
    ) -> Answer:
        """`question(session, ...)` without changing anything."""
        with self.store.reading() as s:
            return question(s, *arguments, **named)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to look with."""
        with self.store.reading() as s:
            yield s

    # --- people and angkatan ----------------------------------------------------------------------------

    @act
    def officer(
        self,
        name: str,
        *roles: str,
        head: str | None = None,
        admin: bool = False,
        guru_of: Cohort | None = None,
    ) -> Officer:
        """Enrol an officer. `head`: the role whose kasi it is; it is then one of the roles."""
        with self.working() as work:
            s = work.session
            officer = Officer(name=name, is_admin=admin, enrolled_at=self.now)
            s.add(officer)
            s.flush()
            for role in dict.fromkeys([*roles, *([head] if head else [])]):
                s.add(OfficerRole(officer_id=officer.id or 0, role=role, is_head=role == head))
            if guru_of is not None:
                s.add(OfficerRole(officer_id=officer.id or 0, role="guru", cohort_id=guru_of.id))
            s.add(
                Account(
                    officer_id=officer.id or 0,
                    chat_key=f"chat {officer.id}",
                    chat_id=str(officer.id),
                    bound_at=self.now,
                )
            )
            s.flush()
            plan_officer(work, officer.id or 0)
            return officer

    def everyone(self) -> None:
        """One officer for each role, with the kasi: Kirana kepala, Tari tu, Rahmat (kasi) and Budi penyantunan,
        Dewi bimbingan, Sari peksos. Each is an attribute of its name in small letters."""
        self.kirana = self.officer("Kirana", "kepala")
        self.tari = self.officer("Tari", "tu", admin=True)
        self.rahmat = self.officer("Rahmat", head="penyantunan")
        self.budi = self.officer("Budi", "penyantunan")
        self.dewi = self.officer("Dewi", "bimbingan")
        self.sari = self.officer("Sari", "peksos")

    @act
    def angkatan(
        self,
        name: str = "Angkatan III",
        arrival: str = "2026-12-01",
        departure: str | None = None,
        children: int = 3,
        schools: Sequence[str] = ("SDN Rekaan 1",),
    ) -> Cohort:
        """Open an angkatan: children 1, 2, 3 ... go round the schools; 30 days unless said otherwise."""
        arrival_on = date.fromisoformat(arrival)
        departure_on = date.fromisoformat(departure) if departure else arrival_on + timedelta(days=30)
        rows = [
            RosterRow(row=n, name=f"Anak Rekaan {n}", sex="LP"[n % 2], school=schools[(n - 1) % len(schools)])
            for n in range(1, children + 1)
        ]
        with self.store.transaction() as s, working(s, self.house, self.now) as work:
            opened = cohorts.open_cohort(work, name, arrival_on, departure_on, schools=schools, rows=rows)
            return opened.cohort

    def child(self, number: int, cohort: Cohort | None = None) -> Child:
        """The child of this number (of the only angkatan, if none is given)."""
        with self.reading() as s:
            query = select(Child).where(Child.number == number)
            return s.exec(query if cohort is None else query.where(Child.cohort_id == cohort.id)).one()

    @act
    def flag(self, officer: Officer, *numbers: int, wanted: bool = True) -> None:
        """Mark children as needing special care (SOP 9.2.09 step 4), or take the mark away."""
        for number in numbers:
            self.call(set_flag, officer, self.child(number), FlagKind.ASSESSMENT, wanted)

    @act
    def leaves(self, officer: Officer, *numbers: int) -> None:
        """Children go home early, today."""
        from sop_flows.actions.cohorts import membership
        from storage.tables import LeaveReason

        for number in numbers:
            with self.store.transaction() as s, working(s, self.house, self.now) as work:
                membership.leave(work.by(officer), self.child(number).id or 0, LeaveReason.WENT_HOME, self.house.today(self.now))  # fmt: skip

    def school(self, name: str) -> School:
        """The school of this name."""
        with self.reading() as s:
            return s.exec(select(School).where(School.name == name)).one()

    # --- tasks ------------------------------------------------------------------------------------------

    def tasks(self, sop: str, step: int, cohort: Cohort | None = None) -> tuple[Task, ...]:
        """Every task of the step that was not withdrawn, by run and occurrence."""
        with self.reading() as s:
            query = select(Task).where(Task.sop == sop, Task.step == step, Task.state != TaskState.WITHDRAWN)
            if cohort is not None:
                query = query.where(Task.cohort_id == cohort.id)
            return tuple(s.exec(query.order_by(col(Task.run_id), col(Task.occurrence))))

    def task(
        self,
        sop: str,
        step: int,
        occurrence: int = 0,
        *,
        cohort: Cohort | None = None,
        child: int | None = None,
    ) -> Task:
        """The one task of a step (and occurrence, angkatan, child)."""
        wanted = None if child is None else self.child(child, cohort).id
        found = [
            t
            for t in self.tasks(sop, step, cohort)
            if t.occurrence == occurrence and wanted in (None, t.child_id)
        ]
        assert len(found) == 1, f"{sop}/{step}/{occurrence}: {len(found)} tasks"
        return found[0]

    def states(self, sop: str, cohort: Cohort | None = None) -> dict[int, str]:
        """State by step of a SOP's tasks, withdrawn ones left out; recurring steps are not in it."""
        with self.reading() as s:
            query = select(Task).where(
                Task.sop == sop, Task.occurrence == 0, Task.state != TaskState.WITHDRAWN
            )
            if cohort is not None:
                query = query.where(Task.cohort_id == cohort.id)
            return {task.step: str(task.state) for task in s.exec(query.order_by(col(Task.step)))}

    def run(self, sop: str, *, nth: int = 1) -> Run:
        """The nth run of a SOP."""
        with self.reading() as s:
            return s.exec(select(Run).where(Run.sop == sop, Run.nth == nth)).one()

    def runs(self, sop: str) -> list[str]:
        """The states of all runs of a SOP, the first one first."""
        with self.reading() as s:
            return [
                run.state.value for run in s.exec(select(Run).where(Run.sop == sop).order_by(col(Run.id)))
            ]

    def started(self) -> list[str]:
        """The SOPs whose run is open or closed."""
        with self.reading() as s:
            found = s.exec(select(Run.sop).where(col(Run.state).in_((RunState.OPEN, RunState.CLOSED)))).all()
            return sorted(set(found))

    def parts(self, task: Task) -> dict[str, TaskPart]:
        """The task's parts by role."""
        with self.reading() as s:
            return {part.role: part for part in parts_of(s, self.fresh(task))}

    def fresh(self, task: Task) -> Task:
        """The task as it is now."""
        with self.reading() as s:
            return s.get_one(Task, task.id)

    def in_charge(self, task: Task, role: str | None = None) -> tuple[str | None, str | None]:
        """The PJ's name of the (only) part, and how it came to it; (None, None) when nobody is."""
        parts = self.parts(task)
        part = parts[role] if role else next(iter(parts.values()))
        how = None if part.assigned_how is None else part.assigned_how.value
        return self.name(part.assignee_id), how

    def name(self, officer_id: int | None) -> str | None:
        """The officer's name."""
        with self.reading() as s:
            return None if officer_id is None else s.get_one(Officer, officer_id).name

    def due(self, task: Task) -> str | None:
        """When the task is due, on the wall clock."""
        return local(self.fresh(task).due_at)

    def said(self, task: Task) -> list[tuple[str, str]]:
        """What was said about the task, oldest first: kind and who did it."""
        with self.reading() as s:
            rows = s.exec(
                select(Confirmation).where(Confirmation.task_id == task.id).order_by(col(Confirmation.id))
            )
            return [(row.kind.value, self.name(row.officer_id) or "") for row in rows.all()]

    def mine(self, officer: Officer) -> list[tuple[str, int]]:
        """/tugas of the officer: SOP and step, in order."""
        with self.reading() as s:
            lines = task_views.my_tasks(Work(s, self.house, self.now), s.get_one(Officer, officer.id))
            return [(line.task.sop, line.task.step) for line in lines]

    # --- acts -------------------------------------------------------------------------------------------

    @act
    def confirm(self, officer: Officer, task: Task, **named: Any) -> Result:
        """Selesai; a form that the step asks is answered with something made up."""
        with self.reading() as s:
            step = declared(s, self.fresh(task))[1]
            missing = origins.unrecorded(s, task, step) if step.is_by_origin else ()
            form = records.form_of(task, step) if records.needs_form(s, task, step) else None
        if form is not None:
            today = {
                one.key: self.house.today(self.now).isoformat() for one in form.fields if one.kind == "date"
            }
            named.setdefault("values", made_up(form) | (today if form.effect == "handed_over" else {}))
        for one in missing:
            assert step.record is not None
            done = self.tap(record_origin, officer, task.id, one.number, made_up(step.record))
            if done is not None:
                return done
        return self.tap(confirming.confirm, officer, task.id, **named)

    @act
    def skip(self, officer: Officer, task: Task, reason: str = "petugas dinas luar") -> Result:
        """Lewati."""
        return self.tap(confirming.skip, officer, task.id, reason)

    @act
    def undo(self, officer: Officer, task: Task) -> Result:
        """Urungkan."""
        return self.tap(undoing.undo, officer, task.id)

    @act
    def take(self, officer: Officer, task: Task) -> Result:
        """Saya kerjakan."""
        return self.tap(assign.take, officer, task.id)

    def roll(self, officer: Officer, task: Task) -> Roll:
        """The roll as the officer sees it."""
        with self.store.transaction() as s, working(s, self.house, self.now) as work:
            return lock_roll(work, officer, task.id or 0)

    @act
    def record(self, officer: Officer, task: Task, *numbers: int, **named: Any) -> Done:
        """Record children of a roll (all who are open when no number is given): the form, a tick or 23,5 kg."""
        self._update_id += 1
        with self.working(officer) as work:
            roll = lock_roll(work, officer, task.id or 0)
            rows = [r for r in roll.rows if (r.number in numbers if numbers else r.state == EntryState.OPEN)]
            if roll.is_weighing:
                weights = {row.child_id: 23_500 for row in rows}
                return rolls.record_weight(work, roll, weights, **named)
            fields = () if roll.step.record is None else roll.step.record.fields
            values: dict[int, dict[str, object]] = {
                row.child_id: {f.key: f.choices[0] if f.choices else "rekaan" for f in fields} for row in rows
            }
            return rolls.record_entry(work, roll, values, **named)

    @act
    def excuse(self, officer: Officer, task: Task, number: int, reason: str = "pulang sekolah sore") -> Done:
        """Lewati one child, with a reason."""
        return self._of_child(rolls.excuse, officer, task, number, reason)

    @act
    def put_off(self, officer: Officer, task: Task, number: int, reason: str = "demam") -> Done:
        """Tunda one child."""
        return self._of_child(rolls.put_off, officer, task, number, reason)

    def _of_child(
        self, rule: Callable[..., Done], officer: Officer, task: Task, number: int, reason: str
    ) -> Done:
        self._update_id += 1
        with self.working(officer) as work:
            roll = lock_roll(work, officer, task.id or 0)
            return rule(work, roll, self.child_on(roll, number), reason)

    @staticmethod
    def child_on(roll: Roll, number: int) -> int:
        """The id of the child with this number on the roll."""
        row = roll.row_numbered(number)
        assert row is not None, f"no child {number} on the roll"
        return row.child_id

    def entries(self, task: Task) -> dict[int, str]:
        """State by child's number on a roll."""
        with self.reading() as s:
            rows = s.exec(
                select(Child.number, TaskEntry.state)
                .join(Child, col(Child.id) == col(TaskEntry.child_id))
                .where(TaskEntry.task_id == task.id)
                .order_by(col(Child.number))
            )
            return {number: str(state) for number, state in rows}

    def entry_dues(self, task: Task) -> dict[int, str | None]:
        """Due by child's number, of the entries that are open."""
        with self.reading() as s:
            rows = s.exec(
                select(Child.number, TaskEntry.due_at)
                .join(Child, col(Child.id) == col(TaskEntry.child_id))
                .where(TaskEntry.task_id == task.id, TaskEntry.state == EntryState.OPEN)
                .order_by(col(Child.number))
            )
            return {number: local(at) for number, at in rows}

    @act
    def finish(self, task: Task, by: Officer | None = None) -> None:
        """Do what the task asks, as its PJ or the first who may."""
        with self.reading() as s:
            _sop, step = declared(s, task)
        for role, part in self.parts(task).items():
            if part.state == TaskState.OPEN:
                officer = by or self._someone(part, role)
                if not step.is_roll:
                    self.confirm(officer, task)
                else:
                    self.record(officer, task)

    def _someone(self, part: TaskPart, role: str) -> Officer:
        with self.reading() as s:
            if part.assignee_id is not None:
                return s.get_one(Officer, part.assignee_id)
            return (
                s.exec(
                    select(Officer)
                    .join(OfficerRole, col(OfficerRole.officer_id) == col(Officer.id))
                    .where(OfficerRole.role == role, col(Officer.removed_at).is_(None))
                    .order_by(col(Officer.id))
                ).first()
                or s.exec(select(Officer).where(col(Officer.is_admin).is_(True))).one()
            )

    @act
    def finish_until(self, sop: str, step: int, through: Iterable[str] = ()) -> Task:
        """Finish what is open, SOP by SOP of the stay, until that step is open; returns it."""
        path = tuple(through) or ("9.2.04", "9.2.05", "9.2.06", "9.2.09", "9.2.10", "9.1.12")
        for _ in range(STEPS_MAX):
            with self.reading() as s:
                opened = s.exec(
                    select(Task)
                    .where(Task.state == TaskState.OPEN, Task.occurrence == 0, col(Task.sop).in_(path))
                    .order_by(col(Task.id))
                ).all()
            there = next((task for task in opened if (task.sop, task.step) == (sop, step)), None)
            if there is not None:
                return there
            assert opened, f"nothing is open before {sop}/{step}"
            self.finish(min(opened, key=lambda task: path.index(task.sop)))
        raise AssertionError(f"{sop}/{step} never opened")

    # --- reminders --------------------------------------------------------------------------------------

    def owed(self, task: Task | None = None, *, officer: Officer | None = None) -> list[tuple[str, str, str]]:
        """Pending reminders but digests and notices, by time: when, which rule, to whom."""
        rows = [
            r for r in self.rows(task, officer) if r.kind not in (ReminderKind.DIGEST, ReminderKind.NOTICE)
        ]
        return [(local(r.due_at) or "", r.rule, self.name(r.officer_id) or "") for r in rows]

    def notices(self, officer: Officer) -> list[str]:
        """What the officer is to be told, by time."""
        return [r.rule for r in self.rows(None, officer) if r.kind == ReminderKind.NOTICE]

    def rows(
        self, task: Task | None, officer: Officer | None = None, state: ReminderState = ReminderState.PENDING
    ) -> list[Reminder]:
        """Reminder rows in a state, by time."""
        with self.reading() as s:
            query = select(Reminder).where(Reminder.state == state)
            if task is not None:
                query = query.where(Reminder.task_id == task.id)
            if officer is not None:
                query = query.where(Reminder.officer_id == officer.id)
            return list(
                s.exec(query.order_by(col(Reminder.due_at), col(Reminder.officer_id), col(Reminder.id)))
            )

    @act
    def send_due(self) -> list[tuple[str, str]]:
        """What a dispatcher would do now: send what is due and still true, drop the rest.

        Returns rule and officer of what was sent; digests are sent too, and not named.
        """
        sent = []
        with self.store.transaction() as s, working(s, self.house, self.now) as work:
            due = s.exec(
                select(Reminder)
                .where(Reminder.state == ReminderState.PENDING, Reminder.due_at <= self.now)
                .order_by(col(Reminder.due_at), col(Reminder.id))
            ).all()
            for row in due:
                if is_still_true(work, row):
                    row.state, row.sent_at, row.message_id = (
                        ReminderState.SENT,
                        self.now,
                        1_000 + (row.id or 0),
                    )
                    if row.kind != ReminderKind.DIGEST:
                        sent.append((row.rule, s.get_one(Officer, row.officer_id).name))
                else:
                    row.state = ReminderState.DROPPED
        return sent


__all__ = ["Institution", "local", "our_pack", "pack_with", "runs"]
