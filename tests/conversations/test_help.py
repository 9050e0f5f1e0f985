"""/bantuan and the command menu: what each role can do, and nothing that it is refused."""

import re

import pytest

from tests.support.town import Town

ROLES = ("kepala", "tu", "penyantunan", "bimbingan", "peksos", "guru", "perawat")
REFUSALS = ("Langkah ini tugas", "Hanya ", "tidak dapat Anda", "bukan tugas Anda", "belum diberikan")


def offered(text: str) -> list[str]:
    return re.findall(r"^/(\w+) –", text, re.MULTILINE)


@pytest.mark.parametrize("head", [False, True])
@pytest.mark.parametrize("role", ROLES)
async def test_nothing_that_is_offered_is_refused(town: Town, role: str, head: bool) -> None:
    await town.officer("Admin", role="tu", admin=True)
    cohort = await town.open_cohort(arrival="2026-11-30", children=4)
    one = await town.officer(
        "Ibu Wulan", role=role, head=role if head else (), cohort=cohort if role == "guru" else None
    )
    await one.types("/bantuan")
    commands = offered(one.last_screen.text)
    assert commands == one.commands
    assert {"tugas", "sop", "bantuan"} <= set(commands)
    for command in commands:
        await one.types(f"/{command}")
        assert not any(one.last_screen.text.startswith(words) for words in REFUSALS), command
    await one.types("/batal")


async def test_the_weigh_in_is_offered_to_who_weighs_and_cases_to_who_has_them(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    menus = {}
    for role in ("perawat", "bimbingan", "peksos"):
        one = await town.officer(f"Ibu {role}", role=role)
        await one.types("/bantuan")
        menus[role] = offered(one.last_screen.text)
    assert ["timbang" in menus[role] for role in ("perawat", "bimbingan", "peksos")] == [True, False, False]
    assert ["kasus" in menus[role] for role in ("perawat", "bimbingan", "peksos")] == [False, False, True]
    assert not any("petugas" in menu for menu in menus.values())


async def test_the_guide_of_each_of_the_own_roles_is_one_tap_away(town: Town) -> None:
    ani = await town.officer("Ani", role=("perawat", "penyantunan"), admin=True)
    await ani.types("/bantuan")
    await ani.taps("Panduan saya")
    assert ani.last_screen.text.startswith("Cara kerjanya: Penyantunan\n\n• Pagi hari daftar tugas")
    await ani.taps("Perawat")
    assert "misalnya 12 24,5. Beberapa baris" in ani.last_screen.text  # in the guide it stands as code
    assert ani.buttons == ["Penyantunan", "Admin", "Tugas saya", "Bantuan"]
    await ani.taps_data("1.help_guide.99")
    assert ani.last_screen.text.startswith("Saya menunjukkan langkah SOP")
