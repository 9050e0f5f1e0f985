"""Do every lesson of the demo's page as it says, at three widths, and take the pictures of docs/panduan.md and of the README
anew: `make guide`, a few minutes.

A demo of its own runs for each width. A lesson that can't be done, a step that does not tick itself off, or a page on which
something overlaps, is cut or too faint, by day or by night, ends with an error. A picture is what stands on the phone after a step.
The table of what can be tried in docs/panduan.md is written from the lessons, too.
"""

import argparse
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
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from simulator.demo.people import GURU, OFFICERS  # noqa: E402
from tests.browser.looks import wrong_looks  # noqa: E402

LESSONS = json.loads((ROOT / "simulator" / "page" / "lessons.json").read_text("utf-8"))
GUIDE = ROOT / "docs" / "panduan.md"
PICTURES = ROOT / "docs" / "screenshots"
SIZES = (
    ViewportSize(width=360, height=800),
    ViewportSize(width=820, height=1100),
    ViewportSize(width=1280, height=800),
)
COLOURS = 96
ON_PAPER = ViewportSize(width=380, height=900)
WITHOUT_LESSON = """(yes) => {
  document.getElementById("toast").hidden = true;
  for (const id of ["lesson", "lesson-button"]) document.getElementById(id).style.display = yes ? "none" : "";
}"""
FROM_ITS_FIRST_LINE = """() => {
  const last = [...document.querySelectorAll(".message.from-bot")].at(-1);
  last.parentElement.scrollTo({ top: last.offsetTop - last.parentElement.offsetTop - 8, behavior: "instant" });
}"""
READS_S = 1.5  # what is typed sooner was not meant for the question that has just been shown
SETTLES_S = 0.4
ANSWERS_S = 20  # at most
SAID = "() => [...document.querySelectorAll('.from-bot')].slice(-9).map((one) => one.dataset.messageId + one.textContent).join()"
OTHER = f"(before) => new Promise((done) => {{ const look = () => (({SAID})() !== before ? done() : setTimeout(look, 50)); look(); }})"
BESIDE = "+1 hari"  # what is tapped on the clock
# Seconds of somebody who does it for the first time, on a phone: to read a step and what comes of it, to find a button, to find a letter.
STEP_S, TAP_S, LETTER_S = 14, 3, 1

# For each role: after which step of its lesson (from 1) a picture is taken, and its name.
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


# what the guide says of the lessons


def what_can_be_tried() -> str:
    """The tables of docs/panduan.md: lessons with what they ask of one, and every single thing with its taps."""
    names = {one.as_what: one.name for one in (*OFFICERS, GURU)}
    first = LESSONS["first"]
    in_order = [*first, *(role for role in LESSONS["roles"] if role not in first)]
    lines = ["| Latihan pada HP | Ketukan | Huruf diketik | Kira-kira |", "| --- | --- | --- | --- |"]
    for role in in_order:
        taps, letters, seconds = effort(LESSONS["roles"][role])
        lines.append(
            f"| {names[role]} ({role}) | {taps} | {letters} | {round(seconds / 60, 1):.1f} menit |".replace(
                ".", ","
            )
        )
    four = round(sum(effort(LESSONS["roles"][role])[2] for role in first) / 60)
    lines += [
        "",
        f"Empat yang pertama, bersama-sama kira-kira {four} menit, cukup untuk menyelesaikan tugas, menimbang, membaca status, dan mencatat"
        f" kunjungan. Dihitung {STEP_S} detik membaca tiap langkah, {TAP_S} detik tiap ketukan, {LETTER_S} detik tiap huruf.",
        "",
        "| Yang dicoba | HP | Ketuk, atau ketik `ini` |",
        "| --- | --- | --- |",
    ]
    for role in in_order:
        steps = [*LESSONS["roles"][role], *LESSONS["more"].get(role, ())]
        for index, step in enumerate(steps):
            if "try" in step:
                acts = [
                    act for one in steps[step.get("from", index + 1) - 1 : index + 1] for act in one["do"]
                ]
                lines.append(f"| {step['try']['id']} | {names[role]} | {' › '.join(map(_said, acts))} |")
    return "\n".join(lines) + "\n"


def effort(steps: list[dict[str, Any]]) -> tuple[int, int, int]:
    """What a lesson needs: taps (one sends what was typed), letters typed, seconds."""
    acts = [act for step in steps for act in step["do"]]
    letters = sum(len(act) for act in acts if _is_typed(act))
    return len(acts), letters, len(steps) * STEP_S + len(acts) * TAP_S + letters * LETTER_S


def _is_typed(act: str) -> bool:
    return act[0] not in "[{" and act != BESIDE


def _said(act: str) -> str:
    return (
        f"`{act}`" if _is_typed(act) else f"{act} pada jam" if act == BESIDE else act[1:-1].removeprefix("☐ ")
    )


