"""After an outage: what is still true is said once, bundled, and marked as late."""

from tests.support.town import Town


async def test_what_was_owed_while_the_bot_was_away_comes_as_one_message(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    bimo = await town.officer("Bimo", role="bimbingan")
    await town.open_cohort(arrival="2026-12-01")
    await town.lives_until("2026-12-02 08.00")
    before = bimo.screens
    await town.is_off_until("2026-12-10 12.00")
    await town.settle()
    new = bimo.new_since(before)
    assert len(new) == 1
    assert new[0].text.splitlines()[0] == "Selama bot tidak aktif: 1 hal"
    assert "Kunjungan orang tua" in new[0].text
