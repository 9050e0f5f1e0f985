"""Lists of children that are no weigh-in: proposals, choices, lines by number, ticks, reasons, the flag."""

from sqlmodel import col, select

from storage.tables import (
    ChildFlag,
    ConfirmationKind,
    EntryState,
    FlagKind,
    Record,
    RunState,
    TaskEntry,
    TaskState,
)
from storage.tables import Run as RunRow
from tests.support.steps import Team, arrived, does, opens, placed, ticks
from tests.support.town import Town


def records(town: Town, sop: str, step: int, key: str = "form") -> list[tuple[int | None, dict[str, object]]]:
    """Child's id (its number here) and what was recorded, in the order of writing."""
    task = town.task(sop, step)
    query = select(Record).where(Record.task_id == task.id, Record.key == key).order_by(col(Record.id))
    return [(row.child_id, row.data) for row in town.rows(query)]


async def at_assessment(town: Town, children: int = 4) -> Team:
    team = await placed(town, children)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.taps("Sisanya")
    await team.sari.taps("Ya")
    await ticks(town, team.sari, "9.2.09", (1, 2, 3))
    await opens(town, team.sari, "9.2.09", 4)
    return team


async def test_registration_numbers_are_proposed_and_single_ones_put_right(town: Town) -> None:
    team = await arrived(town)
    await opens(town, team.sari, "9.2.05", 3)
    assert "1/6 · No. 001 · Anak Contoh 01" in team.sari.last_screen.text
    assert team.sari.last_screen.is_protected
    await team.sari.taps("Usulan")
    assert "001 Anak Contoh 01 · L · SDN 1 Contoh → 1" in team.sari.last_screen.text
    await team.sari.types("005 90")
    assert "005 Anak Contoh 05 · L · SDN 1 Contoh → 90" in team.sari.last_screen.text
    assert records(town, "9.2.05", 3) == []  # nothing before the yes
    await team.sari.taps("Pakai usulan")
    assert "6 anak tercatat semua" in team.sari.last_screen.text
    assert records(town, "9.2.05", 3) == [
        (1, {"nomor_induk": 1}),
        (2, {"nomor_induk": 2}),
        (3, {"nomor_induk": 3}),
        (4, {"nomor_induk": 4}),
        (5, {"nomor_induk": 90}),
        (6, {"nomor_induk": 6}),
    ]
    assert town.task("9.2.05", 3).state == TaskState.DONE


async def test_a_correction_after_the_end_is_a_new_row(town: Town) -> None:
    team = await arrived(town)
    await opens(town, team.sari, "9.2.05", 3)
    await team.sari.taps("Usulan")
    await team.sari.taps("Pakai usulan")
    await team.sari.taps("Koreksi")
    await team.sari.types("4")
    assert "Tercatat: 4 · Sari Contoh" in team.sari.last_screen.text
    await team.sari.types("77")
    assert "6 anak tercatat semua" in team.sari.last_screen.text
    rows = town.rows(select(Record).where(Record.key == "form", Record.child_id == 4))
    assert [(row.data["nomor_induk"], row.replaces_id) for row in rows] == [(4, None), (77, rows[0].id)]


async def test_one_tap_takes_the_proposal_for_one_child(town: Town) -> None:
    team = await arrived(town, children=2)
    await opens(town, team.sari, "9.2.05", 3)
    await team.sari.taps("1")
    await team.sari.types("8")
    assert records(town, "9.2.05", 3) == [(1, {"nomor_induk": 1}), (2, {"nomor_induk": 8})]


async def test_a_dormitory_is_one_of_the_childs_sex(town: Town) -> None:
    team = await arrived(town)
    for step, sop in ((3, "9.2.05"), (2, "9.2.06")):
        await opens(town, team.sari, sop, step)
        await team.sari.taps("Usulan")
        await team.sari.taps("Pakai usulan")
    await opens(town, team.budi, "9.2.06", 3)
    assert team.budi.buttons[:2] == ["Wisma Rinjani", "Wisma Tambora"]  # 001 is a boy
    await team.budi.types("mawar")
    assert "Pilih salah satu: Wisma Rinjani, Wisma Tambora" in team.budi.last_screen.text
    await team.budi.taps("Wisma Tambora")
    assert team.budi.buttons[:2] == ["Wisma Melati", "Wisma Mawar"]
    await team.budi.types("mawar")
    assert records(town, "9.2.06", 3) == [(1, {"wisma": "Wisma Tambora"}), (2, {"wisma": "Wisma Mawar"})]


