"""What runs for months in a case: how it is handed over, the monthly card, finishing one; the evaluation's decision."""

from storage.tables import TaskState
from tests.conversations.test_cases import CHILD, opens_case
from tests.support.person import Person
from tests.support.town import Town


async def house(town: Town) -> dict[str, Person]:
    """The shelter's officers: one of each section, and the Kepala."""
    return {
        "sari": await town.officer("Ibu Sari", "peksos"),
        "rahmat": await town.officer("Rahmat", "penyantunan"),
        "budi": await town.officer("Budi", "bimbingan"),
        "kepala": await town.officer("Kepala", "kepala"),
    }


async def finishes(person: Person, label: str) -> None:
    """From /tugas: open the step with this name and finish it, with its form if it has one."""
    await person.types("/tugas")
    lines = person.last_screen.text.splitlines()
    number = next(line.split(".")[0] for line in lines if label in line)
    await person.taps(number)
    await person.taps("Selesai")
    for _question in range(5):
        if "Simpan" in person.buttons:
            await person.taps("Simpan")
        elif person.last_screen.text.startswith(("✅", "Semua")):
            return
        elif person.buttons and not person.buttons[0].startswith("Nanti"):
            await person.taps(person.buttons[0])
        else:
            await person.types("Catatan rekaan")


async def to_intervention(sari: Person) -> None:
    """9.1.20 and 9.1.21 up to the registration, after which the sections begin."""
    for step in ("Periksa syarat", "Terima rujukan", "Beri pertolongan", "Hubungi instansi", "Siapkan tempat",
                 "Pastikan menjadi kelayan"):  # fmt: skip
        await finishes(sari, step)


async def test_services_that_begin_together_are_one_line(town: Town) -> None:
    people = await house(town)
    sari, rahmat = people["sari"], people["rahmat"]
    await opens_case(sari)
    await to_intervention(sari)
    before = rahmat.screens
    for step in ("Terima", "Jelaskan", "Registrasi"):
        await finishes(sari, step)
    new = rahmat.new_since(before)
    assert len(new) == 1
    print(new[0].text, new[0].rows)
    assert new[0].text.count("mulai berjalan 3-6 bulan") == 1
