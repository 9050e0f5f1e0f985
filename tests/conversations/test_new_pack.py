"""The bot starts with another pack while runs are open: they keep their version, and so do their reminders."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select

from handlers.ui.request import pack as button_of
from sop_flows.core.work import Institution
from sop_flows.declarations.loader import Pack, load_sop_text
from storage.tables import Reminder, ReminderKind, ReminderState
from tests.conversations.test_cases import opens_case
from tests.support.person import Person
from tests.support.town import Town


def with_sops(pack: Pack, change: Callable[[str], str], *numbers: str) -> Pack:
    """The pack with another text of these SOPs."""
    changed = {number: load_sop_text(change(pack.sops[number].source)) for number in numbers}
    return Pack(pack.unit, {**pack.sops, **changed})


def without(pack: Pack, *numbers: str) -> Pack:
    """The pack without these SOPs."""
    return Pack(pack.unit, {number: sop for number, sop in pack.sops.items() if number not in numbers})


async def starts_with(town: Town, pack: Pack) -> None:
    """The next start reads this pack."""
    await town.runtime.stop()
    town.house = Institution(pack=pack, office=town.house.office, cabinet=town.house.cabinet)
    town.runtime = town._build()
    await town.open()
    await town.settle()


def owed(town: Town) -> list[tuple[str, str, int]]:
    """What is to be said yet, but the mornings."""
    rows = town.rows(
        select(Reminder)
        .where(Reminder.state == ReminderState.PENDING, Reminder.kind != ReminderKind.DIGEST)
        .order_by(col(Reminder.due_at), col(Reminder.id))
    )
    return [(row.key, row.rule, row.officer_id) for row in rows]


@pytest.fixture
async def ani(town: Town) -> Person:
    """Ani, the nurse of an angkatan that arrived on Tuesday 1 December; it is the 9th, noon."""
    await town.officer("Admin", "tu", admin=True)
    ani = await town.officer("Ani", "perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-09 12.00")
    return ani


async def test_open_runs_keep_their_reminders_and_none_is_doubled(town: Town, ani: Person) -> None:
    """The new text of 9.2.15 reminds three days before and not one; the weigh-ins of this angkatan go on as begun."""
    before = owed(town)
    assert any(rule == "lead:1" for _key, rule, _officer in before)
    changed = with_sops(town.house.pack, lambda text: text.replace('"-1 hari"', '"-3 hari"'), "9.2.15")
    assert changed.sops["9.2.15"].digest != town.house.pack.sops["9.2.15"].digest
    await starts_with(town, changed)
    assert owed(town) == before
    await starts_with(town, changed)
    assert owed(town) == before
    screens = ani.screens
    await town.lives_until("2026-12-11 08.00")
    assert sum("Timbang berat badan ke-2" in screen.text for screen in ani.new_since(screens)) == 2


async def test_an_sop_that_the_pack_has_no_more(town: Town, ani: Person) -> None:
    await starts_with(town, without(town.house.pack, "9.2.15"))
    screens = ani.screens
    await town.lives_until("2026-12-11 08.00")
    assert sum("Timbang berat badan ke-2" in screen.text for screen in ani.new_since(screens)) == 2
    await ani.taps("Mulai")
    assert "No. 001" in ani.last_screen.text
    await ani.taps_data(button_of("task_open", town.task("9.2.15", 4, occurrence=1).id or 0))
    assert "9.2.15" in ani.last_screen.text


async def test_an_emergency_that_the_pack_has_no_more_still_wakes_the_kasi(town: Town) -> None:
    kasi = await town.officer("Bu Lina", "peksos", head="peksos")
    sari = await town.officer("Ibu Sari", "peksos")
    await town.lives_until("2026-12-01 22.30")
    await opens_case(sari)
    await starts_with(town, without(town.house.pack, "9.1.20"))
    await town.lives_until("2026-12-02 22.35")
    assert kasi.lowest_screen.text.startswith("⏰ Darurat, belum selesai: SOP 9.1.20 langkah 1")
