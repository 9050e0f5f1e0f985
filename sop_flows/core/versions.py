"""Versions of SOP declarations: an open run keeps the one it was opened with."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlmodel import Session, col, select

from sop_flows.core.subjects import Subject, subject_ids
from sop_flows.core.work import Work
from sop_flows.declarations.loader import load_sop_text
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from storage.tables import Cohort, Run, SopVersion, Task

MAX_VERSIONS_KEPT = 256  # parsed declarations in memory: 51 SOPs with a few versions each


@lru_cache(maxsize=MAX_VERSIONS_KEPT)
def _parsed(source: str) -> Sop:
    return load_sop_text(source)


def version_id(s: Session, sop: Sop) -> int:
    """The id of the row that holds this declaration; made when it is new."""
    row = s.exec(select(SopVersion).where(SopVersion.digest == sop.digest)).one_or_none()
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


def sops_of(work: Work, about: Subject | Run) -> Mapping[str, Sop]:
    """The SOPs by which what is still to begin for a subject begins: the pack's; where one of its runs, of any state, has
    a version that the pack keeps as a former one, those former ones.

    So an angkatan that was opened before the pack changed keeps its calendar to the end.
    """
    sops, ids = work.pack.sops, subject_ids(about)
    former = work.pack.former
    if not former or (ids.cohort_id is None and ids.case_id is None):
        return sops

    def keeps() -> bool:
        query = (
            select(Run.id)
            .join(SopVersion, col(SopVersion.id) == col(Run.sop_version_id))
            .where(Run.cohort_id == ids.cohort_id, Run.case_id == ids.case_id)
            .where(col(SopVersion.digest).in_([sop.digest for sop in former.values()]))
            .limit(1)
        )
        return work.session.exec(query).first() is not None

    return {**sops, **former} if work.once(("former", ids.cohort_id, ids.case_id), keeps) else sops


def at_hand(s: Session, tasks: Sequence[Task]) -> tuple[object, ...]:
    """Read the runs, declarations and angkatan of many tasks in one statement each, for `declared` and others to
    find without asking again. As long as the caller keeps the answer."""
    at_hand = {key[:2] for key in s.identity_map.keys()}  # noqa: SIM118  # it is no dict
    runs = {task.run_id for task in tasks if (Run, (task.run_id,)) not in at_hand}
    cohorts = {task.within for task in tasks if (Cohort, (task.within,)) not in at_hand} - {0}
    rows: list[object] = list(s.identity_map.values())
    if runs:
        rows.extend(
            s.exec(
                select(Run, SopVersion)
                .join(SopVersion, col(SopVersion.id) == col(Run.sop_version_id))
                .where(col(Run.id).in_(runs))
            )
        )
    if cohorts:
        rows.extend(s.exec(select(Cohort).where(col(Cohort.id).in_(cohorts))).all())
    return tuple(rows)


def declared(s: Session, task: Task) -> tuple[Sop, Step]:
    """The declaration of a task's SOP and step, as its run was opened with."""
    sop = sop_of(s, s.get_one(Run, task.run_id))
    return sop, sop.step(task.step)


def sops_by_run(s: Session, cohort_id: int) -> dict[int, Sop]:
    """The declaration that each run of the angkatan was opened with, by the run's id."""
    rows = s.exec(
        select(Run.id, SopVersion.source)
        .join(SopVersion, col(SopVersion.id) == col(Run.sop_version_id))
        .where(Run.cohort_id == cohort_id)
        .order_by(col(Run.id))
    )
    return {run_id: _parsed(source) for run_id, source in rows if run_id is not None}
