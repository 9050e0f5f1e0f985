"""`pandu subject`: all that is kept about a child is given out, and what names it is taken away; the rest stays."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from bot.daily_look import DailyLook
from storage.tables import (
    Case,
    Child,
    Cohort,
    Confirmation,
    Correction,
    Incident,
    LeaveReason,
    Membership,
    Record,
    StoredFile,
    Vital,
    Weight,
)
from tests.conversations.test_case_phones import new_phone
from tests.support.builders.cases import build_case
from tests.support.clocks import wita
from tests.support.command_line import run_pandu
from tests.support.steps import assessed, opens, placed
from tests.support.town import Town

WORDS = (
    "Anak Contoh 01",
    "Orang Tua Contoh 01",
    "08000000001",
    "Jalan Contoh 1",
    "sulit tidur",
    "panas sekali",
    "2016-01-01",
)
OF_CHILD = ("--cohort", "Angkatan Contoh", "--number", "1")


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # a .env of the developer is not read


async def test_a_child_is_given_out_and_taken_away(town: Town) -> None:
    team = await assessed(town, (1,))
    await team.budi.types("001 panas sekali, diberi minum")
    await team.budi.taps("Ya, catat")
    await team.budi.types("/anak 1")
    given = run_pandu(town, "subject", "export", *OF_CHILD)
    assert given.exit_code == 0, given.stderr
    rows = json.loads(given.stdout)
    assert [word for word in WORDS if word not in given.stdout] == []
    assert "Anak Contoh 02" not in given.stdout
    assert {one["child_id"] for one in rows["weights"]} == {1}
    before = counts(town)
    changed = json.loads(
        run_pandu(town, "reads", "--changes", "--child", "1", "--officer", str(team.budi.id)).stdout
    )
    assert {(one["number"], one["table"]) for one in changed} == {
        (1, "weights"), (1, "records"), (1, "incidents"),
    }  # fmt: skip

    stays = run_pandu(
        town, "subject", "erase", *OF_CHILD, "--by", "Sari Contoh", "--reason", "diminta orang tua"
    )
    assert (stays.exit_code, stays.stderr) == (
        1, "pandu subject erase: the stay or the case goes on; what is recorded of it is still needed\n",
    )  # fmt: skip
    await team.sari.types("/anak 1")
    for label in ("Keluar…", "Pulang lebih awal", "Hari ini", "Ya, catat"):
        await team.sari.taps(label)
    town.clock.set(town.clock.now() + timedelta(days=2))
    await town.settle()
    erase = ("subject", "erase", *OF_CHILD, "--by", "Sari Contoh", "--reason", "diminta orang tua")
    tried = run_pandu(town, *erase)
    assert tried.exit_code == 0, tried.stderr
    assert tried.stdout.endswith("Nothing was changed. With --confirm it is.\n")
    assert "Anak Contoh 01" in run_pandu(town, "subject", "export", *OF_CHILD).stdout
    done = run_pandu(town, *erase, "--confirm")
    assert done.stdout.startswith("Erased: Angkatan Contoh, number 1, ")
    for name in ("Sari", "Budi"):
        assert (
            f"{name} Contoh looked last on 2026-11-30: messages that the bot changes in that chat: 3"
            in done.stdout
        )
    gone = next(one for one in team.budi.screens if "Anak Contoh 01" in one.text)
    town.world.delete(gone.message)
    screens = len(team.budi.screens)
    town.clock.set(town.clock.now() + timedelta(minutes=1))
    await town.settle()
    shown = [one.text for person in (team.budi, team.sari) for one in person.screens]
    assert [one for one in shown if "Anak Contoh 01" in one] == []
    assert shown.count("Data ini telah dihapus. Tidak ada yang perlu dilakukan.") == 5
    assert len(team.budi.screens) == screens  # what is gone is not said anew
    assert (
        "Messages of an erasure before: 1 not in reach: gone, or the chat blocks the bot, 5 changed\n"
        in run_pandu(town, *erase).stdout
    )
    assert run_pandu(town, "doctor").stdout.count("not sent") == 0
    left = run_pandu(town, "subject", "export", *OF_CHILD).stdout
    assert [word for word in WORDS if word in left] == []
    assert counts(town) == before
    assert json.loads(left)["corrections"][-1]["fact"] == "erased"
    await team.budi.types("/anak 1")
    assert "Anak Contoh" not in team.budi.last_screen.text


async def test_the_certificate_says_what_stays_in_the_chats(town: Town) -> None:
    """A list that was sent as a file, and a phone that was replaced since."""
    team = await placed(town)
    await opens(town, team.budi, "9.2.06", 4, "roll_list")
    await team.budi.taps("Excel")
    await team.budi.types("/anak 1")
    await team.sari.types("/anak 1")
    for label in ("Keluar…", "Pulang lebih awal", "Hari ini", "Ya, catat"):
        await team.sari.taps(label)
    await new_phone(town, team.kepala, "Budi Contoh", "Budi Contoh, HP baru")
    town.clock.set(town.clock.now() + timedelta(days=2, minutes=10))
    await town.settle()
    erase = ("subject", "erase", *OF_CHILD, "--by", "Sari Contoh", "--reason", "diminta orang tua")
    done = run_pandu(town, *erase, "--confirm")
    assert done.exit_code == 0, done.stderr
    (of_budi,) = [line for line in done.stdout.splitlines() if line.startswith("Budi Contoh looked last on")]
    assert "not in reach: files sent to that chat: 1; of these on a phone that was replaced: " in of_budi
    town.clock.set(town.clock.now() + timedelta(minutes=1))
    await town.settle()
    old = [one.text for one in team.budi.screens]
    assert not any("Anak Contoh 01" in one for one in old)
    assert any(one.startswith("Data ini telah dihapus.") for one in old)
    assert any("document" in one.message.content for one in team.budi.screens)  # the list itself, as was said


def counts(town: Town) -> list[int]:
    """Rows of the child."""
    return [
        len(town.rows(select(table).where(col(table.child_id) == 1)))
        for table in (Weight, Record, Confirmation, Incident, StoredFile)
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "give --cohort and --number, or --case"),
        (("--case", "Kenanga", "--number", "1"), "give --cohort and --number, or --case"),
        (("--case", "Kenanga"), "--case: there is no case 'Kenanga'"),
        (("--cohort", "X", "--number", "1"), "--cohort: there is no angkatan 'X'"),
        (
            ("--cohort", "Angkatan Contoh", "--number", "99"),
            "--number: there is no child 99 in Angkatan Contoh",
        ),
    ],
)
async def test_nobody_is_guessed(town: Town, options: tuple[str, ...], said: str) -> None:
    await town.open_cohort()
    done = run_pandu(town, "subject", "export", *options)
    assert (done.exit_code, done.stderr) == (2, f"pandu subject export: {said}\n")


async def test_a_case_loses_its_words_once_it_is_closed(town: Town) -> None:
    sari = await town.officer("Sari Contoh", role="peksos")
    with town.store.transaction() as s:
        case = build_case(
            s, code_name="Kenanga", name="Putri Rekaan", reason="Ditinggal di pasar", categories=["terlantar"],
            opened_by_id=sari.officer_id, peksos_id=sari.officer_id,
        )  # fmt: skip
        case_id = case.id
    erase = (
        "subject",
        "erase",
        "--case",
        "Kenanga",
        "--by",
        "Sari Contoh",
        "--reason",
        "diminta",
        "--confirm",
    )
    assert "still needed" in run_pandu(town, *erase).stderr
    with town.store.transaction() as s:
        case = s.get_one(Case, case_id)
        case.closed_at, case.close_reason = town.clock.now(), "pulang ke Ibu Rekaan"
    done = run_pandu(town, *erase)
    assert done.stdout.startswith("Erased: case Kenanga"), done.stderr
    left = run_pandu(town, "subject", "export", "--case", "Kenanga").stdout
    assert "Rekaan" not in left
    assert "pasar" not in left
    assert json.loads(left)["cases"][0]["code_name"] == "Kenanga"


async def test_the_kepala_lets_go_what_need_not_be_kept(town: Town) -> None:
    kepala = await town.officer("Kepala Contoh", role="kepala")
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30", children=3)
    await budi.types("/anak 1")
    assert "Anak Contoh 01" in budi.last_screen.text
    with town.store.transaction() as s:
        s.exec(select(Cohort)).one().closed_at = wita("2022-01-04 10.00")
        for one in s.exec(select(Membership)):
            one.from_on, one.until_on = date(2021, 12, 1), date(2021, 12, 30)
            one.reason = LeaveReason.ENDED
        s.flush()
        photo = town.house.cabinet.put(b"a photo of two")
        for child_id in (1, 2):
            s.add(
                StoredFile(
                    content_key=photo, mime="image/jpeg", size_bytes=14, child_id=child_id,
                    officer_id=budi.id, stored_at=town.clock.now(),
                )
            )  # fmt: skip
    held: list[bool] = []
    event.listen(town.store.engine, "commit", lambda _c: held.append(town.house.cabinet.holds(photo)))
    await kepala.types("/angkatan")
    assert "Lewat masa simpan" not in kepala.buttons  # five years are over on 5 January 2027
    town.clock.set(wita("2027-01-05 09.00"))
    for _twice in range(2):
        DailyLook(town.runtime.unit, town.runtime.excuses).look()
        await town.settle()
    proposals = [one for one in kepala.screens if "1 angkatan ditutup lebih dari 5 tahun lalu" in one.text]
    assert len(proposals) == 1, [one.text for one in kepala.screens]
    assert "Tanpa persetujuan Anda tidak ada yang dihapus." in proposals[0].text
    await kepala.taps_data("1.retention_list", on=proposals[0])
    await kepala.taps("Angkatan Contoh")
    assert (
        "Hapus data pribadi 3 anak Angkatan Contoh, ditutup Selasa, 4 Januari 2022?"
        in kepala.last_screen.text
    )
    yes = kepala.last_screen.data_of("Ya, hapus")
    await budi.types("/batal")
    await budi.taps_data(yes)
    assert town.rows(select(Child))[0].name == "Anak Contoh 01"  # a forged button of somebody else
    held.clear()
    await kepala.taps("Ya, hapus")
    assert "data pribadi 3 anak sudah dihapus" in kepala.last_screen.text
    assert "1 berkas)" in kepala.last_screen.text
    # the update, then the erasure: gone after both, and not before
    assert (held[:2], town.house.cabinet.holds(photo)) == ([True, True], False)
    assert town.rows(select(Vital).where(col(Vital.name).startswith("let_go:"))) == []
    assert [one.name for one in town.rows(select(Child))] == ["–"] * 3
    town.clock.set(town.clock.now() + timedelta(minutes=1))
    await town.settle()
    assert not any("Anak Contoh" in one.text for one in budi.screens)
    said = town.rows(select(Correction).where(Correction.fact == "erased"))
    assert [(one.of_table, one.reason) for one in said] == [
        *[("children", "sudah disimpan 5 tahun")] * 3, ("cohorts", "sudah disimpan 5 tahun"),
    ]  # fmt: skip
    await kepala.taps("Lihat daftar")
    assert "Tidak ada." in kepala.last_screen.text
    await kepala.taps_data(yes)  # once more
    assert "Tidak ada." in kepala.last_screen.text


async def test_the_kepala_lets_a_case_go(town: Town) -> None:
    """From the yearly notice to a case of which only what must stay is left."""
    kepala = await town.officer("Kepala Contoh", role="kepala")
    sari = await town.officer("Sari Contoh", role="peksos")
    with town.store.transaction() as s:
        for code, closed in (("Kenanga", "2017-01-04 10.00"), ("Melati", "2019-01-04 10.00")):
            build_case(
                s, code_name=code, name="Putri Rekaan", reason="Ditinggal di pasar", categories=["terlantar"],
                opened_by_id=sari.officer_id, peksos_id=sari.officer_id, closed_at=wita(closed),
                close_reason="pulang ke Ibu Rekaan",
            )  # fmt: skip
    town.clock.set(wita("2027-01-05 09.00"))
    DailyLook(town.runtime.unit, town.runtime.excuses).look()
    await town.settle()
    (proposal,) = [one for one in kepala.screens if "1 kasus ditutup lebih dari 10 tahun lalu" in one.text]
    await kepala.taps_data("1.retention_list", on=proposal)
    assert "• Kasus Kenanga, ditutup Rabu, 4 Januari 2017" in kepala.last_screen.text
    assert "Kasus Melati" not in kepala.last_screen.text
    await kepala.taps("Kasus Kenanga")
    assert "Hapus data pribadi anak Kasus Kenanga, ditutup Rabu, 4 Januari 2017?" in kepala.last_screen.text
    yes = kepala.last_screen.data_of("Ya, hapus")
    await sari.types("/batal")
    await sari.taps_data(yes)  # whose case it was, but who does not decide
    assert town.rows(select(Case))[0].name == "Putri Rekaan"
    await kepala.taps("Ya, hapus")
    assert "✅ Kasus Kenanga: data pribadi anak sudah dihapus" in kepala.last_screen.text
    await kepala.taps("Lihat daftar")
    assert "Tidak ada." in kepala.last_screen.text
    await kepala.taps_data(yes)  # once more; and one that is not past its time
    await kepala.taps_data(yes.replace(".1", ".2"))
    gone, kept = town.rows(select(Case).order_by(col(Case.id)))
    assert (gone.code_name, gone.age_years, gone.sex) == ("Kenanga", kept.age_years, kept.sex)
    assert "Rekaan" not in str(gone)
    assert "pasar" not in str(gone)
    assert kept.name == "Putri Rekaan"
