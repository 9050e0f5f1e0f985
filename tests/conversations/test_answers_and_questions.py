"""An answer belongs to the question that was on the phone when it was typed; what came before is kept and proposed."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.outbox import ReplyOutbox
from handlers.ui.request import pack
from simulator.faults import Fault
from storage.tables import ConfirmationKind, Conversation, Incident, ReadEntry, Record, TaskState, Weight
from tests.support.database import Databases
from tests.support.form_pack import form_pack
from tests.support.person import Person
from tests.support.steps import does, opens, placed
from tests.support.town import Town

pytestmark = pytest.mark.sops("9.2.04", "9.2.05", "9.2.06", "9.2.15")

EARLY = "Sebelum pertanyaan"


async def nurse(town: Town, children: int = 6) -> Person:
    """An angkatan that arrived on Monday 30 November; Ani is the only nurse. It is day 10, 08.00."""
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30", children=children)
    await town.lives_until("2026-12-10 08.00")
    return ani


async def at_cards(town: Town, children: int = 6) -> Person:
    """The same, with the card of the first child before her."""
    ani = await nurse(town, children)
    await ani.types("/timbang")
    return ani


def weights(town: Town) -> list[tuple[int, int]]:
    """Child's number (its id here) and grams on day 10."""
    task = town.task("9.2.15", 4, 1)
    rows = town.rows(select(Weight).where(Weight.task_id == task.id).order_by(col(Weight.id)))
    return [(row.child_id, row.weight_g) for row in rows]


def notes(town: Town) -> list[tuple[int | None, object]]:
    """Child's number and note of the observation, corrections last."""
    task = town.task("9.2.06", 5)
    query = select(Record).where(Record.task_id == task.id, Record.key == "form").order_by(col(Record.id))
    return [(row.child_id, row.data["catatan"]) for row in town.rows(query)]


def typed(person: Person) -> list[str]:
    """What the officer typed that still stands in the chat."""
    return [one.text for one in person.phone.messages if one.sender_id == person.phone.id]


# --- weigh-ins -------------------------------------------------------------------------------------------------


async def test_who_types_at_human_speed_is_asked_nothing_more(town: Town) -> None:
    ani = await at_cards(town, children=3)
    for words in ("24", "25", "26"):
        town.clock.advance(seconds=2)
        ani.phone.types(words)
        await town.settle()
        assert EARLY not in ani.last_screen.text
    assert weights(town) == [(1, 24_000), (2, 25_000), (3, 26_000)]
    assert town.task("9.2.15", 4, 1).state == TaskState.DONE


async def test_a_burst_after_the_command_is_proposed_in_order(town: Town) -> None:
    ani = await nurse(town)
    before = ani.screens
    await ani.bursts("/timbang", "23,5", "24,1", "25,2", "26,3")
    assert weights(town) == []
    said = ani.last_screen.text
    assert "Sebelum pertanyaan berikutnya tampil, Anda mengirim: 23,5 · 24,1 · 25,2 · 26,3." in said
    assert (
        "Untuk 001 Anak Contoh 01, 002 Anak Contoh 02, 003 Anak Contoh 03, 004 Anak Contoh 04 berurutan?"
        in said
    )
    assert ani.buttons == ["Ya", "Tanya satu-satu"]
    assert ani.last_screen.is_protected
    assert len(ani.new_since(before)) == 1  # one message, changed
    looked = town.rows(select(ReadEntry).where(ReadEntry.screen == "roll_answers"))
    assert {row.child_id for row in looked} == {1, 2, 3, 4}  # their names, each look logged
    await ani.taps("Ya")
    assert weights(town) == [(1, 23_500), (2, 24_100), (3, 25_200), (4, 26_300)]
    for line in ("001 · 23,5 kg", "002 · 24,1 kg", "003 · 25,2 kg", "004 · 26,3 kg", "5/6 · No. 005"):
        assert line in ani.last_screen.text
    await ani.types("27")
    assert weights(town)[-1] == (5, 27_000)


