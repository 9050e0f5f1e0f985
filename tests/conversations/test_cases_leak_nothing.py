"""The identity of a child in the shelter (UU 35/2014) reaches nobody but the few: phones, reports, logs, the file."""

import json
import logging

import pytest

from bot.commands import reminders, reports
from bot.logs import LOUD
from handlers.ui.buttons import pack
from storage.queries import reports as queries
from storage.tables import TaskState
from tests.conversations.test_case_services import at_decision, at_home, opens_decision
from tests.conversations.test_cases import CHILD, opens_case
from tests.support.person import Person
from tests.support.town import Town

REASON = "Ditinggal di pasar"
SECRETS = (CHILD, "Putri", "putri", REASON, "pasar", "Situasi darurat", "Korban kekerasan")
COMMANDS = (
    "/kasus", "/tugas", "/status", "/kapan", "/kapan anggrek", "/anak", "/anak Anggrek", "/angkatan", "/timbang",
    "/mulai", "/sop 9.1.33", "/bantuan",
)  # fmt: skip


def received(person: Person) -> list[str]:
    """Everything that the bot's messages say on this phone now, with its buttons."""
    return [" ".join([screen.text, *screen.buttons]) for screen in person.screens]


async def test_only_who_knows_the_child_receives_a_word_of_it(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in LOUD:  # as in a real process: libraries write whole messages at DEBUG
        caplog.set_level(logging.WARNING, logger=name)
    people = await at_home(town)
    others = [
        people["rahmat"],
        people["budi"],
        await town.officer("Dewi", "peksos"),
        await town.officer("Admin", admin=True),
        await town.officer("Kasi", "penyantunan", head="penyantunan"),
        await town.officer("Perawat", "perawat"),
        await town.officer("Ratna", "tu"),
    ]
    for person in others:
        for command in COMMANDS:
            await person.types(command)
    await town.lives_until("2026-12-31 12.00")
    for person in others:
        for said in received(person):
            assert not [secret for secret in SECRETS if secret in said], f"{person.name}: {said}"
    for person in (others[1], others[2], others[3], others[6]):  # these have no step of the case
        assert not [said for said in received(person) if "Anggrek" in said], person.name
    assert not [
        (record.name, secret)
        for record in caplog.records
        for secret in SECRETS[:5]
        if secret in record.getMessage()
    ]
    with town.store.reading() as s:
        now = town.clock.now()
        rows = [reports._tasks(s, town.house, now), reports._status(s, town.house, now)]
        rows += [
            [reminders._row(row, of, town.house) for row, of in queries.list_reminders(s, queries.Wanted())]
        ]
        rows += [
            [reports._confirmation(row, town.house.zone, False) for row in queries.list_confirmations(s)]
        ]
    told = json.dumps(rows, ensure_ascii=False, default=str)
    assert not [secret for secret in (*SECRETS, "Anggrek") if secret in told]
    assert any(row["case"] == 1 for row in rows[0])


async def test_a_push_about_a_case_is_the_code_name_only(town: Town) -> None:
    people = await at_decision(town)
    sari = people["sari"]
    for said in received(sari)[1:]:
        assert CHILD not in said  # neither on the phone of who knows: it is behind a tap
        assert REASON not in said
    await opens_decision(sari)
    await sari.taps("Usulkan: rujuk")
    assert "rujuk" not in people["budi"].last_screen.text  # a lock screen shows that there is a proposal


async def test_mulai_starts_an_evaluation_for_who_is_of_the_case(town: Town) -> None:
    people = await at_home(town)
    sari, budi = people["sari"], people["budi"]
    await budi.types("/mulai")
    assert "Anggrek" not in " ".join(received(budi))
    await sari.types("/mulai 9.1.33")
    for label in ("Anggrek", "Kasus Anggrek", "Mulai", "Ya"):
        found = [one for one in sari.buttons if one.startswith(label)]
        if found:
            await sari.taps(found[0])
    assert town.tasks("9.1.33", 2, TaskState.OPEN)
    assert "Kasus Anggrek · Siapkan instrumen evaluasi" in budi.last_screen.text


async def test_a_former_social_worker_receives_nothing_more(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await town.officer("Dewi", "peksos")
    await opens_case(sari)
    await sari.taps("1")
    await sari.taps("Ingatkan lagi")
    await sari.taps(sari.buttons[0])  # in an hour
    await sari.types("/kasus")
    await sari.taps("1")
    await sari.taps("Serahkan kasus")
    await sari.taps("Dewi")
    before = sari.screens
    await town.lives_until("2026-12-03 12.00")
    assert not [screen.text for screen in sari.new_since(before) if "Anggrek" in screen.text]


async def test_a_deputy_who_shares_another_role_receives_nothing(town: Town) -> None:
    await town.officer("Lina", "peksos", head="peksos")
    sari = await town.officer("Sari", ["peksos", "bimbingan"])
    dedi = await town.officer("Dedi", "bimbingan")
    await opens_case(sari)
    await sari.types("/cuti")
    await sari.taps("Catat cuti saya")
    await sari.types("hari ini sampai 4 desember")
    await sari.taps("Dedi")
    assert (
        "Langkah Peksos tidak beralih ke Dedi, tetapi ke rekan seperan yang ada atau ke kepala seksi."
        in sari.last_screen.text
    )
    await sari.taps("Catat")
    for command in COMMANDS:
        await dedi.types(command)
    await dedi.taps_data(pack("case_data", 1))
    await town.lives_until("2026-12-03 08.00")
    for said in received(dedi):
        assert not [secret for secret in (*SECRETS, "Anggrek") if secret in said], said