async def test_lines_by_number_and_the_rest_at_once(town: Town) -> None:
    team = await placed(town)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.types("003 agak pendiam\n005 suka menggambar")
    assert "✅ 003 · agak pendiam" in team.sari.last_screen.text
    assert "3/6 · No. 001" in team.sari.last_screen.text
    await team.sari.types(
        "2 kali menangis malam ini"
    )  # one line of words is this child's, a count is no number
    await team.sari.taps("Sisanya: tanpa catatan")
    assert "untuk 3 anak sisanya?" in team.sari.last_screen.text
    await team.sari.taps("Ya, 3 anak")
    assert "6 anak tercatat semua" in team.sari.last_screen.text
    assert records(town, "9.2.06", 5)[:3] == [
        (3, {"catatan": "agak pendiam"}),
        (5, {"catatan": "suka menggambar"}),
        (1, {"catatan": "2 kali menangis malam ini"}),
    ]
    assert {str(data["catatan"]) for _child, data in records(town, "9.2.06", 5)[3:]} == {
        "tanpa catatan khusus"
    }


async def test_the_rest_leaves_out_who_is_put_off(town: Town) -> None:
    team = await placed(town, children=3)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.taps("Ditunda")
    await team.sari.taps("Sakit")
    await team.sari.taps("Sisanya")
    await team.sari.taps("Ya")
    assert "1 anak ditunda sampai besok (No. 001)" in team.sari.last_screen.text
    assert town.task("9.2.06", 5).state == TaskState.OPEN
    await team.sari.taps("001")  # but there after all
    await team.sari.types("sudah sehat lagi")
    assert town.task("9.2.06", 5).state == TaskState.DONE


async def test_ticks_for_all_and_an_undo(town: Town) -> None:
    team = await placed(town, children=3)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.taps("Sisanya")
    await team.sari.taps("Ya")
    await opens(town, team.sari, "9.2.09", 1)
    await team.sari.taps("Sudah")
    assert "2/3 · No. 002" in team.sari.last_screen.text
    await team.sari.taps("Semua anak sudah")
    task = town.task("9.2.09", 1)
    assert task.state == TaskState.DONE
    assert [child for child, _data in records(town, "9.2.09", 1, "tick")] == [1, 2, 3]
    await team.sari.taps("Urungkan")
    assert town.task("9.2.09", 1).state == TaskState.OPEN
    await opens(town, team.sari, "9.2.09", 1)
    await team.sari.taps("Selesai")
    assert town.task("9.2.09", 1).state == TaskState.DONE
    kinds = [row.kind for row in town.confirmations(task)]
    assert kinds == [ConfirmationKind.DONE, ConfirmationKind.UNDONE, ConfirmationKind.DONE]


async def test_words_have_no_place_on_a_roll_of_ticks_and_say_so(town: Town) -> None:
    team = await placed(town, children=3)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.taps("Sisanya")
    await team.sari.taps("Ya")
    await opens(town, team.sari, "9.2.09", 1)
    await team.sari.bursts("sudah semua", "baik", "001 sudah")
    assert "gangguan" not in team.sari.last_screen.text
    assert "Abaikan" in team.sari.buttons
    await team.sari.taps("Abaikan")
    await team.sari.types("sudah")
    assert "Ketuk tombol" in team.sari.last_screen.text
    assert records(town, "9.2.09", 1, "tick") == []


