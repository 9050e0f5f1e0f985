"""The phone in the browser, in headless Chromium against a served simulator and a stand-in bot."""

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from bot.sender import inline_keyboard
from handlers.ui.request import Button, rows
from handlers.ui.words import LABEL_MAX
from tests.support.labels import ours

BUTTONS_MAX = 96  # of one message
HEIGHT = "element => element.getBoundingClientRect().height"

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def chat(page: Page) -> Locator:
    return page.get_by_test_id("messages")


async def write(page: Page, text: str) -> None:
    await page.get_by_test_id("composer").fill(text)
    await page.get_by_test_id("composer").press("Enter")


async def test_a_card_is_read_tapped_and_edited_in_place(page: Page) -> None:
    await page.get_by_test_id("start").click()
    await expect(chat(page).get_by_text("Selamat datang, Ani Contoh.")).to_be_visible()
    await page.get_by_test_id("reply-keyboard").get_by_role("button", name="Tugas saya").click()

    card = page.locator("[data-message-id='4']")
    await expect(card.locator("b").first).to_have_text("SOP 9.2.01 Orientasi")
    done = card.get_by_role("button", name="Selesai")
    await expect(done).to_have_css("background-color", "rgb(30, 158, 84)")
    await done.click()

    await expect(card).to_contain_text("langkah 3 selesai")
    await expect(card).to_contain_text("diedit")
    await expect(card.get_by_role("button", name="Selesai")).to_have_count(0)
    await expect(card.get_by_role("button", name="Urungkan")).to_be_visible()
    await expect(page.get_by_test_id("toast")).to_have_text("Tercatat.")
    await expect(page.get_by_test_id("message")).to_have_count(4)


async def test_an_alert_waits_for_ok(page: Page) -> None:
    await write(page, "/tugas")
    await page.get_by_role("button", name="Hambatan").click()
    await expect(page.get_by_test_id("alert")).to_contain_text("Apa hambatannya?")
    await page.get_by_test_id("alert-ok").click()
    await expect(page.get_by_test_id("alert")).to_be_hidden()


async def test_an_expandable_quotation_opens_by_a_click(page: Page) -> None:
    await write(page, "/tugas")
    quotation = page.locator("blockquote.expandable")
    closed = await quotation.evaluate(HEIGHT)
    await quotation.click()
    await expect(quotation).to_have_class("expandable open")
    assert await quotation.evaluate(HEIGHT) > closed


async def test_enter_sends_and_shift_enter_begins_a_line(page: Page, simulator: SimpleNamespace) -> None:
    box = page.get_by_test_id("composer")
    await box.press_sequentially("baris satu")
    await box.press("Shift+Enter")
    await box.press_sequentially("baris dua")
    await box.press("Enter")
    await expect(page.locator(".message.own .text")).to_contain_text("baris satu\nbaris dua")
    await expect(box).to_have_value("")
    assert simulator.world.phone("Ani Contoh").messages[0].text == "baris satu\nbaris dua"


async def test_a_message_that_the_bot_deletes_disappears(page: Page) -> None:
    await write(page, "halo")
    await expect(chat(page).get_by_text("Diterima: text")).to_be_visible()
    await write(page, "hapus")
    await expect(page.locator("[data-message-id='3']")).to_have_count(0)
    await expect(chat(page).get_by_text("hapus", exact=True)).to_have_count(0)


async def test_photo_location_file_and_sticker_reach_the_bot(page: Page, tmp_path: Path) -> None:
    roster = tmp_path / "anak_rekaan.csv"
    roster.write_text("nama\nAnak Rekaan\n")
    attach = page.get_by_test_id("attach")
    for kind in ("sample", "location", "sticker"):
        await attach.click()
        await page.get_by_test_id(f"attach-{kind}").click()
    for text in ("Diterima: photo", "Diterima: location", "Diterima: sticker"):
        await expect(chat(page).get_by_text(text)).to_be_visible()
    await page.get_by_test_id("document-file").set_input_files(roster)
    await expect(chat(page).get_by_text("Diterima: document")).to_be_visible()
    await expect(page.locator(".own .document b")).to_have_text("anak_rekaan.csv")
    await expect(chat(page).get_by_text("8,58330° LS, 116,11670° BT")).to_be_visible()
    assert (
        await page.locator(".own img.shown").evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )
        == 800
    )


async def test_a_picture_is_shown_and_a_document_downloads(page: Page) -> None:
    await write(page, "grafik")
    picture = page.locator(".from-bot img.shown")
    await expect(picture).to_be_visible()
    async with page.expect_download() as download:
        await page.locator("a.document").click()
    kept = await download.value
    assert kept.suggested_filename == "berita_acara.pdf"
    path = await kept.path()
    assert path.read_bytes() == b"%PDF-1.4 invented"


