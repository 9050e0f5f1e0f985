"""Six weeks of an angkatan in which things go wrong, by taps, text, photo, location and file, and nothing else.

Late steps, obstacles, an undo, a child who goes home early, a weigh-in a day late, a kill and a restart; after each day
every number of /status is compared with SQL of our own.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import pytest
from sqlmodel import select

from storage.tables import (
    Confirmation,
    ConfirmationKind,
    EntryState,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskEntry,
    TaskState,
    Weight,
)
from tests.life import counts
from tests.life.house import House
from tests.support.town import Town

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sops(
        *("9.2.01", "9.2.02", "9.2.03", "9.2.04", "9.2.05", "9.2.06", "9.2.09", "9.2.10", "9.2.12", "9.2.15"),
        *("9.1.08", "9.1.09", "9.1.12"),
    ),
]

ARRIVAL = date(2026, 12, 1)
BEFORE_ARRIVAL = (5, 9, 11, 16, 20, 30)  # days of November on which somebody works
CHILDREN = 12
FLAGGED = (3, 7)
LEAVER = 7
ABSENT = 9  # at the scales
LOSES = 5
MENU = ("Susun menu",)
HOME_VISIT = ("Catat data orang tua", "Kunjungan rumah")
ROUNDS_A_DAY = 8  # an arrival is handed from section to section

Left = Mapping[str, Collection[str]]  # name -> words of the lines that the officer leaves undone


def scales(gain: float) -> dict[int, str]:
    """What the scales show: 20 kg and a bit each, more by `gain`; one child loses, one is absent.

    With a gain the child who went home is no longer there.
    """
    shown = {
        n: f"{20 + n / 10 + (gain if n != LOSES else -gain):.1f}".replace(".", ",")
        for n in range(1, CHILDREN + 1)
    }
    del shown[ABSENT]
    if gain:
        del shown[LEAVER]
    return shown


async def day(house: House, on: date, leaves: Left | None = None) -> None:
    """From nine on: everybody works through the list, an hour later what was handed on; then /status."""
    await house.town.lives_until(f"{on} 09.00")
    for _round in range(ROUNDS_A_DAY):
        done = [
            await officer.works((leaves or {}).get(officer.person.name, ())) for officer in house.who_looks()
        ]
        if not any(done):
            break
        await house.town.lives_until(house.now + timedelta(hours=1))
    await compare(house)


async def compare(house: House) -> None:
    """Every number of the Kepala's /status against the rows."""
    overview, sections = await house.status(), await house.sections()
    now, store = house.town.clock.now(), house.town.store
    shown = counts.read_sections(sections)
    roles = counts.sections_with_parts(store, 1)
    assert set(shown) == roles, sections
    assert shown == {role: counts.counted(store, 1, role, now) for role in roles}, sections
    assert counts.read_children(overview) == counts.children(store, 1)


async def test_what_goes_wrong_is_seen_counted_and_put_right(town: Town) -> None:
    house = House(town, CHILDREN, FLAGGED)
    town.clock.set("2026-10-30 08.00")  # Friday: 30 days before the arrival is Sunday, so work begins today
    await house.enrol_everybody()
    await house.open_cohort("1 desember", "Kamis, 31 Desember 2026")
    await before_arrival(house)
    await arrival(house)
    await first_week(house)
    await second_week(house)
    everything_is_on_record(town)


async def before_arrival(house: House) -> None:
    """The first late step, the first obstacle and the undo."""
    budi = house.person("Budi")
    assert await house.officers["Budi"].open("Surat pemberitahuan")
    await budi.taps("Hambatan")
    await budi.taps("Pejabat tidak di tempat")  # the SOP's own obstacle
    await budi.taps("Besok pagi")
    await compare(house)
    await day(house, date(2026, 11, 2), {"Budi": ("Surat pemberitahuan",)})
    await day(house, date(2026, 11, 4), {"Budi": ("Surat pemberitahuan",)})
    late = await house.late()
    assert "9.2.01" in late
    assert "Budi, 2 hari" in late  # late step 1: due Monday the 2nd, today is Wednesday
    assert await house.officers["Budi"].open("Surat pemberitahuan")
    await budi.taps("Selesai")
    await budi.taps("Urungkan")
    assert "terbuka lagi" in budi.last_screen.text
    await budi.taps("Selesai")
    for of_november in BEFORE_ARRIVAL:
        await day(house, date(2026, 11, of_november))
    assert len(house.town.tasks("9.2.02", 7, TaskState.DONE)) == 1


