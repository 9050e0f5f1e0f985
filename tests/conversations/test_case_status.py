"""Shelter cases in /status and /kapan: figures for heads, code names for who knows, nothing for others."""

from tests.conversations.test_case_services import at_home
from tests.conversations.test_cases import opens_case
from tests.support.town import Town


async def test_status_counts_cases_for_heads_and_names_the_late_ones_to_few(town: Town) -> None:
    people = await at_home(town)
    kasi = await town.officer("Kasi", "penyantunan", head="penyantunan")
    await opens_case(people["sari"], child="Anak Lain")
    await people["kepala"].types("/status")
    assert people["kepala"].last_screen.text == (
        "Kasus perlindungan: 2 aktif · tidak ada yang terlambat\n\nDiperbarui 08.00"
    )
    await town.lives_until("2026-12-03 09.00")
    await people["kepala"].types("/status")
    assert "Kasus perlindungan: 2 aktif · 2 terlambat" in people["kepala"].last_screen.text
    await people["kepala"].taps("Kasus terlambat")
    lines = people["kepala"].last_screen.text.splitlines()
    assert lines[0] == "Kasus terlambat · ⏰ 3"
    assert any("Kasus Jalak · 9.1.20 Periksa syarat pertolongan · Ibu Sari, 2 hari" in one for one in lines)
    await kasi.types("/status")
    assert kasi.last_screen.text.splitlines()[0] == (
        "Kasus perlindungan: 1 dengan langkah bagian Anda · 1 terlambat"
    )
    assert "Kasus terlambat" not in kasi.buttons
    await kasi.taps_data("1.case_late")
    assert "Tidak ada yang terlambat" in kasi.last_screen.text
    await people["sari"].types("/status")
    assert "Kasus perlindungan: 2 aktif · 2 terlambat" in people["sari"].last_screen.text
    await people["budi"].types("/status")
    assert people["budi"].last_screen.text == "Belum ada angkatan yang dibuka."


async def test_kapan_of_a_case_says_what_comes_and_from_which_date(town: Town) -> None:
    people = await at_home(town)
    sari, budi = people["sari"], people["budi"]
    await sari.types("/kapan anggrek")
    text = sari.last_screen.text
    assert text.splitlines()[0] == "Kasus Anggrek"
    pages = text
    while "Sesudahnya ›" in sari.last_screen.buttons:
        await sari.taps("Sesudahnya ›")
        pages += "\n" + sari.last_screen.text
    assert "Senin 1 Mar 2027" in pages.splitlines()
    assert (
        "• SOP 9.1.33 Evaluasi · mulai · 3 bulan setelah pembukaan 30 November, 28 Februari 2027 libur"
        in pages.splitlines()
    )
    assert "Susun menu: sudah selesai? – 3 bulan setelah 30 November" in pages
    for code_name in ("anggrek", "mawar"):  # a case of others, and none: he can't tell which
        await budi.types(f"/kapan {code_name}")
        assert budi.last_screen.text == (
            f"Saya tidak menemukan “{code_name}”. Tanyakan SOP, anak, atau kata dari sebuah langkah: "
            "/kapan 9.2.15, /kapan 017, /kapan timbang."
        )
    await sari.types("/kasus")
    await sari.taps("1")
    await sari.taps("Kapan diingatkan")
    assert sari.last_screen.text == text
