"""Every notice: what stands in a database is read, and has its words. The payloads are as they were written before
there were classes."""

import pytest

from handlers.pushes.notices import WORDS, notice_sentence
from sop_flows.core.notices import NOTICES, CohortMoved, read_notice, to_payload
from storage.tables import Reminder, ReminderKind
from tests.support.builders import build_case
from tests.support.builders.rows import SOME_TIME
from tests.support.institution import Home

BY: dict[str, object] = {"officer": 4}  # Budi; 5 is Dewi
OFFER = BY | {"offer": 1, "until": "2026-12-02T08:00:00+00:00"}
LEAVE = BY | {"leave": 1, "from": "2026-12-07", "until": "2026-12-10", "to": 5}
MOVED: dict[str, object] = {
    "moved_cohort": 1, "cohort": "Angkatan <III>", "arrival_from": "2026-12-01", "arrival_on": "2026-12-04",
    "departure_from": "2026-12-30", "departure_on": "2026-12-30", "steps": [], "gone": [], "officer": None,
}  # fmt: skip
TASK = "Surat pemberitahuan ke Kab/Kota"
OF_A_TASK: list[tuple[str, dict[str, object], str]] = [
    ("taken", BY, "Sudah diambil Budi: {task}."),
    ("undone", BY | {"sop": "9.2.01", "step": 2, "started": False},
     "Budi mengurungkan langkah sebelumnya, jadi ini belum giliran Anda: {task}."),
    ("undone", BY | {"sop": "9.2.01", "step": 2, "started": True},
     "Budi membatalkan SOP 9.2.01, jadi ini tidak perlu dikerjakan: {task}."),
    ("assigned", BY, "Budi menyerahkan tugas ini kepada Anda: {task}."),
    ("given_away", BY | {"to": 5},
     "Budi menyerahkan tugas ini kepada Dewi, Anda bukan lagi penanggung jawabnya: {task}."),
    ("rescheduled", BY | {"due_on": "2026-12-08", "reason": "jembatan putus", "child": None},
     "Budi menjadwalkan ulang {task} ke Selasa, 8 Desember 2026. Alasannya ada pada kartu tugas."),
    ("rescheduled", BY | {"due_on": "2026-12-08", "reason": "jembatan putus", "child": 2},
     "Budi menjadwalkan ulang {task} · No. 002 ke Selasa, 8 Desember 2026. Alasannya ada pada kartu tugas."),
    ("decided", BY | {"back": False}, "Diputuskan: . {task}. Alasan dan keberatan ada di kartunya."),
    ("decided", BY | {"back": True}, "Budi mengurungkan keputusan: {task}. Belum diputuskan."),
    ("reported", BY | {"report": 1, "back": False}, "Laporan dari Budi: {task}."),
    ("reported", BY | {"report": 1, "back": True}, "Budi menarik kembali laporannya: {task}."),
    ("report_accepted", BY | {"report": 1}, "Budi sudah membaca dan menerima laporan Anda: {task}."),
    ("report_asked", BY | {"report": 1}, "Budi bertanya tentang laporan Anda: {task}."),
    ("report_answered", BY | {"report": 1}, "Budi menjawab pertanyaan Anda: {task}."),
    ("taken_on", BY | {"back": False}, "Budi ikut menangani: {task}. Silakan saling menghubungi."),
    ("taken_on", BY | {"back": True}, "Budi batal menangani: {task}."),
    ("emergency_obstacle", BY, "⏰ Budi melaporkan hambatan pada langkah darurat: {task}."),
    ("chosen", BY | {"on": "2026-12-08"}, "Budi memilih tanggal: {task}, Selasa, 8 Desember 2026."),
    ("visit_void", {"on": None}, "Tanggal angkatan pindah: pilih lagi tanggal untuk {task}."),
    ("visit_void", {"on": "2026-12-08"},
     "Tanggal angkatan pindah, jadi Selasa, 8 Desember 2026 tidak bisa lagi. Pilih lagi: {task}."),
    ("proposed", BY, "Budi sudah mengusulkan: {task}. Apakah Anda setuju?"),
    ("official_needed", BY | {"to": 5, "role": "tu"}, "Budi membutuhkan Anda sebagai pengganti Dewi: {task}."),
    ("offered", OFFER,
     "Budi meminta Anda mengambil alih: {task}. Sampai Anda menerima, Budi tetap memegangnya."),
    ("offer_accepted", OFFER, "Budi sudah menerima dan sekarang memegang: {task}."),
    ("offer_returned", OFFER, "Budi mengembalikan, Anda tetap memegang: {task}."),
    ("offer_returned", OFFER | {"reason": "sakit"},
     "Budi mengembalikan, Anda tetap memegang: {task}. Alasannya ada di kartu."),
    ("offer_lapsed", OFFER, "Budi tidak menjawab sampai batas waktu, Anda tetap memegang: {task}."),
    ("offer_unanswered", OFFER,
     "Budi sedang tidak bertugas dan tidak dapat menjawab, Anda tetap penanggung jawab: {task}."),
    ("offer_taken_back", BY, "Budi menarik kembali tawarannya: {task}."),
]  # fmt: skip
OTHERS: list[tuple[str, dict[str, object], str]] = [
    ("child_left", BY | {"number": 2, "cohort": 1},
     "Anak No. 002 sudah tidak ikut angkatan. Tidak ada lagi yang ditanyakan tentangnya."),
    ("roll_called", BY | {"present": 3, "total": 5, "numbers": [2, 4], "cohort": 1},
     "Anak-anak sudah tiba: 3 dari 5. Tidak datang: No. 002, 004."),
    ("roll_called", BY | {"present": 5, "total": 5, "numbers": [], "cohort": 1},
     "Anak-anak sudah tiba: 5 anak, lengkap."),
    ("school_left", BY | {"school": "SDN <1>", "count": 3, "cohort": 1},
     "SDN &lt;1&gt; mundur dan membawa anak-anaknya: 3. Setelah ini tidak ada yang ditanyakan tentang mereka."),
    ("child_left", BY | {"number": 2, "cohort": 1, "reason": "sakit"},
     "Anak No. 002 sudah tidak ikut angkatan (sakit). Tidak ada lagi yang ditanyakan tentangnya."),
    ("child_corrected", BY | {"number": 2, "cohort": 1, "fact": "born_on"},
     "Budi memperbaiki data anak No. 002: tanggal lahir. Daftar dan surat memakainya mulai sekarang."),
    ("child_came", BY | {"number": 2, "cohort": 1, "why": "reserve"},
     "Anak No. 002 ikut mulai sekarang: cadangan, dipanggil Budi."),
    ("child_came", BY | {"number": 2, "cohort": 1, "why": "back"},
     "Anak No. 002 di sini lagi. Ia ditanyakan seperti semula."),
    ("child_came", BY | {"number": 2, "cohort": 1, "why": "mistake"},
     "Anak No. 002 ternyata tidak keluar. Ia ditanyakan seperti semula."),
    ("duty_over", {"count": 2}, "Piket Anda selesai. Tugas harian yang belum selesai: 2. Terima kasih."),
    ("duty_passed", BY | {"cohort": 1}, "Budi sekarang piket; tugas harian beralih kepadanya. Terima kasih."),
    ("school_left", BY | {"school": "SDN 1", "count": 3, "cohort": 1, "reason": "ujian", "back": False},
     "SDN 1 mundur dan membawa anak-anaknya: 3. Setelah ini tidak ada yang ditanyakan tentang mereka. Alasan: ujian"),
    ("school_left", BY | {"school": "SDN 1", "count": 3, "cohort": 1, "reason": "", "back": True},
     "SDN 1 ternyata tetap ikut dengan anak-anaknya: 3."),
    ("cohort_shut", BY | {"cohort": "Angkatan III", "count": 3, "again": False},
     "Budi menutup Angkatan III. Langkah yang masih terbuka: 3."),
    ("cohort_shut", BY | {"cohort": "Angkatan III", "count": 3, "again": True},
     "Budi membuka lagi Angkatan III: 3 langkah dilanjutkan."),
    ("case_moved", BY | {"code": "Melati", "to": 5}, "Kasus Melati sekarang dipegang Dewi (oleh Budi)."),
    ("case_reopened", BY | {"case": 1}, "Kasus Kenanga dilanjutkan: dibuka lagi oleh Budi."),
    ("incident_reported", BY | {"number": 2, "incident": 1, "grave": False, "cohort": 1},
     "Budi mencatat kejadian: anak No. 002."),
    ("incident_closed", BY | {"number": 2, "incident": 1, "cohort": 1},
     "Budi mencatat hasil kejadian anak No. 002."),
    ("needs_a_look", {"kinds": ["disk"]},
     "⚠️ Mesin Pandu perlu diperiksa:\n– ruang disk hampir habis\nMohon minta pengelola mesin Pandu menjalankan: pandu doctor"),
    ("digest_of_day", {"on": "2026-12-07", "digest": "3f2a 91bc 77d0 1c2e"},
     "🔏 Sidik jari semua catatan sebelum Senin, 7 Desember 2026: <code>3f2a 91bc 77d0 1c2e</code>\n"
     "Mohon simpan pesan ini. Catatan yang diubah diam-diam kemudian tidak cocok lagi dengannya."),
    ("restored", {"on": "2026-12-01", "clock": "02.10"},
     "Pandu berjalan lagi dari cadangan Selasa, 1 Desember 2026, pukul 02.10. Yang Anda catat setelah itu hilang. "
     "Apa yang sudah Anda kerjakan sejak itu? Mohon catat lagi: /tugas"),
    ("late_reminded", BY | {"tasks": [], "cohort": 1}, ""),  # with tasks: tests/conversations/test_status.py
    ("nurse_flags", BY | {"numbers": [1, 2], "cohort": 1},
     "Budi menandai anak yang perlu Anda lihat: No. 001, 002."),
    ("weight_lost", BY | {"numbers": [1, 2], "cohort": 1, "weigh_in": 1},
     "⚖️ Berat turun banyak: No. 001, 002. Ditimbang Budi."),
    ("stay_over", {"over": 1, "cohort": "Angkatan <III>", "count": 3},
     "Angkatan &lt;III&gt; sudah pulang. Langkah seksi Anda yang tidak terlaksana: 3."),
    ("stay_left", {"over": 1, "cohort": "Angkatan <III>", "count": 2},
     "Angkatan &lt;III&gt; sudah pulang. Langkah Anda yang belum dicatat: 2. Sudah atau tidak terlaksana?"),
    ("before_pandu", {"cohort": "Angkatan <III>", "count": 3},
     "Angkatan &lt;III&gt; dibuka. Langkah yang seharusnya sudah dilaksanakan sebelum Pandu dipakai: 3. "
     "Mohon periksa: /angkatan."),
    ("cohort_moved", MOVED,
     "Angkatan &lt;III&gt;: kedatangan pindah dari Selasa 1 Desember ke Jumat 4 Desember."),
    ("cohort_moved", MOVED | {"departure_on": "2027-01-02", "steps": ["9.2.15/4"]},
     "Angkatan &lt;III&gt;: kedatangan pindah dari Selasa 1 Desember ke Jumat 4 Desember; kepulangan pindah "
     "dari Rabu 30 Desember 2026 ke Sabtu 2 Januari 2027. 1 langkah ikut pindah."),
    ("cohort_moved", MOVED | {"steps": ["9.2.15/4"], "gone": ["9.2.01/2/3"]},
     "Angkatan &lt;III&gt;: kedatangan pindah dari Selasa 1 Desember ke Jumat 4 Desember. 1 langkah ikut pindah. "
     "Tidak ada lagi: Surat pemberitahuan ke Kab/Kota ke-3."),
    ("steps_past", {"past_cohort": 1, "cohort": "Angkatan <III>", "count": 3},
     "Angkatan &lt;III&gt;: 3 langkah bagian Anda lewat waktunya. Sudah dilaksanakan atau belum?"),
    ("new_plan", {"of_cohort": 1, "of_case": 0},
     "Angkatan III: ada kalender baru. Yang lama berlaku sampai selesai, kecuali Anda memakai yang baru."),
    ("plan_taken", BY | {"of_case": 1, "of_cohort": 0}, "Budi: mulai hari ini Kasus Kenanga memakai kalender baru."),
    ("cohort_closed", {"cohort": "Angkatan <III>", "present": 3, "total": 4, "done": 10, "missed": 2},
     "Angkatan &lt;III&gt; selesai dan ditutup: 3 dari 4 anak ikut sampai akhir. "
     "Langkah selesai: 10, terlewat: 2."),
    ("case_opened", BY | {"case": 1}, "🚨 Budi membuka kasus: Kasus Kenanga."),
    ("case_given", BY | {"case": 1}, "Kasus Kenanga kini Anda pegang, diserahkan oleh Budi."),
    ("case_taken", BY | {"code": "Melati", "to": 5},
     "Kasus Melati kini dipegang Dewi (oleh Budi). Anda tidak melihatnya lagi."),
    ("case_closed", BY | {"code": "Melati", "aftercare": True},
     "Kasus Melati ditutup oleh Budi. Hanya pemantauan setelah serah terima dan laporannya yang berjalan."),
    ("services_end", BY | {"case": 1, "tasks": [], "soon": True},
     "Kasus Kenanga akan berakhir. Silakan teruskan sampai anak diserahkan: ."),
    ("services_end", BY | {"case": 1, "tasks": [], "soon": False},
     "Kasus Kenanga: Budi mencatat akhir pelayanan. Tidak perlu lagi: . Terima kasih."),
    ("services_end", BY | {"case": 1, "tasks": [], "soon": False, "back": True},
     "Kasus Kenanga: Budi mengurungkannya. Silakan teruskan: ."),
    ("records_hidden", {"child": 1}, "No. 001: catatannya disembunyikan lagi."),
    ("case_closed", BY | {"code": "Melati"},
     "Kasus Melati ditutup oleh Budi. Langkah yang terbuka tidak diperlukan lagi."),
    ("case_renamed", BY | {"code": "Melati", "new": "{Mawar}"},
     "Kasus Melati sekarang bernama sandi {Mawar}."),
    ("case_hidden", {"case": 1}, "Kasus Kenanga: data anak disembunyikan lagi."),
    ("new_case_hidden", {}, "Yang diketik tentang kasus disembunyikan lagi."),
    ("parents_hidden", {"child": 1}, "No. 001: data orang tua disembunyikan lagi."),
    ("file_hidden", {}, "Berkas diambil lagi."),
    ("retention_over", {"cohorts": 2, "years": 5, "cases": 1, "case_years": 10},
     "🗄 2 angkatan ditutup lebih dari 5 tahun lalu. 1 kasus ditutup lebih dari 10 tahun lalu. "
     "Data pribadi anak-anaknya boleh dihapus sekarang. Tanpa persetujuan Anda tidak ada yang dihapus."),
    ("data_erased", {"child": 1, "case": 0}, "Data ini telah dihapus. Tidak ada yang perlu dilakukan."),
    ("cases_left", BY | {"count": 2}, "Budi tidak dapat memegang 2 kasus lagi. Serahkan kepada petugas lain."),
    ("grant_over", {"cohort": "Angkatan <III>", "role": "guru"},
     "Angkatan &lt;III&gt; ditutup: peran Anda (Guru Pendamping) berakhir bersamanya. Terima kasih atas kerjanya."),
    ("knower_invited", {"by": 4, "name": "Ani", "roles": ["peksos"], "new_phone": False},
     "Budi mengundang Ani sebagai Peksos. Dengan peran itu kasus dapat diketahui."),
    ("knower_invited", {"by": 0, "name": "Ani", "roles": ["peksos"], "new_phone": True},
     "Operator membuat kode HP untuk Ani: Peksos. Dengan peran itu kasus dapat diketahui."),
    ("phone_code_made", {"by": 4},
     "Budi membuat kode HP baru untuk Anda. Bila bukan Anda yang memintanya, segera hubungi Kirana."),
    ("removed", {"by": 4},
     "Budi mengeluarkan Anda dari Pandu: tugas dan pengingat tidak datang ke sini lagi. Catatan Anda tetap"
     " tersimpan. Bila keliru, hubungi Kirana."),
    ("phone_left", {"clock": "09.00"},
     "Sejak pukul 09.00 Pandu Anda dipakai di HP lain; HP ini tidak lagi. Bila bukan Anda, segera hubungi Kirana."),
    ("cases_asked", BY | {"by": 0, "account": 1, "new_phone": True, "operator": False},
     "🔒 Budi memakai HP baru. Kasus masih tertutup di HP itu. Bicaralah dulu dengan Budi, lalu: buka kasusnya?"),
    ("cases_asked", BY | {"by": 0, "account": 1, "new_phone": False, "operator": True},
     "🔒 Budi sekarang memegang peran yang dapat mengetahui kasus. Kasus masih tertutup di HP-nya. "
     "Tidak ada kepala yang dapat menyetujui: operator yang harus (pandu grant)."),
    ("cases_allowed", {"by": 4, "officer": 5, "account": 1, "on": None, "clock": ""},
     "Budi sudah menyetujui: kasus sekarang terbuka di HP Anda."),
    ("cases_allowed", {"by": 0, "officer": 5, "account": 1, "on": "2026-12-08", "clock": "08.00"},
     "🔒 Kasus dibuka oleh operator di HP baru Dewi, mulai 8 Desember pukul 08.00. "
     "Bila ini tidak benar, segera hubungi Kirana."),
    ("cases_refused", {"by": 4, "officer": 5, "account": 1},
     "Budi tidak membuka kasus di HP Dewi. Kasus tetap tertutup di sana."),
    ("pin_made", BY, "Budi sudah membuat PIN kasus."),
    ("pin_shut", BY | {"forgotten": True},
     "🔒 Budi lupa PIN kasus dan minta diatur ulang. Bicaralah dulu dengan Budi."),
    ("pin_shut", BY | {"forgotten": False},
     "🔒 PIN kasus salah beberapa kali di HP Budi. Kasus ditutup di sana."),
    ("pin_reset", {"by": 4, "officer": 5, "on": None, "clock": ""},
     "PIN Anda diatur ulang oleh Budi. Buat PIN baru saat membuka kasus berikutnya."),
    ("pin_reset", {"by": 0, "officer": 5, "on": "2026-12-08", "clock": "08.00"},
     "🔒 PIN kasus Dewi diatur ulang oleh operator, mulai 8 Desember pukul 08.00. "
     "Bila ini tidak benar, segera hubungi Kirana."),
    ("left_out", {"run": 3, "sop": "9.1.07", "cohort": "Angkatan III", "days": 14},
     "Angkatan III: SOP 9.1.07 tidak dilaksanakan: masa tinggal 14 hari. Bila tetap diadakan, silakan jadwalkan."),
    ("admin_set", {"by": 4, "officer": 5, "is_admin": True}, "Dewi dijadikan admin oleh Budi."),
    ("admin_set", {"by": 4, "officer": 5, "is_admin": False}, "Dewi bukan admin lagi, oleh Budi."),
    ("joined", BY | {"role": "peksos", "count": 4},
     "Budi kini ikut di Peksos. Tugas siapa pun tidak berubah (4 terbuka). Mau dibagi? Lihat Status, Per petugas."),
    ("weigh_in_done", BY | {"cohort": 1, "weigh_in": 0}, ""),  # with a task: tests/conversations/test_weigh_in.py
    ("role_given", {"by": 4, "officer": 5, "role": "peksos"}, "Budi memberi peran Peksos kepada Dewi."),
    ("head_set", {"by": 4, "officer": 5, "role": "peksos", "is_head": True}, "Budi menjadikan Dewi kasi: Peksos."),
    ("head_set", {"by": 0, "officer": 5, "role": "peksos", "is_head": False},
     "Dewi bukan kasi lagi: Peksos, oleh operator."),
    ("role_taken", {"by": 4, "officer": 5, "role": "peksos", "count": 0},
     "Peran Peksos dicabut dari Dewi oleh Budi."),
    ("role_taken", {"by": 4, "officer": 5, "role": "peksos", "count": 2},
     "Peran Peksos dicabut dari Dewi oleh Budi. 2 tugas terbuka berpindah ke petugas lain."),
    ("tasks_inherited", BY | {"role": "peksos", "count": 2},
     "Budi tidak lagi di Peksos: 2 tugas berpindah kepada Anda."),
    ("officer_removed", {"name": "Ani"}, "Ani tidak terdaftar lagi. Tugas yang terbuka perlu penanggung jawab."),
    ("unreachable", BY,
     "Budi tidak dapat dihubungi: bot diblokir di ponselnya. Mohon minta beliau membuka blokirnya.\n"
     "1 tugas terbuka, tidak ada yang jatuh tempo hari ini."),
    ("leave_stand_in", LEAVE,
     "Budi cuti 7 sampai 10 Desember. Anda penggantinya: tugas dan pengingatnya beralih kepada Anda selama itu."),
    ("leave_begins", BY | {"until": "2027-01-10", "leave": 1},
     "Mulai hari ini sampai 10 Januari 2027 Anda menggantikan Budi. Belum ada tugas yang terbuka."),
    ("leave_over", BY, "Budi sudah kembali dan memegang tugasnya lagi. Terima kasih sudah menggantikan."),
    ("leave_no_longer", LEAVE, "Anda tidak lagi menggantikan Budi: cutinya dibatalkan atau diubah."),
    ("leave_recorded", LEAVE, "Budi mencatat bahwa Anda cuti 7 sampai 10 Desember. Penggantinya Dewi."),
    ("leave_recorded", LEAVE | {"to": None}, "Budi mencatat bahwa Anda cuti 7 sampai 10 Desember."),
    ("leave_ended", LEAVE, "Budi mengakhiri cuti Anda. Tugas Anda kembali kepada Anda."),
    ("leave_uncovered", LEAVE | {"stand_in": "Ani"},
     "Ani, pengganti Budi (7 sampai 10 Desember), berhalangan. Pilih pengganti lain: /cuti."),
    ("leave_nobody", BY | {"role": "bimbingan", "from": "2026-12-07", "until": "2026-12-10"},
     "Tidak ada petugas Seksi Bimbingan pada 7 sampai 10 Desember: Budi cuti. Mohon diatur penggantinya."),
]  # fmt: skip


