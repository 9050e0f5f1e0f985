"""Going through steps in a conversation test: an officer confirms one, or opens its list."""

from collections.abc import Sequence

from handlers.ui.request import pack
from tests.support.person import Person
from tests.support.town import Town


async def at_work(town: Town, **roles: str) -> dict[str, Person]:
    """Officers of these roles, an angkatan that arrives in 30 days, and Monday, 09.00: 9.2.01 step 2 is open."""
    people = {name: await town.officer(name, role=role) for name, role in roles.items()}
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    return people


async def does(town: Town, person: Person, sop: str, *steps: int) -> None:
    """Selesai on these steps, from whatever screen is there."""
    for step in steps:
        await person.taps_data(pack("task_done", town.task(sop, step).id or 0))


async def opens(town: Town, person: Person, sop: str, step: int, verb: str = "roll_open") -> None:
    """Mulai on a list."""
    await person.taps_data(pack(verb, town.task(sop, step).id or 0))


async def ticks(town: Town, person: Person, sop: str, steps: Sequence[int]) -> None:
    """Semua anak sudah, on lists that record nothing else."""
    for step in steps:
        await opens(town, person, sop, step)
        await person.taps("Semua anak sudah")


class Team:
    """One officer of every section that a stay needs until the home visits."""

    def __init__(self, sari: Person, budi: Person, rahmat: Person, kepala: Person) -> None:
        self.sari = sari  # peksos
        self.budi = budi  # penyantunan
        self.rahmat = rahmat  # bimbingan
        self.kepala = kepala


async def a_team(town: Town) -> Team:
    """Enrol them."""
    return Team(
        await town.officer("Sari Contoh", role="peksos"),
        await town.officer("Budi Contoh", role="penyantunan"),
        await town.officer("Rahmat Contoh", role="bimbingan"),
        await town.officer("Kepala Contoh", role="kepala", admin=True),
    )


async def arrived(town: Town, children: int = 6) -> Team:
    """The angkatan arrived this morning (Monday 30 November 2026) and was received: registration begins."""
    team = await a_team(town)
    await town.open_cohort(arrival="2026-11-30", children=children)
    await town.lives_until("2026-11-30 09.00")
    await does(town, team.budi, "9.2.04", 1, 2)
    await does(town, team.kepala, "9.2.04", 3)
    await does(town, team.sari, "9.2.05", 1, 2)
    return team


async def placed(town: Town, children: int = 6) -> Team:
    """Numbers, groups, dormitories and the first weights are in: observation begins."""
    team = await arrived(town, children)
    for person, sop, step in (
        (team.sari, "9.2.05", 3),
        (team.sari, "9.2.06", 2),
        (team.budi, "9.2.06", 3),
    ):
        await opens(town, person, sop, step)
        await person.taps("Usulan")
        await person.taps("Pakai usulan")
    await opens(town, team.budi, "9.2.06", 4, "weigh_start")
    await team.budi.types("\n".join(f"{number} {23 + number}" for number in range(1, children + 1)))
    return team


async def assessed(town: Town, flagged: Sequence[int], children: int = 4) -> Team:
    """The assessment is done; these children need special care, and their home visits begin."""
    team = await placed(town, children)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.taps("Sisanya")
    await team.sari.taps("Ya")
    await ticks(town, team.sari, "9.2.09", (1, 2, 3))
    await opens(town, team.sari, "9.2.09", 4)
    for number in flagged:
        await team.sari.types(f"no {number}")
        await team.sari.taps("☐Perlu penanganan khusus")
        await team.sari.types("sulit tidur; rajin; teman")
    if len(flagged) < children:
        await team.sari.taps("Sisanya")
        await team.sari.taps("Ya")
    await does(town, team.sari, "9.2.10", 2, 3)
    await does(town, team.rahmat, "9.2.10", 3, 4, 5)
    return team
