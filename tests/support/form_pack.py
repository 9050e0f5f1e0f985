"""Invented SOPs that record something in every way a form can: of a step itself, joint, for each child."""

from functools import cache

from sop_flows.declarations.loader import Pack, load_sop_text
from tests.support.packs import real_pack

OF_STEPS = """
number: "9.9.01"
title: Catatan Contoh
program: petirahan
phase: penerimaan
subject: cohort
clock: kerja
starts:
  - at: arrival
steps:
  - step: 1
    activity: Registrasi
    prompt: Catat registrasi.
    short: Registrasi contoh
    executors: [peksos]
    kind: do
    standard: 1 hari
    record:
      what: registrasi
      fields:
        - {key: panjang, label: Panjang, ask: "Berapa panjangnya?", kind: number, unit: cm, min: 30, max: 200}
        - {key: tanggal, ask: "Sejak kapan?", kind: date}
        - {key: setuju, label: Anak setuju, ask: "Apakah anak setuju?", kind: "yes"}
        - {key: layanan, ask: "Layanan apa saja?", kind: choices, choices: [Medis, Hukum, Sekolah]}
        - {key: petugas, ask: "Siapa petugasnya?", kind: people, columns: [Nama, Status pendidikan/profesi]}
        - {key: foto, ask: "Kirim foto berita acara.", kind: photo}
        - {key: catatan, ask: "Ada catatan?", kind: text, optional: true}
  - step: 2
    activity: Kesepakatan
    prompt: Sepakati bersama.
    short: Kesepakatan contoh
    executors: [peksos, bimbingan]
    kind: do
    standard: 1 hari
    record:
      fields:
        - {key: isi, ask: "Apa kesepakatannya?", kind: text}
  - step: 3
    activity: Penutup
    prompt: Tutup.
    short: Penutup contoh
    executors: [peksos]
    kind: do
    standard: 1 hari
"""

OF_CHILDREN = """
number: "9.9.02"
title: Anak Contoh
program: petirahan
phase: penerimaan
subject: cohort
clock: kalender
starts:
  - at: arrival
steps:
  - step: 1
    activity: Keluhan
    prompt: Catat keluhan.
    short: Keluhan anak
    executors: [penyantunan]
    kind: do
    target: arrival + 1 hari
    per: child
    record:
      fields:
        - {key: keluhan, ask: "Apa keluhannya?", kind: choices, choices: [Batuk, Demam, Tidak ada]}
  - step: 2
    activity: Ukur
    prompt: Ukur.
    short: Ukur anak
    executors: [penyantunan]
    kind: do
    target: arrival + 1 hari
    per: child
    record:
      fields:
        - {key: baju, label: Baju, ask: "Ukuran bajunya?", kind: choice, choices: [S, M, L]}
        - {key: panjang, label: Panjang, ask: "Panjang celananya?", kind: number, unit: cm, min: 30, max: 120}
  - step: 3
    activity: Terima
    prompt: Serahkan.
    short: Serah terima contoh
    executors: [penyantunan]
    kind: do
    target: arrival + 1 hari
    per: child
    record:
      fields:
        - {key: terima, ask: "Sudah diterima?", kind: "yes"}
  - step: 4
    activity: Periksa
    prompt: Periksa.
    short: Periksa anak
    executors: [penyantunan]
    kind: do
    target: arrival + 1 hari
    per: child
    record:
      style: asked
      fields:
        - {key: hasil, ask: "Apa hasilnya?", kind: text}
        - {key: rujuk, ask: "Dirujuk ke mana?", kind: text}
      rest: "Sisanya: sehat"
      rest_value: sehat
"""

OF_SCHOOLS = """
number: "9.9.03"
title: Sekolah Contoh
program: petirahan
phase: penerimaan
subject: cohort
clock: kerja
starts:
  - at: arrival
steps:
  - step: 1
    activity: Sekolah
    prompt: Tentukan sekolah.
    short: Tentukan sekolah contoh
    executors: [tu]
    kind: do
    standard: 1 hari
    requires:
      - {text: Sekolah yang belum pernah dilayani, check: schools_never_served}
      - {text: minimal 5 SD/MI, check: schools_at_least, count: 5}
      - {text: jenis kelamin jelas, check: sexes_known}
      - surat dinas sudah ada
  - step: 2
    activity: SK petugas
    prompt: Buat SK petugas.
    short: SK petugas contoh
    executors: [tu]
    kind: do
    standard: 1 hari
    requires:
      - {text: Status pendidikan, check: form}
    record:
      fields:
        - {key: petugas, ask: "Siapa petugasnya?", kind: people, columns: [Nama, Pendidikan]}
"""

BY_HAND = """
number: "{number}"
title: Dengan Tangan {subject}
program: {program}
phase: penerimaan
subject: {subject}
clock: kerja
starts:
  - by_hand: true
steps:
  - step: 1
    activity: Mulai
    prompt: Kerjakan langkah pertama.
    short: Langkah pertama {subject}
    executors: [{role}]
    kind: do
    standard: 1 hari
  - step: 2
    activity: Selesai
    prompt: Kerjakan langkah kedua.
    short: Langkah kedua {subject}
    executors: [peksos]
    kind: do
    standard: 1 hari
"""


@cache
def form_pack() -> Pack:
    """Our unit with these SOPs."""
    by_hand = [
        BY_HAND.format(number="9.9.10", subject="cohort", program="petirahan", role="bimbingan"),
        BY_HAND.format(number="9.9.11", subject="child", program="petirahan", role="peksos"),
        BY_HAND.format(number="9.9.13", subject="school", program="petirahan", role="bimbingan"),
        BY_HAND.format(number="9.9.12", subject="case", program="perlindungan", role="peksos"),
    ]
    sops = [load_sop_text(text) for text in (OF_STEPS, OF_CHILDREN, OF_SCHOOLS, *by_hand)]
    return Pack(real_pack().unit, {sop.number: sop for sop in sops})