async def test_others_have_badges_until_their_phone_is_taken(page: Page, simulator: SimpleNamespace) -> None:
    budi = simulator.world.phone("Budi Rekaan")
    budi.starts()
    row = page.locator(f"[data-phone-id='{budi.id}']")
    await expect(row.locator(".badge")).to_have_text("1")
    await row.click()
    await expect(page.get_by_test_id("you")).to_have_text("Anda: Budi Rekaan")
    await expect(chat(page).get_by_text("Selamat datang, Budi Rekaan.")).to_be_visible()
    await expect(row.locator(".badge")).to_have_count(0)


async def test_protected_messages_show_a_lock_and_offer_no_forwarding(page: Page) -> None:
    await write(page, "rahasia")
    secret = page.locator(".from-bot", has_text="No. 017")
    await expect(secret.locator(".protected svg")).to_be_visible()
    await secret.hover()
    await secret.get_by_role("button", name="Tindakan pesan").click()
    await expect(page.get_by_role("button", name="Balas")).to_be_visible()
    await expect(page.get_by_role("button", name="Teruskan ke bot")).to_have_count(0)


async def test_one_s_own_message_can_be_changed(page: Page, simulator: SimpleNamespace) -> None:
    await write(page, "23,5")
    own = page.locator(".own", has_text="23,5")
    await own.hover()
    await own.get_by_role("button", name="Tindakan pesan").click()
    await page.get_by_role("button", name="Ubah").click()
    await write(page, "24,5")
    await expect(page.locator(".own")).to_contain_text("24,5")
    await expect(page.locator(".own")).to_contain_text("diedit")


async def test_the_clock_is_shown_in_wita_words_and_moves(page: Page, simulator: SimpleNamespace) -> None:
    time, date = page.get_by_test_id("clock-time"), page.get_by_test_id("clock-date")
    await expect(time).to_have_text("07.30")
    await expect(date).to_have_text("Selasa, 1 Desember 2026")
    await page.get_by_test_id("clock-hour").click()
    await expect(time).to_have_text("08.30")
    await page.get_by_test_id("clock-day").click()
    await expect(date).to_have_text("Rabu, 2 Desember 2026")
    stored = json.loads((simulator.folder / "clock.json").read_text())
    assert sorted(stored) == ["offset", "rate", "since"]


async def test_the_clock_goes_to_the_next_reminder(page: Page, simulator: SimpleNamespace) -> None:
    await expect(page.get_by_test_id("clock-next")).to_be_disabled()
    due = simulator.clock.now() + timedelta(days=3, hours=2)
    simulator.clock.next_due = due
    simulator.world.changed()
    await expect(page.get_by_test_id("clock-next-due")).to_have_text(
        "Pengingat berikutnya: Jumat, 4 Desember 2026, 09.30"
    )
    await page.get_by_test_id("clock-next").click()
    await expect(page.get_by_test_id("clock-date")).to_have_text("Jumat, 4 Desember 2026")
    await expect(page.get_by_test_id("clock-time")).to_have_text("09.30")


async def test_playing_makes_hours_pass_and_pausing_stops_them(
    page: Page, simulator: SimpleNamespace
) -> None:
    play = page.get_by_test_id("clock-play")
    await expect(play).to_have_text("Putar")
    await play.click()
    await expect(play).to_have_text("Jeda")
    await expect(page.get_by_test_id("clock-time")).not_to_have_text("07.30")
    await play.click()
    await expect(play).to_have_text("Putar")
    assert simulator.clock.setting.rate == 1.0


async def test_blocking_and_unblocking_the_bot(page: Page, simulator: SimpleNamespace) -> None:
    await write(page, "halo")
    await page.get_by_role("button", name="Menu percakapan").click()
    await page.get_by_role("button", name="Blokir bot").click()
    await expect(page.get_by_test_id("chat-state")).to_have_text("diblokir")
    await expect(page.get_by_test_id("composer")).to_be_disabled()
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("chat-state")).to_have_text("bot")


async def test_a_new_phone_can_be_added(page: Page) -> None:
    await page.get_by_test_id("new-phone-name").fill("Orang Baru Rekaan")
    await page.get_by_test_id("new-phone-add").click()
    await expect(page.get_by_test_id("you")).to_have_text("Anda: Orang Baru Rekaan")


async def test_nothing_is_wider_than_a_narrow_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await write(page, "/tugas")
    await expect(page.get_by_role("button", name="Selesai")).to_be_in_viewport()
    for name in ("clock-hour", "clock-day", "clock-next", "clock-play", "composer", "send"):
        await expect(page.get_by_test_id(name)).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_the_page_asks_nobody_but_the_simulator(page: Page, simulator: SimpleNamespace) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    await page.wait_for_selector("body[data-ready=yes]")
    assert asked
    assert [url for url in asked if not url.startswith((simulator.url, "data:"))] == []


