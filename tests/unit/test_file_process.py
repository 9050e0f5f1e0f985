"""Pictures and documents by a process of its own: it works, says what went wrong, and ends when it has nothing to do."""

import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.commands.paper import invented_values
from bot.file_makers import file_makers
from bot.file_process import FileProcess, FileProcessError, apart
from bot.logs import place_of
from storage.cabinet import Cabinet
from storage.types import Keyring
from tests.support.packs import real_pack

ENOUGH_S = 10.0
LISTED: dict[str, Any] = {
    "house": "Rumah Contoh",
    "title": '#panic("no") Angkatan *Contoh*',
    "lines": ["60 dari 60"],
    "header": ["Nomor", "Nama", "Berat (kg)"],
    "groups": [
        {"heading": "Wisma $ [", "rows": [[f"{n:03d}", f"Anak <a> @b // {n}", 24.5] for n in range(60)]}
    ],
    "foot": "Dibuat oleh Sari",
    "stamp": "2 Desember 2026 10.42",
    "words": {"page": "Halaman"},
}


def test_papers_of_the_pack_are_made_there_too(tmp_path: Path) -> None:
    pack, process = real_pack(), FileProcess()
    assert pack.folder is not None
    makers = file_makers(Cabinet(tmp_path, Keyring(["secret"])), apart(process), pack.folder / "papers")
    values = invented_values(pack, "ba_penerimaan", "markup")
    begun = time.process_time()
    try:
        asked = {"template": "ba_penerimaan.typ", "values": values, "stamp": "hari ini"}
        assert makers["paper"](asked)[:5] == b"%PDF-"
    finally:
        process.stop()
    assert time.process_time() - begun < 0.5  # this process only waits
    assert values["paper"]["made_at"] == ""


def test_a_process_makes_files_and_ends_when_it_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDU_SECRET_KEY", "nobody's business")
    process = FileProcess(idle_s=1.0)
    try:
        with ThreadPoolExecutor(2) as threads:
            made = [threads.submit(process.make, "list", LISTED) for _two in range(2)]
            assert {one.result(ENOUGH_S)[:5] for one in made} == {b"%PDF-"}
        first = process.pid
        assert first not in (None, os.getpid())
        with open(f"/proc/{first}/environ", "rb") as environment:
            assert b"PANDU" not in environment.read()
        begun = _cpu_s(first)
        assert process.make("workbook", {"title": "A", "header": ["B"], "rows": [["=1+1"]]})[:2] == b"PK"
        assert len(process.make("list", LISTED)) > 5_000
        assert _cpu_s(first) - begun < 1.5  # openpyxl and one page more; 0.2 s at home
        with pytest.raises(FileProcessError) as refused:
            process.make("list", {"title": "Anak Contoh"})
        assert re.match(
            r"list: (KeyError|TypstError)", place_of(refused.value)
        )  # for doctor: no word of the paper
        assert "Anak" not in place_of(refused.value)
        assert process.pid == first  # a file that can't be made stops no other
        os.kill(first or 0, signal.SIGKILL)  # the machine is short of memory
        assert process.make("list", LISTED)[:5] == b"%PDF-"
        first = process.pid
        until = time.monotonic() + ENOUGH_S
        while process.pid is not None and time.monotonic() < until:
            time.sleep(0.05)
        assert process.pid is None
        assert process.make("list", LISTED)[:5] == b"%PDF-"
        assert process.pid not in (None, first)
    finally:
        process.stop()


def _cpu_s(pid: int | None) -> float:
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
