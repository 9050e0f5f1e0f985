"""Take the pictures of docs/panduan.md and of the README anew: `make guide`, three minutes.

The demo runs as anybody runs it, and every lesson of its page is done in Chromium as the lesson says; a picture is what stands on
the phone then. A lesson that can't be done, or that does not tick itself off, ends with an error.
"""

import asyncio
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Page, ViewportSize, async_playwright, expect

ROOT = Path(__file__).parent.parent
LESSONS = ROOT / "simulator" / "page" / "lessons.json"
PICTURES = ROOT / "docs" / "screenshots"
PHONE, DESKTOP = ViewportSize(width=380, height=900), ViewportSize(width=1280, height=800)
COLOURS = 96
FROM_ITS_FIRST_LINE = """() => {
  document.getElementById("toast").hidden = true;
  const last = [...document.querySelectorAll(".message.from-bot")].at(-1);
  last.parentElement.scrollTo({ top: last.offsetTop - last.parentElement.offsetTop - 8, behavior: "instant" });
}"""
READS_S = 1.5  # what is typed sooner was not meant for the question that has just been shown
SETTLES_S = 0.6

# For each role: after which step of its lesson (from 1; 0: the phone as it lies there) a picture is taken, and its name.
TAKEN = {
    "Penyantunan": {1: "penyantunan-tugas", 2: "penyantunan-langkah", 3: "penyantunan-selesai"},
    "Perawat": {2: "perawat-kejadian", 4: "perawat-timbang", 5: "perawat-catat"},
    "Peksos": {2: "peksos-kasus", 5: "peksos-catatan"},
    "TU, admin": {2: "admin-undang", 3: "admin-kode", 4: "admin-laporan"},
    "Kepala": {1: "kepala-status", 3: "kepala-papan", 4: "kepala-laporan"},
    "Kasi Penyantunan": {2: "kasi-kejadian"},
    "Kasi Bimbingan": {1: "kasi-terlambat", 3: "kasi-tangani"},
    "Bimbingan": {2: "bimbingan-hambatan", 5: "bimbingan-kunjungan"},
    "Guru pendamping": {1: "guru-anak", 4: "guru-catatan"},
}


@contextmanager
def demo() -> Iterator[str]:
    """The demo on the tenth day, in a folder of its own; its address."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--data-dir", f"{folder}/demo"]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            assert running.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+/", running.stdout.readline())
            if found is None:
                raise SystemExit(Path(folder, "demo", "log.txt").read_text("utf-8"))
            yield found.group()
        finally:
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=30)


async def do(page: Page, what: str) -> None:
    """`[x]` is a tap on the lowest button x, or one that begins with it, `+1 hari` on the clock; all else is typed or on the keyboard."""
    if what == "+1 hari":
        await page.get_by_test_id("clock-day").click()
        await asyncio.sleep(3)
    elif what.startswith("["):
        label = re.escape(what[1:-1])
        whole = page.locator(".inline-button", has_text=re.compile(f"^{label}$"))
        begun = page.locator(".inline-button", has_text=re.compile(f"^{label}"))
        await (whole if await whole.count() else begun).last.click()
        await expect(page.locator(".inline-button.waiting")).to_have_count(0)
    elif await (key := page.get_by_test_id("reply-keyboard").get_by_text(what, exact=True)).count():
        await key.click()
    else:
        await asyncio.sleep(READS_S)
        await page.get_by_test_id("composer").fill(what)
        await page.get_by_test_id("composer").press("Enter")
    await asyncio.sleep(SETTLES_S)


async def choose(page: Page, role: str) -> None:
    """Take the phone of this role."""
    await (
        page.locator("[data-phone-id]")
        .filter(has=page.locator(".role", has_text=re.compile(f"^{role}$")))
        .click()
    )
    await expect(page.get_by_test_id("you")).to_have_text(re.compile(f"· {role}$"))
    await asyncio.sleep(SETTLES_S)


async def take(page: Page, name: str, part: str | None = ".phone") -> None:
    """Keep what stands on the phone (None: the whole page) as a small PNG."""
    await page.mouse.move(0, 0)
    await page.evaluate(FROM_ITS_FIRST_LINE)
    shot = await (page.locator(part).screenshot() if part else page.screenshot())
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(PICTURES / f"{name}.png", optimize=True)


async def lesson(page: Page, role: str, steps: list[dict[str, Any]]) -> None:
    """Do what the lesson of this role says; each step must tick itself off."""
    await page.set_viewport_size(PHONE)
    await choose(page, role)
    done = page.locator("#lesson-steps li")
    for number, step in enumerate(steps, 1):
        for what in step["do"]:
            await do(page, what)
        await expect(done.nth(number - 1)).to_have_class("done")
        if name := TAKEN.get(role, {}).get(number):
            await take(page, name)


async def main() -> None:
    """All lessons in the order of the phones; the clock moves in that of Bimbingan, which comes last."""
    lessons = json.loads(LESSONS.read_text("utf-8"))["roles"]
    with demo() as address:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = await browser.new_page(viewport=DESKTOP, locale="id-ID", reduced_motion="reduce")
            await page.goto(address)
            await page.wait_for_selector("body[data-ready=yes]")
            await asyncio.sleep(SETTLES_S)
            await take(page, "simulator", part=None)
            for role in sys.argv[1:] or lessons:
                steps = lessons[role]
                await lesson(page, role, steps)
            await browser.close()


if __name__ == "__main__":
    expect.set_options(timeout=20_000)
    asyncio.run(main())