async def test_the_first_of_a_burst_answers_the_card_that_was_read(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "24,1", "25,2", "26,3")
    assert weights(town) == [(1, 23_500)]
    said = ani.last_screen.text
    assert said.startswith("✅ 001 · 23,5 kg\n")
    assert (
        "24,1 · 25,2 · 26,3. Untuk 002 Anak Contoh 02, 003 Anak Contoh 03, 004 Anak Contoh 04 berurutan?"
        in said
    )
    assert "24,1" not in " ".join(typed(ani))  # it is kept, and stands in the proposal
    await ani.taps("Ya")
    assert weights(town) == [(1, 23_500), (2, 24_100), (3, 25_200), (4, 26_300)]


async def test_each_is_asked_about_when_the_order_is_another(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "24,1", "25,2", "26,3")
    await ani.taps("Tanya satu-satu")
    assert "24,1 kg untuk siapa?" in ani.last_screen.text
    assert "Sesudah ini saya tanyakan: 25,2 · 26,3" in ani.last_screen.text
    assert ani.buttons == [*(f"No. 00{one} Anak Contoh 0{one}" for one in range(1, 5)), "Abaikan"]
    await ani.taps("No. 003")
    assert "25,2 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 002")
    assert "26,3 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("Abaikan")
    assert "No. 004" in ani.last_screen.text
    assert ani.buttons[0] == "Tidak hadir"
    assert weights(town) == [(1, 23_500), (3, 24_100), (2, 25_200)]
    await ani.types("27")
    assert weights(town)[-1] == (4, 27_000)


async def test_a_forgotten_comma_takes_nobody_elses_weight(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("235", "24,1")
    assert "235 kg untuk No. 001?" in ani.last_screen.text
    assert "Sesudah ini saya tanyakan: 24,1" in ani.last_screen.text
    assert weights(town) == []
    await ani.taps("23,5?")
    assert weights(town) == [(1, 23_500)]
    assert "24,1 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 002")
    assert weights(town) == [(1, 23_500), (2, 24_100)]
    assert "3/6 · No. 003" in ani.last_screen.text


async def test_words_that_come_while_it_is_asked_for_whom_are_kept_too(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "24,1")
    await ani.types("25,2")
    assert weights(town) == [(1, 23_500)]
    assert "24,1 · 25,2. Untuk 002 Anak Contoh 02, 003 Anak Contoh 03 berurutan?" in ani.last_screen.text
    await town.restart()
    await ani.taps("Ya")
    assert weights(town) == [(1, 23_500), (2, 24_100), (3, 25_200)]


async def test_a_doubt_in_the_middle_stops_and_the_rest_waits(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "24,1", "252", "26,3")
    await ani.taps("Ya")
    assert weights(town) == [(1, 23_500), (2, 24_100)]
    assert "252 kg untuk No. 003?" in ani.last_screen.text
    assert "002 · 24,1 kg" in ani.last_screen.text
    assert "Sesudah ini saya tanyakan: 26,3" in ani.last_screen.text
    await ani.taps("25,2?")
    assert "26,3 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 004")
    assert weights(town) == [(1, 23_500), (2, 24_100), (3, 25_200), (4, 26_300)]


async def test_words_among_weights_are_asked_about_one_by_one(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "besok saja", "25,2")
    assert "“besok saja” untuk siapa?" in ani.last_screen.text
    await ani.taps("Abaikan")
    assert "25,2 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 002")
    assert weights(town) == [(1, 23_500), (2, 25_200)]


async def test_weights_below_each_other_are_proposed_in_order(town: Town) -> None:
    ani = await at_cards(town)
    await ani.types("23,5\n24,1\n25,2")
    assert weights(town) == []
    assert (
        "23,5 · 24,1 · 25,2. Untuk 001 Anak Contoh 01, 002 Anak Contoh 02, 003 Anak Contoh 03 berurutan?"
        in ani.last_screen.text
    )
    first = ani.last_screen.data_of("Tanya satu-satu")
    await ani.taps_data(first)
    one = ani.last_screen.data_of("No. 001")
    await ani.taps_data(one)
    await ani.taps_data(one)  # a double tap
    assert weights(town) == [(1, 23_500)]
    assert "24,1 kg untuk siapa?" in ani.last_screen.text


