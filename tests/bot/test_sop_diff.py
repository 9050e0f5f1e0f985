"""`pandu sop diff`: between packs, and between the running pack and what open runs go on with."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import pandu
from sop_flows.declarations.loader import Pack
from sop_flows.packs import find_pack
from tests.packs.small_pack import FIRST, write_small_pack
from tests.support.database import SECRET
from tests.support.packs import real_pack
from tests.support.town import Town


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # a .env of the developer is not read


@pytest.fixture
def pack() -> Pack:
    """As the running bot has it."""
    return real_pack()


def diff(*arguments: str, **settings: str) -> Result:
    return CliRunner().invoke(pandu, ["sop", "diff", *arguments], env={"PANDU_PACK": "", **settings})


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    """A small pack, and the same with another standard time."""
    folders = tmp_path / "old", tmp_path / "new"
    for folder in folders:
        folder.mkdir()
    write_small_pack(folders[0])
    write_small_pack(folders[1], **{"1_1_yaml": FIRST.replace("standard: 1 hari", "standard: 3 hari")})
    return str(folders[0]), str(folders[1])


def test_two_packs_are_compared_without_a_database(two: tuple[str, str]) -> None:
    old, new = two
    done = diff(old, new, PANDU_SECRET_KEY="")
    assert done.exit_code == 1
    assert done.stdout == "1.1 Pertama\n  step 2 (Catat data anak): standard: 1 hari -> 3 hari\n"
    same = diff(old, old)
    assert (same.exit_code, same.stdout) == (0, "The packs say the same.\n")


def test_without_a_second_pack_it_is_the_running_one(two: tuple[str, str]) -> None:
    old, new = two
    assert diff(old, PANDU_PACK=new).stdout == diff(old, new).stdout


def test_a_pack_that_can_not_be_read_is_trouble(two: tuple[str, str]) -> None:
    done = diff(two[0], "nowhere")
    assert (done.exit_code, done.stderr) == (2, "nowhere:1: no pack here: there is no unit.yaml\n")


async def test_open_runs_are_compared_with_the_running_pack(town: Town, tmp_path: Path) -> None:
    await town.open_cohort(arrival="2026-12-01")
    settings = {
        "PANDU_SECRET_KEY": SECRET,
        "DATABASE_URL": town.store.engine.url.render_as_string(hide_password=False),
    }
    same = diff(**settings)
    assert (same.exit_code, same.stdout) == (0, "All open runs are of the running pack.\n")
    folder = tmp_path / "changed"
    shutil.copytree(find_pack("rppsa_putra_utama"), folder)
    for number in ("9.2.04", "9.2.06"):
        file = folder / f"{number}.yaml"
        file.write_text(
            re.sub(r"^clock: \w+$", "\\g<0>\nqualification: teliti", file.read_text(), flags=re.MULTILINE)
        )
    done = diff(PANDU_PACK=str(folder), **settings)
    assert done.exit_code == 1, done.stderr
    heading, line = done.stdout.splitlines()
    # 9.2.06 has not been started yet: its run will be of the new version, and nothing is to be told of it.
    assert heading.startswith("9.2.04 Tahap Pelaksanaan: Penerimaan Calon Kelayan: 1 open run of version ")
    assert line == "  qualification: (nothing) -> teliti"
