"""`pandu invite` and `pandu cohort open` as an operator calls them; Telegram cannot be reached here."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from bot.cli import pandu
from bot.commands import invite as invite_file
from sop_flows.actions.people.invitations import bare
from storage.engine import open_store
from storage.tables import Child, Cohort, Invitation, Task
from storage.types import Keyring
from tests.support.database import SECRET
from tests.support.empty_database import lay_empty_database

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens
GOOD = "nama;jenis kelamin;sekolah\nAnak Contoh 01;L;SDN 1 Contoh\nAnak Contoh 02;P;SDN 2 Contoh\n"
BAD = GOOD + "Anak Contoh 03;X;\n;P;SDN 1 Contoh\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "PANDU_PACK", "PANDU_SECRET_KEY_OLD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PANDU_SECRET_KEY", SECRET)
    monkeypatch.setenv("PANDU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TELEGRAM_API_BASE_URL", NOWHERE)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:SIM")
    monkeypatch.setenv("PANDU_TEST_CLOCK", "1")
    (tmp_path / "data").mkdir()
    lay_empty_database(tmp_path / "data" / "pandu.db")
    # Rate 0: the clock stands still at `since`.
    (tmp_path / "data" / "clock.json").write_text(
        '{"offset": 0, "rate": 0, "since": "2026-11-30T00:00:00+00:00"}'
    )
    return tmp_path


def runs(*arguments: str) -> Result:
    return CliRunner().invoke(pandu, arguments)


def count(folder: Path, table: type[Cohort | Child | Invitation | Task]) -> int:
    store = open_store(f"sqlite:///{folder / 'data' / 'pandu.db'}", Keyring([SECRET]))
    try:
        with store.reading() as s:
            return len(s.exec(select(table)).all())
    finally:
        store.close()


def test_the_last_line_is_the_bare_code_even_when_telegram_cannot_be_reached(folder: Path) -> None:
    result = runs("invite", "--role", "peksos", "--name", "Ibu Sari")
    assert result.exit_code == 0
    assert "Ibu Sari (peksos + admin)" in result.stdout  # the first one ever invited
    code = result.stdout.splitlines()[-1]
    assert bare(code) == code.replace("-", "")
    assert "No link" in result.stderr


def test_link_and_qr_when_the_bots_name_is_known(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invite_file, "ask_bot_name", lambda _settings: "pandu_contoh_bot")
    first = runs("invite", "--role", "peksos", "--name", "Ibu Sari").stdout.splitlines()
    assert f"https://t.me/pandu_contoh_bot?start={first[-1]}" in first
    assert any("█" in line or "▀" in line for line in first)
    monkeypatch.setattr(invite_file, "ask_bot_name", lambda _settings: None)
    later = runs("invite", "--role", "peksos", "--name", "Ibu Dewi").stdout.splitlines()
    assert f"https://t.me/pandu_contoh_bot?start={later[-1]}" in later  # remembered


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--role", "peksoz", "--name", "Ibu Sari"), "there is no role 'peksoz'"),
        (("--head", "kasi", "--role", "peksos", "--name", "Ibu Sari"), "there is no role 'kasi'"),
        (("--role", "peksos"), "--name is needed"),
        (("--name", "Ibu Sari", "--replace", "Ibu Dewi"), "no officer is called 'Ibu Dewi'"),
        (("--role", "guru", "--name", "Ibu Guru"), "--cohort is needed for guru"),
        (
            ("--role", "guru", "--name", "Ibu Guru", "--cohort", "Angkatan X"),
            "there is no angkatan 'Angkatan X'",
        ),
        (("--name", "Ibu Sari"), "--role is needed"),
    ],
)
def test_a_wrong_option_is_one_line_and_status_2(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    result = runs("invite", *arguments)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert says in result.output
    assert count(folder, Invitation) == 0


SEVERAL = """[{"name": "Ibu Sari", "roles": ["tu"], "heads": ["tu"], "admin": true},
              {"name": "Bapak Dodi", "roles": ["penyantunan", "bimbingan"]}]"""


def test_several_are_invited_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invite_file, "ask_bot_name", lambda _settings: "pandu_contoh_bot")
    (folder / "petugas.json").write_text(SEVERAL)
    made = json.loads(runs("invite", "--list", "petugas.json").stdout)
    assert [one["name"] for one in made] == ["Ibu Sari", "Bapak Dodi"]
    assert made[1]["link"] == f"https://t.me/pandu_contoh_bot?start={made[1]['code']}"
    read = CliRunner().invoke(pandu, ["invite", "--list", "-"], input=SEVERAL)
    assert len(json.loads(read.stdout)) == 2
    assert count(folder, Invitation) == 4


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        (SEVERAL.replace('"tu"', '"tuu"'), "there is no role 'tuu'"),
        (SEVERAL.replace('"Bapak Dodi"', '""'), "--name is needed"),
        (SEVERAL.replace('"name": "Bapak Dodi", ', ""), "--list: 1 name: Field required"),
        ("nothing", "--list: Invalid JSON"),
    ],
)
def test_a_list_with_a_mistake_invites_nobody(folder: Path, listed: str, says: str) -> None:
    result = CliRunner().invoke(pandu, ["invite", "--list", "-"], input=listed)
    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)
    assert says in result.output
    assert count(folder, Invitation) == 0


def test_a_cohort_with_its_roster(folder: Path) -> None:
    (folder / "anak.csv").write_text(GOOD)
    result = runs(
        "cohort", "open", "--name", "Angkatan III", "--arrival", "2027-03-01", "--roster", "anak.csv"
    )
    assert (result.exit_code, result.stderr) == (0, "")
    assert "2027-03-01 to 2027-03-31, children: 2, schools: 2." in result.stdout
    assert count(folder, Child) == 2
    assert runs("invite", "--role", "guru", "--name", "Ibu Guru", "--cohort", "angkatan iii").exit_code == 0


def test_what_a_roster_leaves_open_is_an_option(folder: Path) -> None:
    (folder / "anak.csv").write_text(
        "nama;jk;tanggal lahir\nAnak Contoh 01;L;2016-12-05\nAnak Contoh 02;P;13/05/2016\nJumlah;2;\n"
    )
    opening = ("cohort", "open", "--name", "Angkatan III", "--arrival", "2027-03-01", "--roster", "anak.csv")
    result = runs(*opening)
    assert (result.exit_code, "--school: is needed" in result.stderr) == (1, True)
    result = runs(*opening, "--school", "SDN 1 Contoh")
    assert result.exit_code == 1
    assert "Baris 2: 5 Desember 2016 atau 12 Mei 2016?" in result.stderr
    assert count(folder, Cohort) == 0
    result = runs(*opening, "--school", "SDN 1 Contoh", "--birth-dates", "turned")
    assert (result.exit_code, result.stderr) == (0, "Baris yang dilewati karena bukan anak: 4\n")
    assert "children: 2, schools: 1." in result.stdout


def test_every_bad_row_is_reported_and_nothing_is_imported(folder: Path) -> None:
    (folder / "anak.csv").write_text(BAD)
    result = runs(
        "cohort", "open", "--name", "Angkatan III", "--arrival", "2027-03-01", "--roster", "anak.csv"
    )
    assert result.exit_code == 1
    assert "Baris 4: jenis kelamin “X” tidak dikenal (tulis L atau P); sekolah kosong" in result.output
    assert "Baris 5: nama kosong" in result.output
    assert count(folder, Cohort) == 0
    (folder / "anak.csv").write_text(GOOD)
    assert (
        runs(
            "cohort", "open", "--name", "Angkatan III", "--arrival", "2027-03-01", "--roster", "anak.csv"
        ).exit_code
        == 0
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--arrival", "2027-03-01"), "--name is needed"),
        (("--name", "Angkatan III"), "--arrival: is needed"),
        (("--name", "Angkatan III", "--arrival", "1 Maret"), "'1 Maret' is no date"),
        (("--name", "Angkatan III", "--arrival", "2027-03-01", "--departure", "2027-03-01"), "--departure"),
        (("--name", "Angkatan III", "--arrival", "2097-03-01"), "--arrival"),
        (("--name", "Angkatan III", "--arrival", "2027-03-01", "--roster", "tiada.xlsx"), "tiada.xlsx"),
    ],
)
def test_a_wrong_cohort_is_one_line_and_status_2(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    result = runs("cohort", "open", *arguments)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert says in result.output


def test_a_day_in_the_past_is_an_ordinary_first_day(folder: Path) -> None:
    result = runs("cohort", "open", "--name", "Angkatan III", "--arrival", "2026-11-20")
    assert result.exit_code == 0
    assert "2026-11-20 to 2026-12-20" in result.stdout
    assert "steps should have been done before Pandu was used" in result.stdout


def test_two_cohorts_cannot_have_one_name(folder: Path) -> None:
    assert runs("cohort", "open", "--name", "Angkatan III", "--arrival", "2027-03-01").exit_code == 0
    again = runs("cohort", "open", "--name", "angkatan iii", "--arrival", "2027-04-01")
    assert (again.exit_code, count(folder, Cohort)) == (2, 1)


def test_the_dates_of_a_cohort_move(folder: Path) -> None:
    assert runs("cohort", "open", "--name", "Angkatan III", "--arrival", "2027-03-01").exit_code == 0
    moved = runs(
        "cohort", "move", "--name", "angkatan iii", "--arrival", "2027-03-04", "--reason", "ombak tinggi"
    )
    assert (moved.exit_code, moved.stderr) == (0, "")
    assert "Angkatan III: 2027-03-04 to 2027-04-03. Steps done: 0, moved: " in moved.stdout
    shorter = runs(
        "cohort", "move", "--name", "Angkatan III", "--departure", "2027-03-22", "--reason", "jadwal kapal"
    )
    assert "Timbang berat badan 3: no longer." in shorter.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--name", "Angkatan IX", "--arrival", "2027-03-04", "--reason", "x"), "no angkatan"),
        (("--name", "Angkatan III", "--reason", "x"), "the dates it has"),
        (("--name", "Angkatan III", "--arrival", "2027-03-04"), "--reason is needed"),
        (("--name", "Angkatan III", "--arrival", "4 Maret", "--reason", "x"), "is no date"),
        (("--name", "Angkatan III", "--departure", "2027-02-01", "--reason", "x"), "--departure"),
    ],
)
def test_a_wrong_move_is_one_line_and_status_2(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    assert runs("cohort", "open", "--name", "Angkatan III", "--arrival", "2027-03-01").exit_code == 0
    result = runs("cohort", "move", *arguments)
    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)
    assert says in result.output