async def test_lines_by_number_are_recorded_at_once_whenever_they_come(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "24,1", "5 27,9")
    assert weights(town) == [(1, 23_500), (5, 27_900)]
    assert "005 · 27,9 kg" in ani.last_screen.text
    assert "24,1 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 002")
    assert weights(town)[-1] == (2, 24_100)


async def test_a_colleague_who_was_first_makes_it_ask(town: Town) -> None:
    ani = await at_cards(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await ani.bursts("23,5", "24,1", "25,2")
    await budi.types("/timbang")
    await budi.types("30")
    assert weights(town) == [(1, 23_500), (2, 30_000)]
    await ani.taps("Ya")  # 002 was named, and has a weight now
    assert weights(town) == [(1, 23_500), (2, 30_000)]
    assert "24,1 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 002")
    assert "No. 002 sudah 30,0 kg" in ani.last_screen.text
    await ani.taps("Tidak")
    assert "25,2 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 003")
    assert weights(town) == [(1, 23_500), (2, 30_000), (3, 25_200)]


async def test_two_officers_who_burst_on_one_list(town: Town) -> None:
    ani = await at_cards(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await budi.types("/timbang")
    budi.reads()
    budi.phone.types("23,1")
    budi.phone.types("24,2")
    ani.phone.types("23,5")
    ani.phone.types("24,6")
    await town.settle()
    assert len({child for child, _grams in weights(town)}) == len(weights(town)) == 1
    for person, words in ((ani, "24,6"), (budi, "24,2")):
        assert f"{words} kg untuk siapa?" in person.last_screen.text


async def test_a_child_that_a_colleague_records_meanwhile_shifts_nothing(town: Town) -> None:
    ani = await at_cards(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await budi.types("/timbang")
    budi.phone.types("23,1")  # too early, for the card of 001
    await town.settle()
    await ani.types("23,5")
    budi.phone.types("24,2")
    await town.settle()
    assert "23,1 kg untuk siapa?" in budi.last_screen.text
    assert budi.buttons == ["No. 001 Anak Contoh 01", "No. 002 Anak Contoh 02", "Abaikan"]
    await budi.taps("No. 001")
    assert "No. 001 sudah 23,5 kg" in budi.last_screen.text
    await budi.taps("Tidak")
    await budi.taps("No. 002")
    assert weights(town) == [(1, 23_500), (2, 24_200)]


async def test_the_last_weight_twice_in_a_burst_is_not_dropped(town: Town) -> None:
    ani = await at_cards(town, children=2)
    await ani.bursts("23,5")
    await ani.bursts("24,1", "24,6")
    assert "Penimbangan ke-2 selesai" in " ".join(screen.text for screen in ani.screens)
    assert "“24,6”" in ani.lowest_screen.text
    await ani.taps("No. 002", on=ani.lowest_screen)
    assert "No. 002 sudah 24,1 kg" in ani.last_screen.text
    await ani.taps("Ya, 24,6 kg")
    assert weights(town) == [(1, 23_500), (2, 24_100), (2, 24_600)]


async def test_an_old_proposal_does_nothing_twice(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "24,1", "25,2")
    yes = ani.last_screen.data_of("Ya")
    each = ani.last_screen.data_of("Tanya satu-satu")
    await ani.taps_data(yes)
    for old in (yes, each, "1.answer_for.2.9900", "1.answer_skip.9900", "1.answer_yes.9.9"):
        await ani.taps_data(old)
        assert "4/6 · No. 004" in ani.last_screen.text
    assert weights(town) == [(1, 23_500), (2, 24_100), (3, 25_200)]
    await ani.types("26")
    assert weights(town)[-1] == (4, 26_000)


async def test_stopping_says_what_was_not_recorded(town: Town) -> None:
    ani = await at_cards(town)
    stop = ani.last_screen.data_of("Berhenti dulu")
    await ani.bursts("23,5", "24,1")
    await ani.taps_data(stop)
    assert "belum saya catat: “24,1”" in ani.lowest_screen.text
    assert weights(town) == [(1, 23_500)]


async def test_another_screen_loses_nothing(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "24,1", "25,2")
    await ani.types("/tugas")
    await ani.types("/timbang")
    assert "24,1 · 25,2. Untuk 002 Anak Contoh 02, 003 Anak Contoh 03 berurutan?" in ani.last_screen.text
    await ani.taps("Ya")
    assert weights(town) == [(1, 23_500), (2, 24_100), (3, 25_200)]


# --- when the question's time is not known ----------------------------------------------------------------------


async def test_a_question_that_waits_to_be_sent_takes_no_answer(any_town: Town) -> None:
    town = any_town
    ani = await nurse(town)
    town.world.faults.append(Fault(status=429, method="sendMessage", retry_after=9))

    async def later(_seconds: float) -> None:
        town.clock.advance(seconds=5)
        ani.phone.types("23,5")
        await town.runtime.poll_once()
        await town.runtime.workers.work_until_idle()
        town.clock.advance(seconds=5)

    town.runtime.outbox._sleep = later
    await ani.types("/timbang")
    await town.runtime.outbox.finish()
    assert weights(town) == []
    assert "23,5 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 001")
    assert weights(town) == [(1, 23_500)]


@pytest.mark.parametrize("killed", ["before it is said", "before that is noted"])
async def test_a_kill_between_commit_and_reply_loses_and_mixes_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    ani = await at_cards(town)

    async def silent(*_given: object) -> None:
        """Killed between the commit and the reply."""

    with monkeypatch.context() as patched:
        name = "send" if killed == "before it is said" else "_note"
        patched.setattr(ReplyOutbox, name, silent if name == "send" else lambda *_given: None)
        await ani.types("23,5")
        town.clock.advance(seconds=5)
        ani.phone.types("24,1")  # nobody knows whether the card of 002 was on the phone
        await town.settle()
    await town.restart()
    await town.settle()
    assert weights(town) == [(1, 23_500)]
    assert "24,1 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 002")
    assert weights(town) == [(1, 23_500), (2, 24_100)]


