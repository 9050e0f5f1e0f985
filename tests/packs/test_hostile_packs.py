"""Files that no editor of a pack writes by mistake, or hardly: refused at once and with a sentence."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.loader import load_pack, load_sop_text
from sop_flows.declarations.pack_files import BYTES_MAX
from tests.packs.small_pack import FIRST, SECOND, write_small_pack

AT_ONCE_S = 1.0  # by far; each of these takes some milliseconds, a quarter of a second at most

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
)


def said_of(folder: Path, text: str | bytes) -> str:
    write_small_pack(folder)
    written = text.encode() if isinstance(text, str) else text
    (folder / "1.2.yaml").write_bytes(written)
    started = time.perf_counter()
    with pytest.raises(PackErrors) as caught:
        load_pack(folder)
    assert time.perf_counter() - started < AT_ONCE_S
    return str(caught.value)


def test_an_alias_bomb_is_not_unfolded(tmp_path: Path) -> None:
    for text in (LAUGHS, SECOND + LAUGHS, SECOND + LAUGHS + "equipment: *a39\n"):
        said = said_of(tmp_path, text).splitlines()
        assert any(line.startswith("1.2.yaml:") and "unknown key 'a0'" in line for line in said)


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: "])
def test_brackets_without_end_are_not_followed(tmp_path: Path, opening: str) -> None:
    deep = opening * (99_000 // len(opening))
    assert said_of(tmp_path, deep).startswith("1.2.yaml:1: nested too deeply; 12 levels are the most")


def test_a_long_list_is_no_mapping(tmp_path: Path) -> None:
    assert said_of(tmp_path, "[" + "1," * 15_000 + "]").startswith("1.2.yaml:1: the file must be a mapping")


def test_a_number_without_end_is_not_counted_out(tmp_path: Path) -> None:
    said = said_of(tmp_path, SECOND.replace("Kedua", "1" + ":1" * 45_000))
    assert said.startswith("1.2.yaml:2: 1:1:1:1:1:1:1:1:1:1:... is read by YAML as a number")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    write_small_pack(tmp_path)
    with (tmp_path / "1.2.yaml").open("wb") as file:
        file.truncate(50_000_000_000)  # a hole: it takes no room
    with pytest.raises(PackErrors) as caught:
        load_pack(tmp_path)
    assert str(caught.value) == (
        f"1.2.yaml:1: the file has 50,000,000,000 bytes; {BYTES_MAX:,} are the most. Is it a pack file at all?"
    )


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    write_small_pack(tmp_path)
    (tmp_path / "1.3.yaml").mkdir()
    os.mkfifo(tmp_path / "1.4.yaml")  # to read it would wait for a writer
    (tmp_path / "1.5.yaml").symlink_to("/dev/zero")
    (tmp_path / "1.6.yaml").symlink_to(tmp_path / "gone.yaml")
    with pytest.raises(PackErrors) as caught:
        load_pack(tmp_path)
    assert [str(error) for error in caught.value] == [
        "1.3.yaml:1: not a file",
        "1.4.yaml:1: not a file",
        "1.5.yaml:1: not a file",
        "1.6.yaml:1: can't be opened: No such file or directory",
    ]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    plain = load_pack(write_small_pack(tmp_path))
    (tmp_path / "1.1.yaml").write_bytes(b"\xef\xbb\xbf" + FIRST.replace("\n", "\r\n").encode())
    (tmp_path / "1.2.yaml").write_bytes(SECOND.replace("\n", "\r").encode())
    again = load_pack(tmp_path)
    assert [sop.digest for sop in again.sops.values()] == [sop.digest for sop in plain.sops.values()]


def test_lines_are_counted_with_windows_line_ends(tmp_path: Path) -> None:
    said = said_of(tmp_path, SECOND.replace("Kedua", "2026").replace("\n", "\r\n"))
    assert said.startswith("1.2.yaml:2: 'title' must be a text")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_other_encodings_are_named(tmp_path: Path, encoding: str) -> None:
    said = said_of(tmp_path, SECOND.replace("Kedua", "Ke\xe4dua").encode(encoding))
    assert "not UTF-8" in said or "a control character (code 0)" in said


def test_an_empty_file_and_one_of_comments_are_empty(tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "\n\n", "---\n"):
        assert said_of(tmp_path, text).startswith("1.2.yaml:1: the file is empty")


def test_an_anchor_may_be_used_again(tmp_path: Path) -> None:
    aliased = SECOND.replace("executors: [peksos, kepala]", "executors: &both [peksos, kepala]")
    other = "\n  - step: 2\n    activity: B\n    prompt: B.\n    short: Lagi\n    executors: *both\n    kind: do\n"
    sops = load_pack(write_small_pack(tmp_path, **{"1_2_yaml": aliased + other.lstrip("\n")})).sops
    assert sops["1.2"].step(2).executors == ("peksos", "kepala")


@pytest.mark.parametrize("escape", [r"\x07", r"\0", r"\L", r"\u2028", r"\N"])
def test_what_nobody_sees_is_refused_where_it_is_escaped_too(tmp_path: Path, escape: str) -> None:
    said = said_of(tmp_path, SECOND.replace("Kedua", f'"Ke{escape}dua"'))
    assert said.startswith("1.2.yaml:2: a control character (code ")


@pytest.mark.parametrize("escape", [r"\t", r"\n", r"\u00e4", r"\\", r"\"", r"\U0001F600", r"\_"])
def test_other_escapes_are_stored_and_read_back(tmp_path: Path, escape: str) -> None:
    pack = load_pack(write_small_pack(tmp_path, **{"1_2_yaml": SECOND.replace("Kedua", f'"Ke{escape}dua"')}))
    assert load_sop_text(pack.sops["1.2"].source) == pack.sops["1.2"]


@pytest.mark.parametrize(
    "bad", ["[" * 99_000, LAUGHS, "\tnumber: 1", "a: b: c"], ids=["deep", "laughs", "tab", "colon"]
)
def test_the_command_ends_with_status_1_and_a_line(tmp_path: Path, bad: str) -> None:
    write_small_pack(tmp_path, **{"1_2_yaml": bad})
    done = subprocess.run(
        [sys.executable, "-m", "bot", "sop", "check", str(tmp_path)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "1.2.yaml:" in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr
