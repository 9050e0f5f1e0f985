"""Steps that are recorded once for each school, or for each Kab/Kota of the schools (SOP 9.2.04 step 1, 9.1.15 step 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from sop_flows.core.spelling import fold
from sop_flows.core.work import Work, schools_of
from sop_flows.declarations.form import Form
from sop_flows.declarations.sop import Step
from sop_flows.recording.forms.answers import Values, is_complete
from storage.queries.origins import SexCount, count_here, count_listed
from storage.queries.step_records import find_standing
from storage.tables import Officer, Record, School, Task

COUNTED = ("boys", "girls")  # proposals that are how many children there are


@dataclass(frozen=True)
class Origin:
    """A school, or the schools of one Kab/Kota.

    Attributes:
        key: of its record.
        name: as officers read it; "" when it stands for all.
        school_ids: the schools; the first one stands for it in buttons, 0 without any.
        here: its children as they are now; who did not come is not among them.
        listed: its children who belonged on the day of arrival.
        record: what stands recorded, if anything.
    """

    key: str
    name: str
    school_ids: tuple[int, ...]
    here: SexCount
    listed: SexCount
    record: Record | None

    @property
    def number(self) -> int:
        """How buttons name it."""
        return self.school_ids[0] if self.school_ids else 0

    def proposed(self, form: Form) -> Values:
        """What the list of children answers: how many boys and girls; empty while there is no list."""
        if not sum(self.listed.values()):
            return {}
        sexes = {"boys": "L", "girls": "P"}
        return {
            field.key: self.here[sexes[field.proposal]] for field in form.fields if field.proposal in sexes
        }

    def differs(self, form: Form) -> bool:
        """Whether the numbers recorded are not those of the list of children."""
        if self.record is None or not sum(self.listed.values()):
            return False
        sexes = {"boys": "L", "girls": "P"}
        counted = [field for field in form.fields if field.proposal in sexes]
        return any(
            self.record.data.get(field.key) != self.listed[sexes[field.proposal or ""]] for field in counted
        )


def origins_of(s: Session, task: Task, step: Step) -> tuple[Origin, ...]:
    """The schools or Kab/Kota for which the step is recorded, in the order of the schools; all of them as one where
    nobody said from which Kab/Kota they are."""
    cohort_id = task.cohort_id or 0
    here, listed = count_here(s, cohort_id), count_listed(s, cohort_id)
    groups: dict[str, tuple[str, list[School]]] = {}
    for school in schools_of(s, cohort_id):
        name = school.name if step.per == "school" else school.kabupaten or ""
        key = str(school.id) if step.per == "school" else fold(name)
        groups.setdefault(key, (name, []))[1].append(school)
    if not groups:
        groups[""] = ("", [])
    found = []
    for key, (name, schools) in groups.items():
        ids = tuple(school.id or 0 for school in schools)
        if not name and len(groups) > 1:  # nobody said from where these are
            name = ", ".join(school.name for school in schools)
        record_key = f"{step.per}:{key}"
        found.append(
            Origin(
                record_key,
                name,
                ids,
                _sum(here, ids),
                _sum(listed, ids),
                find_standing(s, task.id or 0, record_key),
            )
        )
    return tuple(found)


def unrecorded(s: Session, task: Task, step: Step) -> tuple[Origin, ...]:
    """Those for which an answer is still missing."""
    assert step.record is not None
    return tuple(
        one
        for one in origins_of(s, task, step)
        if one.record is None or not is_complete(step.record, one.record.data)
    )


def record_origin(
    work: Work, task: Task, origin: Origin, values: Mapping[str, object], doer: Officer, on: date
) -> Record:
    """Add the record of one school or Kab/Kota; a former one is replaced by name."""
    row = Record(
        task_id=task.id or 0,
        key=origin.key,
        data=dict(values),
        done_on=on,
        recorded_at=work.now,
        officer_id=doer.id or 0,
        recorded_by_id=work.officer.id or 0,
        update_id=work.update_id,
        replaces_id=None if origin.record is None else origin.record.id,
    )
    work.session.add(row)
    work.session.flush()
    return row


def handed_over(work: Work, cohort_id: int) -> dict[str, int]:
    """How many children were handed over, by school, where a step has counted them (SOP 9.2.04 step 1)."""
    counted: dict[str, int] = {}
    for sop in work.pack.sops.values():
        for step in sop.asked_steps:
            keys = (
                [one.key for one in step.record.fields if one.proposal in COUNTED]
                if step.per == "school" and step.record is not None
                else []
            )
            if len(keys) < len(COUNTED):
                continue
            of_step = select(Task).where(Task.cohort_id == cohort_id, Task.sop == sop.number)
            for task in work.session.exec(of_step.where(Task.step == step.step).order_by(col(Task.id))):
                for origin in origins_of(work.session, task, step):
                    if origin.record is not None:
                        numbers = [origin.record.data.get(key) for key in keys]
                        counted[origin.name] = sum(one for one in numbers if isinstance(one, int))
    return counted


def _sum(counts: Mapping[int, SexCount], school_ids: tuple[int, ...]) -> SexCount:
    return {sex: sum(counts.get(one, {}).get(sex, 0) for one in school_ids) for sex in ("L", "P")}
