"""A case of six months through the 16 SOPs of perlindungan, by taps and text only, against the table."""

import re
from datetime import date, timedelta

import pytest

from sop_flows.declarations.loader import Pack
from tests.life.compare import problems
from tests.life.house import House, Start
from tests.life.papers import drawn
from tests.life.phones import everything_seen
from tests.life.table import read_table
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

OPENED = date(2027, 2, 3)
SECOND_EVALUATION = date(2027, 6, 21)
LAST_DAY = date(2027, 10, 18)
SOPS = 16
PAPERS = 7
BY_HAND = {date(2027, 4, 5): Start("Budi", "9.1.32")}
FINISHED = "Ada yang sudah selesai?"
ASKED_WHETHER_FINISHED = {  # on the first card after 3 months
    "Budi": date(2027, 5, 4),
    "Sari": date(2027, 6, 21),
}
KNOWING = ("Sari", "Wayan")  # who opened it, and the Kepala
OUTSIDER = "Umar"  # a social worker whose case it is not: as a stranger to it


@pytest.fixture
def pack() -> Pack:
    """As it comes with Pandu, with its calendar."""
    return real_pack()


async def open_case(house: House) -> None:
    """A social worker opens the case from chat."""
    sari = house.person("Sari")
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    await sari.taps("☐ Situasi darurat")
    await sari.taps("Lanjut")
    await sari.types("9")
    await sari.taps("Perempuan")
    await sari.taps("Ya, sudah di sini")
    await sari.taps("Tidak bersekolah")
    await sari.types("Putri Rekaan")
    await sari.types("Ditinggal di pasar")
    await sari.taps("Pakai")
    await sari.taps("Buka kasus")
    assert "dibuka" in sari.last_screen.text


async def test_a_case_lives_the_16_sops_as_the_table_says(town: Town) -> None:
    house = House(town)
    town.clock.set(f"{OPENED} 10.00")
    await house.enrol_everybody()
    await open_case(house)
    house.officers["Budi"].ends = "Sediakan alat kebersihan diri"
    await house.lives_from(OPENED, SECOND_EVALUATION - timedelta(days=1), BY_HAND)
    assert "1 aktif · tidak ada yang terlambat" in await house.status()
    house.officers["Sari"].proposes = "akhiri"
    await house.lives_from(SECOND_EVALUATION, LAST_DAY)
    # The page of the case, which Sari sees as it opens, names who has the steps of the others.
    seen = [one for one in everything_seen(town) if one.officer != "Sari" or " · Budi · " not in one.line]
    rows = read_table("perlindungan")
    assert len({row.sop for row in rows}) == SOPS
    found = problems(town, rows, seen, house.roles | {OUTSIDER: "outsider"})
    assert not found, "\n".join(found)
    for name, on in ASKED_WHETHER_FINISHED.items():
        assert min(one.at.date() for one in seen if one.officer == name and FINISHED in one.line) == on
    assert "1 aktif" not in await house.status()
    await house.person("Sari").types("/kasus")
    assert house.person("Sari").last_screen.text.startswith("Tidak ada kasus")
    assert len(drawn(town, house.person("Wayan"), case=1)) == PAPERS
    assert drawn(town, house.person(OUTSIDER), case=1) == {}
    for name in house.officers:
        read = await case_file(house.person(name))
        if name in KNOWING:  # from the opening to the referral, and to who took the child
            assert (read[0], read[-1]) == ("9.1.20/1", "9.1.35/2")
            assert "9.1.32/3" in read
        else:
            assert read == []


async def case_file(person: Person) -> list[str]:
    """The steps of the closed case's file, by its page or by the button of somebody else; empty for whoever may not."""
    await person.types("Kasus")
    if "Kasus yang sudah ditutup" in person.buttons:
        await person.taps("Kasus yang sudah ditutup")
    if "1" in person.buttons:
        await person.taps("1")
        await person.taps("Berkas kasus")
    else:
        await person.taps_data("1.case_file.1.0")
    said = person.last_screen.text
    while "Berikutnya ›" in person.buttons:
        await person.taps("Berikutnya ›")
        said += "\n" + person.last_screen.text
    return re.findall(r"^(9\.1\.\d\d/\d+) ", said, re.MULTILINE)
