"""A guru sees the children of the own school only: on every list, in every file, and whatever button is forged."""

from dataclasses import replace

import pytest
from sqlmodel import Session, col, select

from handlers.routes import PRESSES
from handlers.ui.request import About, Press, Request
from sop_flows.actions.people.roles import set_school
from sop_flows.core.work import Work, sop_of
from sop_flows.declarations.loader import Pack
from sop_flows.engine.chain import open_step
from sop_flows.notifications.planning import working
from sop_flows.staffing.roster import grants_of
from storage.tables import Child, Incident, Officer, Run, School, Task, TaskEntry, TaskState
from tests.conversations.test_cases_leak_nothing import all_that_is_said, answer_to, phone_of
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.sample import one_in
from tests.support.town import Town

pytestmark = pytest.mark.slow

CHILDREN = 6
OWN, OTHERS = (1, 3, 5), (2, 4, 6)  # numbers of the children of the two schools
NAMES = {"child_list", "child_place", "roll_open", "roll_list", "roll_workbook"}  # children of the own school
DRAWN = 4  # one in so many other presses, other ones each day


@pytest.fixture
def pack() -> Pack:
    """Lessons, observation, assessment, weigh-ins and the parents' day, as they come with Pandu."""
    ours = real_pack()
    numbers = ("9.1.01", "9.1.09", "9.1.12", "9.2.05", "9.2.06", "9.2.09", "9.2.15")
    return Pack(ours.unit, {number: ours.sops[number] for number in numbers}, ours.lines, ours.folder)


def name_of(number: int) -> str:
    """Short, so that a button shows all of it."""
    return f"Anu {number:02d}"


@pytest.fixture
async def people(town: Town) -> dict[str, Person]:
    """The eve of the departure: each of the two gurus is to evaluate the children of the own school."""
    tari = await town.officer("Tari", "tu", admin=True)
    cohort = await town.open_cohort("Angkatan III", arrival="2026-12-01", children=CHILDREN)
    people = {
        "tari": tari,
        "sari": await town.officer("Sari", "peksos"),
        "ani": await town.officer("Ani", "perawat"),
    }
    for name in ("Wulan", "Ratna"):
        people[name.lower()] = await town.officer(name, "guru", cohort=cohort)
    await town.lives_until("2026-12-29 09.00")
    with (
        town.store.transaction() as s,
        working(s, town.house, town.clock.now(), s.get(Officer, tari.id)) as work,
    ):
        for child in s.exec(select(Child)):
            child.name = name_of(child.number)
        schools = s.exec(select(School).order_by(col(School.id))).all()
        for name, school in zip(("wulan", "ratna"), schools, strict=True):
            (grant,) = grants_of(work, people[name].id)
            set_school(work, people[name].id, grant.id or 0, school.id or 0)
        run = s.exec(select(Run).where(Run.sop == "9.1.01")).one()
        if not s.exec(select(Task.id).where(Task.sop == "9.1.01", Task.step == 6)).first():
            open_step(work, run, sop_of(s, run), sop_of(s, run).step(6))
    await people["sari"].types("002 demam 38,5")
    await people["sari"].taps("Ya, catat")
    return people


async def test_each_guru_records_the_children_of_the_own_school(
    town: Town, people: dict[str, Person]
) -> None:
    wulan, ratna = people["wulan"], people["ratna"]
    task = town.task("9.1.01", 6)
    await wulan.taps_data(f"1.roll_open.{task.id}")
    assert "1/3 · No. 001" in wulan.last_screen.text
    await wulan.types("002 Baik")
    assert "002" in wulan.last_screen.text
    assert name_of(2) not in wulan.last_screen.text
    await wulan.taps("Sisanya: baik")
    await wulan.taps("Ya, 3 anak")
    assert "3 anak dari sekolah lain masih dicatat gurunya" in wulan.last_screen.text
    assert "Selesai" not in wulan.buttons
    assert town.task("9.1.01", 6).state == TaskState.OPEN
    await wulan.taps("Lihat daftar")
    assert [name for name in map(name_of, OWN) if name in wulan.last_screen.text] == [*map(name_of, OWN)]
    await ratna.taps_data(f"1.roll_open.{task.id}")
    await ratna.taps("Sisanya: baik")
    await ratna.taps("Ya, 3 anak")
    assert town.task("9.1.01", 6).state == TaskState.DONE
    assert name_of(1) not in " ".join(screen.text for screen in ratna.screens)


async def test_nothing_that_is_typed_finds_a_child_of_another_school(
    town: Town, people: dict[str, Person]
) -> None:
    wulan = people["wulan"]
    for words in (
        "/anak 2",
        "/anak anu 02",
        "/anak SDN 2",
        "002",
        "002 demam 39",
        "/kapan 2",
        "/anak",
        "/status",
        "/angkatan",
    ):
        await wulan.types(words)
        said = " ".join([wulan.last_screen.text, *wulan.buttons])
        assert not [name for name in map(name_of, OTHERS) if name in said], (words, said)
    await wulan.types("/anak 012")  # nobody has the number: no name is like it
    assert wulan.last_screen.text.startswith("Anak itu tidak saya temukan.")
    await wulan.types("/anak SDN 1")
    assert f"001 {name_of(1)}" in wulan.buttons


def numbers_of(s: Session) -> dict[About, list[int]]:
    """What a forged button may carry first, by what it is about: rolls and a run; the angkatan, and of the others a
    child and their school, the incident."""
    child = s.exec(select(Child).where(Child.number == OTHERS[0])).one()
    rolls = select(TaskEntry.task_id).where(TaskEntry.child_id == child.id).distinct()
    rows = [s.exec(select(kind.id).order_by(col(kind.id).desc())).first() or 0 for kind in (Run, Incident)]
    tasks = [*s.exec(rolls.order_by(col(TaskEntry.task_id)))]
    return {
        About.TASK: tasks,
        About.CARD: tasks,
        About.RUN: rows[:1],
        About.NOTHING: [*dict.fromkeys((1, child.id or 0, child.school_id, rows[1]))],
    }


def presses_of(numbers: dict[About, list[int]]) -> list[Press]:
    """Every verb that names children of the own school, of the others the day's share."""
    child_id = numbers[About.NOTHING][1]
    every = [
        Press(verb, (first, *more), word)
        for verb, found in PRESSES.items()
        for first in numbers.get(found.about, ())
        for more, word in (((child_id, 0), ""), ((child_id, 0), "SICK"), ((0, 0), ""))
    ]
    others = one_in(DRAWN, (press for press in every if press.verb not in NAMES))
    return [press for press in every if press.verb in NAMES] + others


async def test_no_button_names_a_child_of_another_school(town: Town, people: dict[str, Person]) -> None:
    """Whatever its verb and numbers, lists, Excel files, proposals and charts too; and the same buttons do name the own."""
    with town.store.transaction() as s:
        who, phone = s.get_one(Officer, people["wulan"].id), phone_of(s, people["wulan"])
        work = Work(s, town.house, town.clock.now(), who, 1)
        asker = Request(work, 1, "chat", phone=phone, message_id=1, kind="button")
        own = set()
        for press in presses_of(numbers_of(s)):
            said = all_that_is_said(answer_to(replace(asker, press=press)))
            assert not [one for one in map(name_of, OTHERS) if one in said], f"{press}: {said}"
            own |= {press.verb for one in map(name_of, OWN) if one in said}
        s.rollback()
    assert own >= NAMES, own
