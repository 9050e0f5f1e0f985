"""docs/access.md, cell by cell: what each role may see of a child, and a guru of a child of another school."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from sop_flows.actions.people.roles import set_school
from sop_flows.core.work import Work
from sop_flows.declarations.loader import Pack
from sop_flows.engine.chain import add_run, open_step
from sop_flows.errors import NotPermittedError
from sop_flows.recording import records
from sop_flows.staffing.children import may_read_flag, of_own_schools, visible_child
from sop_flows.staffing.roster import grants_of
from storage.queries.children import list_children
from storage.tables import Cohort, Officer, Record, Run, Task, TaskState, Weight
from tests.support.institution import Home
from tests.support.packs import real_pack

DOCUMENT = Path(__file__).parents[2] / "docs" / "access.md"
SCHOOLS = ("SDN Rekaan 1", "SDN Rekaan 2")
OWN, OTHER = 1, 2  # numbers of a child of the guru's school, and of the other

Sees = Callable[[Work, Officer, int], bool]


def table() -> list[tuple[str, str, str]]:
    """Every cell: what, role, and what it says."""
    first = DOCUMENT.read_text("utf-8").partition("\n## ")[0]  # the second table is that of tests/access
    lines = [line for line in first.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, *rows = [row for row in cells if not row[0].startswith("---")]
    return [(row[0], role, said) for row in rows for role, said in zip(head[1:], row[1:], strict=True)]


def _card(work: Work, officer: Officer, child_id: int) -> bool:
    try:
        visible_child(work, officer, child_id)
    except NotPermittedError:
        return False
    return True


def _flag(work: Work, officer: Officer, child_id: int) -> bool:
    return _card(work, officer, child_id) and may_read_flag(work, officer)


def _answer(sop: str, step: int, key: str) -> Sees:
    """Whether this answer of a record of the step can be read, on [Catatan] of the child's card."""

    def sees(work: Work, officer: Officer, child_id: int) -> bool:
        task = _task(work, sop, step)
        record = Record(
            task_id=0, child_id=child_id, key="form", data={key: "x"}, officer_id=0, recorded_by_id=0
        )  # type: ignore[call-arg]
        keys = records.readable(work, officer, task, record)
        return _card(work, officer, child_id) and (keys is None or key in keys)

    return sees


def _weights(work: Work, officer: Officer, child_id: int) -> bool:
    task = _task(work, "9.2.15", 4)
    weight = Weight(task_id=0, child_id=child_id, weight_g=1, officer_id=0, recorded_by_id=0)  # type: ignore[call-arg]
    return _card(work, officer, child_id) and records.readable(work, officer, task, weight) is None


def _task(work: Work, sop: str, step: int) -> Task:
    """The step's task; begun, where its turn has not come."""
    found = select(Task).where(Task.sop == sop, Task.step == step, Task.state != TaskState.WITHDRAWN)
    if (task := work.session.exec(found).first()) is not None:
        return task
    declared = work.pack.sops[sop]
    run = work.session.exec(select(Run).where(Run.sop == sop)).first()
    run = run or add_run(work, declared, work.session.get_one(Cohort, 1), work.now)
    opened = open_step(work, run, declared, declared.step(step))
    assert opened is not None
    return opened


WHAT: dict[str, Sees] = {
    "number, name, school, age, photo": _card,
    "parents, telephone (hidden again)": _card,
    "group, wisma, allergies, what it may not eat": _answer("9.2.06", 2, "kelompok"),
    "open incidents and marks for the nurse": _card,
    "that it needs special care": _flag,
    "assessment: problem, potential": _answer("9.2.09", 4, "masalah"),
    "assessment: needs": _answer("9.2.09", 4, "kebutuhan"),
    "health check at the arrival": _answer("9.2.15", 3, "hasil"),
    "weights (SOP 9.2.15)": _weights,
}


@pytest.fixture
def pack() -> Pack:
    """The SOPs that the table speaks of, as they come with Pandu."""
    ours = real_pack()
    numbers = ("9.2.04", "9.2.05", "9.2.06", "9.2.09", "9.2.15", "9.1.09", "9.1.12")
    return Pack(ours.unit, {number: ours.sops[number] for number in numbers}, ours.lines, ours.folder)


@pytest.fixture
def stay(home: Home) -> Home:
    """Four children of two schools; a nurse; Wulan is guru of the first school."""
    cohort = home.angkatan(children=4, schools=SCHOOLS)
    home.ani = home.officer("Ani", "perawat")  # type: ignore[attr-defined]
    home.wulan = home.officer("Wulan", guru_of=cohort)  # type: ignore[attr-defined]
    home.it_is("2026-12-03 09.00")
    return home


def of_role(home: Home, role: str) -> Officer:
    found: dict[str, Officer] = {"kepala": home.kirana, "tu": home.tari, "penyantunan": home.budi, "bimbingan": home.dewi,
             "peksos": home.sari, "perawat": home.ani, "guru": home.wulan}  # type: ignore[attr-defined]  # fmt: skip
    return found[role]


def is_guru_of(home: Home, school: str) -> None:
    (grant,) = home.call(grants_of, home.wulan.id)  # type: ignore[attr-defined]
    home.tap(set_school, home.tari, home.wulan.id, grant.id, home.school(school).id)  # type: ignore[attr-defined]


def test_the_table_says_what_holds_for_every_role(stay: Home) -> None:
    is_guru_of(stay, SCHOOLS[0])
    cells = table()
    assert {what for what, _role, _said in cells} == set(WHAT)
    wrong = []
    for what, role, said in cells:
        officer = of_role(stay, role)
        own = stay.call(WHAT[what], officer, stay.child(OWN).id)
        other = stay.call(WHAT[what], officer, stay.child(OTHER).id)
        means = {(True, True): "yes", (True, False): "own school", (False, False): "no"}[own, other]
        if means != said:
            wrong.append(f"{what} / {role}: the table says {said}, it is {means}")
    assert not wrong, "\n".join(wrong)


def test_a_guru_of_whom_no_school_is_said_sees_the_angkatan(stay: Home) -> None:
    wulan = stay.wulan  # type: ignore[attr-defined]

    def seen(work: Work) -> list[int]:
        return [row.child.number for row in of_own_schools(work, wulan, list_children(work.session, [1]))]

    assert stay.call(seen) == [1, 2, 3, 4]
    is_guru_of(stay, SCHOOLS[1])
    assert stay.call(seen) == [2, 4]
    with pytest.raises(NotPermittedError):
        stay.call(visible_child, wulan, stay.child(1).id)


def test_only_an_admin_says_of_which_school_a_guru_is(stay: Home) -> None:
    (grant,) = stay.call(grants_of, stay.wulan.id)  # type: ignore[attr-defined]
    with pytest.raises(NotPermittedError):
        stay.tap(set_school, stay.dewi, stay.wulan.id, grant.id, stay.school(SCHOOLS[0]).id)  # type: ignore[attr-defined]