def _ahead(town: Town, by: timedelta) -> datetime:
    """Telegram's clock."""
    return town.clock.now() + by


async def test_our_own_clock_does_not_matter(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ani = await nurse(town)
    for ahead in (timedelta(minutes=-3), timedelta(minutes=3)):
        monkeypatch.setattr(town.world, "now", partial(_ahead, town, ahead))
        await ani.types("/timbang")
        town.clock.advance(minutes=10)
        ani.phone.types("24")
        await town.settle()
        assert EARLY not in ani.last_screen.text
        ani.phone.types("25")
        await town.settle()
        assert "25 kg untuk siapa?" in ani.last_screen.text
        await ani.taps("Abaikan")
    assert weights(town) == [(1, 24_000), (2, 24_000)]


async def test_a_card_that_did_not_change_keeps_its_time(town: Town) -> None:
    ani = await at_cards(town)
    await ani.types("dua lima")
    await ani.bursts("dua lima")  # the very same card: Telegram says "not modified"
    assert any("not modified" in str(call.description) for call in town.world.calls)
    ani.phone.types("25")
    await town.settle()
    assert weights(town) == [(1, 25_000)]


# --- other lists -------------------------------------------------------------------------------------------------


async def test_a_note_in_two_messages_is_not_the_next_childs(town: Town) -> None:
    team = await placed(town, children=3)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.bursts("Pendiam, jarang bicara.", "Sering menangis malam hari.")
    assert notes(town) == [(1, "Pendiam, jarang bicara.")]
    assert "“Sering menangis malam hari.” untuk siapa?" in team.sari.last_screen.text
    assert team.sari.buttons == ["Lanjutan No. 001 Anak", "No. 002 Anak Contoh 02", "Abaikan"]
    await team.sari.taps("Lanjutan No. 001")
    assert notes(town)[1:] == [(1, "Pendiam, jarang bicara. Sering menangis malam hari.")]
    assert "No. 002" in team.sari.last_screen.text
    await team.sari.bursts("riang", "suka menggambar")
    await team.sari.taps("No. 003")
    assert notes(town)[2:] == [(2, "riang"), (3, "suka menggambar")]


async def test_a_note_that_is_not_taken_stays_in_the_chat(town: Town) -> None:
    team = await placed(town, children=3)
    dewi = await town.officer("Dewi Contoh", role="peksos")
    await opens(town, team.sari, "9.2.06", 5)
    await opens(town, dewi, "9.2.06", 5)
    await team.sari.types("agak pendiam")
    await dewi.types("riang")  # for 001, which Sari has recorded
    assert typed(dewi)[-1] == "riang"
    too_long = "sangat " * 300
    await dewi.types(too_long)
    assert "Itu terlalu panjang" in dewi.last_screen.text
    assert typed(dewi)[-1] == too_long
    assert notes(town) == [(1, "agak pendiam")]


async def test_the_rest_of_the_last_note_is_not_dropped(town: Town) -> None:
    team = await placed(town, children=2)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.types("2: riang")
    await team.sari.bursts("Pendiam, jarang bicara.", "Sering menangis malam hari.")
    said = team.sari.lowest_screen
    assert "Sebelum jawaban saya tampil, Anda juga mengirim: “Sering menangis malam hari.”" in said.text
    assert said.buttons == ["Lanjutan No. 001 Anak", "Abaikan"]
    await team.sari.taps("Lanjutan No. 001", on=said)
    assert notes(town)[-1] == (1, "Pendiam, jarang bicara. Sering menangis malam hari.")
    assert town.task("9.2.06", 5).state == TaskState.DONE


async def test_a_reason_that_comes_too_early_is_proposed_for_the_child_it_is_about(town: Town) -> None:
    ani = await at_cards(town)
    await ani.taps("Lewati")
    ani.phone.types("kakinya dibalut")
    ani.phone.types("25,1")
    await town.settle()
    assert "Sebelum pertanyaan ini tampil, Anda mengirim: “kakinya dibalut”" in ani.last_screen.text
    assert ani.buttons[:2] == ["Ya", "Abaikan"]
    await ani.taps("Ya")
    assert "001 · kakinya dibalut" in ani.last_screen.text
    assert "25,1 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 002")
    assert weights(town) == [(2, 25_100)]