async def test_three_answers_in_one_line_and_the_flag(any_town: Town) -> None:
    town = any_town
    team = await at_assessment(town)
    sari = team.sari
    assert "masalah; potensi; kebutuhan" in sari.last_screen.text
    await sari.taps("☐Perlu penanganan khusus")
    assert "☑Perlu penanganan khusus" in sari.buttons
    await sari.types("sulit tidur; rajin")
    assert "Saya perlu 3 bagian" in sari.last_screen.text
    assert "☑Perlu penanganan khusus" in sari.buttons  # nothing is lost
    await sari.types("sulit tidur; rajin; teman sebaya")
    assert "✅ 001 · sulit tidur; rajin; teman sebaya · Perlu penanganan khusus" in sari.last_screen.text
    assert "☐Perlu penanganan khusus" in sari.buttons  # the next child has its own
    flags = town.rows(select(ChildFlag))
    assert [(flag.child_id, flag.kind) for flag in flags] == [(1, FlagKind.ASSESSMENT)]
    runs = town.rows(select(RunRow).where(RunRow.sop == "9.1.08"))
    assert [(run.child_id, run.state) for run in runs] == [(1, RunState.OPEN)]


async def test_a_flag_that_was_a_mistake_takes_back_what_it_started(town: Town) -> None:
    team = await at_assessment(town)
    sari = team.sari
    await sari.taps("☐Perlu penanganan khusus")
    await sari.types("sulit tidur; rajin; teman sebaya")
    await sari.types("no 1")
    assert "☑Perlu penanganan khusus" in sari.buttons
    await sari.taps("☑Perlu penanganan khusus")
    flags = town.rows(select(ChildFlag))
    assert [flag.cleared_at is not None for flag in flags] == [True]  # kept as evidence
    runs = town.rows(select(RunRow).where(RunRow.sop == "9.1.08"))
    assert [run.state for run in runs] == [RunState.WITHDRAWN]
    await sari.taps("☐Perlu penanganan khusus")
    assert len(town.rows(select(ChildFlag))) == 2


async def test_a_colleagues_answer_is_not_written_over(town: Town) -> None:
    team = await placed(town, children=3)
    dewi = await town.officer("Dewi Contoh", role="peksos")
    await opens(town, team.sari, "9.2.06", 5)
    await opens(town, dewi, "9.2.06", 5)
    await team.sari.types("agak pendiam")
    await dewi.types("riang")
    assert "No. 001 baru saja dicatat Sari Contoh" in dewi.last_screen.text
    assert "No. 002" in dewi.last_screen.text
    assert records(town, "9.2.06", 5) == [(1, {"catatan": "agak pendiam"})]


async def test_words_of_the_next_day_are_not_taken_for_an_answer(town: Town) -> None:
    team = await placed(town, children=3)
    await opens(town, team.sari, "9.2.06", 5)
    await town.lives_until("2026-12-01 08.00")
    await team.sari.types("selamat pagi")
    assert "Daftar ini tadi belum selesai" in team.sari.last_screen.text
    assert records(town, "9.2.06", 5) == []
    await team.sari.types("agak pendiam")
    assert records(town, "9.2.06", 5) == [(1, {"catatan": "agak pendiam"})]


async def test_forged_buttons_change_nothing(town: Town) -> None:
    team = await placed(town, children=3)
    task = town.task("9.2.06", 5)
    await team.budi.taps_data(f"1.roll_rest_yes.{task.id}")  # another section's list
    assert "Peksos" in team.budi.last_screen.text
    for data in (f"1.roll_pick.{task.id}.1.7", f"1.roll_tick.{task.id}.1", f"1.roll_skip_why.{task.id}.1.99"):
        await team.sari.taps_data(data)
        assert "tidak berlaku" in team.sari.last_screen.text
    assert records(town, "9.2.06", 5) == []


async def test_skipped_children_are_named_at_the_end(town: Town) -> None:
    team = await placed(town, children=3)
    await opens(town, team.sari, "9.2.06", 5)
    await team.sari.taps("Lewati")
    await team.sari.taps("Sakit")
    await team.sari.taps("Sisanya")
    await team.sari.taps("Ya")
    assert "2 tercatat, 1 dilewati (No. 001)" in team.sari.last_screen.text
    task = town.task("9.2.06", 5)
    entries = town.rows(
        select(TaskEntry).where(TaskEntry.task_id == task.id).order_by(col(TaskEntry.child_id))
    )
    assert [(entry.state, entry.reason) for entry in entries] == [
        (EntryState.EXCUSED, "Sakit"),
        (EntryState.DONE, None),
        (EntryState.DONE, None),
    ]
    await does(town, team.sari, "9.2.06", 5)  # an old Selesai
    assert "sudah diselesaikan" in team.sari.last_screen.text
