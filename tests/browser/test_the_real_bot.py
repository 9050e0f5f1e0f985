"""The whole thing as a newcomer meets it: `pandu demo`, the page in Chromium, one step confirmed by taps."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

expect.set_options(timeout=20_000)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address that the demo prints."""
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--data-dir", str(tmp_path / "demo")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert demo.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", demo.stdout.readline())
        assert found, (tmp_path / "demo" / "log.txt").read_text()
        yield found.group()
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=30)


async def test_a_step_is_confirmed_on_the_page(browser: Browser, address: str) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.goto(address)
    await page.locator("[data-phone-id]", has_text="Bapak Dodi").first.click()
    await page.get_by_test_id("reply-keyboard").get_by_text("Tugas saya").click()
    newest = page.get_by_test_id("messages").locator("> *").last
    await expect(newest.get_by_text("Tugas Anda, Jumat 11 Desember")).to_be_visible()
    await newest.get_by_role("button", name="1", exact=True).click()
    await expect(newest.get_by_text("Beri pengarahan tentang kegiatan outbond")).to_be_visible()
    await newest.get_by_role("button", name="Selesai").click()
    await expect(newest.get_by_text("SOP 9.2.07 langkah 3 selesai")).to_be_visible()
    await page.get_by_test_id("others").click()
    await expect(page.get_by_test_id("toast")).to_have_text(
        re.compile(r"Petugas lain menyelesaikan [1-9]\d* tugas\.")
    )
    await page.get_by_role("button", name="+1 hari").click()
    await expect(page.get_by_text("Selamat pagi, Bapak Dodi Contoh").last).to_be_visible()
    await page.close()