@pytest.mark.sops("9.2.04", "9.2.05", "9.2.06", "9.2.09", "9.2.15")
async def test_what_was_typed_of_an_assessment_stays_and_only_the_rest_is_asked(town: Town) -> None:
    team = await placed(town, children=2)
    sari = team.sari
    await opens(town, sari, "9.2.06", 5)
    await sari.taps("Sisanya")
    await sari.taps("Ya")
    for step in (1, 2, 3):
        await opens(town, sari, "9.2.09", step)
        await sari.taps("Semua anak sudah")
    await opens(town, sari, "9.2.09", 4)
    await sari.types("sulit tidur")
    assert "Sudah ada: sulit tidur. Tinggal: potensi; kebutuhan" in sari.last_screen.text
    await town.restart()
    await sari.types("rajin; teman sebaya")
    assert "✅ 001 · sulit tidur; rajin; teman sebaya" in sari.last_screen.text
    await sari.types("pemalu")
    await sari.types("sering sakit; lucu; obat")  # a whole line takes its place
    assert "002 · sering sakit; lucu; obat" in sari.last_screen.text


# --- forms of steps -----------------------------------------------------------------------------------------------


@pytest.fixture
async def form_town(sqlite_databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose steps and children are asked about in every way."""
    url = sqlite_databases.migrated()
    built = Town(url, tmp_path, pack=form_pack())
    await built.open()
    yield built
    await built.close()
    sqlite_databases.drop(url)


async def at_forms(town: Town, name: str, role: str) -> Person:
    person = await town.officer(name, role=role)
    await town.open_cohort(arrival="2026-11-30", children=4)
    await town.lives_until("2026-11-30 09.00")
    return person


async def test_early_answers_of_a_form_are_asked_about_each_under_its_question(form_town: Town) -> None:
    sari = await at_forms(form_town, "Sari Contoh", "peksos")
    await does(form_town, sari, "9.9.01", 1)
    await sari.bursts("120", "3 november", "ya")
    said = sari.last_screen.text
    assert "Sejak kapan?" in said
    assert "Sebelum pertanyaan ini tampil, Anda mengirim: “3 november”" in said
    assert "Apakah itu jawabannya?" in said
    assert "Sesudah ini saya tanyakan: ya" in said
    await sari.taps("Ya")
    assert "Apakah anak setuju?" in sari.last_screen.text
    assert "“ya”" in sari.last_screen.text
    await sari.taps("Ya")
    assert "Layanan apa saja?" in sari.last_screen.text
    assert EARLY not in sari.last_screen.text
    await sari.types("medis, hukum")
    assert "Siapa petugasnya?" in sari.last_screen.text


async def test_an_answer_of_a_form_in_two_messages(form_town: Town) -> None:
    budi = await at_forms(form_town, "Budi Contoh", "penyantunan")
    for former in (1, 2, 3):
        await budi.taps_data(pack("task_skip", form_town.task("9.9.02", former).id or 0))
        await budi.types("sudah dilakukan sekolah")
    await opens(form_town, budi, "9.9.02", 4, "visit_open")
    await budi.taps("No. 002")
    await budi.taps("Catat hasil")
    await budi.bursts("Batuk sejak Senin.", "Sudah minum obat.")
    assert "Dirujuk ke mana?" in budi.last_screen.text
    assert budi.buttons[:3] == ["Ya", "Lanjutan jawaban tadi", "Abaikan"]
    await budi.taps("Lanjutan jawaban tadi")
    assert "Dirujuk ke mana?" in budi.last_screen.text
    assert EARLY not in budi.last_screen.text
    await budi.bursts("puskesmas", "besok pagi")
    assert "Simpan laporan ini?" in budi.last_screen.text
    assert "Apakah itu lanjutan jawaban tadi?" in budi.last_screen.text
    await budi.taps("Lanjutan jawaban tadi")
    await budi.taps("Simpan")
    (row,) = form_town.rows(select(Record).where(Record.key == "form"))
    assert row.data == {"hasil": "Batuk sejak Senin. Sudah minum obat.", "rujuk": "puskesmas besok pagi"}


@pytest.mark.parametrize(
    ("step", "burst", "first"),
    [
        (1, ("batuk", "demam"), {"keluhan": ["Batuk"]}),
        (2, ("m; 80 cm", "s; 75"), {"baju": "M", "panjang": 80}),
        (3, ("ya", "belum"), {"terima": True}),
    ],
    ids=["choices", "line", "yes"],
)
async def test_every_kind_of_list_keeps_what_comes_too_early(
    form_town: Town, step: int, burst: tuple[str, str], first: dict[str, object]
) -> None:
    budi = await at_forms(form_town, "Budi Contoh", "penyantunan")
    for former in range(1, step):
        await budi.taps_data(pack("task_skip", form_town.task("9.9.02", former).id or 0))
        await budi.types("sudah dilakukan sekolah")
    await opens(form_town, budi, "9.9.02", step)
    await budi.bursts(*burst)
    task = form_town.task("9.9.02", step)
    query = select(Record).where(Record.task_id == task.id).order_by(col(Record.id))
    assert [(row.child_id, row.data) for row in form_town.rows(query)] == [(1, first)]
    assert f"“{burst[1]}” untuk siapa?" in budi.last_screen.text
    await budi.taps("No. 002")
    assert [row.child_id for row in form_town.rows(query)] == [1, 2]


# --- questions beside: a reason, a day, a name ----------------------------------------------------------------------


async def test_a_reason_typed_before_the_question_was_read_is_asked_about(town: Town) -> None:
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await town.open_cohort(arrival="2026-11-30")
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.04", 1)
    await budi.taps_data(pack("task_skip", task.id or 0))
    budi.phone.types("tidak ada surat")
    await town.settle()
    assert "Tulis alasannya" in budi.last_screen.text
    assert "“tidak ada surat”" in budi.last_screen.text
    assert town.task("9.2.04", 1).state == TaskState.OPEN
    await budi.taps("Ya")
    assert "Alasan: tidak ada surat" in budi.last_screen.text
    assert town.task("9.2.04", 1).state == TaskState.SKIPPED


async def test_the_rest_of_a_reason_is_said_not_to_be_recorded(town: Town) -> None:
    ani = await nurse(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await budi.taps_data(pack("task_skip", town.task("9.2.15", 4, 1).id or 0))
    await budi.bursts("timbangan rusak", "dan perawat sakit")
    reasons = [c.note for c in town.confirmations() if c.kind == ConfirmationKind.SKIPPED]
    assert reasons == ["timbangan rusak"]
    assert "belum saya catat: “dan perawat sakit”" in budi.lowest_screen.text
    assert "dan perawat sakit" in typed(budi)
    assert ani.name == "Ani Contoh"


async def test_what_is_left_when_the_question_has_ended_is_said(town: Town) -> None:
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await town.open_cohort(arrival="2026-11-30")
    await town.lives_until("2026-11-30 09.00")
    await budi.taps_data(pack("task_skip", town.task("9.2.04", 1).id or 0))
    budi.phone.types("tidak ada surat")
    budi.phone.types("dan kurir sakit")
    await town.settle()
    await budi.taps("Ya")
    assert "Alasan: tidak ada surat" in " ".join(screen.text for screen in budi.screens)
    assert "belum saya catat: “dan kurir sakit”" in budi.lowest_screen.text


async def test_both_days_of_a_leave_in_one_burst(town: Town) -> None:
    ani = await nurse(town)
    await ani.types("/timbang")
    await ani.bursts("23,5", "24,1")
    await ani.taps_data(pack("leave_new", ani.id, 0))
    await ani.bursts("15 desember", "17 desember")
    assert "hari terakhir" in ani.last_screen.text
    assert "“17 desember”" in ani.last_screen.text
    await ani.taps("Ya")
    assert "15" in ani.last_screen.text
    assert "17 Desember" in ani.last_screen.text


async def test_a_day_and_its_reason_in_one_burst(town: Town) -> None:
    ani = await nurse(town)
    await ani.taps_data(pack("task_move", town.task("9.2.15", 4, 1).id or 0))
    ani.phone.types("besok")
    ani.phone.types("timbangan rusak")
    await town.settle()
    assert "“besok”" in ani.last_screen.text
    await ani.taps("Ya")
    assert "“timbangan rusak”" in ani.last_screen.text
    await ani.taps("Ya")
    assert "Alasan: timbangan rusak" in ani.last_screen.text


async def test_a_name_for_an_invitation(town: Town) -> None:
    admin = await town.officer("Admin Contoh", role="tu", admin=True)
    await admin.types("/petugas")
    await admin.taps("Undang petugas")
    admin.phone.types("Ibu Wulan")
    await town.settle()
    assert "“Ibu Wulan”" in admin.last_screen.text
    await admin.taps("Abaikan")
    assert EARLY not in admin.last_screen.text
    await admin.types("Ibu Sari")
    assert "Ibu Sari diundang sebagai apa?" in admin.last_screen.text


# --- what is kept is nobody else's to read ---------------------------------------------------------------------------


async def test_kept_words_are_encrypted(town: Town) -> None:
    ani = await at_cards(town)
    await ani.bursts("23,5", "anak 2 sakit cacar")
    (row,) = town.rows(select(Conversation).where(Conversation.officer_id == ani.id))
    assert "cacar" in str(row.draft)
    with town.store.reading() as s:
        raw = s.connection().exec_driver_sql("select draft from conversations").all()
    assert "cacar" not in str(raw)


async def test_a_note_with_a_temperature_offers_an_incident_beside_it(town: Town) -> None:
    team = await placed(town, children=3)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.types("002 demam 38,5")
    assert notes(town) == [(2, "demam 38,5")]
    assert "Catat kejadian untuk No. 002?" in team.sari.last_screen.text
    await team.sari.types("003 riang, suka menggambar")
    assert "No. 003?" not in team.sari.last_screen.text
    await team.sari.taps("Ya, catat")
    assert [one.words for one in town.rows(select(Incident))] == ["demam 38,5"]
    await team.sari.types("pendiam")
    assert notes(town)[-1] == (1, "pendiam")
