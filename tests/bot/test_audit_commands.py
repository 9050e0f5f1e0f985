"""`pandu reads` and `pandu audit verify`, and the digest that the Kepala keeps."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.daily_look import DailyLook
from tests.support.command_line import run_pandu
from tests.support.town import Town


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # a .env of the developer is not read


async def test_a_monday_without_the_bot_is_made_up_for_once(town: Town) -> None:
    """Off from Saturday until Wednesday: the digest of that week comes then, and not again on Thursday."""
    wayan = await town.officer("Wayan Contoh", role="kepala")

    async def looks() -> list[str]:
        DailyLook(town.runtime.unit, town.runtime.excuses).look()
        await town.lives_until(town.clock.now() + timedelta(minutes=1))
        heads = [one.text.splitlines()[0] for one in wayan.screens if one.text.startswith("🔏")]
        return [head.split(", ")[-1].split(":")[0] for head in heads]

    assert len(await looks()) == 1  # Monday 30 November
    town.clock.set("2026-12-04 09.00")
    assert len(await looks()) == 1
    await town.is_off_until("2026-12-09 09.00")
    assert await looks() == ["30 November 2026", "9 Desember 2026"]
    town.clock.set("2026-12-10 09.00")
    assert len(await looks()) == 2
    town.clock.set("2026-12-14 09.00")
    assert (await looks())[2:] == ["14 Desember 2026"]


async def test_a_week_of_looks_is_told_and_found_to_be_what_it_was(town: Town) -> None:
    sari = await town.officer("Sari Contoh", role="tu", admin=True)
    wayan = await town.officer("Wayan Contoh", role="kepala")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await sari.types("/anak 2")
    assert "running bot makes one a day" in run_pandu(town, "audit", "verify").stdout
    rows = json.loads(run_pandu(town, "reads", "--since", "2026-11-30", "--officer", "1").stdout)
    assert [(row["number"], row["screen"], row["officer_id"]) for row in rows] == [(2, "card", 1)]
    assert json.loads(run_pandu(town, "reads", "--child", "1").stdout) == []
    assert json.loads(run_pandu(town, "reads", "--since", "2026-12-01").stdout) == []
    await town.lives_until("2026-12-07 08.00")  # a Monday
    for _again in range(2):
        DailyLook(town.runtime.unit, town.runtime.excuses).look()
    await town.settle()
    told = [one.text for one in wayan.screens if one.text.startswith("🔏")]
    assert len(told) == 1
    head, _dot, digest = told[0].splitlines()[0].rpartition(": ")
    assert head == "🔏 Sidik jari semua catatan sebelum Senin, 7 Desember 2026"
    found = run_pandu(town, "audit", "verify", "--digest", digest)
    assert found.exit_code == 0, found.stderr
    assert found.stdout.splitlines()[0] == "2026-12-07: this is its digest"
    assert digest in found.stdout.splitlines()[1]
    assert run_pandu(town, "audit", "verify", "--digest", "0000 1111 2222 3333").exit_code == 1
    with town.store.transaction() as s:
        s.execute(text("DROP TRIGGER read_log_no_update"))
        s.execute(text("UPDATE read_log SET officer_id = 2"))
    found = run_pandu(town, "audit", "verify")
    assert (found.exit_code, found.stderr) == (
        1, "pandu audit verify: 2026-12-07: read_log is not what it was; the 0 days before are\n",
    )  # fmt: skip