def row(word: str, payload: dict[str, object] | None, task_id: int | None = None) -> Reminder:
    return Reminder(
        key="", kind=ReminderKind.NOTICE, officer_id=5, task_id=task_id, rule=word, payload=payload,
        due_at=SOME_TIME, created_at=SOME_TIME,
    )  # fmt: skip


def test_a_notice_has_words_and_words_have_a_notice() -> None:
    assert set(WORDS) == set(NOTICES.values())


def test_all_are_tried_here() -> None:
    assert {word for word, *_ in (*OF_A_TASK, *OTHERS)} == set(NOTICES)


@pytest.mark.sops("9.2.01")
def test_what_stands_in_a_database_is_said_as_ever(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    task = home.task("9.2.01", 2)
    with home.working() as work:
        build_case(work.session, id=1, code_name="Kenanga", peksos_id=home.sari.id)
        for word, payload, words in OF_A_TASK:
            said = notice_sentence(work, home.dewi, row(word, payload, task.id))
            assert said == words.format(task=TASK)
        for word, payload, words in OTHERS:
            assert notice_sentence(work, home.dewi, row(word, payload)) == words


def test_a_move_of_before_says_nothing_of_what_is_gone() -> None:
    notice = read_notice(row("cohort_moved", {key: value for key, value in MOVED.items() if key != "gone"}))
    assert isinstance(notice, CohortMoved)
    assert notice.gone == ()


@pytest.mark.parametrize(("word", "payload"), [(word, payload) for word, payload, _ in (*OF_A_TASK, *OTHERS)])
def test_written_again_it_says_the_same(word: str, payload: dict[str, object]) -> None:
    notice = read_notice(row(word, payload))
    assert notice is not None
    again = to_payload(notice)
    assert again["notice"] == word
    assert (
        again.items()
        <= (
            {
                "notice": word,
                "reason": payload.get("reason", "" if word in ("child_left", "school_left") else None),
                "grave": False,
                "weigh_in": 0,
                "back": False,
                "again": False,
                "kept": 0,
                "times": 1,
                "first_on": None,
                "aftercare": False,
            }
            | payload
        ).items()
    )
    assert read_notice(row(word, again)) == notice


@pytest.mark.parametrize(
    ("word", "payload"),
    [
        ("of_an_older_pandu", {}),
        ("taken", None),
        ("taken", {"officer": "Budi"}),
        ("rescheduled", BY | {"due_on": "besok", "reason": ""}),
        ("leave_stand_in", BY | {"from": "2026-12-07"}),
    ],
)  # fmt: skip
def test_unknown_or_damaged_it_is_dropped(home: Home, word: str, payload: dict[str, object] | None) -> None:
    assert read_notice(row(word, payload)) is None
    with home.working() as work:
        assert notice_sentence(work, home.dewi, row(word, payload)) == ""
