"""An officer who has blocked the bot: the admin and the kasi hear it once, and nothing goes round in a circle."""

import pytest

from handlers.ui.request import pack
from simulator.faults import Fault
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


async def test_telegrams_own_word_of_it_counts_too(town: Town) -> None:
    """Telegram tells at once that the bot was blocked, before any message fails."""
    admin = await town.officer("Bu Tari", "tu", admin=True)
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 10.00")
    await budi.blocks()
    await town.lives_until("2026-12-04 12.00")
    assert (heard(admin), heard(kasi)) == (1, 1)
    await budi.unblocks()
    await budi.blocks()
    await town.lives_until("2026-12-04 13.00")
    assert (heard(admin), heard(kasi)) == (2, 2), "again, after he was reached"


@pytest.mark.parametrize(("status", "words"), [(403, None), (400, "Bad Request: chat not found")])
async def test_a_reply_that_does_not_arrive_counts_too(town: Town, status: int, words: str | None) -> None:
    admin = await town.officer("Bu Tari", "tu", admin=True)
    budi = await town.officer("Pak Budi", "penyantunan")
    town.world.faults.append(Fault(status, "sendMessage", budi.phone.id, words))
    await budi.types("/tugas")
    await town.lives_until("2026-11-30 09.00")
    assert heard(admin) == 1


async def test_who_hears_it_learns_what_waits_there(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 10.00")
    await budi.blocks()
    await town.settle()
    assert kasi.lowest_screen.text.splitlines() == [
        SENTENCE,
        "1 tugas terbuka, tidak ada yang jatuh tempo hari ini.",
    ]
    assert kasi.lowest_screen.buttons == ["Status", "Tugas saya"]


async def test_what_was_owed_meanwhile_comes_when_he_is_reached_again(town: Town) -> None:
    await town.officer("Bu Tari", "tu", admin=True)
    ani = await town.officer("Ani", "perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-09 12.00")
    await ani.blocks()
    await town.lives_until("2026-12-11 08.00")
    before = ani.screens
    await ani.unblocks()
    await town.settle()
    (push,) = ani.new_since(before)
    assert push.text.count("Timbang berat badan ke-2") == 1, "its lead of yesterday is not said too"
    assert "Mulai" in push.buttons
    before = ani.screens
    await ani.types("/tugas")
    await town.lives_until("2026-12-11 12.00")
    assert len(ani.new_since(before)) == 1, "the list that was asked for"


async def test_what_was_done_meanwhile_is_not_said_when_he_is_reached_again(town: Town) -> None:
    await town.officer("Bu Tari", "tu", admin=True)
    ani = await town.officer("Ani", "perawat")
    budi = await town.officer("Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-10 12.00")
    await ani.blocks()
    await town.lives_until("2026-12-11 08.00")
    await budi.taps_data(pack("weigh_start", town.task("9.2.15", 4, occurrence=1).id or 0))
    await budi.types("1 23\n2 24\n3 25\n4 26")
    before = ani.screens
    await ani.unblocks()
    await town.settle()
    assert not any("Timbang" in screen.text for screen in ani.new_since(before))


async def test_when_the_kasi_and_the_only_admin_can_not_be_reached_the_kepala_hears_it(town: Town) -> None:
    admin = await town.officer("Bu Tari", "tu", admin=True)
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    kepala = await town.officer("Bu Kirana", "kepala")
    budi = await town.officer("Pak Budi", "penyantunan")
    await admin.blocks()
    await kasi.blocks()
    await budi.blocks()
    await town.settle()
    assert heard(kepala) == 1
    assert "Bu Dewi tidak dapat dihubungi" in "".join(screen.text for screen in kepala.screens)
