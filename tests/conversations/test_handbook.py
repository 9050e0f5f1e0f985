"""/sop: every SOP can be found and read, whoever is enrolled, and there is always a way back."""

from dataclasses import replace

import pytest

from handlers.handbook.way import PHASES
from sop_flows.declarations.loader import load_pack
from sop_flows.handbook.index import shelves_of
from sop_flows.packs import find_pack
from tests.support.packs import BEGINS, real_pack
from tests.support.town import Town

TEXT_MAX = 4096  # Telegram's limit


async def test_from_the_front_by_program_and_phase_to_a_step_and_back(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop")
    assert f"{len(real_pack().sops)} SOP" in sari.last_screen.text
    screens = len(sari.screens)
    await sari.taps("Petirahan")
    await sari.taps("Pra-pelayanan · 3")
    assert "9.2.01 Pelayanan Petirahan: Orientasi/konsultasi" in sari.last_screen.text
    assert sari.buttons[:3] == ["9.2.01", "9.2.02", "9.2.03"]  # in the order of the document
    await sari.taps("9.2.01")
    assert sari.last_screen.text.splitlines()[0].endswith("· 1/3")
    assert f"Dimulai: {BEGINS} hari sebelum kedatangan" in sari.last_screen.text
    assert "Tidak ada langkah Anda di SOP ini." in sari.last_screen.text
    await sari.taps("Langkah ›")
    assert "Penyantunan · waktu baku 2 hari kerja" in sari.last_screen.text
    await sari.taps("3")
    said = sari.last_screen.text
    assert "Langkah 3 dari 6" in said
    assert "☐ Minimal 5 SD/MI per angkatan" in said
    assert "“Pendataan sekolah dan calon anak tetirah”" in said
    await sari.taps("Langkah 4 ›")
    await sari.taps("Seluruh SOP")
    await sari.taps("Alat dan dasar ›")
    assert "• Pejabat yang berwenang tidak di tempat" in sari.last_screen.text
    assert "• UU No. 4 Tahun 1979 tentang Kesejahteraan Anak" in sari.last_screen.text
    assert "eksternal dan teknis" in sari.last_screen.text
    assert "Dibuat 19 Desember 2008, direvisi 17 Mei 2010, berlaku 1 Juni 2010" in sari.last_screen.text
    assert "Sesudahnya: 9.2.02 Motivasi" in sari.last_screen.text
    await sari.taps("‹ Daftar")
    await sari.taps("‹ Petirahan")
    await sari.taps("‹ Buku SOP")
    assert len(sari.screens) == screens  # one message, edited in place


async def test_what_is_odd_in_the_document_is_shown_as_it_is(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop 9.2.01")
    assert "Seperti tertulis di dokumen\n" in sari.last_screen.text
    assert "• Nomor 4 tercetak dua kali dan nomor 5 tidak ada." in sari.last_screen.text
    await sari.taps("Langkah ›")
    assert "tercetak nomor 4, seperti tertulis di dokumen" in sari.last_screen.text
    assert "\n4. Pelaksanaan orientasi\n" in sari.last_screen.text  # the number in print
    await sari.types("/sop 9.2.03")
    await sari.taps("Langkah ›")
    assert "tonggak · tercetak tanpa nomor, seperti tertulis" in sari.last_screen.text


async def test_rows_that_the_document_leaves_blank_are_said_to_be_blank(town: Town) -> None:
    budi = await town.officer("Budi", role="penyantunan")
    await budi.types("/sop 9.1.10")
    assert "Dimulai: dengan /mulai" in budi.last_screen.text
    await budi.taps("Langkah ›")
    assert "2. (kosong di dokumen)\n3. (kosong di dokumen)\n4. (kosong di dokumen)" in budi.last_screen.text
    await budi.taps("2")
    said = budi.last_screen.text
    assert "★ Langkah Anda (Penyantunan)" in said  # a blank row is asked all the same
    assert said.endswith("Tertulis di dokumen\n(kosong di dokumen)")
    await budi.taps("Langkah 3 ›")
    await budi.taps("Langkah 4 ›")
    assert "Tonggak" in budi.last_screen.text
    assert budi.last_screen.text.endswith("(kosong di dokumen)")


async def test_a_sop_that_starts_by_hand_can_be_started_from_its_page_by_its_section(town: Town) -> None:
    await town.open_cohort()
    budi = await town.officer("Budi", role="penyantunan")
    await budi.types("/sop 9.1.10")
    await budi.taps("Mulai SOP ini")
    assert "9.1.10" in budi.last_screen.text
    assert "Angkatan Contoh" in budi.last_screen.text
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop 9.1.10")
    assert "Mulai SOP ini" not in sari.buttons
    await budi.types("/sop 9.2.01")
    assert "Mulai SOP ini" not in budi.buttons  # it starts by its date


async def test_two_sops_of_one_name_are_told_apart(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop evaluasi")
    lines = sari.last_screen.text.splitlines()
    assert "9.1.19 Evaluasi (petirahan)" in lines
    assert "9.1.33 Evaluasi (perlindungan)" in lines


async def test_the_sops_of_a_case(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop")
    await sari.taps("Perlindungan · 16")
    await sari.taps("Pertolongan pertama · 1")
    await sari.taps("9.1.20")
    said = sari.last_screen.text
    assert "Dimulai: saat kasus dibuka" in said
    assert "Darurat: waktunya berjalan siang dan malam." in said
    await sari.types("/sop 9.1.33")
    said = sari.last_screen.text
    assert "3 bulan sejak kasus dibuka" in said
    assert "dengan /mulai" in said
    assert "1 bulan setelah 9.1.33 bila keputusannya lanjut" in said
    await sari.taps("Langkah ›")
    await sari.taps("5")
    said = sari.last_screen.text
    assert "Pelaksana: Seksi Penyantunan, Seksi Bimbingan, Peksos" in said
    assert (
        "Peksos mengusulkan, yang lain menyetujui; bila ada yang berkeberatan, Kepala RPPSA memutuskan."
        in said
    )
    await sari.types("/sop 9.1.34")
    assert "Dimulai: setelah 9.1.33 bila keputusannya rujuk atau akhiri" in sari.last_screen.text
    assert "layanan yang berjalan untuk kasus itu diakhiri" in sari.last_screen.text
    await sari.types("/sop 9.1.35")
    assert "Bila selesai, kasus ditutup." in sari.last_screen.text
    await sari.types("/sop 9.1.24")
    assert "Dimulai: setelah 9.1.21 langkah 3" in sari.last_screen.text
    await sari.taps("Langkah ›")
    assert "Penyantunan · berjalan 3-6 bulan" in sari.last_screen.text
    await sari.types("/sop 9.1.04")
    assert "Langkahnya sama dengan 9.1.02." in sari.last_screen.text


async def test_the_document_s_words_are_folded_until_they_are_tapped(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop 9.2.12")
    await sari.taps("Langkah ›")
    await sari.taps("1")
    folded = [e for e in sari.last_screen.message.entities if e["type"] == "expandable_blockquote"]
    assert len(folded) == 1
    quoted = sari.last_screen.text[folded[0]["offset"] :][: folded[0]["length"]]
    assert quoted.startswith("Tertulis di dokumen\n“Penyusunan menu berdasarkan standar gizi")


async def test_own_steps_are_marked_by_role_and_by_backup_role(town: Town) -> None:
    ani = await town.officer("Ani", role="perawat")
    await ani.types("/sop")
    await ani.taps("SOP saya")
    assert "9.2.06 Penempatan Anak\nlangkah Anda: 4" in ani.last_screen.text
    assert "9.2.01" not in ani.last_screen.text
    await ani.taps("9.2.15")
    assert "★ Langkah Anda: 2–4 (Perawat, menggantikan Seksi Penyantunan)" in ani.last_screen.text
    assert "Kualifikasi: minimal D3 Keperawatan" in ani.last_screen.text
    await ani.taps("Langkah ›")
    marked = [line for line in ani.last_screen.text.splitlines() if line.startswith("★")]
    assert [line[:4] for line in marked] == [
        "★ la",
        "★ 2.",
        "★ 3.",
        "★ 4.",
    ]  # 1 and 5 are milestones: nobody's
    await ani.taps("4")
    said = ani.last_screen.text
    assert "Tiap 10 hari, mulai 10 hari setelah kedatangan, sampai kepulangan" in said
    assert "Pelaksana: Seksi Penyantunan; dapat digantikan Perawat" in said
    assert "Diingatkan: 1 hari sebelumnya, pagi pada harinya" in said
    await ani.taps("Langkah 5 ›")
    assert "Tonggak: hanya ditunjukkan, tidak perlu dikonfirmasi." in ani.last_screen.text
    assert "★" not in ani.last_screen.text


async def test_a_guru_reads_all_of_it_and_a_stranger_nothing(town: Town) -> None:
    cohort = await town.open_cohort()
    guru = await town.officer("Bu Guru", role="guru", cohort=cohort)
    await guru.types("/sop 9.2.15")
    await guru.taps("Langkah ›")
    await guru.taps("4")
    assert "Timbang berat badan" in guru.last_screen.text
    stranger = town.person("Orang Asing")
    await stranger.starts()
    shown = guru.last_screen.data_of("Seluruh SOP")
    await stranger.types("/sop 9.2.15")
    assert all("9.2.15" not in screen.text for screen in stranger.screens)
    await stranger.taps_data(shown, on=stranger.screens[0])
    assert all("Timbang" not in screen.text for screen in stranger.screens)


async def test_every_page_of_every_sop_fits_into_a_message(town: Town) -> None:
    sari = await town.officer("Sari", role=("peksos", "penyantunan", "bimbingan", "tu", "kepala"))
    await sari.types("/sop")
    book = sari.last_screen
    for sop in real_pack().sops.values():
        pages = [f"1.book_open.{page}.0.0.0.0~{sop.number}" for page in range(5)]
        steps = [f"1.book_step.{step.step}.0.0.0.0~{sop.number}" for step in sop.steps]
        for data in (*pages, *steps):
            await sari.taps_data(data, on=book)
            said = sari.last_screen.text
            assert said.startswith(f"SOP {sop.number} "), data
            assert len(said) < TEXT_MAX, data
            assert not said.endswith("…"), data  # cut
            assert {"‹ Buku SOP", "Tugas saya"} <= set(sari.buttons), data


async def test_another_institution_s_handbook_comes_from_its_pack_alone(town: Town) -> None:
    pack = load_pack(find_pack("asrama_bukit_tunas"))
    town.house = replace(town.house, pack=pack)
    await town.restart()
    dian = await town.officer("Dian", role="konselor")
    await dian.types("/sop")
    book = dian.last_screen
    assert f"{len(pack.sops)} SOP" in book.text
    for index, shelf in enumerate(shelves_of(pack)):
        await dian.taps_data(f"1.book_shelf.{PHASES + index}.0", on=book)
        assert [sop.number for sop in shelf.sops] == dian.buttons[: len(shelf.sops)]
    for sop in pack.sops.values():
        for data in (
            *(f"1.book_open.{page}.0.0.0.0~{sop.number}" for page in range(3)),
            *(f"1.book_step.{step.step}.0.0.0.0~{sop.number}" for step in sop.steps),
        ):
            await dian.taps_data(data, on=book)
            assert dian.last_screen.text.startswith(f"SOP {sop.number} "), data
            assert not {"Penyantunan", "Peksos", "Bimbingan"} & set(dian.last_screen.text.split()), data


@pytest.mark.parametrize(
    "data",
    [
        "1.book_list.0",
        "1.book_list.1",
        "1.book_list.99",
        "1.book_search",
        "1.book_open.0.0~9.2.01",
        "1.book_open.1.0~9.2.01",
        "1.book_open.2.0~9.2.01",
        "1.book_open.7.0~9.2.15",
    ],
)
async def test_buttons_of_the_handbook_before_this_one_still_work(town: Town, data: str) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop")
    await sari.taps_data(data)
    if "~" in data:
        assert sari.last_screen.text.startswith(f"SOP {data.partition('~')[2]} ")
    else:
        assert "SOP" in sari.last_screen.text or "dicari" in sari.last_screen.text
    assert sari.buttons


async def test_a_sop_or_list_that_the_pack_does_not_have_is_explained(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/sop 9.2.01")
    book = sari.last_screen
    for verb in ("book_open", "book_step"):
        await sari.taps_data(f"1.{verb}.1.0.0.0.0~7.7.77", on=book)
        assert sari.last_screen.text == "SOP ini tidak ada lagi di buku."
        assert sari.buttons == ["‹ Buku SOP", "Tugas saya"]
        await sari.taps("‹ Buku SOP")
        await sari.taps_data("1.book_open.1.0~9.2.01", on=book)
    await sari.taps_data("1.book_shelf.999.0", on=book)
    assert sari.last_screen.text.startswith("Buku SOP")
    await sari.taps_data("1.book_open.1.0~9.2.01", on=book)
    await sari.taps_data("1.book_program.99", on=book)
    assert sari.last_screen.text.startswith("Buku SOP")
    await sari.taps_data("1.book_step.999.0.0.0.0~9.2.01", on=book)
    assert "Langkah 6 dari 6" in sari.last_screen.text