def write_what_can_be_tried() -> None:
    before, heading, rest = GUIDE.read_text("utf-8").partition("## Yang bisa dicoba\n")
    about, _old, after = rest.partition("| Latihan pada HP |")
    GUIDE.write_text(
        before + heading + about + what_can_be_tried() + "\n" + after[after.index("\n## ") + 1 :], "utf-8"
    )


# in Chromium


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
    """`[x]` is a tap on the lowest button x, or one that begins with it; `{x}` one on the keys below; `+1 hari` one on the clock; all
    else is typed."""
    if what == BESIDE:
        await page.get_by_test_id("clock-day").click()
        await asyncio.sleep(3)
    elif what.startswith("["):
        label = re.escape(what[1:-1])
        whole = page.locator(".inline-button", has_text=re.compile(f"^{label}$"))
        begun = page.locator(".inline-button", has_text=re.compile(f"^{label}"))
        await (whole if await whole.count() else begun).last.click()
        await expect(page.locator(".inline-button.waiting")).to_have_count(0)
    else:
        before = await page.evaluate(SAID)
        if what.startswith("{"):
            await page.get_by_test_id("reply-keyboard").get_by_text(what[1:-1], exact=True).click()
        else:
            await asyncio.sleep(READS_S)
            await page.get_by_test_id("composer").fill(what)
            await page.get_by_test_id("composer").press("Enter")
        async with asyncio.timeout(ANSWERS_S):
            await page.evaluate(OTHER, before)
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


async def lesson(page: Page, role: str, pictures: bool = False, looks: Path | None = None) -> None:
    """Do what the lesson of this role says; its next step must be on the screen, tick itself off, and look right by day and night.

    Args:
        pictures: keep those of the guide.
        looks: folder for a picture of the page by day and one by night, of every step.
    """
    await choose(page, role)
    steps = page.locator("#lesson-steps li")
    for number, step in enumerate(LESSONS["roles"][role], 1):
        await expect(steps.nth(number - 1)).to_have_class("next")
        await expect(steps.nth(number - 1)).to_be_in_viewport(ratio=1)
        await expect(steps.nth(number - 1)).to_have_text(step["say"]["id"].replace("*", ""))
        for what in step["do"]:
            await do(page, what)
        await expect(steps.nth(number - 1)).to_have_class("done")
        assert (wrong := await wrong_looks(page)) == [], (page.viewport_size, role, number, wrong)
        if looks is not None:
            assert page.viewport_size is not None
            for scheme in ("dark", "light"):
                await page.emulate_media(color_scheme=scheme)
                name = (
                    f"{page.viewport_size['width']}-{role.replace(', ', '-')}-{number}-{scheme}.png".replace(
                        " ", "-"
                    )
                )
                await page.screenshot(path=looks / name)
        if pictures and (taken := TAKEN.get(role, {}).get(number)):
            await take(page, taken)


async def take(page: Page, name: str) -> None:
    """Keep what stands on the phone, without its lesson, as a small PNG."""
    size = page.viewport_size
    assert size is not None
    await page.mouse.move(0, 0)
    await page.set_viewport_size(ON_PAPER)
    await page.evaluate(WITHOUT_LESSON, True)
    await asyncio.sleep(SETTLES_S)
    await page.evaluate(FROM_ITS_FIRST_LINE)
    keep(await page.locator(".phone").screenshot(), name)
    await page.evaluate(WITHOUT_LESSON, False)
    await page.set_viewport_size(size)
    await asyncio.sleep(SETTLES_S)


def keep(shot: bytes, name: str) -> None:
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(PICTURES / f"{name}.png", optimize=True)


async def lessons(
    browser: Browser, address: str, size: ViewportSize, roles: list[str], looks: Path | None
) -> None:
    """All lessons at one size, in the order of the file; the clock moves in that of Bimbingan, which comes last."""
    page = await browser.new_page(viewport=size, locale="id-ID", reduced_motion="reduce")
    await page.goto(address)
    await page.wait_for_selector("body[data-ready=yes]")
    await asyncio.sleep(SETTLES_S)
    if size == SIZES[-1]:
        keep(await page.screenshot(), "simulator")
    for role in roles:
        await lesson(page, role, pictures=size == SIZES[0], looks=looks)
        print(f"{size['width']} px: {role}", flush=True)  # noqa: T201
    await page.close()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roles", nargs="*", default=list(LESSONS["roles"]))
    parser.add_argument(
        "--looks", type=Path, help="folder for pictures of every step at every width, by day and by night"
    )
    given = parser.parse_args()
    if given.looks is not None:
        given.looks.mkdir(parents=True, exist_ok=True)
    write_what_can_be_tried()
    with ExitStack() as running:
        addresses = [running.enter_context(demo()) for _ in SIZES]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            await asyncio.gather(
                *(
                    lessons(browser, address, size, given.roles, given.looks)
                    for address, size in zip(addresses, SIZES, strict=True)
                )
            )
            await browser.close()


if __name__ == "__main__":
    expect.set_options(timeout=20_000)
    asyncio.run(main())
