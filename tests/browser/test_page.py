"""The phone in the browser, in headless Chromium against a served simulator and a stand-in bot."""

import json
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from bot.sender import inline_keyboard
from handlers.ui.request import Button, rows
from handlers.ui.words import LABEL_MAX
from tests.browser.looks import wrong_looks
from tests.support.labels import ours

BUTTONS_MAX = 96  # of one message
HEIGHT = "element => element.getBoundingClientRect().height"

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def chat(page: Page) -> Locator:
    return page.get_by_test_id("messages")


async def write(page: Page, text: str) -> None:
    await page.get_by_test_id("composer").fill(text)
    await page.get_by_test_id("composer").press("Enter")


async def say(simulator: SimpleNamespace, phone: int, text: str) -> None:
    """As the bot does."""
    async with httpx.AsyncClient(base_url=simulator.url) as client:
        sent = await client.post(
            f"/bot{simulator.world.token}/sendMessage", json={"chat_id": phone, "text": text}
        )
        assert sent.json()["ok"], sent.text


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
    await say(simulator, jaya.id, "Tugas Anda, Kamis 10 Desember")
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
    await expect(page.locator("#lesson-steps .next")).to_be_in_viewport(ratio=1)
    await expect(done.first).to_be_hidden()  # until all of it is asked for
    await page.get_by_test_id("lesson-button").click()
    await expect(done.first).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await page.get_by_test_id("lesson-again").click()
    await expect(count).to_have_text("0/5")
    await page.locator("[data-phone-id]", has_text="Ani Contoh").first.click()
    await expect(page.get_by_test_id("lesson-button")).to_be_hidden()


async def test_nothing_overlaps_and_all_is_read_by_day_and_by_night(
    page: Page, simulator: SimpleNamespace
) -> None:
    """At three widths; also what lies over the phone when it is asked for, and in both languages."""
    jaya = simulator.world.phone("Bapak Jaya Contoh Bernama Panjang · Penyantunan")
    simulator.world.beginnings = ["day-10", "arrival", "empty"]
    await page.reload()
    await page.locator(f"[data-phone-id='{jaya.id}']").click()
    await write(page, "/start")
    await write(page, "/tugas")
    await expect(page.get_by_role("button", name="Selesai")).to_be_visible()
    await page.locator("[data-phone-id]", has_text="Ani Contoh").click()
    await say(simulator, jaya.id, "2 hal untuk Anda:\n1. Kasus Anggrek")
    for width in (1280, 820, 360):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await wrong_looks(page) == [], width
        for sheet in ("glance", "map", "side"):
            if sheet == "glance" or width == 360:
                await page.get_by_test_id(f"{sheet}-button" if sheet != "map" else "side-button").click()
            if sheet == "map":
                await page.get_by_test_id("map-button").click()
            if sheet != "side" or width == 360:
                assert await wrong_looks(page) == [], (width, sheet)
                await page.keyboard.press("Escape")
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("body")).not_to_have_css("background-color", "rgb(255, 255, 255)")


async def test_what_everybody_has_heard_is_seen_at_a_glance(page: Page, simulator: SimpleNamespace) -> None:
    """Live, on a narrow screen; a tap opens the phone at that message."""
    await page.set_viewport_size({"width": 360, "height": 740})
    budi = simulator.world.phone("Budi Rekaan")
    budi.starts()
    await expect(page.get_by_test_id("glance-count")).to_have_text("1")
    await page.get_by_test_id("glance-button").click()
    phone = page.get_by_test_id("glance-phone")
    await expect(phone.locator(".line")).to_have_text(
        ["07.30Selamat datang, Budi Rekaan. Anda terdaftar sebagai Peksos di RPPSA Putra Utama."]
    )
    await say(simulator, budi.id, "2 hal untuk Anda:\n1. Kasus Anggrek\n2. Timbang")
    await expect(phone.locator(".line").first).to_have_text("07.302 hal untuk Anda: 1. Kasus Anggrek")
    for _ in range(3):
        await say(simulator, budi.id, "panjang\n" * 9)
    await expect(phone.locator(".more")).to_have_text("dan 2 lagi")
    simulator.clock.advance(86400)
    await say(simulator, budi.id, "besok")
    await expect(phone.locator(".line")).to_have_text(
        ["07.30besok", "1 Des 07.30panjang panjang", "1 Des 07.30panjang panjang"]
    )
    await phone.locator(".line").last.click()
    await expect(page.get_by_test_id("you")).to_have_text("Anda: Budi Rekaan")
    await expect(page.locator(".message.pointed")).to_be_in_viewport(ratio=0.9)
    await expect(page.get_by_test_id("glance-count")).to_be_hidden()
    await page.get_by_test_id("glance-button").click()
    await expect(page.get_by_test_id("glance")).to_contain_text("Semua sudah dibaca.")


