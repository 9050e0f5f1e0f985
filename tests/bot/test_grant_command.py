"""`pandu grant`: the yes on the machine, when no head can give it."""

import json
from pathlib import Path

import pytest

from tests.conversations.test_case_phones import PIN, new_phone, said
from tests.conversations.test_cases import opens_case
from tests.support.command_line import run_pandu
from tests.support.person import is_keypad
from tests.support.town import Town


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def test_the_only_one_who_knows_cases_gets_a_new_phone(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    old = await town.officer("Ibu Sari", "peksos")
    await opens_case(old)
    assert run_pandu(town, "grant").output == "Nobody waits.\n"
    new = await new_phone(town, admin, "Ibu Sari", "Ibu Sari, HP baru")
    assert "operator (pandu grant)" in new.last_screen.text
    listed = run_pandu(town, "grant", "--json")
    (row,) = json.loads(listed.output)
    assert (row["waits"], row["name"], row["can"], row["from"]) == ("phone", "Ibu Sari", [], None)
    before = len(old.screens)
    done = run_pandu(town, "grant", "--confirm", "ibu sari")
    assert done.output.startswith("Ibu Sari: from 2026-12-01 08:00 on.")
    town.clock.advance(minutes=1)
    await town.settle()
    assert "Kasus dibuka oleh operator di HP baru Ibu Sari, mulai 1 Desember pukul 08.00" in said(old, before)
    assert "segera hubungi" in old.last_screen.text
    assert "Kasus dibuka oleh operator" in said(admin)
    await new.types("/kasus")
    assert "Kasus terbuka di HP ini besok" in new.last_screen.text
    await town.lives_until("2026-12-01 08.02")
    await new.types("/kasus")
    assert is_keypad(new.last_screen)
    await new.taps_pin(PIN + PIN)
    assert "Kasus Anggrek" in new.last_screen.text
    assert run_pandu(town, "grant").output == "Nobody waits.\n"


async def test_the_machine_is_for_when_no_head_can(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    await town.officer("Ibu Kirana", "kepala")
    await town.officer("Ibu Sari", "peksos")
    await new_phone(town, admin, "Ibu Sari", "Ibu Sari, HP baru")
    refused = run_pandu(town, "grant", "--confirm", "Ibu Sari")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "Ibu Kirana can do that in chat" in refused.stderr


async def test_a_wrong_name_is_one_line(town: Town) -> None:
    await town.officer("Ibu Sari", "peksos")
    for option, name in (("--confirm", "Ibu Siapa"), ("--confirm", "Ibu Sari"), ("--reset-pin", "Ibu Sari")):
        refused = run_pandu(town, "grant", option, name)
        assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1), refused.output


async def test_a_pin_that_nobody_else_can_reset(town: Town) -> None:
    kepala = await town.officer("Ibu Kirana", "kepala")
    kepala.pin = None
    await kepala.types("/kasus")
    await kepala.taps("🔒 Buat PIN")
    await kepala.taps_pin(PIN + PIN)
    town.clock.advance(minutes=20)
    await kepala.types("/kasus")
    for wrong in ("1111", "2222", "3333"):
        await kepala.taps_pin(wrong)
    assert "Hubungi operator (pandu grant)" in kepala.last_screen.text
    assert run_pandu(town, "grant", "--reset-pin", "Ibu Kirana").exit_code == 0
    town.clock.advance(minutes=1)
    await town.settle()
    assert "PIN kasus Ibu Kirana diatur ulang oleh operator" in said(kepala)
    await town.lives_until("2026-12-01 09.00")
    await kepala.types("/kasus")
    assert "Buat PIN kasus" in kepala.last_screen.text
