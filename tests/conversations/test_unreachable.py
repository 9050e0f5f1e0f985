"""An officer who has blocked the bot: the admin and the kasi hear it once, and nothing goes round in a circle."""

from tests.support.person import Person
from tests.support.town import Town

SENTENCE = "Pak Budi tidak dapat dihubungi: bot diblokir di ponselnya. Mohon minta beliau membuka blokirnya."


def heard(person: Person) -> int:
    return sum(SENTENCE in screen.text for screen in person.screens)


async def test_the_admin_and_the_kasi_hear_it_once(town: Town) -> None:
    admin = await town.officer("Bu Tari", "tu", admin=True)
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 20.00")
    budi.phone.account.blocked = True
    await town.lives_until("2026-12-04 12.00")
    assert (heard(admin), heard(kasi)) == (1, 1)


async def test_the_only_admin_who_blocks_is_told_nothing(town: Town) -> None:
    budi = await town.officer("Pak Budi", "penyantunan", admin=True)
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 20.00")
    budi.phone.account.blocked = True
    await town.lives_until("2026-12-04 12.00")
    assert [row for row in town.reminders() if row.rule == "unreachable"] == []