async def test_what_can_be_tried_opens_the_phone_and_is_ticked_off(
    page: Page, simulator: SimpleNamespace
) -> None:
    dodi = simulator.world.phone("Bapak Dodi Contoh · Penyantunan")
    simulator.world.phone("Ibu Ani Contoh · Perawat")
    await page.get_by_test_id("map-button").click()
    whole = page.get_by_test_id("map")
    await expect(whole.locator("section").first).to_have_text(
        "Sepuluh menit pertamaBapak Dodi Contoh · PenyantunanLatihan 0/5Ibu Ani Contoh · PerawatLatihan 0/5"
    )
    await whole.locator(".line", has_text="Menyelesaikan tugas").click()
    await expect(page.get_by_test_id("you")).to_have_text("Anda: Bapak Dodi Contoh · Penyantunan")
    await expect(page.get_by_test_id("try")).to_contain_text("Menyelesaikan tugasTugas saya › 1 › Selesai")
    dodi.starts()
    await write(page, "/tugas")
    await page.get_by_role("button", name="Selesai").click()
    await expect(page.locator("#try strong.done")).to_be_visible()
    await page.get_by_test_id("map-button").click()
    await expect(whole.locator("strong.done")).to_have_text("Menyelesaikan tugas")


async def test_the_page_speaks_english_too_and_remembers_it(page: Page, simulator: SimpleNamespace) -> None:
    """What the bot says stays as it is."""
    dodi = simulator.world.phone("Bapak Dodi Contoh · Penyantunan")
    dodi.starts()
    await page.locator(f"[data-phone-id='{dodi.id}']").click()
    await page.get_by_test_id("language").click()
    await expect(page.get_by_test_id("language")).to_have_text("Indonesia")
    await page.reload()
    await expect(page.get_by_test_id("you")).to_have_text("You: Bapak Dodi Contoh · Penyantunan")
    await expect(page.get_by_test_id("clock-date")).to_have_text(re.compile("Tuesday,? 1 December 2026"))
    await expect(page.locator("#lesson-steps li").first).to_have_text("Tap Tugas saya (my tasks) below.")
    await expect(chat(page).get_by_text("Selamat datang, Bapak Dodi")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "en"
    assert await wrong_looks(page) == []
    await page.get_by_test_id("language").click()
    await expect(page.get_by_test_id("you")).to_have_text("Anda: Bapak Dodi Contoh · Penyantunan")


async def test_the_demo_begins_again_from_a_narrow_screen(page: Page, simulator: SimpleNamespace) -> None:
    simulator.world.beginnings = ["day-10", "arrival", "empty"]
    await page.set_viewport_size({"width": 360, "height": 640})
    await page.reload()
    page.on("dialog", lambda asked: asked.accept())
    await page.get_by_test_id("side-button").click()
    for one in ("others", "clock-speed", "language"):
        await expect(page.get_by_test_id(one)).to_be_in_viewport(ratio=1)
    await page.get_by_role("button", name="Hari kedatangan").click()
    await expect(page.get_by_role("button", name="Sebentar…")).to_be_visible()
    assert simulator.world.wish == "arrival"
