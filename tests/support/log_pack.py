"""Invented SOPs with records of every kind: dated notes, a roll with several rests, a weigh-in with heights."""

from functools import cache

from sop_flows.declarations.loader import Pack, load_sop_text
from tests.support.packs import our_pack

OF_STEPS = """
number: "9.9.30"
title: Bimbingan Contoh
program: petirahan
phase: penerimaan
subject: cohort
clock: kerja
starts:
  - at: arrival
steps:
  - step: 1
    activity: Bimbingan
    prompt: Laksanakan bimbingan.
    short: Bimbingan contoh
    executors: [bimbingan]
    kind: do
    lasting: departure - 3 hari
    record:
      ask: log
      fields:
        - {key: tanggal, ask: "Tanggal berapa?", kind: date}
        - {key: materi, label: Materi, ask: "Tulis materinya.", kind: text}
        - {key: peserta, label: Peserta, ask: "Berapa yang ikut?", kind: number, unit: anak, optional: true, proposal: said}
        - {key: foto, label: Foto, ask: "Kirim fotonya.", kind: photo, optional: true}
  - step: 2
    activity: Rencana
    prompt: Susun rencana.
    short: Rencana contoh
    executors: [bimbingan]
    kind: do
    beside: true
    standard: 1 hari
    record:
      fields:
        - {key: jadwal, label: Jadwal, ask: "Bagaimana jadwalnya?", kind: table, columns: [Hari, Jam, Pelajaran]}
        - {key: mulai, label: Mulai, ask: "Pukul berapa mulai?", kind: time}
        - {key: suhu, label: Suhu, ask: "Berapa suhunya?", kind: decimal, unit: °C, min: 34, max: 43}
        - {key: pengasuh, label: Pengasuh, ask: "Siapa pengasuhnya?", kind: officer}
        - {key: cerita, label: Cerita, ask: "Ceritakan.", kind: voice, optional: true}
"""

OF_CHILDREN = """
number: "9.9.31"
title: Anak Contoh
program: petirahan
phase: penerimaan
subject: cohort
clock: kalender
starts:
  - at: arrival
steps:
  - step: 1
    activity: Kelompok
    prompt: Bagi kelompok.
    short: Kelompok anak
    executors: [peksos]
    kind: do
    target: arrival
    per: child
    record:
      fields:
        - {key: kelompok, ask: "Kelompok apa?", kind: text, proposal: groups}
  - step: 2
    activity: Pengasuh
    prompt: Tentukan pengasuh.
    short: Pengasuh anak
    executors: [peksos]
    kind: do
    target: arrival
    per: child
    record:
      fields:
        - {key: pengasuh, ask: "Siapa pengasuhnya?", kind: officer, proposal: as_group}
  - step: 3
    activity: Masalah
    prompt: Kenali masalah.
    short: Masalah anak
    executors: [peksos]
    kind: do
    target: arrival
    per: child
    record:
      fields:
        - {key: masalah, label: Masalah, ask: "Apa masalahnya?", kind: text}
        - {key: potensi, label: Potensi, ask: "Apa potensinya?", kind: text, optional: true}
      rest: "Sisanya: tak ada"
      rest_value: tidak ada
  - step: 4
    activity: Penetapan
    prompt: Tetapkan.
    short: Penetapan anak
    executors: [peksos]
    kind: do
    target: arrival
    per: child
    record:
      fields:
        - {key: masalah, label: Masalah, ask: "Apa masalahnya?", kind: text, optional: true, proposal: earlier}
        - {key: potensi, label: Potensi, ask: "Apa potensinya?", kind: text, optional: true, proposal: earlier}
      rest: "Sisanya: sesuai"
  - step: 5
    activity: Penerima
    prompt: Catat penerima.
    short: Penerima anak
    executors: [peksos]
    kind: do
    target: arrival
    per: child
    record:
      fields:
        - {key: oleh, label: Diterima oleh, ask: "Siapa penerimanya?", kind: choice, choices: [Orang tua, Sekolah]}
        - {key: nama, label: Nama, ask: "Siapa namanya?", kind: text, optional: true}
      rests:
        - {button: "Sisanya: ke orang tua", value: Orang tua}
        - {button: "Sisanya: ke sekolah", value: Sekolah}
"""

OF_SCALES = """
number: "9.9.32"
title: Timbang Contoh
program: petirahan
phase: penerimaan
subject: cohort
clock: kalender
starts:
  - at: arrival
steps:
  - step: 1
    activity: Timbang
    prompt: Timbang.
    short: Timbang anak
    executors: [penyantunan]
    kind: do
    target: arrival
    per: child
    record:
      fields:
        - {key: berat, label: Berat, ask: "Berapa beratnya?", kind: weight}
        - {key: tinggi, label: Tinggi, ask: "Berapa tingginya?", kind: number, unit: cm, min: 80, max: 200, optional: true}
"""


@cache
def log_pack() -> Pack:
    """Our unit with these SOPs."""
    sops = [load_sop_text(text) for text in (OF_STEPS, OF_CHILDREN, OF_SCALES)]
    return Pack(our_pack().unit, {sop.number: sop for sop in sops})
