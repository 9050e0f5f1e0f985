"""`pandu sop`: what the pack says, in the words of the reference, without token, key or database."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import pandu
from tests.packs.small_pack import FIRST, write_small_pack

BARE = {
    "PANDU_SECRET_KEY": "",
    "TELEGRAM_BOT_TOKEN": "",
    "DATABASE_URL": "",
    "PANDU_PACK": "",
    "WEBHOOK_PORT": "odd",
}

SOP_KEYS = [
    "number", "title", "program", "phase", "subject", "starts", "equipment", "obstacles", "qualification", "steps",
]  # fmt: skip
STEP_KEYS = [
    "step", "printed_step", "executors", "standard_time", "target", "kind", "prompt", "document_text", "requires",
    "repeats", "until", "reminds", "records", "opens", "due", "lasting", "event", "first_due",
]  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # a .env of the developer is not read


def sop(*arguments: str, **settings: str) -> Result:
    return CliRunner().invoke(pandu, ["sop", *arguments], env={**BARE, **settings})


def shown(number: str, **settings: str) -> dict[str, Any]:
    done = sop("show", number, "--json", **settings)
    assert done.exit_code == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def step(number: str, of: int) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in shown(number)["steps"] if one["step"] == of)
    return found


def test_a_sop_has_the_agreed_keys_in_order() -> None:
    said = shown("9.2.06")
    assert list(said) == SOP_KEYS
    assert {tuple(one) for one in said["steps"]} == {tuple(STEP_KEYS)}
    assert said["starts"] == ["after 9.2.05"]
    assert said["equipment"] == ["1 unit komputer", "1 alat penimbang berat badan"]
    assert said["qualification"] is None


def test_the_list_is_every_sop_whole() -> None:
    listed = json.loads(sop("list", "--json").stdout)
    assert [one["number"] for one in listed][:3] == ["9.2.01", "9.2.02", "9.2.03"]
    assert listed[0] == shown("9.2.01")


def test_starts_are_said_as_in_the_reference() -> None:
    assert shown("9.2.01")["starts"] == ["arrival - 40 hari"]
    assert shown("9.1.08")["starts"] == ["for each child flagged in 9.2.09", "by hand"]


def test_steps_are_said_as_in_the_reference() -> None:
    assert step("9.2.01", 5)["printed_step"] == "4"
    assert step("9.2.03", 0)["printed_step"] == "none"
    assert step("9.2.01", 2)["standard_time"] == "1 hari"
    assert step("9.2.06", 2)["standard_time"] == "-"
    assert step("9.1.09", 1)["standard_time"] == "week two: arrival + 7 to + 13 hari"
    assert step("9.2.06", 5)["target"] == "arrival + 2 hari"
    assert step("9.2.01", 2)["target"] is None
    weighing = step("9.2.15", 4)
    assert (weighing["repeats"], weighing["until"]) == ("10 hari", "departure")
    assert weighing["reminds"] == ["-1 hari", "pagi hari H"]
    assert step("9.2.12", 6)["repeats"] == "3x sehari"
    assert step("9.2.12", 3)["repeats"] == "1 hari"
    assert step("9.2.10", 3)["executors"] == ["bimbingan", "peksos"]
    assert step("9.2.02", 3)["requires"] == ["Status pendidikan/profesi"]
    assert step("9.2.05", 3)["records"] == "nomor induk"


@pytest.mark.parametrize(
    ("typed", "meant"), [("9.2.1", "9.2.01"), ("9212", "9.2.12"), ("9.1.112", "9.1.12"), ("9.1.O8", "9.1.08")]
)
def test_an_unknown_number_is_one_line_with_a_near_one(typed: str, meant: str) -> None:
    done = sop("show", typed)
    assert done.exit_code == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"pandu sop show: there is no SOP {typed}; did you mean ")
    assert meant in line


def test_a_number_like_none_is_answered_too() -> None:
    done = sop("show", "terminasi")
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)


def test_people_read_a_table() -> None:
    listed = sop("list").stdout
    assert "petirahan: penerimaan" in listed
    assert "  9.2.06  Penempatan Anak" in listed
    one = sop("show", "9.2.15").stdout
    assert "Qualification: minimal D3 Keperawatan" in one
    assert "every 10 hari until departure" in one
    assert "→ Timbang berat badan setiap anak." in one


def test_pandu_pack_says_which_pack(tmp_path: Path) -> None:
    write_small_pack(tmp_path)
    assert [one["number"] for one in json.loads(sop("list", "--json", PANDU_PACK=str(tmp_path)).stdout)] == [
        "1.1",
        "1.2",
    ]
    (tmp_path / ".env").write_text(f"PANDU_PACK={tmp_path}\n")
    in_file = subprocess.run(
        [sys.executable, "-m", "bot", "sop", "list"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert "1.1     Pertama" in in_file.stdout, in_file.stderr


def test_a_good_pack_is_one_line_with_counts(tmp_path: Path) -> None:
    done = sop("check", str(write_small_pack(tmp_path)))
    assert (done.exit_code, done.stdout) == (0, "Rumah Contoh: 2 SOPs, 3 steps, nothing wrong.\n")


def test_a_bad_pack_is_told_by_file_and_line_with_status_1(tmp_path: Path) -> None:
    write_small_pack(tmp_path, **{"1_1_yaml": FIRST.replace("prompt: Catat.", "promt: Catat.")})
    done = subprocess.run(
        [sys.executable, "-m", "bot", "sop", "check", str(tmp_path)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "1.1.yaml:17: unknown key 'promt'; did you mean 'prompt'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_starts_of_a_case_are_said_as_in_the_reference(tmp_path: Path) -> None:
    by_opening = SHELTER.replace("- at: opening\n", "- {at: opening + 3 bulan}\n  - by_hand: true\n")
    by_decision = SHELTER.replace(
        "- at: opening\n",
        '- {after: "2.1", when: [rujuk, akhiri]}\n  - {after: "2.1", when: [lanjut], later: 1 bulan}\n',
    ).replace("2.1", "2.2", 1)
    folder = str(write_small_pack(tmp_path, **{"2_1_yaml": by_opening, "2_2_yaml": by_decision}))
    assert shown("2.1", PANDU_PACK=folder)["starts"] == ["opening of the case + 3 bulan", "by hand"]
    assert shown("2.2", PANDU_PACK=folder)["starts"] == [
        "after 2.1 when the decision is rujuk or akhiri",
        "1 bulan after 2.1 when the decision is lanjut",
    ]
    (one,) = shown("2.1", PANDU_PACK=folder)["steps"]
    assert (one["repeats"], one["until"], one["records"]) == (
        "1 bulan",
        None,
        "keputusan: lanjut | rujuk | akhiri",
    )
    assert one["requires"] == ["Semua hadir"]


SHELTER = """\
number: "2.1"
title: Evaluasi
program: perlindungan
phase: evaluasi
subject: case
clock: kalender
starts:
  - at: opening