@pytest.mark.parametrize("beside", [1, 2, 3, 4, 5, 8])
async def test_no_label_is_cut_on_a_narrow_phone(page: Page, simulator: SimpleNamespace, beside: int) -> None:
    """What we and the pack say, laid out as the bot does, on a phone 360 points wide."""
    ani = simulator.world.phone("Ani Contoh")
    ani.starts()
    labels = sorted({one for one in ours() if len(one) <= LABEL_MAX and "{" not in one and "\n" not in one})
    await page.set_viewport_size({"width": 360, "height": 740})
    async with httpx.AsyncClient(base_url=simulator.url) as client:
        for first in range(0, len(labels), BUTTONS_MAX):
            buttons = [Button(one, "1.task_list") for one in labels[first : first + BUTTONS_MAX]]
            keyboard = inline_keyboard(rows(buttons, beside))
            assert keyboard is not None
            message = {"chat_id": ani.id, "text": "Ini", "reply_markup": keyboard.to_dict()}
            sent = await client.post(f"/bot{simulator.world.token}/sendMessage", json=message)
            assert sent.json()["ok"], sent.text
    await expect(page.get_by_role("button", name=labels[-1], exact=True).last).to_be_visible()
    cut = await page.locator(".inline-button").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
    )
    assert cut == []


async def test_a_lesson_ticks_itself_off_and_begins_again(page: Page, simulator: SimpleNamespace) -> None:
    """On the phone of a role; beside the phone where there is room, in it where there is none."""
    jaya = simulator.world.phone("Bapak Jaya Contoh · Penyantunan")
    jaya.starts()
    async with httpx.AsyncClient(base_url=simulator.url) as client:
        before = {"chat_id": jaya.id, "text": "Tugas Anda, Kamis 10 Desember"}
        await client.post(f"/bot{simulator.world.token}/sendMessage", json=before)
    await page.locator(f"[data-phone-id='{jaya.id}']").click()
    count, done = page.get_by_test_id("lesson-count"), page.locator("#lesson-steps .done")
    await expect(count).to_have_text("0/5")
    await expect(page.get_by_test_id("lesson-note")).to_have_text(
        "Latihan ini untuk Jumat, 11 Desember 2026."
    )
    await write(page, "/tugas")  # the stand-in bot shows the card of a step at once
    await expect(count).to_have_text("1/5")
    await page.get_by_role("button", name="Selesai").click()
    await expect(count).to_have_text("2/5")
    await page.reload()
    await expect(count).to_have_text("2/5")
    await expect(done).to_have_count(2)

    await page.set_viewport_size({"width": 360, "height": 740})
    await expect(page.get_by_test_id("lesson")).to_be_hidden()
    await page.get_by_test_id("lesson-button").click()
    await expect(page.get_by_test_id("lesson")).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await page.get_by_test_id("lesson-again").click()
    await expect(count).to_have_text("0/5")
    await page.locator("[data-phone-id]", has_text="Ani Contoh").first.click()
    await expect(page.get_by_test_id("lesson-button")).to_be_hidden()


# The controls that lie over another one, and what is written in less than 4.5 times the light of its ground (WCAG 2.2, 1.4.3).
OVERLAPS = """() => {
  const seen = [...document.querySelectorAll(
    ".chat-head > *, .composer > *, .clock-buttons > *, .clock-face > output, .lesson li, .begin > *")]
    .filter((one) => one.checkVisibility()).map((one) => [one, one.getBoundingClientRect()]);
  return seen.flatMap(([one, a], index) => seen.slice(index + 1).filter(([other, b]) => !one.contains(other)
    && a.left + 1 < b.right && b.left + 1 < a.right && a.top + 1 < b.bottom && b.top + 1 < a.bottom)
    .map(([other]) => `${one.id || one.textContent} and ${other.id || other.textContent}`));
}"""
FAINT = """() => {
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (one) => {
    const own = getComputedStyle(one).backgroundColor;
    return own === "rgba(0, 0, 0, 0)" ? ground(one.parentElement) : own;
  };
  return [...document.querySelectorAll(".bubble .text, .phones .who, .chat-who strong, .lesson li, .clock-buttons #clock-day, .begin button, .reply-keyboard button, #text")]
    .filter((one) => one.checkVisibility())
    .filter((one) => {
      const [low, high] = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05) < 4.5;
    }).map((one) => one.textContent);
}"""


async def test_nothing_overlaps_and_all_is_read_by_day_and_by_night(
    page: Page, simulator: SimpleNamespace
) -> None:
    jaya = simulator.world.phone("Bapak Jaya Contoh Bernama Panjang · Penyantunan")
    simulator.world.beginnings = ["day-10", "arrival", "empty"]
    await page.reload()
    await page.locator(f"[data-phone-id='{jaya.id}']").click()
    await write(page, "/start")
    await write(page, "/tugas")
    await expect(page.get_by_role("button", name="Selesai")).to_be_visible()
    for width in (1280, 820, 360):
        await page.set_viewport_size({"width": width, "height": 800})
        if width == 360:
            await page.get_by_test_id("lesson-button").click()
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await page.evaluate(OVERLAPS) == [], (width, scheme)
            assert await page.evaluate(FAINT) == [], (width, scheme)
            assert await page.evaluate("document.documentElement.scrollWidth") == width
    await expect(page.locator("body")).not_to_have_css("background-color", "rgb(255, 255, 255)")
