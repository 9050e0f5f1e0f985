"""Cases on a new phone, after a new grant, and behind the PIN; as they are seen on the phones."""

from datetime import timedelta

from sqlalchemy import event
from sqlmodel import select

from storage.tables import Case, CasePin, ReadEntry
from tests.conversations.test_cases import CHILD, opens_case
from tests.support.person import Person, is_keypad
from tests.support.town import Town

PIN = "2580"


async def new_phone(town: Town, admin: Person, of: str, name: str) -> Person:
    """The admin makes a code for a new phone of the officer `of`, and somebody uses it."""
    await admin.types("/petugas")
    place = next(line.split(".")[0] for line in admin.last_screen.text.splitlines() if f" {of} " in line)
    await admin.taps(place)
    await admin.taps("HP baru")
    phone = town.person(name)
    phone.pin = None
    await phone.starts(admin.lowest_screen.text.split("/start ")[1].split()[0])
    return phone


def said(person: Person, before: int = 0) -> str:
    """All that the bot has said from the message `before` on."""
    return "\n".join(screen.text for screen in person.screens[before:])


async def test_the_first_holders_see_cases_at_once(town: Town) -> None:
    kepala = await town.officer("Ibu Kirana", "kepala", agreed=False)
    arif = await town.officer("Pak Arif", head="peksos", agreed=False)
    sari = await town.officer("Ibu Sari", "peksos", agreed=False)
    await opens_case(sari)
    for one in (sari, arif, kepala):
        await one.types("/kasus")
        assert "Anggrek" in one.last_screen.text
        assert not is_keypad(one.last_screen)


async def test_the_heads_hear_of_an_invitation_to_a_role_that_may_know_cases(town: Town) -> None:
    kepala = await town.officer("Ibu Kirana", "kepala")
    arif = await town.officer("Pak Arif", head="peksos")
    admin = await town.officer("Ibu Admin", "tu", admin=True)
    await town.officer("Ibu Sari", "peksos")
    heard = len(kepala.screens), len(arif.screens), len(admin.screens)
    town.clock.set("2026-11-30 22.00")  # at once: not in the morning
    await admin.types("/petugas")
    await admin.taps("Undang petugas")
    await admin.types("Ibu Wulan")
    await admin.taps("☐ Peksos")
    await admin.taps("Buat kode")
    for head, before in ((kepala, heard[0]), (arif, heard[1])):
        assert "Ibu Admin mengundang Ibu Wulan sebagai Peksos" in said(head, before)
    code = admin.lowest_screen.text.split("/start ")[1].split()[0]
    wulan = town.person("Ibu Wulan")
    await wulan.starts(code)
    assert "Kasus terbuka di sini setelah disetujui Ibu Kirana atau Pak Arif" in wulan.last_screen.text
    await wulan.types("/kasus")
    assert "Kasus belum terbuka di HP ini" in wulan.last_screen.text
    await wulan.taps_data("1.case_new")
    assert "Kasus belum terbuka di HP ini" in wulan.last_screen.text
    asked = next(screen for screen in kepala.screens if "Ya, buka kasus" in screen.buttons)
    await kepala.taps("Ya, buka kasus", on=asked)
    assert kepala.last_screen.text == "✅ Kasus sekarang terbuka di HP Ibu Wulan."
    assert "Ibu Kirana sudah menyetujui" in said(wulan)
    await opens_case(wulan)
    assert "Kasus Anggrek" in wulan.last_screen.text
    too_late = next(screen for screen in arif.screens if "Ya, buka kasus" in screen.buttons)
    await arif.taps("Ya, buka kasus", on=too_late)
    assert arif.last_screen.text == "HP ini tidak menunggu lagi."


async def test_an_invitation_to_other_roles_is_told_to_nobody(town: Town) -> None:
    kepala = await town.officer("Ibu Kirana", "kepala")
    before = len(kepala.screens)
    await town.officer("Pak Budi", "penyantunan")
    assert len(kepala.screens) == before