steps:
  - step: 1
    activity: Menilai
    prompt: Nilai.
    short: Nilai
    executors: [kepala]
    standard: 3-6 bulan
    every: {months: 1, until: closed}
    requires: [Semua hadir]
    kind: do
    record:
      what: "keputusan: lanjut | rujuk | akhiri"
      fields:
        - {key: keputusan, ask: Apa?, kind: choice, choices: [lanjut, rujuk, akhiri]}
    decision: {field: keputusan, proposes: kepala, settles: kepala}
"""


def test_the_graph_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    done = sop("graph", "-o", str(tmp_path / "sops.mmd"))
    assert (done.exit_code, done.stdout) == (
        0,
        f"{tmp_path / 'sops.mmd'}: {len(json.loads(sop('list', '--json').stdout))} SOPs\n",
    )
    assert (tmp_path / "sops.mmd").read_text() == sop("graph").stdout
    refused = sop("graph", "-o", str(tmp_path / "nowhere" / "sops.mmd"))
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)


def test_the_plan_says_who_gets_what_on_which_day(tmp_path: Path) -> None:
    rows = json.loads(sop("plan", "--arrival", "2026-12-01", "--json").stdout)
    by_step = {(one["sop"], one["step"], one["occurrence"]): one for one in rows}
    first = by_step["9.2.01", 2, 0]
    assert (first["opens_on"], first["due_on"], first["executors"]) == (
        "2026-10-22",
        "2026-10-23",
        ["penyantunan"],
    )
    weighing = by_step["9.2.15", 4, 3]
    assert (weighing["due_at"], weighing["stand_ins"]) == ("2026-12-30T18:00:00+08:00", ["perawat"])
    assert by_step["9.2.10", 3, 0]["executors"] == ["bimbingan", "peksos"]
    assert by_step["9.1.12", 3, 0]["flagged"] is True
    assert "Selasa 1 Des  (arrival)" in sop("plan", "--arrival", "2026-12-01").stdout


@pytest.mark.parametrize(
    ("ending", "begins"), [(".svg", b"<svg"), (".png", b"\x89PNG"), (".PDF", b"%PDF"), (".gif", b"")]
)
def test_the_plan_is_drawn_as_the_ending_says(tmp_path: Path, ending: str, begins: bytes) -> None:
    picture = tmp_path / f"plan{ending}"
    done = sop("plan", "--arrival", "2026-12-01", "--picture", str(picture))
    if not begins:
        assert (done.exit_code, picture.exists()) == (2, False)
        assert done.stderr.splitlines()[-1] == "Error: plan.gif: a picture ends in .png, .pdf, .svg"
        return
    assert "Selasa 1 Des  (arrival)" in done.stdout
    assert picture.read_bytes().startswith(begins)


def test_the_plan_names_what_a_short_stay_leaves_out() -> None:
    said = sop("plan", "--arrival", "2026-12-01", "--departure", "2026-12-15").stdout
    left_out = said.partition("Left out, for the stay has no day for them:\n")[2].split("\n\n")[0]
    assert "9.1.07  Study Banding" in left_out
    assert "9.1.07/" not in said


def test_a_check_warns_of_what_is_hardly_meant(tmp_path: Path) -> None:
    done = sop("check", "rppsa_putra_utama")
    assert done.exit_code == 0
    assert re.search(r"9\.2\.16\.yaml:\d+: step 5 opens on its last day", done.stderr)
    assert "on which nobody of bimbingan works" in done.stderr


def test_a_shorter_stay_moves_what_is_counted_from_the_departure() -> None:
    rows = json.loads(sop("plan", "--arrival", "2026-12-01", "--departure", "2026-12-15", "--json").stdout)
    weighed = [one["due_on"] for one in rows if (one["sop"], one["step"]) == ("9.2.15", 4)]
    assert weighed == ["2026-12-11", "2026-12-14"]  # on the eve of the departure, too


def test_the_days_of_the_data_folder_count(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "calendar.yaml").write_text("add: {2026-10-23: Libur daerah}\n")
    rows = json.loads(sop("plan", "--arrival", "2026-12-01", "--json").stdout)
    assert next(one["due_on"] for one in rows if (one["sop"], one["step"]) == ("9.2.01", 2)) == "2026-10-26"


def test_a_case_has_a_plan_of_its_own(tmp_path: Path) -> None:
    folder = str(write_small_pack(tmp_path, **{"2_1_yaml": SHELTER}))
    rows = json.loads(sop("plan", "--case-opened", "2026-12-01", "--json", PANDU_PACK=folder).stdout)
    assert {one["sop"] for one in rows} == {"2.1"}
    service = next(one for one in rows if not one["occurrence"])
    assert (service["opens_on"], service["asked_on"], service["due_on"]) == (
        "2026-12-01",
        "2027-03-01",
        "2027-06-01",
    )
    assert [one["opens_on"] for one in rows if one["occurrence"]][:2] == ["2027-01-01", "2027-02-01"]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--arrival", "2026-12-01", "--case-opened", "2026-12-01"),
        ("--arrival", "1 desember"),
        ("--arrival", "2026-12-01", "--departure", "2026-11-01"),
        ("--case-opened", "2026-12-01", "--departure", "2026-12-31"),
    ],
)
def test_a_plan_of_impossible_days_is_refused_in_one_sentence(options: tuple[str, ...]) -> None:
    done = sop("plan", *options)
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_forms_and_decisions_are_shown_to_people() -> None:
    shown_to_people = sop("show", "9.1.33").stdout
    assert "Apa keputusannya? (choice: lanjut, rujuk, akhiri)" in shown_to_people
    assert "decided together: peksos proposes; after an objection kepala decides" in shown_to_people
    assert "Written as what differs from 9.1.02." in sop("show", "9.1.03").stdout
