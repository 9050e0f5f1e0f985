"""How long a newcomer waits: clone into an empty folder, empty pip cache, `make demo`, confirm one step in Chromium.

Prints the seconds of each stage. Exits 1 when the first confirmation takes longer than LIMIT_SECONDS.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

LIMIT_SECONDS = 180  # within three minutes of cloning
ROOT = Path(__file__).parent.parent
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_address(demo: "subprocess.Popen[str]") -> str:
    """The address that the demo prints."""
    assert demo.stdout is not None
    for line in demo.stdout:
        sys.stdout.write(f"    {line}")
        found = re.search(r"http://127\.0\.0\.1:\d+\S*", line)
        if found:
            return found.group()
    raise SystemExit("the demo ended before it printed an address")


def confirm_a_step(page: Page, address: str) -> None:
    """Choose an officer who has a task, open it, tap Selesai, see it confirmed."""
    page.goto(address)
    page.locator("[data-phone-id]").first.wait_for(timeout=60_000)
    page.locator("[data-phone-id]", has_text="Bapak Dodi").first.click()
    page.get_by_test_id("reply-keyboard").get_by_text("Tugas saya").click()
    last = page.get_by_test_id("messages").locator("> *").last
    last.get_by_text("Tugas Anda").wait_for(timeout=15_000)
    last.get_by_role("button", name="1", exact=True).click()
    last.get_by_role("button", name="Selesai").click()
    last.get_by_text(re.compile("✅")).first.wait_for(timeout=15_000)


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("chromium is not installed: apt-get install chromium\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), f"{folder}/pandu"], check=True)
        environment = {**os.environ, "PIP_CACHE_DIR": f"{folder}/pip-cache"}
        demo = subprocess.Popen(
            ["make", "--no-print-directory", "demo", f"PORT={free_port()}"],
            cwd=f"{folder}/pandu",
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            address = wait_for_address(demo)
            ready = time.monotonic() - began
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
                confirm_a_step(browser.new_page(viewport={"width": 1280, "height": 800}), address)
                browser.close()
            confirmed = time.monotonic() - began
        finally:
            os.killpg(demo.pid, signal.SIGTERM)
            demo.wait(timeout=20)
    sys.stdout.write(f"demo ready after {ready:.0f} s, first step confirmed after {confirmed:.0f} s\n")
    return 0 if confirmed <= LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
