"""An invented SOP whose steps are done with one tap and record something afterwards."""

from functools import cache

from sop_flows.declarations.loader import Pack, load_sop_text
from tests.support.packs import real_pack

SOP = """
number: "9.9.20"
title: Surat Contoh
program: petirahan
phase: penerimaan
subject: cohort
clock: kerja
starts:
  - at: arrival
steps:
  - step: 1
    activity: Surat
    prompt: Kirim surat.
    short: Surat contoh
    executors: [penyantunan]
    kind: do
    standard: 1 hari
    record:
      ask: after
      fields:
        - {key: nomor, label: Nomor surat, ask: "Berapa nomornya?", kind: text}
        - {key: tanggal, label: Tanggal surat, ask: "Tanggal berapa?", kind: date}
        - {key: berkas, label: Berkas, ask: "Kirim berkasnya.", kind: file}
  - step: 2
    activity: Rapat
    prompt: Adakan rapat.
    short: Rapat contoh
    executors: [penyantunan, bimbingan]
    kind: do
    standard: 1 hari
    record:
      ask: after
      fields:
        - {key: notulen, label: Notulen, ask: "Apa hasilnya?", kind: text}
  - step: 3
    activity: Penutup
    prompt: Tutup.
    short: Penutup contoh
    executors: [penyantunan]
    kind: do
    standard: 1 hari
"""


@cache
def after_pack() -> Pack:
    """Our unit with this SOP."""
    sop = load_sop_text(SOP)
    return Pack(real_pack().unit, {sop.number: sop})
