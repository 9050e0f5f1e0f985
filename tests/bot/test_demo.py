"""`pandu demo`: one address, an angkatan that arrived today, officers for every role; goes on where it stopped."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow


def start(folder: Path, *options: str) -> tuple["subprocess.Popen[str]", str]:
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--data-dir", str(folder), *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout is not None
    lines = [demo.stdout.readline()]
    [address] = re.findall(r"http://127\.0\.0\.1:\d+/", lines[0])
    return demo, address


def stop(demo: "subprocess.Popen[str]") -> int:
    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=90)  # the first start is finished before it ends
    return demo.returncode


def next_due(address: str) -> str:
    """What the clock panel says; the demo asks the bot for it."""
    until = time.monotonic() + 30
    while (said := httpx.get(f"{address}sim/clock").json()["next_due"]) is None:
        assert time.monotonic() < until
        time.sleep(0.1)
    return str(said)


def test_the_demo_is_ready_when_it_prints_its_address(tmp_path: Path) -> None:
    demo, address = start(tmp_path / "demo", "--begin", "arrival")
    phones = httpx.get(f"{address}sim/phones").json()
    assert [phone["name"].split(" · ")[1] for phone in phones] == [
        "TU, admin", "Kepala", "Kasi Penyantunan", "Penyantunan", "Perawat", "Kasi Bimbingan", "Bimbingan",
        "Peksos", "Guru pendamping",
    ]  # fmt: skip
    assert "Contoh" in phones[0]["name"]
    assert all(phone["last_is_bot"] for phone in phones)
    assert httpx.get(address).status_code == 200
    assert next_due(address) > httpx.get(f"{address}sim/clock").json()["now"]
    assert stop(demo) == 0
    again, address = start(tmp_path / "demo")
    assert len(httpx.get(f"{address}sim/phones").json()) == 9
    assert stop(again) == 0


def test_it_begins_on_the_tenth_day_or_with_officers_alone(tmp_path: Path) -> None:
    demo, address = start(tmp_path / "demo")
    assert httpx.get(f"{address}sim/clock").json()["now"].startswith("2026-12-11T01:00")
    phones = httpx.get(f"{address}sim/phones").json()
    dodi = phones[0]
    assert dodi["name"] == "Bapak Dodi Contoh · Penyantunan"
    httpx.post(f"{address}sim/phones/{dodi['id']}/text", json={"text": "/tugas"})
    until = time.monotonic() + 30
    while (
        "Tugas Anda" not in httpx.get(f"{address}sim/phones/{dodi['id']}/chat").json()["messages"][-1]["html"]
    ):
        assert time.monotonic() < until
        time.sleep(0.1)
    httpx.post(f"{address}sim/begin", json={"wish": "empty"}).raise_for_status()
    until = time.monotonic() + 60
    while not _is_ready(address):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert len(httpx.get(f"{address}sim/phones").json()) == 8  # nobody of an angkatan
    assert stop(demo) == 0


def _is_ready(address: str) -> bool:
    """Whether it has begun anew: the simulator, too, is another process then."""
    try:
        said = httpx.get(f"{address}sim/begin").json()
    except httpx.HTTPError:
        return False
    return bool(said["offers"]) and said["wish"] is None


def test_another_pack_gets_officers_from_its_own_roles(tmp_path: Path) -> None:
    demo, address = start(tmp_path / "demo", "--pack", "asrama_bukit_tunas")
    phones = httpx.get(f"{address}sim/phones").json()
    assert [phone["name"].split(" · ")[1] for phone in phones] == [
        "Sekretariat, admin", "Pembina", "Pengasuh", "Kepala Pengasuh", "Konselor", "Petugas UKS", "Wali Kelas",
    ]  # fmt: skip
    assert all(phone["last_is_bot"] for phone in phones)
    clock = httpx.get(f"{address}sim/clock").json()
    assert clock["zone"] == "Asia/Jakarta"
    assert clock["now"][11:14] == "01:"  # 08.00 in Bandung is 01.00 UTC
    assert stop(demo) == 0


def test_a_first_start_that_was_cut_off_is_told_in_one_line(tmp_path: Path) -> None:
    demo, _address = start(tmp_path / "demo", "--begin", "arrival")
    assert stop(demo) == 0
    chats = tmp_path / "demo" / "simulator.json"
    chats.write_text(chats.read_text().replace("Bapak Guntur", "Bapak Lain"))
    again = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--data-dir", str(tmp_path / "demo")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (again.returncode, again.stderr) == (
        1,
        f"pandu demo: the demo in {tmp_path / 'demo'} is not whole; pandu demo --fresh begins anew\n",
    )