async def test_the_old_phone_hears_of_the_new_one_and_cases_wait(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    kepala = await town.officer("Ibu Kirana", "kepala")
    old = await town.officer("Ibu Sari", "peksos")
    await opens_case(old)
    town.clock.set("2026-11-30 22.00")
    new = await new_phone(town, admin, "Ibu Sari", "Ibu Sari, HP baru")
    assert "Ibu Admin membuat kode HP baru untuk Anda." in said(old)
    assert old.last_screen.text.startswith("Sejak pukul 22.00 Pandu Anda dipakai di HP lain")
    assert "segera hubungi Ibu Kirana" in old.last_screen.text
    assert old.last_screen.buttons == []
    (case,) = town.rows(select(Case))
    for data in (f"1.case_page.{case.id}", f"1.case_data.{case.id}", f"1.case_past.{case.id}.0"):
        await new.taps_data(data)
        assert "Kasus belum terbuka di HP ini" in new.last_screen.text
        assert CHILD not in said(new)
    asked = next(screen for screen in kepala.screens if "Ya, buka kasus" in screen.buttons)
    assert "Ibu Sari memakai HP baru" in asked.text
    await kepala.taps("Jangan dibuka", on=asked)
    assert "Ibu Kirana tidak membuka kasus" in said(admin)
    await new.types("/kasus")
    assert "Kasus belum terbuka di HP ini" in new.last_screen.text
    await kepala.types("/kasus")
    await kepala.taps("HP menunggu (1)")
    await kepala.taps("Ya: Ibu Sari")
    new.pin = PIN
    await new.types("/kasus")
    assert "Kasus Anggrek" in new.last_screen.text


async def test_nobody_who_does_not_know_cases_opens_them_for_another(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    await town.officer("Ibu Kirana", "kepala")
    sari = await town.officer("Ibu Sari", "peksos")
    wulan = await town.officer("Ibu Wulan", "peksos", agreed=False)
    wulan.pin = None
    for one in (admin, sari, wulan):
        await one.taps_data("1.phone_yes.4")
        assert "kepala lain" in one.last_screen.text
    await wulan.types("/kasus")
    assert "Kasus belum terbuka" in wulan.last_screen.text


async def test_two_heads_with_new_phones_at_once_need_the_operator(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    await town.officer("Ibu Kirana", "kepala")
    old = await town.officer("Pak Arif", head="peksos")
    kirana = await new_phone(town, admin, "Ibu Kirana", "Ibu Kirana, HP baru")
    asked = next(screen for screen in old.screens if "Ya, buka kasus" in screen.buttons)
    arif = await new_phone(town, admin, "Pak Arif", "Pak Arif, HP baru")
    too_late = next(screen for screen in kirana.screens if "operator" in screen.text)
    assert "Ya, buka kasus" not in too_late.buttons
    for one in (arif, kirana):  # on phones that wait themselves neither can agree
        await one.taps_data(asked.data_of("Ya, buka kasus"))
        assert "kepala lain" in one.last_screen.text
    await arif.types("/kasus")
    assert "operator (pandu grant)" in arif.last_screen.text


async def test_of_two_heads_one_agrees_for_the_other(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    kepala = await town.officer("Ibu Kirana", "kepala")
    await town.officer("Pak Arif", head="peksos")
    arif = await new_phone(town, admin, "Pak Arif", "Pak Arif, HP baru")
    await kepala.taps("Ya, buka kasus")
    kirana = await new_phone(town, admin, "Ibu Kirana", "Ibu Kirana, HP baru")
    await arif.taps("Ya, buka kasus")
    for one in (arif, kirana):
        one.pin = PIN
        await one.types("/kasus")
        assert one.last_screen.text.startswith("Tidak ada kasus")


async def test_the_pin_is_asked_after_a_quarter_of_an_hour_and_never_typed(town: Town) -> None:
    kepala = await town.officer("Ibu Kirana", "kepala")
    sari = await town.officer("Ibu Sari", "peksos")
    sari.pin = None
    await opens_case(sari)  # just enrolled: it opens at once
    assert "🔒 Buat PIN" in sari.buttons
    assert "Belum ada PIN" in sari.last_screen.text
    await sari.taps("🔒 Buat PIN")
    assert sari.last_screen.text.startswith("🔒 Buat PIN kasus, 4 angka:\n○ ○ ○ ○")
    await sari.taps_pin("25")
    assert "● ● ○ ○" in sari.last_screen.text
    await sari.taps("⌫")
    assert "● ○ ○ ○" in sari.last_screen.text
    await sari.taps_pin("580")
    assert "sekali lagi" in sari.last_screen.text
    await sari.taps_pin("1111")
    assert sari.last_screen.text.startswith("Keduanya tidak sama.")
    await sari.taps_pin(PIN + PIN)
    assert sari.last_screen.text == "✅ PIN sudah dibuat."
    assert "Ibu Sari sudah membuat PIN kasus." in said(kepala) or town.reminders(kepala)
    town.clock.advance(minutes=14)
    await sari.types("/kasus")
    await sari.taps("1")
    await sari.taps("Data anak")
    assert CHILD in sari.last_screen.text
    town.clock.advance(minutes=16)
    await town.settle()
    await sari.types("/kasus")
    assert is_keypad(sari.last_screen)
    assert "Anggrek" not in sari.last_screen.text
    await sari.taps_pin(PIN)
    await sari.taps("1")
    assert "Kasus Anggrek" in sari.last_screen.text
    town.clock.advance(minutes=16)
    await sari.taps("Data anak")
    assert is_keypad(sari.last_screen)
    await sari.taps_pin("0000")
    assert sari.last_screen.text.startswith("⚠️ PIN salah. Sisa 2 kali.")
    await sari.taps_pin(PIN)
    assert CHILD in sari.last_screen.text  # what was tapped goes on
    entry = town.rows(select(ReadEntry))[-1]
    assert (entry.screen, entry.account_id is not None) == ("case data", True)


async def test_three_wrong_pins_shut_cases_until_a_head_resets_it(town: Town) -> None:
    kepala = await town.officer("Ibu Kirana", "kepala")
    sari = await town.officer("Ibu Sari", "peksos")
    sari.pin = None
    await opens_case(sari)
    await sari.taps("🔒 Buat PIN")
    await sari.taps_pin(PIN + PIN)
    town.clock.advance(minutes=20)
    await sari.types("/kasus")
    keypad = sari.last_screen
    for wrong in ("1111", "2222", "3333"):
        await sari.taps_pin(wrong)
    assert "PIN harus diatur ulang. Hubungi Ibu Kirana" in sari.last_screen.text
    await sari.taps_data("1.pin_key.2", on=keypad)
    assert "PIN harus diatur ulang" in sari.last_screen.text
    await sari.types("/kasus")
    assert "PIN harus diatur ulang" in sari.last_screen.text
    asked = next(screen for screen in kepala.screens if "PIN kasus salah" in screen.text)
    await kepala.taps("Atur ulang PIN", on=asked)
    assert "bicaralah dulu dengan Ibu Sari" in kepala.last_screen.text
    await kepala.taps("Ya, atur ulang")
    assert "PIN Anda diatur ulang oleh Ibu Kirana" in said(sari)
    await sari.types("/kasus")
    assert "Buat PIN kasus" in sari.last_screen.text
    await sari.taps_pin(PIN + PIN)
    assert "Kasus Anggrek" in sari.last_screen.text
    (row,) = [one for one in town.rows(select(CasePin)) if one.officer_id == sari.id]
    assert (row.wrong_tries, row.shut_at, row.typing) == (0, None, None)


async def test_a_forgotten_pin_is_reset_by_a_head(town: Town) -> None:
    arif = await town.officer("Pak Arif", head="peksos")
    sari = await town.officer("Ibu Sari", "peksos")
    await opens_case(sari)
    await sari.taps("🔒 Buat PIN")
    town.clock.advance(minutes=20)
    sari.pin = None
    await sari.types("/kasus")
    await sari.taps("Lupa PIN")
    await sari.taps("Batal")
    assert is_keypad(sari.last_screen)
    await sari.taps("Lupa PIN")
    await sari.taps("Ya, minta")
    assert "Hubungi Pak Arif" in sari.last_screen.text
    await arif.types("/kasus")
    await arif.taps("HP menunggu (1)")
    await arif.taps("Atur ulang: Ibu Sari")
    await arif.taps("Ya, atur ulang")
    await sari.types("/kasus")
    assert "Buat PIN kasus" in sari.last_screen.text


async def asked_for_the_name(town: Town) -> Person:
    """A social worker who opens a case and is asked for the child's name."""
    sari = await town.officer("Ibu Sari", "peksos")
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    await sari.taps("☐ Diperdagangkan")
    await sari.taps("Lanjut")
    await sari.types("9")
    await sari.taps("Perempuan")
    return sari


async def test_words_typed_while_the_pin_is_owed_are_kept_and_recorded_after_it(town: Town) -> None:
    sari = await asked_for_the_name(town)
    sari.pin = None
    town.clock.advance(minutes=20)
    await sari.types(CHILD)
    assert is_keypad(sari.last_screen)
    assert not any(
        CHILD in message.text for message in sari.phone.messages
    )  # it waits, sealed, not in the chat
    await sari.taps_pin(PIN + PIN)
    assert sari.last_screen.text.startswith("Mengapa anak perlu dilindungi?")  # what comes next
    await sari.types("Ditinggal di pasar")
    await sari.taps("Pakai")
    assert f"Nama: {CHILD}" in sari.last_screen.text
    assert not any(is_keypad(screen) for screen in sari.screens)


async def test_the_card_of_an_emergency_opens_without_the_pin_by_its_code_name(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    sari.pin = None
    await opens_case(sari)
    town.clock.advance(minutes=20)
    task = town.task("9.1.20", 1)
    await sari.taps_data(f"1.task_open.{task.id}")
    assert "Anggrek" in sari.last_screen.text
    assert CHILD not in sari.last_screen.text
    await sari.taps("Selesai")
    await sari.taps("Simpan")
    assert town.task("9.1.20", 2).state == "open"
    await sari.types("/kasus")
    assert is_keypad(sari.last_screen)


async def test_a_phone_that_waits_reads_the_card_of_an_emergency_and_no_more(town: Town) -> None:
    admin = await town.officer("Ibu Admin", "tu")
    await town.officer("Ibu Kirana", "kepala")
    old = await town.officer("Ibu Sari", "peksos")
    await opens_case(old)
    new = await new_phone(town, admin, "Ibu Sari", "Ibu Sari, HP baru")
    task = town.task("9.1.20", 1)
    await new.taps_data(f"1.task_open.{task.id}")
    assert "Anggrek" in new.last_screen.text
    for data in (f"1.task_done.{task.id}", f"1.form_view.{task.id}"):
        await new.taps_data(data)
        assert "Kasus belum terbuka di HP ini" in new.last_screen.text
    assert town.task("9.1.20", 1).state == "open"


async def test_the_word_of_the_menu_goes_on_after_the_pin(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await opens_case(sari)
    sari.pin = None
    town.clock.advance(minutes=20)
    await sari.types("Kasus")
    assert is_keypad(sari.last_screen)
    await sari.taps_pin(PIN + PIN)
    assert sari.last_screen.text.startswith("1 kasus aktif")


async def test_other_work_needs_no_pin_and_nobody_else_has_one(town: Town) -> None:
    sari = await town.officer("Ibu Sari", ["peksos", "tu"])
    budi = await town.officer("Pak Budi", "penyantunan")
    sari.pin = budi.pin = None
    town.clock.advance(minutes=60)
    for words in ("/tugas", "/angkatan", "/kapan", "/status"):
        await sari.types(words)
        assert not is_keypad(sari.last_screen)
    await budi.types("/kasus")
    assert budi.last_screen.text == "Tidak ada kasus untuk Anda."


async def test_a_forged_key_without_a_question_changes_nothing(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    sari.pin = None
    await sari.taps_data("1.pin_key.5")
    assert sari.last_screen.text == "PIN ini tidak ditanyakan lagi di sini."
    await sari.taps_data("1.pin_key")
    assert town.rows(select(CasePin)) == []


async def test_taps_that_are_not_about_cases_ask_nothing_of_the_locks(town: Town) -> None:
    sari = await town.officer("Ibu Sari", ["peksos", "penyantunan"])
    await town.officer("Ibu Kirana", "kepala")
    await town.open_cohort("Angkatan Contoh")
    asked: list[str] = []
    event.listen(town.store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for words in ("/tugas", "/anak 1", "/angkatan", "/timbang"):
        await sari.types(words)
    assert [one for one in asked if "case_pins" in one or "cases_wait_since IS NOT NULL" in one] == []
    assert [one for one in asked if one.startswith("UPDATE accounts")] == []


async def test_the_last_look_at_a_new_case_is_logged_and_hidden_and_goes_on_afterwards(town: Town) -> None:
    sari = await asked_for_the_name(town)
    await sari.types(CHILD)
    await sari.types("Ditinggal di pasar")
    await sari.taps("Nama lain")
    await sari.types("Kenanga")  # typed: the last look comes by an edit of the card
    assert f"Nama: {CHILD}" in sari.last_screen.text
    assert [entry.screen for entry in town.rows(select(ReadEntry))] == ["new case"]
    await town.lives_until(town.clock.now() + timedelta(minutes=6))
    assert not any(CHILD in screen.text for screen in sari.screens)
    assert sari.last_screen.text == "Yang diketik tentang kasus disembunyikan lagi."
    await sari.taps("Kasus")
    await sari.taps("Lanjutkan membuka kasus")
    await sari.taps("Buka kasus")
    assert "✅ Kasus Kenanga dibuka." in sari.last_screen.text
    page = sari.last_screen.text
    await town.lives_until(town.clock.now() + timedelta(minutes=6))
    assert sari.last_screen.text == page  # it shows something else by now


async def test_a_name_that_came_too_early_and_is_said_back_is_hidden_again(town: Town) -> None:
    sari = await asked_for_the_name(town)
    await sari.bursts(CHILD, "Ditinggal di pasar")
    assert any("Ditinggal" in screen.text for screen in sari.screens)
    await town.lives_until(town.clock.now() + timedelta(minutes=6))
    assert not any("Ditinggal" in screen.text or CHILD in screen.text for screen in sari.screens)


async def test_several_words_typed_before_the_pin_are_all_kept(town: Town) -> None:
    sari = await asked_for_the_name(town)
    sari.pin = None
    town.clock.advance(minutes=20)
    await sari.types(CHILD)
    await sari.types("Ditinggal di pasar")
    await sari.taps_pin(PIN + PIN)
    said_now = said(sari)
    assert "Ditinggal di pasar" in said_now  # it came before its question: it is asked about, not dropped
    await sari.taps("Ya")
    await sari.taps("Pakai")
    assert f"Nama: {CHILD}" in sari.last_screen.text
    assert "Alasan: Ditinggal di pasar" in sari.last_screen.text
