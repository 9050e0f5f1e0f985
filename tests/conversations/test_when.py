"""/kapan: past and to come in one list, with whom and why then; nobody sees what is not theirs to see."""

import pytest

from tests.support.person import Person
from tests.support.town import Town


async def stay(town: Town) -> Person:
    """Ani (perawat) and Kasi; four children since 1 December; it is the evening of the 11th, the day of the 2nd
    weigh-in."""
    await town.officer("Admin", role="tu", admin=True)
    ani = await town.officer("Ani", role="perawat")
    await town.officer("Kasi", role="penyantunan", head="penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-10 18.00")
    return ani


async def test_an_sop_has_what_was_said_and_what_is_to_come(town: Town) -> None:
    ani = await stay(town)
    await ani.types("/kapan 9.2.15")
    print(ani.last_screen.text)
    print(ani.last_screen.rows)
    assert 0