async def arrival(house: House) -> None:
    """Day 0: reception, registration, the first weigh-in; one child is absent at the scales."""
    house.officers["Ani"].weights = scales(0).get
    await day(house, ARRIVAL, {"Budi": MENU, "Rahmat": MENU, "Dewi": HOME_VISIT})
    first = house.town.task("9.2.06", 4)
    assert first.state == TaskState.DONE
    weights = house.town.rows(select(Weight).where(Weight.task_id == first.id))
    assert sorted(w.weight_g for w in weights) == [
        20_000 + 100 * n for n in range(1, CHILDREN + 1) if n != ABSENT
    ]


async def first_week(house: House) -> None:
    """The menu is late, the assessment marks two children, one of them goes home; the bot is killed."""
    await day(house, ARRIVAL + timedelta(days=1), {"Budi": MENU, "Rahmat": MENU, "Dewi": HOME_VISIT})
    assert "Susun menu" in await house.late()  # late step 2, a target
    await day(house, ARRIVAL + timedelta(days=2), {"Dewi": HOME_VISIT})
    dewi = house.person("Dewi")
    assert await house.officers["Dewi"].open("Catat data orang tua")
    await dewi.taps("Hambatan")
    await dewi.taps("Tulis sendiri")
    await dewi.types("Nomor telepon orang tua tidak aktif")
    await house.town.restart()
    await compare(house)
    tuti = house.person("Tuti")
    await tuti.types(f"/anak {LEAVER}")
    await tuti.taps("Keluar…")
    await tuti.taps("Pulang lebih awal")
    await tuti.taps("Hari ini")
    await tuti.taps("Ya, catat")
    await compare(house)
    assert counts.children(house.town.store, 1) == (CHILDREN - 1, CHILDREN)
    for n in (4, 6):
        await day(house, ARRIVAL + timedelta(days=n), {"Dewi": HOME_VISIT[1:] if n < 6 else ()})


async def second_week(house: House) -> None:
    """The parents' visit on the Sunday, the weigh-in of day 10."""
    house.officers["Ani"].weights = scales(0.4).get
    for n in (7, 9, 10, 11, 12, 13):
        late = ("Timbang",) if n == 10 else ()  # late step 3: the nurse weighs a day late
        await day(house, ARRIVAL + timedelta(days=n), {"Ani": late, "Budi": late, "Rahmat": late})
    assert house.town.task("9.1.09", 1).done_on == date(2026, 12, 13)
    assert house.town.task("9.1.09", 2).state == TaskState.DONE
    weighing = house.town.task("9.2.15", 4, occurrence=1)
    assert weighing.state == TaskState.DONE
    assert (weighing.occurrence_on, weighing.done_on) == (date(2026, 12, 11), date(2026, 12, 12))


def everything_is_on_record(town: Town) -> None:
    """The rows that prove it."""
    said = town.rows(select(Confirmation))
    kinds = [row.kind for row in said]
    assert kinds.count(ConfirmationKind.OBSTACLE) == 2
    assert kinds.count(ConfirmationKind.UNDONE) == 1
    finished = town.rows(select(Task).where(Task.state == TaskState.DONE))
    done_ids = {row.task_id for row in said if row.kind == ConfirmationKind.DONE}
    assert {task.id for task in finished} <= done_ids
    nothing_about_the_leaver(town)
    no_reminder_for_finished_tasks(town)


def nothing_about_the_leaver(town: Town) -> None:
    """After a child went home nothing is asked about it."""
    entries = town.rows(select(TaskEntry).where(TaskEntry.child_id == LEAVER))
    assert {entry.state for entry in entries} <= {EntryState.DONE, EntryState.WITHDRAWN, EntryState.EXCUSED}
    weights = town.rows(select(Weight).where(Weight.child_id == LEAVER))
    assert len(weights) == 1  # of the arrival


def no_reminder_for_finished_tasks(town: Town) -> None:
    """Each timed push went out once per officer and instant, and none after its task was finished."""
    sent = [row for row in town.rows(select(Reminder)) if row.state == ReminderState.SENT]
    assert len({row.key for row in sent}) == len(sent)
    tasks = {task.id: task for task in town.rows(select(Task))}
    for row in sent:
        if row.task_id is not None and row.kind != ReminderKind.NOTICE:
            closed_at = tasks[row.task_id].closed_at
            assert row.sent_at is not None
            assert closed_at is None or row.sent_at <= closed_at, (row.rule, tasks[row.task_id].sop)
    leads = sorted(
        (row.rule, row.due_at.strftime("%d %H.%M"))
        for row in sent
        if row.task_id is not None and tasks[row.task_id].sop == "9.2.15"
    )
    # 07.30 WITA is 23.30 UTC of the day before: days 9 and 10 of the stay.
    assert [when for rule, when in leads if rule == "lead:1"] == ["09 23.30"]
    assert [when for rule, when in leads if rule == "morning"] == ["10 23.30"]
