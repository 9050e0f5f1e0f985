"""The whole thing as a newcomer meets it: `pandu demo`, the page in Chromium, a lesson at each width, the work of the others."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from scripts.guide import SIZES, lesson

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


async def test_lessons_are_done_on_the_page_and_the_others_work(browser: Browser, address: str) -> None:
    page = await browser.new_page(locale="id-ID", reduced_motion="reduce")
    await page.goto(address)
    await page.wait_for_selector("body[data-ready=yes]")
    for size in reversed(SIZES):  # it ends with an undo and can be done again
        await page.set_viewport_size(size)
        await lesson(page, "Penyantunan")
        if size != SIZES[0]:
            await page.get_by_test_id("lesson-again").click()
    await page.get_by_test_id("side-button").click()
    await page.get_by_test_id("others").click()
    await expect(page.get_by_test_id("toast")).to_have_text(
        re.compile(r"Petugas lain menyelesaikan [1-9]\d* tugas\.")
    )
    await page.get_by_role("button", name="+1 hari").click()
    await expect(page.get_by_text("Selamat pagi, Bapak Dodi Contoh").last).to_be_visible()
    await page.close()
